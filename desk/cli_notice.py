"""`yibao notice`: make, issue, confirm … withdraw, list, show."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    ACT_DAY,
    DAY,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from desk.cli_clear import PERIOD
from ledger.money import grouped

STATUS = {
    "made": "已生成",
    "made-again": "已重新生成",
    "already": "原已如此",
    "done": "已登记",
    "skipped": "没有处理",
}
KINDS = (
    "种类：advance-list 预付金明细表，advance-notice 收款通知书，emergency 紧急调增，"
    "funding-plan 用款计划，clearing-list 清算明细，clearing-notice 清算拨付通知书"
    "（按季度），quota-change 跨省额度调整（按年）。"
)
HOLDER = "由谁出具：默认省级；市州给所属县区的写市州代码"
ACT_HELP = {
    "issue": "下达；测算的明细表同时登记为核定额",
    "confirm": "市州（县区）经办机构确认",
    "dispute": "提出异议，要说明原因",
    "submit": "报送财政部门",
    "approve": "财政部门审核通过",
    "pay": "登记付款（写有通知书编号的划拨单导入后自动登记）",
    "receive": "收付款确认（到账后自动登记）",
    "withdraw": "付款之前撤回，要说明原因",
}


@click.group(help="文书：明细表、通知书、用款计划；生成、下达、确认直到收付款确认。")
def notice():
    pass


@notice.command("make", help=f"按测算、清算明细、额度表或用款计划生成文书。{KINDS}")
@click.argument("kind", metavar="种类")
@click.argument("period", type=PERIOD, metavar="期间")
@click.option("--region", default="", metavar="代码", help="只为一个单位")
@click.option("--holder", default="", metavar="代码", help=HOLDER)
@click.option("--on", type=ACT_DAY, help="生成日期，默认今天")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def make(session, kind, period, region, holder, on, dry_run, by, as_json):
    from desk.advances import notice_making
    from desk.advances.notice_files import workdays_of

    home = session.home()
    on = on or today()
    made = notice_making.make(
        home,
        actor(by),
        kind,
        period,
        on,
        region=region,
        holder=holder,
        dry_run=dry_run,
        special=workdays_of(home),
    )
    results = [tuple(one) for one in made]
    _tell_results(home, results, dry_run, as_json, on)


def _act(name: str, text: str):
    """The command of one step; all of them take the same words."""

    @notice.command(name, help=f"{text}。")
    @click.argument("number", default="", metavar="[文号|编号]")
    @click.option("--kind", default="", metavar="种类", help="一次办理一种文书")
    @click.option("--period", type=PERIOD, help="与 --kind 一起：哪一期")
    @click.option("--region", default="", metavar="代码", help="只办理一个单位的")
    @click.option("--holder", default="", metavar="代码", help=HOLDER)
    @click.option("--on", type=ACT_DAY, help="办理日期，默认今天")
    @click.option("--reason", default="", metavar="原因")
    @click.option("--evidence", default="", metavar="凭据", help="流水号或文件号")
    @dry_run_option
    @by_option
    @json_option
    @click.pass_obj
    def act(session, number, kind, period, region, holder, on, reason, evidence, **how):
        from desk.advances import notice_steps
        from desk.advances.notice_files import workdays_of
        from posting_rules.notices import ACTS

        home, dry_run = session.home(), how["dry_run"]
        text_of = "" if period is None else str(period)
        on = on or today()
        done = notice_steps.take(
            home,
            actor(how["by"]),
            notice_steps.Act(ACTS[name], on, reason, evidence),
            notice_steps.Choice(number, kind, text_of, region, holder),
            dry_run=dry_run,
            special=workdays_of(home),
        )
        _tell_results(home, [tuple(one) for one in done], dry_run, how["as_json"], on)

    return act


for _name, _text in ACT_HELP.items():
    _act(_name, _text)


@notice.command("undo", help="撤销手工登记的最后一步，要说明原因；原记录留存。")
@click.argument("number", metavar="文号|编号")
@click.option("--reason", default="", metavar="原因")
@click.option("--on", type=DAY, help="办理日期，默认今天")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def undo(session, number, reason, on, dry_run, by, as_json):
    from desk.advances import notice_undoing

    home, on = session.home(), on or today()
    done = notice_undoing.undo(home, actor(by), number, on, reason, dry_run=dry_run)
    _tell_results(home, [tuple(done)], dry_run, as_json, on)


def _tell_results(home, results, dry_run: bool, as_json: bool, on) -> None:
    """What a command did with each notice; a notice that was only tried is not kept."""
    from desk.advances.notice_lists import rows_listed

    with home.reading() as connection:
        rows = rows_listed(connection, [row for row, _, _ in results], on)
    if as_json:
        told = [
            {**row.as_json(), "status": status, "note": note}
            for row, (_, status, note) in zip(rows, results)
        ]
        done = {status for _, status, _ in results} - {"already", "skipped"}
        status = "checked" if dry_run else "done" if done else "already-done"
        tell_json({"notices": told, "status": status})
        return
    click.echo("检查通过，没有登记：" if dry_run else "办理结果：")
    tell_table(
        ["编号", "文号", "文书", "单位", "金额", "状态", "结果", "说明"],
        [
            (
                row.id,
                row.number,
                row.title,
                row.region_name,
                grouped(row.total),
                row.state_name,
                STATUS[status],
                note,
            )
            for row, (_, status, note) in zip(rows, results)
        ],
        "5",
    )


@notice.command("list", help="列出文书：到了哪一步，下一步是谁、哪天到期。")
@click.option("--period", type=PERIOD, help="哪一期")
@click.option("--kind", metavar="种类", help="哪一种，例如 advance-notice")
@click.option("--state", metavar="状态", help="例如 issued、已下达")
@click.option("--region", metavar="代码", help="哪个单位")
@click.option("--late", is_flag=True, help="只列逾期的")
@click.option("--on", type=DAY, help="查询日，默认今天")
@json_option
@click.pass_obj
def list_command(session, period, kind, state, region, late, on, as_json):
    from desk.advances.notice_files import workdays_of
    from desk.advances.notice_lists import listed

    home = session.home()
    rows = listed(
        home,
        on or today(),
        kind=kind,
        period=None if period is None else str(period),
        state=state,
        region=region,
        special=workdays_of(home),
    )
    if late:
        rows = [row for row in rows if row.late]
    if as_json:
        tell_json({"notices": [row.as_json() for row in rows]})
        return
    tell_table(
        ["编号", "文号", "文书", "期间", "单位", "金额", "状态", "下一步", "截止", ""],
        [
            (
                row.id,
                row.number,
                row.title,
                row.period,
                row.region_name,
                grouped(row.total),
                row.state_name,
                row.next,
                row.due or "",
                "逾期" if row.late else "",
            )
            for row in rows
        ],
        "6",
    )


@notice.command("show", help="一份文书：金额、收款账户、各步骤；另存网页或工作簿。")
@click.argument("number", metavar="文号|编号")
@click.option("--html", type=click.Path(path_type=Path), help="另存为可打印的网页")
@click.option("--xlsx", type=click.Path(path_type=Path), help="另存为工作簿")
@json_option
@click.pass_obj
def show(session, number, html, xlsx, as_json):
    from desk.advances.notice_files import workdays_of
    from desk.advances.notice_lists import shown

    home = session.home()
    found = shown(home, number, workdays_of(home), html=html, xlsx=xlsx)
    if as_json:
        tell_json(found.as_json())
        return
    for line in found.words():
        click.echo(line)
    tell_table(["单位", "用途", "险种", "金额", "备注"], found.amounts(), "4")
    tell_table(["日期", "步骤", "由谁", "经办", "原因", "凭据"], found.steps())


COMMANDS = {"notice": notice}
