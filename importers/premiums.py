"""G5 代缴保费清单: premiums paid from accounts for the owner's family."""

from importers.cells import Code, Count
from importers.head import Column, Form
from importers.people_cells import Fen, LineSerial, PersonId
from importers.people_table import Block
from importers.times import TimeText, days
from importers.words import Word


def check(block: Block):
    block.regions("参保地代码", days(block["缴费时间"]))


FORM = Form(
    "G5",
    ("代缴保费清单", "代缴保费明细"),
    (
        Column("缴费流水号", LineSerial, True, "serial"),
        Column("缴费时间", TimeText, True, "time"),
        Column("参保人编号", PersonId, True, "person_id"),
        Column("险种", Word, True, "kind"),
        Column("年度", Count, True, "year"),
        Column("金额", Fen, True, "amount"),
        Column("参保地代码", Code, True, "region"),
    ),
    check,
    {"金额": "amount"},
    key="缴费流水号",
)
