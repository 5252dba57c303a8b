"""Identity 11, batch by batch: movements are control totals, vouchers and sources."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, select

from ledger.money import NOTHING, grouped
from ledger.people.batches import BATCH, COUNTED, DRAFT, REJECTED, TOTAL, UNDONE
from ledger.schema import Posting, Voucher
from reports.checks.findings import ERROR, Finding, differing
from reports.checks.people import IDENTITY, place
from reports.checks.people_sums import Moved, Sums, by_posting, source_hashes
from reports.people.kinds import CONTROL
from reports.people.words import BATCH_KINDS, BATCH_STATES

POSTING, VOUCHER = Posting.__table__, Voucher.__table__
POSTING_OF = {
    DRAFT: "draft",
    COUNTED: "approved",
    UNDONE: "approved",
    REJECTED: "rejected",
}
POSTING_STATES = {"draft": "待审核", "approved": "已审核", "rejected": "已退回"}
NO_SOURCES = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def batches(
    connection: Connection, moved: dict[int, dict[str, Moved]]
) -> Iterator[Finding]:
    """Every batch: control totals, vouchers, state and sources, in this order."""
    rows = connection.execute(select(BATCH).order_by(BATCH.c.id)).all()
    lines, hashes = by_posting(connection), source_hashes(connection)
    states = _posting_states(connection)
    totals: dict[int, dict] = defaultdict(dict)
    for total in connection.execute(select(TOTAL)):
        totals[total.batch_id][total.kind] = total
    together: dict[int | None, list] = defaultdict(list)
    for row in rows:
        if row.state != REJECTED:
            together[row.posting_id or -row.id].append(row)
    for row in rows:
        yield from _totals(row, moved.get(row.id, {}), totals[row.id])
        mine = together.pop(row.posting_id or -row.id, None)
        if mine:
            yield from _vouchers(mine, moved, lines.get(row.posting_id, {}))
        yield from _state(row, states.get(row.posting_id))
        yield from _sources(row, hashes.get(row.id, NO_SOURCES))
    known = {row.id for row in rows}
    for batch_id in sorted(moved.keys() - known):
        for kind, part in sorted(moved[batch_id].items()):
            what = f"批次{batch_id}“{kind}”"
            why = "变动写着的批次不存在"
            book = _book(part.regions[0])
            yield _said(book, what, "有这个批次", f"{part.count}笔变动", why)
    carried = {row.posting_id for row in rows}
    for posting_id in sorted(lines.keys() - carried):
        yield from _without_batch(connection, posting_id, lines[posting_id])


def batch_name(row) -> str:
    """A batch as people read it: 批次12（511300南充市 2023-01 按月计入）."""
    kind = BATCH_KINDS.get(row.kind, row.kind)
    words = [place(row.region), row.period, kind]
    return f"批次{row.id}（{' '.join(word for word in words if word)}）"


def _totals(row, moved: dict[str, Moved], totals: dict) -> Iterator[Finding]:
    """The control totals are counted again from the movements, kind by kind."""
    book, name = _book(row.region), batch_name(row)
    why = "批次的控制总数与它的变动不符"
    if row.state == REJECTED:
        count = sum(part.count for part in moved.values())
        if count:
            yield _said(
                book, f"{name}变动", "0笔", f"{count}笔", "已退回的批次没有变动"
            )
        return
    for kind in sorted(moved.keys() | totals.keys()):
        part = moved.get(kind, Moved(0, 0, NOTHING, ()))
        total = totals.get(kind)
        amount = total.amount if total else NOTHING
        what = f"{name}“{kind}”"
        yield from differing(IDENTITY, book, what, amount, part.amount, why)
        wanted = (total.movements, total.people) if total else (0, 0)
        if wanted != (part.count, part.people):
            wanted_words = f"{wanted[0]}笔{wanted[1]}人"
            yield _said(book, what, wanted_words, f"{part.count}笔{part.people}人", why)
        if part.regions not in ((), (row.region,)):
            others = "、".join(part.regions)
            yield _said(book, what, row.region, others, "批次里有别的统筹区的变动")
    added = sum((total.amount for total in totals.values()), NOTHING)
    why = "批次总额与各类控制总数之和不符"
    yield from differing(IDENTITY, book, f"{name}总额", added, row.total, why)


def _vouchers(
    rows: list, moved: dict[int, dict[str, Moved]], lines: Sums
) -> Iterator[Finding]:
    """Each kind's movements are what the posting's vouchers say of its sub-account.

    `rows` are the batches of one posting, one a region.
    """
    expected: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    named = {_book(row.region): row for row in reversed(rows)}
    for row in rows:
        for kind, part in moved.get(row.id, {}).items():
            expected[_book(row.region), kind] += part.amount
    for book, kind in sorted(expected.keys() | lines.keys()):
        yield from differing(
            IDENTITY,
            book,
            f"{batch_name(named.get(book, rows[0]))}凭证“{CONTROL}{kind}”",
            expected.get((book, kind), NOTHING),
            lines.get((book, kind), NOTHING),
            "凭证贷方减借方，应为批次的变动之和",
        )


def _state(row, posting_state: str | None) -> Iterator[Finding]:
    if row.posting_id is None:
        return
    expected = POSTING_OF[row.state]
    if posting_state != expected:
        found = POSTING_STATES.get(posting_state, "没有凭证")
        yield _said(
            _book(row.region),
            f"{batch_name(row)}的凭证",
            POSTING_STATES[expected],
            found,
            f"批次{BATCH_STATES[row.state]}，凭证应当一致",
        )


def _sources(row, found: str) -> Iterator[Finding]:
    if found != row.sources:
        yield _said(
            _book(row.region),
            f"{batch_name(row)}来源哈希",
            row.sources[:16],
            found[:16],
            "批次记下的来源与它的原始凭证不符",
        )


def _without_batch(
    connection: Connection, posting_id: int, lines: Sums
) -> Iterator[Finding]:
    """A voucher on 个人账户基金 that no account follows."""
    for (book, kind), amount in sorted(lines.items()):
        row = connection.execute(
            select(VOUCHER)
            .where(VOUCHER.c.posting_id == posting_id, VOUCHER.c.book_id == book)
            .order_by(VOUCHER.c.id)
        ).first()
        name = f"草稿#{row.id}"
        if row.number is not None:
            name = f"{row.dated:%Y-%m}/{row.word}-{row.number}"
        if amount:
            yield Finding(
                IDENTITY,
                book,
                f"{name} {CONTROL}{kind}",
                "有批次",
                grouped(amount),
                amount,
                ERROR,
                "凭证动了个人账户基金，却没有批次，没有个人账户随它变动",
            )


def _posting_states(connection: Connection) -> dict[int, str]:
    ids = select(BATCH.c.posting_id).where(BATCH.c.posting_id.is_not(None))
    rows = select(POSTING.c.id, POSTING.c.state).where(POSTING.c.id.in_(ids))
    return dict(connection.execute(rows).all())


def _book(region: str) -> str:
    return f"{region}-city-agency"


def _said(book: str, what: str, expected: str, found: str, why: str) -> Finding:
    return Finding(IDENTITY, book, what, expected, found, "", ERROR, why)
