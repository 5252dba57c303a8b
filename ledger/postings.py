"""The voucher store: postings are recorded, approved, rejected and reversed whole.

Every function works inside the caller's transaction and its lock. Nothing is
edited or deleted after approval; a correction is a new voucher.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ledger import settings
from ledger.database import next_id, slices
from ledger.errors import BookError
from ledger.money import NOTHING
from ledger.printing import genesis, voucher_hash, voucher_text
from ledger.schema import AccountYear, Book, BookYear, OpeningLine
from ledger.schema import Posting as PostingRow
from ledger.schema import Voucher as VoucherRow
from ledger.schema import VoucherLine
from ledger.sources import free_lines
from ledger.subjects import account as account_of
from ledger.subjects import subject
from ledger.voucher_rows import add_to_years, printed_vouchers
from ledger.vouchers import DEBIT, Posting, check_balanced, signed

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
    _check_books(connection, vouchers)
    _check_units(connection, postings)
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
    _check_legs(connection, rows)
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
    _give_numbers(connection, drafts, actor)
    _chain(connection, [draft.id for draft in drafts])
    add_to_years(connection, ids)
    _link_reversals(connection, [row.id for row in rows if row.reverses_id])
    return recorded(connection, ids)


def _check_legs(connection: Connection, rows: Sequence) -> None:
    """Both legs of a transfer are approved together, or the earlier one first."""
    ids = {row.id for row in rows}
    for part in slices(sorted({row.unit for row in rows if row.leg})):
        drafts = connection.execute(
            select(POSTING.c.id, POSTING.c.tag).where(
                POSTING.c.unit.in_(part), POSTING.c.live, POSTING.c.state == "draft"
            )
        )
        for row in drafts:
            if row.id not in ids:
                waiting = recorded(connection, [row.id])[0]
                raise BookError(
                    f"同一笔业务（^{row.tag}）的凭证#{waiting.id}还是草稿；"
                    "请先审核或退回"
                )


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
    free_lines(connection, ids)
    return ids


def _link_reversals(connection: Connection, reversal_ids: Sequence[int]) -> None:
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
            VOUCHER.c.posting_id.in_(reversal_ids)
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


def numbered_years(connection: Connection) -> list[int]:
    """The years in which some book has approved vouchers."""
    year = BookYear.__table__.c.year
    return list(connection.execute(select(year).distinct().order_by(year)).scalars())


def first_days(connection: Connection, books: Sequence[str]) -> dict[str, date]:
    """Each book's first day of live vouchers, drafts included.

    What was rejected, or reversed to nothing, does not count.
    """
    found: dict[str, date] = {}
    for part in slices(books):
        found.update(
            connection.execute(
                select(VOUCHER.c.book_id, func.min(VOUCHER.c.dated))
                .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
                .where(VOUCHER.c.book_id.in_(part), POSTING.c.live)
                .group_by(VOUCHER.c.book_id)
            ).all()
        )
    return found


def live_units(connection: Connection, units: set[str]) -> dict[str, int]:
    """How many live postings each unit has, its later parts (unit|2 …) included."""
    there: set[str] = set()
    for part in slices(sorted(units)):
        there.update(
            connection.execute(
                select(POSTING.c.unit).where(POSTING.c.live, POSTING.c.unit.in_(part))
            ).scalars()
        )
    return {
        unit: connection.execute(
            select(func.count()).where(
                POSTING.c.live,
                (POSTING.c.unit == unit) | POSTING.c.unit.startswith(f"{unit}|"),
            )
        ).scalar_one()
        for unit in sorted(there)
    }


def held_net(
    connection: Connection, books: Sequence[str], subjects: Sequence[str]
) -> list[tuple[str, str, Decimal]]:
    """(book, detail, credit less debit) of approved lines on some subjects."""
    nets: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    moved = AccountYear.__table__
    keys = (moved.c.book_id, moved.c.detail, moved.c.side)
    for part in slices(books):
        rows = connection.execute(
            select(*keys, func.sum(moved.c.amount, type_=moved.c.amount.type))
            .where(moved.c.book_id.in_(part), moved.c.subject.in_(subjects))
            .group_by(*keys)
        )
        for book, detail, side, amount in rows:
            nets[book, detail] -= signed(side, amount)
    return [(*place, net) for place, net in sorted(nets.items())]


STATE_NAMES = {"draft": "待审核", "approved": "审核", "rejected": "退回"}


def _check_books(connection: Connection, vouchers: Sequence) -> None:
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


def _check_units(connection: Connection, postings: Sequence[Posting]) -> None:
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


def _give_numbers(connection: Connection, drafts: Sequence, actor: Actor) -> None:
    """Number within book and month (or year), seq within book and year."""
    years = {(draft.book_id, draft.year) for draft in drafts}
    seqs = _book_years(connection, years)
    by_month = settings.dated(connection, "numbering")
    last: dict[tuple, int] = {}
    rows = []
    for draft in drafts:
        place = (draft.book_id, draft.year)
        seqs[place] += 1
        monthly = by_month(draft.dated) == "month"
        series = (*place, draft.month) if monthly else place
        if series not in last:
            last[series] = _last_number(connection, series)
        last[series] += 1
        rows.append(
            {
                "v_id": draft.id,
                "v_number": last[series],
                "v_seq": seqs[place],
                "v_by": actor.by,
                "v_at": actor.at,
            }
        )
    connection.execute(
        update(VOUCHER)
        .where(VOUCHER.c.id == bindparam("v_id"))
        .values(
            number=bindparam("v_number"),
            seq=bindparam("v_seq"),
            audited_by=bindparam("v_by"),
            audited_at=bindparam("v_at"),
            recorded_by=bindparam("v_by"),
            recorded_at=bindparam("v_at"),
        ),
        rows,
    )


def _last_number(connection: Connection, series: tuple) -> int:
    book, year, *month = series
    query = select(func.coalesce(func.max(VOUCHER.c.number), 0)).where(
        VOUCHER.c.book_id == book, VOUCHER.c.year == year
    )
    if month:
        query = query.where(VOUCHER.c.month == month[0])
    return connection.execute(query).scalar()


def _book_years(connection: Connection, years: set[tuple[str, int]]) -> dict:
    """The last seq of each book-year; a new book-year gets its row."""
    table = BookYear.__table__
    wanted = sorted({book for book, _ in years})
    there = {
        (row.book_id, row.year): row.vouchers
        for part in slices(wanted)
        for row in connection.execute(select(table).where(table.c.book_id.in_(part)))
    }
    new = sorted(years - there.keys())
    if new:
        connection.execute(
            insert(table),
            [
                {
                    "book_id": book,
                    "year": year,
                    "vouchers": 0,
                    "hash": genesis(book, year),
                    "changed": 0,
                    "printed": 0,
                }
                for book, year in new
            ],
        )
    return {place: there.get(place, 0) for place in years}


def _chain(connection: Connection, voucher_ids: Sequence[int]) -> None:
    """Hash the new vouchers in order of seq, and mark their books as changed.

    The years after a book's year carry its balances forward, so they change too.
    """
    table = BookYear.__table__
    new: dict[tuple[str, int], list] = defaultdict(list)
    for book, year, id, voucher in printed_vouchers(connection, voucher_ids):
        new[book, year].append((id, voucher))
    heads = {
        (row.book_id, row.year): row.hash
        for part in slices(sorted({book for book, _ in new}))
        for row in connection.execute(select(table).where(table.c.book_id.in_(part)))
    }
    hashes, years = [], []
    for place, vouchers in new.items():
        previous = heads[place]
        for id, voucher in sorted(vouchers, key=lambda pair: pair[1].seq):
            text = voucher_text(voucher._replace(previous=previous, hash=""))
            digest = voucher_hash(text)
            hashes.append({"v_id": id, "v_previous": previous, "v_hash": digest})
            previous = digest
        years.append(
            {
                "y_book": place[0],
                "y_year": place[1],
                "y_vouchers": max(voucher.seq for _, voucher in vouchers),
                "y_hash": previous,
            }
        )
    connection.execute(
        update(VOUCHER)
        .where(VOUCHER.c.id == bindparam("v_id"))
        .values(previous=bindparam("v_previous"), hash=bindparam("v_hash")),
        hashes,
    )
    connection.execute(
        update(table)
        .where(
            table.c.book_id == bindparam("y_book"),
            table.c.year == bindparam("y_year"),
        )
        .values(vouchers=bindparam("y_vouchers"), hash=bindparam("y_hash")),
        years,
    )
    connection.execute(
        update(table)
        .where(
            table.c.book_id == bindparam("y_book"),
            table.c.year >= bindparam("y_year"),
        )
        .values(changed=table.c.changed + 1),
        [{"y_book": row["y_book"], "y_year": row["y_year"]} for row in years],
    )
