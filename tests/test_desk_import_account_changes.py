"""G6: moves in and out, death and inheritance (P14)."""

from datetime import date

import pytest
from desk_by_hand import printed
from payouts_by_hand import filed, opened, run
from people_by_hand import (
    LI,
    NANCHONG,
    PANZHIHUA,
    WANG,
    contributions,
    stored,
    take_people,
)

from desk.homes import put_setting
from desk.people.credit import credit
from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger import sources
from ledger.errors import BookError
from ledger.periods import period

ON = date(2023, 6, 1)
HEIR = "赵六 | 6222000000000000009"


@pytest.fixture
def two(sichuan_home):
    """P1 has 100.00 and P2 200.00 in 南充 from 2023-01-01 on."""
    take_people(
        sichuan_home,
        "G2",
        "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 100.00\nP2 | 李四 | 200.00",
        name="期初.csv",
    )
    return sichuan_home


def change(home, table, name="变动.csv", **how):
    """A list of changes: what the table leaves out is a 转入 of nothing said."""
    from desk_by_hand import rows

    smallest = {"金额": "0.00", "依据": "函1号", "日期": "2023-02-01"}
    lines = [{**smallest, **row} for row in rows(table)]
    for number, row in enumerate(lines, 1):
        row.setdefault("流水号", f"{name}{number}")
    return take_people(home, "G6", lines, name=name, **how)


def accounts(home, person="P1"):
    return stored(
        home,
        "SELECT region, balance, claim, state FROM account WHERE person_id = :id"
        " ORDER BY region",
        id=person,
    )


def told(result):
    """Row, column and the sentence behind the file's name of what was set aside."""
    return [(e.row, e.column, e.message.partition("：")[2]) for e in result.errors]


def test_money_that_moves_in_is_posted_in_both_books(two):
    result = change(
        two, "个人编号 | 变动类型 | 金额\nP1 | 转入 | 30.00\nP2 | 转入 | 5.50"
    )

    assert (result.status, result.new) == ("posted", 2)
    assert printed(two, "511300-city-agency").splitlines()[3:] == [
        "511300-city-agency 2023-02-01 P14 记-1",
        "  借 财政专户存款——市本级 310 35.50",
        "  贷 个人账户基金——转入 310 35.50",
    ]
    assert printed(two, "511300-city-finance").splitlines()[3:] == [
        "511300-city-finance 2023-02-01 P14 记-1",
        "  借 银行存款——医保基金存款 310 35.50",
        "  贷 医保收入——个人账户转入 310 35.50",
    ]
    assert accounts(two) == [(NANCHONG, 13000, 0, "open")]


def test_money_moves_out_whole_and_the_account_is_left(two):
    result = change(
        two, "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市医保中心"
    )

    assert result.status == "posted"
    assert printed(two, "511300-city-agency").splitlines()[3:] == [
        "511300-city-agency 2023-02-01 P14 记-1",
        "  借 个人账户基金——转出 310 100.00",
        "  贷 支出户存款 310 100.00",
    ]
    assert accounts(two) == [(NANCHONG, 0, 0, "left")]


def test_less_or_more_than_the_whole_does_not_move_out(two):
    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方
        P1 | 转出 | 99.99 | 成都市
        P2 | 转出 | 200.01 | 成都市""",
    )

    assert result.status == "rejected"
    assert [(e.row, e.found, e.expected) for e in result.errors] == [
        (3, "99.99", "100.00元"),
        (4, "200.01", "200.00元"),
    ]


def test_a_move_out_says_where_to(two):
    result = change(two, "个人编号 | 变动类型 | 金额\nP1 | 转出 | 100.00")

    assert told(result) == [(3, "对方", "对方没有填。")]


def test_what_a_left_account_still_receives_moves_out_again(two):
    change(two, "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市")
    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方 | 日期
        P1 | 转入 | 7.00 | | 2023-03-01
        P1 | 转出 | 7.00 | 成都市 | 2023-03-02""",
        name="二.csv",
    )

    assert (result.status, result.new) == ("posted", 2)
    assert accounts(two) == [(NANCHONG, 0, 0, "left")]


def test_who_moves_in_again_has_an_open_account_again(two):
    change(two, "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市")
    change(
        two,
        "个人编号 | 变动类型 | 金额 | 日期\nP1 | 转入 | 80.00 | 2023-05-01",
        name="二.csv",
    )

    assert accounts(two) == [(NANCHONG, 8000, 0, "open")]


def test_rows_act_in_the_order_of_day_and_serial(two):
    """The move out comes first in the file, but its day is the later one."""
    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方 | 日期
        P1 | 转出 | 130.00 | 成都市 | 2023-02-05
        P1 | 转入 | 30.00 | | 2023-02-04""",
    )

    assert (result.status, accounts(two)) == (
        "posted",
        [(NANCHONG, 0, 0, "left")],
    )


def test_who_is_not_registered_is_set_aside(two):
    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方
        P0000000009 | 转入 | 10.00 |
        P0000000009 | 转出 | 10.00 | 成都市""",
    )

    assert told(result) == [
        (3, "个人编号", "个人编号“****0009”没有登记。"),
        (4, "个人编号", "个人编号“****0009”没有登记。"),
    ]


def test_a_serial_is_used_once_across_people(two):
    change(two, "流水号 | 个人编号 | 变动类型 | 金额\nA1 | P1 | 转入 | 10.00")

    result = change(
        two,
        """流水号 | 个人编号 | 变动类型 | 金额
        A1 | P1 | 转入 | 10.00
        A1 | P2 | 转入 | 10.00
        A1 | P1 | 转入 | 11.00""",
        name="二.csv",
    )

    assert (result.status, result.known) == ("already-posted", 1)
    assert told(result) == [
        (4, "流水号", "流水号“A1”已用于另一人的变动。"),
        (5, "金额", "金额与流水号A1原来的一行不同。"),
    ]


def test_the_account_that_is_meant_is_found(two):
    """P1 moved to 攀枝花: in goes there, out comes from 南充, where the money is."""
    opened(two, "个人编号 | 期初余额 | 截止日期\nP3 | 1.00 | 2022-12-31")
    contributions(
        two,
        f"个人编号 | 姓名 | 所属期 | 统筹区代码\nP1 | 张三 | 2023-02 | {PANZHIHUA}",
    )

    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方 | 日期
        P1 | 转出 | 100.00 | 攀枝花市 | 2023-03-01
        P1 | 转入 | 100.00 | 南充市 | 2023-03-02""",
    )

    assert result.status == "posted"
    assert accounts(two) == [
        (PANZHIHUA, 10000, 0, "open"),
        (NANCHONG, 0, 0, "left"),
    ]


def test_where_two_accounts_fit_the_region_has_to_be_said(two):
    opened(two, "个人编号 | 期初余额 | 截止日期\nP1 | 50.00 | 2022-12-31")
    table = f"""个人编号 | 变动类型 | 金额 | 死亡日期 | 收款户名 | 收款账号 | 统筹区代码
    P1 | 继承 | 50.00 | 2023-01-20 | {HEIR} | """
    unsaid = change(two, table)
    said = change(two, table + PANZHIHUA, name="二.csv")

    assert unsaid.errors[0].column == "统筹区代码"
    assert "在“统筹区代码”列写明" in unsaid.errors[0].expected
    assert said.status == "posted"
    assert accounts(two) == [
        (PANZHIHUA, 0, 0, "closed"),
        (NANCHONG, 10000, 0, "died"),
    ]


def test_a_region_of_another_province_is_set_aside(two):
    result = change(
        two, "个人编号 | 变动类型 | 金额 | 统筹区代码\nP1 | 转入 | 1.00 | 520100"
    )

    assert result.errors[0].column == "统筹区代码"


def test_a_death_moves_no_money_and_counts_at_once(two):
    result = change(two, "个人编号 | 变动类型 | 死亡日期\nP1 | 死亡 | 2023-01-20")

    assert (result.status, result.vouchers) == ("posted", [])
    assert accounts(two) == [(NANCHONG, 10000, 0, "died")]
    assert stored(two, "SELECT died_on FROM person WHERE person_id = 'P1'") == [
        ("2023-01-20",)
    ]


def test_a_death_without_its_day_happened_on_the_rows_day_and_is_known_again(two):
    table = "个人编号 | 变动类型 | 日期\nP1 | 死亡 | 2023-01-25"
    change(two, table)

    again = change(two, table)

    assert again.status == "already-posted"
    assert stored(two, "SELECT died_on FROM person WHERE person_id = 'P1'") == [
        ("2023-01-25",)
    ]


def test_a_second_death_with_another_day_is_set_aside(two):
    result = change(
        two,
        """个人编号 | 变动类型 | 死亡日期 | 金额
        P1 | 死亡 | 2023-01-20 | 0.00
        P1 | 死亡 | 2023-01-21 | 0.00
        P1 | 死亡 | 2023-01-20 | 0.00
        P2 | 死亡 | 2023-01-20 | 3.00""",
    )

    assert result.new == 2
    assert told(result) == [
        (4, "死亡日期", "死亡日期“2023-01-21”与登记的死亡日期不同。"),
        (6, "金额", "金额“3.00”应为零：死亡不动账户。"),
    ]


def test_a_death_before_the_retirement_month_is_set_aside(two):
    contributions(
        two,
        "个人编号 | 姓名 | 所属期 | 人员类别 | 退休待遇起始月\n"
        "P1 | 张三 | 2023-02 | 退休 | 2023-02",
    )

    result = change(two, "个人编号 | 变动类型 | 死亡日期\nP1 | 死亡 | 2023-01-20")

    assert told(result) == [
        (3, "死亡日期", "死亡日期“2023-01-20”早于退休待遇起始月2023-02。")
    ]


def test_several_heirs_are_paid_up_to_the_balance_and_then_it_is_closed(two):
    result = change(
        two,
        f"""个人编号 | 变动类型 | 金额 | 死亡日期 | 收款户名 | 收款账号 | 日期
        P1 | 死亡 | 0.00 | 2023-01-20 | | | 2023-02-01
        P1 | 继承 | 60.00 | | {HEIR} | 2023-02-02
        P1 | 继承 | 40.01 | | 钱七 | 6222 | 2023-02-03
        P1 | 继承 | 40.00 | | 钱七 | 6222 | 2023-02-04""",
    )

    assert result.new == 3
    assert told(result) == [(5, "金额", "金额“40.01”超过可以继承的余额。")]
    assert result.errors[0].expected == "不超过40.00元"
    assert accounts(two) == [(NANCHONG, 0, 0, "closed")]
    assert printed(two, "511300-city-agency").splitlines()[3:] == [
        "511300-city-agency 2023-02-02 P14 记-1",
        "  借 个人账户基金——继承 310 60.00",
        "  贷 支出户存款 310 60.00",
        "511300-city-agency 2023-02-04 P14 记-2",
        "  借 个人账户基金——继承 310 40.00",
        "  贷 支出户存款 310 40.00",
    ]


def test_an_inheritance_needs_a_death_and_a_bank_account(two):
    result = change(
        two,
        f"""个人编号 | 变动类型 | 金额 | 死亡日期 | 收款户名 | 收款账号
        P1 | 继承 | 60.00 | | {HEIR}
        P2 | 继承 | 60.00 | 2023-01-20 | 赵六 |""",
    )

    assert [(e.row, e.column) for e in result.errors] == [
        (3, "死亡日期"),
        (4, "收款账号"),
    ]
    assert "不得付现金" in result.errors[1].expected


def test_a_dead_persons_money_does_not_move_out(two):
    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方
        P1 | 死亡 | 0.00 |
        P1 | 转出 | 100.00 | 成都市""",
    )

    assert told(result) == [
        (4, "变动类型", "变动类型“转出”不能办：已于2023-02-01死亡。")
    ]


def test_a_draft_changes_nothing_until_it_is_approved(two):
    result = change(
        two,
        "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市",
        draft=True,
    )
    before = accounts(two)

    approve(two, WANG, [f"#{result.vouchers[0].id}"])

    assert before == [(NANCHONG, 10000, 0, "open")]
    assert accounts(two) == [(NANCHONG, 0, 0, "left")]


def test_what_a_draft_takes_is_not_taken_twice(two):
    change(
        two,
        "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市",
        draft=True,
    )

    result = change(
        two,
        "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市",
        name="二.csv",
    )

    assert result.errors[0].expected == "0.00元"
    assert "另有100.00元的支出待审核" in result.errors[0].message


def test_a_rejected_draft_leaves_no_trace(two):
    """Nor does the death that its inheritance alone told, nor the account it opened."""
    result = change(
        two,
        f"""个人编号 | 变动类型 | 金额 | 死亡日期 | 收款户名 | 收款账号 | 统筹区代码
        P1 | 继承 | 100.00 | 2023-01-20 | {HEIR} |
        P2 | 转入 | 10.00 | | | | {PANZHIHUA}""",
        draft=True,
    )
    for voucher in result.vouchers:
        if voucher.book.endswith("agency"):
            reject(two, WANG, [f"#{voucher.id}"], "依据不全")

    assert accounts(two) == [(NANCHONG, 10000, 0, "open")]
    assert accounts(two, "P2") == [(NANCHONG, 20000, 0, "open")]
    assert stored(two, "SELECT died_on FROM person") == [(None,), (None,)]
    assert stored(two, "SELECT count(*) FROM serial_key") == [(0,)]
    assert stored(two, "SELECT count(*) FROM movement WHERE act = 'inherit'") == [(0,)]


def test_a_reversed_move_out_gives_state_and_serial_back(two):
    table = (
        "流水号 | 个人编号 | 变动类型 | 金额 | 对方\nA1 | P1 | 转出 | 100.00 | 成都市"
    )
    result = change(two, table)

    reverse(two, WANG, result.vouchers[0].name, ON, "没有转出")
    back = accounts(two)
    again = change(two, table)

    assert back == [(NANCHONG, 10000, 0, "open")]
    assert again.status == "posted"
    assert accounts(two) == [(NANCHONG, 0, 0, "left")]
    assert stored(
        two, "SELECT serial FROM movement WHERE act = 'move-out' ORDER BY serial"
    ) == [("A1",), ("A1|1",)]


def test_a_reversed_inheritance_takes_back_the_death_that_it_alone_told(two):
    result = change(
        two,
        "个人编号 | 变动类型 | 金额 | 死亡日期 | 收款户名 | 收款账号\n"
        f"P1 | 继承 | 100.00 | 2023-01-20 | {HEIR}",
    )
    closed = accounts(two)

    reverse(two, WANG, result.vouchers[0].name, ON, "认错了人")

    assert closed == [(NANCHONG, 0, 0, "closed")]
    assert accounts(two) == [(NANCHONG, 10000, 0, "open")]
    assert stored(two, "SELECT died_on FROM person WHERE person_id = 'P1'") == [(None,)]


def test_drafts_that_would_overdraw_are_not_approved(two):
    """The move in that the move out lives on has to be approved first."""
    result = change(
        two,
        """个人编号 | 变动类型 | 金额 | 对方
        P1 | 转入 | 30.00 |
        P1 | 转出 | 130.00 | 成都市""",
        draft=True,
    )
    out = next(v for v in result.vouchers if v.amount == 130)
    first = next(v for v in result.vouchers if v.amount == 30)

    with pytest.raises(BookError, match="低于零"):
        approve(two, WANG, [f"#{out.id}"])
    approve(two, WANG, [f"#{first.id}", f"#{out.id}"])

    assert accounts(two) == [(NANCHONG, 0, 0, "left")]


def test_what_was_credited_after_a_death_is_corrected_and_not_inherited(two):
    """100 opening; January and February credited with 100 each; died in January."""
    put_setting(
        two, LI, "average-pension-2021", "3350.00", region=NANCHONG, cite="公报"
    )
    for month in ("2023-01", "2023-02"):
        contributions(
            two,
            f"个人编号 | 姓名 | 所属期\nP1 | 张三 | {month}",
            name=f"{month}.csv",
        )
        credit(two, LI, period(month), NANCHONG)
    contributions(
        two, "个人编号 | 姓名 | 所属期\nP1 | 张三 | 2023-03", name="2023-03.csv"
    )

    result = change(
        two,
        f"""个人编号 | 变动类型 | 金额 | 死亡日期 | 收款户名 | 收款账号 | 日期
        P1 | 死亡 | 0.00 | 2023-01-20 | | | 2023-03-10
        P1 | 继承 | 200.01 | | {HEIR} | 2023-03-11
        P1 | 继承 | 200.00 | | {HEIR} | 2023-03-12""",
    )
    corrections = stored(two, "SELECT from_month, reason, region FROM correction")
    lines = stored(
        two,
        "SELECT month, credit_as FROM contribution_line WHERE freed = 0 ORDER BY 1",
    )
    contributions(
        two, "个人编号 | 姓名 | 所属期\nP2 | 李四 | 2023-03", name="另一份.csv"
    )
    credit(two, LI, period("2023-03"), NANCHONG)

    assert result.new == 2
    assert "死亡之后计入的100.00元" in result.errors[0].message
    assert corrections == [("2023-02", "死亡", NANCHONG)]
    assert lines == [("2023-01", "在职"), ("2023-02", "在职"), ("2023-03", "")]
    assert accounts(two)[0][:3] == (NANCHONG, 0, 0)


def test_people_with_a_claim_settle_it_before_they_move_out(two):
    from sqlalchemy import text

    with two.writing() as connection:
        connection.execute(
            text("UPDATE account SET claim = 500 WHERE person_id = 'P1'")
        )

    result = change(
        two, "个人编号 | 变动类型 | 金额 | 对方\nP1 | 转出 | 100.00 | 成都市"
    )

    assert "追回挂账5.00元未清" in result.errors[0].message


def test_the_dead_are_not_paid_out_and_heirs_may_take_what_bounces(two):
    """A payout of 攀枝花 is what died people do not get: see test_desk_payout."""
    opened(two, "个人编号 | 期初余额 | 截止日期\nP5 | 50.00 | 2021-12-31")
    filed(two, "个人编号 | 范围\nP5 | 跨省")
    paid = run(two, "2022-02")
    change(
        two, "个人编号 | 变动类型 | 死亡日期\nP5 | 死亡 | 2022-03-01", name="死亡.csv"
    )
    take_people(
        two,
        "G8",
        "划转流水号 | 退回日期 | 退回金额\n"
        f"HZ202202-{paid.batch}-000001 | 2022-03-05 | 50.00",
        name="退回.csv",
    )
    result = change(
        two,
        f"个人编号 | 变动类型 | 金额 | 收款户名 | 收款账号\nP5 | 继承 | 50.00 | {HEIR}",
        name="继承.csv",
    )

    assert result.status == "posted"
    assert accounts(two, "P5") == [(PANZHIHUA, 0, 0, "closed")]


def test_a_death_that_was_said_wrongly_is_withdrawn_with_its_list(two):
    table = "个人编号 | 变动类型 | 死亡日期\nP1 | 死亡 | 2023-01-20"
    change(two, table)
    document = stored(two, "SELECT max(id) FROM document")[0][0]

    with two.writing() as connection:
        sources.withdraw(connection, document, "wang", WANG.at, "认错了人")
    back = accounts(two), stored(two, "SELECT died_on FROM person ORDER BY 1")
    again = change(two, table.replace("01-20", "01-21"))

    assert back == ([(NANCHONG, 10000, 0, "open")], [(None,), (None,)])
    assert (again.status, accounts(two)[0][3]) == ("posted", "died")
