"""How a plan that was reckoned is kept: in the place of what was made before.

What people entered instead of the formula's amounts is dropped or carried over, and
every change is told; what they set where nothing could be reckoned stays.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from ledger.advances import plans
from ledger.advances.plans import SET, LineRow, PlanRow
from ledger.postings import Actor


class Made(NamedTuple):
    """A plan as it stands after a command; `status`: made, made-again, edited,
    withdrawn, already, or shown."""

    plan: PlanRow
    lines: tuple[LineRow, ...]
    edits: tuple[plans.EditRow, ...]
    status: str
    dropped: int = 0  # amounts entered before that no longer count


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
    lines = _with_set(connection, old.id, lines)
    same = (old.kind, old.provisional) == (head.kind, head.provisional)
    if same and stands(connection, old, lines):
        return made(connection, old.id, "already")
    plans.replace(connection, head, lines)
    now = {line.cell: line.amount for line in lines}
    waiting = {line.cell for line in lines if line.waits}
    again, dropped = [], 0
    for cell, edit in edits.items():
        if cell not in now or now[cell] == edit.after:
            continue
        again_set = keep_edits or cell in waiting
        reason = (
            f"重新测算后沿用：{edit.reason}" if again_set else "重新测算，原修改作废"
        )
        pair = (now[cell], edit.after) if again_set else (edit.after, now[cell])
        dropped += not again_set
        again.append(plans.EditRow(0, *cell, *pair, reason[:200], actor.by, actor.at))
    plans.edit(connection, old.id, again)
    return made(connection, old.id, "made-again")._replace(dropped=dropped)


def made(connection: Connection, plan_id: int, status: str) -> Made:
    """A plan and its lines as they stand now."""
    lines = tuple(plans.lines(connection, plan_id))
    edits = tuple(plans.edits(connection, plan_id))
    return Made(plans.plan(connection, plan_id), lines, edits, status)


def stands(connection: Connection, old: PlanRow, lines: Sequence[LineRow]) -> bool:
    """Whether a plan was reckoned to just these lines."""
    return _reckoned(connection, old.id) == {r.cell: r[3:5] + r[6:] for r in lines}


def _with_set(
    connection: Connection, plan_id: int, lines: Sequence[LineRow]
) -> list[LineRow]:
    """The lines with what people set in a plan where there still is nothing to reckon
    from: it takes no formula's place, so that it stays."""
    old = {r.cell: r for r in plans.lines(connection, plan_id) if r.unknown == SET}
    return [
        line.entered(old[line.cell].amount) if line.waits and line.cell in old else line
        for line in lines
    ]


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
