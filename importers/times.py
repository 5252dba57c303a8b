"""Times: a day with hours and minutes, as lists of bills print them."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from importers.cells import Day, Kind, digits
from importers.faults import Wrong

WANTED = "日期和时间，如2024-07-03 10:22:05"


class TimeText(Kind):
    """A time as 2024-07-03 10:22:05, or ""; seconds left out are 00."""

    def column(self, cells: Sequence) -> list:
        try:
            return list(cells) if _are_times(cells) else super().column(cells)
        except TypeError:  # a day or number among them
            return super().column(cells)

    def read(self, cell) -> str:
        if isinstance(cell, datetime):
            return cell.replace(microsecond=0, tzinfo=None).isoformat(" ")
        if isinstance(cell, date):
            raise Wrong("没有时间", WANTED)
        text = (cell if isinstance(cell, str) else digits(cell)).strip()
        if found := TOGETHER.fullmatch(text):
            day, *clock = found[1], found[2], found[3], found[4]
        elif found := APART.fullmatch(text):
            day, *clock = found[1], found[2], found[3], found[4] or "0"
        else:
            raise Wrong("不是日期和时间", WANTED)
        on = Day().read(day)
        try:
            at = time(*map(int, clock))
        except ValueError:
            raise Wrong("不是钟表上有的时间", WANTED) from None
        return f"{on} {at}"


def days(times: Sequence) -> list:
    """The days of a column of times, for what holds on a day; WRONG stays."""
    return [at[:10] if isinstance(at, str) else at for at in times]


def _are_times(cells: Sequence[str]) -> bool:
    """Whether all are printed as they are kept, looking at few of them."""
    text = "\n".join(cells)
    if not text.isascii() or len(text) != 20 * len(cells) - 1:
        return False
    form = text.encode().translate(None, b"0123456789")
    if form + b"\n" != b"-- ::\n" * len(cells):
        return False
    if {len(cell) for cell in cells} != {19}:
        return False
    minutes = {cell[14:16] for cell in cells} | {cell[17:] for cell in cells}
    hours = {cell[11:13] for cell in cells}
    return (
        all(cell[10] == " " and cell[13] == ":" == cell[16] for cell in cells)
        and all(map(str.isdigit, minutes | hours))
        and max(minutes) < "60"
        and max(hours) < "24"
        and all(map(_is_day, {cell[:10] for cell in cells}))
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


CLOCK = r"([0-9]{1,2})[:：]([0-9]{2})(?:[:：]([0-9]{2}))?"
APART = re.compile(r"(.*?[0-9日])(?:\s+|T|(?<=日))" + CLOCK)
TOGETHER = re.compile(r"([12][0-9]{7})([0-9]{2})([0-9]{2})([0-9]{2})")
