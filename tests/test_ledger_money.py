"""Money is whole fen, periods are half open, fen survive both databases."""

import doctest
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ledger import money, periods, subjects
from ledger.errors import SourceError
from ledger.money import from_fen, to_fen, whole_fen
from ledger.periods import Month, Quarter, month_of, period, quarter_of


@pytest.mark.parametrize("module", [money, periods, subjects])
def test_the_examples_in_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


@given(st.integers(-(10**17), 10**17))
def test_fen_come_back_as_they_went(fen):
    assert whole_fen(from_fen(fen)) == fen


@pytest.mark.parametrize(
    "amount, rounded",
    [("0.005", "0.01"), ("0.004", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68")],
)
def test_rounding_is_half_up(amount, rounded):
    assert to_fen(Decimal(amount)) == Decimal(rounded)


def test_a_part_of_a_fen_is_a_bug():
    with pytest.raises(AssertionError):
        whole_fen(Decimal("0.001"))


def test_large_amounts_keep_their_fen_in_the_database(home):
    amount = Decimal("99999999999999.99")
    with home.reading() as connection:
        stored = connection.execute(
            text("SELECT CAST(:fen AS BIGINT)"), {"fen": whole_fen(amount)}
        ).scalar()

    assert from_fen(stored) == amount


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_a_day_lies_in_its_month_and_quarter(day):
    month, quarter = month_of(day), quarter_of(day)

    assert month.first_day <= day < month.next.first_day
    assert quarter.first_day <= day < quarter.next.first_day
    assert month in quarter.months and month.quarter == quarter


@pytest.mark.parametrize(
    "printed, read",
    [
        ("2017-06", Month(2017, 6)),
        ("2017年6月", Month(2017, 6)),
        ("201706", Month(2017, 6)),
        ("2017Q2", Quarter(2017, 2)),
        ("2017q2", Quarter(2017, 2)),
        ("2017年2季度", Quarter(2017, 2)),
        ("2017年第二季度", Quarter(2017, 2)),
    ],
)
def test_a_period_is_read_as_forms_write_it(printed, read):
    assert period(printed) == read


@pytest.mark.parametrize("printed", ["", "2017", "2017-13", "2017Q5", "二季度"])
def test_what_is_no_period_is_refused(printed):
    with pytest.raises(SourceError, match="不是期间"):
        period(printed)
