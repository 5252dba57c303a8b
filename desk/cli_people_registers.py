"""Reports that list people: payout-exceptions, cash-risk; masked for most."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import click

from desk.cli import (
    DAY,
    MONTH,
    actor,
    by_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.money import grouped

FILE = click.Path(path_type=Path, dir_okay=False)
region_option = click.option(
    "--region", required=True, metavar="代码", help="统筹区（市州）代码，如 510400"
)
unmasked_option = click.option(
    "--unmasked", is_flag=True, help="显示完整的姓名、编号和账号（有记录）"
)
xlsx_option = click.option("--xlsx", type=FILE, metavar="文件", help="另存为表格")


@click.command("payout-exceptions", help="特殊困难登记簿：省内仍划转的人及状态。")
@region_option
@click.option("--on", type=DAY, help="查询日，默认今天")
@unmasked_option
@xlsx_option
@by_option
@json_option
@click.pass_obj
def payout_exceptions(session, region, on, unmasked, xlsx, by, as_json):
    from reports.payout_exceptions import TITLES, rows

    on = on or today()
    ask = partial(rows, region=region, on=on)
    found = _asked(session, region, "payout-exceptions", ask, unmasked, by)
    _tell("特殊困难登记簿", f"截至{on}", TITLES, found, region, xlsx, as_json)


@click.command("cash-risk", help="疑似套现风险清单：接近提取现金的支出。")
@region_option
@click.option("--from", "first", type=MONTH, required=True, help="从哪个月起")
@click.option("--to", "last", type=MONTH, required=True, help="到哪个月止")
@unmasked_option
@xlsx_option
@by_option
@json_option
@click.pass_obj
def cash_risk(session, region, first, last, unmasked, xlsx, by, as_json):
    from ledger.errors import UsageError
    from reports.cash_risk import TITLES, rows

    if first > last:
        raise UsageError(f"--from {first}晚于--to {last}；请对调")
    ask = partial(rows, region=region, first=first.first_day, last=last.last_day)
    found = _asked(session, region, "cash-risk", ask, unmasked, by)
    span = f"{first}至{last}"
    _tell("疑似套现风险清单", span, TITLES, found, region, xlsx, as_json)


def _asked(session, region: str, name: str, ask, unmasked: bool, by) -> list:
    """The rows of a register; a look at people whole is recorded first."""
    from desk.people.batch_posting import require_region
    from desk.people.person import disclosed

    def rows(connection):
        require_region(connection, region)
        return ask(connection, unmasked=unmasked)

    home = session.home()
    if unmasked:
        ids = lambda found: {row.person_id for row in found} - {""}  # noqa: E731
        return disclosed(home, actor(by), name, rows, ids)
    with home.reading() as connection:
        return rows(connection)


def _tell(title, span, titles, found, region, xlsx, as_json) -> None:
    from ledger import regions

    name = regions.name(region)
    if xlsx:
        from desk.saving import save
        from reports.people.report_sheets import register_sheet
        from reports.xlsx import workbook

        unit = f"{name}经办机构"
        sheet = register_sheet(f"{name}{title}", unit, span, titles, found)
        save(xlsx, workbook([sheet], today()))
    if as_json:
        rows = [{k: _plain(v) for k, v in row._asdict().items()} for row in found]
        tell_json({"region": region, "rows": rows})
        return
    click.echo(f"{name}{title}，{span}")
    amounts = [
        str(number)
        for number, kind in enumerate(map(type, found[0] if found else ()), 1)
        if kind in (Decimal, int)
    ]
    tell_table(list(titles), [list(map(_shown, row)) for row in found], amounts)


def _plain(value):
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value) if isinstance(value, date) else value


def _shown(value):
    return grouped(value) if isinstance(value, Decimal) else value


COMMANDS = [payout_exceptions, cash_risk]
