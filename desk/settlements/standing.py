"""What stands of people, accounts and families while the lines of a list act.

Read once before the first line, then kept up in memory, line by line: balances,
the year's deductible and cap, who was settled until when. Amounts are whole fen.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Callable, Iterable

from sqlalchemy import Connection

from desk.settlements.account_modes import paid_out
from desk.settlements.open_bills import OpenBill, open_bills
from ledger import regions
from ledger.settlements import bindings, feed, institutions, state
from ledger.settlements.institutions import Designation
from ledger.settlements.results import Result
from posting_rules.families import Member, in_order
from posting_rules.personal import fund_of_accounts

Key = tuple[str, str]  # person and region: whose account, or time and serial
NOTHING_USED = (0, 0)


class Standing:
    """The state of one import; `now` is the time beyond which nothing has happened."""

    def __init__(self, connection: Connection, province: str, now: str):
        self.now = now
        self.cities = frozenset(regions.cities(province))
        self.province = province
        self.balances: dict[Key, list[int]] = {}  # balance, claim
        self.unusable: set[Key] = set()
        self._read_accounts(connection)
        self.payers = state.payers(connection)
        self.bound = bindings.members(connection, feed.STAGED)
        self.years = state.years(connection)
        self.until = state.until(connection)
        self.new_years: set[tuple[str, int]] = set()
        self.new_until: set[str] = set()
        self.roster = institutions.designations(connection)
        self.wanted = feed.wanted_originals(connection)
        self.open: dict[str, OpenBill] = open_bills(connection)
        self.known = feed.known(connection)
        self.twins = {row[:4]: row[4:] for row in state.twins(connection)}
        self.paid_out: Callable[[str, date], bool] = paid_out(connection)

    def _read_accounts(self, connection: Connection) -> None:
        for row in state.accounts(connection):
            self.balances[row.person_id, row.region] = [row.balance, row.claim]
            if not row.usable:
                self.unusable.add((row.person_id, row.region))
        for person_id, region, amount in state.drafted(connection):
            self.balances[person_id, region][0] += amount

    def usable(self, person_id: str, region: str) -> int:
        """What an account may pay; nothing where there is none, or it is closed."""
        key = person_id, region
        held = self.balances.get(key)
        return 0 if held is None or key in self.unusable else max(0, held[0])

    def move(self, person_id: str, region: str, amount: int) -> None:
        """An account's balance moves; what it is given pays off its claim first."""
        held = self.balances[person_id, region]
        if amount > 0 and held[1]:
            recovered = min(held[1], amount)
            held[1] -= recovered
            amount -= recovered
        held[0] += amount

    def designation(self, code: str, day: str) -> Designation | None:
        return institutions.designated(self.roster.get(code, ()), day)

    def grantors(self, person_id: str, at: str) -> list[Member]:
        """Everybody whose binding with a person holds at a time, as of that month."""
        bound = self.bound.get(person_id)
        if not bound:
            return []
        return [
            Member(
                row.grantor_id,
                self.payers[row.grantor_id].region_in(at[:7]),
                row.relation,
                row.bound_at,
                row.serial,
            )
            for row in bound
            if row.bound_at <= at and (not row.unbound_at or at < row.unbound_at)
        ]

    def family(
        self, region: str, members: list[Member], at: str, on: date
    ) -> list[Member]:
        """Whose accounts may pay after the own one, in order (AH 二（三）1)."""
        living = [
            member
            for member in members
            if not self._dead(member.person_id, at)
            and not self.paid_out(member.region, on)
        ]
        return in_order(region, living, on)

    def _dead(self, person_id: str, at: str) -> bool:
        died_on = self.payers[person_id].died_on
        return died_on is not None and died_on < at[:10]

    def used(self, person_id: str, year: int) -> tuple[int, int]:
        """What the year used of the deductible, and what the fund paid."""
        return self.years.get((person_id, year), NOTHING_USED)

    def use(self, person_id: str, year: int, deducted: int, paid: int) -> None:
        """The year's use moves; a refund's is below zero."""
        before = self.used(person_id, year)
        self.years[person_id, year] = before[0] + deducted, before[1] + paid
        self.new_years.add((person_id, year))

    def younger(
        self, person_id: str, members: Iterable[Member], key: Key
    ) -> Key | None:
        """The latest line of the person's family, where it is after this one."""
        until = self.until
        latest = until.get(person_id)
        for member in members:
            other = until.get(member.person_id)
            if other is not None and (latest is None or other > latest):
                latest = other
        return latest if latest is not None and latest > key else None

    def settle(self, result: Result, members: Iterable[Member]) -> None:
        """A line is settled: its family is settled until its time."""
        key = (result.at, result.serial)
        for person_id in (result.person_id, *(m.person_id for m in members)):
            there = self.until.get(person_id)
            if there is None or there < key:
                self.until[person_id] = key
                self.new_until.add(person_id)


@lru_cache(maxsize=4096)
def pooling_region(code: str, province: str) -> str:
    """The pooling region of a code: its city; another province's own code."""
    above = regions.province_of(code)
    return regions.city_of(code) if above == province else above


@lru_cache(maxsize=256)
def accounts_fund(region: str) -> str:
    return fund_of_accounts(region)
