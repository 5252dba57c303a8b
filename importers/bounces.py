"""G8 划转退回清单: payouts that came back from the bank."""

from importers.head import Column, Form
from importers.people_cells import DayText, Fen, LineSerial, Remark
from importers.people_table import Block


def check(block: Block):
    """Nothing beyond its cells."""


FORM = Form(
    "G8",
    ("划转退回清单", "划转退回明细"),
    (
        Column("划转流水号", LineSerial, True, "serial"),
        Column("退回日期", DayText, True, "dated"),
        Column("退回金额", Fen, True, "amount"),
        Column("退回原因", Remark, False, "reason"),
    ),
    check,
    {"退回金额": "amount"},
    key="划转流水号",
)
