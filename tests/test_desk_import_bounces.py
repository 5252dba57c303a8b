"""G8: payouts that came back are credited again, once (P13)."""

from datetime import date

import pytest
from desk_by_hand import printed
from payouts_by_hand import bounced, changed, filed, opened, run
from people_by_hand import WANG, stored

from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger.errors import BookError

ON = date(2022, 6, 1)


@pytest.fixture
def paid(sichuan_home):
    """P1 (省内) was paid 100.00, P2 (跨省) 200.00 in February 2022; the home."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 200.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 省内\nP2 | 跨省")
    run(sichuan_home, "2022-02")
    return sichuan_home


def serial(home, person="P1", period="2022-02"):
    return stored(
        home,
        "SELECT serial FROM payout_line WHERE person_id = :id AND period = :period",
        id=person,
        period=period,
    )[0][0]


def back(home, *rows, name="退回.csv", **how):
    """Returns: (划转流水号, 退回日期, 退回金额)."""
    lines = "\n".join(" | ".join(row) for row in rows)
    table = f"划转流水号 | 退回日期 | 退回金额\n{lines}"
    return bounced(home, table, name=name, **how)


def accounts(home):
    return stored(home, "SELECT person_id, balance, state FROM account ORDER BY 1")


def told(result):
    return [(e.row, e.column, e.message.partition("：")[2]) for e in result.errors]


def test_what_came_back_stands_in_the_account_again(paid):
    result = back(
        paid,
        (serial(paid), "2022-03-05", "100.00"),
        (serial(paid, "P2"), "2022-03-05", "200.00"),
    )

    assert (result.status, result.new) == ("posted", 2)
    assert printed(paid, "510400-city-agency").splitlines()[6:] == [
        "510400-city-agency 2022-03-05 P13 记-1",
        "  借 支出户存款 310 300.00",
        "  贷 个人账户基金——退回重新计入 310 300.00",
    ]
    assert accounts(paid) == [("P1", 10000, "open"), ("P2", 20000, "open")]
    assert stored(
        paid,
        "SELECT person_id, period, act, serial, kind, amount FROM movement"
        " WHERE act = 'bounce' ORDER BY 1",
    ) == [
        ("P1", "2022-02", "bounce", serial(paid), "退回重新计入", 10000),
        ("P2", "2022-02", "bounce", serial(paid, "P2"), "退回重新计入", 20000),
    ]


def test_only_money_of_runs_inside_the_province_before_the_stop_is_withheld(paid):
    changed(paid, "个人编号 | 日期 | 金额\nP1 | 2022-04-10 | 30.00")
    filed(
        paid,
        "个人编号 | 起始日期 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至\n"
        "P1 | 2022-05-01 | 失能 | 东区 | 2022-05-10 | 2023-05-09",
        name="困难.csv",
    )
    run(paid, "2022-08")
    back(
        paid,
        (serial(paid), "2022-09-05", "100.00"),
        (serial(paid, "P2"), "2022-09-05", "200.00"),
        (serial(paid, "P1", "2022-08"), "2022-09-05", "30.00"),
    )

    assert [
        (person, amount, bool(withheld))
        for person, amount, withheld in stored(
            paid, "SELECT person_id, amount, withheld FROM bounce_line ORDER BY 2"
        )
    ] == [("P1", 3000, False), ("P1", 10000, True), ("P2", 20000, False)]


def test_days_make_vouchers_of_their_own(paid):
    result = back(
        paid,
        (serial(paid), "2022-03-05", "100.00"),
        (serial(paid, "P2"), "2022-03-07", "200.00"),
    )

    assert [str(voucher.dated) for voucher in result.vouchers] == [
        "2022-03-05",
        "2022-03-07",
    ]


def test_unknown_serials_and_other_amounts_are_set_aside(paid):
    result = back(
        paid,
        ("HZ202202-99-000001", "2022-03-05", "100.00"),
        (serial(paid), "2022-03-05", "99.99"),
        (serial(paid, "P2"), "2022-02-27", "200.00"),
    )

    assert result.status == "rejected"
    assert told(result) == [
        (3, "划转流水号", "划转流水号“HZ202202-99-000001”不在划转清单里。"),
        (4, "退回金额", "退回金额“99.99”与划转的金额不同。"),
        (5, "退回日期", "退回日期“2022-02-27”早于划转的凭证日期。"),
    ]
    assert result.errors[1].expected == "100.00元"


def test_a_second_return_is_set_aside_and_the_same_row_is_known(paid):
    row = (serial(paid), "2022-03-05", "100.00")
    back(paid, row)

    again = back(paid, row)
    second = back(paid, (serial(paid), "2022-04-05", "100.00"), name="二.csv")

    assert (again.status, again.known) == ("already-posted", 1)
    assert "已于2022-03-05退回并重新计入" in second.errors[0].message
    assert accounts(paid)[0] == ("P1", 10000, "open")


def test_a_return_twice_in_one_file_counts_once(paid):
    row = (serial(paid), "2022-03-05", "100.00")

    result = back(paid, row, row)

    assert (result.new, result.known) == (1, 1)
    assert accounts(paid)[0] == ("P1", 10000, "open")


def test_the_account_that_paid_gets_it_though_the_person_died_or_left(paid):
    changed(
        paid,
        """个人编号 | 变动类型 | 日期 | 金额 | 对方
        P1 | 死亡 | 2022-03-01 | 0.00 |
        P2 | 转入 | 2022-03-01 | 5.00 |
        P2 | 转出 | 2022-03-02 | 5.00 | 成都市""",
    )

    back(
        paid,
        (serial(paid), "2022-03-05", "100.00"),
        (serial(paid, "P2"), "2022-03-05", "200.00"),
    )

    assert accounts(paid) == [("P1", 10000, "died"), ("P2", 20000, "left")]


def test_a_draft_payout_cannot_come_back(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    run(sichuan_home, "2022-02", draft=True)

    result = back(sichuan_home, (serial(sichuan_home), "2022-03-05", "100.00"))

    assert "所属的划转还没有审核" in result.errors[0].message


def test_drafts_of_returns_count_when_approved_and_are_free_when_rejected(paid):
    row = (serial(paid), "2022-03-05", "100.00")
    draft = back(paid, row, draft=True)
    before = accounts(paid)[0]

    reject(paid, WANG, [f"#{draft.vouchers[0].id}"], "银行回单不清")
    second = back(paid, row, draft=True)
    approve(paid, WANG, [f"#{second.vouchers[0].id}"])

    assert before == ("P1", 0, "open")
    assert accounts(paid)[0] == ("P1", 10000, "open")


def test_a_reversed_return_is_free_to_come_again(paid):
    row = (serial(paid), "2022-03-05", "100.00")
    made = back(paid, row)

    reverse(paid, WANG, made.vouchers[0].name, ON, "银行记错")
    gone = accounts(paid)[0]
    again = back(paid, row)

    assert (gone, again.status) == (("P1", 0, "open"), "posted")
    assert accounts(paid)[0] == ("P1", 10000, "open")
    assert stored(paid, "SELECT count(*) FROM movement WHERE act = 'bounce'") == [(2,)]


def test_a_payout_with_returns_is_reversed_after_them(paid):
    made = back(paid, (serial(paid), "2022-03-05", "100.00"))
    payout = "510400-city-agency/2022-02/1"

    with pytest.raises(BookError, match="1笔已退回"):
        reverse(paid, WANG, payout, ON, "整批有误")
    reverse(paid, WANG, made.vouchers[0].name, ON, "先冲退回")
    reverse(paid, WANG, payout, ON, "整批有误")

    assert accounts(paid) == [("P1", 10000, "open"), ("P2", 20000, "open")]
    assert run(paid, "2022-02").people == 2


def test_a_reversed_payout_cannot_come_back(paid):
    reverse(paid, WANG, "510400-city-agency/2022-02/1", ON, "整批有误")

    result = back(paid, (serial(paid), "2022-03-05", "100.00"))

    assert "所属的划转已冲销" in result.errors[0].message
