"""Clearing between regions: open sums to parts, statements and vouchers.

Where the setting clearing-confirmation is by-region, the statements are made and the
vouchers wait for `yibao confirm` (desk/settlements/confirming.py).
依据：皖医保中心〔2024〕39号 二（六）
"""

from __future__ import annotations

from datetime import date
from typing import Callable, NamedTuple, Sequence

from sqlalchemy import Connection

from desk.settlements import region_statements
from desk.settlements.clearing import (
    Cleared,
    Period,
    check_day,
    last_month,
    require_province,
    vouchers_of,
    write,
)
from desk.settlements.region_postings import keeping, post, waiting
from ledger import settings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.postings import Actor
from ledger.settlements import clearing as clearings
from ledger.settlements import clearing_rows
from ledger.settlements.clearing import PAID_ON, Part
from posting_rules.region_clearing import net_parts

Gather = Callable[[Connection, int], list[Part]]


class Run(NamedTuple):
    """What is asked for; `takes` are the kinds of open rows (ledger's `take`).

    `gather` gives the parts of what a clearing took, net as gross.
    """

    actor: Actor
    kind: str
    period: Period
    province: str
    takes: Sequence[str]
    gather: Gather
    post_on: date | None
    draft: bool

    @property
    def dated(self) -> date:
        return self.post_on or self.actor.on


def clear_regions(home: Home, run: Run, dry_run: bool) -> Cleared:
    """Take what is open and clear it; where nothing is, say what stands."""
    with home.writing(keep=not dry_run) as connection:
        require_province(connection, run.province)
        month = last_month(run.period)
        if any(clearings.is_open(connection, what, month) for what in run.takes):
            made = _make(connection, run)
        else:
            made = _standing(connection, run)
    if dry_run:
        return made
    print_changed(home)
    return _with_files(home, made)


def _make(connection: Connection, run: Run) -> Cleared:
    row = _start(connection, run)
    check_day(connection, run.dated, clearing_rows.sources_of(connection, row.id))
    parts = run.gather(connection, row.id)
    if row.netted:
        parts = net_parts(parts, keeping(run.province))
    kept = clearings.add_parts(connection, row.id, parts)
    confirmed = settings.value(connection, "clearing-confirmation", run.actor.on)
    at_once = [
        part for part in kept if confirmed == "by-rule" or part.part.subject == PAID_ON
    ]
    vouchers, status = post(
        connection, run.actor, row, run.period, at_once, run.dated, run.draft
    )
    if waiting(row, clearings.parts_of(connection, row.id)):
        status = "made"
    return Cleared(
        clearing=row.id,
        kind=run.kind,
        period=run.period,
        province=run.province,
        parts=parts,
        files=[],
        vouchers=vouchers,
        status=status,
        standing=_ids(_stand(connection, run)),
    )


def _start(connection: Connection, run: Run):
    """A clearing with its rows; its parts come next."""
    netting = settings.value(connection, "netting", run.actor.on)
    clearing_id = clearings.start(
        connection,
        run.kind,
        run.province,
        str(run.period),
        netted=netting == "multilateral",
        by=run.actor.by,
        at=run.actor.at,
    )
    for what in run.takes:
        clearings.take(connection, clearing_id, what, last_month(run.period))
    return clearings.clearing(connection, clearing_id)


def _standing(connection: Connection, run: Run) -> Cleared:
    """The period's clearings as they stand; there may be none."""
    rows = _stand(connection, run)
    ids = _ids(rows)
    return Cleared(
        clearing=ids[-1] if ids else None,
        kind=run.kind,
        period=run.period,
        province=run.province,
        parts=[kept.part for kept in clearings.parts_of(connection, *ids)],
        files=[],
        vouchers=vouchers_of(connection, rows),
        status="already-posted",
        standing=ids,
    )


def _stand(connection: Connection, run: Run) -> list:
    return clearings.standing(connection, run.kind, run.province, str(run.period))


def _ids(rows: Sequence) -> tuple[int, ...]:
    return tuple(row.id for row in rows)


def _with_files(home: Home, made: Cleared) -> Cleared:
    """Print the statements: of the new clearing, or again of all that stand.

    Under the lock, so that two at once do not write the same file.
    """
    if made.clearing is None:
        return made
    old = made.status == "already-posted"
    files: dict[str, bytes] = {}
    with home.writing(keep=False) as connection:
        for clearing_id in made.standing if old else (made.clearing,):
            files |= region_statements.of_clearing(connection, clearing_id)
        return made._replace(files=write(home, files))
