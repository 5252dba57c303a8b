"""The command warning: when payers turned yellow or red and back, who took note."""

from __future__ import annotations

import click

from desk.cli import (
    ACT_DAY,
    DAY,
    QUARTER,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.periods import quarter_of

STATUS = {
    "noted": "已登记",
    "already": "原已登记，没有改动",
    "checked": "检查通过，没有登记",
}
SAID = 40  # characters of a note in the list


@click.group(help="预警：各付款方何时转黄、转红、恢复，谁已阅处（五（二））。")
def warning():
    pass


@warning.command("list", help="预警的起止与阅处；没有人阅处的红色预警在前。")
@click.option("--quarter", type=QUARTER, help="季度，默认查询日所在的和正在冲销的")
@click.option("--on", type=DAY, help="查询日，默认今天")
@click.option("--book", metavar="账套", help="只看一个账套")
@json_option
@click.pass_obj
def warning_list(session, quarter, on, book, as_json):
    from ledger import books
    from reports.advances.warnings import quarters_watched, warnings
    from reports.usage import percent_text

    on = on or today()
    quarters = [quarter] if quarter else quarters_watched(on)
    with session.home().reading() as connection:
        if book:
            books.require(connection, book)
        rows = warnings(connection, quarters, on, book)
    if as_json:
        tell_json(
            {
                "on": str(on),
                "quarters": [str(each) for each in quarters],
                "warnings": [_words(row) for row in rows],
            }
        )
        return
    click.echo(f"{'、'.join(map(str, quarters))} 预付金预警，截至{on}")
    tell_table(
        ["账套", "付款方", "季度", "预警", "自", "至", "当日使用率", "阅处"],
        [
            (
                row.book,
                row.payer_name,
                row.quarter,
                row.level_name,
                row.since,
                _until(row),
                percent_text(row.rate),
                "；".join(f"{each.by}：{each.note[:SAID]}" for each in row.notes),
            )
            for row in rows
        ],
        "7",
    )
    _tell_open([row for row in rows if row.open and row.level == "red"])


def _until(row) -> str:
    if row.lapsed:
        return f"{row.until} 季度冲销期满"
    return str(row.until or "")


def _tell_open(rows: list) -> None:
    """What can be done about each red that nobody took note of."""
    if not rows:
        return
    click.echo(f"\n红色预警{len(rows)}处没有阅处：")
    for row in rows:
        click.echo(
            f"  {row.payer_name}：阅处 yibao warning note {row.book} {row.payer} "
            f"--quarter {row.quarter} --note 说明；{remedy(row)}"
        )


def remedy(row) -> str:
    """The command that opens what five (二) wants at red, in words."""
    holder = row.book.partition("-")[0]
    if row.direction == "paid":
        return "与外省商定额度调整（F4）后用 yibao import 导入"
    return (
        f"紧急调增 yibao plan {row.quarter} --region {holder} "
        f"--emergency {row.payer}"
    )


@warning.command("note", help="阅处一个付款方的预警：记下谁、何时、怎么办。")
@click.argument("book", metavar="账套")
@click.argument("payer", metavar="付款方代码")
@click.option("--quarter", type=QUARTER, help="季度，默认 --on 所在季度")
@click.option("--note", "text", required=True, metavar="说明", help="阅处意见")
@click.option("--on", type=ACT_DAY, help="阅处的那一天，默认今天")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def warning_note(session, book, payer, quarter, text, on, dry_run, by, as_json):
    from desk.advances.warnings import note

    on = on or today()
    done = note(
        session.home(),
        actor(by),
        book,
        payer,
        quarter or quarter_of(on),
        text,
        on,
        dry_run=dry_run,
    )
    row = done.warning
    if as_json:
        tell_json({"status": done.status, "warning": _words(row)})
        return
    click.echo(
        f"{STATUS[done.status]}：{row.payer_name}{row.quarter}自{row.since}起的"
        f"{row.level_name}（{row.book}）。"
    )


def _words(row) -> dict:
    from reports.usage import rate_text

    return {
        "book": row.book,
        "payer": row.payer,
        "payer_name": row.payer_name,
        "direction": row.direction,
        "quarter": str(row.quarter),
        "level": row.level,
        "since": str(row.since),
        "until": row.until and str(row.until),
        "lapsed": row.lapsed,
        "advance": f"{row.advance:.2f}",
        "cleared": f"{row.cleared:.2f}",
        "rate": rate_text(row.rate),
        "open": row.open,
        "remedy": remedy(row) if row.open and row.level == "red" else "",
        "notes": [
            {
                "note": each.note,
                "by": each.by,
                "on": str(each.on_day),
                "at": each.at,
            }
            for each in row.notes
        ],
    }


COMMANDS = {"warning": warning}
