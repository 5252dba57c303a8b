"""What the notices of a kind and period have to say, from what is kept.

Of a plan: its list, or a notice for each payer; of F4 a year's, of F5 a quarter's
lines; of F2 a quarter's, city by city. Lines that an issued notice says already are
left out: what came later is a notice of its own.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.advances import notice_sources, notices, plans
from ledger.advances.notices import OWN, LineRow, NoticeRow
from ledger.advances.plans import PlanRow
from ledger.errors import BookError, UsageError
from ledger.money import NOTHING
from ledger.periods import Month, Quarter
from ledger.postings import Actor
from posting_rules.notices import CITY, COMES_IN, MADE, PAYER, YEAR, Kind
from posting_rules.policies import Policy
from posting_rules.workdays import SpecialDays
from reports.advances.flags import flag_note, flags

EMERGENCY = "emergency"  # the kind that is made of a plan 紧急调增, and of no other
PROVISIONAL = "上季度清算尚未全部确认，本次为预核定，确认后另作额度调整。"
PAYMENT, RECEIPT = "付款", "收款"  # F4's 方向


class Wanted(NamedTuple):
    """A notice as it has to be: whom it is for, and what it says."""

    region: str
    lines: tuple[LineRow, ...]
    total: Decimal
    title: str
    note: str = ""
    plan_id: int | None = None
    source_lines: str = ""


class Maker(NamedTuple):
    """What every kind's making needs."""

    connection: Connection
    policy: Policy
    kind: Kind
    period: Month | Quarter | int
    holder: str
    actor: Actor
    on: date
    special: SpecialDays | None

    def standing(self, region: str | None = None) -> list[NoticeRow]:
        """The holder's own notices of the kind and period, not withdrawn."""
        found = notices.notices(
            self.connection,
            kind=self.kind.id,
            period=str(self.period),
            region=region,
        )
        return [
            row
            for row in found
            if row.standing and row.origin == OWN and row.holder == self.holder
        ]


def period_fits(kind: Kind, period) -> None:
    """UsageError for a kind that is never made, or for a period of another length."""
    if kind.per == COMES_IN:
        raise UsageError(f"{kind.name}是收到的文书；收到后用 yibao import 导入")
    if kind.per == YEAR and not isinstance(period, int):
        raise UsageError(f"{kind.name}按年出具，期间写作 2018")
    if kind.per != YEAR and not isinstance(period, Quarter):
        raise UsageError(f"{kind.name}按季度出具，期间写作 2018Q1")


def wanted_of(maker: Maker) -> list[Wanted]:
    """What has to be said; BookError where no plan is there to say it from."""
    if maker.kind.of_plan:
        return [one for plan in _plans(maker) for one in of_plan(maker, plan)]
    if maker.kind.per == CITY:
        return _of_clearing(maker)
    return _of_year(maker) if maker.kind.per == YEAR else _of_quarter(maker)


def nothing_to_say(maker: Maker, payer: str) -> str:
    """Why there is no notice to make, and what has to be imported or run first."""
    period, kind = maker.period, maker.kind
    whose = regions.name(payer) if payer else ""
    nothing = f"{period}没有{whose}要出具的{kind.name}"
    if kind.of_plan:
        see = f"yibao plan {period} --region {maker.holder}"
        see += f" --payer {payer}" if payer else ""
        return f"{nothing}：测算里没有{whose}要付或退回的金额；用 {see} 查看"
    if kind.per == CITY:
        return f"{nothing}：{whose}没有{period}的清算；先用 yibao import 导入清算明细表"
    form = f"{period}年跨省预付金明细表或额度调整通知书"
    if kind.per != YEAR:
        form = f"{period}的{kind.name}"
    return f"{nothing}：没有收到{form}；先用 yibao import 导入"


def _plans(maker: Maker) -> list[PlanRow]:
    """The plans of the period: an emergency's have their own kind of notice.

    Its list (F3 紧急调增) is like any other plan's.
    """
    found = plans.standing(maker.connection, maker.period, maker.holder)
    if maker.kind.id == EMERGENCY:
        found = [plan for plan in found if plan.kind == plans.EMERGENCY]
    elif maker.kind.per == PAYER:
        found = [plan for plan in found if plan.kind != plans.EMERGENCY]
    if not found:
        word = " --emergency 代码" if maker.kind.id == EMERGENCY else ""
        raise BookError(
            f"{maker.period}没有可以出具{maker.kind.name}的预付金测算；"
            f"先运行 yibao plan {maker.period} --region {maker.holder}{word}"
        )
    return found


def of_plan(maker: Maker, plan: PlanRow) -> list[Wanted]:
    """A plan's list, or a notice for each payer that has to pay or gets back.

    A list of the quarter's own advances (核定) says of every payer, also nothing.
    """
    whole = plan.kind == plans.QUOTA and maker.kind.per != PAYER
    note = PROVISIONAL if plan.provisional else ""
    by_payer: dict[str, list[LineRow]] = defaultdict(list)
    for line in plans.lines(maker.connection, plan.id):
        if line.amount or whole:
            # What the plan notes of its working stays with the plan.
            said = LineRow(line.payer, line.scope, line.fund, line.amount, "")
            by_payer[line.payer].append(said)
    groups = {"": [line for _, said in sorted(by_payer.items()) for line in said]}
    if maker.kind.per == PAYER:
        groups = dict(sorted(by_payer.items()))
    return [
        _said(maker, region, said, note=note, plan_id=plan.id)
        for region, said in groups.items()
        if said
    ]


def _of_clearing(maker: Maker) -> list[Wanted]:
    """One a city (and 省本级) with lines in the quarter, confirmed or not."""
    cities: dict[str, list[int]] = defaultdict(list)
    said = _said_ids(maker)
    for line in notice_sources.cleared_in(maker.connection, maker.period):
        if line.id not in said:
            cities[regions.city_of(line.region)].append(line.id)
    wanted = []
    for city, ids in sorted(cities.items()):
        sums: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
        lines = notice_sources.source_lines(maker.connection, "F2", ids)
        for line in lines:
            sums[line.insured, line.scope, line.fund] += line.amount
        note = flag_note(flags(maker.connection, lines))
        wanted.append(_of_lines(maker, city, sums, ids, note=note))
    return wanted


def _of_year(maker: Maker) -> list[Wanted]:
    """F4 of a year, its total what is paid; the first (首次) have a name of their own."""
    found = notice_sources.of_year(maker.connection, maker.period)
    ids = _fresh(maker, found)
    groups: dict[bool, list] = defaultdict(list)
    lines = notice_sources.source_lines(maker.connection, "F4", ids)
    for id, line in zip(sorted(ids), lines):
        groups[line.first].append((id, line))
    wanted = []
    for first, group in sorted(groups.items()):
        said = [
            LineRow(line.province, line.direction, "", line.change, line.term)
            for _, line in group
        ]
        back = sum((line.amount for line in said if line.scope == RECEIPT), NOTHING)
        one = _said(
            maker,
            "",
            said,
            title=maker.kind.first if first else maker.kind.name,
            source_lines=notice_sources.runs(id for id, _ in group),
        )
        wanted.append(one._replace(total=one.total - back))
    return wanted


def _of_quarter(maker: Maker) -> list[Wanted]:
    """F5 of a quarter, by place and fund."""
    found = notice_sources.of_quarter(maker.connection, maker.period)
    ids = _fresh(maker, found)
    sums: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for line in notice_sources.source_lines(maker.connection, "F5", ids):
        sums[line.place, "省内", line.fund] += line.total
    return [_of_lines(maker, "", sums, ids)] if ids else []


def _of_lines(
    maker: Maker, region: str, sums: dict, ids: Sequence[int], **more
) -> Wanted:
    said = [LineRow(*key, amount, "") for key, amount in sums.items()]
    said.sort(key=lambda line: (line.region, plans.SCOPES.index(line.scope), line.fund))
    return _said(maker, region, said, source_lines=notice_sources.runs(ids), **more)


def _said(maker: Maker, region: str, said: Sequence[LineRow], **more) -> Wanted:
    total = sum((line.amount for line in said), NOTHING)
    more.setdefault("title", maker.kind.name)
    return Wanted(region, tuple(said), total, **more)


def _fresh(maker: Maker, found: Iterable) -> list[int]:
    said = _said_ids(maker)
    return [line.id for line in found if line.id not in said]


def _said_ids(maker: Maker) -> set[int]:
    """The source lines that an issued notice of the kind and period says."""
    return {
        id
        for row in maker.standing()
        if row.state != MADE
        for id in notice_sources.ids_in(row.source_lines)
    }
