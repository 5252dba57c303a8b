"""The command payout."""

from __future__ import annotations

import click

from desk.cli import MONTH, actor, by_option, dry_run_option, json_option, tell_json
from desk.cli_people import STATUS, draft_option, post_on_option, region_option
from desk.cli_telling import tell_vouchers
from ledger.money import grouped


@click.command(
    "payout", help="个人账户余额付至本人银行账户：仍准许的划转，或实账发放。"
)
@click.argument("month", type=MONTH, metavar="月份")
@region_option
@post_on_option
@draft_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def payout(session, month, region, post_on, draft, dry_run, by, as_json):
    from desk.people.payout import STEPS
    from desk.people.payout import payout as pay_out
    from desk.progress import bar

    with bar(len(STEPS)) as tell:
        made = pay_out(
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
        tell_json(_words(made, dry_run))
    else:
        _tell(made, dry_run)


def _words(made, dry_run: bool) -> dict:
    from desk.people.batch_posting import voucher_words

    tried = dry_run and made.status != "already-posted"
    return {
        "batch": None if tried else made.batch,
        "month": str(made.month),
        "region": made.region,
        "people": made.people,
        "total": f"{made.total:.2f}",
        "refused": [
            {
                "cite": refused.cite,
                "reason": refused.why,
                "people": refused.people,
                "amount": f"{refused.amount:.2f}",
            }
            for refused in made.refused
        ],
        "file": made.file,
        "unpaid_file": made.unpaid_file,
        "vouchers": voucher_words(made.vouchers, tried),
        "warnings": made.warnings,
        "status": "checked" if tried else made.status,
    }


def _tell(made, dry_run: bool) -> None:
    word, does = ("实账发放", "发放") if made.real else ("划转", "划转")
    for warning in made.warnings:
        click.echo(f"注意：{warning}", err=True)
    if made.batch is None:
        click.echo(f"{made.month}（{made.region}）没有可{does}的人。")
    else:
        total = grouped(made.total)
        click.echo(f"{made.month}（{made.region}）{word}{made.people}人{total}元。")
        old = made.status == "already-posted"
        tell_vouchers(made.vouchers, STATUS[made.status], dry_run and not old)
    for refused in made.refused:
        click.echo(
            f"未{does}：{refused.people}人{grouped(refused.amount)}元，"
            f"{refused.why}（{refused.cite}）"
        )
    if made.file:
        click.echo(f"{word}清单：{made.file}")
    elif made.status == "draft":
        click.echo(f"审核后再运行同一命令，印出{word}清单。")
    if made.unpaid_file:
        click.echo(f"未{does}名单：{made.unpaid_file}")


COMMANDS = {"payout": payout}
