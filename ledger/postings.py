"""The voucher store: postings are recorded, approved, rejected and reversed whole.

Every function works inside the caller's transaction and its lock. Nothing is
edited or deleted after approval; a correction is a new voucher.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, func, insert, select, update

from ledger.database import next_id, slices
from ledger.errors import BookError
from ledger.numbering import chain, give_numbers
from ledger.people import batches
from ledger.posting_checks import check_books, check_legs, check_subjects, check_units
from ledger.reversals import link_reversals
from ledger.schema import Posting as PostingRow
from ledger.schema import Voucher as VoucherRow
from ledger.schema import VoucherLine
from ledger.sources import free_lines
from ledger.subjects import account as account_of
from ledger.subjects import subject
from ledger.voucher_rows import add_to_years
from ledger.vouchers import DEBIT, Posting, check_balanced

BY_RULE = "按规则"
POSTING, VOUCHER, LINE = (
    PostingRow.__table__,
    VoucherRow.__table__,
    VoucherLine.__table__,
)


class Actor(NamedTuple):
    """Who acts, and when (2017-04-28T10:12:00+08:00)."""

    by: str
    at: str

    @property
    def on(self) -> date:
        return date.fromisoformat(self.at[:10])


class Recorded(NamedTuple):
    """A voucher that was recorded; number None while it is a draft."""

    id: int
    book: str
    dated: date
    number: int | None
    rule: str
    amount: Decimal  # its debit total
    posting_id: int

    @property
    def name(self) -> str | None:
        if self.number is None:
            return None
        return f"{self.book}/{self.dated:%Y-%m}/{self.number}"


def record(
    connection: Connection,
    postings: Sequence[Posting],
    actor: Actor,
    *,
    document_id: int | None = None,
    sha256: str = "",
    manual: bool = False,
) -> list[int]:
    """Write postings as drafts; the ids come back in the order given.

    Raises BookError for a book that is not open, an unbalanced voucher, a day on
    or before a book's opening balances, or a unit that stands already.
    """
    vouchers = [voucher for posting in postings for voucher in posting.vouchers]
    for voucher in vouchers:
        assert voucher.lines, "a voucher without lines is not recorded"
        check_balanced(voucher)
    check_books(connection, vouchers)
    check_subjects(vouchers)
    check_units(connection, postings)
    first = next_id(connection, POSTING)
    ids = list(range(first, first + len(postings)))
    posting_rows, voucher_rows, line_rows = [], [], []
    voucher_id = next_id(connection, VOUCHER)
    for posting_id, posting in zip(ids, postings):
        posting_rows.append(
            {
                "id": posting_id,
                "unit": posting.unit,
                "tag": posting.tag,
                "leg": posting.leg,
                "event": posting.event,
                "document_id": document_id,
                "state": "draft",
                "live": True,
                "manual": manual,
                "prepared_by": actor.by,
                "prepared_at": actor.at,
                "reason": "",
                "reverses_id": posting.reverses_id,
            }
        )
        for voucher in posting.vouchers:
            voucher_rows.append(
                _voucher_row(voucher_id, posting_id, voucher, actor, sha256)
            )
            line_rows += _line_rows(voucher_id, voucher)
            voucher_id += 1
    for table, rows in (
        (POSTING, posting_rows),
        (VOUCHER, voucher_rows),
        (LINE, line_rows),
    ):
        if rows:
            connection.execute(insert(table), rows)
    return ids


def approve(
    connection: Connection, posting_ids: Sequence[int], actor: Actor
) -> list[Recorded]:
    """Give numbers, seq and hashes, by day and then in order of recording.

    The actor is another person than who prepared, or BY_RULE.
    """
    if not posting_ids:
        return []
    approver = actor.by
    rows = _posting_rows(connection, posting_ids)
    for row in rows:
        if row.state != "draft":
            raise BookError(f"这笔业务已{STATE_NAMES[row.state]}，只有草稿可以审核")
        if approver == row.prepared_by:
            raise BookError(
                f"制单人“{row.prepared_by}”不能审核自己的凭证；请由另一人审核"
            )
    check_legs(connection, rows)
    ids = [row.id for row in rows]
    for part in slices(ids):
        connection.execute(
            update(POSTING)
            .where(POSTING.c.id.in_(part))
            .values(state="approved", decided_by=approver, decided_at=actor.at)
        )
    drafts = [
        draft
        for part in slices(ids)
        for draft in connection.execute(
            select(
                VOUCHER.c.id,
                VOUCHER.c.book_id,
                VOUCHER.c.dated,
                VOUCHER.c.year,
                VOUCHER.c.month,
            ).where(VOUCHER.c.posting_id.in_(part))
        )
    ]
    drafts.sort(key=lambda draft: (draft.dated, draft.id))
    give_numbers(connection, drafts, approver, actor.at)
    chain(connection, [draft.id for draft in drafts])
    add_to_years(connection, ids)
    for part in slices(ids):
        batches.approved(connection, part)
    link_reversals(connection, [row.id for row in rows if row.reverses_id])
    return recorded(connection, ids)


def reject(
    connection: Connection, posting_id: int, actor: Actor, reason: str
) -> list[int]:
    """Reject all drafts of a posting's unit; what they took is free again."""
    ids = [
        row.id for row in unit_postings(connection, posting_id) if row.state == "draft"
    ]
    if not ids:
        raise BookError(
            "这笔业务没有草稿，不能退回；已审核的凭证用 yibao voucher reverse"
        )
    connection.execute(
        update(POSTING)
        .where(POSTING.c.id.in_(ids))
        .values(
            state="rejected",
            live=False,
            decided_by=actor.by,
            decided_at=actor.at,
            reason=reason,
        )
    )
    batches.rejected(connection, ids)
    free_lines(connection, ids)
    return ids


def unit_postings(connection: Connection, posting_id: int) -> list:
    """The live postings of the same source unit: both legs of a transfer.

    One that is not live stands alone: its unit may have been recorded again.
    """
    own = _posting_rows(connection, [posting_id])
    if not own[0].live:
        return own
    return connection.execute(
        select(POSTING)
        .where(POSTING.c.unit == own[0].unit, POSTING.c.live)
        .order_by(POSTING.c.id)
    ).all()


def recorded(connection: Connection, posting_ids: Sequence[int]) -> list[Recorded]:
    """The vouchers of postings, in order of day and recording."""
    rows = []
    for part in slices(posting_ids):
        rows += connection.execute(
            select(
                VOUCHER.c.id,
                VOUCHER.c.book_id,
                VOUCHER.c.dated,
                VOUCHER.c.number,
                VOUCHER.c.rule,
                func.coalesce(
                    func.sum(LINE.c.amount).filter(LINE.c.side == DEBIT),
                    0,
                    type_=LINE.c.amount.type,
                ),
                VOUCHER.c.posting_id,
            )
            .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
            .where(VOUCHER.c.posting_id.in_(part))
            .group_by(VOUCHER.c.id)
            .order_by(VOUCHER.c.dated, VOUCHER.c.id)
        ).all()
    return [Recorded(*row) for row in rows]


STATE_NAMES = {"draft": "待审核", "approved": "审核", "rejected": "退回"}


def _voucher_row(
    voucher_id: int, posting_id: int, voucher, actor: Actor, sha256: str
) -> dict:
    return {
        "id": voucher_id,
        "posting_id": posting_id,
        "book_id": voucher.book,
        "dated": voucher.dated,
        "occurred_on": voucher.occurred_on,
        "year": voucher.dated.year,
        "month": voucher.dated.month,
        "word": "记",
        "rule": voucher.rule,
        "basis": voucher.basis,
        "event": voucher.event,
        "scope": voucher.scope,
        "period": voucher.period,
        "quarter": voucher.quarter,
        "payee": voucher.payee,
        "narration": voucher.narration,
        "attachments": voucher.attachments,
        "evidence": voucher.evidence,
        "source": voucher.source,
        "source_sha256": sha256,
        "red": voucher.red,
        "adjusting": False,
        "carry_over": False,
        "reverses_id": voucher.reverses_id,
        "prepared_by": actor.by,
        "prepared_at": actor.at,
    }


def _line_rows(voucher_id: int, voucher) -> list[dict]:
    return [
        {
            "voucher_id": voucher_id,
            "position": position,
            "side": line.side,
            "subject": subject(line.subject).printed,
            "account": account_of(
                line.subject,
                fund=line.fund,
                detail=line.detail,
                year=voucher.dated.year,
            ),
            "detail": line.detail,
            "fund": line.fund,
            "amount": line.amount,
        }
        for position, line in enumerate(voucher.lines, 1)
    ]


def _posting_rows(connection: Connection, posting_ids: Sequence[int]) -> list:
    rows = []
    for part in slices(posting_ids):
        rows += connection.execute(
            select(POSTING).where(POSTING.c.id.in_(part)).order_by(POSTING.c.id)
        ).all()
    return rows
