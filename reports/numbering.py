"""Voucher numbers without gaps: 1 to n in each month, or through the year."""

from __future__ import annotations

from typing import Iterator

SHOWN = 10


def gaps(months: dict[str, list[int]]) -> Iterator[str]:
    """What is wrong with a book-year's numbers, by month; nothing when they run on.

    Where numbering changed within the year, the months that run from 1 are let out,
    and the rest must run on from one of them.
    """
    rest, starts = [], {1}
    for numbers in months.values():
        if sorted(numbers) == list(range(1, len(numbers) + 1)):
            starts.add(len(numbers) + 1)
        else:
            rest += numbers
    first = min(rest, default=1)
    if first in starts and sorted(rest) == list(range(first, first + len(rest))):
        return
    for month, numbers in sorted(months.items()):
        missing = set(range(1, max(numbers) + 1)) - set(numbers)
        twice = {number for number in numbers if numbers.count(number) > 1}
        if missing or twice:
            yield f"{month}凭证号不连续：缺{_listed(missing)}，重{_listed(twice)}"


def _listed(numbers: set[int]) -> str:
    shown = "、".join(str(number) for number in sorted(numbers)[:SHOWN])
    return shown + ("等" if len(numbers) > SHOWN else "") or "无"
