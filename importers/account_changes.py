"""G6 个人账户变动清单: what moves in or out with a person, inheritance, death."""

from functools import partial

from importers.cells import Choice, Code, Note
from importers.head import Column, Form
from importers.people_cells import (
    BankAccount,
    DayText,
    Fen,
    LineSerial,
    Name,
    PersonId,
    Remark,
)
from importers.people_table import Block

KINDS = ("转入", "转出", "继承", "死亡")


def check(block: Block):
    block.regions("统筹区代码", block["日期"])


FORM = Form(
    "G6",
    ("个人账户变动清单", "个人账户变动明细"),
    (
        Column("流水号", LineSerial, True, "serial"),
        Column("日期", DayText, True, "dated"),
        Column("个人编号", PersonId, True, "person_id"),
        Column("变动类型", partial(Choice, KINDS), True, "kind"),
        Column("死亡日期", DayText, False, "died_on"),
        Column("金额", Fen, True, "amount"),
        Column("对方", Name, False, "other"),
        Column("收款户名", Name, False, "payee_name"),
        Column("收款账号", BankAccount, False, "payee_account"),
        Column("开户行", Note, False, "payee_bank"),
        Column("依据", Remark, True, "basis"),
        Column("备注", Remark, False, "note"),
        Column("统筹区代码", Code, False, "region"),  # ours, not in the documents
    ),
    check,
    {"金额": "amount"},
    key="流水号",
)
