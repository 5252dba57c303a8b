"""Corrections (更正): a notice issued again after a dispute, under the same 文号.

What changed bears 更正（第N次） in 备注, which is how it is known where it comes in;
the paper says the old amount and the new one. Edits of a plan that came to nothing,
because the payer confirms after all, are dropped.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable

from sqlalchemy import Connection

from desk.advances.notice_wants import Wanted
from ledger import regions
from ledger.advances import notices, plans
from ledger.advances.notices import MARK, LineRow, NoticeRow, corrections
from ledger.money import NOTHING, grouped
from ledger.postings import Actor
from posting_rules.notices import PLAN, Kind

DROPPED = "通知书按原金额办理，修改作废"


def correction_of(notes: Iterable[str]) -> int:
    """The number of the correction that lines' 备注 name: 0 none.

    >>> correction_of(["", "更正（第2次）"])
    2
    """
    found = [MARK.search(note) for note in notes]
    return max((int(match[1]) for match in found if match), default=0)


def corrected(
    connection: Connection,
    kind: Kind,
    row: NoticeRow,
    want: Wanted,
    payer: str,
    on: date,
) -> Wanted:
    """What an issued notice has to say where a payer's amounts were changed.

    Of a list the other payers' lines stay as they are.
    """
    want = want._replace(source_lines=row.source_lines)
    there = notices.lines(connection, row.id)
    others = [line for line in there if line.region != payer]
    old = {_cell(line): line for line in there if line.region == payer}
    new = {_cell(line): line for line in want.lines if line.region == payer}
    amounts = {cell: line.amount for cell, line in new.items() if line.amount}
    if amounts == {cell: line.amount for cell, line in old.items() if line.amount}:
        return want._replace(lines=tuple(there), total=row.total, note=row.note)
    mark = f"更正（第{len(corrections(row.note)) + 1}次）"
    if kind.per == PLAN:
        said = [_listed(line, new, mark) for line in old.values()]
        said += [
            line._replace(note=mark) for cell, line in new.items() if cell not in old
        ]
    else:
        said = [line._replace(note=mark) for line in new.values()]
    before, after = _total(old.values()), _total(said)
    words = f"{mark}：{on}由{grouped(before)}元改为{grouped(after)}元，原件作废"
    if kind.per == PLAN:
        words = words.replace("，原件作废", f"（{regions.name(payer)}），其余不变")
    lines = sorted([*others, *said], key=_order)
    notes = [*_without(want.note), *corrections(row.note), words]
    return want._replace(lines=tuple(lines), total=_total(lines), note="\n".join(notes))


def _without(note: str) -> list[str]:
    return [line for line in note.split("\n") if line and not MARK.match(line)]


def _listed(line: LineRow, new: dict[tuple, LineRow], mark: str) -> LineRow:
    """A list's line as it stands, or with the payer's new amount (none: nothing)."""
    amount = new[_cell(line)].amount if _cell(line) in new else NOTHING
    if amount == line.amount:
        return line
    return line._replace(amount=amount, note=mark)


def _cell(line: LineRow) -> tuple[str, str, str]:
    return line.region, line.scope, line.fund


def _order(line: LineRow) -> tuple:
    return line.region, plans.SCOPES.index(line.scope), line.fund


def _total(lines: Iterable[LineRow]):
    return sum((line.amount for line in lines), NOTHING)


def drop_edits(connection: Connection, actor: Actor, row: NoticeRow) -> str:
    """Put a payer's amounts in the plan back to what its notice says; in words what.

    What was edited while the notice was in dispute and not issued again.
    """
    if row.plan_id is None or not row.region:
        return ""
    there = {_cell(line): line.amount for line in notices.lines(connection, row.id)}
    made = [
        plans.EditRow(
            0,
            *line.cell,
            line.amount,
            there.get(line.cell, NOTHING),
            DROPPED,
            actor.by,
            actor.at,
        )
        for line in plans.lines(connection, row.plan_id)
        if line.payer == row.region and line.amount != there.get(line.cell, NOTHING)
    ]
    if not made:
        return ""
    plans.edit(connection, row.plan_id, made)
    told = "、".join(
        f"{edit.scope}{edit.fund}的{grouped(edit.before)}元改回{grouped(edit.after)}元"
        for edit in made
    )
    return f"没有下达的修改已作废：{told}"
