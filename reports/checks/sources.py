"""What the books must hold, said by source lines alone.

A second, independent telling of what each line of F0, F1, F2 and F7 (the centre's, X3
and X5) does to each book:
nets by book, subject, detail and fund, debit plus. 暂付款——各县、区 and 暂收款——各县、区
are one place here, since the annex uses both for the same money (reading 1).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, and_, case, func, select

from ledger import regions, settings
from ledger.money import NOTHING
from ledger.schema import ClearingLine, OpeningLine, Posting, TransferLine
from posting_rules.policies import Policy
from reports.checks.away_lines import Away, ProvincePart, away_lines, province_parts
from reports.checks.bank_posted import posted_lines
from reports.checks.taken_back import taken_back_later

BANK = "银行存款——医保基金存款"
PAID = "暂付款——异地就医款"
COUNTIES = "各县、区"  # both subjects of the stranded pair
CITIES = "暂收款——各市、州"
INSIDE = "暂收款——省内异地就医"
PROVINCES = "暂付款——各省、市"
OTHERS = "暂收款——外省预付金"
SPENDING_BANK = "支出户存款——异地就医"
INCOME = "医保收入——异地医保收入"
FUND_BANK = "财政专户存款——"
OWN_SPENDING = "医保支出——异地就医支出"
PASSED_ON = "医保支出——异地医保支出"
CLEARED = "医保费用支出——医保各险种"
OPENING, TRANSFER, CLEARING, POSTING = (
    OpeningLine.__table__,
    TransferLine.__table__,
    ClearingLine.__table__,
    Posting.__table__,
)


class Place(NamedTuple):
    book: str
    subject: str
    detail: str
    fund: str


class Transfer(NamedTuple):
    """Lines of F1 added up; payer and payee are those of the money first moved.

    `amount` is negative for what came back; paid and received say whether the
    first payer's and the first payee's books have it.
    """

    payer: str
    payee: str
    clearing: bool  # 清算资金
    scope: str
    fund: str
    quarter: str
    own: Decimal
    lower: Decimal
    paid: bool
    received: bool

    @property
    def amount(self) -> Decimal:
        return self.own + self.lower


class Cleared(NamedTuple):
    """Lines of F2 added up; `payer` is the city of a county that has ended."""

    insured: str
    payer: str
    province: str  # of the place, "" within the province
    period: str
    scope: str
    fund: str
    amount: Decimal


class Sources(NamedTuple):
    opening: dict[Place, Decimal]
    transfers: list[Transfer]
    cleared: list[Cleared]
    away: list[Away]
    parts: list[ProvincePart]
    expected: dict[Place, Decimal]


NO_SOURCES = Sources({}, [], [], [], [], {})


def sources_of(connection: Connection, policy: Policy, on: date) -> Sources:
    """Every live and posted source line up to a day, and what follows from it."""
    opening = _opening(connection, on)
    transfers = _transfers(connection, on)
    cleared = _cleared(connection, on)
    away, parts = away_lines(connection, on), province_parts(connection, on)
    expected: dict[Place, Decimal] = defaultdict(lambda: NOTHING)
    for place, amount in opening.items():
        expected[place] += amount
    for transfer in transfers:
        for place, amount in _of_transfer(policy, transfer):
            expected[place] += amount
    for row in cleared:
        for place, amount in _of_clearing(policy, row):
            expected[place] += amount
    for place, amount in _of_institutions(policy, away, parts):
        expected[place] += amount
    for place, amount in posted_lines(connection, policy, on):
        expected[Place(*place)] += amount
    return Sources(opening, transfers, cleared, away, parts, dict(expected))


def merged(subject: str) -> str:
    """The subject under which the check keeps it."""
    pair = (f"暂付款——{COUNTIES}", f"暂收款——{COUNTIES}")
    return COUNTIES if subject in pair else subject


def level(code: str) -> str:
    return regions.level(code)


def inside(policy: Policy, t: Transfer) -> bool:
    """Whether the money left a payer of this province."""
    return _province(t.payer) == policy.province


def funding(t: Transfer) -> bool:
    """Whether it is X2: from the province's finance to the centre."""
    return t.payer == t.payee


def _of_transfer(policy: Policy, t: Transfer) -> Iterable[tuple[Place, Decimal]]:
    centre, finance = f"{policy.province}-centre", f"{policy.province}-province-finance"
    own_bank, fund = f"{FUND_BANK}异地就医结算中心", t.fund
    kind = level(t.payer) if inside(policy, t) else "other"
    if kind in ("county", "city"):
        agency, payer_finance = f"{t.payer}-{kind}-agency", f"{t.payer}-{kind}-finance"
        bank = f"{FUND_BANK}{'县本级' if kind == 'county' else '市本级'}"
        spent = OWN_SPENDING + ("" if kind == "county" else "（市本级部分）")
        if t.paid:
            yield Place(agency, PAID, "", fund), t.amount
            yield Place(agency, bank, "", fund), -t.amount
            yield Place(payer_finance, spent, "", fund), t.own
            yield Place(payer_finance, f"{PASSED_ON}（县区部分）", "", fund), t.lower
            yield Place(payer_finance, BANK, "", fund), -t.amount
    if kind == "own" and t.paid:
        agency = f"{policy.province}-province-agency"
        yield Place(agency, PAID, "", fund), t.amount
        yield Place(agency, f"{FUND_BANK}省本级", "", fund), -t.amount
    if kind == "county" and t.received:
        agency, payee_finance = f"{t.payee}-city-agency", f"{t.payee}-city-finance"
        yield Place(agency, f"{FUND_BANK}市本级", "", fund), t.amount
        yield Place(agency, COUNTIES, t.payer, fund), -t.amount
        yield Place(payee_finance, BANK, "", fund), t.amount
        yield Place(payee_finance, INCOME, "", fund), -t.amount
    if kind in ("city", "own") and t.received:
        yield Place(centre, own_bank, "", fund), t.amount
        yield Place(centre, CITIES, t.payer, fund), -t.amount
    if kind == "city" and t.received:
        yield Place(finance, BANK, "", fund), t.amount
        yield Place(finance, INCOME, "", fund), -t.amount
    if kind == "province" and t.paid:
        yield from _of_province(policy, t)
    if kind == "other" and t.received:
        for book, bank in ((centre, own_bank), (finance, BANK)):
            yield Place(book, bank, "", fund), t.amount
            yield Place(book, OTHERS, _province(t.payer), fund), -t.amount


def _of_province(policy: Policy, t: Transfer) -> Iterable[tuple[Place, Decimal]]:
    """What the province pays: to another one, or for institutions (X2)."""
    centre, finance = f"{policy.province}-centre", f"{policy.province}-province-finance"
    fund = t.fund
    if funding(t):
        yield Place(centre, SPENDING_BANK, "", fund), t.amount
    else:
        yield Place(centre, PROVINCES, _province(t.payee), fund), t.amount
    yield Place(centre, f"{FUND_BANK}异地就医结算中心", "", fund), -t.amount
    yield Place(finance, f"{OWN_SPENDING}（省本级部分）", "", fund), t.own
    yield Place(finance, f"{PASSED_ON}（市州部分）", "", fund), t.lower
    yield Place(finance, BANK, "", fund), -t.amount


def _of_institutions(
    policy: Policy, away: list[Away], parts: list[ProvincePart]
) -> Iterable[tuple[Place, Decimal]]:
    """X3 and X5, and what of X2 is other provinces' money and not the cities'."""
    centre, finance = f"{policy.province}-centre", f"{policy.province}-province-finance"
    for row in away:
        yield Place(centre, INSIDE, "", row.fund), row.at_home
        yield Place(centre, SPENDING_BANK, "", row.fund), -row.at_home - row.elsewhere
    for part in parts:
        book = finance if part.form == "F1" else centre
        yield Place(book, OTHERS, part.province, part.fund), part.amount
        if part.form == "F1":
            yield Place(
                finance, f"{PASSED_ON}（市州部分）", "", part.fund
            ), -part.amount


def _of_clearing(policy: Policy, row: Cleared) -> Iterable[tuple[Place, Decimal]]:
    centre, fund, amount = f"{policy.province}-centre", row.fund, row.amount
    city = regions.city_of(row.insured)
    if level(city) == "own":
        agency = f"{policy.province}-province-agency"
        yield Place(agency, f"{CLEARED}（省本级）", "", fund), amount
        yield Place(agency, PAID, "", fund), -amount
    else:
        agency = f"{city}-city-agency"
        yield Place(agency, PAID, "", fund), -amount
        if level(row.payer) == "county":
            county = f"{row.payer}-county-agency"
            yield Place(agency, COUNTIES, row.payer, fund), amount
            yield Place(county, f"{CLEARED}（县本级）", "", fund), amount
            yield Place(county, PAID, "", fund), -amount
        else:
            yield Place(agency, f"{CLEARED}（市州级）", "", fund), amount
    yield Place(centre, CITIES, city, fund), amount
    if row.province:
        yield Place(centre, PROVINCES, row.province, fund), -amount
    else:
        yield Place(centre, INSIDE, "", fund), -amount


def _opening(connection: Connection, on: date) -> dict[Place, Decimal]:
    rows = connection.execute(
        select(OPENING)
        .join(POSTING, POSTING.c.id == OPENING.c.posting_id)
        .where(
            OPENING.c.live,
            POSTING.c.state == "approved",
            OPENING.c.cutoff <= on - timedelta(days=1),
        )
    )
    sums: dict[Place, Decimal] = defaultdict(lambda: NOTHING)
    for row in rows:
        place = Place(row.book, merged(row.subject), row.detail, row.fund)
        sums[place] += row.debit - row.credit
    return dict(sums)


def _transfers(connection: Connection, on: date) -> list[Transfer]:
    paid_by, received_by = POSTING.alias("paid_by"), POSTING.alias("received_by")
    paid = and_(TRANSFER.c.paid_on <= on, paid_by.c.state == "approved")
    received = and_(TRANSFER.c.received_on <= on, received_by.c.state == "approved")
    origin = TRANSFER.alias("origin")  # of a bounce: what it undoes (X11)
    keys = [
        TRANSFER.c[name]
        for name in ("payer", "payee", "nature", "scope", "fund", "quarter")
    ] + [
        func.coalesce(origin.c.nature, "").label("undone"),
        case((paid, 1), else_=0).label("paid"),
        case((received, 1), else_=0).label("received"),
    ]
    rows = connection.execute(
        select(*keys, _sum(TRANSFER.c.own), _sum(TRANSFER.c.lower))
        .outerjoin(paid_by, paid_by.c.id == TRANSFER.c.paid_posting_id)
        .outerjoin(received_by, received_by.c.id == TRANSFER.c.received_posting_id)
        .outerjoin(origin, origin.c.id == TRANSFER.c.bounces_id)
        .where(TRANSFER.c.live)
        .group_by(*keys[:6], "undone", "paid", "received")
    )
    found = []
    for payer, payee, nature, *kept, undone, paid, received, own, lower in rows:
        clearing = "清算资金" in (nature, undone)
        ends, done = (payer, payee), (bool(paid), bool(received))
        if nature == "退回":
            ends, done, own, lower = ends[::-1], done[::-1], -own, -lower
        found.append(Transfer(*ends, clearing, *kept, own, lower, *done))
    return found


def _cleared(connection: Connection, on: date) -> list[Cleared]:
    columns = ("insured", "place", "period", "scope", "fund")
    keys = [CLEARING.c[name] for name in columns]
    ended = _ended(connection)
    days = [CLEARING.c.confirmed_on] if ended else []
    rows = connection.execute(
        select(*keys, _sum(CLEARING.c.amount), *days)
        .join(POSTING, POSTING.c.id == CLEARING.c.posting_id)
        .where(
            CLEARING.c.live,
            POSTING.c.state == "approved",
            CLEARING.c.confirmed_on <= on,
        )
        .group_by(*keys, *days)
    )
    undone = taken_back_later(connection, columns, on)
    sums: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for insured, place, period, scope, fund, amount, *confirmed in [*rows, *undone]:
        payer = insured
        if confirmed and insured in ended and ended[insured](confirmed[0]) == "ended":
            payer = regions.city_of(insured)
        province = _province(place) if scope == "跨省" else ""
        sums[insured, payer, province, period, scope, fund] += amount
    return [Cleared(*key, amount) for key, amount in sums.items()]


def _ended(connection: Connection) -> dict:
    """Counties whose books may have ended (reading 8), with the setting by day."""
    if not settings.is_set(connection, "county-books"):
        return {}
    counties = connection.execute(select(CLEARING.c.insured).distinct()).scalars()
    return {code: settings.dated(connection, "county-books", code) for code in counties}


@cache
def _province(code: str) -> str:
    return regions.province_of(code)


def _sum(column):
    return func.sum(column, type_=column.type)
