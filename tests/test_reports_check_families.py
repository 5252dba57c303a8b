"""check: bindings that the rules of family sharing do not allow any more."""

from datetime import date

import pytest
from people_by_hand import contributions, take_people
from settlements_by_hand import BENGBU, HEFEI, LI, WUHU, accounts, take

from ledger import sources
from reports.checks.families import families
from reports.reconcile import check

ON = date(2024, 7, 31)
FOUR = """个人编号 | 期初余额
P0000000001 | 100.00
P0000000002 | 100.00
P0000000003 | 100.00
P0000000004 | 100.00"""
ONE, TWO, THREE, FOURTH = (f"P000000000{n}" for n in (1, 2, 3, 4))


@pytest.fixture
def family(anhui_home):
    """合肥: ONE and TWO let THREE's bills be paid, ONE also FOURTH's."""
    accounts(anhui_home, FOUR)
    take(
        anhui_home,
        "G4",
        f"""授权人编号 | 被授权人编号 | 关系
        {ONE} | {THREE} | 子女
        {TWO} | {THREE} | 子女
        {ONE} | {FOURTH} | 父母""",
    )
    return anhui_home


def moves(home, person_id, region, month="2024-07"):
    table = f"""个人编号 | 统筹区代码 | 所属期 | 到账日期 | 其中计入个人账户
        {person_id} | {region} | {month} | {month}-15 | 100.00"""
    result = contributions(home, table, by=LI, name=f"{person_id}.csv")
    assert result.errors == []


def found(home, on=ON, unmasked=False):
    with home.reading() as connection:
        return list(families(connection, on, unmasked))


def told(home, on=ON):
    return [(f.severity, f.what, f.expected, f.found) for f in found(home, on)]


def test_bindings_that_are_as_they_were_made_are_not_told(family):
    assert told(family) == []


def test_a_move_that_the_rule_allows_is_a_note(family):
    moves(family, FOURTH, WUHU)

    (one,) = found(family)

    assert (one.severity, one.book) == ("note", "340100-city-agency")
    assert one.what == (
        "****0004（340200芜湖市）与授权人****0001（340100合肥市）的绑定"
    )
    assert (one.expected, one.found) == ("同一统筹区", "跨统筹区")
    assert one.explanation == (
        "绑定后有人转移参保地，本地的绑定成为跨统筹区的，按异地授权人扣款"
        "（皖医保中心〔2024〕39号 二（二）2）"
    )
    assert told(family, date(2024, 6, 30)) == []


def test_a_move_that_makes_two_authorisers_of_other_regions_is_an_error(family):
    moves(family, THREE, WUHU)

    note, error = found(family)

    assert (note.severity, note.explanation[-8:]) == ("note", "；本区共2个绑定")
    assert (error.severity, error.book) == ("error", "340200-city-agency")
    assert error.what == "****0003（340200芜湖市）的跨统筹区授权人"
    assert (error.expected, error.found) == ("至多1位", "2位")
    assert error.explanation == (
        "授权人为****0001（340100合肥市）、****0002（340100合肥市）；"
        "请授权人办理解绑，由家庭共济绑定表导入（皖医保中心〔2024〕39号 二（二）2）"
    )


def test_an_unbinding_settles_the_error(family):
    moves(family, THREE, WUHU)

    take(
        family,
        "G4",
        f"""授权人编号 | 被授权人编号 | 关系 | 操作 | 时间
        {TWO} | {THREE} | 子女 | 解绑 | 2024-07-31 23:59:59""",
        name="解绑.csv",
    )

    assert [row[0] for row in told(family)] == ["note"]
    assert [row[0] for row in told(family, date(2024, 7, 30))] == ["note", "error"]


def test_when_all_have_moved_together_the_binding_is_local_again(family):
    for person_id in (ONE, TWO, THREE, FOURTH):
        moves(family, person_id, BENGBU)

    assert told(family) == []


def test_a_move_out_of_a_region_that_allows_no_other_is_an_error(sichuan_home):
    accounts(
        sichuan_home,
        "个人编号 | 期初余额 | 统筹区代码\nA | 1.00 | 511300\nB | 1.00 | 511300",
    )
    take(sichuan_home, "G4", "授权人编号 | 被授权人编号\nA | B")
    moves(sichuan_home, "B", "510400")

    (one,) = found(sichuan_home)

    assert (one.severity, one.book) == ("error", "511300-city-agency")
    assert "不能跨统筹区共济；请授权人办理解绑" in one.explanation
    assert "（南府办发〔2022〕33号 第十八条（二））" in one.explanation


def test_more_people_than_the_rule_allows_are_an_error(anhui_home):
    """An unbinding that was withdrawn brings the seventh back."""
    accounts(anhui_home, "个人编号 | 期初余额\nA | 1.00")
    head = "授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种 | 操作 | 时间\n"
    bound = [f"A | C{n} | {HEFEI} | 390 | 绑定 | 2024-06-01 09:00" for n in range(6)]
    take(anhui_home, "G4", head + "\n".join(bound))
    take(anhui_home, "G4", head + "A | C0 | | | 解绑 | 2024-06-02 09:00", name="b.csv")
    seventh = f"A | C7 | {HEFEI} | 390 | 绑定 | 2024-06-03 09:00"
    take(anhui_home, "G4", head + seventh, name="c.csv")
    before = told(anhui_home)

    with anhui_home.writing() as connection:
        sources.withdraw(connection, 3, LI.by, LI.at, "有误")

    assert before == []
    assert told(anhui_home) == [
        ("error", "授权人****A（340100合肥市）的被授权人", "至多6位", "7位")
    ]
    assert "二（二）2" in found(anhui_home)[0].explanation


def test_bindings_of_the_dead_are_a_note(family):
    result = take_people(
        family,
        "G6",
        f"""个人编号 | 变动类型 | 死亡日期 | 日期 | 金额
        {THREE} | 死亡 | 2024-07-10 | 2024-07-12 | 0""",
        by=LI,
    )

    assert result.errors == []
    assert told(family) == [
        ("note", "****0003与授权人****0001（340100合肥市）的绑定", "在世", "已死亡")
    ]
    assert told(family, date(2024, 7, 9)) == []


def test_check_tells_it_and_shows_whole_ids_only_to_who_may_see_them(family):
    moves(family, FOURTH, WUHU)

    with family.reading() as connection:
        masked = [f for f in check(connection, ON) if f.identity == "家庭共济"]
    (whole,) = found(family, unmasked=True)

    assert len(masked) == 1
    assert (masked[0].person_id, whole.person_id) == ("", FOURTH)
    assert FOURTH in whole.what and ONE in whole.what
