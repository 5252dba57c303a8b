"""What clearing between regions says is what rows, vouchers and balances say."""

from decimal import Decimal

import pytest
from clearing_by_hand import day, premiums, settled
from settlements_by_hand import HEFEI, LI, WANG, WUHU
from sqlalchemy import text

from desk.reversing import reverse
from desk.settlements.clearing import clear
from desk.settlements.confirming import confirm
from desk.vouchers import ManualLine, approve, new_voucher
from ledger import settings
from ledger.periods import Month
from ledger.settings import SettingRow
from reports.checks.region_clearing import region_clearing
from reports.reconcile import check

ANHUI = "340000"
JULY = Month(2024, 7)
A_MONTH = """
    部分 | 就医地 | 参保地 | 付款   | 险种 | 金额  | 业务
    共济 | 340100 | 340100 | 340200 | 310  | 30.00 | 收费
    共济 | 340100 | 340100 | 340200 | 310  | -5.00 | 退还
    统筹 | 340100 | 340200 | 340200 | 390  | 60.00 | 收费
    统筹 | 340200 | 340300 | 340300 | 310  | 44.00 | 收费
    统筹 | 340300 | 340100 | 340100 | 310  | 40.00 | 收费
    统筹 | 320000 | 340100 | 340100 | 310  | 25.00 | 收费
    统筹 | 340100 | 349900 | 349900 | 310  | 12.00 | 收费
"""
A_SEASON = """
    参保地 | 付款   | 保费         | 金额
    340100 | 340200 | 城乡居民医保 | 400.00
    340100 | 340100 | 惠民保       | 50.00
"""


def found(home):
    with home.reading() as connection:
        return list(region_clearing(connection))


def setting(home, name, value):
    with home.writing() as connection:
        row = SettingRow(name, "", None, value, "测试", "li", LI.at)
        settings.put(connection, row)


def change(home, statement):
    with home.writing() as connection:
        connection.execute(text(statement))


def cleared(home, **how):
    return clear(home, LI, "family", JULY, ANHUI, **how)


def test_of_treatment_elsewhere_bills_count(anhui_home):
    settled(anhui_home, A_MONTH)
    cleared(anhui_home)
    change(
        anhui_home,
        "UPDATE clearing_part SET lines = 3 WHERE subject = '异地结算' AND fund = '390'",
    )

    (finding,) = found(anhui_home)

    assert (finding.expected, finding.found) == ("1笔", "3笔")
    assert "异地结算" in finding.what


def test_open_sums_are_what_the_books_hold(anhui_home):
    settled(anhui_home, A_MONTH)
    premiums(anhui_home, A_SEASON)
    settled(anhui_home, A_MONTH, approve=False)

    assert found(anhui_home) == []


@pytest.mark.parametrize("netting", ["gross", "multilateral"])
def test_a_clearing_agrees_drafts_and_reversals_too(anhui_home, netting):
    setting(anhui_home, "netting", netting)
    settled(anhui_home, A_MONTH)
    premiums(anhui_home, A_SEASON)
    made = cleared(anhui_home, draft=True)
    clear(anhui_home, LI, "premiums", 2024, ANHUI, post_on=day("2024-11-02"))
    assert found(anhui_home) == []

    approve(anhui_home, WANG, [f"#{made.vouchers[0].id}"])
    assert found(anhui_home) == []

    with anhui_home.reading() as connection:
        errors = [f for f in check(connection, day("2024-12-31")) if f.book]
    assert [f for f in errors if f.identity == "统筹区清算"] == []
    settled(anhui_home, "付款|金额|业务\n340200|-3.00|退还")
    cleared(anhui_home)
    assert found(anhui_home) == []


def test_a_reversed_clearing_agrees(anhui_home):
    settled(anhui_home, A_MONTH)
    made = cleared(anhui_home)
    reverse(anhui_home, LI, made.vouchers[0].name, day("2024-08-05"), "有误")

    assert found(anhui_home) == []


def test_half_confirmed_agrees(anhui_home):
    setting(anhui_home, "clearing-confirmation", "by-region")
    settled(anhui_home, A_MONTH)
    cleared(anhui_home)
    for region in (HEFEI, WUHU):
        confirm(anhui_home, LI, "family", JULY, region)

    assert found(anhui_home) == []


def test_premiums_paid_on_agree_while_the_netted_pairs_wait(anhui_home):
    setting(anhui_home, "clearing-confirmation", "by-region")
    setting(anhui_home, "netting", "multilateral")
    premiums(anhui_home, A_SEASON + "    340200 | 340100 | 城乡居民医保 | 300.00\n")
    clear(anhui_home, LI, "premiums", 2024, ANHUI, post_on=day("2024-11-02"))
    assert found(anhui_home) == []

    for region in (HEFEI, WUHU):
        made = confirm(
            anhui_home, LI, "premiums", 2024, region, post_on=day("2024-11-03")
        )

    assert made.status == "posted"
    assert found(anhui_home) == []


def test_a_part_that_says_other_than_its_rows_is_found(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00")
    made = cleared(anhui_home)
    change(anhui_home, "UPDATE clearing_part SET gross = 3100, lines = 2")

    findings = found(anhui_home)

    what = f"清算{made.clearing}家庭共济（340200芜湖市→340100合肥市，310）"
    assert (findings[0].what, findings[0].expected, findings[0].found) == (
        what,
        Decimal("30.00"),
        Decimal("31.00"),
    )
    assert (findings[1].expected, findings[1].found) == ("1笔", "2笔")
    assert {f.book for f in findings[2:]} == {
        f"{HEFEI}-city-agency",
        f"{WUHU}-city-agency",
    }


def test_a_row_taken_out_of_its_clearing_is_found(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00\n340300|5.00")
    cleared(anhui_home)
    change(
        anhui_home, "UPDATE settlement_sum SET clearing_id = NULL WHERE amount = 500"
    )

    assert [(f.expected, f.found) for f in found(anhui_home)] == [
        (Decimal("0.00"), Decimal("5.00")),
        ("0笔", "1笔"),
    ]


def test_what_is_paid_other_than_the_net_is_found(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00")
    cleared(anhui_home)
    change(anhui_home, "UPDATE clearing_part SET net = 2900")

    assert [(f.what, f.expected, f.found) for f in found(anhui_home)] == [
        ("清算1凭证“财政专户存款——市本级”", Decimal("29.00"), Decimal("30.00")),
        ("清算1凭证“财政专户存款——市本级”", Decimal("-29.00"), Decimal("-30.00")),
    ]


def test_a_voucher_by_hand_on_one_side_breaks_mirror_and_balance(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00")
    made = new_voucher(
        anhui_home,
        LI,
        f"{WUHU}-city-agency",
        day("2024-08-01"),
        narration="手工付款",
        debit=[ManualLine(f"暂收款——家庭共济@{HEFEI}", Decimal("30.00"))],
        credit=[ManualLine("财政专户存款——市本级", Decimal("30.00"))],
        fund="310",
    )
    approve(anhui_home, WANG, [f"#{made.id}"])

    assert [(f.book, f.what, f.expected, f.found) for f in found(anhui_home)] == [
        (
            f"{HEFEI}-city-agency",
            "暂付款——家庭共济：340200芜湖市（310）",
            Decimal("0.00"),
            Decimal("30.00"),
        ),
        (
            f"{WUHU}-city-agency",
            "暂收款——家庭共济：340100合肥市（310）",
            Decimal("-30.00"),
            Decimal("0.00"),
        ),
    ]


def test_a_premium_paid_on_without_its_row_is_found(anhui_home):
    premiums(anhui_home, A_SEASON)
    clear(anhui_home, LI, "premiums", Month(2024, 10), ANHUI, post_on=day("2024-11-02"))
    change(anhui_home, "UPDATE premium_sum SET paid_on_id = NULL WHERE amount = 5000")

    assert [f.expected for f in found(anhui_home)] == [Decimal("0.00"), "0笔"]


def test_check_asks_it(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00")
    cleared(anhui_home)
    change(anhui_home, "UPDATE clearing_part SET net = 2900")

    with anhui_home.reading() as connection:
        findings = check(connection, day("2024-12-31"))

    assert [f.identity for f in findings if f.severity == "error"].count(
        "统筹区清算"
    ) == 2
