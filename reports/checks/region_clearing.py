"""Clearing between regions: sums, parts, vouchers and balances say the same.

What a clearing's parts say is what its rows add up to and what its vouchers move; 暂收款
of one region is 暂付款 of the other; what stands there is what no clearing has paid.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterator, Sequence

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.money import NOTHING
from ledger.settlements import clearing_sums as sums
from ledger.settlements.clearing import (
    ELSEWHERE,
    FAMILY,
    PAID_ON,
    PREMIUM,
    SHARED,
    clearing,
    unit,
)
from ledger.settlements.clearing_bills import bills_elsewhere
from ledger.settlements.clearing_sums import Place, StandingPart
from posting_rules.openings import EVENT as OPENING
from posting_rules.personal import fund_of_accounts
from reports.checks.findings import ERROR, Finding, differing
from reports.checks.people import place

IDENTITY = "统筹区清算"
OWES, IS_OWED, DEPOSIT = "暂收款——", "暂付款——", "财政专户存款——市本级"
SUBJECTS = (FAMILY, ELSEWHERE, PREMIUM)
BOTH_SIDES = tuple(side + subject for side in (OWES, IS_OWED) for subject in SUBJECTS)
COLLECTED = f"{OWES}{PAID_ON}——"
KINDS = ("family", "premiums")
Owed = dict[tuple, list]  # by subject, payer, payee, fund: how many and amount


def region_clearing(connection: Connection) -> Iterator[Finding]:
    """Every clearing that stands, then the books of every city."""
    cities = frozenset(regions.cities(settings.province(connection)))
    parts = sums.standing_parts(connection, *KINDS)
    together: dict[int, list[StandingPart]] = defaultdict(list)
    for part in parts:
        together[part.clearing_id].append(part)
    taken, everything = _rows(connection, cities)
    for clearing_id in sorted(together.keys() | (taken.keys() - {None})):
        mine = together.get(clearing_id, [])
        rows = taken.get(clearing_id, {})
        _count_bills(connection, clearing_id, rows)
        yield from _parts(clearing_id, mine, rows)
        if mine:
            yield from _vouchers(connection, mine, cities)
    yield from _mirrors(connection, cities)
    yield from _open(connection, everything, parts, cities)


def _rows(
    connection: Connection, cities: frozenset[str]
) -> tuple[dict[int | None, Owed], Owed]:
    """What the sum rows say: by the clearing that took them, and altogether."""
    taken: dict = defaultdict(lambda: defaultdict(lambda: [0, NOTHING]))
    everything: Owed = defaultdict(lambda: [0, NOTHING])

    def add(clearing_id: int | None, key: tuple, row) -> None:
        for total in (taken[clearing_id][key], everything[key]):
            total[0] += row.lines
            total[1] += row.amount

    for row in sums.billed(connection):
        subject = FAMILY if row.part == SHARED else ELSEWHERE
        add(row.clearing_id, (subject, row.payer, row.place, row.fund), row)
    for row in sums.premiums(connection):
        fund = fund_of_accounts(row.payer)
        if row.payer != row.region:
            add(row.clearing_id, (PREMIUM, row.payer, row.region, fund), row)
        if row.region in cities:
            add(row.paid_on_id, (PAID_ON, row.region, row.kind, fund), row)
    return taken, everything


def _count_bills(connection: Connection, clearing_id: int, rows: Owed) -> None:
    """Of treatment elsewhere the bills count, not the parts that sum rows count."""
    elsewhere = [key for key in rows if key[0] == ELSEWHERE]
    if elsewhere:
        bills = bills_elsewhere(connection, clearing_id, fund_of_accounts)
        for key in elsewhere:
            rows[key][0] = sum(bills.get(key[1:], (0, 0)))


def _parts(
    clearing_id: int, parts: Sequence[StandingPart], rows: Owed
) -> Iterator[Finding]:
    """A clearing's parts against the rows that it took."""
    said = {(p.subject, p.payer, p.payee, p.fund): p for p in parts}
    for key in sorted(said.keys() | rows.keys()):
        lines, amount = rows.get(key, (0, NOTHING))
        part = said.get(key)
        what = f"清算{clearing_id}{_named(*key)}"
        why = "清算单所列应为所收各行之和"
        found = part.gross if part else NOTHING
        yield from differing(IDENTITY, _book(key[1]), what, amount, found, why)
        if lines != (part.lines if part else 0):
            count = part.lines if part else 0
            yield Finding(
                *(IDENTITY, _book(key[1]), f"{what}笔数", f"{lines}笔", f"{count}笔"),
                *("", ERROR, why),
            )


def _vouchers(
    connection: Connection, parts: Sequence[StandingPart], cities: frozenset[str]
) -> Iterator[Finding]:
    """What a clearing's vouchers move against its parts that are posted."""
    row = clearing(connection, parts[0].clearing_id)
    subjects = (*BOTH_SIDES, f"{COLLECTED}%", DEPOSIT)
    found = sums.of_unit(connection, unit(row), *subjects)
    expected: dict[Place, Decimal] = defaultdict(lambda: NOTHING)
    for part in parts:
        if part.posting_id is None:
            continue
        for key, amount in _moves(part):
            if key[0].partition("-")[0] in cities:
                expected[key] += amount
    for key in sorted(expected.keys() | found.keys()):
        yield from differing(
            IDENTITY,
            key[0],
            f"清算{row.id}凭证“{key[1]}”{_other(key[2])}",
            expected.get(key, NOTHING),
            found.get(key, NOTHING),
            "凭证借方减贷方，应为清算单所列",
        )


def _moves(part: StandingPart) -> Iterator[tuple[Place, Decimal]]:
    """What a posted part moves: debit above zero."""
    payer, payee = _book(part.payer), _book(part.payee)
    if part.subject == PAID_ON:
        yield (payer, COLLECTED + part.payee, "", part.fund), part.net
        return
    yield (payer, OWES + part.subject, part.payee, part.fund), part.gross
    yield (payer, DEPOSIT, "", part.fund), -part.net
    yield (payee, IS_OWED + part.subject, part.payer, part.fund), -part.gross
    yield (payee, DEPOSIT, "", part.fund), part.net


def _mirrors(connection: Connection, cities: frozenset[str]) -> Iterator[Finding]:
    """暂收款 of one city for another is the other's 暂付款 for it."""
    owes: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    is_owed: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for (book, subject, other, fund), amount in sums.held(
        connection, *BOTH_SIDES
    ).items():
        region = book.partition("-")[0]
        if other in cities and subject.startswith(OWES):
            owes[subject.removeprefix(OWES), region, other, fund] -= amount
        elif other in cities:
            is_owed[subject.removeprefix(IS_OWED), other, region, fund] += amount
    for key in sorted(owes.keys() | is_owed.keys()):
        subject, payer, payee, fund = key
        yield from differing(
            IDENTITY,
            _book(payee),
            f"{IS_OWED}{subject}：{place(payer)}（{fund}）",
            owes.get(key, NOTHING),
            is_owed.get(key, NOTHING),
            f"应等于{place(payer)}账上的{OWES}{subject}：{place(payee)}",
        )


def _open(
    connection: Connection,
    everything: Owed,
    parts: Sequence[StandingPart],
    cities: frozenset[str],
) -> Iterator[Finding]:
    """What stands in the books is what no approved voucher of a clearing has paid."""
    left: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for key, (_, amount) in everything.items():
        left[key] += amount
    for part in parts:
        if part.posted == "approved":
            left[part.subject, part.payer, part.payee, part.fund] -= part.gross
    expected: dict[Place, Decimal] = defaultdict(lambda: NOTHING)
    for (subject, payer, payee, fund), amount in left.items():
        if subject == PAID_ON:
            expected[_book(payer), COLLECTED + payee, "", fund] -= amount
            continue
        if payer in cities:
            expected[_book(payer), OWES + subject, payee, fund] -= amount
        if payee in cities:
            expected[_book(payee), IS_OWED + subject, payer, fund] += amount
    subjects = (*BOTH_SIDES, f"{COLLECTED}%")
    found = sums.held(connection, *subjects)
    brought = sums.opened(connection, OPENING, *subjects)
    for key in sorted(expected.keys() | found.keys() | brought.keys()):
        yield from differing(
            IDENTITY,
            key[0],
            f"{key[1]}{_other(key[2])}（{key[3]}）",
            expected.get(key, NOTHING) + brought.get(key, NOTHING),
            found.get(key, NOTHING),
            "余额（借方减贷方）应为尚未清算、转交的结算之和",
        )


def _named(subject: str, payer: str, payee: str, fund: str) -> str:
    return f"{subject}（{place(payer)}→{place(payee)}，{fund}）"


def _other(detail: str) -> str:
    return f"：{place(detail)}" if detail else ""


def _book(region: str) -> str:
    return f"{region}-city-agency"
