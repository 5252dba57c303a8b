"""Books as print: a voucher's text, a year's file, and the hash over the text.

The text is a pure function of the rows, so that a book printed again is the same
bytes. What is hashed is exactly what is printed of a voucher, the previous hash
with it, without the line of its own hash.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Iterable, NamedTuple

from ledger.books import book_name
from ledger.money import NOTHING
from ledger.subjects import account as account_of
from ledger.subjects import subject
from ledger.vouchers import Line, signed

AMOUNT_COLUMN = 66
PROFIT_AND_LOSS = ("Income:", "Expenses:")
CARRIED_TO = "净资产——上年结余"


class PrintedVoucher(NamedTuple):
    """An approved voucher with all that its print shows."""

    dated: date
    payee: str
    narration: str
    tag: str
    name: str  # 记-12
    rule: str
    basis: str
    period: str
    evidence: str
    source: str
    source_sha256: str
    attachments: int
    prepared_by: str
    approved_by: str
    cashier_by: str | None
    supervised_by: str | None
    recorded_at: str
    reverses: str  # BOOK/2017-04/12, or ""
    seq: int
    previous: str
    hash: str
    lines: tuple[PrintedLine, ...]


class PrintedLine(NamedTuple):
    line: Line
    account: str


class Carried(NamedTuple):
    """上年结转: an account's balance by fund at the year's first day, signed."""

    account: str
    fund: str
    amount: Decimal


def genesis(book: str, year: int) -> str:
    """The hash before a chain's first voucher binds book and year."""
    return hashlib.sha256(f"yibao {book} {year}".encode()).hexdigest()


def voucher_hash(text: str) -> str:
    """SHA-256 of a voucher's text without its own hash line."""
    kept = [row for row in text.splitlines() if not row.startswith("  hash: ")]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def voucher_text(voucher: PrintedVoucher) -> str:
    """One transaction in beancount's syntax, without a blank line in it."""
    facts = [
        ("voucher", voucher.name),
        ("rule", voucher.rule),
        ("basis", voucher.basis),
        ("period", voucher.period),
        ("evidence", voucher.evidence),
        ("source", voucher.source),
        ("source-sha256", voucher.source_sha256),
        ("attachments", voucher.attachments),
        ("prepared-by", voucher.prepared_by),
        ("approved-by", voucher.approved_by),
        ("cashier-by", voucher.cashier_by),
        ("supervised-by", voucher.supervised_by),
        ("recorded-at", voucher.recorded_at),
        ("reverses", voucher.reverses),
        ("seq", voucher.seq),
        ("previous", voucher.previous),
        ("hash", voucher.hash),
    ]
    rows = [
        f"{voucher.dated} * {quoted(voucher.payee)} {quoted(voucher.narration)}"
        f" ^{voucher.tag}"
    ]
    rows += [
        f"  {key}: {fact if isinstance(fact, int) else quoted(fact)}"
        for key, fact in facts
        if fact not in ("", None)
    ]
    for printed in voucher.lines:
        line = printed.line
        rows.append(_posting(printed.account, signed(line.side, line.amount)))
        rows.append(f'    side: "{line.side}"')
        rows.append(f'    fund: "{line.fund}"')
    return "\n".join(rows)


def book_text(
    book: str,
    year: int,
    vouchers: Iterable[PrintedVoucher],
    carried: Iterable[Carried],
) -> str:
    """A book's year: header, opens, 上年结转, vouchers by date and number, chain."""
    vouchers = sorted(vouchers, key=lambda voucher: (voucher.dated, voucher.seq))
    carried = sorted(carried)
    name = book_name(book, date(year, 1, 1))
    first_day = date(year, 1, 1)
    parts = [
        f";; {name} {year}年 — 由 yibao 按已审核凭证打印，请勿手工修改\n"
        f'option "title" {quoted(f"{name} {year}年（{book}）")}\n'
        'option "operating_currency" "CNY"\n'
        'option "tolerance_multiplier" "0"\n'
        f'{first_day} custom "fava-option" "language" "zh_CN"\n'
        f'{first_day} custom "fava-option" "locale" "zh_CN"\n'
        f'{first_day} custom "fava-option" "currency-column" "80"\n'
        f'{first_day} custom "yibao-book" "{book}" "{year}"',
        _opens(first_day, vouchers, carried),
    ]
    if carried:
        parts.append(_carried_text(first_day, carried))
    parts += [voucher_text(voucher) for voucher in vouchers]
    last = max(vouchers, key=lambda voucher: voucher.seq, default=None)
    parts.append(
        f'{date(year, 12, 31)} custom "yibao-chain"'
        f' {last.seq if last else 0} "{last.hash if last else genesis(book, year)}"'
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def quoted(text: str) -> str:
    """A beancount string: one line, quotes and backslashes escaped."""
    clean = text
    if not text.isprintable():
        clean = "".join(
            " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
            for char in text
        )
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _opens(
    first_day: date, vouchers: list[PrintedVoucher], carried: list[Carried]
) -> str:
    opened: dict[str, date] = {row.account: first_day for row in carried}
    subjects: dict[str, str] = {}
    for voucher in vouchers:
        for line, account in voucher.lines:
            subjects[account] = line.subject
            opened.setdefault(account, voucher.dated)
    rows = []
    for account, day in sorted(opened.items()):
        rows.append(f"{day} open {account} CNY")
        if account in subjects:
            kept = subject(subjects[account])
            rows.append(f"  subject: {quoted(kept.printed)}")
            rows.append(f"  statutory: {quoted(kept.statutory)}")
            rows.append(f"  direction: {quoted(kept.side)}")
    return "\n".join(rows)


def _carried_text(first_day: date, carried: list[Carried]) -> str:
    rows = [f'{first_day} ! "上年结转" "上年结转（上年未结账，暂列）"']
    rows.append('  carried: "provisional"')
    for row in carried:
        rows.append(_posting(row.account, row.amount))
        rows.append(f'    fund: "{row.fund}"')
    return "\n".join(rows)


def carried_forward(
    balances: Iterable[tuple[str, str, str, str, Decimal]], year: int
) -> list[Carried]:
    """What a year takes over from the years before it.

    `balances` are (subject, detail, fund, side, amount) summed over all earlier
    years. Income and expenditure of years that are not closed count as 上年结余.
    """
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for printed, detail, fund, side, amount in balances:
        if subject(printed).account.startswith(PROFIT_AND_LOSS):
            printed, detail = CARRIED_TO, ""
        account = account_of(printed, fund=fund, detail=detail, year=year)
        sums[account, fund] += signed(side, amount)
    return [Carried(*place, amount) for place, amount in sums.items() if amount]


def _posting(account: str, amount: Decimal) -> str:
    space = max(2, AMOUNT_COLUMN - _width(account) - len(f"{amount:.2f}"))
    return f"  {account}{' ' * space}{amount:.2f} CNY"


@lru_cache(maxsize=10_000)
def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
