"""G9 对方结算清单: shared settlements as the other side recorded them."""

from functools import partial

from importers.cells import Choice, Code
from importers.head import Column, Form
from importers.people_cells import Fen, LineSerial, PersonId
from importers.people_table import Block
from importers.settlements import ACTS
from importers.times import TimeText, days


def check(block: Block):
    on = days(block["结算时间"])
    block.regions("就医地代码", on)
    block.regions("授权地代码", on)


FORM = Form(
    "G9",
    ("对方结算清单", "对方结算明细"),
    (
        Column("结算流水号", LineSerial, True, "serial"),
        Column("结算时间", TimeText, True, "time"),
        Column("业务类型", partial(Choice, ACTS), True, "act"),
        Column("就医地代码", Code, True, "place"),
        Column("授权地代码", Code, True, "payer_region"),
        Column("授权人编号", PersonId, True, "person_id"),
        Column("金额", Fen, True, "amount"),
    ),
    check,
    {"金额": "amount"},
    key="结算流水号",
)
