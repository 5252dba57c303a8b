"""G9: the other side's record of shared settlements, registered without vouchers."""

from people_by_hand import stored
from settlements_by_hand import BENGBU, HEFEI, LI, WANG, WUHU, take

from ledger import sources

REGISTERED = """
    SELECT person_id, serial, month, "at", act, place, payer_region, amount, "row",
           resolved FROM other_settlement WHERE freed = 0 ORDER BY serial, person_id
"""


def told(result):
    """Row, column and the sentence behind the file's name of what was set aside."""
    return [(e.row, e.column, e.message.partition("：")[2]) for e in result.errors]


def test_a_list_is_registered_and_makes_no_voucher(anhui_home):
    """A refund gives back: it stands below zero. Counties stand as their cities."""
    result = take(
        anhui_home,
        "G9",
        """结算流水号 | 结算时间 | 业务类型 | 就医地代码 | 授权地代码 | 授权人编号 | 金额
        S2 | 2024-06-30 23:59 | 退费 | 340111 | 340202 | P2 | 20.00
        S1 | 2024-07-03 10:00:05 | 收费 | 340100 | 340200 | P1 | 50.00""",
    )

    assert (result.status, result.new, result.vouchers) == ("posted", 2, [])
    assert stored(anhui_home, REGISTERED) == [
        ("P1", "S1", "2024-07", "2024-07-03 10:00:05", "收费")
        + (HEFEI, WUHU, 5000, 4, ""),
        ("P2", "S2", "2024-06", "2024-06-30 23:59:00", "退费")
        + (HEFEI, WUHU, -2000, 3, ""),
    ]


def test_the_grantors_of_one_bill_have_a_row_each(anhui_home):
    result = take(
        anhui_home,
        "G9",
        "授权人编号 | 授权地代码 | 金额\nP1 | 340200 | 50.00\nP2 | 340300 | 30.00",
    )

    assert result.new == 2
    assert stored(anhui_home, "SELECT sum(amount) FROM other_settlement") == [(8000,)]


def test_a_list_that_comes_again_is_known_and_its_new_rows_are_taken(anhui_home):
    table = "结算流水号 | 授权人编号\nS1 | P1\nS2 | P2\n"
    take(anhui_home, "G9", table)

    again = take(anhui_home, "G9", table, name="again.csv")
    more = take(anhui_home, "G9", table + "S3 | P1", name="more.csv")

    assert (again.status, again.new, again.known) == ("already-posted", 0, 2)
    assert (more.status, more.new, more.known) == ("posted", 1, 2)


def test_a_row_that_stands_with_other_content_is_set_aside(anhui_home):
    take(anhui_home, "G9", "结算流水号 | 金额\nS1 | 50.00")

    result = take(
        anhui_home,
        "G9",
        """结算流水号 | 金额 | 授权人编号 | 业务类型
        S1 | 51.00 | P0000000001 | 收费
        S1 | 51.00 | P0000000002 | 收费""",
        name="二.csv",
    )

    assert (result.status, result.new, result.set_aside) == ("posted-in-part", 1, 1)
    assert told(result) == [
        (
            3,
            "金额",
            "金额“51.00”与已登记的同一流水号、同一授权人的记录不同"
            "（流水号S1，授权人****0001）。",
        )
    ]
    assert result.errors[0].expected.startswith("50.00；")


def test_a_refund_of_the_same_amount_is_not_the_same_row(anhui_home):
    take(anhui_home, "G9", "结算流水号 | 业务类型\nS1 | 收费")

    result = take(anhui_home, "G9", "结算流水号 | 业务类型\nS1 | 退费", name="二.csv")

    assert [(e.column, e.found) for e in result.errors] == [("业务类型", "退费")]


def test_two_rows_of_one_key_in_a_file(anhui_home):
    """The first counts; one that repeats it is known, others are set aside."""
    result = take(
        anhui_home,
        "G9",
        """结算流水号 | 授权人编号 | 金额
        S1 | P1 | 50.00
        S1 | P1 | 50.00
        S1 | P1 | 49.00
        S1 | P1 | 49.00
        S2 | P1 | 49.00""",
    )

    assert (result.new, result.known) == (2, 1)
    assert [(e.row, e.column, e.found) for e in result.errors] == [
        (5, "金额", "49.00"),
        (6, "金额", "49.00"),
    ]
    assert "与第3行同一流水号" in result.errors[0].message


def test_what_is_still_to_come_is_set_aside(anhui_home):
    """LI imports on 2024-08-01 at 09:00:00."""
    result = take(
        anhui_home,
        "G9",
        "结算流水号 | 结算时间\nS1 | 2024-08-01 09:00:00\nS2 | 2024-08-01 09:00:01",
    )

    assert result.new == 1
    assert told(result) == [(4, "结算时间", "结算时间“2024-08-01 09:00:01”还没有到。")]


def test_only_regions_of_the_province_share(anhui_home):
    result = take(
        anhui_home,
        "G9",
        """结算流水号 | 就医地代码 | 授权地代码
        S1 | 310000 | 340200
        S2 | 340100 | 320100
        S3 | 340000 | 340200
        S4 | 340100 | 340104
        S5 | 349900 | 340100""",
    )

    assert result.new == 1
    assert told(result) == [
        (3, "就医地代码", "就医地代码“310000上海市”不是安徽省的统筹区。"),
        (4, "授权地代码", "授权地代码“320100南京市”不是安徽省的统筹区。"),
        (5, "就医地代码", "就医地代码“340000安徽省”不是安徽省的统筹区。"),
        (
            6,
            "授权地代码",
            "授权地代码“340100合肥市”与就医地同属一个统筹区，不用与对方核对。",
        ),
    ]
    assert all("〔2024〕39号 二（四）" in error.expected for error in result.errors)


def test_no_amount_is_no_settlement(anhui_home):
    result = take(anhui_home, "G9", "结算流水号 | 金额\nS1 | 0.00")

    assert result.status == "rejected"
    assert told(result) == [(3, "金额", "金额“0.00”没有金额。")]


def test_strict_refuses_the_whole(anhui_home):
    result = take(
        anhui_home, "G9", "结算流水号 | 金额\nS1 | 0.00\nS2 | 1.00", strict=True
    )

    assert result.status == "rejected"
    assert stored(anhui_home, REGISTERED) == []


def test_a_dry_run_registers_nothing(anhui_home):
    result = take(anhui_home, "G9", "结算流水号\nS1", dry_run=True)

    assert (result.status, result.new) == ("checked", 1)
    assert stored(anhui_home, REGISTERED) == []


def test_ids_are_not_told(anhui_home):
    take(anhui_home, "G9", "授权人编号 | 金额\n340100198001011234 | 1.00")
    result = take(
        anhui_home,
        "G9",
        "授权人编号 | 金额\n340100198001011234 | 2.00\n340100198001011234 | 1.00",
        name="二.csv",
    )

    assert "340100198001011234" not in str(result.errors) + result.message


def test_a_withdrawn_list_can_come_again_as_it_should_be(anhui_home):
    take(anhui_home, "G9", "结算流水号 | 金额\nS1 | 50.00")

    with anhui_home.writing() as connection:
        count = sources.withdraw(connection, 1, WANG.by, WANG.at, "对方更正")
    again = take(anhui_home, "G9", "结算流水号 | 金额\nS1 | 51.00", name="二.csv")

    assert (count, again.status) == (1, "posted")
    with anhui_home.reading() as connection:
        assert [d.lines for d in sources.documents(connection)] == [0, 1]


def test_several_regions_of_one_day(anhui_home):
    result = take(
        anhui_home,
        "G9",
        f"结算流水号 | 就医地代码 | 授权地代码\nS1 | {HEFEI} | {BENGBU}\n"
        f"S2 | {BENGBU} | {HEFEI}",
        by=LI,
    )

    assert result.new == 2
