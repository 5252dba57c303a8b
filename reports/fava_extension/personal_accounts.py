"""个人账户, for the books of agencies that keep them: the control account's year."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from fava.ext import extension_endpoint
from flask import Response, abort

from reports.fava_extension.page import Choices, Page, Switch, month_read, months_of
from reports.people.account_year import (
    AccountsInYear,
    accounts_in_year,
    keeps_accounts,
)
from reports.people.batch_rows import BatchRow, batch_rows
from reports.people.report_sheets import accounts_sheet, batches_sheet

VOUCHER = re.compile(r"(.+)/([0-9]{4})-([0-9]{2})/([0-9]+)")


class VoucherLink(NamedTuple):
    text: str
    href: str  # "" for what has no page in this book


class AccountsView(NamedTuple):
    choices: Choices
    switches: list[Switch]
    accounts: AccountsInYear
    batches: list[BatchRow]
    month: str


class PersonalAccounts(Page):
    """Totals of the region's accounts and its batches; nobody's own figures."""

    @property
    def report_title(self) -> str | None:
        """None hides the entry: this book keeps no personal accounts."""
        with self.reading() as connection:
            return "个人账户" if keeps_accounts(connection, self.book) else None

    @property
    def region(self) -> str:
        return self.book.partition("-")[0]

    def view(self) -> AccountsView:
        choices = Choices()
        options = [("", "全年"), *months_of(self.year)]
        month = choices.one_of("month", "批次", options, "")
        with self.reading() as connection:
            accounts = accounts_in_year(connection, self.book, self.year)
            chosen = month_read(month.value) if month.value else None
            batches = batch_rows(connection, self.region, chosen)
        if not chosen:
            batches = [row for row in batches if row.dated.year == self.year]
        return AccountsView(choices, [month], accounts, batches, month.value)

    @extension_endpoint
    def xlsx(self) -> Response:
        if self.report_title is None:
            abort(404)
        view = self.view()
        title = f"{self.book_name} {self.year}年个人账户"
        sheets = [
            accounts_sheet(title, view.accounts),
            batches_sheet(title, view.batches),
        ]
        return self.answer(f"个人账户_{self.year}", sheets, date(self.year, 12, 31))

    def vouchers_of(self, batch: BatchRow) -> list[VoucherLink]:
        """A batch's vouchers in this book, each with its page, drafts as they are."""
        links = []
        for name in batch.vouchers:
            found = VOUCHER.fullmatch(name)
            if found is None:
                links.append(VoucherLink(f"草稿{name}", ""))
            elif found[1] == self.book:
                day = date(int(found[2]), int(found[3]), 1)
                href = self.voucher_link(day, found[4])
                links.append(VoucherLink(f"{int(found[3])}月 记-{found[4]}", href))
        return links
