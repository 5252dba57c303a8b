"""Payouts (划转): who may still be paid out of an account, with the clause.

The rules stand in the policy's file, in order; the first that fits a filing decides.
依据：攀枝花市医疗保障局2022年4月20日通知 一、三、附件2 二.2、三
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from ledger.errors import RuleError
from ledger.periods import Month
from posting_rules.personal import PayoutRule, Personal, payout_of

# How a filing's hardship stands on a day; "" where it names none.
VALID, EXPIRED, NOT_YET = "有效", "已到期", "未生效"
STATES = ("", VALID, EXPIRED, NOT_YET)
ACCRUED_BEFORE = "before"  # the setting's value that lets what had accrued go out


class Ruling(NamedTuple):
    """Whether a filing may be paid. `place` is the rule's, from 0: the least decides
    of several filings; `why` is a refusal's reason."""

    may: bool
    cite: str
    why: str
    place: int


class Withheld(NamedTuple):
    """What came back of such payouts is never paid out again."""

    scope: str
    before: date  # of runs whose month begins earlier
    cite: str


class Accrued(NamedTuple):
    """What a setting lets go out still: what stood at the end of `until`."""

    setting: str
    scope: str
    until: date
    cite: str


def hardship_state(
    hardship: str, verified_on: date | None, valid_until: date | None, on: date
) -> str:
    """How a hardship stands on a day: from 核实日期 to 有效期至, both included."""
    if not hardship:
        return ""
    if verified_on is None or valid_until is None or on < verified_on:
        return NOT_YET
    return VALID if on <= valid_until else EXPIRED


def ruling(
    document: Personal, scope: str, kind: str, state: str, month: Month
) -> Ruling:
    """Whether a filing is paid in a month's run; `state` is its hardship's.

    What no rule names is refused on the general clause.
    """
    on = month.first_day
    for place, rule in enumerate(document.payout_rules):
        if not (rule.from_day <= on < rule.until and _fits(rule, scope, kind)):
            continue
        if rule.hardship and state != VALID:
            continue
        why = "" if rule.may else _why(scope, kind, state)
        return Ruling(rule.may, f"{document.number} {rule.cite}", why, place)
    cite = f"{document.number} {document.payout['cite']}"
    why = f"{scope}{kind}没有准许划转的规定"
    return Ruling(False, cite, why, len(document.payout_rules))


def document_of(region: str) -> Personal | None:
    """As payout_of, or None where no document allows payouts."""
    try:
        return payout_of(region)
    except RuleError:
        return None


def never_paid(document: Personal, scope: str, kind: str, on: date) -> str:
    """The clause by which no filing of that kind is ever paid, or ""."""
    fitting = [rule for rule in document.payout_rules if _fits(rule, scope, kind)]
    if any(rule.may for rule in fitting):
        return ""
    cites = [rule.cite for rule in fitting if rule.from_day <= on < rule.until]
    return f"{document.number} {cites[0]}" if cites else ""


def withheld(document: Personal) -> Withheld:
    """Whose bounced money stays in the account. 依据：一"""
    row = document.bounce
    return Withheld(row["scope"], row["before"], f"{document.number} {row['cite']}")


def is_withheld(document: Personal, scope: str, month: Month) -> bool:
    """Whether a payout of that run, once it came back, is never paid again."""
    row = document.bounce
    return bool(row) and scope == row["scope"] and month.first_day < row["before"]


def accrued(document: Personal) -> Accrued | None:
    """What may go out still although the rules stopped it, if a setting says so."""
    row = document.payout.get("accrued")
    if row is None:
        return None
    until = row["before"] - timedelta(days=1)
    cite = f"{document.number} {row['cite']}"
    return Accrued(row["setting"], row["scope"], until, cite)


def still_paid(
    document: Personal, scope: str, kind: str, month: Month, value: str | None
) -> Accrued | None:
    """What of a stopped filing a run may pay still, by the setting's value."""
    row = accrued(document)
    if row is None or value != ACCRUED_BEFORE or row.scope != scope:
        return None
    stopped = row.until < month.first_day and not never_paid(
        document, scope, kind, row.until
    )
    return row if stopped and kind in document.payout["kinds"] else None


def unusual_month(document: Personal, month: Month) -> str:
    """A warning for a run in another month than the document's, or ""."""
    months = document.payout["months"]
    if month.number in months:
        return ""
    usual = "、".join(f"{number}月" for number in months)
    return (
        f"{month}不是定期划转的月份：应为{usual}"
        f"（{document.number} {document.payout['cite']}）"
    )


def _fits(rule: PayoutRule, scope: str, kind: str) -> bool:
    return rule.scope == scope and kind in rule.kinds


def _why(scope: str, kind: str, state: str) -> str:
    if state:
        return f"{scope}{kind}停止定期划转，特殊困难{state}"
    return f"{scope}{kind}停止定期划转"
