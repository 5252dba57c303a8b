"""X2 and X5 against the plan (F5): so much is other provinces' money, and whose.

A second telling of the shares that posting_rules/funding.py makes: here each line's
part is what the plan, as it stood then, makes of what was left; a fen is rounding.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Iterator, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.advances.tables import AwayPayment, FundingLine, ProvinceShare
from ledger.money import NOTHING, grouped
from ledger.schema import TransferLine
from posting_rules.policies import Policy
from reports.checks.findings import ERROR, NOTE, Finding, differing
from reports.checks.sources import INSIDE, OTHERS, Sources

PLAN, SHARE, TRANSFER, AWAY = (
    FundingLine.__table__,
    ProvinceShare.__table__,
    TransferLine.__table__,
    AwayPayment.__table__,
)
ROUNDING = Fraction(2, 100)
FORM = "form"  # the basis of a share that the form names


class Paid(NamedTuple):
    """A line of X2, negative where it came back; `others` by (province, basis)."""

    row: object
    sign: int
    others: dict[tuple[str, str], Decimal]

    @property
    def amount(self) -> Decimal:
        return self.sign * (self.row.own + self.row.lower)

    @property
    def elsewhere(self) -> Decimal:
        return self.sign * sum(self.others.values(), NOTHING)


def funding(connection: Connection, policy: Policy) -> Iterator[Finding]:
    """3: the plan is not overpaid; shares of X2 follow it, shares of X5 add up."""
    groups: dict[tuple[str, str], list[Paid]] = defaultdict(list)
    for line in _paid(connection, policy):
        groups[line.row.quarter, line.row.fund].append(line)
    plans = _plans(connection)
    freed = _freed(connection, policy)
    book = f"{policy.province}-province-finance"
    for (quarter, fund), lines in sorted(groups.items()):
        plan = plans.get((quarter, fund), [])
        what = f"{quarter}用款计划 险种{fund}"
        loose = (quarter, fund) in freed
        for finding in _against_plan(book, what, plan, lines):
            yield finding._replace(severity=NOTE) if loose else finding
    yield from _payments(connection, policy)


def beyond(policy: Policy, sources: Sources) -> Iterator[Finding]:
    """Notes: institutions were paid more than is cleared (X3), or than another
    province has sent (X5)."""
    for place, amount in sorted(sources.expected.items()):
        if place.book != f"{policy.province}-centre" or amount <= 0:
            continue
        if place.subject == INSIDE:
            what = f"{INSIDE} 险种{place.fund}"
            why = "向机构拨付多于已清算的省内异地就医费用（先付后清算）"
        elif place.subject == OTHERS:
            name = regions.name(place.detail)
            what = f"{OTHERS} {name} 险种{place.fund}"
            why = f"已付{name}参保人员的费用多于其预付金和清算资金"
        else:
            continue
        yield from differing("3", place.book, what, NOTHING, -amount, why, NOTE)


def _against_plan(book: str, what: str, plan: list, lines: list[Paid]):
    """What each line took of what was left; then what is left is less."""
    paid = elsewhere = NOTHING
    named: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        known = [row for row in plan if row.document_id < line.row.document_id]
        total = sum((row.at_home + row.elsewhere for row in known), NOTHING)
        others = sum((row.elsewhere for row in known), NOTHING)
        if line.sign < 0:
            whole, part = paid, elsewhere
        else:
            whole, part = total - paid, others - elsewhere
        if whole < abs(line.amount):
            where = f"{what}，流水号{line.row.serial}"
            why = "划转多于用款计划" if line.sign > 0 else "退回多于已划转"
            yield from differing("3", book, where, whole, abs(line.amount), why)
            return
        if line.row.bounces_id is None:  # X11 gives back just what went
            yield from _share(book, what, line, part, whole)
            for province, needed in _needed(known).items():
                left = named[province] if line.sign < 0 else needed - named[province]
                yield from _share(book, what, line, left, whole, province)
        paid, elsewhere = paid + line.amount, elsewhere + line.elsewhere
        for (province, basis), amount in line.others.items():
            if basis == FORM:
                named[province] += line.sign * amount


def _needed(plan: list) -> dict[str, Decimal]:
    """What a plan has for the provinces that it names."""
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for row in plan:
        if row.province:
            sums[row.province] += row.elsewhere
    return dict(sorted(sums.items()))


def _share(
    book: str,
    what: str,
    line: Paid,
    part: Decimal,
    whole: Decimal,
    province: str = "",
) -> Iterator[Finding]:
    """A finding where a line's share is not its part of the whole, but for rounding."""
    found = abs(line.elsewhere)
    if province:
        found = line.others.get((province, FORM), NOTHING)
    exact = Fraction(abs(line.amount)) * Fraction(part) / Fraction(whole)
    if abs(Fraction(found) - exact) < ROUNDING:
        return
    expected = round(Decimal(exact.numerator) / Decimal(exact.denominator), 2)
    where = f"{what}，流水号{line.row.serial}外省参保的部分"
    where += f"（{province}）" if province else ""
    why = f"划转{grouped(line.amount)}，计划未划{grouped(whole)}，"
    why += f"其中这一部分{grouped(part)}"
    yield from differing("3", book, where, expected, found, why)


def _payments(connection: Connection, policy: Policy) -> Iterator[Finding]:
    """X5: the parts of a payment's provinces are what was paid for them."""
    shared = func.coalesce(func.sum(SHARE.c.amount, type_=SHARE.c.amount.type), 0)
    rows = connection.execute(
        select(AWAY.c.serial, AWAY.c.elsewhere, shared.label("shared"))
        .outerjoin(SHARE, (SHARE.c.form == "F7") & (SHARE.c.line_id == AWAY.c.id))
        .where(AWAY.c.live)
        .group_by(AWAY.c.id, AWAY.c.serial, AWAY.c.elsewhere)
        .order_by(AWAY.c.id)
    )
    for serial, elsewhere, amount in rows:
        yield from differing(
            "3",
            f"{policy.province}-centre",
            f"机构拨付单流水号{serial}的外省参保",
            elsewhere,
            amount or NOTHING,
            "各省分摊之和与外省参保的金额不符",
            ERROR,
        )


def _paid(connection: Connection, policy: Policy) -> list[Paid]:
    """The live lines of X2 in the order in which they were taken."""
    rows = connection.execute(
        select(TRANSFER)
        .where(TRANSFER.c.live, *_of_province(policy))
        .order_by(TRANSFER.c.id)
    ).all()
    others: dict[int, dict] = defaultdict(dict)
    shares = connection.execute(
        select(SHARE.c.line_id, SHARE.c.province, SHARE.c.basis, SHARE.c.amount)
        .join(TRANSFER, TRANSFER.c.id == SHARE.c.line_id)
        .where(SHARE.c.form == "F1", TRANSFER.c.live, *_of_province(policy))
    )
    for line_id, province, basis, amount in shares:
        others[line_id][province, basis] = amount
    return [
        Paid(row, -1 if row.nature == "退回" else 1, others[row.id]) for row in rows
    ]


def _plans(connection: Connection) -> dict[tuple[str, str], list]:
    found: dict[tuple[str, str], list] = defaultdict(list)
    for row in connection.execute(select(PLAN).where(PLAN.c.live)):
        found[row.quarter, row.fund].append(row)
    return found


def _freed(connection: Connection, policy: Policy) -> set[tuple[str, str]]:
    """Quarters and funds of which a line was taken back: others had seen it."""
    rows = connection.execute(
        select(TRANSFER.c.quarter, TRANSFER.c.fund)
        .distinct()
        .where(TRANSFER.c.live.is_(False), *_of_province(policy))
    )
    return {tuple(row) for row in rows}


def _of_province(policy: Policy) -> list:
    return [
        TRANSFER.c.payer == policy.province,
        TRANSFER.c.payee == policy.province,
    ]
