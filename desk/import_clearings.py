"""F2: clearing lists. The file is recorded as one, each city's part is a posting.

A list may have 200,000 lines: lines are looked at one by one only where the
database already holds their list, or where something has to be said of one.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from operator import attrgetter
from typing import Iterable, NoReturn, Sequence

from sqlalchemy import Connection, select

from desk.advances import clearing_postings
from desk.taking import Desk, Taken, other_content, place_of
from ledger import postings, regions, sources
from ledger.advances import clearing_words
from ledger.documents import Clearing, SourceDocument
from ledger.errors import Fault, RuleError, SourceError
from ledger.periods import Month, Quarter
from ledger.postings import VOUCHER
from ledger.sources import KnownLine
from posting_rules import clearings
from posting_rules.clearings import Unit
from reports.advances.flags import flags

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
    _check_taken_back(connection, document, completed)
    _check_cleared_once(connection, document, new)
    confirmed = new + [line for line, _ in completed]
    kept = clearing_postings.List(document_id, document.name, document.sha256)
    ids, id_of = clearing_postings.record(
        connection, desk, kept, confirmed, partial(_refuse_day, document)
    )
    posted = clearing_postings.posting_ids
    sources.insert_lines(connection, "F2", document_id, new, posted(new, id_of))
    _complete(connection, desk, document_id, completed, id_of)
    return Taken(
        new=len(new),
        known=len(document.lines) - len(new) - len(completed),
        completed=len(completed),
        posting_ids=ids,
        warnings=lambda after: [
            *clearing_postings.beyond_advance(after, desk, ids),
            *(flag.text for flag in flags(after, confirmed)),
        ],
    )


def _complete(
    connection: Connection,
    desk: Desk,
    document_id: int,
    completed: Sequence[tuple[Clearing, KnownLine]],
    id_of: dict[Unit, int],
) -> None:
    """Fill in what waited; a form that confirms settles what was disputed."""
    confirmed_ids: dict[tuple, list[int]] = defaultdict(list)
    posted = clearing_postings.posting_ids([line for line, _ in completed], id_of)
    for (line, known), (posting_id,) in zip(completed, posted):
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
    clearing_words.confirmed_by_form(
        connection, [known.id for _, known in completed], desk.actor.by, desk.actor.at
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
                _refuse_confirmed(document, line, there)
            completed.append((line, there))
    return new, completed


def _check_taken_back(
    connection: Connection,
    document: SourceDocument,
    completed: Sequence[tuple[Clearing, KnownLine]],
) -> None:
    """A confirmation that was taken back is not given again for a day before that."""
    ids = [known.id for _, known in completed]
    back = clearing_words.taken_back_on(connection, ids)
    for line, known in completed:
        day = back.get(known.id)
        if day and line.confirmed_on < day:
            expected, why = f"{day}或以后", f"此前的确认已于{day}撤回"
            _refuse(document, line, "确认日期", str(line.confirmed_on), expected, why)


def _refuse_confirmed(
    document: SourceDocument, line: Clearing, there: KnownLine
) -> NoReturn:
    _refuse(
        document,
        line,
        "确认日期",
        str(line.confirmed_on),
        str(there.line.confirmed_on),
        "这一行已按该日确认；要改日期，先撤回确认"
        f"（yibao confirm {line.period} --kind advances --take-back）或冲销，再导入",
    )


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


def _refuse_day(document: SourceDocument, line: Clearing, error: RuleError) -> NoReturn:
    found, expected = str(line.confirmed_on), "政策适用期内的一天"
    _refuse(document, line, "确认日期", found, expected, str(error))


def _refuse(
    document: SourceDocument,
    line: Clearing,
    column: str,
    found: str,
    expected: str,
    why: str = "",
) -> NoReturn:
    message = (
        f"{place_of(document, line)}：{column}“{found}”，"
        f"应为{expected}{f'：{why}' if why else ''}\n本文件没有入账。请改正后重新导入。"
    )
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )
