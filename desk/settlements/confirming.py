"""`yibao confirm PERIOD --kind K --region CODE`: regions confirm their statements.

Where both sides of a pair have confirmed, its voucher P10 is posted; of a netted
clearing all are posted together, when everyone has. A dispute withholds.
依据：皖医保中心〔2024〕39号 二（六）
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.settlements.clearing import Period, check_day
from desk.settlements.region_postings import keeping, post, waiting
from desk.vouchers import check_words
from ledger import regions, settings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.money import NOTHING
from ledger.postings import Actor, Recorded
from ledger.settlements import clearing as clearings
from ledger.settlements import clearing_rows, confirmations
from ledger.settlements.clearing import PAID_ON, KeptPart
from ledger.settlements.confirmations import CONFIRMED, DISPUTED, Word


class Said(NamedTuple):
    """What a region of a clearing owes and is owed, and its last word."""

    clearing: int
    region: str
    owes: Decimal
    is_owed: Decimal
    says: str
    reason: str
    by: str
    at: str


class Confirmed(NamedTuple):
    """What `confirm` did; `said` is how everyone stands after it."""

    kind: str
    period: Period
    clearings: tuple[int, ...]
    said: list[Said]
    vouchers: list[Recorded]
    status: str  # posted, draft, recorded, already-recorded


def confirm(
    home: Home,
    actor: Actor,
    kind: str,
    period: Period,
    region: str,
    *,
    dispute: str = "",
    post_on: date | None = None,
    dry_run: bool = False,
) -> Confirmed:
    """Keep a region's word on the period's statements; post what is agreed."""
    check_words(dispute)
    word = Word(region, DISPUTED if dispute else CONFIRMED, dispute, actor.by, actor.at)
    made: list[Recorded] = []
    statuses = set()
    with home.writing(keep=not dry_run) as connection:
        rows = _of_region(connection, kind, period, region)
        for row in rows:
            if confirmations.say(connection, row.id, word):
                statuses.add("recorded")
            vouchers, status = _post_agreed(
                connection, actor, row, period, post_on or actor.on
            )
            made += vouchers
            statuses |= {status} if vouchers else set()
        said = [one for row in rows for one in _said(connection, row)]
    if not dry_run:
        print_changed(home)
    ranked = ("draft", "posted", "recorded")
    status = next((s for s in ranked if s in statuses), "already-recorded")
    return Confirmed(kind, period, _ids(rows), said, made, status)


def said_of(home: Home, kind: str, period: Period) -> Confirmed:
    """Who has confirmed the period's statements, and who has not."""
    with home.reading() as connection:
        rows = _standing(connection, kind, period)
        said = [one for row in rows for one in _said(connection, row)]
    return Confirmed(kind, period, _ids(rows), said, [], "")


def _of_region(connection: Connection, kind: str, period: Period, region: str) -> list:
    """The statements that wait for a region's word; of a period where none waits,
    all of its own."""
    if region not in keeping(settings.province(connection)):
        raise UsageError(f"“{region}”不是本省的统筹区（市州）代码")
    rows = [
        row
        for row in _standing(connection, kind, period)
        if region in _parties(_between(connection, row), row.province)
    ]
    if not rows:
        raise BookError(
            f"{period}没有{regions.name(region)}的清算单可以确认；"
            f"先运行 yibao clear {period} --kind {kind}"
        )
    return [row for row in rows if row.state == clearings.MADE] or rows


def _post_agreed(
    connection: Connection, actor: Actor, row, period: Period, dated: date
) -> tuple[list[Recorded], str]:
    """Post the pairs that both sides have confirmed; of a netted clearing all."""
    if row.state != clearings.MADE:
        return [], "recorded"
    words = confirmations.last_words(connection, row.id)
    agreed = {word.region for word in words.values() if word.says == CONFIRMED}
    between = _between(connection, row)
    if row.netted:
        everyone = _parties(between, row.province)
        ready = between if everyone <= agreed else []
    else:
        ready = [part for part in between if _parties([part], row.province) <= agreed]
    if not waiting(row, ready):
        return [], "recorded"
    check_day(connection, dated, clearing_rows.sources_of(connection, row.id))
    todo = ready if row.netted else waiting(row, ready)
    return post(connection, actor, row, period, todo, dated, draft=False)


def _between(connection: Connection, row) -> list[KeptPart]:
    parts = clearings.parts_of(connection, row.id)
    return [part for part in parts if part.part.subject != PAID_ON]


def _parties(parts: Sequence[KeptPart], province: str) -> set[str]:
    """The regions whose word is asked: those that keep books."""
    named = {part.part.payer for part in parts} | {part.part.payee for part in parts}
    return named & keeping(province)


def _standing(connection: Connection, kind: str, period: Period) -> list:
    province = settings.province(connection)
    return clearings.standing(connection, kind, province, str(period))


def _said(connection: Connection, row) -> list[Said]:
    between = _between(connection, row)
    words = confirmations.last_words(connection, row.id)
    return [
        Said(
            row.id,
            region,
            _sum(part for part in between if part.part.payer == region),
            _sum(part for part in between if part.part.payee == region),
            *words.get(region, Word(region, "", "", "", ""))[1:],
        )
        for region in sorted(_parties(between, row.province))
    ]


def _sum(parts) -> Decimal:
    return sum((part.part.gross for part in parts), NOTHING)


def _ids(rows: Sequence) -> tuple[int, ...]:
    return tuple(row.id for row in rows)
