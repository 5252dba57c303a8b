"""The command suspend: who is overdue, who is suspended; decisions and liftings."""

from __future__ import annotations

import click

from desk.cli import (
    DAY,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger import regions

STATUS = {
    "started": "已登记暂停",
    "lifted": "已登记恢复",
    "already": "原已登记，没有改动",
    "checked": "检查通过，没有登记",
}
document_option = click.option(
    "--document", required=True, metavar="文号", help="决定的文号"
)
reason_option = click.option("--reason", required=True, metavar="原因", help="原因")


@click.group(help="暂停与恢复直接结算：列出逾期的统筹区，由人决定（五（一））。")
def suspend():
    pass


@suspend.command("list", help="待暂停名单（上解逾期的），已暂停的和恢复过的。")
@click.option("--on", type=DAY, help="查询日，默认今天")
@json_option
@click.pass_obj
def suspend_list(session, on, as_json):
    from desk.cli_reports import home_workdays
    from reports.advances.suspensions import candidates, standing

    on = on or today()
    home = session.home()
    with home.reading() as connection:
        overdue = candidates(connection, on, home_workdays(home))
        kept = standing(connection, on)
    if as_json:
        tell_json(
            {
                "on": str(on),
                "candidates": [_candidate_words(row) for row in overdue],
                "suspensions": [_words(row.suspension, row.holds) for row in kept],
            }
        )
        return
    click.echo(f"上解逾期、可列入暂停的，截至{on}（是否暂停由人决定）")
    tell_table(
        ["地区", "应上解", "到期", "逾期天数", "说明", "现状"],
        [
            (
                row.region_name,
                row.what,
                row.due,
                row.late_by,
                row.note,
                "已暂停" if row.suspended else "",
            )
            for row in overdue
        ],
        "4",
    )
    click.echo("\n暂停登记")
    tell_table(
        ["地区", "自", "恢复", "状态", "原因", "文号", "经办"],
        [_row(each) for each in kept],
    )


@suspend.command("start", help="登记暂停一个统筹区（市州、县区或本级）的直接结算。")
@click.argument("region", metavar="地区代码")
@click.option("--from", "from_day", type=DAY, help="自哪一天起，默认今天")
@reason_option
@document_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def suspend_start(session, region, from_day, reason, document, dry_run, by, as_json):
    from desk.advances.suspending import start

    _tell(
        start(
            session.home(),
            actor(by),
            region,
            from_day or today(),
            reason,
            document,
            dry_run=dry_run,
        ),
        as_json,
    )


@suspend.command("lift", help="登记恢复：自 --on 当日起不再暂停。")
@click.argument("region", metavar="地区代码")
@click.option("--on", type=DAY, help="自哪一天起恢复，默认今天")
@reason_option
@document_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def suspend_lift(session, region, on, reason, document, dry_run, by, as_json):
    from desk.advances.suspending import lift

    _tell(
        lift(
            session.home(),
            actor(by),
            region,
            on or today(),
            reason,
            document,
            dry_run=dry_run,
        ),
        as_json,
    )


def _tell(done, as_json: bool) -> None:
    row = done.suspension
    if as_json:
        tell_json({"status": done.status, "suspension": _words(row)})
        return
    until = f"，{row.until_day}恢复" if row.until_day else ""
    name = regions.name(row.region)
    click.echo(f"{STATUS[done.status]}：{name}自{row.from_day}起暂停{until}。")


def _row(each) -> tuple:
    row = each.suspension
    lifted = f"；恢复：{row.lift_reason}（{row.lift_document}）"
    return (
        each.region_name,
        row.from_day,
        row.until_day or "",
        "暂停中" if each.holds else "已恢复",
        row.reason + (lifted if row.until_day else ""),
        row.document,
        row.by,
    )


def _words(row, holds: bool | None = None) -> dict:
    words = {
        "region": row.region,
        "region_name": regions.name(row.region),
        "from": str(row.from_day),
        "until": row.until_day and str(row.until_day),
        "reason": row.reason,
        "document": row.document,
        "by": row.by,
        "at": row.at,
        "lift_reason": row.lift_reason,
        "lift_document": row.lift_document,
        "lifted_by": row.lifted_by,
        "lifted_at": row.lifted_at,
    }
    return words if holds is None else {**words, "holds": holds}


def _candidate_words(row) -> dict:
    return {
        "region": row.region,
        "region_name": row.region_name,
        "what": row.what,
        "quarter": row.quarter,
        "due": str(row.due),
        "late_by": row.late_by,
        "note": row.note,
        "cite": row.cite,
        "suspended": row.suspended,
    }


COMMANDS = {"suspend": suspend}
