"""Commands that make vouchers by rule: import, offset."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    ACT_DAY,
    PERIOD,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    today,
)
from desk.cli_telling import status_of, tell_vouchers, tell_vouchers_json

STATUS = {
    "posted": "已入账",
    "already-posted": "原已入账",
    "posted-in-part": "已部分入账",
    "draft": "草稿，待审核",
    "checked": "检查通过，没有入账",
    "rejected": "没有入账",
}
SHOWN = 10  # rows set aside that are told one by one


@click.command("import", help="导入表格：认出是哪种表，检查，入账。")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="文件…",
)
@click.option("--draft", is_flag=True, help="只留草稿，由第二人审核")
@click.option("--strict", is_flag=True, help="人员名单有一行不对就整份不收")
@click.option(
    "--late",
    is_flag=True,
    help="收下早于本人或家庭成员已结算时间的结算，按到达先后入账",
)
@click.option("--post-on", type=ACT_DAY, help="凭证日期（原月份已结账时）")
@dry_run_option
@by_option
@json_option
@click.pass_context
def import_(context, files, draft, strict, late, post_on, dry_run, by, as_json):
    from desk.importing import STEPS, Options, import_files
    from desk.progress import bar

    results: list = []
    home, who = context.obj.home(), actor(by)
    try:
        with bar(len(STEPS) * len(files) + 1) as tell:
            options = Options(draft, dry_run, post_on, strict, late)
            import_files(home, files, who, options, tell, results)
    finally:  # what is posted is told, whatever ended the rest
        if as_json:
            tell_json({"files": [result.as_json() for result in results]})
        else:
            for result in results:
                _tell_file(result)
    wrong = any(r.status == "rejected" or r.set_aside for r in results)
    context.exit(1 if wrong else 0)


def _tell_file(result) -> None:
    name = Path(result.path).name
    if result.status == "rejected":
        click.echo(f"{name}：没有入账\n{result.message}", err=True)
        _tell_set_aside_file(result)
        return
    counts = [f"新{result.new}行"]
    if result.completed:
        counts.append(f"补填{result.completed}行")
    if result.set_aside:
        counts.append(f"搁置{result.set_aside}行")
    if result.known:
        counts.append(f"原有{result.known}行")
    click.echo(
        f"{name}：{result.form} {STATUS[result.status]}，{'，'.join(counts)}，"
        f"凭证{len(result.vouchers)}张"
    )
    for warning in result.warnings:
        click.echo(f"  提醒：{warning}")
    if result.set_aside:
        for error in result.errors[:SHOWN]:
            click.echo(f"  {error.message}", err=True)
        if result.set_aside > SHOWN:
            click.echo(f"  共搁置{result.set_aside}行。", err=True)
        _tell_set_aside_file(result)


def _tell_set_aside_file(result) -> None:
    if result.set_aside_file:
        click.echo(
            f"  搁置的行在{result.set_aside_file}，逐行写明原因；改正后再导入",
            err=True,
        )


@click.command("offset", help="对冲照印读法留下的暂付款与暂收款（X12）。")
@click.argument("period", type=PERIOD, metavar="期间")
@click.option("--post-on", type=ACT_DAY, help="凭证日期，默认今天")
@click.option("--draft", is_flag=True, help="只留草稿")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def offset(session, period, post_on, draft, dry_run, by, as_json):
    from desk.offsetting import offset as offset_pair

    made = offset_pair(
        session.home(),
        actor(by),
        period,
        post_on or today(),
        draft=draft,
        dry_run=dry_run,
    )
    if as_json:
        tell_vouchers_json(status_of(made), made, dry_run, period=str(period))
    elif made:
        tell_vouchers(made, "已对冲" if made[0].number else "草稿，待审核", dry_run)
    else:
        click.echo("没有要对冲的。")


COMMANDS = {"import": import_, "offset": offset}
