"""The tables of people. Every primary and unique key of a per-person table holds
`person_id`, so that they can be distributed by it (docs/people.md).

`freed` is 0 while a line counts; rejecting or reversing its posting, or withdrawing
its document, sets it to a number above 0, which frees the key and keeps the content.
Months are texts (2023-01), "" where there is none.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.schema import Base, given_id

PERSON_ID = String(30).with_variant(String(30, collation="C"), "postgresql")
# Rows lie in the order of the primary key; the key is not kept twice.
CLUSTERED = {"sqlite_with_rowid": False}


def person_id() -> Mapped[str]:
    """The person, before the other columns of the key."""
    return mapped_column(PERSON_ID, primary_key=True, sort_order=-10)


class PersonRow:
    """What a row of people has: the person, and where it was said."""

    person_id: Mapped[str] = person_id()
    document_id: Mapped[int] = mapped_column(sort_order=90)
    row: Mapped[int] = mapped_column(sort_order=91)


class Person(PersonRow, Base):
    """参保人 as last known; `since` is the month from which the state holds."""

    __tablename__ = "person"
    name: Mapped[str]
    born: Mapped[str] = mapped_column(String(7))
    region: Mapped[str] = mapped_column(String(6))
    status: Mapped[str] = mapped_column(String(2))  # 在职, 退休
    insured_as: Mapped[str] = mapped_column(String(4))  # 单位职工, 灵活就业, 单建统筹
    base: Mapped[Decimal | None]
    since: Mapped[str] = mapped_column(String(7))
    retired_from: Mapped[str] = mapped_column(String(7))  # 退休待遇起始月
    died_on: Mapped[date | None]
    # 险种 of a relative whom only a binding (G4) registered, without an account and a
    # status, since ""; empty for everyone in 职工医保.
    fund: Mapped[str] = mapped_column(String(3), server_default="")
    __table_args__ = (CLUSTERED,)


class PersonState(PersonRow, Base):
    """The dated history of a person: what held from a month on."""

    __tablename__ = "person_state"
    from_month: Mapped[str] = mapped_column(String(7), primary_key=True)
    region: Mapped[str] = mapped_column(String(6))
    status: Mapped[str] = mapped_column(String(2))
    insured_as: Mapped[str] = mapped_column(String(4))
    base: Mapped[Decimal | None]
    __table_args__ = (CLUSTERED,)


class PersonAmendment(Base):
    """A registered name or month of birth that was put right, and on what basis."""

    __tablename__ = "person_amendment"
    person_id: Mapped[str] = person_id()
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(4))  # name, born
    before: Mapped[str]
    after: Mapped[str]
    cite: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    __table_args__ = (CLUSTERED,)


class Account(Base):
    """个人账户: person × pooling region (reading 18). Never below zero (reading 19).

    `claim` is what a correction took back beyond the balance (P22). `state`: open;
    left (moved away), died; closed once all of it was paid out.
    """

    __tablename__ = "account"
    person_id: Mapped[str] = person_id()
    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    balance: Mapped[Decimal]
    claim: Mapped[Decimal]
    state: Mapped[str] = mapped_column(String(6))
    __table_args__ = (
        CheckConstraint("balance >= 0", name="account_balance"),
        CheckConstraint("claim >= 0", name="account_claim"),
        Index(
            "ix_account_claim",
            "person_id",
            sqlite_where=text("claim > 0"),
            postgresql_where=text("claim > 0"),
        ),
        CLUSTERED,
    )


class Movement(Base):
    """A movement on an account: only added, never changed (but that an institution
    that a 补记 did not know may be named later, ledger/settlements/naming.py).

    (person, period, act, serial) is its business key: a month's credit is
    (person, 2023-01, credit, ""), a payment out of the account carries its own
    流水号. `kind` is the sub-account of 个人账户基金 that it belongs to; `amount` has
    the account's sign. `dated` is its voucher's day. A batch's movements count once
    its posting is approved; those of a rejected draft are deleted.
    """

    __tablename__ = "movement"
    person_id: Mapped[str] = person_id()
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    act: Mapped[str] = mapped_column(String(12), primary_key=True)
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    region: Mapped[str] = mapped_column(String(6))
    dated: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    amount: Mapped[Decimal]
    batch_id: Mapped[int]
    document_id: Mapped[int | None]
    row: Mapped[int | None]
    institution: Mapped[str] = mapped_column(String(12), server_default="")
    category: Mapped[str] = mapped_column(String(12), server_default="")
    __table_args__ = (Index("ix_movement_batch_id", "batch_id", "kind"),)


class ContributionLine(PersonRow, Base):
    """G1 个人账户计入清单. `own` is the part for the account, by rule.

    `ready_document_id` is the document that made the line creditable: its own, or
    for a line that waited for 到账日期 the one that brought it; None while it waits.
    `credit_as`: 在职, 退休, or "" for who has no account (or died before).
    """

    __tablename__ = "contribution_line"
    # A month's lines lie together, as crediting reads them.
    month: Mapped[str] = mapped_column(String(7), primary_key=True, sort_order=-20)
    kind: Mapped[str] = mapped_column(String(4), primary_key=True)  # 正常, 补缴
    freed: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    region: Mapped[str] = mapped_column(String(6))
    status: Mapped[str] = mapped_column(String(2))
    insured_as: Mapped[str] = mapped_column(String(4))
    base: Mapped[Decimal | None]
    employer: Mapped[Decimal | None]
    personal: Mapped[Decimal | None]
    declared: Mapped[Decimal | None]  # 其中计入个人账户
    received_on: Mapped[date | None]
    retired_from: Mapped[str] = mapped_column(String(7))
    civil: Mapped[Decimal | None]  # 公务员补助计入
    own: Mapped[Decimal]
    credit_as: Mapped[str] = mapped_column(String(2))
    ready_document_id: Mapped[int | None]
    __table_args__ = (CLUSTERED,)


class Correction(PersonRow, Base):
    """What a list said too late: retired or dead from a month on.

    The next `credit` takes back, or changes, what was credited since.
    """

    __tablename__ = "correction"
    from_month: Mapped[str] = mapped_column(String(7), primary_key=True)
    reason: Mapped[str] = mapped_column(String(2), primary_key=True)  # 退休, 死亡
    region: Mapped[str] = mapped_column(String(6))
    batch_id: Mapped[int | None]  # that dealt with it
    __table_args__ = (CLUSTERED,)


class AccountOpeningLine(PersonRow, Base):
    """G2 个人账户期初余额表."""

    __tablename__ = "account_opening_line"
    region: Mapped[str] = mapped_column(String(6), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    name: Mapped[str]
    status: Mapped[str] = mapped_column(String(2))
    amount: Mapped[Decimal]
    cutoff: Mapped[date]
    __table_args__ = (CLUSTERED,)


class ChangeLine(PersonRow, Base):
    """G6 个人账户变动清单: move in, move out, inheritance, death."""

    __tablename__ = "change_line"
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    region: Mapped[str] = mapped_column(String(6))  # whose account it is
    dated: Mapped[date]
    kind: Mapped[str] = mapped_column(String(4))
    died_on: Mapped[date | None]
    amount: Mapped[Decimal]
    other: Mapped[str]
    payee_name: Mapped[str]
    payee_account: Mapped[str]
    payee_bank: Mapped[str]
    basis: Mapped[str]
    note: Mapped[str]
    batch_id: Mapped[int | None]
    __table_args__ = (CLUSTERED,)


class Filing(PersonRow, Base):
    """G7 异地备案登记表."""

    __tablename__ = "filing"
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    scope: Mapped[str] = mapped_column(String(2))  # 省内, 跨省
    until_day: Mapped[date | None]  # its last day
    hardship: Mapped[str]
    agency: Mapped[str]
    verified_on: Mapped[date | None]
    valid_until: Mapped[date | None]  # its last day
    payee_name: Mapped[str]
    payee_account: Mapped[str]
    payee_bank: Mapped[str]
    __table_args__ = (CLUSTERED,)


class PayoutLine(Base):
    """划转: one payment of a run to a person's bank account (P12)."""

    __tablename__ = "payout_line"
    person_id: Mapped[str] = person_id()
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    period: Mapped[str] = mapped_column(String(7))  # the run's month
    region: Mapped[str] = mapped_column(String(6))
    scope: Mapped[str] = mapped_column(String(2))
    amount: Mapped[Decimal]
    cite: Mapped[str]  # why it may be paid
    payee_name: Mapped[str]
    payee_account: Mapped[str]
    payee_bank: Mapped[str]
    batch_id: Mapped[int]
    __table_args__ = (Index("ix_payout_line_batch_id", "batch_id"), CLUSTERED)


class BounceLine(PersonRow, Base):
    """G8 划转退回清单: a payout that came back, credited again once (P13)."""

    __tablename__ = "bounce_line"
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    dated: Mapped[date]
    amount: Mapped[Decimal]
    reason: Mapped[str]
    # Never paid again: in-province money of a run before the stop (PZH 一).
    withheld: Mapped[bool]
    batch_id: Mapped[int | None]
    __table_args__ = (CLUSTERED,)


class SerialKey(Base):
    """Whose a serial number is, where it must be unique across persons."""

    __tablename__ = "serial_key"
    form: Mapped[str] = mapped_column(String(8), primary_key=True)  # G6, payout
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    person_id: Mapped[str] = mapped_column(PERSON_ID)
    __table_args__ = (CLUSTERED,)


class Batch(Base):
    """批次: movements that were made together, and the voucher that carries them.

    `kind`: credit, correction, make-up, opening, change, payout, bounce, interest,
    settlement, premium, reversal. A posting may carry several, one a region.
    `sources` is the hash over its documents' hashes. Counts once `posting_id` is
    approved; without a posting (nothing but zeros) it counts at once.
    """

    __tablename__ = "batch"
    id: Mapped[int] = given_id()
    kind: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(8))
    dated: Mapped[date]
    people: Mapped[int]
    total: Mapped[Decimal]  # what it adds to the accounts
    policy: Mapped[str]  # policy document and the day from which it holds
    figures: Mapped[str]  # JSON: the rates and published figures that were used
    sources: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))  # draft, counted, rejected, undone
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    made_by: Mapped[str]
    made_at: Mapped[str]
    __table_args__ = (Index("ix_batch_region", "region", "kind", "period"),)


class BatchTotal(Base):
    """Control totals of a batch, by kind of movement."""

    __tablename__ = "batch_total"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    people: Mapped[int]
    movements: Mapped[int]
    amount: Mapped[Decimal]


class BatchDocument(Base):
    """The documents whose lines a batch took; `freed` as everywhere."""

    __tablename__ = "batch_document"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id"), primary_key=True
    )


class Disclosure(Base):
    """Who saw whose personal data unmasked, and when."""

    __tablename__ = "disclosure"
    id: Mapped[int] = given_id()
    by: Mapped[str]
    at: Mapped[str]
    report: Mapped[str]
    person_id: Mapped[str]
