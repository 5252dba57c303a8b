"""账款相符: each account's statements against its book (七（二）), and line by line.

A book that differs from its statement by items that are named is a note; one that
differs by anything else, or a statement that breaks off, is an error.
"""

from __future__ import annotations

from datetime import date
from typing import Iterator, Sequence

from sqlalchemy import Connection

from ledger.advances import bank_lines, bank_proofs
from ledger.advances.bank_accounts import Account, every, masked, same_number
from ledger.money import NOTHING, grouped
from posting_rules.policies import Policy
from reports.advances.bank_reconciliation import Reconciliation, groups, reconcile
from reports.checks.findings import ERROR, NOTE, Finding, differing

IDENTITY = "账款"


def statements(
    connection: Connection, policy: Policy | None, on: date
) -> Iterator[Finding]:
    """Every account that has a statement by a day."""
    known = every(connection, policy)
    yield from unowned(connection, known, on)
    for accounts in groups(known):
        made = reconcile(connection, policy, accounts, on)
        if made is not None:
            yield from _reconciled(made)
            yield from _lines(connection, accounts, on)
            yield from _twice(connection, accounts, on)


def unowned(
    connection: Connection, accounts: Sequence[Account], on: date
) -> Iterator[Finding]:
    """Lines of days on which nobody uses their account; the first of each account."""
    told = set()
    for number, day in bank_lines.days(connection, on):
        rows = [row for row in accounts if row.number == number]
        if number in told or any(row.used_on(day) for row in rows):
            continue
        told.add(number)
        yield Finding(
            IDENTITY,
            rows[-1].agency_book if rows else "",
            f"账号{masked(number)} {day}",
            "当日在用",
            "没有登记",
            "",
            ERROR,
            "对账单有这一天的流水，账户却没有登记或已停用；请用 yibao bank add 从这一天"
            "起补登记",
        )


def _reconciled(made: Reconciliation) -> Iterator[Finding]:
    account, what = made.accounts[0], names(made.accounts)
    if made.broken:
        yield Finding(
            IDENTITY,
            account.agency_book,
            what,
            "逐日衔接",
            f"{made.broken}断开",
            "",
            ERROR,
            "对账单的余额不连续，中间的行撤回后没有再导入；请重新导入这一段对账单",
        )
        return
    items = len(made.bank_only) + len(made.book_only)
    whole = not made.difference
    why = f"未达账项{items}笔已逐笔列出，调节后相符（yibao bank reconcile）"
    if not whole:
        why = (
            f"列出未达账项后仍差{grouped(made.difference)}元，首份对账单的期初余额与"
            f"当时账面差{grouped(made.start)}元；请补录期初余额或补导入更早的对账单"
        )
    if items or not whole:
        yield from differing(
            IDENTITY,
            account.agency_book,
            f"{what}至{made.until}",
            made.statement if whole else made.statement_adjusted,
            made.book if whole else made.book_adjusted,
            why,
            NOTE if whole else ERROR,
        )


def _lines(
    connection: Connection, accounts: tuple[Account, ...], on: date
) -> Iterator[Finding]:
    """A line and the voucher that it is matched with, or made, say the same amount."""
    rows = bank_lines.rows_of(
        connection, sorted({account.number for account in accounts}), until=on
    )
    posting_of = {row.id: row.posting_id or row.matched_id for row in rows}
    nets = bank_proofs.nets(connection, filter(None, posting_of.values()))
    one = accounts[0]
    funds = {fund for account in accounts for fund in account.fund_list}
    for row in rows:
        if posting_of[row.id] is None:
            continue
        by_fund = nets.get((posting_of[row.id], one.agency_book, one.subject), {})
        booked = sum(
            (amount for fund, amount in by_fund.items() if not funds or fund in funds),
            NOTHING,
        )
        yield from differing(
            IDENTITY,
            one.agency_book,
            f"账号{masked(row.account)} {row.day}流水号{row.serial}",
            bank_lines.net(row),
            booked,
            "对账单的金额与对上的凭证不同；请用 yibao bank unmatch 取消后重新核对",
        )


def _twice(
    connection: Connection, accounts: tuple[Account, ...], on: date
) -> Iterator[Finding]:
    """A line that was posted by its words, and whose 流水号 a form has posted too."""
    numbers = sorted({account.number for account in accounts})
    posted = {
        (row.serial, row.income > row.payment): row
        for row in bank_lines.rows_of(connection, numbers, until=on)
        if row.posting_id is not None
    }
    serials = {serial for serial, _ in posted}
    found = bank_proofs.candidates(connection, serials) if serials else []
    for one in found:
        row = posted.get((one.serial, one.side == bank_proofs.IN))
        if row is None or row.posting_id == one.posting_id:
            continue
        if one.account and not same_number(one.account, row.account):
            continue
        yield Finding(
            IDENTITY,
            accounts[0].agency_book,
            f"账号{masked(row.account)} {row.day}流水号{row.serial}",
            "一次入账",
            "两次入账",
            bank_lines.net(row),
            ERROR,
            "按对账单的摘要已入账，同一流水号的划拨单或拨付单也入了账；请冲销按对账单"
            "入账的凭证（yibao voucher reverse），再用 yibao bank reconcile 与划拨单对上",
        )


def names(accounts: tuple[Account, ...]) -> str:
    """账号****0008、****0009 as a finding names them."""
    return "账号" + "、".join(
        masked(number)
        for number in dict.fromkeys(account.number for account in accounts)
    )
