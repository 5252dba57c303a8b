"""Clearing lines of a region that was suspended or not yet admitted: notes."""

from __future__ import annotations

from datetime import date
from typing import Iterator

from sqlalchemy import Connection

from ledger.periods import period
from posting_rules.policies import Policy
from reports.advances.flags import flags_of
from reports.checks.findings import NOTE, Finding


def flagged(connection: Connection, policy: Policy, on: date) -> Iterator[Finding]:
    """What reports/advances/flags.py says of the lines of periods begun by a day."""
    for flag in flags_of(connection):
        if period(flag.period).first_day <= on and (flag.since or on) <= on:
            yield Finding(
                "接入",
                f"{policy.province}-centre",
                f"{flag.period}清算",
                "已接入、未暂停的统筹区",
                flag.text,
                "",
                NOTE,
                "只作提示，没有拒收；请核实这些行",
            )
