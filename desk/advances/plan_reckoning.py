"""What a plan comes to: the formula's results against what was set before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from ledger.advances import plans
from ledger.advances.plans import CHANGE, EMERGENCY, QUOTA, LineRow
from ledger.money import NOTHING, grouped
from ledger.periods import Quarter
from posting_rules.planning import work
from posting_rules.policies import Policy
from reports.advances.plan_inputs import Position, regular
from reports.advances.plan_money import payers_of
from reports.usage_notes import set_amounts


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
        line = line_of(policy, kind, position, before.get(cell, NOTHING))
        if kind == CHANGE and entered.get(cell):
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
                found[line.cell] = line.amount - (line.computed - line.before)
    return found


def line_of(policy: Policy, kind: str, position: Position, before: Decimal) -> LineRow:
    """A position's line: the formula's result, less what earlier editions set."""
    worked = work(policy, kind, position.inputs, position.parameters)
    return LineRow(
        payer=position.payer,
        scope=position.scope,
        fund=position.fund,
        computed=worked.amount,
        before=before,
        amount=worked.amount - before,
        working=worked.as_json(),
        note="；".join(position.notes),
    )
