"""The pages of a book in Fava: what they show, offer, link to and refuse."""

import json
import re
from datetime import date
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from fava_home import (
    CENTRE,
    CITY,
    COUNTY,
    FORMULA,
    HOSTILE,
    TODAY,
    fill,
    opened,
)
from reports_by_hand import LI, take, transfer

from desk.reversing import reverse
from ledger.postings import Actor

PAGES = ["Balances", "DetailLedger", "Journal", "Vouchers", "WorkCalendar"]


@pytest.fixture
def city(sqlite_home, tmp_path):
    fill(sqlite_home)
    return opened(sqlite_home, CITY, tmp_path)


def page(client, name, **arguments):
    answer = client.get(f"/2017/extension/{name}/", query_string=arguments)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    return text[text.index("<article>") : text.index("</article>")]


def rows(html):
    """The cells of every table row, as people read them."""
    found = []
    for row in re.findall(r"<tr.*?</tr>", html, re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        found.append([text_of(cell) for cell in cells])
    return found


def text_of(html):
    text = re.sub(r"<(style|script|svg).*?</\1>", "", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def row_of(html, first):
    return next(row for row in rows(html) if row and row[0] == first)


def links(html, text):
    """The addresses of the links with a text."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.S)
    return [unescape(href) for href, inner in found if text_of(inner) == text]


def test_board_sorts_by_rate_and_says_the_level(city):
    found = page(city, "AdvanceBoard", quarter="2017Q2")

    assert row_of(found, "云岩区") == [
        *["云岩区", "", "1,000.00", "", "950.00", "50.00", "95.00%"],
        *["红色预警 自 2017-07-14 没有阅处", "-250.00", "-50.00"],
    ]
    assert row_of(found, "南明区") == [
        *["南明区", "100.00", "103.00", "", "75.00", "28.00", "72.81%"],
        *["黄色预警 自 2017-07-14 没有阅处", "-2.90", "17.70"],
    ]
    names = [row[0] for row in rows(found)]
    assert names.index("云岩区") < names.index("南明区") < names.index("合计")
    assert "红色预警 1 家， 黄色预警 1 家" in text_of(found)


def test_board_counts_ten_thousands_and_parts(city):
    whole = page(city, "AdvanceBoard", quarter="2017Q2", unit="wan")
    part = page(city, "AdvanceBoard", quarter="2017Q2", scope="跨省")

    assert row_of(whole, "云岩区")[2] == "0.10"
    assert "单位：万元" in whole
    # 省内 clearing is not in it; the level of all money stands beside.
    red = "红色预警 自 2017-07-14 没有阅处"
    assert row_of(part, "云岩区")[-4:] == ["正常", "700.00", "900.00", red]


def test_board_is_for_books_that_hold_advances(sqlite_home, tmp_path):
    fill(sqlite_home)
    client = opened(sqlite_home, COUNTY, tmp_path)
    shown = client.get("/2017/extension/Balances/").get_data(as_text=True)
    data = re.search(r'id="ledger-data">(.*?)</script>', shown)[1]
    titles = {e["name"]: e["report_title"] for e in json.loads(data)["extensions"]}

    assert client.get("/2017/extension/AdvanceBoard/").status_code == 404
    assert client.get("/2017/extension/AdvanceBoard/xlsx").status_code == 404
    assert titles["AdvanceBoard"] is None and titles["Balances"] == "科目余额表"


def test_the_centre_shows_both_directions(sqlite_home, tmp_path):
    fill(sqlite_home)
    client = opened(sqlite_home, CENTRE, tmp_path)
    paid = page(client, "AdvanceBoard", quarter="2017Q2", direction="paid")
    received = page(client, "AdvanceBoard", quarter="2017Q2")

    assert row_of(paid, "广东省")[3:5] == ["-75.00", "无预付金"]
    assert row_of(paid, "广东省")[5] == "红色预警 自 2017-07-14 没有阅处"
    assert row_of(received, "贵阳市")[2] == "1,300.00"


def test_figures_lead_to_vouchers_and_vouchers_to_source_rows(city):
    board = page(city, "AdvanceBoard", quarter="2017Q2")
    [cleared] = links(board, "75.00")
    behind = city.get(cleared).get_data(as_text=True)
    [voucher] = links(behind, "2017-07 记-1")
    slip = text_of(city.get(voucher).get_data(as_text=True))

    assert row_of(behind, "合计") == ["合计", "75.00"]
    assert "合计（大写）：柒拾伍元整" in slip
    assert "F2-" in slip and "就医地 440000 广东省" in slip


def test_figures_lead_to_the_books_of_earlier_years(sqlite_home, tmp_path):
    fill(sqlite_home)
    take(sqlite_home, "F1", transfer("520102", "520100", 10, "2018-01-18"))
    client = opened(sqlite_home, CITY, tmp_path, date(2018, 2, 1), 2018)
    asked = {"payer": "520102", "what": "advance"}
    behind = client.get("/2018/extension/AdvanceBoard/", query_string=asked)
    found = behind.get_data(as_text=True)

    assert links(found, "2017-04 记-1") == [
        "/2017/extension/Vouchers/?month=2017-04&number=1"
    ]
    assert links(found, "2018-01 记-1")[0].startswith("/2018/")


def test_quota_and_money_under_way_lead_to_their_rows(city):
    board = page(city, "AdvanceBoard", quarter="2017Q2")
    [quota] = links(board, "100.00")
    asked = {"quarter": "2017Q2", "payer": "520111", "what": "under_way"}

    assert row_of(city.get(quota).get_data(as_text=True), "合计")[1] == "100.00"
    assert row_of(page(city, "AdvanceBoard", **asked), "合计")[1] == "50.00"


def test_unknown_choices_give_the_default_and_say_so(city):
    found = text_of(page(city, "AdvanceBoard", quarter="2017Q9", on="x", fund="<b>"))

    assert "季度没有“2017Q9”可选，现按“三季度”显示。" in found
    assert f"截至没有“x”可选，现按“{TODAY}”显示。" in found
    assert "险种没有“<b>”可选，现按“全部”显示。" in found


def test_balances_have_directions_and_blanks(city):
    found = page(city, "Balances", month="2017-05")

    assert row_of(found, "1003 财政专户存款") == [
        *["1003 财政专户存款", "-200.00", "", "-2.00", "", "1,098.00", "1,300.00"],
        *["借", "-202.00", ""],
    ]
    assert row_of(found, "合计")[7] == "平"
    assert "0.00" not in [cell for row in rows(found)[2:-1] for cell in row]


def test_ledger_has_sums_each_month_and_links_to_vouchers(city):
    [link] = links(page(city, "Balances", month="2017-04"), "南明区")
    found = city.get(link).get_data(as_text=True)

    assert ["4", "1", "", "期初余额", "", "", "", "平", ""] in rows(found)
    assert ["4", "", "", "本期合计", "", "", "100.00", "借", "-100.00"] in rows(found)
    assert links(found, "记-1") == ["/2017/extension/Vouchers/?month=2017-04&number=1"]


def test_journal_sums_up_each_day(city):
    found = rows(page(city, "Journal", month="2017-04"))

    assert ["2017-04-18", "", "本日合计", "100.00", "", "100.00"] in found


def test_six_lines_take_two_sheets(city):
    found = page(city, "Vouchers", month="2017-05", number="1")

    assert "记-1 1/2" in found and "记-1 2/2" in found
    assert found.count('class="yb-slip"') == 2
    assert text_of(found).count("合计（大写）") == 1


def test_red_and_reversed_vouchers_are_marked_both_ways(sqlite_home, tmp_path):
    fill(sqlite_home)
    reverse(sqlite_home, Actor("wang", LI.at), f"{CITY}/2017-04/1", TODAY, "重记")
    client = opened(sqlite_home, CITY, tmp_path)
    before = page(client, "Vouchers", month="2017-04", number="1")
    red = page(client, "Vouchers", month="2017-07", number="3")

    assert "已冲销" in before and links(before, "2017-07-20 记-3")
    assert "红字" in red and links(red, "2017-04-18 记-1")
    assert '<td class="yb-num yb-red">-100.00</td>' in red
    assert "红字" in row_of(page(client, "Vouchers", month="2017-07"), "记-3")[-1]


def test_hostile_cells_stay_text(city):
    slip = page(city, "Vouchers", month="2017-05", number="1")
    source = page(city, "Vouchers", month="2017-04", number="1")

    for found in (slip, source):
        assert "<img" not in found and "49" not in text_of(found).split()
        assert HOSTILE in unescape(found)
    assert FORMULA in unescape(page(city, "Vouchers", month="2017-05"))


@pytest.mark.parametrize("name", [*PAGES, "AdvanceBoard"])
@pytest.mark.parametrize("value", ["", HOSTILE, "9" * 400, "0001-01-01", "../x"])
def test_no_argument_breaks_a_page(city, name, value):
    names = "quarter month number subject fund scope unit on direction what payer each"
    found = page(city, name, **{key: value for key in [*names.split(), "paper"]})

    assert "<img" not in found


def test_calendar_says_what_this_office_has_to_do(city):
    found = text_of(page(city, "WorkCalendar", quarter="2017Q3"))

    assert "市州经办机构 本单位" in found
    assert "逾期" in found


@pytest.mark.parametrize("name", ["AdvanceBoard", "Balances", "WorkCalendar"])
def test_every_table_comes_as_a_workbook(city, name):
    answer = city.get(
        f"/2017/extension/{name}/xlsx", query_string={"quarter": "2017Q2"}
    )
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active

    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert sheet["A1"].value.startswith("贵阳市经办机构")


def test_ledgers_keep_formulas_as_text_in_workbooks(city):
    answer = city.get("/2017/extension/Journal/xlsx", query_string={"month": "2017-05"})
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    texts = [cell for row in sheet.iter_rows() for cell in row if cell.value == FORMULA]

    assert texts and {cell.data_type for cell in texts} == {"s"}
