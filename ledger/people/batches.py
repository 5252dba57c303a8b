"""Batches: movements made together, and when they begin to count.

A batch is started, its movements are inserted, and it is finished with the posting
that carries its totals, all inside one transaction. Approving the posting counts
the batch (balances move), rejecting it deletes the draft's movements. Everything
over people is one set-based statement.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, delete, func, insert, select, text, update

from ledger.database import next_id
from ledger.money import NOTHING, whole_fen
from ledger.people import states
from ledger.people.tables import (
    Account,
    Batch,
    BatchDocument,
    BatchTotal,
    Movement,
)
from ledger.schema import Document

ACCOUNT, MOVEMENT = Account.__table__, Movement.__table__
BATCH, TOTAL = Batch.__table__, BatchTotal.__table__
TAKEN = BatchDocument.__table__
NETTED = ("correction", "reversal")  # give and take on one account: only the net counts
DRAFT, COUNTED, REJECTED, UNDONE = "draft", "counted", "rejected", "undone"


class NewBatch(NamedTuple):
    """What a batch is, before its movements."""

    kind: str
    region: str
    period: str
    dated: date
    policy: str = ""
    figures: dict[str, str] = {}
    document_ids: tuple[int, ...] = ()
    undoes_id: int | None = None


class KindTotal(NamedTuple):
    """A batch's control total of one kind of movement."""

    kind: str
    people: int
    movements: int
    amount: Decimal


def start(connection: Connection, new: NewBatch, by: str, at: str) -> int:
    """Give a batch its id; its movements come next, then `finish`."""
    batch_id = next_id(connection, BATCH)
    connection.execute(
        insert(BATCH).values(
            id=batch_id,
            kind=new.kind,
            region=new.region,
            period=new.period,
            dated=new.dated,
            people=0,
            total=NOTHING,
            policy=new.policy,
            figures=json.dumps(new.figures, ensure_ascii=False, sort_keys=True),
            sources=_sources(connection, new.document_ids),
            state=DRAFT,
            undoes_id=new.undoes_id,
            made_by=by,
            made_at=at,
        )
    )
    if new.document_ids:
        connection.execute(
            insert(TAKEN),
            [
                {"batch_id": batch_id, "document_id": document_id}
                for document_id in sorted(new.document_ids)
            ],
        )
    return batch_id


def totals(connection: Connection, batch_id: int) -> list[KindTotal]:
    """The control totals of a batch's movements, by kind, counted from the rows."""
    amount = MOVEMENT.c.amount
    rows = connection.execute(
        select(
            MOVEMENT.c.kind,
            func.count(MOVEMENT.c.person_id.distinct()),
            func.count(),
            func.sum(amount, type_=amount.type),
        )
        .where(MOVEMENT.c.batch_id == batch_id)
        .group_by(MOVEMENT.c.kind)
        .order_by(MOVEMENT.c.kind)
    )
    return [KindTotal(*row) for row in rows]


def finish(
    connection: Connection,
    batch_id: int,
    kinds: Sequence[KindTotal],
    people: int,
    posting_id: int | None,
) -> None:
    """Write the control totals and the posting that carries them.

    A batch without a posting (its totals are all zero) counts at once.
    """
    total = sum((kind.amount for kind in kinds), NOTHING)
    if kinds:
        connection.execute(
            insert(TOTAL), [{"batch_id": batch_id, **kind._asdict()} for kind in kinds]
        )
    connection.execute(
        update(BATCH)
        .where(BATCH.c.id == batch_id)
        .values(people=people, total=total, posting_id=posting_id)
    )
    if posting_id is None:
        _count(connection, batch_id)


def approved(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Count the batches whose postings were just approved."""
    for batch_id in _of_postings(connection, posting_ids):
        _count(connection, batch_id)


def rejected(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Delete the movements of rejected drafts; their batches stay, named so."""
    for batch_id in _of_postings(connection, posting_ids):
        connection.execute(delete(MOVEMENT).where(MOVEMENT.c.batch_id == batch_id))
        _set_state(connection, batch_id, REJECTED)


def of_posting(connection: Connection, posting_id: int):
    """The batch that a posting carries, or None."""
    return connection.execute(
        select(BATCH).where(BATCH.c.posting_id == posting_id)
    ).first()


def standing(
    connection: Connection, kind: str, region: str, period: str | None = None
) -> list:
    """The batches of a kind that stand: drafts and counted ones, in order."""
    query = select(BATCH).where(
        BATCH.c.kind == kind,
        BATCH.c.region == region,
        BATCH.c.state.in_([DRAFT, COUNTED]),
    )
    if period is not None:
        query = query.where(BATCH.c.period == period)
    return list(connection.execute(query.order_by(BATCH.c.id)))


def generation(connection: Connection, kind: str, region: str, period: str) -> str:
    """Which time a period is done: empty for the first, 1 … after each undoing."""
    undone = connection.execute(
        select(func.count()).where(
            BATCH.c.kind == kind,
            BATCH.c.region == region,
            BATCH.c.period == period,
            BATCH.c.state == UNDONE,
        )
    ).scalar_one()
    return str(undone) if undone else ""


def _count(connection: Connection, batch_id: int) -> None:
    """Add a batch's movements to the balances: what adds before what takes away.

    Of a correction or reversal only the net of each account counts. A kind of which
    everyone has one movement is joined as it is; only others are summed up first.
    """
    kind_of_batch = connection.execute(
        select(BATCH.c.kind).where(BATCH.c.id == batch_id)
    ).scalar_one()
    states.prepare(connection, batch_id, kind_of_batch)
    _add(connection, batch_id, kind_of_batch)
    _set_state(connection, batch_id, COUNTED)
    states.settle(connection, batch_id, kind_of_batch)


def _add(connection: Connection, batch_id: int, kind_of_batch: str) -> None:
    if kind_of_batch in NETTED:
        connection.execute(text(ADD_NET), {"batch": batch_id})
        return
    kinds = connection.execute(
        select(TOTAL)
        .where(TOTAL.c.batch_id == batch_id)
        .order_by(TOTAL.c.amount.desc())
    ).all()
    for kind in kinds:
        once = kind.people == kind.movements
        moved = connection.execute(
            text(ADD_ONCE if once else ADD_SUMS),
            {"batch": batch_id, "kind": kind.kind},
        )
        assert moved.rowcount == kind.people, f"batch {batch_id} missed an account"


def _set_state(connection: Connection, batch_id: int, state: str) -> None:
    connection.execute(update(BATCH).where(BATCH.c.id == batch_id).values(state=state))


def _of_postings(connection: Connection, posting_ids: Sequence[int]) -> list[int]:
    return list(
        connection.execute(
            select(BATCH.c.id)
            .where(BATCH.c.posting_id.in_(posting_ids), BATCH.c.state == DRAFT)
            .order_by(BATCH.c.id)
        ).scalars()
    )


def _sources(connection: Connection, document_ids: Sequence[int]) -> str:
    """One hash over the documents' hashes, in their order."""
    document = Document.__table__
    hashes = connection.execute(
        select(document.c.sha256)
        .where(document.c.id.in_(document_ids))
        .order_by(document.c.sha256)
    ).scalars()
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def fen(amount: Decimal) -> int:
    """Yuan as a parameter of a set-based statement."""
    return whole_fen(amount)


ADD_ONCE = """
    UPDATE account SET balance = account.balance + movement.amount
    FROM movement
    WHERE movement.batch_id = :batch AND movement.kind = :kind
      AND account.person_id = movement.person_id
      AND account.region = movement.region
"""
ADD_NET = """
    UPDATE account SET balance = account.balance + moved.amount
    FROM (
        SELECT person_id, region, CAST(sum(amount) AS bigint) AS amount FROM movement
        WHERE batch_id = :batch
        GROUP BY person_id, region
    ) AS moved
    WHERE account.person_id = moved.person_id AND account.region = moved.region
"""
ADD_SUMS = """
    UPDATE account SET balance = account.balance + moved.amount
    FROM (
        SELECT person_id, region, CAST(sum(amount) AS bigint) AS amount FROM movement
        WHERE batch_id = :batch AND kind = :kind
        GROUP BY person_id, region
    ) AS moved
    WHERE account.person_id = moved.person_id AND account.region = moved.region
"""
