"""`yibao plan`: the next advance of every payer, kept with its working until issued.

A plan may be made again and edited while it is only made; what is issued stays, and a
later plan of the quarter sets the difference (额度调整, the true-up of a provisional
one). 依据：三（三）；附件一 一（一）、三；五（二）
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from desk.advances.plan_keeping import Made, keep, made, stands
from desk.advances.plan_reckoning import reckoned
from ledger import regions, settings
from ledger.advances import plans
from ledger.advances.plans import CHANGE, EMERGENCY, MADE, PlanRow
from ledger.database import Home
from ledger.errors import BookError, RuleError, UsageError
from ledger.periods import Quarter
from ledger.postings import Actor
from posting_rules.policies import Policy, policy_of
from reports.advances.plan_money import payers_of
from reports.usage_notes import last_edition_set

FINAL = "确认后无差额"
REMEDY = (
    "请用 yibao plan … --set 付款方/范围/险种=金额 --reason 写明原因（可以是0.00），"
    "或用 yibao setting set plan-estimate-范围-险种 写明月均支付、"
    "导入往年支付额表（F9）后重新测算"
)


def make(
    home: Home,
    actor: Actor,
    quarter: Quarter,
    region: str,
    on: date,
    *,
    keep_edits: bool = False,
    dry_run: bool = False,
) -> Made:
    """Reckon a quarter's advances as a day sees them; the same again is `already`."""
    with home.writing(keep=not dry_run) as connection:
        policy = policy_at(connection, region)
        return make_in(
            connection, policy, actor, quarter, region, on, keep_edits=keep_edits
        )


def make_in(
    connection: Connection,
    policy: Policy,
    actor: Actor,
    quarter: Quarter,
    region: str,
    on: date,
    *,
    keep_edits: bool = False,
) -> Made:
    """As `make`, within a transaction that is open."""
    kind, found = reckoned(connection, policy, quarter, region, on)
    provisional = any(position.provisional for position, _ in found)
    lines = [line for _, line in found]
    old = standing(connection, quarter, region, emergency=False)
    nothing = kind == CHANGE and not any(line.amount or line.waits for line in lines)
    last = _last_issued(connection, quarter, region)
    if nothing and (provisional or last is None or not last.provisional):
        if old is not None and stands(connection, old, lines):
            return made(connection, old.id, "already")
        if old is not None:
            plans.withdraw(connection, old.id, "重新测算与已核定的一致")
        return _as_set(last, connection, quarter)
    if old is not None and not nothing and _is_final(connection, old):
        plans.withdraw(connection, old.id, f"{old.on_day}{FINAL}；{on}又有差额")
        old = None
    head = new_head(connection, policy, actor, quarter, region, kind, on, old)
    note = FINAL if nothing else _said(kind, provisional)
    head = head._replace(provisional=provisional, note=note)
    return keep(connection, actor, head, lines, old, keep_edits)


def check_known(connection: Connection, plan: PlanRow) -> None:
    """BookError where a plan has amounts that nobody knows yet, with each of them."""
    waiting = [line for line in plans.lines(connection, plan.id) if line.waits]
    if waiting:
        cells = "、".join("/".join(line.cell) for line in waiting)
        raise BookError(
            f"{plan.quarter}第{plan.edition}版测算有{len(waiting)}项待测算，不能下达："
            f"{cells}；{REMEDY}"
        )


def policy_at(connection: Connection, region: str) -> Policy:
    """The home's policy; UsageError for a region to which nobody pays advances."""
    province = settings.province(connection)
    policy = policy_of(province)
    if not policy.plan:
        raise RuleError(
            f"{policy.number}没有预付金公式；请在 posting_rules/{policy.id}.toml 写明 [plan]"
        )
    if region != province and region not in regions.cities(province):
        raise UsageError(
            f"“{region}”不收预付金；--region 是省（{province}）或本省市州的代码"
        )
    if not payers_of(policy, region):
        raise UsageError(
            f"{regions.name(region)}没有上解预付金的县区；它自己的预付金见"
            f" yibao plan … --region {province}"
        )
    return policy


def new_head(
    connection: Connection,
    policy: Policy,
    actor: Actor,
    quarter: Quarter,
    region: str,
    kind: str,
    on: date,
    old: PlanRow | None,
) -> PlanRow:
    """The head of a plan that is made now, under the next 版次, or in the place of
    `old`, whose 版次 it keeps unless a form has taken that."""
    if quarter.last_day < policy.from_day:
        raise RuleError(
            f"{quarter}早于{policy.number}的适用日{policy.from_day}，不测算"
        )
    taken = last_edition_set(connection, quarter, payers_of(policy, region))
    edition = 1 + max(plans.last_edition(connection, quarter, region), taken)
    if old is not None and old.edition > taken:
        edition = old.edition
    return PlanRow(
        id=old.id if old else 0,
        quarter=str(quarter),
        region=region,
        edition=edition,
        kind=kind,
        provisional=False,
        policy=policy.id,
        on_day=on,
        state=MADE,
        note="",
        made_by=actor.by,
        made_at=actor.at,
    )


def standing(
    connection: Connection,
    quarter: Quarter,
    region: str,
    *,
    emergency: bool,
    payer: str = "",
) -> PlanRow | None:
    """The plan of that sort that is made and not issued; of one payer."""
    for row in plans.standing(connection, quarter, region):
        if row.state != MADE or (row.kind == EMERGENCY) != emergency:
            continue
        if not payer or any(
            line.payer == payer for line in plans.lines(connection, row.id)
        ):
            return row
    return None


def _last_issued(
    connection: Connection, quarter: Quarter, region: str
) -> PlanRow | None:
    issued = [
        row
        for row in plans.standing(connection, quarter, region)
        if row.state == plans.ISSUED and row.kind != EMERGENCY
    ]
    return issued[-1] if issued else None


def _as_set(last: PlanRow | None, connection: Connection, quarter: Quarter) -> Made:
    """Nothing to change: the last plan that was issued, or F3 alone."""
    if last is None:
        raise BookError(f"{quarter}的预付金明细表（F3）已经核定，与测算一致，不用调整")
    return made(connection, last.id, "already")


def _is_final(connection: Connection, plan: PlanRow) -> bool:
    """Whether a plan records that nothing had to be trued up, and nobody edited it."""
    lines = plans.lines(connection, plan.id)
    return plan.note == FINAL and not any(line.amount for line in lines)


def _said(kind: str, provisional: bool) -> str:
    said = ["与已核定的差额"] if kind == CHANGE else []
    return "；".join(said + ["暂定，确认后再测算差额"] * provisional)
