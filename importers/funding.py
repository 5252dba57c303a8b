"""F5 省内异地就医预付金用款计划: what institutions will need in a quarter."""

from itertools import repeat
from operator import attrgetter

from importers.cells import WRONG, Amount, Code, Fund, Note, QuarterOnly
from importers.head import Column, Form
from importers.table import Block, Table
from importers.words import InstitutionCode
from ledger.documents import Funding
from ledger.money import grouped

PARTS = ("省内参保", "外省参保")
FIELDS = ("机构代码", "机构名称", "险种", *PARTS)


def read(table: Table):
    for block in table.blocks():
        place = block.places("就医地代码", "就医地", block["季度"])
        province = block.places("参保省份代码", "参保省份", block["季度"])
        _check_rows(block)
        values = [repeat(block.sheet), block.rows, block["季度"], place]
        values += map(block.__getitem__, FIELDS)
        values += [province]
        table.lines += block.lines(Funding._make, values)
    key = attrgetter("quarter", "place", "institution", "fund", "province")
    table.refuse_equal(key, "季度、就医地代码、机构代码、险种、参保省份代码")


def _check_rows(block: Block):
    rows = zip(*(block[title] for title in (*PARTS, "合计", "参保省份代码")))
    for at, (home, elsewhere, total, province) in enumerate(rows):
        if WRONG in (home, elsewhere, total):
            continue
        for title, amount in zip(PARTS, (home, elsewhere)):
            if amount < 0:
                block.fault(at, title, "是负数", "不小于零的金额")
        if home + elsewhere != total:
            parts = grouped(home + elsewhere)
            why = f"不等于省内参保与外省参保之和{parts}"
            block.fault(at, "合计", why, parts)
        if province and province is not WRONG and not elsewhere:
            why = "写了参保省份，而外省参保是零"
            block.fault(at, "参保省份代码", why, "空，或大于零的外省参保")


FORM = Form(
    "F5",
    (
        "省内异地就医预付金用款计划",
        "异地就医预付金用款计划",
        "用款申请计划",
        "用款计划",
    ),
    (
        Column("季度", QuarterOnly, True),
        Column("就医地代码", Code, True),
        Column("就医地", Note),
        Column("机构代码", InstitutionCode),
        Column("机构名称", Note),
        Column("险种", Fund, True),
        Column("省内参保", Amount, True),
        Column("外省参保", Amount, True),
        Column("合计", Amount, True),
        Column("参保省份代码", Code),
        Column("参保省份", Note),
    ),
    read,
    {"省内参保": "at_home", "外省参保": "elsewhere", "合计": "total"},
)
