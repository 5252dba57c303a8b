"""The command report: statistics and statements on personal accounts."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    DAY,
    MONTH,
    json_option,
    tell_json,
    tell_table,
    today,
)
from ledger.money import grouped

FILE = click.Path(path_type=Path, dir_okay=False)
region_option = click.option(
    "--region", required=True, metavar="代码", help="统筹区（市州）代码，如 511300"
)
xlsx_option = click.option("--xlsx", type=FILE, metavar="文件", help="另存为表格")


@click.group(help="个人账户的统计、预算决算、用途、批次和登记簿。")
def report():
    pass


@report.command("personal-accounts", help="收入、支出、结余和支出分布，供上报。")
@click.option("--from", "first", type=MONTH, required=True, help="从哪个月起")
@click.option("--to", "last", type=MONTH, required=True, help="到哪个月止")
@click.option("--region", default="", metavar="代码", help="只统计一个统筹区")
@click.option("--by-month", is_flag=True, help="同时列出各月")
@xlsx_option
@json_option
@click.pass_obj
def personal_accounts(session, first, last, region, by_month, xlsx, as_json):
    from desk.batch_posting import require_region
    from ledger import settings
    from ledger.books import book_name
    from posting_rules.personal import statistics_of
    from reports.people.statistics import statistics

    with session.home().reading() as connection:
        if region:
            require_region(connection, region)
        province = settings.province(connection)
        bands = statistics_of(region or province)["age_bands"]
        made = statistics(connection, first, last, region, bands)
    if xlsx:
        from desk.saving import save
        from reports.people.report_sheets import statistics_sheets
        from reports.xlsx import workbook

        kind = "city-agency" if region else "province-agency"
        unit = book_name(f"{region or province}-{kind}", last.first_day)
        save(xlsx, workbook(statistics_sheets(made, unit), today()))
    if as_json:
        tell_json(_statistics_json(made))
    else:
        _tell_statistics(made, by_month)


def _statistics_json(made) -> dict:
    def parts(rows):
        return [
            {"name": p.name, "movements": p.movements, "amount": f"{p.amount:.2f}"}
            for p in rows
        ]

    def flow(row):
        money = {k: f"{v:.2f}" for k, v in row._asdict().items() if k != "name"}
        return {"name": row.name, **money}

    return {
        "from": str(made.first),
        "to": str(made.last),
        "region": made.region or None,
        **{key: value for key, value in flow(made.whole).items() if key != "name"},
        "income_by_kind": parts(made.income),
        "expenditure_by_kind": parts(made.expenditure),
        "people": dict(made.people),
        "accounts": dict(made.accounts),
        "distribution": {
            "institution": parts(made.institutions),
            "category": parts(made.categories),
            "age": parts(made.ages),
        },
        "regions": [flow(row) for row in made.regions],
        "months": [flow(row) for row in made.months],
    }


def _tell_statistics(made, by_month: bool) -> None:
    from reports.people.report_sheets import distributions

    whole = made.whole
    click.echo(f"{made.first}至{made.last} 个人账户（元）")
    rows = [("期初余额", "", grouped(whole.opening))]
    if whole.recorded:
        rows.append(("录入上年结余", "", grouped(whole.recorded)))
    for title, total, parts in (
        ("收入", whole.income, made.income),
        ("支出", whole.expenditure, made.expenditure),
    ):
        rows.append((title, "", grouped(total)))
        rows += [(f"其中：{p.name}", p.movements, grouped(p.amount)) for p in parts]
    if whole.claimed:
        rows.append(("追回挂账（净额）", "", grouped(whole.claimed)))
    rows.append(("期末余额", "", grouped(whole.closing)))
    tell_table(["项目", "笔数", "金额"], rows, "23")
    for title, counts in (("期末人数", made.people), ("账户（现状）", made.accounts)):
        said = "，".join(f"{name}{count:,}" for name, count in counts)
        click.echo(f"{title}：{said or '没有'}")
    click.echo("支出分布：")
    tell_table(
        ["口径", "类别", "笔数", "金额"],
        [
            (title, part.name, part.movements or "", grouped(part.amount))
            for title, parts in distributions(made)
            for part in parts
            if part.amount or part.movements
        ],
        "34",
    )
    if by_month:
        tell_table(
            ["月份", "期初", "录入结余", "收入", "支出", "挂账", "期末"],
            [(row.name, *map(grouped, row[1:])) for row in made.months],
            "234567",
        )


@report.command("account-budget", help="预算执行与决算：个人账户和账簿并列。")
@click.option("--year", type=click.IntRange(1000, 2999), required=True, metavar="年")
@region_option
@xlsx_option
@json_option
@click.pass_context
def account_budget(context, year, region, xlsx, as_json):
    from desk.batch_posting import require_region
    from ledger.books import book_name
    from reports.people.budget import budget_rows, final_rows

    with context.obj.home().reading() as connection:
        require_region(connection, region)
        budget = budget_rows(connection, year, region)
        final = final_rows(connection, year, region)
    if xlsx:
        from desk.saving import save
        from reports.people.report_sheets import budget_sheets
        from reports.xlsx import workbook

        unit = book_name(f"{region}-city-agency")
        save(xlsx, workbook(budget_sheets(year, region, unit, budget, final), today()))
    if as_json:
        tell_json(_budget_json(year, region, budget, final))
    else:
        _tell_budget(year, budget, final)
    context.exit(1 if any(row.difference for row in final) else 0)


def _budget_json(year, region, budget, final) -> dict:
    from reports.usage import rate_text

    return {
        "year": year,
        "region": region,
        "budget": [
            {
                "line": row.line,
                "budget": _text(row.budget),
                "actual": _text(row.actual),
                "rate": rate_text(row.rate),
                "rest": _text(row.rest),
            }
            for row in budget
        ],
        "final": [
            {
                "section": row.section,
                "line": row.line,
                "accounts": _text(row.accounts),
                "book": _text(row.book),
                "difference": _text(row.difference),
            }
            for row in final
        ],
    }


def _text(amount) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _tell_budget(year, budget, final) -> None:
    from reports.usage import percent_text

    click.echo(f"{year}年个人账户预算执行（元）")
    tell_table(
        ["项目", "预算", "执行", "执行率", "未执行"],
        [
            (
                row.line if row.line == row.nature else f"其中：{row.line}",
                "未设置" if row.budget is None else grouped(row.budget),
                grouped(row.actual),
                "" if row.rate is None else percent_text(row.rate),
                "" if row.rest is None else grouped(row.rest),
            )
            for row in budget
        ],
        "2345",
    )
    click.echo(f"{year}年个人账户决算（元）：个人账户与账簿")
    tell_table(
        ["类别", "项目", "个人账户", "账簿", "差额"],
        [
            (row.section, row.line, *map(grouped, row[2:]), grouped(row.difference))
            for row in final
        ],
        "345",
    )


@report.command("account-uses", help="个人账户可以支付什么，依据哪一条。")
@region_option
@click.option("--on", type=DAY, help="哪一天，默认今天")
@click.option("--use", metavar="用途", help="只问一项：可以时退出码为0，不可以为1")
@json_option
@click.pass_context
def account_uses(context, region, on, use, as_json):
    from desk.batch_posting import require_region
    from reports.people.uses import one_use, use_rows

    with context.obj.home().reading() as connection:
        require_region(connection, region)
    rows = use_rows(region, on or today())
    if use:
        rows = [one_use(rows, use)]
    if as_json:
        tell_json({"rows": [row._asdict() for row in rows]})
    else:
        tell_table(
            ["用途", "可否", "内容", "依据"],
            [(r.use, "可以" if r.may else "不可以", r.name, r.cite) for r in rows],
        )
    context.exit(1 if use and not rows[0].may else 0)


@report.command("batches", help="批次：控制总数、来源、规则、凭证、状态。")
@region_option
@click.option("--month", type=MONTH, help="只列一个月")
@json_option
@click.pass_obj
def batches(session, region, month, as_json):
    from desk.batch_posting import require_region
    from reports.people.batch_rows import batch_rows

    with session.home().reading() as connection:
        require_region(connection, region)
        rows = batch_rows(connection, region, month)
    if as_json:
        tell_json({"region": region, "batches": [_batch_json(row) for row in rows]})
        return
    tell_table(
        [
            "批次",
            "种类",
            "所属期",
            "日期",
            "明细",
            "人数",
            "金额",
            "规则",
            "凭证",
            "状态",
        ],
        [
            (
                row.id,
                row.kind_name,
                row.period,
                row.dated,
                "\n".join(f"{t.kind} {t.movements}笔" for t in row.totals),
                f"{row.people:,}",
                "\n".join(grouped(t.amount) for t in row.totals) or grouped(row.total),
                row.policy,
                "\n".join(row.vouchers),
                row.state_name,
            )
            for row in rows
        ],
        "67",
    )


def _batch_json(row) -> dict:
    return {
        **row._asdict(),
        "dated": str(row.dated),
        "total": f"{row.total:.2f}",
        "totals": [
            {**total._asdict(), "amount": f"{total.amount:.2f}"} for total in row.totals
        ],
    }


COMMANDS = {"report": report}
