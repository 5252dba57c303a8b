"""Personal accounts at a glance, region by region, from the books and the batches."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.money import NOTHING
from ledger.people.batches import BATCH, COUNTED, DRAFT
from ledger.schema import AccountYear, BookYear
from ledger.vouchers import signed
from reports.people.kinds import CONTROL

MOVED = AccountYear.__table__


class RegionRow(NamedTuple):
    """A pooling region: its control account, and how far crediting has come."""

    region: str
    name: str
    balance: Decimal  # of 个人账户基金
    credited_to: str  # the last month that was credited, "" for none
    people: int  # credited in that month's first batch
    drafts: int  # batches that wait for approval
    year: int | None  # the last of the agency's book, None before its first voucher


def region_rows(connection: Connection) -> list[RegionRow]:
    """Every region with batches or a control account; reads no row of a person."""
    balances, years = _balances(connection), _years(connection)
    credited: dict[str, tuple[str, int]] = {}
    drafts: dict[str, int] = {}
    rows = connection.execute(
        select(
            BATCH.c.region,
            BATCH.c.kind,
            BATCH.c.state,
            BATCH.c.period,
            func.max(BATCH.c.people).label("people"),
            func.count().label("count"),
        )
        .where(BATCH.c.state.in_([DRAFT, COUNTED]))
        .group_by(BATCH.c.region, BATCH.c.kind, BATCH.c.state, BATCH.c.period)
    )
    for row in rows:
        if row.state == DRAFT:
            drafts[row.region] = drafts.get(row.region, 0) + row.count
        elif row.kind == "credit":
            before = credited.get(row.region, ("", 0))
            credited[row.region] = max(before, (row.period, row.people))
    return [
        RegionRow(
            region,
            regions.name(region),
            balances.get(region, NOTHING),
            *credited.get(region, ("", 0)),
            drafts.get(region, 0),
            years.get(region),
        )
        for region in sorted(balances.keys() | credited.keys() | drafts.keys())
    ]


def _years(connection: Connection) -> dict[str, int]:
    """By region: the last year of its agency's book that has vouchers."""
    year = BookYear.__table__.c
    rows = connection.execute(
        select(year.book_id, func.max(year.year))
        .where(year.book_id.endswith("-city-agency"))
        .group_by(year.book_id)
    )
    return {book.partition("-")[0]: last for book, last in rows}


def _balances(connection: Connection) -> dict[str, Decimal]:
    amount = func.sum(MOVED.c.amount, type_=MOVED.c.amount.type)
    rows = connection.execute(
        select(MOVED.c.book_id, MOVED.c.side, amount)
        .where(MOVED.c.subject.startswith(CONTROL))
        .group_by(MOVED.c.book_id, MOVED.c.side)
    )
    found: dict[str, Decimal] = {}
    for book, side, moved in rows:
        region = book.partition("-")[0]
        found[region] = found.get(region, NOTHING) - signed(side, moved)
    return found
