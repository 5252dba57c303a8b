"""G7 异地备案登记表: who is registered for treatment away from home."""

from functools import partial

from importers.cells import WRONG, Choice, Note
from importers.head import Column, Form
from importers.people_cells import BankAccount, DayText, Name, PersonId, Remark
from importers.people_table import Block

# The last is ours: who moved to another insurance scheme keeps an account that is paid.
KINDS = ("异地安置", "异地长期居住", "常驻异地工作", "跨制度转移")


def check(block: Block):
    for at, (first, last) in enumerate(zip(block["起始日期"], block["终止日期"])):
        if last and WRONG not in (first, last) and last < first:
            block.fault(at, "终止日期", "早于起始日期", f"不早于{first}")


FORM = Form(
    "G7",
    ("异地备案登记表", "异地备案登记"),
    (
        Column("个人编号", PersonId, True, "person_id"),
        Column("备案类型", partial(Choice, KINDS), True, "kind"),
        Column("范围", partial(Choice, ("省内", "跨省")), True, "scope"),
        Column("起始日期", DayText, True, "from_day"),
        Column("终止日期", DayText, False, "until_day"),
        Column("特殊困难原因", Remark, False, "hardship"),
        Column("核实机构", Note, False, "agency"),
        Column("核实日期", DayText, False, "verified_on"),
        Column("有效期至", DayText, False, "valid_until"),
        Column("收款户名", Name, False, "payee_name"),
        Column("收款账号", BankAccount, False, "payee_account"),
        Column("开户行", Note, False, "payee_bank"),
    ),
    check,
    {},
    key="个人编号",
)
