"""F2 异地就医费用清算明细: what is cleared, per payer and place of treatment."""

from functools import partial
from itertools import compress, repeat
from operator import attrgetter, ne

from importers.cells import (
    WRONG,
    Amount,
    Choice,
    Code,
    Count,
    Day,
    Fund,
    Note,
    Period,
    Serial,
)
from importers.head import Column, Form
from importers.table import Block, Table
from ledger import regions
from ledger.documents import Clearing
from ledger.money import NOTHING, grouped

PARTS = ("统筹支付", "大病支付", "公务员补助", "个人账户支付", "其他基金")
COSTS = ("人次", "医疗总费用", *PARTS, "基金支付", "确认日期", "备注")
KEY = "清算单号、清算性质、清算期、范围、参保地代码、就医地代码、险种"


def read(table: Table):
    agreement = Agreement()
    for block in table.blocks():
        insured = block.places("参保地代码", "参保地", block["清算期"])
        place = block.places("就医地代码", "就医地", block["清算期"])
        _check_scopes(block, agreement, insured, place)
        _check_signs(block)
        _check_parts(block)
        before = ("清算单号", "清算性质", "清算期", "范围")
        values = [repeat(block.sheet), block.rows, *map(block.__getitem__, before)]
        values += [insured, place, block["险种"], block["医疗类别"]]
        values += map(block.__getitem__, COSTS)
        table.lines += block.lines(Clearing._make, values)
    key = attrgetter(
        "list_number", "nature", "period", "scope", "insured", "place", "fund"
    )
    table.refuse_equal(key, KEY)


class Agreement(dict):
    """What is wrong with (范围, 参保地, 就医地): title, why, expected; or None."""

    def __missing__(self, key):
        self[key] = found = None if WRONG in key else _disagreement(*key)
        return found


def _disagreement(scope: str, insured: str, place: str):
    if regions.level(insured) not in ("county", "own"):
        why = "是市州或省的代码，不能作为参保地；本级写作520199、529900"
        return "参保地代码", why, "县（区）或本级的代码"
    at_home = regions.province_of(place) == regions.province_of(insured)
    if scope == "跨省" and at_home:
        return "范围", "与就医地不一致，就医地在本省", "省内"
    if scope == "省内" and not at_home:
        return "范围", "与就医地不一致，就医地在外省", "跨省"
    if scope == "省内" and regions.level(place) not in ("county", "city"):
        return "就医地代码", "不是市州或县（区）的代码", "市州或县（区）的代码"
    return None


def _check_scopes(block: Block, agreement: Agreement, insured: list, place: list):
    found = map(agreement.__getitem__, zip(block["范围"], insured, place))
    for at, wrong in enumerate(found):
        if wrong:
            block.fault(at, *wrong)


def _check_signs(block: Block):
    """冲减 is negative, everything else is not."""
    for at, (nature, amount) in enumerate(zip(block["清算性质"], block["基金支付"])):
        if amount is WRONG or nature is WRONG:
            continue
        if nature == "冲减" and amount >= 0:
            block.fault(at, "基金支付", "不是负数，冲减应为负数", "负数")
        elif nature != "冲减" and amount < 0:
            block.fault(at, "基金支付", "是负数，只有冲减是负数", "不小于零的金额")


def _check_parts(block: Block):
    """Parts, where given, add up to 基金支付."""
    parts = [block[title] for title in PARTS]
    amounts = block["基金支付"]
    filled = [[NOTHING if v is None else v for v in part] for part in parts]
    try:
        different = map(ne, map(sum, zip(*filled)), amounts)
        doubtful = list(compress(range(len(amounts)), different))
    except TypeError:  # a wrong cell among them
        doubtful = range(len(amounts))
    for at in doubtful:
        amount, given = amounts[at], [part[at] for part in parts]
        if amount is WRONG or WRONG in given or given.count(None) == len(given):
            continue
        total = sum(filter(None, given), NOTHING)
        if total != amount:
            why = f"与各项之和{grouped(total)}不符（{'、'.join(PARTS)}）"
            block.fault(at, "基金支付", why, grouped(total))


FORM = Form(
    "F2",
    ("异地就医费用清算明细", "异地就医清算明细", "费用清算明细"),
    (
        Column("清算单号", Serial, True),
        Column("清算性质", partial(Choice, ("正常", "补清算", "冲减")), True),
        Column("清算期", Period, True),
        Column("范围", partial(Choice, ("跨省", "省内")), True),
        Column("参保地代码", Code, True),
        Column("参保地", Note),
        Column("就医地代码", Code, True),
        Column("就医地", Note),
        Column("险种", Fund, True),
        Column("医疗类别", Note),
        Column("人次", Count),
        Column("医疗总费用", Amount),
        *(Column(part, Amount) for part in PARTS),
        Column("基金支付", Amount, True),
        Column("确认日期", Day),
        Column("备注", Note),
    ),
    read,
    {
        "人次": "visits",
        "医疗总费用": "total_cost",
        "统筹支付": "pooled",
        "大病支付": "serious",
        "公务员补助": "civil",
        "个人账户支付": "personal",
        "其他基金": "other",
        "基金支付": "amount",
    },
)
