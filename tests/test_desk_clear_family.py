"""Clearing of treatment between regions: what is owed is paid, once, in all books."""

from decimal import Decimal
from random import Random
from threading import Thread

import pytest
from clearing_by_hand import CITIES, balances, day, settled
from desk_by_hand import printed
from people_by_hand import stored
from settlements_by_hand import BENGBU, HEFEI, LI, WANG, WUHU

from desk.reversing import reverse
from desk.settlements.clearing import clear
from desk.vouchers import approve, reject
from ledger import postings, settings
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.periods import Month
from ledger.postings import Actor
from ledger.settings import SettingRow
from reports.checks.region_clearing import region_clearing

JULY, AUGUST = Month(2024, 7), Month(2024, 8)
ANHUI = "340000"
# A person of 合肥 is treated in 合肥; 芜湖's account shares 30. One of 芜湖 is treated in
# 合肥: 60 pooled, 20 own. One of 合肥 is treated in 芜湖: 25 pooled.
A_MONTH = """
    部分 | 就医地 | 参保地 | 付款   | 金额  | 关系
    共济 | 340100 | 340100 | 340200 | 30.00 | 父母
    统筹 | 340100 | 340200 | 340200 | 60.00 |
    个账 | 340100 | 340200 | 340200 | 20.00 |
    统筹 | 340200 | 340100 | 340100 | 25.00 |
"""


def cleared(home, period=JULY, **how):
    return clear(home, how.pop("by", LI), "family", period, ANHUI, **how)


def amounts(made):
    return [(p.subject, p.payer, p.payee, p.lines, p.gross, p.net) for p in made.parts]


def setting(home, name, value):
    with home.writing() as connection:
        settings.put(connection, SettingRow(name, "", None, value, "测试", "li", LI.at))


def open_balances(home):
    return {
        subject: balances(home, subject)
        for subject in (
            "暂收款——家庭共济",
            "暂付款——家庭共济",
            "暂收款——异地结算",
            "暂付款——异地结算",
        )
    }


NOTHING_OPEN = {
    "暂收款——家庭共济": {},
    "暂付款——家庭共济": {},
    "暂收款——异地结算": {},
    "暂付款——异地结算": {},
}


def test_a_month_is_cleared_pair_by_pair_in_the_books_of_both_sides(anhui_home):
    settled(anhui_home, A_MONTH)

    made = cleared(anhui_home)

    assert amounts(made) == [
        ("家庭共济", WUHU, HEFEI, 1, Decimal("30.00"), Decimal("30.00")),
        ("异地结算", HEFEI, WUHU, 1, Decimal("25.00"), Decimal("25.00")),
        ("异地结算", WUHU, HEFEI, 2, Decimal("80.00"), Decimal("80.00")),
    ]
    assert made.status == "posted"
    assert [row.dated for row in made.vouchers] == [day("2024-08-01")] * 12
    assert open_balances(anhui_home) == NOTHING_OPEN
    assert balances(anhui_home, "财政专户存款——市本级") == {
        (HEFEI, "", "310"): Decimal("85.00"),
        (WUHU, "", "310"): Decimal("-85.00"),
    }
    assert balances(anhui_home, "银行存款——医保基金存款") == balances(
        anhui_home, "财政专户存款——市本级"
    )


def test_the_vouchers_are_p10_with_the_other_region_as_detail(anhui_home):
    settled(anhui_home, "部分|付款|金额\n共济|340200|30.00")

    cleared(anhui_home, post_on=day("2024-08-10"))

    assert printed(anhui_home).count(" P10 ") == 4
    assert (
        "340200-city-agency 2024-08-10 P10 记-1\n"
        "  借 暂收款——家庭共济:340100 310 30.00\n"
        "  贷 财政专户存款——市本级 310 30.00"
    ) in printed(anhui_home)
    assert (
        "340100-city-agency 2024-08-10 P10 记-1\n"
        "  借 财政专户存款——市本级 310 30.00\n"
        "  贷 暂付款——家庭共济:340200 310 30.00"
    ) in printed(anhui_home)
    assert (
        "340200-city-finance 2024-08-10 P10 记-1\n"
        "  借 医保支出——跨统筹区清算 310 30.00\n"
        "  贷 银行存款——医保基金存款 310 30.00"
    ) in printed(anhui_home)
    assert (
        "340100-city-finance 2024-08-10 P10 记-1\n"
        "  借 银行存款——医保基金存款 310 30.00\n"
        "  贷 医保收入——跨统筹区清算 310 30.00"
    ) in printed(anhui_home)


def test_the_vouchers_name_the_other_side(anhui_home):
    settled(anhui_home, "付款|金额\n340200|30.00")
    cleared(anhui_home)

    assert stored(
        anhui_home,
        "SELECT book_id, payee FROM voucher WHERE event = 'clear-family' ORDER BY 1",
    ) == [
        ("340100-city-agency", "芜湖市经办机构"),
        ("340100-city-finance", "芜湖市财政部门"),
        ("340200-city-agency", "合肥市经办机构"),
        ("340200-city-finance", "合肥市财政部门"),
    ]


def test_running_twice_says_what_stands(anhui_home):
    settled(anhui_home, A_MONTH)
    first = cleared(anhui_home)

    again = cleared(anhui_home)

    assert again.status == "already-posted"
    assert again.clearing == first.clearing
    assert again.parts == first.parts
    assert again.files == first.files
    assert [row.name for row in again.vouchers] == [r.name for r in first.vouchers]


def test_where_nothing_ever_was_nothing_is_made(anhui_home):
    made = cleared(anhui_home)

    assert (made.status, made.clearing, made.parts) == ("already-posted", None, [])
    assert stored(anhui_home, "SELECT count(*) FROM clearing") == [(0,)]


def test_what_comes_later_is_cleared_by_itself(anhui_home):
    settled(anhui_home, A_MONTH)
    first = cleared(anhui_home)
    settled(anhui_home, "部分|付款|金额|业务\n共济|340200|-10.00|退还")

    second = cleared(anhui_home)

    assert amounts(second) == [
        ("家庭共济", WUHU, HEFEI, 1, Decimal("-10.00"), Decimal("-10.00"))
    ]
    assert second.standing == (first.clearing, second.clearing)
    assert stored(anhui_home, "SELECT serial FROM clearing ORDER BY id") == [(1,), (2,)]
    assert open_balances(anhui_home) == NOTHING_OPEN


def test_a_net_below_zero_is_red_on_its_printed_side(anhui_home):
    settled(anhui_home, "部分|付款|金额|业务\n共济|340200|-10.00|退还")

    cleared(anhui_home)

    assert (
        "340200-city-agency 2024-08-01 P10 记-1\n"
        "  借 暂收款——家庭共济:340100 310 -10.00\n"
        "  贷 财政专户存款——市本级 310 -10.00"
    ) in printed(anhui_home)


def test_a_refund_of_a_cleared_month_enters_the_next_clearing(anhui_home):
    settled(anhui_home, A_MONTH)
    cleared(anhui_home)
    settled(
        anhui_home,
        """月份    | 部分 | 付款   | 金额   | 业务
           2024-08 | 共济 | 340200 | 50.00  | 收费
           2024-08 | 共济 | 340200 | -30.00 | 退还""",
    )

    made = cleared(anhui_home, AUGUST, post_on=day("2024-09-05"))

    assert amounts(made) == [
        ("家庭共济", WUHU, HEFEI, 2, Decimal("20.00"), Decimal("20.00"))
    ]


def test_later_months_wait(anhui_home):
    settled(anhui_home, "月份|付款|金额\n2024-08|340200|30.00")

    assert cleared(anhui_home).parts == []


def test_a_quarter_takes_its_months(anhui, sqlite_anhui_home):
    settled(sqlite_anhui_home, "月份|付款|金额\n2024-08|340200|30.00")

    code, out, _ = anhui(
        *("clear", "2024Q3", "--kind", "family", "--province", ANHUI, "--json")
    )

    assert code == 0
    assert '"gross": "30.00"' in out


def test_a_year_is_no_period_of_treatment(anhui_home):
    with pytest.raises(UsageError, match="2024-07"):
        cleared(anhui_home, 2024)


def test_drafts_and_what_is_paid_by_hand_or_at_home_are_not_cleared(anhui_home):
    settled(anhui_home, A_MONTH, approve=False)
    settled(
        anhui_home,
        """部分 | 就医地 | 参保地 | 付款   | 金额  | 方式
           统筹 | 340200 | 340100 | 340100 | 25.00 | 手工
           统筹 | 340100 | 340100 | 340100 | 25.00 | 联网""",
    )

    assert cleared(anhui_home).parts == []


def test_another_province_is_paid_from_the_payers_books_alone(anhui_home):
    settled(
        anhui_home,
        "部分|就医地|参保地|付款|金额\n统筹|320000|340100|340100|25.00",
    )

    made = cleared(anhui_home)

    assert {row.book for row in made.vouchers} == {
        f"{HEFEI}-city-agency",
        f"{HEFEI}-city-finance",
    }
    assert open_balances(anhui_home) == NOTHING_OPEN


def test_a_person_of_the_province_itself_is_received_in_the_books_of_the_place(
    anhui_home,
):
    settled(
        anhui_home,
        "部分|就医地|参保地|付款|金额\n统筹|340100|349900|349900|25.00",
    )

    made = cleared(anhui_home)

    assert {row.book.partition("-")[0] for row in made.vouchers} == {HEFEI}
    assert open_balances(anhui_home) == NOTHING_OPEN


def test_each_fund_is_cleared_by_itself(anhui_home):
    settled(
        anhui_home,
        """部分 | 就医地 | 参保地 | 付款   | 险种 | 金额
           统筹 | 340100 | 340200 | 340200 | 310 | 60.00
           统筹 | 340100 | 340200 | 340200 | 390 | 7.00""",
    )

    made = cleared(anhui_home)

    assert [(p.fund, p.net) for p in made.parts] == [
        ("310", Decimal("60.00")),
        ("390", Decimal("7.00")),
    ]
    assert open_balances(anhui_home) == NOTHING_OPEN


def test_netted_three_regions_in_a_ring_pay_only_what_is_left(anhui_home):
    """合肥 owes 芜湖 50, 芜湖 owes 蚌埠 40, 蚌埠 owes 合肥 45: net 合肥 pays 5, 蚌埠
    pays 5, 芜湖 receives 10."""
    setting(anhui_home, "netting", "multilateral")
    settled(
        anhui_home,
        """部分 | 就医地 | 参保地 | 付款   | 金额
           共济 | 340200 | 340200 | 340100 | 50.00
           共济 | 340300 | 340300 | 340200 | 40.00
           共济 | 340100 | 340100 | 340300 | 45.00""",
    )

    made = cleared(anhui_home)

    assert amounts(made) == [
        ("家庭共济", HEFEI, WUHU, 1, Decimal("50.00"), Decimal("5.00")),
        ("家庭共济", WUHU, BENGBU, 1, Decimal("40.00"), Decimal("0.00")),
        ("家庭共济", BENGBU, HEFEI, 1, Decimal("45.00"), Decimal("0.00")),
        ("家庭共济", BENGBU, WUHU, 0, Decimal("0.00"), Decimal("5.00")),
    ]
    assert open_balances(anhui_home) == NOTHING_OPEN
    assert balances(anhui_home, "财政专户存款——市本级") == {
        (HEFEI, "", "310"): Decimal("-5.00"),
        (WUHU, "", "310"): Decimal("10.00"),
        (BENGBU, "", "310"): Decimal("-5.00"),
    }
    assert (
        "340300-city-agency 2024-08-01 P10n 记-1\n"
        "  借 暂收款——家庭共济:340100 310 45.00\n"
        "  借 暂收款——家庭共济:340200 310 -5.00\n"
        "  贷 暂付款——家庭共济:340200 310 40.00"
    ) in printed(anhui_home)


def test_other_provinces_are_never_netted(anhui_home):
    setting(anhui_home, "netting", "multilateral")
    settled(
        anhui_home,
        """部分 | 就医地 | 参保地 | 付款   | 金额
           统筹 | 320000 | 340100 | 340100 | 50.00
           统筹 | 340100 | 340200 | 340200 | 40.00""",
    )

    made = cleared(anhui_home)

    assert [(p.payer, p.payee, p.net) for p in made.parts] == [
        (HEFEI, "320000", Decimal("50.00")),
        (WUHU, HEFEI, Decimal("40.00")),
    ]
    assert open_balances(anhui_home) == NOTHING_OPEN


def test_reversing_one_voucher_takes_the_whole_clearing_back(anhui_home):
    settled(anhui_home, A_MONTH)
    before = open_balances(anhui_home)
    made = cleared(anhui_home)

    reverse(anhui_home, LI, made.vouchers[0].name, day("2024-08-05"), "账号有误")

    assert open_balances(anhui_home) == before
    assert balances(anhui_home, "财政专户存款——市本级") == {}
    assert stored(anhui_home, "SELECT state FROM clearing") == [("undone",)]
    again = cleared(anhui_home, post_on=day("2024-08-06"))
    assert (again.status, again.parts) == ("posted", made.parts)
    assert open_balances(anhui_home) == NOTHING_OPEN


def test_of_an_earlier_year_it_is_taken_back_in_blue(anhui_home):
    settled(anhui_home, A_MONTH)
    before = open_balances(anhui_home)
    made = cleared(anhui_home)
    year = Actor("li", "2025-01-05T09:00:00+08:00")

    drafts = reverse(
        anhui_home, year, made.vouchers[0].name, day("2025-01-05"), "有误", blue=True
    )
    approve(anhui_home, WANG, [f"#{drafts[0].id}"])

    assert open_balances(anhui_home) == before
    assert stored(anhui_home, "SELECT state FROM clearing") == [("undone",)]
    assert cleared(anhui_home, post_on=day("2025-01-06")).status == "posted"


def test_two_at_once_clear_once(anhui_home):
    settled(anhui_home, A_MONTH)
    made = []

    def run():
        home = Home(anhui_home.path, anhui_home.url)
        made.append(cleared(home).status)
        home.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == ["already-posted", "already-posted", "posted"]
    assert open_balances(anhui_home) == NOTHING_OPEN


@pytest.mark.parametrize("netting", ["gross", "multilateral"])
def test_a_province_of_sixteen_cities_is_cleared_to_nothing(anhui_home, netting):
    """240 pairs with amounts of every size, refunds among them, two funds."""
    setting(anhui_home, "netting", netting)
    cities, draw = sorted(CITIES), Random(20240801)
    table = ["部分 | 就医地 | 参保地 | 付款 | 险种 | 业务 | 金额"]
    for payer in cities:
        for place in cities:
            if payer != place:
                amount = draw.randint(1, 99_999_999)
                table.append(
                    f"{draw.choice(['统筹', '共济'])} | {place} | {payer} | {payer} | "
                    f"{draw.choice(['310', '390'])} | 收费 | {amount / 100:.2f}"
                )
                if amount % 5 == 0:
                    table.append(table[-1].replace("收费 | ", "退还 | -"))
    settled(anhui_home, "\n".join(table))

    made = cleared(anhui_home)

    assert open_balances(anhui_home) == NOTHING_OPEN
    deposits = balances(anhui_home, "财政专户存款——市本级")
    assert sum(deposits.values()) == 0
    payments = [part for part in made.parts if part.net]
    lanes = {(part.subject, part.fund) for part in made.parts}
    assert netting == "gross" or len(payments) <= 15 * len(lanes)
    with anhui_home.reading() as connection:
        assert list(region_clearing(connection)) == []


def test_a_rejected_draft_frees_its_rows(anhui_home):
    settled(anhui_home, A_MONTH)
    made = cleared(anhui_home, draft=True)
    assert made.status == "draft"
    assert cleared(anhui_home).status == "already-posted"

    reject(anhui_home, WANG, [f"#{made.vouchers[0].id}"], "重做")

    assert stored(anhui_home, "SELECT state FROM clearing") == [("undone",)]
    assert cleared(anhui_home).status == "posted"


def test_one_draft_approved_approves_the_clearing(anhui_home):
    settled(anhui_home, A_MONTH)
    made = cleared(anhui_home, draft=True)
    with anhui_home.writing() as connection:
        with pytest.raises(BookError, match="还是草稿"):
            postings.approve(connection, [made.vouchers[0].posting_id], WANG)


def test_a_trial_leaves_nothing(anhui_home):
    settled(anhui_home, A_MONTH)

    made = cleared(anhui_home, dry_run=True)

    assert len(made.parts) == 3
    assert made.files == []
    assert stored(anhui_home, "SELECT count(*) FROM clearing") == [(0,)]
    assert stored(
        anhui_home, "SELECT count(*) FROM settlement_sum WHERE clearing_id IS NOT NULL"
    ) == [(0,)]


def test_a_clearing_is_not_dated_before_what_it_clears(anhui_home):
    settled(anhui_home, A_MONTH)

    with pytest.raises(BookError, match="2024-07-31"):
        cleared(anhui_home, post_on=day("2024-07-30"))


def test_only_the_homes_own_province_is_cleared(anhui_home):
    with pytest.raises(UsageError, match="340000"):
        clear(anhui_home, LI, "family", JULY, "510000")


def test_statements_are_printed_for_the_province_and_each_city(anhui_home):
    settled(anhui_home, A_MONTH)

    made = cleared(anhui_home)

    names = [path.rpartition("/")[2] for path in made.files]
    assert names == [
        "清算总表_family_2024-07_1_340000安徽省.xlsx",
        "清算单_family_2024-07_1_340100合肥市.xlsx",
        "清算单_family_2024-07_1_340200芜湖市.xlsx",
    ]
    first = [open(path, "rb").read() for path in made.files]
    again = cleared(anhui_home)
    assert [open(path, "rb").read() for path in again.files] == first


def test_the_command_tells_json(anhui, sqlite_anhui_home):
    import json

    settled(sqlite_anhui_home, A_MONTH)

    code, out, _ = anhui(
        *("clear", "2024-07", "--kind", "family", "--province", ANHUI, "--json")
    )

    told = json.loads(out)
    assert code == 0
    assert told["status"] == "posted"
    assert told["parts"][0] == {
        "subject": "家庭共济",
        "payer": WUHU,
        "payee": HEFEI,
        "fund": "310",
        "lines": 1,
        "gross": "30.00",
        "net": "30.00",
    }
    assert len(told["vouchers"]) == 12
    assert told["vouchers"][0]["voucher"].startswith("340100-city-agency/20")


def test_the_command_tells_people(anhui, sqlite_anhui_home):
    settled(sqlite_anhui_home, A_MONTH)

    code, out, _ = anhui("clear", "2024-07", "--kind", "family", "--province", ANHUI)

    assert code == 0
    assert "30.00" in out
    folder = sqlite_anhui_home.path / "out" / "clearing"
    names = [path.name for path in folder.iterdir()]
    assert "清算总表_family_2024-07_1_340000安徽省.xlsx" in names
    assert f"清算单：{folder}（{len(names)}个文件，--json 列出文件名）" in out


def test_of_more_than_thirty_parts_the_command_tells_the_payers_totals(
    anhui, sqlite_anhui_home
):
    payers = sorted(CITIES - {HEFEI, WUHU})
    rows = [f"{HEFEI}|{payer}|1.00" for payer in payers]
    rows += [f"{WUHU}|{payer}|2.50" for payer in payers] + [f"{HEFEI}|{WUHU}|9.00"]
    rows += [f"{place}|{BENGBU}|4.00" for place in payers if place != BENGBU]
    settled(sqlite_anhui_home, "\n".join(["就医地|付款|金额", *rows]))

    command = ("clear", "2024-07", "--kind", "family", "--province", ANHUI)
    _, tried, _ = anhui(*command, "--dry-run")
    _, out, _ = anhui(*command)

    # 蚌埠 owes 合肥 1.00, 芜湖 2.50 and the other 13 cities 4.00 each.
    told = [line.split() for line in out.splitlines()]
    assert len(payers) == 14
    assert ["家庭共济", "340300蚌埠市", "15", "15", "55.50", "55.50"] in told
    assert ["家庭共济", "340400淮南市", "2", "2", "3.50", "3.50"] in told
    assert ["家庭共济", "340200芜湖市", "1", "1", "9.00", "9.00"] in told
    assert "共42项，以上按付款方合计；逐项见清算单。" in out
    assert "共42项，以上按付款方合计；逐项见--json。" in tried
    assert "清算单：" not in tried


def test_pay_is_of_institutions_alone(anhui):
    code, _, told = anhui(
        *("clear", "2024-07", "--kind", "family", "--province", ANHUI, "--pay")
    )

    assert code == 2
    assert "institutions" in told
