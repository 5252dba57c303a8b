"""`yibao plan --emergency`: 紧急调增 for one payer whose rate is red (五（二）)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from desk.advances.plan_edits import edit_in
from desk.advances.plan_reckoning import line_of
from desk.advances.planning import (
    Made,
    keep,
    made,
    new_head,
    policy_at,
    standing,
)
from desk.advances.words import words
from ledger import regions
from ledger.advances.plans import EMERGENCY, LineRow
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.money import NOTHING
from ledger.periods import Quarter
from ledger.postings import Actor
from posting_rules.funding import apportioned
from posting_rules.policies import Policy
from reports.advances.plan_inputs import Position, urgent
from reports.advances.plan_money import payers_of, usage_at
from reports.usage import RED, level_name, percent_text

DECIDED = "紧急调增的总额由经办人确定"


def increase(
    home: Home,
    actor: Actor,
    quarter: Quarter,
    region: str,
    payer: str,
    on: date,
    *,
    amount: Decimal | None = None,
    reason: str = "",
    dry_run: bool = False,
) -> Made:
    """Make an increase by the formula, or of `amount` yuan shared out like it.

    BookError where the payer is not red on that day and no reason is given.
    """
    reason = words(reason, "紧急调增的原因") if reason else ""
    if amount is not None and amount <= 0:
        raise UsageError("紧急调增额应大于零；退回用 yibao plan 测算")
    with home.writing(keep=not dry_run) as connection:
        policy = policy_at(connection, region)
        _check_payer(policy, region, payer)
        why = _why(connection, policy, quarter, region, payer, on, reason)
        positions = urgent(connection, policy, quarter, region, payer, on)
        lines = [line_of(policy, EMERGENCY, each, NOTHING) for each in positions]
        if amount is None and not any(line.amount for line in lines):
            raise BookError(
                f"{regions.name(payer)}按公式不用紧急调增；"
                "确要调增请用 --amount 写明总额"
            )
        old = standing(connection, quarter, region, emergency=True, payer=payer)
        head = new_head(connection, policy, actor, quarter, region, EMERGENCY, on, old)
        head = head._replace(note=why)
        kept = keep(connection, actor, head, lines, old)
        if amount is None:
            return kept
        entered = _shared(amount, lines, positions)
        edited = edit_in(connection, actor, kept.plan, entered, reason or DECIDED)
        status = edited.status if kept.status == "already" else kept.status
        return made(connection, kept.plan.id, status)


def _check_payer(policy: Policy, region: str, payer: str) -> None:
    if payer not in payers_of(policy, region):
        raise UsageError(
            f"“{payer}”不向{regions.name(region)}上解预付金；"
            f"有{'、'.join(payers_of(policy, region))}"
        )


def _why(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    region: str,
    payer: str,
    on: date,
    reason: str,
) -> str:
    """What opens the increase: the red rate of the day, or the reason that is given."""
    rows = usage_at(connection, policy, quarter, region, on)
    row = next((r for r in rows if r.payer == payer), None)
    if row is None or row.level != RED:
        rate = f"使用率{percent_text(row.rate)}" if row else "没有预付金和清算"
        if not reason:
            raise BookError(
                f"{regions.name(payer)}到{on}，{quarter}{rate}，"
                f"不到{level_name(policy, RED)}；仍要紧急调增请用 --reason 写明原因"
            )
        return f"{rate}；{reason}"
    said = f"使用率{percent_text(row.rate)}（{row.level_name}）"
    return f"{said}；{reason}" if reason else said


def _shared(
    amount: Decimal, lines: list[LineRow], positions: list[Position]
) -> dict[tuple[str, str, str], Decimal]:
    """A total by line: like the formula's results, else like what was cleared."""
    weights = {line.cell: line.computed for line in lines}
    for name in ("cleared", "last"):
        if not any(weight > 0 for weight in weights.values()):
            weights = {p[:3]: p.inputs[name] for p in positions}
    if not any(weight > 0 for weight in weights.values()):
        raise BookError("没有清算，分不出各范围和险种的调增额；请先导入清单")
    return {**dict.fromkeys(weights, NOTHING), **apportioned(amount, weights)}
