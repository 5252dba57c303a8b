"""How the clearing lines (F2) of a paper stand: confirmed, waiting, draft, set free."""

from __future__ import annotations

from datetime import date
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, func, select

from ledger.advances import clearing_words
from ledger.database import slices
from ledger.schema import ClearingLine, Posting

LINE, POSTING = ClearingLine.__table__, Posting.__table__
WORD = clearing_words.WORD


class Touched(NamedTuple):
    """A line that some postings confirmed."""

    id: int
    period: str


class Standing(NamedTuple):
    """How many of some lines stand how.

    `settled` wait after a dispute that ended since they were last confirmed: like the
    `disputed` ones they go with a later period. `draft` are confirmed, or taken back,
    by what waits for a second person; `freed` were reversed or withdrawn. `last_day` is
    the last 确认日期 of the `confirmed`.
    """

    confirmed: int
    disputed: int
    settled: int
    waiting: int
    draft: int
    freed: int
    last_day: date | None

    @property
    def agreed(self) -> bool:
        """Whether all is confirmed but what is disputed."""
        return bool(self.confirmed) and self.stays and not self.settled

    @property
    def stays(self) -> bool:
        """Whether what was confirmed once is so still."""
        return not (self.waiting or self.draft or self.freed)

    @property
    def words(self) -> str:
        """What hinders: 待确认2行、已冲销1行."""
        told = {
            "待确认": self.waiting,
            "待审核": self.draft,
            "已冲销或撤回": self.freed,
        }
        return "、".join(f"{name}{count}行" for name, count in told.items() if count)


def standing(connection: Connection, line_ids: Iterable[int]) -> Standing:
    """How some lines stand."""
    disputed = set(connection.execute(clearing_words.disputed()).scalars())
    drafts = _drafts(connection)
    sums = dict.fromkeys(Standing._fields[:-1], 0)
    days: list[date] = []
    for part in slices(sorted(set(line_ids))):
        rows = connection.execute(
            select(LINE.c.id, LINE.c.live, LINE.c.confirmed_on, LINE.c.posting_id)
            .where(LINE.c.id.in_(part))
            .order_by(LINE.c.id)
        ).all()
        waits = [row.id for row in rows if row.live and row.confirmed_on is None]
        settled = _settled(connection, waits)
        for row in rows:
            sums[_state(row, disputed, settled, drafts)] += 1
            if row.live and row.confirmed_on:
                days.append(row.confirmed_on)
    return Standing(**sums, last_day=max(days, default=None))


def touched(connection: Connection, posting_ids: Iterable[int]) -> list[Touched]:
    """The lines that some postings confirmed, or that they take back."""
    found: list[Touched] = []
    for part in slices(sorted(set(posting_ids))):
        originals = select(POSTING.c.reverses_id).where(
            POSTING.c.id.in_(part), POSTING.c.reverses_id.is_not(None)
        )
        mine = LINE.c.posting_id.in_(part) | LINE.c.posting_id.in_(originals)
        query = select(LINE.c.id, LINE.c.period).where(mine, LINE.c.live)
        found += [Touched(*row) for row in connection.execute(query)]
    return found


def _state(row, disputed: set[int], settled: set[int], drafts: set[int]) -> str:
    if not row.live:
        return "freed"
    if row.confirmed_on is not None:
        return "draft" if row.posting_id in drafts else "confirmed"
    if row.id in disputed:
        return "disputed"
    return "settled" if row.id in settled else "waiting"


def _drafts(connection: Connection) -> set[int]:
    """The postings that wait for a second person, and those that such ones reverse."""
    rows = connection.execute(
        select(POSTING.c.id, POSTING.c.reverses_id).where(POSTING.c.state == "draft")
    )
    return {id for row in rows for id in row if id is not None}


def _settled(connection: Connection, line_ids: Sequence[int]) -> set[int]:
    """Of some lines, those of which the last word is that their dispute is over."""
    found: set[int] = set()
    for part in slices(line_ids):
        last = (
            select(WORD.c.line_id, func.max(WORD.c.serial).label("serial"))
            .where(WORD.c.line_id.in_(part))
            .group_by(WORD.c.line_id)
            .subquery()
        )
        on = (WORD.c.line_id == last.c.line_id) & (WORD.c.serial == last.c.serial)
        query = select(WORD.c.line_id).join(last, on)
        settled = query.where(WORD.c.says == clearing_words.SETTLED)
        found |= set(connection.execute(settled).scalars())
    return found
