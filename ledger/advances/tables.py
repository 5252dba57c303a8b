"""The tables of advances: plans, notices, bank accounts and statements, suspensions.

States and words are kept as rows that are only added (NoticeStep, PlanEdit, TaskMark,
ClearingWord): the last serial counts, so that who said what when can be read for ever.
Regions are today's codes, periods texts (2017-04, 2017Q2, 2018).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.schema import Base, SourceLine, given_id, live_key

REGION = String(6)


class Plan(Base):
    """A computation of a quarter's advances for the payers of `region`.

    `edition` is the 版次 under which it is issued; `kind`: 核定 for the quarter's own,
    额度调整 for a true-up, 紧急调增. `provisional`: not all of the clearing that it is
    based on was confirmed. `state`: made, issued, withdrawn.
    """

    __tablename__ = "plan"
    id: Mapped[int] = given_id()
    quarter: Mapped[str] = mapped_column(REGION)
    region: Mapped[str] = mapped_column(REGION)  # who holds: the province, or a city
    edition: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    provisional: Mapped[bool]
    policy: Mapped[str]  # the document whose formula it is
    on_day: Mapped[date]  # the day that it was computed for
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[str]
    __table_args__ = (UniqueConstraint("quarter", "region", "edition"),)


class PlanLine(Base):
    """What one payer has to pay by a plan; below zero it gets money back.

    `computed` is the formula's result for the whole quarter, `before` what earlier
    editions set, `amount` what this edition sets: the difference, or what was entered
    instead. `working` is the formula's lines with inputs (JSON; its shape stands in
    posting_rules/planning.py).
    """

    __tablename__ = "plan_line"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    payer: Mapped[str] = mapped_column(REGION, primary_key=True)
    scope: Mapped[str] = mapped_column(String(4), primary_key=True)  # 跨省, 省内
    fund: Mapped[str] = mapped_column(String(3), primary_key=True)
    computed: Mapped[Decimal]
    before: Mapped[Decimal]
    amount: Mapped[Decimal]
    working: Mapped[str]
    note: Mapped[str]


class PlanEdit(Base):
    """An amount that somebody entered instead of the formula's, and why."""

    __tablename__ = "plan_edit"
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    payer: Mapped[str] = mapped_column(REGION)
    scope: Mapped[str] = mapped_column(String(4))
    fund: Mapped[str] = mapped_column(String(3))
    before: Mapped[Decimal]
    after: Mapped[Decimal]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]


class PastPayment(SourceLine, Base):
    """F9 往年异地就医医保基金支付额表: a year's payments, from before the books."""

    __tablename__ = "past_payment"
    year: Mapped[int]
    region: Mapped[str] = mapped_column(REGION)
    scope: Mapped[str] = mapped_column(String(4))
    fund: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal]
    note: Mapped[str]
    __table_args__ = (live_key("uq_past_payment", "year", "region", "scope", "fund"),)


class Notice(Base):
    """文书: a list, plan or notice that was made here or came in (`origin`).

    `kind` is a [[notice_kind]] of the policy, `holder` the province or city whose
    notice it is ("" for one that came in), `region` whom it is for ("" everybody;
    another province's code for those between provinces), `title` its printed name,
    `number` its 文号, which a withdrawn one of ours keeps, `state` the last of its
    steps. `sha256` and `stored` are the xlsx as it was issued. `source_lines`: the ids
    of the lines (F2, F4, F5) that it says, in runs: 17-340,512.
    """

    __tablename__ = "notice"
    id: Mapped[int] = given_id()
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    number: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]  # within holder, kind and year; 0 for what came in
    holder: Mapped[str] = mapped_column(REGION)
    region: Mapped[str] = mapped_column(REGION)
    period: Mapped[str] = mapped_column(String(8))
    origin: Mapped[str] = mapped_column(String(8))  # own, received
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    due_day: Mapped[date | None]  # by when the money has to be there
    payee_name: Mapped[str]  # where the money has to go, as printed
    payee_account: Mapped[str]
    payee_bank: Mapped[str]
    total: Mapped[Decimal]
    note: Mapped[str]
    source_lines: Mapped[str]
    state: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64))
    stored: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[str]
    __table_args__ = (
        Index(
            "uq_notice_number",
            "number",
            unique=True,
            sqlite_where=text("state != 'withdrawn'"),
            postgresql_where=text("state != 'withdrawn'"),
        ),
        Index("ix_notice_kind", "kind", "period", "region"),
    )


class NoticeLine(Base):
    """One amount of a notice: of a payer (or another province), scope and fund.

    `scope` is 跨省 or 省内; for 额度调整 between provinces the direction: 付款, 收款.
    """

    __tablename__ = "notice_line"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(REGION)
    scope: Mapped[str] = mapped_column(String(4))
    fund: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal]
    note: Mapped[str]


class NoticeStep(Base):
    """A step of a notice: made, issued, confirmed or disputed, submitted, approved,
    paid, received, or withdrawn."""

    __tablename__ = "notice_step"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    on_day: Mapped[date]
    reason: Mapped[str]
    evidence: Mapped[str]  # the bank's serial, a document's number
    by: Mapped[str]
    at: Mapped[str]


class BankAccount(Base):
    """A bank account of the fund, used in [from_day, until_day).

    `agency_book` keeps it on `subject`; `finance_book` is its twin ("" for a 支出户,
    which is the agency's alone). `funds`: the funds (险种) on it, 310、390 ("" all).
    """

    __tablename__ = "bank_account"
    id: Mapped[int] = given_id()
    number: Mapped[str] = mapped_column(String(60), index=True)
    name: Mapped[str]  # 户名
    bank: Mapped[str]  # 开户行
    region: Mapped[str] = mapped_column(REGION)
    agency_book: Mapped[str] = mapped_column(String(40))
    finance_book: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str]
    funds: Mapped[str]
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    cite: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]


class BankLine(SourceLine, Base):
    """F6 银行对账单: one line of a statement.

    `what`: transfer, payment, voucher (matched, the last by hand), interest, fee,
    fee-back, bounce (posted from the line), open, or freed (open again). `posting_id`
    is the posting that the line made, `matched_id` the one that it proves.
    """

    __tablename__ = "bank_line"
    account: Mapped[str] = mapped_column(String(60))
    holder: Mapped[str]
    day: Mapped[date]
    serial: Mapped[str]
    income: Mapped[Decimal]
    payment: Mapped[Decimal]
    balance: Mapped[Decimal]
    counterparty: Mapped[str]
    counter_account: Mapped[str]
    summary: Mapped[str]
    note: Mapped[str]
    what: Mapped[str] = mapped_column(String(10))
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    matched_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    matched_by: Mapped[str]
    matched_at: Mapped[str]
    __table_args__ = (
        live_key("uq_bank_line", "account", "serial"),
        Index("ix_bank_line_day", "account", "day"),
    )


class ProvinceQuota(SourceLine, Base):
    """F4: a year's advances between provinces (明细表), or their change (通知书)."""

    __tablename__ = "province_quota"
    year: Mapped[int]
    province: Mapped[str] = mapped_column(REGION)
    direction: Mapped[str] = mapped_column(String(4))  # 付款, 收款
    before: Mapped[Decimal | None]  # 原额度
    after: Mapped[Decimal]  # 调整后额度
    change: Mapped[Decimal]  # 调整额
    term: Mapped[str]  # 期限 as printed
    first: Mapped[bool]  # the first time: 跨省预付金收款通知书
    __table_args__ = (live_key("uq_province_quota", "year", "province", "direction"),)


class FundingLine(SourceLine, Base):
    """F5 省内异地就医预付金用款计划: what institutions of a place will need.

    `province`: whose people 外省参保 is for, where the form says so (ours).
    """

    __tablename__ = "funding_line"
    quarter: Mapped[str] = mapped_column(REGION)
    place: Mapped[str] = mapped_column(REGION)
    institution: Mapped[str] = mapped_column(String(12))
    institution_name: Mapped[str]
    fund: Mapped[str] = mapped_column(String(3))
    at_home: Mapped[Decimal]  # 省内参保
    elsewhere: Mapped[Decimal]  # 外省参保
    province: Mapped[str] = mapped_column(REGION)
    __table_args__ = (
        live_key(
            "uq_funding_line", "quarter", "place", "institution", "fund", "province"
        ),
    )


class AwayPayment(SourceLine, Base):
    """F7 机构拨付单 of the centre: paid for treatment away from home (X3, X5)."""

    __tablename__ = "away_payment"
    paid_on: Mapped[date]
    institution: Mapped[str] = mapped_column(String(12))
    institution_name: Mapped[str]
    period: Mapped[str] = mapped_column(String(8))
    fund: Mapped[str] = mapped_column(String(3))
    at_home: Mapped[Decimal]
    elsewhere: Mapped[Decimal]
    province: Mapped[str] = mapped_column(REGION)
    deducted: Mapped[Decimal]
    payer_account: Mapped[str]
    payee_account: Mapped[str]
    serial: Mapped[str]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)
    __table_args__ = (
        live_key("uq_away_payment", "payer_account", "serial", "fund", "province"),
    )


class ProvinceShare(Base):
    """How the other provinces' part of an X2 (`form` F1) or X5 (F7) line was shared
    out over them, kept with the line so that it can be retold.

    `basis`: form (the form names the province), notice (收款通知书), advances (what
    provinces hold with us).
    """

    __tablename__ = "province_share"
    form: Mapped[str] = mapped_column(String(4), primary_key=True)
    line_id: Mapped[int] = mapped_column(primary_key=True)
    province: Mapped[str] = mapped_column(REGION, primary_key=True)
    basis: Mapped[str] = mapped_column(String(8), primary_key=True)
    amount: Mapped[Decimal]


class ClearingWord(Base):
    """What was said of a clearing line that waits or waited (F2): disputed, settled,
    confirmed, taken-back.

    What was taken back had been confirmed on `confirmed_on` until `on_day`, and posted
    by `posting_id` (none where its net made no voucher); empty in other words.
    """

    __tablename__ = "clearing_word"
    line_id: Mapped[int] = mapped_column(
        ForeignKey("clearing_line.id"), primary_key=True
    )
    serial: Mapped[int] = mapped_column(primary_key=True)
    says: Mapped[str] = mapped_column(String(10))
    period: Mapped[str] = mapped_column(String(8))  # that was being confirmed
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    confirmed_on: Mapped[date | None]
    on_day: Mapped[date | None]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"))


class Suspension(Base):
    """暂停直接结算服务 of a region in [from_day, until_day), decided by a person."""

    __tablename__ = "suspension"
    id: Mapped[int] = given_id()
    region: Mapped[str] = mapped_column(REGION, index=True)
    from_day: Mapped[date]
    until_day: Mapped[date | None]  # the day of lifting, no longer suspended
    reason: Mapped[str]
    document: Mapped[str]  # 文号 of the decision
    by: Mapped[str]
    at: Mapped[str]
    lift_reason: Mapped[str]
    lift_document: Mapped[str]
    lifted_by: Mapped[str]
    lifted_at: Mapped[str]


class WarningNote(Base):
    """Who took note of a warning: of a payer in a book, since a day, at a level."""

    __tablename__ = "warning_note"
    id: Mapped[int] = given_id()
    book: Mapped[str] = mapped_column(String(40))
    payer: Mapped[str] = mapped_column(REGION)
    direction: Mapped[str] = mapped_column(String(10))
    quarter: Mapped[str] = mapped_column(REGION)
    level: Mapped[str] = mapped_column(String(10))
    since: Mapped[date]
    on_day: Mapped[date]  # when it was said
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
    __table_args__ = (Index("ix_warning_note_quarter", "quarter", "book", "payer"),)


class TaskMark(Base):
    """Somebody's word that a task of the calendar was done (or not after all)."""

    __tablename__ = "task_mark"
    task: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    region: Mapped[str] = mapped_column(REGION, primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True)
    done_on: Mapped[date | None]  # None: not done after all
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]
