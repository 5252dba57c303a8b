"""F6: bank statements; they continue what is known, and are matched line by line."""

from __future__ import annotations

from typing import Iterable, Sequence

from sqlalchemy import Connection

from desk.advances.bank_matching import Accounts, accounts_of, settle
from desk.taking import Desk, Taken, other_content
from importers.faults import Faults, Wrong
from ledger.advances import bank_lines
from ledger.advances.bank_accounts import masked, undressed
from ledger.documents import BankLine, SourceDocument
from ledger.money import grouped
from ledger.sources import KnownLine

TITLES = {
    "holder": "户名",
    "day": "日期",
    "income": "收入金额",
    "payment": "支出金额",
    "balance": "余额",
    "counterparty": "对方户名",
    "counter_account": "对方账号",
    "summary": "摘要",
    "note": "备注",
}
NAMED = 5  # lines that wait, told one by one


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep new lines, then match or post whatever of these accounts waits.

    A statement that is imported again posts what was rejected or reversed meanwhile.
    """
    accounts = accounts_of(connection, desk.province)
    lines = _placed(document, accounts)
    known = bank_lines.known(connection, lines)
    new = []
    for line in lines:
        there = known.get((line.account, line.serial))
        if there is None:
            new.append(line)
        elif _content(line) != _content(there):
            posted = (there.posting_id or there.matched_id,)
            other_content(document, line, KnownLine(there.id, there, posted), TITLES)
    _check_continues(connection, document, lines, new)
    bank_lines.insert_lines(connection, document_id, new)
    numbers = sorted({line.account for line in lines})
    again = {row.id for row in known.values()}
    settled = settle(connection, desk, numbers, again)
    completed = settled.line_ids & again
    return Taken(
        new=len(new),
        known=len(lines) - len(new) - len(completed),
        completed=len(completed),
        posting_ids=settled.posting_ids,
        warnings=lambda after: _told(after, numbers, settled.notes, accounts, lines),
    )


def _placed(document: SourceDocument, accounts: Accounts) -> list[BankLine]:
    """The lines, each under its account's number as the master has it."""
    faults, placed, wrong = Faults(document.name), [], set()
    for line in document.lines:
        account = accounts.on(line.account, line.day)
        if account is not None:
            placed.append(line._replace(account=account.number))
            continue
        rows = accounts.numbered(line.account)
        key = line.account, bool(rows)
        if key in wrong:
            continue
        wrong.add(key)
        if rows:
            ends = f"至{rows[-1].until_day}" if rows[-1].until_day else ""
            why = f"的账户自{rows[0].from_day}{ends}使用，{line.day}不在其中"
        else:
            why = "的账户没有登记，先用 yibao bank add 登记"
        fault = Wrong(why, "已登记、当日在用的银行账户（yibao bank list）")
        faults.add(line.sheet, line.row, "账号", masked(line.account), fault)
    faults.check()
    return placed


def _content(line) -> tuple:
    return tuple(getattr(line, name) for name in TITLES)


def _check_continues(
    connection: Connection,
    document: SourceDocument,
    lines: Sequence[BankLine],
    new: Sequence[BankLine],
) -> None:
    """Refuse lines that leave a gap to the statements before or after them."""
    faults = Faults(document.name)
    for account in dict.fromkeys(line.account for line in new):
        mine = [line for line in lines if line.account == account]
        start = mine[0].balance - bank_lines.net(mine[0])
        balance = bank_lines.before_day(connection, account, mine[0].day)
        serials = {line.serial for line in mine}
        days: dict = {}
        for row in bank_lines.rows_of(connection, [account], mine[0].day):
            if row.serial not in serials:
                days.setdefault(row.day, []).append(row)
        beside = mine[0].day in days
        for line in mine:
            days.setdefault(line.day, []).append(line)
        if balance is None:
            balance = bank_lines.first_start(days[mine[0].day]) if beside else start
        for day in sorted(days):
            after = bank_lines.day_end(balance, days[day])
            if after is None:
                _fault(faults, mine, day, balance, days[day])
                break
            balance = after
    faults.check()


def _fault(faults: Faults, mine: list, day, balance, of_day: list) -> None:
    """The first line that cannot be reached from what is known."""
    here = [line for line in mine if line.day == day]
    if here:
        line, start = here[0], here[0].balance - bank_lines.net(here[0])
        why = (
            f"的期初余额是{grouped(start)}，而这个账号已登记的对账单到此的余额是"
            f"{grouped(balance)}，中间缺行；先导入中间的对账单"
        )
    else:
        line, start = mine[-1], bank_lines.first_start(of_day)
        why = (
            f"到末行余额{grouped(balance)}，而已登记的对账单{day}从{grouped(start)}"
            "接续，中间缺行；对账单要导入到这一天"
        )
    wrong = Wrong(why, f"与已登记的对账单衔接的余额{grouped(balance)}")
    faults.add(line.sheet, line.row, "余额", grouped(line.balance), wrong)


def _told(
    connection: Connection,
    numbers: Sequence[str],
    notes: Sequence[str],
    accounts: Accounts,
    lines: Iterable[BankLine],
) -> list[str]:
    """What a person should look at: why lines wait, names that differ."""
    told = list(notes[:NAMED])
    if len(notes) > NAMED:
        told.append(f"另有{len(notes) - NAMED}行不能自动入账，见 yibao bank reconcile")
    for number in numbers:
        rows = bank_lines.waiting(connection, [number])
        if rows:
            told.append(
                f"账号{masked(number)}有{len(rows)}行没有对上凭证，列入余额调节表"
                "（yibao bank reconcile）"
            )
    names = {(line.account, line.holder) for line in lines if line.holder}
    for number, holder in sorted(names):
        if all(
            undressed(row.name) != undressed(holder)
            for row in accounts.numbered(number)
        ):
            told.append(f"账号{masked(number)}的户名“{holder}”与登记的不同")
    return told
