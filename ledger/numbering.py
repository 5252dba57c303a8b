"""Approval's bookkeeping: numbers without a gap, seq, and the hash chain."""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ledger import settings
from ledger.database import slices
from ledger.printing import genesis, voucher_hash, voucher_text
from ledger.schema import BookYear, Voucher
from ledger.voucher_rows import printed_vouchers

VOUCHER = Voucher.__table__


def give_numbers(connection: Connection, drafts: Sequence, by: str, at: str) -> None:
    """Number within book and month (or year), seq within book and year."""
    years = {(draft.book_id, draft.year) for draft in drafts}
    seqs = _book_years(connection, years)
    by_month = settings.dated(connection, "numbering")
    last: dict[tuple, int] = {}
    rows = []
    for draft in drafts:
        place = (draft.book_id, draft.year)
        seqs[place] += 1
        monthly = by_month(draft.dated) == "month"
        series = (*place, draft.month) if monthly else place
        if series not in last:
            last[series] = _last_number(connection, series)
        last[series] += 1
        rows.append(
            {
                "v_id": draft.id,
                "v_number": last[series],
                "v_seq": seqs[place],
                "v_by": by,
                "v_at": at,
            }
        )
    connection.execute(
        update(VOUCHER)
        .where(VOUCHER.c.id == bindparam("v_id"))
        .values(
            number=bindparam("v_number"),
            seq=bindparam("v_seq"),
            audited_by=bindparam("v_by"),
            audited_at=bindparam("v_at"),
            recorded_by=bindparam("v_by"),
            recorded_at=bindparam("v_at"),
        ),
        rows,
    )


def _last_number(connection: Connection, series: tuple) -> int:
    book, year, *month = series
    query = select(func.coalesce(func.max(VOUCHER.c.number), 0)).where(
        VOUCHER.c.book_id == book, VOUCHER.c.year == year
    )
    if month:
        query = query.where(VOUCHER.c.month == month[0])
    return connection.execute(query).scalar()


def _book_years(connection: Connection, years: set[tuple[str, int]]) -> dict:
    """The last seq of each book-year; a new book-year gets its row."""
    there = _heads(connection, years)
    new = sorted(years - there.keys())
    if new:
        connection.execute(
            insert(BookYear.__table__),
            [
                {
                    "book_id": book,
                    "year": year,
                    "vouchers": 0,
                    "hash": genesis(book, year),
                    "changed": 0,
                    "printed": 0,
                }
                for book, year in new
            ],
        )
    return {place: there[place].vouchers if place in there else 0 for place in years}


def _heads(connection: Connection, places: Iterable[tuple[str, int]]) -> dict:
    """The rows of book-years, by book and year."""
    table = BookYear.__table__
    places = set(places)
    years = {year for _, year in places}
    found = {}
    for part in slices(sorted({book for book, _ in places})):
        rows = connection.execute(
            select(table).where(table.c.book_id.in_(part), table.c.year.in_(years))
        )
        found |= {(row.book_id, row.year): row for row in rows}
    return found


def chain(connection: Connection, voucher_ids: Sequence[int]) -> None:
    """Hash the new vouchers in order of seq, and mark their books as changed.

    The years after a book's year carry its balances forward, so they change too.
    """
    table = BookYear.__table__
    new: dict[tuple[str, int], list] = defaultdict(list)
    for book, year, id, voucher in printed_vouchers(connection, voucher_ids):
        new[book, year].append((id, voucher))
    heads = _heads(connection, new)
    hashes, years = [], []
    for place, vouchers in new.items():
        previous = heads[place].hash
        for id, voucher in sorted(vouchers, key=lambda pair: pair[1].seq):
            text = voucher_text(voucher._replace(previous=previous, hash=""))
            digest = voucher_hash(text)
            hashes.append({"v_id": id, "v_previous": previous, "v_hash": digest})
            previous = digest
        years.append(
            {
                "y_book": place[0],
                "y_year": place[1],
                "y_vouchers": max(voucher.seq for _, voucher in vouchers),
                "y_hash": previous,
            }
        )
    connection.execute(
        update(VOUCHER)
        .where(VOUCHER.c.id == bindparam("v_id"))
        .values(previous=bindparam("v_previous"), hash=bindparam("v_hash")),
        hashes,
    )
    connection.execute(
        update(table)
        .where(
            table.c.book_id == bindparam("y_book"),
            table.c.year == bindparam("y_year"),
        )
        .values(vouchers=bindparam("y_vouchers"), hash=bindparam("y_hash")),
        years,
    )
    connection.execute(
        update(table)
        .where(
            table.c.book_id == bindparam("y_book"),
            table.c.year >= bindparam("y_year"),
        )
        .values(changed=table.c.changed + 1),
        [{"y_book": row["y_book"], "y_year": row["y_year"]} for row in years],
    )
