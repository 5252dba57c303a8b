"""F8 通知书: notices of ours read back, and those that came in from others.

The title says which kind it is: each [[notice_kind]] that is printed as F8 (RULES.md
section 6 has the names that mean the same).
"""

from functools import partial
from itertools import repeat

from importers.cells import (
    Amount,
    Choice,
    Code,
    Day,
    Fund,
    Note,
    Period,
    Serial,
)
from importers.faults import Wrong
from importers.head import Column, Form
from importers.table import Table
from ledger.advances.bank_accounts import masked
from ledger.documents import NoticeLine
from posting_rules.notices import titles

TITLES = titles("F8")
LONGEST = 60  # characters of a number or an account
AFTER = ("用途", "险种", "金额", "期限", "收款户名", "收款账号", "开户行", "备注")
KEY = "通知书编号、单位代码、用途、险种"
# What a notice says but once, whatever the number of its lines.
SHARED = {
    "期间": "period",
    "期限": "due_day",
    "收款户名": "payee_name",
    "收款账号": "payee_account",
    "开户行": "payee_bank",
}


class Number(Serial):
    """通知书编号 or 收款账号, of a length that a line can hold."""

    def read(self, cell) -> str:
        text = super().read(cell)
        if len(text) > LONGEST:
            raise Wrong(f"有{len(text)}个字，太长", f"不超过{LONGEST}个字")
        return text


class NoticeNumber(Number):
    """文号: an office's brackets and 号 as they are printed; never digits alone.

    Digits alone would be taken for a notice's id.
    """

    def read(self, cell) -> str:
        text = cell.strip() if isinstance(cell, str) else super().read(cell)
        if not text.isprintable() or len(text) > LONGEST:
            raise Wrong("不是文号", f"不超过{LONGEST}个字的文号")
        if text.isascii() and text.isdigit():
            raise Wrong("只有数字，不是文号", "文号，如黔异预〔2018〕1号")
        return text


def read(table: Table):
    for block in table.blocks():
        kind = TITLES.get(block.head.title)
        if kind is None:
            why = "没有写明是哪一种通知书（表头上方的表名）"
            table.faults.refuse(why, "、".join(TITLES), block.sheet)
        region = block.places("单位代码", "单位", block["期间"])
        values = [repeat(block.sheet), block.rows, repeat(kind)]
        values += [block["通知书编号"], block["期间"], region]
        values += map(block.__getitem__, AFTER)
        table.lines += block.lines(NoticeLine._make, values)
    table.refuse_equal(lambda x: (x.number, x.region, x.scope, x.fund), KEY)
    _check_shared(table)


def _check_shared(table: Table):
    """The rows of one number are one notice."""
    first: dict[str, NoticeLine] = {}
    for line in table.lines:
        one = first.setdefault(line.number, line)
        if line.kind != one.kind:
            why = f"与第{one.row}行是同一个编号，而表名不同"
            table.fault(line, "通知书编号", why, "一个编号一种通知书", line.number)
        for title, field in SHARED.items():
            here, there = getattr(line, field), getattr(one, field)
            if here != there:
                if field == "payee_account":
                    here, there = masked(here), masked(there)
                why = (
                    f"与同一通知书（{line.number}）的第{one.row}行“{there or '空'}”不同"
                )
                table.fault(line, title, why, str(there or ""), str(here or "空"))


FORM = Form(
    "F8",
    tuple(TITLES),
    (
        Column("通知书编号", NoticeNumber, True),
        Column("期间", Period, True),
        Column("单位代码", Code, True),
        Column("单位", Note),
        Column("用途", partial(Choice, ("跨省", "省内"))),
        Column("险种", Fund, True),
        Column("金额", Amount, True),
        Column("期限", Day),
        Column("收款户名", Note),
        Column("收款账号", Number),
        Column("开户行", Note),
        Column("备注", Note),
    ),
    read,
    {"金额": "amount"},
)
