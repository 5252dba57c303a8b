"""What the books have of money at a bank: which postings carry a bank's serial, what
postings do to a book's subject, and a subject's balance by fund.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, func, or_, select

from ledger.advances.tables import AwayPayment
from ledger.database import slices
from ledger.money import NOTHING
from ledger.schema import Posting, TransferLine, Voucher, VoucherLine
from ledger.settlements.tables import InstitutionPayment
from ledger.vouchers import signed

TRANSFER, POSTING = TransferLine.__table__, Posting.__table__
VOUCHER, VOUCHER_LINE = Voucher.__table__, VoucherLine.__table__
IN, OUT = "in", "out"


class Candidate(NamedTuple):
    """A posting that a line may prove: at an account ("" where the form has none)."""

    serial: str
    account: str
    side: str
    posting_id: int
    what: str  # transfer, payment


def candidates(connection: Connection, serials: Iterable[str]) -> list[Candidate]:
    """Postings of F1 and F7 that carry one of the banks' serials."""
    found = set()
    for part in slices(sorted(set(serials))):
        rows = connection.execute(
            select(TRANSFER).where(
                TRANSFER.c.live,
                or_(TRANSFER.c.serial.in_(part), TRANSFER.c.received_serial.in_(part)),
            )
        ).all()
        for row in rows:
            found.update(_of_transfer(row))
        for table, stands in (
            (AwayPayment.__table__, AwayPayment.live),
            (InstitutionPayment.__table__, InstitutionPayment.freed == 0),
        ):
            paid = connection.execute(
                select(table.c.serial, table.c.payer_account, table.c.posting_id).where(
                    table.c.serial.in_(part), table.c.posting_id.is_not(None), stands
                )
            )
            for serial, account, posting_id in paid:
                found.add(Candidate(serial, account, OUT, posting_id, "payment"))
    return sorted(found)


def _of_transfer(row) -> Iterable[Candidate]:
    """The payer's bank has 交易流水号; the receiver's has 收款流水号, or the same.

    A transfer within one body (X2) has both of its ends in the one posting.
    """
    if row.paid_posting_id is not None:
        paid = row.paid_posting_id, "transfer"
        yield Candidate(row.serial, row.payer_account, OUT, *paid)
        for serial in {row.serial, row.received_serial} - {""}:
            yield Candidate(serial, row.payee_account, IN, *paid)
    if row.received_posting_id is not None:
        received = row.received_posting_id, "transfer"
        for serial in {row.serial, row.received_serial} - {""}:
            yield Candidate(serial, row.payee_account, IN, *received)


def nets(connection: Connection, posting_ids: Iterable[int]) -> dict[tuple, dict]:
    """What live postings do to each book and subject, by fund: debit plus."""
    found: dict[tuple, dict] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    for part in slices(sorted(set(posting_ids))):
        rows = connection.execute(
            select(
                VOUCHER.c.posting_id,
                VOUCHER.c.book_id,
                VOUCHER_LINE.c.subject,
                VOUCHER_LINE.c.fund,
                VOUCHER_LINE.c.side,
                func.sum(VOUCHER_LINE.c.amount, type_=VOUCHER_LINE.c.amount.type),
            )
            .join(VOUCHER, VOUCHER.c.id == VOUCHER_LINE.c.voucher_id)
            .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
            .where(VOUCHER.c.posting_id.in_(part), POSTING.c.live)
            .group_by(
                VOUCHER.c.posting_id,
                VOUCHER.c.book_id,
                VOUCHER_LINE.c.subject,
                VOUCHER_LINE.c.fund,
                VOUCHER_LINE.c.side,
            )
        )
        for posting_id, book, subject, fund, side, amount in rows:
            found[posting_id, book, subject][fund] += signed(side, amount)
    return found


def balances(
    connection: Connection, book: str, subject: str, before: date
) -> dict[str, Decimal]:
    """By fund, a subject's balance of approved vouchers dated before a day."""
    rows = connection.execute(
        select(
            VOUCHER_LINE.c.fund,
            VOUCHER_LINE.c.side,
            func.sum(VOUCHER_LINE.c.amount, type_=VOUCHER_LINE.c.amount.type),
        )
        .join(VOUCHER, VOUCHER.c.id == VOUCHER_LINE.c.voucher_id)
        .where(
            VOUCHER.c.book_id == book,
            VOUCHER_LINE.c.subject == subject,
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated < before,
        )
        .group_by(VOUCHER_LINE.c.fund, VOUCHER_LINE.c.side)
    )
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for fund, side, amount in rows:
        found[fund] += signed(side, amount)
    return dict(found)
