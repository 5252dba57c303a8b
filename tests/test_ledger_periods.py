"""Months and quarters: what they are equal to."""

from ledger.periods import Month, Quarter


def test_january_is_not_the_first_quarter():
    compared = [Month(2018, 1) == Quarter(2018, 1), Quarter(2018, 1) == Month(2018, 1)]

    assert compared == [False, False]


def test_a_pair_with_january_differs_from_the_pair_with_the_first_quarter():
    amounts = {(Month(2018, 1), "跨省"): 1, (Quarter(2018, 1), "跨省"): 2}

    assert len(amounts) == 2


def test_a_month_is_equal_to_itself_and_hashes_alike():
    assert {Month(2018, 1), Month(2018, 1)} == {Month(2018, 1)}
