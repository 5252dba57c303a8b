"""G1: monthly lists of insured people and their contributions.

Each region's money makes one posting a file: a voucher P1 of each 到账日期 in the
agency's and the finance's book.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Iterable, Iterator

from sqlalchemy import Connection

from desk.people.contribution_words import explain
from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import Block, PeopleDocument
from ledger import postings, regions, settings, standing
from ledger.money import from_fen
from ledger.people import contributions, staging
from ledger.people.contributions import Received, Rule
from ledger.periods import Month, period
from ledger.vouchers import Posting, Voucher
from posting_rules.personal import may_credit
from posting_rules.personal_vouchers import vouchers

EVENT, LINK, WORKING = "contribution", "con", "在职"


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    """Record the rows that can be taken, set the others aside, post what arrived."""
    places: set[tuple[str, str]] = set()
    blocks = _noting(desk, document, places)
    staging.load(connection, "g1", document.fields, blocks, contributions.KEY)
    desk.tell(f"{document.name} 核对{document.count}行、登记", 0)
    rules = [_rule(connection, desk, *place) for place in sorted(places)]
    outcome = contributions.take(connection, document_id, rules)
    for refused in outcome.refused:
        aside.add(refused.sheet, refused.row, *explain(refused))
    made = _postings(connection, desk, document, outcome.received)
    ids = postings.record(
        connection,
        [desk.dated(posting) for posting in made],
        desk.actor,
        document_id=document_id,
        sha256=document.sha256,
    )
    odd = _odd_days(outcome.received)
    return Taken(outcome.new, outcome.known, outcome.completed, ids, lambda _: odd)


def _noting(desk: Desk, document: PeopleDocument, places: set) -> Iterator[Block]:
    """The document's blocks; what months and regions they have is noted."""
    month, region = map(document.fields.index, ("month", "region"))
    rows = 0
    for block in document.blocks():
        places.update(zip(block.columns[month], block.columns[region]))
        rows += len(block.rows)
        desk.tell(f"{document.name} 读入{rows}行", 0)
        yield block


def _rule(connection: Connection, desk: Desk, month: str, region: str) -> Rule:
    known = (
        regions.today_code(region) == region
        and regions.level(region) == "city"
        and regions.province_of(region) == desk.province
    )
    of = period(month)
    credits = may_credit(region, of) if known else None
    working = credits and credits[1].get(WORKING)
    rate = Fraction(working.rate) if working and working.rate is not None else None
    value = settings.value(connection, "supplement", of.first_day, region)
    return Rule(month, region, known, rate, value == "credited")


def _postings(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    received: Iterable[Received],
) -> list[Posting]:
    """One posting a region, with the vouchers of each day; none without money."""
    by_day: dict[str, dict[str, list[Received]]] = defaultdict(dict)
    for part in received:
        by_day[part.region].setdefault(part.received_on, []).append(part)
    units = {f"G1|{region}|{document.sha256[:16]}": region for region in by_day}
    taken = standing.live_parts(connection, set(units))
    made = []
    for unit, region in units.items():
        cut = [
            voucher
            for day, parts in sorted(by_day[region].items())
            for voucher in _vouchers(document, region, day, parts)
        ]
        if cut:
            free = standing.free_unit(unit, taken)
            made.append(Posting(free, LINK, "", EVENT, tuple(cut)))
    return made


def _odd_days(received: Iterable[Received]) -> list[str]:
    """A warning of money that came more than a year from its month's first day."""
    odd = []
    for part in received:
        first = _month(part.month).first_day
        early, late = (first.replace(year=first.year + by) for by in (-1, 1))
        if not early <= date.fromisoformat(part.received_on) <= late:
            odd.append(part)
    if not odd:
        return []
    one = min(odd, key=lambda part: part.first_row)
    rows = sum(part.rows for part in odd)
    many = f"等{rows}行" if rows > 1 else ""
    return [
        f"第{one.first_row}行{many}的到账日期与所属期相差一年以上"
        f"（所属期{one.month}，到账日期{one.received_on}），请核对"
    ]


def _vouchers(
    document: PeopleDocument, region: str, day: str, parts: list[Received]
) -> list[Voucher]:
    own = from_fen(sum(part.own for part in parts))
    total = from_fen(sum(part.total for part in parts))
    months = {part.month for part in parts}
    first = min(part.first_row for part in parts)
    last = max(part.last_row for part in parts)
    rows = sum(part.rows for part in parts)
    places = f"R{first}-R{last}（{rows}行）" if last > first else f"R{first}"
    return vouchers(
        region,
        EVENT,
        {"own": own, "pooled": total - own, "total": total},
        dated=date.fromisoformat(day),
        period=_month(months.pop()) if len(months) == 1 else None,
        source=f"{document.name}#{places}",
    )


def _month(printed: str) -> Month:
    found = period(printed)
    assert isinstance(found, Month)
    return found
