"""记账凭证 for printing, and the rows of files behind it."""

from decimal import Decimal

import pytest
import settlements_by_hand as bills_by_hand
from fava_home import opened
from institutions_by_hand import clear_july, owed, pay, roster
from reports_by_hand import LI, clearing, day, post, take, transfer, undo
from settlements_by_hand import WANG

from desk.reversing import reverse
from ledger.book_files import print_changed
from ledger.errors import BookError
from ledger.postings import Actor
from reports.source_note import source_note
from reports.source_rows import count_source_lines, source_lines
from reports.voucher_slips import slip, slip_of

HEFEI_BOOK = "340100-city-agency"
COUNTY_BOOK, CITY_BOOK = "520102-county-agency", "520100-city-agency"
CENTRE_BOOK = "520000-centre"


def slip_named(home, book, year, month, number):
    with home.reading() as connection:
        return slip(connection, book, year, month, number)


def rows_behind(home, found):
    with home.reading() as connection:
        return source_lines(connection, found.id)


def test_a_slip_has_head_lines_sum_and_foot(home):
    take(home, "F1", transfer("520102", "520100", "10.50", "2017-04-28", 附单据数="2"))
    found = slip_named(home, COUNTY_BOOK, 2017, 4, 1)
    [sheet] = found.sheets

    assert (found.unit, found.number, str(found.dated)) == (
        "贵阳市南明区经办机构",
        "记-1",
        "2017-04-28",
    )
    assert found.attachments == 2
    assert found.numbered(sheet) == "记-1"
    assert [(x.subject, x.detail, x.fund, x.debit, x.credit) for x in sheet.lines] == [
        ("暂付款——异地就医款", "", "310职工医保", Decimal("10.50"), None),
        ("财政专户存款——县本级", "", "310职工医保", None, Decimal("10.50")),
    ]
    assert (found.debit, found.credit, found.in_words) == (
        Decimal("10.50"),
        Decimal("10.50"),
        "壹拾元伍角整",
    )
    assert (found.prepared_by, found.audited_by, found.recorded_by) == (
        "li",
        "按规则",
        "按规则",
    )
    assert (found.cashier_by, found.supervised_by) == ("", "")


def test_more_than_five_lines_are_numbered_as_fractions(home):
    rows = [
        clearing(code, "440000", 1, "2017Q2", "2017-07-12", 清算单号="Q")
        for code in ("520102", "520103", "520111", "520112", "520113", "520115")
    ]
    take(home, "F2", *rows)
    found = slip_named(home, CITY_BOOK, 2017, 7, 1)

    assert [found.numbered(sheet) for sheet in found.sheets] == ["记-1 1/2", "记-1 2/2"]
    assert [len(sheet.lines) for sheet in found.sheets] == [5, 2]
    assert found.sheets[0].lines[0].detail == "520102南明区"
    assert found.debit == 6


def test_a_reversal_and_its_original_know_each_other(home):
    made = post(
        home,
        COUNTY_BOOK,
        day("2018-03-05"),
        ("借", "暂付款——异地就医款", "", Decimal("20.00")),
        ("贷", "财政专户存款——县本级", "", Decimal("20.00")),
    )
    undo(home, made.name, day("2018-03-06"), "录错")
    original = slip_named(home, COUNTY_BOOK, 2018, 3, 1)
    red = slip_named(home, COUNTY_BOOK, 2018, 3, 2)

    assert original.reversed_by.name == f"{COUNTY_BOOK}/2018-03/2"
    assert (red.red, red.reverses.words) == (True, "2018-03-05 记-1")
    assert (red.in_words, red.sheets[0].lines[0].debit) == ("负贰拾元整", -20)


def test_a_number_that_is_not_there_is_refused(home):
    with pytest.raises(BookError, match="2018年3月没有9号凭证"):
        slip_named(home, COUNTY_BOOK, 2018, 3, 9)


def test_a_draft_has_a_slip_without_a_number(home):
    post(
        home,
        COUNTY_BOOK,
        day("2018-03-05"),
        ("借", "暂付款——异地就医款", "", Decimal("20.00")),
        ("贷", "财政专户存款——县本级", "", Decimal("20.00")),
        draft=True,
    )
    with home.reading() as connection:
        found = slip_of(connection, 1)

    assert (found.number, found.audited_by) == ("草稿#1", "")


def test_a_countys_voucher_shows_its_countys_rows_alone(home):
    take(
        home,
        "F2",
        clearing("520102", "440000", 1, "2017Q2", "2017-07-12", 清算单号="Q"),
        clearing("520103", "440000", 2, "2017Q2", "2017-07-12", 清算单号="Q"),
        clearing("520102", "520300", 4, "2017Q2", "2017-07-12", 清算单号="Q"),
    )
    county = rows_behind(home, slip_named(home, COUNTY_BOOK, 2017, 7, 1))
    city = rows_behind(home, slip_named(home, CITY_BOOK, 2017, 7, 2))
    centre = slip_named(home, CENTRE_BOOK, 2017, 7, 2)

    assert [(row.file, row.row, dict(row.cells)["就医地"]) for row in county] == [
        (county[0].file, 5, "520300 遵义市")
    ]
    assert [dict(row.cells)["参保地"] for row in city] == [
        "520102 南明区",
        "520103 云岩区",
    ]
    with home.reading() as connection:
        assert count_source_lines(connection, centre.id) == 2


def test_a_transfers_voucher_shows_the_rows_of_its_purpose(home):
    take(
        home,
        "F1",
        transfer("520100", "520000", 3, "2017-04-28", 交易流水号="A"),
        transfer("520100", "520000", 4, "2017-04-28", 交易流水号="A", 用途="省内"),
    )
    abroad = rows_behind(home, slip_named(home, CENTRE_BOOK, 2017, 4, 1))
    both = rows_behind(home, slip_named(home, CITY_BOOK, 2017, 4, 1))

    assert [dict(row.cells)["用途"] for row in abroad] == ["跨省"]
    assert [dict(row.cells)["本级金额"] for row in both] == ["3.00", "4.00"]


def test_a_reversal_shows_its_originals_rows_and_that_they_are_free(home):
    take(home, "F1", transfer("520102", "520100", 3, "2017-04-28"))
    reverse(home, LI, f"{COUNTY_BOOK}/2017-04/1", day("2017-05-02"), "录错")
    [row] = rows_behind(home, slip_named(home, COUNTY_BOOK, 2017, 5, 1))

    assert (row.live, dict(row.cells)["付款方"]) == (False, "520102 南明区")


def test_an_opening_voucher_shows_its_books_rows(home):
    line = {"截止日期": "2018-03-31", "险种": "310"}
    for book in (COUNTY_BOOK, "520103-county-agency"):
        take(
            home,
            "F0",
            {**line, "账簿": book, "科目": "财政专户存款——县本级", "借方余额": "5.00"},
            {**line, "账簿": book, "科目": "净资产——上年结余", "贷方余额": "5.00"},
        )
    rows = rows_behind(home, slip_named(home, COUNTY_BOOK, 2018, 4, 1))

    assert [dict(row.cells)["账簿"] for row in rows] == [COUNTY_BOOK] * 2


def test_a_voucher_by_hand_has_no_rows(home):
    made = post(
        home,
        COUNTY_BOOK,
        day("2018-03-05"),
        ("借", "暂付款——异地就医款", "", Decimal("20.00")),
        ("贷", "财政专户存款——县本级", "", Decimal("20.00")),
    )

    with home.reading() as connection:
        assert source_lines(connection, made.id) == []


def test_a_payment_to_an_institution_shows_its_rows(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "险种 | 统筹\n310 | 50.00\n390 | 8.00")
    clear_july(anhui_home)
    pay(anhui_home, "险种 | 金额 | 扣款\n310 | 47.00 | 3.00\n390 | 8.00 |")
    paid = rows_behind(anhui_home, slip_named(anhui_home, HEFEI_BOOK, 2024, 8, 1))
    withheld = rows_behind(anhui_home, slip_named(anhui_home, HEFEI_BOOK, 2024, 8, 2))

    assert [row.live for row in paid] == [True, True]
    assert dict(paid[0].cells) == {
        "付款日期": "2024-08-12",
        "机构代码": "R1",
        "结算期": "2024-07",
        "统筹区": "340100 合肥市",
        "险种": "310 职工医保",
        "付款账号": "34010001",
        "交易流水号": "LS001",
        "金额": "47.00",
        "扣款": "3.00",
    }
    assert withheld == paid

    reverse(anhui_home, WANG, f"{HEFEI_BOOK}/2024-08/1", day("2024-09-21"), "退票")
    red = slip_named(anhui_home, HEFEI_BOOK, 2024, 9, 1)

    assert [row.live for row in rows_behind(anhui_home, red)] == [False, False]


def test_bills_and_premiums_are_a_note_without_people(anhui_home):
    bills_by_hand.take(anhui_home, "G10", "机构代码\nH34010000001", name="名册.csv")
    bills_by_hand.accounts(
        anhui_home, "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 1000.00"
    )
    bills_by_hand.take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种
        P1 | P2 | 340100 | 390""",
        name="绑定.csv",
    )
    bills_by_hand.take(
        anhui_home,
        "G3",
        """结算流水号 | 结算时间 | 个人编号
        S1 | 2024-07-03 10:00:00 | P1
        S2 | 2024-07-04 10:00:00 | P1""",
        name="七月结算.csv",
    )
    late = Actor("li", "2024-12-01T09:00:00+08:00")
    paid = bills_by_hand.take(
        anhui_home,
        "G5",
        "缴费流水号 | 参保人编号\nJ1 | P2",
        name="保费.csv",
        by=late,
    )
    assert paid.status == "posted"
    bill = slip_named(anhui_home, HEFEI_BOOK, 2024, 7, 1)
    premium = slip_named(anhui_home, HEFEI_BOOK, 2024, 10, 1)
    with anhui_home.reading() as connection:
        notes = [source_note(connection, found.id) for found in (bill, premium)]
        rows = [count_source_lines(connection, found.id) for found in (bill, premium)]

    assert notes[0].startswith("来自“七月结算.csv”的门诊结算2行。")
    assert notes[1].startswith("来自“保费.csv”的代缴保费1行。")
    assert rows == [0, 0]


def test_the_page_of_a_voucher_of_bills_shows_the_note(sqlite_anhui_home, tmp_path):
    home = sqlite_anhui_home
    bills_by_hand.take(home, "G10", "机构代码\nH34010000001", name="名册.csv")
    bills_by_hand.accounts(home, "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 1000.00")
    line = "结算流水号 | 结算时间 | 个人编号\nS1 | 2024-07-03 10:00:00 | P1"
    bills_by_hand.take(home, "G3", line, name="七月.csv")
    print_changed(home)
    client = opened(home, HEFEI_BOOK, tmp_path, day("2024-08-05"), 2024)

    answer = client.get(
        "/2024/extension/Vouchers/", query_string={"month": "2024-07", "number": "1"}
    )

    html = answer.get_data(as_text=True)
    assert "来自“七月.csv”的门诊结算1行。" in html
    assert "张三" not in html and "S1" not in html
