"""From a list's movements to a batch with its voucher: what G2, G6 and G8 share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from desk.people.batch_posting import claim_vouchers
from desk.taking import Desk
from importers.people import PeopleDocument
from ledger import postings
from ledger.errors import BookError
from ledger.people import batches, claims
from ledger.people.batches import NewBatch
from ledger.vouchers import Posting
from posting_rules.personal_vouchers import vouchers


def voucher_day(desk: Desk, on: date) -> date:
    """The day of a voucher for what happened on a day, as --post-on wants it."""
    if desk.post_on is None:
        return on
    if desk.post_on < on:
        raise BookError(
            f"凭证日期{desk.post_on}早于业务日期{on}；"
            "--post-on 应是业务日期或其后的一天"
        )
    return desk.post_on


def start(
    connection: Connection,
    desk: Desk,
    kind: str,
    region: str,
    on: date,
    document_id: int,
) -> int:
    """A batch of a list's rows of one region and day."""
    new = NewBatch(kind, region, "", voucher_day(desk, on), document_ids=(document_id,))
    return batches.start(connection, new, desk.actor.by, desk.actor.at)


def post(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    batch_id: int,
    *,
    region: str,
    event: str,
    on: date,
    link: str,
    source: str,
    words: dict[str, object] = {},
) -> list[int]:
    """Make the voucher of a batch's total and finish the batch; the posting's id.

    `source` says where the rows stand. A batch that moves nothing makes no posting.
    Claims on the accounts are paid off first, in the same posting (P22).
    """
    dated = voucher_day(desk, on)
    claims.recover(connection, batch_id, region, dated)
    kinds = batches.totals(connection, batch_id)
    own = [kind for kind in kinds if kind.kind != claims.KIND]
    people = max((kind.people for kind in own), default=0)
    total = abs(sum((kind.amount for kind in own), Decimal(0)))
    how = {"dated": dated, "occurred_on": on, "source": source}
    amounts, words = {"total": total}, {"people": people, **words}
    made = vouchers(region, event, amounts, words=words, **how)
    made += claim_vouchers(connection, batch_id, region, **how)
    unit = f"{document.form}|{region}|{document.sha256[:16]}|{batch_id}"
    ids = []
    if made:
        posting = Posting(unit, link, "", event, tuple(made))
        ids = postings.record(
            connection,
            [posting],
            desk.actor,
            document_id=document_id,
            sha256=document.sha256,
        )
    batches.finish(connection, batch_id, kinds, people, ids[0] if ids else None)
    return ids
