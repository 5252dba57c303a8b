"""From a voucher back to the rows of the files that it comes from.

A posting's rows are narrowed to what the voucher's book says of them: a county's
voucher shows its county's rows, a clearing voucher those of its period and 范围.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, or_, select

from ledger import regions
from ledger.advances.tables import AwayPayment, BankLine
from ledger.funds import fund_names
from ledger.money import grouped
from ledger.schema import (
    ClearingLine,
    Document,
    OpeningLine,
    Posting,
    TransferLine,
    Voucher,
)
from ledger.settlements.tables import InstitutionPayment

VOUCHER, POSTING, DOCUMENT = (
    Voucher.__table__,
    Posting.__table__,
    Document.__table__,
)
OPENING, TRANSFER, CLEARING, PAYMENT, AWAY, BANK = (
    OpeningLine.__table__,
    TransferLine.__table__,
    ClearingLine.__table__,
    InstitutionPayment.__table__,
    AwayPayment.__table__,
    BankLine.__table__,
)
CENTRE = "-centre"  # a book's id ends so
TITLES = {
    "book": "账簿",
    "cutoff": "截止日期",
    "subject": "科目",
    "detail": "辅助明细",
    "debit": "借方余额",
    "credit": "贷方余额",
    "paid_on": "付款日期",
    "received_on": "到账日期",
    "payer": "付款方",
    "payee": "收款方",
    "list_number": "清算单号",
    "nature": {"transfer_line": "资金性质", "clearing_line": "清算性质"},
    "institution": "机构代码",
    "institution_name": "机构名称",
    "period": {
        "transfer_line": "清算期",
        "clearing_line": "清算期",
        "institution_payment": "结算期",
        "away_payment": "结算期",
    },
    "scope": {"transfer_line": "用途", "clearing_line": "范围"},
    "insured": "参保地",
    "place": {"clearing_line": "就医地", "institution_payment": "统筹区"},
    "fund": "险种",
    "at_home": "省内参保",
    "elsewhere": "外省参保",
    "province": "参保省份",
    "own": "本级金额",
    "lower": "下级金额",
    "quarter": "所属季度",
    "notice": "通知书编号",
    "payer_account": "付款账号",
    "payee_account": "收款账号",
    "payer_bank": "付款银行",
    "serial": "交易流水号",
    "received_serial": "收款流水号",
    "attachments": "附单据数",
    "category": "医疗类别",
    "visits": "人次",
    "total_cost": "医疗总费用",
    "pooled": "统筹支付",
    "serious": "大病支付",
    "civil": "公务员补助",
    "personal": "个人账户支付",
    "other": "其他基金",
    "amount": {"clearing_line": "基金支付", "institution_payment": "金额"},
    "deducted": "扣款",
    "confirmed_on": "确认日期",
    "account": "账号",
    "holder": "户名",
    "day": "日期",
    "income": "收入金额",
    "payment": "支出金额",
    "balance": "余额",
    "counterparty": "对方户名",
    "counter_account": "对方账号",
    "summary": "摘要",
    "note": "备注",
}
REGIONS = ("payer", "payee", "insured", "place", "province", "detail")


class SourceRow(NamedTuple):
    """A row of a file as the database keeps it."""

    document_id: int
    file: str
    sha256: str
    form: str
    sheet: str
    row: int
    live: bool  # False: rejected or reversed
    cells: tuple[tuple[str, str], ...]  # (title, value), empty cells left out


def source_lines(
    connection: Connection, voucher_id: int, limit: int | None = None
) -> list[SourceRow]:
    """The rows behind a voucher, in file order; a reversal shows its original's."""
    found = _asked(connection, voucher_id)
    if found is None:
        return []
    table, where = found
    query = (
        select(table, DOCUMENT.c.name, DOCUMENT.c.sha256, DOCUMENT.c.form)
        .join(DOCUMENT, DOCUMENT.c.id == table.c.document_id)
        .where(*where)
        .order_by(table.c.document_id, table.c.sheet, table.c.row)
        .limit(limit)
    )
    return [_source_row(table, row) for row in connection.execute(query)]


def count_source_lines(connection: Connection, voucher_id: int) -> int:
    """How many rows stand behind a voucher."""
    found = _asked(connection, voucher_id)
    if found is None:
        return 0
    table, where = found
    query = select(func.count()).select_from(table).where(*where)
    return connection.execute(query).scalar()


def _asked(connection: Connection, voucher_id: int) -> tuple[Table, list] | None:
    """The table and the conditions for a voucher's rows."""
    voucher = connection.execute(select(VOUCHER).where(VOUCHER.c.id == voucher_id))
    voucher = voucher.one()
    posting = source_posting(connection, voucher_id)
    form = posting.unit.partition("|")[0]
    if form == "F0":
        where = [
            OPENING.c.posting_id == posting.id,
            OPENING.c.book == voucher.book_id,
        ]
        return OPENING, where
    if form == "F1":
        return TRANSFER, _transfer(voucher, posting)
    if form == "F2":
        return CLEARING, _clearing(voucher, posting)
    if form == "F6":
        return BANK, _bank_line(posting)
    if form == "F7" and voucher.book_id.endswith(CENTRE):
        return AWAY, [AWAY.c.posting_id == posting.id]
    if form == "F7":
        return PAYMENT, [PAYMENT.c.posting_id == posting.id]
    return None


def source_posting(connection: Connection, voucher_id: int):
    """The posting that a voucher's rows made; of a reversal its original."""
    made = select(func.coalesce(POSTING.c.reverses_id, POSTING.c.id))
    made = made.join(VOUCHER, VOUCHER.c.posting_id == POSTING.c.id)
    of_voucher = made.where(VOUCHER.c.id == voucher_id).scalar_subquery()
    return connection.execute(select(POSTING).where(POSTING.c.id == of_voucher)).one()


def _transfer(voucher, posting) -> list:
    """Rows of the voucher's 用途.

    A received half that was taken back is no more linked to its posting, so rows of
    the same bank transfer count as well.
    """
    _, _, account_and_serial = posting.unit.partition("|")
    account, _, serial = account_and_serial.rpartition("|")
    posted = or_(
        TRANSFER.c.paid_posting_id == posting.id,
        TRANSFER.c.received_posting_id == posting.id,
        TRANSFER.c.live
        & (TRANSFER.c.serial == serial)
        & (TRANSFER.c.payer_account == account)
        & TRANSFER.c.received_posting_id.is_(None),
    )
    return [posted, TRANSFER.c.scope.in_(voucher.scope.split("、"))]


def _bank_line(posting) -> list:
    """The line of the statement, also when what it posted was taken back."""
    _, account, serial = posting.unit.split("|", 2)
    posted = or_(BANK.c.posting_id == posting.id, BANK.c.live)
    return [BANK.c.account == account, BANK.c.serial == serial, posted]


def _clearing(voucher, posting) -> list:
    region, _, kind = voucher.book_id.partition("-")
    where = [
        CLEARING.c.posting_id == posting.id,
        CLEARING.c.period == voucher.period,
        CLEARING.c.scope == voucher.scope,
    ]
    if kind.startswith("county"):
        where.append(CLEARING.c.insured == region)
    return where


def _source_row(table: Table, row) -> SourceRow:
    cells = []
    for name, title in TITLES.items():
        if name not in table.c:
            continue
        shown = _shown(name, row._mapping[table.c[name]])
        if shown:
            title = title if isinstance(title, str) else title[table.name]
            cells.append((title, shown))
    return SourceRow(
        row.document_id,
        row.name,
        row.sha256,
        row.form,
        row.sheet,
        row.row,
        row.live if "live" in table.c else row.freed == 0,
        tuple(cells),
    )


def _shown(name: str, value) -> str:
    if value is None or value == "":
        return ""
    if name in REGIONS:
        return f"{value} {regions.name(value)}"
    if name == "fund":
        return f"{value} {fund_names()[value]}"
    if isinstance(value, Decimal):
        return grouped(value)
    return str(value)
