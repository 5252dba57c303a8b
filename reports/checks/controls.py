"""Identity 11, region by region: accounts, movements and claims against the books."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, select

from ledger.money import NOTHING
from ledger.people.batches import BATCH, COUNTED, UNDONE
from ledger.schema import Document
from reports.checks.findings import Finding, differing
from reports.checks.people import IDENTITY, place
from reports.checks.people_sums import (
    Moved,
    approved,
    contributed,
    held,
    received,
)
from reports.people.kinds import CONTROL

WAITING = "医保收入——个人账户收入待计入"
CREDITED = "在职计入"
CLAIMED = "暂付款——个人账户追回"


def controls(
    connection: Connection, moved: dict[int, dict[str, Moved]]
) -> Iterator[Finding]:
    """Σ balances = Σ movements = control account; claims; what waits for crediting."""
    sums = _counted(connection, moved)
    yield from _kinds(connection, sums)
    yield from _accounts(connection)
    yield from _waiting(connection, sums)


def _counted(connection: Connection, moved: dict[int, dict[str, Moved]]) -> dict:
    """By (region, kind): the movements of batches that count."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    rows = select(BATCH.c.id, BATCH.c.region).where(
        BATCH.c.state.in_([COUNTED, UNDONE])
    )
    for batch_id, region in connection.execute(rows):
        for kind, part in moved.get(batch_id, {}).items():
            sums[region, kind] += part.amount
    return dict(sums)


def _kinds(connection: Connection, sums: dict) -> Iterator[Finding]:
    """Each sub-account of the control account is the movements of its kind."""
    books = {
        (book.partition("-")[0], subject.removeprefix(CONTROL)): amount
        for (book, subject), amount in approved(connection, f"{CONTROL}%").items()
        if book.endswith("-city-agency")
    }
    for region, kind in sorted(sums.keys() | books.keys()):
        yield from differing(
            IDENTITY,
            _book(region),
            f"{place(region)}{CONTROL}{kind}",
            sums.get((region, kind), NOTHING),
            books.get((region, kind), NOTHING),
            "控制科目应为已入账的变动之和",
        )


def _accounts(connection: Connection) -> Iterator[Finding]:
    """The control account is the sum of the balances, 暂付款 that of the claims."""
    control: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (book, _), amount in approved(connection, f"{CONTROL}%").items():
        control[book.partition("-")[0]] += amount
    owed = {
        book.partition("-")[0]: -amount
        for (book, _), amount in approved(connection, CLAIMED).items()
    }
    accounts = held(connection)
    for region in sorted(control.keys() | owed.keys() | accounts.keys()):
        balance, claim = accounts.get(region, (NOTHING, NOTHING))
        for what, expected, found, why in (
            ("个人账户基金", balance, control[region], "个人账户余额之和"),
            (CLAIMED, claim, owed.get(region, NOTHING), "各账户追回挂账之和"),
        ):
            yield from differing(
                IDENTITY,
                _book(region),
                f"{place(region)}{what}",
                expected,
                found,
                f"控制科目应为{why}",
            )


def _waiting(connection: Connection, sums: dict) -> Iterator[Finding]:
    """What P1 brought for the accounts, file by file; what was not credited waits."""
    lines, books = received(connection), contributed(connection, WAITING)
    waiting: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for document_id, book in sorted(lines.keys() | books.keys()):
        expected = lines.get((document_id, book), NOTHING)
        waiting[book] += expected
        yield from differing(
            IDENTITY,
            book,
            f"{_document(connection, document_id)}的{WAITING}",
            expected,
            books.get((document_id, book), NOTHING),
            "应为已到账各行计入个人账户的部分之和",
        )
    for (region, kind), amount in sums.items():
        if kind == CREDITED:
            waiting[_book(region)] -= amount
    stands = {
        book: amount for (book, _), amount in approved(connection, WAITING).items()
    }
    for book in sorted(waiting.keys() | stands.keys()):
        yield from differing(
            IDENTITY,
            book,
            f"{place(book.partition('-')[0])}{WAITING}",
            waiting.get(book, NOTHING),
            stands.get(book, NOTHING),
            "应为已到账的个人部分减去已计入在职人员的部分",
        )


def _document(connection: Connection, document_id: int) -> str:
    table = Document.__table__
    name = select(table.c.name).where(table.c.id == document_id)
    return connection.execute(name).scalar_one()


def _book(region: str) -> str:
    return f"{region}-city-agency"
