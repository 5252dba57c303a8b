"""科目余额表: balances, movements and directions of a book."""

from decimal import Decimal

from reports_by_hand import LI, clearing, day, post, take, transfer, undo

from desk.homes import put_setting
from reports.balances import balance_rows, balance_totals

BOOK = "520102-county-agency"
BANK, PAID = "财政专户存款——县本级", "暂付款——异地就医款"
SPENT = "医保费用支出——医保各险种（县本级）"


def rows(home, on, book=BOOK, **options):
    with home.reading() as connection:
        return balance_rows(connection, book, day(on), **options)


def leaf(home, on, printed, book=BOOK, **options):
    found = [
        row
        for row in rows(home, on, book, **options)
        if row.leaf and row.subject == printed
    ]
    [row] = found
    return row


def closing(row):
    return row.direction, row.closing


def move(home, on, amount, debit=PAID, credit=BANK, fund="310", **facts):
    return post(
        home,
        BOOK,
        day(on),
        ("借", debit, "", Decimal(amount), fund),
        ("贷", credit, "", Decimal(amount), fund),
        **facts,
    )


def test_a_row_tells_year_month_and_what_moved(home):
    move(home, "2017-11-20", "5.00")
    move(home, "2018-02-10", "10.00")
    move(home, "2018-03-31", "20.00")
    move(home, "2018-04-01", "40.00")
    row = leaf(home, "2018-03-31", PAID)

    assert (row.level, row.code, row.name) == (2, "1101-01", "异地就医款")
    assert (row.year_direction, row.year_opening) == ("借", 5)
    assert (row.opening_direction, row.opening) == ("借", 15)
    assert (row.debit, row.credit) == (20, 0)
    assert (row.year_debit, row.year_credit) == (30, 0)
    assert closing(row) == ("借", 35)


def test_red_shrinks_what_moved(home):
    made = move(home, "2018-03-10", "10.00")
    move(home, "2018-03-11", "1.00")
    undo(home, made.name, day("2018-03-12"), "录错")
    row = leaf(home, "2018-03-31", PAID)

    assert (row.debit, row.credit, row.closing) == (1, 0, 1)


def test_a_balance_on_the_other_side_is_negative_and_keeps_its_direction(home):
    book = "520100-city-agency"
    take(home, "F2", clearing("520102", "440000", 80, "2018Q2", "2018-07-12"))
    row = leaf(home, "2018-07-31", "暂收款——各县、区", book)

    assert closing(row) == ("贷", -80)
    assert (row.detail, row.detail_name) == ("520102", "南明区")


def test_a_setting_shows_the_side_where_the_balance_is(home):
    book = "520100-city-agency"
    take(home, "F2", clearing("520102", "440000", 80, "2018Q2", "2018-07-12"))
    put_setting(home, LI, "balance-direction", "actual", cite="第六十条（七）")

    assert closing(leaf(home, "2018-07-31", "暂收款——各县、区", book)) == ("借", 80)


def test_a_balance_of_nothing_is_level_and_blank(home):
    move(home, "2018-03-10", "10.00")
    move(home, "2018-03-11", "10.00", debit=BANK, credit=PAID)
    row = leaf(home, "2018-03-31", PAID)

    assert closing(row) == ("平", 0)
    assert (row.debit, row.credit) == (10, 10)


def test_an_account_that_moved_only_in_earlier_years_and_is_level_is_left_out(home):
    move(home, "2017-03-10", "10.00")
    move(home, "2017-03-11", "10.00", debit=BANK, credit=PAID)

    assert rows(home, "2018-03-31") == []


def test_income_and_expenditure_of_earlier_years_are_carried_to_net_assets(home):
    move(home, "2017-07-12", "30.00", debit=SPENT, credit=PAID)
    move(home, "2018-07-12", "4.00", debit=SPENT, credit=PAID)

    assert leaf(home, "2018-12-31", SPENT).year_direction == "平"
    assert closing(leaf(home, "2018-12-31", SPENT)) == ("借", 4)
    assert closing(leaf(home, "2018-12-31", "净资产——上年结余")) == ("贷", -30)


def test_opening_balances_are_no_movement(home):
    line = {"账簿": BOOK, "截止日期": "2018-03-31", "险种": "310"}
    take(
        home,
        "F0",
        {**line, "科目": BANK, "借方余额": "50.00"},
        {**line, "科目": "净资产——上年结余", "贷方余额": "50.00"},
    )
    row = leaf(home, "2018-04-30", BANK)

    assert row.year_opening == row.opening == 50
    assert (row.debit, row.year_debit, row.closing) == (0, 0, 50)


def test_parents_add_up_and_totals_balance(home):
    book = "520100-city-agency"
    for county, amount in (("520102", 100), ("520103", 40)):
        take(home, "F1", transfer(county, "520100", amount, "2018-04-20"))
    take(home, "F1", transfer("520100", "520000", 20, "2018-04-25", lower="140.00"))
    take(home, "F2", clearing("520102", "440000", 130, "2018Q2", "2018-07-12"))
    found = rows(home, "2018-07-31", book)
    totals = balance_totals(found)
    [parent] = [row for row in found if row.name == "各县区" and "暂付" in row.account]

    assert (parent.leaf, parent.level, parent.closing) == (False, 2, -140)
    assert totals.balanced
    assert totals.month == (130, 130)
    assert totals.year == (430, 430)


def test_funds_can_be_had_apart(home):
    move(home, "2018-03-10", "10.00")
    move(home, "2018-03-10", "3.00", fund="390")
    [whole, employees, residents] = [
        row for row in rows(home, "2018-03-31", by_fund=True) if row.subject == PAID
    ]
    only = rows(home, "2018-03-31", fund="390")

    assert (whole.fund, whole.closing) == ("", 13)
    assert (employees.name, employees.closing) == ("310 职工医保", 10)
    assert (residents.name, residents.closing) == ("390 居民医保", 3)
    assert balance_totals(only).closing == (0, 0)
    assert leaf(home, "2018-03-31", PAID, fund="390").closing == 3


def test_a_draft_and_a_later_day_do_not_count(home):
    move(home, "2018-03-10", "10.00", draft=True)
    move(home, "2018-04-01", "10.00")

    assert rows(home, "2018-03-31") == []
