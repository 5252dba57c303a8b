"""F1 预付金划拨单: money that moved, with the bank's evidence."""

from functools import partial
from itertools import repeat
from operator import attrgetter

from importers.cells import (
    WRONG,
    Amount,
    AmountOrNothing,
    Choice,
    Code,
    Count,
    Day,
    Fund,
    Note,
    QuarterOnly,
    Serial,
)
from importers.head import Column, Form
from importers.table import Block, Table
from ledger.advances.bank_accounts import masked
from ledger.documents import Transfer
from ledger.money import grouped

NATURES = ("预付金", "紧急调增", "额度调整", "清算资金", "退回")
AFTER = (
    *("资金性质", "用途", "险种", "本级金额", "下级金额", "所属季度", "通知书编号"),
    *("付款账号", "收款账号", "付款银行", "交易流水号", "收款流水号"),
    *("附单据数", "备注"),
)
SAME = {  # what the rows of one bank transfer have in common
    "付款方代码": "payer",
    "收款方代码": "payee",
    "付款日期": "paid_on",
    "到账日期": "received_on",
    "收款账号": "payee_account",
    "收款流水号": "received_serial",
}


def read(table: Table):
    for block in table.blocks():
        payer = block.places("付款方代码", "付款方", block["付款日期"])
        payee = block.places("收款方代码", "收款方", block["付款日期"])
        _check_rows(block)
        days = block["付款日期"], block["到账日期"]
        values = [repeat(block.sheet), block.rows, *days, payer, payee]
        values += map(block.__getitem__, AFTER)
        table.lines += block.lines(Transfer._make, values)
    key = attrgetter("payer_account", "serial", "scope", "fund", "nature")
    table.refuse_equal(key, "付款账号、交易流水号、用途、险种、资金性质")
    _check_transfers(table)


def _check_rows(block: Block):
    columns = ("付款日期", "到账日期", "本级金额", "下级金额", "合计")
    rows = zip(*(block[title] for title in columns))
    for at, (paid_on, received_on, own, lower, total) in enumerate(rows):
        if received_on and WRONG not in (paid_on, received_on):
            if received_on < paid_on:
                block.fault(at, "到账日期", "早于付款日期", f"不早于{paid_on}")
        if WRONG in (own, lower, total):
            continue
        if own + lower != total:
            parts = grouped(own + lower)
            why = f"不等于本级金额与下级金额之和{parts}"
            block.fault(at, "合计", why, parts)
        for title, part in ("本级金额", own), ("下级金额", lower):
            if part < 0:
                block.fault(
                    at, title, "是负数；退回写作资金性质“退回”", "不小于零的金额"
                )
        if total == 0 == own == lower:
            block.fault(at, "合计", "是零，没有划拨", "大于零的金额")


def _check_transfers(table: Table):
    """Rows of one bank transfer agree in all that the bank knows but the amount."""
    first: dict[tuple[str, str], Transfer] = {}
    for line in table.lines:
        one = first.setdefault((line.payer_account, line.serial), line)
        for title, field in SAME.items():
            here, there = getattr(line, field), getattr(one, field)
            if here != there:
                if field.endswith("account"):
                    here, there = masked(here), masked(there)
                why = f"与同一笔转账（流水号{line.serial}）的第{one.row}行"
                why += f"“{there or '空'}”不同"
                table.fault(line, title, why, str(there or ""), str(here or "空"))


FORM = Form(
    "F1",
    ("预付金划拨单", "预付金划拨"),
    (
        Column("付款日期", Day, True),
        Column("到账日期", Day),
        Column("付款方代码", Code, True),
        Column("付款方", Note),
        Column("收款方代码", Code, True),
        Column("收款方", Note),
        Column("资金性质", partial(Choice, NATURES), True),
        Column("用途", partial(Choice, ("跨省", "省内")), True),
        Column("险种", Fund, True),
        Column("本级金额", Amount, True),
        Column("下级金额", AmountOrNothing),
        Column("合计", Amount, True),
        Column("所属季度", QuarterOnly),
        Column("通知书编号", Note),
        Column("付款账号", Serial),
        Column("收款账号", Serial),
        Column("付款银行", Note),
        Column("交易流水号", Serial, True),
        Column("收款流水号", Serial),
        Column("附单据数", Count),
        Column("备注", Note),
    ),
    read,
    {"本级金额": "own", "下级金额": "lower", "合计": "total"},
)
