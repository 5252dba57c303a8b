"""check: bills, their shares, movements, sums and the year's use (identity 12).

Each break is one changed row, told with the 流水号 that it is of.
"""

from datetime import date

import pytest
from people_by_hand import NANCHONG, stored
from settlements_by_hand import WANG, accounts, take
from test_desk_match import ALL_THREE, make, run, theirs

from desk.reversing import reverse
from reports.reconcile import check

ON = date(2024, 12, 31)
AHEAD = "（2024-07，340100合肥市）"
REFUND = """结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 医疗总费用
    | 政策范围内费用"""


@pytest.fixture
def settled(anhui_home):
    """S1 100.00, S2 50.00, S3 30.00 that P1 of 芜湖 paid for P2; 10.00 of S3 refunded.

    P1 herself: S5 20.00 in 合肥, paid from her account.
    """
    make(anhui_home)
    take(
        anhui_home,
        "G3",
        """结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 医疗总费用 | 政策范围内费用
        T3 | 2024-07-06 10:00:00 | 退费 | S3 | P2 | 10.00 | 10.00
        S5 | 2024-07-07 10:00:00 | 收费 |  | P1 | 20.00 | 20.00""",
        name="二.csv",
    )
    return anhui_home


@pytest.fixture
def ruled(sichuan_home):
    """P1 of 南充, 在职, 三级: 500.00 less 200.00 deductible, half of the rest."""
    accounts(
        sichuan_home,
        f"个人编号 | 姓名 | 期初余额 | 统筹区代码\nP1 | 张三 | 1000.00 | {NANCHONG}",
    )
    take(
        sichuan_home,
        "G10",
        f"机构代码 | 统筹区代码\nH51130000001 | {NANCHONG}",
        name="机构.csv",
    )
    result = take(
        sichuan_home,
        "G3",
        f"""结算流水号 | 个人编号 | 机构代码 | 就医地代码 | 医疗总费用 | 政策范围内费用 | 统筹支付
        S1 | P1 | H51130000001 | {NANCHONG} | 500.00 | 500.00 |""",
        name="结算.csv",
    )
    assert result.status == "posted", result.message
    return sichuan_home


def found(home, unmasked=False) -> list[str]:
    with home.reading() as connection:
        findings = check(connection, ON, home, unmasked)
    return [f"{f.what}：{f.expected}→{f.found}" for f in findings if f.identity == "12"]


def broken(home, *changes) -> list[str]:
    with home.writing() as connection:
        for change in changes:
            connection.exec_driver_sql(change)
    return found(home)


def test_bills_refunds_and_what_match_made_agree(settled):
    theirs(settled, [*ALL_THREE[1:], ("S6", "7.00")])
    made = run(settled, reverse=["S1"], post=["S6"])
    between = found(settled)
    reverse(settled, WANG, made.vouchers[0].name, date(2024, 8, 5), "有误")

    assert (between, found(settled)) == ([], [])


def test_drafts_and_rejected_lists_agree(anhui_home):
    make(anhui_home)
    take(
        anhui_home,
        "G3",
        "结算流水号 | 结算时间 | 个人编号\nS9 | 2024-07-09 10:00:00 | P1",
        name="草稿.csv",
        draft=True,
    )

    assert found(anhui_home) == []


def test_parts_that_do_not_add_up(settled):
    told = broken(settled, "UPDATE settlement SET cash = 1 WHERE serial = 'S1'")

    assert told == [f"结算S1{AHEAD}总费用：100.01→100.00"]


def test_what_was_made_up_of_a_refund_is_found(settled):
    """As `match --post` did once; money to an account without a charge."""
    theirs(settled, [*ALL_THREE, ("S6", "7.00")])
    run(settled, post=["S6"])

    told = broken(
        settled,
        "UPDATE settlement SET total = -700, shared = -700 WHERE serial = 'S6'",
    )

    assert "结算S6（2024-07，340200芜湖市）补记：大于零的金额→-7.00" in told


def test_shares_that_are_not_the_shared_part(settled):
    told = broken(
        settled, "UPDATE settlement_share SET amount = 9900 WHERE serial = 'S1'"
    )

    assert told == [
        f"结算S1{AHEAD}共济支付：99.00→100.00",
        "结算S1，****1（340200芜湖市）个人账户支付：99.00→100.00",
        "结算.csv结算汇总（2024-07收费共济，就医地340100合肥市，参保地340100合肥市，"
        "授权地340200芜湖市，配偶，联网普通门诊，险种310）：179.00→180.00",
    ]


def test_a_share_without_its_line(settled):
    told = broken(
        settled,
        "UPDATE settlement_share SET serial = 'S99' WHERE serial = 'S1'",
    )

    assert told[:2] == [
        f"结算S1{AHEAD}共济支付：0.00→100.00",
        "结算S99（2024-07，340200芜湖市）共济支付：100.00→0.00",
    ]


def test_a_movement_of_another_amount(settled):
    told = broken(
        settled,
        "UPDATE movement SET amount = -1999 WHERE serial = 'S5' AND act = 'settle'",
    )

    assert told == ["结算S5，****1（340200芜湖市）个人账户支付：20.00→19.99"]


def test_a_movement_without_a_line(settled):
    told = broken(
        settled,
        "DELETE FROM settlement_share WHERE serial = 'S2'",
        "DELETE FROM settlement WHERE serial = 'S2'",
    )

    assert told[0] == "结算S2，****1（340200芜湖市）个人账户支付：0.00→50.00"
    assert len(told) == 3  # and both sums


def test_a_sum_of_another_amount_or_count(settled):
    told = broken(
        settled,
        "UPDATE settlement_sum SET amount = amount + 1"
        " WHERE part = '共济' AND act = '退还'",
        "UPDATE settlement_sum SET lines = 2 WHERE part = '个账'",
    )

    assert told == [
        "二.csv结算汇总（2024-07收费个账，就医地340100合肥市，参保地340200芜湖市，"
        "联网普通门诊，险种310）：1笔→2笔",
        "二.csv结算汇总（2024-07退还共济，就医地340100合肥市，参保地340100合肥市，"
        "授权地340200芜湖市，配偶，联网普通门诊，险种310）：-10.00→-9.99",
    ]


def test_what_an_institution_is_owed(settled):
    told = broken(settled, "UPDATE institution_sum SET shared = 1 WHERE shared > 0")

    assert told == [
        "结算.csv结算汇总（2024-07机构H34010000001，340100合肥市，险种310）：180.00→0.01"
    ]


def test_a_sum_that_is_gone(settled):
    told = broken(settled, "DELETE FROM settlement_sum WHERE part = '个账'")

    assert told == [
        "二.csv结算汇总（2024-07收费个账，就医地340100合肥市，参保地340200芜湖市，"
        "联网普通门诊，险种310）：1笔→0笔"
    ]


def test_a_refund_of_more_than_there_was(settled):
    told = broken(
        settled,
        "UPDATE settlement SET total = -4000, shared = -4000 WHERE serial = 'T3'",
        "UPDATE settlement_share SET amount = -4000 WHERE serial = 'T3'",
    )

    assert told[1:4] == [
        f"结算S3{AHEAD}总费用退还：30.00→40.00",
        f"结算S3{AHEAD}共济支付退还：30.00→40.00",
        "结算S3（2024-07，340200芜湖市）共济退还：30.00→40.00",
    ]


def test_a_refund_of_nothing(settled):
    told = broken(settled, "UPDATE settlement SET original = 'S0' WHERE serial = 'T3'")

    assert told[0] == "结算S0（2024-07）：有这笔结算→没有"


def test_a_refund_to_an_account_that_had_not_paid(settled):
    told = broken(
        settled, "UPDATE settlement_share SET position = 2 WHERE serial = 'T3'"
    )

    assert told == ["结算S3（2024-07，340200芜湖市）共济退还：0.00→10.00"]


def test_the_years_use_of_deductible_and_cap(ruled):
    before = stored(ruled, "SELECT year, deducted, paid FROM outpatient_year")
    agreed = found(ruled)
    told = broken(ruled, "UPDATE outpatient_year SET deducted = 0, paid = 14999")

    assert (before, agreed) == ([(2024, 20000, 15000)], [])
    assert told == [
        "****1（511300南充市）2024年门诊起付线累计：200.00→0.00",
        "****1（511300南充市）2024年门诊统筹基金支付累计：150.00→149.99",
    ]


def test_a_year_that_no_line_used(ruled):
    told = broken(ruled, "INSERT INTO outpatient_year VALUES ('P1', 2023, 100, 0)")

    assert told == ["****1（511300南充市）2023年门诊起付线累计：0.00→1.00"]


def test_people_are_whole_only_for_who_may_see_them(settled):
    broken(settled, "UPDATE movement SET amount = -1 WHERE serial = 'S5'")

    assert "S5，****1（" in found(settled)[0]
    assert "S5，P1（" in found(settled, unmasked=True)[0]


def test_of_many_lines_the_first_are_named_and_all_counted(settled):
    with settled.writing() as connection:
        for number in range(25):
            connection.exec_driver_sql(f"""
                INSERT INTO settlement (month, person_id, serial, freed, "at", act,
                    original, original_month, region, fund, status, channel,
                    institution, place, category, total, in_policy, deductible, pooled,
                    other, own, shared, cash, deducted_before, paid_before, taken,
                    differences, late, note, sheet, batch_id, ruled, document_id, "row")
                SELECT month, person_id, 'X{number:02d}', freed, "at", act, original,
                    original_month, region, fund, status, '手工', institution, place,
                    category, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, taken, differences, late,
                    note, sheet, batch_id, ruled, document_id, "row"
                FROM settlement WHERE serial = 'S1'
                """)
    with settled.reading() as connection:
        told = [f for f in check(connection, ON) if f.identity == "12"]

    assert len(told) == 20
    assert told[0].what == f"结算X00{AHEAD}总费用"
    assert "共25笔，列出前20笔" in told[0].explanation
