"""Matching: our shared settlements of a month against the other side's (G9).

Compared by 结算流水号 and 授权人, where the account is of another region than the
treatment. Our side lies in a temporary table once, two joins compare it; only what
does not agree leaves the database. Amounts are whole fen.

What `match` made up or took back stands as settlement lines whose document is a list
G9 (no other line's is): they are found by it, so that rejecting or reversing their
posting opens a row again by itself.
"""

from __future__ import annotations

from collections import Counter
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, bindparam, text

from ledger.database import slices
from ledger.people import staging
from ledger.settlements.results import MADE_UP, REVERSAL
from ledger.settlements.state import USABLE

FORM = "G9"
OURS, ACTS, OUT = "match_ours", "match_act", "match_out"
OURS_ONLY, THEIRS_ONLY, DIFFER = "ours_only", "theirs_only", "differ"


class Found(NamedTuple):
    """A row that does not agree; None on the side that does not have it.

    `line` is our settlement's serial, of what was made up perhaps another than theirs;
    `agreed` counts its other payers whose amounts agree with the other side.
    """

    kind: str
    serial: str
    payer_id: str
    place: str
    payer_region: str
    at: str
    act: str
    ours: int | None
    theirs: int | None
    line: str
    document_id: int | None  # of theirs
    sheet: str
    row: int | None
    agreed: int = 0


class Done(NamedTuple):
    """A line that `match` made; `state` is its batch's, `posting_id` its vouchers'."""

    act: str  # 补记, 冲正
    serial: str  # of the row that it resolves
    line: str
    payer_id: str
    place: str
    payer_region: str
    at: str
    amount: int
    state: str
    posting_id: int | None
    institution: str


class Compared(NamedTuple):
    """What a month's comparison found; `agreed` counts rows and whole fen."""

    agreed: tuple[int, int]
    theirs: int  # rows of theirs
    found: list[Found]
    done: list[Done]


def compare(connection: Connection, month: str) -> Compared:
    """Compare a month; drafts are as good as posted, rejected lines do not count."""
    _keep_acts(connection)
    ours = staging.temporary(connection, OURS, OUR_ROWS, month=month)
    connection.exec_driver_sql(f"CREATE INDEX {OURS}_key ON {OURS} (payer_id, serial)")
    total = connection.execute(text(SUM_OURS)).scalar_one()
    near = {"month": month, "before": _beside(month, -1), "after": _beside(month, 1)}
    rows = [Found(*row) for row in connection.execute(text(ODD), near)]
    odd = [row.ours for row in rows if row.ours is not None]
    theirs = connection.execute(text(COUNT_THEIRS), {"month": month}).scalar_one()
    if theirs:
        rows = _with_agreed(connection, month, rows)
    return Compared(
        (ours - len(odd), total - sum(odd)), theirs, rows, _done(connection, month)
    )


def latest_list(connection: Connection, month: str) -> int | None:
    """The document of the month's latest list G9; None where there is none."""
    return connection.execute(text(LATEST), {"month": month}).scalar()


def documents(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Hash and name of documents, by id."""
    rows = connection.execute(text(DOCUMENTS)).all()
    return {row.id: (row.sha256, row.name) for row in rows if row.id in set(ids)}


def serial_taken(connection: Connection, serial: str) -> bool:
    """Whether a settlement stands under a serial."""
    return connection.execute(text(TAKEN), {"serial": serial}).first() is not None


def moved(connection: Connection, person_id: str, serial: str) -> bool:
    """Whether an account moved under a serial, also where that was taken back."""
    values = {"person": person_id, "serial": serial}
    return connection.execute(text(MOVED), values).first() is not None


def free_money(
    connection: Connection, person_ids: Iterable[str]
) -> dict[tuple[str, str], int]:
    """By person and region: what usable accounts hold, less what drafts take."""
    free: dict[tuple[str, str], int] = {}
    for part in slices(sorted(set(person_ids))):
        for query in (HELD, DRAFTED):
            asked = text(query).bindparams(bindparam("ids", expanding=True))
            for row in connection.execute(asked, {"ids": part}):
                key = row.person_id, row.region
                if query is HELD or key in free:
                    free[key] = free.get(key, 0) + row.amount
    return free


def status_of(connection: Connection, person_id: str) -> str:
    """在职 or 退休 as last known, "" for who is not registered."""
    row = connection.execute(text(STATUS), {"person": person_id}).first()
    return row.status if row else ""


def _with_agreed(connection: Connection, month: str, rows: list[Found]) -> list[Found]:
    """Say of our rows how many other payers of their bills agree."""
    odd = {(row.line, row.payer_id) for row in rows if row.line}
    agreed: Counter[str] = Counter()
    asked = text(PAYERS).bindparams(bindparam("lines", expanding=True))
    for part in slices(sorted({line for line, _ in odd})):
        for row in connection.execute(asked, {"month": month, "lines": part}):
            agreed[row.serial] += (row.serial, row.payer_id) not in odd
    return [row._replace(agreed=agreed[row.line]) if row.line else row for row in rows]


def _done(connection: Connection, month: str) -> list[Done]:
    rows = connection.execute(text(DONE), {"month": month})
    return [Done(*row) for row in rows]


def _keep_acts(connection: Connection) -> None:
    """What `match` made so far, as a temporary table: few lines, if any."""
    months = connection.execute(text(ACT_MONTHS)).scalars().all()
    places = ", ".join(f"'{month}'" for month in months) or "''"
    staging.temporary(connection, ACTS, ACT_LINES.format(months=places))
    staging.temporary(connection, OUT, TAKEN_BACK)
    connection.exec_driver_sql(f"CREATE INDEX {OUT}_key ON {OUT} (person_id, serial)")


def _beside(month: str, step: int) -> str:
    year, number = int(month[:4]), int(month[5:]) - 1 + step
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


BATCHES = f"""
    SELECT batch.id FROM document
    JOIN batch_document AS taken ON taken.document_id = document.id
    JOIN batch ON batch.id = taken.batch_id
    WHERE document.form = '{FORM}' AND batch.kind = 'settlement'
      AND batch.state IN ('draft', 'counted')
"""
ACT_MONTHS = f"SELECT DISTINCT period FROM batch WHERE id IN ({BATCHES})"
ACT_LINES = f"""
    SELECT s.month, s.person_id, s.serial, s.act, s.original, s.original_month,
           batch.state, batch.posting_id
    FROM settlement AS s JOIN batch ON batch.id = s.batch_id
    WHERE s.month IN ({{months}}) AND s.freed = 0 AND s.batch_id IN ({BATCHES})
"""
TAKEN_BACK = f"""
    SELECT person_id, serial FROM {ACTS} WHERE act = '{REVERSAL}'
    UNION SELECT person_id, original FROM {ACTS} WHERE act = '{REVERSAL}'
"""
ON_LINE = """s.month = sh.month AND s.person_id = sh.person_id
     AND s.serial = sh.serial AND s.freed = sh.freed"""
# What is made up stands for their serial, under it or as its original.
THEIR_SERIAL = f"""CASE WHEN s.act = '{MADE_UP}' AND s.original <> ''
            THEN s.original ELSE s.serial END"""
# What was taken back whole, and what did it, are not compared any more.
OUR_ROWS = f"""
    SELECT {THEIR_SERIAL} AS serial, sh.payer_id, sh.amount, sh.place,
           sh.payer_region, s.act, s."at", s.serial AS line
    FROM settlement_share AS sh JOIN settlement AS s ON {ON_LINE}
    WHERE sh.month = :month AND sh.freed = 0 AND sh.payer_region <> sh.place
      AND NOT EXISTS (
        SELECT 1 FROM {OUT} AS back
        WHERE back.person_id = s.person_id AND back.serial = s.serial)
"""
PAYERS = """
    SELECT sh.serial, sh.payer_id FROM serial_key AS k JOIN settlement_share AS sh
      ON sh.month = :month AND sh.person_id = k.person_id
     AND sh.serial = k.serial AND sh.freed = 0
    WHERE k.form = 'G3' AND k.serial IN :lines AND sh.payer_region <> sh.place
"""
SUM_OURS = f"SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM {OURS}"
COUNT_THEIRS = """
    SELECT count(*) FROM other_settlement WHERE month = :month AND freed = 0
"""
UNLIKE = f"""(o.amount <> t.amount OR o.place <> t.place
    OR o.payer_region <> t.payer_region
    OR o.act <> t.act AND o.act <> '{MADE_UP}')"""
# Around midnight of a month's last day the sides may name two months: ours is found
# by theirs of any month, theirs by ours of the months beside.
ODD = f"""
    SELECT CASE WHEN t.serial IS NULL THEN '{OURS_ONLY}' ELSE '{DIFFER}' END AS kind,
           o.serial, o.payer_id, o.place, o.payer_region, o."at", o.act,
           o.amount AS ours, t.amount AS theirs, o.line, t.document_id, t.sheet,
           t."row"
    FROM {OURS} AS o LEFT JOIN other_settlement AS t
      ON t.person_id = o.payer_id AND t.serial = o.serial AND t.freed = 0
    WHERE t.serial IS NULL OR {UNLIKE}
    UNION ALL
    SELECT '{THEIRS_ONLY}', t.serial, t.person_id, t.place, t.payer_region, t."at",
           t.act, NULL, t.amount, '', t.document_id, t.sheet, t."row"
    FROM other_settlement AS t LEFT JOIN {OURS} AS o
      ON o.payer_id = t.person_id AND o.serial = t.serial
    WHERE t.month = :month AND t.freed = 0 AND o.serial IS NULL AND NOT EXISTS (
        SELECT 1 FROM serial_key AS k JOIN settlement_share AS sh
          ON sh.person_id = k.person_id AND sh.serial = k.serial
        WHERE k.form = 'G3' AND k.serial = t.serial AND sh.payer_id = t.person_id
          AND sh.month IN (:before, :after) AND sh.freed = 0
          AND sh.payer_region <> sh.place
          AND NOT EXISTS (
            SELECT 1 FROM {OUT} AS back
            WHERE back.person_id = sh.person_id AND back.serial = sh.serial))
    ORDER BY 6, 2, 3
"""
DONE = f"""
    SELECT a.act, CASE WHEN a.original <> '' THEN a.original ELSE a.serial END,
           a.serial, sh.payer_id, sh.place, sh.payer_region, s."at", sh.amount,
           a.state, a.posting_id, s.institution
    FROM {ACTS} AS a JOIN settlement AS s ON s.month = a.month
     AND s.person_id = a.person_id AND s.serial = a.serial AND s.freed = 0
    JOIN settlement_share AS sh ON {ON_LINE}
    WHERE sh.payer_region <> sh.place AND :month =
          CASE WHEN a.original_month <> '' THEN a.original_month ELSE a.month END
    ORDER BY s."at", a.serial, sh.position
"""
LATEST = """
    SELECT max(document_id) FROM other_settlement WHERE month = :month AND freed = 0
"""
DOCUMENTS = f"SELECT id, sha256, name FROM document WHERE form = '{FORM}'"
STATUS = "SELECT status FROM person WHERE person_id = :person"
HELD = f"""
    SELECT person_id, region, balance AS amount FROM account
    WHERE person_id IN :ids AND state IN {USABLE}
"""
DRAFTED = """
    SELECT movement.person_id, movement.region,
           CAST(sum(movement.amount) AS bigint) AS amount
    FROM movement JOIN batch ON batch.id = movement.batch_id
    WHERE movement.person_id IN :ids AND batch.state = 'draft'
      AND (movement.amount < 0 OR batch.kind = 'settlement')
    GROUP BY movement.person_id, movement.region
"""
TAKEN = "SELECT 1 FROM serial_key WHERE form = 'G3' AND serial = :serial"
MOVED = """
    SELECT 1 FROM movement
    WHERE person_id = :person AND period = '' AND act = 'settle' AND serial = :serial
"""
