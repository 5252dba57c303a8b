"""虚账 or 实账: whether a region keeps accounts, or pays them out in money.

What the setting account-mode says of a region on a day, else the region's document.
依据：皖医保中心〔2024〕39号 二（五）
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Callable

from sqlalchemy import Connection

from ledger import settings
from posting_rules.families import family_rule

SETTING, PAID_OUT = "account-mode", "paid-out"


def is_paid_out(connection: Connection, region: str, on: date) -> bool:
    """Whether a region's accounts are paid out in money, and so pay no bills."""
    return paid_out(connection)(region, on)


def paid_out(connection: Connection) -> Callable[[str, date], bool]:
    """The same for many: each region and day is looked up once."""

    @cache
    def of_region(region: str) -> Callable[[date], str | None]:
        return settings.dated(connection, SETTING, region)

    @cache
    def on_day(region: str, on: date) -> bool:
        said = of_region(region)(on)
        if said is not None:
            return said == PAID_OUT
        rule = family_rule(region, on)
        return rule is not None and region in rule.real

    return on_day
