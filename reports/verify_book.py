"""One printed book-year, checked from its text: what the chain and the print promise.

Nothing in the file is trusted: what could run code or draw in other files is refused
before beancount loads it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Iterator, NamedTuple

from ledger.printing import genesis, voucher_hash
from reports.numbering import gaps
from reports.verify_text import Problem, checked_text, load

BOOK = re.compile(r"\d{6}-[a-z]+(-[a-z]+)?")
NAME = re.compile(r"(\D+)-([1-9]\d*)")
FEN = Decimal("0.01")
SIDES = ("借", "贷")


class PrintedVoucher(NamedTuple):
    """A voucher as the file has it; lines are (account, fund, amount)."""

    line: int
    month: str  # 2017-04
    number: str
    seq: int
    previous: str
    hash: str
    reverses: str
    lines: tuple[tuple[str, str, Decimal], ...]


class Printed(NamedTuple):
    """A book-year that could be read."""

    file: str
    book: str
    year: int
    vouchers: tuple[PrintedVoucher, ...]
    carried: tuple[tuple[str, str, Decimal], ...]
    carried_line: int | None


def read_book(path: Path) -> tuple[Printed | None, list[Problem]]:
    """A file's book-year, None where it cannot be read, and what is wrong with it."""
    file = str(path)
    text, problems = checked_text(path)
    if text is None:
        return None, problems
    entries, problems = load(file, text)
    if entries is None:
        return None, problems
    book, year, found = _identity(path, entries)
    problems += found
    if book is None:
        return None, problems
    rows = text.split("\n")
    vouchers, carried, carried_line = [], (), None
    for entry in entries:
        if type(entry).__name__ != "Transaction":
            continue
        line = entry.meta["lineno"]
        problems += _lines_of(file, entry)
        if "carried" in entry.meta and carried_line is None:
            carried, carried_line = _money(entry), line
            if entry.date != date(year, 1, 1):
                problems.append(Problem(file, line, "上年结转应在1月1日"))
            continue
        voucher, found = _voucher(file, entry, _block(rows, line))
        problems += found
        if entry.date.year != year:
            message = f"凭证日期{entry.date}不在{year}年"
            problems.append(Problem(file, line, message))
        if voucher:
            vouchers.append(voucher)
    printed = Printed(file, book, year, tuple(vouchers), carried, carried_line)
    problems += [*_chain(printed, entries), *_numbers(printed)]
    return printed, problems


def numbers_of(account: str) -> str:
    """An account by its numbers alone: names change with their regions.

    >>> numbers_of("Liabilities:2001暂收款:01各县区:520204水城区")
    'Liabilities:2001:01:520204'
    """
    return ":".join(re.match(r"\d*", part)[0] or part for part in account.split(":"))


def _identity(path: Path, entries) -> tuple[str | None, int, list[Problem]]:
    """Book and year from the custom line, compared with folder and file name."""
    found = [e for e in _customs(entries, "yibao-book")]
    values = [tuple(value.value for value in entry.values) for entry in found]
    if len(values) != 1 or len(values[0]) != 2:
        message = "应有一行 custom “yibao-book”，写明账套和年度"
        return None, 0, [Problem(str(path), None, message)]
    book, year = map(str, values[0])
    line = found[0].meta["lineno"]
    if not BOOK.fullmatch(book) or not re.fullmatch(r"\d{4}", year):
        message = f"“{book}”“{year}”不是账套编号和年度"
        return None, 0, [Problem(str(path), line, message)]
    problems = []
    for place, looks, said in (
        (path.absolute().parent.name, BOOK, book),
        (path.stem, re.compile(r"\d{4}"), year),
    ):
        if looks.fullmatch(place) and place != said:
            message = f"账簿写明的是“{said}”，路径却是“{place}”"
            problems.append(Problem(str(path), line, message))
    return book, int(year), problems


def _voucher(
    file: str, entry, block: str
) -> tuple[PrintedVoucher | None, list[Problem]]:
    line, meta = entry.meta["lineno"], entry.meta
    name = NAME.fullmatch(str(meta.get("voucher", "")))
    seq, digest = meta.get("seq"), str(meta.get("hash", ""))
    problems = []
    if name is None:
        problems.append(Problem(file, line, "凭证没有编号，或编号不是“记-12”的样子"))
    if not isinstance(seq, Decimal) or seq != seq.to_integral_value():
        problems.append(Problem(file, line, "凭证没有序号（seq）"))
    if voucher_hash(block) != digest:
        problems.append(Problem(file, line, "凭证内容与哈希不符，打印后被改动过"))
    if problems and (name is None or not isinstance(seq, Decimal)):
        return None, problems
    voucher = PrintedVoucher(
        line,
        f"{entry.date:%Y-%m}",
        name[2],
        int(seq),
        str(meta.get("previous", "")),
        digest,
        str(meta.get("reverses", "")),
        _money(entry),
    )
    return voucher, problems


def _lines_of(file: str, entry) -> Iterator[Problem]:
    """Whole fen in CNY, a side and a fund on each line, balanced within each fund."""
    carried = "carried" in entry.meta
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for posting in entry.postings:
        meta = posting.meta or {}
        line = meta.get("lineno", entry.meta["lineno"])
        units = posting.units
        if units.currency != "CNY" or posting.cost or posting.price:
            yield Problem(file, line, f"金额不是人民币：{units}")
        if units.number % FEN:
            yield Problem(file, line, f"金额不到分为止：{units.number}")
        if not carried and meta.get("side") not in SIDES:
            yield Problem(file, line, f"没有借贷方向：{posting.account}")
        if "fund" not in meta:
            yield Problem(file, line, f"没有险种：{posting.account}")
        sums[str(meta.get("fund", ""))] += units.number
    for fund, net in sorted(sums.items()):
        if net:
            message = f"险种{fund}借贷不平，借方减贷方为{net}"
            yield Problem(file, entry.meta["lineno"], message)


def _money(entry) -> tuple[tuple[str, str, Decimal], ...]:
    return tuple(
        (p.account, str((p.meta or {}).get("fund", "")), p.units.number)
        for p in entry.postings
    )


def _block(rows: list[str], line: int) -> str:
    """A transaction's text: its first line and the indented ones below it."""
    end = line
    while end < len(rows) and rows[end].startswith((" ", "\t")):
        end += 1
    return "\n".join(rows[line - 1 : end])


def _chain(printed: Printed, entries) -> Iterator[Problem]:
    """seq 1 to n, each voucher holding the hash before it, up to the printed head."""
    file, vouchers = printed.file, sorted(printed.vouchers, key=lambda v: v.seq)
    last = genesis(printed.book, printed.year)
    for expected, voucher in enumerate(vouchers, 1):
        if voucher.seq != expected:
            message = f"序号应为{expected}，实为{voucher.seq}；有凭证缺失或重复"
            yield Problem(file, voucher.line, message)
            break
        if voucher.previous != last:
            message = f"第{expected}号序的上一哈希不符，链在此断开"
            yield Problem(file, voucher.line, message)
        last = voucher.hash
    heads = [
        (entry.meta["lineno"], tuple(value.value for value in entry.values))
        for entry in _customs(entries, "yibao-chain")
    ]
    if len(heads) != 1:
        yield Problem(file, None, "应有一行 custom “yibao-chain”，写明张数和末张哈希")
        return
    [(line, head)] = heads
    if head != (Decimal(len(vouchers)), last):
        message = f"链尾与凭证不符：账簿里有{len(vouchers)}张，或末张哈希不同"
        yield Problem(file, line, message)


def _numbers(printed: Printed) -> Iterator[Problem]:
    months: dict[str, list[int]] = defaultdict(list)
    for voucher in printed.vouchers:
        months[voucher.month].append(int(voucher.number))
    for message in gaps(months):
        yield Problem(printed.file, None, message)


def _customs(entries, kind: str) -> list:
    return [
        entry
        for entry in entries
        if type(entry).__name__ == "Custom" and entry.type == kind
    ]
