"""G1 个人账户计入清单: a month's insured people, what was paid in for them."""

from functools import partial

from importers.cells import Choice, Code
from importers.head import Column, Form
from importers.people_cells import BirthMonth, DayText, Fen, MonthText, Name, PersonId
from importers.people_table import Block

STATUSES = ("在职", "退休")
INSURED_AS = ("单位职工", "灵活就业", "单建统筹")
KINDS = ("正常", "补缴")


def check(block: Block):
    block.regions("统筹区代码", block["所属期"])


FORM = Form(
    "G1",
    ("个人账户计入清单", "个人账户计入明细"),
    (
        Column("所属期", MonthText, True, "month"),
        Column("统筹区代码", Code, True, "region"),
        Column("个人编号", PersonId, True, "person_id"),
        Column("姓名", Name, False, "name"),
        Column("人员类别", partial(Choice, STATUSES), True, "status"),
        Column("参保身份", partial(Choice, INSURED_AS), False, "insured_as"),
        Column("缴费类型", partial(Choice, KINDS), False, "kind"),
        Column("出生年月", BirthMonth, False, "born"),
        Column("缴费基数", Fen, False, "base"),
        Column("单位缴费", Fen, False, "employer"),
        Column("个人缴费", Fen, False, "personal"),
        Column("其中计入个人账户", Fen, False, "declared"),
        Column("到账日期", DayText, False, "received_on"),
        Column("退休待遇起始月", MonthText, False, "retired_from"),
        Column("公务员补助计入", Fen, False, "civil"),
    ),
    check,
    {
        "缴费基数": "base",
        "单位缴费": "employer",
        "个人缴费": "personal",
        "其中计入个人账户": "declared",
        "公务员补助计入": "civil",
    },
    key="个人编号",
)
