"""Whose people the 外省参保 part is for, where the form does not name the province.

By the 收款通知书 of the period; where none has come, by what each province's advances
with us still hold. The setting other-provinces = named wants it named instead.
依据：黔人社厅通〔2017〕204号 附件一 二（二）、三（一）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Sequence

from sqlalchemy import Connection

from importers.faults import Wrong
from ledger import regions, settings, standing
from ledger.advances import notices, province_shares
from ledger.advances.province_shares import ADVANCES, NOTICE, Shared
from ledger.money import grouped
from ledger.periods import Month, Quarter
from posting_rules.funding import apportioned

HELD = "暂收款——外省预付金"
RECEIPT_NOTICE = "receipt-notice"
REMEDY = "写明参保省份代码的表"


def overdrawn(connection: Connection, book: str, provinces: Sequence[str]) -> list[str]:
    """Of some provinces those for whose people more was paid than they have sent."""
    told = []
    for _, province, net in standing.held_net(connection, [book], [HELD]):
        if net < 0 and province in provinces:
            told.append(
                f"{regions.name(province)}参保人员的费用已超过其预付金和清算资金"
                f"{grouped(-net)}元（{book}），请核对并催收"
            )
    return told


class Provinces:
    """Shares parts out by what the database holds before the file that asks."""

    def __init__(self, connection: Connection, book: str):
        self.connection = connection
        self.book = book  # whose 暂收款——外省预付金 counts
        self._held: dict[date, dict[str, dict[str, Decimal]]] = {}

    def shared(
        self, amount: Decimal, fund: str, period: Month | Quarter, on: date
    ) -> list[Shared]:
        """An amount above zero by province; Wrong says why that cannot be."""
        if self._named(on) == "named":
            why = f"中外省参保的{grouped(amount)}没有写明省份（设置 other-provinces）"
            raise Wrong(why, REMEDY)
        for basis, weights in (
            (NOTICE, self._noticed(fund, period)),
            (ADVANCES, self._standing(fund, on)),
        ):
            above = {at: weight for at, weight in weights.items() if weight > 0}
            if above:
                parts = apportioned(amount, above)
                return [Shared(at, basis, part) for at, part in parts.items()]
        why = f"中外省参保的{grouped(amount)}没有写明省份，也没有可据以分摊的收款通知书"
        why += f"和外省预付金余额（险种{fund}）"
        raise Wrong(why, f"{REMEDY}；或先导入收款通知书、外省预付金的划拨单")

    def _noticed(self, fund: str, period: Month | Quarter) -> dict[str, Decimal]:
        """By province, what the notices of the period (and its months) say we get."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for asked in {str(period), *map(str, period.months)}:
            for region, kept, amount in self._notices.get(asked, ()):
                if kept == fund:
                    sums[regions.province_of(region)] += amount
        return sums

    def _standing(self, fund: str, on: date) -> dict[str, Decimal]:
        if on not in self._held:
            self._held[on] = province_shares.held(self.connection, self.book, HELD, on)
        return self._held[on].get(fund, {})

    @cached_property
    def _named(self):
        return settings.dated(self.connection, "other-provinces")

    @cached_property
    def _notices(self) -> dict[str, Sequence[tuple[str, str, Decimal]]]:
        """By period the lines of standing 收款通知书: region, fund, amount."""
        found: dict[str, list] = defaultdict(list)
        for notice in notices.notices(self.connection, kind=RECEIPT_NOTICE):
            if notice.standing:
                for line in notices.lines(self.connection, notice.id):
                    kept = (line.region, line.fund, line.amount)
                    found[notice.period].append(kept)
        return dict(found)
