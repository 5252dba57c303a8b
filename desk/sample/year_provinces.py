"""The year's advances between provinces: F4 in February, and the money that follows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from random import Random

from desk.sample import year_forms as layouts
from desk.sample.figures import ABROAD, FUNDS, shared
from desk.sample.year_days import Days
from desk.sample.year_office import Office
from ledger.documents import ProvinceQuota, Transfer
from ledger.money import NOTHING, to_fen
from posting_rules.workdays import is_workday, workdays_after

KIND = "quota-change"
PAYING, RECEIVING = "付款", "收款"
LESS = 5  # every so-manieth province's advance is cut; that money comes back


def yearly(office: Office) -> None:
    """F4 comes, is confirmed and submitted; both sides pay by the end of the month."""
    days = Days(office.quarters[0], office.world.seed)
    comes = _workday(date(office.year, 2, 9))
    confirmed = days.of("province-advance-download", office.year)
    confirmed = min(confirmed, workdays_after(comes, 1))
    title = f"{office.year}年度全国跨省异地就医费用预付金明细表"
    lines = _quotas(office)
    diary = office.diary
    diary.file(comes, "全国预付金明细表", title, layouts.PROVINCE_QUOTAS, lines)
    step = f"--kind {KIND} --period {office.year}"
    diary.act(comes, f"notice make {KIND} {office.year}")
    diary.act(confirmed, f"notice confirm {step}")
    submitted = days.of("province-advance-submit", office.year)
    diary.act(submitted, f"notice submit {step}")
    paid = workdays_after(submitted, 3)
    diary.act(paid, f"notice approve {step}", 0)
    transfers = [line for quota in lines for line in _moved(office, quota, paid)]
    office.transfers(paid, "额度调整划拨单", transfers)
    last = days.of("province-advance-transfer", office.year)
    diary.act(last, f"notice receive {step} --evidence 到账回单")


def _quotas(office: Office) -> list[ProvinceQuota]:
    """Both directions; what was set before is what the openings hold."""
    term = f"{office.year}年2月28日前"
    lines = []
    for direction, held in (
        (PAYING, office.openings.provinces),
        (RECEIVING, office.openings.guests),
    ):
        sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        for (province, _), amount in held.items():
            sums[province] += amount
        for at, (province, before) in enumerate(sorted(sums.items())):
            rng = Random(f"{office.world.seed}/{direction}/{province}/{office.year}")
            rate = (
                rng.uniform(-0.1, -0.03) if at % LESS == 2 else rng.uniform(0.04, 0.2)
            )
            change = to_fen((before * Decimal(rate)).quantize(Decimal("1E2")))
            line = ("", 0, office.year, province, direction, before)
            lines.append(ProvinceQuota(*line, before + change, change, term, False))
    return lines


def _moved(office: Office, quota: ProvinceQuota, on: date) -> list[Transfer]:
    """The transfer that an adjustment leads to, from whoever has to pay."""
    ours = quota.direction == PAYING
    held = office.openings.provinces if ours else office.openings.guests
    weights = [held.get((quota.province, fund), NOTHING) for fund in FUNDS]
    parts = shared(abs(quota.change), [int(weight) for weight in weights])
    rows = {}
    for fund, amount in zip(FUNDS, parts):
        own = (amount, NOTHING)
        rows[ABROAD, fund] = own_share(office, fund, amount) if ours else own
    back = quota.change < 0
    ends = (office.province, quota.province)
    if ours == back:
        ends = ends[::-1]
    return office.slips.pay(
        *ends,
        on,
        rows,
        "退回" if back else "额度调整",
        office.quarters[0],
        notice=office.number(KIND, 1),
        note=f"{office.year}年度跨省预付金额度调整",
    )


def own_share(office: Office, fund: str, amount: Decimal) -> tuple[Decimal, Decimal]:
    """What of a payment to another province is 省本级's, and the cities'."""
    weights = [NOTHING, NOTHING]
    for part, need in office.world.need.items():
        if part.scope == ABROAD and part.fund == fund:
            weights[part.payer != office.world.land.own_people] += need
    own, lower = shared(amount, [int(weight) for weight in weights])
    return own, lower


def _workday(day: date) -> date:
    return day if is_workday(day) else workdays_after(day, 1)
