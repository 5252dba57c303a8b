"""`yibao person`: a person's statement, and putting a registered name right.

A person is asked for by id alone. Every unmasked look is recorded before anything is
shown (ledger/people/disclosing.py).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Callable, Iterable, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from desk.vouchers import check_words
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.people import disclosing
from ledger.people.masks import masked_id
from ledger.people.tables import Person, PersonAmendment
from ledger.periods import Month
from ledger.postings import Actor
from reports.people.statement import Statement, statement

PERSON, AMENDMENT = Person.__table__, PersonAmendment.__table__
BORN = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
LONGEST = 50  # characters of a name


class Span(NamedTuple):
    """What of a person's movements is asked for; None leaves an end open."""

    first: Month | None = None
    last: Month | None = None
    on: date | None = None


def look_up(
    home: Home,
    actor: Actor,
    person_id: str,
    span: Span,
    today: date,
    unmasked: bool = False,
) -> Statement:
    """A person's statement; BookError for an id that nobody has."""

    def ask(connection: Connection) -> Statement:
        return statement(
            connection,
            person_id,
            today,
            first=span.first,
            last=span.last,
            on=span.on,
            unmasked=unmasked,
        )

    if not unmasked:
        with home.reading() as connection:
            return ask(connection)
    return disclosed(
        home, actor, "person", ask, lambda made: [person_id, *made.family.people]
    )


def disclosed(
    home: Home,
    actor: Actor,
    report: str,
    ask: Callable[[Connection], object],
    people: Callable[[object], Iterable[str]],
    remedy: str = "请去掉 --unmasked",
):
    """What `ask` answers with people whole, once it is on record who saw whom.

    BookError for who may not (setting may-unmask).
    """
    with home.writing() as connection:
        disclosing.check_may(connection, actor.by, actor.on, remedy)
        answer = ask(connection)
        disclosing.record(connection, actor.by, actor.at, report, people(answer))
    return answer


def amend(
    home: Home,
    actor: Actor,
    person_id: str,
    *,
    name: str | None = None,
    born: str | None = None,
    cite: str,
    dry_run: bool = False,
) -> list[str]:
    """Put a registered name or month of birth right; what was changed: name, born.

    What stood before, who changed it, when and on what basis stay on record.
    """
    wanted = {"name": name, "born": born}
    wanted = {field: text for field, text in wanted.items() if text is not None}
    _check(wanted, cite)
    with home.writing(keep=not dry_run) as connection:
        row = connection.execute(
            select(PERSON).where(PERSON.c.person_id == person_id)
        ).first()
        if row is None:
            raise BookError(f"没有个人编号为{masked_id(person_id)}的参保人；请核对编号")
        changed = [f for f, after in wanted.items() if getattr(row, f) != after]
        serial = connection.execute(
            select(func.coalesce(func.max(AMENDMENT.c.serial), 0)).where(
                AMENDMENT.c.person_id == person_id
            )
        ).scalar_one()
        for number, field in enumerate(changed, serial + 1):
            connection.execute(
                insert(AMENDMENT).values(
                    person_id=person_id,
                    serial=number,
                    field=field,
                    before=getattr(row, field),
                    after=wanted[field],
                    cite=cite,
                    by=actor.by,
                    at=actor.at,
                )
            )
            connection.execute(
                update(PERSON)
                .where(PERSON.c.person_id == person_id)
                .values({field: wanted[field]})
            )
    return changed


def _check(wanted: dict[str, str], cite: str) -> None:
    check_words(*wanted.values(), cite)
    if not cite.strip():
        raise UsageError("--cite 不能为空：更正登记要有依据，例如身份证明的名称和编号")
    name = wanted.get("name", "-")
    if not name.strip() or name != name.strip() or len(name) > LONGEST:
        raise UsageError(f"--name 应为1到{LONGEST}个字的姓名，前后没有空格")
    if not name.isprintable():
        raise UsageError("--name 里有不能印的字符；请改正")
    born = wanted.get("born")
    if born is not None and not BORN.fullmatch(born):
        raise UsageError(f"--born “{born}”不是出生年月，出生年月写作 1980-05")
