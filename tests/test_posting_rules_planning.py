"""The formula of the next advance: worked cases, words, and what it may not say."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from desk_by_hand import cases
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import RuleError
from posting_rules.planning import number, work, yuan
from posting_rules.policies import policy_of

POLICY = policy_of("520000")
NAMES = [row["name"] for row in POLICY.plan["input"]]
LATER = {"last": Decimal("300000"), "advance": Decimal("500000")}


def inputs(**given):
    """Every input of the formula: nothing, but three months that are listed."""
    said = {name: Decimal(value) for name, value in given.items()}
    return {**dict.fromkeys(NAMES, Decimal(0)), "listed": 3, **said}


def with_line(**changes):
    """The policy with its last line of 核定 changed."""
    lines = [
        {**row, **changes} if row["name"] == "rounded" else row
        for row in POLICY.plan["line"]
    ]
    return POLICY._replace(plan={**POLICY.plan, "line": lines})


@pytest.mark.parametrize("case", cases("plan"), ids=lambda case: case["name"])
def test_worked_cases(case):
    worked = work(
        POLICY,
        case.get("kind", "核定"),
        inputs(**case["inputs"]),
        case.get("parameters", {}),
    )
    if case.get("unknown"):
        assert (worked.unknown, worked.steps) == (True, ())
        return
    steps = {name: worked.value(name) for name in case.get("steps", {})}

    assert (worked.amount, steps) == (
        Decimal(case["amount"]),
        {name: Fraction(value) for name, value in case.get("steps", {}).items()},
    )


def test_a_working_says_every_line_in_words_and_with_numbers():
    worked = work(POLICY, "核定", inputs(**LATER, waiting="-0.01"))
    told = [(s.title, s.words, s.numbers) for s in worked.steps if s.name != "monthly"]

    assert told[1:3] + told[4:] == [
        ("上季度末结余", "上季度预付金－上季度清算额", "500,000.00－300,000.00"),
        (
            "保障额",
            "首期时，月均支付×首期保障月数；否则月均支付×以后各期保障月数",
            "100,000.00×5",
        ),
        (
            "应补预付金",
            "应有预付金－上季度末结余－在途和已核定未上解－待缴清算资金",
            "500,000.00－200,000.00－（-0.01）－0.00",
        ),
        ("本期预付金", "取整（应补预付金，取整单位）", "取整（300,000.01，100.00）"),
    ]


def test_brackets_stay_where_the_order_of_reckoning_needs_them():
    formula = "(last - (advance - waiting)) / (listed * 2) - -last"
    policy = with_line(formula=f"rounded_to({formula}, unit)")
    worked = work(policy, "核定", inputs(last="60", advance="-6", waiting="12"))

    assert worked.steps[-1].numbers == (
        "取整（（60.00－（-6.00－12.00））÷（3×2）－－（60.00），100.00）"
    )


def test_what_is_kept_holds_exact_values_and_where_parameters_come_from():
    worked = work(POLICY, "核定", inputs(last="1000"), {"months": "11/2"})
    kept = json.loads(worked.as_json())
    lines = {line["name"]: line for line in kept["lines"]}
    months = next(p for p in kept["parameters"] if p["name"] == "months")

    assert (lines["monthly"]["value"], lines["monthly"]["shown"]) == (
        "1000/3",
        "333.33",
    )
    assert (months["value"], months["cite"]) == ("5.5", "设置")


@pytest.mark.parametrize(
    "formula",
    [
        "rounded_to(needed, 0.5)",  # a float is not exact
        "needed ** 2",
        "__import__('os')",
        "needed.real",
        "[needed][0]",
        "unknown + 1",
        "needed > 0",  # a judgement, no amount
        "needed / 0",
        "needed / 3",  # not whole fen
        "needed +",
        "max(needed, key=unit)",
    ],
)
def test_a_formula_that_cannot_be_reckoned_is_refused_with_its_line(formula):
    with pytest.raises(RuleError, match="预付金公式“本期预付金”"):
        work(with_line(formula=formula), "核定", inputs(**LATER, waiting="0.01"))


@pytest.mark.parametrize("text", ["", "-1", "1/0", "五", "1e3", "1/2/3", "0x10"])
def test_a_parameter_that_is_no_number_is_refused(text):
    with pytest.raises(RuleError, match="不是数"):
        number(text)


@pytest.mark.parametrize("chosen", [{"weight": "3/2"}, {"unit": "0"}])
def test_a_parameter_out_of_its_range_is_refused(chosen):
    with pytest.raises(RuleError, match="yibao setting set"):
        work(POLICY, "核定", inputs(**LATER), chosen)


def test_a_value_is_shown_to_the_fen_half_up_on_both_sides_of_nothing():
    shown = [yuan(Fraction(n, 1000)) for n in (1005, -1005, 1004)]

    assert shown == [Decimal("1.01"), Decimal("-1.01"), Decimal("1.00")]


def test_the_formula_takes_what_it_declares_and_settings_are_its_parameters():
    from ledger.settings import known

    names = {row["name"] for row in POLICY.plan["parameter"]}

    assert set(known()["plan-{kind}"].kinds) == names


FEN = st.integers(-(10**11), 10**11).map(lambda fen: Decimal(fen) / 100)
PAID = st.integers(0, 10**11).map(lambda fen: Decimal(fen) / 100)


@given(
    last=FEN,
    listed=st.integers(0, 3),
    advance=FEN,
    waiting=FEN,
    cash=PAID,
    history=PAID,
    first=st.booleans(),
    estimate=PAID,
)
def test_the_formula_is_what_a_plain_reckoning_says(
    last, listed, advance, waiting, cash, history, first, estimate
):
    quarter = Fraction(last)
    if not first and listed in (1, 2):
        quarter = quarter * 3 / listed
    elif not first and listed == 0:
        quarter += Fraction(history)
    used = [amount for amount in (quarter, Fraction(history)) if amount > 0]
    monthly = sum(used) / len(used) / 3 if used else Fraction(estimate)
    target = max(monthly * (4 if first else 5), Fraction(0))
    needed = target - (Fraction(advance) - quarter) - Fraction(waiting + cash)
    hundreds = int(abs(needed) / 100 + Fraction(1, 2)) * (1 if needed > 0 else -1)
    given_inputs = dict(last=last, listed=listed, advance=advance, waiting=waiting)
    given_inputs |= dict(cash=cash, history=history, years=1, estimate=estimate)
    worked = work(POLICY, "核定", inputs(**given_inputs, first=int(first)))
    nothing = not (last or history or estimate) and (first or not listed)
    assert worked.unknown == nothing
    if nothing:
        return

    assert worked.amount == 100 * hundreds
