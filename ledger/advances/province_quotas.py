"""F4 in the database: a year's advances between provinces."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ledger.advances.tables import ProvinceQuota as Table
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
