"""Commands on personal accounts: credit, make-up."""

from __future__ import annotations

import click

from desk.cli import (
    ACT_DAY,
    MONTH,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    today,
)
from desk.cli_telling import tell_vouchers
from ledger.money import grouped

STATUS = {"posted": "已入账", "already-posted": "原已入账", "draft": "草稿，待审核"}
region_option = click.option(
    "--region", required=True, metavar="代码", help="统筹区（市州）代码"
)
draft_option = click.option("--draft", is_flag=True, help="只留草稿，由第二人审核")
post_on_option = click.option("--post-on", type=ACT_DAY, help="凭证日期")


@click.command("credit", help="按月计入个人账户；先更正以前月份的退休和死亡。")
@click.argument("month", type=MONTH, metavar="月份")
@region_option
@post_on_option
@draft_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def credit(session, month, region, post_on, draft, dry_run, by, as_json):
    from desk.people.credit import STEPS
    from desk.people.credit import credit as credit_month
    from desk.progress import bar

    with bar(len(STEPS)) as tell:
        made = credit_month(
            session.home(),
            actor(by),
            month,
            region,
            post_on=post_on,
            draft=draft,
            dry_run=dry_run,
            tell=tell,
        )
    if as_json:
        tell_json(_credit_words(made, dry_run))
    else:
        _tell_credit(made, dry_run)


def _credit_words(made, dry_run: bool) -> dict:
    from desk.people.batch_posting import voucher_words

    def part(total) -> dict:
        return {"people": total.people, "amount": f"{total.amount:.2f}"}

    corrected = made.corrected and {
        "batch": None if dry_run else made.corrected.batch,
        "people": made.corrected.people,
        "months": made.corrected.months,
        "undone": f"{made.corrected.undone:.2f}",
        "recredited": f"{made.corrected.recredited:.2f}",
        "claimed": f"{made.corrected.claimed:.2f}",
        "vouchers": voucher_words(made.corrected.vouchers, dry_run),
        "status": _status(made.corrected.status, dry_run),
    }
    old = made.status == "already-posted"
    return {
        "batch": None if dry_run and not old else made.batch,
        "month": str(made.month),
        "region": made.region,
        "people": made.people,
        "total": f"{made.total:.2f}",
        "active": part(made.active),
        "retired": part(made.retired),
        "civil": part(made.civil),
        "recovered": part(made.recovered),
        "vouchers": voucher_words(made.vouchers, dry_run and not old),
        "status": _status(made.status, dry_run),
        "corrected": corrected,
        "waiting": made.waiting,
        "unapproved": made.unapproved,
    }


def _status(status: str, dry_run: bool) -> str:
    return "checked" if dry_run and status != "already-posted" else status


def _tell_credit(made, dry_run: bool) -> None:
    if made.corrected:
        click.echo(
            f"更正以前月份：{made.corrected.people}人，冲回{made.corrected.months}人月"
            f"{grouped(made.corrected.undone)}元，改按退休计入"
            f"{grouped(made.corrected.recredited)}元，"
            f"追回挂账{grouped(made.corrected.claimed)}元。"
        )
        tell_vouchers(made.corrected.vouchers, STATUS[made.corrected.status], dry_run)
    if made.batch is None:
        click.echo(f"{made.month}没有可计入的行。")
    else:
        click.echo(
            f"{made.month}（{made.region}）计入{made.people}人"
            f"{grouped(made.total)}元：在职{made.active.people}人"
            f"{grouped(made.active.amount)}元，退休{made.retired.people}人"
            f"{grouped(made.retired.amount)}元。"
        )
        if made.civil.people:
            click.echo(
                f"公务员医疗补助{made.civil.people}人{grouped(made.civil.amount)}元。"
            )
        if made.recovered.people:
            click.echo(
                f"收回追回挂账{made.recovered.people}人"
                f"{grouped(made.recovered.amount)}元。"
            )
        old = made.status == "already-posted"
        tell_vouchers(made.vouchers, STATUS[made.status], dry_run and not old)
    if made.waiting:
        click.echo(f"{made.waiting}行等待到账日期，没有计入。")
    if made.unapproved:
        click.echo(
            f"{made.unapproved_lists}份清单的保费凭证待审核，"
            f"其{made.unapproved}行没有计入。"
        )


@click.command("make-up", help="补划差额：公布的数字与已计入的差。")
@region_option
@post_on_option
@draft_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def make_up(session, region, post_on, draft, dry_run, by, as_json):
    from desk.people.make_up import STEPS
    from desk.people.make_up import make_up as post_differences
    from desk.progress import bar

    with bar(len(STEPS)) as tell:
        made = post_differences(
            session.home(),
            actor(by),
            region,
            post_on or today(),
            draft=draft,
            dry_run=dry_run,
            tell=tell,
        )
    if as_json:
        tell_json(_make_up_words(made, dry_run))
    else:
        _tell_make_up(made, dry_run)


def _make_up_words(made, dry_run: bool) -> dict:
    from desk.people.batch_posting import voucher_words
    from desk.people.make_up_list import done

    return {
        "batch": None if dry_run else made.batch,
        "region": made.region,
        "people": made.people,
        "months": made.months,
        "total": f"{made.total:.2f}",
        "claimed": f"{made.claimed:.2f}",
        "recovered": f"{made.recovered:.2f}",
        "states": [
            {
                "state": state.state,
                "name": done(state.state, state.amount)[0],
                "done": done(state.state, state.amount)[1],
                "people": state.people,
                "months": state.months,
                "amount": f"{state.amount:.2f}",
            }
            for state in made.states
        ],
        "file": made.listed and str(made.listed),
        "vouchers": voucher_words(made.vouchers, dry_run),
        "status": _status(made.status, dry_run),
    }


def _tell_make_up(made, dry_run: bool) -> None:
    from desk.people.make_up_list import done

    if made.status == "already-posted":
        click.echo("没有要补划的差额。")
        return
    click.echo(f"补划{made.people}人{made.months}人月，共{grouped(made.total)}元：")
    for state in made.states:
        name, treatment = done(state.state, state.amount)
        click.echo(
            f"  {name}：{state.people}人{state.months}人月"
            f"{grouped(state.amount)}元（{treatment}）"
        )
    if made.claimed:
        click.echo(f"  余额不足，追回挂账{grouped(made.claimed)}元。")
    if made.recovered:
        click.echo(f"  收回追回挂账{grouped(made.recovered)}元。")
    tell_vouchers(made.vouchers, STATUS[made.status], dry_run)
    if made.listed:
        click.echo(f"例外名单：{made.listed}")


COMMANDS = {"credit": credit, "make-up": make_up}
