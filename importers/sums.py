"""Sums: what 小计 and 合计 rows say against the lines before them."""

from operator import attrgetter

from importers.faults import Wrong, shown
from importers.reading import Mark
from importers.table import Table
from ledger.money import grouped


def check_sums(table: Table):
    """Every figure of a 小计 or 合计 row must be the sum of its lines.

    合计 closes its sheet. 小计 is of the lines since the 小计 before it or, where
    groups lie within groups, since an earlier one.
    """
    earlier: list[int] = []
    start = -1
    for mark in table.marks:
        if mark.start != start:
            start, earlier = mark.start, [mark.start]
        if mark.total:
            _check(table, mark, [mark.start])
        else:
            _check(table, mark, earlier)
            earlier = [mark.lines, *earlier]


def _check(table: Table, mark: Mark, starts: list[int]):
    for title, (cell, printed) in mark.figures.items():
        value = attrgetter(table.form.sums[title])
        least = None
        for start in starts:
            lines = table.lines[start : mark.lines]
            total = sum(filter(None, map(value, lines)))
            if total == printed:
                break
            least = total if least is None else least
        else:
            least = grouped(least) if isinstance(printed, type(least)) else str(least)
            wrong = Wrong(f"与各行之和{least}不符", f"各行之和{least}")
            excerpt = f"{mark.label} │ {shown(cell)}"
            table.faults.add(mark.sheet, mark.row, title, cell, wrong, excerpt)
