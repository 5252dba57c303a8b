"""What else happened in a year: emergencies, disputes, bounces, who joined, who was
renamed; and how many notices there were."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions, settings
from ledger.advances import clearing_words, notices, plans
from ledger.advances.suspensions import suspensions
from ledger.advances.tables import ClearingWord, Plan
from ledger.money import NOTHING
from ledger.schema import ClearingLine, TransferLine, Voucher, VoucherLine
from ledger.vouchers import signed
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.notices import DISPUTED, STATE_NAMES, kinds
from posting_rules.policies import Policy
from reports.advances.year_money import CITIES

PLAN, WORD = Plan.__table__, ClearingWord.__table__
TRANSFER, LINE = TransferLine.__table__, ClearingLine.__table__
VOUCHER, VOUCHER_LINE = Voucher.__table__, VoucherLine.__table__
LISTS = ("clearing-list", "clearing-notice")
GO_LIVE, OPEN = "go-live", "open"


class Event(NamedTuple):
    """Something that happened; `day` is None where only its saying was kept."""

    day: date | None
    kind: str  # 紧急调增, 异议, 撤回确认, 退汇, 暂停, 恢复, 接入, 更名
    region: str
    words: str
    amount: Decimal | None = None


class NoticeCount(NamedTuple):
    """How many notices of a kind the year's periods had, and how far they went."""

    kind: str
    name: str
    count: int
    total: Decimal
    states: tuple[tuple[str, int], ...]  # names of states, by the order of steps


def events(
    connection: Connection, policy: Policy, first: date, last: date
) -> list[Event]:
    """In the order of days; those without one come last."""
    found = [
        *_emergencies(connection, policy),
        *_disputed_notices(connection, first),
        *_disputed_lines(connection),
        *_taken_back(connection, policy),
        *_bounced(connection),
        *_suspended(connection),
        *_joined(connection),
        *_renamed(policy),
    ]
    within = [e for e in found if e.day is None or first <= e.day <= last]
    return sorted(within, key=lambda e: (e.day or date.max, e.kind, e.region))


def notice_counts(
    connection: Connection, policy: Policy, year: int
) -> list[NoticeCount]:
    """By kind, in the document's order; what was withdrawn is left out."""
    by_kind: dict[str, list] = defaultdict(list)
    for row in notices.notices(connection):
        if row.standing and row.year == year:
            by_kind[row.kind].append(row)
    found = []
    for kind in kinds(policy).values():
        rows = by_kind.get(kind.id, [])
        states = [
            (name, sum(row.state == state for row in rows))
            for state, name in STATE_NAMES.items()
        ]
        if rows:
            total = sum((row.total for row in rows), NOTHING)
            kept = tuple((name, count) for name, count in states if count)
            found.append(NoticeCount(kind.id, kind.name, len(rows), total, kept))
    return found


def _emergencies(connection: Connection, policy: Policy) -> Iterator[Event]:
    ids = connection.execute(
        select(PLAN.c.id).where(
            PLAN.c.kind == plans.EMERGENCY,
            PLAN.c.state != plans.WITHDRAWN,
            PLAN.c.region == policy.province,
        )
    ).scalars()
    for plan_id in list(ids):
        plan = plans.plan(connection, plan_id)
        sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        for line in plans.lines(connection, plan_id):
            sums[line.payer] += line.amount
        for payer, amount in sums.items():
            words = f"{plan.quarter}{plan.note}"
            yield Event(plan.on_day, "紧急调增", payer, words, amount)


def _disputed_notices(connection: Connection, first: date) -> Iterator[Event]:
    """Notices of advances; lists that a city disputes are told by their lines."""
    for row, step in _disputes(connection):
        if row.kind not in LISTS and row.year >= first.year:
            words = f"{row.title}{row.number}：{step.reason}"
            yield Event(step.on_day, "异议", row.region, words, row.total)


def _disputes(connection: Connection) -> Iterator[tuple]:
    for row in notices.notices(connection):
        if row.standing:
            for step in notices.steps(connection, row.id):
                if step.state == DISPUTED:
                    yield row, step


def _disputed_lines(connection: Connection) -> Iterator[Event]:
    """Acts on clearing lines; their day is that of the list's step, if it has one."""
    days = {
        (row.region, row.period, step.reason): step.on_day
        for row, step in _disputes(connection)
        if row.kind in LISTS
    }
    rows = connection.execute(
        select(
            WORD.c.serial, WORD.c.period, WORD.c.reason, LINE.c.insured, LINE.c.amount
        )
        .join(LINE, LINE.c.id == WORD.c.line_id)
        .where(WORD.c.says == clearing_words.DISPUTED)
        .order_by(WORD.c.serial, LINE.c.id)
    )
    acts: dict[tuple, list] = defaultdict(lambda: [NOTHING, 0])
    for serial, period, reason, insured, amount in rows:
        kept = acts[serial, period, reason, regions.city_of(insured)]
        kept[0] += amount
        kept[1] += 1
    for (_, period, reason, city), (amount, count) in acts.items():
        words = f"{period}清算明细{count}行：{reason}"
        day = days.get((city, period, reason))
        yield Event(day, "异议", city, words, amount)


def _taken_back(connection: Connection, policy: Policy) -> Iterator[Event]:
    """Confirmations taken back: the centre's red vouchers, a city and day at once."""
    rows = connection.execute(
        select(
            VOUCHER.c.occurred_on,
            VOUCHER_LINE.c.detail,
            VOUCHER.c.quarter,
            VOUCHER_LINE.c.side,
            func.sum(VOUCHER_LINE.c.amount, type_=VOUCHER_LINE.c.amount.type),
        )
        .join(VOUCHER_LINE, VOUCHER_LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == f"{policy.province}-centre",
            VOUCHER.c.event == CLEARING,
            VOUCHER.c.reverses_id.is_not(None),
            VOUCHER.c.number.is_not(None),
            VOUCHER_LINE.c.subject == CITIES,
        )
        .group_by(
            VOUCHER.c.occurred_on,
            VOUCHER_LINE.c.detail,
            VOUCHER.c.quarter,
            VOUCHER_LINE.c.side,
        )
    )
    for day, city, quarter, side, amount in rows:
        words = f"{quarter}的清算确认撤回，已用红字冲回"
        yield Event(day, "撤回确认", city, words, abs(signed(side, amount)))


def _bounced(connection: Connection) -> Iterator[Event]:
    rows = connection.execute(
        select(TRANSFER).where(TRANSFER.c.live, TRANSFER.c.bounces_id.is_not(None))
    )
    sums: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for row in rows:
        day = row.received_on or row.paid_on
        sums[day, row.payee, row.payer] += row.own + row.lower
    for (day, payer, payee), amount in sums.items():
        words = f"付{regions.name(payee, day)}的款项被银行退汇，重新划拨"
        yield Event(day, "退汇", payer, words, amount)


def _suspended(connection: Connection) -> Iterator[Event]:
    for row in suspensions(connection):
        yield Event(row.from_day, "暂停", row.region, f"{row.reason}（{row.document}）")
        if row.until_day:
            words = f"{row.lift_reason}（{row.lift_document}）"
            yield Event(row.until_day, "恢复", row.region, words)


def _joined(connection: Connection) -> Iterator[Event]:
    for row in settings.rows(connection):
        if row.name == GO_LIVE and row.value == OPEN and row.from_day:
            yield Event(row.from_day, "接入", row.region, "接入异地就医直接结算")


def _renamed(policy: Policy) -> Iterator[Event]:
    """Regions of the province that got another name, and perhaps another code."""
    for row in regions.table():
        if not row.until or not row.successor:
            continue
        if regions.province_of(row.successor) != policy.province:
            continue
        now = regions.name(row.successor, row.until)
        words = f"{row.name}更名为{now}"
        if row.code != row.successor:
            words += f"，代码{row.code}改为{row.successor}"
        yield Event(row.until, "更名", row.successor, words)
