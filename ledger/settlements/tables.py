"""The tables of bills, families and clearing between regions.

As in ledger/people: tables of persons hold `person_id` in every key, `freed` is 0
while a line counts, months are texts. Times are texts too, 2024-07-03 10:22:00, so
that they compare in their order. Regions are pooling regions (today's city codes) of
the home's province; a place outside it is the other province's code.

Money of a line is signed: what it adds. What a refund or a reversal gives back stands
below zero, so that sums over lines are what is left.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ledger.people.tables import CLUSTERED, PERSON_ID, PersonRow, person_id
from ledger.schema import Base, given_id

REGION, TIME = String(6), String(19)


class Institution(Base):
    """G10 定点医药机构名册: designated from `from_day` to `until_day`, both included."""

    __tablename__ = "institution"
    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    from_day: Mapped[date] = mapped_column(primary_key=True)
    until_day: Mapped[date | None]  # its last day
    name: Mapped[str]
    level: Mapped[str] = mapped_column(String(8))  # 三级, 二级及以下, 定点零售药店
    region: Mapped[str] = mapped_column(REGION)
    qualified: Mapped[bool]  # 药店符合条件
    payee_account: Mapped[str]
    payee_bank: Mapped[str]
    sheet: Mapped[str]
    document_id: Mapped[int]
    row: Mapped[int]


class Binding(PersonRow, Base):
    """G4 家庭共济绑定: `person_id` is the grantee (被授权人).

    Holds in [bound_at, unbound_at), "" while it stands. `relation` is what the grantee
    is to the grantor. Equal times go by `serial`, the order of registration
    (RULES.md section 2, reading 11). The regions are those of the day of binding.
    """

    __tablename__ = "binding"
    grantor_id: Mapped[str] = mapped_column(PERSON_ID, primary_key=True)
    bound_at: Mapped[str] = mapped_column(TIME, primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    relation: Mapped[str] = mapped_column(String(8))
    # The grantee's 险种 then; "" for 职工医保. A relative who was employed for a while
    # is one again.
    fund: Mapped[str] = mapped_column(String(3), server_default="")
    person_region: Mapped[str] = mapped_column(REGION)
    grantor_region: Mapped[str] = mapped_column(REGION)
    notice: Mapped[str]  # 告知书编号
    serial: Mapped[int]
    sheet: Mapped[str]
    unbound_at: Mapped[str] = mapped_column(TIME)
    unbound_document_id: Mapped[int | None]
    unbound_row: Mapped[int | None]
    __table_args__ = (Index("ix_binding_grantor_id", "grantor_id"), CLUSTERED)


class Settlement(PersonRow, Base):
    """G3 门诊结算清单, split; its parts add up to the total (identity 12).

    `act`: 收费, 退费, 冲正; 补记 for what `match` makes up. 退费 and 冲正 name `original`
    and its month. `deducted_before` and `paid_before` are the accumulators of the year
    as the bill found them, `deductible` what it used; `ruled`: an outpatient rule
    governs the line, it counts in outpatient_year. `taken`: the list carried the
    split, ours is the check and `differences` says where it differs (JSON, yuan).
    `late`: it came after younger bills of its family (reading 17).
    """

    __tablename__ = "settlement"
    # A month's lines lie together, as they come and are cleared.
    month: Mapped[str] = mapped_column(String(7), primary_key=True, sort_order=-20)
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(TIME)
    act: Mapped[str] = mapped_column(String(2))
    original: Mapped[str] = mapped_column(String(60))
    original_month: Mapped[str] = mapped_column(String(7))
    region: Mapped[str] = mapped_column(REGION)  # 参保地: the pooling region
    fund: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(2))  # 在职, 退休, "" for residents
    channel: Mapped[str] = mapped_column(String(2))  # 联网, 手工
    institution: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(REGION)  # 就医地
    category: Mapped[str] = mapped_column(String(12))
    total: Mapped[Decimal]
    in_policy: Mapped[Decimal]
    deductible: Mapped[Decimal]
    pooled: Mapped[Decimal]
    other: Mapped[Decimal]
    own: Mapped[Decimal]
    shared: Mapped[Decimal]
    cash: Mapped[Decimal]
    deducted_before: Mapped[Decimal]
    paid_before: Mapped[Decimal]
    ruled: Mapped[bool]
    taken: Mapped[bool]
    differences: Mapped[str]
    late: Mapped[bool]
    note: Mapped[str]
    sheet: Mapped[str]
    batch_id: Mapped[int]  # of the person's region
    __table_args__ = (CLUSTERED,)


class SettlementShare(Base):
    """共济: what one account of the family paid of a bill, in the order of deduction."""

    __tablename__ = "settlement_share"
    month: Mapped[str] = mapped_column(String(7), primary_key=True, sort_order=-20)
    person_id: Mapped[str] = person_id()  # who was treated
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    payer_id: Mapped[str] = mapped_column(PERSON_ID)
    payer_region: Mapped[str] = mapped_column(REGION)  # 授权地
    relation: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(REGION)
    amount: Mapped[Decimal]
    batch_id: Mapped[int]  # of the payer's region
    __table_args__ = (CLUSTERED,)


class SettlementSum(Base):
    """What the lines of one posting add up to: the ground of vouchers and clearing.

    A line's amounts stand in one row a part: 统筹, 其他基金, 个账 (payer = region) and
    共济 (payer = 授权地). `act` is 收费 (with 补记) or 退还. `clearing_id` says which
    clearing between regions took it; only 联网 rows with payer ≠ place need one.
    """

    __tablename__ = "settlement_sum"
    id: Mapped[int] = given_id()
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    act: Mapped[str] = mapped_column(String(2))
    part: Mapped[str] = mapped_column(String(4))
    place: Mapped[str] = mapped_column(REGION)
    region: Mapped[str] = mapped_column(REGION)
    payer: Mapped[str] = mapped_column(REGION)
    fund: Mapped[str] = mapped_column(String(3))  # whose money it is
    channel: Mapped[str] = mapped_column(String(2))
    category: Mapped[str] = mapped_column(String(12))
    relation: Mapped[str] = mapped_column(String(8))  # of 共济, else ""
    lines: Mapped[int]
    amount: Mapped[Decimal]
    clearing_id: Mapped[int | None] = mapped_column(ForeignKey("clearing.id"))
    __table_args__ = (
        Index(
            "ix_settlement_sum_open",
            "month",
            sqlite_where=text("clearing_id IS NULL"),
            postgresql_where=text("clearing_id IS NULL"),
        ),
    )


class InstitutionSum(Base):
    """What the networked lines of one posting owe an institution, by fund.

    `fund` is the bill's own for pooled and other; own and shared are the accounts'.
    `clearing_id` says which clearing with institutions took it.
    """

    __tablename__ = "institution_sum"
    id: Mapped[int] = given_id()
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    institution: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(REGION)
    fund: Mapped[str] = mapped_column(String(3))
    lines: Mapped[int]
    total: Mapped[Decimal]
    pooled: Mapped[Decimal]
    other: Mapped[Decimal]
    own: Mapped[Decimal]
    shared: Mapped[Decimal]
    clearing_id: Mapped[int | None] = mapped_column(ForeignKey("clearing.id"))
    __table_args__ = (
        Index(
            "ix_institution_sum_open",
            "month",
            sqlite_where=text("clearing_id IS NULL"),
            postgresql_where=text("clearing_id IS NULL"),
        ),
    )


class OutpatientYear(Base):
    """A person's year: what of the deductible is used, what the fund has paid.

    Kept up by every line that stands, drafts included; `check` adds the lines up.
    """

    __tablename__ = "outpatient_year"
    person_id: Mapped[str] = person_id()
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deducted: Mapped[Decimal]
    paid: Mapped[Decimal]
    __table_args__ = (CLUSTERED,)


class Premium(PersonRow, Base):
    """G5 代缴保费清单: `person_id` is the insured; all or nothing."""

    __tablename__ = "premium"
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(TIME)
    kind: Mapped[str] = mapped_column(String(12))  # 险种 of the premium
    year: Mapped[int]
    amount: Mapped[Decimal]
    region: Mapped[str] = mapped_column(REGION)  # 参保地
    sheet: Mapped[str]
    batch_id: Mapped[int | None]
    posting_id: Mapped[int | None]
    __table_args__ = (CLUSTERED,)


class PremiumShare(Base):
    """What one account paid of a premium, in the order of deduction."""

    __tablename__ = "premium_share"
    person_id: Mapped[str] = person_id()  # the insured
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    payer_id: Mapped[str] = mapped_column(PERSON_ID)
    payer_region: Mapped[str] = mapped_column(REGION)
    relation: Mapped[str] = mapped_column(String(8))  # 本人 for the own account
    amount: Mapped[Decimal]
    batch_id: Mapped[int]
    __table_args__ = (CLUSTERED,)


class PremiumSum(Base):
    """What a posting's premiums add up to: cleared yearly between regions, paid on."""

    __tablename__ = "premium_sum"
    id: Mapped[int] = given_id()
    posting_id: Mapped[int] = mapped_column(ForeignKey("posting.id"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    region: Mapped[str] = mapped_column(REGION)  # 参保地
    payer: Mapped[str] = mapped_column(REGION)  # 授权地
    kind: Mapped[str] = mapped_column(String(12))
    relation: Mapped[str] = mapped_column(String(8))
    lines: Mapped[int]
    amount: Mapped[Decimal]
    clearing_id: Mapped[int | None] = mapped_column(ForeignKey("clearing.id"))
    paid_on_id: Mapped[int | None] = mapped_column(ForeignKey("clearing.id"))


class Clearing(Base):
    """清算: a period's statements, of one kind; `kind`: family, institutions, premiums.

    `state`: made, done (every part is posted), undone.
    """

    __tablename__ = "clearing"
    id: Mapped[int] = given_id()
    kind: Mapped[str] = mapped_column(String(12))
    province: Mapped[str] = mapped_column(REGION)
    period: Mapped[str] = mapped_column(String(7))
    serial: Mapped[int]  # 1, 2 … of a period: later ones take what came later
    netted: Mapped[bool]
    state: Mapped[str] = mapped_column(String(6))
    made_by: Mapped[str]
    made_at: Mapped[str]
    __table_args__ = (Index("ix_clearing_period", "kind", "period"),)


class ClearingPart(Base):
    """What one payer owes one payee in a clearing, on one subject and fund.

    Of family and premiums payer and payee are regions; of institutions the payer is
    the region, the payee the institution. `gross` is what the lines say, `net` what
    is paid (netting; below zero it flows back).
    """

    __tablename__ = "clearing_part"
    id: Mapped[int] = given_id()
    clearing_id: Mapped[int] = mapped_column(ForeignKey("clearing.id"), index=True)
    subject: Mapped[str] = mapped_column(String(12))  # 家庭共济, 异地结算, …
    payer: Mapped[str] = mapped_column(REGION)
    payee: Mapped[str] = mapped_column(String(12))
    fund: Mapped[str] = mapped_column(String(3))
    lines: Mapped[int]
    gross: Mapped[Decimal]
    net: Mapped[Decimal]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)


class ClearingConfirmation(Base):
    """What a region said of its statement: confirmed or disputed, who and when."""

    __tablename__ = "clearing_confirmation"
    clearing_id: Mapped[int] = mapped_column(
        ForeignKey("clearing.id"), primary_key=True
    )
    region: Mapped[str] = mapped_column(REGION, primary_key=True)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    says: Mapped[str] = mapped_column(String(9))  # confirmed, disputed
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[str]


class InstitutionPayment(Base):
    """F7 机构拨付单: a payment to an institution with the bank's evidence (P7, P17)."""

    __tablename__ = "institution_payment"
    payer_account: Mapped[str] = mapped_column(String(60), primary_key=True)
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    institution: Mapped[str] = mapped_column(String(12), primary_key=True)
    fund: Mapped[str] = mapped_column(String(3), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    paid_on: Mapped[date]
    period: Mapped[str] = mapped_column(String(7))  # 结算期
    place: Mapped[str] = mapped_column(REGION)
    amount: Mapped[Decimal]  # what was paid
    deducted: Mapped[Decimal]  # 审核扣款
    payee_account: Mapped[str]
    sheet: Mapped[str]
    document_id: Mapped[int]
    row: Mapped[int]
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("posting.id"), index=True)


class OtherSettlement(Base):
    """G9 对方结算清单: the other side's record of a shared settlement.

    `resolved`: "", posted (补记) or reversed (冲正), by which settlement line of ours.
    """

    __tablename__ = "other_settlement"
    person_id: Mapped[str] = person_id()  # 授权人
    serial: Mapped[str] = mapped_column(String(60), primary_key=True)
    freed: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))
    at: Mapped[str] = mapped_column(TIME)
    act: Mapped[str] = mapped_column(String(2))
    place: Mapped[str] = mapped_column(REGION)
    payer_region: Mapped[str] = mapped_column(REGION)
    amount: Mapped[Decimal]
    sheet: Mapped[str]
    document_id: Mapped[int]
    row: Mapped[int]
    resolved: Mapped[str] = mapped_column(String(8))
    __table_args__ = (Index("ix_other_settlement_month", "month"), CLUSTERED)
