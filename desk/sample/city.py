"""A sample city's insured people: who they are, and what befalls them in a year.

Everything is drawn from the seed. A person's number decides the fate (FATES), so
that a city of a few hundred has one of each kind; people without one pay, or are
paid, month after month. Months are counted from the year's first; amounts are fen.
The names and numbers are nobody's.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import NamedTuple

from ledger.periods import Month
from posting_rules.personal import credits_for

EMPLOYED, FLEXIBLE, POOLED, RETIRED = range(4)  # 单位职工, 灵活就业, 单建统筹, 退休
FATES = (
    "retires",  # and the list says so at once
    "retires, told late",  # 1 to 6 months after
    "dies",
    "dies, told late",  # 1 to 3 months after
    "moves out",
    "moves out, is owed a month",  # whose money arrives when the account is left
    "moves in",
    "is registered late",  # with the months before
    "pays in arrears",  # 补缴 two months after
    "joins",
    "had died when moved out",  # what was paid out is claimed back
    "returns, had retired",  # moved out, came back, and retired long ago
    "has no account",
    "has no account",
    "has no account",
)
NEW = ("moves in", "is registered late", "joins")  # not in the opening balances
OF_ALL_AGES = ("dies", "dies, told late", "moves out", "had died when moved out")
EVERY = 100  # one of so many people has each fate


class Contribution(NamedTuple):
    """A row of G1. `arrived` is the month of 到账日期, None while it waits."""

    person: int
    month: int
    standing: int
    arrived: int | None = None
    arrears: bool = False  # 补缴
    since: int | None = None  # 退休待遇起始月


class Change(NamedTuple):
    """A row of G6. `died` is the month of 死亡日期."""

    person: int
    kind: str
    amount: int
    died: int | None = None


class City:
    """Its people by number, from 0; what the lists say of them, month by month."""

    def __init__(self, code: str, people: int, months: list[Month], seed: int):
        self.code, self.people, self.months = code, people, months
        self.rates = [rate(code, month, "在职") for month in months]
        self.opened = array("q")
        self.bases = array("q")
        self.standings = array("b")
        self.when = array("b")  # the month of what befalls them
        self.lag = array("b")  # and how many months later it is told
        rng = Random(f"{seed}/{code}/people")
        for person in range(people):
            self._draw(person, rng)

    def _draw(self, person: int, rng: Random) -> None:
        fate, months = fate_of(person), len(self.months)
        chance = rng.random()
        standing = RETIRED if chance < 0.35 else FLEXIBLE if chance < 0.47 else EMPLOYED
        if fate == "has no account":
            standing = POOLED
        elif fate and fate not in OF_ALL_AGES and standing == RETIRED:
            standing = EMPLOYED
        self.standings.append(standing)
        self.bases.append(380_000 + int(rng.random() ** 2 * 1_400_000))
        opened = int(rng.random() ** 3 * 900_000)
        self.opened.append(0 if fate in NEW or standing == POOLED else opened)
        longest = 6 if fate == "retires, told late" else 3
        self.lag.append(1 + int(rng.random() * longest))
        first, last = 0, months
        if fate == "returns, had retired":
            first, last = 1, max(2, months - 5)
        self.when.append(min(first + int(rng.random() * (last - first)), months - 1))
        if fate == "returns, had retired":
            self.bases[-1] += 800_000

    def id(self, person: int) -> str:
        return f"{self.code}{person:08d}"

    def base(self, person: int, month: int) -> int:
        """缴费基数: most are set anew from July."""
        base = self.bases[person]
        if self.months[month].number < 7 or person % 3 == 0:
            return base
        return base * 106 // 100

    def own(self, person: int, month: int) -> int:
        """What is credited of a contribution."""
        return rounded(self.base(person, month) * self.rates[month])

    def civil(self, person: int) -> int:
        """公务员补助计入 of a month; most have none."""
        if (person + person // EVERY) % 20 == 3 and self.standings[person] != POOLED:
            return 5_000 + person % 7 * 1_050
        return 0

    def openings(self) -> Iterator[int]:
        """Who has an opening balance."""
        for person in range(self.people):
            if self.standings[person] != POOLED and fate_of(person) not in NEW:
                yield person

    def fated(self) -> Iterator[tuple[int, str]]:
        """Whom something befalls, and what."""
        for first in range(0, self.people, EVERY):
            for place, fate in enumerate(FATES[: self.people - first]):
                yield first + place, fate

    def rows(self, person: int, at: int) -> Iterator[Contribution]:
        """A person's rows in a month's list, earlier months before its own."""
        if fate := fate_of(person):
            yield from self._fated(fate, person, at)
            return
        standing = self.standings[person]
        if standing == RETIRED:
            yield Contribution(person, at, standing)
            return
        for back in (2, 1):
            if at >= back and _waits(person, at - back) == back:
                yield Contribution(person, at - back, standing, at)
        yield Contribution(person, at, standing, None if _waits(person, at) else at)

    def _fated(self, fate: str, person: int, at: int) -> Iterator[Contribution]:
        when, lag = self.when[person], self.lag[person]
        row = Contribution(person, at, self.standings[person], at)
        if fate == "retires, told late" and at >= when + lag:
            yield row._replace(standing=RETIRED, since=when)
        elif fate == "retires" and at >= when:
            yield row._replace(standing=RETIRED, since=when)
        elif fate == "dies, told late" and at > when + lag:
            return
        elif fate in ("dies", "moves out") and at > when:
            return
        elif fate == "had died when moved out" and at > when + 1:
            return
        elif fate == "moves out, is owed a month" and at >= when:
            if at <= when + 1:
                yield row._replace(month=when, arrived=at if at > when else None)
        elif fate in ("moves in", "joins") and at < when:
            return
        elif fate == "is registered late":
            if at == when + lag:
                yield from (row._replace(month=month) for month in range(when, at + 1))
            elif at > when + lag:
                yield row
        elif fate == "pays in arrears" and when <= at <= when + 2:
            if at == when + 2:
                yield row._replace(month=when, arrears=True)
            if at > when:
                yield row
        elif fate == "returns, had retired" and at > when:
            if at >= when + 3:
                yield row._replace(standing=RETIRED, since=when - 1)
            elif at == when + 2:
                yield row
        else:
            yield row


def fate_of(person: int) -> str:
    """What befalls a person; most often nothing."""
    place = person % EVERY
    return FATES[place] if place < len(FATES) else ""


def rounded(fen: Fraction) -> int:
    """Half up to the fen (RULES.md section 2, reading 6)."""
    return (2 * fen.numerator + fen.denominator) // (2 * fen.denominator)


def rate(code: str, month: Month, status: str) -> Fraction:
    """The policy's rate for a status in a month."""
    _, credits = credits_for(code, month)
    return Fraction(credits[status].rate)


def _waits(person: int, month: int) -> int:
    """For how many months a month's money is under way."""
    if (person * 7 + month * 13) % 31:
        return 0
    return 2 if person % 10 == 0 else 1
