"""明细账 and 日记账: entries, running balances, totals of month and year."""

from decimal import Decimal

import pytest
from reports_by_hand import day, post, take, transfer, undo

from ledger.errors import BookError
from reports.ledgers import journal_rows, journals, ledger_rows

BOOK = "520102-county-agency"
BANK, PAID = "财政专户存款——县本级", "暂付款——异地就医款"
SPENT = "医保费用支出——医保各险种（县本级）"


def move(home, on, amount, debit=PAID, credit=BANK, fund="310", **facts):
    return post(
        home,
        BOOK,
        day(on),
        ("借", debit, "", Decimal(amount), fund),
        ("贷", credit, "", Decimal(amount), fund),
        **facts,
    )


def ledger(home, place, first, last, book=BOOK, **options):
    with home.reading() as connection:
        return ledger_rows(connection, book, place, day(first), day(last), **options)


def said(rows):
    """(month, day, voucher, summary, debit, credit, direction, amount)."""
    return [
        (r.month, r.day, r.voucher, r.summary, r.debit, r.credit, *r.balance)
        for r in rows
    ]


def test_a_ledger_has_opening_entries_and_totals_also_of_months_without_any(home):
    move(home, "2018-01-10", "10.00", narration="一")
    move(home, "2018-03-05", "20.00", narration="二")
    move(home, "2018-03-06", "5.00", debit=SPENT, credit=PAID, narration="三")
    rows = ledger(home, PAID, "2018-02-01", "2018-03-31")

    assert said(rows) == [
        (2, 1, "", "期初余额", None, None, "借", 10),
        (2, None, "", "本期合计", 0, 0, "借", 10),
        (2, None, "", "本年累计", 10, 0, "借", 10),
        (3, 5, "记-1", "二", 20, None, "借", 30),
        (3, 6, "记-2", "三", None, 5, "借", 25),
        (3, None, "", "本期合计", 20, 5, "借", 25),
        (3, None, "", "本年累计", 30, 5, "借", 25),
    ]


def test_a_red_entry_stands_on_its_side_and_shrinks_the_totals(home):
    made = move(home, "2018-03-05", "20.00")
    undo(home, made.name, day("2018-03-06"), "录错")
    rows = ledger(home, PAID, "2018-03-01", "2018-03-31")

    assert [row.debit for row in rows] == [None, 20, -20, 0, 0]
    assert [row.direction for row in rows] == ["平", "借", "平", "平", "平"]


def test_a_new_year_carries_balances_over_and_results_to_net_assets(home):
    move(home, "2017-12-10", "10.00")
    move(home, "2017-12-20", "4.00", debit=SPENT, credit=PAID)
    paid = ledger(home, PAID, "2017-12-01", "2018-01-31")
    spent = ledger(home, SPENT, "2017-12-01", "2018-01-31")
    kept = ledger(home, "净资产——上年结余", "2018-01-01", "2018-01-31")

    assert [row[3:] for row in said(paid)[-3:]] == [
        ("上年结转", None, None, "借", 6),
        ("本期合计", 0, 0, "借", 6),
        ("本年累计", 0, 0, "借", 6),
    ]
    assert [row[3:] for row in said(spent)[-3:-2]] == [
        ("上年结转", None, None, "平", 0)
    ]
    assert said(kept)[0][3:] == ("期初余额", None, None, "贷", -4)


def test_opening_balances_show_as_a_balance_and_not_as_movement(home):
    line = {"账簿": BOOK, "截止日期": "2018-03-31", "险种": "310"}
    take(
        home,
        "F0",
        {**line, "科目": BANK, "借方余额": "50.00"},
        {**line, "科目": "净资产——上年结余", "贷方余额": "50.00"},
    )
    move(home, "2018-04-02", "8.00")
    rows = ledger(home, BANK, "2018-04-01", "2018-04-30")

    assert [(r.kind, r.voucher, r.debit, r.credit, r.balance.amount) for r in rows] == [
        ("opening", "", None, None, 0),
        ("opening", "记-1", None, None, 50),
        ("entry", "记-2", None, 8, 42),
        ("month", "", 0, 8, 42),
        ("year", "", 0, 8, 42),
    ]


def test_a_detail_a_fund_or_an_account_can_be_asked_for(home):
    city = "520100-city-agency"
    take(
        home,
        "F1",
        transfer("520102", "520100", 10, "2018-04-20", 交易流水号="A"),
        transfer("520102", "520100", 5, "2018-04-20", 交易流水号="A", 险种="390"),
        transfer("520103", "520100", 7, "2018-04-20"),
    )

    def closing(place, **options):
        rows = ledger(home, place, "2018-04-01", "2018-04-30", city, **options)
        return rows[-1].balance

    assert closing("暂付款——各县、区") == ("借", -22)
    assert closing("暂付款") == ("借", -22)
    assert closing("暂付款——各县、区", detail="520102") == ("借", -15)
    assert closing("暂付款——各县、区", detail="520102", fund="390") == ("借", -5)
    assert closing("Assets:1101暂付款:02各县区:520103云岩区") == ("借", -7)
    assert closing("Assets:1101暂付款") == ("借", -22)


def test_a_subject_that_is_none_is_refused_and_an_unused_one_is_empty(home):
    assert [
        row.direction for row in ledger(home, PAID, "2018-01-01", "2018-01-31")
    ] == [
        "平",
        "平",
        "平",
    ]
    with pytest.raises(BookError, match="没有“无此科目”这个科目"):
        ledger(home, "无此科目", "2018-01-01", "2018-01-31")


def test_a_journal_has_each_days_totals_and_balance(home):
    move(home, "2018-01-10", "10.00", debit=BANK, credit=PAID)
    move(home, "2018-02-05", "3.00", narration="甲")
    move(home, "2018-02-05", "9.00", debit=BANK, credit=PAID, narration="乙")
    move(home, "2018-02-07", "1.00", narration="丙")
    with home.reading() as connection:
        rows = journal_rows(
            connection, BOOK, BANK, day("2018-02-01"), day("2018-02-28")
        )
        names = journals(connection, BOOK)

    assert names == [BANK]
    assert [(r.kind, r.summary, r.income, r.spending, r.balance) for r in rows] == [
        ("opening", "期初余额", None, None, 10),
        ("entry", "甲", None, 3, 7),
        ("entry", "乙", 9, None, 16),
        ("day", "本日合计", 9, 3, 16),
        ("entry", "丙", None, 1, 15),
        ("day", "本日合计", 0, 1, 15),
    ]
