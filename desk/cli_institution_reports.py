"""The command report institutions: what institutions are due, paid and still owed."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import DAY, PERIOD, json_option, tell_json, tell_table, today
from ledger.money import grouped

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("institutions", help="定点医药机构：应付、扣款、已拨付、未付和账龄。")
@click.option(
    "--region", required=True, metavar="代码", help="统筹区（市州）代码，如 340100"
)
@click.option("--period", "of_period", type=PERIOD, help="只看一个结算期")
@click.option("--on", type=DAY, help="账龄算到哪一天，默认今天")
@click.option("--xlsx", type=FILE, metavar="文件", help="另存为表格")
@json_option
@click.pass_obj
def institutions_report(session, region, of_period, on, xlsx, as_json):
    from desk.people.batch_posting import require_region
    from reports.settlements.institutions import institution_rows, institutions_sheet

    on = on or today()
    with session.home().reading() as connection:
        require_region(connection, region)
        rows = institution_rows(connection, region, on, of_period)
    if xlsx:
        from desk.saving import save
        from reports.xlsx import workbook

        sheet = institutions_sheet(region, on, of_period, rows)
        save(xlsx, workbook([sheet], today()))
    if as_json:
        tell_json(_words(region, on, of_period, rows))
    else:
        _tell(rows)


def _words(region: str, on, of_period, rows) -> dict:
    from decimal import Decimal

    return {
        "region": region,
        "period": str(of_period) if of_period else None,
        "on": str(on),
        "rows": [
            {
                name: f"{value:.2f}" if isinstance(value, Decimal) else value
                for name, value in row._asdict().items()
            }
            for row in rows
        ],
    }


def _tell(rows) -> None:
    from reports.settlements.institutions import total

    told = [
        (
            row.institution,
            row.name,
            row.fund_name,
            *map(grouped, row[4:10]),
            row.since,
            "" if row.age is None else row.age,
        )
        for row in rows
    ]
    if rows:
        told.append(("合计", "", "", *map(grouped, total(rows)), "", ""))
    tell_table(
        ["机构代码", "机构名称", "险种", "未出结算单", "应付", "审核扣款"]
        + ["已拨付", "其中待审核", "未付", "最早未付期", "账龄（天）"],
        told,
        [str(column) for column in (*range(4, 10), 11)],
    )


COMMANDS = (institutions_report,)
