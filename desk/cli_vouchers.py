"""The command voucher: list, show, new, approve, reject, reverse."""

from __future__ import annotations

import click

from desk.cli import (
    ACT_DAY,
    MONTH,
    Whole,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from desk.cli_telling import status_of, tell_vouchers, tell_vouchers_json
from ledger.errors import UsageError

STATES = {"draft": "待审核", "approved": "已审核", "rejected": "已退回"}


@click.group(help="记账凭证：列出、查看、录入、审核、退回、冲销。")
def voucher():
    pass


@voucher.command("list", help="列出凭证；草稿写作 #编号。")
@click.argument("book", required=False, metavar="[账套]")
@click.option("--state", type=click.Choice(list(STATES)), help="只列一种状态")
@click.option("--month", type=MONTH, help="只列一个月，如 2017-04")
@json_option
@click.pass_obj
def voucher_list(session, book, state, month, as_json):
    from desk.vouchers import list_vouchers, voucher_name

    with session.home().reading() as connection:
        rows = list_vouchers(connection, book, state, month)
    if as_json:
        tell_json(
            {
                "vouchers": [
                    {
                        "voucher": voucher_name(row),
                        "book": row.book_id,
                        "dated": str(row.dated),
                        "rule": row.rule,
                        "narration": row.narration,
                        "state": row.state,
                        "red": row.red,
                        "link": row.tag,
                    }
                    for row in rows
                ]
            }
        )
        return
    tell_table(
        ["凭证", "账套", "日期", "规则", "摘要", "状态"],
        [
            (
                voucher_name(row),
                row.book_id,
                row.dated,
                row.rule.partition("/")[2],
                row.narration,
                STATES[row.state],
            )
            for row in rows
        ],
    )


@voucher.command("show", help="查看一张凭证。")
@click.argument("name", metavar="凭证")
@json_option
@click.pass_obj
def voucher_show(session, name, as_json):
    from desk.voucher_shown import TITLES, shown

    with session.home().reading() as connection:
        document = shown(connection, name)
    if as_json:
        tell_json(document)
        return
    for key, title in TITLES.items():
        if told := _told(key, document.get(key)):
            click.echo(f"{title}：{told}")
    tell_table(
        ["方向", "科目", "辅助明细", "险种", "金额"],
        [
            (li["side"], li["subject"], li["detail_name"], li["fund"], li["amount"])
            for li in document["lines"]
        ],
        "5",
    )


def _told(key: str, value) -> str:
    if key == "state":
        return STATES[value]
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)


@voucher.command(
    "new", help="录入表格带不来的凭证（草稿）。科目可带 @辅助明细 和 #险种。"
)
@click.argument("book", metavar="账套")
@click.option("--on", type=ACT_DAY, required=True, help="凭证日期")
@click.option("--narration", required=True, metavar="摘要")
@click.option("--debit", nargs=2, multiple=True, metavar="科目 金额", help="借方一行")
@click.option("--credit", nargs=2, multiple=True, metavar="科目 金额", help="贷方一行")
@click.option("--fund", default="310", metavar="险种", help="默认 310")
@click.option("--payee", default="", metavar="名称", help="对方")
@click.option("--basis", default="", metavar="依据")
@click.option("--attachments", default=1, type=Whole(0, 9999), metavar="张数")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def voucher_new(
    session,
    book,
    on,
    narration,
    debit,
    credit,
    fund,
    payee,
    basis,
    attachments,
    dry_run,
    by,
    as_json,
):
    from desk.vouchers import new_voucher

    made = new_voucher(
        session.home(),
        actor(by),
        book,
        on,
        narration=narration,
        debit=_manual(debit),
        credit=_manual(credit),
        fund=fund,
        payee=payee,
        basis=basis,
        attachments=attachments,
        dry_run=dry_run,
    )
    if as_json:
        tell_vouchers_json("draft", [made], dry_run)
        return
    click.echo(
        "检查通过，没有录入。" if dry_run else f"草稿 #{made.id}，请另一人审核。"
    )


def _manual(pairs):
    from desk.vouchers import ManualLine
    from importers.cells import yuan
    from importers.faults import Wrong

    lines = []
    for subject, text in pairs:
        try:
            lines.append(ManualLine(subject, yuan(text)))
        except Wrong as error:
            raise UsageError(f"金额“{text}”不是以元为单位、到分为止的金额") from error
    return lines


@voucher.command("approve", help="审核：给号、入账，整笔业务的凭证一起。")
@click.argument("names", nargs=-1, required=True, metavar="凭证…")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def voucher_approve(session, names, dry_run, by, as_json):
    from desk.vouchers import approve

    warnings: list[str] = []
    made = approve(session.home(), actor(by), names, dry_run, warnings.append)
    if as_json:
        tell_vouchers_json("approved", made, dry_run, warnings=warnings)
        return
    tell_vouchers(made, "已审核", dry_run)
    for warning in warnings:
        click.echo(f"  提醒：{warning}")


@voucher.command("reject", help="退回：草稿作废，它占用的业务可重新导入。")
@click.argument("names", nargs=-1, required=True, metavar="凭证…")
@click.option("--reason", required=True, metavar="原因")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def voucher_reject(session, names, reason, dry_run, by, as_json):
    from desk.vouchers import reject

    rejected = reject(session.home(), actor(by), names, reason, dry_run)
    if as_json:
        status = "checked" if dry_run else "rejected"
        tell_json({"status": status, "postings": len(rejected)})
        return
    word = "检查通过，没有退回" if dry_run else "已退回"
    click.echo(f"{word}：{len(rejected)}笔业务。")


@voucher.command("reverse", help="红字冲销整笔业务，两边互相链接。")
@click.argument("name", metavar="凭证")
@click.option("--reason", required=True, metavar="原因")
@click.option("--on", type=ACT_DAY, help="冲销日期，默认今天")
@click.option("--post-on", type=ACT_DAY, help="同 --on")
@click.option("--blue", is_flag=True, help="以前年度的凭证：作蓝字更正草稿")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def voucher_reverse(session, name, reason, on, post_on, blue, dry_run, by, as_json):
    from desk.reversing import reverse

    made = reverse(
        session.home(),
        actor(by),
        name,
        on or post_on or today(),
        reason,
        blue=blue,
        dry_run=dry_run,
    )
    if as_json:
        tell_vouchers_json(status_of(made), made, dry_run)
        return
    tell_vouchers(
        made, "已冲销" if made and made[0].number else "草稿，待审核", dry_run
    )


COMMANDS = {"voucher": voucher}
