"""match: 单边账, our shared settlements against the other side's list (G9).

P1 of 芜湖 lets P2 of 合肥 use 1000.00; P2 has nothing and is treated in 合肥: S1 100.00,
S2 50.00 and S3 30.00 of July 2024 are paid by P1, as 合肥 and 芜湖 both should know.
"""

import json
from datetime import date
from pathlib import Path

import pytest
from desk_by_hand import printed
from people_by_hand import stored
from settlements_by_hand import BENGBU, HEFEI, LI, WANG, WUHU, accounts, take

from desk.homes import put_setting
from desk.reversing import reverse
from desk.settlements.clearing import clear
from desk.settlements.matching import match
from desk.vouchers import approve, reject
from ledger import sources
from ledger.errors import BookError
from ledger.periods import Month
from reports.reconcile import check
from reports.settlements.institutions import institution_rows
from reports.settlements.region_clearings import owed_institutions

JULY, ON = Month(2024, 7), date(2024, 8, 5)
ALL_THREE = [("S1", "100.00"), ("S2", "50.00"), ("S3", "30.00")]


@pytest.fixture
def shared(anhui_home):
    """The family's three bills are posted; the other side has sent nothing."""
    make(anhui_home)
    return anhui_home


def make(home):
    take(home, "G10", "机构代码\nH34010000001", name="机构.csv")
    accounts(
        home,
        f"""个人编号 | 姓名 | 期初余额 | 统筹区代码
        P1 | 张三 | 1000.00 | {WUHU}
        P2 | 李四 | 0.00 | {HEFEI}""",
        name="期初.csv",
    )
    take(home, "G4", "授权人编号 | 被授权人编号\nP1 | P2", name="绑定.csv")
    result = take(
        home,
        "G3",
        """结算流水号 | 结算时间 | 个人编号 | 医疗总费用 | 政策范围内费用
        S1 | 2024-07-03 10:00:00 | P2 | 100.00 | 100.00
        S2 | 2024-07-04 10:00:00 | P2 | 50.00 | 50.00
        S3 | 2024-07-05 10:00:00 | P2 | 30.00 | 30.00""",
        name="结算.csv",
    )
    assert (result.status, result.new) == ("posted", 3)


def theirs(home, rows, name="对方.csv", **how):
    """The other side's list: serials and amounts of P1, at the bills' times."""
    lines = "\n".join(
        f"{serial} | 2024-07-0{2 + int(serial[1:])} 10:00:00 | P1 | {amount}"
        for serial, amount in rows
    )
    table = f"结算流水号 | 结算时间 | 授权人编号 | 金额\n{lines}"
    return take(home, "G9", table, name=name, **how)


def run(home, by=LI, **how):
    return match(home, by, JULY, ON, **how)


def told(made):
    """Kind, serial, ours, theirs, what to do and state of each row."""
    return [
        (
            row.kind,
            row.serial,
            row.ours and str(row.ours),
            row.theirs and str(row.theirs),
            row.proposed,
            row.state,
        )
        for row in made.rows
    ]


def balance(home, person="P1"):
    query = "SELECT balance FROM account WHERE person_id = :person"
    return stored(home, query, person=person)[0][0]


def test_what_agrees_is_counted_and_not_listed(shared):
    theirs(shared, ALL_THREE)

    made = run(shared)

    assert (made.agreed, made.rows, made.notes) == ((3, 180), [], [])


def test_each_kind_of_difference_with_what_to_do_about_it(shared):
    theirs(shared, [("S2", "50.00"), ("S3", "31.00"), ("S4", "7.00")])

    made = run(shared)

    assert made.agreed == (1, 50)
    assert told(made) == [
        ("ours_only", "S1", "100.00", None, "冲正", "open"),
        ("differ", "S3", "30.00", "31.00", "冲正后补记", "open"),
        ("theirs_only", "S4", None, "7.00", "补记", "open"),
    ]
    assert [row.age for row in made.rows] == [33, 31, 30]


def test_other_regions_or_acts_of_one_serial_differ_too(shared):
    take(
        shared,
        "G9",
        """结算流水号 | 结算时间 | 授权人编号 | 金额 | 就医地代码 | 授权地代码 | 业务类型
        S1 | 2024-07-03 10:00:00 | P1 | 100.00 | 340300 | 340200 | 收费
        S2 | 2024-07-04 10:00:00 | P1 | 50.00 | 340100 | 340300 | 收费
        S3 | 2024-07-05 10:00:00 | P1 | 30.00 | 340100 | 340200 | 退费""",
    )

    assert [row.kind for row in run(shared).rows] == ["differ"] * 3


def test_a_bill_that_the_sides_place_in_two_months_agrees(shared):
    """S1 of 2024-07-03 stands in their list of 2024-06."""
    take(
        shared,
        "G9",
        "结算流水号 | 结算时间 | 授权人编号 | 金额\n"
        "S1 | 2024-06-30 23:59:59 | P1 | 100.00",
    )
    theirs(shared, ALL_THREE[1:], name="七月.csv")

    assert run(shared).rows == []
    assert match(shared, LI, Month(2024, 6), ON).rows == []


def test_treatment_in_the_accounts_own_region_is_not_compared(shared):
    accounts(
        shared,
        f"个人编号 | 姓名 | 期初余额 | 统筹区代码\nP3 | 王五 | 9.00 | {HEFEI}",
        name="二.csv",
    )
    take(
        shared,
        "G4",
        "授权人编号 | 被授权人编号 | 时间\nP3 | P2 | 2024-06-04 09:00:00",
        name="二绑定.csv",
    )
    take(
        shared,
        "G3",
        "结算流水号 | 结算时间 | 个人编号 | 医疗总费用 | 政策范围内费用\n"
        "S9 | 2024-07-20 10:00:00 | P2 | 5.00 | 5.00",
        name="二结算.csv",
    )
    theirs(shared, ALL_THREE)

    assert run(shared).rows == []


def test_without_a_list_all_of_ours_is_listed_and_nothing_is_reversed(shared):
    made = run(shared)

    assert [row.kind for row in made.rows] == ["ours_only"] * 3
    assert "还没有对方结算清单" in made.notes[0]
    with pytest.raises(BookError, match="先导入对方的清单"):
        run(shared, reverse=["ALL"])


def test_a_missing_line_is_made_up_from_the_grantors_account(shared):
    """P1 has 820.00 left of 1000.00; their S4 takes 7.00 of it."""
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    before = printed(shared, "340200-city-agency").count("记-")

    made = run(shared, post=["S4"])

    assert told(made) == [("posted", "S4", "7.00", "7.00", "", "resolved")]
    assert made.agreed == (4, 187)
    assert balance(shared) == 81300
    assert (
        stored(
            shared,
            """SELECT person_id, "at", act, region, place, category, institution, total,
           own, shared, cash, batch_id > 0 FROM settlement WHERE serial = 'S4'""",
        )
        == [
            ("P1", "2024-07-06 10:00:00", "补记", WUHU, HEFEI, "补记", "")
            + (700, 0, 700, 0, 1)
        ]
    )
    assert printed(shared, "340200-city-agency").count("记-") == before + 1
    assert printed(shared, "340200-city-agency").splitlines()[-3:] == [
        "340200-city-agency 2024-08-01 P9 记-1",
        "  借 个人账户基金——家庭共济支出 310 7.00",
        "  贷 暂收款——家庭共济:340100 310 7.00",
    ]
    assert printed(shared, "340100-city-agency").splitlines()[-3:] == [
        "340100-city-agency 2024-08-01 P8 记-1",
        "  借 暂付款——家庭共济:340200 310 7.00",
        "  贷 暂收款——定点医药机构待结算 310 7.00",
    ]


def test_a_line_made_up_may_name_its_institution(shared):
    """Then the institution is owed it; without one it waits as 机构不详."""
    theirs(shared, [*ALL_THREE, ("S4", "7.00"), ("S5", "3.00"), ("S6", "2.00")])
    code = "H34010000001"

    run(shared, post=["S4", "S5"], institution=code)
    run(shared, post=["S6"])

    assert (
        stored(
            shared,
            """SELECT serial, institution FROM settlement
           WHERE act = '补记' ORDER BY serial""",
        )
        == [("S4", code), ("S5", code), ("S6", "")]
    )
    made = clear(shared, WANG, "institutions", JULY, "340000")
    assert [(part.payee, part.lines, str(part.net)) for part in made.parts] == [
        (code, 5, "190.00")
    ]
    with shared.reading() as connection:
        rows = institution_rows(connection, HEFEI, ON)
        page = owed_institutions(connection, HEFEI, ON)
        findings = check(connection, date(2024, 12, 31), shared)
    assert [(row.institution, row.name, str(row.uncleared)) for row in rows] == [
        ("", "机构不详", "2.00"),
        (code, "第一人民医院", "0.00"),
    ]
    assert [(row.name, str(row.waiting), str(row.due)) for row in page] == [
        ("第一人民医院", "0.00", "190.00"),
        ("机构不详", "2.00", "0.00"),
    ]
    assert findings == []


CODE = "H34010000001"
OWED = """SELECT institution, lines, total, shared FROM institution_sum
    WHERE posting_id = (SELECT posting_id FROM batch JOIN settlement
        ON settlement.batch_id = batch.id WHERE serial = 'S4' AND freed = 0)
    ORDER BY institution, total"""


def test_what_was_made_up_may_name_its_institution_later(shared):
    """S4 7.00 and S5 3.00 are one posting; only S4 is named, after the regions cleared
    both. Then 180.00 of the bills and 7.00 are the institution's."""
    theirs(shared, [*ALL_THREE, ("S4", "7.00"), ("S5", "3.00")])
    run(shared, post=["ALL"])
    clear(shared, WANG, "family", Month(2024, 8), "340000")
    before = stored(shared, OWED)

    made = run(shared, post=["S4"], institution=CODE)

    assert [(row.by, row.state) for row in made.named] == [("S4", "resolved")]
    assert (made.vouchers, made.open, balance(shared)) == ([], 0, 81000)
    assert before == [("", 2, 1000, 1000)]
    assert stored(shared, OWED) == [("", 1, 300, 300), (CODE, 1, 700, 700)]
    query = "SELECT institution, note FROM settlement WHERE serial = 'S4'"
    assert stored(shared, query) == [
        (CODE, "单边账补记；由li于2024-08-01指明机构"),
    ]
    query = "SELECT institution FROM movement WHERE serial = '{}|BJ'"
    assert stored(shared, query.format("S4")) == [(CODE,)]
    assert stored(shared, query.format("S5")) == [("",)]
    cleared = clear(shared, WANG, "institutions", JULY, "340000")
    assert [(part.payee, str(part.net)) for part in cleared.parts] == [(CODE, "187.00")]
    with shared.reading() as connection:
        assert check(connection, date(2024, 12, 31), shared) == []
    with pytest.raises(BookError, match="S4已由.*补记，没有重复补记$"):
        run(shared, post=["S4"], institution=CODE)


def test_the_last_to_be_named_leaves_no_sum_and_may_follow_a_clearing(shared):
    theirs(shared, [*ALL_THREE, ("S4", "7.00"), ("S5", "3.00")])
    run(shared, post=["ALL"])

    run(shared, post=["S4"], institution=CODE)
    clear(shared, WANG, "institutions", JULY, "340000")
    run(shared, post=["S5"], institution=CODE)
    again = clear(shared, WANG, "institutions", JULY, "340000")

    assert stored(shared, OWED) == [(CODE, 1, 300, 300), (CODE, 1, 700, 700)]
    assert [str(part.net) for part in again.parts] == ["3.00"]
    with shared.reading() as connection:
        assert check(connection, date(2024, 12, 31), shared) == []


def test_two_that_are_named_one_after_the_other_are_one_sum(shared):
    theirs(shared, [*ALL_THREE, ("S4", "7.00"), ("S5", "3.00"), ("S6", "2.00")])
    run(shared, post=["S4", "S5"])

    made = run(shared, post=["S4", "S6"], institution=CODE)
    run(shared, post=["S5"], institution=CODE)

    assert [row.serial for row in made.named] == ["S4"]
    assert [row.serial for row in made.of("posted")] == ["S4", "S5", "S6"]
    assert stored(shared, OWED) == [(CODE, 2, 1000, 1000)]


def test_what_gave_a_made_up_line_back_is_named_with_it(shared):
    """Their list drops S4, it is reversed: S4 and S4-CZ are the institution's."""
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    run(shared, post=["S4"])
    stored_month = "UPDATE other_settlement SET freed = 9 WHERE serial = 'S4'"
    with shared.writing() as connection:
        connection.exec_driver_sql(stored_month)
    run(shared, reverse=["S4"])

    run(shared, post=["S4"], institution=CODE)

    query = "SELECT serial FROM settlement WHERE institution = '' ORDER BY serial"
    assert stored(shared, query) == []
    with shared.reading() as connection:
        assert check(connection, date(2024, 12, 31), shared) == []


def test_naming_an_institution_later_is_checked_with_the_roster(shared):
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    run(shared, post=["S4"])

    with pytest.raises(BookError, match="S4：机构X9在2024-07-06不在.*不能指明"):
        run(shared, post=["S4"], institution="X9")
    with pytest.raises(BookError, match="请加 --institution 机构代码"):
        run(shared, post=["S4"])
    everything = run(shared, post=["ALL"], institution=CODE)
    tried = run(shared, post=["S4"], institution=CODE, dry_run=True)

    assert (everything.named, len(tried.named)) == ([], 1)
    assert stored(shared, OWED) == [("", 1, 700, 700)]


def test_the_command_says_what_was_named(sqlite_anhui_home, anhui):
    make(sqlite_anhui_home)
    theirs(sqlite_anhui_home, [*ALL_THREE, ("S4", "7.00"), ("S5", "3.00")])
    anhui("match", "2024-07", "--post", "ALL")
    named = ("match", "2024-07", "--institution", CODE, "--post")

    code, out, _ = anhui(*named, "S4", "--json")
    _, text, _ = anhui(*named, "S5")

    assert code == 0
    assert [(row["serial"], row["by"]) for row in json.loads(out)["named"]] == [
        ("S4", "S4")
    ]
    assert "已指明1笔补记的机构：S5。" in text


def test_what_names_no_institution_alone_makes_no_clearing_of_them(shared):
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    clear(shared, WANG, "institutions", JULY, "340000")
    run(shared, post=["S4"])

    again = clear(shared, WANG, "institutions", JULY, "340000")

    assert (again.status, len(again.standing)) == ("already-posted", 1)


def test_an_institution_must_be_designated_at_the_place_on_the_day(shared):
    take(
        shared,
        "G10",
        f"""机构代码 | 机构名称 | 统筹区代码 | 定点起
        W1 | 弋矶山医院 | {WUHU} | 2020-01-01
        N1 | 新医院 | {HEFEI} | 2024-07-08""",
        name="又一名册.csv",
    )
    theirs(shared, [*ALL_THREE, ("S5", "3.00"), ("S6", "2.00")])

    for code, why in (
        ("X9", "机构X9在2024-07-07不在定点医药机构名册中，应为就医地340100合肥市的"),
        ("W1", "机构W1在2024-07-07在340200芜湖市，应为就医地340100合肥市的定点机构"),
        ("N1", "机构N1在2024-07-07不在定点医药机构名册中"),
    ):
        with pytest.raises(BookError, match=why):
            run(shared, post=["S5"], institution=code)
    made = run(shared, post=["ALL"], institution="N1")

    assert [(row.serial, row.state) for row in made.rows] == [
        ("S5", "open"),
        ("S6", "resolved"),
    ]
    assert made.notes[0].startswith("流水号S5：机构N1在2024-07-07")


def test_the_command_takes_an_institution_with_post_alone(sqlite_anhui_home, anhui):
    make(sqlite_anhui_home)
    theirs(sqlite_anhui_home, [*ALL_THREE, ("S4", "7.00")])
    named = ("match", "2024-07", "--institution", "H34010000001")

    refused, _, why = anhui(*named)
    code, _, _ = anhui(*named, "--post", "S4")

    assert (refused, code) == (2, 0)
    assert "请与 --post 一起用" in why


def test_a_line_too_many_is_taken_back_whole(shared):
    theirs(shared, ALL_THREE[1:])

    made = run(shared, reverse=["S1"])

    assert told(made) == [("reversed", "S1", "-100.00", None, "", "resolved")]
    assert made.rows[0].by == "S1-CZ"
    assert made.agreed == (2, 80)
    assert balance(shared) == 92000
    assert (
        stored(
            shared,
            """SELECT "at", act, original, total, shared FROM settlement
           WHERE serial = 'S1-CZ'""",
        )
        == [("2024-08-01 09:00:00", "冲正", "S1", -10000, -10000)]
    )
    assert printed(shared, "340200-city-agency").splitlines()[-3:] == [
        "340200-city-agency 2024-08-01 P9 记-1",
        "  借 个人账户基金——家庭共济支出 310 -100.00",
        "  贷 暂收款——家庭共济:340100 310 -100.00",
    ]


def test_what_was_taken_back_is_not_a_difference_of_its_own_month(shared):
    """S1-CZ is of August; their August list does not have it."""
    theirs(shared, ALL_THREE[1:])
    run(shared, reverse=["S1"])

    made = match(shared, LI, Month(2024, 8), ON)

    assert made.rows == []


def test_a_difference_is_reversed_and_made_up(shared):
    """S3 30.00 goes back, their 31.00 is taken: 820.00 + 30.00 − 31.00."""
    theirs(shared, [*ALL_THREE[:2], ("S3", "31.00")])

    made = run(shared, reverse=["S3"], post=["S3"])

    assert told(made) == [
        ("posted", "S3", "31.00", "31.00", "", "resolved"),
        ("reversed", "S3", "-30.00", None, "", "resolved"),
    ]
    assert {row.by for row in made.rows} == {"S3-BJ", "S3-CZ"}
    assert (made.agreed, balance(shared)) == ((3, 181), 81900)


def test_all_of_it_at_once(shared):
    theirs(shared, [("S2", "50.00"), ("S3", "31.00"), ("S4", "7.00")])

    made = run(shared, reverse=["ALL"], post=["ALL"])

    assert made.open == 0
    assert made.agreed == (3, 88)
    assert balance(shared) == 100000 - 8800


def test_nothing_is_done_twice(shared):
    theirs(shared, [*ALL_THREE[1:], ("S4", "7.00")])
    run(shared, reverse=["S1"], post=["S4"])

    with pytest.raises(BookError, match="流水号S4已由340100-city-agency/.*补记"):
        run(shared, post=["S4"])
    with pytest.raises(BookError, match="流水号S1已由340100-city-agency/.*冲正"):
        run(shared, reverse=["S1"])
    again = run(shared, reverse=["ALL"], post=["ALL"])

    assert (again.vouchers, again.open) == ([], 0)


def test_what_was_asked_for_wrongly_is_refused_with_what_to_do(shared):
    theirs(shared, [("S2", "50.00"), ("S3", "31.00"), ("S4", "7.00")])

    with pytest.raises(BookError, match="S2的单边账：双方相符"):
        run(shared, post=["S2"])
    with pytest.raises(BookError, match="应作“冲正后补记”.*先 --reverse，再 --post"):
        run(shared, post=["S3"])
    with pytest.raises(BookError, match="应作“补记”.*用 --post"):
        run(shared, reverse=["S4"])
    assert balance(shared) == 82000


def test_an_account_without_the_money_is_refused_with_the_amounts(shared):
    """820.00 are left; 700.00 and 120.01 are more than that."""
    theirs(shared, [*ALL_THREE, ("S4", "700.00"), ("S5", "120.01")])

    with pytest.raises(BookError, match="可用余额120.00元，不足120.01元") as error:
        run(shared, post=["S4", "S5"])
    made = run(shared, post=["ALL"])

    assert "P1" not in str(error.value).replace("****", "")
    assert [row.serial for row in made.of("theirs_only")] == ["S5"]
    assert made.notes[0].startswith("流水号S5：")
    assert balance(shared) == 12000


def test_an_account_that_does_not_exist_is_refused(shared):
    take(
        shared,
        "G9",
        "结算流水号 | 授权人编号 | 金额\nS7 | P0000000099 | 1.00",
    )

    with pytest.raises(BookError, match="芜湖市没有可用的个人账户"):
        run(shared, post=["S7"])


THEIR_REFUND = """结算流水号 | 结算时间 | 授权人编号 | 金额 | 业务类型
    S1 | 2024-07-03 10:00:00 | P1 | 100.00 | 收费
    S2 | 2024-07-04 10:00:00 | P1 | 50.00 | 收费
    S3 | 2024-07-05 10:00:00 | P1 | 30.00 | 收费
    T3 | 2024-07-06 10:00:00 | P1 | 30.00 | {}"""


@pytest.mark.parametrize("act", ["退费", "冲正"])
def test_what_they_gave_back_is_never_made_up(shared, act):
    """Money from nothing: the charge that it gives back is not named in their list."""
    take(shared, "G9", THEIR_REFUND.format(act))

    with pytest.raises(BookError, match=f"T3：对方是{act}，补记只补收费.*G3"):
        run(shared, post=["T3"])
    with pytest.raises(BookError, match="应作“补录退费”，不能冲正.*G3"):
        run(shared, reverse=["T3"])
    made = run(shared, reverse=["ALL"], post=["ALL"])

    assert told(made) == [("theirs_only", "T3", None, "-30.00", "补录退费", "open")]
    assert made.notes[0].startswith(f"流水号T3：对方是{act}")
    assert (made.vouchers, balance(shared)) == ([], 82000)


def test_what_they_gave_back_agrees_once_our_list_names_its_charge(shared):
    """820.00 and 30.00 of S3."""
    take(shared, "G9", THEIR_REFUND.format("退费"))
    take(
        shared,
        "G3",
        "结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 医疗总费用"
        " | 政策范围内费用\nT3 | 2024-07-06 10:00:00 | 退费 | S3 | P2 | 30.00 | 30.00",
        name="退费.csv",
    )

    made = run(shared)

    assert (made.rows, made.agreed, balance(shared)) == ([], (4, 150), 85000)


def test_a_charge_that_they_have_as_a_refund_is_theirs_to_correct(shared):
    take(
        shared,
        "G9",
        """结算流水号 | 结算时间 | 授权人编号 | 金额 | 业务类型
        S1 | 2024-07-03 10:00:00 | P1 | 100.00 | 收费
        S2 | 2024-07-04 10:00:00 | P1 | 50.00 | 收费
        S3 | 2024-07-05 10:00:00 | P1 | 30.00 | 退费""",
    )

    made = run(shared, reverse=["ALL"], post=["ALL"])

    assert told(made) == [("differ", "S3", "30.00", "-30.00", "对方更正", "open")]


@pytest.fixture
def two_payers(anhui_home):
    """P1 of 芜湖 has 100.00 and P3 of 合肥 50.00, P2 of 芜湖 nothing: of S1, 130.00 in
    蚌埠, P1 pays 100.00 and P3 30.00."""
    home = anhui_home
    take(
        home,
        "G10",
        f"机构代码 | 统筹区代码\nH34030000001 | {BENGBU}",
        name="机构.csv",
    )
    accounts(
        home,
        f"""个人编号 | 姓名 | 期初余额 | 统筹区代码
        P1 | 张三 | 100.00 | {WUHU}
        P3 | 王五 | 50.00 | {HEFEI}
        P2 | 李四 | 0.00 | {WUHU}""",
    )
    take(
        home,
        "G4",
        """授权人编号 | 被授权人编号 | 关系 | 时间
        P1 | P2 | 配偶 | 2024-06-03 09:00:00
        P3 | P2 | 子女 | 2024-06-04 09:00:00""",
        name="绑定.csv",
    )
    made = take(
        home,
        "G3",
        "结算流水号 | 结算时间 | 个人编号 | 机构代码 | 就医地代码 | 医疗总费用"
        " | 政策范围内费用\n"
        f"S1 | 2024-07-03 10:00:00 | P2 | H34030000001 | {BENGBU} | 130.00 | 130.00",
        name="结算.csv",
    )
    assert made.status == "posted", made.message
    return home


def of_both(home, first, second):
    """Their list of S1: what P1 and P3 paid, "" for what they do not have."""
    lines = [
        f"S1 | 2024-07-03 10:00:00 | {payer} | {BENGBU} | {region} | {amount}"
        for payer, region, amount in (("P1", WUHU, first), ("P3", HEFEI, second))
        if amount
    ]
    table = "结算流水号 | 结算时间 | 授权人编号 | 就医地代码 | 授权地代码 | 金额\n"
    assert take(home, "G9", table + "\n".join(lines)).set_aside == 0


@pytest.mark.parametrize(
    "second, row",
    [
        ("", ("ours_only", "S1", "30.00", None, "对方补记", "open")),
        ("31.00", ("differ", "S1", "30.00", "31.00", "对方更正", "open")),
    ],
)
def test_a_bill_of_which_a_payer_agrees_is_not_reversed(two_payers, second, row):
    of_both(two_payers, "100.00", second)

    with pytest.raises(BookError, match="S1另有1位授权人的金额与对方相符.*G3"):
        run(two_payers, reverse=["S1"], post=["S1"])
    made = run(two_payers, reverse=["ALL"], post=["ALL"])

    assert told(made) == [row]
    assert made.notes[0].startswith("流水号S1另有1位授权人的金额与对方相符")
    assert (made.agreed, made.vouchers) == ((1, 100), [])
    assert [balance(two_payers, who) for who in ("P1", "P3")] == [0, 2000]


def test_a_bill_of_which_no_payer_agrees_is_reversed_and_made_up(two_payers):
    """They have 99.00 of P1 and nothing of P3."""
    of_both(two_payers, "99.00", "")

    made = run(two_payers, reverse=["S1"], post=["S1"])

    assert sorted(told(made)) == [
        ("posted", "S1", "99.00", "99.00", "", "resolved"),
        ("reversed", "S1", "-100.00", None, "", "resolved"),
        ("reversed", "S1", "-30.00", None, "", "resolved"),
    ]
    assert [balance(two_payers, who) for who in ("P1", "P3")] == [100, 5000]


def test_a_refund_of_ours_is_for_the_other_side_to_make_up(shared):
    take(
        shared,
        "G3",
        "结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 医疗总费用"
        " | 政策范围内费用\nT3 | 2024-07-06 10:00:00 | 退费 | S3 | P2 | 30.00 | 30.00",
        name="退费.csv",
    )
    theirs(shared, ALL_THREE)

    made = run(shared)

    assert told(made) == [("ours_only", "T3", "-30.00", None, "对方补记", "open")]
    with pytest.raises(BookError, match="应作“对方补记”"):
        run(shared, reverse=["T3"])


def test_a_bill_that_was_refunded_is_not_reversed(shared):
    take(
        shared,
        "G3",
        "结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 医疗总费用"
        " | 政策范围内费用\nT3 | 2024-07-06 10:00:00 | 退费 | S3 | P2 | 30.00 | 30.00",
        name="退费.csv",
    )
    theirs(shared, ALL_THREE[:2])

    with pytest.raises(BookError, match="已由T3退费"):
        run(shared, reverse=["S3"])
    made = run(shared, reverse=["ALL"])

    assert made.notes == ["流水号S3已由T3退费，不能再冲正；没有冲正"]
    assert made.open == 2


def test_a_dry_run_changes_nothing(shared):
    theirs(shared, ALL_THREE[1:])

    made = run(shared, reverse=["S1"], dry_run=True)

    assert made.file is None
    assert [voucher.rule[-2:] for voucher in made.vouchers] == ["P8", "P9"]
    assert (made.open, run(shared).open, balance(shared)) == (0, 1, 82000)


def test_drafts_wait_and_are_not_done_again(shared):
    put_setting(shared, LI, "review", "second-person", cite="内控办法")
    theirs(shared, [*ALL_THREE[1:], ("S4", "7.00")])

    made = run(shared, reverse=["S1"], post=["S4"])
    with pytest.raises(BookError, match="补记（草稿，待审核）"):
        run(shared, post=["S4"])
    before = balance(shared)
    approve(shared, WANG, [f"#{voucher.id}" for voucher in made.vouchers])

    assert [row.state for row in made.rows] == ["waiting", "waiting"]
    assert [row.voucher[0] for row in made.rows] == ["#", "#"]
    assert before == 82000
    assert [row.state for row in run(shared).rows] == ["resolved", "resolved"]
    assert balance(shared) == 82000 + 10000 - 700


def test_a_rejected_act_is_open_again(shared):
    put_setting(shared, LI, "review", "second-person", cite="内控办法")
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    made = run(shared, post=["S4"])

    reject(shared, WANG, [f"#{made.vouchers[0].id}"], "对方有误")
    again = run(shared, post=["S4"])

    assert [row.state for row in again.rows] == ["waiting"]


def test_a_reversed_act_is_open_again_and_can_be_done_again(shared):
    theirs(shared, [*ALL_THREE[1:], ("S4", "7.00")])
    made = run(shared, post=["S4"])
    back = run(shared, reverse=["S1"])

    reverse(shared, WANG, made.vouchers[0].name, ON, "对方有误")
    reverse(shared, WANG, back.vouchers[0].name, ON, "对方补来")
    between = run(shared)
    again = run(shared, reverse=["S1"], post=["S4"])

    assert [(row.serial, row.state) for row in between.rows] == [
        ("S1", "open"),
        ("S4", "open"),
    ]
    assert balance(shared) == 82000 + 10000 - 700
    assert [(row.by, row.state) for row in again.rows] == [
        ("S4", "resolved"),
        ("S1-CZ2", "resolved"),
    ]


def test_the_bill_itself_may_come_once_its_made_up_line_is_taken_back(shared):
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    table = (
        "结算流水号 | 结算时间 | 个人编号 | 医疗总费用 | 政策范围内费用\n"
        "S4 | 2024-07-06 10:00:00 | P2 | 7.00 | 7.00"
    )
    made = run(shared, post=["S4"])
    known = take(shared, "G3", table, name="迟.csv")

    reverse(shared, WANG, made.vouchers[0].name, ON, "清单补来")
    taken = take(shared, "G3", table, name="迟.csv", by=WANG)

    assert (known.status, known.set_aside) == ("rejected", 1)
    assert taken.status == "posted"
    assert (run(shared).rows, balance(shared)) == ([], 81300)


def test_two_grantors_of_one_bill_are_made_up_each(shared):
    accounts(
        shared,
        "个人编号 | 姓名 | 期初余额 | 统筹区代码\nP5 | 赵六 | 9.00 | 340300",
        name="二.csv",
    )
    take(
        shared,
        "G9",
        """结算流水号 | 授权人编号 | 授权地代码 | 金额
        S8 | P1 | 340200 | 5.00
        S8 | P5 | 340300 | 6.00""",
    )

    made = run(shared, post=["S8"])

    assert [(row.serial, row.by) for row in made.of("posted")] == [
        ("S8", "S8"),
        ("S8", "S8-BJ"),
    ]
    assert balance(shared, "P5") == 300
    assert [row.serial for row in made.rows if row.state == "open"] == [
        "S1",
        "S2",
        "S3",
    ]


def test_a_list_whose_rows_were_made_up_is_not_withdrawn_with_them(shared):
    theirs(shared, [*ALL_THREE, ("S4", "7.00")])
    run(shared, post=["S4"])
    with shared.reading() as connection:
        document = sources.documents(connection)[-1]

    with shared.writing() as connection:
        count = sources.withdraw(connection, document.id, WANG.by, WANG.at, "更正")

    assert (document.form, document.lines, document.bare) == ("G9", 4, 3)
    assert count == 3
    assert stored(shared, "SELECT serial FROM other_settlement WHERE freed = 0") == [
        ("S4",)
    ]


def test_the_list_is_a_file_that_only_its_owner_reads(sqlite_anhui_home):
    from openpyxl import load_workbook

    make(sqlite_anhui_home)
    theirs(sqlite_anhui_home, [*ALL_THREE[1:], ("S4", "7.00")])

    path = run(sqlite_anhui_home).file
    sheet = load_workbook(path).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]

    assert path.endswith("out/match/单边账_2024-07.xlsx")
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert [row[1] for row in rows] == ["S1", "S4"]
    assert [row[6] for row in rows] == ["P1", "P1"]
    assert [row[7:12] for row in rows] == [
        [100, None, 33, "我方单边", "冲正"],
        [None, 7, 30, "对方单边", "补记"],
    ]


def test_the_command_says_by_its_code_whether_something_is_open(
    sqlite_anhui_home, anhui
):
    make(sqlite_anhui_home)
    theirs(sqlite_anhui_home, [*ALL_THREE, ("S4", "7.00")])

    code, out, _ = anhui("match", "2024-07", "--on", "2024-08-05", "--json")
    made = json.loads(out)
    done_code, out, _ = anhui(
        "match", "2024-07", "--post", "S4", "--on", "2024-08-05", "--json"
    )
    done = json.loads(out)
    text_code, text, _ = anhui("match", "2024-07")

    assert (code, done_code, text_code) == (1, 0, 0)
    assert made["agreed"] == {"lines": 3, "amount": "180.00"}
    assert made["theirs_only"] == [
        {
            "serial": "S4",
            "place": HEFEI,
            "payer_region": WUHU,
            "person_id": "****1",
            "ours": None,
            "theirs": "7.00",
            "at": "2024-07-06 10:00:00",
            "act": "收费",
            "age": 30,
            "proposed": "补记",
            "state": "open",
        }
    ]
    assert (made["ours_only"], made["differ"], made["vouchers"]) == ([], [], [])
    assert done["theirs_only"] == []
    assert done["posted"][0]["state"] == "resolved"
    assert [v["rule"].partition("/")[2] for v in done["vouchers"]] == ["P8", "P9"]
    assert "相符4笔187.00元" in text


def test_what_match_did_is_cleared_between_the_regions(shared):
    """180.00 less S1's 100.00 and with S4's 7.00: 芜湖 pays 合肥 87.00."""
    theirs(shared, [*ALL_THREE[1:], ("S4", "7.00")])
    run(shared, reverse=["S1"], post=["S4"])

    made = clear(
        shared, WANG, "family", Month(2024, 8), "340000", post_on=date(2024, 8, 31)
    )

    assert [(part.payer, part.payee, str(part.net)) for part in made.parts] == [
        (WUHU, HEFEI, "87.00")
    ]
    with shared.reading() as connection:
        assert check(connection, date(2024, 12, 31), shared) == []
