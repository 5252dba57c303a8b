"""Regions confirm their statements; what both sides confirm is posted."""

import json
from decimal import Decimal

import pytest
from clearing_by_hand import balances, day, settled
from people_by_hand import stored
from settlements_by_hand import BENGBU, HEFEI, LI, WANG, WUHU

from desk.reversing import reverse
from desk.settlements.clearing import clear, withdraw
from desk.settlements.confirming import confirm, said_of
from desk.vouchers import approve, reject
from ledger import settings
from ledger.errors import BookError, UsageError
from ledger.periods import Month
from ledger.settings import SettingRow

JULY = Month(2024, 7)
ANHUI = "340000"
# 芜湖 owes 合肥 30, 蚌埠 owes 合肥 45.
TWO_PAIRS = """
    就医地 | 参保地 | 付款   | 金额
    340100 | 340100 | 340200 | 30.00
    340100 | 340100 | 340300 | 45.00
"""


def by_region(home, *more):
    with home.writing() as connection:
        for name, value in (("clearing-confirmation", "by-region"), *more):
            settings.put(
                connection, SettingRow(name, "", None, value, "测试", "li", LI.at)
            )


def cleared(home, **how):
    return clear(home, LI, "family", JULY, ANHUI, **how)


def confirmed(home, region, by=WANG, **how):
    return confirm(home, by, "family", JULY, region, **how)


def pairs(made):
    return sorted({row.book.partition("-")[0] for row in made.vouchers})


def test_a_statement_waits_without_vouchers(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)

    made = cleared(anhui_home)

    assert (made.status, made.vouchers) == ("made", [])
    assert len(made.files) == 4
    assert stored(anhui_home, "SELECT state FROM clearing") == [("made",)]
    assert cleared(anhui_home).status == "already-posted"


def test_a_pair_is_posted_when_both_sides_have_confirmed(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)

    first = confirmed(anhui_home, HEFEI)
    second = confirmed(anhui_home, WUHU)

    assert (first.status, first.vouchers) == ("recorded", [])
    assert (second.status, pairs(second)) == ("posted", [HEFEI, WUHU])
    assert {row.dated for row in second.vouchers} == {day("2024-08-02")}
    assert balances(anhui_home, "暂付款——家庭共济") == {
        (HEFEI, BENGBU, "310"): Decimal("45.00")
    }
    assert stored(anhui_home, "SELECT state FROM clearing") == [("made",)]


def test_the_last_pair_makes_the_clearing_done(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    for region in (HEFEI, WUHU):
        confirmed(anhui_home, region)

    last = confirmed(anhui_home, BENGBU, post_on=day("2024-08-20"))

    assert pairs(last) == [HEFEI, BENGBU]
    assert {row.dated for row in last.vouchers} == {day("2024-08-20")}
    assert balances(anhui_home, "暂付款——家庭共济") == {}
    assert stored(anhui_home, "SELECT state FROM clearing") == [("done",)]


def test_a_dispute_withholds_until_the_region_confirms_after_all(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    confirmed(anhui_home, HEFEI, dispute="金额不符")

    withheld = confirmed(anhui_home, WUHU)
    agreed = confirmed(anhui_home, HEFEI)

    assert withheld.vouchers == []
    assert [(one.region, one.says, one.reason) for one in withheld.said] == [
        (HEFEI, "disputed", "金额不符"),
        (WUHU, "confirmed", ""),
        (BENGBU, "", ""),
    ]
    assert pairs(agreed) == [HEFEI, WUHU]


def test_the_same_word_twice_is_kept_once(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    confirmed(anhui_home, HEFEI)

    again = confirmed(anhui_home, HEFEI)

    assert again.status == "already-recorded"
    assert stored(anhui_home, "SELECT count(*) FROM clearing_confirmation") == [(1,)]


def test_a_netted_clearing_is_posted_when_everyone_has_confirmed(anhui_home):
    by_region(anhui_home, ("netting", "multilateral"))
    settled(
        anhui_home,
        """就医地 | 参保地 | 付款   | 金额
           340200 | 340200 | 340100 | 50.00
           340300 | 340300 | 340200 | 50.00
           340100 | 340100 | 340300 | 45.00""",
    )
    cleared(anhui_home)
    for region in (HEFEI, WUHU):
        assert confirmed(anhui_home, region).vouchers == []

    last = confirmed(anhui_home, BENGBU)

    assert last.status == "posted"
    assert balances(anhui_home, "暂付款——家庭共济") == {}
    assert balances(anhui_home, "财政专户存款——市本级") == {
        (HEFEI, "", "310"): Decimal("-5.00"),
        (BENGBU, "", "310"): Decimal("5.00"),
    }
    assert stored(anhui_home, "SELECT state FROM clearing") == [("done",)]


def test_another_province_needs_to_confirm_nothing(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, "部分|就医地|参保地|付款|金额\n统筹|320000|340100|340100|25.00")
    cleared(anhui_home)

    made = confirmed(anhui_home, HEFEI)

    assert (made.status, pairs(made)) == ("posted", [HEFEI])


def test_with_two_persons_the_vouchers_are_drafts_approved_together(anhui_home):
    by_region(anhui_home, ("review", "second-person"))
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    for region in (HEFEI, WUHU):
        made = confirmed(anhui_home, region)

    assert made.status == "draft"
    reject(anhui_home, LI, [f"#{made.vouchers[0].id}"], "重做")
    assert stored(anhui_home, "SELECT state FROM clearing") == [("undone",)]


def test_a_rejected_pair_waits_while_another_stands(anhui_home):
    by_region(anhui_home, ("review", "second-person"))
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    confirmed(anhui_home, HEFEI)
    first = confirmed(anhui_home, WUHU)
    approve(anhui_home, LI, [f"#{first.vouchers[0].id}"])
    second = confirmed(anhui_home, BENGBU)
    assert stored(anhui_home, "SELECT state FROM clearing") == [("done",)]

    reject(anhui_home, LI, [f"#{second.vouchers[0].id}"], "重做")

    assert stored(anhui_home, "SELECT state FROM clearing") == [("made",)]
    again = confirmed(anhui_home, BENGBU)
    assert (again.status, pairs(again)) == ("draft", [HEFEI, BENGBU])


def test_reversing_what_is_posted_takes_the_whole_statement_back(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    for region in (HEFEI, WUHU):
        made = confirmed(anhui_home, region)

    reverse(anhui_home, LI, made.vouchers[0].name, day("2024-08-05"), "有误")

    assert stored(anhui_home, "SELECT state FROM clearing") == [("undone",)]
    assert cleared(anhui_home, post_on=day("2024-08-06")).status == "made"


def test_a_disputed_statement_is_withdrawn_and_made_anew(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)
    confirmed(anhui_home, WUHU, dispute="有一笔已退费")
    settled(anhui_home, "付款|金额|业务\n340200|-10.00|退还")

    gone = withdraw(anhui_home, LI, "family", JULY, ANHUI)
    again = cleared(anhui_home)

    assert gone.status == "withdrawn"
    assert stored(
        anhui_home,
        "SELECT region, by FROM clearing_confirmation WHERE says = 'withdrawn'",
    ) == [(ANHUI, "li")]
    assert [(p.payer, p.gross) for p in again.parts] == [
        (WUHU, Decimal("20.00")),
        (BENGBU, Decimal("45.00")),
    ]


def test_what_has_vouchers_is_reversed_not_withdrawn(anhui_home):
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)

    with pytest.raises(BookError, match="yibao voucher reverse"):
        withdraw(anhui_home, LI, "family", JULY, ANHUI)


def test_a_region_that_takes_no_part_has_nothing_to_confirm(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)

    with pytest.raises(BookError, match="淮南市"):
        confirmed(anhui_home, "340400")
    with pytest.raises(UsageError, match="510100"):
        confirmed(anhui_home, "510100")


def test_a_trial_keeps_no_word(anhui_home):
    by_region(anhui_home)
    settled(anhui_home, TWO_PAIRS)
    cleared(anhui_home)

    confirmed(anhui_home, HEFEI, dry_run=True)

    assert [one.says for one in said_of(anhui_home, "family", JULY).said] == [""] * 3


def test_the_command_lists_who_confirmed_and_who_not(anhui, sqlite_anhui_home):
    by_region(sqlite_anhui_home)
    settled(sqlite_anhui_home, TWO_PAIRS)
    cleared(sqlite_anhui_home)
    asked = ("confirm", "2024-07", "--kind", "family")
    anhui(*asked, "--region", HEFEI)
    anhui(*asked, "--region", WUHU, "--dispute", "金额不符")

    code, out, _ = anhui(*asked, "--json")
    _, told, _ = anhui(*asked)

    regions = json.loads(out)["regions"]
    assert code == 0
    assert [(r["region"], r["says"], r["owes"], r["is_owed"]) for r in regions] == [
        (HEFEI, "confirmed", "0.00", "75.00"),
        (WUHU, "disputed", "30.00", "0.00"),
        (BENGBU, "", "45.00", "0.00"),
    ]
    assert "金额不符" in told
    assert "未确认" in told


def test_a_dispute_says_who_and_why(anhui, sqlite_anhui_home):
    asked = ("confirm", "2024-07", "--kind", "family")

    assert anhui(*asked, "--dispute", "金额不符")[0] == 2
    assert anhui(*asked, "--region", HEFEI, "--dispute", " ")[0] == 2
