"""What `yibao plan` says: a table by payer, a working line by line, and JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import islice

import click

from desk.cli import tell_table
from ledger.money import grouped

STATUS = {
    "made": "已测算，发布前可以修改（--set）",
    "made-again": "已重新测算",
    "edited": "已修改",
    "withdrawn": "已撤回",
    "already": "没有变化",
    "shown": "",
}
UNKNOWN = "待测算"
NOTES_SHOWN = 8
WIDEST = 120  # columns of a screen
WAN = Decimal(10_000)


def tell(policy, made, payer: str | None, *, wide: bool, dry_run: bool) -> None:
    """Say a plan, or with `payer` how one payer's amounts came about."""
    if payer:
        _tell_working(made, payer)
    else:
        _tell_payers(policy, made, wide)
    if made.plan.note:
        click.echo(f"说明：{made.plan.note}。")
    if made.dropped:
        click.echo(f"{made.dropped}处原修改作废；要沿用请加 --keep-edits 重新测算。")
    if dry_run:
        click.echo("检查通过，没有保存。")
    elif STATUS[made.status]:
        click.echo(f"{STATUS[made.status]}。")


def _tell_payers(policy, made, wide: bool) -> None:
    """The table in yuan; in 万元 where it would be too wide for a screen."""
    from reports.advances.plan_rows import payer_rows, titles
    from reports.advances.plan_sheet import plan_title

    rows = payer_rows(policy, made.plan, made.lines)
    change = made.plan.kind == "额度调整"
    told = [row for row in rows if not change or row.moved]
    figures = titles(policy, made.lines)
    columns, table = _table(figures, told, grouped)
    narrow = wide or _width(columns, table) <= WIDEST
    if not narrow:
        columns, table = _table(figures, told, _wan)
    unit = "元" if narrow else "万元，--wide 列到分"
    click.echo(f"{plan_title(made.plan)}，截至{made.plan.on_day}（{unit}）")
    numbers = "".join(str(at) for at in range(2, len(columns)))
    tell_table(columns, table, numbers)
    total = sum((row.amount for row in rows), Decimal("0.00"))
    if len(told) < len(rows):
        click.echo(f"另{len(rows) - len(told)}个付款方没有差额。")
    click.echo(f"本次金额合计{grouped(total)}元；为负的是退回。")
    _tell_notes(rows)
    _tell_unknown(rows)


def _table(figures, rows, shown) -> tuple[list[str], list[tuple]]:
    """Titles and rows, without columns of nothing."""
    titles = [*figures, "已核定", "本次金额", "跨省", "省内"]
    amounts = [
        (*row.figures, row.before, row.amount, *row.by_scope.values()) for row in rows
    ]
    kept = [
        at
        for at, title in enumerate(titles)
        if title == "本次金额" or any(each[at] for each in amounts)
    ]
    table = [
        (
            f"{row.payer}{row.short_name}",
            *(shown(each[at]) for at in kept),
            f"{len(row.waiting)}项{UNKNOWN}" if row.waiting else "改" * row.entered,
        )
        for row, each in zip(rows, amounts)
    ]
    return ["付款方", *(titles[at] for at in kept), ""], table


def _wan(amount: Decimal) -> str:
    return grouped((amount / WAN).quantize(Decimal("0.01")))


def _width(titles, table) -> int:
    """How many columns of a screen the table takes."""
    from wcwidth import wcswidth

    columns = zip(titles, *table)
    return sum(max(map(wcswidth, column)) + 2 for column in columns) - 2


def _tell_notes(rows) -> None:
    """What is to be said, each once with those whom it is about."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for note in row.notes:
            said.setdefault(note, []).append(row.short_name)
    for note, names in islice(said.items(), NOTES_SHOWN):
        click.echo(f"  {'、'.join(names)}：{note}")
    if len(said) > NOTES_SHOWN:
        click.echo(f"  ……另{len(said) - NOTES_SHOWN}条，见 --payer 或 --xlsx")


def _tell_unknown(rows) -> None:
    """Every cell that somebody has to set before the plan can be issued."""
    from desk.advances.planning import REMEDY

    count = sum(len(row.waiting) for row in rows)
    if not count:
        return
    click.echo(f"{UNKNOWN}{count}项，没有清单、往年数据和人工测算，定下前不能下达：")
    for row in rows:
        if row.waiting:
            click.echo(f"  {row.payer}{row.short_name} {'、'.join(row.waiting)}")
    click.echo(f"{REMEDY}。")


def _tell_working(made, payer: str) -> None:
    from reports.advances.plan_sheet import plan_title

    click.echo(f"{plan_title(made.plan)}，截至{made.plan.on_day}（元）")
    for line in made.lines:
        if line.payer == payer:
            _tell_line(made, line)


def _tell_line(made, line) -> None:
    from ledger import regions
    from ledger.funds import fund_names
    from reports.advances.plan_rows import working

    name = regions.name(line.payer, made.plan.on_day)
    click.echo(f"\n{name} {line.scope} {fund_names()[line.fund]}")
    for row in working(line):
        said = f"＝ {row.numbers}" if row.numbers else row.words
        click.echo(f"  {row.what} {row.title}：{row.shown}　{said}".rstrip("　 "))
        if row.numbers:
            click.echo(f"       公式：{row.words}")
    if line.before:
        click.echo(f"  减 已核定：{grouped(line.before)}")
    if line.unknown:
        click.echo("  没有数据，不套公式")
    elif line.amount != line.computed - line.before:
        click.echo(f"  公式的结果：{grouped(line.computed - line.before)}")
    click.echo(f"  本次金额：{UNKNOWN if line.waits else grouped(line.amount)}")
    if line.note:
        click.echo(f"  {line.note}")
    for edit in made.edits:
        if (edit.payer, edit.scope, edit.fund) == line.cell:
            pair = f"{grouped(edit.before)}改为{grouped(edit.after)}"
            click.echo(f"  {edit.at[:10]} {edit.by} {pair}：{edit.reason}")


def words(policy, made, payer: str | None, dry_run: bool) -> dict:
    """The plan for a program; `waiting` are the cells whose amounts nobody knows."""
    from reports.advances.plan_rows import payer_rows

    plan = made.plan
    lines = [line for line in made.lines if payer in (None, line.payer)]
    rows = payer_rows(policy, plan, lines)
    total = sum((row.amount for row in rows), Decimal("0.00"))
    edits = [row for row in made.edits if payer in (None, row.payer)]
    return {
        "plan": None if dry_run and made.status == "made" else plan.id,
        "quarter": plan.quarter,
        "region": plan.region,
        "edition": plan.edition,
        "kind": plan.kind,
        "provisional": plan.provisional,
        "policy": plan.policy,
        "on": str(plan.on_day),
        "state": plan.state,
        "note": plan.note,
        "status": "checked" if dry_run else made.status,
        "dropped": made.dropped,
        "total": f"{total:.2f}",
        "waiting": ["/".join(line.cell) for line in lines if line.waits],
        "payers": list(map(_payer_words, rows)),
        "lines": list(map(_line_words, lines)),
        "edits": list(map(_edit_words, edits)),
    }


def _payer_words(row) -> dict:
    return {
        "payer": row.payer,
        "payer_name": row.name,
        "before": f"{row.before:.2f}",
        "amount": f"{row.amount:.2f}",
        "scope": {scope: f"{part:.2f}" for scope, part in row.by_scope.items()},
        "waiting": list(row.waiting),
        "notes": list(row.notes),
    }


def _line_words(line) -> dict:
    return {
        "payer": line.payer,
        "scope": line.scope,
        "fund": line.fund,
        "computed": f"{line.computed:.2f}",
        "before": f"{line.before:.2f}",
        "amount": f"{line.amount:.2f}",
        "unknown": line.unknown,
        "note": line.note,
        "working": json.loads(line.working),
    }


def _edit_words(edit) -> dict:
    amounts = {"before": f"{edit.before:.2f}", "after": f"{edit.after:.2f}"}
    return {**edit._asdict(), **amounts}
