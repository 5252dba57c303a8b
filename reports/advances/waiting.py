"""How a period's clearing stands, city by city: what waits, is disputed, left over,
confirmed. Rows are of F2's live lines; nothing is read from the books.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, case, func, select

from ledger import regions
from ledger.advances import clearing_words, waiting_lines
from ledger.money import NOTHING
from ledger.periods import Month, Quarter
from ledger.schema import ClearingLine, Posting

LINE, POSTING = ClearingLine.__table__, Posting.__table__


class Sum(NamedTuple):
    """Lines counted and added up."""

    lines: int = 0
    amount: Decimal = NOTHING


class Stand(NamedTuple):
    """How a city (or 省本级) stands in a period.

    `waiting` are the period's own lines without a dispute, `rolled` those left over
    from earlier periods, `disputed` those of either that are disputed; `draft` are
    confirmed lines whose vouchers wait for approval.
    """

    region: str
    waiting: Sum
    rolled: Sum
    disputed: Sum
    draft: Sum
    confirmed: Sum


class Dispute(NamedTuple):
    """A line whose dispute stands."""

    list_number: str
    period: str
    scope: str
    insured: str
    place: str
    fund: str
    amount: Decimal
    reason: str
    by: str
    at: str


def stands(
    connection: Connection,
    period: Month | Quarter,
    region: str = "",
    list_number: str = "",
) -> list[Stand]:
    """Every city that has lines in a period or left over from earlier ones, in the
    order of codes; of one region or list only, where they are given."""
    own = waiting_lines.texts(period)
    left = waiting_lines.earlier(connection, period.first_day)
    sums: dict[str, dict[str, Sum]] = defaultdict(lambda: defaultdict(Sum))
    for row in _grouped(connection, own, left, region, list_number):
        kept = sums[regions.city_of(row.insured)]
        kind = _kind(row, set(own))
        kept[kind] = Sum(kept[kind].lines + row.number, kept[kind].amount + row.total)
    return [
        Stand(city, *(sums[city][kind] for kind in Stand._fields[1:]))
        for city in sorted(sums)
    ]


def disputes(
    connection: Connection,
    periods: Sequence[str] | None = None,
    region: str = "",
    list_number: str = "",
) -> list[Dispute]:
    """The lines whose dispute stands: of some periods, or of all."""
    word = clearing_words.standing_disputes().subquery()
    columns = [LINE.c[name] for name in Dispute._fields[:-3]]
    query = (
        select(*columns, word.c.reason, word.c.by, word.c.at)
        .join(word, word.c.line_id == LINE.c.id)
        .where(LINE.c.live, LINE.c.confirmed_on.is_(None))
        .where(*waiting_lines.chosen(region, list_number))
        .order_by(LINE.c.id)
    )
    if periods is not None:
        query = query.where(LINE.c.period.in_(periods))
    return [Dispute(*row) for row in connection.execute(query)]


def _grouped(
    connection: Connection,
    own: Sequence[str],
    left: Sequence[str],
    region: str,
    list_number: str,
) -> list:
    disputed = clearing_words.disputed().distinct().subquery()
    waits = LINE.c.confirmed_on.is_(None)
    found = (
        select(
            LINE.c.insured,
            LINE.c.period,
            case((waits, 1), else_=0).label("waits"),
            case((disputed.c.line_id.is_(None), 0), else_=1).label("disputed"),
            func.coalesce(POSTING.c.state, "").label("state"),
            LINE.c.amount,
        )
        .outerjoin(POSTING, POSTING.c.id == LINE.c.posting_id)
        .outerjoin(disputed, disputed.c.line_id == LINE.c.id)
        .where(LINE.c.live, LINE.c.period.in_(own) | LINE.c.period.in_(left) & waits)
        .where(*waiting_lines.chosen(region, list_number))
        .subquery()
    )
    keys = [found.c[n] for n in ("insured", "period", "waits", "disputed", "state")]
    total = func.sum(found.c.amount, type_=LINE.c.amount.type)
    query = select(*keys, func.count().label("number"), total.label("total"))
    return connection.execute(query.group_by(*keys)).all()


def _kind(row, own: set[str]) -> str:
    if row.waits:
        if row.disputed:
            return "disputed"
        return "waiting" if row.period in own else "rolled"
    return "draft" if row.state == "draft" else "confirmed"
