"""From confirmed clearing lines to postings: for the form (F2) and for `confirm`.

Both post through here, so that a line confirmed by command has the vouchers that the
completed form would have made: the same units, the same words.
"""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter, itemgetter
from typing import Callable, Iterable, NamedTuple, NoReturn, Sequence

from sqlalchemy import Connection

from desk.taking import Desk
from ledger import postings, regions, settings, standing
from ledger.documents import rows_text
from ledger.errors import RuleError
from ledger.money import grouped
from ledger.vouchers import Posting
from posting_rules import clearings
from posting_rules.clearings import Sums, Unit


class List(NamedTuple):
    """The document behind some lines."""

    id: int
    name: str
    sha256: str


def record(
    connection: Connection,
    desk: Desk,
    document: List,
    lines: Sequence,
    refuse: Callable[[object, RuleError], NoReturn],
) -> tuple[list[int], dict[Unit, int]]:
    """Record what the confirmed of a document's lines post; ids, and each unit's id.

    A line has the fields of Clearing that a posting is made of, sheet and row first.
    `refuse` is told a line for whose day there is no rule.
    """
    made = _postings(connection, desk, document.name, lines, refuse)
    ids = postings.record(
        connection,
        [posting for posting in made.values() if posting],
        desk.actor,
        document_id=document.id,
        sha256=document.sha256,
    )
    return ids, dict(zip((unit for unit, posting in made.items() if posting), ids))


def posting_ids(lines: Sequence, id_of: dict[Unit, int]) -> list[tuple[int | None]]:
    """The posting of each line, by its list, city and day."""
    known: dict[tuple, tuple[int | None]] = {}
    ids = []
    for key in map(attrgetter("list_number", "insured", "confirmed_on"), lines):
        if key not in known:
            number, insured, on = key
            known[key] = (id_of.get((number, clearings.city_of(insured), on)),)
        ids.append(known[key])
    return ids


def beyond_advance(
    connection: Connection, desk: Desk, posting_ids: Sequence[int]
) -> list[str]:
    """X10: payers whose clearing went beyond what they had paid in advance.

    Of the payers that these postings cleared; asked when they are approved.
    """
    cleared = standing.moved(connection, posting_ids, clearings.EVENT)
    if not cleared:
        return []
    books = {book for book, _ in cleared}
    template = desk.policy.notices["X10"]["summary"]
    warnings = []
    for holding in desk.policy.holdings:
        if holding.direction != "received":
            continue
        held = sorted(book for book in books if book.endswith(f"-{holding.book}"))
        for book, detail, net in standing.held_net(connection, held, holding.subjects):
            if net < 0 and (book, detail) in cleared:
                warnings.append(
                    template.format(
                        payer=regions.name(detail), amount=grouped(-net), book=book
                    )
                )
    return warnings


def _postings(
    connection: Connection,
    desk: Desk,
    name: str,
    lines: Sequence,
    refuse: Callable[[object, RuleError], NoReturn],
) -> dict[Unit, Posting | None]:
    """Each unit's posting; a unit that is taken already gets a part number."""
    units = clearings.summed(lines)
    rows = _rows(lines)
    ended = _ended(connection, units)

    def source(unit: Unit, cells: Sums) -> str:
        by_sheet: dict[str, list[int]] = defaultdict(list)
        for part in {(c.period, c.scope, c.insured) for c in cells}:
            at = rows[unit.list_number, unit.confirmed_on, *part]
            for sheet, numbers in at.items():
                by_sheet[sheet] += numbers
        return rows_text(name, by_sheet)

    made: dict[Unit, Posting | None] = {}
    taken = standing.live_parts(connection, {str(unit) for unit in units})
    for unit, sums in sorted(units.items()):
        try:
            posting = clearings.posting(
                desk.policy,
                unit,
                sums,
                reading=desk.reading,
                source=source,
                ended=frozenset(code for code, on in ended if on == unit.confirmed_on),
            )
        except RuleError as error:
            refuse(next(x for x in lines if x.confirmed_on == unit.confirmed_on), error)
        if posting:
            posting = desk.dated(posting)._replace(
                unit=standing.free_unit(str(unit), taken)
            )
        made[unit] = posting
    return made


def _rows(lines: Sequence) -> dict[tuple, dict[str, list[int]]]:
    """Rows by sheet, for each list, 确认日期, period, scope and payer.

    A line's first two fields are its sheet and row.
    """
    rows: dict[tuple, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    at = attrgetter("list_number", "confirmed_on", "period", "scope", "insured")
    for key, sheet, row in zip(map(at, lines), *zip(*map(itemgetter(0, 1), lines))):
        rows[key][sheet].append(row)
    return rows


def _ended(connection: Connection, units: Iterable[Unit]) -> set[tuple]:
    """(county, day) where a county's books had ended by then (reading 8)."""
    if not settings.is_set(connection, "county-books"):
        return set()
    ended = set()
    for unit in units:
        for county in regions.counties(unit.city):
            kept = settings.value(connection, "county-books", unit.confirmed_on, county)
            if kept == "ended":
                ended.add((county, unit.confirmed_on))
    return ended
