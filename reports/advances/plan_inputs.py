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

from ledger import regions
from ledger.advances.plans import SCOPES
from ledger.money import NOTHING, grouped
from ledger.periods import Quarter
from posting_rules.policies import Policy
from reports.advances import plan_readings
from reports.advances.plan_history import History, payer_at
from reports.advances.plan_money import money, payers_of, usage_at
from reports.advances.plan_settings import PlanSettings
from reports.usage_notes import Cell, set_amounts

TENTATIVE = "暂定："
NO_DATA = "无历史数据，请人工测算"
NO_LIST = "上季度没有清算单，也没有往年数据，导入清单后再测算"


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
    seen = _Seen(connection, policy, quarter, region, on)
    found = []
    for cell in seen.cells():
        advance, _ = seen.money.get(cell, (NOTHING, NOTHING))
        older, older_lines = seen.older[cell]
        notes = seen.notes(cell)
        if older_lines:
            notes.append(
                f"{TENTATIVE}更早的清算{older_lines}行{grouped(older)}元待确认，已从预付金中扣除"
            )
        under_way = seen.under_way(cell, lambda q: q < quarter)
        inputs = {
            **seen.common(cell),
            "advance": advance - older,
            "waiting": under_way + seen.unpaid(cell, seen.before),
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
    seen = _Seen(connection, policy, quarter, region, on)
    now = money(usage_at(connection, policy, quarter, region, on), seen.spread)
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
        unpaid = seen.unpaid(cell, seen.before) + seen.unpaid(cell, quarter)
        inputs = {
            **seen.common(cell),
            "advance_now": advance,
            "cleared": cleared,
            "elapsed": len(elapsed[cell]),
            "waiting": seen.under_way(cell, lambda q: True) + unpaid,
        }
        found.append(_position(seen, cell, inputs, seen.notes(cell)))
    return found


def _position(seen: "_Seen", cell: Cell, inputs: dict, notes: list[str]) -> Position:
    provisional = any(note.startswith(TENTATIVE) for note in notes)
    parameters = seen.settings.parameters(cell[0])
    return Position(*cell, inputs, parameters, provisional, tuple(notes))


class _Seen:
    """Everything that is read once for all payers of a plan."""

    def __init__(
        self,
        connection: Connection,
        policy: Policy,
        quarter: Quarter,
        region: str,
        on: date,
    ):
        self.connection, self.policy, self.quarter = connection, policy, quarter
        self.before = _before(quarter)
        self.payers = payers_of(policy, region)
        self.payer_of = payer_at(region)
        self.settings = PlanSettings(connection, policy, on)
        years = policy.plan["history_years"]
        self.history = History(
            connection, quarter, years, self.payers, self.payer_of, on
        )
        self.spread: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        self.last_waits, self.older = self._waiting(on)
        rows = usage_at(connection, policy, self.before, region, on, quarter_alone=True)
        waits = {cell: amount for cell, (amount, _) in self.last_waits.items()}
        self.money = money(rows, self.spread, waits)
        self.listed = plan_readings.months_listed(connection, self.before)
        self.sent = plan_readings.sent(connection, region, self.payers, on)
        self.quotas = {
            q: set_amounts(connection, q) for q in (self.before, self.quarter)
        }
        self.newcomers = self._newcomers()
        self.unknown = self._unknown()

    def cells(self, more: dict = {}) -> list[Cell]:
        """Every payer, 范围 and 险种 that a plan has a line for."""
        places = (*self.money, *more, *self.last_waits, *self.older)
        funds = {fund for _, _, fund in places} - {""}
        funds |= {row.fund for row in self.sent}
        funds |= self.history.funds() | self.settings.funds()
        funds = sorted(funds or self.policy.plan["funds"])
        return [(p, s, f) for p in self.payers for s in SCOPES for f in funds]

    def common(self, cell: Cell) -> dict:
        """The inputs that every kind of plan has."""
        payer, scope, fund = cell
        _, cleared = self.money.get(cell, (NOTHING, NOTHING))
        return {
            "last": cleared + self.last_waits[cell][0],
            "listed": len(self._months(payer, scope)),
            "history": self.history.mean(cell),
            "years": len(self.history.years[payer]),
            "first": int(payer in self.newcomers),
            "estimate": self.settings.estimate(payer, scope, fund),
        }

    def notes(self, cell: Cell) -> list[str]:
        """What an accountant has to know of a cell's inputs."""
        payer, scope, _ = cell
        found = []
        amount, lines = self.last_waits[cell]
        if lines:
            found.append(
                f"{TENTATIVE}上季度清算{lines}行{grouped(amount)}元待确认，已计入"
            )
        known = self.common(cell)
        advance, _ = self.money.get(cell, (NOTHING, NOTHING))
        joined = self.settings.open_months(payer, self.before.months)
        missing = sorted(joined - self.listed.get(scope, frozenset()))
        if missing and payer not in self.newcomers and (advance or known["history"]):
            found.append(f"{TENTATIVE}上季度缺{'、'.join(map(str, missing))}的清算单")
            if advance and len(missing) == len(joined) and not known["history"]:
                found.append(NO_LIST)
        if 0 < len(joined) < len(self.before.months):
            found.append(f"上季度接入{len(joined)}个月")
        if payer in self.spread and self.spread[payer]:
            amount = grouped(self.spread[payer])
            found.append(f"未分范围的{amount}元按上季度清算分到跨省和省内")
        if payer in self.unknown:
            found.append(NO_DATA)
        elif advance - known["last"] < 0:
            short = grouped(known["last"] - advance)
            found.append(f"清算超过预付金{short}元，差额列入本期")
        return found

    def under_way(self, cell: Cell, wanted) -> Decimal:
        """Advances for the wanted quarters that have left and not arrived."""
        amounts = (
            row.amount
            for row in self.sent
            if (row.payer, row.scope, row.fund) == cell
            and not row.arrived
            and row.amount > 0
            and wanted(row.quarter)
        )
        return sum(amounts, NOTHING)

    def unpaid(self, cell: Cell, quarter: Quarter) -> Decimal:
        """What was set for a quarter and has not been paid; below zero what was to
        be given back and has not been."""
        quota = self.quotas[quarter].get(cell)
        if quota is None:
            return NOTHING
        paid = sum(
            (
                row.amount
                for row in self.sent
                if (row.payer, row.scope, row.fund) == cell and row.quarter == quarter
            ),
            NOTHING,
        )
        left = quota.whole - paid
        return max(left, NOTHING) if quota.whole > 0 else min(left, NOTHING)

    def _months(self, payer: str, scope: str) -> frozenset:
        """The months before that are listed, as far as the payer had joined."""
        joined = self.settings.open_months(payer, self.before.months)
        return self.listed.get(scope, frozenset()) & joined

    def _unknown(self) -> set[str]:
        """The payers for whom there is nothing to reckon an advance from."""
        known = set()
        for cell in self.cells():
            has = self.common(cell)
            if has["last"] or has["history"] or has["estimate"]:
                known.add(cell[0])
        return set(self.payers) - known

    def _waiting(self, on: date) -> tuple[dict, dict]:
        """By cell: amount and lines that wait of the quarter before, and of older."""
        last = defaultdict(lambda: (NOTHING, 0))
        older = defaultdict(lambda: (NOTHING, 0))
        for row in plan_readings.waiting(self.connection, on):
            payer = self.payer_of(row.insured)
            if payer not in self.payers or row.period.quarter > self.before:
                continue
            kept = last if row.period.quarter == self.before else older
            amount, lines = kept[payer, row.scope, row.fund]
            place = (payer, row.scope, row.fund)
            kept[place] = (amount + row.amount, lines + row.lines)
        return last, older

    def _newcomers(self) -> set[str]:
        """Who has never paid an advance for an earlier quarter nor cleared anything."""
        known = {row.payer for row in self.sent if row.quarter < self.quarter}
        known |= {cell[0] for cell in (*self.money, *self.last_waits, *self.older)}
        new = set(self.payers) - known
        places = {code for payer in new for code in (payer, *_below(payer))}
        cleared = plan_readings.have_cleared(self.connection, places, self.quarter)
        return new - {self.payer_of(code) for code in cleared}


def _before(quarter: Quarter) -> Quarter:
    if quarter.number > 1:
        return Quarter(quarter.year, quarter.number - 1)
    return Quarter(quarter.year - 1, 4)


def _below(payer: str) -> list[str]:
    if regions.level(payer) != "city":
        return []
    return [*regions.counties(payer), regions.own_people(payer)]
