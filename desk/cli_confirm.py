"""`confirm --kind advances`: cities confirm, dispute, take back what was cleared."""

from __future__ import annotations

import click

from desk.cli import actor, tell_json, tell_table, today
from desk.cli_telling import tell_vouchers
from ledger.errors import UsageError
from ledger.money import grouped

ACTS = ("dispute", "settle", "take_back")
STATUS = {
    "posted": "已确认入账",
    "draft": "草稿，待审核",
    "already-posted": "原已确认，没有待确认的行",
    "recorded": "已登记",
    "already-recorded": "原已登记",
    "taken-back": "已撤回确认，各行重新待确认",
    "already-taken-back": "没有已确认的行，原已撤回",
}
SHOWN = 30  # vouchers, disputes that are told one by one


def advances(session, period, dry_run, by, as_json, **how) -> None:
    """Do what the options say, and tell it."""
    from desk.advances import confirming
    from desk.advances.confirming import Asked

    _check(how)
    asked = Asked(period, how["region"] or "", how["number"] or "")
    if how["region"] or how["every"]:
        done = _act(session.home(), actor(by), asked, dry_run, how)
    else:
        done = confirming.listed(session.home(), asked)
    if as_json:
        tell_json(_words(asked, done, dry_run))
    else:
        _tell(done, dry_run)


def _check(how: dict) -> None:
    acts = [name for name in ACTS if how[name] not in (None, False)]
    if len(acts) > 1:
        raise UsageError("--dispute、--settle、--take-back 一次只能用一个")
    if how["region"] and how["every"]:
        raise UsageError("--region 与 --all 只能用一个")
    if acts and not (how["region"] or how["every"]):
        raise UsageError("请加 --region 代码，或 --all（各市州一起）")
    if how["lines"] and acts not in (["dispute"], ["settle"]):
        raise UsageError("--line 只用于 --dispute 或 --settle")
    if how["take_back"] and not (how["reason"] or "").strip():
        raise UsageError("--take-back 要用 --reason 说明原因")
    if how["reason"] and not how["take_back"]:
        raise UsageError("--reason 只用于 --take-back")
    if how["post_on"] and acts:
        raise UsageError("--post-on 只用于确认；撤回的凭证日期用 --on")


def _act(home, who, asked, dry_run: bool, how: dict):
    from desk.advances import confirming, taking_back
    from desk.advances.choosing_lines import spot

    on = how["on"] or today()
    spots = [spot(text) for text in how["lines"]]
    if how["take_back"]:
        return taking_back.take_back(
            home, who, asked, on, how["reason"], dry_run=dry_run
        )
    if how["dispute"] is not None:
        return confirming.dispute(
            home, who, asked, on, how["dispute"], spots, dry_run=dry_run
        )
    if how["settle"] is not None:
        return confirming.settle(
            home, who, asked, how["settle"], spots, dry_run=dry_run
        )
    return confirming.confirm(
        home,
        who,
        asked,
        on,
        post_on=how["post_on"],
        rolled=not how["no_rolled"],
        dry_run=dry_run,
    )


def _words(asked, done, dry_run: bool) -> dict:
    from desk.people.batch_posting import voucher_words

    return {
        "kind": "advances",
        "period": str(asked.period),
        "region": asked.region or None,
        "list": asked.list_number or None,
        "status": "checked" if dry_run and done.status != "listed" else done.status,
        "lines": {
            "changed": done.lines,
            "rolled": done.rolled,
            "amount": f"{done.amount:.2f}",
        },
        "regions": [
            {
                "region": stand.region,
                **{
                    name: {"lines": part.lines, "amount": f"{part.amount:.2f}"}
                    for name, part in stand._asdict().items()
                    if name != "region"
                },
            }
            for stand in done.stands
        ],
        "disputes": [
            {**dispute._asdict(), "amount": f"{dispute.amount:.2f}"}
            for dispute in done.disputes
        ],
        "vouchers": voucher_words(done.vouchers, dry_run),
        "warnings": done.warnings,
    }


def _tell(done, dry_run: bool) -> None:
    if done.status != "listed":
        rolled = f"，其中以前期间结转{done.rolled}行" if done.rolled else ""
        word = "检查通过，没有登记" if dry_run else STATUS[done.status]
        click.echo(f"{word}：{done.lines}行，{grouped(done.amount)}元{rolled}")
        if len(done.vouchers) > SHOWN:
            click.echo(f"凭证{len(done.vouchers)}张（--json 逐张列出）")
        elif done.vouchers:
            tell_vouchers(done.vouchers, STATUS[done.status], dry_run)
    _tell_stands(done.stands)
    _tell_disputes(done.disputes)
    for warning in done.warnings:
        click.echo(f"提醒：{warning}")


def _tell_stands(stands) -> None:
    from ledger import regions

    tell_table(
        ["市州", "待确认", "行", "以前结转", "行", "有异议", "行"]
        + ["草稿", "行", "已确认", "行"],
        [
            (
                stand.region + regions.name(stand.region),
                *(
                    cell
                    for part in stand[1:]
                    for cell in (grouped(part.amount), part.lines)
                ),
            )
            for stand in stands
        ],
        [str(column) for column in range(2, 12)],
    )


def _tell_disputes(disputes) -> None:
    if not disputes:
        return
    click.echo("有异议的行：")
    tell_table(
        [
            "清算单",
            "清算期",
            "范围",
            "参保地",
            "就医地",
            "险种",
            "金额",
            "原因",
            "经办人",
        ],
        [
            (*dispute[:6], grouped(dispute.amount), dispute.reason, dispute.by)
            for dispute in disputes[:SHOWN]
        ],
        "7",
    )
    if len(disputes) > SHOWN:
        click.echo(f"共{len(disputes)}行，--json 全部列出。")
