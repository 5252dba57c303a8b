"""Identities 1 to 5, and every other place of every book against the sources."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection

from ledger import regions
from ledger.money import NOTHING, grouped
from posting_rules.policies import Policy
from reports.checks.books import Books
from reports.checks.books import stranded as stranded_in
from reports.checks.findings import ERROR, NOTE, Finding, differing
from reports.checks.sources import (
    BANK,
    CITIES,
    CLEARED,
    COUNTIES,
    FUND_BANK,
    INCOME,
    OWN_SPENDING,
    PAID,
    PASSED_ON,
    Place,
    Sources,
    Transfer,
    inside,
    level,
)


def passed_on(policy: Policy, sources: Sources, books: Books) -> Iterator[Finding]:
    """1: own money spent less cash that left is what each level still holds.

    Cash leaves to other provinces and, by X2 less other provinces' own money, for
    institutions.

    2: once nothing is held or under way, all that was passed on has arrived.
    """
    spent = _of(books, OWN_SPENDING)
    income, passed = -_of(books, INCOME), _of(books, PASSED_ON)
    upward = [t for t in sources.transfers if level(t.payer) in ("county", "city")]
    upward = [t for t in upward if inside(policy, t)]
    out = [t for t in sources.transfers if level(t.payer) == "province"]
    out = [t for t in out if inside(policy, t)]
    left = sum((t.amount for t in out if t.paid), NOTHING)
    came = sum((t.amount for t in upward if t.received), NOTHING)
    went = sum((t.lower for t in [*upward, *out] if t.paid), NOTHING)
    others = sum((p.amount for p in sources.parts if p.form == "F1"), NOTHING)
    left, went = left - others, went - others
    travelling = sum((_under_way(t) for t in upward), NOTHING)
    why = f"划拨单：各级收到{grouped(came)}，上解下级资金{grouped(went)}，"
    why += f"在途{grouped(travelling)}，付外省和省内用款{grouped(left)}"
    held = came - went
    yield from differing(
        "1",
        "全省财政",
        "异地就医支出减付外省",
        held + travelling,
        spent - left,
        why,
    )
    yield from differing(
        "1", "全省财政", "异地医保收入减异地医保支出", held, income - passed, why
    )
    if not held and not travelling:
        yield from differing(
            "2", "全省财政", "异地医保收入与异地医保支出", passed, income, why
        )


def places(sources: Sources, books: Books) -> Iterator[Finding]:
    """3, 4, 5, 7: each account of each book is what F0, F1, F2 and F7 make it."""
    expected, found = sources.expected, books.by_rule
    for place in sorted(expected.keys() | found.keys()):
        yield from differing(
            _identity(place),
            place.book,
            _said(place),
            expected.get(place, NOTHING),
            found.get(place, NOTHING),
            _why(place, sources),
        )
    by_hand: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for place, amount in books.by_hand.items():
        by_hand[place.book, place.subject] += amount
    for (book, subject), amount in sorted(by_hand.items()):
        place = Place(book, subject, "", "")
        if amount and _identity(place) != "账证":
            yield from differing(
                _identity(place),
                book,
                subject,
                NOTHING,
                amount,
                "手工凭证的净额（借方减贷方），没有对应的表格行",
                NOTE,
            )


def mirrors(policy: Policy, sources: Sources) -> Iterator[Finding]:
    """4: what a payer has paid is what its holder holds, less money under way."""
    travelling: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    payers = set()
    for t in sources.transfers:
        if inside(policy, t) and level(t.payer) != "province":
            payers.add((t.payer, t.payee))
            travelling[t.payer, t.payee] += _under_way(t)
    for place in sources.opening:
        if place.detail and place.subject in (COUNTIES, CITIES):
            payers.add((place.detail, place.book.partition("-")[0]))
    opened = {place.book for place in sources.opening}
    for payer, payee in sorted(payers):
        mine, theirs, subject = _two_books(policy, payer, payee)
        paid = _opening(sources, mine, PAID, "")
        held = -_opening(sources, theirs, subject, payer)
        yield from differing(
            "4",
            theirs,
            f"{regions.name(payer)}的期初预付金",
            paid,
            held,
            f"期初余额表：{mine}的{PAID}与{theirs}的{subject}不符",
            ERROR if {mine, theirs} <= opened and level(payer) != "city" else NOTE,
        )
        yield from differing(
            "4",
            theirs,
            f"{regions.name(payer)}在途资金",
            NOTHING,
            travelling[payer, payee],
            "付款方已记账，收款方待到账日期（X15）",
            NOTE,
        )


def stranded(connection: Connection, policy: Policy, on: date) -> Iterator[Finding]:
    """Under the printed reading 2.1.2 and 2.2.2 leave a pair; a note."""
    for (book, county), amount in stranded_in(connection, policy, on).items():
        yield from differing(
            "4",
            book,
            f"{regions.name(county)}的暂付款与暂收款",
            NOTHING,
            amount,
            "照印的读法在两个科目上各留一笔，净额不受影响；可用 yibao offset 对冲",
            NOTE,
        )


def _identity(place: Place) -> str:
    kind = place.book.partition("-")[2]
    if kind == "centre":
        return "3"
    if place.subject == BANK or place.subject.startswith(FUND_BANK):
        return "7"
    if place.subject == PAID and kind == "city-agency":
        return "5"
    if place.subject in (PAID, COUNTIES):
        return "4"
    if place.subject.startswith(CLEARED):
        return "6"
    if place.subject.startswith((INCOME, OWN_SPENDING, PASSED_ON)):
        return "1"
    return "账证"


def _why(place: Place, sources: Sources) -> str:
    if _identity(place) != "5":
        return "期初余额表、划拨单、清算明细各行合计与账上净额（借方减贷方）不符"
    city = place.book.partition("-")[0]
    fund = [t for t in sources.transfers if t.fund == place.fund]
    counties = [t for t in fund if t.payee == city and t.paid]
    passed = sum((t.lower for t in fund if t.payer == city and t.paid), NOTHING)
    paid = sum((t.amount for t in counties), NOTHING)
    own = sum((t.own for t in fund if t.payer == city and t.paid), NOTHING)
    return (
        f"各县区划入{grouped(paid)}，已上解县区资金{grouped(passed)}，"
        f"本级上解{grouped(own)}，再减清算，与账上净额不符"
    )


def _said(place: Place) -> str:
    detail = f" {regions.name(place.detail)}" if place.detail else ""
    return f"{place.subject}{detail} 险种{place.fund}"


def _of(books: Books, subject: str) -> Decimal:
    found = [a for p, a in books.by_rule.items() if p.subject.startswith(subject)]
    return sum(found, NOTHING)


def _opening(sources: Sources, book: str, subject: str, detail: str) -> Decimal:
    return sum(
        (a for p, a in sources.opening.items() if p[:3] == (book, subject, detail)),
        NOTHING,
    )


def _two_books(policy: Policy, payer: str, payee: str) -> tuple[str, str, str]:
    centre = f"{policy.province}-centre"
    if level(payer) == "county":
        return f"{payer}-county-agency", f"{payee}-city-agency", COUNTIES
    if level(payer) == "own":
        return f"{policy.province}-province-agency", centre, CITIES
    return f"{payer}-city-agency", centre, CITIES


def _under_way(t: Transfer) -> Decimal:
    return t.amount * (t.paid - t.received)
