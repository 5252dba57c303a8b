"""check: premiums, their shares, movements and sums.

Each break is one changed row, told with the 流水号 that it is of.
"""

from datetime import date

import pytest
from settlements_by_hand import HEFEI, WUHU
from test_desk_import_premiums import (
    LATE,
    LATER,
    ON,
    bound,
    opened,
    premiums,
    resident,
    stored,
)

from desk.reversing import reverse
from reports.checks.findings import ERROR, NOTE
from reports.reconcile import check

DAY = date(2024, 12, 31)


@pytest.fixture
def paid(anhui_home):
    """J1 400.00 of P2: 300.00 by P1 of 合肥, 100.00 by P3 of 芜湖; K1 50.00 of P4."""
    opened(
        anhui_home,
        f"个人编号 | 统筹区代码 | 期初余额\nP1 | {HEFEI} | 300.00\nP3 | {WUHU} | 500.00",
    )
    for person_id in ("P2", "P4"):
        resident(anhui_home, person_id)
        bound(anhui_home, "授权人 | 关系\nP1 | 子女\nP3 | 父母", person_id)
    result = premiums(
        anhui_home,
        "缴费流水号 | 参保人编号 | 金额\nJ1 | P2 | 400.00\nK1 | P4 | 50.00",
    )
    assert (result.status, result.new) == ("posted", 2)
    return anhui_home


def found(home, severity=ERROR, unmasked=False):
    with home.reading() as connection:
        findings = check(connection, DAY, home, unmasked)
    return [f for f in findings if f.identity == "代缴保费" and f.severity == severity]


def told(home, severity=ERROR) -> list[str]:
    return [f"{f.what}：{f.expected}→{f.found}" for f in found(home, severity)]


def broken(home, change, severity=ERROR) -> list[str]:
    with home.writing() as connection:
        connection.exec_driver_sql(change)
    return told(home, severity)


def test_premiums_as_they_were_taken_agree(paid):
    assert (told(paid), told(paid, NOTE)) == ([], [])


def test_drafts_agree_and_what_was_reversed_and_came_again(paid):
    """The movements of J1 that comes again are J1|1."""
    [(book, number)] = stored(
        paid,
        "SELECT book_id, number FROM voucher WHERE book_id = '340100-city-agency'"
        " AND number IS NOT NULL AND rule LIKE '%P11%' ORDER BY id LIMIT 1",
    )
    reverse(paid, LATER, f"{book}/2024-10/{number}", ON, "有误")
    between = told(paid)
    table = "缴费流水号 | 参保人编号 | 金额\nJ1 | P2 | 400.00"
    premiums(paid, table, name="再.csv", draft=True, by=LATE)

    assert (between, told(paid)) == ([], [])
    marked = stored(paid, "SELECT count(*) FROM movement WHERE serial = 'J1|1'")
    assert marked == [(2,)]
    assert broken(paid, "UPDATE movement SET amount = -1 WHERE serial = 'J1|1'") == [
        "缴费J1，****1（340100合肥市）个人账户支付：300.00→0.01",
        "缴费J1，****3（340200芜湖市）个人账户支付：100.00→0.01",
    ]


def test_an_amount_that_is_not_what_the_accounts_paid(paid):
    changed = broken(paid, "UPDATE premium SET amount = 40100 WHERE serial = 'J1'")

    assert changed == ["缴费J1（340100合肥市）各账户支付：401.00→400.00"]
    [one] = found(paid)
    assert one.book == "340100-city-agency" and str(one.difference) == "-1.00"
    assert "yibao voucher reverse" in one.explanation


def test_a_share_of_another_amount(paid):
    """It is told three times: of the premium, of P3's account, of the sum."""
    change = "UPDATE premium_share SET amount = 9900 WHERE serial = 'J1'"

    assert broken(paid, f"{change} AND position = 2") == [
        "缴费J1（340100合肥市）各账户支付：400.00→399.00",
        "缴费J1，****3（340200芜湖市）个人账户支付：99.00→100.00",
        "缴费.csv代缴汇总（2024-10城乡居民医保，参保地340100合肥市，"
        "授权地340200芜湖市，父母；缴费J1）：149.00→150.00",
    ]


def test_a_share_of_another_payer(paid):
    change = "UPDATE premium_share SET payer_id = 'P2' WHERE serial = 'J1'"

    assert broken(paid, f"{change} AND position = 1") == [
        "缴费J1，****1（340100合肥市）个人账户支付：0.00→300.00",
        "缴费J1，****2（340100合肥市）个人账户支付：300.00→0.00",
    ]


def test_a_share_without_premium(paid):
    changed = broken(
        paid,
        "INSERT INTO premium_share (person_id, serial, freed, position, payer_id,"
        " payer_region, relation, amount, batch_id)"
        " SELECT 'P2', 'J9', 0, 1, payer_id, payer_region, relation, 500, batch_id"
        " FROM premium_share WHERE serial = 'K1'",
    )

    assert changed[:2] == [
        "缴费J9（340200芜湖市）各账户支付：0.00→5.00",
        "缴费J9，****3（340200芜湖市）个人账户支付：5.00→0.00",
    ]


def test_a_movement_of_another_kind(paid):
    change = "UPDATE movement SET kind = '家庭共济支出' WHERE serial = 'K1'"

    assert broken(paid, change) == [
        "缴费K1，****3（340200芜湖市）个人账户支付：50.00→0.00"
    ]


def test_a_movement_that_is_gone(paid):
    assert broken(paid, "DELETE FROM movement WHERE serial = 'K1'") == [
        "缴费K1，****3（340200芜湖市）个人账户支付：50.00→0.00"
    ]


@pytest.mark.parametrize(
    "change, says",
    [
        ("lines = lines + 1", "1笔→2笔"),
        ("amount = amount + 1", "300.00→300.01"),
    ],
)
def test_a_sum_that_is_not_what_its_premiums_add_up_to(paid, change, says):
    changed = broken(paid, f"UPDATE premium_sum SET {change} WHERE payer = '{HEFEI}'")

    assert changed == [
        "缴费.csv代缴汇总（2024-10城乡居民医保，参保地340100合肥市，"
        f"授权地340100合肥市，子女；缴费J1）：{says}"
    ]


def test_a_sum_of_another_region(paid):
    """What the premiums say is not there, what is there they do not say."""
    changed = broken(
        paid, f"UPDATE premium_sum SET region = '{WUHU}' WHERE payer = '{HEFEI}'"
    )

    assert [line.partition("；")[2] for line in changed] == [
        "缴费J1）：1笔→0笔",
        "缴费没有）：0笔→1笔",
    ]


def test_a_serial_that_is_registered_for_another_or_nobody(paid):
    change = "UPDATE serial_key SET person_id = 'P4' WHERE serial = 'J1'"

    assert broken(paid, change) == [
        "缴费J1，****2（340100合肥市）：流水号登记在这人名下→登记在另一人名下"
    ]
    assert broken(paid, "DELETE FROM serial_key WHERE serial = 'J1'") == [
        "缴费J1，****2（340100合肥市）：流水号登记在这人名下→没有登记"
    ]


def test_a_premium_twice_is_told_by_both_serials(paid):
    premiums(paid, "缴费流水号 | 参保人编号 | 金额\nJ2 | P2 | 10.00", name="二.csv")

    assert told(paid) == []
    assert told(paid, NOTE) == [
        "****2（340100合肥市）2025年度城乡居民医保（缴费J1、J2）：1笔→2笔"
    ]


def test_people_are_whole_only_for_who_may_see_them(paid):
    broken(paid, "DELETE FROM movement WHERE serial = 'K1'")

    [one] = found(paid)
    [whole] = found(paid, unmasked=True)

    assert (one.person_id, whole.person_id) == ("", "P3")
    assert "缴费K1，P3（" in whole.what
