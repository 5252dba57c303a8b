"""F2: clearing lists. The file is recorded as one, each city's part is a posting.

A list may have 200,000 lines: lines are looked at one by one only where the
database already holds their list, or where something has to be said of one.
"""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter, itemgetter
from typing import Iterable, Sequence

from sqlalchemy import Connection, select

from desk.taking import Desk, Taken, other_content
from ledger import postings, regions, settings, sources, standing
from ledger.documents import Clearing, SourceDocument, rows_text
from ledger.errors import Fault, RuleError, SourceError
from ledger.money import grouped
from ledger.periods import Month, Quarter
from ledger.postings import VOUCHER
from ledger.sources import KnownLine
from ledger.vouchers import Posting
from posting_rules import clearings
from posting_rules.clearings import Sums, Unit

TITLES = {
    "confirmed_on": "确认日期",
    "category": "医疗类别",
    "visits": "人次",
    "total_cost": "医疗总费用",
    "pooled": "统筹支付",
    "serious": "大病支付",
    "civil": "公务员补助",
    "personal": "个人账户支付",
    "other": "其他基金",
    "amount": "基金支付",
    "note": "备注",
}
NORMAL = "正常"
_spot = attrgetter("insured", "place", "fund", "scope", "period")
_key = attrgetter(
    "list_number", "nature", "period", "scope", "insured", "place", "fund"
)
_content = attrgetter(*(name for name in TITLES if name != "confirmed_on"))


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Record new lines, and post each city's lines that are confirmed."""
    clearings.check(desk.policy, document.lines)
    new, completed = _sorted_out(connection, document)
    _check_cleared_once(connection, document, new)
    confirmed = new + [line for line, _ in completed]
    made = _postings(connection, desk, document, confirmed)
    ids = postings.record(
        connection,
        [posting for posting in made.values() if posting],
        desk.actor,
        document_id=document_id,
        sha256=document.sha256,
    )
    id_of = dict(zip((unit for unit, posting in made.items() if posting), ids))
    sources.insert_lines(connection, "F2", document_id, new, _posting_ids(new, id_of))
    confirmed_ids: dict[tuple, list[int]] = defaultdict(list)
    for (line, known), (posting_id,) in zip(
        completed, _posting_ids([line for line, _ in completed], id_of)
    ):
        confirmed_ids[line.confirmed_on, posting_id].append(known.id)
    for (confirmed_on, posting_id), line_ids in confirmed_ids.items():
        sources.complete_lines(
            connection,
            "F2",
            line_ids,
            document_id,
            confirmed_on=confirmed_on,
            posting_id=posting_id,
        )
    return Taken(
        new=len(new),
        known=len(document.lines) - len(new) - len(completed),
        completed=len(completed),
        posting_ids=ids,
        warnings=lambda after: _beyond_advance(after, desk, made.values()),
    )


def _sorted_out(
    connection: Connection, document: SourceDocument
) -> tuple[list[Clearing], list[tuple[Clearing, KnownLine]]]:
    """Lines that are new, and known ones that are confirmed now."""
    known = {
        _key(row.line): row
        for row in sources.known_lines(
            connection,
            "F2",
            "list_number",
            set(map(attrgetter("list_number"), document.lines)),
        )
    }
    if not known:
        return list(document.lines), []
    new, completed = [], []
    for line in document.lines:
        key = _key(line)
        there = known.get((*key[:2], str(line.period), *key[3:]))
        if there is None:
            new.append(line)
            continue
        if _content(line) != _content(there.line):
            other_content(document, line, there, TITLES)
        if line.confirmed_on != there.line.confirmed_on and line.confirmed_on:
            if there.line.confirmed_on:
                other_content(document, line, there, TITLES)
            completed.append((line, there))
    return new, completed


def _check_cleared_once(
    connection: Connection, document: SourceDocument, new: Sequence[Clearing]
) -> None:
    """Refuse a month (or a quarter that holds it) that is cleared already (5)."""
    normal = [line for line in new if line.nature == NORMAL]
    periods = set(map(attrgetter("period"), normal))
    overlapping = {p: {str(o) for o in _overlapping(p)} for p in periods}
    wanted = set().union(*overlapping.values())
    cleared: dict[tuple, int | None] = {}
    payers = set(map(attrgetter("insured"), normal))
    for row in sources.cleared_periods(connection, payers, wanted):
        cleared[row[:5]] = row.posting_id
    mixed = len({isinstance(p, Quarter) for p in periods}) > 1
    if not cleared and not mixed and len(set(map(_spot, normal))) == len(normal):
        return
    seen: dict[tuple, Clearing] = {}
    for line in normal:
        at = _spot(line)[:4]
        for text in overlapping[line.period]:
            if (*at, text) in cleared:
                _refuse_again(connection, document, line, text, cleared[(*at, text)])
            if (*at, text) in seen:
                other = seen[(*at, text)]
                _refuse(
                    document,
                    line,
                    "清算期",
                    str(line.period),
                    f"没有清算过的期间；第{other.row}行（{other.period}）已清算同一"
                    "参保地、就医地、险种、范围",
                )
        seen[(*at, str(line.period))] = line


def _overlapping(period: Month | Quarter) -> Iterable[Month | Quarter]:
    if isinstance(period, Month):
        return (period, period.quarter)
    return (period, *period.months)


def _refuse_again(connection, document, line, text: str, posting_id: int | None):
    names = _cleared_by(connection, line, text, posting_id)
    by = f"（{'、'.join(names)}）" if names else "（已登记，待确认）"
    _refuse(
        document,
        line,
        "清算期",
        str(line.period),
        f"没有清算过的期间；{text}已经清算{by}，要补记请用“补清算”",
    )


def _cleared_by(
    connection: Connection, line: Clearing, text: str, posting_id: int | None
) -> list[str]:
    """The vouchers of a posting that cleared a line's payer for a period."""
    if posting_id is None:
        return []
    cleared = select(VOUCHER.c.id).where(
        VOUCHER.c.posting_id == posting_id,
        VOUCHER.c.period == text,
        VOUCHER.c.scope == line.scope,
    )
    ids = set(connection.execute(cleared).scalars())
    city = clearings.city_of(line.insured)
    bodies = {line.insured, city, regions.province_of(city)}
    return [
        row.name or f"#{row.id}"
        for row in postings.recorded(connection, [posting_id])
        if row.id in ids and row.book.partition("-")[0] in bodies
    ]


def _postings(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    lines: Sequence[Clearing],
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
        return rows_text(document.name, by_sheet)

    made: dict[Unit, Posting | None] = {}
    taken = standing.live_units(connection, {str(unit) for unit in units})
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
            line = next(x for x in lines if x.confirmed_on == unit.confirmed_on)
            found, expected = str(line.confirmed_on), "政策适用期内的一天"
            _refuse(document, line, "确认日期", found, expected, str(error))
        if posting:
            posting = desk.dated(posting)
            if taken.get(str(unit)):
                part = taken[str(unit)] + 1
                posting = posting._replace(unit=f"{unit}|{part}")
        made[unit] = posting
    return made


def _rows(lines: Sequence[Clearing]) -> dict[tuple, dict[str, list[int]]]:
    """Rows by sheet, for each list, 确认日期, period, scope and payer."""
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


def _posting_ids(
    lines: Sequence[Clearing], id_of: dict[Unit, int]
) -> list[tuple[int | None]]:
    """The posting of each line, by its list, city and day."""
    known: dict[tuple, tuple[int | None]] = {}
    ids = []
    for key in map(attrgetter("list_number", "insured", "confirmed_on"), lines):
        if key not in known:
            number, insured, on = key
            known[key] = (id_of.get((number, clearings.city_of(insured), on)),)
        ids.append(known[key])
    return ids


def _beyond_advance(
    connection: Connection, desk: Desk, made: Iterable[Posting | None]
) -> list[str]:
    """X10: payers whose clearing went beyond what they had paid in advance."""
    vouchers = [v for posting in made if posting for v in posting.vouchers]
    cleared = {(v.book, line.detail) for v in vouchers for line in v.lines}
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


def _refuse(
    document: SourceDocument,
    line: Clearing,
    column: str,
    found: str,
    expected: str,
    why: str = "",
):
    message = (
        f"{document.name}“{line.sheet}”第{line.row}行：{column}“{found}”，"
        f"应为{expected}{f'：{why}' if why else ''}\n本文件没有入账。请改正后重新导入。"
    )
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )
