"""What the books hold, for comparing with source lines.

Vouchers that were reversed by the day asked for, and those that reverse them, are left
out of both sides (reports/checks/store.py sees to it that they undo each other); days
are those of the business.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from ledger.money import NOTHING
from ledger.schema import Posting, Voucher, VoucherLine
from ledger.standing import set_against
from ledger.subjects import subject as subject_of
from ledger.vouchers import signed
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.policies import Policy, entry_named
from reports.checks.sources import Place, merged

VOUCHER, LINE, POSTING = Voucher.__table__, VoucherLine.__table__, Posting.__table__


class Books(NamedTuple):
    """Nets by place, debit plus: made by rule, and by hand."""

    by_rule: dict[Place, Decimal]
    by_hand: dict[Place, Decimal]


def books_of(connection: Connection, policy: Policy, on: date) -> Books:
    """Every place of every book up to a day, by the policy's rules and by hand.

    What personal accounts post is checked against their batches (checks/people.py).
    """
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            POSTING.c.manual,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .select_from(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            *_standing(on),
            POSTING.c.manual
            | VOUCHER.c.rule.startswith(f"{policy.id}/", autoescape=True),
        )
        .group_by(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            LINE.c.fund,
            POSTING.c.manual,
            LINE.c.side,
        )
    )
    nets = (defaultdict(lambda: NOTHING), defaultdict(lambda: NOTHING))
    for book, subject, detail, fund, manual, side, amount in rows:
        place = Place(book, merged(subject), detail, fund)
        nets[bool(manual)][place] += signed(side, amount)
    return Books(dict(nets[0]), dict(nets[1]))


def cleared_by_period(
    connection: Connection, on: date
) -> dict[tuple[str, str, str, str, str], Decimal]:
    """(book, subject, detail, period, fund): debit of clearing vouchers by rule."""
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            VOUCHER.c.period,
            LINE.c.fund,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .select_from(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            *_standing(on),
            VOUCHER.c.event == CLEARING,
            POSTING.c.manual.is_(False),
            LINE.c.side == "借",
        )
        .group_by(
            VOUCHER.c.book_id,
            LINE.c.subject,
            LINE.c.detail,
            VOUCHER.c.period,
            LINE.c.fund,
        )
    )
    return {tuple(row[:5]): row[5] for row in rows}


def daily(connection: Connection, on: date, subjects: list[str]) -> list:
    """(book, day, net) on bank subjects, everything approved and dated up to `on`."""
    rows = connection.execute(
        select(
            VOUCHER.c.book_id,
            VOUCHER.c.dated,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.dated <= on,
            LINE.c.subject.in_(subjects),
        )
        .group_by(VOUCHER.c.book_id, VOUCHER.c.dated, LINE.c.side)
    )
    return [(book, day, signed(side, amount)) for book, day, side, amount in rows]


def stranded(
    connection: Connection, policy: Policy, on: date
) -> dict[tuple[str, str], Decimal]:
    """By (book, county): what stands on both subjects of the printed pair (X12)."""
    entry = entry_named(policy, "X12")
    paid, received = (
        subject_of(template[0][0]).printed for template in (entry.debit, entry.credit)
    )
    found: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for (book, detail, _), amount in set_against(
        connection,
        paid,
        received,
        VOUCHER.c.number.is_not(None),
        VOUCHER.c.dated <= on,
    ).items():
        found[book, detail] += amount
    return dict(found)


def _standing(on: date) -> list:
    """Approved, happened by a day, and not undone by then."""
    later = VOUCHER.alias("later")
    undone_later = select(later.c.id).where(
        later.c.reverses_id.is_not(None), later.c.occurred_on > on
    )
    return [
        VOUCHER.c.number.is_not(None),
        VOUCHER.c.occurred_on <= on,
        VOUCHER.c.reverses_id.is_(None),
        VOUCHER.c.reversed_by_id.is_(None) | VOUCHER.c.reversed_by_id.in_(undone_later),
    ]
