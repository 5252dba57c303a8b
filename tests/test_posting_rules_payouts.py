"""Who may be paid out of an account: the rules of 攀枝花, case by case."""

from datetime import date

import pytest
from desk_by_hand import cases

from ledger.errors import RuleError
from ledger.periods import Month, period
from posting_rules import payouts
from posting_rules.personal import payout_of

PZH = payout_of("510400")


@pytest.mark.parametrize("case", cases("payouts"), ids=lambda case: case["name"])
def test_who_may_be_paid(case):
    month = period(case["month"])
    state = payouts.hardship_state(
        case.get("hardship", ""),
        case.get("verified_on"),
        case.get("valid_until"),
        month.last_day,
    )
    ruling = payouts.ruling(PZH, case["scope"], case["kind"], state, month)

    assert (ruling.may, ruling.cite) == (case["may"], f"{PZH.number} {case['cite']}")


def test_every_filing_has_exactly_one_first_rule_in_every_month_since_2002():
    for scope in ("省内", "跨省"):
        for kind in (*PZH.payout["kinds"], "跨制度转移"):
            for state in payouts.STATES:
                for month in (Month(2002, 1), Month(2022, 2), Month(2030, 8)):
                    ruling = payouts.ruling(PZH, scope, kind, state, month)

                    assert ruling.place < len(PZH.payout_rules)


def test_a_refusal_says_why():
    stopped = payouts.ruling(PZH, "省内", "异地安置", "已到期", Month(2022, 8))

    assert stopped.why == "省内异地安置停止定期划转，特殊困难已到期"


def test_what_no_rule_names_is_refused():
    before = payouts.ruling(PZH, "跨省", "异地安置", "", Month(2001, 8))

    assert not before.may and before.cite.endswith("附件2 一")


def test_moving_to_another_scheme_inside_the_province_is_never_paid():
    on = date(2022, 1, 1)

    assert payouts.never_paid(PZH, "省内", "跨制度转移", on).endswith("〔2018〕7号）")
    assert payouts.never_paid(PZH, "跨省", "跨制度转移", on) == ""
    assert payouts.never_paid(PZH, "省内", "异地安置", date(2023, 1, 1)) == ""


def test_bounced_money_of_runs_inside_the_province_before_the_stop_is_withheld():
    assert payouts.is_withheld(PZH, "省内", Month(2022, 2))
    assert not payouts.is_withheld(PZH, "省内", Month(2022, 3))
    assert not payouts.is_withheld(PZH, "跨省", Month(2022, 2))


def test_what_accrued_before_the_stop_stood_on_the_last_day_of_february():
    assert payouts.accrued(PZH).until == date(2022, 2, 28)


def test_runs_are_in_february_and_august():
    assert payouts.unusual_month(PZH, Month(2022, 8)) == ""
    assert "2月、8月" in payouts.unusual_month(PZH, Month(2022, 7))


def test_a_region_without_a_document_of_payouts_pays_none():
    with pytest.raises(RuleError, match="劳社厅发〔2002〕6号 三"):
        payout_of("511300")
