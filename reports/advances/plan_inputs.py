"""The inputs of the next advances, payer by payer, as a day sees them.

Money comes from voucher lines through the usage rates (reports.usage), so that a plan
and a rate never differ; what waits, what is under way and what earlier years paid
comes from the forms. 依据：三（三）；附件一 一（一）、三；五（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection

from ledger.money import NOTHING, grouped
from ledger.periods import Quarter
from posting_rules.policies import Policy
from reports.advances import plan_readings
from reports.advances.plan_money import money, usage_at
from reports.advances.plan_seen import Seen
from reports.usage_notes import Cell

TENTATIVE = "暂定："
NO_LIST = "上季度没有清算单，按往年同期的平均计算"
SHARED = "未分范围的余额按首个季度的清算分到跨省和省内"
NOTHING_KNOWN = "上季度没有清算单，导入清单后再测算"


class Position(NamedTuple):
    """One payer's 范围 and 险种: what the formula takes, and what is to be said."""

    payer: str
    scope: str
    fund: str
    inputs: dict[str, Decimal | int | Fraction]
    parameters: dict[str, str]
    provisional: bool
    notes: tuple[str, ...]


def regular(
    connection: Connection, policy: Policy, quarter: Quarter, region: str, on: date
) -> list[Position]:
    """For 核定 and 额度调整: the quarter before, as if the quarter's own advances
    were still to come."""
    seen = Seen(connection, policy, quarter, region, on)
    found = []
    for cell in seen.cells():
        older, older_lines = seen.older[cell]
        notes = _notes(seen, cell)
        if older_lines:
            notes.append(
                f"{TENTATIVE}更早的清算{older_lines}行{grouped(older)}元待确认，已从预付金中扣除"
            )
        under_way = seen.under_way(cell, lambda q: q < quarter)
        inputs = {
            **seen.common(cell),
            "advance": seen.held(cell),
            "waiting": under_way + seen.unpaid(cell, seen.before),
            "cash": seen.cash_due(cell, seen.before, seen.common(cell)["last"]),
        }
        found.append(_position(seen, cell, inputs, notes))
    return found


def urgent(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    region: str,
    payer: str,
    on: date,
) -> list[Position]:
    """For 紧急调增 of one payer: the quarter itself, as it stands."""
    seen = Seen(connection, policy, quarter, region, on)
    rows = usage_at(connection, policy, quarter, region, on)
    now = money(rows, defaultdict(lambda: NOTHING), lambda: seen.first_cleared)
    elapsed: dict[Cell, set] = defaultdict(set)
    for row in plan_readings.cleared(connection, [quarter], on):
        if not row.waits:
            cell = (seen.payer_of(row.insured), row.scope, row.fund)
            elapsed[cell] |= set(row.period.months)
    found = []
    for cell in seen.cells(now):
        if cell[0] != payer:
            continue
        advance, cleared = now.get(cell, (NOTHING, NOTHING))
        repaid = seen.repaid(cell, quarter)
        unpaid = seen.unpaid(cell, seen.before) + seen.unpaid(cell, quarter)
        inputs = {
            **seen.common(cell),
            "advance_now": advance + repaid,
            "cleared": cleared + repaid,
            "cash": seen.cash_due(cell, quarter, cleared + repaid),
            "elapsed": len(elapsed[cell]),
            "waiting": seen.under_way(cell, lambda q: True) + unpaid,
        }
        # No true-up follows an increase: what waits is told, and nothing is tentative.
        notes = [note.removeprefix(TENTATIVE) for note in _notes(seen, cell)]
        found.append(_position(seen, cell, inputs, notes))
    return found


def _position(seen: Seen, cell: Cell, inputs: dict, notes: list[str]) -> Position:
    provisional = any(note.startswith(TENTATIVE) for note in notes)
    parameters = seen.settings.parameters(cell[0])
    return Position(*cell, inputs, parameters, provisional, tuple(notes))


def _notes(seen: Seen, cell: Cell) -> list[str]:
    """What an accountant has to know of a cell's inputs."""
    payer, scope, _ = cell
    found = []
    amount, lines = seen.last_waits[cell]
    if lines:
        found.append(f"{TENTATIVE}上季度清算{lines}行{grouped(amount)}元待确认，已计入")
    known = seen.common(cell)
    advance = seen.held(cell)
    joined = seen.settings.open_months(payer, seen.before.months)
    missing = sorted(joined - seen.listed.get(scope, frozenset()))
    if missing and payer not in seen.newcomers and (advance or known["history"]):
        said = f"上季度缺{'、'.join(map(str, missing))}的清算单"
        if len(missing) == len(joined):
            said = NO_LIST if known["history"] else NOTHING_KNOWN
        found.append(f"{TENTATIVE}{said}")
    if seen.early[cell]:
        found.append(f"接入前的清算{grouped(seen.early[cell])}元只从预付金中扣除")
    if 0 < len(joined) < len(seen.before.months):
        found.append(f"上季度接入{len(joined)}个月")
    if seen.spread.get(payer):
        found.append(SHARED)
    if advance - known["last"] < 0:
        short = grouped(known["last"] - advance)
        found.append(f"清算超过预付金{short}元，差额列入本期")
    return found
