"""Statistics and budget: each figure by hand, from what counts alone."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from accounts_by_hand import NANCHONG, WANG_ID, ZHANG, batch, person, run, yuan
from sqlalchemy import insert

from ledger.errors import UsageError
from ledger.periods import Month
from ledger.settings import SettingRow, put
from ledger.settlements.tables import Institution
from reports.people.budget import OTHER, budget_rows, final_rows
from reports.people.overview import region_rows
from reports.people.statistics import band_name, statistics

BANDS = [0, 18, 35, 45, 60]
JANUARY, FEBRUARY, MARCH = (Month(2023, number) for number in (1, 2, 3))
CHEN = "P0000000003"


@pytest.fixture
def quarter(sichuan_home):
    """张三 (born 1980-05): +1000 brought, +100 in each of three months, -30 and -70
    out. 王五 (born 1958-03): +60 in January, -60 left in March. 陈七: born unknown."""
    home = sichuan_home
    person(home)
    person(home, WANG_ID, "王五", born="1958-03", status="退休", base="")
    person(home, CHEN, "陈七", born="")
    batch(home, "opening", [(ZHANG, "上年结余", "1000")], date(2023, 1, 1), "")
    for number, day in ((1, 31), (2, 28), (3, 31)):
        moved = [(ZHANG, "在职计入", "100")]
        if number == 1:
            moved += [(WANG_ID, "退休划入", "60"), (CHEN, "在职计入", "50")]
        period = f"2023-{number:02}"
        batch(home, "credit", moved, date(2023, number, day), period)
    roster(home, "H51130000001", "三级")
    hospital = {"institution": "H51130000001", "category": "普通门诊"}
    batch(home, "change", [(ZHANG, "转出", "-30")], date(2023, 2, 10), "", **hospital)
    batch(home, "change", [(ZHANG, "转出", "-70")], date(2023, 3, 1), "")
    batch(home, "change", [(WANG_ID, "继承", "-60")], date(2023, 3, 2), "")
    batch(home, "change", [(CHEN, "转出", "-5")], date(2023, 3, 3), "")
    batch(home, "change", [(CHEN, "转出", "-7")], date(2023, 3, 3), "", approve=False)
    return home


def roster(home, code, level, first=date(2020, 1, 1), last=None):
    """A row of G10: an institution's level in [first, last], both included."""
    row = {
        "code": code,
        "from_day": first,
        "until_day": last,
        "name": code,
        "level": level,
        "region": NANCHONG,
        "qualified": False,
        "payee_account": "",
        "payee_bank": "",
        "sheet": "",
        "document_id": 1,
        "row": 2,
    }
    with home.writing() as connection:
        connection.execute(insert(Institution.__table__).values(**row))


def asked(home, first=JANUARY, last=MARCH, region=NANCHONG):
    with home.reading() as connection:
        return statistics(connection, first, last, region, BANDS)


def parts(rows) -> dict:
    return {row.name: (row.movements, row.amount) for row in rows}


def test_opening_income_expenditure_and_closing_add_up(quarter):
    whole = asked(quarter, FEBRUARY, MARCH).whole

    assert tuple(whole) == (
        "合计",
        yuan("1210"),
        yuan("0"),
        yuan("200"),
        yuan("165"),
        yuan("0"),
        yuan("1245"),
    )


def test_brought_balances_are_no_income(quarter):
    made = asked(quarter)

    assert made.whole.recorded == yuan("1000")
    assert parts(made.income) == {
        "在职计入": (4, yuan("350")),
        "退休划入": (1, yuan("60")),
    }
    assert parts(made.expenditure) == {
        "转出": (3, yuan("105")),
        "继承": (1, yuan("60")),
    }


def test_expenditure_is_told_by_institution_and_category(quarter):
    made = asked(quarter)

    assert parts(made.institutions) == {
        "非医药机构": (3, yuan("135")),
        "三级": (1, yuan("30")),
    }
    assert parts(made.categories) == {
        "转出": (2, yuan("75")),
        "继承": (1, yuan("60")),
        "普通门诊": (1, yuan("30")),
    }


def test_bills_are_told_by_kind_of_institution_and_by_category(quarter):
    """Of 165 spent, 30 went to a hospital; both other kinds are named with nothing."""
    made = asked(quarter)

    assert [tuple(part) for part in made.by_institution] == [
        ("三级", 1, yuan("30")),
        ("二级及以下", 0, yuan("0")),
        ("定点零售药店", 0, yuan("0")),
    ]
    assert parts(made.by_category) == {"普通门诊": (1, yuan("30"))}


def test_an_institutions_kind_is_that_of_the_day(quarter):
    """A clinic of 二级及以下 until March 5, 三级 from March 6: 4 before, 9 after."""
    clinic, day = "H51130000002", date(2023, 3, 5)
    roster(quarter, clinic, "二级及以下", last=day)
    roster(quarter, clinic, "三级", first=date(2023, 3, 6))
    paid = {"institution": clinic, "category": "购药"}
    batch(quarter, "change", [(ZHANG, "转出", "-4")], day, "", **paid)
    batch(quarter, "change", [(ZHANG, "转出", "-9")], date(2023, 3, 6), "", **paid)

    made = asked(quarter)

    assert parts(made.by_institution) == {
        "三级": (2, yuan("39")),
        "二级及以下": (1, yuan("4")),
        "定点零售药店": (0, yuan("0")),
    }
    assert parts(made.by_category)["购药"] == (2, yuan("13"))


def test_an_institution_that_the_roster_does_not_have_is_told_apart(quarter):
    paid = {"institution": "H51139999999", "category": "购药"}
    batch(quarter, "change", [(ZHANG, "转出", "-4")], date(2023, 3, 5), "", **paid)

    made = asked(quarter)

    assert parts(made.by_institution)["名册外机构"] == (1, yuan("4"))
    assert parts(made.institutions)["名册外机构"] == (1, yuan("4"))


def test_what_a_refund_gave_back_is_taken_off_its_institution(quarter):
    paid = {"institution": "H51130000001", "category": "普通门诊"}
    batch(quarter, "change", [(ZHANG, "转出", "12")], date(2023, 3, 7), "", **paid)

    assert parts(asked(quarter).by_institution)["三级"][1] == yuan("18")


def test_expenditure_is_told_by_the_age_on_its_day(quarter):
    assert parts(asked(quarter).ages) == {
        "0—17岁": (0, yuan("0")),
        "18—34岁": (0, yuan("0")),
        "35—44岁": (2, yuan("100")),
        "45—59岁": (0, yuan("0")),
        "60岁以上": (1, yuan("60")),
        "未知": (1, yuan("5")),
    }


@pytest.mark.parametrize(
    "born, band", [("1988-03", "35—44岁"), ("1988-04", "18—34岁"), ("2024-01", "未知")]
)
def test_one_is_a_year_older_from_the_month_of_birth_on(quarter, born, band):
    run(quarter, f"UPDATE person SET born = '{born}' WHERE person_id = '{ZHANG}'")

    ages = parts(asked(quarter, MARCH, MARCH).ages)

    assert ages[band][1] >= yuan("70")


def test_months_follow_one_another(quarter):
    months = asked(quarter).months

    assert [(row.name, row.opening, row.closing) for row in months] == [
        ("2023-01", yuan("0"), yuan("1210")),
        ("2023-02", yuan("1210"), yuan("1280")),
        ("2023-03", yuan("1280"), yuan("1245")),
    ]


def test_people_are_counted_by_state_in_the_last_month(quarter):
    run(
        quarter,
        f"UPDATE person SET died_on = '2023-02-20' WHERE person_id = '{WANG_ID}'",
    )

    assert asked(quarter, JANUARY, FEBRUARY).people == [("退休", 1), ("在职", 2)]
    assert asked(quarter).people == [("在职", 2)]
    assert asked(quarter).accounts == [("正常", 3)]


def test_regions_stand_beside_one_another(quarter):
    person(quarter, "P0000000009", "赵九", region="510400")
    other = [("P0000000009", "转入", "9")]
    batch(quarter, "change", other, date(2023, 1, 9), "", region="510400")

    made = asked(quarter, region="")

    assert [(row.name, row.closing) for row in made.regions] == [
        ("攀枝花市", yuan("9")),
        ("南充市", yuan("1245")),
    ]
    assert made.whole.closing == yuan("1254")
    assert asked(quarter).whole.closing == yuan("1245")


def test_what_was_taken_back_counts_on_both_its_days(quarter):
    run(quarter, "UPDATE batch SET state = 'undone' WHERE id = 4")

    assert asked(quarter).whole.income == yuan("410")


def test_a_batch_of_several_days_is_told_day_by_day(quarter):
    run(
        quarter,
        "UPDATE movement SET dated = '2023-02-01' "
        f"WHERE person_id = '{CHEN}' AND period = '2023-01'",
    )

    assert [row.income for row in asked(quarter).months] == [
        yuan("160"),
        yuan("150"),
        yuan("100"),
    ]


def test_a_span_that_ends_before_it_begins_is_refused(quarter):
    with pytest.raises(UsageError, match="请对调"):
        asked(quarter, MARCH, JANUARY)


def test_bands_are_named_by_their_first_and_last_year():
    assert [band_name(BANDS, at) for at in (0, 3, 4)] == [
        "0—17岁",
        "45—59岁",
        "60岁以上",
    ]


def budgeted(home, line, amount):
    name = f"account-budget-2023-{line}"
    row = SettingRow(name, NANCHONG, None, amount, "预算批复", "li", "2023-01-01")
    with home.writing() as connection:
        put(connection, row)


def test_budget_stands_beside_what_was_done(quarter):
    budgeted(quarter, "收入", "500.00")
    budgeted(quarter, "转出", "90.00")

    with quarter.reading() as connection:
        rows = {row.line: row for row in budget_rows(connection, 2023, NANCHONG)}

    assert tuple(rows["收入"])[2:] == (
        yuan("500"),
        yuan("410"),
        Fraction(410, 500),
        yuan("90"),
    )
    assert rows["转出"].rate == Fraction(105, 90)
    assert rows["转出"].rest == yuan("-15")
    assert (rows["支出"].budget, rows["支出"].rate) == (None, None)
    assert rows["支出"].actual == yuan("165")


def test_final_accounts_are_told_twice_and_agree(quarter):
    with quarter.reading() as connection:
        rows = final_rows(connection, 2023, NANCHONG)

    assert [(row.section, row.line, row.accounts) for row in rows] == [
        ("", "年初余额", yuan("1000")),
        ("收入", "4001 社会保险费收入", yuan("350")),
        ("支出", "5001 社会保险待遇支出", yuan("60")),
        ("支出", "5101 转移支出", yuan("105")),
        (OTHER, "3001 一般基金结余", yuan("60")),
        ("", "年末余额", yuan("1245")),
    ]
    assert not [row for row in rows if row.difference]


def test_final_accounts_show_where_book_and_accounts_differ(quarter):
    run(
        quarter,
        "UPDATE voucher_line SET amount = amount + 100 "
        "WHERE subject = '个人账户基金——继承'",
    )

    with quarter.reading() as connection:
        rows = final_rows(connection, 2023, NANCHONG)

    assert {row.line: row.difference for row in rows if row.difference} == {
        "5001 社会保险待遇支出": Decimal("1.00"),
        "年末余额": Decimal("-1.00"),
    }


def test_the_next_year_opens_with_this_years_closing(quarter):
    with quarter.reading() as connection:
        rows = final_rows(connection, 2024, NANCHONG)

    assert [(row.line, row.book) for row in rows] == [
        ("年初余额", yuan("1245")),
        ("年末余额", yuan("1245")),
    ]


def test_the_start_page_sees_each_region_at_a_glance(quarter):
    with quarter.reading() as connection:
        (row,) = region_rows(connection)

    assert (row.name, row.balance, row.credited_to, row.people, row.drafts) == (
        "南充市",
        yuan("1245"),
        "2023-03",
        1,
        1,
    )


def test_what_was_taken_back_is_no_movement_that_stands(quarter):
    """张三's 30 of February was undone in March and paid again: 1, not 3."""
    paid = {"institution": "H51130000001", "category": "普通门诊"}
    back = [(ZHANG, "转出", "30")]
    undone = batch(quarter, "reversal", back, date(2023, 3, 5), "", **paid)
    run(quarter, f"UPDATE batch SET undoes_id = 5 WHERE id = {undone}")
    run(quarter, "UPDATE batch SET state = 'undone' WHERE id = 5")
    batch(quarter, "change", [(ZHANG, "转出", "-30")], date(2023, 3, 6), "", **paid)

    made = asked(quarter)

    assert parts(made.expenditure)["转出"] == (3, yuan("105"))
    assert parts(made.institutions)["三级"] == (1, yuan("30"))
    assert parts(asked(quarter, MARCH).expenditure)["转出"] == (2, yuan("75"))
