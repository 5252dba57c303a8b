"""G3 门诊结算清单: bills, refunds and reversals at designated institutions."""

from functools import partial

from importers.cells import Choice, Code, Fund, Note
from importers.head import Column, Form
from importers.people_cells import Fen, LineSerial, PersonId, Remark
from importers.people_table import Block
from importers.times import TimeText, days
from importers.words import InstitutionCode, Word

ACTS = ("收费", "退费", "冲正")
CHANNELS = ("联网", "手工")
LEVELS = ("三级", "二级及以下", "定点零售药店")


def check(block: Block):
    on = days(block["结算时间"])
    block.regions("参保地代码", on)
    block.regions("就医地代码", on)


FORM = Form(
    "G3",
    ("门诊结算清单", "门诊结算明细"),
    (
        Column("结算流水号", LineSerial, True, "serial"),
        Column("结算时间", TimeText, True, "time"),
        Column("业务类型", partial(Choice, ACTS), True, "act"),
        Column("原结算流水号", LineSerial, False, "original"),
        Column("个人编号", PersonId, True, "person_id"),
        Column("参保地代码", Code, False, "region"),
        Column("险种", Fund, False, "fund"),
        Column("结算方式", partial(Choice, CHANNELS), False, "channel"),
        Column("机构代码", InstitutionCode, True, "institution"),
        Column("机构名称", Note, False, "institution_name"),
        Column("机构级别", partial(Choice, LEVELS), True, "level"),
        Column("就医地代码", Code, True, "place"),
        Column("费用类别", Word, True, "category"),
        Column("医疗总费用", Fen, True, "total"),
        Column("政策范围内费用", Fen, True, "in_policy"),
        Column("统筹支付", Fen, False, "pooled"),
        Column("其他基金", Fen, False, "other"),
        Column("个账支付", Fen, False, "own"),
        Column("共济支付", Fen, False, "shared"),
        Column("现金支付", Fen, False, "cash"),
        Column("备注", Remark, False, "note"),
    ),
    check,
    {
        "医疗总费用": "total",
        "政策范围内费用": "in_policy",
        "统筹支付": "pooled",
        "其他基金": "other",
        "个账支付": "own",
        "共济支付": "shared",
        "现金支付": "cash",
    },
    key="结算流水号",
)
