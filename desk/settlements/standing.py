"""What stands of people, accounts and families while the lines of a list act.

Read once before the first line, then kept up in memory, line by line: balances,
the year's deductible and cap, who was settled until when. Amounts are whole fen.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from desk.settlements.account_modes import paid_out
from desk.settlements.open_bills import OpenBill, open_bills
from ledger import regions
from ledger.settlements import bindings, earlier, institutions, state
from ledger.settlements.feed import PERSON_ID, SERIAL, Bill, Lines
from ledger.settlements.institutions import Designation
from ledger.settlements.results import CHARGE, MANUAL
from ledger.settlements.state import NOTHING_USED, Account, Insured
from posting_rules.families import Member, in_order
from posting_rules.outpatient import OutpatientRule, rule_of
from posting_rules.personal import fund_of_accounts
from posting_rules.uses import OWN, Ruling, cost_ruling

LAST = "\uffff"  # after every serial
day = lru_cache(maxsize=4096)(date.fromisoformat)


class Terms(NamedTuple):
    """What the documents say of bills that are alike: the outpatient rule, or None
    where the list must say what the fund pays; whether the institution counts for it;
    whether the own account may pay."""

    rule: OutpatientRule | None
    counts: bool
    ruling: Ruling


class Standing:
    """The state of one import; `now` is the time beyond which nothing has happened."""

    def __init__(self, connection: Connection, province: str, now: str, lines: Lines):
        self.now, self.province = now, province
        self.cities = frozenset(regions.cities(province))
        originals = lines.originals()
        manuals = list(lines.by_channel(MANUAL))
        people, serials = lines.column(PERSON_ID), lines.column(SERIAL)
        state.stage(connection, people, serials, originals, manuals)
        months = lines.months
        self.people = state.people(connection, months[0])
        state.add_until(connection, self.people, lines.first)
        for grantee, bound in bindings.members(connection, state.PEOPLE).items():
            self.people[grantee].bound = bound
        self.year = int(lines.first[:4])  # whose use is kept with the people
        self.years = state.years(connection)
        for (person_id, year), used in self.years.items():
            if year == self.year:
                self.people[person_id].used = used
        self.roster = institutions.designations(connection)
        self.wanted = set(originals)
        self.open: dict[str, OpenBill] = open_bills(connection)
        self.known = earlier.known(connection)
        self.twins = {row[:4]: row[4:] for row in earlier.twins(connection, months)}
        self.watched = set(manuals)  # bills that would be the same networked
        self.paid_out = paid_out(connection)
        self.checked: dict[tuple, Designation] = {}
        self._terms: dict[tuple, Terms] = {}

    def account(self, person_id: str, region: str) -> Account | None:
        person = self.people.get(person_id)
        return person.account_in(region) if person else None

    def move(self, person_id: str, region: str, amount: int) -> None:
        """An account's balance moves; what it is given pays off its claim first."""
        self.account(person_id, region).move(amount)

    def designation(self, code: str, on: str) -> Designation | None:
        return institutions.designated(self.roster.get(code, ()), on)

    def designation_then(self, code: str, on: str) -> Designation | None:
        """As `designation`, or what held last before: a bill was settled by it, even
        if the roster was told to end earlier since."""
        held = self.designation(code, on)
        before = [one for one in self.roster.get(code, ()) if one.from_day <= on]
        return held or max(before, key=lambda one: one.from_day, default=None)

    def terms(self, bill: Bill, held: Designation) -> Terms:
        """The terms of a bill at an institution, looked up once for all alike."""
        key = (bill.region, bill.status, bill.person.fund, bill.category)
        key += (held.level, held.region, held.qualified, bill.at[:10])
        found = self._terms.get(key)
        if found is None:
            found = self._terms[key] = self._look_up(bill, held)
        return found

    def _look_up(self, bill: Bill, held: Designation) -> Terms:
        region, on = bill.region, day(bill.at[:10])
        rule = None
        if bill.person.fund in ("", accounts_fund(region)):
            rule = rule_of(region, bill.status, bill.category, on)
        counts = rule is not None and (
            held.qualified or held.level not in rule.qualified
        )
        ruling = self.ruling(region, OWN, held, bill.category, on)
        if self.paid_out(region, on):
            ruling = ruling._replace(may=False)
        return Terms(rule, counts, ruling)

    def ruling(
        self, region: str, who: str, held: Designation, category: str, on: date
    ) -> Ruling:
        """Whether a region's account may pay for somebody at an institution."""
        in_province = held.region in self.cities
        return cost_ruling(region, who, held.level, category, in_province, on)

    def grantors(self, person: Insured, at: str) -> list[Member]:
        """Everybody whose binding with a person holds at a time, as of that month."""
        month, people = at[:7], self.people
        return [
            Member(
                row.grantor_id,
                people[row.grantor_id].region_in(month),
                row.relation,
                row.bound_at,
                row.serial,
            )
            for row in person.bound
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
        died_on = self.people[person_id].died_on
        return died_on is not None and died_on < at[:10]

    def used(self, person: Insured, person_id: str, year: int) -> tuple[int, int]:
        """What the year used of the deductible, and what the fund paid."""
        if year == self.year:
            return person.used
        return self.years.get((person_id, year), NOTHING_USED)

    def use(self, person_id: str, year: int, deducted: int, paid: int) -> None:
        """The year's use moves; a refund's is below zero."""
        person = self.people[person_id]
        before = self.used(person, person_id, year)
        used = before[0] + deducted, before[1] + paid
        if year == self.year:
            person.used = used
        else:
            self.years[person_id, year] = used

    def younger(self, bill: Bill, members: list[Member]) -> tuple[str, str] | None:
        """The latest line of the person's family, where it is after this one.

        Only lines that stood before the list can be: its own come in order.
        """
        # What gives back follows what was charged in the same second.
        serial = bill.serial if bill.act == CHARGE else LAST
        key, found = (bill.at, serial), [bill.person.until]
        found += [self.people[member.person_id].until for member in members]
        return max((until for until in found if until and until > key), default=None)


@lru_cache(maxsize=4096)
def pooling_region(code: str, province: str) -> str:
    """The pooling region of a code: its city; another province's own code."""
    above = regions.province_of(code)
    return regions.city_of(code) if above == province else above


@lru_cache(maxsize=256)
def accounts_fund(region: str) -> str:
    return fund_of_accounts(region)
