"""`yibao confirm PERIOD --kind advances`: cities confirm what was cleared for them.

A confirmation gives a city's waiting lines their 确认日期 and posts them as the completed
form would (2.2.1 to 2.2.4, 2.3.2), with what earlier periods left over; disputed lines
stay. 依据：附件一 三（二）2、3。
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple, NoReturn, Sequence

from sqlalchemy import Connection

from desk.advances import clearing_postings
from desk.advances.choosing_lines import Spot, checked_region, matching
from desk.advances.clearing_notices import Act
from desk.advances.words import words
from desk.taking import Desk, approved, desk_of
from ledger import regions
from ledger.advances import clearing_words, waiting_lines
from ledger.advances.clearing_words import CONFIRMED, DISPUTED, SETTLED, Said
from ledger.advances.waiting_lines import Waiting
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError
from ledger.money import NOTHING
from ledger.periods import Month, Quarter
from ledger.postings import Actor, Recorded
from reports.advances.flags import flags
from reports.advances.waiting import Dispute, Stand, disputes, stands

TEXT_LIMIT = 5  # flagged payers that are told one by one


class Asked(NamedTuple):
    """Whose lines of which period and list; region and list "" are all of them."""

    period: Month | Quarter
    region: str = ""
    list_number: str = ""


class Done(NamedTuple):
    """What an act did to a period's lines, and how its cities stand after it.

    `lines` and `amount` are those that it changed, `rolled` those of earlier periods
    among them.
    """

    status: str  # posted, draft, already-posted, recorded, already-recorded, listed
    lines: int
    amount: Decimal
    rolled: int
    vouchers: list[Recorded]
    warnings: list[str]
    stands: list[Stand]
    disputes: list[Dispute]


def confirm(
    home: Home,
    actor: Actor,
    asked: Asked,
    on: date,
    *,
    post_on: date | None = None,
    rolled: bool = True,
    dry_run: bool = False,
) -> Done:
    """Confirm what waits and is not disputed, of one city or of all."""
    with home.writing(keep=not dry_run) as connection:
        desk = _desk(connection, actor, asked, post_on)
        lines = _waiting(connection, asked, rolled)
        agreed = [line for line in lines if not line.disputed]
        _check_known(connection, asked, lines)
        _check_day(connection, agreed, on)
        ids = _post(connection, desk, agreed, on)
        said = Said(CONFIRMED, str(asked.period), "", actor.by, actor.at)
        clearing_words.say(connection, [line.id for line in agreed], said)
        made, status = approved(connection, desk, ids, draft=False)
        Act(connection, desk, agreed, on).follow()
        warnings = _flagged(connection, agreed)
        if status == "posted":
            warnings += clearing_postings.beyond_advance(connection, desk, ids)
        if not agreed:
            status = "already-posted"
        done = done_with(connection, asked, status, agreed, made, warnings)
    if not dry_run:
        print_changed(home)
    return done


def dispute(
    home: Home,
    actor: Actor,
    asked: Asked,
    on: date,
    reason: str,
    spots: Sequence[Spot] = (),
    *,
    dry_run: bool = False,
) -> Done:
    """Say of waiting lines that they are disputed: of some, or of all in the period.

    They stay when the rest is confirmed, until they are settled.
    """
    reason = words(reason, "异议的原因")
    with home.writing(keep=not dry_run) as connection:
        desk = _desk(connection, actor, asked)
        lines = _chosen(connection, asked, spots)
        reasons = clearing_words.reasons(connection)
        new = [line for line in lines if reasons.get(line.id) != reason]
        said = Said(DISPUTED, str(asked.period), reason, actor.by, actor.at)
        clearing_words.say(connection, [line.id for line in new], said)
        Act(connection, desk, new, on).dispute(reason)
        status = "recorded" if new else "already-recorded"
        return done_with(connection, asked, status, new, [], [])


def settle(
    home: Home,
    actor: Actor,
    asked: Asked,
    reason: str,
    spots: Sequence[Spot] = (),
    *,
    dry_run: bool = False,
) -> Done:
    """Say that a dispute is over: the lines wait to be confirmed like others."""
    reason = words(reason, "异议处理的说明")
    with home.writing(keep=not dry_run) as connection:
        _desk(connection, actor, asked)
        lines = _chosen(connection, asked, spots)
        over = [line for line in lines if line.disputed]
        said = Said(SETTLED, str(asked.period), reason, actor.by, actor.at)
        clearing_words.say(connection, [line.id for line in over], said)
        status = "recorded" if over else "already-recorded"
        return done_with(connection, asked, status, over, [], [])


def listed(home: Home, asked: Asked) -> Done:
    """How the cities stand, and every dispute; nothing is done."""
    with home.reading() as connection:
        if asked.region:
            checked_region(connection, asked.region)
        return done_with(connection, asked, "listed", [], [], [])


def stand_after(
    connection: Connection, asked: Asked
) -> tuple[list[Stand], list[Dispute]]:
    """How cities stand in a period, and which disputes of it, or left over, stand."""
    left = waiting_lines.earlier(connection, asked.period.first_day)
    periods = [*waiting_lines.texts(asked.period), *left]
    return stands(connection, *asked), disputes(connection, periods, *asked[1:])


def _desk(
    connection: Connection, actor: Actor, asked: Asked, post_on: date | None = None
) -> Desk:
    if asked.region:
        checked_region(connection, asked.region)
    return desk_of(connection, actor, post_on)


def _waiting(connection: Connection, asked: Asked, rolled: bool) -> list[Waiting]:
    """The period's lines that wait, and those that earlier periods left over."""
    periods = waiting_lines.texts(asked.period)
    if rolled:
        periods += waiting_lines.earlier(connection, asked.period.first_day)
    return waiting_lines.waiting(connection, periods, *asked[1:])


def _chosen(
    connection: Connection, asked: Asked, spots: Sequence[Spot]
) -> list[Waiting]:
    """The waiting lines at some spots; BookError where there are none."""
    lines = matching(_waiting(connection, asked, rolled=True), spots)
    if not lines:
        raise BookError(
            f"{asked.period}没有这样的待确认的行；"
            f"yibao confirm {asked.period} --kind advances 列出待确认的"
        )
    return lines


def _check_known(
    connection: Connection, asked: Asked, lines: Sequence[Waiting]
) -> None:
    """Refuse a period of which there is no list, rather than confirm nothing."""
    if lines or stands(connection, *asked):
        return
    of = f"清算单{asked.list_number}的" if asked.list_number else ""
    raise BookError(
        f"{asked.period}没有{of}清算明细可以确认；先用 yibao import 导入清算明细"
    )


def _check_day(connection: Connection, lines: Sequence[Waiting], on: date) -> None:
    """Not before its period, nor before the day on which it was taken back."""
    early = [line.period for line in lines if on < line.period.first_day]
    if early:
        latest = max(early, key=lambda period: period.first_day)
        raise BookError(
            f"确认日期{on}早于清算期{latest}的第一天；请用 --on 给出其后的日期"
        )
    back = clearing_words.taken_back_on(connection, [line.id for line in lines])
    for line in lines:
        if line.id in back and on < back[line.id]:
            city = regions.name(regions.city_of(line.insured))
            raise BookError(
                f"{city}{line.period}的确认已于{back[line.id]}撤回，"
                f"确认日期{on}早于那一天；请用 --on 给出{back[line.id]}或其后的日期"
            )


def _post(
    connection: Connection, desk: Desk, lines: Sequence[Waiting], on: date
) -> list[int]:
    """Record each document's part as its completed form would; the postings' ids."""
    by_document: dict[int, list[Waiting]] = defaultdict(list)
    for line in lines:
        by_document[line.document_id].append(line._replace(confirmed_on=on))
    ids: list[int] = []
    for document in waiting_lines.documents(connection, by_document):
        part = by_document[document.id]
        made, id_of = clearing_postings.record(
            connection, desk, document, part, _refuse_day
        )
        ids += made
        by_posting: dict[int | None, list[int]] = defaultdict(list)
        posted = clearing_postings.posting_ids(part, id_of)
        for line, (posting_id,) in zip(part, posted):
            by_posting[posting_id].append(line.id)
        for posting_id, line_ids in by_posting.items():
            waiting_lines.confirm(connection, line_ids, on, posting_id)
    return ids


def _refuse_day(line: Waiting, error: Exception) -> NoReturn:
    raise BookError(f"确认日期{line.confirmed_on}：{error}") from error


def _flagged(connection: Connection, lines: Sequence[Waiting]) -> list[str]:
    """Payers that are suspended or not yet open: said, never refused."""
    found = [flag.text for flag in flags(connection, lines)]
    if len(found) <= TEXT_LIMIT:
        return found
    return [*found[:TEXT_LIMIT], f"等{len(found)}项，yibao check 列出全部"]


def done_with(
    connection: Connection,
    asked: Asked,
    status: str,
    lines: Sequence[Waiting],
    made: list[Recorded],
    warnings: list[str],
) -> Done:
    """An act as it is told, with how cities stand after it."""
    own = set(waiting_lines.texts(asked.period))
    return Done(
        status,
        len(lines),
        sum((line.amount for line in lines), NOTHING),
        sum(str(line.period) not in own for line in lines),
        made,
        warnings,
        *stand_after(connection, asked),
    )
