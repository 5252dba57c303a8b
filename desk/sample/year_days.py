"""The days of the sample's province-year: the policy's calendar, and who keeps it.

A quarter's business begins with the lists of the quarter before it. Most act in time;
the few that do not stand in the tables at the top, by the quarter in which they act.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from random import Random

from ledger.periods import Month, Quarter
from posting_rules.calendar import calendar_tasks, deadlines
from posting_rules.workdays import is_workday, workdays_after

POLICY = "guizhou_2017_204"
# Cities that confirm their clearing late, by so many working days after the last.
LATE_CONFIRMING = {
    "2018Q1": {"522700": 3},
    "2018Q2": {"522300": 4},
    "2018Q3": {"520600": 2},
    "2018Q4": {"520200": 3, "522300": 2},
}
# Cities whose money leaves late: the day on which it does.
LATE_PAYING = {
    "2018Q1": {"522700": date(2018, 2, 2)},
    "2018Q2": {"522300": date(2018, 6, 5), "520400": date(2018, 5, 3)},
    "2018Q3": {"520200": date(2018, 8, 1)},
    "2018Q4": {"522600": date(2018, 11, 2)},
}
# Money that leaves on time and is under way at the month's end.
TRAVELLING = {
    "2018Q1": {"520500": 2},
    "2018Q3": {"522600": 1},
}
SUSPENDED = ("522300", date(2018, 5, 16), date(2018, 6, 6))


class Days:
    """When things are done in a quarter; each answer is a working day."""

    def __init__(self, quarter: Quarter, seed: int):
        self.quarter = quarter
        self.rng = Random(f"{seed}/{quarter}/days")
        self.due = _due(quarter)

    def of(self, task: str, period: object = "") -> date:
        """The day by which a task of the quarter (or of a month) has to be done."""
        return self.due[task, str(period)] if period else self.due[task, ""]

    @property
    def listed(self) -> date:
        """The lists of the quarter before are issued."""
        return self.of("clearing-list")

    def confirms(self, city: str) -> date:
        last = self.of("clearing-confirm")
        if late := LATE_CONFIRMING.get(str(self.quarter), {}).get(city):
            return workdays_after(last, late)
        return self.rng.choice(workdays(self.listed, last))

    @property
    def planned(self) -> date:
        return self.of("advance-quota")

    def submits(self, city: str) -> tuple[date, date]:
        """A city confirms its notice, and submits it to its finance."""
        days = workdays(self.planned, self.of("advance-submit"))
        first = self.rng.choice(days[:-1] or days)
        return first, days[-1]

    def county_pays(self) -> date:
        days = workdays(self.of("advance-submit"), self.of("advance-transfer"))
        return self.rng.choice(days[: max(1, len(days) // 2)])

    def city_pays(self, city: str) -> date:
        if late := LATE_PAYING.get(str(self.quarter), {}).get(city):
            return late
        days = workdays(self.of("advance-submit"), self.of("advance-transfer"))
        if city in TRAVELLING.get(str(self.quarter), {}):
            return days[-1]
        return self.rng.choice(days[len(days) // 2 : -1] or days[-1:])

    def travels(self, city: str) -> int:
        """Working days until a city's money arrives."""
        return TRAVELLING.get(str(self.quarter), {}).get(city, 0)


def workdays(after: date, until: date) -> list[date]:
    """The working days after a day, up to and with another; that one without any."""
    ordinals = range(after.toordinal() + 1, until.toordinal() + 1)
    return [d for d in map(date.fromordinal, ordinals) if is_workday(d)] or [until]


def month_end(month: Month) -> date:
    """The last working day of a month."""
    day = month.last_day
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def receipt_day(month: Month) -> date:
    """By when what was paid and received in a month has to be confirmed."""
    return _due(month.quarter)["receipt-confirm-city", str(month)]


@cache
def _due(quarter: Quarter) -> dict[tuple[str, str], date]:
    """(task, period), and (task, "") for the last of them in the quarter."""
    found: dict[tuple[str, str], date] = defaultdict()
    for row in deadlines(calendar_tasks(POLICY), quarter):
        found[row.task, row.period] = row.due
        found[row.task, ""] = row.due
    return found
