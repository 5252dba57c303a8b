"""统计、预决算 as workbooks to send upwards: title, 编制单位, rows, signatures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Sequence

from ledger import regions
from reports.people.account_year import AccountsInYear
from reports.people.batch_rows import BatchRow
from reports.people.budget import BudgetRow, FinalRow
from reports.people.statistics import Flow, Part, Statistics
from reports.xlsx import Column, Sheet

SIGNED = "单位负责人：　　　　　　　审核：　　　　　　　制表：　　　　　　　填报日期：　　年　月　日"
FLOWS = (
    Column("期初余额", "money", 18),
    Column("录入上年结余", "money", 18),
    Column("收入", "money", 18),
    Column("支出", "money", 18),
    Column("追回挂账", "money", 16),
    Column("期末余额", "money", 18),
)
ABOUT = (
    "期末余额＝期初余额＋录入上年结余＋收入－支出＋追回挂账。",
    "年龄按变动当日计；人数按期末当月的登记，账户数按现状。",
)


def statistics_sheets(made: Statistics, unit: str) -> list[Sheet]:
    """收支结余, 支出分布 and, where there are several, regions and months."""
    span = f"{made.first}至{made.last}"
    line = f"编制单位：{unit}　　{span}　　单位：元"
    name = regions.name(made.region) if made.region else "各统筹区"
    title = f"职工基本医疗保险个人账户基金收支统计表（{name}）"
    return [
        Sheet(
            "收支结余", title, line, TOTALS, _totals(made), None, (*ABOUT, "", SIGNED)
        ),
        Sheet(
            "支出分布",
            f"个人账户支出分布（{name}）",
            line,
            SHARES,
            list(_shares(made)),
            None,
            ("", SIGNED),
        ),
        _flows(
            "统筹区", f"个人账户基金收支（各统筹区，{span}）", line, made.regions, made
        ),
        _flows("月份", f"个人账户基金收支（各月，{name}）", line, made.months, None),
    ]


TOTALS = (
    Column("项目", width=28),
    Column("笔数", "number"),
    Column("金额", "money", 20),
)
SHARES = (
    Column("口径", width=14),
    Column("类别", width=24),
    Column("笔数", "number"),
    Column("金额", "money", 20),
)


def _totals(made: Statistics) -> list[tuple]:
    whole = made.whole
    rows: list[tuple] = [("期初余额", "", whole.opening)]
    if whole.recorded:
        rows.append(("录入上年结余", "", whole.recorded))
    for title, total, parts in (
        ("收入合计", whole.income, made.income),
        ("支出合计", whole.expenditure, made.expenditure),
    ):
        rows.append((title, sum(part.movements for part in parts), total))
        rows += [
            (f"　其中：{part.name}", part.movements, part.amount) for part in parts
        ]
    if whole.claimed:
        rows.append(("追回挂账（净额）", "", whole.claimed))
    rows.append(("期末余额", "", whole.closing))
    rows += [(f"期末{status}人数", count, "") for status, count in made.people]
    rows += [(f"账户数（{state}）", count, "") for state, count in made.accounts]
    return rows


def distributions(made: Statistics) -> list[tuple[str, list[Part]]]:
    """Every distribution of the expenditure with its title."""
    by_region = [Part(flow.name, 0, flow.expenditure) for flow in made.regions]
    return [
        ("机构类别", made.institutions),
        ("费用类别", made.categories),
        ("年龄段", made.ages),
        ("统筹区", by_region),
    ]


def _shares(made: Statistics):
    for title, parts in distributions(made):
        for part in parts:
            yield title, part.name, part.movements or "", part.amount


def _flows(
    first: str, title: str, line: str, flows: Sequence[Flow], made: Statistics | None
) -> Sheet:
    total = tuple(made.whole) if made else None
    columns = (Column(first, width=14), *FLOWS)
    rows = [tuple(flow) for flow in flows]
    return Sheet(f"各{first}", title, line, columns, rows, total, ("", SIGNED))


def budget_sheets(
    year: int,
    region: str,
    unit: str,
    budget: Sequence[BudgetRow],
    final: Sequence[FinalRow],
) -> list[Sheet]:
    """预算执行 and 决算 of a year."""
    line = f"编制单位：{unit}　　{year}年　　单位：元"
    name = regions.name(region)
    return [
        Sheet(
            "预算执行",
            f"{name}{year}年职工医保个人账户预算执行情况表",
            line,
            (
                Column("项目", width=24),
                Column("预算数", "money", 18),
                Column("执行数", "money", 18),
                Column("执行率", "rate", 12),
                Column("未执行数", "money", 18),
            ),
            [
                (
                    row.line if row.line == row.nature else f"　其中：{row.line}",
                    row.budget,
                    row.actual,
                    row.rate,
                    row.rest,
                )
                for row in budget
            ],
            None,
            ("没有设置预算的项目不计执行率。", "", SIGNED),
        ),
        Sheet(
            "决算",
            f"{name}{year}年职工医保个人账户决算表",
            line,
            (
                Column("类别", width=20),
                Column("项目", width=26),
                Column("个人账户", "money", 20),
                Column("账簿", "money", 20),
                Column("差额", "money", 16),
            ),
            [
                (row.section, row.line, row.accounts, row.book, row.difference)
                for row in final
            ],
            None,
            (
                "个人账户一列由变动逐笔汇总，账簿一列由凭证汇总，两者应当相等。",
                "",
                SIGNED,
            ),
        ),
    ]


def accounts_sheet(title: str, accounts: AccountsInYear) -> Sheet:
    """A book's year of the control account, month by month."""
    columns = [Column("月份", width=12)]
    columns += [Column(kind.name, "money", 18) for kind in accounts.kinds]
    columns.append(Column("月末余额", "money", 20))
    blank = [None] * len(accounts.kinds)
    rows = [("上年结转", *blank, accounts.opening)]
    rows += [
        (
            str(row.month),
            *(row.moved[kind.name] for kind in accounts.kinds),
            row.balance,
        )
        for row in accounts.months
    ]
    sums = (accounts.total.get(kind.name) for kind in accounts.kinds)
    total = ("本年累计", *sums, accounts.closing)
    return Sheet("各月", title, "单位：元", tuple(columns), rows, total, ("", SIGNED))


def batches_sheet(title: str, batches: Sequence[BatchRow]) -> Sheet:
    """The batches behind it, one a row."""
    columns = (
        Column("批次", "number", 8),
        Column("业务", width=14),
        Column("所属期", width=10),
        Column("凭证日期", "day", 12),
        Column("人数", "number", 10),
        Column("金额", "money", 18),
        Column("分项", width=40),
        Column("依据与数值", width=48),
        Column("来源文件", width=40),
        Column("凭证", width=36),
        Column("状态", width=10),
    )
    rows = [
        (
            batch.id,
            batch.kind_name,
            batch.period,
            batch.dated,
            batch.people,
            batch.total,
            "；".join(f"{t.kind} {t.people}人 {t.amount}" for t in batch.totals),
            "；".join(filter(None, [batch.policy_name, *batch.figure_lines])),
            "、".join(batch.documents),
            "、".join(batch.vouchers),
            batch.state_name,
        )
        for batch in batches
    ]
    return Sheet("批次", f"{title}批次", "单位：元", columns, rows)


def register_sheet(
    title: str, unit: str, span: str, titles: Sequence[str], rows: Sequence[Sequence]
) -> Sheet:
    """A register of people; the columns' kinds are those of the first row."""
    kinds = [_kind(value) for value in rows[0]] if rows else ["text"] * len(titles)
    columns = tuple(map(Column, titles, kinds))
    line = f"编制单位：{unit}　　{span}　　单位：元"
    return Sheet(title, title, line, columns, rows, None, ("", SIGNED))


def _kind(value) -> str:
    if isinstance(value, Decimal):
        return "money"
    if isinstance(value, date):
        return "day"
    return "number" if isinstance(value, int) else "text"
