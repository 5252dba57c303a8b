"""What the agency's book says of a bank account: its vouchers, one by one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, Select, select

from ledger.advances.bank_accounts import Account
from ledger.money import NOTHING
from ledger.schema import Voucher, VoucherLine
from ledger.vouchers import signed

VOUCHER, LINE = Voucher.__table__, VoucherLine.__table__
RED, UNDONE = VOUCHER.alias("red"), VOUCHER.alias("undone")


class Movement(NamedTuple):
    """What a posting's voucher does to the account in the agency's book."""

    posting_id: int
    name: str
    dated: date
    words: str
    debit: Decimal
    credit: Decimal
    pair_on: date | None  # the day of the voucher that undoes it, or that it undoes

    @property
    def net(self) -> Decimal:
        return self.debit - self.credit


def movements(
    connection: Connection, accounts: Sequence[Account], on: date
) -> list[Movement]:
    """Approved vouchers on the accounts' subject up to a day, of the funds on them."""
    found: dict[int, Movement] = {}
    for row in connection.execute(_asked(accounts, on)):
        name = f"{row.book_id}/{row.year}-{row.month:02d}/{row.number}"
        pair_on = row.red_on or row.undone_on
        here = found.get(row.id) or Movement(
            row.posting_id, name, row.dated, row.narration, NOTHING, NOTHING, pair_on
        )
        net = signed(row.side, row.amount)
        side = {"debit": here.debit + net} if net > 0 else {"credit": here.credit - net}
        found[row.id] = here._replace(**side)
    return list(found.values())


def _asked(accounts: Sequence[Account], on: date) -> Select:
    one = accounts[0]
    funds = {fund for account in accounts for fund in account.fund_list}
    whole = any(not account.funds for account in accounts)
    names = ("id", "posting_id", "book_id", "year", "month", "number", "dated")
    return (
        select(
            *(VOUCHER.c[name] for name in (*names, "narration")),
            RED.c.dated.label("red_on"),
            UNDONE.c.dated.label("undone_on"),
            LINE.c.side,
            LINE.c.amount,
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .outerjoin(RED, RED.c.id == VOUCHER.c.reversed_by_id)
        .outerjoin(UNDONE, UNDONE.c.id == VOUCHER.c.reverses_id)
        .where(
            VOUCHER.c.book_id == one.agency_book,
            LINE.c.subject == one.subject,
            LINE.c.fund.in_(sorted(funds)) if not whole else LINE.c.fund != "",
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated <= on,
        )
        .order_by(VOUCHER.c.dated, VOUCHER.c.seq, LINE.c.position)
    )
