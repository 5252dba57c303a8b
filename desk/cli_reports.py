"""Commands that show: usage, balances, check, verify, serve."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    DAY,
    QUARTER,
    Whole,
    actor,
    by_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.money import grouped
from ledger.periods import quarter_of

LEVELS = {"normal": "正常", "yellow": "黄色预警", "red": "红色预警"}


@click.command("usage", help="预付金使用率与预警：各账套、各付款方。")
@click.option("--quarter", type=QUARTER, help="季度，默认查询日所在季度")
@click.option("--on", type=DAY, help="查询日，默认今天")
@click.option("--book", metavar="账套", help="只看一个账套")
@click.option("--warned", is_flag=True, help="只列有预警的")
@click.option(
    "--fail-on",
    type=click.Choice(["red", "yellow"]),
    help="有红色预警（yellow：黄色或红色）时退出码为1",
)
@json_option
@click.pass_context
def usage(context, quarter, on, book, warned, fail_on, as_json):
    from ledger import books
    from reports.usage import rate_text, usage_rows

    on = on or today()
    quarter = quarter or quarter_of(on)
    with context.obj.home().reading() as connection:
        if book:
            books.require(connection, book)
        rows = usage_rows(connection, quarter=quarter, on=on, book=book)
    if warned:
        rows = [row for row in rows if row.level != "normal"]
    if as_json:
        tell_json({"on": str(on), "rows": [_usage_json(row) for row in rows]})
    else:
        click.echo(f"{quarter} 预付金使用率，截至{on}（元）")
        tell_table(
            ["账套", "付款方", "方向", "预付金", "清算", "使用率", "预警"],
            [
                (
                    row.book,
                    row.payer_name,
                    "收到" if row.direction == "received" else "付出",
                    grouped(row.advance),
                    grouped(row.cleared),
                    rate_text(row.rate) or "无预付金",
                    LEVELS[row.level],
                )
                for row in rows
            ],
            "456",
        )
    alarming = {"red": ["red"], "yellow": ["red", "yellow"]}.get(fail_on, ())
    context.exit(1 if any(row.level in alarming for row in rows) else 0)


def _usage_json(row) -> dict:
    from reports.usage import rate_text

    return {
        "book": row.book,
        "payer": row.payer,
        "payer_name": row.payer_name,
        "direction": row.direction,
        "quarter": str(row.quarter),
        "advance": f"{row.advance:.2f}",
        "cleared": f"{row.cleared:.2f}",
        "rate": rate_text(row.rate),
        "level": row.level,
        "scope": {key: _part_json(part) for key, part in row.scope.items()},
        "fund": {key: _part_json(part) for key, part in row.fund.items()},
    }


def _part_json(part) -> dict:
    from reports.usage import rate_text

    return {
        "advance": f"{part.advance:.2f}",
        "cleared": f"{part.cleared:.2f}",
        "rate": rate_text(part.rate),
        "level": part.level,
    }


@click.command("balances", help="科目余额表。")
@click.argument("book", metavar="账套")
@click.option("--on", type=DAY, help="截至哪一天，默认今天")
@click.option("--fund", metavar="险种", help="只看一个险种")
@json_option
@click.pass_obj
def balances(session, book, on, fund, as_json):
    from ledger import books
    from reports.balances import balance_rows

    with session.home().reading() as connection:
        books.require(connection, book)
        rows = balance_rows(connection, book, on or today(), fund=fund)
    if as_json:
        tell_json({"book": book, "rows": [_plain(row) for row in rows]})
        return
    tell_table(
        ["科目", "辅助明细", "方向", "期初", "本期借方", "本期贷方", "方向", "期末"],
        [
            (
                row.subject,
                row.detail_name,
                row.opening_direction,
                blank_zero(row.opening),
                blank_zero(row.debit),
                blank_zero(row.credit),
                row.direction,
                blank_zero(row.closing),
            )
            for row in rows
        ],
        "4568",
    )


def blank_zero(amount) -> str:
    """Zero amounts print blank (BOOKS.md)."""
    return grouped(amount) if amount else ""


def home_workdays(home):
    """The days off that a home's workdays.toml adds, None when it has none."""
    from posting_rules.workdays import special_days

    path = home.path / "workdays.toml"
    return special_days(path) if path.is_file() else None


@click.command("check", help="核对：账账、账表、账证，逐条列出不符。")
@click.option("--on", type=DAY, help="查询日，默认今天")
@click.option("--unmasked", is_flag=True, help="写出不符的人的完整编号（有记录）")
@by_option
@json_option
@click.pass_context
def check(context, on, unmasked, by, as_json):
    home = context.obj.home()
    findings = _findings(home, on or today(), actor(by) if unmasked else None)
    errors = [finding for finding in findings if finding.severity == "error"]
    if as_json:
        tell_json({"findings": [_plain(finding) for finding in findings]})
    elif not findings:
        click.echo("全部相符。")
    if not as_json and findings:
        _tell_findings(findings)
        notes = len(findings) - len(errors)
        click.echo(f"不符{len(errors)}条，说明{notes}条。")
    context.exit(1 if errors else 0)


def _findings(home, on, who) -> list:
    """What check finds; people are whole for `who`, if anyone, and that is recorded."""
    from desk.people.person import disclosed
    from reports.reconcile import check as reconcile

    if who is None:
        with home.reading() as connection:
            return reconcile(connection, on, home)
    return disclosed(
        home,
        who,
        "check",
        lambda connection: reconcile(connection, on, home, unmasked=True),
        lambda findings: {f.person_id for f in findings} - {""},
    )


NOTES_SHOWN = 3  # of one kind; --json has them all


def _tell_findings(findings) -> None:
    """Every error; notes of one kind together, with the first few of them."""
    kinds: dict[str, list[str]] = {}
    for finding in findings:
        difference = _shown(finding.difference)
        line = (
            f"{finding.book} {finding.what}：应为{_shown(finding.expected)}，"
            f"实为{_shown(finding.found)}{f'，差{difference}' if difference else ''}。"
            f"{finding.explanation}"
        )
        name = finding.identity
        name = f"恒等式{name}" if name.isdigit() else name
        if finding.severity == "error":
            click.echo(f"不符（{name}）{line}")
        else:
            kinds.setdefault(name, []).append(line)
    for name, lines in kinds.items():
        click.echo(f"说明（{name}）{len(lines)}处：")
        for line in lines[:NOTES_SHOWN]:
            click.echo(f"  {line}")
        if len(lines) > NOTES_SHOWN:
            click.echo(f"  ……另{len(lines) - NOTES_SHOWN}处，见 --json")


def _shown(value) -> str:
    return value if isinstance(value, str) else grouped(value)


@click.command("verify", help="只凭打印的账簿核验：能载入、不断号、哈希链完整。")
@click.argument("path", type=click.Path(path_type=Path), metavar="路径")
@json_option
@click.pass_context
def verify(context, path, as_json):
    from reports.verify import verify as verify_files

    problems, count = verify_files(path)
    if as_json:
        tell_json({"files": count, "problems": [_plain(p) for p in problems]})
    else:
        for problem in problems:
            line = f"第{problem.line}行" if problem.line else ""
            click.echo(f"{problem.file}{line}：{problem.message}")
        click.echo(f"核验{count}个文件，问题{len(problems)}处。")
    context.exit(1 if problems else 0)


@click.command("serve", help="打开网页：起始页与各账套（只在本机，只读）。")
@click.option("--port", default=5000, type=Whole(0, 65535), metavar="号", help="端口")
@click.pass_obj
def serve(session, port):
    from desk.web.application import serve as serve_home

    home = session.home()
    serve_home(home, port, today)


def _plain(row) -> dict:
    return {key: _plain_value(value) for key, value in row._asdict().items()}


def _plain_value(value):
    from decimal import Decimal

    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if value is None or isinstance(value, (int, str, bool)):
        return value
    return str(value)


COMMANDS = {
    "usage": usage,
    "balances": balances,
    "check": check,
    "verify": verify,
    "serve": serve,
}
