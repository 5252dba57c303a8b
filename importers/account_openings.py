"""G2 个人账户期初余额表: the personal accounts that an office starts with."""

from functools import partial

from importers.cells import Choice, Code
from importers.contributions import STATUSES
from importers.head import Column, Form
from importers.people_cells import DayText, Fen, Name, PersonId
from importers.people_table import Block


def check(block: Block):
    block.regions("统筹区代码", block["截止日期"])


FORM = Form(
    "G2",
    ("个人账户期初余额表", "个人账户期初余额"),
    (
        Column("统筹区代码", Code, True, "region"),
        Column("个人编号", PersonId, True, "person_id"),
        Column("姓名", Name, False, "name"),
        Column("人员类别", partial(Choice, STATUSES), True, "status"),
        Column("期初余额", Fen, True, "amount"),
        Column("截止日期", DayText, True, "cutoff"),
    ),
    check,
    {"期初余额": "amount"},
    key="个人编号",
    needs_total=True,
)
