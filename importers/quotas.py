"""F3 贵州省异地就医费用预付金明细表: advances that were set; no money moves."""

from functools import partial
from itertools import repeat
from operator import attrgetter

from importers.cells import WRONG, Amount, Choice, Code, Count, Fund, Note, QuarterOnly
from importers.head import Column, Form
from importers.table import Block, Table
from ledger.documents import Quota
from ledger.money import grouped


class Edition(Count):
    """版次: 1 and upward; the first where the cell is empty."""

    empty = 1


def read(table: Table):
    for block in table.blocks():
        region = block.places("统筹区代码", "统筹区", block["季度"])
        _check_rows(block)
        values = [repeat(block.sheet), block.rows]
        values += map(block.__getitem__, ("季度", "版次", "类型"))
        values += [region]
        values += map(block.__getitem__, ("险种", "跨省核定额", "省内核定额", "备注"))
        table.lines += block.lines(Quota._make, values)
    key = attrgetter("quarter", "edition", "region", "fund")
    table.refuse_equal(key, "季度、版次、统筹区代码、险种")


def _check_rows(block: Block):
    columns = ("版次", "跨省核定额", "省内核定额", "合计")
    rows = zip(*(block[title] for title in columns))
    for at, (edition, abroad, home, total) in enumerate(rows):
        if edition is not WRONG and edition < 1:
            block.fault(at, "版次", "不是1以上的整数", "1以上的整数")
        if WRONG not in (abroad, home, total) and abroad + home != total:
            parts = grouped(abroad + home)
            block.fault(at, "合计", f"不等于跨省与省内核定额之和{parts}", parts)


FORM = Form(
    "F3",
    ("贵州省异地就医费用预付金明细表", "异地就医费用预付金明细", "预付金明细"),
    (
        Column("季度", QuarterOnly, True),
        Column("版次", Edition),
        Column("类型", partial(Choice, ("核定", "紧急调增", "额度调整"))),
        Column("统筹区代码", Code, True),
        Column("统筹区", Note),
        Column("险种", Fund, True),
        Column("跨省核定额", Amount, True),
        Column("省内核定额", Amount, True),
        Column("合计", Amount, True),
        Column("备注", Note),
    ),
    read,
    {"跨省核定额": "abroad", "省内核定额": "home", "合计": "total"},
)
