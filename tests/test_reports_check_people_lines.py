"""check: what rows of lists say against movements, states and serial numbers.

Each break is one changed row, told as 什么 with the first person.
"""

from datetime import date

import pytest
from accounts_by_hand import run
from batches_by_hand import set_figure
from payouts_by_hand import bounced, changed, filed, opened
from payouts_by_hand import run as pay
from people_by_hand import LI, NANCHONG, contributions

from desk.people.credit import credit
from ledger.periods import Month
from reports.reconcile import check

ON = date(2023, 12, 31)
P1, P2, P3 = (f"person_id = 'P000000000{n}'" for n in (1, 2, 3))


@pytest.fixture
def credited(sichuan_home):
    """南充's 2023-01: 100.00, 120.01 and 30.00 of civil, 退休 93.80 and 25.50."""
    contributions(
        sichuan_home,
        """个人编号 | 姓名 | 人员类别 | 缴费基数 | 个人缴费 | 公务员补助计入
        P0000000001 | 张三 | 在职 | 5000.00 | 100.00 |
        P0000000002 | 李四 | 在职 | 6000.25 | 120.01 | 30.00
        P0000000003 | 王五 | 退休 | | | 25.50""",
        name="一月.csv",
    )
    set_figure(sichuan_home)
    credit(sichuan_home, LI, Month(2023, 1), NANCHONG)
    return sichuan_home


@pytest.fixture
def paid(sichuan_home):
    """攀枝花: openings 100.00 and 60.00, 5.00 moved in; paid out; one came back."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 60.00")
    changed(sichuan_home, "个人编号 | 日期 | 金额\nP2 | 2022-02-20 | 5.00")
    filed(sichuan_home, "个人编号\nP1\nP2")
    made = pay(sichuan_home, "2022-02")
    serial = f"HZ202202-{made.batch}-000001"
    bounced(
        sichuan_home,
        f"划转流水号 | 退回日期 | 退回金额\n{serial} | 2022-03-05 | 100.00",
    )
    return sichuan_home


def found(home, unmasked=False) -> list[str]:
    with home.reading() as connection:
        findings = check(connection, ON, home, unmasked)
    return [f"{f.what}：{f.expected}→{f.found}" for f in findings if f.identity == OF]


OF = "原始行"


def odd(person: str, what: str, region: str = "511300南充市") -> str:
    return f"{person}（{region}）{what}：相符→不符"


def test_homes_whose_lines_agree_are_told_so(credited):
    assert found(credited) == []


def test_lists_of_accounts_and_payouts_agree(paid):
    assert found(paid) == []


@pytest.mark.parametrize(
    "change, expected",
    [
        (
            f"UPDATE contribution_line SET base = 510000 WHERE {P1}",
            [odd("****0001", "个人账户清单的行")],
        ),
        (
            f"UPDATE contribution_line SET employer = employer + 1 WHERE {P2}",
            [
                "一月.csv（511300南充市）2023-01-15到账：820.02→820.01",
                "一月.csv（511300南充市）2023-01-15到账计入统筹基金：600.01→600.00",
            ],
        ),
        (
            f"UPDATE contribution_line SET received_on = '2023-01-16' WHERE {P2}",
            [
                "一月.csv（511300南充市）2023-01-15到账：400.00→820.01",
                "一月.csv（511300南充市）2023-01-15到账计入统筹基金：300.00→600.00",
                "一月.csv（511300南充市）2023-01-16到账：420.01→0.00",
                "一月.csv（511300南充市）2023-01-16到账计入统筹基金：300.00→0.00",
            ],
        ),
        (
            f"UPDATE contribution_line SET credit_as = '退休' WHERE {P1}",
            [odd("****0001", "按月计入的变动")],
        ),
        (
            f"UPDATE contribution_line SET credit_as = '' WHERE {P3}",
            [odd("****0003", "按月计入的变动")],
        ),
        (
            f"UPDATE movement SET amount = 1 WHERE {P3} AND kind = '退休划入'",
            [odd("****0003", "按月计入的变动")],
        ),
        (
            f"UPDATE contribution_line SET civil = 1 WHERE {P3}",
            [odd("****0003", "按月计入的变动"), odd("****0003", "公务员补助计入")],
        ),
        (
            f"DELETE FROM movement WHERE {P1}",
            [odd("****0001", "个人账户清单的行")],
        ),
        (
            f"UPDATE movement SET period = '2023-02' WHERE {P1}",
            [odd("****0001", "按月计入的变动"), odd("****0001", "个人账户清单的行")],
        ),
        (
            f"UPDATE account SET state = 'left' WHERE {P2}",
            [odd("****0002", "个人账户状态")],
        ),
    ],
)
def test_a_line_that_is_not_its_movement_is_named(credited, change, expected):
    run(credited, change)

    assert found(credited) == expected


@pytest.mark.parametrize(
    "change, what, person",
    [
        ("UPDATE change_line SET amount = 1", "变动清单", "P2"),
        (
            "UPDATE account_opening_line SET amount = 1 WHERE person_id = 'P1'",
            "期初余额清单",
            "P1",
        ),
        (
            "UPDATE payout_line SET amount = 1 WHERE person_id = 'P2'",
            "划转清单",
            "P2",
        ),
        ("UPDATE bounce_line SET amount = 1", "退回清单", "P1"),
        ("DELETE FROM serial_key WHERE form = 'G6'", "流水号", "P2"),
        (
            "UPDATE serial_key SET person_id = 'P2' "
            "WHERE form = 'payout' AND person_id = 'P1'",
            "流水号",
            "P1",
        ),
    ],
)
def test_a_row_of_another_list_that_was_changed_is_named(paid, change, what, person):
    run(paid, change)

    with paid.reading() as connection:
        findings = [f for f in check(connection, ON, paid, True) if f.identity == OF]
    assert [(f.what, f.person_id) for f in findings] == [
        (f"{person}（510400攀枝花市）{what}", person)
    ]
