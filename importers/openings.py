"""F0 科目期初余额表: the balances that a running office starts with."""

import re
from collections import defaultdict
from itertools import repeat
from operator import attrgetter

from importers.cells import WRONG, AmountOrNothing, Day, Fund, Note, Serial
from importers.faults import Wrong
from importers.head import Column, Form
from importers.table import Table
from ledger.documents import Opening
from ledger.money import NOTHING, grouped

TITLES = ("账簿", "截止日期", "科目", "辅助明细", "险种", "借方余额", "贷方余额")
BOOK = re.compile(r"[0-9]{6}-(?:county|city|province)-(?:finance|agency)")
CENTRE = re.compile(r"[0-9]{6}-centre")


class Book(Serial):
    """A book's id: REGION-KIND."""

    def read(self, cell) -> str:
        text = super().read(cell).lower()
        if not BOOK.fullmatch(text) and not CENTRE.fullmatch(text):
            raise Wrong("不是账簿编号", "账簿编号，如520102-county-agency")
        return text


def read(table: Table):
    for block in table.blocks():
        for at, sides in enumerate(zip(block["借方余额"], block["贷方余额"])):
            if WRONG not in sides and all(sides):
                block.fault(at, "贷方余额", "与借方余额同时填写", "只有一方有余额")
        values = [repeat(block.sheet), block.rows, *map(block.__getitem__, TITLES)]
        table.lines += block.lines(Opening._make, values)
    key = attrgetter("book", "subject", "detail", "fund")
    table.refuse_equal(key, "账簿、科目、辅助明细、险种")
    if not table.faults:
        _check_balance(table)


def _check_balance(table: Table):
    """Debit equals credit in each book and fund."""
    sums = defaultdict(lambda: [NOTHING, NOTHING])
    last = {}
    for line in table.lines:
        sides = sums[line.book, line.fund]
        sides[0] += line.debit
        sides[1] += line.credit
        last[line.book, line.fund] = line
    for (book, fund), (debit, credit) in sums.items():
        if debit != credit:
            of = f"账簿{book}" + (f"险种{fund}" if fund else "（未填险种）")
            why = f"{of}借方合计{grouped(debit)}与贷方合计{grouped(credit)}不等"
            why += f"，相差{grouped(debit - credit)}"
            table.fault(last[book, fund], None, why, "每个账簿的每个险种借贷相等")


FORM = Form(
    "F0",
    ("科目期初余额表", "科目期初余额"),
    (
        Column("账簿", Book, True),
        Column("截止日期", Day, True),
        Column("科目", Note, True),
        Column("辅助明细", Note),
        Column("险种", Fund),
        Column("借方余额", AmountOrNothing),
        Column("贷方余额", AmountOrNothing),
    ),
    read,
    {"借方余额": "debit", "贷方余额": "credit"},
)
