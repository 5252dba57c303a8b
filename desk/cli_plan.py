"""The command plan: the next advances, with their working, edits and true-ups."""

from __future__ import annotations

from decimal import Decimal
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
    today,
)
from ledger.errors import UsageError

MOST = Decimal(10) ** 13


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
@click.option("--wide", is_flag=True, help="各栏列到分，不怕表宽")
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
def plan(session, payer, wide, xlsx, html, as_json, dry_run, **asked):
    from desk.advances.notices import body
    from desk.cli_plan_telling import tell, words
    from ledger import settings
    from posting_rules.policies import policy_of

    home = session.home()
    made = _done(home, dry_run=dry_run, **asked)
    with home.reading() as connection:
        policy = policy_of(settings.province(connection))
        office = body(connection, "agency", made.plan.region, made.plan.on_day)
    if payer and not any(line.payer == payer for line in made.lines):
        raise UsageError(f"这份测算里没有付款方“{payer}”；不加 --payer 列出全部")
    _save(policy, made, office, xlsx, html)
    if as_json:
        tell_json(words(policy, made, payer, dry_run))
    else:
        tell(policy, made, payer, wide=wide, dry_run=dry_run)


def _save(policy, made, office: str, xlsx: Path | None, html: Path | None) -> None:
    from desk.saving import save
    from reports.advances.plan_sheet import plan_workbook
    from reports.advances.working import plan_paper
    from reports.advances.working_page import working_page

    kept = (policy, made.plan, made.lines, made.edits)
    if xlsx:
        save(xlsx, plan_workbook(*kept, made.plan.on_day))
    if html:
        save(html, working_page(plan_paper(*kept, office)).encode())


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


COMMANDS = {"plan": plan}
