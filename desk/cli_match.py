"""The command match: 单边账 against the other side's list."""

from __future__ import annotations

import click

from desk.cli import (
    DAY,
    MONTH,
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

SHOWN = 50  # rows that are told one by one


@click.command("match", help="单边账：我方家庭共济结算与对方清单（G9）逐笔核对、处理。")
@click.argument("period", type=MONTH, metavar="月份")
@click.option(
    "--post", multiple=True, metavar="流水号", help="补记只有对方有的；ALL 为全部"
)
@click.option(
    "--reverse", multiple=True, metavar="流水号", help="冲正我方多记的；ALL 为全部"
)
@click.option(
    "--institution",
    default="",
    metavar="机构代码",
    help="补记的就医机构（名册中就医地的定点机构），用于本次全部补记；不给则为不详，"
    "以后再用 --post 流水号 --institution 指明",
)
@click.option("--on", type=DAY, help="账龄算到哪天，默认今天")
@dry_run_option
@by_option
@json_option
@click.pass_context
def match(context, period, post, reverse, institution, on, dry_run, by, as_json):
    from desk.settlements.matching import match as match_month

    if institution and not post:
        raise UsageError("--institution 说明补记的机构；请与 --post 一起用")
    made = match_month(
        context.obj.home(),
        actor(by),
        period,
        on or today(),
        post=post,
        reverse=reverse,
        institution=institution.strip(),
        dry_run=dry_run,
    )
    if as_json:
        tell_json(_words(made, dry_run))
    else:
        _tell(made, dry_run)
    context.exit(1 if made.open else 0)


def _words(made, dry_run: bool) -> dict:
    from desk.people.batch_posting import voucher_words
    from desk.settlements.match_list import KINDS

    lines, amount = made.agreed
    return {
        "period": str(made.period),
        "agreed": {"lines": lines, "amount": f"{amount:.2f}"},
        **{kind: [_row_words(row) for row in made.of(kind)] for kind in KINDS},
        "named": [_row_words(row) for row in made.named],
        "notes": made.notes,
        "file": made.file,
        "vouchers": voucher_words(made.vouchers, dry_run),
        "status": "checked" if dry_run else "open" if made.open else "agreed",
    }


def _row_words(row) -> dict:
    from ledger.people.masks import masked_id

    told = {
        "serial": row.serial,
        "place": row.place,
        "payer_region": row.payer_region,
        "person_id": masked_id(row.payer_id),
        "ours": None if row.ours is None else f"{row.ours:.2f}",
        "theirs": None if row.theirs is None else f"{row.theirs:.2f}",
        "at": row.at,
        "act": row.act,
        "age": row.age,
        "proposed": row.proposed,
        "state": row.state,
    }
    if row.by:
        told |= {"by": row.by, "voucher": row.voucher}
    return told


def _tell(made, dry_run: bool) -> None:
    from desk.cli_telling import tell_vouchers
    from desk.settlements.match_list import KINDS, STATES, place
    from ledger.people.masks import masked_id

    lines, amount = made.agreed
    click.echo(f"{made.period}双方相符{lines}笔{grouped(amount)}元。")
    if made.rows:
        tell_table(
            ["流水号", "就医地", "授权地", "授权人", "我方", "对方", "天数", "情况"]
            + ["建议", "状态"],
            [
                (
                    row.serial,
                    place(row.place),
                    place(row.payer_region),
                    masked_id(row.payer_id),
                    "" if row.ours is None else grouped(row.ours),
                    "" if row.theirs is None else grouped(row.theirs),
                    row.age,
                    KINDS[row.kind],
                    row.proposed,
                    STATES[row.state] + (f" {row.voucher}" if row.voucher else ""),
                )
                for row in made.rows[:SHOWN]
            ],
            "567",
        )
    if len(made.rows) > SHOWN:
        click.echo(f"共{len(made.rows)}笔，全部在清单里。")
    if made.named:
        named = "、".join(row.by for row in made.named[:SHOWN])
        does = "可以指明" if dry_run else "已指明"
        click.echo(f"{does}{len(made.named)}笔补记的机构：{named}。")
    for note in made.notes[:SHOWN]:
        click.echo(f"注意：{note}", err=True)
    if made.vouchers:
        tell_vouchers(made.vouchers, "已处理", dry_run)
    if made.file:
        click.echo(f"清单：{made.file}")


COMMANDS = {"match": match}
