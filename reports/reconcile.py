"""`yibao check`: every reconciliation, each difference with its explanation.

Identities 1 to 10 of RULES.md section 4 compare what source lines say
(reports/checks/sources.py) with what the books hold, never a book with itself. Then
the store: chain, numbers, balance, reversals, and the files on disk.
"""

from __future__ import annotations

from datetime import date
from typing import Iterator

from sqlalchemy import Connection

from ledger import settings
from ledger.database import Home
from posting_rules.policies import policy_of
from reports.checks.banks import banks
from reports.checks.books import books_of
from reports.checks.clearing import lists, receipts, uncleared
from reports.checks.findings import NOTE, Finding
from reports.checks.identities import mirrors, passed_on, places, stranded
from reports.checks.rates import rates
from reports.checks.sources import sources_of
from reports.checks.store import stored


def check(connection: Connection, on: date, home: Home | None = None) -> list[Finding]:
    """Everything that is found up to a day; errors before notes.

    With a home the printed files are compared with a fresh print as well.
    """
    return sorted(
        _findings(connection, on, home), key=lambda finding: finding.severity == NOTE
    )


def _findings(connection: Connection, on: date, home: Home | None) -> Iterator[Finding]:
    policy = policy_of(settings.province(connection))
    sources = sources_of(connection, policy, on)
    books = books_of(connection, on)
    yield from passed_on(policy, sources, books)
    yield from places(sources, books)
    yield from mirrors(policy, sources)
    yield from lists(connection, policy, sources, on)
    yield from banks(connection, policy, sources, on)
    yield from uncleared(policy, sources, books)
    yield from receipts(connection, policy, sources, on)
    yield from rates(connection, policy, sources, on)
    yield from stranded(connection, policy, on)
    yield from stored(connection, home)
