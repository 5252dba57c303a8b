"""Lines of clearing lists that a city disputes: notes, city by city.

They are in no book until the dispute is settled and the city confirms them. 依据：附件一
三（二）2。
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Iterator

from sqlalchemy import Connection

from ledger import regions
from ledger.money import NOTHING
from ledger.periods import period
from posting_rules.policies import Policy
from reports.advances.waiting import Dispute, disputes
from reports.checks.findings import NOTE, Finding

REASONS = 3  # that are told; there may be one a line


def disputed(connection: Connection, policy: Policy, on: date) -> Iterator[Finding]:
    """What of periods that had begun by a day is disputed."""
    by_city: dict[str, list[Dispute]] = defaultdict(list)
    for line in disputes(connection):
        if period(line.period).first_day <= on:
            by_city[regions.city_of(line.insured)].append(line)
    for city, lines in sorted(by_city.items()):
        own = regions.level(city) == "own"
        book = f"{policy.province}-province-agency" if own else f"{city}-city-agency"
        amount = sum((line.amount for line in lines), NOTHING)
        reasons = list(dict.fromkeys(line.reason for line in lines))
        more = "等" if len(reasons) > REASONS else ""
        periods = "、".join(sorted({line.period for line in lines}))
        yield Finding(
            "确认",
            book,
            f"{regions.name(city)}{periods}清算明细有异议{len(lines)}行",
            "已确认",
            "有异议",
            amount,
            NOTE,
            f"{'；'.join(reasons[:REASONS])}{more}；处理后用 yibao confirm --settle",
        )
