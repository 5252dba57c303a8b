"""What settings say of plans: parameters, estimates by hand, the day of joining."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Callable

from sqlalchemy import Connection

from ledger import settings
from ledger.advances.plans import SCOPES
from ledger.periods import Month
from posting_rules.policies import Policy

GO_LIVE, OPEN = "go-live", "open"
CASH, EVERYBODY = "cash-clearing", "all"


class PlanSettings:
    """The settings of plans on a day; only those that were ever made are looked up."""

    def __init__(self, connection: Connection, policy: Policy, on: date):
        self.connection = connection
        self.on = on
        self.names = {row["name"] for row in policy.plan["parameter"]}
        rows = settings.rows(connection)
        self.made = {row.name for row in rows}
        self.joining = {row.region for row in rows if row.name == GO_LIVE}
        self.states: dict[str, Callable[[date], str | None]] = {}
        self.pays_in_cash = settings.value(connection, CASH, on) == EVERYBODY

    def parameters(self, payer: str) -> dict[str, str]:
        """By name of a parameter: what is set for a payer, or for the whole home."""
        found = {name: self._value(f"plan-{name}", payer) for name in self.names}
        return {name: value for name, value in found.items() if value is not None}

    def estimate(self, payer: str, scope: str, fund: str) -> Decimal | None:
        """A month's payment as estimated by hand; None where none is set."""
        value = self._value(f"plan-estimate-{scope}-{fund}", payer)
        return Decimal(value) if value else None

    def funds(self) -> set[str]:
        """The funds for which there is any estimate."""
        begins = tuple(f"plan-estimate-{scope}-" for scope in SCOPES)
        return {name[-3:] for name in self.made if name.startswith(begins)}

    def open_months(self, payer: str, months: list[Month]) -> frozenset[Month]:
        """The months at whose end a payer had joined the direct settlement."""
        if GO_LIVE not in self.made:
            return frozenset(months)
        state = self.states.get(payer)
        if state is None:
            state = settings.dated(self.connection, GO_LIVE, payer)
            self.states[payer] = state
        return frozenset(month for month in months if state(month.last_day) == OPEN)

    def joins(self, payer: str) -> bool:
        """Whether anything is set of when a payer joins."""
        return payer in self.joining

    def closed(self, payer: str, months: list[Month]) -> bool:
        """Whether a payer had joined in none of some months."""
        return not self.open_months(payer, months)

    def _value(self, name: str, payer: str) -> str | None:
        if name not in self.made:
            return None
        return settings.value(self.connection, name, self.on, payer)
