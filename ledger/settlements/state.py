"""State: what stands of the people of a list of bills before its lines act.

Balances are what is free: what drafts take or give is reckoned with. Everything is
read set-based, for the people of the list and those who pay, or paid, for them.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Sequence

from sqlalchemy import Connection, text

from ledger.people import staging
from ledger.people.tables import PERSON_ID
from ledger.settlements.months import TABLE as MONTHS

PEOPLE, SERIALS, WANTED = "g3_people", "g3_serials", "g3_wanted"
MANUALS = "g3_manuals"
USABLE = ("open", "died")
RETIRED = "退休"
NOTHING_USED = (0, 0)
FETCH = 20_000


class Account:
    """An account, whole fen; what is not usable only takes what is given back."""

    __slots__ = ("balance", "claim", "usable")

    def __init__(self, balance: int, claim: int, usable: bool):
        self.balance, self.claim, self.usable = balance, claim, usable

    @property
    def free(self) -> int:
        """What the account may pay."""
        return self.balance if self.usable and self.balance > 0 else 0

    def move(self, amount: int) -> None:
        """The balance moves; what is given pays off the claim first (P22)."""
        if amount > 0 and self.claim:
            recovered = min(self.claim, amount)
            self.claim -= recovered
            amount -= recovered
        self.balance += amount


class Insured:
    """A person as the lines of a list find them.

    `account` is that of `region`, `others` those of other regions; `states` is the
    dated history where it matters: (from month, region, status). `until` is (time,
    serial) of the latest line of the family, where it is after the list's first;
    `bound` are the bindings by which others pay. `used` is what the list's year used
    of the deductible, and what the fund has paid in it.
    """

    __slots__ = (
        "region", "status", "fund", "died_on", "account", "others", "states", "until",
        "bound", "used",
    )  # fmt: skip

    def __init__(self, region: str, status: str, fund: str, died_on: str | None):
        self.region, self.status = region, status
        self.fund, self.died_on = fund, died_on
        self.account: Account | None = None
        self.others: dict[str, Account] | None = None
        self.states: tuple[tuple[str, str, str], ...] = ()
        self.until: tuple[str, str] | None = None
        self.bound: Sequence = ()
        self.used = NOTHING_USED

    def region_in(self, month: str) -> str:
        """The pooling region of the person in a month."""
        return self._state(month)[0]

    def status_in(self, month: str) -> str:
        return self._state(month)[1]

    def account_in(self, region: str) -> Account | None:
        if region == self.region:
            return self.account
        return self.others.get(region) if self.others else None

    def _state(self, month: str) -> tuple[str, str]:
        held = self.states[0][1:] if self.states else (self.region, self.status)
        for from_month, region, status in self.states:
            if from_month > month:
                break
            held = region, status
        return held


def stage(
    connection: Connection,
    people: Iterable[str],
    serials: Iterable[str],
    originals: Sequence[str],
    manuals: Sequence[tuple],
) -> None:
    """Lay out in temporary tables what a list names, and who pays for its people."""
    person = PERSON_ID.dialect_impl(connection.dialect).compile(connection.dialect)
    day = "person_id {0}, institution TEXT, day TEXT, total BIGINT".format(person)
    make(connection, PEOPLE, f"person_id {person} PRIMARY KEY", sorted_rows(people))
    make(connection, SERIALS, "serial TEXT", _perhaps_known(connection, serials))
    named = [(serial, "") for serial in originals]
    make(connection, WANTED, f"original TEXT, person_id {person}", named)
    make(connection, MANUALS, day, manuals)
    for concerned in (WHOSE, GRANTORS, PAYERS):
        connection.execute(text(concerned))


def _perhaps_known(connection: Connection, serials: Iterable[str]) -> list[tuple]:
    """The serials as rows, none where no known one lies among them.

    Only SQLite orders texts as Python does; PostgreSQL's order is the database's.
    """
    named = list(serials)
    if connection.dialect.name != "sqlite":
        return sorted_rows(named)
    ends = {"first": min(named), "last": max(named)}
    among = connection.execute(text(AMONG), ends).first()
    if among or connection.execute(text(ANY_FREED)).first():
        return sorted_rows(named)
    return []


def people(connection: Connection, first_month: str) -> dict[str, Insured]:
    """Everybody concerned, with accounts; what a state was matters from a month on."""
    found: dict[str, Insured] = {}
    same: dict[str, str] = {}  # one object for equal words, of which there are few
    for row in streamed(connection, INSURED):
        person_id, region, since, status, retired_from, fund, died_on, *held = row
        region = same.setdefault(region, region)
        if retired_from and retired_from <= first_month:
            status = RETIRED
        person = Insured(region, same.setdefault(status, status), fund, died_on)
        if held[0] is not None:
            person.account = Account(held[0], held[1], held[2] in USABLE)
        if since > first_month or retired_from > first_month:
            person.states = ((since, region, status),)
        found[person_id] = person
    _add_states(connection, found, first_month)
    for row in connection.execute(text(OTHERS)):
        person = found[row.person_id]
        person.others = person.others or {}
        usable = row.state in USABLE
        person.others[row.region] = Account(row.balance, row.claim, usable)
    for row in connection.execute(text(DRAFTED)):
        account = found[row.person_id].account_in(row.region)
        if account is not None:
            account.balance += row.amount
    return found


def _add_states(
    connection: Connection, found: dict[str, Insured], first_month: str
) -> None:
    """The history of those whose state began after a month; before it, the earliest."""
    states: dict[str, list[tuple[str, str, str]]] = {}
    for row in connection.execute(text(STATES), {"month": first_month}):
        retired = row.retired_from and row.retired_from <= row.from_month
        status = RETIRED if retired else row.status
        states.setdefault(row.person_id, []).append(
            (row.from_month, row.region, status)
        )
        if row.retired_from > row.from_month:
            states[row.person_id].append((row.retired_from, row.region, RETIRED))
    for person_id, history in states.items():
        found[person_id].states = tuple(sorted(history))


def years(connection: Connection) -> dict[tuple[str, int], tuple[int, int]]:
    """By person and year: what is used of the deductible, what the fund has paid."""
    return {(row[0], row[1]): (row[2], row[3]) for row in streamed(connection, YEARS)}


def add_until(connection: Connection, found: dict[str, Insured], first: str) -> None:
    """Who is settled beyond the list's first line already: by a line of their own, or
    of somebody whose binding with them held then."""
    months = {"month": first[:7]}
    if connection.execute(text(ANY_LATER), months).first() is None:
        return
    # Bytes decide, as they do in Python: 2024-07-03 10:22:05 and the serial.
    sqlite = connection.dialect.name == "sqlite"
    statement = UNTIL.format("" if sqlite else 'COLLATE "C"')
    for row in connection.execute(text(statement), {**months, "first": first}):
        found[row.person_id].until = row.last[:19], row.last[19:]


def streamed(connection: Connection, query: str) -> Iterator[tuple]:
    """A query's rows as the driver gives them, never all at once."""
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.arraysize = FETCH
        cursor.execute(query)
        while rows := cursor.fetchmany():
            yield from rows
    else:
        cursor.execute(f"DECLARE yibao_rows NO SCROLL CURSOR FOR {query}")
        fetch = f"FETCH FORWARD {FETCH} FROM yibao_rows"
        while rows := cursor.execute(fetch).fetchall():
            yield from rows
        cursor.execute("CLOSE yibao_rows")
    cursor.close()


def make(
    connection: Connection, name: str, columns: str, rows: Sequence[tuple]
) -> None:
    """Make a temporary table of rows."""
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        f"DROP TABLE IF EXISTS {'temp' if sqlite else 'pg_temp'}.{name}"
    )
    end = "" if sqlite else "ON COMMIT DROP"
    if sqlite and "PRIMARY KEY" in columns:
        end = "WITHOUT ROWID"
    connection.exec_driver_sql(f"CREATE TEMP TABLE {name} ({columns}) {end}")
    staging.append(connection, name, None, rows)
    if not sqlite:
        connection.exec_driver_sql(f"ANALYZE {name}")


def sorted_rows(values: Iterable[str]) -> list[tuple[str]]:
    """Distinct values in order, as rows."""
    return [(value,) for value in sorted(set(values))]


WHOSE = f"""
    UPDATE {WANTED} SET person_id = coalesce((
        SELECT k.person_id FROM serial_key AS k
        WHERE k.form = 'G3' AND k.serial = {WANTED}.original
    ), '')
"""
AMONG = """
    SELECT 1 FROM serial_key WHERE form = 'G3' AND serial BETWEEN :first AND :last
    LIMIT 1
"""
GRANTORS = f"""
    INSERT INTO {PEOPLE} SELECT DISTINCT grantor_id FROM binding
    WHERE freed = 0 AND person_id IN (SELECT person_id FROM {PEOPLE})
    ON CONFLICT DO NOTHING
"""
# Who paid a bill that is given back, whatever became of the binding.
PAYERS = f"""
    INSERT INTO {PEOPLE} SELECT DISTINCT sh.payer_id
    FROM {WANTED} AS w CROSS JOIN {MONTHS} AS m
    JOIN settlement_share AS sh ON sh.month = m.month
     AND sh.person_id = w.person_id AND sh.serial = w.original AND sh.freed = 0
    WHERE 1 = 1
    ON CONFLICT DO NOTHING
"""
INSURED = f"""
    SELECT p.person_id, p.region, p.since, p.status, p.retired_from, p.fund,
           CAST(p.died_on AS text), a.balance, a.claim, a.state
    FROM {PEOPLE} AS g JOIN person AS p ON p.person_id = g.person_id
    LEFT JOIN account AS a ON a.person_id = p.person_id AND a.region = p.region
"""
STATES = f"""
    SELECT p.person_id, p.retired_from, s.from_month, s.region, s.status
    FROM {PEOPLE} AS g JOIN person AS p ON p.person_id = g.person_id
    JOIN person_state AS s ON s.person_id = p.person_id
    WHERE p.since > :month OR p.retired_from > :month
"""
OTHERS = f"""
    SELECT a.person_id, a.region, a.balance, a.claim, a.state
    FROM {PEOPLE} AS g JOIN person AS p ON p.person_id = g.person_id
    JOIN account AS a ON a.person_id = p.person_id AND a.region <> p.region
"""
# What a draft of another kind adds is not there yet; bills act in their order.
DRAFTED = f"""
    SELECT movement.person_id, movement.region,
           CAST(sum(movement.amount) AS bigint) AS amount
    FROM batch JOIN movement ON movement.batch_id = batch.id
    JOIN {PEOPLE} AS g ON g.person_id = movement.person_id
    WHERE batch.state = 'draft'
      AND (movement.amount < 0 OR batch.kind = 'settlement')
    GROUP BY movement.person_id, movement.region
"""
YEARS = f"""
    SELECT y.person_id, y.year, y.deducted, y.paid
    FROM {PEOPLE} AS g JOIN outpatient_year AS y ON y.person_id = g.person_id
"""
ANY_LATER = f"SELECT 1 FROM {MONTHS} WHERE month >= :month LIMIT 1"
UNTIL = f"""
    SELECT person_id, max(last {{0}}) AS last FROM (
        SELECT g.person_id, s."at" || s.serial AS last
        FROM {PEOPLE} AS g CROSS JOIN {MONTHS} AS m
        JOIN settlement AS s ON s.month = m.month AND s.person_id = g.person_id
         AND s.freed = 0
        WHERE m.month >= :month AND s."at" >= :first
        UNION ALL
        SELECT g.person_id, s."at" || s.serial
        FROM {PEOPLE} AS g
        JOIN binding AS b ON b.grantor_id = g.person_id AND b.freed = 0
        CROSS JOIN {MONTHS} AS m
        JOIN settlement AS s ON s.month = m.month AND s.person_id = b.person_id
         AND s.freed = 0 AND s."at" >= b.bound_at
         AND (b.unbound_at = '' OR s."at" < b.unbound_at)
        WHERE m.month >= :month AND s."at" >= :first
    ) AS later GROUP BY person_id
"""
ANY_FREED = """
    SELECT 1 FROM batch WHERE kind = 'settlement' AND state IN ('rejected', 'undone')
    LIMIT 1
"""
