"""Usage rates (使用率): clearing ÷ advance, by payer, in every holding book.

Voucher lines are the only source, in one grouped query for all books. A rate is
an exact Fraction, compared as such with the policy's warning bands. 依据：五（二）；
RULES.md section 2, readings 4 and 5.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.money import FEN, NOTHING
from ledger.periods import Quarter
from ledger.vouchers import signed
from posting_rules.policies import Policy, WarningBand, policy_of
from reports.usage_lines import counts, sums
from reports.usage_mixed import mixed_shares
from reports.usage_notes import quotas, under_way

NORMAL, RED = "normal", "red"
PLACES = 4  # of a shown rate


class Figures(NamedTuple):
    """Money on both sides of a rate; `advance` is what `earlier` left of it."""

    advance: Decimal
    cleared: Decimal
    earlier: Decimal  # clearing for earlier periods, taken off the advance
    rate: Fraction | None  # None: 无预付金
    level: str  # normal, yellow or red

    @property
    def remaining(self) -> Decimal:
        return self.advance - self.cleared


class UsageRow(NamedTuple):
    """One payer's money in one holding book, seen for a quarter.

    `level` is over all money of the payer; `scope` (跨省, 省内, or "" where a
    voucher does not say), `fund` and `cells` (scope, fund) show the same figures
    by part. `until` is how much more clearing reaches a band's threshold.
    """

    book: str
    payer: str
    payer_name: str
    direction: str  # received or paid
    quarter: Quarter
    advance: Decimal
    cleared: Decimal
    earlier: Decimal
    rate: Fraction | None
    level: str
    level_name: str  # 正常, 黄色预警, 红色预警
    remaining: Decimal
    until: dict[str, Decimal]
    quota: Decimal | None
    under_way: Decimal
    scope: dict[str, Figures]
    fund: dict[str, Figures]
    cells: dict[tuple[str, str], Figures]


def usage_rows(
    connection: Connection,
    *,
    quarter: Quarter,
    on: date,
    book: str | None = None,
    quarter_alone: bool = False,
) -> list[UsageRow]:
    """Every payer with money on either side, in the order of books and codes.

    Counts what 到账日期 and 确认日期 place on or before `on`; `quarter_alone` leaves
    out advances that were paid for later quarters.
    """
    policy = policy_of(settings.province(connection))
    quota_of = quotas(connection, quarter)
    travelling = under_way(connection, on)
    rows = []
    payers = _payers(connection, policy, quarter, on, book, quarter_alone)
    for (at, direction, payer), cells in sorted(payers.items()):
        row = _row(policy, at, direction, payer, quarter, on, cells)
        if not (row.advance or row.cleared):
            continue
        if direction == "received":
            coming = travelling.get((payer, at.partition("-")[0]), NOTHING)
            row = row._replace(quota=quota_of.get(payer), under_way=coming)
        rows.append(row)
    return rows


def _row(
    policy: Policy,
    book: str,
    direction: str,
    payer: str,
    quarter: Quarter,
    on: date,
    cells: dict[tuple[str, str], list[Decimal]],
) -> UsageRow:
    whole = figures(policy, cells.values())
    return UsageRow(
        book=book,
        payer=payer,
        payer_name=regions.name(payer, on),
        direction=direction,
        quarter=quarter,
        advance=whole.advance,
        cleared=whole.cleared,
        earlier=whole.earlier,
        rate=whole.rate,
        level=whole.level,
        level_name=level_name(policy, whole.level),
        remaining=whole.remaining,
        until=to_bands(policy, whole),
        quota=None,
        under_way=NOTHING,
        scope=_by(policy, cells, 0),
        fund=_by(policy, cells, 1),
        cells={place: figures(policy, [part]) for place, part in cells.items()},
    )


def figures(policy: Policy, sums_of) -> Figures:
    """Add up (advance, cleared, earlier) and say rate and level."""
    parts = zip((NOTHING,) * 3, *sums_of)
    advance, cleared, earlier = (sum(part, NOTHING) for part in parts)
    rate, level = rate_and_level(policy.warnings, advance, cleared)
    return Figures(advance, cleared, earlier, rate, level)


def rate_and_level(
    bands: tuple[WarningBand, ...], advance: Decimal, cleared: Decimal
) -> tuple[Fraction | None, str]:
    """The exact rate and its level; red without a rate where no advance is left.

    Without an advance, what was given back (冲减), or paid by X6 before its
    clearing was booked, is no clearing and no alarm.
    """
    if advance <= 0:
        return None, RED if advance < 0 or cleared > 0 else NORMAL
    rate = Fraction(cleared) / Fraction(advance)
    reached = [band for band in bands if rate >= band.from_rate]
    top = max(reached, key=lambda band: band.from_rate, default=None)
    return rate, top.level if top else NORMAL


def level_name(policy: Policy, level: str) -> str:
    """The level in words, as people read it beside the colour."""
    names = {band.level: band.name for band in policy.warnings}
    return names.get(level, "正常")


def rate_text(rate: Fraction | None) -> str | None:
    """A rate cut to four places, never rounded over a threshold; its sign stays.

    >>> rate_text(Fraction(89999, 100000)), rate_text(Fraction(-1, 3))
    ('0.8999', '-0.3333')
    """
    if rate is None:
        return None
    unit = 10**PLACES
    whole, part = divmod(abs(rate.numerator) * unit // rate.denominator, unit)
    return f"{'-' if rate < 0 else ''}{whole}.{part:0{PLACES}d}"


def percent_text(rate: Fraction | None) -> str:
    """A rate for people: 94.99%, cut; 无预付金 where there is none."""
    text = rate_text(rate)
    return "无预付金" if text is None else f"{Decimal(text).scaleb(2):.2f}%"


def _payers(
    connection: Connection,
    policy: Policy,
    quarter: Quarter,
    on: date,
    book: str | None,
    quarter_alone: bool,
) -> dict[tuple[str, str, str], dict[tuple[str, str], list[Decimal]]]:
    """(book, direction, payer) → (scope, fund) → [advance, cleared, earlier]."""
    directions = {
        (holding.book, subject): holding.direction
        for holding in policy.holdings
        for subject in holding.subjects
    }
    payers: dict = defaultdict(lambda: defaultdict(lambda: [NOTHING] * 3))
    mixed = False
    asked = (connection, policy, quarter, on)
    how = {"book": book, "quarter_alone": quarter_alone}
    for row in sums(*asked, **how):
        direction = directions[row.kind, row.subject]
        cells = payers[row.book_id, direction, row.detail]
        parts = counts(direction, row.what, signed(row.side, row.amount))
        _add(cells[row.scope, row.fund], parts)
        mixed = mixed or "、" in row.scope
    if mixed:
        for row in mixed_shares(*asked, **how):
            cells = payers[row.book_id, "received", row.payer]
            _add(cells[row.scope, row.fund], counts("received", row.what, row.debit))
            _add(cells[row.mixed, row.fund], counts("received", row.what, -row.debit))
    return {
        place: {cell: part for cell, part in sorted(cells.items()) if any(part)}
        for place, cells in payers.items()
    }


def _add(part: list[Decimal], more: tuple[Decimal, ...]) -> None:
    part[:] = [amount + added for amount, added in zip(part, more)]


def _by(policy: Policy, cells: dict, which: int) -> dict[str, Figures]:
    groups: dict[str, list] = defaultdict(list)
    for place, part in cells.items():
        groups[place[which]].append(part)
    return {key: figures(policy, parts) for key, parts in groups.items()}


def to_bands(policy: Policy, whole: Figures) -> dict[str, Decimal]:
    """By level: the clearing that would still be needed to reach it, to the fen."""
    found = {}
    for band in policy.warnings:
        rate = band.from_rate
        threshold = whole.advance * rate.numerator / rate.denominator
        found[band.level] = threshold.quantize(FEN, ROUND_CEILING) - whole.cleared
    return found
