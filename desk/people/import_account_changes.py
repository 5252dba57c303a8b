"""G6: moves in and out, inheritance and deaths (P14).

Vouchers are made per region, day and kind. A death moves no money and counts at
once; what a move or an inheritance makes of an account follows when its batch counts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from desk.people import list_posting
from desk.people.account_changes import CannotTake, apply, is_known
from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger.documents import rows_text
from ledger.people import changes, staging, states
from ledger.people.changes import DEATH, IN, INHERITANCE, OUT, Change, Insured
from ledger.people.deaths import Death

EVENTS = {IN: "move-in", OUT: "move-out", INHERITANCE: "inheritance"}


@dataclass
class Work:
    """The rows of a list on what stands of their people."""

    people: dict[str, Insured]
    known: dict[str, tuple[str, tuple]]
    taken: list[tuple[Change, str]] = field(default_factory=list)  # with the region
    repeated: int = 0

    def take(self, row: Change, province: str, aside: Aside) -> None:
        """Take a row, count it as known, or set it aside."""
        try:
            if is_known(row, self.known):
                self.repeated += 1
                return
            region = apply(row, self.people, province)
        except CannotTake as cannot:
            aside.add(row.sheet, row.row, *cannot.told)
            return
        self.known[row.serial] = (row.person_id, changes.content(row))
        self.taken.append((row, region))


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    staging.load(connection, changes.STAGED, document.fields, document.blocks())
    work = Work(changes.people(connection), changes.known(connection))
    for row in changes.rows(connection):
        work.take(row, desk.province, aside)
    _register(connection, work, document_id)
    ids = _post(connection, desk, document, document_id, work)
    return Taken(new=len(work.taken), known=work.repeated, posting_ids=ids)


def _register(connection: Connection, work: Work, document_id: int) -> None:
    """Register what moves no money: deaths, and moves of empty accounts."""
    still = [(row, region, None) for row, region in work.taken if not row.amount]
    changes.insert(connection, still, document_id)
    changes.register(
        connection,
        [
            Death(row.person_id, row.died_on, document_id, row.row)
            for row, _, _ in still
            if row.kind == DEATH
        ],
    )
    states.settle_people(connection, [row.person_id for row, _, _ in still])


def _post(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    work: Work,
) -> list[int]:
    """A batch and a voucher per day, kind and region; what comes in counts first."""
    groups: dict[tuple, list[Change]] = defaultdict(list)
    for row, region in work.taken:
        if row.amount:
            groups[row.dated, list(EVENTS).index(row.kind), region].append(row)
    times = changes.times_freed(connection)
    ids = []
    for (dated, kind, region), rows in sorted(groups.items()):
        event, on = list(EVENTS.values())[kind], date.fromisoformat(dated)
        batch_id = list_posting.start(
            connection, desk, "change", region, on, document_id
        )
        day = list_posting.voucher_day(desk, on).isoformat()
        changes.insert(
            connection, [(row, region, batch_id) for row in rows], document_id
        )
        changes.insert_movements(
            connection,
            [
                _movement(row, region, batch_id, document_id, day, times[row.serial])
                for row in rows
            ],
        )
        ids += list_posting.post(
            connection,
            desk,
            document,
            document_id,
            batch_id,
            region=region,
            event=event,
            on=on,
            link="chg",
            source=rows_text(document.name, _places(rows)),
        )
    return ids


def _movement(
    row: Change, region: str, batch_id: int, document_id: int, day: str, times: int
) -> tuple:
    """A row's movement; of a line that was taken back before, its key says so."""
    return (
        row.person_id,
        "",
        changes.ACTS[row.kind],
        row.serial + (f"|{times}" if times else ""),
        region,
        day,
        row.kind,
        row.amount if row.kind == IN else -row.amount,
        batch_id,
        document_id,
        row.row,
    )


def _places(rows: list[Change]) -> dict[str, list[int]]:
    by_sheet: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_sheet[row.sheet].append(row.row)
    return by_sheet
