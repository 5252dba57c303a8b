"""What movements, vouchers and accounts add up to, for identity 11.

Each sum is one set-based statement over its own rows, so that the checks compare
rows of people with the books, never a book with itself.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, text

from ledger.money import from_fen
from reports.people.kinds import CONTROL

Sums = dict[tuple[str, str], Decimal]


class Moved(NamedTuple):
    """What the movements of one batch and kind add up to."""

    count: int
    people: int
    amount: Decimal
    regions: tuple[str, ...]


def moved(connection: Connection) -> dict[int, dict[str, Moved]]:
    """By batch and kind. Where all movements have one key, each is of another person;
    only other batches are counted person by person."""
    found: dict[int, dict[str, Moved]] = defaultdict(dict)
    for row in connection.execute(text(MOVED)):
        people = row.movements
        if (row.period, row.act, row.serial) != (
            row.last_period,
            row.last_act,
            row.last_serial,
        ):
            asked = {"batch": row.batch_id, "kind": row.kind}
            people = connection.execute(text(PEOPLE), asked).scalar_one()
        regions = tuple(sorted({row.first, row.last}))
        amount = from_fen(int(row.amount))
        found[row.batch_id][row.kind] = Moved(row.movements, people, amount, regions)
    return dict(found)


def by_posting(connection: Connection) -> dict[int, Sums]:
    """Credit less debit on 个人账户基金: posting → (book, kind), drafts included."""
    found: dict[int, Sums] = defaultdict(dict)
    for row in connection.execute(text(BY_POSTING), {"subject": f"{CONTROL}%"}):
        kind = row.subject.removeprefix(CONTROL)
        found[row.posting_id][row.book_id, kind] = from_fen(int(row.amount))
    return dict(found)


def approved(connection: Connection, subject: str) -> Sums:
    """Credit less debit of approved vouchers: (book, subject); % ends a beginning."""
    rows = connection.execute(text(APPROVED), {"subject": subject})
    return {(row.book_id, row.subject): from_fen(int(row.amount)) for row in rows}


def held(connection: Connection) -> dict[str, tuple[Decimal, Decimal]]:
    """By region: what the accounts hold, and what they still owe (追回挂账)."""
    return {
        row.region: (from_fen(int(row.balance)), from_fen(int(row.claim)))
        for row in connection.execute(text(HELD))
    }


def received(connection: Connection) -> dict[tuple[int, str], Decimal]:
    """Σ own of the lines whose money an approved P1 brought: (document, book)."""
    return {
        (row.document_id, f"{row.region}-city-agency"): from_fen(int(row.amount))
        for row in connection.execute(text(RECEIVED))
    }


def contributed(connection: Connection, subject: str) -> dict[tuple[int, str], Decimal]:
    """Credit less debit of approved P1 on a subject: (document, book)."""
    return {
        (row.document_id, row.book_id): from_fen(int(row.amount))
        for row in connection.execute(text(CONTRIBUTED), {"subject": subject})
    }


def source_hashes(connection: Connection) -> dict[int, str]:
    """By batch: the hash over the hashes of the documents that it took."""
    hashes: dict[int, list[str]] = defaultdict(list)
    for batch_id, sha256 in connection.execute(text(TAKEN)):
        hashes[batch_id].append(sha256)
    return {
        batch_id: hashlib.sha256("\n".join(sorted(kept)).encode()).hexdigest()
        for batch_id, kept in hashes.items()
    }


MOVED = """
    SELECT batch_id, kind, count(*) AS movements,
           CAST(sum(amount) AS bigint) AS amount,
           min(region) AS first, max(region) AS last,
           min(period) AS period, max(period) AS last_period,
           min(act) AS act, max(act) AS last_act,
           min(serial) AS serial, max(serial) AS last_serial
    FROM movement GROUP BY batch_id, kind
"""
PEOPLE = """
    SELECT count(DISTINCT person_id) FROM movement
    WHERE batch_id = :batch AND kind = :kind
"""
NET = "CAST(sum(CASE WHEN side = '贷' THEN amount ELSE -amount END) AS bigint)"
BY_POSTING = f"""
    SELECT voucher.posting_id, voucher.book_id, voucher_line.subject, {NET} AS amount
    FROM voucher_line JOIN voucher ON voucher.id = voucher_line.voucher_id
    JOIN posting ON posting.id = voucher.posting_id
    WHERE voucher_line.subject LIKE :subject AND posting.state <> 'rejected'
    GROUP BY voucher.posting_id, voucher.book_id, voucher_line.subject
"""
APPROVED = f"""
    SELECT voucher.book_id, voucher_line.subject, {NET} AS amount
    FROM voucher_line JOIN voucher ON voucher.id = voucher_line.voucher_id
    WHERE voucher_line.subject LIKE :subject AND voucher.number IS NOT NULL
    GROUP BY voucher.book_id, voucher_line.subject
"""
HELD = """
    SELECT region, CAST(sum(balance) AS bigint) AS balance,
           CAST(sum(claim) AS bigint) AS claim
    FROM account GROUP BY region
"""
# Of its own document and the one that made it ready the later brought its money.
BROUGHT_BY = """CASE WHEN document_id > ready_document_id THEN document_id
                ELSE ready_document_id END"""
P1 = "event = 'contribution' AND state = 'approved' AND live"
RECEIVED = f"""
    SELECT document_id, region, CAST(sum(own) AS bigint) AS amount
    FROM (
        SELECT {BROUGHT_BY} AS document_id, region, own FROM contribution_line
        WHERE freed = 0 AND received_on IS NOT NULL
    ) AS came
    WHERE document_id IN (SELECT document_id FROM posting WHERE {P1})
    GROUP BY document_id, region
"""
CONTRIBUTED = f"""
    SELECT posting.document_id, voucher.book_id, {NET} AS amount
    FROM posting JOIN voucher ON voucher.posting_id = posting.id
    JOIN voucher_line ON voucher_line.voucher_id = voucher.id
    WHERE posting.event = 'contribution' AND posting.state = 'approved'
      AND posting.live AND voucher_line.subject = :subject
    GROUP BY posting.document_id, voucher.book_id
"""
TAKEN = """
    SELECT batch_document.batch_id, document.sha256
    FROM batch_document JOIN document ON document.id = batch_document.document_id
"""
