"""check: what is told late about settled bills, and what their acts say.

P1 of 芜湖 pays S1 100.00, S2 50.00 and S3 30.00 for P2 of 合肥, on the 3rd, 4th and 5th
of July 2024 at 10:00 (tests/test_desk_match.py).
"""

from datetime import date

import pytest
from people_by_hand import contributions
from settlements_by_hand import HEFEI, LI, WUHU, take
from test_desk_import_premiums import bound, opened, premiums, resident
from test_desk_match import make

from desk.reversing import reverse
from ledger.people.tables import Person
from reports.checks.findings import ERROR, NOTE
from reports.reconcile import check

DAY = date(2024, 12, 31)
LATE = "事后"
S1, S2, S3 = (f"结算S{n}（2024-07-0{n + 2}，340100合肥市）" for n in (1, 2, 3))


@pytest.fixture
def settled(anhui_home):
    make(anhui_home)
    return anhui_home


@pytest.fixture
def paid(anhui_home):
    """J1 400.00 of P2 on 2024-10-08: 300.00 by P1 of 合肥, 100.00 by P3 of 芜湖."""
    opened(
        anhui_home,
        f"个人编号 | 统筹区代码 | 期初余额\nP1 | {HEFEI} | 300.00\nP3 | {WUHU} | 500.00",
    )
    resident(anhui_home)
    bound(anhui_home, "授权人 | 关系\nP1 | 子女\nP3 | 父母")
    assert premiums(anhui_home, "缴费流水号 | 金额\nJ1 | 400.00").new == 1
    return anhui_home


def run(home, *changes):
    with home.writing() as connection:
        for change in changes:
            connection.exec_driver_sql(change)


def dies(home, person_id, on):
    with home.writing() as connection:
        of = Person.__table__.c.person_id == person_id
        connection.execute(Person.__table__.update().where(of).values(died_on=on))


def found(home, unmasked=False, severity=NOTE):
    with home.reading() as connection:
        findings = check(connection, DAY, home, unmasked)
    return [f for f in findings if f.severity == severity]


def told(home, identity=LATE):
    return [
        f"{f.what}：{f.expected}→{f.found}"
        for f in found(home)
        if f.identity.startswith(identity)
    ]


def unbound(home, time="2024-07-04 10:00:00"):
    unbinds = f"授权人编号 | 被授权人编号 | 操作 | 时间\nP1 | P2 | 解绑 | {time}"
    assert take(home, "G4", unbinds, name="解绑.csv").new == 1


def test_bills_under_bindings_that_hold_are_not_told(settled):
    assert found(settled) == []


def test_a_binding_that_ended_before_its_bills(settled):
    """A binding holds until the second of its end: S1 is its, S2 no more."""
    unbound(settled)

    assert told(settled) == [
        f"{S2}授权人****1支付：当时绑定有效→已于2024-07-04 10:00:00解绑",
        f"{S3}授权人****1支付：当时绑定有效→已于2024-07-04 10:00:00解绑",
    ]
    assert found(settled, severity=ERROR) == []
    one = found(settled)[0]
    assert one.identity == "事后绑定变动" and one.book == "340100-city-agency"
    assert one.explanation == (
        "已结算的不会自动改动，请核实，多付的请由机构退费、冲正后导入门诊结算清单"
        "（皖医保中心〔2024〕39号 二（二）1）；共2笔"
    )


def test_no_binding_at_all_at_the_time(settled):
    run(settled, "UPDATE binding SET bound_at = '2024-07-03 10:00:01'")

    assert told(settled) == [f"{S1}授权人****1支付：当时绑定有效→当时没有绑定"]


def test_a_bill_that_was_given_back_wholly_is_put_right(settled):
    unbound(settled)
    take(
        settled,
        "G3",
        """结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 医疗总费用 | 政策范围内费用
        T2 | 2024-07-06 10:00:00 | 冲正 | S2 | P2 | 50.00 | 50.00
        T3 | 2024-07-06 11:00:00 | 退费 | S3 | P2 | 10.00 | 10.00""",
        name="退.csv",
    )

    assert [line.partition("授权人")[0] for line in told(settled)] == [S3]


def test_a_death_before_the_bill(settled):
    """On the day itself somebody may still have been treated."""
    dies(settled, "P2", date(2024, 7, 4))

    assert told(settled) == [f"{S3}****2（340100合肥市）：当日在世→已于2024-07-04死亡"]
    [one] = [f for f in found(settled) if f.identity == "事后登记死亡"]
    assert "（劳社厅发〔2002〕6号 二）" in one.explanation


def test_a_payer_who_had_died(settled):
    dies(settled, "P1", date(2024, 7, 3))

    assert told(settled, "事后登记授权人死亡") == [
        f"{S2}授权人****1支付：当日在世→已于2024-07-03死亡",
        f"{S3}授权人****1支付：当日在世→已于2024-07-03死亡",
    ]
    assert told(settled, "事后登记死亡") == []


@pytest.mark.parametrize(
    "change, lines",
    [
        ("until_day = '2024-07-04'", [S3]),
        ("from_day = '2024-07-04'", [S1]),
        ("code = 'H34019999999'", [S1, S2, S3]),
    ],
)
def test_an_institution_that_was_not_designated(settled, change, lines):
    run(settled, f"UPDATE institution SET {change}")

    said = "机构H34010000001：当日定点→按现在的名册当日不是定点"
    assert told(settled) == [line + said for line in lines]
    [one, *_] = [f for f in found(settled) if f.identity == "事后定点变动"]
    assert "（劳社厅发〔2002〕6号 三）" in one.explanation


def test_premiums_are_told_as_bills(paid):
    before = told(paid)
    run(paid, "UPDATE binding SET unbound_at = '2024-10-01 00:00:00'")
    dies(paid, "P3", date(2024, 10, 7))
    ahead = "代缴保费J1（2024-10-08，340100合肥市）授权人****"

    assert before == []
    assert told(paid) == [
        f"{ahead}1支付：当时绑定有效→已于2024-10-01 00:00:00解绑",
        f"{ahead}3支付：当时绑定有效→已于2024-10-01 00:00:00解绑",
        f"{ahead}3支付：当日在世→已于2024-10-07死亡",
    ]
    dies(paid, "P2", date(2024, 10, 7))
    assert told(paid, "事后登记死亡") == [
        "代缴保费J1（2024-10-08，340100合肥市）****2（340100合肥市）："
        "当日在世→已于2024-10-07死亡"
    ]


def test_a_list_that_was_reversed_is_told_no_more(settled):
    unbound(settled)
    reverse(settled, LI, "340100-city-agency/2024-07/1", DAY, "有误")

    assert told(settled) == []


def test_people_are_whole_only_for_who_may_see_them(settled):
    unbound(settled)

    masked, whole = found(settled)[0], found(settled, unmasked=True)[0]

    assert (masked.person_id, whole.person_id) == ("", "P1")
    assert "授权人P1支付" in whole.what


def test_of_many_lines_the_first_are_named_and_all_counted(settled):
    bills = "\n".join(
        f"X{n:02d} | 2024-07-10 10:00:{n:02d} | P2 | 1.00 | 1.00" for n in range(25)
    )
    head = "结算流水号 | 结算时间 | 个人编号 | 医疗总费用 | 政策范围内费用"
    assert take(settled, "G3", f"{head}\n{bills}", name="多.csv").new == 25
    unbound(settled, "2024-07-10 09:00:00")

    late = [f for f in found(settled) if f.identity == "事后绑定变动"]

    assert len(late) == 20 and late[0].what.startswith("结算X00（2024-07-10")
    assert "；共25笔，列出前20笔" in late[0].explanation


def acts(home):
    return [
        f"{f.what}：{f.expected}→{f.found}"
        for f in found(home, severity=ERROR)
        if "业务类型与金额" in f.explanation
    ]


@pytest.mark.parametrize(
    "change, says",
    [
        ("total = -100", "收费：金额不小于0→-1.00"),
        ("act = '退费', original = 'S2'", "退费：金额不大于0→100.00"),
        ("act = '冲正', original = 'S2'", "冲正：金额不大于0→100.00"),
        ("original = 'S2'", "收费：不指原结算→原结算流水号S2"),
    ],
)
def test_acts_and_signs_agree(settled, change, says):
    before = acts(settled)
    run(settled, f"UPDATE settlement SET {change} WHERE serial = 'S1'")

    assert before == []
    assert acts(settled) == [f"结算S1（2024-07，340100合肥市）{says}"]


def moves(home, person_id, name, region):
    table = f"""个人编号 | 姓名 | 统筹区代码 | 所属期 | 到账日期 | 其中计入个人账户
        {person_id} | {name} | {region} | 2024-07 | 2024-07-15 | 100.00"""
    assert contributions(home, table, by=LI, name=f"{person_id}.csv").errors == []


def test_money_that_stayed_where_its_owner_has_left(settled):
    """P1 had 1,000.00 and paid 180.00; P2 has nothing anywhere."""
    moves(settled, "P1", "张三", HEFEI)
    moves(settled, "P2", "李四", WUHU)

    [one] = [f for f in found(settled) if f.identity == "转移后余额"]

    assert (one.book, one.expected, one.found) == (
        "340200-city-agency",
        "0.00",
        "820.00",
    )
    assert one.what == "****1（340200芜湖市）个人账户余额"
    assert one.explanation == "现参保地是340100合肥市，仍有余额，请办理转出（G6）"
    dies(settled, "P1", date(2024, 8, 1))
    assert told(settled, "转移后余额") == []
