"""F2 异地就医费用清算明细: vouchers in every book, city by city."""

from datetime import date

import pytest
from desk_by_hand import (
    LI,
    WANG,
    cases,
    clearings,
    count,
    printed,
    take,
    take_clearings,
    take_transfers,
)

from desk.homes import put_setting
from desk.vouchers import approve, list_vouchers, reject
from ledger.schema import ClearingLine, Voucher

WAITING = "参保地代码 | 确认日期\n520102 | {0}\n520302 | {1}"


@pytest.mark.parametrize("case", cases("clearings"), ids=lambda case: case["name"])
def test_vouchers_of_a_clearing_list(case, sqlite_home):
    if "ended" in case:
        put_setting(
            sqlite_home,
            LI,
            "county-books",
            "ended",
            region=case["ended"],
            from_day=date(2017, 7, 1),
            cite="测试",
        )

    result = take_clearings(sqlite_home, case["rows"])

    assert (result.message, result.status) == ("", "posted")
    assert result.as_json()["status"] == "posted"
    assert printed(sqlite_home, *case.get("books", ())) == case["vouchers"].strip()


def test_a_list_is_posted_on_each_database(home):
    result = take_clearings(home, "参保地代码\n520102\n529900")

    assert [(v.name, str(v.amount)) for v in result.vouchers] == [
        ("520102-county-agency/2017-07/1", "100.00"),
        ("520100-city-agency/2017-07/1", "100.00"),
        ("520000-centre/2017-07/1", "100.00"),
        ("520000-province-agency/2017-07/1", "100.00"),
        ("520000-centre/2017-07/2", "100.00"),
    ]


def test_a_net_of_zero_keeps_its_lines(home):
    rows = "清算性质 | 基金支付\n正常 | 30.00\n冲减 | -30.00"

    result = take_clearings(home, rows)
    again = take_clearings(home, rows)

    assert (result.status, result.new, count(home, ClearingLine)) == ("posted", 2, 2)
    assert (again.status, again.known) == ("already-posted", 2)


def test_the_same_list_again_is_known_and_posts_nothing(home):
    take_clearings(home, "参保地代码\n520102\n520103")

    again = take_clearings(home, "参保地代码\n520102\n520103")

    assert (again.status, again.new, again.known) == ("already-posted", 0, 2)


def test_lines_wait_and_are_confirmed_city_by_city(home):
    waiting = take_clearings(home, WAITING.format("", ""))
    first = take_clearings(home, WAITING.format("2017-07-10", ""))
    second = take_clearings(home, WAITING.format("2017-07-10", "2017-07-12"))
    older = take_clearings(home, WAITING.format("", ""))

    assert (waiting.status, waiting.new, waiting.vouchers) == ("posted", 2, [])
    assert (first.completed, first.known) == (1, 1)
    assert [v.book for v in first.vouchers] == [
        "520102-county-agency",
        "520100-city-agency",
        "520000-centre",
    ]
    assert (second.completed, second.known) == (1, 1)
    assert {str(v.dated) for v in second.vouchers} == {"2017-07-12"}
    assert (older.status, older.known) == ("already-posted", 2)


def test_a_city_may_confirm_more_of_a_list_on_the_same_day(home):
    take_clearings(home, "险种\n310")

    more = take_clearings(home, "险种\n310\n390")

    assert (more.status, more.new, more.known) == ("posted", 1, 1)
    assert [v.name for v in more.vouchers] == [
        "520102-county-agency/2017-07/2",
        "520100-city-agency/2017-07/2",
        "520000-centre/2017-07/2",
    ]


def test_a_supplement_may_come_as_often_as_it_comes(sqlite_home):
    take_clearings(sqlite_home, "清算单号 | 清算性质\nA | 正常")

    first = take_clearings(sqlite_home, "清算单号 | 清算性质\nB | 补清算")
    second = take_clearings(sqlite_home, "清算单号 | 清算性质\nC | 补清算")

    assert (first.status, second.status) == ("posted", "posted")


def test_the_period_makes_the_quarter_whatever_the_day(sqlite_home):
    take_clearings(sqlite_home, "清算期 | 确认日期\n2017-06 | 2017-10-09")

    with sqlite_home.reading() as connection:
        rows = connection.execute(Voucher.__table__.select()).all()
    assert {(r.period, r.quarter, str(r.dated)) for r in rows} == {
        ("2017-06", "2017Q2", "2017-10-09")
    }


def test_clearing_beyond_the_advance_is_posted_and_warned(sqlite_home):
    take_transfers(
        sqlite_home, "到账日期 | 本级金额\n2017-05-02 | 99.99"
    )  # 520102 to 520100

    result = take_clearings(sqlite_home, "基金支付\n100.00")

    assert result.status == "posted"
    assert result.warnings == [
        "南明区的清算已超过预付金0.01元（520100-city-agency），差额应列入下期预付金",
        "贵阳市的清算已超过预付金100.00元（520000-centre），差额应列入下期预付金",
    ]


def test_clearing_to_the_fen_of_the_advance_is_not_warned(sqlite_home):
    take_transfers(
        sqlite_home,
        "到账日期 | 付款方代码 | 收款方代码 | 本级金额 | 交易流水号\n"
        "2017-05-02 | 520102 | 520100 | 100.00 | A\n"
        "2017-05-02 | 520100 | 520000 | 100.00 | B",
    )

    result = take_clearings(sqlite_home, "基金支付\n100.00")

    assert result.warnings == []


def test_only_payers_of_the_list_are_warned_of(sqlite_home):
    take_clearings(sqlite_home, "清算单号 | 参保地代码\nA | 520302")

    result = take_clearings(sqlite_home, "清算单号 | 参保地代码\nB | 520102")

    assert "遵义市" not in "".join(result.warnings)


def test_a_draft_list_is_approved_city_by_city(home):
    drafted = take_clearings(home, "参保地代码\n520102\n520302", draft=True)
    city = next(v for v in drafted.vouchers if v.book == "520300-city-agency")

    approve(home, WANG, [f"#{city.id}"])

    assert drafted.status == "draft"
    assert "520102" not in printed(home)
    assert "520302-county-agency 2017-07-10 2.2.1 记-1" in printed(home)
    assert "520102-county-agency 2017-07-10 2.2.1 草稿" in printed(home, state="draft")


def test_under_second_person_a_list_is_a_draft_and_a_rejection_frees_it(home):
    put_setting(home, LI, "review", "second-person", cite="测试")
    drafted = take_clearings(home, "参保地代码\n520102\n520302")

    reject(home, WANG, [f"#{drafted.vouchers[0].id}"], "金额不对")
    again = take_clearings(
        home, "参保地代码 | 基金支付\n520102 | 99.00\n520302 | 100.00"
    )

    assert (drafted.status, again.status) == ("draft", "draft")
    assert (again.new, again.known) == (1, 1)


def test_a_list_without_totals_is_posted_by_rule(sqlite_home):
    result = take(sqlite_home, "F2", clearings("基金支付\n1.00"), total=False)

    assert result.status == "posted"


def test_under_the_corrected_reading_clearing_takes_the_same_subjects(sqlite_home):
    put_setting(sqlite_home, LI, "reading", "corrected", cite="测试")

    take_clearings(sqlite_home, "基金支付\n100.00")

    assert "借 暂收款——各县、区:520102 310 100.00" in printed(sqlite_home)


def test_a_reading_counts_from_its_day(sqlite_home):
    put_setting(
        sqlite_home,
        LI,
        "reading",
        "corrected",
        from_day=date(2017, 5, 1),
        cite="测试",
    )

    take_transfers(
        sqlite_home,
        "付款日期 | 到账日期 | 交易流水号\n"
        "2017-04-28 | 2017-04-30 | A\n"
        "2017-04-28 | 2017-05-01 | B",
    )

    assert "贷 暂付款——各县、区:520102" in printed(sqlite_home, "520100-city-agency")
    assert "贷 暂收款——各县、区:520102" in printed(sqlite_home, "520100-city-agency")


def test_a_clearing_voucher_carries_its_lists_number(sqlite_home):
    take_clearings(sqlite_home, "清算单号\nQS-2017-06")

    with sqlite_home.reading() as connection:
        told = {row.narration for row in list_vouchers(connection)}

    assert told == {
        "冲销2017年6月跨省异地就医清算（清算单QS-2017-06）",
        "冲销贵阳市2017年6月跨省异地就医清算（清算单QS-2017-06）",
    }


def test_a_month_cleared_again_is_refused_with_its_own_vouchers_only(sqlite_home):
    take_clearings(
        sqlite_home, "清算期 | 参保地代码\n2017-05 | 520102\n2017-06 | 520103"
    )

    result = take_clearings(sqlite_home, "清算单号 | 清算期\nB | 2017-05")

    (fault,) = result.errors
    assert (
        "2017-05已经清算（520102-county-agency/2017-07/1、"
        "520100-city-agency/2017-07/1、520000-centre/2017-07/1）" in fault.message
    )


def test_january_and_the_first_quarter_of_one_list_are_apart(sqlite_home):
    rows = "清算期 | 就医地代码 | 确认日期 | 基金支付\n"
    rows += (
        "2018-01 | 440000 | 2018-04-10 | 30.00\n2018Q1 | 500000 | 2018-04-10 | 50.00"
    )

    result = take_clearings(sqlite_home, rows)

    cleared = [(v.book, str(v.amount)) for v in result.vouchers]
    assert cleared.count(("520102-county-agency", "30.00")) == 1
    assert cleared.count(("520102-county-agency", "50.00")) == 1
