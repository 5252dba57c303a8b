"""The list of those whom a make-up found other than simply 在籍, as xlsx; masked."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Sequence

from sqlalchemy import Connection

from ledger import regions
from ledger.errors import BookError
from ledger.files import why, write_whole
from ledger.people import make_up as differences
from ledger.people.make_up import CLOSED, DIED, LEFT, OPEN, RETIRED, State
from ledger.people.masks import masked_id, masked_name

# A state's name, and what was done.
DONE = {
    OPEN: ("在籍", "记入账户"),
    RETIRED: ("在籍，期间退休", "自退休待遇起始月起补划，记入账户"),
    LEFT: ("已转出", "记入原账户，待随转移支付"),
    DIED: ("已死亡", "记入原账户，待继承"),
    CLOSED: ("已结清账户", "重新挂出，待支付"),
}
# The same where the difference is negative.
TAKEN_BACK = {
    OPEN: "从账户扣回",
    RETIRED: "自退休待遇起始月起重算，从账户扣回",
    LEFT: "从原账户扣回，不足的转追回挂账",
    DIED: "从原账户扣回，不足的转追回挂账",
    CLOSED: "已无余额，转追回挂账",
}
TITLES = ("个人编号", "姓名", "情况", "起", "止", "月数", "金额", "处理")
SHEET_ROWS = 1_000_000  # a sheet of xlsx ends a little later


def done(state: str, amount: Decimal) -> tuple[str, str]:
    """A state's name and what was done, by the sign of the difference."""
    name, given = DONE[state]
    return name, TAKEN_BACK[state] if amount < 0 else given


def workbook(
    connection: Connection,
    batch_id: int,
    region: str,
    on: date,
    states: Sequence[State],
) -> bytes | None:
    """The list as a file; None where everybody is simply 在籍."""
    if all(state.state == OPEN for state in states):
        return None
    import xlsxwriter

    stream = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(stream, {**options, "strings_to_urls": False})
    book.set_properties({"created": datetime(on.year, on.month, on.day)})
    money = book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"})
    page, at = None, SHEET_ROWS
    for found in differences.exceptions(connection, batch_id):
        if at >= SHEET_ROWS:
            page, at = _page(book, region, batch_id), 2
        name, treatment = done(found.state, found.amount)
        texts = (masked_id(found.person_id), masked_name(found.name), name)
        for column, cell in enumerate((*texts, found.first, found.last)):
            page.write_string(at, column, cell)
        page.write_number(at, 5, found.months)
        page.write_number(at, 6, float(found.amount), money)
        page.write_string(at, 7, treatment)
        at += 1
    book.close()
    return stream.getvalue()


def write(path: Path, content: bytes) -> None:
    """Write the list; BookError that says what stands nevertheless."""
    try:
        write_whole(path, content)
        path.chmod(0o600)
    except OSError as error:
        raise BookError(
            f"补划已入账，但例外名单存不进{path.parent}：{why(error)}；"
            "请检查磁盘空间和权限"
        ) from error


def _page(book, region: str, batch_id: int):
    page = book.add_worksheet()
    page.set_column(0, 7, 18)
    page.write_string(0, 0, f"{regions.name(region)}补划差额例外名单（批次{batch_id}）")
    for column, title in enumerate(TITLES):
        page.write_string(1, column, title)
    page.freeze_panes(2, 0)
    return page
