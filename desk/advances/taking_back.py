"""`yibao confirm PERIOD --kind advances --take-back`: a confirmation is undone.

Its postings are reversed in red, and their lines wait again, to be confirmed anew. The
red vouchers happen on the day of the taking back (业务日期): until then the city had
confirmed, and days that are past stay as they were. A clearing that was paid for
stays: what is wrong with it goes by 补清算 or 冲减.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable, Sequence

from sqlalchemy import Connection, select

from desk.advances.choosing_lines import checked_region
from desk.advances.clearing_notices import Act
from desk.advances.confirming import Asked, Done, done_with
from desk.advances.unpaid import check_unpaid
from desk.advances.words import words
from desk.reversing import approved_by_rule, reversal, vouchers_of
from desk.taking import Desk, desk_of
from desk.vouchers import voucher_name
from ledger import postings, regions
from ledger.advances import clearing_words, waiting_lines
from ledger.advances.clearing_words import TAKEN_BACK, Said
from ledger.advances.waiting_lines import TAKE_BACK, Confirmed
from ledger.book_files import print_changed
from ledger.database import Home, slices
from ledger.errors import BookError
from ledger.periods import period as period_of
from ledger.postings import BY_RULE, POSTING, Actor, Recorded
from reports.advances.waiting import stands


def take_back(
    home: Home,
    actor: Actor,
    asked: Asked,
    on: date,
    reason: str,
    *,
    dry_run: bool = False,
) -> Done:
    """Take back what was confirmed of a period, or in confirming it, by red vouchers.

    Refused after payment, in a later year, while something of it is a draft, or where
    a posting holds lines of another month of the quarter besides.
    """
    reason = words(reason, "撤回的原因")
    with home.writing(keep=not dry_run) as connection:
        if asked.region:
            checked_region(connection, asked.region)
        lines = _lines(connection, asked)
        if not lines:
            _check_known(connection, asked)
        desk = desk_of(connection, actor)
        check_unpaid(connection, desk.policy, lines)
        originals = _originals(connection, asked, lines)
        ids = _reverse(connection, actor, originals, on, reason)
        _say(connection, desk, asked, lines, on, reason)
        made, status = _approved(connection, actor, ids)
        status = status if lines else "already-taken-back"
        done = done_with(connection, asked, status, lines, made, [])
    if not dry_run:
        print_changed(home)
    return done


def _lines(connection: Connection, asked: Asked) -> list[Confirmed]:
    """The lines that are taken back: postings stay whole.

    What a list supplements of earlier quarters (补清算) goes with it, and not with
    those quarters.
    """
    periods = waiting_lines.texts(asked.period)
    lines = waiting_lines.confirmed(connection, periods, *asked[1:])
    known = {line.id for line in lines}
    ids = {line.posting_id for line in lines} - {None}
    others = waiting_lines.beside(connection, ids, periods)
    others = [line for line in others if line.id not in known]
    quarter = asked.period.quarter
    beside = {(line.posting_id, period_of(line.period).quarter) for line in others}
    later = {posting_id for posting_id, other in beside if other > quarter}
    if any(other == quarter and id not in later for id, other in beside):
        raise BookError(
            f"{asked.period}的确认与{quarter}其他月份的在同一笔业务里，"
            f"不能只撤回一部分；请撤回{quarter}"
        )
    return [line for line in [*lines, *others] if line.posting_id not in later]


def _say(
    connection: Connection,
    desk: Desk,
    asked: Asked,
    lines: Sequence[Confirmed],
    on: date,
    reason: str,
) -> None:
    """Keep who took the lines back; those without a voucher wait again at once."""
    said = Said(TAKEN_BACK, str(asked.period), reason, desk.actor.by, desk.actor.at)
    clearing_words.say_each(
        connection,
        [
            (
                line.id,
                said._replace(
                    confirmed_on=line.confirmed_on,
                    on_day=on,
                    posting_id=line.posting_id,
                ),
            )
            for line in lines
        ],
    )
    bare = [line.id for line in lines if line.posting_id is None]
    waiting_lines.wait_again(connection, bare)
    Act(connection, desk, lines, on).follow(f"撤回确认：{reason}")


def _approved(
    connection: Connection, actor: Actor, ids: list[int]
) -> tuple[list[Recorded], str]:
    if approved_by_rule(connection, actor.on):
        made = postings.approve(connection, ids, Actor(BY_RULE, actor.at))
        return made, "taken-back"
    return postings.recorded(connection, ids), "draft" if ids else "taken-back"


def _originals(
    connection: Connection, asked: Asked, lines: Sequence[Confirmed]
) -> list:
    """The approved postings behind the lines."""
    ids = {line.posting_id for line in lines} - {None}
    rows: list = []
    for part in slices(sorted(ids)):
        query = select(POSTING).where(POSTING.c.id.in_(part)).order_by(POSTING.c.id)
        rows += connection.execute(query).all()
        _check_open(connection, part)
    if any(row.state == "draft" for row in rows):
        raise BookError(
            f"{asked.period}的确认还有待审核的草稿；"
            "请先审核或退回（yibao voucher reject），退回后各行重新待确认"
        )
    return rows


def _check_open(connection: Connection, ids: Sequence[int]) -> None:
    """No reversal of them waits for approval already."""
    waits = connection.execute(
        select(POSTING.c.tag).where(
            POSTING.c.reverses_id.in_(ids), POSTING.c.state == "draft"
        )
    ).first()
    if waits is not None:
        raise BookError(
            f"这些确认已有待审核的冲销草稿（^{waits.tag}）；请先审核或退回那份草稿"
        )


def _reverse(
    connection: Connection,
    actor: Actor,
    originals: Iterable,
    on: date,
    reason: str,
) -> list[int]:
    made = []
    for posting in originals:
        vouchers = vouchers_of(connection, posting.id)
        _check_day(vouchers, on)
        unit = f"{TAKE_BACK}{posting.id}"
        made.append(
            reversal(connection, unit, posting, vouchers, on, reason, occurred_on=on)
        )
    return postings.record(connection, made, actor)


def _check_day(vouchers: Sequence, on: date) -> None:
    last = max(vouchers, key=lambda voucher: voucher.dated)
    if on < last.dated:
        raise BookError(
            f"{_city(vouchers)}的{voucher_name(last)}日期是{last.dated}，"
            f"撤回日期{on}早于它；请用 --on 给出{last.dated}或其后的日期"
        )
    if last.year < on.year:
        raise BookError(
            f"{voucher_name(last)}属于{last.year}年，以前年度的确认不能用红字撤回；"
            "差错请用“补清算”或“冲减”更正"
        )


def _city(vouchers: Sequence) -> str:
    """Whose confirmation it is, by the books of its vouchers: 贵阳市, 贵州省本级."""
    codes = {voucher.book_id.partition("-")[0] for voucher in vouchers}
    cities = {regions.city_of(code) for code in codes if not _is_province(code)}
    names = [regions.name(code) for code in sorted(cities)]
    return names[0] if names else "省本级"


def _is_province(code: str) -> bool:
    return regions.level(code) == "province"


def _check_known(connection: Connection, asked: Asked) -> None:
    if not stands(connection, *asked):
        raise BookError(f"{asked.period}没有清算明细；先用 yibao import 导入清算明细")
