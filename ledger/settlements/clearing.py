"""Clearings: which open sums a period's statement takes, its parts, and what stands.

A sum row is taken once: `clearing_id` (of premiums paid on, `paid_on_id`) says by
which clearing. All postings of a clearing are one unit, told apart by their leg, so
that it is approved, rejected and reversed whole; then its rows are open again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    func,
    insert,
    select,
    update,
)

from ledger.database import next_id
from ledger.schema import Posting
from ledger.settlements.tables import (
    Clearing,
    ClearingPart,
    InstitutionSum,
    PremiumSum,
    SettlementSum,
)

POSTING = Posting.__table__
CLEARING, PART = Clearing.__table__, ClearingPart.__table__
SETTLED, OWED = SettlementSum.__table__, InstitutionSum.__table__
PREMIUMS = PremiumSum.__table__
MADE, DONE, UNDONE = "made", "done", "undone"
FAMILY, ELSEWHERE, PREMIUM = "家庭共济", "异地结算", "家庭共济保费"
PAID_ON = "代缴保费"
SHARED, NETWORKED = "共济", "联网"


class Part(NamedTuple):
    """What one payer owes one payee in a clearing, on one subject and fund.

    Between regions both are regions; of institutions the payee is one, of premiums
    paid on the 险种. `net` is what is paid, below zero it flows back.
    """

    subject: str
    payer: str
    payee: str
    fund: str
    lines: int
    gross: Decimal
    net: Decimal


class KeptPart(NamedTuple):
    """A part as it is kept, with the posting that carries it."""

    id: int
    clearing_id: int
    part: Part
    posting_id: int | None


def start(
    connection: Connection,
    kind: str,
    province: str,
    period: str,
    *,
    netted: bool,
    by: str,
    at: str,
) -> int:
    """Give a clearing its id and its serial in the period; its rows and parts come
    next, then `set_state`."""
    clearing_id = next_id(connection, CLEARING)
    serial = connection.execute(
        select(func.coalesce(func.max(CLEARING.c.serial), 0) + 1).where(
            CLEARING.c.kind == kind,
            CLEARING.c.province == province,
            CLEARING.c.period == period,
        )
    ).scalar_one()
    connection.execute(
        insert(CLEARING).values(
            id=clearing_id,
            kind=kind,
            province=province,
            period=period,
            serial=serial,
            netted=netted,
            state=MADE,
            made_by=by,
            made_at=at,
        )
    )
    return clearing_id


def add_parts(
    connection: Connection, clearing_id: int, parts: Sequence[Part]
) -> list[KeptPart]:
    """Keep a clearing's parts, in the order given; no posting carries them yet."""
    first = next_id(connection, PART)
    kept = [
        KeptPart(first + at, clearing_id, part, None) for at, part in enumerate(parts)
    ]
    if kept:
        connection.execute(
            insert(PART),
            [
                {
                    "id": part.id,
                    "clearing_id": clearing_id,
                    "posting_id": None,
                    **part.part._asdict(),
                }
                for part in kept
            ],
        )
    return kept


def carry(connection: Connection, part_ids: Sequence[int], posting_id: int) -> None:
    """Say which posting carries some parts."""
    connection.execute(
        update(PART).where(PART.c.id.in_(part_ids)).values(posting_id=posting_id)
    )


def set_state(connection: Connection, clearing_id: int, state: str) -> None:
    connection.execute(
        update(CLEARING).where(CLEARING.c.id == clearing_id).values(state=state)
    )


def clearing(connection: Connection, clearing_id: int):
    return connection.execute(
        select(CLEARING).where(CLEARING.c.id == clearing_id)
    ).one()


def standing(
    connection: Connection, kind: str, province: str, period: str | None = None
) -> list:
    """The clearings of a kind that are not undone, in the order of making."""
    query = select(CLEARING).where(
        CLEARING.c.kind == kind,
        CLEARING.c.province == province,
        CLEARING.c.state != UNDONE,
    )
    if period is not None:
        query = query.where(CLEARING.c.period == period)
    return list(connection.execute(query.order_by(CLEARING.c.id)))


def parts_of(connection: Connection, *clearing_ids: int) -> list[KeptPart]:
    """The parts of clearings, in their order."""
    rows = connection.execute(
        select(PART).where(PART.c.clearing_id.in_(clearing_ids)).order_by(PART.c.id)
    )
    return [
        KeptPart(
            row.id,
            row.clearing_id,
            Part(*(getattr(row, field) for field in Part._fields)),
            row.posting_id,
        )
        for row in rows
    ]


def unit(row) -> str:
    """The unit that all postings of a clearing share."""
    return f"clear|{row.kind}|{row.period}|{row.id}"


def postings_of(connection: Connection, row) -> list:
    """A clearing's postings that stand: drafts and approved ones, in order."""
    return list(
        connection.execute(
            select(POSTING)
            .where(POSTING.c.unit == unit(row), POSTING.c.live)
            .order_by(POSTING.c.id)
        )
    )


def take(connection: Connection, clearing_id: int, kind: str, last_month: str) -> int:
    """Mark the open rows of a kind up to a month; says how many there were.

    kind: family, institutions, premiums (between regions), paid-on.
    """
    table, column, where = _open(kind, last_month)
    return connection.execute(
        update(table).where(where).values({column: clearing_id})
    ).rowcount


def is_open(connection: Connection, kind: str, last_month: str) -> bool:
    """Whether rows of a kind wait to be taken, up to a month."""
    table, _, where = _open(kind, last_month)
    return (
        connection.execute(select(table.c.id).where(where).limit(1)).first() is not None
    )


def undo(connection: Connection, clearing_id: int) -> None:
    """A clearing counts no more; its rows are open again."""
    set_state(connection, clearing_id, UNDONE)
    for table, column in (
        (SETTLED, "clearing_id"),
        (OWED, "clearing_id"),
        (PREMIUMS, "clearing_id"),
        (PREMIUMS, "paid_on_id"),
    ):
        taken = table.c[column] == clearing_id
        connection.execute(update(table).where(taken).values({column: None}))


def _open(kind: str, last_month: str) -> tuple[Table, str, ColumnElement[bool]]:
    """The rows of a kind that wait: table, the column that takes them, condition."""
    table, column, *where = {
        "family": (
            SETTLED,
            "clearing_id",
            SETTLED.c.channel == NETWORKED,
            SETTLED.c.payer != SETTLED.c.place,
        ),
        "institutions": (OWED, "clearing_id"),
        "premiums": (
            PREMIUMS,
            "clearing_id",
            PREMIUMS.c.payer != PREMIUMS.c.region,
        ),
        "paid-on": (PREMIUMS, "paid_on_id"),
    }[kind]
    counts = select(POSTING.c.id).where(POSTING.c.state == "approved", POSTING.c.live)
    return (
        table,
        column,
        and_(
            table.c[column].is_(None),
            table.c.month <= last_month,
            table.c.posting_id.in_(counts),
            *where,
        ),
    )
