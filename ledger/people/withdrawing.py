"""Withdrawing a list of people: its lines that made no voucher are freed."""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.people import changes, freeing
from ledger.people.tables import (
    AccountOpeningLine,
    BounceLine,
    ChangeLine,
    ContributionLine,
    Filing,
)
from ledger.settlements import freeing as bills
from ledger.settlements import withdrawing as settled
from ledger.settlements.tables import (
    Binding,
    Institution,
    OtherSettlement,
    Premium,
    Settlement,
)

TABLES = {
    "G1": ContributionLine.__table__,
    "G2": AccountOpeningLine.__table__,
    "G3": Settlement.__table__,
    "G5": Premium.__table__,
    "G6": ChangeLine.__table__,
    "G7": Filing.__table__,
    "G8": BounceLine.__table__,
    "G4": Binding.__table__,
    "G10": Institution.__table__,
    "G9": OtherSettlement.__table__,
}
# Above what batches and postings give, so that no two free the same line alike.
BY_DOCUMENT = 1_000_000_000


def counted(connection: Connection) -> dict[int, tuple[int, int]]:
    """Of each document its live lines, and how many of them made no voucher."""
    found: dict[int, tuple[int, int]] = {}
    for form in TABLES:
        rows = connection.execute(text(LIVE[form]))
        for row in rows:
            lines, bare = found.get(row.document_id, (0, 0))
            more = row.lines if row.bare else 0
            found[row.document_id] = (lines + row.lines, bare + more)
    return found


def withdraw(connection: Connection, form: str, document_id: int) -> int:
    """Free what made no voucher; says how many lines there were."""
    if form == "G1":
        return freeing.withdraw(connection, document_id)
    if form == "G3":
        return bills.withdraw(connection, document_id)
    if form == "G4":
        freed = BY_DOCUMENT + document_id
        return settled.bindings(connection, document_id, freed)
    if form == "G10":
        return settled.designations(connection, document_id)
    values = {"document": document_id}
    bare = "freed = 0 AND document_id = :document"
    if form == "G2":  # an opening always has its voucher
        return 0
    if form == "G9":  # what `match` made up has its voucher
        bare += f" AND NOT {MADE_UP}"
    elif form != "G7":
        bare += " AND batch_id IS NULL"
    table = TABLES[form].name
    people = list(
        connection.execute(text(f"SELECT person_id FROM {table} WHERE {bare}"), values)
        .scalars()
        .all()
    )
    connection.execute(
        text(f"UPDATE {table} SET freed = :freed WHERE {bare}"),
        {**values, "freed": BY_DOCUMENT + document_id},
    )
    if form == "G6":
        changes.withdrawn(connection, BY_DOCUMENT + document_id, people)
    return len(people)


MADE_UP = """EXISTS (
    SELECT 1 FROM settlement AS s
    WHERE s.month = other_settlement.month AND s.freed = 0 AND s.act = '补记'
      AND s.person_id = other_settlement.person_id
      AND other_settlement.serial IN (s.serial, s.original))"""
LIVE = {
    form: f"""
    SELECT document_id, count(*) AS lines, {bare} AS bare
    FROM {TABLES[form].name} WHERE freed = 0 GROUP BY document_id, {bare}
    """
    for form, bare in {
        "G2": "0",
        "G5": "CASE WHEN batch_id IS NULL THEN 1 ELSE 0 END",
        "G6": "CASE WHEN batch_id IS NULL THEN 1 ELSE 0 END",
        "G7": "1",
        "G8": "CASE WHEN batch_id IS NULL THEN 1 ELSE 0 END",
    }.items()
}
LIVE["G2"] = LIVE["G2"].replace("GROUP BY document_id, 0", "GROUP BY document_id")
LIVE["G7"] = LIVE["G7"].replace("GROUP BY document_id, 1", "GROUP BY document_id")
LIVE["G4"], LIVE["G10"] = settled.LIVE_BINDINGS, settled.LIVE_DESIGNATIONS
LIVE["G3"] = """
    SELECT s.document_id, count(*) AS lines,
           CASE WHEN batch.posting_id IS NULL THEN 1 ELSE 0 END AS bare
    FROM settlement AS s JOIN batch ON batch.id = s.batch_id
    JOIN document ON document.id = s.document_id AND document.form = 'G3'
    WHERE s.freed = 0
    GROUP BY s.document_id, CASE WHEN batch.posting_id IS NULL THEN 1 ELSE 0 END
"""
LIVE["G9"] = f"""
    SELECT document_id, count(*) AS lines, bare FROM (
        SELECT document_id, CASE WHEN {MADE_UP} THEN 0 ELSE 1 END AS bare
        FROM other_settlement WHERE freed = 0
    ) AS said GROUP BY document_id, bare
"""
LIVE["G1"] = """
    SELECT line.document_id, line.lines, CASE WHEN EXISTS (
        SELECT 1 FROM posting
        WHERE posting.document_id = line.document_id AND posting.live
          AND posting.unit LIKE 'G1|' || line.region || '|%'
    ) THEN 0 ELSE 1 END AS bare
    FROM (
        SELECT document_id, region, count(*) AS lines FROM contribution_line
        WHERE freed = 0 GROUP BY document_id, region
    ) AS line
"""
