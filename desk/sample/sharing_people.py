"""A sample province's families: who is insured where, and whose account pays for whom.

People go by number, five a family: two who work and a child in one city, a parent
who is retired in another, and one alone. The family's number decides what they have
bound, so that nothing of them need be kept but the balances.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from ledger import regions
from ledger.errors import RuleError, UsageError
from ledger.periods import Month
from posting_rules.families import FamilyRule, family_rule
from posting_rules.personal import documents_of

FATHER, MOTHER, GRANNY, CHILD, SINGLE = range(5)
SIZE = 5
RESIDENTS_FUND = "390"  # of the child, whom a binding registers
# Who lets whose bills be paid, and what that person is to the account's owner.
FAMILIES = (
    (
        (FATHER, MOTHER, "配偶"),
        (MOTHER, FATHER, "配偶"),
        (FATHER, CHILD, "子女"),
        (MOTHER, CHILD, "子女"),
    ),
    (
        (FATHER, CHILD, "子女"),
        (GRANNY, CHILD, "孙子女"),
        (GRANNY, FATHER, "子女"),
        (FATHER, GRANNY, "父母"),
    ),
    ((FATHER, MOTHER, "配偶"), (GRANNY, MOTHER, "子女"), (MOTHER, CHILD, "子女")),
    (),
)
LATER = (FATHER, MOTHER, "配偶")  # what some without bindings bind in a later month
EVERY = 40  # one family of so many unbinds, or binds, in each later month
CHANGES = " 12:00:00"  # the time of day of what changes later
CHANGE_DAY = 10


class Bond(NamedTuple):
    """A binding of a family, by persons' numbers; it holds in [since, until)."""

    grantor: int
    grantee: int
    relation: str
    since: str
    until: str


class Province:
    """Its people by number from 0, their families, and what their accounts hold.

    Raises UsageError for a code that is no province, RuleError where accounts of
    another city may not pay on the first day.
    """

    def __init__(self, code: str, people: int, months: list[Month], seed: int):
        check_code(code)
        self.code, self.people, self.months, self.seed = code, people, months, seed
        self.cities = regions.cities(code)
        self.rule = self._rule()
        self.bound_on = max(
            self.rule.from_day, months[0].first_day - timedelta(days=20)
        )
        rng = Random(f"{seed}/{code}/balances")
        self.balances = array("q", (self._opened(rng, p) for p in range(people)))

    def _rule(self) -> FamilyRule:
        rules = [family_rule(city, self.months[0].last_day) for city in self.cities]
        if not all(rule and rule.cross for rule in rules):
            raise _no_rule(self.code, str(self.months[0]))
        return rules[0]

    def _opened(self, rng: Random, person: int) -> int:
        """An opening balance, whole fen; many are small, so that families pay."""
        chance = rng.random()
        if person % SIZE == CHILD:
            return 0
        return int(chance**4 * 500_000) if chance > 0.1 else 0

    def id(self, person: int) -> str:
        return f"{self.code[:2]}{person:010d}"

    def city(self, person: int) -> str:
        """Where a person is insured; a grandparent in another city."""
        family, member = divmod(person, SIZE)
        at = family % len(self.cities)
        if member == GRANNY:
            at = (at + 1 + family // len(self.cities) % (len(self.cities) - 1)) % len(
                self.cities
            )
        return self.cities[at]

    def has_account(self, person: int) -> bool:
        return person % SIZE != CHILD

    def is_known(self, person: int) -> bool:
        """A child whom nobody has bound is in no list."""
        return self.has_account(person) or bool(FAMILIES[person // SIZE % 4])

    def status(self, person: int) -> str:
        family, member = divmod(person, SIZE)
        return "退休" if member == GRANNY or not family % 9 else "在职"

    def bonds(self, family: int) -> list[Bond]:
        """All that a family ever binds, in the order of time."""
        first = family * SIZE
        moment = datetime.combine(self.bound_on, datetime.min.time())
        made = []
        for number, (grantor, grantee, relation) in enumerate(FAMILIES[family % 4]):
            at = moment + timedelta(seconds=1 + (family * 7 + number * 600) % 80_000)
            since = at.isoformat(" ")
            persons = first + grantor, first + grantee
            made.append(Bond(*persons, relation, since, ""))
        made.sort(key=lambda bond: bond.since)
        changed = self._changed_in(family)
        if changed and made:
            made[0] = made[0]._replace(until=changed)
        elif changed:
            grantor, grantee, relation = LATER
            made.append(Bond(first + grantor, first + grantee, relation, changed, ""))
        return [bond for bond in made if max(bond[:2]) < self.people]

    def _changed_in(self, family: int) -> str:
        at = family % EVERY
        if not 0 < at < len(self.months):
            return ""
        return str(date(*self.months[at], CHANGE_DAY)) + CHANGES

    def payers(self, person: int, time: str) -> list[tuple[int, str]]:
        """(person, relation) of whose accounts pay after the own one, in order."""
        own, local, cross = self.city(person), [], []
        for bond in self.bonds(person // SIZE):
            holds = bond.since <= time and (not bond.until or time < bond.until)
            if bond.grantee == person and holds:
                of = local if self.city(bond.grantor) == own else cross
                of.append((bond.grantor, bond.relation))
        return local + cross[: self.rule.cross_authorisers]

    def bound_at(self, at: int) -> Iterator[tuple[str, Bond]]:
        """绑定 and 解绑 of a list: the first has all of the beginning."""
        for family in range((self.people + SIZE - 1) // SIZE):
            if at and family % EVERY != at:
                continue
            for bond in self.bonds(family):
                later = bond.since[:10] > str(self.bound_on)
                if at and bond.until:
                    yield "解绑", bond
                elif later == bool(at):
                    yield "绑定", bond


def first_day(code: str) -> date:
    """The day from which accounts of another city of the province may pay."""
    check_code(code)
    days = [
        rule.from_day
        for city in regions.cities(code)[:1]
        for document in documents_of(city)
        for rule in document.families
        if rule.cross
    ]
    if not days:
        raise _no_rule(code)
    return min(days)


def check_code(code: str) -> None:
    if regions.today_code(code) != code or regions.level(code) != "province":
        raise UsageError(f"“{code}”不是省级代码；例如安徽省是 340000")


def _no_rule(code: str, month: str = "") -> RuleError:
    return RuleError(
        f"{regions.name(code)}{month}没有个人账户省内跨统筹区家庭共济的办法，造不出样例"
    )
