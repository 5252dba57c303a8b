"""How reports on personal accounts are told: for people, and as JSON."""

from __future__ import annotations

import click

from desk.cli import tell_table
from ledger.money import grouped


def statistics_json(made) -> dict:
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
        "by_institution": parts(made.by_institution),
        "by_category": parts(made.by_category),
        "regions": [flow(row) for row in made.regions],
        "months": [flow(row) for row in made.months],
    }


def tell_statistics(made, by_month: bool) -> None:
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


def budget_json(year, region, budget, final) -> dict:
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


def tell_budget(year, budget, final) -> None:
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


def batch_json(row) -> dict:
    return {
        **row._asdict(),
        "dated": str(row.dated),
        "total": f"{row.total:.2f}",
        "totals": [
            {**total._asdict(), "amount": f"{total.amount:.2f}"} for total in row.totals
        ],
    }


def tell_batches(rows) -> None:
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
