"""`yibao suspend`: 暂停直接结算服务, decided by a person, kept with its document.

The program lists who is overdue (reports/advances/suspensions.py) and never suspends
by itself: whether a delay is 无故 is for people to say. 依据：五（一）
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from desk.advances.words import words
from ledger import regions, settings
from ledger.advances import suspensions
from ledger.advances.suspensions import SuspensionRow
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.postings import Actor

LONGEST_DOCUMENT = 80


class Done(NamedTuple):
    """What became of an act; `status`: started, lifted, already, checked."""

    status: str
    suspension: SuspensionRow


def start(
    home: Home,
    actor: Actor,
    region: str,
    from_day: date,
    reason: str,
    document: str,
    *,
    dry_run: bool = False,
) -> Done:
    """Suspend a region from a day on; the same decision again is already there."""
    reason, document = _decided(from_day, reason, document)
    with home.writing(keep=not dry_run) as connection:
        _check_region(connection, region)
        for row in suspensions.suspensions(connection, region):
            said = (row.from_day, row.reason, row.document)
            if said == (from_day, reason, document):
                return Done("already", row)
            if row.touches(from_day, date.max):
                raise BookError(_stands(row))
        suspensions.start(
            connection, region, from_day, reason, document, actor.by, actor.at
        )
        made = suspensions.suspensions(connection, region)[-1]
    return Done("checked" if dry_run else "started", made)


def lift(
    home: Home,
    actor: Actor,
    region: str,
    on: date,
    reason: str,
    document: str,
    *,
    dry_run: bool = False,
) -> Done:
    """End a region's suspension: on that day it is suspended no more."""
    reason, document = _decided(on, reason, document)
    with home.writing(keep=not dry_run) as connection:
        _check_region(connection, region)
        rows = suspensions.suspensions(connection, region)
        standing = [row for row in rows if row.until_day is None]
        if not standing:
            return Done("already", _lifted_so(rows, region, on, document))
        [row] = standing
        if on < row.from_day:
            raise BookError(
                f"{regions.name(region)}自{row.from_day}起暂停，不能在{on}恢复；"
                "--on 应为暂停当日或以后"
            )
        suspensions.lift(connection, row.id, on, reason, document, actor.by, actor.at)
        made = next(
            each
            for each in suspensions.suspensions(connection, region)
            if each.id == row.id
        )
    return Done("checked" if dry_run else "lifted", made)


def _decided(day: date, reason: str, document: str) -> tuple[str, str]:
    """Reason and document of a decision as they are kept; its year is 2000 to 2099."""
    if not date(2000, 1, 1) <= day < date(2100, 1, 1):
        raise UsageError(f"日期{day}不对；应为2000年至2099年的一天")
    return words(reason, "原因"), words(document, "文号", LONGEST_DOCUMENT)


def _lifted_so(
    rows: list[SuspensionRow], region: str, on: date, document: str
) -> SuspensionRow:
    """The suspension that was lifted in these very words; BookError without one."""
    for row in rows:
        if (row.until_day, row.lift_document) == (on, document):
            return row
    raise BookError(
        f"{regions.name(region)}没有暂停，不用恢复；yibao suspend list 列出各地区"
    )


def _stands(row: SuspensionRow) -> str:
    name = regions.name(row.region)
    if row.until_day is None:
        return (
            f"{name}自{row.from_day}起已暂停（{row.document}，{row.by}），没有改动；"
            "要先恢复请用 yibao suspend lift"
        )
    return (
        f"{name}{row.from_day}起的暂停到{row.until_day}才恢复（{row.document}），"
        "期间重叠，没有改动；--from 应为恢复日或以后"
    )


def _check_region(connection: Connection, region: str) -> None:
    province = settings.province(connection)
    there = regions.today_code(region) == region
    if not there or regions.level(region) == "province":
        raise UsageError(f"“{region}”不是统筹区代码；例如贵阳市是 520100")
    if regions.province_of(region) != province:
        raise UsageError(
            f"{regions.name(region)}不在{regions.name(province)}；"
            "只能暂停本省统筹区的直接结算"
        )
