"""F4 全国跨省异地就医费用预付金明细表 and 额度调整通知书: a year's advances between
provinces."""

from datetime import date
from functools import partial
from itertools import repeat
from operator import attrgetter

from importers.cells import WRONG, Amount, Choice, Code, Note
from importers.faults import Wrong
from importers.head import Column, Form
from importers.table import Block, Table
from importers.year import Year
from ledger.documents import ProvinceQuota
from ledger.money import NOTHING, grouped

FIRST = "跨省预付金收款通知书"  # what the notice is called the first time
FIELDS = ("方向", "原额度", "调整后额度", "调整额", "期限")
LONGEST = 100  # characters of 期限


class Term(Note):
    """期限 as printed: a day or a few words."""

    def read(self, cell) -> str:
        text = super().read(cell)
        if len(text) > LONGEST:
            raise Wrong(f"有{len(text)}个字，太长", f"不超过{LONGEST}个字")
        return text


def read(table: Table):
    for block in table.blocks():
        first = block.head.title == FIRST
        days = [y if y is WRONG else date(y, 1, 1) for y in block["年度"]]
        province = block.places("省份代码", "省份", days)
        _check_rows(block, first)
        values = [repeat(block.sheet), block.rows, block["年度"], province]
        values += map(block.__getitem__, FIELDS)
        values += [repeat(first)]
        table.lines += block.lines(ProvinceQuota._make, values)
    key = attrgetter("year", "province", "direction")
    table.refuse_equal(key, "年度、省份代码、方向")


def _check_rows(block: Block, first: bool):
    titles = ("原额度", "调整后额度", "调整额")
    for at, cells in enumerate(zip(*(block[title] for title in titles))):
        before, after, change = cells
        if WRONG in cells:
            continue
        for title, amount in zip(titles, (before, after)):
            if amount is not None and amount < 0:
                block.fault(at, title, "是负数", "不小于零的金额")
        if first and before:
            why = f"不是零，而首次的{FIRST}没有原额度"
            block.fault(at, "原额度", why, "空")
        expected = after - (before or NOTHING)
        if change != expected:
            why = f"不等于调整后额度减原额度{grouped(expected)}"
            block.fault(at, "调整额", why, grouped(expected))


FORM = Form(
    "F4",
    (
        "跨省预付金额度调整通知书",
        FIRST,
        "全国跨省异地就医费用预付金明细表",
        "全国跨省异地就医费用预付金明细",
    ),
    (
        Column("年度", Year, True),
        Column("省份代码", Code, True),
        Column("省份", Note),
        Column("方向", partial(Choice, ("付款", "收款")), True),
        Column("原额度", Amount),
        Column("调整后额度", Amount, True),
        Column("调整额", Amount, True),
        Column("期限", Term),
    ),
    read,
    {"原额度": "before", "调整后额度": "after", "调整额": "change"},
)
