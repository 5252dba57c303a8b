"""A sample province's bills, one after the other, and what each takes from whom.

Amounts are whole fen. The pooled part is said by the list; the accounts' parts are
followed here, so that a list may carry the whole split, the other side's list can be
written, and what institutions are owed is known beforehand.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from desk.sample.sharing_people import RESIDENTS_FUND, Province
from ledger import regions
from ledger.periods import Month
from posting_rules.families import drawn, given_back
from posting_rules.personal import fund_of_accounts
from posting_rules.uses import OWN, PHARMACY, cost_ruling

LEVELS = ("三级", "二级及以下", PHARMACY)
NETWORKED, MANUAL = "联网", "手工"
CHARGE, REFUND, REVERSAL = "收费", "退费", "冲正"
IN_HOSPITAL = ("普通门诊",) * 8 + ("门诊特殊疾病", "两病", "住院自付")
IN_SHOP = ("购药",) * 4 + ("医疗器械", "医用耗材")
POOLED = {"三级": 50, "二级及以下": 60, PHARMACY: 40}  # per cent of most bills
RECENT = 400  # bills of which some are given back


@dataclass
class Institution:
    code: str
    level: str
    place: str  # its city, or another province


@dataclass
class Bill:
    """A line of the list; of a refund the amounts are what is given back.

    `paid` has the own account first, then the family's by (person, amount); `whole`
    says that the list carries the split, `at` the month by number.
    """

    serial: str
    time: str
    act: str
    person: int
    institution: Institution
    category: str
    channel: str
    total: int
    in_policy: int
    pooled: int
    other: int = 0
    own: int = 0
    shares: tuple[tuple[int, int], ...] = ()
    original: str = ""
    whole: bool = False
    refunds: int = 0

    @property
    def cash(self) -> int:
        paid = sum(amount for _, amount in self.shares)
        return self.total - self.pooled - self.other - self.own - paid


class Bills:
    """The province's bills in the order of time, with what they leave behind.

    `dues` is what the networked ones owe an institution, by month, code and fund;
    `pooled` what of it the place's own pooled fund pays, of which 扣款 is taken;
    `elsewhere` the shares of accounts of another city than the place, by month. Not
    `noting`, they stay empty.
    """

    def __init__(self, province: Province, noting: bool = True):
        self.province, self.noting = province, noting
        self.rng = Random(f"{province.seed}/{province.code}/bills")
        self.institutions = institutions(province)
        self.recent: deque[Bill] = deque(maxlen=RECENT)
        self.first = 0  # who had the first bill
        self.dues: dict[tuple[str, str, str], int] = defaultdict(int)
        self.pooled: dict[tuple[str, str, str], int] = defaultdict(int)
        self.elsewhere: dict[str, list[tuple[Bill, int, int]]] = defaultdict(list)

    def of_month(self, month: Month, rows: int) -> Iterator[Bill]:
        """So many lines of a month, in the order of time."""
        begins = datetime.combine(month.first_day, datetime.min.time())
        seconds = ((month.last_day - month.first_day).days + 1) * 86_400 - 1
        for number in range(rows):
            at = begins + timedelta(seconds=seconds * number // rows)
            time, serial = at.isoformat(" "), f"{month}-{number:08d}"
            chance = self.rng.random()
            bill = None
            if chance < 0.03 and self.recent:
                bill = self._given_back(serial, time, chance < 0.006)
            yield self._kept(bill or self._charged(serial, time), str(month))

    def _kept(self, bill: Bill, month: str) -> Bill:
        """Move the accounts and note what is owed."""
        sign = 1 if bill.act == CHARGE else -1
        balances, place = self.province.balances, bill.institution.place
        balances[bill.person] -= sign * bill.own
        for payer, amount in bill.shares:
            balances[payer] -= sign * amount
        if self.noting and bill.channel == NETWORKED:
            self._note(bill, month, place, sign)
        return bill

    def _note(self, bill: Bill, month: str, place: str, sign: int) -> None:
        for payer, amount in bill.shares:
            if self.province.city(payer) != place:
                self.elsewhere[month].append((bill, payer, amount))
        if place in self.province.cities:
            accounts = bill.own + sum(amount for _, amount in bill.shares)
            own_fund = fund_of_accounts(place)
            fund = own_fund
            if not self.province.has_account(bill.person):
                fund = RESIDENTS_FUND
            code = bill.institution.code
            self.dues[month, code, fund] += sign * (bill.pooled + bill.other)
            self.dues[month, code, own_fund] += sign * accounts
            if self.province.city(bill.person) == place:
                self.pooled[month, code, fund] += sign * bill.pooled

    def _charged(self, serial: str, time: str) -> Bill:
        rng = self.rng
        person = self._person()
        at = self._institution(person)
        categories = IN_SHOP if at.level == PHARMACY else IN_HOSPITAL
        total = 1_000 + int(rng.random() ** 3 * 120_000)
        in_policy = total * rng.choice((100, 100, 90, 75, 60)) // 100
        pooled = in_policy * rng.choice((0, POOLED[at.level], POOLED[at.level])) // 100
        other = (total - pooled) // 10 if rng.random() < 0.02 else 0
        bill = Bill(
            *(serial, time, CHARGE, person, at, rng.choice(categories)),
            MANUAL if rng.random() < 0.03 else NETWORKED,
            *(total, in_policy, pooled, other),
            whole=rng.random() < 0.06,
        )
        self._draw(bill)
        if not self.recent:
            self.first = person
        self.recent.append(bill)
        return bill

    def _person(self) -> int:
        while True:
            person = int(self.rng.random() * self.province.people)
            if self.province.is_known(person):
                return person

    def _institution(self, person: int) -> Institution:
        chance, province = self.rng.random(), self.province
        if chance < 0.02:
            return self.institutions[-1]  # in another province
        city = province.cities.index(province.city(person))
        if chance < 0.2:
            city = int(self.rng.random() * len(province.cities))
        return self.institutions[city * len(LEVELS) + int(self.rng.random() * 3)]

    def _draw(self, bill: Bill) -> None:
        """Own account, then the family's, as the region's rules let them pay."""
        province, due = self.province, bill.total - bill.pooled - bill.other
        in_policy = max(0, bill.in_policy - bill.pooled - bill.other)
        on = province.months[0].first_day.fromisoformat(bill.time[:10])
        at = bill.institution

        def may(payer: int, who: str) -> int:
            inside = at.place in province.cities
            ruling = cost_ruling(
                province.city(payer), who, at.level, bill.category, inside, on
            )
            if not ruling.may:
                return 0
            return due if ruling.part == "all" else min(due, in_policy)

        if province.has_account(bill.person):
            most = may(bill.person, OWN)
            bill.own = drawn(most, [province.balances[bill.person]])[0]
            due -= bill.own
        if bill.channel == MANUAL or not due:
            return
        paid = []
        for payer, relation in province.payers(bill.person, bill.time):
            part = drawn(may(payer, relation), [province.balances[payer]])[0]
            due -= part
            if part:
                paid.append((payer, part))
        bill.shares = tuple(paid)

    def _given_back(self, serial: str, time: str, whole: bool) -> Bill | None:
        """A refund or reversal of a recent bill; it takes what is given off it."""
        of = self.recent[int(self.rng.random() * len(self.recent))]
        if not of.total or whole and of.refunds:
            return None
        of.refunds += 1
        part = 100 if whole else self.rng.choice((100, 60, 25))
        total = of.total * part // 100 or of.total
        left = of.total - total
        in_policy = of.in_policy - of.in_policy * left // of.total
        pooled = of.pooled - of.pooled * left // of.total
        other = of.other if not left else 0
        accounts = given_back(
            total - pooled - other, [of.own, *(paid for _, paid in of.shares)]
        )
        back = Bill(
            *(serial, time, REVERSAL if whole else REFUND, of.person, of.institution),
            *(of.category, of.channel, total, in_policy, pooled, other, accounts[0]),
            tuple((p, paid) for (p, _), paid in zip(of.shares, accounts[1:]) if paid),
            of.serial,
        )
        shares = zip(of.shares, accounts[1:])
        of.shares = tuple((p, paid - again) for (p, paid), again in shares)
        of.total, of.in_policy = left, of.in_policy - in_policy
        of.pooled, of.other = of.pooled - pooled, of.other - other
        of.own -= accounts[0]
        return back


def institutions(province: Province) -> list[Institution]:
    """One of each level in every city, by city; the last is in another province."""
    made = []
    for city in province.cities:
        for number, level in enumerate(LEVELS, 1):
            made.append(Institution(f"H{city}{number:03d}", level, city))
    other = next(code for code in _provinces() if code != province.code)
    return [*made, Institution(f"H{other}001", LEVELS[0], other)]


def _provinces() -> list[str]:
    rows = regions.table()
    return sorted({row.code for row in rows if row.level == "province"})
