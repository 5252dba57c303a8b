"""统计: income, expenditure, balance and where expenditure went (MOL 四).

Set-based: one pass over the movements, batch by batch as they lie, and for the
distribution one over those that were paid out, with their people.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.errors import UsageError
from ledger.money import NOTHING
from ledger.periods import Month, month_of
from reports.people import statistics_rows as stored
from reports.people.kinds import CLAIM, EXPENDITURE, INCOME, OPENING, kinds, nature
from reports.people.words import ACCOUNT_STATES

NOT_AN_INSTITUTION, UNLISTED, UNKNOWN = "非医药机构", "名册外机构", "未知"
LEVELS = ("三级", "二级及以下", "定点零售药店")  # as form G10 prints them


class Part(NamedTuple):
    """A share of an amount: how many movements, and how much."""

    name: str
    movements: int
    amount: Decimal


class Flow(NamedTuple):
    """opening + recorded + income - expenditure + claimed is closing."""

    name: str
    opening: Decimal
    recorded: Decimal  # 上年结余 brought by an opening balance list
    income: Decimal
    expenditure: Decimal
    claimed: Decimal  # net of 追回挂账
    closing: Decimal


class Statistics(NamedTuple):
    """A span's figures; people as of its end, accounts as they stand now."""

    first: Month
    last: Month
    region: str  # "" for all
    whole: Flow
    income: list[Part]
    expenditure: list[Part]
    regions: list[Flow]  # by code
    months: list[Flow]
    institutions: list[Part]
    categories: list[Part]
    ages: list[Part]
    by_institution: list[Part]  # of bills alone: every level, 名册外机构 if there are
    by_category: list[Part]  # of bills alone
    people: list[tuple[str, int]]  # 在职, 退休
    accounts: list[tuple[str, int]]  # 正常, 已转走, …


def statistics(
    connection: Connection,
    first: Month,
    last: Month,
    region: str,
    age_bands: Sequence[int],
) -> Statistics:
    """The figures of the months from `first` to `last`, both included."""
    if first > last:
        raise UsageError(f"--from {first}晚于--to {last}；请对调")
    moved = stored.moved(connection, last.last_day, region)
    inside = [row for row in moved if row.dated >= first.first_day]
    paid = stored.paid(
        connection, first.first_day, last.last_day, region, _of(EXPENDITURE)
    )
    return Statistics(
        first=first,
        last=last,
        region=region,
        whole=_flow("合计", moved, first.first_day),
        income=_by_kind(inside, INCOME, 1),
        expenditure=_by_kind(inside, EXPENDITURE, -1),
        regions=[
            _flow(
                regions.name(code),
                [row for row in moved if row.region == code],
                first.first_day,
            )
            for code in sorted({row.region for row in moved})
        ],
        months=_months(moved, first, last),
        institutions=_parts((_level(row) or NOT_AN_INSTITUTION, row) for row in paid),
        categories=_parts((row.category or row.kind, row) for row in paid),
        ages=_ages(paid, age_bands),
        by_institution=_levels(paid),
        by_category=_parts((row.category, row) for row in paid if row.category),
        people=stored.people(connection, last, region),
        accounts=[
            (ACCOUNT_STATES.get(state, state), count)
            for state, count in stored.accounts(connection, region)
        ],
    )


def _of(wanted: str) -> list[str]:
    return [kind.name for kind in kinds() if kind.nature == wanted]


def _flow(name: str, moved: Iterable, first_day: date) -> Flow:
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for row in moved:
        sums["" if row.dated < first_day else nature(row.kind)] += row.amount
    return Flow(
        name,
        sums[""],
        sums[OPENING],
        sums[INCOME],
        -sums[EXPENDITURE],
        sums[CLAIM],
        sum(sums.values(), NOTHING),
    )


def _months(moved: list, first: Month, last: Month) -> list[Flow]:
    found, month = [], first
    while month <= last:
        until = [row for row in moved if month_of(row.dated) <= month]
        found.append(_flow(str(month), until, month.first_day))
        month = month.next
    return found


def _by_kind(rows: Iterable, wanted: str, sign: int) -> list[Part]:
    """The kinds of a nature in the order of the subject table."""
    found: dict[str, list] = defaultdict(lambda: [0, NOTHING])
    for row in rows:
        found[row.kind][0] += row.movements
        found[row.kind][1] += row.amount * sign
    return [Part(name, *found[name]) for name in _of(wanted) if name in found]


def _parts(named: Iterable[tuple[str, object]]) -> list[Part]:
    """Shares by name, the largest first."""
    found: dict[str, list] = defaultdict(lambda: [0, NOTHING])
    for name, row in named:
        found[name][0] += row.movements
        found[name][1] -= row.amount
    parts = [Part(name, *figures) for name, figures in found.items()]
    return sorted(parts, key=lambda part: (-part.amount, part.name))


def _level(row) -> str:
    """The kind of institution, "" where none was paid."""
    return UNLISTED if row.level is None else row.level


def _levels(paid: Iterable) -> list[Part]:
    """Shares by kind of institution, levels without any too."""
    found = {part.name: part for part in _parts((_level(row), row) for row in paid)}
    parts = [found.get(name, Part(name, 0, NOTHING)) for name in LEVELS]
    return parts + [found[name] for name in (UNLISTED,) if name in found]


def _ages(paid: Iterable, bands: Sequence[int]) -> list[Part]:
    """Shares by age band, the youngest first, 未知 last; bands without any too."""
    found = {band_name(bands, at): [0, NOTHING] for at in range(len(bands))}
    found[UNKNOWN] = [0, NOTHING]
    for row in paid:
        name = UNKNOWN
        if row.age is not None and row.age >= bands[0]:
            name = band_name(bands, bisect_right(bands, row.age) - 1)
        found[name][0] += row.movements
        found[name][1] -= row.amount
    return [Part(name, *figures) for name, figures in found.items()]


def band_name(bands: Sequence[int], at: int) -> str:
    """An age band in whole years, its first one included.

    >>> band_name([0, 18, 35], 1), band_name([0, 18, 35], 2)
    ('18—34岁', '35岁以上')
    """
    if at == len(bands) - 1:
        return f"{bands[at]}岁以上"
    return f"{bands[at]}—{bands[at + 1] - 1}岁"
