"""家庭共济, for the books of city agencies: what families shared, and what is open."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from fava.ext import extension_endpoint
from flask import Response, abort

from ledger import regions
from ledger.periods import Month
from reports.fava_extension.page import Choices, Page, Switch, month_read, months_of
from reports.settlements.open_sheets import (
    clearings_sheet,
    institution_totals,
    institutions_sheet,
    open_sheet,
    open_totals,
)
from reports.settlements.region_clearings import (
    ClearingLine,
    OwedInstitution,
    clearing_lines,
    owed_institutions,
)
from reports.settlements.sharing import Sharing, sharing
from reports.settlements.sharing_open import Open, open_sums
from reports.settlements.sharing_sheets import sharing_sheets
from reports.settlements.sharing_sums import Figures
from reports.settlements.sharing_year import (
    ROLES,
    MonthRow,
    charts,
    months_in_year,
    shares,
    year_total,
)

INSTITUTIONS_SHOWN = 20


class SharedView(NamedTuple):
    choices: Choices
    switches: list[Switch]
    made: Sharing
    months: list[MonthRow]
    charts: list[dict]
    open: list[Open]
    institutions: list[OwedInstitution]
    clearings: list[ClearingLine]
    on: date


class SharedAccounts(Page):
    """Totals of family sharing and of what it leaves open; nobody's own figures."""

    roles = ROLES
    institutions_shown = INSTITUTIONS_SHOWN
    region_name = staticmethod(regions.name)

    @property
    def report_title(self) -> str | None:
        """None hides the entry: no family shares in this book."""
        with self.reading() as connection:
            return "家庭共济" if shares(connection, self.book) else None

    @property
    def region(self) -> str:
        return self.book.partition("-")[0]

    def view(self) -> SharedView:
        choices = Choices()
        options = [("", "全年"), *months_of(self.year)]
        month = choices.one_of("month", "月份", options, "")
        first, last = Month(self.year, 1), Month(self.year, 12)
        if month.value:
            first = last = month_read(month.value)
        with self.reading() as connection:
            months = months_in_year(connection, self.region, self.year)
            return SharedView(
                choices=choices,
                switches=[month],
                made=sharing(connection, first, last, self.region),
                months=months,
                charts=charts(months),
                open=open_sums(connection, self.today, self.region),
                institutions=owed_institutions(connection, self.region, self.today),
                clearings=clearing_lines(connection, self.region, self.year),
                on=self.today,
            )

    def year_total(self, view: SharedView) -> list[Figures]:
        return year_total(view.months)

    def open_totals(self, view: SharedView) -> tuple:
        return open_totals(view.open, self.region)

    def institution_totals(self, view: SharedView) -> tuple:
        return institution_totals(view.institutions)

    @extension_endpoint
    def xlsx(self) -> Response:
        if self.report_title is None:
            abort(404)
        view, name = self.view(), self.book_name
        sheets = [
            *sharing_sheets(view.made, name),
            open_sheet(name, self.region, view.open, view.on),
            institutions_sheet(name, view.institutions, view.on),
            clearings_sheet(name, self.year, view.clearings),
        ]
        return self.answer(f"家庭共济_{self.year}", sheets, view.on)
