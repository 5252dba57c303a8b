"""X2, X3, X5: from the plan of money for institutions to their payment."""

import pytest
from desk_by_hand import LI, cases, printed, rows, take, take_transfers, transfers
from forms_by_hand import line

from desk.homes import put_setting

ROW = "付款方代码 | 收款方代码 | 用途 | 下级金额 | 本级金额 | 所属季度 | 交易流水号\n"


def take_form(home, form, table, name="表.csv"):
    if form == "F1":
        return take(home, form, transfers(table), name)
    return take(home, form, [line(form, **_full(row)) for row in rows(table)], name)


def _full(row: dict) -> dict:
    """合计 of a plan is the sum where the table leaves it out."""
    parts = [float(row.get(title, there)) for title, there in PARTS.items()]
    return {"合计": f"{sum(parts):.2f}", **row}


PARTS = {"省内参保": "60.00", "外省参保": "40.00"}


def funded(home, own, lower, serial, **how):
    table = f"{ROW}520000|520000|省内|{lower}|{own}|2017Q2|{serial}"
    return take_transfers(home, table, name=f"{serial}.csv", **how)


@pytest.mark.parametrize("case", cases("funding"), ids=lambda case: case["name"])
def test_vouchers_of_money_for_institutions(case, sqlite_home):
    for at, form in enumerate(case["form"]):
        result = take_form(sqlite_home, form["form"], form["rows"], f"{at}.csv")
        assert result.message == ""

    expected = case["vouchers"]["printed"].strip()
    assert printed(sqlite_home, *case["books"]) == expected


def test_a_plan_is_paid_on_each_database(home):
    take_form(home, "F5", "参保省份代码\n440000")
    first = funded(home, "0.00", "30.00", "X1")
    second = funded(home, "0.00", "70.00", "X2")

    assert (first.message, second.message) == ("", "")
    assert printed(home, "520000-province-finance").count("440000 310 12.00") == 1
    assert printed(home, "520000-province-finance").count("440000 310 28.00") == 1


def test_more_than_the_plan_is_refused(sqlite_home):
    take_form(sqlite_home, "F5", "参保省份代码\n440000")
    funded(sqlite_home, "0.00", "99.00", "X1")
    result = funded(sqlite_home, "0.00", "1.01", "X2")

    why = "X2.csv第3行：合计“1.01”多于用款计划未划的1.00。"
    assert result.message.splitlines()[0] == why


def test_own_money_is_for_own_people(sqlite_home):
    take_form(sqlite_home, "F5", "参保省份代码\n440000")
    result = funded(sqlite_home, "60.01", "39.99", "X1")

    why = "X1.csv第3行：本级金额“60.01”多于其中省内参保的60.00。"
    assert result.message.splitlines()[0] == why


def test_a_part_without_province_and_nothing_to_share_by_is_refused(sqlite_home):
    take_form(sqlite_home, "F5", "外省参保\n40.00")
    result = funded(sqlite_home, "0.00", "50.00", "X1")

    assert result.errors[0].message == (
        "X1.csv第3行：合计“50.00”中外省参保的20.00没有写明省份，"
        "也没有可据以分摊的收款通知书和外省预付金余额（险种310）。"
    )


def test_a_province_has_to_be_named_where_the_setting_says_so(sqlite_home):
    put_setting(sqlite_home, LI, "other-provinces", "named", cite="测试")
    take_form(sqlite_home, "F5", "外省参保\n40.00")
    result = funded(sqlite_home, "0.00", "50.00", "X1")

    assert "没有写明省份（设置 other-provinces）" in result.message


def test_no_more_comes_back_than_was_paid(sqlite_home):
    take_form(sqlite_home, "F5", "参保省份代码\n440000")
    funded(sqlite_home, "0.00", "50.00", "X1")
    table = f"资金性质 | {ROW}退回|520000|520000|省内|50.01|0|2017Q2|X2"
    result = take_transfers(sqlite_home, table, name="退.csv")

    why = "退.csv第3行：合计“50.01”多于已按用款计划划转的50.00。"
    assert result.message.splitlines()[0] == why


def test_a_return_under_way_waits_for_the_day_of_arrival(sqlite_home):
    take_form(sqlite_home, "F5", "参保省份代码\n440000")
    funded(sqlite_home, "0.00", "50.00", "X1")
    table = f"资金性质 | {ROW}退回|520000|520000|省内|10.00|0|2017Q2|X2"
    waiting = take_transfers(sqlite_home, table, name="退.csv")
    head, row = table.split("\n")
    arrived = take_transfers(
        sqlite_home, f"到账日期|{head}\n2017-05-03|{row}", name="退2.csv"
    )

    assert (waiting.vouchers, arrived.completed) == ([], 1)
    assert "440000 310 4.00" in printed(sqlite_home, "520000-province-finance")
