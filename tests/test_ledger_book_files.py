"""The printed books: the same bytes again, only what changed, made up after a crash."""

import shutil
from datetime import date

import pytest
from desk_by_hand import (
    LI,
    WANG,
    book_files,
    rows,
    take,
    take_clearings,
    take_transfers,
)

from desk import importing
from desk.reversing import reverse
from desk.vouchers import ManualLine, approve, new_voucher
from ledger.book_files import print_all, print_changed
from ledger.errors import BookError
from ledger.money import FEN

ARRIVED = "到账日期\n2017-05-02"
COUNTY = "520102-county-agency"
OPENING = """
账簿                 | 截止日期   | 科目                 | 借方余额 | 贷方余额
520102-county-agency | 2017-03-31 | 财政专户存款——县本级 | 500.00   |
520102-county-agency | 2017-03-31 | 净资产——上年结余     |          | 500.00
"""


def inodes(home) -> dict[str, int]:
    """A file that is written anew has another inode."""
    paths = (home.path / "books").rglob("*.beancount")
    return {f"{path.parent.name}/{path.stem}": path.stat().st_ino for path in paths}


def test_books_print_again_to_the_same_bytes(home):
    take(home, "F0", rows(OPENING))
    take_transfers(home, ARRIVED)
    take_clearings(home, "险种\n310\n390")
    reverse(home, WANG, f"{COUNTY}/2017-04/2", date(2017, 7, 2), "金额不对")
    before = book_files(home)

    shutil.rmtree(home.path / "books")
    paths = print_all(home)

    assert book_files(home) == before
    assert len(paths) == len(before) == 5


def test_only_changed_books_are_printed(home):
    take_transfers(home, "付款方代码 | 收款方代码\n520102 | 520100")
    before = inodes(home)

    take_transfers(home, "付款方代码 | 收款方代码 | 交易流水号\n520201 | 520200 | B")
    after = inodes(home)

    assert {book: after[book] for book in before} == before
    assert after.keys() - before.keys() == {
        "520201-county-finance/2017",
        "520201-county-agency/2017",
    }


def test_a_known_form_prints_nothing(sqlite_home):
    take_transfers(sqlite_home, ARRIVED)
    before = inodes(sqlite_home)

    take_transfers(sqlite_home, ARRIVED)

    assert inodes(sqlite_home) == before


def test_a_draft_is_not_printed(sqlite_home):
    take_transfers(sqlite_home, ARRIVED, draft=True)

    assert book_files(sqlite_home) == {}


def test_a_print_that_a_crash_prevented_is_made_up(home, monkeypatch):
    monkeypatch.setattr(importing, "print_changed", lambda home: [])
    take_transfers(home, ARRIVED)
    assert book_files(home) == {}

    paths = print_changed(home)

    assert len(paths) == 4
    made_up = book_files(home)
    assert print_changed(home) == []
    print_all(home)
    assert book_files(home) == made_up


def test_a_print_broken_off_in_the_middle_is_made_up_whole(sqlite_home):
    """A file in the way of the last book's folder stands for a full disk."""
    (sqlite_home.path / "books" / "520102-county-finance").write_text("in the way")

    with pytest.raises(BookError, match="没有印出"):
        take_transfers(sqlite_home, ARRIVED)
    (sqlite_home.path / "books" / "520102-county-finance").unlink()
    print_changed(sqlite_home)

    assert len(book_files(sqlite_home)) == 4
    assert not list((sqlite_home.path / "books").rglob("*.tmp"))
    assert take_transfers(sqlite_home, ARRIVED).status == "already-posted"


def test_a_year_takes_over_the_balances_of_the_year_before(home):
    take(home, "F0", rows(OPENING))
    take_transfers(home, "付款日期 | 交易流水号\n2017-12-28 | A\n2018-01-03 | B")

    text = book_files(home)[f"{COUNTY}/2018"].decode()

    assert carried(text) == [
        "Assets:1003财政专户存款:03县本级 400.00",
        "Assets:1101暂付款:01异地就医款 100.00",
        "Equity:3001净资产:01上年结余 -500.00",
    ]
    assert 'carried: "provisional"' in text


def test_income_and_expenditure_become_last_years_balance(home):
    take_transfers(home, "付款日期 | 交易流水号\n2017-12-28 | A\n2018-01-03 | B")

    text = book_files(home)["520102-county-finance/2018"].decode()

    assert carried(text) == [
        "Assets:1002银行存款:01医保基金存款 -100.00",
        "Equity:3001净资产:01上年结余 100.00",
    ]


def test_a_detail_takes_over_under_the_regions_new_name(sqlite_home):
    take_transfers(
        sqlite_home,
        "付款日期   | 到账日期   | 付款方代码 | 收款方代码 | 交易流水号\n"
        "2017-04-05 | 2017-04-06 | 520222     | 520200     | A\n"
        "2018-01-03 | 2018-01-04 | 520281     | 520200     | B",
    )

    books = book_files(sqlite_home)
    detail = "Assets:1101暂付款:02各县区:520281"
    assert f"{detail}盘县 " in books["520200-city-agency/2017"].decode()
    assert carried(books["520200-city-agency/2018"].decode()) == [
        "Assets:1003财政专户存款:01市本级 100.00",
        f"{detail}盘州市 -100.00",
    ]
    assert "六盘水市盘县" in books["520281-county-agency/2017"].decode()
    assert "六盘水市盘州市" in books["520281-county-agency/2018"].decode()


def test_a_voucher_of_an_earlier_year_prints_the_later_years_again(home):
    take_transfers(
        home,
        "付款日期 | 交易流水号\n2017-12-28 | A\n2018-01-03 | B\n2019-01-03 | C",
    )
    before = inodes(home)

    take_transfers(home, "付款日期 | 交易流水号\n2018-06-01 | D")

    after, books = inodes(home), book_files(home)
    assert {k for k in before if after[k] != before[k]} == {
        f"520102-county-{kind}/{year}"
        for kind in ("finance", "agency")
        for year in (2018, 2019)
    }
    assert "Assets:1101暂付款:01异地就医款 300.00" in carried(
        books[f"{COUNTY}/2019"].decode()
    )
    print_all(home)
    assert book_files(home) == books


def test_vouchers_stand_by_day_and_then_in_the_order_they_came(sqlite_home):
    take_transfers(sqlite_home, "付款日期 | 交易流水号\n2017-04-28 | A")
    take_transfers(sqlite_home, "付款日期 | 交易流水号\n2017-04-05 | B")
    take_transfers(sqlite_home, "付款日期 | 交易流水号\n2017-04-28 | C")

    text = book_files(sqlite_home)[f"{COUNTY}/2017"].decode()

    names = [row[11:] for row in text.splitlines() if row.startswith("  voucher:")]
    assert names == ['"记-2"', '"记-1"', '"记-3"']


def test_opens_carry_subject_statute_and_direction(sqlite_home):
    approve(sqlite_home, WANG, [f"#{interest(sqlite_home).id}"])

    text = book_files(sqlite_home)[f"{COUNTY}/2017"].decode()

    assert """
2017-04-28 open Income:4201利息收入 CNY
  subject: "利息收入"
  statutory: "4201 利息收入"
  direction: "贷"
""" in text


def interest(home):
    return new_voucher(
        home,
        LI,
        COUNTY,
        date(2017, 4, 28),
        narration="收到利息",
        debit=[ManualLine("财政专户存款——县本级", FEN)],
        credit=[ManualLine("利息收入", FEN)],
        fund="310",
    )


def carried(text: str) -> list[str]:
    """Account and amount of each line of a book's 上年结转."""
    block = next(part for part in text.split("\n\n") if '! "上年结转"' in part)
    made = [line.split() for line in block.splitlines() if line.endswith(" CNY")]
    return [f"{account} {amount}" for account, amount, _ in made]
