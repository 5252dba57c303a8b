"""`yibao clear`: what the clearings of all kinds share.

A clearing takes every open sum up to the end of its period, once; its statements are
printed into HOME/out/clearing, its vouchers are one unit (ledger/settlements/clearing).
依据：皖医保中心〔2024〕39号 二（六）
"""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, func, select

from desk.people.batch_posting import voucher_words
from ledger import postings, settings
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.files import why, write_whole
from ledger.periods import Month, Quarter
from ledger.postings import BY_RULE, POSTING, VOUCHER, Actor, Recorded
from ledger.settlements import clearing as clearings
from ledger.settlements import confirmations
from ledger.settlements.clearing import Part
from ledger.settlements.confirmations import WITHDRAWN, Word
from ledger.vouchers import Posting

Period = Month | Quarter | int  # an int is a year
KINDS = {
    "family": "desk.settlements.clear_family",
    "institutions": "desk.settlements.clear_institutions",
    "premiums": "desk.settlements.clear_premiums",
}
FOLDER = "clearing"


class Cleared(NamedTuple):
    """What a clearing made, or what stands already where nothing was open.

    `clearing` is None in a trial, and where there never was anything; `standing` are
    the ids of the period's clearings, this one included.
    """

    clearing: int | None
    kind: str
    period: Period
    province: str
    parts: list[Part]
    files: list[str]
    vouchers: list[Recorded]
    status: str  # posted, draft, made (waits for confirmation), already-posted, checked
    standing: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def clear(
    home: Home,
    actor: Actor,
    kind: str,
    period: Period,
    province: str,
    *,
    post_on: date | None = None,
    draft: bool = False,
    dry_run: bool = False,
    pay: bool = False,
) -> Cleared:
    """Clear a period; what came since a former clearing goes into one of its own."""
    if pay and kind != "institutions":
        raise UsageError("--pay 只用于与机构的结算（--kind institutions）")
    made = getattr(import_module(KINDS[kind]), f"clear_{kind}")
    how = {"pay": pay} if kind == "institutions" else {}
    return made(
        home,
        actor,
        period,
        province,
        post_on=post_on,
        draft=draft,
        dry_run=dry_run,
        **how,
    )


def withdraw(
    home: Home,
    actor: Actor,
    kind: str,
    period: Period,
    province: str,
    *,
    dry_run: bool = False,
) -> Cleared:
    """Take back a period's latest clearing that has no voucher, such as one that a
    region disputes; its rows can be cleared again."""
    if kind == "institutions":
        from desk.settlements.clear_institutions import withdraw_institutions

        return withdraw_institutions(home, actor, period, province, dry_run=dry_run)
    with home.writing(keep=not dry_run) as connection:
        require_province(connection, province)
        rows = clearings.standing(connection, kind, province, str(period))
        if not rows:
            raise BookError(f"{period}没有可撤回的清算单")
        row = rows[-1]
        if vouchers := vouchers_of(connection, [row]):
            first = vouchers[0].name or f"#{vouchers[0].id}"
            raise BookError(
                f"清算{row.id}已有凭证{first}等{len(vouchers)}张，不能撤回；"
                "请冲销或退回其中一张（yibao voucher reverse 或 reject），整个清算随之撤销"
            )
        parts = [kept.part for kept in clearings.parts_of(connection, row.id)]
        confirmations.say(
            connection, row.id, Word(province, WITHDRAWN, "", actor.by, actor.at)
        )
        clearings.undo(connection, row.id)
        standing = tuple(one.id for one in rows[:-1])
    return Cleared(row.id, kind, period, province, parts, [], [], "withdrawn", standing)


def require_province(connection: Connection, province: str) -> None:
    """UsageError unless it is the home's own province."""
    own = settings.province(connection)
    if province != own:
        raise UsageError(f"“{province}”不是本账套目录的省份；请用 --province {own}")


def require_month(period: Period) -> None:
    """UsageError for a year: treatment is cleared month by month."""
    if isinstance(period, int):
        raise UsageError(
            f"“{period}”是年度，这一类按月清算；请给出月份或季度，如 {period}-07"
        )


def last_month(period: Period) -> str:
    """The last month that a period takes in."""
    if isinstance(period, int):
        return f"{period:04d}-12"
    return str(period.months[-1])


def check_day(connection: Connection, dated: date, posting_ids: Sequence[int]) -> None:
    """BookError where the clearing would stand before what it clears.

    `posting_ids` are those of the sums that it takes.
    """
    latest = connection.execute(
        select(func.max(VOUCHER.c.dated)).where(VOUCHER.c.posting_id.in_(posting_ids))
    ).scalar()
    if latest is not None and dated < latest:
        raise BookError(
            f"清算凭证日期{dated}早于所清算业务的凭证日期{latest}；"
            "请用 --post-on 给出其后的日期"
        )


def record(
    connection: Connection,
    actor: Actor,
    made: Sequence[Posting],
    draft: bool,
) -> tuple[list[int], list[Recorded], str]:
    """Record a clearing's postings, all of its one unit: ids, vouchers, status.

    Approved by rule unless the home's review, `draft`, or a draft of the same
    clearing that still waits says otherwise.
    """
    if not made:
        return [], [], "posted"
    units = {posting.unit for posting in made}
    waits = connection.execute(
        select(POSTING.c.id).where(
            POSTING.c.unit.in_(units), POSTING.c.live, POSTING.c.state == "draft"
        )
    ).first()
    ids = postings.record(connection, made, actor)
    by_rule = settings.value(connection, "review", actor.on) == "by-rule"
    if draft or waits is not None or not by_rule:
        return ids, postings.recorded(connection, ids), "draft"
    return ids, postings.approve(connection, ids, Actor(BY_RULE, actor.at)), "posted"


def vouchers_of(connection: Connection, rows: Sequence) -> list[Recorded]:
    """The vouchers of clearings that stand."""
    ids = [p.id for row in rows for p in clearings.postings_of(connection, row)]
    return postings.recorded(connection, ids)


def write(home: Home, files: dict[str, bytes]) -> list[str]:
    """Print statements into HOME/out/clearing; their paths.

    BookError where that cannot be: the clearing stands, the command prints them again.
    """
    written = []
    for name, content in files.items():
        path = home.path / "out" / FOLDER / name
        try:
            write_whole(path, content)
        except OSError as error:
            raise BookError(
                f"清算已登记，但{path}没有写出：{why(error)}；"
                "请检查磁盘空间和权限，再运行同一命令补印"
            ) from error
        written.append(str(path))
    return written


def cleared_words(made: Cleared, dry_run: bool = False) -> dict:
    """A clearing as --json shows it."""
    old = made.status == "already-posted"
    return {
        "clearing": made.clearing if old or not dry_run else None,
        "standing": list(made.standing),
        "kind": made.kind,
        "period": str(made.period),
        "province": made.province,
        "parts": [
            {
                **part._asdict(),
                "gross": f"{part.gross:.2f}",
                "net": f"{part.net:.2f}",
            }
            for part in made.parts
        ],
        "files": made.files,
        "vouchers": voucher_words(made.vouchers, dry_run and not old),
        "notes": list(made.notes),
        "status": made.status if old or not dry_run else "checked",
    }
