"""X2, X3, X5: from the plan of money for institutions to their payment."""

from datetime import date

import pytest
from desk_by_hand import LI, WANG, cases, printed, rows, take, take_transfers, transfers
from forms_by_hand import line, write_form
from institutions_by_hand import F7
from sqlalchemy import select

from desk.homes import put_setting
from desk.importing import import_files
from desk.reversing import reverse
from desk.vouchers import reject
from ledger.advances.tables import AwayPayment, FundingLine
from ledger.errors import BookError
from ledger.schema import Voucher
from ledger.sources import withdraw
from reports.source_rows import source_lines

ROW = "付款方代码 | 收款方代码 | 用途 | 下级金额 | 本级金额 | 所属季度 | 交易流水号\n"


def take_form(home, form, table, name="表.csv"):
    if form == "F1":
        return take(home, form, transfers(table), name)
    if form == "F7":
        return take(home, form, [_payment(row) for row in rows(table)], name)
    return take(home, form, [line(form, **_full(row)) for row in rows(table)], name)


def _payment(row: dict) -> dict:
    parts = [float(row.get(title) or 0) for title in ("省内参保", "外省参保")]
    when = {"付款日期": "2017-06-20", "机构代码": "A1", "结算期": "2017-06"}
    return {**F7, **when, "金额": f"{sum(parts):.2f}", **row}


def _full(row: dict) -> dict:
    """合计 of a plan is the sum where the table leaves it out."""
    parts = [float(row.get(title, there)) for title, there in PARTS.items()]
    return {"合计": f"{sum(parts):.2f}", **row}


ON = date(2017, 7, 1)
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


def test_a_known_payment_posts_nothing_and_another_content_is_refused(home):
    table = "省内参保 | 外省参保 | 参保省份代码\n60.00 | 0.00 |\n0.00 | 40.00 | 440000"
    first = take_form(home, "F7", table)
    again = take_form(home, "F7", table, "又.csv")
    other = take_form(home, "F7", table.replace("40.00", "41.00"), "改.csv")
    more = take_form(home, "F7", f"{table}\n0.00 | 1.00 | 510000", "增.csv")

    assert (first.status, again.status) == ("posted", "already-posted")
    assert "外省参保现为“41.00”，原为“40.00”" in other.message
    assert "原来没有这一行" in more.message


def test_a_reversed_payment_may_be_told_again(sqlite_home):
    take_form(sqlite_home, "F7", "省内参保\n60.00")
    reverse(sqlite_home, LI, "520000-centre/2017-06/1", ON, "错了")
    again = take_form(sqlite_home, "F7", "省内参保\n61.00", "又.csv")

    assert again.message == ""
    assert "暂收款——省内异地就医 310 61.00" in printed(sqlite_home)


def test_a_deduction_alone_is_kept_and_makes_no_entry(sqlite_home):
    result = take_form(sqlite_home, "F7", "省内参保 | 扣款\n0.00 | 5.00")
    with sqlite_home.reading() as connection:
        (row,) = connection.execute(AwayPayment.__table__.select()).all()

    assert (result.new, result.vouchers) == (1, [])
    assert (str(row.deducted), row.posting_id) == ("5.00", None)


def test_payments_of_the_centre_and_of_a_city_do_not_share_a_file(sqlite_home):
    table = "省内参保 | 金额 | 险种\n60.00 | 60.00 | 310\n | 60.00 | 390"
    result = take_form(sqlite_home, "F7", table)

    assert "统筹区自己的拨付请另作一个文件" in result.message


def test_a_payment_of_tomorrow_is_refused(sqlite_home):
    result = take_form(sqlite_home, "F7", "省内参保 | 付款日期\n60.00 | 2017-07-02")

    assert "付款日期“2017-07-02”晚于今天（2017-07-01），还没有付款" in result.message


def test_a_plan_that_was_paid_is_not_withdrawn(home):
    take_form(home, "F5", "参保省份代码\n440000")
    funded(home, "0.00", "50.00", "X1")
    with pytest.raises(BookError, match="已经划款（流水号X1），不能撤回"):
        with home.writing() as connection:
            withdraw(connection, 1, "li", LI.at, "错了")

    with home.reading() as connection:
        (row,) = connection.execute(FundingLine.__table__.select()).all()
        assert row.live


NAMED = "参保省份代码\n440000"


def kept(home) -> list[tuple]:
    with home.reading() as connection:
        table = FundingLine.__table__
        found = connection.execute(table.select().where(table.c.live)).all()
        return [(row.province, str(row.elsewhere)) for row in found]


def test_a_province_that_comes_later_completes_its_line(home):
    take_form(home, "F5", "外省参保\n40.00")
    named = take_form(home, "F5", NAMED, "补.csv")
    again = [take_form(home, "F5", x, "再.csv") for x in (NAMED, "外省参保\n40.00")]

    assert (named.status, named.new, named.completed) == ("posted", 0, 1)
    assert [one.status for one in again] == ["already-posted"] * 2
    assert kept(home) == [("440000", "40.00")]


@pytest.mark.parametrize(
    "table",
    ["外省参保|参保省份代码\n30.00|440000", f"{NAMED}\n510000"],
)
def test_a_plan_is_not_counted_twice_by_its_provinces(sqlite_home, table):
    take_form(sqlite_home, "F5", "外省参保\n40.00")
    result = take_form(sqlite_home, "F5", table, "补.csv")

    assert (result.status, result.errors[0].column) == ("rejected", "参保省份代码")
    assert kept(sqlite_home) == [("", "40.00")]


def test_a_plan_that_was_paid_takes_no_province_later(sqlite_home):
    sent = "付款方代码|收款方代码|到账日期\n440000|520000|2017-04-28"
    take_form(sqlite_home, "F1", sent)
    take_form(sqlite_home, "F5", "外省参保\n40.00")
    assert funded(sqlite_home, "0.00", "50.00", "X1").message == ""
    result = take_form(sqlite_home, "F5", NAMED, "补.csv")

    assert "已经按它划款（流水号X1），不能再补" in result.message
    assert kept(sqlite_home) == [("", "40.00")]


def test_a_part_without_province_follows_the_notices_of_its_period(home):
    take_form(home, "F1", "付款方代码|收款方代码|到账日期\n440000|520000|2017-04-28")
    notice = {"通知书编号": "部收〔2017〕6号", "期间": "2017-06", "险种": "310"}
    received = [
        {**notice, "单位代码": "430000", "金额": "30.00"},
        {**notice, "单位代码": "510000", "金额": "10.00"},
    ]
    path = home.path.parent / "收款.csv"
    write_form(path, "F8", received, title="跨省异地就医费用收款通知书")
    (kept,) = import_files(home, [path], LI)
    take_form(home, "F7", "省内参保 | 外省参保\n0.00 | 20.00")

    assert kept.message == ""
    assert printed(home, "520000-centre").partition("X5")[2].splitlines()[1:] == [
        "  借 暂收款——外省预付金:430000 310 15.00",
        "  借 暂收款——外省预付金:510000 310 5.00",
        "  贷 支出户存款——异地就医 310 20.00",
    ]


def test_a_voucher_leads_back_to_the_rows_of_the_payment(sqlite_home):
    take_form(sqlite_home, "F7", "省内参保 | 机构名称 | 扣款\n60.00 | 省医 | 5.00")
    with sqlite_home.reading() as connection:
        ids = connection.execute(select(Voucher.id)).scalars().all()
        (row,) = [row for id in ids for row in source_lines(connection, id)]

    cells = dict(row.cells)
    assert (row.form, row.row) == ("F7", 3)
    assert (cells["机构名称"], cells["省内参保"], cells["扣款"]) == (
        "省医",
        "60.00",
        "5.00",
    )


def test_a_province_whose_money_is_used_up_is_told(home):
    take_form(home, "F1", "付款方代码|收款方代码|到账日期\n440000|520000|2017-04-28")
    table = "省内参保 | 外省参保 | 交易流水号\n0.00 | {} | {}"
    within = take_form(home, "F7", table.format("100.00", "P1"), "一.csv")
    beyond = take_form(
        home,
        "F7",
        f"{table} | 440000".replace("流水号", "流水号|参保省份代码").format(
            "0.01", "P2"
        ),
        "二.csv",
    )

    assert within.warnings == []
    assert beyond.warnings == [
        "广东省参保人员的费用已超过其预付金和清算资金0.01元（520000-centre），请核对并催收"
    ]


def test_a_draft_takes_its_part_of_the_plan_until_it_is_rejected(sqlite_home):
    take_form(sqlite_home, "F5", "参保省份代码\n440000")
    draft = funded(sqlite_home, "0.00", "100.00", "X1", draft=True)
    refused = funded(sqlite_home, "0.00", "0.01", "X2")
    reject(sqlite_home, WANG, [f"#{draft.vouchers[0].id}"], "退")
    after = funded(sqlite_home, "0.00", "100.00", "X3")

    assert "多于用款计划未划的0.00" in refused.message
    assert after.message == ""
