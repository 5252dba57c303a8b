"""F5 in the database: what a quarter's plan says."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Mapping

from sqlalchemy import Connection, func, select, update

from ledger.advances.tables import FundingLine
from ledger.documents import Funding
from ledger.errors import BookError
from ledger.periods import period
from ledger.schema import TransferLine

TABLE = FundingLine.__table__


def lines(connection: Connection, of: str) -> list[Funding]:
    """The live lines of a quarter (its text), by place, institution and fund."""
    columns = [TABLE.c[name] for name in Funding._fields]
    rows = connection.execute(
        select(*columns)
        .where(TABLE.c.quarter == of, TABLE.c.live)
        .order_by(
            *(TABLE.c[name] for name in ("place", "institution", "fund", "province"))
        )
    )
    return [Funding(*row)._replace(quarter=period(row.quarter)) for row in rows]


def planned(
    connection: Connection, of: str
) -> dict[str, tuple[Decimal, dict[str, Decimal]]]:
    """By fund: the quarter's need for own people, and for others by province ("" where
    a line does not name it)."""
    keys = TABLE.c.fund, TABLE.c.province
    rows = connection.execute(
        select(
            *keys,
            func.sum(TABLE.c.at_home, type_=TABLE.c.at_home.type).label("home"),
            func.sum(TABLE.c.elsewhere, type_=TABLE.c.elsewhere.type).label("others"),
        )
        .where(TABLE.c.quarter == of, TABLE.c.live)
        .group_by(*keys)
    )
    home: dict[str, Decimal] = defaultdict(Decimal)
    others: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        home[row.fund] += row.home
        if row.others:
            others[row.fund][row.province] = row.others
    return {fund: (home[fund], others[fund]) for fund in sorted(home)}


def paid(connection: Connection, of: str, fund: str) -> str | None:
    """The 流水号 of a transfer (X2) of a quarter's plan and fund; None without any."""
    transfer = TransferLine.__table__
    return connection.execute(
        select(transfer.c.serial)
        .where(
            transfer.c.quarter == of,
            transfer.c.fund == fund,
            transfer.c.live,
            transfer.c.payer == transfer.c.payee,
        )
        .order_by(transfer.c.id)
        .limit(1)
    ).scalar()


def set_provinces(connection: Connection, provinces: Mapping[int, str]) -> None:
    """Whose people lines' 外省参保 is for, by the line's id."""
    for line_id, province in provinces.items():
        connection.execute(
            update(TABLE).where(TABLE.c.id == line_id).values(province=province)
        )


def refuse_paid(connection: Connection, document_id: int) -> None:
    """A plan by which money was paid (X2) is not withdrawn; BookError."""
    keys = TABLE.c.quarter, TABLE.c.fund
    taken = connection.execute(
        select(*keys).where(TABLE.c.document_id == document_id, TABLE.c.live).distinct()
    ).all()
    serials = (paid(connection, quarter, fund) for quarter, fund in taken)
    serial = next(filter(None, serials), None)
    if serial is not None:
        raise BookError(
            f"原始凭证{document_id}的用款计划已经划款（流水号{serial}），不能撤回；"
            "请先冲销划款的凭证（yibao voucher reverse），或另行导入补充的计划"
        )
