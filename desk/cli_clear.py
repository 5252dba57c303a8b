"""Commands of clearing between regions and with institutions: clear, confirm."""

from __future__ import annotations

import re

import click

from desk.cli import (
    DAY,
    Period,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from desk.cli_telling import tell_vouchers
from ledger.money import grouped

STATUS = {
    "posted": "已入账",
    "already-posted": "原已入账",
    "draft": "草稿，待审核",
    "made": "已出清算单，待双方确认",
}
KINDS = ("family", "institutions", "premiums")
YEAR = re.compile(r"([12]\d{3})年?")


class PeriodOrYear(Period):
    """A month, a quarter, or a year as an int: 2024."""

    def convert(self, value, param, context):
        if isinstance(value, int):
            return value
        found = YEAR.fullmatch(value.strip()) if isinstance(value, str) else None
        return int(found[1]) if found else super().convert(value, param, context)


PERIOD = PeriodOrYear()


@click.command("clear", help="统筹区之间、与机构的定期清算：出清算单，入账。")
@click.argument("period", type=PERIOD, metavar="期间")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    required=True,
    help="family 就医购药按月，premiums 代缴保费按年，institutions 定点医药机构",
)
@click.option("--province", required=True, metavar="代码", help="省份代码")
@click.option("--post-on", type=DAY, help="凭证日期，默认当日")
@click.option("--draft", is_flag=True, help="只留草稿，由第二人审核")
@click.option("--pay", is_flag=True, help="institutions：出结算单时即按应付额入账")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def clear(session, period, kind, province, post_on, draft, pay, dry_run, by, as_json):
    from desk.settlements.clearing import clear as clear_period
    from desk.settlements.clearing import cleared_words

    made = clear_period(
        session.home(),
        actor(by),
        kind,
        period,
        province,
        post_on=post_on or today(),
        draft=draft,
        dry_run=dry_run,
        pay=pay,
    )
    if as_json:
        tell_json(cleared_words(made, dry_run))
    else:
        _tell(made, dry_run)


def _tell(made, dry_run: bool) -> None:
    old = made.status == "already-posted"
    if not made.parts:
        click.echo(f"{made.period}没有要清算的业务。")
        return
    number = "" if made.clearing is None else f"（清算{made.clearing}）"
    click.echo(f"{made.period}{number}：")
    tell_table(
        ["项目", "付款方", "收款方", "险种", "笔数", "清算额", "实际收付"],
        [
            (
                part.subject,
                part.payer,
                part.payee,
                part.fund,
                part.lines,
                grouped(part.gross),
                grouped(part.net),
            )
            for part in made.parts
        ],
        "567",
    )
    for note in made.notes:
        click.echo(note)
    if made.vouchers or dry_run:
        tell_vouchers(made.vouchers, STATUS[made.status], dry_run and not old)
    else:
        click.echo(f"{STATUS[made.status]}。")
    for path in made.files:
        click.echo(f"清算单：{path}")


COMMANDS = {"clear": clear}
