"""A voucher as a printable 记账凭证 (会计基础工作规范 第五十一条, 第五十三条).

More than five lines take several sheets, numbered as fractions: 记-12 1/3.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger import regions
from ledger.books import book_name
from ledger.errors import BookError
from ledger.funds import fund_names
from ledger.money import NOTHING
from ledger.schema import Posting, Voucher, VoucherLine
from ledger.vouchers import DEBIT
from reports.words import amount_in_words

LINES_A_SHEET = 5
VOUCHER, LINE, POSTING = Voucher.__table__, VoucherLine.__table__, Posting.__table__


class SlipLine(NamedTuple):
    """One line; the side that it is not on is None. Red amounts are negative."""

    summary: str
    subject: str  # 暂收款——各市、州
    detail: str  # 520100贵阳市, or ""
    fund: str  # 310职工医保
    account: str
    debit: Decimal | None
    credit: Decimal | None


class Sheet(NamedTuple):
    """What one printed sheet shows; `fraction` is "" where one is enough."""

    fraction: str  # 1/3
    lines: tuple[SlipLine, ...]


class Link(NamedTuple):
    """Another voucher of the book: BOOK/2017-04/12 and how people say it."""

    id: int
    name: str
    words: str  # 2017-04-28 记-12


class Slip(NamedTuple):
    """Head, sheets, 合计 and foot of a voucher; a draft has no number yet."""

    id: int
    book: str
    unit: str  # 单位
    number: str  # 记-12, or 草稿#7
    dated: date
    attachments: int
    payee: str
    narration: str
    sheets: tuple[Sheet, ...]
    debit: Decimal
    credit: Decimal
    in_words: str  # 合计（大写）
    prepared_by: str  # 制单
    audited_by: str  # 审核
    cashier_by: str  # 出纳
    recorded_by: str  # 记账
    supervised_by: str  # 会计主管
    rule: str
    basis: str
    evidence: str
    source: str
    period: str
    tag: str
    red: bool
    reverses: Link | None
    reversed_by: Link | None
    hash: str

    def numbered(self, sheet: Sheet) -> str:
        """凭证字号 as a sheet bears it: 记-12 1/3."""
        return f"{self.number} {sheet.fraction}".strip()


def slip(connection: Connection, book: str, year: int, month: int, number: int) -> Slip:
    """The slip of an approved voucher; BookError when there is none of that number."""
    found = connection.execute(
        select(VOUCHER.c.id).where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year == year,
            VOUCHER.c.month == month,
            VOUCHER.c.number == number,
        )
    ).scalar()
    if found is None:
        raise BookError(f"{book}在{year}年{month}月没有{number}号凭证")
    return slip_of(connection, found)


def slip_of(connection: Connection, voucher_id: int) -> Slip:
    """The slip of a voucher or a draft, by its id."""
    row = connection.execute(
        select(VOUCHER, POSTING.c.tag)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(VOUCHER.c.id == voucher_id)
    ).first()
    if row is None:
        raise BookError(f"没有编号为#{voucher_id}的凭证")
    lines = _lines(connection, row)
    debit = sum((line.debit or NOTHING for line in lines), NOTHING)
    return Slip(
        id=row.id,
        book=row.book_id,
        unit=book_name(row.book_id, date(row.year, 1, 1)),
        number=f"草稿#{row.id}" if row.number is None else f"{row.word}-{row.number}",
        dated=row.dated,
        attachments=row.attachments,
        payee=row.payee,
        narration=row.narration,
        sheets=_sheets(lines),
        debit=debit,
        credit=sum((line.credit or NOTHING for line in lines), NOTHING),
        in_words=amount_in_words(debit),
        prepared_by=row.prepared_by,
        audited_by=row.audited_by or "",
        cashier_by=row.cashier_by or "",
        recorded_by=row.recorded_by or "",
        supervised_by=row.supervised_by or "",
        rule=row.rule,
        basis=row.basis,
        evidence=row.evidence,
        source=row.source,
        period=row.period,
        tag=row.tag,
        red=row.red,
        reverses=_link(connection, row.reverses_id),
        reversed_by=_link(connection, row.reversed_by_id),
        hash=row.hash or "",
    )


def _lines(connection: Connection, voucher) -> list[SlipLine]:
    first_day = date(voucher.year, 1, 1)
    rows = connection.execute(
        select(LINE).where(LINE.c.voucher_id == voucher.id).order_by(LINE.c.position)
    )
    return [
        SlipLine(
            voucher.narration,
            row.subject,
            row.detail and row.detail + regions.name(row.detail, first_day),
            row.fund + fund_names()[row.fund],
            row.account,
            row.amount if row.side == DEBIT else None,
            None if row.side == DEBIT else row.amount,
        )
        for row in rows
    ]


def _sheets(lines: list[SlipLine]) -> tuple[Sheet, ...]:
    parts = [
        tuple(lines[start : start + LINES_A_SHEET])
        for start in range(0, len(lines), LINES_A_SHEET)
    ]
    return tuple(
        Sheet(f"{number}/{len(parts)}" if len(parts) > 1 else "", part)
        for number, part in enumerate(parts, 1)
    )


def _link(connection: Connection, voucher_id: int | None) -> Link | None:
    if voucher_id is None:
        return None
    row = connection.execute(
        select(
            VOUCHER.c.id,
            VOUCHER.c.book_id,
            VOUCHER.c.dated,
            VOUCHER.c.word,
            VOUCHER.c.number,
        ).where(VOUCHER.c.id == voucher_id)
    ).one()
    if row.number is None:
        return Link(row.id, f"#{row.id}", f"{row.dated} 草稿#{row.id}")
    return Link(
        row.id,
        f"{row.book_id}/{row.dated:%Y-%m}/{row.number}",
        f"{row.dated} {row.word}-{row.number}",
    )
