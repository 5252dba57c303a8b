"""G1: monthly lists of insured people and their contributions."""

from __future__ import annotations

from sqlalchemy import Connection

from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger.people import staging


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    staging.load(
        connection, "g1", document.fields, document.blocks(), ("person_id", "at")
    )
    return Taken()
