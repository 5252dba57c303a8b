"""G4 in the database: who lets whose bills be paid, and from when to when.

The list lies staged as the temporary table `g4`; its rows act in the order of time,
then row. Times are texts, a binding holds in [bound_at, unbound_at), "" is open.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Iterable, Iterator, NamedTuple, Sequence

from sqlalchemy import Connection, text

from ledger.database import bulk_insert
from ledger.people import staging
from ledger.people.tables import Person
from ledger.settlements.tables import Binding

STAGED = "g4"
BINDING, PERSON = Binding.__table__, Person.__table__
BIND, UNBIND = "绑定", "解绑"
# By grantor and grantee: time and relation of rows 解绑.
Ends = dict[tuple[str, str], list[tuple[str, str]]]


class BindingRow(NamedTuple):
    """A staged row of G4."""

    sheet: str
    row: int
    grantor_id: str
    person_id: str
    region: str
    fund: str
    relation: str
    act: str
    time: str
    notice: str


class Bound(NamedTuple):
    """A binding as bills ask for it."""

    grantor_id: str
    relation: str
    bound_at: str
    unbound_at: str
    serial: int


class Who(NamedTuple):
    """Somebody whom a list names, as registered; `states` are earlier ones: month,
    region, insured_as."""

    region: str
    insured_as: str
    since: str
    died_on: str | None
    fund: str
    states: tuple[tuple[str, str, str], ...] = ()

    def in_month(self, month: str) -> tuple[str, str]:
        """Pooling region and 参保身份 of a month."""
        if self.since > month:
            for from_month, region, insured_as in reversed(self.states):
                if from_month <= month:
                    return region, insured_as
        return self.region, self.insured_as


@dataclass(slots=True)
class Standing:
    """A binding as the rows of a list find or make it."""

    person_id: str
    grantor_id: str
    bound_at: str
    unbound_at: str
    relation: str
    person_region: str
    grantor_region: str
    notice: str
    serial: int
    sheet: str
    row: int
    planned: str = ""  # when the list that made it will end it

    @property
    def until(self) -> str:
        return self.unbound_at or self.planned or FOREVER

    def holds(self, time: str) -> bool:
        return self.bound_at <= time < self.until

    def meets(self, since: str, until: str) -> bool:
        """Whether it holds at some time in [since, until), "" is open."""
        return self.bound_at < (until or FOREVER) and since < self.until


def members(connection: Connection, staged: str) -> dict[str, list[Bound]]:
    """By grantee of a staged list: every binding, by time and order of registration."""
    found: dict[str, list[Bound]] = defaultdict(list)
    for person_id, *bound in connection.execute(text(MEMBERS.format(staged=staged))):
        found[person_id].append(Bound(*bound))
    return found


def rows(connection: Connection) -> Iterator[BindingRow]:
    """The staged rows in the order in which they act, never all at once."""
    options = {"yield_per": FETCH}
    for row in connection.execute(text(ROWS), execution_options=options):
        yield BindingRow(*row)


def ends(connection: Connection, now: str) -> Ends:
    """The staged rows 解绑 up to now, in order."""
    found: Ends = defaultdict(list)
    for grantor_id, person_id, *end in connection.execute(text(ENDS), {"now": now}):
        found[grantor_id, person_id].append(tuple(end))
    return found


def standing(connection: Connection) -> list[Standing]:
    """Every binding by a grantor, or of a grantee, of the staged list."""
    return [Standing(*row) for row in connection.execute(text(STANDING))]


def people(connection: Connection) -> dict[str, Who]:
    """Who is registered of the list's people and their other grantors."""
    staging.temporary(connection, "g4_people", CONCERNED)
    states = defaultdict(list)
    for person_id, *state in connection.execute(text(STATES)):
        states[person_id].append(tuple(state))
    return {
        person_id: Who(*who, tuple(states.get(person_id, ())))
        for person_id, *who in connection.execute(text(PEOPLE))
    }


def accounts(connection: Connection) -> dict[str, list[str]]:
    """By grantor of the list: the regions of accounts, but for one moved away from
    where the grantor still is insured."""
    found: dict[str, list[str]] = defaultdict(list)
    for person_id, region in connection.execute(text(ACCOUNTS)):
        found[person_id].append(region)
    return found


def next_serial(connection: Connection) -> int:
    last = text("SELECT coalesce(max(serial), 0) + 1 FROM binding")
    return connection.execute(last).scalar_one()


def register(
    connection: Connection, people: Iterable[tuple[str, str, str, int]], document: int
) -> None:
    """Register relatives who are in no roster: person, region, fund, row."""
    rows = (
        (person_id, region, fund, row, document, *[""] * 6)
        for person_id, region, fund, row in people
    )
    columns = ("person_id", "region", "fund", "row", "document_id", *UNKNOWN)
    bulk_insert(connection, PERSON, columns, rows)


def insert(connection: Connection, made: Iterable[Standing], document: int) -> None:
    columns = (*FIELDS, "freed", "document_id")
    rows = ((*map(binding.__getattribute__, FIELDS), 0, document) for binding in made)
    bulk_insert(connection, BINDING, columns, rows)
    connection.execute(text(FUNDS), {"document": document})


def unbind(
    connection: Connection, ended: Sequence[tuple[Standing, int]], document: int
) -> None:
    """Write when bindings ended, each with the row that says so."""
    if ended:
        values = [
            {
                "person": binding.person_id,
                "grantor": binding.grantor_id,
                "bound_at": binding.bound_at,
                "unbound_at": binding.unbound_at,
                "document": document,
                "row": row,
            }
            for binding, row in ended
        ]
        connection.execute(text(UNBOUND), values)


FOREVER = "9999"
FETCH = 20_000
UNKNOWN = ("name", "born", "status", "insured_as", "since", "retired_from")
FIELDS = ("person_id", "grantor_id", "bound_at", "unbound_at", "relation")
FIELDS += ("person_region", "grantor_region", "notice", "serial", "sheet", "row")
FUNDS = """
    UPDATE binding SET fund = person.fund FROM person
    WHERE person.person_id = binding.person_id AND person.fund <> ''
      AND binding.document_id = :document
"""
LISTED = ", ".join(f'"{name}"' for name in FIELDS)
NAMED = f"""
    SELECT person_id FROM {STAGED} UNION SELECT grantor_id FROM {STAGED}
"""
CONCERNED = f"""
    {NAMED}
    UNION SELECT grantor_id FROM binding
    WHERE freed = 0 AND person_id IN (SELECT person_id FROM {STAGED})
"""
ROWS = f"""
    SELECT sheet, "row", grantor_id, person_id, region, fund, relation, act, time,
           notice
    FROM {STAGED} ORDER BY time, "at"
"""
ENDS = f"""
    SELECT grantor_id, person_id, time, relation FROM {STAGED}
    WHERE act = '{UNBIND}' AND time <= :now ORDER BY time, "at"
"""
STANDING = f"""
    SELECT {LISTED} FROM binding
    WHERE freed = 0 AND person_id IN (SELECT person_id FROM {STAGED})
    UNION
    SELECT {LISTED} FROM binding
    WHERE freed = 0 AND grantor_id IN (SELECT grantor_id FROM {STAGED})
"""
PEOPLE = """
    SELECT person_id, region, insured_as, since, CAST(died_on AS text), fund
    FROM person WHERE person_id IN (SELECT person_id FROM g4_people)
"""
STATES = """
    SELECT person_id, from_month, region, insured_as FROM person_state
    WHERE person_id IN (SELECT person_id FROM g4_people)
    ORDER BY person_id, from_month
"""
ACCOUNTS = f"""
    SELECT account.person_id, account.region FROM account
    JOIN person ON person.person_id = account.person_id
    WHERE account.person_id IN (SELECT grantor_id FROM {STAGED})
      AND (account.state <> 'left' OR account.region <> person.region)
"""
MEMBERS = """
    SELECT person_id, grantor_id, relation, bound_at, unbound_at, serial FROM binding
    WHERE freed = 0 AND person_id IN (SELECT person_id FROM {staged})
    ORDER BY person_id, bound_at, serial
"""
UNBOUND = """
    UPDATE binding SET unbound_at = :unbound_at, unbound_document_id = :document,
           unbound_row = :row
    WHERE person_id = :person AND grantor_id = :grantor AND bound_at = :bound_at
      AND freed = 0
"""
