"""The files and the commands of the sample's province-year, day by day.

A file is written as it comes, and imported on its day; `run` gives the lines of the
file for `yibao run`, in the order of days, and on a day in that of their ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from desk.sample import forms
from desk.sample.forms import Head, Layout, write_form
from desk.sample.people_rows import quoted
from ledger import regions
from posting_rules.workdays import is_workday

# On one day: settings, what comes in, what is done with it, and at last the looks.
SET, COMES, DONE, LOOKS, CHECK = range(5)


class Entry(NamedTuple):
    day: date
    rank: int
    number: int  # in the order in which entries are made
    command: str


class Diary:
    """What is done in the year, and the files behind it."""

    def __init__(self, folder: Path, province: str):
        self.folder = folder
        self.office = f"{regions.name(province)}异地就医结算中心"
        self.files: list[Path] = []
        self.entries: list[Entry] = []
        self.names: dict[str, int] = {}

    def note(self, day: date, command: str, rank: int = DONE) -> None:
        """A command of a day; without --on it is one that needs no day."""
        self.entries.append(Entry(day, rank, len(self.entries), command))

    def act(self, day: date, command: str, rank: int = DONE) -> None:
        """A command that is done as of a day."""
        self.note(day, f"{command} --on {day}", rank)

    def file(
        self,
        day: date,
        name: str,
        title: str,
        layout: Layout,
        lines: Iterable[NamedTuple],
        *,
        group: Callable | None = None,
        rank: int = COMES,
    ) -> None:
        """A form that comes in on a day; nothing where it would have no lines."""
        lines = list(lines)
        if not lines:
            return
        stem = f"{day}_{name}"
        count = self.names[stem] = self.names.get(stem, 0) + 1
        more = "" if count == 1 else f"_{count}"
        path = self.folder / f"{stem}{more}{forms.suffix('xlsx')}"
        write_form(path, layout, Head(title, self.office, day), lines, group=group)
        self.files.append(path)
        self.note(day, f"import {quoted(path)}", rank)

    def run(self) -> list[str]:
        """The lines of the run, with a remark where a day begins."""
        lines: list[str] = []
        before = None
        for entry in sorted(self.entries):
            if entry.day != before:
                off = "" if is_workday(entry.day) else "（休息日）"
                lines += ["", f"# {entry.day}{off}"]
                before = entry.day
            lines.append(entry.command)
        return lines[1:]
