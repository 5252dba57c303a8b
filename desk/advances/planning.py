"""`yibao plan`: the next advance of every payer, kept with its working until issued.

A plan may be made again and edited while it is only made; what is issued stays, and a
later plan of the quarter sets the difference (额度调整, the true-up of a provisional
one). 依据：三（三）；附件一 一（一）、三；五（二）
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances.plan_reckoning import reckoned
from ledger import regions, settings
from ledger.advances import plans
from ledger.advances.plans import CHANGE, EMERGENCY, MADE, LineRow, PlanRow
from ledger.database import Home
from ledger.errors import BookError, RuleError, UsageError
from ledger.periods import Quarter
from ledger.postings import Actor
from posting_rules.policies import Policy, policy_of
from reports.advances.plan_money import payers_of
from reports.usage_notes import last_edition_set


class Made(NamedTuple):
    """A plan as it stands after a command; `status`: made, made-again, edited,
    withdrawn, already, or shown."""

    plan: PlanRow
    lines: tuple[LineRow, ...]
    edits: tuple[plans.EditRow, ...]
    status: str
    dropped: int = 0  # amounts entered before that no longer count


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
    if kind == CHANGE:
        moved = {line.payer for line in lines if line.amount}
        lines = [line for line in lines if line.payer in moved]
        if not lines and old is None:
            return _as_set(connection, quarter, region)
    head = new_head(connection, policy, actor, quarter, region, kind, on, old)
    head = head._replace(provisional=provisional, note=_said(kind, provisional))
    if not lines and old is not None:
        plans.withdraw(connection, old.id, "重新测算与已核定的一致")
        return _as_set(connection, quarter, region)
    return keep(connection, actor, head, lines, old, keep_edits)


def keep(
    connection: Connection,
    actor: Actor,
    head: PlanRow,
    lines: Sequence[LineRow],
    old: PlanRow | None,
    keep_edits: bool = False,
) -> Made:
    """Keep a plan that was reckoned, in the place of the one that was made before."""
    if old is None:
        plan_id = plans.add(connection, head, lines)
        return made(connection, plan_id, "made")
    edits = _last_edits(connection, old.id)
    same = (old.kind, old.provisional) == (head.kind, head.provisional)
    if same and _reckoned(connection, old.id) == {
        r.cell: r[3:5] + r[6:] for r in lines
    }:
        return made(connection, old.id, "already")
    plans.replace(connection, head, lines)
    now = {line.cell: line.amount for line in lines}
    again, dropped = [], 0
    for cell, edit in edits.items():
        if cell not in now or now[cell] == edit.after:
            continue
        reason = (
            f"重新测算后沿用：{edit.reason}" if keep_edits else "重新测算，原修改作废"
        )
        pair = (now[cell], edit.after) if keep_edits else (edit.after, now[cell])
        dropped += not keep_edits
        again.append(plans.EditRow(0, *cell, *pair, reason[:200], actor.by, actor.at))
    plans.edit(connection, old.id, again)
    return made(connection, old.id, "made-again")._replace(dropped=dropped)


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


def made(connection: Connection, plan_id: int, status: str) -> Made:
    """A plan and its lines as they stand now."""
    lines = tuple(plans.lines(connection, plan_id))
    edits = tuple(plans.edits(connection, plan_id))
    return Made(plans.plan(connection, plan_id), lines, edits, status)


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


def _as_set(connection: Connection, quarter: Quarter, region: str) -> Made:
    """Nothing to change: the last plan that was issued, or F3 alone."""
    issued = [
        row
        for row in plans.standing(connection, quarter, region)
        if row.state == plans.ISSUED and row.kind != EMERGENCY
    ]
    if not issued:
        raise BookError(f"{quarter}的预付金明细表（F3）已经核定，与测算一致，不用调整")
    return made(connection, issued[-1].id, "already")


def _said(kind: str, provisional: bool) -> str:
    said = ["与已核定的差额"] if kind == CHANGE else []
    return "；".join(said + ["暂定，确认后再测算差额"] * provisional)


def _reckoned(connection: Connection, plan_id: int) -> dict:
    """By cell what the formula gave: computed, before, working, note."""
    return {r.cell: r[3:5] + r[6:] for r in plans.lines(connection, plan_id)}


def _last_edits(connection: Connection, plan_id: int) -> dict:
    """By cell the last amount that was entered and still counts."""
    found = {}
    for row in plans.edits(connection, plan_id):
        found[row.payer, row.scope, row.fund] = row
    standing = {line.cell: line.amount for line in plans.lines(connection, plan_id)}
    computed = {
        line.cell: line.computed - line.before
        for line in plans.lines(connection, plan_id)
    }
    return {
        cell: row
        for cell, row in found.items()
        if standing.get(cell) == row.after != computed.get(cell)
    }
