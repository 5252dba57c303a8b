"""明细账 of an account, and 日记账 of a bank account."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from fava.ext import extension_endpoint
from flask import Response
from sqlalchemy import Connection

from reports.fava_books import accounts_in, full_title, funds_in
from reports.fava_extension.page import (
    Choices,
    Page,
    Switch,
    fund_options,
    month_read,
    months_of,
)
from reports.fava_sheets import journal_sheet, ledger_sheet
from reports.ledgers import journal_rows, journals, ledger_rows


class LedgerView(NamedTuple):
    choices: Choices
    switches: list[Switch]
    chooser: Switch  # of the account
    title: str
    rows: list


class LedgerPage(Page):
    """What both ledgers have: an account to choose, a month or the year."""

    def days(self, choices: Choices) -> tuple[Switch, date, date]:
        options = [("", "全年"), *months_of(self.year)]
        month = choices.one_of("month", "月份", options, "")
        if not month.value:
            return month, date(self.year, 1, 1), date(self.year, 12, 31)
        chosen = month_read(month.value)
        return month, chosen.first_day, chosen.last_day

    def voucher_of(self, year: int, month: int, name: str) -> str:
        """The address of the voucher 记-12 of a month."""
        return self.voucher_link(date(year, month, 1), int(name.rpartition("-")[2]))


class DetailLedger(LedgerPage):
    """What happened on one account, with the balance after each line."""

    report_title = "明细账"

    def view(self) -> LedgerView:
        with self.reading() as connection:
            return self._view(connection)

    @extension_endpoint
    def xlsx(self) -> Response:
        view = self.view()
        title = f"{self.book_name} {self.year}年明细账　{view.title}"
        sheet = ledger_sheet(title, "单位：元", view.rows)
        return self.answer("明细账", [sheet], date(self.year, 12, 31))

    def _view(self, connection: Connection) -> LedgerView:
        choices = Choices()
        accounts = accounts_in(connection, self.book, self.year)
        rows = [row for _, _, row in accounts]
        leaf = next((row.account for row in rows if row.leaf), "")
        options = [(account, text) for account, text, _ in accounts] or [("", "")]
        subject = choices.one_of("subject", "科目", options, leaf)
        month, first, last = self.days(choices)
        funds = fund_options(funds_in(connection, self.book))
        fund = choices.one_of("fund", "险种", funds, "")
        found = []
        if subject.value:
            found = ledger_rows(
                connection, self.book, subject.value, first, last, fund=fund.value
            )
        title = full_title(rows, subject.value)
        return LedgerView(choices, [month, fund], subject, title, found)


class Journal(LedgerPage):
    """Money in and out of a bank account, each day with its totals."""

    report_title = "银行日记账"

    def view(self) -> LedgerView:
        with self.reading() as connection:
            return self._view(connection)

    @extension_endpoint
    def xlsx(self) -> Response:
        view = self.view()
        title = f"{self.book_name} {self.year}年日记账　{view.title}"
        sheet = journal_sheet(title, "单位：元", view.rows)
        return self.answer("日记账", [sheet], date(self.year, 12, 31))

    def _view(self, connection: Connection) -> LedgerView:
        choices = Choices()
        subjects = journals(connection, self.book)
        options = [(subject, subject) for subject in subjects] or [("", "")]
        subject = choices.one_of("subject", "账户", options, options[0][0])
        month, first, last = self.days(choices)
        found = []
        if subject.value:
            found = journal_rows(connection, self.book, subject.value, first, last)
        return LedgerView(choices, [month], subject, subject.value, found)
