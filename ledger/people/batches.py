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

from sqlalchemy import Connection, delete, func, insert, select, update

from ledger.database import next_id
from ledger.money import NOTHING
from ledger.people import counting, states, undoing
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
DRAFT, COUNTED, REJECTED, UNDONE = "draft", "counted", "rejected", "undone"


class NewBatch(NamedTuple):
    """What a batch is, before its movements."""

    kind: str
    region: str
    period: str
    dated: date
    policy: str = ""
    figures: dict = {}
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


def total_of(connection: Connection, batch_id: int, kind: str) -> KindTotal:
    """One kind's control total, counted from the rows."""
    amount = MOVEMENT.c.amount
    row = connection.execute(
        select(
            func.count(MOVEMENT.c.person_id.distinct()),
            func.count(),
            func.coalesce(func.sum(amount), 0, type_=amount.type),
        ).where(MOVEMENT.c.batch_id == batch_id, MOVEMENT.c.kind == kind)
    ).one()
    return KindTotal(kind, *row)


def people_of(connection: Connection, batch_id: int) -> int:
    """How many people a batch's movements are of, counted from the rows."""
    people = func.count(MOVEMENT.c.person_id.distinct())
    return connection.execute(
        select(people).where(MOVEMENT.c.batch_id == batch_id)
    ).scalar_one()


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
        _set_state(connection, batch_id, REJECTED)
        undoing.free(connection, _batch(connection, batch_id))
        connection.execute(delete(MOVEMENT).where(MOVEMENT.c.batch_id == batch_id))


def sources_of(connection: Connection, batch_id: int) -> str:
    """The hash over the hashes of a batch's documents; "" where it has none."""
    return _batch(connection, batch_id).sources


def of_posting(connection: Connection, posting_id: int) -> list:
    """The batches that a posting carries, in order: none, one, or one a region."""
    query = select(BATCH).where(BATCH.c.posting_id == posting_id)
    return list(connection.execute(query.order_by(BATCH.c.id)))


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


def taken_documents(connection: Connection, batch_ids: Sequence[int]) -> set[int]:
    """The documents whose lines some batches took."""
    return set(
        connection.execute(
            select(TAKEN.c.document_id).where(TAKEN.c.batch_id.in_(batch_ids))
        ).scalars()
    )


def totals_of(connection: Connection, batch_id: int) -> dict[str, KindTotal]:
    """A finished batch's control totals, by kind."""
    columns = [TOTAL.c[field] for field in KindTotal._fields]
    rows = connection.execute(select(*columns).where(TOTAL.c.batch_id == batch_id))
    return {row.kind: KindTotal(*row) for row in rows}


def _batch(connection: Connection, batch_id: int):
    return connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).one()


def _count(connection: Connection, batch_id: int) -> None:
    """A batch's movements reach the accounts; what it takes back is undone with it."""
    batch = _batch(connection, batch_id)
    counting.add(connection, batch, list(totals_of(connection, batch_id).values()))
    _set_state(connection, batch_id, COUNTED)
    states.settle(connection, batch_id, batch.kind)
    if batch.undoes_id is not None:
        undone = _batch(connection, batch.undoes_id)
        undoing.check(connection, undone)
        _set_state(connection, undone.id, UNDONE)
        undoing.free(connection, undone)


def _set_state(connection: Connection, batch_id: int, state: str) -> None:
    connection.execute(update(BATCH).where(BATCH.c.id == batch_id).values(state=state))


def _of_postings(connection: Connection, posting_ids: Sequence[int]) -> list[int]:
    """Their drafts, posting by posting: what one gives back the next may use."""
    return list(
        connection.execute(
            select(BATCH.c.id)
            .where(BATCH.c.posting_id.in_(posting_ids), BATCH.c.state == DRAFT)
            .order_by(BATCH.c.posting_id, BATCH.c.id)
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
