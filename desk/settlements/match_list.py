"""The list of one-sided rows in HOME/out/match: whole ids, for its owner alone."""

from __future__ import annotations

from datetime import date

from ledger import regions
from ledger.database import Home
from ledger.errors import BookError
from ledger.files import why, write_whole
from ledger.money import grouped
from reports.xlsx import Column, Sheet, workbook

KINDS = {
    "ours_only": "我方单边",
    "theirs_only": "对方单边",
    "differ": "不一致",
    "posted": "已补记",
    "reversed": "已冲正",
}
STATES = {"open": "未处理", "resolved": "已处理", "waiting": "草稿，待审核"}
COLUMNS = (
    Column("序号", "number", 8),
    Column("结算流水号", width=30),
    Column("结算时间", width=20),
    Column("业务类型", width=10),
    Column("就医地", width=18),
    Column("授权地", width=18),
    Column("授权人编号", width=24),
    Column("我方金额", "money", 14),
    Column("对方金额", "money", 14),
    Column("账龄（天）", "number", 10),
    Column("情况", width=12),
    Column("建议", width=18),
    Column("状态", width=14),
    Column("处理的流水号", width=30),
    Column("凭证", width=34),
)


def write(home: Home, made, on: date) -> str:
    """Write a month's list; its path. BookError where that cannot be."""
    lines, amount = made.agreed
    rows = (
        (
            number,
            row.serial,
            row.at,
            row.act,
            place(row.place),
            place(row.payer_region),
            row.payer_id,
            row.ours,
            row.theirs,
            row.age,
            KINDS[row.kind],
            row.proposed,
            STATES[row.state],
            row.by,
            row.voucher,
        )
        for number, row in enumerate(made.rows, 1)
    )
    sheet = Sheet(
        "单边账",
        f"{made.period}家庭共济单边账清单",
        f"单位：元　截至{on}　相符{lines}笔{grouped(amount)}元，未处理{made.open}笔",
        COLUMNS,
        rows,
    )
    path = home.path / "out" / "match" / f"单边账_{made.period}.xlsx"
    try:
        write_whole(path, workbook([sheet], on, long=True))
        path.chmod(0o600)
    except OSError as error:
        done = "已入账，但" if made.vouchers else ""
        raise BookError(
            f"{done}单边账清单存不进{path.parent}：{why(error)}；"
            "请检查磁盘空间和权限，再运行 yibao match 补印"
        ) from error
    return str(path)


def place(code: str) -> str:
    return code + regions.name(code)
