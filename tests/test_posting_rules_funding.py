"""Money for institutions shared out: largest remainder, parts that add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posting_rules.funding import NO_NEED, UNSAID, Need, apportioned, part_of

FEN = st.integers(0, 10**9).map(lambda fen: Decimal(fen).scaleb(-2))
WEIGHTS = st.dictionaries(st.sampled_from(["430000", "440000", "510000"]), FEN)
NEEDS = st.builds(Need, FEN, WEIGHTS)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (
            "1.00",
            {"a": "1", "b": "1", "c": "1"},
            {"a": "0.34", "b": "0.33", "c": "0.33"},
        ),
        ("0.02", {"a": "1", "b": "1", "c": "2"}, {"a": "0.01", "c": "0.01"}),
        ("5.00", {"a": "0", "b": "7", "c": "-1"}, {"b": "5.00"}),
        ("0.00", {"a": "1"}, {}),
        ("0.00", {}, {}),
    ],
)
def test_an_amount_is_shared_by_largest_remainder(amount, weights, parts):
    weights = {key: Decimal(weight) for key, weight in weights.items()}
    shared = apportioned(Decimal(amount), weights)

    assert {key: str(part) for key, part in shared.items()} == parts


def test_each_need_takes_its_part():
    need = Need(Decimal("60.00"), {"440000": Decimal("30"), UNSAID: Decimal("10")})

    assert part_of(need, Decimal("50.00")) == Need(
        Decimal("30.00"), {UNSAID: Decimal("5.00"), "440000": Decimal("15.00")}
    )


@given(NEEDS, st.lists(st.integers(0, 100), max_size=5))
def test_however_a_need_is_cut_the_parts_never_pass_it_and_end_with_it(need, cuts):
    taken = NO_NEED
    for share in cuts:
        left = need.less(taken)
        amount = (left.total * share / 100).quantize(Decimal("0.01"), "ROUND_DOWN")
        part = part_of(left, amount)
        assert part.total == amount
        assert part.home <= left.home
        assert all(part.others[p] <= left.others[p] for p in part.others)
        taken = taken.plus(part)
    whole = taken.plus(part_of(need.less(taken), need.total - taken.total))

    assert whole.home == need.home
    assert {p: a for p, a in whole.others.items() if a} == {
        p: a for p, a in need.others.items() if a
    }


def test_what_was_taken_beyond_a_need_leaves_none_of_it():
    need = Need(Decimal("5.00"), {"440000": Decimal("1.00")})
    taken = Need(Decimal("6.00"), {"510000": Decimal("1.00")})

    assert need.less(taken) == Need(
        Decimal("0.00"), {"440000": Decimal("1.00"), "510000": Decimal("0.00")}
    )
