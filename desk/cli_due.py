"""The command due: the calendar of a quarter, as a calendar file, and what was done."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from desk.cli import (
    DAY,
    QUARTER,
    actor,
    by_option,
    dry_run_option,
    json_option,
    now,
    tell_json,
    tell_table,
    today,
)
from ledger import regions
from ledger.errors import BookError, UsageError
from ledger.periods import quarter_of

FILE = click.Path(path_type=Path, dir_okay=False)
STATUS = {
    "marked": "已登记",
    "already": "原已登记，没有改动",
    "checked": "检查通过，没有登记",
}


@click.command("due", help="一个季度的办理日历：什么到期，已办、待办还是逾期。")
@click.option("--quarter", type=QUARTER, help="季度，默认查询日所在季度")
@click.option("--on", type=DAY, help="查询日；登记时为办理的那一天；默认今天")
@click.option("--region", "places", multiple=True, metavar="代码", help="只看这个地区")
@click.option("--ics", type=FILE, metavar="文件", help="另存为日历文件（iCalendar）")
@click.option("--done", metavar="事项", help="登记一个事项已办（表格、文书看不出的）")
@click.option("--not-done", metavar="事项", help="收回登记：其实没有办")
@click.option("--period", metavar="期间", help="登记的事项所办的期间，如 2018Q1")
@click.option("--note", default="", metavar="说明", help="登记的说明")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def due(session, quarter, on, places, ics, done, not_done, period, note, **how):
    by, dry_run, as_json = how["by"], how["dry_run"], how["as_json"]
    if not (done or not_done):
        if period or note or dry_run:
            raise UsageError("--period、--note、--dry-run 只与 --done、--not-done 同用")
        _show(session.home(), quarter, on or today(), places, ics, as_json)
        return
    if (done and not_done) or quarter or ics:
        raise UsageError("--done、--not-done 只能用一个，不与 --quarter、--ics 同用")
    if on and on > today():
        raise UsageError(f"{on}还没有到；登记的是已办的事，--on 应为今天或以前")
    if not period:
        raise UsageError("请用 --period 说明期间：事项所办的月、季、年或到账日")
    from desk.advances.marking import mark

    made = mark(
        session.home(),
        actor(by),
        done or not_done,
        period,
        places,
        (on or today()) if done else None,
        note,
        dry_run=dry_run,
    )
    _tell_marked(made, as_json)


def _show(home, quarter, on, places, ics, as_json: bool) -> None:
    from desk.cli_reports import home_workdays
    from ledger import settings
    from reports.due import calendar_warning, due_rows

    quarter = quarter or quarter_of(on)
    special = home_workdays(home)
    with home.reading() as connection:
        province = settings.province(connection)
        known = {*regions.cities(province), province}
        for place in places:
            if place not in known:
                raise UsageError(f"日历里没有地区“{place}”；应为市州或省的代码")
        rows = due_rows(connection, quarter, on, special)
        warning = calendar_warning(connection, quarter, special)
    rows = [row for row in rows if not places or row.region in places]
    if warning:
        click.echo(warning, err=True)
    if ics and not rows:
        raise BookError(f"{quarter}没有应办事项，没有写日历文件")
    if ics:
        from desk.saving import save
        from reports.advances.due_calendar import calendar_file

        save(ics, calendar_file(rows, province, datetime.fromisoformat(now())))
    if as_json:
        tell_json({"rows": [row.as_json() for row in rows]})
        return
    _tell(rows, province)
    if ics:
        click.echo(f"日历文件：{ics}（{len(rows)}项）")


def _tell(rows, province: str) -> None:
    """A table that fits a screen: short names; the document is named once, below."""
    from posting_rules.calendar import calendar_tasks
    from posting_rules.policies import policy_of

    tasks = calendar_tasks(policy_of(province).id) if rows else []
    short = {task.id: task.short for task in tasks}
    tell_table(
        ["事项", "期间", "地区", "印明日期", "到期", "状态", "依据"],
        [
            (
                short.get(row.task) or row.name,
                row.period,
                row.region_name,
                row.printed or "",
                row.due,
                row.state_name + (f"（迟{row.late_by}天）" if row.late_by else ""),
                row.cite.partition(" ")[2] or row.cite,
            )
            for row in rows
            if row.told
        ],
    )
    for document in dict.fromkeys(row.cite.partition(" ")[0] for row in rows):
        click.echo(f"依据：{document}；事项全称见 --json 或 --ics。")
    noted = [row for row in rows if row.told and row.note]
    if noted:
        click.echo("\n说明")
    for row in noted:
        click.echo(f"  {row.period} {row.region_name} {row.name}：{row.note}")


def _tell_marked(made, as_json: bool) -> None:
    if as_json:
        tell_json(
            {
                "status": made.status,
                "task": made.task.id,
                "period": made.period,
                "regions": made.regions,
                "done_on": made.done_on and str(made.done_on),
            }
        )
        return
    names = "、".join(regions.name(region) for region in made.regions)
    said = f"{made.done_on}已办" if made.done_on else "没有办"
    where = f"（{names}）" if names else ""
    click.echo(f"{STATUS[made.status]}：{made.period}{made.task.name}{said}{where}。")


COMMANDS = {"due": due}
