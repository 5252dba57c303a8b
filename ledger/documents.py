"""Source documents and their lines: what a form says, before any rule.

A reader (importers/) makes these from a file; rules (posting_rules/) make
vouchers of them; the store (ledger/sources.py) keeps them. Region codes are
today's codes, amounts Decimal yuan to the fen, absent texts "", absent days and
numbers None. `sheet` and `row` (counted from 1) say where the line stands.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Iterable, Iterator, NamedTuple, Sequence

from ledger.periods import Month, Quarter


class SourceDocument(NamedTuple):
    """One file, read whole: `form` is F0 to F9."""

    form: str
    name: str  # the file's name, without folders
    sha256: str
    lines: Sequence[NamedTuple]  # of the form's kind, below
    totalled: bool  # the file carries 合计 figures, and they agree


class Opening(NamedTuple):
    """A line of F0 科目期初余额表: a balance at the end of `cutoff`."""

    sheet: str
    row: int
    book: str
    cutoff: date | None
    subject: str  # printed
    detail: str  # printed: a region's code or name, or ""
    fund: str
    debit: Decimal
    credit: Decimal


class Transfer(NamedTuple):
    """A line of F1 预付金划拨单: one purpose's part of a bank transfer."""

    sheet: str
    row: int
    paid_on: date
    received_on: date | None  # None: under way (在途)
    payer: str
    payee: str
    nature: str  # 预付金, 紧急调增, 额度调整, 清算资金, 退回
    scope: str  # 跨省, 省内
    fund: str
    own: Decimal  # 本级金额
    lower: Decimal  # 下级金额
    quarter: Quarter | None
    notice: str
    payer_account: str
    payee_account: str
    payer_bank: str
    serial: str
    received_serial: str
    attachments: int | None
    note: str

    @property
    def total(self) -> Decimal:
        return self.own + self.lower


class Clearing(NamedTuple):
    """A line of F2 异地就医费用清算明细: one payer, place, fund and period."""

    sheet: str
    row: int
    list_number: str  # 清算单号
    nature: str  # 正常, 补清算, 冲减
    period: Month | Quarter
    scope: str  # 跨省, 省内
    insured: str  # 参保地: a county, a city's own people (..99), 529900
    place: str  # 就医地: today's code, as the form has it
    fund: str
    category: str  # 医疗类别
    visits: int | None  # 人次
    total_cost: Decimal | None  # 医疗总费用
    pooled: Decimal | None  # 统筹支付
    serious: Decimal | None  # 大病支付
    civil: Decimal | None  # 公务员补助
    personal: Decimal | None  # 个人账户支付
    other: Decimal | None  # 其他基金
    amount: Decimal  # 基金支付
    confirmed_on: date | None
    note: str


class Quota(NamedTuple):
    """A line of F3 预付金明细表: an advance that was set; no money moves."""

    sheet: str
    row: int
    quarter: Quarter
    edition: int  # 版次
    kind: str  # 核定, 紧急调增, 额度调整
    region: str  # 统筹区代码
    fund: str
    abroad: Decimal  # 跨省核定额
    home: Decimal  # 省内核定额
    note: str

    @property
    def total(self) -> Decimal:
        return self.abroad + self.home


class InstitutionPayment(NamedTuple):
    """A line of F7 机构拨付单: what one fund paid an institution in a bank transfer."""

    sheet: str
    row: int
    paid_on: date
    institution: str
    period: Month | Quarter  # 结算期
    fund: str
    at_home: Decimal | None  # 省内参保
    elsewhere: Decimal | None  # 外省参保
    amount: Decimal  # what was paid
    deducted: Decimal  # 审核扣款
    payer_account: str
    payee_account: str
    serial: str
    institution_name: str = ""
    province: str = ""  # 参保省份代码 (ours, optional): whose people, "" unsaid

    @property
    def settled(self) -> Decimal:
        """What of the amount due is done with."""
        return self.amount + self.deducted

    @property
    def away(self) -> bool:
        """Whether it says for whose people it is: the centre's, away from home."""
        return self.at_home is not None or self.elsewhere is not None


class AwayPayment(NamedTuple):
    """A line of F7 that the centre paid, for treatment away from home (X3, X5)."""

    sheet: str
    row: int
    paid_on: date
    institution: str
    institution_name: str
    period: Month | Quarter  # 结算期
    fund: str
    at_home: Decimal  # 省内参保
    elsewhere: Decimal  # 外省参保
    province: str  # 参保省份代码, "" unsaid
    deducted: Decimal  # 审核扣款; it comes back by 冲减 and makes no entry
    payer_account: str
    payee_account: str
    serial: str


class ProvinceQuota(NamedTuple):
    """A line of F4: a year's advance between us and another province."""

    sheet: str
    row: int
    year: int
    province: str
    direction: str  # 付款, 收款
    before: Decimal | None  # 原额度
    after: Decimal  # 调整后额度
    change: Decimal  # 调整额
    term: str  # 期限, as printed
    first: bool  # 跨省预付金收款通知书: the first time


class Funding(NamedTuple):
    """A line of F5 用款计划: what an institution (or a whole place) will need."""

    sheet: str
    row: int
    quarter: Quarter
    place: str
    institution: str
    institution_name: str
    fund: str
    at_home: Decimal  # 省内参保
    elsewhere: Decimal  # 外省参保
    province: str  # 参保省份代码 (ours, optional): whose people, "" unsaid

    @property
    def total(self) -> Decimal:
        return self.at_home + self.elsewhere


class BankLine(NamedTuple):
    """A line of F6 银行对账单; one of `income` and `payment` is zero."""

    sheet: str
    row: int
    account: str
    holder: str  # 户名
    day: date
    serial: str
    income: Decimal
    payment: Decimal
    balance: Decimal
    counterparty: str
    counter_account: str
    summary: str
    note: str


class NoticeLine(NamedTuple):
    """A line of F8 通知书: one amount of a notice, ours read back or one received.

    `kind` is the policy's [[notice_kind]] whose name the title carries.
    """

    sheet: str
    row: int
    kind: str
    number: str  # 通知书编号
    period: Month | Quarter | None
    region: str  # 单位代码: a payer here, or another province
    scope: str
    fund: str
    amount: Decimal
    due_day: date | None  # 期限
    payee_name: str
    payee_account: str
    payee_bank: str
    note: str


class PastPayment(NamedTuple):
    """A line of F9 往年基金支付额表: what a region's fund paid away from home in a
    year before its books."""

    sheet: str
    row: int
    year: int
    region: str
    scope: str
    fund: str
    amount: Decimal
    note: str


ROWS_NAMED = 8  # runs of rows that a source names before it counts them


def source_text(name: str, lines: Iterable) -> str:
    """Where lines stand: 预付金划拨单.xlsx#划拨单!R7-R9,R12."""
    by_sheet: dict[str, list[int]] = {}
    for line in lines:
        by_sheet.setdefault(line.sheet, []).append(line.row)
    return rows_text(name, by_sheet)


def rows_text(name: str, by_sheet: dict[str, list[int]]) -> str:
    places = []
    for sheet, rows in by_sheet.items():
        runs = list(islice(_runs(sorted(rows)), ROWS_NAMED + 1))
        text = ",".join(
            f"R{first}" if first == last else f"R{first}-R{last}"
            for first, last in runs[:ROWS_NAMED]
        )
        if len(runs) > ROWS_NAMED:
            text += f"等{len(rows)}行"
        places.append(f"{sheet}!{text}" if sheet else text)
    return f"{name}#{';'.join(places)}"


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of rows that follow one another; rows ascend."""
    first = last = rows[0]
    for row in rows[1:]:
        if row > last + 1:
            yield first, last
            first = row
        last = row
    yield first, last
