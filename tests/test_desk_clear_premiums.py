"""Premiums that families' accounts paid: cleared yearly, paid on."""

import json
from decimal import Decimal

from clearing_by_hand import balances, day, premiums
from desk_by_hand import printed
from people_by_hand import stored
from settlements_by_hand import BENGBU, HEFEI, LI, WUHU

from desk.reversing import reverse
from desk.settlements.clearing import clear
from ledger import settings
from ledger.periods import Month
from ledger.postings import Actor
from ledger.settings import SettingRow

ANHUI = "340000"
LATER = Actor("li", "2025-01-10T09:00:00+08:00")
# 芜湖's account pays 400 for a resident of 合肥, 合肥's own accounts pay 400 and 50.
A_SEASON = """
    月份    | 参保地 | 付款   | 保费         | 金额
    2024-10 | 340100 | 340200 | 城乡居民医保 | 400.00
    2024-10 | 340100 | 340100 | 城乡居民医保 | 400.00
    2024-11 | 340100 | 340100 | 惠民保       | 50.00
"""


def cleared(home, period=2024, **how):
    return clear(home, how.pop("by", LATER), "premiums", period, ANHUI, **how)


def amounts(made):
    return [(p.subject, p.payer, p.payee, p.lines, p.net) for p in made.parts]


def setting(home, name, value):
    with home.writing() as connection:
        settings.put(connection, SettingRow(name, "", None, value, "测试", "li", LI.at))


def test_a_year_is_cleared_between_regions_and_paid_on(anhui_home):
    premiums(anhui_home, A_SEASON)

    made = cleared(anhui_home)

    assert amounts(made) == [
        ("代缴保费", HEFEI, "城乡居民医保", 2, Decimal("800.00")),
        ("代缴保费", HEFEI, "惠民保", 1, Decimal("50.00")),
        ("家庭共济保费", WUHU, HEFEI, 1, Decimal("400.00")),
    ]
    assert made.status == "posted"
    for subject in (
        "暂收款——家庭共济保费",
        "暂付款——家庭共济保费",
        "暂收款——代缴保费%",
    ):
        assert balances(anhui_home, subject) == {}
    assert balances(anhui_home, "支出户存款") == {
        (HEFEI, "", "310"): Decimal("-850.00")
    }
    assert balances(anhui_home, "财政专户存款——市本级") == {
        (HEFEI, "", "310"): Decimal("400.00"),
        (WUHU, "", "310"): Decimal("-400.00"),
    }


def test_a_month_pays_on_what_was_collected_up_to_it(anhui_home):
    premiums(anhui_home, A_SEASON)

    made = cleared(anhui_home, Month(2024, 10), post_on=day("2024-11-30"))

    assert amounts(made) == [("代缴保费", HEFEI, "城乡居民医保", 2, Decimal("800.00"))]
    assert balances(anhui_home, "暂收款——代缴保费%") == {
        (HEFEI, "", "310"): Decimal("-50.00")
    }
    assert balances(anhui_home, "暂收款——家庭共济保费") == {
        (WUHU, HEFEI, "310"): Decimal("-400.00")
    }
    assert (
        "340100-city-agency 2024-11-30 P11 记-2\n"
        "  借 暂收款——代缴保费——城乡居民医保 310 800.00\n"
        "  贷 支出户存款 310 800.00"
    ) in printed(anhui_home)


def test_the_year_pays_on_only_what_no_month_did(anhui_home):
    premiums(anhui_home, A_SEASON)
    cleared(anhui_home, Month(2024, 10))

    made = cleared(anhui_home)

    assert amounts(made) == [
        ("代缴保费", HEFEI, "惠民保", 1, Decimal("50.00")),
        ("家庭共济保费", WUHU, HEFEI, 1, Decimal("400.00")),
    ]
    assert cleared(anhui_home).status == "already-posted"
    assert cleared(anhui_home, Month(2024, 10)).status == "already-posted"
    assert balances(anhui_home, "暂收款——代缴保费%") == {}


def test_what_comes_later_is_a_clearing_of_its_own(anhui_home):
    premiums(anhui_home, A_SEASON)
    cleared(anhui_home)
    premiums(anhui_home, "月份|参保地|付款|金额\n2024-12|340300|340200|400.00")

    made = cleared(anhui_home)

    assert amounts(made) == [
        ("代缴保费", BENGBU, "城乡居民医保", 1, Decimal("400.00")),
        ("家庭共济保费", WUHU, BENGBU, 1, Decimal("400.00")),
    ]
    assert stored(anhui_home, "SELECT serial, state FROM clearing ORDER BY id") == [
        (1, "done"),
        (2, "done"),
    ]


def test_another_year_waits(anhui_home):
    premiums(anhui_home, "月份|付款|金额\n2025-01|340200|400.00")

    assert cleared(anhui_home, post_on=day("2025-02-01")).parts == []


def test_reversing_takes_clearing_and_paying_on_back(anhui_home):
    premiums(anhui_home, A_SEASON)
    made = cleared(anhui_home)

    reverse(anhui_home, LATER, made.vouchers[0].name, day("2025-01-11"), "有误")

    assert stored(
        anhui_home,
        "SELECT count(*) FROM premium_sum"
        " WHERE clearing_id IS NULL AND paid_on_id IS NULL",
    ) == [(3,)]
    assert cleared(anhui_home, post_on=day("2025-01-12")).parts == made.parts


def test_with_confirmation_paying_on_does_not_wait(anhui_home):
    setting(anhui_home, "clearing-confirmation", "by-region")
    premiums(anhui_home, A_SEASON)

    made = cleared(anhui_home)

    assert made.status == "made"
    assert {row.rule.rpartition("/")[2] for row in made.vouchers} == {"P11"}
    assert balances(anhui_home, "暂收款——代缴保费%") == {}
    assert balances(anhui_home, "暂收款——家庭共济保费") == {
        (WUHU, HEFEI, "310"): Decimal("-400.00")
    }


def test_premiums_are_netted_too(anhui_home):
    setting(anhui_home, "netting", "multilateral")
    premiums(
        anhui_home,
        """参保地 | 付款   | 金额
           340100 | 340200 | 400.00
           340200 | 340100 | 300.00""",
    )

    made = cleared(anhui_home)

    assert [p[1:] for p in amounts(made) if p[0] == "家庭共济保费"] == [
        (HEFEI, WUHU, 1, Decimal("0.00")),
        (WUHU, HEFEI, 1, Decimal("100.00")),
    ]
    for subject in ("暂收款——家庭共济保费", "暂付款——家庭共济保费"):
        assert balances(anhui_home, subject) == {}


def test_the_command_takes_a_year(anhui, sqlite_anhui_home):
    premiums(sqlite_anhui_home, A_SEASON)

    code, out, _ = anhui(
        *("clear", "2024", "--kind", "premiums", "--province", ANHUI, "--json")
    )

    told = json.loads(out)
    assert code == 0
    assert (told["period"], told["status"]) == ("2024", "posted")
    assert [path.rpartition("/")[2] for path in told["files"]] == [
        "清算总表_premiums_2024_1_340000安徽省.xlsx",
        "清算单_premiums_2024_1_340100合肥市.xlsx",
        "清算单_premiums_2024_1_340200芜湖市.xlsx",
    ]
