"""What the steps of notices show of the calendar's tasks (文书的办理步骤)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, select

from ledger.advances.tables import Notice, NoticeStep

NOTICE, STEP = Notice.__table__, NoticeStep.__table__
RANKS = {  # how far a step brings a notice; disputed stands where it was issued
    "made": 0,
    "issued": 1,
    "disputed": 1,
    "confirmed": 2,
    "submitted": 3,
    "approved": 4,
    "paid": 5,
    "received": 6,
}
WITHDRAWN = "withdrawn"


class Step(NamedTuple):
    state: str
    on: date


class NoticeSteps(NamedTuple):
    """A notice and its steps in the order in which they were taken."""

    kind: str
    period: str
    region: str
    document: int | None
    steps: list[Step]

    def reached(self, state: str, on: date) -> date | None:
        """Since when it has come so far, seen on a day; a step back ends it."""
        day = None
        for step in self.steps:
            if step.on > on:
                continue
            far = RANKS.get(step.state, -1) >= RANKS[state]
            day = (day or step.on) if far else None
        return day

    def withdrawn(self, on: date) -> bool:
        return any(step.state == WITHDRAWN and step.on <= on for step in self.steps)

    def there(self, on: date) -> bool:
        """Whether it was made by a day and not withdrawn."""
        return not self.withdrawn(on) and any(step.on <= on for step in self.steps)


class Notices(NamedTuple):
    """The notices of a calendar; every answer is seen on the day `on`."""

    notices: list[NoticeSteps]

    def day(
        self, kinds: dict[str, str], period: str, region: str, on: date, due: date
    ) -> tuple[date | None, int, int]:
        """When the last of a task's notices had come so far; how many have not, of all.

        `kinds` as in posting_rules.calendar.steps_of; region "" for every region. What
        was only made after the task's day, a true-up, has a day of its own, unless
        nothing was made by then.
        """
        asked = [
            (notice, kinds[notice.kind])
            for notice in self.notices
            if notice.kind in kinds
            and notice.period == period
            and region in ("", notice.region)
            and notice.there(on)
        ]
        in_time = [each for each in asked if each[0].steps[0].on <= due]
        return _last(in_time or asked, on)

    def receipts(
        self, after: date, due: date, on: date
    ) -> tuple[date | None, int, int]:
        """The same for what was paid after a day and until the task's, to be received.

        Before its day has come nobody can say that nothing more will be paid.
        """
        asked = [
            (notice, "received")
            for notice in self.notices
            if notice.there(on)
            and (paid := notice.reached("paid", on))
            and after < paid <= due
        ]
        day, waiting, count = _last(asked, on)
        return (day if on >= due else None), waiting, count

    def issued(self, document: int, on: date) -> date | None:
        """When the list that was taken as this document was issued."""
        for notice in self.notices:
            if notice.document == document:
                return notice.reached("issued", on)
        return None


def _last(asked: list, on: date) -> tuple[date | None, int, int]:
    days = [notice.reached(state, on) for notice, state in asked]
    waiting = sum(day is None for day in days)
    return (max(days) if days and not waiting else None), waiting, len(days)


def notices_of(connection: Connection, province: str, years: Iterable[int]) -> Notices:
    """The province's notices of some years' periods with their steps, two queries."""
    beginnings = sorted({f"{year:04d}" for year in years})
    heads = connection.execute(
        select(
            NOTICE.c.id,
            NOTICE.c.kind,
            NOTICE.c.period,
            NOTICE.c.region,
            NOTICE.c.document_id,
        )
        .where(
            NOTICE.c.holder.in_((province, "")),  # "": it came in
            NOTICE.c.period >= beginnings[0],
            NOTICE.c.period < f"{int(beginnings[-1]) + 1:04d}",
        )
        .order_by(NOTICE.c.id)
    ).all()
    if not heads:
        return Notices([])
    taken: dict[int, list[Step]] = defaultdict(list)
    first, last = heads[0].id, heads[-1].id
    for row in connection.execute(
        select(STEP.c.notice_id, STEP.c.state, STEP.c.on_day)
        .where(STEP.c.notice_id.between(first, last))
        .order_by(STEP.c.notice_id, STEP.c.serial)
    ):
        taken[row.notice_id].append(Step(row.state, row.on_day))
    return Notices([NoticeSteps(*head[1:], taken[head.id]) for head in heads])
