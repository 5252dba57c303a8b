"""`yibao verify`: printed books checked from their files alone, without a database.

One book-year at a time (reports/verify_book.py), then what only several show
together: 上年结转 against the year before, and reversals against what they reverse.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Iterator, NamedTuple

from ledger.money import grouped
from ledger.printing import CARRIED_TO, PROFIT_AND_LOSS
from ledger.subjects import subject
from reports.verify_book import Printed, Problem, numbers_of, read_book

SUFFIX = ".beancount"


class Verified(NamedTuple):
    """What was found, in the order of files and lines, and how many were read."""

    problems: list[Problem]
    files: int


def verify(path: Path) -> Verified:
    """Check one printed book-year, or all below a folder. Executes nothing in them."""
    paths = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
    paths = [file for file in paths if not file.name.startswith(".")]
    if not paths:
        return Verified([Problem(str(path), None, "没有找到账簿（*.beancount）")], 0)
    problems: list[Problem] = []
    books: dict[tuple[str, int], Printed] = {}
    for file in paths:
        printed, found = read_book(file)
        problems += found
        if printed is None:
            continue
        place = (printed.book, printed.year)
        if place in books:
            message = f"与{books[place].file}是同一账套同一年度"
            problems.append(Problem(printed.file, None, message))
            continue
        books[place] = printed
    for printed in books.values():
        problems += _carried(printed, books)
        problems += _links(printed, books)
    return Verified(sorted(problems, key=lambda p: (p.file, p.line or 0)), len(paths))


def _carried(
    printed: Printed, books: dict[tuple[str, int], Printed]
) -> Iterator[Problem]:
    """上年结转 is what the latest earlier year that is there ended with."""
    years = [year for book, year in books if book == printed.book]
    earlier = [year for year in years if year < printed.year]
    if not earlier:
        return
    before = books[printed.book, max(earlier)]
    expected = _closing(before)
    found: dict[tuple, Decimal] = defaultdict(Decimal)
    for account, fund, amount in printed.carried:
        found[numbers_of(account), fund] += amount
    for place in sorted(expected.keys() | found.keys()):
        if expected.get(place, 0) != found.get(place, 0):
            account, fund = place
            yield Problem(
                printed.file,
                printed.carried_line,
                f"上年结转与{before.year}年账簿不符：{account} 险种{fund}应为"
                f"{grouped(expected.get(place, Decimal()))}，实为"
                f"{grouped(found.get(place, Decimal()))}",
            )


def _closing(printed: Printed) -> dict[tuple[str, str], Decimal]:
    """A year's balances at its end; results count as 上年结余."""
    kept = numbers_of(subject(CARRIED_TO).account)
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    lines = [line for voucher in printed.vouchers for line in voucher.lines]
    for account, fund, amount in [*printed.carried, *lines]:
        is_result = account.startswith(PROFIT_AND_LOSS)
        sums[kept if is_result else numbers_of(account), fund] += amount
    return {place: amount for place, amount in sums.items() if amount}


def _links(
    printed: Printed, books: dict[tuple[str, int], Printed]
) -> Iterator[Problem]:
    """What a voucher says it reverses is there, where its book is."""
    for voucher in printed.vouchers:
        if not voucher.reverses:
            continue
        book, month, number = (voucher.reverses.split("/") + ["", ""])[:3]
        original = books.get((book, int(month[:4]) if month[:4].isdigit() else 0))
        if original is None:
            continue
        if not any(
            other.month == month and other.number == number
            for other in original.vouchers
        ):
            message = f"冲销的凭证{voucher.reverses}不在账簿里"
            yield Problem(printed.file, voucher.line, message)
