"""对账单 as a page to print and hand out: A4, with places to stamp and sign."""

from __future__ import annotations

from datetime import date
from functools import cache

from jinja2 import Template

from ledger import regions
from ledger.money import grouped
from reports.pages import page_templates
from reports.people.statement import Statement


def statement_page(made: Statement, today: date) -> str:
    """The whole page as HTML, in itself: no picture, script or font from elsewhere."""
    return _template().render(made=made, today=today)


def _money(amount) -> str:
    """An amount; nothing for zero (BOOKS.md)."""
    return grouped(amount) if amount else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def _template() -> Template:
    filters = {"money": _money, "money0": grouped, "day": _day, "region": regions.name}
    return page_templates("reports.people", filters).get_template("statement.html")
