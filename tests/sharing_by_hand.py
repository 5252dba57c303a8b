"""Sums of bills and premiums by hand, for reports on sharing and clearing.

A table is read like a case's; what a row does not name is as in the smallest row. What
is in one table is one posting; `state` says which, and `live` is false for one that
was reversed. Everything is of Anhui: 合肥 340100, 芜湖 340200, 蚌埠 340300.
"""

from decimal import Decimal
from itertools import count

from desk_by_hand import rows
from sqlalchemy import insert

from ledger.database import Home, next_id
from ledger.schema import Document, Fen, Posting
from ledger.settlements.tables import (
    Clearing,
    ClearingPart,
    InstitutionSum,
    PremiumSum,
    Settlement,
    SettlementSum,
)

HEFEI, WUHU, BENGBU = "340100", "340200", "340300"
AT = "2024-08-01T09:00:00+08:00"
ZERO = "0.00"
SUM = {
    "month": "2024-07",
    "act": "收费",
    "part": "共济",
    "place": HEFEI,
    "region": HEFEI,
    "payer": HEFEI,
    "fund": "310",
    "channel": "联网",
    "category": "普通门诊",
    "relation": "配偶",
    "lines": "1",
    "amount": "100.00",
    "clearing_id": "",
}
PREMIUM = {
    "month": "2024-10",
    "region": HEFEI,
    "payer": HEFEI,
    "kind": "城乡居民医保",
    "relation": "子女",
    "lines": "1",
    "amount": "400.00",
    "clearing_id": "",
}
OWED = {
    "month": "2024-07",
    "institution": "H34010000001",
    "place": HEFEI,
    "fund": "310",
    "lines": "1",
    "total": "100.00",
    "pooled": ZERO,
    "other": ZERO,
    "own": "100.00",
    "shared": ZERO,
    "clearing_id": "",
}
LINE = {
    "month": "2024-07",
    "serial": "S0001",
    "freed": "0",
    "at": "2024-07-03 10:00:00",
    "act": "收费",
    "original": "",
    "original_month": "",
    "region": HEFEI,
    "fund": "310",
    "status": "在职",
    "channel": "联网",
    "institution": "H34010000001",
    "place": HEFEI,
    "category": "普通门诊",
    "total": "100.00",
    "in_policy": "100.00",
    "deductible": ZERO,
    "pooled": ZERO,
    "other": ZERO,
    "own": "100.00",
    "shared": ZERO,
    "cash": ZERO,
    "deducted_before": ZERO,
    "paid_before": ZERO,
    "taken": "1",
    "ruled": "",
    "differences": "",
    "late": "",
    "note": "",
    "sheet": "明细",
    "person_id": "P0000000001",
    "row": "2",
}
SMALLEST = {
    SettlementSum: SUM,
    PremiumSum: PREMIUM,
    InstitutionSum: OWED,
    Settlement: LINE,
}
_units = count(1)


def posting(home: Home, state: str = "approved", live: bool = True) -> int:
    """A posting without vouchers; its id."""
    with home.writing() as connection:
        id = next_id(connection, Posting.__table__)
        unit = f"test|{next(_units)}"
        connection.execute(
            insert(Posting.__table__).values(
                id=id,
                unit=unit,
                tag=unit,
                leg="",
                event="settlement",
                state=state,
                live=live,
                manual=False,
                prepared_by="li",
                prepared_at=AT,
                reason="",
            )
        )
    return id


def shared(home: Home, table: str, **how) -> int:
    """Rows of settlement_sum in one posting; its id."""
    return _sums(home, SettlementSum, table, **how)


def premiums(home: Home, table: str, **how) -> int:
    return _sums(home, PremiumSum, table, **how)


def owed(home: Home, table: str, **how) -> int:
    """Rows of institution_sum; the total is that of the parts of a row."""
    return _sums(home, InstitutionSum, table, **how)


def split(home: Home, table: str, name: str = "结算清单.csv", **how) -> None:
    """Lines of bills as a list brought them, with `differences` as JSON."""
    with home.writing() as connection:
        id = next_id(connection, Document.__table__)
        connection.execute(
            insert(Document.__table__).values(
                id=id,
                form="G3",
                name=name,
                sha256=f"{id:064}",
                stored="",
                totalled=False,
                recorded_by="li",
                recorded_at=AT,
            )
        )
        for row in rows(table):
            values = _typed(Settlement, {**LINE, **row})
            values |= {"document_id": id, "batch_id": 1}
            connection.execute(insert(Settlement.__table__).values(**values))


def clearing(home: Home, kind: str, parts: str, **facts) -> int:
    """A clearing with its parts: payer | payee | amount (gross and net alike)."""
    with home.writing() as connection:
        id = next_id(connection, Clearing.__table__)
        connection.execute(
            insert(Clearing.__table__).values(
                **{
                    "id": id,
                    "kind": kind,
                    "province": "340000",
                    "period": "2024-07",
                    "serial": 1,
                    "netted": False,
                    "state": "done",
                    "made_by": "li",
                    "made_at": AT,
                    **facts,
                }
            )
        )
        for row in rows(parts):
            amount = Decimal(row.pop("amount"))
            smallest = {"subject": "家庭共济", "fund": "310", "lines": 1}
            part = {**smallest, "gross": amount, "net": amount, **row}
            part |= {"id": next_id(connection, ClearingPart.__table__)}
            connection.execute(
                insert(ClearingPart.__table__).values(clearing_id=id, **part)
            )
    return id


def _sums(home: Home, model, table: str, **how) -> int:
    posting_id = posting(home, **how)
    with home.writing() as connection:
        for row in rows(table):
            values = _typed(model, {**SMALLEST[model], **row})
            values["id"] = next_id(connection, model.__table__)
            connection.execute(
                insert(model.__table__).values(posting_id=posting_id, **values)
            )
    return posting_id


def _typed(model, row: dict) -> dict:
    """A row's texts as the columns want them; nothing is none of an id."""
    made = {}
    for name, cell in row.items():
        column = model.__table__.c[name].type
        kind = Decimal if isinstance(column, Fen) else column.python_type
        if name.endswith("_id") and name != "person_id":
            made[name] = int(cell) if cell else None
        elif kind is bool:
            made[name] = bool(cell)
        else:
            made[name] = kind(cell)
    return made
