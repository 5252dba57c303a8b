"""check: source lines against books; every identity can fail."""

from datetime import date
from decimal import Decimal

import pytest
from reports_by_hand import LI, clearing, day, post, take, transfer
from sqlalchemy import text

from desk.homes import put_setting
from desk.offsetting import offset
from desk.reversing import reverse
from ledger.book_files import print_changed
from ledger.periods import Quarter
from reports.reconcile import check

COUNTY, CITY, CENTRE, OWN = "520102", "520100", "520000", "529900"
ON = date(2018, 12, 31)


def findings(home, on=ON, files=False):
    with home.reading() as connection:
        return check(connection, on, home if files else None)


def errors(home, on=ON, files=False):
    return [row for row in findings(home, on, files) if row.severity == "error"]


def notes(home, identity, on=ON):
    return [row for row in findings(home, on) if row.identity == identity]


def change(home, statement, **values):
    with home.writing() as connection:
        changed = connection.execute(text(statement), values)
        assert changed.rowcount > 0


def fill(home):
    """A province's quarter in small: every kind of transfer and of clearing."""
    up = {"交易流水号": "UP"}
    take(
        home,
        "F1",
        transfer(COUNTY, CITY, 100, "2018-04-10", **up),
        transfer(COUNTY, CITY, 60, "2018-04-10", 用途="省内", 险种="390", **up),
        transfer("520103", CITY, 30, "2018-04-11", arrived="2018-04-13"),
    )
    take(home, "F1", transfer(CITY, CENTRE, 50, "2018-04-20", lower=190))
    take(home, "F1", transfer(CITY, CENTRE, 5, "2018-04-20", 用途="省内"))
    take(home, "F1", transfer("520900", CENTRE, 9, "2018-04-20"))
    take(home, "F1", transfer(OWN, CENTRE, 40, "2018-04-21", arrived="2018-04-23"))
    take(home, "F1", transfer(CENTRE, "440000", 20, "2018-04-25", lower=100))
    take(home, "F1", transfer("430000", CENTRE, 70, "2018-04-26"))
    take(home, "F1", transfer("430000", CENTRE, 7, "2018-05-26", 资金性质="清算资金"))
    take(
        home,
        "F2",
        clearing(COUNTY, "440100", 80, "2018Q2", "2018-07-12", 清算单号="Q"),
        clearing("520199", "440000", 11, "2018Q2", "2018-07-12", 清算单号="Q"),
        clearing(COUNTY, "520300", 13, "2018Q2", "2018-07-12", 清算单号="Q"),
        clearing(OWN, "510000", 17, "2018Q2", "2018-07-13", 清算单号="Q"),
        clearing("520999", "510000", 3, "2018Q2", "2018-07-13", 清算单号="Q"),
    )
    take(
        home,
        "F2",
        clearing(COUNTY, "440000", "-2.00", "2018Q2", "2018-08-01", 清算性质="冲减"),
    )
    take(home, "F1", transfer(CENTRE, "440000", 8, "2018-08-02", 资金性质="清算资金"))
    take(home, "F1", transfer(CITY, COUNTY, 10, "2018-08-10", 资金性质="退回"))
    take(home, "F1", transfer(CENTRE, CITY, 4, "2018-08-11", 资金性质="退回"))


def test_a_province_in_small_has_no_error_on_any_day(home):
    fill(home)
    days = ["2018-04-10", "2018-04-12", "2018-04-22", "2018-07-12", "2018-12-31"]

    assert {on: errors(home, day(on)) for on in days} == {on: [] for on in days}


def test_identity_8_is_explained_payer_by_payer(home):
    fill(home)
    found = {row.what: row for row in notes(home, "8")}
    county = found["南明区异地就医支出减医保费用支出"]
    own = found["贵州省本级异地就医支出减医保费用支出"]

    assert (county.found, county.expected, county.difference) == (150, 91, 59)
    assert county.explanation == "本级已划拨150.00，已清算91.00，未清算59.00"
    assert (own.found, own.expected) == (28, 17)
    assert own.explanation == "本级已划拨40.00，已清算17.00，未付外省12.00，未清算23.00"


def test_money_under_way_is_a_note(home):
    take(home, "F1", transfer(COUNTY, CITY, 30, "2018-06-29", arrived=""))
    [note] = notes(home, "4")

    assert errors(home) == []
    assert (note.what, note.difference) == ("南明区在途资金", 30)


def test_the_stranded_pair_is_a_note_until_it_is_offset(home):
    fill(home)
    pair = [row for row in notes(home, "4") if "暂付款与暂收款" in row.what]
    offset(home, LI, Quarter(2018, 3), ON)
    after = [row for row in notes(home, "4") if "暂付款与暂收款" in row.what]

    assert [(row.what, row.difference) for row in pair] == [
        ("南明区的暂付款与暂收款", 90)
    ]
    assert after == []
    assert errors(home) == []


def test_reversals_leave_no_error_before_or_after(home):
    fill(home)
    reverse(home, LI, "520100-city-agency/2018-04/1", day("2018-09-03"), "录错")
    reverse(home, LI, "520000-centre/2018-07/1", day("2018-09-03"), "录错")

    assert errors(home) == []
    assert errors(home, day("2018-08-31")) == []


def test_drafts_are_on_neither_side(home):
    from desk.importing import Options

    fill(home)
    line = transfer("520103", CITY, 30, "2018-09-11")
    take(home, "F1", line, options=Options(draft=True))
    late = clearing("520103", "440000", 5, "2018-07", "2018-09-12")
    take(home, "F2", late, options=Options(draft=True))

    assert errors(home) == []


def test_a_county_whose_books_ended_is_the_citys_own(home):
    put_setting(
        home,
        LI,
        "county-books",
        "ended",
        region=COUNTY,
        from_day=day("2018-07-01"),
        cite="市级统筹",
    )
    fill(home)

    assert errors(home) == []


def test_the_corrected_reading_agrees_as_well(home):
    put_setting(home, LI, "reading", "corrected", cite="二（一）2")
    fill(home)

    assert errors(home) == []
    assert not [row for row in notes(home, "4") if "暂付款与暂收款" in row.what]


def test_a_voucher_by_hand_is_a_note_but_a_missing_twin_an_error(home):
    fill(home)
    post(
        home,
        f"{COUNTY}-county-agency",
        day("2018-09-21"),
        ("借", "财政专户存款——县本级", "", Decimal("0.33")),
        ("贷", "利息收入", "", Decimal("0.33")),
    )
    [error] = errors(home)

    assert [row.difference for row in notes(home, "7") if row.severity == "note"] == [
        Decimal("0.33")
    ]
    assert (error.identity, error.what) == ("7", "南明区银行存款与财政专户存款")
    assert error.explanation.startswith("自2018-09-21起不符")


@pytest.mark.parametrize(
    ("book", "subject", "identities"),
    [
        ("520102-county-finance", "医保支出——异地就医支出", {"1", "8"}),
        ("520100-city-finance", "医保收入——异地医保收入", {"1"}),
        ("520000-centre", "财政专户存款——异地就医结算中心", {"3", "7"}),
        ("520000-centre", "暂收款——各市、州", {"3", "6", "9", "10"}),
        ("520000-centre", "暂收款——省内异地就医", {"3"}),
        ("520000-centre", "暂付款——各省、市", {"3", "10"}),
        ("520102-county-agency", "暂付款——异地就医款", {"4"}),
        ("520100-city-agency", "暂付款——各县、区", {"4", "10"}),
        ("520100-city-agency", "暂付款——异地就医款", {"5"}),
        ("520102-county-agency", "医保费用支出——医保各险种（县本级）", {"6", "8"}),
        ("520100-city-finance", "银行存款——医保基金存款", {"7"}),
    ],
)
def test_a_fen_too_much_in_a_book_is_found(home, book, subject, identities):
    fill(home)
    change(
        home,
        "UPDATE voucher_line SET amount = amount + 1 WHERE subject = :subject AND "
        "voucher_id IN (SELECT id FROM voucher WHERE book_id = :book)",
        subject=subject,
        book=book,
    )
    found = {row.identity for row in errors(home)}

    assert identities <= found
    assert {"借贷", "哈希链"} <= found


@pytest.mark.parametrize(
    ("table", "where", "identities"),
    [
        ("transfer_line", "payer = '520102'", {"1", "4", "7", "10"}),
        ("transfer_line", "payer = '520100' AND lower > 0", {"1", "3", "5", "9"}),
        ("transfer_line", "payer = '529900'", {"3", "4", "7", "9", "10"}),
        ("transfer_line", "nature = '清算资金' AND payer = '520000'", {"1", "3"}),
    ],
)
def test_a_source_line_that_says_otherwise_is_found(home, table, where, identities):
    fill(home)
    change(home, f"UPDATE {table} SET own = own + 1 WHERE {where}")

    assert identities <= {row.identity for row in errors(home)}


def test_a_clearing_line_that_says_otherwise_is_found(home):
    fill(home)
    change(home, "UPDATE clearing_line SET amount = amount + 1 WHERE place = '440100'")
    found = {row.identity for row in errors(home)}

    assert {"3", "4", "5", "6", "10"} <= found


def test_openings_that_two_books_state_differently_are_found(home):
    def opening(book, *lines):
        cells = {"账簿": book, "截止日期": "2018-03-31", "险种": "310"}
        take(home, "F0", *[{**cells, **line} for line in lines])

    opening(
        f"{COUNTY}-county-agency",
        {"科目": "暂付款——异地就医款", "借方余额": "50.00"},
        {"科目": "净资产——上年结余", "贷方余额": "50.00"},
    )
    alone = findings(home)
    opening(
        f"{CITY}-city-agency",
        {"科目": "财政专户存款——市本级", "借方余额": "45.00"},
        {"科目": "暂收款——各县、区", "辅助明细": COUNTY, "贷方余额": "45.00"},
    )
    [error] = [row for row in errors(home) if row.identity == "4"]

    assert {row.severity for row in alone} <= {"note"}
    assert (error.expected, error.found) == (50, 45)


def test_one_receipt_of_the_bank_is_posted_once(home):
    for serial in ("A", "B"):
        row = transfer(
            CITY, CENTRE, 5, "2018-04-20", 收款流水号="R1", 交易流水号=serial
        )
        take(home, "F1", {**row, "收款账号": "5200"})
    [error] = errors(home)

    assert (error.identity, error.what, error.found) == ("9", "收款流水号R1", "2笔")


def test_a_missing_number_is_found(home):
    fill(home)
    change(
        home,
        "UPDATE voucher SET number = 9 WHERE book_id = '520000-centre' AND month = 7 "
        "AND number = 2",
    )
    found = {row.identity: row.explanation for row in errors(home)}

    assert found["凭证号"].startswith("2018-07凭证号不连续：缺2")


def test_a_reversal_that_undoes_too_little_is_found(home):
    fill(home)
    reverse(home, LI, "520000-centre/2018-07/1", day("2018-09-03"), "录错")
    change(
        home,
        "UPDATE voucher_line SET amount = amount + 1 WHERE voucher_id IN "
        "(SELECT id FROM voucher WHERE reverses_id IS NOT NULL)",
    )

    assert "冲销" in {row.identity for row in errors(home)}


def test_files_are_those_that_would_be_printed_now(home):
    fill(home)
    before = {row.found for row in errors(home, files=True)}
    print_changed(home)
    after = errors(home, files=True)
    path = home.path / "books" / "520000-centre" / "2018.beancount"
    path.write_text(path.read_text("utf-8").replace("贵州省", "贵州"), "utf-8")
    [altered] = errors(home, files=True)
    path.unlink()
    [missing] = errors(home, files=True)

    assert before == {"还没有打印最新内容"}
    assert after == []
    assert (altered.identity, altered.found) == ("打印", "文件被改动过")
    assert missing.found == "没有文件"
