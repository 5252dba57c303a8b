"""Under the command report: a year of treatment away from home, as a page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from desk.cli import DAY, Whole, json_option, tell_json, tell_table, today
from ledger.errors import UsageError

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    "year", help="异地就医资金全年运行报告：收支、使用率、预警、限期、暂停、就医地。"
)
@click.argument("year", type=Whole(2000, 2099), metavar="年")
@click.option("--on", type=DAY, help="截至哪一天，默认今天，不晚于年末")
@click.option("--html", type=FILE, metavar="文件", help="写成一页，可以打印")
@json_option
@click.pass_obj
def year(session, year, on, html, as_json):
    from reports.advances.year import year_report

    on, home = on or today(), session.home()
    if on < date(year, 1, 1):
        raise UsageError(f"{on}早于{year}年；--on 写这一年里的一天")
    with home.reading() as connection:
        report = year_report(connection, year, on, home)
    if html:
        from desk.saving import save
        from reports.advances.year_page import year_page

        save(html, year_page(report, f"{today()}").encode())
    if as_json:
        from reports.advances.year_told import year_json

        tell_json(year_json(report))
    elif html:
        click.echo(f"已写入{html}。")
    else:
        _tell(report)


def _tell(report) -> None:
    """The sentences of the page, and its table of payers."""
    from ledger.money import grouped
    from reports.advances.year_page import highest, summary
    from reports.usage import percent_text

    for words in summary(report):
        click.echo(words)
    rows = []
    for payer in report.payers:
        money, top = payer.money, highest(payer)
        amounts = (money.opened, money.paid, money.cleared, money.closed)
        rate = f"{percent_text(top.rate)}（{top.quarter}）" if top else ""
        rows.append((payer.name, *map(grouped, amounts), rate, payer.late))
    titles = ["付款方", "年初预付金", "本年上解", "本年冲销", "年末预付金"]
    tell_table([*titles, "最高使用率", "逾期"], rows, "23457")


COMMANDS = (year,)
