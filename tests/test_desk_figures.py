"""Published figures and budgets: set once for a region, corrected only when said so."""

import json

import pytest
from people_by_hand import LI, NANCHONG

from desk.homes import put_setting
from desk.people.batch_posting import figure_of
from ledger import settings
from ledger.errors import BookError, UsageError
from ledger.periods import Month
from posting_rules.personal import credits_for

FIGURE = "average-pension-2021"


def put(home, name, value, region=NANCHONG, **how):
    return put_setting(home, LI, name, value, region=region, cite="公报", **how)


def figures(home, name=FIGURE):
    with home.reading() as connection:
        found = [row.value for row in settings.rows(connection) if row.name == name]
        counting = settings.figure(connection, name, NANCHONG)
    return found, counting and counting.value


def test_a_figure_is_kept_to_the_fen(sichuan_home):
    assert put(sichuan_home, FIGURE, "3350")

    assert figures(sichuan_home) == (["3350.00"], "3350.00")


def test_the_same_figure_again_changes_nothing(sichuan_home):
    put(sichuan_home, FIGURE, "3350.00")

    assert not put(sichuan_home, FIGURE, "3350.0")
    assert figures(sichuan_home) == (["3350.00"], "3350.00")


def test_another_value_is_refused_with_the_first_and_the_remedy(sichuan_home):
    put(sichuan_home, FIGURE, "3350.00")

    with pytest.raises(BookError, match=r"3350\.00（依据：公报）.*--correct"):
        put(sichuan_home, FIGURE, "3360.00")
    assert figures(sichuan_home) == (["3350.00"], "3350.00")


def test_a_correction_adds_a_row(sichuan_home):
    put(sichuan_home, FIGURE, "3350.00")

    assert put(sichuan_home, FIGURE, "3360.00", correct=True)
    assert figures(sichuan_home) == (["3350.00", "3360.00"], "3360.00")


def test_only_what_was_set_is_corrected(sichuan_home):
    with pytest.raises(BookError, match="还没有设过"):
        put(sichuan_home, FIGURE, "3360.00", correct=True)
    with pytest.raises(UsageError, match="不是公布的数字"):
        put(sichuan_home, "review", "by-rule", region="", correct=True)


@pytest.mark.parametrize("value", ["0", "0.00", "-1", "1.234", "３350", "1e3", ""])
def test_a_figure_is_an_amount_above_zero(value, sqlite_sichuan_home):
    with pytest.raises(UsageError, match="应为大于零.*如 3350.00"):
        put(sqlite_sichuan_home, FIGURE, value)


@pytest.mark.parametrize("region", ["", "511302", "520100", "510000"])
def test_a_figure_is_of_a_pooling_region_of_the_province(region, sqlite_sichuan_home):
    with pytest.raises(UsageError):
        put(sqlite_sichuan_home, FIGURE, "3350.00", region=region)


def test_a_figure_counts_from_its_setting_not_from_a_day(sqlite_sichuan_home):
    from datetime import date

    with pytest.raises(UsageError, match="--from"):
        put(sqlite_sichuan_home, FIGURE, "3350.00", from_day=date(2023, 1, 1))


def test_a_budget_may_be_nothing_and_its_hint_is_a_budgets(sichuan_home):
    name = "account-budget-2023-转出"

    put(sichuan_home, name, "0")

    assert figures(sichuan_home, name) == (["0.00"], "0.00")
    with pytest.raises(UsageError, match="零或大于零.*如 12000000.00"):
        put(sichuan_home, name, "-1")


def test_a_budget_may_be_revised(sichuan_home):
    name = "account-budget-2023-在职计入"
    put(sichuan_home, name, "100.00")
    put(sichuan_home, name, "120.00")

    assert figures(sichuan_home, name) == (["100.00", "120.00"], "120.00")


@pytest.mark.parametrize(
    "name",
    ["average-pension-21", "average-pension-", "account-budget-2023-工资", "pension"],
)
def test_a_name_outside_the_patterns_is_none(name, sqlite_sichuan_home):
    with pytest.raises(UsageError, match="没有“.*”这项设置"):
        put(sqlite_sichuan_home, name, "100.00")


def test_the_command_says_what_it_did(sichuan):
    words = [
        "setting",
        "set",
        FIGURE,
        "3350.00",
        "--region",
        NANCHONG,
        "--cite",
        "公报",
    ]
    told = [json.loads(sichuan(*words, "--json")[1])["status"] for _ in range(2)]

    assert told == ["set", "already-set"]
    words[3] = "3360.00"
    code, _, error = sichuan(*words)
    assert code == 1 and "3350.00" in error
    assert sichuan(*words, "--correct")[0] == 0
    code, listed, _ = sichuan("setting", "list")
    assert "3350.00" in listed and "3360.00" in listed and "{year}" in listed


def test_a_figure_that_is_not_set_is_asked_for_in_words(sichuan_home):
    rule = credits_for(NANCHONG, Month(2023, 1))[1]["退休"]

    with sichuan_home.reading() as connection:
        with pytest.raises(
            BookError,
            match="南充市还没有设置2021年基本养老金平均水平（average-pension-2021）"
            ".*yibao setting set average-pension-2021 金额 --region 511300",
        ):
            figure_of(connection, NANCHONG, rule)
