"""What all pages of the extension share: the request's choices, links, looks.

A choice comes from the address and is one of those offered; anything else gives
the default and a notice that says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Iterable, Iterator, NamedTuple
from urllib.parse import quote, urlencode

from fava.ext import FavaExtensionBase
from flask import Response, current_app, g, request
from markupsafe import Markup
from sqlalchemy import Connection

from ledger import regions
from ledger.books import book_name
from ledger.funds import fund_names
from ledger.periods import Month, Quarter
from posting_rules.personal import is_printed
from posting_rules.policies import Policy, advance_policy
from reports.fava_looks import LOOKS
from reports.xlsx import Sheet, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 40  # characters of a refused value


class Switch(NamedTuple):
    """A row of links, or a list to choose from, that change one choice."""

    name: str  # of the query parameter
    label: str
    options: tuple[tuple[str, str], ...]  # value, text
    value: str


class Choices:
    """The address's parameters, each checked against what is offered."""

    def __init__(self):
        self.taken: dict[str, str] = {}
        self.notices: list[str] = []

    def one_of(
        self, name: str, label: str, options: Iterable[tuple[str, str]], default: str
    ) -> Switch:
        """A choice among options; the default where none or another is asked."""
        options = tuple(options)
        asked = request.args.get(name, "")
        values = [value for value, _ in options]
        value = asked if asked in values else default
        if asked and asked != value:
            shown = dict(options).get(default, default)
            self._refuse(label, asked, shown)
        self._take(name, value, default)
        return Switch(name, label, options, value)

    def day(self, name: str, label: str, default: date) -> date:
        asked = request.args.get(name, "")
        try:
            value = date.fromisoformat(asked) if asked else default
        except ValueError:
            value = default
            self._refuse(label, asked, str(default))
        self._take(name, str(value), str(default))
        return value

    def _take(self, name: str, value: str, default: str) -> None:
        if value != default:
            self.taken[name] = value

    def _refuse(self, label: str, asked: str, shown: str) -> None:
        cut = asked[:SHOWN] + ("…" if len(asked) > SHOWN else "")
        self.notices.append(f"{label}没有“{cut}”可选，现按“{shown or '全部'}”显示。")


class Page(FavaExtensionBase):
    """A page of one book and year."""

    looks = LOOKS

    @property
    def book(self) -> str:
        return self.config["book"]

    @property
    def year(self) -> int:
        return int(self.config["year"])

    @property
    def book_name(self) -> str:
        return book_name(self.book, date(self.year, 1, 1))

    @property
    def policy(self) -> Policy | None:
        """The province's advance policy, None where it has none."""
        return advance_policy(regions.province_of(self.book.partition("-")[0]))

    @property
    def today(self) -> date:
        """The day that the serving application says it is."""
        return current_app.config["YIBAO_TODAY"]()

    @cached_property
    def css(self) -> Markup:
        return Markup(_css())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with current_app.config["YIBAO_HOME"].reading() as connection:
            yield connection

    def to(self, page: str, year: int | None = None, **parameters) -> str:
        """The address of one of our pages, of another year's book where one is given.

        The application that serves books names each by its year.
        """
        slug = g.beancount_file_slug if year in (None, self.year) else year
        given = {key: str(value) for key, value in parameters.items() if value}
        address = f"{request.script_root}/{slug}/extension/{page}/"
        return f"{address}{'?' if given else ''}{urlencode(given)}"

    def here(self, choices: Choices, **changes) -> str:
        """This page with some choices changed; the others stay."""
        return self.to(self.name, **{**choices.taken, **changes})

    def xlsx_link(self, choices: Choices, **changes) -> str:
        """The same rows as a workbook: the page's endpoint."""
        page, mark, query = self.here(choices, **changes).partition("?")
        return f"{page}xlsx{mark}{query}"

    def voucher_link(self, dated: date, number: int | str) -> str:
        month = f"{dated:%Y-%m}"
        return self.to("Vouchers", dated.year, month=month, number=number)

    def ours(self, rule: str) -> bool:
        """Whether an entry is ours, not printed in a document (X…, P…)."""
        document, _, id = rule.partition("/")
        if self.policy is None or document != self.policy.id:
            return not is_printed(rule)
        entries = self.policy.entries
        return any(entry.id == id and not entry.printed for entry in entries)

    def answer(self, name: str, sheets: list[Sheet], on: date) -> Response:
        """A workbook as a download."""
        title = quote(f"{self.book_name}_{name}.xlsx")
        response = Response(workbook(sheets, on), mimetype=XLSX)
        names = f"filename=\"{self.name}.xlsx\"; filename*=UTF-8''{title}"
        response.headers["Content-Disposition"] = f"attachment; {names}"
        return response


def months_of(year: int) -> list[tuple[str, str]]:
    """A year's months as options."""
    return [(str(Month(year, n)), f"{n}月") for n in range(1, 13)]


def month_read(text: str) -> Month:
    return Month(int(text[:4]), int(text[5:]))


def quarter_options(quarters: Iterable[Quarter]) -> list[tuple[str, str]]:
    return [(str(q), f"{'一二三四'[q.number - 1]}季度") for q in quarters]


def quarter_read(text: str) -> Quarter:
    return Quarter(int(text[:4]), int(text[5:]))


def fund_options(codes: Iterable[str]) -> list[tuple[str, str]]:
    """全部 and some funds as options."""
    names = fund_names()
    return [("", "全部")] + [
        (code, f"{code} {names.get(code, '')}") for code in sorted(codes)
    ]


@cache
def _css() -> str:
    return (files("reports") / "fava_extension" / "style.css").read_text("utf-8")
