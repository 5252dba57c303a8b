"""What lines of bank statements do to the books, said by the lines alone (X8, X9, X14).

An independent telling, like reports/checks/sources.py: which account of which book
takes the amount. How it is shared over the funds is taken from the agency's voucher,
where that adds up to the line.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, func, select

from ledger.advances.bank_accounts import Account, every
from ledger.advances.tables import BankLine
from ledger.database import slices
from ledger.money import NOTHING
from ledger.schema import Posting, Voucher, VoucherLine
from ledger.vouchers import signed
from posting_rules.policies import Policy

LINE, POSTING = BankLine.__table__, Posting.__table__
VOUCHER, VOUCHER_LINE = Voucher.__table__, VoucherLine.__table__
BANK = "银行存款——医保基金存款"
FEES = "暂付款——银行手续费待收回"
OTHER_SIDE = {  # the agency's and the finance book's subject against the bank's
    "interest": ("利息收入", "医保收入——利息收入"),
    "fee": (FEES, FEES),
    "fee-back": (FEES, FEES),
}


def posted_lines(
    connection: Connection, policy: Policy, on: date
) -> Iterator[tuple[tuple[str, str, str, str], Decimal]]:
    """(book, subject, detail, fund) and amount, debit plus, of lines up to a day."""
    rows = connection.execute(
        select(LINE)
        .join(POSTING, POSTING.c.id == LINE.c.posting_id)
        .where(
            LINE.c.live,
            LINE.c.day <= on,
            LINE.c.what.in_(list(OTHER_SIDE)),
            POSTING.c.state == "approved",
        )
    ).all()
    accounts = _by_number(connection, policy) if rows else {}
    funds = _funds(connection, [row.posting_id for row in rows])
    for row in rows:
        account = _owner(accounts[row.account], row.day)
        if account is None:  # bank_lines.unowned tells it
            continue
        amount = row.income - row.payment
        shares = funds[row.posting_id, account.agency_book, account.subject]
        if sum(shares.values(), NOTHING) != amount:
            shares = {account.funds: amount}
        against = OTHER_SIDE[row.what]
        for fund, share in shares.items():
            yield (account.agency_book, account.subject, "", fund), share
            yield (account.agency_book, against[0], "", fund), -share
            if account.finance_book:
                yield (account.finance_book, BANK, "", fund), share
                yield (account.finance_book, against[1], "", fund), -share


def _owner(rows: list[Account], day: date) -> Account | None:
    """Whose account it was that day; where nobody's, whose it was before, or became."""
    begun = [row for row in rows if row.from_day <= day]
    owners = [row for row in rows if row.used_on(day)] or begun[-1:] or rows[:1]
    return owners[0] if owners else None


def _by_number(connection: Connection, policy: Policy) -> dict[str, list[Account]]:
    found: dict[str, list[Account]] = defaultdict(list)
    for account in every(connection, policy):
        found[account.number].append(account)
    return found


def _funds(connection: Connection, posting_ids: list[int]) -> dict[tuple, dict]:
    found: dict[tuple, dict] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    keys = (
        VOUCHER.c.posting_id,
        VOUCHER.c.book_id,
        VOUCHER_LINE.c.subject,
        VOUCHER_LINE.c.fund,
        VOUCHER_LINE.c.side,
    )
    for part in slices(posting_ids):
        for *place, fund, side, amount in connection.execute(
            select(
                *keys,
                func.sum(VOUCHER_LINE.c.amount, type_=VOUCHER_LINE.c.amount.type),
            )
            .join(VOUCHER, VOUCHER.c.id == VOUCHER_LINE.c.voucher_id)
            .where(VOUCHER.c.posting_id.in_(part))
            .group_by(*keys)
        ):
            found[tuple(place)][fund] += signed(side, amount)
    return found
