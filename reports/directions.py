"""余额方向: how a balance is shown (BOOKS.md, Direction / sign rule).

By default 方向 is the subject's attribute and an amount on the other side is negative;
the setting balance-direction=actual shows the side where the balance really is.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from ledger import settings
from ledger.vouchers import CREDIT, DEBIT, signed

LEVEL = "平"
ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
DEBIT_ROOTS = ("Assets", "Expenses")


class Balance(NamedTuple):
    """A balance as it is shown; nothing is 平, and printed blank."""

    direction: str  # 借, 贷, 平
    amount: Decimal


def balance(net: Decimal, attribute: str, actual: bool = False) -> Balance:
    """Show a net (debit plus) of a subject whose 余额方向 is `attribute`."""
    if not net:
        return Balance(LEVEL, net)
    side = attribute
    if actual:
        side = DEBIT if net > 0 else CREDIT
    return Balance(side, signed(side, net))


def is_actual(connection: Connection, on: date) -> bool:
    return settings.value(connection, "balance-direction", on) == "actual"


def attribute_of(account: str) -> str:
    """余额方向 by the account's root: assets and expenditure are 借."""
    return DEBIT if account.partition(":")[0] in DEBIT_ROOTS else CREDIT
