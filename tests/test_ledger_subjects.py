"""Subjects: printings are read, accounts are valid, names are of the year."""

import pytest
from beancount.core.account import is_valid

from ledger.errors import BookError
from ledger.subjects import account, subject, subjects

DETAILS = {"": "", "county": "520204", "city": "520100", "province": "440000"}
DETAILS["region"] = "340100"


@pytest.mark.parametrize(
    "printed",
    [
        "暂付款——异地就医款",
        "暂付款—异地就医款",
        "暂付款-异地就医款",
        "暂付款:异地就医款",
        "暂付款 —— 异地就医款(省本级)",
        "暂付款——异地就医款（省级）*****元",
    ],
)
def test_a_subject_is_read_whatever_its_separators(printed):
    assert subject(printed).printed == "暂付款——异地就医款"


def test_expenditure_of_own_share_and_of_passed_on_money_are_two_accounts():
    own = subject("医保支出——异地就医支出（市本级部分）").account
    lower = subject("医保支出——异地医保支出（县区部分）").account

    assert own != lower


@pytest.mark.parametrize("kept", subjects(), ids=lambda kept: kept.printed)
def test_every_account_is_valid_for_beancount(kept):
    made = account(kept.printed, fund="390", detail=DETAILS[kept.detail], year=2018)

    assert is_valid(made)


def test_no_two_subjects_share_an_account():
    accounts = [kept.account for kept in subjects()]

    assert len(accounts) == len(set(accounts))


def test_a_detail_account_has_the_name_of_the_years_first_day():
    names = [
        account("暂收款——各县、区", fund="310", detail="520204", year=year)
        for year in (2017, 2020, 2021)
    ]

    assert [name.rpartition(":")[2] for name in names] == [
        "520204水城县",
        "520204水城县",
        "520204水城区",
    ]


def test_an_unknown_subject_is_refused_with_the_way_to_the_table():
    with pytest.raises(BookError, match="没有“应收款”这个科目.*yibao book subjects"):
        subject("应收款")


def test_a_detail_is_needed_where_the_subject_has_one():
    with pytest.raises(BookError, match="要有辅助明细"):
        account("暂收款——各县、区", fund="310", detail="", year=2017)
