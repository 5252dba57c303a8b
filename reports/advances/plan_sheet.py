"""A plan as a workbook: by payer, and line by line with every figure of the working."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Sequence

from ledger import regions
from ledger.advances.plans import EditRow, LineRow, PlanRow
from ledger.funds import fund_names
from posting_rules.planning import yuan
from posting_rules.policies import Policy
from reports.advances.plan_rows import payer_rows, titles
from reports.xlsx import Column, Sheet, workbook

UNKNOWN = "待测算的各项没有数据，金额由人工确定后才能下达"


def plan_workbook(
    policy: Policy,
    plan: PlanRow,
    lines: Sequence[LineRow],
    edits: Sequence[EditRow],
    on: date,
) -> bytes:
    """The sheets 测算结果, 测算过程 and, where there are any, 修改记录."""
    sheets = [_payers(policy, plan, lines), _workings(policy, plan, lines)]
    if edits:
        sheets.append(_edits(plan, edits))
    return workbook(sheets, on)


def plan_title(plan: PlanRow) -> str:
    """贵州省2017Q4预付金测算（第1版 核定，暂定）."""
    provisional = "，暂定" if plan.provisional else ""
    name = regions.name(plan.region, plan.on_day)
    said = f"第{plan.edition}版 {plan.kind}{provisional}"
    return f"{name}{plan.quarter}预付金测算（{said}）"


def _payers(policy: Policy, plan: PlanRow, lines: Sequence[LineRow]) -> Sheet:
    figures = titles(policy, lines)
    rows = payer_rows(policy, plan, lines)
    columns = [Column("付款方代码", width=11), Column("付款方", width=22)]
    columns += [Column(title, "money") for title in figures]
    columns += [Column("已核定", "money"), Column("本次金额", "money", 18)]
    columns += [Column("其中跨省", "money"), Column("其中省内", "money")]
    columns += [Column("待测算", width=24), Column("说明", width=60)]
    table = [
        (
            *(row.payer, row.name, *row.figures, row.before, row.amount),
            *(*row.by_scope.values(), "、".join(row.waiting), "；".join(row.notes)),
        )
        for row in rows
    ]
    sums = (
        sum((r[at] for r in table), Decimal(0)) for at in range(2, 6 + len(figures))
    )
    total = ("合计", "", *sums, "", "")
    line = f"单位：元　截至{plan.on_day}　{policy.number} {policy.plan['cite']}"
    notes = [plan.note] if plan.note else []
    notes += [UNKNOWN] if any(row.waiting for row in rows) else []
    return Sheet(
        "测算结果", plan_title(plan), line, tuple(columns), table, total, notes
    )


def _workings(policy: Policy, plan: PlanRow, lines: Sequence[LineRow]) -> Sheet:
    """A column for every figure; below, the formula in words."""
    read = [json.loads(line.working) for line in lines]
    none = {"inputs": [], "parameters": [], "lines": []}
    first = next((one for one in read if one["lines"]), read[0] if read else none)
    parts = [
        (group, part, figure["name"], figure["title"], figure.get("unit", ""))
        for group, part in (
            ("数据", "inputs"),
            ("参数", "parameters"),
            ("计算", "lines"),
        )
        for figure in first[part]
    ]
    columns = [Column("付款方", width=22), Column("范围", width=6)]
    columns += [Column("险种", width=12)]
    columns += [
        Column(title, "text" if unit else "money", 14, group)
        for group, _, _, title, unit in parts
    ]
    columns += [Column("已核定", "money"), Column("本次金额", "money", 18)]
    columns += [Column("说明", width=60)]
    table = [
        (
            f"{line.payer}{regions.name(line.payer, plan.on_day)}",
            *(line.scope, f"{line.fund}{fund_names()[line.fund]}"),
            *(_cell(told.get((part, name)), unit) for _, part, name, _, unit in parts),
            *(line.before, line.amount, _note(line)),
        )
        for line, told in zip(lines, map(_by_name, read))
    ]
    said = [f"{step['title']} ＝ {step['words']}" for step in first["lines"]]
    title = f"{plan_title(plan)}　测算过程"
    return Sheet("测算过程", title, "单位：元", tuple(columns), table, None, said)


def _by_name(read: dict) -> dict[tuple[str, str], dict]:
    parts = ("inputs", "parameters", "lines")
    return {(part, each["name"]): each for part in parts for each in read[part]}


def _cell(figure: dict | None, unit: str) -> Decimal | str | None:
    """A figure of a working; nothing where the line is unknown."""
    if figure is None:
        return None
    return figure["shown"] if unit else yuan(Fraction(figure["value"]))


def _note(line: LineRow) -> str:
    return "；".join(filter(None, ("待测算" * line.waits, line.note)))


def _edits(plan: PlanRow, edits: Sequence[EditRow]) -> Sheet:
    columns = (
        *(Column("付款方", width=22), Column("范围", width=6), Column("险种", width=6)),
        *(Column("原金额", "money"), Column("改为", "money")),
        *(Column("原因", width=50), Column("经办人"), Column("时间", width=28)),
    )
    table = [
        (
            f"{row.payer}{regions.name(row.payer, plan.on_day)}",
            *(row.scope, row.fund, row.before, row.after, row.reason, row.by, row.at),
        )
        for row in edits
    ]
    title = f"{plan_title(plan)}　修改记录"
    return Sheet("修改记录", title, "单位：元", columns, table)
