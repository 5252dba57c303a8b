"""G7: the register of filings for treatment away from home."""

import pytest
from payouts_by_hand import filed, opened
from people_by_hand import NANCHONG, stored, take_people


@pytest.fixture
def registered(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 100.00")
    return sichuan_home


def register(home):
    return stored(
        home,
        "SELECT person_id, kind, scope, from_day, until_day, valid_until FROM filing"
        " WHERE freed = 0 ORDER BY person_id, kind, from_day",
    )


def told(result):
    return [(e.row, e.column, e.message.partition("：")[2]) for e in result.errors]


def test_filings_are_registered_without_vouchers(registered):
    result = filed(
        registered,
        """个人编号 | 备案类型 | 范围 | 起始日期 | 终止日期
        P1 | 异地安置 | 省内 | 2021-01-01 |
        P1 | 异地安置 | 跨省 | 2022-06-01 | 2023-05-31
        P2 | 跨制度转移 | 跨省 | 2022-01-01 |""",
    )

    assert (result.status, result.new, result.vouchers) == ("posted", 3, [])
    assert register(registered) == [
        ("P1", "异地安置", "省内", "2021-01-01", None, None),
        ("P1", "异地安置", "跨省", "2022-06-01", "2023-05-31", None),
        ("P2", "跨制度转移", "跨省", "2022-01-01", None, None),
    ]


def test_who_is_not_registered_is_set_aside(registered):
    result = filed(registered, "个人编号\nP0000000009\nP1")

    assert (result.status, result.new) == ("posted-in-part", 1)
    assert told(result) == [(3, "个人编号", "个人编号“****0009”没有登记。")]


def test_moving_to_another_scheme_inside_the_province_is_set_aside_with_the_clause(
    registered,
):
    result = filed(registered, "个人编号 | 备案类型 | 范围\nP1 | 跨制度转移 | 省内")

    assert (result.errors[0].column, result.errors[0].found) == ("范围", "省内")
    assert "附件2 二.2（川医保发〔2018〕7号）" in result.errors[0].message


def test_a_hardship_is_verified_by_an_agency_on_a_day_and_for_a_time(registered):
    result = filed(
        registered,
        """个人编号 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至 | 起始日期
        P1 | 失能 | | 2022-05-10 | 2023-05-09 | 2022-05-01
        P1 | 失能 | 东区 | | 2023-05-09 | 2022-05-02
        P1 | 失能 | 东区 | 2022-05-10 | | 2022-05-03
        P1 | 失能 | 东区 | 2022-05-10 | 2022-05-09 | 2022-05-04
        P1 | 失能 | 东区 | 2022-05-10 | 2022-05-10 | 2022-05-05""",
    )

    assert result.new == 1
    assert told(result) == [
        (3, "核实机构", "核实机构没有填，特殊困难要经核实。"),
        (4, "核实日期", "核实日期没有填，特殊困难要经核实。"),
        (5, "有效期至", "有效期至没有填，特殊困难要经核实。"),
        (6, "有效期至", "有效期至“2022-05-09”早于核实日期。"),
    ]


def test_the_same_filing_again_is_known_and_another_content_set_aside(registered):
    table = "个人编号 | 收款账号\nP1 | 62220001"
    filed(registered, table)

    again = filed(registered, table)
    other = filed(registered, "个人编号 | 收款账号\nP1 | 62220002", name="二.csv")

    assert (again.status, again.known) == ("already-posted", 1)
    assert told(other) == [(3, "收款账号", "收款账号与已登记的这条备案不同。")]
    assert "62220002" not in other.errors[0].message


def test_a_later_row_tells_the_end_of_a_filing(registered):
    filed(registered, "个人编号 | 终止日期\nP1 |")

    ended = filed(registered, "个人编号 | 终止日期\nP1 | 2022-07-31", name="二.csv")
    again = filed(registered, "个人编号 | 终止日期\nP1 | 2022-07-31", name="三.csv")
    other = filed(registered, "个人编号 | 终止日期\nP1 | 2022-08-31", name="四.csv")

    assert (ended.status, ended.new, ended.completed) == ("posted", 0, 1)
    assert again.status == "already-posted"
    assert told(other) == [(3, "终止日期", "终止日期与已登记的这条备案不同。")]
    assert register(registered)[0][4] == "2022-07-31"


def test_a_later_row_extends_a_hardship_and_none_shortens_it(registered):
    table = """个人编号 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至
    P1 | 失能 | 东区 | 2022-05-10 | """
    filed(registered, table + "2022-12-31")

    longer = filed(registered, table + "2023-12-31", name="二.csv")
    shorter = filed(registered, table + "2022-12-30", name="三.csv")

    assert (longer.status, longer.completed) == ("posted", 1)
    assert told(shorter) == [(3, "有效期至", "有效期至与已登记的这条备案不同。")]
    assert register(registered)[0][5] == "2023-12-31"


def test_a_filing_and_its_end_may_stand_in_one_file(registered):
    result = filed(
        registered,
        "个人编号 | 终止日期\nP1 |\nP1 | 2022-07-31\nP1 | 2022-07-31",
    )

    assert (result.new, result.known) == (1, 1)
    assert register(registered)[0][4] == "2022-07-31"


def test_a_region_without_payouts_registers_filings_all_the_same(sichuan_home):
    take_people(sichuan_home, "G2", f"个人编号 | 统筹区代码\nP1 | {NANCHONG}")

    assert filed(sichuan_home, "个人编号\nP1").status == "posted"
