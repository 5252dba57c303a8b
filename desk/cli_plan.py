"""The command plan: the next advances, with their working, edits and true-ups."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from pathlib import Path

import click

from desk.cli import (
    ACT_DAY,
    QUARTER,
    Whole,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.errors import UsageError
from ledger.money import grouped

STATUS = {
    "made": "已测算，发布前可以修改（--set）",
    "made-again": "已重新测算",
    "edited": "已修改",
    "withdrawn": "已撤回",
    "already": "没有变化",
    "shown": "",
}
MOST = Decimal(10) ** 13
NOTES_SHOWN = 8


class CellAmount(click.ParamType):
    """付款方/范围/险种=金额: 520100/跨省/310=120000.00."""

    name = "金额"

    def convert(self, value, param, context):
        if isinstance(value, tuple):
            return value
        from ledger.advances.plans import SCOPES
        from ledger.funds import fund_codes

        cell, _, amount = value.partition("=")
        parts = cell.split("/")
        if len(parts) != 3 or parts[1] not in SCOPES or parts[2] not in fund_codes():
            self.fail(
                f"“{value}”应写作 付款方/范围/险种=金额，如 520100/跨省/310=120000.00",
                param,
                context,
            )
        cell = (parts[0], parts[1], fund_codes()[parts[2]])
        return cell, amount_of(self, amount, param, context)


class Yuan(click.ParamType):
    """An amount in yuan, to the fen."""

    name = "金额"

    def convert(self, value, param, context):
        if isinstance(value, Decimal):
            return value
        return amount_of(self, value, param, context)


def amount_of(kind: click.ParamType, text: str, param, context) -> Decimal:
    from importers.cells import yuan
    from importers.faults import Wrong

    try:
        amount = yuan(text)
    except Wrong as wrong:
        kind.fail(f"“{text}”{wrong.why}", param, context)
    if abs(amount) >= MOST:
        kind.fail(f"“{text}”太大，不是金额", param, context)
    return amount


@click.command("plan", help="测算一个季度的预付金：每个付款方、范围、险种，写明过程。")
@click.argument("quarter", type=QUARTER, metavar="季度")
@click.option("--region", required=True, metavar="代码", help="收预付金的省或市州")
@click.option("--on", type=ACT_DAY, help="按哪一天的数据，默认今天")
@click.option("--payer", metavar="代码", help="逐行写出一个付款方的测算过程")
@click.option(
    "--set",
    "amounts",
    type=CellAmount(),
    multiple=True,
    metavar="付款方/范围/险种=金额",
    help="发布前改金额，要有 --reason；可以写几个",
)
@click.option("--reason", metavar="原因", default="", help="修改、撤回、调增的原因")
@click.option("--keep-edits", is_flag=True, help="重新测算时沿用原来的修改")
@click.option("--withdraw", is_flag=True, help="撤回没有发布的测算")
@click.option("--emergency", metavar="代码", help="为一个红色预警的付款方紧急调增")
@click.option("--amount", type=Yuan(), help="紧急调增的总额，默认按公式")
@click.option("--edition", type=Whole(), metavar="版次", help="看、改或撤回第几版")
@click.option(
    "--xlsx",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="另存为表格",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="另存为可打印的测算表，写明每个付款方的过程",
)
@dry_run_option
@by_option
@json_option
@click.pass_obj
def plan(session, payer, xlsx, html, as_json, dry_run, **asked):
    from ledger import settings
    from posting_rules.policies import policy_of

    home = session.home()
    made = _done(home, dry_run=dry_run, **asked)
    with home.reading() as connection:
        policy = policy_of(settings.province(connection))
    if payer and not any(line.payer == payer for line in made.lines):
        raise UsageError(f"这份测算里没有付款方“{payer}”；不加 --payer 列出全部")
    _save(policy, made, xlsx, html)
    if as_json:
        tell_json(_words(policy, made, payer, dry_run))
    else:
        _tell(policy, made, payer, dry_run)


def _save(policy, made, xlsx: Path | None, html: Path | None) -> None:
    from desk.saving import save
    from reports.advances.plan_sheet import plan_workbook
    from reports.advances.working import plan_paper
    from reports.advances.working_page import working_page

    kept = (policy, made.plan, made.lines, made.edits)
    if xlsx:
        save(xlsx, plan_workbook(*kept, made.plan.on_day))
    if html:
        save(html, working_page(plan_paper(*kept)).encode())


def _done(home, *, quarter, region, on, amounts, reason, dry_run, by, **asked):
    """The one act that the options ask for."""
    from desk.advances import emergency, plan_edits, planning

    acts = [bool(amounts), asked["withdraw"], bool(asked["emergency"])]
    if sum(acts) > 1:
        raise UsageError("--set、--withdraw、--emergency 一次只用一个")
    if asked["amount"] is not None and not asked["emergency"]:
        raise UsageError("--amount 和 --emergency 一起用；改金额用 --set")
    if asked["edition"] is not None and asked["emergency"]:
        raise UsageError("--emergency 另成一版，不用 --edition")
    who, edition = actor(by), asked["edition"]
    how = {"dry_run": dry_run}
    if amounts or asked["withdraw"]:
        if not reason.strip():
            raise UsageError("要用 --reason 写明原因")
        act = plan_edits.withdraw
        if amounts:
            act = plan_edits.edit
            how["amounts"] = dict(amounts)
        how |= {"reason": reason, "edition": edition}
        return act(home, who, quarter, region, **how)
    if asked["emergency"]:
        how |= {"amount": asked["amount"], "reason": reason}
        payer, day = asked["emergency"], on or today()
        return emergency.increase(home, who, quarter, region, payer, day, **how)
    if edition is not None:
        return plan_edits.shown(home, quarter, region, edition)
    how["keep_edits"] = asked["keep_edits"]
    return planning.make(home, who, quarter, region, on or today(), **how)


def _tell(policy, made, payer, dry_run: bool) -> None:
    from reports.advances.plan_rows import payer_rows, titles
    from reports.advances.plan_sheet import plan_title

    click.echo(f"{plan_title(made.plan)}，截至{made.plan.on_day}（元）")
    if payer:
        _tell_working(made, payer)
    else:
        rows = payer_rows(policy, made.plan, made.lines)
        figures = titles(policy, made.lines)
        table = [
            (
                f"{row.payer}{row.name}",
                *map(grouped, (*row.figures, row.before, row.amount)),
                *map(grouped, row.by_scope.values()),
                "改" if row.entered else "",
            )
            for row in rows
        ]
        columns = ["付款方", *figures, "已核定", "本次金额", "跨省", "省内", ""]
        total = sum((row.amount for row in rows), Decimal("0.00"))
        numbers = "".join(str(at) for at in range(2, len(columns)))
        tell_table(columns, table, numbers)
        click.echo(f"本次金额合计{grouped(total)}元；为负的是退回。")
        _tell_notes(rows)
    if made.plan.note:
        click.echo(f"说明：{made.plan.note}。")
    if made.dropped:
        click.echo(f"{made.dropped}处原修改作废；要沿用请加 --keep-edits 重新测算。")
    if dry_run:
        click.echo("检查通过，没有保存。")
    elif STATUS[made.status]:
        click.echo(f"{STATUS[made.status]}。")


def _tell_notes(rows) -> None:
    """What is to be said, each once with those whom it is about."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for note in row.notes:
            said.setdefault(note, []).append(row.name)
    for note, names in islice(said.items(), NOTES_SHOWN):
        click.echo(f"  {'、'.join(names)}：{note}")
    if len(said) > NOTES_SHOWN:
        click.echo(f"  ……另{len(said) - NOTES_SHOWN}条，见 --payer 或 --xlsx")


def _tell_working(made, payer: str) -> None:
    from ledger import regions
    from ledger.funds import fund_names
    from reports.advances.plan_rows import working

    for line in made.lines:
        if line.payer != payer:
            continue
        name = regions.name(payer, made.plan.on_day)
        click.echo(f"\n{name} {line.scope} {fund_names()[line.fund]}")
        for row in working(line):
            said = f"＝ {row.numbers}" if row.numbers else row.words
            click.echo(f"  {row.what} {row.title}：{row.shown}　{said}".rstrip("　 "))
            if row.numbers:
                click.echo(f"       公式：{row.words}")
        if line.before:
            click.echo(f"  减 已核定：{grouped(line.before)}")
        if line.amount != line.computed - line.before:
            click.echo(f"  公式的结果：{grouped(line.computed - line.before)}")
        click.echo(f"  本次金额：{grouped(line.amount)}")
        if line.note:
            click.echo(f"  {line.note}")
        for edit in made.edits:
            if (edit.payer, edit.scope, edit.fund) == line.cell:
                pair = f"{grouped(edit.before)}改为{grouped(edit.after)}"
                click.echo(f"  {edit.at[:10]} {edit.by} {pair}：{edit.reason}")


def _words(policy, made, payer, dry_run: bool) -> dict:
    from reports.advances.plan_rows import payer_rows

    plan = made.plan
    lines = [line for line in made.lines if payer in (None, line.payer)]
    rows = payer_rows(policy, plan, lines)
    total = sum((row.amount for row in rows), Decimal("0.00"))
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
        "payers": [
            {
                "payer": row.payer,
                "payer_name": row.name,
                "before": f"{row.before:.2f}",
                "amount": f"{row.amount:.2f}",
                "scope": {scope: f"{part:.2f}" for scope, part in row.by_scope.items()},
                "notes": list(row.notes),
            }
            for row in rows
        ],
        "lines": [_line_words(line) for line in lines],
        "edits": [
            {
                **row._asdict(),
                "before": f"{row.before:.2f}",
                "after": f"{row.after:.2f}",
            }
            for row in made.edits
            if payer in (None, row.payer)
        ],
    }


def _line_words(line) -> dict:
    import json

    return {
        "payer": line.payer,
        "scope": line.scope,
        "fund": line.fund,
        "computed": f"{line.computed:.2f}",
        "before": f"{line.before:.2f}",
        "amount": f"{line.amount:.2f}",
        "note": line.note,
        "working": json.loads(line.working),
    }


COMMANDS = {"plan": plan}
