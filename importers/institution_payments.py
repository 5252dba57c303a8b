"""F7 机构拨付单: what was paid to institutions, with the bank's evidence."""

from itertools import repeat
from operator import attrgetter

from importers.cells import (
    WRONG,
    Amount,
    AmountOrNothing,
    Code,
    Day,
    Fund,
    Note,
    Period,
    Serial,
)
from importers.faults import Wrong
from importers.head import Column, Form
from importers.people_cells import LineSerial
from importers.table import Block, Table
from importers.words import InstitutionCode
from ledger.documents import InstitutionPayment
from ledger.money import NOTHING, grouped

PARTS = ("省内参保", "外省参保")
FIELDS = (
    *("付款日期", "机构代码", "结算期", "险种", *PARTS, "金额", "扣款"),
    *("付款账号", "收款账号", "交易流水号"),
)
SAME = {  # what the rows of one bank transfer have in common
    "付款日期": "paid_on",
    "机构代码": "institution",
    "结算期": "period",
    "收款账号": "payee_account",
}


class AccountNumber(Serial):
    """付款账号, 收款账号: at most 60 characters."""

    longest = 60

    def read(self, cell) -> str:
        text = super().read(cell)
        if len(text) > self.longest:
            raise Wrong(f"有{len(text)}个字，太长", f"不超过{self.longest}个字的账号")
        return text


def read(table: Table):
    for block in table.blocks():
        _check_amounts(block)
        _check_days(block)
        province = block.places("参保省份代码", "参保省份", block["付款日期"])
        values = [repeat(block.sheet), block.rows, *map(block.__getitem__, FIELDS)]
        values += [block["机构名称"], province]
        table.lines += block.lines(InstitutionPayment._make, values)
    key, titles = ("payer_account", "serial", "fund"), "付款账号、交易流水号、险种"
    if any(line.province for line in table.lines):
        key, titles = (*key, "province"), f"{titles}、参保省份代码"
    table.refuse_equal(attrgetter(*key), titles)
    _check_transfers(table)


def _check_amounts(block: Block):
    titles = ("参保省份代码", "金额", "扣款", *PARTS)
    rows = zip(*(block[title] for title in titles))
    for at, (province, amount, deducted, *parts) in enumerate(rows):
        if province and province is not WRONG and not parts[1]:
            why = "写了参保省份，而没有外省参保的金额"
            block.fault(at, "参保省份代码", why, "空，或大于零的外省参保")
        if WRONG in (amount, deducted, *parts):
            continue
        for title, value in zip(("金额", "扣款", *PARTS), (amount, deducted, *parts)):
            if value is not None and value < 0:
                why = "是负数；多拨的在以后的结算中抵扣"
                block.fault(at, title, why, "不小于零的金额")
        if amount == deducted == 0:
            block.fault(at, "金额", "和扣款都是零，没有拨付", "大于零的金额")
        given = [part for part in parts if part is not None]
        total = sum(given, NOTHING)
        if given and total != amount:
            why = f"不等于{'与'.join(PARTS)}之和{grouped(total)}"
            block.fault(at, "金额", why, grouped(total))


def _check_days(block: Block):
    for at, (paid_on, period) in enumerate(zip(block["付款日期"], block["结算期"])):
        if WRONG not in (paid_on, period) and paid_on < period.first_day:
            why = f"早于结算期{period}"
            block.fault(at, "付款日期", why, f"不早于{period.first_day}")


def _check_transfers(table: Table):
    """Rows of one bank transfer agree in all that the bank knows but the amount."""
    first: dict[tuple[str, str], InstitutionPayment] = {}
    for line in table.lines:
        one = first.setdefault((line.payer_account, line.serial), line)
        for title, field in SAME.items():
            here, there = str(getattr(line, field)), str(getattr(one, field))
            if here != there:
                why = f"与同一笔转账（流水号{line.serial}）的第{one.row}行"
                why += f"“{there or '空'}”不同；一笔转账只付一家机构的一期"
                table.fault(line, title, why, there, here or "空")


FORM = Form(
    "F7",
    ("机构拨付单", "定点医药机构拨付单"),
    (
        Column("付款日期", Day, True),
        Column("机构代码", InstitutionCode, True),
        Column("机构名称", Note),
        Column("结算期", Period, True),
        Column("险种", Fund, True),
        *(Column(part, Amount) for part in PARTS),
        Column("金额", Amount, True),
        Column("扣款", AmountOrNothing),
        Column("付款账号", AccountNumber),
        Column("收款账号", AccountNumber),
        Column("交易流水号", LineSerial, True),
        Column("参保省份代码", Code),
        Column("参保省份", Note),
    ),
    read,
    {
        "省内参保": "at_home",
        "外省参保": "elsewhere",
        "金额": "amount",
        "扣款": "deducted",
    },
)
