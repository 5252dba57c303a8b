"""Commands of clearing between regions and with institutions: clear, confirm."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import click

from desk.cli import (
    ACT_DAY,
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
from ledger.errors import UsageError
from ledger.money import grouped

STATUS = {
    "posted": "已入账",
    "already-posted": "原已入账",
    "draft": "草稿，待审核",
    "made": "已出清算单，待双方确认",
    "withdrawn": "已撤回，所含业务可重新清算",
    "recorded": "已登记",
    "already-recorded": "原已登记",
}
# Without vouchers, which institutions that are paid by list never have.
MADE = {"made": "已出结算单，待拨付", "already-posted": "原已出结算单"}
SHEETS = {"institutions": "结算单、拨付单"}
SHOWN = 30  # parts that are told one by one
SAYS = {"confirmed": "已确认", "disputed": "有异议", "": "未确认"}
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
@click.option("--post-on", type=ACT_DAY, help="凭证日期，默认当日")
@click.option("--draft", is_flag=True, help="只留草稿，由第二人审核")
@click.option("--pay", is_flag=True, help="institutions：出结算单时即按应付额入账")
@click.option("--withdraw", is_flag=True, help="撤回没有凭证的清算单，不清算")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def clear(session, period, kind, province, withdraw, dry_run, by, as_json, **how):
    from desk.settlements import clearing

    asked = (session.home(), actor(by), kind, period, province)
    if withdraw:
        made = clearing.withdraw(*asked, dry_run=dry_run)
    else:
        how["post_on"] = how["post_on"] or today()
        made = clearing.clear(*asked, dry_run=dry_run, **how)
    if as_json:
        tell_json(clearing.cleared_words(made, dry_run))
    else:
        _tell(made, dry_run)


def _tell(made, dry_run: bool) -> None:
    old = made.status == "already-posted"
    if not made.parts:
        click.echo(f"{made.period}没有要清算的业务。")
        return
    number = "" if made.clearing is None else f"（清算{made.clearing}）"
    click.echo(f"{made.period}{number}：")
    (_tell_parts if len(made.parts) <= SHOWN else _tell_payers)(made)
    for note in made.notes:
        click.echo(note)
    if made.vouchers or dry_run:
        tell_vouchers(made.vouchers, STATUS[made.status], dry_run and not old)
    else:
        words = {**STATUS, **MADE} if made.kind == "institutions" else STATUS
        click.echo(f"{words[made.status]}。")
    if made.files:
        what = SHEETS.get(made.kind, "清算单")
        folder, number = Path(made.files[0]).parent, len(made.files)
        click.echo(f"{what}：{folder}（{number}个文件，--json 列出文件名）")


def _tell_parts(made) -> None:
    tell_table(
        ["项目", "付款方", "收款方", "险种", "笔数", "清算额", "实际收付"],
        [
            (
                part.subject,
                _named(part.payer),
                _named(part.payee),
                part.fund,
                part.lines,
                grouped(part.gross),
                grouped(part.net),
            )
            for part in made.parts
        ],
        "567",
    )


def _tell_payers(made) -> None:
    """Totals per subject and payer, where the parts are too many to read."""
    by_payer: dict[tuple[str, str], list] = defaultdict(list)
    for part in made.parts:
        by_payer[part.subject, part.payer].append(part)
    tell_table(
        ["项目", "付款方", "项数", "笔数", "清算额", "实际收付"],
        [
            (
                subject,
                _named(payer),
                len(parts),
                sum(part.lines for part in parts),
                grouped(sum(part.gross for part in parts)),
                grouped(sum(part.net for part in parts)),
            )
            for (subject, payer), parts in sorted(by_payer.items())
        ],
        "3456",
    )
    sheets = SHEETS.get(made.kind, "清算单").partition("、")[0]
    listed = sheets if made.files else "--json"
    click.echo(f"共{len(made.parts)}项，以上按付款方合计；逐项见{listed}。")


def _named(code: str) -> str:
    """A region with its name; an institution, a 险种, as it is."""
    from ledger import regions

    known = regions.today_code(code) == code
    return code + (regions.name(code) if known else "")


@click.command(
    "confirm",
    help="统筹区确认清算单（family、premiums）或市州确认异地就医清算明细（advances），"
    "或提出异议；不给 --region 列出各方。",
)
@click.argument("period", type=PERIOD, metavar="期间")
@click.option(
    "--kind",
    type=click.Choice(("advances", "family", "premiums")),
    required=True,
    help="advances 异地就医清算明细，family 就医购药，premiums 代缴保费",
)
@click.option(
    "--region", metavar="代码", help="统筹区（市州）代码；advances 也可是省本级"
)
@click.option("--all", "every", is_flag=True, help="advances：各市州一起")
@click.option("--list", "number", metavar="清算单号", help="advances：只这一份清算单")
@click.option("--on", type=ACT_DAY, help="确认日期（撤回日期），默认当日")
@click.option("--post-on", type=ACT_DAY, help="凭证日期，默认确认日期")
@click.option("--dispute", metavar="原因", help="不确认，说明原因")
@click.option("--settle", metavar="说明", help="advances：异议已处理，重新待确认")
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="行",
    help="advances：只对这些行提出或处理异议：参保地/就医地/险种/范围/清算期，可只写前几项",
)
@click.option("--no-rolled", is_flag=True, help="advances：不确认以前期间结转的行")
@click.option("--take-back", is_flag=True, help="advances：撤回确认，付款以前可用")
@click.option("--reason", metavar="原因", help="撤回的原因")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def confirm(session, period, kind, dry_run, by, as_json, **how):
    if kind == "advances":
        from desk.cli_confirm import advances

        if isinstance(period, int):
            raise UsageError("期间应为月，如 2018-01，或季度，如 2018Q1")
        advances(session, period, dry_run, by, as_json, **how)
        return
    only = ("every", "number", "settle", "lines", "no_rolled", "take_back", "reason")
    if any(how[name] for name in only):
        raise UsageError(
            "--all、--list、--settle、--line、--no-rolled、--take-back 只用于 "
            "--kind advances"
        )
    _confirm_statement(session, period, kind, dry_run, by, as_json, **how)


def _confirm_statement(
    session, period, kind, dry_run, by, as_json, region, dispute, on, post_on, **_
):
    from desk.settlements import confirming

    if dispute is not None and not dispute.strip():
        raise UsageError("--dispute 要说明原因")
    if region is None:
        if dispute:
            raise UsageError("--dispute 要说明是哪个统筹区；请加 --region 代码")
        made = confirming.said_of(session.home(), kind, period)
    else:
        made = confirming.confirm(
            session.home(),
            actor(by),
            kind,
            period,
            region,
            dispute=dispute or "",
            post_on=post_on or on or today(),
            dry_run=dry_run,
        )
    if as_json:
        tell_json(_confirmed_words(made, region, dry_run))
    else:
        _tell_confirmed(made, dry_run)


def _confirmed_words(made, region: str | None, dry_run: bool) -> dict:
    from desk.people.batch_posting import voucher_words

    return {
        "kind": made.kind,
        "period": str(made.period),
        "region": region,
        "clearings": list(made.clearings),
        "regions": [
            {
                **one._asdict(),
                "owes": f"{one.owes:.2f}",
                "is_owed": f"{one.is_owed:.2f}",
            }
            for one in made.said
        ],
        "vouchers": voucher_words(made.vouchers, dry_run),
        "status": "checked" if dry_run and region else made.status or "listed",
    }


def _tell_confirmed(made, dry_run: bool) -> None:
    tell_table(
        ["清算", "统筹区", "应付", "应收", "确认", "原因", "经办人", "时间"],
        [
            (
                one.clearing,
                _named(one.region),
                grouped(one.owes),
                grouped(one.is_owed),
                SAYS[one.says],
                one.reason,
                one.by,
                one.at[:10],
            )
            for one in made.said
        ],
        "34",
    )
    if made.vouchers:
        tell_vouchers(made.vouchers, STATUS[made.status], dry_run)
    elif made.status:
        click.echo("检查通过，没有登记。" if dry_run else f"{STATUS[made.status]}。")


COMMANDS = {"clear": clear, "confirm": confirm}
