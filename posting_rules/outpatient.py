"""Outpatient benefit: which part of a bill the pooled fund pays.

Amounts are whole fen, as lists of people have them; rates are exact fractions.
依据：南府办发〔2022〕33号 第六条、第七条、第十二条
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ledger.money import whole_fen


class OutpatientRule(NamedTuple):
    """What one status is paid of its outpatient bills, in [from_day, until).

    `deductible` and `cap` are whole fen a calendar year, the cap on what the fund
    pays. Institutions of a level in `qualified` count only if they qualify.
    """

    status: str
    from_day: date
    until: date
    costs: tuple[str, ...]  # 费用类别
    deductible: int
    rates: dict[str, Fraction]  # by level of institution
    cap: int
    qualified: tuple[str, ...]
    cite: str


class Reimbursement(NamedTuple):
    """How one bill's in-policy part is shared, in whole fen; they add up to it."""

    deductible: int  # 起付线内，由个人负担
    fund: int  # 统筹基金支付
    person: int  # 起付线以上由个人负担


def outpatient_rule(row: dict) -> OutpatientRule:
    """A [[outpatient]] table of a policy."""
    return OutpatientRule(
        row["status"],
        row["from"],
        row["until"],
        tuple(row["costs"]),
        whole_fen(Decimal(row["deductible"])),
        {level: Fraction(Decimal(rate)) for level, rate in row["rate"].items()},
        whole_fen(Decimal(row["cap"])),
        tuple(row["qualified"]),
        row["cite"],
    )


@lru_cache(maxsize=16_384)
def rule_of(region: str, status: str, category: str, on: date) -> OutpatientRule | None:
    """A region's rule for a kind of cost on a day; None where the list must say what
    the fund pays."""
    from posting_rules.personal import documents_of

    for document in documents_of(region):
        for rule in document.outpatient:
            in_force = rule.from_day <= on < rule.until
            if in_force and rule.status == status and category in rule.costs:
                return rule
    return None


def reimburse(
    bill: int, rule: OutpatientRule, level: str, *, deducted: int, paid: int
) -> Reimbursement:
    """Share one in-policy outpatient bill between pooled fund and person.

    `deducted` and `paid` are what this year's earlier bills used of the deductible
    and of the cap, whatever the status was then.
    依据：南府办发〔2022〕33号 第七条

    >>> from datetime import date
    >>> rule = OutpatientRule("在职", date.min, date.max, (), 20000,
    ...     {"三级": Fraction(1, 2)}, 100000, (), "")
    >>> reimburse(50000, rule, "三级", deducted=0, paid=0)
    Reimbursement(deductible=20000, fund=15000, person=15000)
    """
    deductible, fund = benefit(bill, rule, level, deducted, paid)
    return Reimbursement(deductible, fund, bill - deductible - fund)


def benefit(
    bill: int, rule: OutpatientRule, level: str, deducted: int, paid: int
) -> tuple[int, int]:
    """What a bill uses of the deductible, and what the fund pays: as `reimburse`."""
    deductible = rule.deductible - deducted
    if deductible < 0:
        deductible = 0
    if deductible > bill:
        deductible = bill
    fund = half_up(bill - deductible, rule.rates[level])
    left = rule.cap - paid
    if fund > left:
        fund = left if left > 0 else 0
    return deductible, fund


def half_up(amount: int, rate: Fraction) -> int:
    """A rate of whole fen, 四舍五入 (RULES.md section 2, reading 6); none is negative.

    >>> half_up(25, Fraction(1, 2)), half_up(24, Fraction(1, 2))
    (13, 12)
    """
    under = rate.denominator
    return (2 * amount * rate.numerator + under) // (2 * under)
