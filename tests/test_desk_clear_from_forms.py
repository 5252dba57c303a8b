"""From forms to cleared books: three cities, two months, a premium season.

P1 of 合肥 (100.00) is let by P3 of 芜湖 (100.00), P5 of 合肥 (10.00) by P6 of 芜湖
(60.00); P7 of 合肥 is a resident, let by P6 too. P4 of 蚌埠 (80.00) has no family. Both
of 合肥 and 芜湖 have a hospital. 统筹支付 is what the lists say.

    S1 July    P1 in 芜湖 300.00: pooled 120, own 100, P3 80 (of the place itself)
    S2 July    P4 in 合肥 200.00: pooled 90, own 80, cash 30
    S3 July    P5 in 合肥 100.00: own 10, P6 60, cash 30
    S4 August  takes S3 back
    J1 October 50.00 for P7, from P6's account
"""

from datetime import date
from decimal import Decimal

import pytest
from clearing_by_hand import balances
from desk_by_hand import rows
from settlements_by_hand import BENGBU, G3, G4, G5, G10, HEFEI, WUHU, take
from sqlalchemy import select

from desk.homes import put_setting
from desk.reversing import reverse
from desk.settlements.clearing import clear
from ledger.errors import BookError
from ledger.periods import Month
from ledger.postings import Actor
from ledger.schema import Posting, Voucher
from reports.reconcile import check

ANHUI = "340000"
DECEMBER = Actor("li", "2024-12-31T09:00:00+08:00")
JULY, AUGUST = Month(2024, 7), Month(2024, 8)
D = Decimal
BETWEEN = ("家庭共济", "异地结算", "家庭共济保费")


def taken(home, form, smallest, table, name, **how):
    lines = rows(table) if isinstance(table, str) else table
    lines = [{**smallest, **line} for line in lines]
    result = take(home, form, lines, **{"name": name, "by": DECEMBER, **how})
    assert result.status == "posted", result.message or result.errors
    return result


@pytest.fixture
def province(anhui_home):
    home = anhui_home
    person = {"姓名": "张三", "人员类别": "在职", "截止日期": "2024-05-31"}
    accounts = """
        个人编号 | 统筹区代码 | 期初余额
        P1 | 340100 | 100.00
        P3 | 340200 | 100.00
        P4 | 340300 | 80.00
        P5 | 340100 | 10.00
        P6 | 340200 | 60.00
    """
    taken(home, "G2", person, accounts, "期初.csv", total=True)
    hospitals = "机构代码 | 统筹区代码\nH1 | 340100\nH2 | 340200"
    taken(home, "G10", G10, hospitals, "机构.csv")
    bindings = """
        授权人编号 | 被授权人编号 | 关系 | 被授权人统筹区 | 被授权人险种
        P3 | P1 | 父母 | |
        P6 | P5 | 子女 | |
        P6 | P7 | 子女 | 340100 | 390
    """
    taken(home, "G4", G4, bindings, "绑定.csv")
    bills = """
        结算流水号 | 个人编号 | 机构代码 | 就医地代码 | 医疗总费用 | 统筹支付
        S1 | P1 | H2 | 340200 | 300.00 | 120.00
        S2 | P4 | H1 | 340100 | 200.00 | 90.00
        S3 | P5 | H1 | 340100 | 100.00 | 0.00
    """
    taken(home, "G3", G3, billed(bills), "七月.csv")
    return home


def billed(table, amount=""):
    """Bills with 政策范围内费用 as the total; `amount` where the table has none."""
    lines = rows(table)
    for line in lines:
        total = line.setdefault("医疗总费用", amount)
        line["政策范围内费用"] = total
    return lines


def back(home):
    """August: S4 takes S3 back."""
    table = """
        结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 机构代码 | 就医地代码
        S4 | 2024-08-02 10:00:00 | 冲正 | S3 | P5 | H1 | 340100
    """
    return taken(
        home, "G3", {**G3, "统筹支付": "0.00"}, billed(table, "100.00"), "八月.csv"
    )


def cleared(home, period=JULY, kind="family", by=DECEMBER, **how):
    return clear(home, by, kind, period, ANHUI, **how)


def amounts(made):
    return [(p.subject, p.payer, p.payee, p.lines, p.gross) for p in made.parts]


def between(home):
    """What stands between regions in any book."""
    return {
        subject: found
        for name in BETWEEN
        for subject in (f"暂收款——{name}", f"暂付款——{name}")
        if (found := balances(home, subject))
    }


def errors(home):
    with home.reading() as connection:
        found = check(connection, date(2024, 12, 31), home)
    return [finding for finding in found if finding.severity == "error"]


def test_a_month_from_forms_is_cleared_to_nothing(province):
    made = cleared(province)

    assert amounts(made) == [
        ("家庭共济", WUHU, HEFEI, 1, D(60)),
        # One bill each, though pooled fund and own account both pay of it.
        ("异地结算", HEFEI, WUHU, 1, D(220)),
        ("异地结算", BENGBU, HEFEI, 1, D(170)),
    ]
    assert between(province) == {}
    assert errors(province) == []
    assert cleared(province).status == "already-posted"


def test_what_is_taken_back_later_enters_the_next_clearing(province):
    cleared(province)
    back(province)

    made = cleared(province, AUGUST)

    assert amounts(made) == [("家庭共济", WUHU, HEFEI, 1, D(-60))]
    assert between(province) == {}
    assert errors(province) == []


def test_a_late_line_of_a_cleared_month_is_a_clearing_of_its_own(province):
    first = cleared(province)
    late = """
        结算流水号 | 结算时间 | 个人编号 | 机构代码 | 就医地代码 | 医疗总费用 | 统筹支付
        S9 | 2024-07-30 10:00:00 | P4 | H1 | 340100 | 70.00 | 40.00
    """
    taken(province, "G3", G3, billed(late), "七月补.csv")

    second = cleared(province)

    assert amounts(second) == [("异地结算", BENGBU, HEFEI, 1, D(40))]
    assert second.standing == (first.clearing, second.clearing)
    assert errors(province) == []


def test_a_cleared_list_is_not_reversed_before_its_clearing(province):
    made = cleared(province)
    name = voucher(province, "settlement")
    with pytest.raises(BookError, match="清算"):
        reverse(province, DECEMBER, name, date(2024, 12, 31), "有误")

    reverse(province, DECEMBER, made.vouchers[0].name, date(2024, 12, 31), "有误")
    reverse(province, DECEMBER, name, date(2024, 12, 31), "有误")

    assert between(province) == {}
    assert cleared(province).parts == []
    assert errors(province) == []


def test_netted_the_books_are_cleared_too(province):
    put_setting(province, DECEMBER, "netting", "multilateral", cite="省局通知")

    made = cleared(province)

    assert [(p.payer, p.payee, p.gross, p.net) for p in made.parts] == [
        (WUHU, HEFEI, D(60), D(60)),
        (HEFEI, WUHU, D(220), D(50)),
        (BENGBU, HEFEI, D(170), D(0)),
        (BENGBU, WUHU, D(0), D(170)),
    ]
    assert between(province) == {}
    assert errors(province) == []


def test_a_premium_season_is_cleared_and_paid_on(province):
    back(province)
    line = {**G5, "参保人编号": "P7", "金额": "50.00"}
    taken(province, "G5", line, "缴费流水号\nJ1", "缴费.csv")

    made = cleared(province, 2024, "premiums")

    assert amounts(made) == [
        ("代缴保费", HEFEI, "城乡居民医保", 1, D(50)),
        ("家庭共济保费", WUHU, HEFEI, 1, D(50)),
    ]
    assert balances(province, "暂收款——代缴保费%") == {}
    cleared(province, AUGUST)
    assert between(province) == {}
    assert errors(province) == []


def voucher(home, event: str) -> str:
    """The first voucher that a list of bills made."""
    with home.reading() as connection:
        row = connection.execute(
            select(Voucher.__table__)
            .join(Posting.__table__, Posting.id == Voucher.posting_id)
            .where(Posting.event == event)
            .order_by(Voucher.id)
        ).first()
    return f"{row.book_id}/{row.year}-{row.month:02d}/{row.number}"
