"""What a clearing list or its notice came to: how much is confirmed, how much disputed.

The total of the paper is of all its lines; those in dispute are not confirmed with the
rest and go on to the next period. 依据：附件一 三（二）2、3
"""

from __future__ import annotations

from typing import Iterable, NamedTuple

from sqlalchemy import Connection, case, func, select

from ledger.advances import clearing_words
from ledger.database import slices
from ledger.money import grouped
from ledger.schema import ClearingLine
from reports.advances.waiting import Sum

LINE = ClearingLine.__table__


class Sums(NamedTuple):
    """A paper's live lines by what the city said of them."""

    confirmed: Sum = Sum()
    disputed: Sum = Sum()
    waiting: Sum = Sum()


def sums_of(connection: Connection, line_ids: Iterable[int]) -> Sums:
    """Lines of F2 by their ids; a line that was freed is none of them any more."""
    disputed = clearing_words.disputed()
    kind = case(
        (LINE.c.confirmed_on.is_not(None), "confirmed"),
        (LINE.c.id.in_(disputed), "disputed"),
        else_="waiting",
    ).label("kind")
    sums = Sums()
    for part in slices(sorted(set(line_ids))):
        said = select(kind, LINE.c.amount).where(LINE.c.id.in_(part), LINE.c.live)
        kept = said.subquery()
        rows = connection.execute(
            select(
                kept.c.kind,
                func.count(),
                func.sum(kept.c.amount, type_=LINE.c.amount.type),
            ).group_by(kept.c.kind)
        )
        for name, lines, amount in rows:
            before = getattr(sums, name)
            after = Sum(before.lines + lines, before.amount + amount)
            sums = sums._replace(**{name: after})
    return sums


def sums_note(sums: Sums) -> str:
    """已确认3行30.00元；有异议1行5.00元……; "" while nothing was said of the lines."""
    if not (sums.confirmed.lines or sums.disputed.lines):
        return ""
    parts = [f"已确认{sums.confirmed.lines}行、{grouped(sums.confirmed.amount)}元"]
    if sums.disputed.lines:
        amount = grouped(sums.disputed.amount)
        parts.append(
            f"有异议{sums.disputed.lines}行、{amount}元，不在确认之内，转入下期"
        )
    if sums.waiting.lines:
        parts.append(f"待确认{sums.waiting.lines}行、{grouped(sums.waiting.amount)}元")
    return "；".join(parts) + "。"
