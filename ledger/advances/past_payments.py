"""What regions' funds paid away from home in years before the books (F9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, select

from ledger.advances.tables import PastPayment

TABLE = PastPayment.__table__


class YearPaid(NamedTuple):
    """What a region paid in a whole year."""

    year: int
    region: str
    scope: str
    fund: str
    amount: Decimal


def paid_in(connection: Connection, years: Iterable[int]) -> list[YearPaid]:
    """The live lines of some years, in the order of their keys."""
    columns = [TABLE.c[field] for field in YearPaid._fields]
    rows = connection.execute(
        select(*columns).where(TABLE.c.year.in_(sorted(years)), TABLE.c.live)
    )
    return sorted(YearPaid(*row) for row in rows)
