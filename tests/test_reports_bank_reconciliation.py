"""银行存款余额调节表: open items of both sides, with their reasons, and the form."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from desk_by_hand import LI, take_transfers
from test_desk_bank import COUNTY, PAID, county, errors, lines, statement

from desk.advances.bank_acts import reconcile_account
from desk.reversing import reverse
from importers.cells import yuan
from ledger.advances.bank_accounts import every
from ledger.sources import withdraw
from posting_rules.policies import policy_of
from reports.advances.bank_reconciliation import reconcile, together
from reports.advances.bank_reconciliation_sheet import reconciliation_workbook

OPEN = """
账号|日期|交易流水号|收入金额|支出金额|余额|摘要
52010201|2017-04-27|KS1|1000.00||1000.00|拨入
52010201|2017-05-02|LS001||100.00|900.00|预付金
"""


def made(home, on):
    with home.reading() as connection:
        policy = policy_of("520000")
        accounts = together(every(connection, policy), COUNTY)
        return reconcile(connection, policy, accounts, on)


def items(rows) -> list[tuple]:
    return [(str(x.on), x.name, str(x.debit), str(x.credit), x.reason) for x in rows]


@pytest.fixture
def reconciled(home):
    """A transfer that the bank has four days later, and money that no form tells of."""
    county(home)
    take_transfers(home, PAID)
    statement(home, OPEN)
    return home


def test_a_voucher_before_the_bank_s_line_is_open_in_between(reconciled):
    form = made(reconciled, date(2017, 4, 30))

    assert (form.statement, form.book) == (yuan("1000.00"), yuan("-100.00"))
    assert items(form.bank_only) == [
        ("2017-04-27", "KS1", "1000.00", "0.00")
        + ("银行已收，还没有这个流水号的划拨单或拨付单",)
    ]
    assert items(form.book_only) == [
        ("2017-04-28", "520102-county-agency/2017-04/1", "0.00", "100.00")
        + ("银行在2017-05-02入账",)
    ]
    assert form.statement_adjusted == form.book_adjusted == yuan("900.00")


def test_a_matched_pair_is_open_no_more(reconciled):
    form = made(reconciled, date(2017, 5, 31))

    assert [item.name for item in form.bank_only] == ["KS1"]
    assert form.book_only == []
    assert (form.month_bank, form.month_book) == (
        (yuan("0.00"), yuan("100.00")),
        (yuan("0.00"), yuan("0.00")),
    )
    assert form.difference == 0
    assert errors(reconciled) == []


def test_a_voucher_and_its_reversal_say_nothing_together(reconciled):
    name = "520102-county-agency/2017-04/1"
    reverse(reconciled, LI, name, date(2017, 6, 1), "记错")

    form = made(reconciled, date(2017, 6, 30))

    assert lines(reconciled) == "KS1 open, LS001 freed"
    assert form.book_only == []
    assert [item.name for item in form.bank_only] == ["KS1", "LS001"]
    assert form.difference == 0


def test_a_book_that_had_another_balance_at_the_start_is_an_error(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)
    statement(
        sqlite_home,
        "账号|日期|交易流水号|收入金额|余额\n52010201|2017-05-02|S1|1.00|1.00",
    )

    form = made(sqlite_home, date(2017, 5, 31))

    assert (form.start, form.difference) == (yuan("100.00"), yuan("100.00"))
    assert [(x.identity, x.found - x.expected) for x in errors(sqlite_home)] == [
        ("账款", yuan("-100.00"))
    ]


def test_a_statement_withdrawn_in_the_middle_is_an_error(sqlite_home):
    county(sqlite_home)
    row = "账号|日期|交易流水号|收入金额|余额\n52010201|2017-0{0}-02|S{0}|1.00|{0}.00"
    for month in (1, 2, 3):
        statement(sqlite_home, row.format(month), name=f"{month}.csv")
    with sqlite_home.writing() as connection:
        withdraw(connection, 2, LI.by, LI.at, "重新导入")

    assert [(x.identity, x.found) for x in errors(sqlite_home)] == [
        ("账款", "2017-03-02断开")
    ]
    assert statement(sqlite_home, row.format(2)).status == "posted"
    assert errors(sqlite_home) == []


def test_the_form_is_a_page_to_sign(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)
    statement(sqlite_home, OPEN)
    form = reconcile_account(sqlite_home, LI, COUNTY, date(2017, 5, 31)).made

    book = openpyxl.load_workbook(BytesIO(reconciliation_workbook(form)))

    cells = [
        [cell.value for cell in row if cell.value is not None]
        for row in book.active.iter_rows()
    ]
    assert cells[0] == ["银行存款余额调节表"]
    assert ["调节后余额", 900, "调节后余额", 900] in cells
    assert ["KS1", "拨入", 1000, 0] == [c for c in cells[10] if c in OPEN_CELLS]
    assert cells[-1] == ["资金管理：", "会计稽核：", "财务负责人："]


OPEN_CELLS = ("KS1", "拨入", 1000, 0)
