"""对账单 as a workbook: the accounts, and every movement."""

from __future__ import annotations

from ledger import regions
from reports.people.statement import MovementRow, Statement
from reports.xlsx import Column, Sheet

ACCOUNTS = (
    Column("统筹区", width=14),
    Column("代码", width=9),
    Column("人员类别", width=10),
    Column("账户状态", width=10),
    Column("期初余额", "money"),
    Column("录入上年结余", "money"),
    Column("收入", "money"),
    Column("支出", "money"),
    Column("追回挂账", "money"),
    Column("期末余额", "money"),
    Column("尚欠挂账", "money"),
)
MOVEMENTS = (
    Column("日期", "day", 12),
    Column("统筹区", width=12),
    Column("事项", width=22),
    Column("所属期", width=10),
    Column("增加", "money"),
    Column("减少", "money"),
    Column("余额", "money"),
    Column("批次", "number", 8),
    Column("凭证", width=32),
    Column("来源", width=36),
)
SIGNED = "经办机构（盖章）：　　　　　　　参保人核对签名：　　　　　　　核对日期：　　年　月　日"


def statement_sheets(made: Statement) -> list[Sheet]:
    """账户 and 明细; drafts on a sheet of their own."""
    line = head_line(made)
    sheets = [
        Sheet(
            "账户",
            "职工基本医疗保险个人账户对账单",
            line,
            ACCOUNTS,
            [
                (
                    row.name,
                    row.region,
                    row.status,
                    row.state_name,
                    row.opening,
                    row.recorded,
                    row.income,
                    row.expenditure,
                    row.claimed,
                    row.closing,
                    row.claim,
                )
                for row in made.accounts
            ],
            (
                "合计",
                "",
                "",
                "",
                *(
                    made.total(field)
                    for field in (
                        "opening",
                        "recorded",
                        "income",
                        "expenditure",
                        "claimed",
                        "closing",
                        "claim",
                    )
                ),
            ),
            ("", SIGNED),
        ),
        _movements("明细", "个人账户变动明细", line, made.movements),
    ]
    if made.drafts:
        title = "待审核的变动（还没有入账）"
        sheets.append(_movements("待审核", title, line, made.drafts))
    return sheets


def head_line(made: Statement) -> str:
    """Who and when in one line: 张* 5113…01　南充市 在职　2023-01至2023-12-31."""
    parts = [f"{made.name} {made.person_id}".strip()]
    parts.append(" ".join(word for word in (made.region_name, made.status) if word))
    parts.append(f"{made.first or '建账'}至{made.last_day}")
    return "　".join([*parts, "单位：元"])


def _movements(name: str, title: str, line: str, rows: list[MovementRow]) -> Sheet:
    return Sheet(
        name,
        title,
        line,
        MOVEMENTS,
        [
            (
                row.on,
                regions.name(row.region),
                row.words,
                row.period,
                row.amount if row.amount > 0 else "",
                -row.amount if row.amount < 0 else "",
                row.balance,
                row.batch,
                row.voucher,
                row.source,
            )
            for row in rows
        ],
    )
