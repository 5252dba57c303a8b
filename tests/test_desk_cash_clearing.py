"""清算资金 in cash: who may pay it is a setting; X16 restores what clearing took."""

from datetime import date

import pytest
from desk_by_hand import LI, cases, printed, rows, take, transfers
from reports_by_hand import clearing
from reports_by_hand import take as take_rows
from reports_by_hand import transfer
from sqlalchemy import text

from desk.homes import put_setting
from ledger.periods import Quarter
from reports.reconcile import check
from reports.usage import usage_rows
from reports.usage_behind import trend

COUNTY, CITY, OURS, OWN = "520102", "520100", "520000", "529900"
ON = date(2018, 12, 31)
CASH = {"资金性质": "清算资金"}
BOOK = f"{CITY}-city-agency"


def allow(home, how="all"):
    put_setting(home, LI, "cash-clearing", how, cite="测试")


def take_cash(home, table, **cells):
    cells = {**CASH, "所属季度": "2017Q2", **cells}
    made = transfers(table)
    return take(home, "F1", [{**row, **cells} for row in made])


def errors(home, on=ON):
    with home.reading() as connection:
        return [row for row in check(connection, on) if row.severity == "error"]


def rate(home, quarter, on):
    with home.reading() as connection:
        found = usage_rows(connection, quarter=quarter, on=on, book=BOOK)
    return [(row.advance, row.cleared, row.earlier) for row in found]


@pytest.mark.parametrize("case", cases("cash_clearing"), ids=lambda case: case["name"])
def test_vouchers_of_clearing_paid_in_cash(case, sqlite_home):
    allow(sqlite_home)
    if "reading" in case:
        put_setting(sqlite_home, LI, "reading", case["reading"], cite="测试")
    result = take_cash(sqlite_home, case["rows"])

    assert result.message == ""
    assert printed(sqlite_home, *case.get("books", ())) == case["vouchers"].strip()


def fill(home):
    """Two quarters of a county and 省本级 whose clearing is paid in cash."""
    allow(home)
    for payer, payee in ((COUNTY, CITY), (CITY, OURS), (OWN, OURS)):
        own, lower = (0, 100) if payer == CITY else (100, 0)
        take_rows(home, "F1", transfer(payer, payee, own, "2018-01-10", lower=lower))
    take_rows(
        home,
        "F2",
        clearing(COUNTY, "440000", 80, "2018Q1", "2018-04-10"),
        clearing(OWN, "440000", 30, "2018Q1", "2018-04-10"),
    )
    paid = {**CASH, "所属季度": "2018Q1"}
    for payer, payee, amount in ((COUNTY, CITY, 80), (CITY, OURS, 80), (OWN, OURS, 30)):
        own, lower = (0, amount) if payer == CITY else (amount, 0)
        row = transfer(payer, payee, own, "2018-04-20", lower=lower, **paid)
        take_rows(home, "F1", row)


def test_cash_restores_the_advance_and_is_none_for_the_rate(home):
    fill(home)
    first, second = Quarter(2018, 1), Quarter(2018, 2)

    assert rate(home, first, date(2018, 4, 19)) == [(100, 80, 0)]
    assert rate(home, first, date(2018, 4, 20)) == [(100, 0, 0)]
    assert rate(home, second, date(2018, 4, 19)) == [(20, 0, 80)]
    assert rate(home, second, date(2018, 4, 20)) == [(100, 0, 0)]


def test_the_trend_counts_cash_as_the_rate_does(sqlite_home):
    fill(sqlite_home)
    with sqlite_home.reading() as connection:
        quarters = [Quarter(2018, 1), Quarter(2018, 2)]
        points = trend(connection, BOOK, COUNTY, quarters)

    assert [(p.advance, p.cleared) for p in points] == [(100, 80), (100, 0)]


def test_a_province_that_pays_in_cash_has_no_error_on_any_day(home):
    fill(home)
    days = [date(2018, 4, 19), date(2018, 4, 20), date(2018, 5, 31), ON]

    assert {on: errors(home, on) for on in days} == {on: [] for on in days}


@pytest.mark.parametrize(
    ("payer", "identities"),
    [(COUNTY, {"1", "4", "7"}), (CITY, {"1", "3", "9"}), (OWN, {"3", "7", "9"})],
)
def test_a_line_of_cash_that_says_otherwise_is_found(sqlite_home, payer, identities):
    fill(sqlite_home)
    with sqlite_home.writing() as connection:
        connection.execute(
            text(
                "UPDATE transfer_line SET own = own + 1 WHERE nature = '清算资金' "
                "AND payer = :payer"
            ),
            {"payer": payer},
        )

    assert identities <= {row.identity for row in errors(sqlite_home)}


def test_cash_within_the_province_needs_the_setting_and_the_quarter(sqlite_home):
    refused = take_cash(sqlite_home, "到账日期\n2017-07-19")
    allow(sqlite_home)
    without = take_cash(sqlite_home, "到账日期\n2017-07-19", 所属季度="")

    assert "设置 cash-clearing 为 provinces，省内清算只冲销预付金" in refused.message
    assert "所属季度没有填，看不出缴付哪一季度的清算" in without.message


def test_without_cash_nothing_is_paid_to_other_provinces_either(sqlite_home):
    allow(sqlite_home, "none")
    row = rows("付款方代码 | 收款方代码\n520000 | 440000")[0]
    table = "\n".join([" | ".join(row), " | ".join(row.values())])
    result = take_cash(sqlite_home, table)

    assert "设置 cash-clearing 为 none，清算只冲销预付金" in result.message
