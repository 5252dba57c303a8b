"""What was said of clearing lines (F2): disputed, settled, confirmed, taken back.

Words are only added. One act is one serial, so that what was said together can be
read together; of a line the last word that speaks of its dispute counts.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, Exists, Select, exists, func, select

from ledger.advances.tables import ClearingWord
from ledger.database import bulk_insert, slices

WORD = ClearingWord.__table__
DISPUTED, SETTLED = "disputed", "settled"
CONFIRMED, TAKEN_BACK = "confirmed", "taken-back"
ENDING = (SETTLED, CONFIRMED)  # a dispute


class Said(NamedTuple):
    """An act: what somebody says of some lines; `period` is that being confirmed.

    The last three are those of a confirmation that is taken back: its day, the day on
    which it ended, its posting.
    """

    says: str
    period: str
    reason: str
    by: str
    at: str
    confirmed_on: date | None = None
    on_day: date | None = None
    posting_id: int | None = None


def say(connection: Connection, line_ids: Sequence[int], said: Said) -> None:
    """Add a word to each line."""
    say_each(connection, [(line_id, said) for line_id in line_ids])


def say_each(connection: Connection, words: Iterable[tuple[int, Said]]) -> None:
    """Add a word of its own to each line, all in one act."""
    kept = list(words)
    if not kept:
        return
    highest = select(func.coalesce(func.max(WORD.c.serial), 0) + 1)
    serial = connection.execute(highest).scalar_one()
    columns = ["line_id", "serial", *Said._fields]
    rows = ((line_id, serial, *_stored(said)) for line_id, said in kept)
    bulk_insert(connection, WORD, columns, rows)


def _stored(said: Said) -> list:
    return [str(value) if isinstance(value, date) else value for value in said]


def disputed() -> Select:
    """The ids of the lines whose dispute stands."""
    return select(WORD.c.line_id).where(WORD.c.says == DISPUTED, ~_said_later(*ENDING))


def standing_disputes() -> Select:
    """line_id, reason, period, by, at of the last word of each standing dispute."""
    columns = (WORD.c[name] for name in ("line_id", "reason", "period", "by", "at"))
    over = _said_later(DISPUTED, *ENDING)
    return select(*columns).where(WORD.c.says == DISPUTED, ~over)


def reasons(connection: Connection) -> dict[int, str]:
    """Why each line that stands in dispute does."""
    rows = connection.execute(standing_disputes())
    return {row.line_id: row.reason for row in rows}


def confirmed_in(periods: Sequence[str]) -> Select:
    """The ids of the lines whose last word is that they were confirmed in one of
    these periods."""
    return select(WORD.c.line_id).where(
        WORD.c.says == CONFIRMED,
        WORD.c.period.in_(periods),
        ~_said_later(CONFIRMED, TAKEN_BACK),
    )


def ever_confirmed() -> Select:
    """The ids of the lines that were confirmed by command, and not by their form."""
    return select(WORD.c.line_id).where(WORD.c.says == CONFIRMED, WORD.c.period != "")


def confirmed_by_form(
    connection: Connection, line_ids: Sequence[int], by: str, at: str
) -> None:
    """Lines that were disputed are not any more, since their form confirms them."""
    for part in slices(line_ids):
        rows = connection.execute(
            disputed().where(WORD.c.line_id.in_(part)).distinct()
        ).scalars()
        say(connection, sorted(rows), Said(CONFIRMED, "", "", by, at))


def taken_back_on(connection: Connection, line_ids: Iterable[int]) -> dict[int, date]:
    """Of some lines, the day on which their confirmation was last taken back."""
    found: dict[int, date] = {}
    for part in slices(line_ids):
        rows = connection.execute(
            select(WORD.c.line_id, WORD.c.on_day)
            .where(WORD.c.line_id.in_(part), WORD.c.says == TAKEN_BACK)
            .order_by(WORD.c.serial)
        )
        found.update((row.line_id, row.on_day) for row in rows)
    return found


def history(connection: Connection, line_id: int) -> list[Said]:
    """Every word on a line, in the order of saying."""
    columns = (WORD.c[name] for name in Said._fields)
    rows = connection.execute(
        select(*columns).where(WORD.c.line_id == line_id).order_by(WORD.c.serial)
    )
    return [Said(*row) for row in rows]


def _said_later(*says: str) -> Exists:
    """Whether something of that kind was said of the same line afterwards."""
    later = WORD.alias("later")
    return exists().where(
        later.c.line_id == WORD.c.line_id,
        later.c.serial > WORD.c.serial,
        later.c.says.in_(says),
    )
