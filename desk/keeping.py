"""Forms that make no voucher: their new lines are kept, what is known says the same."""

from __future__ import annotations

from typing import Callable, NamedTuple

from sqlalchemy import Connection

from desk.taking import Taken, other_content, same_text
from ledger import sources
from ledger.documents import SourceDocument
from ledger.sources import KnownLine


class Keys(NamedTuple):
    """How a form's lines are known again, and the titles of what may differ.

    `column` is the field of which only the document's values are looked up; `content`
    what two lines of one key have to agree in.
    """

    column: str
    key: Callable
    titles: dict[str, str]
    content: Callable = same_text


class Sorted(NamedTuple):
    """A document's lines: those that are new, and the others as they are known."""

    new: list
    known: list[tuple[object, KnownLine]]


def sort(connection: Connection, document: SourceDocument, keys: Keys) -> Sorted:
    """Tell new lines from known ones; SourceError where a known one differs."""
    there = known_lines(connection, document, keys)
    new, known = [], []
    for line in document.lines:
        row = there.get(keys.key(line))
        if row is None:
            new.append(line)
            continue
        if keys.content(line) != keys.content(row.line):
            other_content(document, line, row, keys.titles)
        known.append((line, row))
    return Sorted(new, known)


def known_lines(
    connection: Connection, document: SourceDocument, keys: Keys
) -> dict[tuple, KnownLine]:
    """The live lines of the same years or quarters, by key."""
    values = {getattr(line, keys.column) for line in document.lines}
    values = {str(x) if isinstance(x, tuple) else x for x in values}
    rows = sources.known_lines(connection, document.form, keys.column, values)
    return {keys.key(row.line): row for row in rows}


def keep_new(
    connection: Connection, document: SourceDocument, document_id: int, keys: Keys
) -> Taken:
    """Keep the new lines of a document."""
    new, known = sort(connection, document, keys)
    insert(connection, document, document_id, new)
    return Taken(new=len(new), known=len(known))


def insert(
    connection: Connection, document: SourceDocument, document_id: int, new: list
) -> None:
    nothing = [()] * len(new)  # no posting
    sources.insert_lines(connection, document.form, document_id, new, nothing)
