"""The start page over all books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from desk_by_hand import LI
from web_by_hand import CENTRE, GUIYANG, PORT, TODAY, LocalClient, held, keep

from desk.advances.suspending import start
from desk.advances.warnings import note
from desk.homes import init_home
from desk.web import lists, picture
from desk.web.application import make_application
from ledger.periods import Quarter
from posting_rules.policies import policy_of

BANDS = policy_of("520000").warnings


def client_of(home, today=TODAY):
    return LocalClient(make_application(home, lambda: today, port=PORT))


def filled(home):
    keep(
        home,
        held(CENTRE, "520100", "1000000.00"),
        held(CENTRE, "520100", "700000.00", cleared=True, on=date(2017, 6, 10)),
        held(CENTRE, "520200", "500000.00"),
        held(CENTRE, "520200", "450000.00", cleared=True, on=date(2017, 6, 10)),
        held(CENTRE, "520300", "500000.00"),
        held(GUIYANG, "520102", "1234567.89"),
        held(GUIYANG, "520103", "100.00", cleared=True, on=date(2017, 6, 10)),
    )
    return client_of(home)


def test_the_province_is_seen_with_rates_levels_and_totals(home):
    page = filled(home).get("/?quarter=2017Q2").text

    assert "2017年第二季度" in page
    assert "57.50%" in page  # 115 of 200 万元
    assert "70.00%" in page and "黄色预警" in page
    assert "90.00%" in page and "红色预警" in page
    assert "无预付金" in page  # 云岩区 cleared without an advance
    assert "200.00" in page and "115.00" in page and "85.00" in page


def test_amounts_are_shown_in_yuan_or_in_wan(home):
    client = filled(home)

    assert "123.46" in client.get("/?quarter=2017Q2&unit=wan").text
    assert "1,234,567.89" in client.get("/?quarter=2017Q2&unit=yuan").text


def test_every_book_is_listed_and_every_printed_year_is_a_link(home):
    page = filled(home).get("/").text

    assert "共199个，2个已有凭证" in page
    assert page.count('<th scope="row">南明区</th>') == 1
    assert f'<a href="/books/{CENTRE}/2017/">2017</a>' in page
    assert "/books/520102-county-agency/" not in page


def test_drafts_wait_with_their_name_and_what_to_type(home):
    draft = held(GUIYANG, "520102", "12.00", narration="<b>补</b>记")
    keep(home, draft, approved=False)
    page = client_of(home).get("/").text

    assert "共1笔" in page
    assert "&lt;b&gt;补&lt;/b&gt;记" in page
    assert "yibao voucher approve #1<" in page


def test_warnings_and_suspensions_stand_on_the_page_with_who_took_note(home):
    client = filled(home)
    said = "<script>alert(1)</script>已约谈"
    before = client.get("/").text
    note(home, LI, CENTRE, "520200", Quarter(2017, 2), said, TODAY)
    start(home, LI, "520300", date(2017, 6, 1), "<b>拖延</b>", "黔医保函〔2017〕9号")
    page = client.get("/").text

    assert before.count("没有阅处") == 4
    assert page.count("没有阅处") == 3
    assert "li已阅处：&lt;script&gt;alert(1)&lt;/script&gt;已约谈" in page
    assert "&lt;b&gt;拖延&lt;/b&gt;" in page and "暂停中" in page
    assert said not in page and "<b>拖延" not in page


def test_deadlines_of_the_quarter_are_listed(home):
    page = client_of(home).get("/?quarter=2017Q2").text

    assert "逾期：全部10个市州" in page
    assert "市州经办" in page


def test_a_quarter_without_money_says_so(home):
    page = client_of(home).get("/?quarter=2031Q1").text

    assert "这个季度还没有预付金，也没有清算。" in page


@pytest.mark.parametrize(
    "query",
    ["quarter=2017Q5", "quarter=x", "quarter=2017-06", "quarter=9999Q9", "unit=fen"],
)
def test_an_address_that_cannot_be_read_is_refused_kindly(sqlite_home, query):
    answer = client_of(sqlite_home).get(f"/?{query}")

    assert answer.status_code == 400
    assert "看不懂这个地址" in answer.text


def test_what_an_address_asks_for_is_never_html(sqlite_home):
    answer = client_of(sqlite_home).get("/?quarter=<script>alert(1)</script>")

    assert "<script>" not in answer.text


def test_a_bar_has_room_for_more_than_all_and_for_no_advance():
    facts = dict(
        book=CENTRE,
        payer="520100",
        payer_name="贵阳市",
        advance=Decimal("0.00"),
        cleared=Decimal("5.00"),
        remaining=Decimal("-5.00"),
        under_way=Decimal("0.00"),
        level="red",
        level_name="红色预警",
    )
    over = picture.bar(SimpleNamespace(rate=Fraction(3), **facts))
    none = picture.bar(SimpleNamespace(rate=None, **facts))

    assert (over.share, over.rate) == ("100.00%", "300.00%")
    assert (none.share, none.rate) == ("100.00%", "无预付金")


def test_marks_stand_at_the_bands_of_the_policy():
    assert [(mark.name, mark.share) for mark in picture.marks(BANDS)] == [
        ("70%", "58.33%"),
        ("90%", "75.00%"),
    ]


def test_a_task_of_many_regions_is_one_line_with_the_worst_state():
    def row(region, state, state_name):
        return SimpleNamespace(
            task="x",
            name="上解",
            cite="附件一",
            period="2017Q2",
            region_name=region,
            who="city-finance",
            due=date(2017, 4, 28),
            state=state,
            state_name=state_name,
            note="",
        )

    rows = [row("贵阳市", "done", "已办"), row("遵义市", "late", "逾期")]
    (duty,) = lists.duties(rows)

    assert (duty.state_name, duty.done, duty.count, duty.late) == (
        "逾期",
        1,
        2,
        "遵义市",
    )


def test_a_province_without_an_advance_policy_is_told_so_beside_its_books(tmp_path):
    home, _ = init_home(tmp_path / "home", "510000", LI)

    answer = client_of(home).get("/")

    assert answer.status_code == 200
    assert "新增一省" in answer.text
    assert "南充市" in answer.text
    assert "预付金使用率" not in answer.text
