"""What the pooled fund pays of an outpatient bill, case by case (南充市)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from desk_by_hand import cases

from posting_rules.outpatient import reimburse, rule_of
from posting_rules.personal import documents_of

NANCHONG = "511300"
FIRST, AFTER = date(2023, 1, 1), date(2028, 1, 1)
STATUSES, COSTS = ("在职", "退休"), ("普通门诊", "购药")
LEVELS = ("三级", "二级及以下", "定点零售药店")
USUAL = {
    "region": NANCHONG,
    "status": "在职",
    "on": date(2023, 5, 1),
    "category": "普通门诊",
    "place": "三级",
    "qualified": True,
    "deducted": "0.00",
    "paid": "0.00",
    "none": False,
}


def fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


def shared(case: dict):
    """(起付线内, 统筹支付, 个人负担) of a case in fen, or None without a rule."""
    case = {**USUAL, **case}
    rule = rule_of(case["region"], case["status"], case["category"], case["on"])
    if rule is None or case["place"] in rule.qualified and not case["qualified"]:
        return None
    return tuple(
        reimburse(
            fen(case["bill"]),
            rule,
            case["place"],
            deducted=fen(case["deducted"]),
            paid=fen(case["paid"]),
        )
    )


@pytest.mark.parametrize("case", cases("outpatient"), ids=lambda case: case["name"])
def test_what_the_pooled_fund_pays(case):
    expected = None if case.get("none") else tuple(map(fen, case["shared"]))

    assert shared(case) == expected
    assert expected is None or sum(expected) == fen(case["bill"])


def test_every_rate_and_level_has_a_case():
    told = {
        (case.get("status", "在职"), case.get("place", "三级"))
        for case in cases("outpatient")
        if not case.get("none")
    }

    assert told == {(status, level) for status in STATUSES for level in LEVELS}


@pytest.mark.parametrize("category", COSTS)
@pytest.mark.parametrize("status", STATUSES)
def test_on_every_day_of_the_term_one_version_of_the_rule_holds_outside_none(
    status, category
):
    day = FIRST - timedelta(days=40)
    while day < AFTER + timedelta(days=40):
        holding = [
            rule
            for document in documents_of(NANCHONG)
            for rule in document.outpatient
            if rule.from_day <= day < rule.until
            and rule.status == status
            and category in rule.costs
        ]

        assert len(holding) == (1 if FIRST <= day < AFTER else 0), day
        day += timedelta(days=1)


@pytest.mark.parametrize("status", STATUSES)
def test_every_level_has_a_rate_and_pharmacies_alone_must_qualify(status):
    rule = rule_of(NANCHONG, status, "普通门诊", FIRST)

    assert set(rule.rates) == set(LEVELS)
    assert rule.qualified == ("定点零售药店",)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("level", LEVELS)
def test_bills_cut_into_parts_are_paid_as_one_but_for_their_rounding(status, level):
    """Seventeen bills, none a round figure: within a fen a bill of their sum."""
    rule = rule_of(NANCHONG, status, "普通门诊", FIRST)
    deducted = paid = 0
    bills = [1_003 + 997 * number for number in range(17)]
    for bill in bills:
        part = reimburse(bill, rule, level, deducted=deducted, paid=paid)
        assert sum(part) == bill and min(part) >= 0
        deducted, paid = deducted + part.deductible, paid + part.fund
    whole = reimburse(sum(bills), rule, level, deducted=0, paid=0)

    assert deducted == whole.deductible
    assert abs(paid - whole.fund) <= len(bills) and paid <= rule.cap
