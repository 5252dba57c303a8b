"""The register of hardships, and the list of cash-like outflows."""

from datetime import date
from decimal import Decimal

from payouts_by_hand import bounced, changed, filed, opened, run
from people_by_hand import PANZHIHUA, stored

from reports import cash_risk, payout_exceptions

AUGUST, NEXT_YEAR = date(2022, 8, 31), date(2023, 12, 31)
HARDSHIPS = """个人编号 | 起始日期 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至
510400000011 | 2022-05-01 | 失能 | 东区 | 2022-05-10 | 2022-12-31
510400000011 | 2023-01-01 | 失能 | 东区 | 2023-01-05 | 2023-12-31
510400000012 | 2022-06-01 | 高龄 | 西区 | 2022-09-01 | 2023-08-31
"""


def register(home, on):
    with home.reading() as connection:
        return payout_exceptions.rows(connection, PANZHIHUA, on)


def risks(home, first=date(2022, 1, 1), last=NEXT_YEAR, **how):
    with home.reading() as connection:
        rows = cash_risk.rows(connection, PANZHIHUA, first, last, **how)
    return [
        (row.kind, row.name, row.person_id, row.count, str(row.amount), str(row.last))
        for row in rows
    ]


def test_the_register_says_how_each_hardship_stands_and_what_was_paid_on_it(
    sichuan_home,
):
    opened(
        sichuan_home, "个人编号 | 期初余额\n510400000011 | 10.00\n510400000012 | 20.00"
    )
    filed(sichuan_home, HARDSHIPS)
    run(sichuan_home, "2022-08")
    changed(sichuan_home, "个人编号 | 日期 | 金额\n510400000011 | 2023-01-10 | 7.00")
    run(sichuan_home, "2023-02")

    on_last_day = register(sichuan_home, AUGUST)
    later = register(sichuan_home, NEXT_YEAR)

    assert [(row.name, row.person_id, row.state, row.paid) for row in on_last_day] == [
        ("张*", "****0011", "有效", Decimal("10.00")),
        ("张*", "****0012", "未生效", Decimal("0.00")),
        ("张*", "****0011", "未生效", Decimal("0.00")),
    ]
    assert [(r.agency, r.state, r.payouts, r.paid) for r in later] == [
        ("东区", "已更换", 1, Decimal("10.00")),
        ("西区", "已到期", 1, Decimal("20.00")),
        ("东区", "有效", 1, Decimal("7.00")),
    ]
    assert (later[0].verified_on, later[0].valid_until) == (
        date(2022, 5, 10),
        date(2022, 12, 31),
    )


def test_what_came_back_was_not_paid(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\n510400000011 | 10.00")
    filed(sichuan_home, HARDSHIPS.rsplit("\n", 2)[0])
    made = run(sichuan_home, "2022-08")
    bounced(
        sichuan_home,
        "划转流水号 | 退回日期 | 退回金额\n"
        f"HZ202208-{made.batch}-000001 | 2022-09-05 | 10.00",
    )

    assert [row.paid for row in register(sichuan_home, NEXT_YEAR)] == [0, 0]


def test_payouts_and_inheritances_are_listed_by_person(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00\nP3 | 30.00")
    filed(
        sichuan_home, "个人编号 | 范围 | 收款账号\nP1 | 跨省 | 6221\nP2 | 跨省 | 6222"
    )
    changed(
        sichuan_home,
        """个人编号 | 变动类型 | 日期 | 金额 | 死亡日期 | 收款户名 | 收款账号
        P3 | 继承 | 2022-05-02 | 10.00 | 2022-04-01 | 赵六 | 6223
        P3 | 继承 | 2022-05-03 | 20.00 | | 赵六 | 6223""",
    )
    run(sichuan_home, "2022-08")

    assert risks(sichuan_home) == [
        ("划转本人", "张*", "****2", 1, "20.00", "2022-08-31"),
        ("划转本人", "张*", "****1", 1, "10.00", "2022-08-31"),
        ("继承", "张*", "****3", 2, "30.00", "2022-05-03"),
    ]
    assert risks(sichuan_home, first=date(2022, 9, 1)) == []


def test_a_bank_account_that_receives_for_several_people_is_a_risk(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00\nP3 | 30.00")
    filed(
        sichuan_home,
        """个人编号 | 范围 | 收款户名 | 收款账号
        P1 | 跨省 | 张三 | 62220000001
        P2 | 跨省 | 李四 | 62220000001
        P3 | 跨省 | 张三 | 62220000003""",
    )
    run(sichuan_home, "2022-08")

    found = risks(sichuan_home)

    assert found[3:] == [
        ("划转的收款户名不是本人", "张*", "****2", 1, "20.00", "2022-08-31"),
        ("同一收款账号多人收款", "", "", 2, "30.00", "2022-08-31"),
    ]


def test_returns_again_and_again_are_a_risk(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    for month, day in (("2022-02", "2022-03-05"), ("2022-08", "2022-09-05")):
        made = run(sichuan_home, month)
        bounced(
            sichuan_home,
            "划转流水号 | 退回日期 | 退回金额\n"
            f"HZ{month.replace('-', '')}-{made.batch}-000001 | {day} | 10.00",
            name=f"{month}.csv",
        )

    assert ("多次退回", "张*", "****1", 2, "20.00", "2022-08-31") in risks(sichuan_home)


def test_payouts_closer_together_than_the_runs_are_a_risk(sichuan_home):
    """February to August is the usual half year; July is five months after it."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 10.00")
    filed(sichuan_home, "个人编号 | 范围 | 收款账号\nP1 | 跨省 | 1\nP2 | 跨省 | 2")
    run(sichuan_home, "2022-02")
    changed(sichuan_home, "个人编号 | 日期 | 金额\nP1 | 2022-07-01 | 3.00")
    run(sichuan_home, "2022-07")
    changed(
        sichuan_home,
        "个人编号 | 日期 | 金额\nP2 | 2022-08-01 | 4.00",
        name="二.csv",
    )
    run(sichuan_home, "2022-08")

    close = [row for row in risks(sichuan_home) if row[0].startswith("间隔")]
    within = [
        row
        for row in risks(sichuan_home, first=date(2022, 7, 1))
        if row[0].startswith("间隔")
    ]

    expected = ("间隔短于定期的多次划转", "张*", "****1", 2, "13.00", "2022-07-31")
    assert close == within == [expected]


def test_moving_out_to_what_looks_like_a_person_is_a_risk(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00\nP3 | 30.00")
    changed(
        sichuan_home,
        """个人编号 | 变动类型 | 日期 | 金额 | 对方 | 收款户名 | 收款账号
        P1 | 转出 | 2022-05-02 | 10.00 | | 王五 | 6221
        P2 | 转出 | 2022-05-02 | 20.00 | | 成都市医保中心 | 6222
        P3 | 转出 | 2022-05-02 | 30.00 | 成都市 | |""",
    )

    assert risks(sichuan_home) == [
        ("转出至疑似个人账户", "张*", "****1", 1, "10.00", "2022-05-02")
    ]
    assert risks(sichuan_home, unmasked=True)[0][1:3] == ("张三", "P1")


def test_only_what_counts_is_listed(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    run(sichuan_home, "2022-08", draft=True)

    assert risks(sichuan_home) == []
    assert stored(sichuan_home, "SELECT count(*) FROM payout_line") == [(1,)]
