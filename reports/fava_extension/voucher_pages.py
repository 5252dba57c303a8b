"""记账凭证: the vouchers of a month, and one or all of them to print."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from ledger.periods import Month
from reports.fava_books import last_month
from reports.fava_extension.page import Choices, Page, Switch, month_read, months_of
from reports.fava_vouchers import (
    VoucherRow,
    count_drafts,
    neighbours,
    voucher_rows,
)
from reports.source_note import source_note
from reports.source_rows import SourceRow, count_source_lines, source_lines
from reports.voucher_slips import LINES_A_SHEET, Link, Slip, slip_of

PAPERS = (("A5", "A5"), ("A4", "A4"))
AMOUNTS = frozenset(
    "借方余额 贷方余额 本级金额 下级金额 医疗总费用 统筹支付 大病支付 公务员补助"
    " 个人账户支付 其他基金 基金支付 金额 扣款 人次 附单据数".split()
)
SOURCE_ROWS = 200  # that a page shows
EVERY = "all"


class Sources(NamedTuple):
    """The rows behind a voucher as a table; `count` may be more than are shown.

    `note` stands in their place where they are people's.
    """

    titles: list[str]
    rows: list[tuple[SourceRow, dict[str, str]]]
    count: int
    note: str


class VouchersView(NamedTuple):
    choices: Choices
    switches: list[Switch]
    month: Month
    paper: str
    rows: list[VoucherRow]
    drafts: int
    slips: list[Slip]  # what is to be printed; none for the list
    sources: Sources | None  # of one voucher
    before: object
    after: object


class Vouchers(Page):
    """The vouchers of a month."""

    report_title = "记账凭证"
    amounts = AMOUNTS
    blank_lines = staticmethod(lambda sheet: LINES_A_SHEET - len(sheet.lines))

    def view(self) -> VouchersView:
        with self.reading() as connection:
            return self._view(connection)

    def counterpart(self, link: Link) -> str:
        """The address of a voucher that this one reverses, or that reverses it."""
        _, month, number = link.name.split("/")
        return self.to("Vouchers", int(month[:4]), month=month, number=number)

    def _view(self, connection: Connection) -> VouchersView:
        choices = Choices()
        default = last_month(connection, self.book, self.year, self.today)
        switch = choices.one_of("month", "月份", months_of(self.year), str(default))
        month = month_read(switch.value)
        rows = voucher_rows(connection, self.book, month)
        paper = choices.one_of("paper", "纸张", PAPERS, "A5")
        numbers = [(str(row.number), row.name) for row in rows]
        wanted = choices.one_of(
            "number", "凭证", [("", "列表"), *numbers, (EVERY, "本月全部")], ""
        )
        chosen = [row for row in rows if wanted.value in (str(row.number), EVERY)]
        sources, around = None, (None, None)
        if wanted.value not in ("", EVERY):
            sources = _sources(connection, chosen[0].id)
            around = neighbours(connection, chosen[0].id)
        return VouchersView(
            choices,
            [paper] if wanted.value else [switch],
            month,
            paper.value,
            rows,
            count_drafts(connection, self.book, month),
            [slip_of(connection, row.id) for row in chosen],
            sources,
            *around,
        )


def _sources(connection: Connection, voucher_id: int) -> Sources:
    found = source_lines(connection, voucher_id, SOURCE_ROWS)
    titles = list(dict.fromkeys(title for row in found for title, _ in row.cells))
    count = len(found)
    if count == SOURCE_ROWS:
        count = count_source_lines(connection, voucher_id)
    note = source_note(connection, voucher_id)
    return Sources(titles, [(row, dict(row.cells)) for row in found], count, note)
