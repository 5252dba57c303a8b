"""G2: opening balances of personal accounts (P21)."""

from datetime import date

from desk_by_hand import printed
from people_by_hand import NANCHONG, PANZHIHUA, WANG, contributions, stored, take_people
from settlements_by_hand import HEFEI, WUHU, accounts, take

from desk.reversing import reverse
from desk.vouchers import approve, reject
from reports.reconcile import check

ON = date(2023, 3, 1)
TWO = "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 1000.00\nP2 | 李四 | 200.50"


def balances(home):
    return stored(home, "SELECT person_id, region, balance FROM account ORDER BY 1, 2")


def faults(result):
    return [(error.row, error.column, error.found) for error in result.errors]


def test_opening_balances_register_people_and_post_in_both_books(sichuan_home):
    result = take_people(sichuan_home, "G2", TWO)

    assert (result.status, result.new) == ("posted", 2)
    assert printed(sichuan_home) == (
        "511300-city-finance 2023-01-01 P21 记-1\n"
        "  借 银行存款——医保基金存款 310 1200.50\n"
        "  贷 净资产——上年结余 310 1200.50\n"
        "511300-city-agency 2023-01-01 P21 记-1\n"
        "  借 财政专户存款——市本级 310 1200.50\n"
        "  贷 个人账户基金——上年结余 310 1200.50"
    )
    assert balances(sichuan_home) == [
        ("P1", NANCHONG, 100000),
        ("P2", NANCHONG, 20050),
    ]
    assert stored(
        sichuan_home, "SELECT person_id, name, region, status, since FROM person"
    ) == [
        ("P1", "张三", NANCHONG, "在职", "2023-01"),
        ("P2", "李四", NANCHONG, "在职", "2023-01"),
    ]
    assert stored(
        sichuan_home,
        "SELECT person_id, period, act, serial, kind, amount, dated FROM movement",
    ) == [
        ("P1", "", "opening", NANCHONG, "上年结余", 100000, "2023-01-01"),
        ("P2", "", "opening", NANCHONG, "上年结余", 20050, "2023-01-01"),
    ]


def test_a_relative_who_was_bound_before_becomes_an_insured_employee(anhui_home):
    """A lets C, a resident of 芜湖, use A's account; then C's own balance comes."""
    accounts(anhui_home, "个人编号 | 期初余额\nA | 100.00", name="一.csv")
    take(
        anhui_home,
        "G4",
        f"""授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种
        A | C | {WUHU} | 390
        A | D | {HEFEI} | 390""",
    )
    result = accounts(
        anhui_home,
        f"""个人编号 | 姓名 | 人员类别 | 期初余额 | 统筹区代码 | 截止日期
        C | 李四 | 退休 | 30.00 | {HEFEI} | 2024-06-30
        C | 李四 | 退休 | 20.00 | {WUHU} | 2024-06-30""",
        name="二.csv",
    )

    assert (result.status, result.new) == ("posted", 2)
    assert stored(
        anhui_home,
        "SELECT person_id, name, region, status, insured_as, since, fund FROM person "
        "WHERE person_id <> 'A' ORDER BY person_id",
    ) == [
        ("C", "李四", HEFEI, "退休", "", "2024-07", ""),
        ("D", "", HEFEI, "", "", "", "390"),
    ]
    assert stored(
        anhui_home,
        "SELECT person_id, from_month, region, status FROM person_state "
        "WHERE person_id <> 'A'",
    ) == [("C", "2024-07", HEFEI, "退休")]
    assert balances(anhui_home) == [
        ("A", HEFEI, 10000),
        ("C", HEFEI, 3000),
        ("C", WUHU, 2000),
    ]
    with anhui_home.reading() as connection:
        [one] = check(connection, date(2024, 12, 31), anhui_home)
    assert (one.severity, one.identity, one.found) == ("note", "转移后余额", "20.00")


def test_a_list_without_a_control_total_is_refused(sichuan_home):
    result = take_people(sichuan_home, "G2", TWO, total=False)

    assert (result.status, balances(sichuan_home)) == ("rejected", [])


def test_the_same_list_again_is_known(sichuan_home):
    take_people(sichuan_home, "G2", TWO)

    again = take_people(sichuan_home, "G2", TWO)

    assert (again.status, again.new, again.known) == ("already-posted", 0, 2)


def test_a_regions_balances_may_come_in_several_files(sichuan_home):
    take_people(sichuan_home, "G2", TWO)

    more = take_people(
        sichuan_home, "G2", f"{TWO}\nP3 | 王五 | 3.00", name="第二份.csv"
    )

    assert (more.status, more.new, more.known) == ("posted", 1, 2)
    assert stored(
        sichuan_home, "SELECT region, people, total, state FROM batch ORDER BY id"
    ) == [(NANCHONG, 2, 120050, "counted"), (NANCHONG, 1, 300, "counted")]


def test_one_file_may_hold_two_regions(sichuan_home):
    result = take_people(
        sichuan_home,
        "G2",
        f"""个人编号 | 统筹区代码 | 期初余额
        P1 | {NANCHONG} | 10.00
        P2 | {PANZHIHUA} | 20.00
        P1 | {PANZHIHUA} | 30.00""",
    )

    assert (result.status, len(result.vouchers)) == ("posted", 4)
    assert balances(sichuan_home) == [
        ("P1", PANZHIHUA, 3000),
        ("P1", NANCHONG, 1000),
        ("P2", PANZHIHUA, 2000),
    ]
    assert stored(sichuan_home, "SELECT person_id, region FROM person ORDER BY 1") == [
        ("P1", NANCHONG),
        ("P2", PANZHIHUA),
    ]


def test_nothing_registers_the_person_without_a_movement(sichuan_home):
    result = take_people(sichuan_home, "G2", "个人编号 | 期初余额\nP1 | 0.00")

    assert (result.status, result.vouchers) == ("posted", [])
    assert balances(sichuan_home) == [("P1", NANCHONG, 0)]
    assert stored(sichuan_home, "SELECT count(*) FROM movement") == [(0,)]


def test_rows_that_contradict_are_set_aside_and_the_rest_posts(sichuan_home):
    take_people(sichuan_home, "G2", "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 10.00")

    result = take_people(
        sichuan_home,
        "G2",
        f"""个人编号 | 姓名 | 期初余额 | 统筹区代码 | 截止日期
        P1 | 张三 | 11.00 | {NANCHONG} | 2022-12-31
        P1 | 赵三 | 12.00 | {PANZHIHUA} | 2022-12-31
        P2 | 李四 | 13.00 | 511302 | 2022-12-31
        P3 | 王五 | 14.00 | {NANCHONG} | 2022-12-31
        P3 | 王五 | 15.00 | {NANCHONG} | 2022-12-31
        P3 | 王五 | 14.00 | {NANCHONG} | 2022-12-31
        P4 | 陈六 | 16.00 | {NANCHONG} | 2022-11-30
        P5 | 周七 | 17.00 | 520100 | 2022-12-31""",
        name="第二份.csv",
    )

    assert (result.status, result.new, result.known) == ("posted-in-part", 1, 1)
    assert faults(result) == [
        (3, "个人编号", "****1"),
        (4, "姓名", "赵*"),
        (5, "统筹区代码", "511302"),
        (7, "个人编号", "****3"),
        (9, "截止日期", "2022-11-30"),
        (10, "统筹区代码", "520100"),
    ]
    assert balances(sichuan_home)[-1] == ("P3", NANCHONG, 1400)


def test_the_set_aside_messages_mask_and_name_the_remedy(sichuan_home):
    take_people(sichuan_home, "G2", "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 10.00")

    result = take_people(
        sichuan_home,
        "G2",
        "个人编号 | 姓名 | 期初余额\nP1 | 张四方 | 10.00",
        name="第二份.csv",
    )

    assert "张四方" not in result.message
    assert "登记的姓名“张*”" in result.errors[0].expected or "期初余额已经录入" in (
        result.errors[0].message
    )


def test_an_account_that_moved_before_the_opening_day_is_refused(sichuan_home):
    contributions(sichuan_home, "个人编号 | 所属期\nP1 | 2023-01")
    take_people(
        sichuan_home,
        "G6",
        "个人编号 | 日期 | 流水号\nP1 | 2022-12-31 | A1",
        name="变动.csv",
    )

    result = take_people(sichuan_home, "G2", "个人编号 | 期初余额\nP1 | 10.00")

    assert (result.status, faults(result)) == ("rejected", [(3, "期初余额", "10.00")])


def test_a_draft_counts_when_approved(sichuan_home):
    result = take_people(sichuan_home, "G2", TWO, draft=True)
    before = [row[2] for row in balances(sichuan_home)]

    approve(sichuan_home, WANG, [f"#{result.vouchers[0].id}"])

    assert (result.status, before) == ("draft", [0, 0])
    assert [row[2] for row in balances(sichuan_home)] == [100000, 20050]


def test_a_rejected_draft_frees_its_rows(sichuan_home):
    result = take_people(sichuan_home, "G2", TWO, draft=True)

    reject(sichuan_home, WANG, [f"#{result.vouchers[0].id}"], "合计另有一份")
    again = take_people(sichuan_home, "G2", TWO)

    assert (again.status, again.new) == ("posted", 2)
    assert [row[2] for row in balances(sichuan_home)] == [100000, 20050]


def test_a_reversed_opening_can_be_taken_again_with_other_figures(sichuan_home):
    result = take_people(sichuan_home, "G2", TWO)

    reverse(sichuan_home, WANG, result.vouchers[0].name, ON, "数字有误")
    reversed_to = [row[2] for row in balances(sichuan_home)]
    again = take_people(
        sichuan_home, "G2", TWO.replace("1000.00", "999.00"), name="更正.csv"
    )

    assert reversed_to == [0, 0]
    assert (again.status, again.new) == ("posted", 2)
    assert [row[2] for row in balances(sichuan_home)] == [99900, 20050]
    assert stored(
        sichuan_home, "SELECT DISTINCT serial FROM movement WHERE act = 'opening'"
    ) == [(NANCHONG,), (f"{NANCHONG}|1",)]
