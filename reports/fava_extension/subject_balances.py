"""科目余额表 of a month."""

from __future__ import annotations

from typing import NamedTuple

from fava.ext import extension_endpoint
from flask import Response
from sqlalchemy import Connection

from ledger.periods import Month
from reports.balances import BalanceRow, BalanceTotals, balance_rows, balance_totals
from reports.fava_books import funds_in, last_month
from reports.fava_extension.page import (
    Choices,
    Page,
    Switch,
    fund_options,
    month_read,
    months_of,
)
from reports.fava_sheets import balance_sheet

EACH = (("", "合并"), ("each", "分列"))


class BalancesView(NamedTuple):
    choices: Choices
    switches: list[Switch]
    month: Month
    fund: str
    rows: list[BalanceRow]
    totals: BalanceTotals


class Balances(Page):
    """What every account of the book was, moved and is."""

    report_title = "科目余额表"
    has_js_module = True  # for all our pages

    def view(self) -> BalancesView:
        with self.reading() as connection:
            choices, switches, month, fund, each = self._asked(connection)
            rows = balance_rows(
                connection, self.book, month.last_day, fund=fund or None, by_fund=each
            )
        return BalancesView(choices, switches, month, fund, rows, balance_totals(rows))

    def ledger_link(self, view: BalancesView, row: BalanceRow) -> str:
        return self.to(
            "DetailLedger",
            subject=row.account,
            month=view.month,
            fund=view.fund or row.fund,
        )

    @extension_endpoint
    def xlsx(self) -> Response:
        view = self.view()
        title = f"{self.book_name} {view.month.year}年{view.month.number}月科目余额表"
        fund = self.looks.fund(view.fund) if view.fund else "全部险种"
        sheet = balance_sheet(title, f"单位：元　{fund}", view.rows, view.totals)
        return self.answer(f"科目余额表_{view.month}", [sheet], view.month.last_day)

    def _asked(self, connection: Connection):
        choices = Choices()
        default = last_month(connection, self.book, self.year, self.today)
        month = choices.one_of("month", "月份", months_of(self.year), str(default))
        funds = fund_options(funds_in(connection, self.book))
        fund = choices.one_of("fund", "险种", funds, "")
        each = choices.one_of("each", "各险种", EACH, "")
        switches = [month, fund] + ([] if fund.value else [each])
        return choices, switches, month_read(month.value), fund.value, bool(each.value)
