"""What a sample city's accounts hold, by plain bookkeeping, one person at a time.

A list that moves a balance out names it to the fen: the office that writes it knows
what `credit` made of the lists before. Amounts are fen. A year is one pass over its
months: `listed` is a month's list and its crediting, `changes` what follows it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from desk.sample.city import (
    POOLED,
    RETIRED,
    Change,
    City,
    Contribution,
    fate_of,
    rate,
    rounded,
)


class Accounts:
    """Balances and claims of a city, up to the last month that was read."""

    def __init__(self, city: City, average_pension: int):
        self.city = city
        self.balances = array("q", city.opened)
        self.claims: dict[int, int] = {}  # P22
        self.ready: set[int] = set()  # months whose lines the last list made ready
        self.fixed = [
            rounded(average_pension * rate(city.code, month, "退休"))
            for month in city.months
        ]

    def listed(self, at: int) -> Iterator[Contribution]:
        """The rows of a month's list; each is credited as it is read."""
        self.ready = set()
        for person in range(self.city.people):
            if fate := fate_of(person):
                self._correct(fate, person, at)
            for row in self.city.rows(person, at):
                if row.standing == RETIRED or row.arrived is not None:
                    self._credit(row)
                yield row

    def _credit(self, row: Contribution) -> None:
        if row.standing == POOLED:
            return
        self.ready.add(row.month)
        retired = row.standing == RETIRED
        amount = self.fixed[row.month] if retired else self._own(row)
        amount += self.city.civil(row.person)
        if claim := self.claims.get(row.person, 0):
            recovered = min(claim, amount)
            self.claims[row.person] = claim - recovered
            amount -= recovered
        self.balances[row.person] += amount

    def _own(self, row: Contribution) -> int:
        return self.city.own(row.person, row.month)

    def _correct(self, fate: str, person: int, at: int) -> None:
        """What the list, or a death told since the last, takes back before it."""
        city, when, lag = self.city, self.city.when[person], self.city.lag[person]
        retired: range | list[int] = ()
        dead: range | list[int] = ()
        if fate == "retires, told late" and at == when + lag:
            retired = range(when, at)
        elif fate == "returns, had retired" and at == when + 3:
            retired = [month for month in (when - 1, when, when + 2) if month >= 0]
        elif fate == "dies, told late" and at == when + lag + 1:
            dead = range(when + 1, at)
        elif fate == "had died when moved out" and at == when + 3:
            dead = [when + 1]
        net = sum(self.fixed[month] - city.own(person, month) for month in retired)
        if city.standings[person] == RETIRED:
            net -= sum(self.fixed[month] for month in dead)
        else:
            net -= sum(city.own(person, month) for month in dead)
        net -= city.civil(person) * len(dead)
        held = self.balances[person] + net
        if held < 0:
            self.claims[person] = self.claims.get(person, 0) - held
        self.balances[person] = max(held, 0)

    def changes(self, at: int) -> Iterator[Change]:
        """The rows of a month's changes; each is booked as it is read."""
        for person, fate in self.city.fated():
            when, lag = self.city.when[person], self.city.lag[person]
            if fate == "dies":
                lag = 0
            if fate in ("dies", "dies, told late"):
                if at == when + lag:
                    yield Change(person, "死亡", 0, when)
                elif at == when + lag + 1:
                    yield from self._pay(person, "继承")
            elif fate == "had died when moved out":
                if at == when + 1:
                    yield from self._pay(person, "转出")
                elif at == when + 2:
                    yield Change(person, "死亡", 0, when)
            elif fate == "moves in" and at == when:
                amount = 20_000 + person % 4_000 * 17
                self.balances[person] += amount
                yield Change(person, "转入", amount)
            elif fate in ("moves out", "returns, had retired") and at == when:
                yield from self._pay(person, "转出")
            elif fate == "moves out, is owed a month" and at in (when, when + 1):
                yield from self._pay(person, "转出")

    def _pay(self, person: int, kind: str) -> Iterator[Change]:
        """All that an account holds."""
        if amount := self.balances[person]:
            self.balances[person] = 0
            yield Change(person, kind, amount)
