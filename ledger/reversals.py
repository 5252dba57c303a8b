"""Reversals at their approval: links both ways, and the originals' keys freed."""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, bindparam, select, update

from ledger.errors import BookError
from ledger.schema import Posting, Voucher
from ledger.sources import free_lines

POSTING, VOUCHER = Posting.__table__, Voucher.__table__


def link_reversals(connection: Connection, reversal_ids: Sequence[int]) -> None:
    """Link reversed vouchers to what reverses them, and free the originals' keys."""
    if not reversal_ids:
        return
    originals = connection.execute(
        select(POSTING.c.reverses_id).where(POSTING.c.id.in_(reversal_ids))
    ).scalars()
    original_ids = list(originals)
    _check_whole(connection, original_ids)
    reds = connection.execute(
        select(VOUCHER.c.id, VOUCHER.c.reverses_id).where(
            VOUCHER.c.posting_id.in_(reversal_ids),
            VOUCHER.c.reverses_id.is_not(None),  # not a claim's (P22)
        )
    ).all()
    connection.execute(
        update(VOUCHER)
        .where(VOUCHER.c.id == bindparam("v_id"))
        .values(reversed_by_id=bindparam("v_red")),
        [{"v_id": row.reverses_id, "v_red": row.id} for row in reds],
    )
    connection.execute(
        update(POSTING)
        .where(POSTING.c.id.in_([*original_ids, *reversal_ids]))
        .values(live=False)
    )
    free_lines(connection, original_ids)


def _check_whole(connection: Connection, original_ids: Sequence[int]) -> None:
    """A reversal takes back all of a unit, also what came while it was a draft."""
    units = select(POSTING.c.unit).where(POSTING.c.id.in_(original_ids))
    later = connection.execute(
        select(POSTING.c.tag).where(
            POSTING.c.unit.in_(units),
            POSTING.c.live,
            POSTING.c.id.not_in(original_ids),
        )
    ).first()
    if later is not None:
        raise BookError(
            f"原业务（^{later.tag}）在这份冲销草稿之后又有凭证；请退回草稿，再重新冲销"
        )
