"""预付金测算表: why each payer has to pay what a plan says, line by line.

Rows are read from what was kept with the plan (posting_rules/planning.py says in
which shape): nothing is reckoned again, so that an old plan shows its own formula.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from ledger import regions
from ledger.advances.plans import EditRow, LineRow, PlanRow
from ledger.funds import fund_names
from ledger.money import NOTHING, grouped
from ledger.periods import period
from posting_rules.entries import printed_period
from posting_rules.policies import Policy

WAITING = "待测算"
STATE_NAMES = {"made": "已测算，未下达", "issued": "已下达", "withdrawn": "已撤回"}


class Row(NamedTuple):
    """A line of the working; `cells` are by column, value and how it came about."""

    title: str
    says: str  # what it is, where its title does not say all
    cells: tuple[tuple[str, str], ...]
    kind: str  # input, line, result, amount


class Payer(NamedTuple):
    """A payer's working: a column for each 范围 and 险种."""

    code: str
    name: str
    columns: tuple[str, ...]  # 跨省 职工医保
    rows: tuple[Row, ...]
    amount: Decimal
    notes: tuple[str, ...]


class Parameter(NamedTuple):
    title: str
    shown: str
    unit: str
    cite: str


class Formula(NamedTuple):
    """A line of the policy's formula in words."""

    title: str
    words: str


class PlanPaper(NamedTuple):
    """A plan as it is printed."""

    office: str
    title: str
    edition: int
    kind: str
    state: str
    on_day: date
    provisional: bool
    note: str
    made_by: str
    cite: str
    columns: tuple[str, ...]
    summary: tuple[tuple[str, str, tuple[Decimal | str | None, ...], Decimal], ...]
    totals: tuple[Decimal, ...]
    amount: Decimal
    parameters: tuple[Parameter, ...]
    formulas: tuple[Formula, ...]
    payers: tuple[Payer, ...]


def plan_paper(
    policy: Policy,
    plan: PlanRow,
    lines: Sequence[LineRow],
    edits: Sequence[EditRow],
    office: str = "",
) -> PlanPaper:
    """The plan with its lines and what was entered instead of the formula's results.

    `office` is the agency's name on paper (setting agency-name).
    """
    by_payer: dict[str, list[LineRow]] = defaultdict(list)
    for line in lines:
        by_payer[line.payer].append(line)
    cells = sorted({(line.scope, line.fund) for line in lines}, key=_place)
    entered: dict[str, list[EditRow]] = defaultdict(list)
    for edit in edits:
        entered[edit.payer].append(edit)
    summary = [_summed(payer, kept, cells) for payer, kept in by_payer.items()]
    workings = [json.loads(line.working) for line in lines if line.working]
    waiting = sum(line.waits for line in lines)
    unknown = f"{waiting}项待测算，金额由人工确定后才能下达" if waiting else ""
    return PlanPaper(
        office=office or f"{regions.name(plan.region, plan.on_day)}经办机构",
        title=f"{printed_period(period(plan.quarter))}异地就医预付金测算表",
        edition=plan.edition,
        kind=plan.kind,
        state=STATE_NAMES[plan.state],
        on_day=plan.on_day,
        provisional=plan.provisional,
        note="\n".join(filter(None, (plan.note, unknown))),
        made_by=plan.made_by,
        cite=f"{policy.number} {policy.plan['cite']}",
        columns=tuple(_cell_name(*cell) for cell in cells),
        summary=tuple(summary),
        totals=tuple(
            _sum(line.amount for line in lines if (line.scope, line.fund) == cell)
            for cell in cells
        ),
        amount=sum((line.amount for line in lines), NOTHING),
        parameters=_parameters(workings),
        formulas=tuple(
            Formula(each["title"], each["words"]) for each in _first(workings, "lines")
        ),
        payers=tuple(
            _payer(payer, kept, entered[payer]) for payer, kept in by_payer.items()
        ),
    )


def _summed(payer: str, kept: Sequence[LineRow], cells: Sequence[tuple[str, str]]):
    amounts = {
        (line.scope, line.fund): WAITING if line.waits else line.amount for line in kept
    }
    return (
        payer,
        regions.name(payer),
        tuple(map(amounts.get, cells)),
        _sum(line.amount for line in kept),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def _payer(code: str, kept: list[LineRow], edits: list[EditRow]) -> Payer:
    kept = sorted(kept, key=lambda line: _place((line.scope, line.fund)))
    rows = [*_worked(kept), *_amounts(kept)]
    return Payer(
        code=code,
        name=regions.name(code),
        columns=tuple(_cell_name(line.scope, line.fund) for line in kept),
        rows=tuple(rows),
        amount=sum((line.amount for line in kept), NOTHING),
        notes=(*_notes(kept), *map(_edit_text, edits)),
    )


def _worked(kept: Sequence[LineRow]) -> list[Row]:
    """Inputs, then the formula's lines, in the order of the first that has them."""
    workings = [json.loads(line.working) if line.working else {} for line in kept]
    rows = []
    for part, kind in (("inputs", "input"), ("lines", "line")):
        names: dict[str, dict] = {}
        found = []
        for working in workings:
            told = {each["name"]: each for each in working.get(part, ())}
            names |= {name: each for name, each in told.items() if name not in names}
            found.append(told)
        results = {working.get("result") for working in workings}
        for name, each in names.items():
            cells = tuple(_cell(told.get(name)) for told in found)
            look = "result" if name in results else kind
            rows.append(Row(each["title"], each.get("about", ""), cells, look))
    return rows


def _amounts(kept: Sequence[LineRow]) -> list[Row]:
    """What earlier editions set, and what this one sets where that differs."""
    rows = []
    if any(line.before for line in kept):
        cells = tuple((grouped(line.before), "") for line in kept)
        rows.append(Row("以前各版已核定", "", cells, "line"))
    if any(line.amount != line.computed or line.unknown for line in kept):
        cells = tuple(
            (WAITING if line.waits else grouped(line.amount), "") for line in kept
        )
        rows.append(Row("本版金额", "", cells, "result"))
    return rows


def _cell(each: dict | None) -> tuple[str, str]:
    if each is None:
        return "", ""
    return each["shown"] + _unit(each), each.get("numbers", "")


def _unit(each: dict) -> str:
    unit = each.get("unit", "")
    return unit if unit not in ("", "是否", "比重") else ""


def _notes(kept: Sequence[LineRow]) -> list[str]:
    """What is noted of a cell, once where it is noted of all."""
    notes: dict[str, list[str]] = defaultdict(list)
    for line in kept:
        if line.note:
            notes[line.note].append(_cell_name(line.scope, line.fund))
    return [
        note if len(cells) == len(kept) else f"{'、'.join(cells)}：{note}"
        for note, cells in notes.items()
    ]


def _edit_text(edit: EditRow) -> str:
    return (
        f"{_cell_name(edit.scope, edit.fund)}由{grouped(edit.before)}改为"
        f"{grouped(edit.after)}：{edit.reason}（{edit.by}，{edit.at[:10]}）"
    )


def _parameters(workings: Sequence[dict]) -> tuple[Parameter, ...]:
    """Every value of a parameter that some line was worked with."""
    found = {
        Parameter(each["title"], each["shown"], _unit(each), each.get("cite", ""))
        for working in workings
        for each in working.get("parameters", ())
    }
    order = {
        each["title"]: at for at, each in enumerate(_first(workings, "parameters"))
    }
    return tuple(sorted(found, key=lambda each: (order.get(each.title, 0), each)))


def _first(workings: Sequence[dict], part: str) -> Sequence[dict]:
    """A part of the first working that has it: the formula of a plan is one for all,
    and what is unknown is not worked."""
    return next((w[part] for w in workings if w.get(part)), ())


def _cell_name(scope: str, fund: str) -> str:
    return f"{scope} {fund_names().get(fund, fund)}"


def _place(cell: tuple[str, str]) -> tuple:
    """跨省 before 省内, then by fund."""
    return cell[0] != "跨省", cell[1]
