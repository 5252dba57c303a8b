"""Identities 6, 8 and 9: lists against books, own money not yet cleared, receipts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.money import NOTHING, grouped
from ledger.schema import Posting, TransferLine, Voucher, VoucherLine
from ledger.vouchers import signed
from posting_rules.policies import Policy
from posting_rules.transfers import WITHIN
from reports.checks.books import Books, cleared_by_period
from reports.checks.findings import ERROR, NOTE, Finding, differing
from reports.checks.sources import (
    CITIES,
    CLEARED,
    OWN_SPENDING,
    PAID,
    Cleared,
    Sources,
    level,
)

VOUCHER, LINE, POSTING, TRANSFER = (
    Voucher.__table__,
    VoucherLine.__table__,
    Posting.__table__,
    TransferLine.__table__,
)
RECEIPTS = ("city-to-province", "province-to-centre", "return", *WITHIN)


def lists(
    connection: Connection, policy: Policy, sources: Sources, on: date
) -> Iterator[Finding]:
    """6: each book's clearing of a period is the lists' total, and the centre's too."""
    expected: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for row in sources.cleared:
        book, subject = _spending(policy, row)
        expected[book, subject, "", row.period, row.fund] += row.amount
        city = regions.city_of(row.insured)
        centre = (f"{policy.province}-centre", CITIES, city)
        expected[*centre, row.period, row.fund] += row.amount
    found = {
        key: amount
        for key, amount in cleared_by_period(connection, on).items()
        if key[1].startswith(CLEARED) or key[1] == CITIES
    }
    for key in sorted(expected.keys() | found.keys()):
        book, subject, detail, period, fund = key
        name = f" {regions.name(detail)}" if detail else ""
        yield from differing(
            "6",
            book,
            f"{period} {subject}{name} 险种{fund}",
            expected.get(key, NOTHING),
            found.get(key, NOTHING),
            "清算明细各行合计与冲销凭证不符",
        )


def uncleared(policy: Policy, sources: Sources, books: Books) -> Iterator[Finding]:
    """8: finance has spent what agencies have not yet cleared, payer by payer.

    The annex prints no entry for finance at clearing (reading 12), so the two differ
    by nature; a note says by what.
    """
    for payer, (paid, cleared, opening, sent) in sorted(_own(policy, sources).items()):
        finance, agency = _books_of(policy, payer)
        spent = _net(books, finance, OWN_SPENDING)
        used = _net(books, agency, CLEARED)
        uncleared = opening + paid - cleared
        expected = uncleared - opening - (paid - sent)
        why = f"本级已划拨{grouped(paid)}，已清算{grouped(cleared)}"
        why += f"，期初暂付{grouped(opening)}" if opening else ""
        why += f"，未付外省{grouped(paid - sent)}" if paid != sent else ""
        what = f"{regions.name(payer)}异地就医支出减医保费用支出"
        if spent - used != expected:
            yield from differing("8", finance, what, expected, spent - used, why)
        elif expected:
            why += f"，未清算{grouped(uncleared)}"
            yield Finding("8", finance, what, used, spent, expected, NOTE, why)


def receipts(
    connection: Connection, policy: Policy, sources: Sources, on: date
) -> Iterator[Finding]:
    """9: what the centre received is posted once, split by purpose."""
    expected: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for t in sources.transfers:
        if t.received and t.payee == policy.province and level(t.payer) != "province":
            expected[t.payer, t.scope] += t.amount
    found = _receipts(connection, policy, on)
    for payer, scope in sorted(expected.keys() | found.keys()):
        yield from differing(
            "9",
            f"{policy.province}-centre",
            f"{regions.name(payer)}{scope}预付金",
            expected.get((payer, scope), NOTHING),
            found.get((payer, scope), NOTHING),
            "划拨单到账合计与结算中心收款凭证不符",
        )
    for row in _received_twice(connection):
        yield Finding(
            "9",
            f"{row.payee}",
            f"收款流水号{row.received_serial}",
            "一笔",
            f"{row.number}笔",
            "",
            ERROR,
            "同一收款账号、同一收款流水号记了几笔划拨，收款可能重复入账",
        )


def _own(policy: Policy, sources: Sources) -> dict[str, tuple[Decimal, ...]]:
    """By payer: own money paid, cleared, there at the opening, and sent on.

    Only 省本级 sends its money on by a second step; elsewhere sent is paid.
    """
    province = regions.own_people(policy.province)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [NOTHING] * 4)
    for t in sources.transfers:
        if not t.paid or regions.province_of(t.payer) != policy.province:
            continue
        payer = province if level(t.payer) == "province" else t.payer
        if level(t.payer) != "province":
            sums[payer][0] += t.own
        if t.payer != province:
            sums[payer][3] += t.own
    for row in sources.cleared:
        kept = row.payer
        if level(kept) == "own" and kept != province:
            kept = regions.city_of(kept)
        sums[kept][1] += row.amount
    for place, amount in sources.opening.items():
        region, _, kind = place.book.partition("-")
        if place.subject == PAID and kind in ("county-agency", "province-agency"):
            payer = province if kind == "province-agency" else region
            sums[payer][2] += amount
    return {payer: tuple(each) for payer, each in sums.items()}


def _books_of(policy: Policy, payer: str) -> tuple[str, str]:
    if level(payer) == "own":
        at = f"{policy.province}-province"
    else:
        at = f"{payer}-{level(payer)}"
    return f"{at}-finance", f"{at}-agency"


def _spending(policy: Policy, row: Cleared) -> tuple[str, str]:
    if level(row.payer) == "county":
        return f"{row.payer}-county-agency", f"{CLEARED}（县本级）"
    city = regions.city_of(row.insured)
    if level(city) == "own":
        return f"{policy.province}-province-agency", f"{CLEARED}（省本级）"
    return f"{city}-city-agency", f"{CLEARED}（市州级）"


def _net(books: Books, book: str, subject: str) -> Decimal:
    found = [
        amount
        for place, amount in books.by_rule.items()
        if place.book == book and place.subject.startswith(subject)
    ]
    return sum(found, NOTHING)


def _receipts(
    connection: Connection, policy: Policy, on: date
) -> dict[tuple[str, str], Decimal]:
    """(payer, 范围): credit less debit of receipt vouchers at the centre."""
    rows = connection.execute(
        select(
            LINE.c.detail,
            VOUCHER.c.scope,
            LINE.c.side,
            func.sum(LINE.c.amount, type_=LINE.c.amount.type),
        )
        .select_from(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(
            VOUCHER.c.book_id == f"{policy.province}-centre",
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.occurred_on <= on,
            VOUCHER.c.reverses_id.is_(None),
            VOUCHER.c.reversed_by_id.is_(None),
            VOUCHER.c.event.in_(RECEIPTS),
            POSTING.c.manual.is_(False),
            LINE.c.subject == CITIES,
        )
        .group_by(LINE.c.detail, VOUCHER.c.scope, LINE.c.side)
    )
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for detail, scope, side, amount in rows:
        sums[detail, scope] -= signed(side, amount)
    return dict(sums)


def _received_twice(connection: Connection) -> list:
    number = func.count(TRANSFER.c.serial.distinct())
    return connection.execute(
        select(
            TRANSFER.c.payee,
            TRANSFER.c.payee_account,
            TRANSFER.c.received_serial,
            number.label("number"),
        )
        .where(TRANSFER.c.live, TRANSFER.c.received_serial != "")
        .group_by(
            TRANSFER.c.payee, TRANSFER.c.payee_account, TRANSFER.c.received_serial
        )
        .having(number > 1)
        .order_by(TRANSFER.c.received_serial)
    ).all()
