"""P7 of a clearing with institutions, where it pays at once (`--pay`, by-clear)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Sequence

from sqlalchemy import Connection

from desk.settlements.clearing import Period, check_day, record
from ledger.postings import Actor, Recorded
from ledger.settlements import clearing as clearings
from ledger.settlements import institution_dues
from ledger.settlements.clearing import DONE, KeptPart
from ledger.settlements.institution_dues import KIND
from ledger.vouchers import Posting
from posting_rules.entries import Share
from posting_rules.settlement_vouchers import Told, vouchers

EVENT, LINK = "institution-payment", "clr"


def pay_parts(
    connection: Connection,
    actor: Actor,
    period: Period,
    rows: Sequence,
    fresh: int | None,
    dated: date,
    draft: bool,
) -> tuple[list[Recorded], str]:
    """P7 for the parts that nobody has paid, one posting a city and clearing.

    Of clearings before the `fresh` one, parts that lists have begun to pay stay with
    the lists.
    """
    listed = {
        due.key: due.paid + due.deducted
        for due in institution_dues.dues(connection, periods=[str(period)])
    }
    made: list[Posting] = []
    carried: list[list[int]] = []
    for row in rows:
        by_place: dict[str, list[KeptPart]] = defaultdict(list)
        for kept in clearings.parts_of(connection, row.id):
            part = kept.part
            key = (part.payer, part.payee, part.fund, str(period))
            waits = part.net and kept.posting_id is None
            if waits and (row.id == fresh or not listed[key]):
                by_place[part.payer].append(kept)
        check_day(connection, dated, _sources(connection, row.id, by_place))
        for place, kept_parts in by_place.items():
            made.append(_posting(row, period, place, kept_parts, dated))
            carried.append([kept.id for kept in kept_parts])
    if not made:
        return [], "made"
    ids, recorded, status = record(connection, actor, made, draft)
    for part_ids, posting_id in zip(carried, ids):
        clearings.carry(connection, part_ids, posting_id)
    _set_done(connection, rows)
    return recorded, status


def _set_done(connection: Connection, rows: Sequence) -> None:
    """Clearings of which every part that is to be paid has its posting are done."""
    for row in rows:
        kept = clearings.parts_of(connection, row.id)
        if all(part.posting_id is not None for part in kept if part.part.net):
            clearings.set_state(connection, row.id, DONE)


def _sources(connection: Connection, clearing_id: int, by_place: dict) -> list[int]:
    """The postings of what a clearing pays, none where it pays nothing."""
    if not by_place:
        return []
    return institution_dues.cleared_postings(connection, clearing_id)


def _posting(
    row, period: Period, place: str, parts: Sequence[KeptPart], dated: date
) -> Posting:
    """P7 of one city's institutions together."""
    told = Told(
        dated=dated,
        occurred_on=dated,
        period=period,
        source=f"yibao clear {period} --kind {KIND}",
        evidence=f"定点医药机构结算单 清算{row.id}",
    )
    shares = [Share(kept.part.fund, "", kept.part.net) for kept in parts]
    made = vouchers(place, EVENT, "payer", {"total": shares}, told)
    unit = f"{clearings.unit(row)}|{place}"
    return Posting(unit, LINK, "", EVENT, tuple(made))
