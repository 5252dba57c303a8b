"""Clearings whose vouchers are taken back: rejected drafts, reversed postings."""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, select, update

from ledger.settlements.clearing import (
    MADE,
    PART,
    POSTING,
    UNDONE,
    clearing,
    set_state,
    undo,
)


def free_postings(connection: Connection, posting_ids: Sequence[int]) -> None:
    """What rejected or reversed postings carried: a clearing of which no posting
    stands is undone; of one that still has some, those parts wait again."""
    carried = PART.c.posting_id.in_(posting_ids)
    query = select(PART.c.clearing_id).where(carried).distinct()
    for clearing_id in sorted(connection.execute(query).scalars()):
        row = clearing(connection, clearing_id)
        left = select(PART.c.id).join(POSTING, POSTING.c.id == PART.c.posting_id)
        stands = connection.execute(
            left.where(
                PART.c.clearing_id == clearing_id,
                POSTING.c.live,
                PART.c.posting_id.not_in(posting_ids),
            ).limit(1)
        ).first()
        if row.state == UNDONE:
            continue
        if stands is None:
            undo(connection, clearing_id)
            continue
        connection.execute(
            update(PART)
            .where(carried, PART.c.clearing_id == clearing_id)
            .values(posting_id=None)
        )
        set_state(connection, clearing_id, MADE)
