"""The postings of a clearing between regions: P10n, P10 and P11, all of one unit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.settlements.clearing import Period, record
from ledger import regions
from ledger.postings import Actor, Recorded
from ledger.settlements import clearing as clearings
from ledger.settlements.clearing import PAID_ON, KeptPart
from ledger.vouchers import Posting
from posting_rules import region_clearing as rules
from posting_rules.settlement_vouchers import Told
from reports.settlements.clearings import KINDS

LINK = "clr"


class Planned(NamedTuple):
    """A posting with the parts that it carries."""

    posting: Posting
    parts: tuple[int, ...]


def statement_name(row) -> str:
    """A clearing as its statements are headed: …清算单2024-07第1号."""
    return f"{KINDS[row.kind]}清算单{row.period}第{row.serial}号"


def keeping(province: str) -> frozenset[str]:
    """The regions that keep books: the cities."""
    return frozenset(regions.cities(province))


def waiting(row, parts: Sequence[KeptPart]) -> list[KeptPart]:
    """The parts of a clearing that still want a posting."""
    kept = keeping(row.province)
    return [
        part
        for part in parts
        if part.posting_id is None
        and (part.part.gross or part.part.net)
        and (part.part.payer in kept or part.part.payee in kept)
    ]


def post(
    connection: Connection,
    actor: Actor,
    row,
    period: Period,
    parts: Sequence[KeptPart],
    dated: date,
    draft: bool,
) -> tuple[list[Recorded], str]:
    """Record and approve the vouchers of some parts; the clearing is done when
    none waits. `parts` of a netted clearing are all that it has between regions."""
    planned = _planned(row, period, parts, dated)
    made = [plan.posting for plan in planned]
    ids, vouchers, status = record(connection, actor, made, draft)
    for plan, posting_id in zip(planned, ids):
        if plan.parts:
            clearings.carry(connection, plan.parts, posting_id)
    if not waiting(row, clearings.parts_of(connection, row.id)):
        clearings.set_state(connection, row.id, clearings.DONE)
    return vouchers, status


def _planned(
    row, period: Period, parts: Sequence[KeptPart], dated: date
) -> list[Planned]:
    told = Told(
        dated=dated,
        occurred_on=dated,
        period=period,
        source=f"yibao clear {row.period} --kind {row.kind}",
        evidence=statement_name(row),
    )
    between = [part for part in parts if part.part.subject != PAID_ON]
    made = _netting(row, between, told) if row.netted else []
    made += _pairs(row, between, told)
    return made + _paid_on(row, parts, told)


def _netting(row, parts: Sequence[KeptPart], told: Told) -> list[Planned]:
    made = []
    plain = [part.part for part in parts]
    for region in sorted(keeping(row.province)):
        vouchers = rules.netting_vouchers(region, plain, told)
        if vouchers:
            wholly = tuple(
                part.id
                for part in parts
                if part.part.payer == region and part.part.gross and not part.part.net
            )
            posting = _posting(row, f"n{region}", "net", vouchers)
            made.append(Planned(posting, wholly))
    return made


def _pairs(row, parts: Sequence[KeptPart], told: Told) -> list[Planned]:
    made = []
    pairs: dict[tuple[str, str], list[KeptPart]] = defaultdict(list)
    for part in parts:
        pairs[part.part.payer, part.part.payee].append(part)
    for (payer, payee), group in sorted(pairs.items()):
        plain = [part.part for part in group]
        vouchers = rules.pair_vouchers(payer, payee, plain, keeping(row.province), told)
        if vouchers:
            ids = tuple(part.id for part in group if part.part.net)
            posting = _posting(row, f"p{group[0].id}", "clear", vouchers)
            made.append(Planned(posting, ids))
    return made


def _paid_on(row, parts: Sequence[KeptPart], told: Told) -> list[Planned]:
    made = []
    groups: dict[str, list[KeptPart]] = defaultdict(list)
    for part in parts:
        if part.part.subject == PAID_ON:
            groups[part.part.payer].append(part)
    for region, group in sorted(groups.items()):
        vouchers = rules.paid_on_vouchers(region, [p.part for p in group], told)
        if vouchers:
            ids = tuple(part.id for part in group if part.part.net)
            posting = _posting(row, f"r{region}", "paid-on", vouchers)
            made.append(Planned(posting, ids))
    return made


def _posting(row, leg: str, act: str, vouchers: Sequence) -> Posting:
    return Posting(clearings.unit(row), LINK, leg, f"{act}-{row.kind}", tuple(vouchers))
