"""The command person: the statement of one person, asked for by id."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    DAY,
    MONTH,
    actor,
    by_option,
    dry_run_option,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.errors import UsageError
from ledger.money import grouped

FILE = click.Path(path_type=Path, dir_okay=False)
MONEY = "opening recorded income expenditure claimed closing claim".split()
FIELDS = {"name": "姓名", "born": "出生年月"}


@click.command(
    "person", help="个人账户对账单，只按个人编号查询；--name、--born 更正登记。"
)
@click.argument("person_id", metavar="个人编号")
@click.option("--from", "first", type=MONTH, help="从哪个月起，默认从头")
@click.option("--to", "last", type=MONTH, help="到哪个月止，默认到最近")
@click.option("--on", type=DAY, help="截至哪一天")
@click.option("--unmasked", is_flag=True, help="显示完整姓名（有记录）")
@click.option("--xlsx", type=FILE, metavar="文件", help="另存为表格")
@click.option(
    "--print", "page", type=FILE, metavar="文件", help="另存为可打印的网页，交本人核对"
)
@click.option("--name", metavar="姓名", help="更正登记的姓名")
@click.option("--born", metavar="年月", help="更正登记的出生年月，如 1980-05")
@click.option("--cite", default="", metavar="依据", help="更正的依据")
@dry_run_option
@by_option
@json_option
@click.pass_obj
def person(
    session,
    person_id,
    first,
    last,
    on,
    unmasked,
    xlsx,
    page,
    name,
    born,
    cite,
    dry_run,
    by,
    as_json,
):
    if name is not None or born is not None:
        shows = (first, last, on, xlsx, page)
        if unmasked or any(shows):
            raise UsageError("更正登记和查询请分两次进行")
        _amend(session, actor(by), person_id, name, born, cite, dry_run, as_json)
        return
    if cite or dry_run:
        raise UsageError("--cite 和 --dry-run 只用于更正登记（--name、--born）")
    from desk.people.person import Span, look_up

    span = Span(first, last, on)
    made = look_up(session.home(), actor(by), person_id, span, today(), unmasked)
    _write(made, xlsx, page)
    if as_json:
        tell_json(statement_json(made))
    else:
        _tell(made)


def _amend(session, who, person_id, name, born, cite, dry_run, as_json) -> None:
    from desk.people.person import amend

    changed = amend(
        session.home(),
        who,
        person_id,
        name=name,
        born=born,
        cite=cite,
        dry_run=dry_run,
    )
    if as_json:
        status = "checked" if dry_run else "amended" if changed else "already"
        tell_json({"person_id": person_id, "status": status, "changed": changed})
        return
    if not changed:
        click.echo("登记的就是这样，没有改动。")
        return
    word = "检查通过，没有更正" if dry_run else "已更正"
    click.echo(f"{word}：{'、'.join(FIELDS[field] for field in changed)}。")


def _write(made, xlsx: Path | None, page: Path | None) -> None:
    from desk.saving import save

    if xlsx:
        from reports.people.statement_sheet import statement_sheets
        from reports.xlsx import workbook

        save(xlsx, workbook(statement_sheets(made), today()))
    if page:
        from reports.people.statement_page import statement_page

        save(page, statement_page(made, today()).encode())


def statement_json(made) -> dict:
    """The shape of `person --json`."""
    return {
        "person_id": made.person_id,
        "name": made.name,
        "balance": f"{made.balance:.2f}",
        "region": made.region,
        "status": made.status,
        "insured_as": made.insured_as,
        "base": made.base and f"{made.base:.2f}",
        "since": made.since,
        "retired_from": made.retired_from,
        "died_on": made.died_on and str(made.died_on),
        "from": made.first and str(made.first),
        "on": str(made.last_day),
        "accounts": [
            {
                "region": row.region,
                "status": row.status,
                "balance": f"{row.closing:.2f}",
                "state": row.state,
                **{field: f"{getattr(row, field):.2f}" for field in MONEY},
            }
            for row in made.accounts
        ],
        "movements": [_movement_json(row) for row in made.movements],
        "drafts": [_movement_json(row) for row in made.drafts],
        "family": {
            side: [member._asdict() for member in getattr(made.family, side)]
            for side in made.family._fields
        },
        "outpatient": made.benefit and _benefit_json(made.benefit),
    }


def _benefit_json(benefit) -> dict:
    money = ("deducted", "paid", "deductible_left", "cap_left")
    told = {name: getattr(benefit, name) for name in money}
    return {
        "year": benefit.year,
        **{name: None if v is None else f"{v:.2f}" for name, v in told.items()},
        "cite": benefit.cite or None,
    }


def _movement_json(row) -> dict:
    return {
        "on": str(row.on),
        "region": row.region,
        "kind": row.kind,
        "amount": f"{row.amount:.2f}",
        "balance": f"{row.balance:.2f}",
        "batch": row.batch,
        "source": row.source,
        "period": row.period,
        "voucher": row.voucher,
        "institution": row.institution,
        "category": row.category,
    }


def _tell(made) -> None:
    from ledger import regions

    head = [made.name, made.person_id, made.region_name, made.status, made.insured_as]
    click.echo("　".join(word for word in head if word))
    if made.base:
        click.echo(f"缴费基数{grouped(made.base)}元（自{made.since}）")
    if made.retired_from:
        click.echo(f"退休待遇自{made.retired_from}")
    if made.died_on:
        click.echo(f"{made.died_on}死亡")
    _tell_family(made)
    if made.without_account:
        click.echo(f"{made.insured_as}，没有个人账户。")
        return
    click.echo(f"{made.first or '建账'}至{made.last_day}，单位：元")
    tell_table(
        ["统筹区", "账户", "期初", "录入结余", "收入", "支出", "挂账", "期末", "尚欠"],
        [
            (
                row.name,
                row.state_name,
                *(grouped(getattr(row, field)) for field in MONEY),
            )
            for row in made.accounts
        ],
        "3456789",
    )
    for title, rows in (("", made.movements), ("待审核，还没有入账：", made.drafts)):
        if not rows and title:
            continue
        click.echo(title)
        tell_table(
            ["日期", "统筹区", "事项", "所属期", "金额", "余额", "凭证", "来源"],
            [
                (
                    row.on,
                    regions.name(row.region),
                    row.words,
                    row.period,
                    grouped(row.amount),
                    grouped(row.balance),
                    row.voucher,
                    row.source,
                )
                for row in rows
            ],
            "56",
        )
    for words in made.claim_words:
        click.echo(f"尚有{words}。")


def _tell_family(made) -> None:
    """Whose accounts pay for whom, and what the year used of the benefit."""
    from ledger import regions

    for title, members in (
        ("可以使用的家庭账户", made.family.grantors),
        ("授权使用本人账户的家庭成员", made.family.grantees),
    ):
        words = [
            f"{m.person_id}（{regions.name(m.region)}，{m.relation}，{m.bound_at[:10]}起）"
            for m in members
        ]
        if words:
            click.echo(f"{title}：{'、'.join(words)}")
    used = made.benefit
    if used is None:
        return
    told = f"{used.year}年门诊统筹：已用起付线{grouped(used.deducted)}元"
    told += f"、基金已支付{grouped(used.paid)}元"
    if used.cap_left is not None:
        told += f"，起付线还有{grouped(used.deductible_left)}元"
        told += f"、支付限额还有{grouped(used.cap_left)}元（{used.cite}）"
    click.echo(told)


COMMANDS = {"person": person}
