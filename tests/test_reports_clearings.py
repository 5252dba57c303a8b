"""The list of clearings: state, amounts, confirmations."""

import json
from decimal import Decimal

from clearing_by_hand import day, premiums, settled
from institutions_by_hand import clear_july, owed, pay, roster
from settlements_by_hand import BENGBU, HEFEI, LI, WANG, WUHU

from desk.reversing import reverse
from desk.settlements.clearing import clear
from desk.settlements.confirming import confirm
from ledger import settings
from ledger.periods import Month
from ledger.settings import SettingRow
from reports.settlements.clearings import clearing_rows
from reports.settlements.region_clearings import clearing_lines

ANHUI = "340000"
JULY = Month(2024, 7)


def listed(home, **how):
    with home.reading() as connection:
        return clearing_rows(connection, ANHUI, **how)


def test_each_clearing_says_how_it_stands(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00\n340300|5.00")
    made = clear(anhui_home, LI, "family", JULY, ANHUI)
    settled(anhui_home, "付款|金额|业务\n340200|-10.00|退还")
    clear(anhui_home, LI, "family", JULY, ANHUI, draft=True)

    second, first = listed(anhui_home)

    assert (first.serial, first.state, first.state_name) == (1, "done", "已入账")
    assert (first.parts, first.lines, first.gross) == (2, 2, Decimal("35.00"))
    assert first.vouchers == [row.name for row in made.vouchers]
    assert (second.serial, second.state, second.gross) == (2, "draft", Decimal(-10))
    assert second.vouchers[0].startswith("#")


def test_what_was_taken_back_stays_in_the_list(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00")
    made = clear(anhui_home, LI, "family", JULY, ANHUI)
    reverse(anhui_home, LI, made.vouchers[0].name, day("2024-08-05"), "有误")

    [row] = listed(anhui_home)

    assert (row.state, row.state_name) == ("undone", "已撤销")
    assert row.vouchers == [v.name for v in made.vouchers]


def test_p7_of_institutions_is_listed_with_its_clearing(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 统筹\nR1 | 50.00\nW1 | 7.00")
    made = clear_july(anhui_home, pay=True)

    [row] = listed(anhui_home)

    assert row.vouchers == [voucher.name for voucher in made.vouchers]
    assert len(row.vouchers) == 2
    assert (row.state, row.state_name) == ("done", "已拨付")


def test_p7_that_waits_for_review_is_not_paid(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 统筹\nR1 | 50.00")
    made = clear_july(anhui_home, pay=True, draft=True)

    [row] = listed(anhui_home)

    assert row.vouchers == [f"#{made.vouchers[0].id}"]
    assert (row.state, row.state_name) == ("draft", "待审核")


def test_lists_pay_a_clearing_of_institutions_by_and_by(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 险种 | 统筹\nR1 | 310 | 50.00\nR1 | 390 | 8.00")
    clear_july(anhui_home)
    names = [listed(anhui_home)[0].state_name]
    pay(anhui_home, "金额 | 交易流水号\n50.00 | LS1")
    names.append(listed(anhui_home)[0].state_name)
    pay(anhui_home, "险种 | 金额 | 扣款 | 交易流水号\n390 | 6.00 | 2.00 | LS2")
    names.append(listed(anhui_home)[0].state_name)

    assert names == ["已出单", "部分拨付", "已拨付"]


def test_what_lists_pay_covers_the_earlier_clearing_first(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    clear_july(anhui_home)
    owed(anhui_home, "统筹\n30.00")
    clear_july(anhui_home)
    pay(anhui_home, "金额\n60.00")

    # 60.00 = 50.00 of the first and 10.00 of the second's 30.00.
    assert [row.state_name for row in listed(anhui_home)] == ["部分拨付", "已拨付"]


def test_a_region_is_paid_up_where_another_is_not(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 统筹\nR1 | 50.00\nW1 | 7.00")
    clear_july(anhui_home)
    pay(anhui_home, "金额\n50.00")

    with anhui_home.reading() as connection:
        words = [
            line.state_name
            for city in (HEFEI, WUHU)
            for line in clearing_lines(connection, city, 2024)
        ]
    assert words == ["已拨付", "已出单"]
    assert listed(anhui_home)[0].state_name == "部分拨付"


def test_it_says_who_confirmed_and_who_disputes(anhui_home):
    with anhui_home.writing() as connection:
        name = "clearing-confirmation"
        row = SettingRow(name, "", None, "by-region", "测试", "li", LI.at)
        settings.put(connection, row)
    settled(anhui_home, "付款|金额\n340200|30.00\n340300|5.00")
    clear(anhui_home, LI, "family", JULY, ANHUI)
    confirm(anhui_home, WANG, "family", JULY, HEFEI)
    confirm(anhui_home, WANG, "family", JULY, BENGBU, dispute="金额不符")

    [row] = listed(anhui_home)

    assert (row.state, row.regions) == ("made", 3)
    assert (row.confirmed, row.disputed) == ([HEFEI], [BENGBU])


def test_the_command_narrows_to_a_kind_and_a_period(anhui, sqlite_anhui_home):
    settled(sqlite_anhui_home, "付款|金额\n340200|30.00")
    premiums(sqlite_anhui_home, "付款|金额\n340200|400.00")
    clear(sqlite_anhui_home, LI, "family", JULY, ANHUI)
    clear(sqlite_anhui_home, LI, "premiums", 2024, ANHUI, post_on=day("2024-11-01"))

    code, out, _ = anhui("report", "clearings", "--period", "2024", "--json")
    _, told, _ = anhui("report", "clearings", "--kind", "family")

    [row] = json.loads(out)["clearings"]
    assert code == 0
    assert (row["kind"], row["period"], row["gross"]) == ("premiums", "2024", "800.00")
    assert "家庭共济和异地结算" in told
    assert "代缴保费" not in told
    assert WUHU not in told
