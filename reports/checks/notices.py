"""Notices (文书): numbers without a gap, amounts, the quotas they set, files on disk."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from hashlib import sha256
from typing import Iterator, Sequence

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.advances import notices, plans
from ledger.advances.clearing_standing import standing
from ledger.advances.notice_payments import payments
from ledger.advances.notice_sources import ids_in
from ledger.advances.notices import LINE, OWN, NoticeRow, StepRow
from ledger.database import Home
from ledger.money import NOTHING
from ledger.schema import QuotaLine
from posting_rules.notices import (
    CITY,
    CONFIRMED,
    DISPUTED,
    ISSUED,
    MADE,
    PAID,
    PLAN,
    STATE_NAMES,
    YEAR,
    kind_named,
)
from posting_rules.policies import Policy
from reports.advances.notice_money import before_paying, cases, overpaid, unready
from reports.checks.findings import ERROR, NOTE, Finding, differing

CHECKED = "文书"
QUOTA = QuotaLine.__table__


def kept_notices(
    connection: Connection, policy: Policy, home: Home | None
) -> Iterator[Finding]:
    """Everything that can be said of notices without asking anybody."""
    rows = notices.notices(connection)
    if not rows:
        return
    steps = notices.steps_of(connection)
    yield from _numbers(rows)
    yield from _amounts(connection, policy, rows)
    yield from _states(rows, steps)
    yield from _quotas(connection, policy, rows)
    yield from _cleared(connection, policy, rows)
    yield from _by_hand(connection, rows, steps)
    yield from _paid(connection, policy, rows, steps)
    yield from _files(rows, home)


def _finding(
    row: NoticeRow, what: str, expected, found, why: str, severity: str = ERROR
) -> Finding:
    book = f"{row.holder}-{regions.level(row.holder)}-agency" if row.holder else ""
    about = f"{row.title}“{row.number}”{what}"
    return Finding(CHECKED, book, about, expected, found, "", severity, why)


def _numbers(rows: Sequence[NoticeRow]) -> Iterator[Finding]:
    """Serials run on within holder, kind and year; withdrawn ones count.

    So do numbers of the same pattern that came in from another home.
    """
    series: dict[tuple, list[NoticeRow]] = defaultdict(list)
    for row in rows:
        if row.origin == OWN:
            series[row.holder, row.kind, row.year].append(row)
    came_in = [row.number for row in rows if row.origin != OWN]
    for group in series.values():
        found = sorted(row.serial for row in group)
        last = max(group, key=lambda row: row.serial)
        head, _, tail = last.number.rpartition(str(last.serial))
        others = {notices.serial_in(number, head, tail) for number in came_in}
        there = {0, *found, *others}
        gap = any(serial - 1 not in there for serial in found)
        if gap or len(set(found)) < len(found):
            listed = "、".join(map(str, found[:20]))
            yield _finding(last, "以前的编号", "不断号", listed, "文号断号或重号")


def _amounts(
    connection: Connection, policy: Policy, rows: Sequence[NoticeRow]
) -> Iterator[Finding]:
    """The amount is that of the lines; between provinces, of what we pay."""
    sums: dict[int, Decimal] = defaultdict(lambda: NOTHING)
    total = func.sum(LINE.c.amount, type_=LINE.c.amount.type)
    for id, scope, amount in connection.execute(
        select(LINE.c.notice_id, LINE.c.scope, total).group_by(
            LINE.c.notice_id, LINE.c.scope
        )
    ):
        sums[id] += amount if scope != "收款" else NOTHING
    for row in rows:
        explanation = "金额应等于各行之和"
        if kind_named(policy, row.kind).per == YEAR:
            explanation = "金额应等于付款方向各行之和"
        what = f"{row.title}“{row.number}”金额"
        yield from differing(CHECKED, "", what, sums[row.id], row.total, explanation)


def _states(
    rows: Sequence[NoticeRow], steps: dict[int, list[StepRow]]
) -> Iterator[Finding]:
    for row in rows:
        taken = steps.get(row.id, [])
        last = taken[-1].state if taken else ""
        if last != row.state:
            yield _finding(row, "状态", last, row.state, "状态应是最后一步的结果")


def _quotas(
    connection: Connection, policy: Policy, rows: Sequence[NoticeRow]
) -> Iterator[Finding]:
    """What an issued list says stands as F3, and its payers' notices say the same."""
    for row in rows:
        kind = kind_named(policy, row.kind)
        if kind.per != PLAN or row.origin != OWN or row.state == MADE:
            continue
        if not row.standing:
            continue
        said = _by_region(notices.lines(connection, row.id))
        set_ = _set_by(connection, row)
        for region, amount in said.items():
            what = f"{row.title}“{row.number}”{regions.name(region)}的核定额"
            why = "已下达的明细表应登记为核定额（F3）；登记的明细表可能被撤回"
            found = set_.get(region, NOTHING)
            yield from differing(CHECKED, "", what, amount, found, why)
        for other in rows:
            if other.plan_id == row.plan_id and other.region and other.state != MADE:
                if not other.standing:
                    continue
                what = f"{other.title}“{other.number}”金额"
                why = f"应与明细表“{row.number}”一致"
                there = said.get(other.region, NOTHING)
                yield from differing(CHECKED, "", what, there, other.total, why)


def _by_region(lines) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        found[line.region] += line.amount
    return found


def _set_by(connection: Connection, row: NoticeRow) -> dict[str, Decimal]:
    """What F3 sets by the lines of a list, by region: of 核定 the last 版次 of each.

    A list that keeps no lines of its own has those of its plan's 版次.
    """
    plan = plans.plan(connection, row.plan_id)
    ids = ids_in(row.source_lines)
    mine = QUOTA.c.id.in_(ids) if ids else QUOTA.c.edition == plan.edition
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for line in connection.execute(
        select(QUOTA)
        .where(QUOTA.c.live, QUOTA.c.quarter == row.period, mine)
        .order_by(QUOTA.c.edition)
    ):
        if plan.kind == plans.QUOTA:
            sums.pop((line.region, line.fund), None)
        sums[line.region, line.fund] += line.abroad + line.home
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (region, _), amount in sums.items():
        found[region] += amount
    return found


def _cleared(
    connection: Connection, policy: Policy, rows: Sequence[NoticeRow]
) -> Iterator[Finding]:
    """A city's clearing paper is confirmed when its lines are, and only then."""
    for row in rows:
        if kind_named(policy, row.kind).per != CITY or row.origin != OWN:
            continue
        if row.state not in (ISSUED, DISPUTED, CONFIRMED):
            continue
        stand = standing(connection, ids_in(row.source_lines))
        now = STATE_NAMES[row.state]
        if row.state == CONFIRMED and not stand.stays:
            why = f"所列的行{stand.words}；请补办确认，或撤回后重新生成"
            yield _finding(row, "状态", STATE_NAMES[ISSUED], now, why, NOTE)
        elif row.state != CONFIRMED and stand.agreed:
            why = f"所列的行都已确认；请用 yibao notice confirm {row.id} 登记"
            yield _finding(row, "状态", STATE_NAMES[CONFIRMED], now, why, NOTE)
        elif stand.freed:
            why = f"所列的{stand.freed}行已冲销或撤回；请重新导入，或撤回后重新生成"
            yield _finding(row, "所列的行", "有效", stand.words, why, NOTE)


def _by_hand(
    connection: Connection, rows: Sequence[NoticeRow], steps: dict[int, list[StepRow]]
) -> Iterator[Finding]:
    """Paid by somebody's word: no transfer names the notice."""
    named = payments(connection)
    for row in rows:
        if row.state not in notices.MOVED or row.number in named:
            continue
        taken = [step for step in steps.get(row.id, []) if step.state == PAID]
        if taken:
            word = f"{taken[-1].by}登记，凭据{taken[-1].evidence}"
            why = "没有预付金划拨单写有它的编号；导入后即可核对"
            yield _finding(row, "付款", "预付金划拨单", word, why, NOTE)


def _paid(
    connection: Connection,
    policy: Policy,
    rows: Sequence[NoticeRow],
    steps: dict[int, list[StepRow]],
) -> Iterator[Finding]:
    """Paid twice, beyond what is owed, or before its steps were taken."""
    known = cases(connection, policy)
    why = "流水号{}；可能重复付款，退回（写明通知书编号）后即消除"
    for case in known:
        if case.surplus:
            total, serials = case.row.total, "、".join(case.serials[:20])
            told = _finding(case.row, "多付", total, case.moved, why.format(serials))
            yield told._replace(difference=case.moved - total, severity=NOTE)
    for one in overpaid(connection, policy, known):
        what = f"付给{regions.name(one.province)}的清算资金"
        serials = "、".join(one.serials[-20:])
        amounts = (one.owed, one.paid, one.surplus, NOTE)
        yield Finding(CHECKED, "", what, *amounts, why.format(serials))
    for row in rows:
        before = before_paying(steps.get(row.id, []))
        if row.state in notices.MOVED and before:
            lacks = unready(kind_named(policy, row.kind), row, before)
            if lacks:
                why_not = "付款前应先办完这些步骤；请补办或查明原因"
                yield _finding(row, "付款", "步骤齐全", lacks, why_not, NOTE)


def _files(rows: Sequence[NoticeRow], home: Home | None) -> Iterator[Finding]:
    """The workbook of an issued notice is as it was written."""
    for row in rows:
        if home is None or not row.stored:
            continue
        path = home.path / row.stored
        try:
            data = path.read_bytes()
        except OSError:
            why = f"文件不在；可用 yibao notice show {row.id} --xlsx 另存"
            yield _finding(row, "工作簿", row.stored, "没有", why, NOTE)
            continue
        if sha256(data).hexdigest() != row.sha256:
            why = "下达后文件被改动；以账套中的文书为准，可用 yibao notice show 另存"
            yield _finding(row, "工作簿", "下达时的内容", "已改动", why)
