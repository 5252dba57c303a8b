"""Confirmations of F2 that were taken back later, as their lines' words tell them.

The city had confirmed until the day of the taking back: up to then its lines count as
cleared, whatever has become of them since.
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection, exists, func, select

from ledger.advances.clearing_words import TAKEN_BACK, WORD
from ledger.advances.waiting_lines import TAKE_BACK
from ledger.schema import ClearingLine, Posting

CLEARING, POSTING = ClearingLine.__table__, Posting.__table__


def taken_back_later(
    connection: Connection, columns: Sequence[str], on: date
) -> list[tuple]:
    """Lines added up that stood confirmed on a day and were taken back after it.

    `columns` of the line, the sum of their amount, the 确认日期. A draft that takes a
    confirmation back is none yet.
    """
    keys = [CLEARING.c[name] for name in columns]
    approved = select(POSTING.c.reverses_id).where(
        POSTING.c.state == "approved", POSTING.c.unit.startswith(TAKE_BACK)
    )
    later = WORD.alias("later")  # said again after a draft that was rejected
    again = exists().where(
        later.c.line_id == WORD.c.line_id,
        later.c.posting_id == WORD.c.posting_id,
        later.c.says == TAKEN_BACK,
        later.c.serial > WORD.c.serial,
    )
    total = func.sum(CLEARING.c.amount, type_=CLEARING.c.amount.type)
    rows = connection.execute(
        select(*keys, total, WORD.c.confirmed_on)
        .join(WORD, WORD.c.line_id == CLEARING.c.id)
        .where(
            WORD.c.says == TAKEN_BACK,
            WORD.c.confirmed_on <= on,
            WORD.c.on_day > on,
            WORD.c.posting_id.in_(approved),
            ~again,
        )
        .group_by(*keys, WORD.c.confirmed_on)
    )
    return [tuple(row) for row in rows]
