"""G4 家庭共济绑定表: who lets whose bills be paid from the own account."""

from functools import partial

from importers.cells import Choice, Code, Fund, Note
from importers.head import Column, Form
from importers.people_cells import PersonId
from importers.people_table import Block
from importers.times import TimeText, days
from importers.words import Word

ACTS = ("绑定", "解绑")


def check(block: Block):
    block.regions("被授权人统筹区", days(block["时间"]))


FORM = Form(
    "G4",
    ("家庭共济绑定表", "家庭共济绑定"),
    (
        Column("授权人编号", PersonId, True, "grantor_id"),
        Column("被授权人编号", PersonId, True, "person_id"),
        Column("被授权人统筹区", Code, False, "region"),
        Column("被授权人险种", Fund, False, "fund"),
        Column("关系", Word, True, "relation"),
        Column("操作", partial(Choice, ACTS), True, "act"),
        Column("时间", TimeText, True, "time"),
        Column("告知书编号", Note, False, "notice"),
    ),
    check,
    {},
    key="被授权人编号",
)
