"""What a plan comes to: the formula's results against what was set before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from ledger.advances import plans
from ledger.advances.plans import (
    CHANGE,
    EMERGENCY,
    QUOTA,
    SET,
    STAYS,
    WAITS,
    LineRow,
)
from ledger.money import NOTHING, grouped
from ledger.periods import Quarter
from posting_rules.planning import work
from posting_rules.policies import Policy
from reports.advances.plan_inputs import Position, regular
from reports.advances.plan_money import payers_of
from reports.usage_notes import set_amounts

NO_DATA = "无历史数据，请人工测算"
NO_DATA_STAYS = "无历史数据，按已核定的不变"


def reckoned(
    connection: Connection, policy: Policy, quarter: Quarter, region: str, on: date
) -> tuple[str, list[tuple[Position, LineRow]]]:
    """The kind of plan that a quarter needs now, and its lines; nothing is kept."""
    positions = regular(connection, policy, quarter, region, on)
    before = {
        cell: amount.regular
        for cell, amount in set_amounts(connection, quarter).items()
        if cell[0] in payers_of(policy, region)
    }
    kind = CHANGE if before else QUOTA
    entered = _entered(connection, quarter, region)
    found = []
    for position in positions:
        cell = position[:3]
        line = line_of(policy, kind, position, before.get(cell))
        if kind == CHANGE and entered.get(cell) and not line.unknown:
            more = entered[cell]
            said = f"沿用已发布的人工调整{grouped(more)}元"
            note = "；".join(filter(None, (line.note, said)))
            line = line._replace(amount=line.amount + more, note=note)
        found.append((position, line))
    return kind, found


def _entered(connection: Connection, quarter: Quarter, region: str) -> dict:
    """By cell: how far people went from the formula in what was issued; a true-up
    does not undo that."""
    found = {}
    for row in plans.standing(connection, quarter, region):
        if row.state == plans.ISSUED and row.kind != EMERGENCY:
            for line in plans.lines(connection, row.id):
                more = line.amount - (line.computed - line.before)
                # What was set where nothing was known is no departure from the formula.
                if line.unknown != STAYS:
                    found[line.cell] = NOTHING if line.unknown == SET else more
    return found


def line_of(
    policy: Policy, kind: str, position: Position, before: Decimal | None
) -> LineRow:
    """A position's line: the formula's result, less what earlier editions set.

    Where there is nothing to reckon it from it stays as it was set (`before`), and
    waits for an amount by hand where it never was (None).
    """
    worked = work(policy, kind, position.inputs, position.parameters)
    set_before = before or NOTHING
    unknown, notes = "", position.notes
    if worked.unknown:
        unknown = WAITS if before is None else STAYS
        notes = (*notes, NO_DATA if before is None else NO_DATA_STAYS)
    computed = set_before if unknown else worked.amount
    return LineRow(
        payer=position.payer,
        scope=position.scope,
        fund=position.fund,
        computed=computed,
        before=set_before,
        amount=computed - set_before,
        working=worked.as_json(unknown),
        note="；".join(notes),
    )
