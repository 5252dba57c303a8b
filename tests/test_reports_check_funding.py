"""check: X2, X3, X5 against their source lines, F4 against F1; each can fail."""

from datetime import date
from decimal import Decimal

import pytest
from institutions_by_hand import F7
from reports_by_hand import day, take, transfer
from sqlalchemy import text

from reports.reconcile import check

CITY, OURS, OWN = "520100", "520000", "529900"
ON = date(2017, 12, 31)
PAID = {"机构代码": "A1", "结算期": "2017-05", "险种": "310"}


def findings(home, on=ON):
    with home.reading() as connection:
        return check(connection, on)


def errors(home, on=ON):
    return [row for row in findings(home, on) if row.severity == "error"]


def change(home, statement):
    with home.writing() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def funding(own, lower, on, **cells):
    cells = {"用途": "省内", "付款账号": "5200", **cells}
    return transfer(OURS, OURS, own, on, lower=lower, **cells)


def payment(home_amount, other_amount, on, serial, **cells):
    return {
        **F7,
        **PAID,
        "付款日期": on,
        "省内参保": f"{home_amount:.2f}",
        "外省参保": f"{other_amount:.2f}",
        "金额": f"{home_amount + other_amount:.2f}",
        "交易流水号": serial,
        **cells,
    }


def fill(home):
    """A quarter of money for institutions, of a plan with and without provinces."""
    take(home, "F1", transfer(CITY, OURS, 500, "2017-04-20", 用途="省内", lower=100))
    take(home, "F1", transfer(OWN, OURS, 90, "2017-04-20", 用途="省内"))
    take(home, "F1", transfer("430000", OURS, 70, "2017-04-26"))
    take(home, "F1", transfer("440000", OURS, 35, "2017-04-26"))
    take(
        home,
        "F5",
        {"省内参保": "200.00", "外省参保": "30.00", "合计": "230.00"},
        {"就医地代码": "520200", "参保省份代码": "510000"},
    )
    take(home, "F1", funding(20, 90, "2017-05-19"))
    take(home, "F1", funding(0, 33.33, "2017-06-19"))
    take(home, "F1", funding(1, 9, "2017-06-22", arrived="2017-06-23", 资金性质="退回"))
    take(
        home,
        "F7",
        payment(80, 0, "2017-06-20", "P1"),
        payment(0, 12.5, "2017-06-20", "P1", 参保省份代码="510000"),
        payment(10, 11, "2017-06-20", "P2", 扣款="1.00", 机构代码="A2"),
    )


def test_a_quarter_of_money_for_institutions_has_no_error_on_any_day(home):
    fill(home)
    days = ["2017-05-18", "2017-05-19", "2017-06-22", "2017-06-23", "2017-12-31"]

    assert {on: errors(home, day(on)) for on in days} == {on: [] for on in days}


@pytest.mark.parametrize(
    ("statement", "identities"),
    [
        ("UPDATE transfer_line SET own = own + 1 WHERE payer = payee", {"3", "7"}),
        ("UPDATE province_share SET amount = amount + 1 WHERE form = 'F1'", {"账证"}),
        (
            "UPDATE province_share SET province = '450000' WHERE form = 'F7' "
            "AND province = '510000'",
            {"3"},
        ),
        ("UPDATE province_share SET amount = amount + 1 WHERE form = 'F7'", {"3"}),
        ("UPDATE away_payment SET at_home = at_home + 1 WHERE serial = 'P2'", {"3"}),
        ("UPDATE away_payment SET fund = '390' WHERE serial = 'P2'", {"3"}),
        ("UPDATE funding_line SET elsewhere = elsewhere + 900", {"3"}),
        ("UPDATE funding_line SET at_home = 0", {"3"}),
    ],
)
def test_a_source_line_that_says_otherwise_is_found(home, statement, identities):
    fill(home)
    change(home, statement)

    assert identities <= {row.identity for row in errors(home)}


@pytest.mark.parametrize(
    ("book", "subject", "identities"),
    [
        ("520000-province-finance", "暂收款——外省预付金", {"账证"}),
        ("520000-province-finance", "医保支出——异地医保支出（市州部分）", {"1"}),
        ("520000-centre", "支出户存款——异地就医", {"3"}),
        ("520000-centre", "暂收款——省内异地就医", {"3"}),
        ("520000-centre", "暂收款——外省预付金", {"3"}),
    ],
)
def test_a_fen_too_much_in_a_book_is_found(sqlite_home, book, subject, identities):
    fill(sqlite_home)
    change(
        sqlite_home,
        f"UPDATE voucher_line SET amount = amount + 1 WHERE subject = '{subject}' "
        f"AND voucher_id IN (SELECT id FROM voucher WHERE book_id = '{book}')",
    )

    assert identities <= {row.identity for row in errors(sqlite_home)}


def test_a_plan_that_is_supplemented_is_shared_from_then_on(sqlite_home):
    fill(sqlite_home)
    take(sqlite_home, "F5", {"就医地代码": "520300", "外省参保": "0", "合计": "60"})
    take(sqlite_home, "F1", funding(0, 50, "2017-06-28"))

    assert errors(sqlite_home) == []


def test_the_years_change_of_a_provinces_advance_is_compared_with_what_moved(home):
    quota = {"年度": "2017", "调整后额度": "70.00", "调整额": "70.00"}
    take(
        home,
        "F4",
        {**quota, "省份代码": "430000", "方向": "收款"},
        {**quota, "省份代码": "440000", "方向": "付款"},
    )
    take(home, "F1", transfer("430000", OURS, 70, "2017-04-26"))
    take(home, "F1", transfer(OURS, "440000", 69, "2017-04-26"))
    cash = {"资金性质": "清算资金", "交易流水号": "Q1"}
    take(home, "F1", transfer(OURS, "440000", 8, "2017-04-27", arrived="", **cash))
    back = {"资金性质": "退回", "备注": "退汇 Q1"}
    take(home, "F1", transfer("440000", OURS, 8, "2017-04-28", **back))
    take(
        home,
        "F1",
        transfer("440000", OURS, 9, "2017-05-02", 资金性质="退回"),
    )
    [note] = [row for row in findings(home) if row.identity == "额度"]

    assert (note.severity, note.what) == ("note", "2017年付款 广东省预付金")
    assert (note.expected, note.found) == (70, 60)


def test_a_bounced_transfer_leaves_the_plan_to_be_paid_again(sqlite_home):
    home = sqlite_home
    fill(home)
    take(home, "F5", {"就医地代码": "520300", "外省参保": "0", "合计": "60"})
    take(home, "F1", funding(0, 50, "2017-06-26", arrived="", 交易流水号="B1"))
    back = {"资金性质": "退回", "备注": "退汇 B1"}
    take(home, "F1", funding(0, 50, "2017-06-27", **back))
    take(home, "F1", funding(0, 50, "2017-06-28"))

    assert errors(home) == []


def test_what_was_paid_before_it_was_cleared_or_sent_is_a_note(sqlite_home):
    fill(sqlite_home)
    found = {
        row.what: (row.found, row.severity)
        for row in findings(sqlite_home)
        if row.identity == "3"
    }

    assert found == {
        "暂收款——省内异地就医 险种310": (-90, "note"),
        "暂收款——外省预付金 四川省 险种310": (Decimal("-12.50"), "note"),
    }
