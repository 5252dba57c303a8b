"""Money for institutions: the quarter's plan (F5), its transfer (X2), payments (F7).

What institutions of the province are owed: by the list for our own people of other
cities, and for other provinces' people by what those are notified of.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from random import Random

from desk.sample import year_forms as layouts
from desk.sample.figures import FUNDS, HOME, shared
from desk.sample.transfers import account
from desk.sample.year_days import Days, month_end, receipt_day
from desk.sample.year_forms import Paid
from desk.sample.year_lists import hosted
from desk.sample.year_office import Office
from desk.sample.year_slips import Movement
from desk.sample.year_world import quarter_before
from ledger import regions
from ledger.documents import Funding, InstitutionPayment
from ledger.money import NOTHING, to_fen
from ledger.periods import Month, Quarter
from posting_rules.workdays import workdays_after

KIND = "funding-plan"
# Where other provinces' people are treated, and how much of it.
GUEST_PLACES = {"520103": 30, "520102": 25, "520302": 20, "520502": 13, "522301": 12}
DEDUCTED = 5  # every so-manieth institution has a little taken off


class Funded:
    """A quarter's money for institutions; it pays for the quarter before."""

    def __init__(self, office: Office, quarter: Quarter):
        self.office = office
        self.quarter = quarter
        self.about = quarter_before(quarter)
        self.days = Days(quarter, office.world.seed)
        self.at_home = self._at_home()
        self.elsewhere = {m: self._elsewhere(m) for m in self.about.months}

    def write(self) -> None:
        self.plan()
        self.transfer()
        second, third = self.quarter.months[1:]
        paid = [
            month_end(second),
            workdays_after(third.first_day, 10),
            workdays_after(third.first_day, 17),
        ]
        for at, (on, month) in enumerate(zip(paid, self.about.months)):
            self.payments(on, month, at)

    def plan(self) -> None:
        on, diary = self.days.of("plan"), self.office.diary
        title = f"{self.quarter}省内异地就医预付金用款计划"
        diary.file(on, "用款计划", title, layouts.FUNDING, self.lines())
        step = f"--kind {KIND} --period {self.quarter}"
        diary.act(on, f"notice make {KIND} {self.quarter}")
        diary.act(on, f"notice issue {step}")
        diary.act(on, f"notice submit {step}")

    def lines(self) -> list[Funding]:
        """F5: an institution a place, our people and others' by 险种."""
        guests: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        for cells in self.elsewhere.values():
            for cell, amount in cells.items():
                guests[cell] += amount
        made = []
        for place, fund in sorted(self.at_home.keys() | guests.keys()):
            amounts = [
                cells.get((place, fund), NOTHING) for cells in (self.at_home, guests)
            ]
            head = ("", 0, self.quarter, place, institution(place), hospital(place))
            made.append(Funding(*head, fund, *amounts, ""))
        return made

    def transfer(self) -> None:
        """X2: 省本级's part, and all the rest."""
        office, on = self.office, self.days.of("plan-transfer")
        step = f"--kind {KIND} --period {self.quarter}"
        office.diary.act(
            workdays_after(self.days.of("plan"), 4), f"notice approve {step}"
        )
        rows = {}
        for fund in FUNDS:
            total = sum((x.total for x in self.lines() if x.fund == fund), NOTHING)
            own = [
                line.amount
                for line in office.lines
                if (line.period, line.scope, line.fund) == (self.about, HOME, fund)
                and line.insured == office.world.land.own_people
            ]
            mine = sum(own, NOTHING)
            rows[HOME, fund] = (mine, total - mine)
        number = office.number(KIND, self.quarter.number)
        ends = (office.province, office.province)
        args = (on, rows, "预付金", self.quarter)
        lines = office.slips.pay(*ends, *args, notice=number)
        office.transfers(on, "用款划拨单", lines)
        last = receipt_day(self.quarter.months[1])
        office.diary.act(last, f"notice receive {step} --evidence 到账回单")

    def payments(self, on: date, month: Month, at: int) -> None:
        """F7: a third of what our people cost, and a month of others'."""
        office, paid = self.office, []
        cells: dict[str, dict[str, list[Decimal]]] = defaultdict(dict)
        for (place, fund), amount in self.at_home.items():
            cells[place][fund] = [shared(amount, [1, 1, 1])[at], NOTHING]
        for (place, fund), amount in self.elsewhere[month].items():
            cells[place].setdefault(fund, [NOTHING, NOTHING])[1] = amount
        for number, (place, by_fund) in enumerate(sorted(cells.items())):
            serial = f"{on:%Y%m%d}{institution(place)}{at}"
            total = NOTHING
            for fund, (home, guests) in sorted(by_fund.items()):
                off = NOTHING
                if number % DEDUCTED == 1 and home:
                    off = to_fen(home / 200)
                    home -= off
                ends = (office.slips.paying.number, account(place), serial)
                head = ("", 0, on, institution(place), month, fund, home, guests)
                amounts = (home + guests, off)
                line = InstitutionPayment(*head, *amounts, *ends)
                paid.append(Paid(hospital(place), line))
                total += home + guests
            moved = (on, serial, -total, hospital(place), account(place), "机构拨付")
            office.slips.add(office.slips.paying.number, Movement(*moved))
        title = f"{month}异地就医机构拨付单"
        office.diary.file(on, "机构拨付单", title, layouts.PAYMENTS, paid)

    def _at_home(self) -> dict[tuple[str, str], Decimal]:
        sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        for line in self.office.lines:
            if line.period == self.about and line.scope == HOME:
                sums[line.place, line.fund] += line.amount
        return dict(sums)

    def _elsewhere(self, month: Month) -> dict[tuple[str, str], Decimal]:
        """What other provinces' people cost in a month, by place and 险种."""
        found = {}
        for fund in FUNDS:
            total = sum(
                (
                    a
                    for (_, f), a in hosted(self.office.world, month).items()
                    if f == fund
                ),
                NOTHING,
            )
            parts = shared(total, list(GUEST_PLACES.values()))
            for place, amount in zip(GUEST_PLACES, parts):
                found[place, fund] = amount
        return found


def institution(place: str) -> str:
    """The code of a place's one hospital; nobody's."""
    return f"H{place}00001"


def hospital(place: str) -> str:
    kinds = ("人民医院", "第一医院", "中医医院")
    return regions.name(place) + Random(place).choice(kinds)
