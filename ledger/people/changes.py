"""G6 in the database: what stands of the people of a list, and its new lines.

The list lies staged (`staging`) as the temporary table `g6`; amounts are whole fen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, text

from ledger.database import bulk_insert
from ledger.people import deaths, states
from ledger.people.deaths import MONTHLY, Death
from ledger.people.tables import ChangeLine, Movement, SerialKey

STAGED = "g6"
LINE, MOVEMENT = ChangeLine.__table__, Movement.__table__
SERIAL = SerialKey.__table__
FORM = "G6"
IN, OUT, INHERITANCE, DEATH = "转入", "转出", "继承", "死亡"
ACTS = {IN: "move-in", OUT: "move-out", INHERITANCE: "inherit"}


class Change(NamedTuple):
    """A staged row; amounts in whole fen, days as texts."""

    at: int
    sheet: str
    row: int
    serial: str
    dated: str
    person_id: str
    kind: str
    died_on: str | None
    amount: int
    other: str
    payee_name: str
    payee_account: str
    payee_bank: str
    basis: str
    note: str
    region: str


# What two rows of one 流水号 must share to be the same row; the region may be found.
CONTENT = ("dated", "kind", "died_on", "amount", "other", "payee_name")
CONTENT += ("payee_account", "payee_bank", "basis", "note")


@dataclass
class Held:
    """An account as the rows of a list find it; `claim` is P22's, `out` what drafts
    that are not yet approved take."""

    balance: int = 0
    claim: int = 0
    out: int = 0

    @property
    def free(self) -> int:
        return self.balance - self.out


@dataclass
class Insured:
    """A person as the rows of a list find them; `by_month` is what was credited."""

    name: str
    region: str
    died_on: str | None
    retired_from: str
    accounts: dict[str, Held] = field(default_factory=dict)
    by_month: dict[tuple[str, str], int] = field(default_factory=dict)

    def undue(self, region: str, died_on: str) -> int:
        """What was credited for months after a death and not yet taken back."""
        return sum(
            amount
            for (where, month), amount in self.by_month.items()
            if where == region and month > died_on[:7]
        )


def rows(connection: Connection) -> list[Change]:
    """The staged rows in the order of day and 流水号, in which they act.

    A row 死亡 that leaves 死亡日期 out means its 日期.
    """
    found = connection.execute(text(ROWS))
    changes = [Change(*row) for row in found]
    changes = [
        row._replace(died_on=row.died_on or row.dated) if row.kind == DEATH else row
        for row in changes
    ]
    return sorted(changes, key=lambda row: (row.dated, row.serial, row.at))


def people(connection: Connection) -> dict[str, Insured]:
    """Everyone named in the list who is registered, with their accounts."""
    found = {
        row.person_id: Insured(
            row.name, row.region, row.died_on and str(row.died_on), row.retired_from
        )
        for row in connection.execute(text(PEOPLE))
    }
    for row in connection.execute(text(ACCOUNTS)):
        held = Held(row.balance, row.claim, row.out)
        found[row.person_id].accounts[row.region] = held
    for row in connection.execute(text(CREDITED)):
        found[row.person_id].by_month[row.region, row.period] = row.amount
    return found


def known(connection: Connection) -> dict[str, tuple[str, tuple]]:
    """By 流水号 that is taken: whose it is, and its content."""
    return {
        row.serial: (row.person_id, tuple(said(getattr(row, f)) for f in CONTENT))
        for row in connection.execute(text(KNOWN))
    }


def content(row: Change) -> tuple:
    return tuple(said(getattr(row, field)) for field in CONTENT)


def said(value) -> str:
    return "" if value is None else str(value)


def times_freed(connection: Connection) -> dict[str, int]:
    """By 流水号: how often its line was taken back; its movement's key says so."""
    found: dict[str, int] = defaultdict(int)
    for row in connection.execute(text(TIMES_FREED)):
        found[row.serial] = row.times
    return found


def insert(
    connection: Connection,
    lines: Sequence[tuple[Change, str, int | None]],
    document_id: int,
) -> None:
    """Register lines: row, region of the account, batch (None: no money moves)."""
    if not lines:
        return
    told = (
        (*row[3:-1], region, 0, row.sheet, row.row, batch_id, document_id)
        for row, region, batch_id in lines
    )
    bulk_insert(connection, LINE, LINE_COLUMNS, told)
    keys = ((FORM, row.serial, row.person_id) for row, _, _ in lines)
    bulk_insert(connection, SERIAL, ("form", "serial", "person_id"), keys)


def insert_movements(connection: Connection, rows: Sequence[tuple]) -> None:
    """Movements of a list's rows, in the order of MOVEMENT_COLUMNS; the amount is
    signed."""
    bulk_insert(connection, MOVEMENT, MOVEMENT_COLUMNS, rows)


def register(connection: Connection, told: Sequence[Death]) -> None:
    """Register deaths that rows 死亡 told, and what follows for the accounts."""
    deaths.register(connection, told)
    states.settle_people(connection, [death.person_id for death in told])


def free(connection: Connection, batch_id: int) -> None:
    """Free the lines and 流水号 of a batch that was rejected or reversed.

    Deaths that its inheritances alone told, and states that followed, go with them.
    """
    values = {"batch": batch_id}
    ids = connection.execute(text(PEOPLE_OF_LINES), values).scalars().all()
    connection.execute(text(FREE_SERIALS), values)
    connection.execute(text(FREE_LINES), values)
    deaths.withdraw(connection, ids)
    states.settle_people(connection, ids)


def withdrawn(connection: Connection, freed: int, person_ids: Sequence[str]) -> None:
    """What follows from lines that moved no money and were freed with a document."""
    connection.execute(text(SERIALS_OF_FREED), {"freed": freed})
    deaths.withdraw(connection, person_ids)
    states.settle_people(connection, person_ids)


LINE_COLUMNS = (*Change._fields[3:-1], "region", "freed", "sheet", "row")
LINE_COLUMNS += ("batch_id", "document_id")
MOVEMENT_COLUMNS = ("person_id", "period", "act", "serial", "region", "dated", "kind")
MOVEMENT_COLUMNS += ("amount", "batch_id", "document_id", "row")
ROWS = f"""
    SELECT "at", sheet, "row", serial, dated, person_id, kind, died_on, amount, other,
           payee_name, payee_account, payee_bank, basis, note, region
    FROM {STAGED}
"""
NAMED = f"(SELECT person_id FROM {STAGED})"
PEOPLE = f"""
    SELECT person_id, name, region, died_on, retired_from FROM person
    WHERE person_id IN {NAMED}
"""
ACCOUNTS = f"""
    SELECT account.person_id, account.region, account.balance, account.claim,
           coalesce(waiting.amount, 0) AS out
    FROM account LEFT JOIN (
        SELECT movement.person_id, movement.region,
               CAST(-sum(movement.amount) AS bigint) AS amount
        FROM movement JOIN batch ON batch.id = movement.batch_id
        WHERE movement.person_id IN {NAMED} AND batch.state = 'draft'
          AND movement.amount < 0
        GROUP BY movement.person_id, movement.region
    ) AS waiting ON waiting.person_id = account.person_id
                AND waiting.region = account.region
    WHERE account.person_id IN {NAMED}
"""
CREDITED = f"""
    SELECT person_id, region, period, CAST(sum(amount) AS bigint) AS amount
    FROM movement
    WHERE person_id IN (
        SELECT person_id FROM {STAGED} WHERE kind IN ('{INHERITANCE}', '{DEATH}')
    ) AND kind IN {MONTHLY} AND period <> ''
    GROUP BY person_id, region, period
"""
KNOWN = f"""
    SELECT change_line.* FROM change_line
    JOIN serial_key ON serial_key.person_id = change_line.person_id
                   AND serial_key.serial = change_line.serial
                   AND serial_key.form = '{FORM}'
    WHERE change_line.freed = 0
      AND serial_key.serial IN (SELECT serial FROM {STAGED})
"""
TIMES_FREED = f"""
    SELECT change_line.serial, count(*) AS times FROM change_line
    JOIN {STAGED} ON {STAGED}.person_id = change_line.person_id
                 AND {STAGED}.serial = change_line.serial
    WHERE change_line.freed > 0 GROUP BY change_line.serial
"""
PEOPLE_OF_LINES = """
    SELECT DISTINCT person_id FROM change_line
    WHERE batch_id = :batch AND freed = 0 ORDER BY person_id
"""
FREE_SERIALS = """
    DELETE FROM serial_key WHERE form = 'G6' AND serial IN (
        SELECT serial FROM change_line WHERE batch_id = :batch AND freed = 0
    )
"""
FREE_LINES = """
    UPDATE change_line SET freed = :batch WHERE batch_id = :batch AND freed = 0
"""
SERIALS_OF_FREED = """
    DELETE FROM serial_key WHERE form = 'G6' AND serial IN (
        SELECT serial FROM change_line WHERE freed = :freed
    ) AND NOT EXISTS (
        SELECT 1 FROM change_line
        WHERE change_line.person_id = serial_key.person_id
          AND change_line.serial = serial_key.serial AND change_line.freed = 0
    )
"""
