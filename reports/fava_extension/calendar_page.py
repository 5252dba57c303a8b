"""办理日历: what is due in a quarter, done, open or late."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import NamedTuple

from fava.ext import extension_endpoint
from flask import Response

from ledger import regions
from ledger.periods import Quarter, quarter_of
from reports.due import WHO_NAMES, DueRow, calendar_warning, due_rows
from reports.fava_extension.page import Choices, Page, Switch, quarter_options
from reports.fava_sheets import due_sheet

SOON = 7  # days
STATES = ("late", "open", "done")


class Due(NamedTuple):
    """One task of one period, and its regions by state."""

    first: DueRow
    ours: bool  # this book's body has to do it
    states: list[tuple[str, str, list[DueRow]]]


class DueView(NamedTuple):
    choices: Choices
    switches: list[Switch]
    quarter: Quarter
    on: date
    warning: str
    tasks: list[Due]
    rows: list[DueRow]


class WorkCalendar(Page):
    """The deadlines of annex 1 that concern this book's region."""

    who_names = WHO_NAMES

    @property
    def report_title(self) -> str | None:
        """None hides the entry: the province has no calendar of advances."""
        return "办理日历" if self.policy else None

    def view(self) -> DueView:
        choices = Choices()
        mine = [Quarter(self.year, number) for number in range(1, 5)]
        now = quarter_of(self.today)
        default = str(now if now in mine else mine[-1])
        switch = choices.one_of("quarter", "季度", quarter_options(mine), default)
        quarter = next(q for q in mine if str(q) == switch.value)
        on = choices.day("on", "查询日", self.today)
        with self.reading() as connection:
            rows = due_rows(connection, quarter, on)
            warning = calendar_warning(connection, quarter)
        wanted = self._regions()
        rows = [row for row in rows if not wanted or row.region in wanted]
        tasks = self._tasks([row for row in rows if row.told])
        return DueView(choices, [switch], quarter, on, warning, tasks, rows)

    @extension_endpoint
    def xlsx(self) -> Response:
        view = self.view()
        title = f"{self.book_name} {self.looks.quarter(view.quarter)}办理日历"
        sheet = due_sheet(title, f"查询日：{view.on}", view.rows)
        return self.answer(f"办理日历_{view.quarter}", [sheet], view.on)

    def left(self, row: DueRow, on: date) -> str:
        """How near an open task is, where it is near."""
        days = (row.due - on).days
        if row.state != "open" or not 0 <= days <= SOON:
            return ""
        return f"还有{days}天" if days else "今天到期"

    def _regions(self) -> set[str]:
        """Whose tasks are shown: all of them in the province's books."""
        region = self.book.partition("-")[0]
        if regions.level(region) == "province":
            return set()
        return {regions.city_of(region), regions.province_of(region)}

    def _tasks(self, rows: list[DueRow]) -> list[Due]:
        kind = self.book.partition("-")[2]
        tasks = []
        for _, group in groupby(rows, key=lambda row: (row.task, row.period, row.due)):
            each = list(group)
            states = [(s, [row for row in each if row.state == s]) for s in STATES]
            named = [(s, found[0].state_name, found) for s, found in states if found]
            tasks.append(Due(each[0], each[0].who == kind, named))
        return tasks
