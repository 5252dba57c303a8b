"""`yibao check`: every reconciliation, each difference with its explanation.

Identities 1 to 11 of RULES.md section 4 compare what source lines say
(reports/checks/sources.py) with what the books hold, never a book with itself. Then
the store: chain, numbers, balance, reversals, and the files on disk.
"""

from __future__ import annotations

from datetime import date
from typing import Iterator

from sqlalchemy import Connection

from ledger import settings
from ledger.database import Home
from posting_rules.policies import Policy, advance_policy
from reports.checks.bank_lines import statements
from reports.checks.banks import banks
from reports.checks.batches import batches
from reports.checks.books import books_of
from reports.checks.clearing import lists, receipts, uncleared
from reports.checks.controls import controls
from reports.checks.disputed import disputed
from reports.checks.families import families
from reports.checks.findings import NOTE, Finding
from reports.checks.flagged import flagged
from reports.checks.funding import beyond, funding
from reports.checks.identities import mirrors, passed_on, places, stranded
from reports.checks.institutions import institutions
from reports.checks.left_behind import left_behind
from reports.checks.notices import kept_notices
from reports.checks.people import accounts, below_zero
from reports.checks.people_lines import lines
from reports.checks.people_moved import movements
from reports.checks.people_sums import moved
from reports.checks.premiums import premiums
from reports.checks.province_quotas import province_quotas
from reports.checks.rates import rates
from reports.checks.region_clearing import region_clearing
from reports.checks.settlement_acts import acts
from reports.checks.settlements import settlements
from reports.checks.sources import NO_SOURCES, sources_of
from reports.checks.store import stored
from reports.checks.told_late import told_late


def check(
    connection: Connection,
    on: date,
    home: Home | None = None,
    unmasked: bool = False,
) -> list[Finding]:
    """Everything that is found up to a day; errors before notes.

    With a home the printed files are compared with a fresh print as well. People
    are named by a mask, or whole for who may see them (`unmasked`).
    """
    return sorted(
        _findings(connection, on, home, unmasked),
        key=lambda finding: finding.severity == NOTE,
    )


def _findings(
    connection: Connection, on: date, home: Home | None, unmasked: bool
) -> Iterator[Finding]:
    province = settings.province(connection)
    policy = advance_policy(province)
    if policy:
        yield from _advances(connection, policy, on)
        yield from kept_notices(connection, policy, home)
    else:
        yield from banks(connection, province, NO_SOURCES, on)
    yield from statements(connection, policy, on)
    yield from _people(connection, unmasked)
    yield from families(connection, on, unmasked)
    yield from institutions(connection)
    yield from stored(connection, home)


def _people(connection: Connection, unmasked: bool) -> Iterator[Finding]:
    """Identity 11: personal accounts against their movements and the books."""
    sums = moved(connection)
    yield from below_zero(connection, unmasked)
    yield from accounts(connection, unmasked)
    yield from batches(connection, sums)
    yield from controls(connection, sums)
    yield from lines(connection, unmasked)
    yield from movements(connection, unmasked)
    yield from settlements(connection, unmasked)
    yield from acts(connection)
    yield from premiums(connection, unmasked)
    yield from region_clearing(connection)
    yield from told_late(connection, unmasked)
    yield from left_behind(connection, unmasked)


def _advances(connection: Connection, policy: Policy, on: date) -> Iterator[Finding]:
    """Identities 1 to 10; a province without an advance policy has none of them."""
    sources = sources_of(connection, policy, on)
    books = books_of(connection, policy, on)
    yield from passed_on(policy, sources, books)
    yield from places(sources, books)
    yield from mirrors(policy, sources)
    yield from lists(connection, policy, sources, on)
    yield from banks(connection, policy.province, sources, on)
    yield from uncleared(policy, sources, books)
    yield from receipts(connection, policy, sources, on)
    yield from rates(connection, policy, sources, on)
    yield from funding(connection, policy)
    yield from beyond(policy, sources)
    yield from province_quotas(connection, policy, on)
    yield from stranded(connection, policy, on)
    yield from disputed(connection, policy, on)
    yield from flagged(connection, policy, on)
