"""The sample's F1 lines: money on its way up, and out to other provinces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal
from random import Random

from desk.sample.figures import ABROAD, HOME, Days, Office, Part, days_of, shared
from ledger import regions
from ledger.documents import Transfer
from ledger.money import NOTHING, to_fen
from ledger.periods import Quarter, quarter_of
from posting_rules.workdays import workdays_after

BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "中国银行", "邮政储蓄银行")
# How much of the advance paid to it each partner has used after a quarter.
PARTNER_RATES = [Decimal(rate) for rate in "0.62 0.74 0.66 0.93 0.80".split()]
SHORT_CITY = 2  # passes on only part of what its counties sent
SHORT = Decimal("0.95")
URGENT_COUNTY = 10  # pays 紧急调增 late in the quarter
GENEROUS_COUNTY = 3  # pays too much and gets it back
WAITING_COUNTIES = (7, 30)  # their money is under way when the form is printed
WAITING_CITY = -2

Rows = Mapping[tuple[str, str], tuple[Decimal, Decimal]]  # (用途, 险种): 本级, 下级


class Slips:
    """The bank's slips of a quarter, each with a serial number of its own."""

    def __init__(self, quarter: Quarter, rng: Random):
        self.quarter = quarter
        self.rng = rng
        self.lines: list[Transfer] = []
        self.waiting: set[str] = set()  # serials whose money has not arrived
        self.count = 0

    def pay(
        self,
        payer: str,
        payee: str,
        paid_on: date,
        rows: Rows,
        *,
        nature: str = "预付金",
        quarter: Quarter | None = None,
        arrives_after: int = -1,
        note: str = "",
    ) -> None:
        """One transfer; `arrives_after` working days, under way when it is printed."""
        self.count += 1
        serial = f"{paid_on:%Y%m%d}{payer}{self.count:05d}"
        days = self.rng.choice((0, 0, 0, 1)) if arrives_after < 0 else arrives_after
        received_on = workdays_after(paid_on, days) if days else paid_on
        if arrives_after >= 0:
            self.waiting.add(serial)
        quarter = quarter or self.quarter
        for (scope, fund), (own, lower) in rows.items():
            if own + lower <= 0:
                continue
            self.lines.append(
                Transfer(
                    *("", 0, paid_on, received_on, payer, payee, nature, scope, fund),
                    *(own, lower, quarter, f"{quarter}-{payer}-{self.count:03d}"),
                    *(account(payer), account(payee), bank_of(payer)),
                    *(serial, f"{received_on:%Y%m%d}{payee}{self.count:05d}"),
                    self.rng.choice((1, 1, 2, 3)),
                    note,
                )
            )


def transfers(
    of: Office,
    quarter: Quarter,
    paid: Mapping[Part, Decimal],
    owed: Mapping[tuple[str, str], tuple[Decimal, Decimal]],
    rng: Random,
    *,
    first: bool,
) -> Slips:
    """A quarter's transfers in the order of a year's business.

    `owed` is what was cleared with other provinces: in the first quarter this
    one's (the advance is measured by it), later the last one's, now paid.
    """
    slips = Slips(quarter, rng)
    days = days_of(quarter)
    by_payer = defaultdict(dict)
    for part, amount in paid.items():
        by_payer[part.payer][part.scope, part.fund] = amount
    _counties_pay(of, slips, days, by_payer)
    _cities_pay(of, slips, days, by_payer)
    if first:
        _provinces_get_advances(of, slips, days, owed)
    else:
        _provinces_get_paid(of, slips, days, owed)
    _provinces_pay_us(of, slips, days, first)
    slips.lines.sort(key=lambda line: line.paid_on)
    return slips


def under_way(slips: Slips) -> list[Transfer]:
    """The lines as they are printed first: some money has not arrived yet."""
    return [
        (
            line._replace(received_on=None, received_serial="")
            if line.serial in slips.waiting
            else line
        )
        for line in slips.lines
    ]


def arrived(slips: Slips, stays: str = "") -> list[Transfer]:
    """The lines that waited, complete; a `stays` nature waits on."""
    return [
        line
        for line in slips.lines
        if line.serial in slips.waiting and line.nature != stays
    ]


def _counties_pay(of: Office, slips: Slips, days: Days, by_payer) -> None:
    counties = of.land.counties
    for at, county in enumerate(counties):
        rows = {key: (amount, NOTHING) for key, amount in by_payer[county].items()}
        city = regions.parent(county)
        on = slips.rng.choice(days.counties)
        if at == GENEROUS_COUNTY:
            key, (amount, _) = next(iter(rows.items()))
            more = to_fen(amount / 10)
            rows[key] = (amount + more, NOTHING)
            back = {key: (more, NOTHING)}
        waits = at in WAITING_COUNTIES
        slips.pay(county, city, on, rows, arrives_after=1 if waits else -1)
        if at == GENEROUS_COUNTY:
            note = "退回多付的预付金"
            slips.pay(city, county, days.cities[0], back, nature="退回", note=note)


def _cities_pay(of: Office, slips: Slips, days: Days, by_payer) -> None:
    land = of.land
    for at, city in enumerate(land.cities):
        own = by_payer[regions.own_people(city)]
        below = [by_payer[county] for county in regions.counties(city)]
        rows = {}
        for key, amount in own.items():
            lower = sum((sent.get(key, NOTHING) for sent in below), NOTHING)
            if at == SHORT_CITY and key[0] == HOME:
                lower = to_fen(lower * SHORT)
            rows[key] = (amount, lower)
        waits = at == len(land.cities) + WAITING_CITY
        on = days.cities[-1] if waits else slips.rng.choice(days.cities)
        arrives = 2 if waits else -1
        slips.pay(city, land.province, on, rows, arrives_after=arrives)
    rows = {key: (amount, NOTHING) for key, amount in by_payer[land.own_people].items()}
    slips.pay(land.own_people, land.province, days.cities[-1], rows)
    if len(land.counties) > URGENT_COUNTY:
        county = land.counties[URGENT_COUNTY]
        rows = {(ABROAD, "310"): (_urgent(of, county), NOTHING)}
        on = workdays_after(days.payments[-1], 4)
        args = (county, regions.parent(county), on, rows)
        slips.pay(*args, nature="紧急调增", arrives_after=1)


def urgent(slips: Slips) -> Iterator[tuple[Part, Decimal]]:
    """What 紧急调增 brings to a county's advance once it has arrived."""
    for line in slips.lines:
        if line.nature == "紧急调增":
            yield Part(line.payer, line.scope, line.fund), line.total


def _urgent(of: Office, county: str) -> Decimal:
    return to_fen(of.limits[Part(county, ABROAD, "310")] / 20)


def _provinces_get_advances(of: Office, slips: Slips, days: Days, owed) -> None:
    for at, partner in enumerate(of.land.partners):
        rate = PARTNER_RATES[at % len(PARTNER_RATES)]
        rows = {}
        for (province, fund), parts in owed.items():
            if province == partner:
                own, lower = (_hundreds(part / rate) for part in parts)
                rows[ABROAD, fund] = (own, lower)
        on = days.payments[1 + at % 2]
        slips.pay(of.land.province, partner, on, rows)


def _provinces_get_paid(of: Office, slips: Slips, days: Days, owed) -> None:
    """清算资金 for the last quarter: three partners by month, the others at once."""
    paid = quarter_of(date.fromordinal(slips.quarter.first_day.toordinal() - 1))
    for at, partner in enumerate(of.land.partners):
        monthly = at < 3
        whole = {f: parts for (p, f), parts in owed.items() if p == partner}
        months = range(3) if monthly else [at % 3]
        for month in months:
            rows = {}
            for fund, parts in whole.items():
                if monthly:
                    parts = tuple(shared(part, [1, 1, 1])[month] for part in parts)
                rows[ABROAD, fund] = parts
            note = f"第{month + 1}次" if monthly else ""
            slips.pay(
                of.land.province,
                partner,
                days.payments[month],
                rows,
                nature="清算资金",
                quarter=paid,
                note=f"{paid}跨省清算资金{note}",
            )
    for partner in of.land.partners[3:5]:
        rows = {
            (ABROAD, fund): (NOTHING, to_fen(parts[1] / 10))
            for (province, fund), parts in owed.items()
            if province == partner
        }
        on = days.payments[1]
        slips.pay(of.land.province, partner, on, rows, nature="额度调整")


def _provinces_pay_us(of: Office, slips: Slips, days: Days, first: bool) -> None:
    """Two partners pay in advance for their people here, later what was cleared."""
    nature = "预付金" if first else "清算资金"
    for partner in of.land.partners[:2]:
        amount = to_fen(Decimal(slips.rng.randint(20_000_000, 60_000_000)) / 100)
        rows = {(ABROAD, "310"): (amount, NOTHING)}
        slips.pay(partner, of.land.province, days.payments[1], rows, nature=nature)


def _hundreds(amount: Decimal) -> Decimal:
    """Up to the next hundred yuan, as limits are set."""
    return to_fen(amount.quantize(Decimal("1E2"), ROUND_CEILING))


def account(code: str) -> str:
    """A dummy account number of 19 digits."""
    return f"9558{Random(code).randrange(10**9):09d}{code}"


def bank_of(code: str) -> str:
    """A dummy name of the branch that keeps it."""
    bank = BANKS[Random(code).randrange(len(BANKS))]
    return f"{bank}{regions.name(code)}{'分行' if code.endswith('00') else '支行'}"
