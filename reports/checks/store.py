"""The store itself: balance, numbers, chain, reversals, and the files on disk."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, case, func, select

from ledger.book_files import BOOKS_AT_ONCE, book_path
from ledger.database import Home
from ledger.money import NOTHING
from ledger.printing import (
    PrintedVoucher,
    book_text,
    carried_forward,
    genesis,
    voucher_hash,
    voucher_text,
)
from ledger.schema import AccountYear, BookYear, Voucher, VoucherLine
from ledger.voucher_rows import sums_before, year_vouchers
from ledger.vouchers import signed
from reports.checks.findings import ERROR, Finding, differing
from reports.numbering import gaps

VOUCHER, LINE, YEAR = (
    Voucher.__table__,
    VoucherLine.__table__,
    BookYear.__table__,
)


def stored(connection: Connection, home: Home | None) -> Iterator[Finding]:
    """Every check that needs no form."""
    yield from _balanced(connection)
    yield from _numbers(connection)
    yield from _reversals(connection)
    yield from _years(connection)
    yield from _chains_and_prints(connection, home)


def _balanced(connection: Connection) -> Iterator[Finding]:
    """Debit is credit within each fund of each voucher."""
    net = func.sum(
        case((LINE.c.side == "借", LINE.c.amount), else_=-LINE.c.amount),
        type_=LINE.c.amount.type,
    )
    rows = connection.execute(
        select(LINE.c.voucher_id, LINE.c.fund, net.label("net"))
        .group_by(LINE.c.voucher_id, LINE.c.fund)
        .having(net != NOTHING)
    ).all()
    for row in rows:
        book, name = _named(connection, row.voucher_id)
        yield Finding(
            "借贷",
            book,
            f"{name} 险种{row.fund}",
            NOTHING,
            row.net,
            row.net,
            ERROR,
            "凭证借贷不平（借方减贷方）",
        )


def _numbers(connection: Connection) -> Iterator[Finding]:
    rows = connection.execute(
        select(VOUCHER.c.book_id, VOUCHER.c.year, VOUCHER.c.month, VOUCHER.c.number)
        .where(VOUCHER.c.number.is_not(None))
        .order_by(VOUCHER.c.book_id, VOUCHER.c.year, VOUCHER.c.month)
    )
    years: dict[tuple, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for book, year, month, number in rows:
        years[book, year][f"{year}-{month:02}"].append(number)
    for (book, _), months in years.items():
        for message in gaps(months):
            yield Finding(
                "凭证号", book, "凭证号", "连续", "不连续", "", ERROR, message
            )


def _reversals(connection: Connection) -> Iterator[Finding]:
    """A reversed voucher and what reverses it leave nothing."""
    nets: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for lines_of in (VOUCHER.c.id, VOUCHER.c.reverses_id):
        rows = connection.execute(
            select(
                VOUCHER.c.id,
                LINE.c.subject,
                LINE.c.detail,
                LINE.c.fund,
                LINE.c.side,
                LINE.c.amount,
            )
            .join(LINE, LINE.c.voucher_id == lines_of)
            .where(VOUCHER.c.reverses_id.is_not(None), VOUCHER.c.number.is_not(None))
        )
        for id, subject, detail, fund, side, amount in rows:
            nets[id, subject, detail, fund] += signed(side, amount)
    for (id, subject, *_), net in nets.items():
        if net:
            book, name = _named(connection, id)
            why = "冲销凭证与原凭证没有相互抵消"
            what = f"{name} {subject}"
            yield Finding("冲销", book, what, NOTHING, net, net, ERROR, why)


def _years(connection: Connection) -> Iterator[Finding]:
    """What the books' years moved (account_year) is what their lines add up to."""
    keys = ("book_id", "year", "subject", "detail", "fund", "side")
    moved = AccountYear.__table__
    kept = {
        tuple(row[:6]): row.amount for row in connection.execute(select(moved)).all()
    }
    columns = [VOUCHER.c.book_id, VOUCHER.c.year, *(LINE.c[key] for key in keys[2:])]
    rows = connection.execute(
        select(*columns, func.sum(LINE.c.amount, type_=LINE.c.amount.type))
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(VOUCHER.c.number.is_not(None))
        .group_by(*columns)
    )
    added = {tuple(row[:6]): row[6] for row in rows}
    for place in sorted(kept.keys() | added.keys()):
        book, year, subject, *_ = place
        yield from differing(
            "账证",
            book,
            f"{year}年{subject}发生额",
            added.get(place, NOTHING),
            kept.get(place, NOTHING),
            "年度发生额与凭证分录之和不符",
        )


def _chains_and_prints(connection: Connection, home: Home | None) -> Iterator[Finding]:
    """Each book-year's chain recomputed, and its file as it would print now."""
    by_year: dict[int, list] = defaultdict(list)
    for row in connection.execute(select(YEAR).order_by(YEAR.c.year, YEAR.c.book_id)):
        by_year[row.year].append(row)
    for year, rows in by_year.items():
        for start in range(0, len(rows), BOOKS_AT_ONCE):
            part = rows[start : start + BOOKS_AT_ONCE]
            books = [row.book_id for row in part]
            vouchers = year_vouchers(connection, books, year)
            sums = sums_before(connection, books, year) if home else {}
            for row in part:
                mine = vouchers.get(row.book_id, [])
                yield from _chain(row, mine)
                if home:
                    carried = carried_forward(sums.get(row.book_id, ()), year)
                    text = book_text(row.book_id, year, mine, carried)
                    yield from _print(home, row, text)


def _chain(row, vouchers: list[PrintedVoucher]) -> Iterator[Finding]:
    last = genesis(row.book_id, row.year)
    for seq, voucher in enumerate(sorted(vouchers, key=lambda v: v.seq), 1):
        text = voucher_text(voucher._replace(hash=""))
        whole = (voucher.seq, voucher.previous, voucher.hash)
        if whole != (seq, last, voucher_hash(text)):
            yield Finding(
                "哈希链",
                row.book_id,
                f"{voucher.dated:%Y-%m}/{voucher.name}",
                f"第{seq}张 {voucher_hash(text)[:16]}",
                f"第{voucher.seq}张 {voucher.hash[:16]}",
                "",
                ERROR,
                "凭证内容、序号或上一哈希与记录的哈希不符",
            )
        last = voucher.hash
    if (row.vouchers, row.hash) != (len(vouchers), last):
        yield Finding(
            "哈希链",
            row.book_id,
            f"{row.year}年链尾",
            f"{row.vouchers}张 {row.hash[:16]}",
            f"{len(vouchers)}张 {last[:16]}",
            "",
            ERROR,
            "凭证张数或末张哈希与链尾不符",
        )


def _print(home: Home, row, text: str) -> Iterator[Finding]:
    path = book_path(home, row.book_id, row.year)
    found = ""
    if row.printed != row.changed:
        found = "还没有打印最新内容"
    elif not path.is_file():
        found = "没有文件"
    elif path.read_bytes() != text.encode():
        found = "文件被改动过"
    if found:
        yield Finding(
            "打印",
            row.book_id,
            f"{row.year}.beancount",
            "与数据库一致",
            found,
            "",
            ERROR,
            "账簿文件应与凭证重新打印的逐字节相同",
        )


def _named(connection: Connection, voucher_id: int) -> tuple[str, str]:
    row = connection.execute(select(VOUCHER).where(VOUCHER.c.id == voucher_id)).one()
    if row.number is None:
        return row.book_id, f"草稿#{row.id}"
    return row.book_id, f"{row.dated:%Y-%m}/{row.word}-{row.number}"
