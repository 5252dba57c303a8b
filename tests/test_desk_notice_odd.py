"""What import and `check` say of money beyond a notice, before its steps, or astray."""

from datetime import date

import pytest
from desk_by_hand import take_clearings, take_transfers
from notices_by_hand import PAYMENT, bulk, came_in, issued, told
from test_desk_notice_payments import ARRIVED, NUMBER, TITLES, WHOLE, approved, paid

from desk.advances import notice_odd
from desk.advances.notice_lists import shown
from desk.advances.notice_payments import listed
from reports.reconcile import check

ON = date(2018, 3, 31)
NAME = f"预付金收款通知书“{NUMBER}”（贵阳市）"
BACK = f"。{notice_odd.BACK}"


def notes(home) -> list[str]:
    with home.reading() as connection:
        found = check(connection, ON)
    return [
        f"{one.severity} {one.what} {one.found}"
        for one in found
        if one.identity == "文书"
    ]


def test_a_notice_that_is_paid_twice_is_told_until_the_surplus_is_back(home):
    approved(home)
    paid(home, WHOLE)
    again = paid(home, WHOLE.replace("N1", "N2"), "再.csv")
    between, surplus = notes(home), shown(home, NUMBER).surplus
    back = "\n".join(
        f"2018-01-30 | | 520000 | 520100 | 退回 | {scope} | 310 | {amount} | R1 "
        f"| {NUMBER} | |"
        for scope, amount in (("跨省", "60.00"), ("省内", "40.00"))
    )
    returned = take_transfers(home, TITLES + back, name="退.csv")

    assert again.warnings == [
        f"多付：{NAME}为100.00元，已划拨200.00元，多出100.00元，"
        f"此前流水号N1，本次流水号N2{BACK}"
    ]
    assert between == [f"note 预付金收款通知书“{NUMBER}”多付 200.00"]
    assert surplus.endswith("多出100.00元，流水号N1、N2")
    assert (returned.message, notes(home)) == ("", [])


CLEARED = "清算期 | 参保地代码 | 就医地代码 | 确认日期\n2018-01 | 520102 | 440100 | 2018-02-08"
MONEY = "2018-02-22 | | 520000 | 440000 | 清算资金 | 跨省 | 310 | {} | {} | {} | |"


def test_clearing_money_beyond_the_cleared_lines_is_told(home):
    take_clearings(home, CLEARED)
    first = take_transfers(home, TITLES + MONEY.format("100", "C1", ""))
    again = take_transfers(home, TITLES + MONEY.format("100", "C2", ""), name="再.csv")

    assert (first.message, first.warnings) == ("", [])
    assert again.warnings == [
        "多付：付给广东省的清算资金共200.00元，付款通知书和清算明细共100.00元，"
        f"多出100.00元，此前流水号C1，本次流水号C2{BACK}"
    ]


def test_a_payment_notice_that_is_paid_twice_is_told_once(sqlite_home):
    take_clearings(sqlite_home, CLEARED)
    came_in(sqlite_home, PAYMENT)
    number = "粤付〔2018〕1号"
    take_transfers(sqlite_home, TITLES + MONEY.format("100", "C1", number))
    line = TITLES + MONEY.format("100", "C2", number)
    again = take_transfers(sqlite_home, line, name="再.csv")

    assert [word[:2] for word in again.warnings] == ["多付"]
    assert notes(sqlite_home) == [
        f"note 跨省异地就医费用付款通知书“{number}”多付 200.00",
        f"note 跨省异地就医费用付款通知书“{number}”付款 没有确认、提交、审核",
    ]


@pytest.mark.parametrize(
    "acts, lacks",
    [
        ((), "没有确认、提交、审核"),
        (("confirm",), "没有提交、审核"),
        (("dispute",), "有异议，没有确认、提交、审核"),
        (("confirm", "submit", "approve"), ""),
    ],
)
def test_money_before_the_steps_is_told(sqlite_home, acts, lacks):
    issued(sqlite_home)
    for act in acts:
        bulk(sqlite_home, act, region="520100", reason="人数有误")
    result = paid(sqlite_home, ARRIVED)
    expected = [f"{NAME}付款时{lacks}；请补办或查明原因"] if lacks else []
    noted = [f"note 预付金收款通知书“{NUMBER}”付款 {lacks}"] if lacks else []

    assert (result.warnings, notes(sqlite_home)) == (expected, noted)
    assert told(sqlite_home)[0].endswith("received")


def test_a_number_that_nobody_knows_is_told_where_notices_are_kept(sqlite_home):
    line = TITLES + (
        "2018-01-26 | | 520200 | 520000 | 预付金 | 跨省 | 310 | 1 | {} | 错字1号||"
    )
    before = take_transfers(sqlite_home, line.format("N1"))
    approved(sqlite_home)
    after = take_transfers(sqlite_home, line.format("N2"), name="再.csv")

    assert before.warnings == []
    assert after.warnings == [
        "通知书编号“错字1号”在本账套没有文书，没有登记付款，请核对"
    ]


def test_money_before_the_issue_or_for_another_quarter_is_told(sqlite_home):
    approved(sqlite_home)
    titles = TITLES.replace(" | 备注", " | 所属季度")
    rows = "\n".join(
        f"2018-01-12 | | 520100 | 520000 | 预付金 | {scope} | 310 | {amount} | N1 "
        f"| {NUMBER} | | 2018Q2"
        for scope, amount in (("跨省", "60.00"), ("省内", "40.00"))
    )
    result = take_transfers(sqlite_home, titles + rows)

    assert result.warnings == [
        f"{NAME}是2018Q1的，划拨单的所属季度是2018Q2，请核对",
        f"{NAME}于2018-01-15下达，流水号N1的付款日期在这之前，请核对",
    ]


def test_serials_of_a_step_are_whole_and_counted():
    serials = [f"20180126{number:012d}" for number in range(30)]
    text = listed(serials)

    assert text == "、".join(serials[:9]) + "等30笔"
