"""Import of a list of people: rows are taken or set aside one by one (reading 15)."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection

from desk import set_aside
from desk.progress import Tell
from desk.set_aside import Aside
from desk.taking import Desk, Taken, approved
from importers.people import PEOPLE, PeopleDocument
from ledger import sources
from ledger.database import Home

# The module of each form: its take(connection, desk, document, document_id, aside)
# gives a Taken. Imported when a file comes.
PEOPLE_TAKERS = {
    "G1": "desk.people.import_contributions",
    "G2": "desk.people.import_account_openings",
    "G6": "desk.people.import_account_changes",
    "G7": "desk.people.import_filings",
    "G8": "desk.people.import_bounces",
    "G3": "desk.settlements.import_settlements",
    "G4": "desk.settlements.import_bindings",
    "G5": "desk.settlements.import_premiums",
    "G9": "desk.settlements.import_other_side",
    "G10": "desk.settlements.import_institutions",
}


def import_people(
    home: Home,
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    data: bytes,
    options,
    result,
    tell: Tell,
) -> None:
    """Take a list's rows and post them; the result says what became of the file."""
    take = import_module(PEOPLE_TAKERS[document.form]).take
    aside = Aside(document.name, document.set_aside)
    document_id = sources.keep_document(
        connection, document, desk.actor.by, desk.actor.at
    )
    desk = desk._replace(tell=tell)
    taken: Taken = take(connection, desk, document, document_id, aside)
    sources.set_totalled(connection, document_id, document.totalled)
    if aside and options.strict:
        aside.refuse(f"有{len(aside)}行不能收录，按 --strict 整份不收")
    _say(result, taken, aside)
    if aside and not options.dry_run:
        result.set_aside_file = _write_aside(home, document, aside, data)
    if not (taken.new or taken.completed):
        result.status = "already-posted" if taken.known else "rejected"
        result.message = _nothing_taken(aside) if not taken.known else ""
        connection.rollback()
        return
    tell(f"{document.name} 入账")
    result.vouchers, status = approved(
        connection, desk, taken.posting_ids, options.draft
    )
    if status == "posted":
        result.warnings = taken.warnings(connection)
    result.status = "posted-in-part" if aside and status == "posted" else status
    if options.dry_run:
        result.status = "checked"
    else:
        sources.store_file(home, document, data, desk.actor.at)


def _say(result, taken: Taken, aside: Aside) -> None:
    result.new, result.known = taken.new, taken.known
    result.completed = taken.completed
    result.set_aside = len(aside)
    result.errors = aside.first()


def _nothing_taken(aside: Aside) -> str:
    """What is told of a file of which no row could be taken."""
    named = [fault.message for fault in aside.first()[:10]]
    more = [f"共{len(aside)}行不能收录。"] if len(aside) > 10 else []
    return "\n".join([*named, *more, set_aside.REMEDY])


def _write_aside(
    home: Home, document: PeopleDocument, aside: Aside, data: bytes
) -> str:
    """Write HOME/out/set-aside/NAME-HASH.xlsx; its path."""
    name = f"{Path(document.name).stem}-{document.sha256[:8]}.xlsx"
    path = home.path / "out" / "set-aside" / name
    set_aside.write(path, aside, data, list(PEOPLE.values()))
    return str(path)
