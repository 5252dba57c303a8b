"""The list of clearings: state, amounts, confirmations."""

import json
from decimal import Decimal

from clearing_by_hand import day, premiums, settled
from settlements_by_hand import BENGBU, HEFEI, LI, WANG, WUHU

from desk.reversing import reverse
from desk.settlements.clearing import clear
from desk.settlements.confirming import confirm
from ledger import settings
from ledger.periods import Month
from ledger.settings import SettingRow
from reports.settlements.clearings import clearing_rows

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
