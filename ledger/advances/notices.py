"""Notices (文书) as the database keeps them: what they say, and their steps.

Which step may follow which is the policy's (posting_rules/notices.py); here a step is
only kept. A step is never changed: the last one counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from ledger.advances.tables import Notice, NoticeLine, NoticeStep
from ledger.database import next_id, slices
from ledger.errors import BookError

NOTICE, LINE, STEP = (
    Notice.__table__,
    NoticeLine.__table__,
    NoticeStep.__table__,
)
OWN, RECEIVED = "own", "received"
MADE, WITHDRAWN = "made", "withdrawn"
MOVED = ("paid", "received")  # the money has left
LONGEST_SERIAL = 6  # digits
MARK = re.compile("更正（第([0-9]{1,3})次）")


class NoticeRow(NamedTuple):
    """A notice; see ledger.advances.tables.Notice."""

    id: int
    kind: str
    title: str
    number: str
    year: int
    serial: int
    holder: str
    region: str
    period: str
    origin: str
    plan_id: int | None
    document_id: int | None
    due_day: date | None
    payee_name: str
    payee_account: str
    payee_bank: str
    total: Decimal
    note: str
    source_lines: str
    state: str
    sha256: str
    stored: str
    made_by: str
    made_at: str

    @property
    def standing(self) -> bool:
        return self.state != WITHDRAWN


class LineRow(NamedTuple):
    """One amount of a notice, in the order of the paper."""

    region: str
    scope: str
    fund: str
    amount: Decimal
    note: str


def corrections(note: str) -> list[str]:
    """What a notice's note says of its corrections (更正), one a line."""
    return [line for line in note.split("\n") if MARK.match(line)]


class StepRow(NamedTuple):
    """A step that was taken; `on_day` is the day of the act, `at` of its keeping."""

    serial: int
    state: str
    on_day: date
    reason: str
    evidence: str
    by: str
    at: str


COLUMNS = [NOTICE.c[name] for name in NoticeRow._fields]


def notice(connection: Connection, id: int) -> NoticeRow:
    """A notice by its id; BookError when there is none."""
    row = connection.execute(select(*COLUMNS).where(NOTICE.c.id == id)).first()
    if row is None:
        raise BookError(f"没有文书{id}；yibao notice list 列出全部")
    return NoticeRow(*row)


def numbered(connection: Connection, number: str) -> NoticeRow | None:
    """The notice of a 文号; a withdrawn one only where no other bears it."""
    rows = connection.execute(
        select(*COLUMNS).where(NOTICE.c.number == number).order_by(NOTICE.c.id)
    ).all()
    found = [NoticeRow(*row) for row in rows]
    standing = [row for row in found if row.standing]
    return (standing or found or [None])[-1]


def notices(
    connection: Connection,
    kind: str | None = None,
    period: str | None = None,
    region: str | None = None,
    state: str | None = None,
    plan_id: int | None = None,
) -> list[NoticeRow]:
    """Notices in the order of making; a period's text, a region's code ("" is all)."""
    query = select(*COLUMNS).order_by(NOTICE.c.id)
    asked = {"kind": kind, "period": period and str(period), "region": region}
    asked |= {"state": state, "plan_id": plan_id}
    for name, value in asked.items():
        if value is not None:
            query = query.where(NOTICE.c[name] == value)
    return [NoticeRow(*row) for row in connection.execute(query)]


def lines(connection: Connection, id: int) -> list[LineRow]:
    """What a notice says, in the order of the paper."""
    return lines_of(connection, [id]).get(id, [])


def lines_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[LineRow]]:
    """What some notices say, by notice."""
    columns = [LINE.c[name] for name in LineRow._fields]
    query = select(LINE.c.notice_id, *columns)
    found: dict[int, list[LineRow]] = defaultdict(list)
    for part in slices(sorted(set(ids))):
        asked = query.where(LINE.c.notice_id.in_(part))
        for id, *row in connection.execute(
            asked.order_by(LINE.c.notice_id, LINE.c.position)
        ):
            found[id].append(LineRow(*row))
    return dict(found)


def steps(connection: Connection, id: int) -> list[StepRow]:
    """The steps of a notice, in the order in which they were taken."""
    return steps_of(connection, [id]).get(id, [])


def steps_of(
    connection: Connection, ids: Iterable[int] | None = None
) -> dict[int, list[StepRow]]:
    """The steps of some notices, or of all, by notice."""
    columns = [STEP.c[name] for name in StepRow._fields]
    query = select(STEP.c.notice_id, *columns).order_by(STEP.c.notice_id, STEP.c.serial)
    found: dict[int, list[StepRow]] = defaultdict(list)
    parts = [None] if ids is None else slices(sorted(set(ids)))
    for part in parts:
        asked = query if part is None else query.where(STEP.c.notice_id.in_(part))
        for id, *row in connection.execute(asked):
            found[id].append(StepRow(*row))
    return dict(found)


def take_step(
    connection: Connection,
    id: int,
    state: str,
    on: date,
    reason: str,
    evidence: str,
    by: str,
    at: str,
) -> None:
    """Keep a step and the state that it leads to; whether it may be is not asked."""
    last = connection.execute(
        select(func.coalesce(func.max(STEP.c.serial), 0)).where(STEP.c.notice_id == id)
    ).scalar()
    connection.execute(
        insert(STEP).values(
            notice_id=id,
            serial=last + 1,
            state=state,
            on_day=on,
            reason=reason,
            evidence=evidence,
            by=by,
            at=at,
        )
    )
    connection.execute(update(NOTICE).where(NOTICE.c.id == id).values(state=state))


def next_serial(
    connection: Connection, kind: str, year: int, holder: str, head: str, tail: str
) -> int:
    """The next serial of a holder's kind and year; withdrawn ones keep theirs.

    Numbers of the same pattern (`head`, serial, `tail`) that came in count too, while
    they stand: a 文号 is given once, whoever gave it.
    """
    last = connection.execute(
        select(func.coalesce(func.max(NOTICE.c.serial), 0)).where(
            NOTICE.c.kind == kind,
            NOTICE.c.year == year,
            NOTICE.c.holder == holder,
        )
    ).scalar()
    numbers = connection.scalars(
        select(NOTICE.c.number).where(
            NOTICE.c.origin == RECEIVED, NOTICE.c.state != WITHDRAWN
        )
    )
    return 1 + max([last, *(serial_in(number, head, tail) for number in numbers)])


def serial_in(number: str, head: str, tail: str) -> int:
    """The serial of a 文号 of a pattern, 0 where it is of another.

    >>> serial_in("黔异预〔2018〕12号", "黔异预〔2018〕", "号")
    12
    """
    if not (number.startswith(head) and number.endswith(tail)):
        return 0
    digits = number[len(head) : len(number) - len(tail)]
    right = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_SERIAL
    return int(digits) if right else 0


def add(
    connection: Connection, row: NoticeRow, said: Sequence[LineRow], on: date
) -> int:
    """Keep a new notice with its lines and its first step; its id is given here."""
    id = next_id(connection, NOTICE)
    connection.execute(insert(NOTICE).values({**row._asdict(), "id": id}))
    set_lines(connection, id, said)
    take_step(connection, id, row.state, on, "", "", row.made_by, row.made_at)
    return id


def set_lines(connection: Connection, id: int, said: Sequence[LineRow]) -> None:
    """What a notice says, in place of what it said before; its total follows."""
    connection.execute(delete(LINE).where(LINE.c.notice_id == id))
    rows = [
        {"notice_id": id, "position": position, **line._asdict()}
        for position, line in enumerate(said, 1)
    ]
    if rows:
        connection.execute(insert(LINE), rows)


def amend(connection: Connection, id: int, **values) -> None:
    """Change what a notice has besides its lines and steps: due_day, stored, …"""
    connection.execute(update(NOTICE).where(NOTICE.c.id == id).values(**values))


def counted(connection: Connection) -> dict[int, tuple[int, int]]:
    """Of each document its notices' lines, and how many were not paid yet."""
    rows = connection.execute(
        select(NOTICE.c.document_id, NOTICE.c.state, func.count(LINE.c.position))
        .join(LINE, LINE.c.notice_id == NOTICE.c.id)
        .where(NOTICE.c.origin == RECEIVED, NOTICE.c.state != WITHDRAWN)
        .group_by(NOTICE.c.document_id, NOTICE.c.state)
    )
    found: dict[int, tuple[int, int]] = {}
    for document_id, state, count in rows:
        lines, bare = found.get(document_id, (0, 0))
        bare += 0 if state in MOVED else count
        found[document_id] = (lines + count, bare)
    return found


def withdraw_document(
    connection: Connection, document_id: int, by: str, at: str, reason: str
) -> int:
    """Withdraw the notices that a document brought and that are not paid; the lines
    that they had. Their numbers may come again."""
    freed = 0
    for row in notices(connection):
        if row.origin != RECEIVED or row.document_id != document_id:
            continue
        if row.state in (*MOVED, WITHDRAWN):
            continue
        freed += len(lines(connection, row.id))
        day = date.fromisoformat(at[:10])
        take_step(connection, row.id, WITHDRAWN, day, reason, "", by, at)
    return freed
