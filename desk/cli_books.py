"""Commands on homes, books and settings: init, book, setting, document."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    DAY,
    Whole,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
)


@click.command("init", help="建账套目录，开设一省的全部账套。")
@click.argument("home", type=click.Path(path_type=Path), metavar="目录")
@click.option("--province", required=True, metavar="代码", help="省级代码，如 520000")
@click.option(
    "--reading",
    type=click.Choice(["printed", "corrected"]),
    default="printed",
    help="附件二 二（一）2：照印，或改记暂收款",
)
@click.option(
    "--review",
    type=click.Choice(["by-rule", "second-person"]),
    default="by-rule",
    help="按规则生成的凭证自动审核，或由第二人审核",
)
@dry_run_option
@by_option
@json_option
@click.pass_obj
def init(session, home, province, reading, review, dry_run, by, as_json):
    from desk.homes import init_home, province_books

    if dry_run:
        count = len(province_books(home, province, session.url))
    else:
        _, count = init_home(
            home, province, actor(by), url=session.url, reading=reading, review=review
        )
    if as_json:
        status = "checked" if dry_run else "opened"
        tell_json({"status": status, "home": str(home), "books": count})
    elif dry_run:
        click.echo(f"检查通过，没有开设；将在{home}开设{count}个账套。")
    else:
        click.echo(f"已在{home}开设{count}个账套。")


@click.group(help="账套：列出、开设、重新打印；科目表。")
def book():
    pass


@book.command("list", help="列出账套。")
@json_option
@click.pass_obj
def book_list(session, as_json):
    from ledger import books

    with session.home().reading() as connection:
        rows = [(id, books.book_name(id)) for id in books.all_books(connection)]
    if as_json:
        tell_json({"books": [{"book": id, "name": name} for id, name in rows]})
    else:
        tell_table(["账套", "名称"], rows)


@book.command("open", help="开设账套，如 520102-county-agency。")
@click.argument("books", nargs=-1, required=True, metavar="账套…")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def book_open(session, books, dry_run, by, as_json):
    from desk.homes import open_more

    new = open_more(session.home(), actor(by), books, dry_run=dry_run)
    if as_json:
        status = "checked" if dry_run else "opened" if new else "already-open"
        tell_json({"status": status, "books": [str(id) for id in new]})
        return
    word = "检查通过，将新开" if dry_run else "新开"
    click.echo(f"{word}{len(new)}个账套，{len(books) - len(new)}个原已开设。")


@book.command("print", help="按数据库重新打印全部账簿。")
@click.pass_obj
def book_print(session):
    from ledger.book_files import print_all

    click.echo(f"已打印{len(print_all(session.home()))}本账簿。")


@book.command("subjects", help="科目表：印刷名称、账户、法定科目。")
@json_option
def book_subjects(as_json):
    from ledger.subjects import subjects

    rows = [
        (s.printed, s.account, s.side, s.statutory, "是" if s.verified else "否")
        for s in subjects()
    ]
    titles = ["科目", "账户", "余额方向", "法定科目", "已核对"]
    if as_json:
        keys = ("subject", "account", "side", "statutory", "verified")
        tell_json({"subjects": [dict(zip(keys, row)) for row in rows]})
    else:
        tell_table(titles, rows)


@click.group(help="设置：只有用户知道的事，逐日有效。")
def setting():
    pass


@setting.command("set", help="设一项；不给 --from 则一直有效。")
@click.argument("name", metavar="名称")
@click.argument("value", metavar="值")
@click.option("--region", default="", metavar="代码", help="只对一个地区")
@click.option("--from", "from_day", type=DAY, help="自哪一天起")
@click.option("--cite", required=True, metavar="依据", help="文号与条款")
@click.option("--correct", is_flag=True, help="更正公布过的数字")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def setting_set(
    session, name, value, region, from_day, cite, correct, dry_run, by, as_json
):
    from desk.homes import put_setting

    new = put_setting(
        session.home(),
        actor(by),
        name,
        value,
        region=region,
        from_day=from_day,
        cite=cite,
        correct=correct,
        dry_run=dry_run,
    )
    status = "already-set" if not new else "checked" if dry_run else "set"
    if as_json:
        tell_json(
            {
                "status": status,
                "name": name,
                "region": region,
                "from": from_day and str(from_day),
                "value": value,
            }
        )
        return
    words = {
        "checked": "检查通过，没有设置",
        "set": "已设置",
        "already-set": "原已设置，没有改动：",
    }
    click.echo(f"{words[status]}{name}＝{value}。")


@setting.command("list", help="列出设过的和可设的各项。")
@json_option
@click.pass_obj
def setting_list(session, as_json):
    from ledger import settings

    with session.home().reading() as connection:
        rows = settings.rows(connection)
    if as_json:
        tell_json(
            {
                "settings": [
                    {
                        "name": row.name,
                        "region": row.region,
                        "from": row.from_day and str(row.from_day),
                        "value": row.value,
                        "cite": row.cite,
                        "by": row.set_by,
                        "at": row.set_at,
                    }
                    for row in rows
                ]
            }
        )
        return
    tell_table(
        ["名称", "地区", "自", "值", "依据", "经办", "时间"],
        [(r[0], r[1], r[2] or "", *r[3:]) for r in rows],
    )
    click.echo("\n可设：")
    tell_table(
        ["名称", "可取的值", "默认", "说明"],
        [
            (
                k.name,
                "金额" if k.money else "、".join(k.choices),
                k.default or "",
                k.about + (f"（{'、'.join(k.kinds)}）" if k.kinds else ""),
            )
            for k in settings.known().values()
        ],
    )


@click.group(help="原始凭证：列出，撤回没有生成凭证的行。")
def document():
    pass


@document.command("list", help="列出导入过的表格。")
@json_option
@click.pass_obj
def document_list(session, as_json):
    from ledger import sources

    with session.home().reading() as connection:
        rows = sources.documents(connection)
    if as_json:
        keys = ("id", "form", "name", "sha256", "recorded_at", "lines", "bare")
        told = [{key: getattr(row, key) for key in keys} for row in rows]
        tell_json({"documents": told})
        return
    tell_table(
        ["编号", "表", "文件", "导入时间", "经办", "有效行", "未生成凭证"],
        [
            (
                row.id,
                row.form,
                row.name,
                row.recorded_at,
                row.recorded_by,
                row.lines,
                row.bare,
            )
            for row in rows
        ],
        "67",
    )


@document.command("withdraw", help="撤回一份表格里没有生成凭证的行，例如待确认的清算。")
@click.argument("number", type=Whole(), metavar="编号")
@click.option("--reason", required=True, metavar="原因")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def document_withdraw(session, number, reason, dry_run, by, as_json):
    from desk.vouchers import check_words
    from ledger import sources

    who = actor(by)
    check_words(reason)
    with session.home().writing(keep=not dry_run) as connection:
        sources.refuse_issued(connection, number)
        count = sources.withdraw(connection, number, who.by, who.at, reason)
    if as_json:
        tell_json({"document": number, "withdrawn": count, "dry_run": dry_run})
        return
    word = "检查通过，没有撤回" if dry_run else "已撤回"
    click.echo(f"{word}：{count}行。")


COMMANDS = {
    "init": init,
    "book": book,
    "setting": setting,
    "document": document,
}
