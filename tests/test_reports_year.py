"""The year's report (年报): figures from vouchers, a page that hides nothing."""

from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import LI, take_clearings, take_transfers

from desk.advances.suspending import lift, start
from desk.homes import put_setting
from ledger.periods import Month
from reports.advances.pictures import short, steps
from reports.advances.year import year_report
from reports.advances.year_events import Event
from reports.advances.year_page import year_page

ON = date(2017, 12, 31)
PAID = """
付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 用途 | 本级金额 | 下级金额 | 交易流水号 | 所属季度
2017-04-26 | 2017-04-28 | 520100 | 520000 | 跨省 | 40.00 | 60.00 | A1 | 2017Q2
2017-06-12 | 2017-06-12 | 520000 | 440000 | 跨省 | 0.00 | 30.00 | A2 | 2017Q2
"""
CLEARED = """
参保地代码 | 就医地代码 | 清算期 | 确认日期 | 基金支付
520199 | 440100 | 2017-05 | 2017-07-10 | 80.00
520102 | 500000 | 2017-05 | 2017-07-10 | 15.00
"""


def report_of(home, on=ON, year=2017):
    with home.reading() as connection:
        return year_report(connection, year, on, home)


@pytest.fixture
def report(sqlite_home):
    take_transfers(sqlite_home, PAID)
    take_clearings(sqlite_home, CLEARED)
    return report_of(sqlite_home)


def test_a_years_money_by_month_and_payer_on_each_database(home):
    take_transfers(home, PAID)
    take_clearings(home, CLEARED)

    report = report_of(home)

    moved = {
        str(flow.month): (flow.from_cities, flow.to_others, flow.balance)
        for flow in report.months
        if flow.income or flow.payment
    }
    assert moved == {
        "2017-04": (Decimal("100.00"), Decimal("0.00"), Decimal("100.00")),
        "2017-06": (Decimal("0.00"), Decimal("30.00"), Decimal("70.00")),
    }
    city = report.payers[0]
    assert (city.code, *city.money, city.money.closed) == (
        *("520100", Decimal("0.00"), Decimal("100.00")),
        *(Decimal("95.00"), Decimal("5.00")),
    )
    assert [(row.place, row.amount) for row in report.abroad] == [
        ("440000", Decimal("80.00")),
        ("500000", Decimal("15.00")),
    ]


def test_the_highest_rate_of_a_quarter_stays_after_later_money(report):
    rates = [(str(r.quarter), r.on, r.level) for r in report.payers[0].rates]

    assert rates == [("2017Q2", date(2017, 7, 10), "red")]


def test_a_year_is_told_up_to_the_day_that_is_asked(sqlite_home):
    take_transfers(sqlite_home, PAID)

    report = report_of(sqlite_home, date(2017, 5, 20))

    assert [flow.month for flow in report.months] == [
        Month(2017, number) for number in range(1, 6)
    ]
    assert report.balance == Decimal("100.00")


def test_a_year_without_anything_makes_a_page(sqlite_home):
    page = year_page(report_of(sqlite_home), "2018-01-05")

    assert "没有市州的使用率达到红色预警" in page
    assert "没有文书。" in page


def test_what_people_wrote_is_told_as_text(report):
    words = "<script>alert(1)</script>&lt;b&gt;"
    event = Event(date(2017, 7, 2), "异议", "520100", words, Decimal("1.00"))

    page = year_page(report._replace(events=[event]), "<i>")

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;b&amp;gt;" in page
    assert "编制&lt;i&gt;" in page


def test_a_region_that_joins_and_one_that_is_renamed_are_events(sqlite_home):
    day = date(2018, 7, 1)
    put_setting(
        *(sqlite_home, LI, "go-live", "open"),
        region="522634",
        from_day=day,
        cite="测试",
    )

    found = report_of(sqlite_home, date(2018, 12, 31), 2018).events

    assert [(event.day, event.kind, event.region) for event in found] == [
        (day, "接入", "522634"),
        (date(2018, 7, 2), "更名", "522302"),
    ]


def test_a_suspension_that_is_lifted_later_is_not_lifted_yet(sqlite_home):
    who = (sqlite_home, LI, "522300")
    start(*who, date(2018, 5, 16), "无故拖延", "函1号")
    lift(*who, date(2018, 6, 6), "已上解", "函2号")

    pages = [
        year_page(report_of(sqlite_home, day, 2018), "2019-01-05")
        for day in (date(2018, 5, 20), date(2018, 6, 20))
    ]

    assert ["尚未恢复" in page for page in pages] == [True, False]
    assert ["6月6日恢复" in page for page in pages] == [False, True]


def test_check_errors_stand_in_the_summary(report):
    page = year_page(report._replace(errors=3), "2018-01-05")

    assert "核对不符3处" in page
    assert "账账、账表、账款核对有3处不符，须先查明。" in page


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("黔南布依族苗族自治州", "黔南州"),
        ("黔东南苗族侗族自治州", "黔东南州"),
        ("六盘水市", "六盘水市"),
    ],
)
def test_a_prefecture_is_named_without_its_peoples(name, shown):
    assert short(name) == shown


@pytest.mark.parametrize(
    ("highest", "marks"),
    [("13400", [0, 5000, 10000, 15000]), ("0", [0, 1]), ("7", [0, 2, 4, 6, 8])],
)
def test_an_axis_has_round_marks(highest, marks):
    assert steps(Decimal(highest)) == marks
