"""F4 in the database: a year's advances between provinces."""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, select, update

from ledger.advances.tables import ProvinceQuota as Table
from ledger.database import slices
from ledger.documents import ProvinceQuota

TABLE = Table.__table__


def lines(connection: Connection, year: int | None = None) -> list[ProvinceQuota]:
    """The live lines of a year, or of all, by year, direction and province."""
    columns = [TABLE.c[name] for name in ProvinceQuota._fields]
    query = select(*columns).where(TABLE.c.live)
    if year is not None:
        query = query.where(TABLE.c.year == year)
    order = (TABLE.c[name] for name in ("year", "direction", "province"))
    return [ProvinceQuota(*row) for row in connection.execute(query.order_by(*order))]


def set_first(connection: Connection, ids: Sequence[int]) -> None:
    """Lines are of the first time, as a 收款通知书 has said since."""
    for part in slices(ids):
        connection.execute(update(TABLE).where(TABLE.c.id.in_(part)).values(first=True))
