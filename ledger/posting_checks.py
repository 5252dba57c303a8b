"""What must hold before a posting is recorded or approved; BookError otherwise."""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection, func, select

from ledger.books import book_name
from ledger.database import slices
from ledger.errors import BookError
from ledger.schema import Book, OpeningLine
from ledger.schema import Posting as PostingRow
from ledger.schema import Voucher
from ledger.subjects import kept_in, subject
from ledger.vouchers import Posting

POSTING, VOUCHER = PostingRow.__table__, Voucher.__table__


def check_books(connection: Connection, vouchers: Sequence) -> None:
    wanted = {voucher.book for voucher in vouchers}
    there: set[str] = set()
    cutoffs: dict[str, date] = {}
    for part in slices(sorted(wanted)):
        there.update(
            connection.execute(select(Book.id).where(Book.id.in_(part))).scalars()
        )
        cutoffs.update(
            connection.execute(
                select(OpeningLine.book, func.max(OpeningLine.cutoff))
                .where(OpeningLine.book.in_(part), OpeningLine.live)
                .group_by(OpeningLine.book)
            ).all()
        )
    for book in sorted(wanted - there):
        raise BookError(f"账套{book}还没有开设；先运行 yibao book open {book}")
    for voucher in vouchers:
        cutoff = cutoffs.get(voucher.book)
        first = min(voucher.dated, voucher.occurred_on)
        if cutoff and first <= cutoff:
            raise BookError(
                f"{voucher.book}的期初余额截至{cutoff}，"
                f"{first}的业务“{voucher.narration}”已含在内，不能再入账"
            )


def check_subjects(vouchers: Sequence) -> None:
    """Each line's subject belongs to the kind of book that it is written in."""
    for voucher in vouchers:
        for line in voucher.lines:
            kept = subject(line.subject)
            if not kept_in(kept, voucher.book):
                raise BookError(
                    f"{voucher.book}（{book_name(voucher.book)}）没有科目"
                    f"“{kept.printed}”，凭证“{voucher.narration}”不能用它；"
                    "各科目属于哪种账套见 yibao book subjects"
                )


def check_units(connection: Connection, postings: Sequence[Posting]) -> None:
    legs = {(posting.unit, posting.leg) for posting in postings}
    assert len(legs) == len(postings), "one unit was to be recorded twice"
    for part in slices(sorted({posting.unit for posting in postings})):
        there = connection.execute(
            select(POSTING.c.unit, POSTING.c.leg, POSTING.c.tag).where(
                POSTING.c.unit.in_(part), POSTING.c.live
            )
        )
        for row in there:
            if (row.unit, row.leg) in legs:
                raise BookError(f"这笔业务已经入账（^{row.tag}），没有重复入账")


def check_legs(connection: Connection, rows: Sequence) -> None:
    """Both legs of a transfer are approved together, or the earlier one first."""
    ids = {row.id for row in rows}
    for part in slices(sorted({row.unit for row in rows if row.leg})):
        drafts = connection.execute(
            select(POSTING.c.id, POSTING.c.tag, func.min(VOUCHER.c.id).label("first"))
            .join(VOUCHER, VOUCHER.c.posting_id == POSTING.c.id)
            .where(POSTING.c.unit.in_(part), POSTING.c.live, POSTING.c.state == "draft")
            .group_by(POSTING.c.id, POSTING.c.tag)
        )
        for row in drafts:
            if row.id not in ids:
                raise BookError(
                    f"同一笔业务（^{row.tag}）的凭证#{row.first}还是草稿；"
                    "请先审核或退回"
                )
