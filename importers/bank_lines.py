"""F6 银行对账单: an account's movements and balances, as its bank prints them.

期初余额 stands above the header or in a row of its own, 期末余额 perhaps in one; a
statement may run from the newest line down. 期初 + ins − outs gives every balance.
"""

from itertools import repeat
from operator import attrgetter
from typing import NamedTuple

from importers.cells import WRONG, Amount, AmountOrNothing, Day, Note, Serial, plain
from importers.faults import Wrong
from importers.head import Column, Form
from importers.institution_payments import AccountNumber
from importers.table import Block, Table
from ledger.documents import BankLine
from ledger.money import grouped

OPENING = ("期初余额", "上期余额", "上期结余", "承前页", "上页余额")
CLOSING = ("期末余额", "本期余额", "期末结余", "过次页")
FIELDS = (
    *("账号", "户名", "日期", "交易流水号", "收入金额", "支出金额", "余额"),
    *("对方户名", "对方账号", "摘要", "备注"),
)
WORDS = ("账号", "户名", "日期", "交易流水号", "对方户名", "摘要", "备注")


class StatementDay(Day):
    """A day; a row that only tells a balance may have its words here."""

    def read(self, cell):
        word = plain(cell) if isinstance(cell, str) else ""
        return None if word in OPENING + CLOSING else super().read(cell)


class Told(NamedTuple):
    """A balance that is printed beside the lines."""

    line: BankLine
    opening: bool


def read(table: Table):
    above: list[tuple] = []
    told: list[Told] = []
    for block in table.blocks():
        above += [one for one in _above(table, block) if one not in above]
        values = [repeat(block.sheet), block.rows, *map(block.__getitem__, FIELDS)]
        told += _check_rows(table, block, block.lines(BankLine._make, values))
    if table.faults:
        return
    _leave_out(table, told)
    table.refuse_equal(attrgetter("account", "serial"), "账号、交易流水号")
    if not table.faults and table.lines:
        _check_balances(table, told, above)


def _above(table: Table, block: Block) -> list[tuple]:
    """期初余额 above the header, in one cell or two: its row and amount."""
    found = []
    for row, cells in enumerate(block.head.above, 1):
        for at, cell in enumerate(cells):
            word = plain(cell) if isinstance(cell, str) else ""
            label = next((name for name in OPENING if word.startswith(name)), None)
            if label is None:
                continue
            rest = word.removeprefix(label).strip(":")
            follows = [c for c in cells[at + 1 :] if c != ""]
            amount = rest or (follows[0] if follows else "")
            kind = Amount(True, block.head.scale["余额"])
            amount = amount.removesuffix("元") if isinstance(amount, str) else amount
            if wrong := kind.fault(amount):
                table.faults.add(block.sheet, row, label, amount, wrong)
            else:
                found.append((block.sheet, row, kind.value(amount)))
    return found


def _check_rows(table: Table, block: Block, lines: list[BankLine]) -> list[Told]:
    """Rows that are lines, and apart from them those that only tell a balance."""
    told = []
    at_row = {row: at for at, row in enumerate(block.rows)}
    for line in lines:
        at = at_row[line.row]
        table.lines.append(line)
        if (opening := _tells(block, at, line)) is not None:
            if plain(line.account) in OPENING + CLOSING:
                line = table.lines[-1] = line._replace(account="")
            told.append(Told(line, opening))
            continue
        for title, value in (
            ("账号", line.account),
            ("日期", line.day),
            ("交易流水号", line.serial),
        ):
            if not value:
                block.fault(at, title, "没有填", "必填")
        if WRONG in (line.income, line.payment):
            continue
        if bool(line.income) == bool(line.payment):
            both = "都有数" if line.income else "都是零"
            why = f"和支出金额{both}"
            block.fault(at, "收入金额", why, "收入、支出只有一方有金额")
    return told


def _tells(block: Block, at: int, line: BankLine) -> bool | None:
    """Whether a row tells the opening (or the closing) balance; None: it is a line."""
    if line.income or line.payment:
        return None
    words = {plain(block.cell(at, title)) for title in WORDS}
    if words.intersection(OPENING):
        return True
    return False if words.intersection(CLOSING) else None


def _leave_out(table: Table, told: list[Told]):
    """Take out the rows that are no lines; sums count lines before them."""
    rows = {id(one.line) for one in told}
    out = [at for at, line in enumerate(table.lines) if id(line) in rows]
    table.lines = [line for line in table.lines if id(line) not in rows]
    table.marks = [
        mark._replace(
            start=mark.start - sum(at < mark.start for at in out),
            lines=mark.lines - sum(at < mark.lines for at in out),
        )
        for mark in table.marks
    ]


def _check_balances(table: Table, told: list[Told], above: list[tuple]):
    """Each account's lines in order of time give every balance that is printed."""
    accounts: dict[str, list[BankLine]] = {}
    for line in table.lines:
        accounts.setdefault(line.account, []).append(line)
    if above and len(accounts) > 1:
        sheet, row, _ = above[0]
        why = "只有一个，而表中有几个账号"
        wrong = Wrong(why, "每个账号一行期初余额，写明账号")
        table.faults.add(sheet, row, "期初余额", "", wrong)
        return
    ordered = []
    for account, lines in accounts.items():
        if lines[0].day > lines[-1].day:
            lines = lines[::-1]
        mine = [one for one in told if one.line.account in ("", account)]
        _check_account(table, lines, mine, above)
        ordered += lines
    for one in told:
        if one.line.account not in ("", *accounts):
            why = "的账号在表中没有一行数据"
            table.fault(one.line, "账号", why, "表中的账号", one.line.account)
    table.lines = ordered


def _check_account(
    table: Table, lines: list[BankLine], told: list[Told], above: list[tuple]
):
    first, last = lines[0], lines[-1]
    opening = first.balance - first.income + first.payment
    for sheet, row, printed in above:
        if printed != opening:
            _fault_opening(table, sheet, row, printed, opening)
    for line, is_opening in told:
        if is_opening and line.balance != opening:
            _fault_opening(table, line.sheet, line.row, line.balance, opening)
        elif not is_opening and line.balance != last.balance:
            why = f"与末行余额{grouped(last.balance)}不等"
            expected = grouped(last.balance)
            table.fault(line, "余额", why, expected, grouped(line.balance))
    balance = opening
    for before, line in zip([None, *lines], lines):
        if before and line.day < before.day:
            why = f"早于前一行的{before.day}"
            table.fault(line, "日期", why, "各行按时间先后排列", str(line.day))
            return
        balance += line.income - line.payment
        if line.balance != balance:
            expected = grouped(balance)
            why = f"不等于前一行余额加收入减支出{expected}"
            table.fault(line, "余额", why, expected, grouped(line.balance))
            return


def _fault_opening(table: Table, sheet: str, row: int, printed, opening):
    why = f"加收入减支出得不到首行余额；由首行倒推为{grouped(opening)}"
    wrong = Wrong(why, grouped(opening))
    table.faults.add(sheet, row, "期初余额", grouped(printed), wrong)


def unless_told(kind):
    """A required column whose cell may be empty in a row that tells a balance."""

    def made(required: bool, scale: int):
        return kind(False, scale)

    return made


FORM = Form(
    "F6",
    ("银行对账单", "对账单", "银行存款对账单"),
    (
        Column("账号", unless_told(AccountNumber), True),
        Column("户名", Note),
        Column("日期", unless_told(StatementDay), True),
        Column("交易流水号", unless_told(Serial), True),
        Column("收入金额", AmountOrNothing),
        Column("支出金额", AmountOrNothing),
        Column("余额", Amount, True),
        Column("对方户名", Note),
        Column("对方账号", Serial),
        Column("摘要", Note),
        Column("备注", Note),
    ),
    read,
    {"收入金额": "income", "支出金额": "payment"},
)
