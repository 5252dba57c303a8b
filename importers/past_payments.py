"""F9 往年异地就医医保基金支付额表: what regions paid in years before the books."""

from datetime import date
from functools import partial
from itertools import repeat
from operator import attrgetter

from importers.cells import WRONG, Amount, Choice, Code, Fund, Note
from importers.head import Column, Form
from importers.table import Table
from importers.year import Year
from ledger.documents import PastPayment


def read(table: Table):
    for block in table.blocks():
        days = [y if y is WRONG else date(y, 1, 1) for y in block["年度"]]
        region = block.places("统筹区代码", "统筹区", days)
        for at, amount in enumerate(block["基金支付额"]):
            if amount is not WRONG and amount < 0:
                block.fault(at, "基金支付额", "是负数", "不小于零的金额")
        values = [repeat(block.sheet), block.rows, block["年度"], region]
        values += map(block.__getitem__, ("用途", "险种", "基金支付额", "备注"))
        table.lines += block.lines(PastPayment._make, values)
    key = attrgetter("year", "region", "scope", "fund")
    table.refuse_equal(key, "年度、统筹区代码、用途、险种")


FORM = Form(
    "F9",
    ("往年异地就医医保基金支付额表", "往年异地就医基金支付额表"),
    (
        Column("年度", Year, True),
        Column("统筹区代码", Code, True),
        Column("统筹区", Note),
        Column("用途", partial(Choice, ("跨省", "省内")), True),
        Column("险种", Fund, True),
        Column("基金支付额", Amount, True),
        Column("备注", Note),
    ),
    read,
    {"基金支付额": "amount"},
)
