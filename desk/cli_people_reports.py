"""The command report: statistics and statements on personal accounts."""

from __future__ import annotations

from pathlib import Path

import click

from desk import cli_clear_reports as clearing
from desk import cli_institution_reports as institution
from desk import cli_people_registers as registers
from desk import cli_sharing_reports as sharing
from desk import cli_year_report as year
from desk.cli import (
    DAY,
    MONTH,
    Whole,
    json_option,
    tell_json,
    tell_table,
    today,
)
from desk.people_reports_told import (
    batch_json,
    budget_json,
    statistics_json,
    tell_batches,
    tell_budget,
    tell_statistics,
)

FILE = click.Path(path_type=Path, dir_okay=False)
region_option = click.option(
    "--region", required=True, metavar="代码", help="统筹区（市州）代码，如 511300"
)
xlsx_option = click.option("--xlsx", type=FILE, metavar="文件", help="另存为表格")


@click.group(
    help="个人账户的统计、预算决算、用途、批次和登记簿；家庭共济和结算；异地就医全年。"
)
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
    from desk.people.batch_posting import require_region
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
        tell_json(statistics_json(made))
    else:
        tell_statistics(made, by_month)


@report.command("account-budget", help="预算执行与决算：个人账户和账簿并列。")
@click.option("--year", type=Whole(2000, 2099), required=True, metavar="年")
@region_option
@xlsx_option
@json_option
@click.pass_context
def account_budget(context, year, region, xlsx, as_json):
    from desk.people.batch_posting import require_region
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
        tell_json(budget_json(year, region, budget, final))
    else:
        tell_budget(year, budget, final)
    context.exit(1 if any(row.difference for row in final) else 0)


@report.command("account-uses", help="个人账户可以支付什么，依据哪一条。")
@region_option
@click.option("--on", type=DAY, help="哪一天，默认今天")
@click.option("--use", metavar="用途", help="只问一项：可以时退出码为0，不可以为1")
@json_option
@click.pass_context
def account_uses(context, region, on, use, as_json):
    from desk.people.batch_posting import require_region
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
    from desk.people.batch_posting import require_region
    from reports.people.batch_rows import batch_rows

    with session.home().reading() as connection:
        require_region(connection, region)
        rows = batch_rows(connection, region, month)
    if as_json:
        tell_json({"region": region, "batches": [batch_json(row) for row in rows]})
        return
    tell_batches(rows)


GATHERED = (registers, sharing, clearing, institution, year)
for gathered in (command for module in GATHERED for command in module.COMMANDS):
    report.add_command(gathered)
COMMANDS = {"report": report}
