"""What is read once for all payers of a plan: money, lists, transfers, history."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property

from sqlalchemy import Connection

from ledger import regions
from ledger.advances.plans import SCOPES
from ledger.money import NOTHING
from ledger.periods import Quarter
from posting_rules.policies import Policy
from reports.advances import plan_readings
from reports.advances.plan_history import History, payer_at
from reports.advances.plan_money import book_of, money, payers_of, usage_at
from reports.advances.plan_settings import PlanSettings
from reports.usage_notes import Cell, set_amounts


class Seen:
    """A holder's payers on a day, for a quarter's plan."""

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
        self.early = self._early(on)
        rows = usage_at(connection, policy, self.before, region, on, quarter_alone=True)
        self.money = money(rows, self.spread, lambda: self.first_cleared)
        self.listed = plan_readings.months_listed(connection, self.before)
        asked = (connection, book_of(policy, region), self.payers, on)
        self.sent = plan_readings.sent(*asked)
        self.in_cash = plan_readings.sent(*asked, plan_readings.IN_CASH)
        self.quotas = {
            q: set_amounts(connection, q) for q in (self.before, self.quarter)
        }
        self.newcomers = self._newcomers()

    @cached_property
    def first_cleared(self) -> dict[Cell, Decimal]:
        """What the lists of each payer's first quarter say, confirmed or not: the
        weights by which money without a 范围 is shared out, the same in every plan."""
        by_quarter: dict[str, dict] = defaultdict(lambda: defaultdict(dict))
        for row in plan_readings.listed(self.connection):
            payer = self.payer_of(row.insured)
            sums = by_quarter[payer][row.period.quarter]
            cell = (payer, row.scope, row.fund)
            sums[cell] = sums.get(cell, NOTHING) + row.amount
        return {
            cell: amount
            for quarters in by_quarter.values()
            for cell, amount in quarters[min(quarters)].items()
        }

    def cells(self, more: dict = {}) -> list[Cell]:
        """Every payer, 范围 and 险种 that a plan has a line for; who does not join
        before the quarter's end and never paid has none."""
        places = (*self.money, *more, *self.last_waits, *self.older)
        funds = {fund for _, _, fund in places} - {""}
        funds |= {row.fund for row in self.sent}
        funds |= self.history.funds() | self.settings.funds()
        funds = sorted(funds | set(self.policy.plan["funds"]))
        months = self.quarter.months
        payers = [
            payer
            for payer in self.payers
            if payer not in self.newcomers or self.settings.open_months(payer, months)
        ]
        return [(p, s, f) for p in payers for s in SCOPES for f in funds]

    def common(self, cell: Cell) -> dict:
        """The inputs that every kind of plan has."""
        payer, scope, fund = cell
        _, cleared = self.money.get(cell, (NOTHING, NOTHING))
        cleared += self.repaid(cell, self.before) - self.early[cell]
        estimate = self.settings.estimate(payer, scope, fund)
        return {
            "last": cleared + self.last_waits[cell][0],
            "listed": len(self._months(payer, scope)),
            "history": self.history.mean(cell),
            "years": len(self.history.years[payer]),
            "first": int(payer in self.newcomers),
            "estimate": estimate or NOTHING,
            "told": int(self.history.tells(cell)) + int(estimate is not None),
        }

    def held(self, cell: Cell) -> Decimal:
        """The advance of the quarter before: without what came later under no
        quarter's name; what waits of older clearing, and what was cleared before the
        payer had joined, is gone."""
        advance, _ = self.money.get(cell, (NOTHING, NOTHING))
        later = sum(
            (
                row.amount
                for row in self.sent
                if (row.payer, row.scope, row.fund) == cell
                and row.unnamed
                and (row.arrived or row.amount < 0)
                and row.quarter >= self.quarter
            ),
            NOTHING,
        )
        repaid = self.repaid(cell, self.before)
        return advance - later + repaid - self.older[cell][0] - self.early[cell]

    def repaid(self, cell: Cell, quarter: Quarter) -> Decimal:
        """What of a quarter's clearing has been paid in cash (X16): the rates take it
        off the clearing, which a plan wants whole, and the advance with it."""
        return sum((r.amount for r in self._cash(cell, quarter) if r.arrived), NOTHING)

    def cash_due(self, cell: Cell, quarter: Quarter, cleared: Decimal) -> Decimal:
        """What of it is still to come: all the rest where everybody pays in cash,
        else what is under way."""
        if self.settings.pays_in_cash:
            return max(cleared - self.repaid(cell, quarter), NOTHING)
        under_way = (r.amount for r in self._cash(cell, quarter) if not r.arrived)
        return sum(under_way, NOTHING)

    def _cash(self, cell: Cell, quarter: Quarter) -> list[plan_readings.Sent]:
        return [
            row
            for row in self.in_cash
            if (row.payer, row.scope, row.fund) == cell and row.quarter == quarter
        ]

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

    def _early(self, on: date) -> dict[Cell, Decimal]:
        """By cell: what was cleared of the quarter before for months in which the payer
        had not joined; it says nothing of what the payer needs."""
        found: dict[Cell, Decimal] = defaultdict(lambda: NOTHING)
        for row in plan_readings.cleared(self.connection, [self.before], on):
            payer = self.payer_of(row.insured)
            if not row.waits and payer in self.payers:
                if self.settings.closed(payer, row.period.months):
                    found[payer, row.scope, row.fund] += row.amount
        return found

    def _waiting(self, on: date) -> tuple[dict, dict]:
        """By cell: amount and lines that wait of the quarter before, and of older or
        of before the payer joined."""
        last = defaultdict(lambda: (NOTHING, 0))
        older = defaultdict(lambda: (NOTHING, 0))
        for row in plan_readings.waiting(self.connection, on):
            payer = self.payer_of(row.insured)
            if payer not in self.payers or row.period.quarter > self.before:
                continue
            early = self.settings.closed(payer, row.period.months)
            recent = row.period.quarter == self.before and not early
            kept = last if recent else older
            amount, lines = kept[payer, row.scope, row.fund]
            place = (payer, row.scope, row.fund)
            kept[place] = (amount + row.amount, lines + row.lines)
        return last, older

    def _newcomers(self) -> set[str]:
        """Who has never paid an advance for an earlier quarter nor cleared anything
        since joining."""
        known = {row.payer for row in self.sent if row.quarter < self.quarter}
        known |= {cell[0] for cell in self.last_waits}
        for cell in (*self.money, *self.older):
            payer = cell[0]
            advance, cleared = self.money.get(cell, (NOTHING, NOTHING))
            if (
                not self.settings.joins(payer)
                or advance > 0
                or cleared > self.early[cell]
            ):
                known.add(payer)
        new = set(self.payers) - known
        places = {code for payer in new for code in (payer, *_below(payer))}
        for place, of in plan_readings.have_cleared(
            self.connection, places, self.quarter
        ):
            payer = self.payer_of(place)
            if not self.settings.closed(payer, of.months):
                new.discard(payer)
        return new


def _before(quarter: Quarter) -> Quarter:
    if quarter.number > 1:
        return Quarter(quarter.year, quarter.number - 1)
    return Quarter(quarter.year - 1, 4)


def _below(payer: str) -> list[str]:
    if regions.level(payer) != "city":
        return []
    return [*regions.counties(payer), regions.own_people(payer)]
