"""The command report: family sharing, and splits that differ from the lists'."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import MONTH, json_option, tell_json, today
from desk.sharing_reports_told import (
    differences_json,
    sharing_json,
    tell_differences,
    tell_sharing,
)

FILE = click.Path(path_type=Path, dir_okay=False)
first_option = click.option("--from", "first", type=MONTH, help="从哪个月起，默认最早")
last_option = click.option("--to", "last", type=MONTH, help="到哪个月止，默认最近")
region_option = click.option(
    "--region", default="", metavar="代码", help="只看一个统筹区（市州），如 340100"
)
xlsx_option = click.option("--xlsx", type=FILE, metavar="文件", help="另存为表格")


@click.command("sharing", help="家庭共济运行监测：按地区、关系、费用类别和月份。")
@first_option
@last_option
@region_option
@xlsx_option
@json_option
@click.pass_obj
def sharing_report(session, first, last, region, xlsx, as_json):
    from reports.settlements.sharing import sharing
    from reports.settlements.sharing_sheets import sharing_sheets

    with session.home().reading() as connection:
        unit = _unit(connection, region)
        made = sharing(connection, first, last, region)
    if xlsx:
        _save(xlsx, sharing_sheets(made, unit))
    if as_json:
        tell_json(sharing_json(made))
    else:
        tell_sharing(made)


def _unit(connection, region: str) -> str:
    """Who compiles the report; refuses what is no pooling region of the home."""
    from desk.people.batch_posting import require_region
    from ledger import settings
    from ledger.books import book_name

    if region:
        require_region(connection, region)
        return book_name(f"{region}-city-agency")
    return book_name(f"{settings.province(connection)}-province-agency")


def _save(path: Path, sheets, long: bool = False) -> None:
    from desk.saving import save
    from reports.xlsx import workbook

    save(path, workbook(sheets, today(), long))


@click.command("settlement-differences", help="清单带了分解而与本系统重算不同的各行。")
@first_option
@last_option
@region_option
@xlsx_option
@json_option
@click.pass_obj
def settlement_differences(session, first, last, region, xlsx, as_json):
    from reports.settlements.differences import differences, differences_sheets

    with session.home().reading() as connection:
        unit = _unit(connection, region)
        made = differences(connection, first, last, region)
    if xlsx:
        _save(xlsx, differences_sheets(made, unit), long=True)
    if as_json:
        tell_json(differences_json(made))
    else:
        tell_differences(made)


COMMANDS = [sharing_report, settlement_differences]
