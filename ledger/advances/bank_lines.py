"""F6 in the database: lines of bank statements, and what became of each.

A line stays what the bank printed: rejecting or reversing the posting that it made, or
that it was matched with, frees it: it waits again, but is posted again only when a
person asks for it. Amounts are counted in plus, out minus.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Iterable, Sequence

from sqlalchemy import Connection, bindparam, func, select, true, update

from ledger.advances.tables import BankLine as Table
from ledger.database import bulk_insert, next_id, slices
from ledger.documents import BankLine
from ledger.money import whole_fen
from ledger.schema import Document

LINE, DOCUMENT = Table.__table__, Document.__table__
OPEN = "open"  # waits for a voucher
FREED = "freed"  # waits again: what it made or proved was taken back
WAITING = (OPEN, FREED)


def known(connection: Connection, lines: Iterable[BankLine]) -> dict:
    """The live rows of the same accounts and serials."""
    found = {}
    wanted = {(line.account, line.serial) for line in lines}
    accounts = sorted({account for account, _ in wanted})
    for part in slices(sorted({serial for _, serial in wanted})):
        rows = connection.execute(
            select(LINE).where(
                LINE.c.account.in_(accounts), LINE.c.serial.in_(part), LINE.c.live
            )
        )
        found |= {(row.account, row.serial): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def insert_lines(
    connection: Connection, document_id: int, lines: Sequence[BankLine]
) -> None:
    """Keep new lines; they wait until they are matched or posted."""
    first = next_id(connection, LINE)
    money = ("income", "payment", "balance")
    columns = ["id", "document_id", "live", *BankLine._fields]
    columns += ["what", "matched_by", "matched_at"]
    rows = []
    for number, line in enumerate(lines, first):
        told = line._asdict() | {"day": str(line.day)}
        told |= {name: whole_fen(told[name]) for name in money}
        rows.append((number, document_id, 1, *told.values(), OPEN, "", ""))
    if rows:
        bulk_insert(connection, LINE, columns, rows)


def rows_of(
    connection: Connection,
    accounts: Sequence[str],
    first_day: date | None = None,
    until: date | None = None,
) -> list:
    """Live lines of some accounts by day, in [first_day, until], in order of coming."""
    return connection.execute(
        select(LINE)
        .where(
            LINE.c.account.in_(accounts),
            LINE.c.live,
            LINE.c.day >= first_day if first_day else true(),
            LINE.c.day <= until if until else true(),
        )
        .order_by(LINE.c.account, LINE.c.day, LINE.c.id)
    ).all()


def days(connection: Connection, until: date) -> list[tuple[str, date]]:
    """(account, day) of all live lines up to a day, in order."""
    keys = LINE.c.account, LINE.c.day
    rows = connection.execute(
        select(*keys).where(LINE.c.live, LINE.c.day <= until).distinct().order_by(*keys)
    )
    return [tuple(row) for row in rows]


def waiting(connection: Connection, accounts: Sequence[str] | None = None) -> list:
    """Live lines without a voucher, with the name and hash of their document."""
    return connection.execute(
        select(LINE, DOCUMENT.c.name.label("document"), DOCUMENT.c.sha256)
        .join(DOCUMENT, DOCUMENT.c.id == LINE.c.document_id)
        .where(
            LINE.c.live,
            LINE.c.what.in_(WAITING),
            LINE.c.account.in_(accounts) if accounts is not None else true(),
        )
        .order_by(LINE.c.account, LINE.c.day, LINE.c.id)
    ).all()


def net(line) -> Decimal:
    return line.income - line.payment


def before_day(connection: Connection, account: str, day: date) -> Decimal | None:
    """The account's balance at the end of its last day with lines before `day`."""
    last = connection.execute(
        select(func.max(LINE.c.day)).where(
            LINE.c.account == account, LINE.c.live, LINE.c.day < day
        )
    ).scalar()
    if last is None:
        return None
    rows = rows_of(connection, [account], last, last)
    return _ends(rows, rows[-1].balance)


def day_end(balance: Decimal, lines: Sequence) -> Decimal | None:
    """Where a day's lines lead from a balance, in whatever order; None: they do not.

    Every balance but the last is the next line's start, so that only the day's own
    start and end stand alone.
    """
    starts = Counter(line.balance - net(line) for line in lines)
    ends = Counter(line.balance for line in lines)
    alone = starts - ends
    if not alone:
        return balance if balance in starts else None
    if alone != Counter([balance]):
        return None
    return _ends(lines, None)


def first_start(lines: Sequence) -> Decimal:
    """The balance with which a day's lines begin."""
    starts = Counter(line.balance - net(line) for line in lines)
    alone = starts - Counter(line.balance for line in lines)
    return next(iter(alone), lines[0].balance - net(lines[0]))


def _ends(lines: Sequence, otherwise: Decimal | None) -> Decimal | None:
    ends = Counter(line.balance for line in lines)
    alone = ends - Counter(line.balance - net(line) for line in lines)
    return next(iter(alone)) if sum(alone.values()) == 1 else otherwise


def proved(connection: Connection, posting_ids: Iterable[int]) -> set[tuple]:
    """(account, posting) of live lines that are matched with one of the postings."""
    found = set()
    for part in slices(sorted(set(posting_ids))):
        rows = connection.execute(
            select(LINE.c.account, LINE.c.matched_id).where(
                LINE.c.matched_id.in_(part), LINE.c.live
            )
        )
        found.update(map(tuple, rows))
    return found


def set_matched(
    connection: Connection,
    line_ids: Sequence[int],
    posting_id: int | None,
    what: str,
    by: str,
    at: str,
) -> None:
    """The lines prove a posting, or (None) no longer do."""
    connection.execute(
        update(LINE)
        .where(LINE.c.id.in_(line_ids))
        .values(matched_id=posting_id, what=what, matched_by=by, matched_at=at)
    )


def set_all_matched(
    connection: Connection,
    matches: Sequence[tuple[int, int, str]],
    by: str,
    at: str,
) -> None:
    """(line, posting, what) of many lines, in one go."""
    if not matches:
        return
    statement = (
        update(LINE)
        .where(LINE.c.id == bindparam("line"))
        .values(
            matched_id=bindparam("posting"),
            what=bindparam("says"),
            matched_by=by,
            matched_at=at,
        )
    )
    rows = [dict(zip(("line", "posting", "says"), match)) for match in matches]
    connection.execute(statement, rows)


def set_posted(
    connection: Connection, line_id: int, posting_id: int, what: str
) -> None:
    connection.execute(
        update(LINE)
        .where(LINE.c.id == line_id)
        .values(posting_id=posting_id, what=what)
    )


def free_postings(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Lines whose posting was rejected or reversed wait again."""
    freed = {"what": FREED, "matched_by": "", "matched_at": ""}
    for column in (LINE.c.posting_id, LINE.c.matched_id):
        connection.execute(
            update(LINE)
            .where(column.in_(posting_ids))
            .values(**freed, **{column.name: None})
        )


def with_serial(connection: Connection, serial: str) -> list:
    """Live lines of a serial, by account."""
    return connection.execute(
        select(LINE)
        .where(LINE.c.serial == serial, LINE.c.live)
        .order_by(LINE.c.account)
    ).all()
