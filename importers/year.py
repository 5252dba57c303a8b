"""年度: a calendar year."""

from importers.cells import Count
from importers.faults import Wrong

EARLIEST, LATEST = 2000, 2099
WANTED = "年度，写作2018"


class Year(Count):
    """A year, written 2018 or 2018年."""

    def read(self, cell) -> int:
        if isinstance(cell, str):
            cell = cell.strip().removesuffix("度").removesuffix("年")
        try:
            year = super().read(cell)
        except Wrong:
            raise Wrong("不是年度", WANTED) from None
        if not EARLIEST <= year <= LATEST:
            raise Wrong("不是年度", WANTED)
        return year
