"""How the forms of the sample's province-year look on paper: F4 to F9, and old codes.

Before a county is renamed its forms carry the code that it had then.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from desk.sample import forms
from desk.sample.forms import Layout, name
from ledger import regions
from ledger.documents import (
    BankLine,
    Clearing,
    Funding,
    InstitutionPayment,
    NoticeLine,
    PastPayment,
    ProvinceQuota,
    Transfer,
)
from ledger.funds import fund_names


@cache
def code(today: str, on: date) -> str:
    """The code that a place had on a day."""
    before = [
        row
        for row in regions.table()
        if row.successor == today and row.until and on < row.until
    ]
    return before[0].code if before else today


def _transfer(line: Transfer) -> tuple:
    cells = list(forms.TRANSFERS.cells(line))
    cells[2], cells[4] = code(line.payer, line.paid_on), code(line.payee, line.paid_on)
    return tuple(cells)


def _clearing(line: Clearing) -> tuple:
    cells = list(forms.CLEARINGS.cells(line))
    cells[4] = code(line.insured, line.period.last_day)
    return tuple(cells)


def _past(line: PastPayment) -> tuple:
    on = date(line.year, 1, 1)
    place = (code(line.region, on), name(line.region, on))
    return (line.year, *place, line.scope, fund_names()[line.fund], line.amount, "")


def _province_quota(line: ProvinceQuota) -> tuple:
    place = (line.province, regions.name(line.province))
    return (line.year, *place, line.direction, *line[5:9])


def _funding(line: Funding) -> tuple:
    place = (line.place, name(line.place, line.quarter.first_day))
    whose = line.province and regions.name(line.province)
    return (
        *(str(line.quarter), *place, line.institution, line.institution_name),
        *(fund_names()[line.fund], line.at_home, line.elsewhere, line.total),
        *(line.province, whose),
    )


def _bank_line(line: BankLine) -> tuple:
    head = (line.account, line.holder, line.day, line.serial)
    moved = (line.income or None, line.payment or None, line.balance)
    return (*head, *moved, line.counterparty, line.counter_account, line.summary, "")


class Paid(NamedTuple):
    """A line of F7, and the institution's name that the line itself does not keep."""

    name: str
    line: InstitutionPayment


def _payment(paid: Paid) -> tuple:
    line = paid.line
    return (
        *(line.paid_on, line.institution, paid.name, str(line.period)),
        *(fund_names()[line.fund], line.at_home, line.elsewhere),
        *(line.amount, line.deducted or None, line.payer_account),
        *(line.payee_account, line.serial),
    )


def _notice(line: NoticeLine) -> tuple:
    return (
        *(line.number, str(line.period), line.region, regions.name(line.region)),
        *(line.scope, fund_names()[line.fund], line.amount, line.due_day),
        *(line.payee_name, line.payee_account, line.payee_bank, line.note),
    )


OPENINGS = forms.OPENINGS
TRANSFERS = forms.TRANSFERS._replace(cells=_transfer)
CLEARINGS = forms.CLEARINGS._replace(cells=_clearing)
PAST = Layout(
    "往年支付额",
    tuple("年度 统筹区代码 统筹区 用途 险种 基金支付额 备注".split()),
    _past,
    ("基金支付额",),
)
PROVINCE_QUOTAS = Layout(
    "明细表",
    tuple("年度 省份代码 省份 方向 原额度 调整后额度 调整额 期限".split()),
    _province_quota,
    ("原额度", "调整后额度", "调整额"),
)
FUNDING = Layout(
    "用款计划",
    tuple(
        "季度 就医地代码 就医地 机构代码 机构名称 险种 省内参保 外省参保 合计 "
        "参保省份代码 参保省份".split()
    ),
    _funding,
    ("省内参保", "外省参保", "合计"),
)
STATEMENT = Layout(
    "对账单",
    tuple(
        "账号 户名 日期 交易流水号 收入金额 支出金额 余额 对方户名 对方账号 摘要 备注".split()
    ),
    _bank_line,
    (),
)
PAYMENTS = Layout(
    "机构拨付单",
    tuple(
        "付款日期 机构代码 机构名称 结算期 险种 省内参保 外省参保 金额 扣款 付款账号 "
        "收款账号 交易流水号".split()
    ),
    _payment,
    ("省内参保", "外省参保", "金额"),
)
NOTICES = Layout(
    "通知书",
    tuple(
        "通知书编号 期间 单位代码 单位 用途 险种 金额 期限 收款户名 收款账号 开户行 "
        "备注".split()
    ),
    _notice,
    ("金额",),
)
