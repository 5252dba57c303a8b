"""Under the command report: clearings with their state."""

from __future__ import annotations

import click

from desk.cli import json_option, tell_json, tell_table
from desk.cli_clear import KINDS, PERIOD
from ledger.money import grouped


@click.command("clearings", help="清算：状态、金额、确认情况、凭证。")
@click.option("--period", type=PERIOD, metavar="期间", help="只列一个期间")
@click.option("--kind", type=click.Choice(KINDS), help="只列一类")
@json_option
@click.pass_obj
def clearings(session, period, kind, as_json):
    from ledger import settings
    from reports.settlements.clearings import clearing_rows

    with session.home().reading() as connection:
        rows = clearing_rows(
            connection,
            settings.province(connection),
            str(period) if period is not None else "",
            kind or "",
        )
    if as_json:
        told = [
            {**row._asdict(), "gross": f"{row.gross:.2f}", "net": f"{row.net:.2f}"}
            for row in rows
        ]
        tell_json({"clearings": told})
        return
    tell_table(
        ["清算", "种类", "期间", "第几号", "状态", "笔数"]
        + ["清算额", "实际收付", "确认", "异议", "凭证"],
        [
            (
                row.id,
                row.kind_name + ("（轧差）" if row.netted else ""),
                row.period,
                row.serial,
                row.state_name,
                row.lines,
                grouped(row.gross),
                grouped(row.net),
                f"{len(row.confirmed)}/{row.regions}" if row.regions else "",
                "、".join(row.disputed),
                f"{len(row.vouchers)}张" if row.vouchers else "",
            )
            for row in rows
        ],
        "678",
    )


COMMANDS = (clearings,)
