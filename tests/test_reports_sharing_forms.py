"""From the forms to the reports: lists of bills and premiums, then what they tell.

P1 of 合肥 has 100.00; P3 of 芜湖 shares 250.00 with P1, who is P3's 配偶. P1 is treated
in 芜湖 and at home; the lists say what the pooled fund pays.
"""

from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import rows
from settlements_by_hand import G3, G4, G5, G10, HEFEI, WUHU, take

from desk.settlements.clearing import clear
from ledger.periods import Month
from ledger.postings import Actor
from reports.people.statistics import statistics
from reports.settlements.differences import differences
from reports.settlements.region_clearings import clearing_lines, owed_institutions
from reports.settlements.sharing import sharing
from reports.settlements.sharing_open import open_sums

ANHUI = "340000"
LATE = Actor("li", "2024-12-01T09:00:00+08:00")
PEOPLE = """
个人编号 | 统筹区代码 | 期初余额
P1       | 340100     | 100.00
P3       | 340200     | 250.00
"""
HOSPITALS = """
机构代码     | 统筹区代码 | 机构名称 | 机构级别
H34010000001 | 340100     | 合肥医院 | 三级
H34020000001 | 340200     | 芜湖药店 | 定点零售药店
"""


@pytest.fixture
def home(anhui_home):
    home = anhui_home
    told = {"姓名": "张三", "人员类别": "在职", "截止日期": "2024-05-31"}
    take(
        home, "G2", [{**told, **row} for row in rows(PEOPLE)], name="a.csv", total=True
    )
    take(home, "G10", [{**G10, **row} for row in rows(HOSPITALS)], name="b.csv")
    line = {**G4, "授权人编号": "P3", "被授权人编号": "P1"}
    take(home, "G4", [line], name="c.csv", by=LATE)
    return home


def settled(home, table, name="结算.csv"):
    """Bills of P1 at home, wholly in policy; nothing is the pooled fund's."""
    lines = []
    for row in rows(table):
        total = row.get("医疗总费用", "100.00")
        money = {"医疗总费用": total, "政策范围内费用": total}
        lines.append({**G3, "个人编号": "P1", **money, **row})
    result = take(home, "G3", lines, name=name, by=LATE)
    assert result.status == "posted", result.message or result.errors


TWO_BILLS = """
结算流水号 | 结算时间 | 机构代码 | 机构级别 | 就医地代码 | 医疗总费用
S1 | 2024-07-03 10:00:00 | H34020000001 | 定点零售药店 | 340200 | 160.00
S2 | 2024-07-04 10:00:00 | H34010000001 | 三级         | 340100 | 80.00
"""
REFUND = """
结算流水号 | 业务类型 | 原结算流水号 | 结算时间 | 机构代码 | 机构级别 | 就医地代码 | 医疗总费用
S3 | 退费 | S1 | 2024-07-09 10:00:00 | H34020000001 | 定点零售药店 | 340200 | 25.00
"""


def asked(home, report, *arguments):
    with home.reading() as connection:
        return report(connection, *arguments)


def yuan(*amounts: str) -> tuple:
    return tuple(map(Decimal, amounts))


def test_lists_of_bills_become_pairs_with_a_refund_apart(home):
    """S1 of 160: 100 own and 60 of P3; S2 of 80 of P3 at home; 25 of S1 go back."""
    settled(home, TWO_BILLS)
    settled(home, REFUND, name="退费.csv")

    made = asked(home, sharing, None, None)

    assert [(p.payer, p.place, *p.figures) for p in made.pairs] == [
        (WUHU, HEFEI, 1, *yuan("80.00"), 0, *yuan("0.00")),
        (WUHU, WUHU, 1, *yuan("60.00"), 1, *yuan("-25.00")),
    ]
    assert made.cross.net == Decimal("80.00")
    assert [(part.name, part.figures.net) for part in made.relations] == [
        ("配偶", Decimal("115.00"))
    ]


def test_what_is_open_is_gone_with_its_clearing(home):
    """芜湖 owes 合肥 S2's 80 of sharing; 合肥 owes 芜湖 S1's 100 of P1's own account."""
    settled(home, TWO_BILLS)
    on = date(2024, 9, 30)

    assert [
        (row.subject, row.payer, row.payee, row.age, row.amount)
        for row in asked(home, open_sums, on)
    ] == [
        ("异地结算", HEFEI, WUHU, 2, Decimal("100.00")),
        ("家庭共济", WUHU, HEFEI, 2, Decimal("80.00")),
    ]

    clear(home, LATE, "family", Month(2024, 7), ANHUI)

    assert asked(home, open_sums, on) == []
    lines = asked(home, clearing_lines, HEFEI, 2024)
    assert [
        (line.subject, line.other, line.net, line.state_name) for line in lines
    ] == [
        ("家庭共济", "芜湖市", Decimal("80.00"), "已入账"),
        ("异地结算", "芜湖市", Decimal("-100.00"), "已入账"),
    ]
    assert all(line.vouchers and line.vouchers[0].number for line in lines)


def test_a_pharmacy_is_owed_what_accounts_paid_there(home):
    """S1: 100 own and 60 shared; a clearing leaves it due, not waiting."""
    settled(home, TWO_BILLS)
    on = date(2024, 9, 30)

    [owed] = asked(home, owed_institutions, WUHU, on)

    assert (owed.name, owed.waiting, owed.due) == ("芜湖药店", *yuan("160.00", "0.00"))

    clear(home, LATE, "institutions", Month(2024, 7), ANHUI)

    [owed] = asked(home, owed_institutions, WUHU, on)
    assert (owed.waiting, owed.due) == yuan("0.00", "160.00")


def test_expenditure_of_bills_is_told_by_kind_of_institution(home):
    """The pharmacy took 100 own and 60 shared, the hospital 80; 25 went back."""
    settled(home, TWO_BILLS)
    settled(home, REFUND, name="退费.csv")

    made = asked(home, statistics, Month(2024, 7), Month(2024, 7), "", [0, 60])

    assert {part.name: part.amount for part in made.by_institution} == {
        "三级": Decimal("80.00"),
        "二级及以下": Decimal("0.00"),
        "定点零售药店": Decimal("135.00"),
    }
    assert {part.name: part.amount for part in made.by_category} == {
        "普通门诊": Decimal("215.00")
    }


def test_a_list_that_splits_otherwise_is_told_line_by_line(home):
    """It says 90 of the own account and 70 shared; ours is 100 and 60."""
    settled(
        home,
        "结算流水号 | 医疗总费用 | 统筹支付 | 个账支付 | 共济支付 | 现金支付\n"
        "S7 | 160.00 | 0.00 | 90.00 | 70.00 | 0.00",
    )

    made = asked(home, differences, None, None)

    assert (made.taken, made.lines) == (1, 1)
    assert [
        (row.serial, row.row, row.part, row.theirs, row.ours, row.counts)
        for row in made.rows
    ] == [
        ("S7", 3, "个账支付", *yuan("90.00", "100.00"), "theirs"),
        ("S7", 3, "共济支付", *yuan("70.00", "60.00"), "theirs"),
    ]


def test_a_premium_stands_beside_by_pair(home):
    """In Anhui one's own account pays no premium for oneself: all 160 are P3's."""
    line = {**G5, "参保人编号": "P1", "金额": "160.00", "险种": "惠民保"}
    result = take(home, "G5", [line], name="缴费.csv", by=LATE)
    assert result.status == "posted", result.message or result.errors

    made = asked(home, sharing, None, None)

    assert made.premiums == [(WUHU, HEFEI, "惠民保", 1, Decimal("160.00"))]
