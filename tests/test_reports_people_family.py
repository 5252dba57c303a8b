"""The statement of who has a family: bills, premiums, bindings, the year's benefit."""

import json
from datetime import date

import pytest
from desk_by_hand import rows
from settlements_by_hand import G3, G4, G5, G10, HEFEI, WUHU, take
from test_reports_people_statement import plans_of, scans

from desk.reversing import reverse
from ledger.postings import Actor
from reports.people.statement import statement
from reports.people.statement_page import statement_page
from reports.people.statement_sheet import statement_sheets

LATE = Actor("li", "2024-12-01T09:00:00+08:00")
TODAY = date(2024, 12, 1)


def shared(home):
    """P1 of 合肥 (100.00) and P3 of 芜湖 (90.00), who lets P1, a 配偶, use it.

    S1: 200.00 in 芜湖, nothing from the fund, so 100.00 own, 90.00 P3, 10.00 cash;
    T1 gives it back. J1: a premium of 40.00 that P3 pays.
    """
    people = (
        "个人编号 | 统筹区代码 | 期初余额\nP1 | 340100 | 100.00\nP3 | 340200 | 90.00"
    )
    told = {"姓名": "张三", "人员类别": "在职", "截止日期": "2024-05-31"}
    lines = [{**told, **row} for row in rows(people)]
    done = [take(home, "G2", lines, name="期初.csv", total=True)]
    done.append(take(home, "G10", [{**G10, "统筹区代码": WUHU}], name="机构.csv"))
    line = {**G4, "授权人编号": "P3", "被授权人编号": "P1"}
    done.append(take(home, "G4", [line], name="绑定.csv", by=LATE))
    bill = {**G3, "个人编号": "P1", "就医地代码": WUHU, "结算流水号": "S1"}
    bill |= {"医疗总费用": "200.00", "政策范围内费用": "200.00"}
    back = {**bill, "结算流水号": "T1", "业务类型": "冲正", "原结算流水号": "S1"}
    back |= {"结算时间": "2024-07-20 10:00:00", "统筹支付": ""}
    done.append(take(home, "G3", [bill], name="结算.xlsx", by=LATE))
    done.append(take(home, "G3", [back], name="冲正.csv", by=LATE))
    due = {**G5, "参保人编号": "P1", "金额": "40.00"}
    done.append(take(home, "G5", [due], name="缴费.xlsx", by=LATE))
    assert [result.status for result in done] == ["posted"] * 6
    return done


@pytest.fixture
def home(anhui_home):
    shared(anhui_home)
    return anhui_home


@pytest.fixture
def yibao(sqlite_anhui_home, anhui):
    shared(sqlite_anhui_home)
    return anhui


def told_of(home, person_id, unmasked=False):
    with home.reading() as connection:
        return statement(connection, person_id, TODAY, unmasked=unmasked)


def test_a_bill_says_where_and_for_what_and_whether_it_gives_back(home):
    own = told_of(home, "P1").movements
    family = told_of(home, "P3").movements

    assert [(row.words, str(row.amount)) for row in own[1:]] == [
        ("异地医药费支出（第一人民医院，普通门诊）", "-100.00"),
        ("退回：异地医药费支出（第一人民医院，普通门诊）", "100.00"),
    ]
    assert [(row.words, str(row.amount)) for row in family[1:]] == [
        ("家庭共济支出（第一人民医院，普通门诊）", "-90.00"),
        ("退回：家庭共济支出（第一人民医院，普通门诊）", "90.00"),
        ("代缴保费（城乡居民医保）", "-40.00"),
    ]
    assert (own[1].institution, own[1].category) == ("H34010000001", "普通门诊")


def test_lines_of_the_family_say_their_row_and_the_voucher_of_the_own_region(home):
    own, family = told_of(home, "P1").movements, told_of(home, "P3").movements

    assert own[1].source.startswith("结算.xlsx#") and own[1].source.endswith("!R3")
    assert family[1].source == own[1].source
    assert family[3].source.startswith("缴费.xlsx#")
    assert family[3].source.endswith("!R3")
    assert own[1].voucher.startswith(f"{HEFEI}-city-agency/2024-07/")
    assert {row.voucher.partition("-")[0] for row in family} == {WUHU}


def test_a_premium_that_was_taken_back_says_so(home):
    [premium] = [row for row in told_of(home, "P3").movements if row.kind == "代缴保费"]
    reverse(home, LATE, premium.voucher, TODAY, "误")

    last = told_of(home, "P3").movements[-1]

    assert (last.words, str(last.amount)) == ("冲销：代缴保费（城乡居民医保）", "40.00")


def test_the_family_is_told_from_both_sides_and_masked(home):
    one, other = told_of(home, "P1").family, told_of(home, "P3", True).family

    assert [tuple(member) for member in one.grantors] == [
        ("****3", WUHU, "配偶", "2024-06-03 09:00:00")
    ]
    assert [tuple(member) for member in other.grantees] == [
        ("P1", HEFEI, "配偶", "2024-06-03 09:00:00")
    ]
    assert one.grantees == other.grantors == []


def test_who_was_unbound_is_no_more_of_the_family(home):
    line = {**G4, "授权人编号": "P3", "被授权人编号": "P1", "操作": "解绑"}
    take(home, "G4", [{**line, "时间": "2024-11-30 23:59:59"}], name="解.csv", by=LATE)

    with home.reading() as connection:
        before = statement(connection, "P1", TODAY, on=date(2024, 11, 29))

    assert told_of(home, "P1").family.grantors == []
    assert len(before.family.grantors) == 1


def test_where_no_rule_says_what_the_fund_pays_nothing_is_left_to_tell(home):
    assert told_of(home, "P1").benefit is None


def test_a_statement_with_a_family_reads_by_index_alone(home):
    plans = plans_of(home, lambda c: statement(c, "P3", TODAY))

    assert plans and not [line for line in plans if scans(line)]


def test_workbook_and_page_hold_the_bills(home):
    made = told_of(home, "P1")

    rows_of = [row[2] for row in statement_sheets(made)[1].rows]
    assert "异地医药费支出（第一人民医院，普通门诊）" in rows_of
    assert "异地医药费支出（第一人民医院，普通门诊）" in statement_page(made, TODAY)


def test_person_tells_the_family_and_records_whom_it_showed(yibao, sqlite_anhui_home):
    masked = json.loads(yibao("person", "P1", "--json", "--on", "2024-12-01")[1])
    whole = yibao("person", "P1", "--json", "--unmasked", "--on", "2024-12-01")[1]
    out = yibao("person", "P3", "--on", "2024-12-01")[1]

    assert masked["family"] == {
        "grantors": [
            {
                "person_id": "****3",
                "region": WUHU,
                "relation": "配偶",
                "bound_at": "2024-06-03 09:00:00",
            }
        ],
        "grantees": [],
    }
    assert masked["outpatient"] is None
    assert json.loads(whole)["family"]["grantors"][0]["person_id"] == "P3"
    assert "授权使用本人账户的家庭成员：****1（合肥市，配偶，2024-06-03起）" in out
    from sqlalchemy import text

    with sqlite_anhui_home.reading() as connection:
        seen = connection.execute(text("SELECT person_id FROM disclosure ORDER BY id"))
        assert seen.scalars().all() == ["P1", "P3"]


def test_what_is_left_of_the_year_is_told(sichuan, sqlite_sichuan_home):
    """南充, 在职: 200.00 and 1000.00 a year, of which 150.00 and 320.50 are used."""
    from accounts_by_hand import ZHANG, person
    from accounts_by_hand import run as run_sql

    person(sqlite_sichuan_home)
    run_sql(
        sqlite_sichuan_home,
        "INSERT INTO outpatient_year (person_id, year, deducted, paid)"
        f" VALUES ('{ZHANG}', 2023, 15000, 32050)",
    )

    told = json.loads(sichuan("person", ZHANG, "--json", "--on", "2023-06-30")[1])
    out = sichuan("person", ZHANG, "--on", "2023-06-30")[1]

    assert told["outpatient"] == {
        "year": 2023,
        "deducted": "150.00",
        "paid": "320.50",
        "deductible_left": "50.00",
        "cap_left": "679.50",
        "cite": "南府办发〔2022〕33号 第七条（一）",
    }
    assert "2023年门诊统筹：已用起付线150.00元、基金已支付320.50元" in out
    assert "支付限额还有679.50元（南府办发〔2022〕33号 第七条（一））" in out
