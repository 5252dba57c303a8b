"""G10 定点医药机构名册: which institutions are designated, of what level, from when."""

from functools import partial

from importers.cells import WRONG, Choice, Code, Note
from importers.head import Column, Form
from importers.people_cells import BankAccount, DayText
from importers.people_table import Block
from importers.settlements import LEVELS
from importers.words import InstitutionCode


def check(block: Block):
    block.regions("统筹区代码", block["定点起"])
    for at, (first, last) in enumerate(zip(block["定点起"], block["定点止"])):
        if last and WRONG not in (first, last) and last < first:
            block.fault(at, "定点止", "早于定点起", f"不早于{first}")


FORM = Form(
    "G10",
    ("定点医药机构名册", "定点医药机构"),
    (
        Column("机构代码", InstitutionCode, True, "code"),
        Column("机构名称", Note, True, "name"),
        Column("机构级别", partial(Choice, LEVELS), True, "level"),
        Column("统筹区代码", Code, True, "region"),
        Column("定点起", DayText, True, "from_day"),
        Column("定点止", DayText, False, "until_day"),
        Column("药店符合条件", partial(Choice, ("否", "是")), False, "qualified"),
        Column("收款账号", BankAccount, False, "payee_account"),
        Column("开户行", Note, False, "payee_bank"),
    ),
    check,
    {},
    key="机构代码",
)
