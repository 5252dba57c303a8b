"""Vouchers as they lie in the database, read for printing and for reports."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterator, Sequence

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.database import slices
from ledger.printing import PrintedLine, PrintedVoucher
from ledger.schema import AccountYear, Posting, Voucher, VoucherLine
from ledger.vouchers import Line

VOUCHER, LINE, POSTING = Voucher.__table__, VoucherLine.__table__, Posting.__table__
ORIGINAL = VOUCHER.alias("original")


def printed_vouchers(
    connection: Connection, voucher_ids: Sequence[int]
) -> Iterator[tuple[str, int, int, PrintedVoucher]]:
    """(book, year, id, voucher) of numbered vouchers, as they print."""
    for part in slices(voucher_ids):
        yield from _printed(connection, VOUCHER.c.id.in_(part))


def year_vouchers(
    connection: Connection, books: Sequence[str], year: int
) -> dict[str, list[PrintedVoucher]]:
    """Every approved voucher of some books in a year, by book."""
    found: dict[str, list[PrintedVoucher]] = defaultdict(list)
    where = (
        VOUCHER.c.book_id.in_(books)
        & (VOUCHER.c.year == year)
        & VOUCHER.c.number.is_not(None)
    )
    for book, _, _, voucher in _printed(connection, where):
        found[book].append(voucher)
    return found


def sums_before(
    connection: Connection, books: Sequence[str], year: int
) -> dict[str, list[tuple[str, str, str, str, Decimal]]]:
    """By book: (subject, detail, fund, side, amount) over all earlier years."""
    found: dict[str, list[tuple]] = defaultdict(list)
    moved = AccountYear.__table__
    keys = (
        moved.c.book_id,
        moved.c.subject,
        moved.c.detail,
        moved.c.fund,
        moved.c.side,
    )
    rows = connection.execute(
        select(*keys, func.sum(moved.c.amount, type_=moved.c.amount.type))
        .where(moved.c.book_id.in_(books), moved.c.year < year)
        .group_by(*keys)
    )
    for book, *sums in rows:
        found[book].append(tuple(sums))
    return found


def add_to_years(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Add the lines of newly approved postings to what their books' years moved."""
    moved = AccountYear.__table__
    keys = (
        VOUCHER.c.book_id,
        VOUCHER.c.year,
        LINE.c.subject,
        LINE.c.detail,
        LINE.c.fund,
        LINE.c.side,
    )
    names = [column.name for column in moved.c]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for part in slices(posting_ids):
        lines = (
            select(*keys, func.sum(LINE.c.amount, type_=LINE.c.amount.type))
            .join(VOUCHER, VOUCHER.c.id == LINE.c.voucher_id)
            .where(VOUCHER.c.posting_id.in_(part))
            .group_by(*keys)
        )
        new = dialect.insert(moved).from_select(names, lines)
        connection.execute(
            new.on_conflict_do_update(
                index_elements=names[:-1],
                set_={"amount": moved.c.amount + new.excluded.amount},
            )
        )


def _printed(connection: Connection, where) -> Iterator[tuple]:
    lines = _lines(connection, where)
    for row in connection.execute(_vouchers(where)):
        reverses = ""
        if row.original_number is not None:
            reverses = f"{row.book_id}/{row.original_dated:%Y-%m}/{row.original_number}"
        yield row.book_id, row.year, row.id, PrintedVoucher(
            dated=row.dated,
            payee=row.payee,
            narration=row.narration,
            tag=row.tag,
            name=f"{row.word}-{row.number}",
            rule=row.rule,
            basis=row.basis,
            period=row.period,
            evidence=row.evidence,
            source=row.source,
            source_sha256=row.source_sha256,
            attachments=row.attachments,
            prepared_by=row.prepared_by,
            approved_by=row.audited_by,
            cashier_by=row.cashier_by,
            supervised_by=row.supervised_by,
            recorded_at=row.recorded_at,
            reverses=reverses,
            seq=row.seq,
            previous=row.previous or "",
            hash=row.hash or "",
            lines=tuple(lines[row.id]),
        )


def _vouchers(where) -> Select:
    return (
        select(
            VOUCHER,
            POSTING.c.tag,
            ORIGINAL.c.number.label("original_number"),
            ORIGINAL.c.dated.label("original_dated"),
        )
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .outerjoin(ORIGINAL, ORIGINAL.c.id == VOUCHER.c.reverses_id)
        .where(where)
        .order_by(VOUCHER.c.book_id, VOUCHER.c.year, VOUCHER.c.seq)
    )


def _lines(connection: Connection, where) -> dict[int, list[PrintedLine]]:
    rows = connection.execute(
        select(LINE)
        .join(VOUCHER, VOUCHER.c.id == LINE.c.voucher_id)
        .where(where)
        .order_by(LINE.c.voucher_id, LINE.c.position)
    )
    lines: dict[int, list[PrintedLine]] = defaultdict(list)
    for row in rows:
        line = Line(row.side, row.subject, row.detail, row.fund, row.amount)
        lines[row.voucher_id].append(PrintedLine(line, row.account))
    return lines
