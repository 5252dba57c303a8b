"""Sums of people's money: what 小计 and 合计 rows say, against all rows before them.

Rows that are set aside count with what they print. A cell that cannot be read leaves
the figures over it unproven: neither right nor wrong.
"""

from collections.abc import Iterator
from typing import NamedTuple

from importers.cells import WRONG, Kind
from importers.faults import Wrong
from importers.reading import Block, Mark
from ledger.money import from_fen, grouped


class Sum(NamedTuple):
    """Of a column, from the sheet's first line on."""

    fen: int = 0
    unread: int = 0  # cells that are no amount


class Sums:
    """The sums of one sheet, as its blocks go by."""

    def __init__(self, titles: list[str]):
        self.proven = True
        self.unread_row: tuple[int, str] | None = None  # the first, and its column
        self._now = dict.fromkeys(titles, Sum())
        self._earlier = [dict(self._now)]  # at the sheet's start and each 小计
        self._lines = 0  # before the block

    def take(
        self, block: Block, kinds: dict[str, Kind], marks: list[Mark]
    ) -> Iterator[Mark]:
        """Add a block's lines; each of its marks comes when those before it are in."""
        start = 0
        for mark in marks:
            stop = mark.lines - self._lines
            self._add(block, kinds, start, stop)
            start = stop
            yield mark
        self._add(block, kinds, start, len(block.rows))
        self._lines += len(block.rows)

    def _add(self, block: Block, kinds: dict[str, Kind], start: int, stop: int):
        for title, before in self._now.items():
            values, unread = block[title], 0
            if stop - start < len(values):
                values = values[start:stop]
            if block.bad and WRONG in values:
                values, unread = self._figures(block, title, kinds[title], start, stop)
            fen = sum(filter(None, values))
            self._now[title] = Sum(before.fen + fen, before.unread + unread)

    def _figures(self, block: Block, title: str, kind: Kind, start: int, stop: int):
        """What the cells print, also those of rows that are set aside."""
        values, unread = [], 0
        for at in range(start, stop):
            value = block[title][at]
            if value is WRONG:
                try:
                    value = kind.figure(block.cell(at, title))
                except Wrong:
                    unread += 1
                    self.unread_row = self.unread_row or (block.rows[at], title)
                    continue
            values.append(value)
        return values, unread

    def disagreements(self, mark: Mark) -> Iterator[tuple[str, str, str]]:
        """What a mark says wrongly: title, why and what was expected.

        合计 is of the whole sheet. 小计 is of the lines since the 小计 before it or,
        where groups lie within groups, since an earlier one.
        """
        starts = self._earlier[:1] if mark.total else self._earlier
        for title, (_, printed) in mark.figures.items():
            now, least = self._now[title], None
            for before in reversed(starts):
                if before[title].unread < now.unread:
                    self.proven = False
                    break
                fen = now.fen - before[title].fen
                if fen == printed:
                    break
                least = fen if least is None else least
            else:
                amount = grouped(from_fen(least))
                yield title, f"与各行之和{amount}不符", f"各行之和{amount}"
        if not mark.total:
            self._earlier.append(dict(self._now))
