"""A plan's list (预付金明细表) as F3: its rows, and in which 版次 they stand.

A list that is issued again after a dispute has the changed rows in the next 版次, the
others as they were, so that who took the first list knows them and takes the new
ones. A later 核定 takes the place of the one before; what is added (额度调整,
紧急调增) is corrected by a row of the difference.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Sequence

from sqlalchemy import Connection, select

from desk.taking import same_text
from ledger import sources
from ledger.advances import notice_sources, plans
from ledger.advances.notices import LineRow, NoticeRow
from ledger.advances.plans import PlanRow
from ledger.documents import Quota
from ledger.money import NOTHING
from ledger.periods import period
from ledger.schema import QuotaLine
from reports.usage_notes import last_edition_set

QUOTA = QuotaLine.__table__
Amounts = tuple[Decimal, Decimal]  # 跨省, 省内


def quotas(
    connection: Connection, row: NoticeRow, lines: Sequence[LineRow]
) -> list[Quota]:
    """A list's amounts by payer and fund, both scopes on one line."""
    plan = plans.plan(connection, row.plan_id)
    taken = _taken(connection, row)
    payers = {line.region for line in lines}
    highest = max(
        plans.last_edition(connection, row.period, row.holder),
        last_edition_set(connection, row.period, payers),
    )
    found: list[Quota] = []
    for (region, fund), (amounts, note) in _cells(lines).items():
        there = taken.get((region, fund), [])
        if plan.kind == plans.QUOTA:
            there = there[-1:]
        kept = there
        missing = _less(amounts, _sum(there))
        if not there or missing != (NOTHING, NOTHING):
            edition = 1 + highest if there else plan.edition
            if plan.kind == plans.QUOTA:
                kept, missing = [], amounts
            new = _quota(plan, edition, region, fund, missing, note)
            kept = [*kept, new]
        found += kept
    return [line._replace(sheet="", row=at) for at, line in enumerate(found, 1)]


def _cells(
    lines: Sequence[LineRow],
) -> dict[tuple[str, str], tuple[Amounts, str]]:
    """By payer and fund: both amounts, and what the lines note."""
    cells: dict[tuple[str, str], dict[str, LineRow]] = defaultdict(dict)
    for line in lines:
        cells[line.region, line.fund][line.scope] = line
    found = {}
    for key, scopes in cells.items():
        abroad, home = (
            scopes[scope].amount if scope in scopes else NOTHING
            for scope in plans.SCOPES
        )
        notes = dict.fromkeys(line.note for line in scopes.values() if line.note)
        found[key] = ((abroad, home), "；".join(notes))
    return found


def _quota(
    plan: PlanRow, edition: int, region: str, fund: str, amounts: Amounts, note: str
) -> Quota:
    return Quota(
        sheet="",
        row=0,
        quarter=period(plan.quarter),
        edition=edition,
        kind=plan.kind,
        region=region,
        fund=fund,
        abroad=amounts[0],
        home=amounts[1],
        note=note,
    )


def _sum(rows: Sequence[Quota]) -> Amounts:
    return (
        sum((row.abroad for row in rows), NOTHING),
        sum((row.home for row in rows), NOTHING),
    )


def _less(first: Amounts, second: Amounts) -> Amounts:
    return first[0] - second[0], first[1] - second[1]


def _taken(
    connection: Connection, row: NoticeRow
) -> dict[tuple[str, str], list[Quota]]:
    """What was taken as F3 of a list so far, by payer and fund, by 版次."""
    ids = notice_sources.ids_in(row.source_lines)
    if not ids and row.document_id is not None:
        ids = connection.scalars(
            select(QUOTA.c.id).where(QUOTA.c.document_id == row.document_id)
        ).all()
    found: dict[tuple[str, str], list[Quota]] = defaultdict(list)
    for line in notice_sources.source_lines(connection, "F3", ids):
        found[line.region, line.fund].append(line)
    for lines in found.values():
        lines.sort(key=lambda line: line.edition)
    return found


def ids_taken(
    connection: Connection, row: NoticeRow, lines: Sequence[Quota]
) -> list[int] | None:
    """The ids of F3's lines that say just this; None where one is not there."""
    known = {
        same_text(one.line): one.id
        for one in sources.known_lines(connection, "F3", "quarter", {row.period})
    }
    ids = [known.get(same_text(line)) for line in lines]
    return None if None in ids else ids


def documents(connection: Connection, row: NoticeRow) -> list[int]:
    """The documents by which a list was taken, the first and those after it."""
    ids = notice_sources.ids_in(row.source_lines)
    found = connection.scalars(
        select(QUOTA.c.document_id).where(QUOTA.c.id.in_(ids), QUOTA.c.live).distinct()
    ).all()
    return sorted({*found, *({row.document_id} - {None})})
