"""A notice as it lies on the table: what its workbook and its page both show.

Rows first, looks last: whoever makes a notice fills this; notice_sheet.py and
notice_page.py lay it out and compute nothing.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from reports.xlsx import Column


class Payee(NamedTuple):
    """Where the money has to go (附件一 一（三）)."""

    name: str
    number: str
    bank: str


class Step(NamedTuple):
    """A step that was taken: 已下达, by whom, on which day, with which word."""

    name: str
    who: str  # 省级经办机构
    by: str
    on: date
    reason: str
    evidence: str


class Opinion(NamedTuple):
    """A box on the paper where somebody says their word, and what they said."""

    title: str  # 市（州）财政部门审核意见
    said: str = ""  # 已审核，王五，2018年1月20日; "" before


class Sum(NamedTuple):
    """A row 小计 among the lines: of those that it adds up, in its own words."""

    after: int  # how many lines stand above it
    row: Sequence  # as long as a row, its label first
    amount: Decimal
    words: str = ""  # the amount in words, where it is told below the table


class NoticePaper(NamedTuple):
    """One notice; `columns` and `rows` are those of the form that reads it back."""

    kind: str  # a [[notice_kind]]'s id
    title: str  # 贵州省异地就医费用预付金明细表
    number: str  # 文号
    office: str  # who issues it
    addressee: str  # 主送, "" for a list for everybody
    period: str  # 2018年一季度
    made_on: date
    due_day: date | None  # by when the money has to be there
    text: str  # the paragraph above the table, "" for none
    payee: Payee | None
    columns: tuple[Column, ...]
    rows: Sequence[Sequence]
    total: Sequence  # the row 合计, as long as a row
    amount: Decimal  # the notice's amount, below zero for money back
    words: str  # the amount in words, 大写
    notes: Sequence[str]
    cite: str
    state: str  # 已下达
    steps: Sequence[Step]
    next_step: str  # 下一步：市（州）经办机构确认，截止2018-04-20; "" at the end
    opinions: Sequence[Opinion] = ()  # boxes to sign in, in their order
    sums: Sequence[Sum] = ()  # where unlike things are never added: no 合计 is printed
    mark: str = ""  # printed across what does not count: 未下达, 已撤回
