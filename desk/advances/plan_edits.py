"""What people do with a plan that is made: enter amounts, withdraw it, look at it."""

from __future__ import annotations

from decimal import Decimal
from typing import Collection

from sqlalchemy import Connection

from desk.advances.planning import Made, made, policy_at
from desk.advances.words import words
from ledger import regions
from ledger.advances import notices, plans
from ledger.advances.plans import MADE, PlanRow
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.periods import Quarter
from ledger.postings import Actor

STATES = {"made": "已测算", "issued": "已发布", "withdrawn": "已撤回"}


def edit(
    home: Home,
    actor: Actor,
    quarter: Quarter,
    region: str,
    amounts: dict[tuple[str, str, str], Decimal],
    reason: str,
    *,
    edition: int | None = None,
    dry_run: bool = False,
) -> Made:
    """Enter amounts in place of the formula's, in a plan that is not issued yet.

    In an issued one only those of payers whose notice is in dispute: it is then issued
    again (yibao notice issue).
    """
    reason = words(reason, "修改的原因")
    with home.writing(keep=not dry_run) as connection:
        policy_at(connection, region)
        payers = {payer for payer, _, _ in amounts}
        plan = _editable(connection, quarter, region, edition, payers)
        return edit_in(connection, actor, plan, amounts, reason)


def edit_in(
    connection: Connection,
    actor: Actor,
    plan: PlanRow,
    amounts: dict[tuple[str, str, str], Decimal],
    reason: str,
) -> Made:
    """As `edit`, of a plan that is known to be editable."""
    lines = {line.cell: line for line in plans.lines(connection, plan.id)}
    unknown = [cell for cell in amounts if cell not in lines]
    if unknown:
        raise UsageError(
            f"{plan.quarter}第{plan.edition}版没有“{'/'.join(unknown[0])}”这一项；"
            f"有{'、'.join('/'.join(cell) for cell in list(lines)[:6])}等{len(lines)}项"
        )
    new = [
        plans.EditRow(0, *cell, lines[cell].amount, amount, reason, actor.by, actor.at)
        for cell, amount in amounts.items()
        if amount != lines[cell].amount or lines[cell].waits
    ]
    plans.edit(connection, plan.id, new)
    return made(connection, plan.id, "edited" if new else "already")


def withdraw(
    home: Home,
    actor: Actor,
    quarter: Quarter,
    region: str,
    reason: str,
    *,
    edition: int | None = None,
    dry_run: bool = False,
) -> Made:
    """Give up a plan that is not issued; it stays to be read, its edition is used."""
    reason = words(reason, "撤回的原因")
    with home.writing(keep=not dry_run) as connection:
        policy_at(connection, region)
        plan = _editable(connection, quarter, region, edition)
        plans.withdraw(connection, plan.id, f"{actor.by}撤回：{reason}")
        return made(connection, plan.id, "withdrawn")


def shown(home: Home, quarter: Quarter, region: str, edition: int) -> Made:
    """A plan as it stands; nothing is reckoned."""
    with home.reading() as connection:
        policy_at(connection, region)
        return made(
            connection, _edition(connection, quarter, region, edition).id, "shown"
        )


def _editable(
    connection: Connection,
    quarter: Quarter,
    region: str,
    edition: int | None,
    payers: Collection[str] = (),
) -> PlanRow:
    """The plan that is meant, made and not issued; the newest where none is said.

    One that is issued may be changed for payers that are all in dispute.
    """
    if edition is not None:
        row = _edition(connection, quarter, region, edition)
    else:
        made_ones = [
            row
            for row in plans.standing(connection, quarter, region)
            if row.state == MADE
        ]
        standing = made_ones or plans.standing(connection, quarter, region)
        if not standing:
            raise BookError(
                f"{quarter}还没有{regions.name(region)}的预付金测算；先运行 yibao plan"
            )
        row = standing[-1]
    disputed = notices.notices(connection, state="disputed", plan_id=row.id)
    in_dispute = payers and set(payers) <= {notice.region for notice in disputed}
    if row.state != MADE and not in_dispute:
        raise BookError(
            f"{row.quarter}第{row.edition}版（{row.kind}）{STATES[row.state]}，不能再改；"
            "再运行 yibao plan 测算差额，或先撤回通知书（yibao notice withdraw）"
        )
    return row


def _edition(
    connection: Connection, quarter: Quarter, region: str, edition: int
) -> PlanRow:
    found = plans.editions(connection, quarter, region)
    for row in found:
        if row.edition == edition:
            return row
    there = "、".join(str(row.edition) for row in found) or "没有"
    raise BookError(f"{quarter}没有第{edition}版测算；已有的版次：{there}")
