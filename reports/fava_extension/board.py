"""预付金看板, for books that hold others' advances."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from fava.ext import extension_endpoint
from flask import Response, abort, request
from sqlalchemy import Connection

from ledger import regions
from ledger.money import NOTHING
from ledger.periods import Quarter, quarter_of
from reports import fava_board as board
from reports.advances.warnings import Warned, warnings
from reports.fava_books import funds_in
from reports.fava_extension.page import (
    Choices,
    Page,
    Switch,
    fund_options,
    quarter_options,
    quarter_read,
)
from reports.fava_looks import UNITS, YUAN
from reports.fava_notes import quota_lines, travelling_lines
from reports.fava_sheets import board_sheet
from reports.seen import seen_on
from reports.usage_behind import FIGURES, vouchers_behind

WHATS = {
    "advance": "预付金",
    "cleared": "清算",
    "quota": "核定额",
    "under_way": "在途",
}


class BoardView(NamedTuple):
    """What the page shows."""

    choices: Choices
    switches: list[Switch]
    asked: board.Asked
    unit: str
    rows: list
    total: object
    levels: list[tuple[str, str, int]]  # level, name, how many payers
    warned: dict[str, Warned]  # by payer: the warning that stands over all money
    charts: list


class BehindView(NamedTuple):
    """One figure of one payer, and what is behind it."""

    choices: Choices
    asked: board.Asked
    payer_name: str
    what: str
    vouchers: list
    lines: list
    total: object


class AdvanceBoard(Page):
    """Usage rates of the payers whose advances this book holds."""

    what_names = WHATS

    @property
    def report_title(self) -> str | None:
        """None hides the entry: this book holds nobody's advances."""
        return "预付金看板" if self.directions else None

    @property
    def directions(self) -> list[str]:
        if self.policy is None:
            return []
        kind = self.book.partition("-")[2]
        held = {h.direction for h in self.policy.holdings if h.book == kind}
        return [direction for direction in board.DIRECTIONS if direction in held]

    def view(self) -> BoardView:
        with self.reading() as connection:
            choices, asked, switches, unit = self._asked(connection)
            rows = board.board_rows(connection, self.policy, self.book, asked)
            warned = self._warned(connection, asked, rows)
            charts = []
            quarters = self._trend_quarters(connection, asked.quarter)
            if rows and quarters:
                charts = board.trend_charts(connection, self.book, rows, quarters)
        total = board.board_total(self.policy, rows)
        return BoardView(
            choices,
            switches,
            asked,
            unit,
            rows,
            total,
            self._levels(rows),
            warned,
            charts,
        )

    def behind(self) -> BehindView | None:
        """What the address asks to see behind a figure; None for the board itself."""
        what, payer = request.args.get("what", ""), request.args.get("payer", "")
        if what not in WHATS or not regions.today_code(payer):
            return None
        with self.reading() as connection:
            choices, asked, _, _ = self._asked(connection)
            vouchers, lines = [], []
            if what in FIGURES:
                vouchers = vouchers_behind(
                    connection,
                    self.book,
                    payer,
                    asked.quarter,
                    asked.on,
                    what,
                    scope=asked.scope,
                    fund=asked.fund,
                )
            elif what == "quota":
                lines = quota_lines(connection, asked.quarter)
            else:
                holder = self.book.partition("-")[0]
                lines = travelling_lines(connection, holder, asked.on)
        lines = [line for line in lines if line.payer == payer]
        total = sum((each.amount for each in vouchers or lines), NOTHING)
        name = regions.name(payer, asked.on)
        return BehindView(choices, asked, name, what, vouchers, lines, total)

    @extension_endpoint
    def xlsx(self) -> Response:
        if not self.directions:
            abort(404)
        with self.reading() as connection:
            _, asked, _, _ = self._asked(connection)
            rows = board.board_rows(connection, self.policy, self.book, asked)
        total = board.board_total(self.policy, rows)
        title = f"{self.book_name} {self.looks.quarter(asked.quarter)}预付金看板"
        sheet = board_sheet(title, self.line(asked), rows, total, asked.whole)
        return self.answer(f"预付金看板_{asked.quarter}", [sheet], asked.on)

    def line(self, asked: board.Asked) -> str:
        """What the figures are of, in one line."""
        parts = [f"截至{asked.on}", board.DIRECTIONS[asked.direction]]
        parts.append(asked.scope or "全部范围")
        parts.append(self.looks.fund(asked.fund) if asked.fund else "全部险种")
        return "单位：元　" + "　".join(parts)

    def _asked(
        self, connection: Connection
    ) -> tuple[Choices, board.Asked, list[Switch], str]:
        choices = Choices()
        cleared = board.quarters_cleared(connection, self.book)
        quarter = self._quarter(choices, cleared)
        directions = [(d, board.DIRECTIONS[d]) for d in self.directions]
        direction = choices.one_of("direction", "方向", directions, directions[0][0])
        asked = quarter_read(quarter.value)
        default = seen_on(connection, asked, self.today, self.book)
        on = choices.day("on", "截至", default)
        # What we paid out is for 跨省 alone: there is nothing to choose.
        scopes = board.SCOPES if direction.value == "received" else ()
        scope = choices.one_of(
            "scope", "范围", [("", "全部"), *((each, each) for each in scopes)], ""
        )
        funds = fund_options(funds_in(connection, self.book))
        fund = choices.one_of("fund", "险种", funds, "")
        unit = choices.one_of("unit", "单位", UNITS, YUAN)
        asked = board.Asked(
            quarter_read(quarter.value), on, direction.value, scope.value, fund.value
        )
        switches = [quarter, direction, scope, fund, unit]
        return choices, asked, [s for s in switches if len(s.options) > 1], unit.value

    def _warned(
        self, connection: Connection, asked: board.Asked, rows: list
    ) -> dict[str, Warned]:
        """Since when each payer is warned; left out where the day is not watched."""
        levels = {row.payer: row.overall or row.level for row in rows}
        found = warnings(connection, [asked.quarter], asked.on, self.book)
        return {
            row.payer: row
            for row in found
            if row.until is None
            and row.direction == asked.direction
            and row.level == levels.get(row.payer)
        }

    def _quarter(self, choices: Choices, cleared: dict[str, date]) -> Switch:
        """A quarter of the book's year; today's, or the last with clearing."""
        mine = [Quarter(self.year, number) for number in range(1, 5)]
        now = quarter_of(self.today)
        seen = [q for q in mine if str(q) in cleared] or mine[-1:]
        default = now if now in mine else seen[-1]
        options = quarter_options([q for q in mine if q <= now] or [default])
        return choices.one_of("quarter", "季度", options, str(default))

    def _trend_quarters(self, connection: Connection, last: Quarter) -> list[Quarter]:
        known = [
            quarter_read(text) for text in board.quarters_cleared(connection, self.book)
        ]
        known = sorted(quarter for quarter in known if quarter <= last)
        return known[-board.TREND_QUARTERS :]

    def _levels(self, rows: list) -> list[tuple[str, str, int]]:
        found: dict[tuple[str, str], int] = {}
        for row in rows:
            place = (row.level, row.level_name)
            found[place] = found.get(place, 0) + 1
        order = ["red", "yellow", "normal"]
        return sorted(
            ((*place, count) for place, count in found.items()),
            key=lambda each: order.index(each[0]),
        )
