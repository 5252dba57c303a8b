"""Every clearing with its state: what was cleared, who confirmed, which vouchers."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from ledger import regions
from ledger.money import NOTHING
from ledger.schema import Posting, Voucher
from ledger.settlements import confirmations, institution_dues, institution_paid
from ledger.settlements.clearing import (
    CLEARING,
    DONE,
    MADE,
    PAID_ON,
    UNDONE,
    KeptPart,
    parts_of,
    unit,
)
from ledger.settlements.confirmations import CONFIRMED, DISPUTED
from ledger.settlements.institution_paid import ALL, PARTLY

POSTING, VOUCHER = Posting.__table__, Voucher.__table__
KINDS = {
    "family": "家庭共济和异地结算",
    "institutions": "机构结算",
    "premiums": "代缴保费",
}
STATES = {MADE: "已出单", DONE: "已入账", "draft": "待审核", UNDONE: "已撤销"}
PAID = {ALL: "已拨付", PARTLY: "部分拨付"}  # of institutions, before the state


class ClearingRow(NamedTuple):
    """One clearing; `state` is made, draft, done or undone, `state_name` says too how
    far institutions are paid. `regions` are those whose word is asked, confirmed,
    disputed and silent together; of institutions none."""

    id: int
    kind: str
    kind_name: str
    period: str
    serial: int
    netted: bool
    state: str
    state_name: str
    parts: int
    lines: int
    gross: Decimal
    net: Decimal
    regions: int
    confirmed: list[str]
    disputed: list[str]
    vouchers: list[str]
    made_by: str
    made_at: str


def clearing_rows(
    connection: Connection, province: str, period: str = "", kind: str = ""
) -> list[ClearingRow]:
    """The clearings of a province, the latest first; undone ones too."""
    query = select(CLEARING).where(CLEARING.c.province == province)
    if period:
        query = query.where(CLEARING.c.period == period)
    if kind:
        query = query.where(CLEARING.c.kind == kind)
    rows = connection.execute(query.order_by(CLEARING.c.id.desc())).all()
    parts: dict[int, list[KeptPart]] = defaultdict(list)
    for part in parts_of(connection, *(row.id for row in rows)):
        parts[part.clearing_id].append(part)
    owed = [row.id for row in rows if row.kind == institution_dues.KIND]
    paid = institution_paid.how_far(connection, owed)
    return [_row(connection, row, parts[row.id], paid.get(row.id, "")) for row in rows]


def state_name(state: str, paid: str) -> str:
    """A state as people read it; how far institutions are paid goes before."""
    if state in (MADE, DONE) and paid:
        return PAID[paid]
    return STATES[state]


def _row(connection: Connection, row, parts: list[KeptPart], paid: str) -> ClearingRow:
    vouchers = _vouchers(connection, row)
    state = row.state
    if state != UNDONE and any(name.startswith("#") for name in vouchers):
        state = "draft"
    words = confirmations.last_words(connection, row.id).values()
    return ClearingRow(
        id=row.id,
        kind=row.kind,
        kind_name=KINDS[row.kind],
        period=row.period,
        serial=row.serial,
        netted=row.netted,
        state=state,
        state_name=state_name(state, paid),
        parts=len(parts),
        lines=sum(kept.part.lines for kept in parts),
        gross=sum((kept.part.gross for kept in parts), NOTHING),
        net=sum((kept.part.net for kept in parts), NOTHING),
        regions=len(_parties(row, parts)),
        confirmed=[word.region for word in words if word.says == CONFIRMED],
        disputed=[word.region for word in words if word.says == DISPUTED],
        vouchers=vouchers,
        made_by=row.made_by,
        made_at=row.made_at,
    )


def _parties(row, parts: list[KeptPart]) -> set[str]:
    """The cities that a clearing between regions concerns."""
    between = [kept.part for kept in parts if kept.part.subject != PAID_ON]
    named = {part.payer for part in between} | {part.payee for part in between}
    if row.kind == "institutions":
        return set()
    return named & set(regions.cities(row.province))


def _vouchers(connection: Connection, row) -> list[str]:
    """Names of the vouchers that a clearing made, drafts as #ID; rejected ones not.

    P7 of institutions is a unit a city, the city behind the clearing's own unit.
    """
    own = unit(row)
    found = connection.execute(
        select(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(
            or_(POSTING.c.unit == own, POSTING.c.unit.startswith(f"{own}|")),
            POSTING.c.state != "rejected",
        )
        .order_by(VOUCHER.c.dated, VOUCHER.c.id)
    )
    return [
        (
            f"#{v.id}"
            if v.number is None
            else f"{v.book_id}/{v.year}-{v.month:02d}/{v.number}"
        )
        for v in found
    ]
