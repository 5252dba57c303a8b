"""`yibao bank`: the account master, statements against the books, matching by hand."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    ACT_DAY,
    DAY,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.money import grouped

unmasked_option = click.option(
    "--unmasked", is_flag=True, help="显示完整账号（按设置 may-unmask）"
)
account_option = click.option(
    "--account", default="", metavar="账号", help="流水号在几个账号里时指明"
)


@click.group(help="银行账户：登记、停用、列出；对账单与账簿核对。")
def bank():
    pass


@bank.command("add", help="登记一个银行账户。")
@click.argument("number", metavar="账号")
@click.option("--name", required=True, metavar="户名")
@click.option("--bank", "bank_name", required=True, metavar="开户行")
@click.option("--region", required=True, metavar="代码", help="开户的地区")
@click.option("--book", required=True, metavar="账套", help="经办机构或结算中心的账套")
@click.option(
    "--finance-book", default="", metavar="账套", help="同级财政账套（财政专户默认有）"
)
@click.option("--subject", default="", metavar="科目", help="默认该账套的财政专户存款")
@click.option("--funds", default="", metavar="险种", help="310、390；默认全部险种")
@click.option("--from", "from_day", type=DAY, required=True, help="启用日期")
@click.option("--cite", required=True, metavar="依据", help="开户的文号")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def bank_add(session, number, bank_name, region, dry_run, by, as_json, cite, **given):
    from desk.advances.bank_master import Wanted, add

    wanted = Wanted(number=number, bank=bank_name, region=region, **given)
    account, new = add(session.home(), actor(by), wanted, cite, dry_run=dry_run)
    words = ("已登记", "原已登记，没有改动")
    _tell_account(account, new, words, dry_run, as_json)


@bank.command("end", help="停用一个银行账户。")
@click.argument("number", metavar="账号")
@click.option("--on", type=DAY, required=True, help="不再使用的第一天")
@click.option("--cite", required=True, metavar="依据", help="销户的文号")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def bank_end(session, number, on, cite, dry_run, by, as_json):
    from desk.advances.bank_master import end

    account, new = end(session.home(), actor(by), number, on, cite, dry_run=dry_run)
    _tell_account(account, new, ("已停用", "原已停用，没有改动"), dry_run, as_json)


def _tell_account(account, new, words, dry_run, as_json) -> None:
    status = "checked" if dry_run else "done" if new else "already-done"
    if as_json:
        tell_json({"status": status, **_account_json(account, unmasked=False)})
        return
    word = "检查通过，没有改动" if dry_run else words[0 if new else 1]
    shown = _account_json(account, unmasked=False)
    ends = f"至{account.until_day}" if account.until_day else ""
    click.echo(
        f"{word}：账号{shown['number']}，{account.name}，{account.agency_book}的"
        f"{account.subject}，自{account.from_day}{ends}。"
    )


@bank.command("list", help="列出银行账户，政策印出的账户也在内。")
@click.option("--on", type=DAY, help="只列这一天在用的")
@unmasked_option
@by_option
@json_option
@click.pass_obj
def bank_list(session, on, unmasked, by, as_json):
    from ledger import settings
    from ledger.advances import bank_accounts
    from ledger.people.disclosing import check_may
    from posting_rules.policies import advance_policy

    with session.home().reading() as connection:
        if unmasked:
            check_may(connection, actor(by).by, today())
        policy = advance_policy(settings.province(connection))
        rows = bank_accounts.every(connection, policy)
    rows = [row for row in rows if on is None or row.used_on(on)]
    told = [_account_json(row, unmasked) for row in rows]
    if as_json:
        tell_json({"accounts": told})
        return
    titles = ["账号", "户名", "开户行", "地区", "账套", "财政账套", "科目", "险种"]
    keys = ["number", "name", "bank", "region", "book", "finance_book", "subject"]
    tell_table(
        [*titles, "自", "至"],
        [
            [*(one[key] for key in keys), one["funds"] or "全部", one["from"]]
            + [one["until"] or ""]
            for one in told
        ],
    )


def _account_json(account, unmasked: bool) -> dict:
    from ledger.advances.bank_accounts import masked

    return {
        "number": account.number if unmasked else masked(account.number),
        "name": account.name,
        "bank": account.bank,
        "region": account.region,
        "book": account.agency_book,
        "finance_book": account.finance_book,
        "subject": account.subject,
        "funds": account.funds,
        "from": str(account.from_day),
        "until": account.until_day and str(account.until_day),
    }


@bank.command("reconcile", help="再核对一次，打印银行存款余额调节表。")
@click.argument("number", metavar="账号")
@click.option("--on", type=ACT_DAY, help="截止日，默认今天")
@click.option("--xlsx", type=click.Path(path_type=Path), help="另存为工作簿")
@dry_run_option
@by_option
@json_option
@click.pass_context
def bank_reconcile(context, number, on, xlsx, dry_run, by, as_json):
    from desk.advances.bank_acts import reconcile_account
    from desk.saving import save
    from reports.advances.bank_reconciliation_sheet import reconciliation_workbook

    done = reconcile_account(
        context.obj.home(), actor(by), number, on or today(), dry_run=dry_run
    )
    if xlsx:
        save(xlsx, reconciliation_workbook(done.made))
    if as_json:
        tell_json(_reconciled_json(done))
    else:
        _tell_reconciled(done, xlsx)
    agrees = not done.made.difference and done.made.broken is None
    context.exit(0 if agrees else 1)


def _tell_reconciled(done, xlsx) -> None:
    from reports.advances.bank_reconciliation_sheet import (
        BANK_ONLY,
        BOOK_ONLY,
        HEADER,
        adjusted_rows,
        headline,
        month_rows,
    )

    made = done.made
    click.echo("银行存款余额调节表")
    click.echo(headline(made))
    rows = [*adjusted_rows(made), *month_rows(made)]
    tell_table(
        ["单位", "金额", "银行", "金额"],
        [(a, grouped(b), c, grouped(d)) for a, b, c, d in rows],
        "24",
    )
    for title, items in ((BANK_ONLY, made.bank_only), (BOOK_ONLY, made.book_only)):
        click.echo(f"\n{title}：{len(items)}笔")
        if items:
            cells = [
                (x.name, x.on, x.words, grouped(x.debit), grouped(x.credit), x.reason)
                for x in items
            ]
            tell_table(list(HEADER), cells, "45")
    if made.broken:
        click.echo(f"\n对账单在{made.broken}不连续，请重新导入这一段。")
    words = "相符" if not made.difference else f"相差{grouped(made.difference)}元"
    click.echo(f"\n调节后{words}。")
    if done.matched:
        click.echo(f"这次新对上{done.matched}行，凭证{len(done.vouchers)}张。")
    for note in done.notes:
        click.echo(f"  提醒：{note}")
    if xlsx:
        click.echo(f"已存为{xlsx}。")


def _reconciled_json(done) -> dict:
    from ledger.advances.bank_accounts import masked

    made = done.made
    return {
        "accounts": [masked(account.number) for account in made.accounts],
        "on": str(made.on),
        "until": str(made.until),
        "statement": f"{made.statement:.2f}",
        "book": f"{made.book:.2f}",
        "statement_adjusted": f"{made.statement_adjusted:.2f}",
        "book_adjusted": f"{made.book_adjusted:.2f}",
        "difference": f"{made.difference:.2f}",
        "broken": made.broken and str(made.broken),
        "bank_only": list(map(_item_json, made.bank_only)),
        "book_only": list(map(_item_json, made.book_only)),
        "matched": done.matched,
        "vouchers": [row.name or f"#{row.id}" for row in done.vouchers],
        "notes": done.notes,
    }


def _item_json(item) -> dict:
    return {
        "on": str(item.on),
        "name": item.name,
        "words": item.words,
        "debit": f"{item.debit:.2f}",
        "credit": f"{item.credit:.2f}",
        "reason": item.reason,
    }


@bank.command("match", help="把对账单的一行与一张凭证对上（退汇：与原划拨凭证）。")
@click.argument("serial", metavar="流水号")
@click.argument("voucher", metavar="凭证")
@account_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def bank_match(session, serial, voucher, account, dry_run, by, as_json):
    from desk.advances.bank_acts import match
    from desk.cli_telling import tell_vouchers, tell_vouchers_json

    done = match(session.home(), actor(by), serial, voucher, account, dry_run=dry_run)
    status = "matched" if done.new else "already-matched"
    if as_json:
        tell_vouchers_json(
            status, done.vouchers, dry_run, serial=serial, matched=done.voucher
        )
        return
    word = "检查通过，没有改动" if dry_run else "已对上" if done.new else "原已对上"
    click.echo(f"{word}：流水号{serial}与{done.voucher}。")
    if done.vouchers:
        tell_vouchers(done.vouchers, "退汇已入账", dry_run)


@bank.command("unmatch", help="取消对账单的一行与凭证的核对。")
@click.argument("serial", metavar="流水号")
@account_option
@dry_run_option
@by_option
@json_option
@click.pass_obj
def bank_unmatch(session, serial, account, dry_run, by, as_json):
    from desk.advances.bank_acts import unmatch

    _, new = unmatch(session.home(), actor(by), serial, account, dry_run=dry_run)
    if as_json:
        status = "checked" if dry_run else "open" if new else "already-open"
        tell_json({"status": status, "serial": serial})
        return
    word = "检查通过，没有改动" if dry_run else "已取消" if new else "原来没有对上"
    click.echo(f"{word}：流水号{serial}。")


COMMANDS = {"bank": bank}
