"""Monthly crediting: a month's ready lines become movements, in one statement.

Lines are told apart by the document that made them ready: those of documents that a
standing batch of the month took are credited. Rates and amounts are handed in.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Date, bindparam, text

from ledger.money import NOTHING, from_fen, whole_fen
from ledger.people import batches
from ledger.people.batches import KindTotal

KIND = "credit"
ACTIVE, RETIRED, CIVIL = "在职", "退休", "公务员补助"


class Part(NamedTuple):
    """Ready lines that are credited alike."""

    lines: int = 0
    own: Decimal = NOTHING
    civil_lines: int = 0
    civil: Decimal = NOTHING
    supplements: int = 0  # lines of 补缴


class Ready(NamedTuple):
    """A month's lines in a region: what waits, and what no batch has credited yet."""

    imported: int
    waiting: int
    unapproved: int  # lines of lists whose P1 is a draft
    unapproved_lists: int
    document_ids: tuple[int, ...]
    parts: dict[str, Part]  # by credit_as


class Kinds(NamedTuple):
    """What is credited, and onto which sub-account of 个人账户基金."""

    active: str
    retired: str
    fixed: Decimal  # a month's amount for 退休
    civil: str  # "" where the rule has none
    twice: bool  # a 补缴 beside a 正常 of the month is credited as well


def ready(connection: Connection, region: str, month: str) -> Ready:
    """Count a month's lines in one pass."""
    standing = batches.standing(connection, KIND, region, month)
    taken = batches.taken_documents(connection, [batch.id for batch in standing])
    drafts = _drafts(connection, region)
    imported = waiting = unapproved = 0
    documents: set[int] = set()
    lists: set[int] = set()
    parts: dict[str, Part] = defaultdict(Part)
    for row in connection.execute(text(READY), {"region": region, "month": month}):
        imported += row.lines
        if row.ready_document_id is None:
            waiting += row.lines
        elif not row.credit_as or row.ready_document_id in taken:
            continue
        elif row.ready_document_id in drafts:
            lists.add(row.ready_document_id)
            unapproved += row.lines
        else:
            documents.add(row.ready_document_id)
            parts[row.credit_as] = _together(parts[row.credit_as], row)
    ids = tuple(sorted(documents))
    return Ready(imported, waiting, unapproved, len(lists), ids, dict(parts))


def _drafts(connection: Connection, region: str) -> set[int]:
    """The lists whose contributions (P1) wait for approval in a region.

    All their lines wait, also those of 退休, so that a list is taken once and whole.
    """
    units = {"unit": f"G1|{region}|%", "event": "contribution"}
    return set(connection.execute(text(DRAFTS), units).scalars())


def credit(
    connection: Connection,
    batch_id: int,
    region: str,
    month: str,
    dated: date,
    found: Ready,
    kinds: Kinds,
) -> tuple[list[KindTotal], int]:
    """Insert the movements of what is ready; the totals by kind, and how many people.

    A second line of a month (setting `supplement`) has "b" behind its key, and is
    never a second fixed amount.
    """
    values = {
        "region": region,
        "month": month,
        "dated": dated,
        "batch": batch_id,
        "serial": batches.generation(connection, KIND, region, month),
        "second": batches.generation(connection, KIND, region, month) + "b",
        "documents": found.document_ids,
        "active": ACTIVE,
        "retired": RETIRED,
        "active_kind": kinds.active,
        "retired_kind": kinds.retired,
        "fixed": whole_fen(kinds.fixed),
    }
    lines = sum(part.lines for part in found.parts.values())
    twice = kinds.twice and _supplemented(connection, found, values)
    if twice:
        for line_kind in ("正常", "补缴"):
            _run(connection, CREDIT_TWICE, {**values, "line_kind": line_kind})
    else:
        made = _run(connection, CREDIT, values)
        assert made == lines, f"{made} movements of {lines} lines"
    civil = any(part.civil_lines for part in found.parts.values()) and kinds.civil
    if civil:
        _run(connection, CREDIT_CIVIL, {**values, "civil_kind": kinds.civil})
    if twice:
        return _counted(connection, batch_id)
    return _totals(found, kinds), lines


def _together(part: Part, row) -> Part:
    return Part(
        part.lines + row.lines,
        part.own + from_fen(row.own),
        part.civil_lines + row.civil_lines,
        part.civil + from_fen(row.civil),
        part.supplements + row.supplements,
    )


def _supplemented(connection: Connection, found: Ready, values: dict) -> bool:
    """Whether someone may have two lines of the month: 补缴 now, or credited before."""
    if any(part.supplements for part in found.parts.values()):
        return True
    return bool(batches.standing(connection, KIND, values["region"], values["month"]))


def _totals(found: Ready, kinds: Kinds) -> list[KindTotal]:
    """The totals as the lines were counted: everyone has one line."""
    active = found.parts.get(ACTIVE, Part())
    retired = found.parts.get(RETIRED, Part())
    civil = active.civil_lines + retired.civil_lines
    made = [
        KindTotal(kinds.active, active.lines, active.lines, active.own),
        KindTotal(
            kinds.retired, retired.lines, retired.lines, retired.lines * kinds.fixed
        ),
        KindTotal(kinds.civil, civil, civil, active.civil + retired.civil),
    ]
    return [kind for kind in made if kind.kind and kind.movements]


def _counted(connection: Connection, batch_id: int) -> tuple[list[KindTotal], int]:
    return batches.totals(connection, batch_id), batches.people_of(connection, batch_id)


def _run(connection: Connection, statement: str, values: dict) -> int:
    prepared = text(statement).bindparams(
        bindparam("dated", type_=Date), bindparam("documents", expanding=True)
    )
    return connection.execute(prepared, values).rowcount


DRAFTS = """
    SELECT document_id FROM posting
    WHERE event = :event AND unit LIKE :unit AND state = 'draft'
      AND reverses_id IS NULL
"""
READY = """
    SELECT ready_document_id, credit_as, count(*) AS lines,
           CAST(sum(own) AS bigint) AS own,
           count(CASE WHEN civil > 0 THEN 1 END) AS civil_lines,
           CAST(coalesce(sum(CASE WHEN civil > 0 THEN civil END), 0) AS bigint)
               AS civil,
           count(CASE WHEN kind = '补缴' THEN 1 END) AS supplements
    FROM contribution_line
    WHERE month = :month AND region = :region AND freed = 0
    GROUP BY ready_document_id, credit_as
"""
INTO = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id, document_id, row)
"""
READY_LINES = """
    FROM contribution_line AS line
    WHERE line.month = :month AND line.region = :region AND line.freed = 0
      AND line.ready_document_id IN :documents
      AND line.credit_as IN (:active, :retired)
"""
AMOUNTS = """
    line.region, :dated,
    CASE line.credit_as WHEN :active THEN :active_kind ELSE :retired_kind END,
    CASE line.credit_as WHEN :active THEN line.own ELSE :fixed END,
    :batch, line.document_id, line.row
"""
CREDIT = f"""{INTO}
    SELECT line.person_id, line.month, 'credit', :serial, {AMOUNTS} {READY_LINES}
"""
STANDS = """EXISTS (
    SELECT 1 FROM movement WHERE movement.person_id = line.person_id
       AND movement.period = line.month AND movement.act = 'credit'
       AND movement.serial = :serial
)"""
CREDIT_TWICE = f"""{INTO}
    SELECT line.person_id, line.month, 'credit',
           CASE WHEN {STANDS} THEN :second ELSE :serial END, {AMOUNTS} {READY_LINES}
      AND line.kind = :line_kind AND (line.credit_as = :active OR NOT {STANDS})
"""
CREDIT_CIVIL = f"""{INTO}
    SELECT line.person_id, line.month, 'civil',
           CASE line.kind WHEN '补缴' THEN :second ELSE :serial END, line.region, :dated,
           :civil_kind, line.civil, :batch, line.document_id, line.row
    {READY_LINES} AND line.civil > 0
"""
