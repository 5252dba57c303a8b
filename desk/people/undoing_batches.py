"""Reversing a batch's posting takes its movements on personal accounts back.

Where an account no longer holds what is taken back, the rest is a claim: the
reversing posting carries a voucher P22 for it (RULES.md section 2, reading 19).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.people.batch_posting import claim_vouchers
from ledger.people import batches, undoing
from ledger.people.batches import NewBatch
from ledger.postings import Actor
from ledger.vouchers import Posting


class Undoing(NamedTuple):
    """A batch that takes another back."""

    batch: int
    region: str
    posting: int  # the original's
    on: date


def begin(
    connection: Connection, posting_id: int, on: date, actor: Actor
) -> list[Undoing]:
    """Start a batch for each that a posting carries, to take it back."""
    begun = []
    for batch in batches.of_posting(connection, posting_id):
        undoing.check(connection, batch)
        new = NewBatch(
            undoing.KIND,
            batch.region,
            batch.period,
            on,
            batch.policy,
            undoes_id=batch.id,
        )
        batch_id = batches.start(connection, new, actor.by, actor.at)
        undoing.take_back(connection, batch, batch_id, on)
        begun.append(Undoing(batch_id, batch.region, posting_id, on))
    return begun


def with_claims(
    connection: Connection, made: Sequence[Posting], undone: Sequence[Undoing]
) -> list[Posting]:
    """The reversing postings, each with the vouchers of its batches' claims."""
    vouchers: dict[int, list] = defaultdict(list)
    for batch in undone:
        vouchers[batch.posting] += claim_vouchers(
            connection,
            batch.batch,
            batch.region,
            dated=batch.on,
            source=f"批次{batch.batch}",
            attachments=0,
        )
    return [
        posting._replace(vouchers=(*posting.vouchers, *vouchers[posting.reverses_id]))
        for posting in made
    ]


def end(
    connection: Connection, undone: Sequence[Undoing], reversing: dict[int, int]
) -> None:
    """Finish the batches with the postings that reverse their originals."""
    for batch in undone:
        batches.finish(
            connection,
            batch.batch,
            batches.totals(connection, batch.batch),
            batches.people_of(connection, batch.batch),
            reversing[batch.posting],
        )
