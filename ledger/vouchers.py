"""Vouchers as data: lines with a side, vouchers, and the posting that holds them.

借 and 贷 stay two lists (`side`) until `signed` makes beancount's signs; a red
amount (红字) is a negative amount on its own side.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger.errors import BookError
from ledger.money import NOTHING, grouped

DEBIT, CREDIT = "借", "贷"


class Line(NamedTuple):
    """One line of a voucher: printed subject, detail (a region's code or ""), fund."""

    side: str
    subject: str
    detail: str
    fund: str
    amount: Decimal


class Voucher(NamedTuple):
    """A voucher before it is recorded: what one entry says in one book."""

    book: str
    dated: date  # 填制日期, the day it counts in the book
    occurred_on: date  # 业务日期: 付款、到账 or 确认日期
    rule: str  # guizhou_2017_204/2.1.3, or "" for a voucher by hand
    basis: str
    event: str
    scope: str
    period: str  # 清算期, or the quarter of an advance; "" when there is none
    quarter: str
    payee: str  # the other party's name
    narration: str
    lines: tuple[Line, ...]
    attachments: int
    source: str  # file#sheet!R7, where the voucher comes from
    reverses_id: int | None = None  # the recorded voucher that this one reverses
    red: bool = False  # 红字
    evidence: str = ""  # the bank's 流水号 and the notice, 清算单号: what proves it


class Posting(NamedTuple):
    """All vouchers that one source unit makes, in every book that it touches.

    `unit` is the unit's business key; `link` prefixes its hash in books. `leg`
    tells the two halves of a transfer apart: paid and received.
    """

    unit: str
    link: str
    leg: str
    event: str
    vouchers: tuple[Voucher, ...]
    reverses_id: int | None = None  # the recorded posting that this one reverses
    tag_of: str = ""  # the link to share; by default the unit's own

    @property
    def tag(self) -> str:
        return self.tag_of or f"{self.link}-{unit_hash(self.unit)}"


def unit_hash(unit: str) -> str:
    """16 hex digits of the key's hash, as links carry them."""
    return hashlib.sha256(unit.encode()).hexdigest()[:16]


def signed(side: str, amount: Decimal) -> Decimal:
    """The one place where a side becomes a sign: 借 plus, 贷 minus."""
    return amount if side == DEBIT else -amount


def cut(lines: list[Line]) -> tuple[Line, ...]:
    """A voucher's lines as they are kept: one a side, account and fund, no zeros."""
    sums: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        sums[line[:4]] += line.amount
    return tuple(Line(*place, amount) for place, amount in sums.items() if amount)


def check_balanced(voucher: Voucher) -> None:
    """Raise BookError unless debit equals credit within each fund (险种)."""
    nets: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for line in voucher.lines:
        nets[line.fund] += signed(line.side, line.amount)
    for fund, net in nets.items():
        if net:
            raise BookError(
                f"{voucher.book}的凭证“{voucher.narration}”险种{fund}借贷不平，"
                f"借方减贷方为{grouped(net)}元；借贷应当相等"
            )
