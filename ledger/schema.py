"""The database: one declarative file. Columns are named as in STYLE.md's glossary.

Ids are given out under the writer's lock, so that bulk rows need no round trip.
Money is `Fen`. What must never come twice has a unique key; a row that a
rejection or a reversal set free has `live` false and keeps its content.
Timestamps are text as books print them (2017-04-28T10:12:00+08:00).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ledger.money import from_fen, whole_fen


class Fen(TypeDecorator):
    """Yuan in Python (Decimal, two places), whole fen in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else whole_fen(value)

    def process_result_value(self, value, dialect):
        return None if value is None else from_fen(int(value))


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        Decimal: Fen,
        date: Date,
        str: Text,
        int: Integer,
        bool: Boolean,
    }


def given_id() -> Mapped[int]:
    return mapped_column(Integer, primary_key=True, autoincrement=False)


class Setting(Base):
    """What only a user knows, dated: the last row by `from_day` and id counts."""

    __tablename__ = "setting"
    id: Mapped[int] = given_id()
    name: Mapped[str] = mapped_column(String(60), index=True)
    region: Mapped[str] = mapped_column(String(6))  # "" for the whole home
    from_day: Mapped[date | None]  # None: every day
    value: Mapped[str]
    cite: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[str]


class Book(Base):
    """账套: one body's books; id is REGION-KIND."""

    __tablename__ = "book"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    region: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(30))
    opened_by: Mapped[str]
    opened_at: Mapped[str]


class BookYear(Base):
    """A book's year: head of its hash chain, and whether its print is behind."""

    __tablename__ = "book_year"
    book_id: Mapped[str] = mapped_column(ForeignKey("book.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    vouchers: Mapped[int]  # approved so far; the last seq
    hash: Mapped[str] = mapped_column(String(64))  # of the last voucher
    changed: Mapped[int]  # counts changes
    printed: Mapped[int]  # the change that the file on disk shows


class Document(Base):
    """原始凭证: a file that was taken, kept by its content's hash."""

    __tablename__ = "document"
    id: Mapped[int] = given_id()
    form: Mapped[str] = mapped_column(String(4))
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    stored: Mapped[str]  # path below the home
    totalled: Mapped[bool]
    recorded_by: Mapped[str]
    recorded_at: Mapped[str]
    withdrawn_by: Mapped[str | None]  # its lines that made no voucher
    withdrawn_at: Mapped[str | None]
    withdrawn_reason: Mapped[str | None]


class Posting(Base):
    """过账单位: what is approved, rejected and reversed as one."""

    __tablename__ = "posting"
    id: Mapped[int] = given_id()
    unit: Mapped[str]
    tag: Mapped[str] = mapped_column(String(40), index=True)
    leg: Mapped[str] = mapped_column(String(10))
    event: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    state: Mapped[str] = mapped_column(String(10))  # draft, approved, rejected
    live: Mapped[bool]  # neither rejected nor reversed
    manual: Mapped[bool]
    prepared_by: Mapped[str]
    prepared_at: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[str | None]
    reason: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))

    __table_args__ = (
        Index(
            "uq_posting_live_unit",
            "unit",
            "leg",
            unique=True,
            sqlite_where=text("live = 1"),
            postgresql_where=text("live"),
        ),
        Index(
            "uq_posting_reverses",
            "reverses_id",
            unique=True,
            sqlite_where=text("state != 'rejected'"),
            postgresql_where=text("state != 'rejected'"),
        ),
        Index("ix_posting_state", "state"),
    )


class Voucher(Base):
    """记账凭证. Number, seq and hashes are given at approval and never change.

    prepared 制单, audited 审核, cashier 出纳, recorded 记账, supervised 财务负责人
    (会计基础工作规范 第五十一条, DA/T 95—2022 表C.1).
    """

    __tablename__ = "voucher"
    id: Mapped[int] = given_id()
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    book_id: Mapped[str] = mapped_column(ForeignKey("book.id"))
    dated: Mapped[date]
    occurred_on: Mapped[date]
    year: Mapped[int]
    month: Mapped[int]
    word: Mapped[str] = mapped_column(String(4))  # 凭证字: 记
    number: Mapped[int | None]
    seq: Mapped[int | None]
    rule: Mapped[str]
    basis: Mapped[str]
    event: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(12))
    period: Mapped[str] = mapped_column(String(8))
    quarter: Mapped[str] = mapped_column(String(6))
    payee: Mapped[str]
    narration: Mapped[str]
    attachments: Mapped[int]
    evidence: Mapped[str]
    source: Mapped[str]
    source_sha256: Mapped[str] = mapped_column(String(64))
    red: Mapped[bool]  # RED_FLAG
    adjusting: Mapped[bool]  # IS_ADJUST_PERIOD
    carry_over: Mapped[bool]  # IS_CARRY_OVER
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))
    reversed_by_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"))
    prepared_by: Mapped[str]
    prepared_at: Mapped[str]
    audited_by: Mapped[str | None]
    audited_at: Mapped[str | None]
    cashier_by: Mapped[str | None]
    cashier_at: Mapped[str | None]
    recorded_by: Mapped[str | None]
    recorded_at: Mapped[str | None]
    supervised_by: Mapped[str | None]
    supervised_at: Mapped[str | None]
    previous: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        UniqueConstraint("book_id", "year", "month", "number"),
        UniqueConstraint("book_id", "year", "seq"),
        UniqueConstraint("reverses_id", "posting_id"),
    )


class VoucherLine(Base):
    """分录: side, subject, account as printed, detail, fund (险种), amount."""

    __tablename__ = "voucher_line"
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(String(1))
    subject: Mapped[str]
    account: Mapped[str]
    detail: Mapped[str] = mapped_column(String(6))
    fund: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal]


class AccountYear(Base):
    """发生额: what approved vouchers moved on a subject in a book's year.

    Kept up at approval, so that a new year's carrying forward does not read every
    line of the years before; `check` compares it with the lines.
    """

    __tablename__ = "account_year"
    book_id: Mapped[str] = mapped_column(ForeignKey("book.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    detail: Mapped[str] = mapped_column(String(6), primary_key=True)
    fund: Mapped[str] = mapped_column(String(3), primary_key=True)
    side: Mapped[str] = mapped_column(String(1), primary_key=True)
    amount: Mapped[Decimal]


class SourceLine:
    """What every form's line has: where it stands, and whether its key is taken."""

    id: Mapped[int] = given_id()
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    sheet: Mapped[str]
    row: Mapped[int]
    live: Mapped[bool]


def live_key(name: str, *columns: str) -> Index:
    """A unique key among the lines that no rejection or reversal set free."""
    return Index(
        name,
        *columns,
        unique=True,
        sqlite_where=text("live = 1"),
        postgresql_where=text("live"),
    )


class OpeningLine(SourceLine, Base):
    """F0 科目期初余额表."""

    __tablename__ = "opening_line"
    book: Mapped[str] = mapped_column(String(40))
    cutoff: Mapped[date]
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(String(6))
    fund: Mapped[str] = mapped_column(String(3))
    debit: Mapped[Decimal]
    credit: Mapped[Decimal]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    __table_args__ = (live_key("uq_opening_line", "book", "subject", "detail", "fund"),)


class TransferLine(SourceLine, Base):
    """F1 预付金划拨单; its two legs are two postings."""

    __tablename__ = "transfer_line"
    paid_on: Mapped[date]
    received_on: Mapped[date | None]
    payer: Mapped[str] = mapped_column(String(6))
    payee: Mapped[str] = mapped_column(String(6))
    nature: Mapped[str] = mapped_column(String(10))
    scope: Mapped[str] = mapped_column(String(4))
    fund: Mapped[str] = mapped_column(String(3))
    own: Mapped[Decimal]
    lower: Mapped[Decimal]
    quarter: Mapped[str] = mapped_column(String(6))
    notice: Mapped[str]
    payer_account: Mapped[str]
    payee_account: Mapped[str]
    payer_bank: Mapped[str]
    serial: Mapped[str]
    received_serial: Mapped[str]
    attachments: Mapped[int | None]
    note: Mapped[str]
    paid_posting_id: Mapped[int | None] = mapped_column(
        ForeignKey("posting.id"), index=True
    )
    received_posting_id: Mapped[int | None] = mapped_column(
        ForeignKey("posting.id"), index=True
    )
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    # X11: a return (退回) of money that never arrived names the transfer that bounced.
    bounces_id: Mapped[int | None] = mapped_column(index=True)
    __table_args__ = (
        live_key(
            "uq_transfer_line", "serial", "payer_account", "scope", "fund", "nature"
        ),
    )


class ClearingLine(SourceLine, Base):
    """F2 异地就医费用清算明细; a line without 确认日期 waits."""

    __tablename__ = "clearing_line"
    list_number: Mapped[str]
    nature: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(8))
    scope: Mapped[str] = mapped_column(String(4))
    insured: Mapped[str] = mapped_column(String(6))
    place: Mapped[str] = mapped_column(String(6))
    fund: Mapped[str] = mapped_column(String(3))
    category: Mapped[str]
    visits: Mapped[int | None]
    total_cost: Mapped[Decimal | None]
    pooled: Mapped[Decimal | None]
    serious: Mapped[Decimal | None]
    civil: Mapped[Decimal | None]
    personal: Mapped[Decimal | None]
    other: Mapped[Decimal | None]
    amount: Mapped[Decimal]
    confirmed_on: Mapped[date | None]
    note: Mapped[str]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    __table_args__ = (
        live_key(
            "uq_clearing_line",
            "list_number",
            "insured",
            "place",
            "fund",
            "period",
            "scope",
            "nature",
        ),
        Index("ix_clearing_line_period", "period"),
        # A month is cleared once as 正常, whatever the list (reading 5).
        Index(
            "uq_clearing_line_period",
            "insured",
            "period",
            "place",
            "fund",
            "scope",
            unique=True,
            sqlite_where=text("live = 1 and nature = '正常'"),
            postgresql_where=text("live and nature = '正常'"),
        ),
    )


class QuotaLine(SourceLine, Base):
    """F3 预付金明细表: kept as a notice; no money moves."""

    __tablename__ = "quota_line"
    quarter: Mapped[str] = mapped_column(String(6))
    edition: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    region: Mapped[str] = mapped_column(String(6))
    fund: Mapped[str] = mapped_column(String(3))
    abroad: Mapped[Decimal]
    home: Mapped[Decimal]
    note: Mapped[str]
    __table_args__ = (
        live_key("uq_quota_line", "quarter", "edition", "region", "fund"),
    )
