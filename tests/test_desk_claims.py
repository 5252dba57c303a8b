"""Claims (P22) are paid off by whatever is added to the account (reading 19)."""

from datetime import date
from decimal import Decimal

import pytest
from batches_by_hand import Row, lines, set_figure, spend
from desk_by_hand import printed
from people_by_hand import LI, NANCHONG, stored, take_people
from test_desk_credit import balances, check_identities
from test_desk_import_account_changes import accounts, change, told

from desk.people.credit import credit
from desk.people.make_up import make_up
from desk.reversing import reverse
from desk.vouchers import ManualLine, approve, new_voucher
from ledger.errors import BookError
from ledger.periods import Month

JANUARY = Month(2023, 1)
AGENCY = "511300-city-agency"
OUT = "个人编号 | 变动类型 | 金额 | 对方 | 统筹区代码 | 日期\n"


def claimed(home, fen=7000):
    """P1 was credited 93.80 as 退休, spent 70.00, and the credit was taken back."""
    set_figure(home, "3350.00")
    lines(home, Row("P1", "2023-01", 0, "退休"))
    made = credit(home, LI, JANUARY, NANCHONG)
    spend(home, "P1", fen)
    reverse(home, LI, made.vouchers[0].name, date(2023, 2, 1), "重办")
    assert balances(home)["P1"] == (0, fen)


def test_money_that_moves_in_pays_a_claim_off_in_the_same_posting(sichuan_home):
    claimed(sichuan_home)

    result = change(sichuan_home, "个人编号 | 变动类型 | 金额\nP1 | 转入 | 80.00")

    assert result.status == "posted"
    assert balances(sichuan_home)["P1"] == (1000, 0)
    assert printed(sichuan_home, AGENCY).splitlines()[-6:] == [
        "511300-city-agency 2023-02-01 P14 记-3",
        "  借 财政专户存款——市本级 310 80.00",
        "  贷 个人账户基金——转入 310 80.00",
        "511300-city-agency 2023-02-01 P22 记-4",
        "  借 个人账户基金——追回挂账 310 70.00",
        "  贷 暂付款——个人账户追回 310 70.00",
    ]
    check_identities(sichuan_home)


def test_what_moved_in_and_paid_a_claim_is_taken_back_with_it(sichuan_home):
    claimed(sichuan_home)
    change(sichuan_home, "个人编号 | 变动类型 | 金额\nP1 | 转入 | 80.00")

    reverse(sichuan_home, LI, f"{AGENCY}/2023-02/3", date(2023, 2, 3), "重办")

    assert balances(sichuan_home)["P1"] == (0, 7000)
    check_identities(sichuan_home)


def test_a_moved_person_pays_back_and_stays_moved(sichuan_home):
    claimed(sichuan_home)
    refused = change(
        sichuan_home, f"{OUT}P1 | 转出 | 0.00 | 成都 | 511300 | 2023-02-02"
    )
    assert "还款70.00元录一行“转入”，统筹区代码填511300" in refused.errors[0].expected
    change(
        sichuan_home,
        f"""{OUT}P1 | 转入 | 70.00 | | 511300 | 2023-02-03
        P1 | 转出 | 0.00 | 成都 | 511300 | 2023-02-04""",
        name="变动2.csv",
    )
    assert accounts(sichuan_home) == [(NANCHONG, 0, 0, "left")]
    lines(sichuan_home, Row("P1", "2023-02", 0, "退休"))
    made = credit(sichuan_home, LI, Month(2023, 2), NANCHONG)
    spend(sichuan_home, "P1", 9380)
    reverse(sichuan_home, LI, made.vouchers[0].name, date(2023, 3, 1), "重办")
    assert accounts(sichuan_home) == [(NANCHONG, 0, 9380, "left")]

    change(
        sichuan_home,
        f"{OUT}P1 | 转入 | 93.80 | 本人还款 | 511300 | 2023-03-04",
        name="变动3.csv",
    )

    assert accounts(sichuan_home) == [(NANCHONG, 0, 0, "left")]
    check_identities(sichuan_home)


def test_heirs_pay_a_claim_back(sichuan_home):
    claimed(sichuan_home)
    died = "个人编号 | 变动类型 | 死亡日期 | 金额\nP1 | 死亡 | 2023-01-20 | 0.00"
    change(sichuan_home, died)

    result = change(
        sichuan_home, "个人编号 | 变动类型 | 金额\nP1 | 转入 | 70.00", name="还款.csv"
    )

    assert result.status == "posted", told(result)
    assert accounts(sichuan_home) == [(NANCHONG, 0, 0, "died")]
    check_identities(sichuan_home)


def test_a_make_up_pays_a_claim_off(sichuan_home):
    set_figure(sichuan_home, "3350.00")
    for month in ("2023-01", "2023-02"):
        lines(sichuan_home, Row("P1", month, 0, "退休"))
    january = credit(sichuan_home, LI, JANUARY, NANCHONG)
    credit(sichuan_home, LI, Month(2023, 2), NANCHONG)
    spend(sichuan_home, "P1", 9680)
    reverse(sichuan_home, LI, january.vouchers[0].name, date(2023, 3, 1), "重办")
    assert balances(sichuan_home)["P1"] == (0, 300)
    set_figure(sichuan_home, "3500.00", 2022)

    made = make_up(sichuan_home, LI, NANCHONG, date(2023, 4, 10))

    # 98.00 less 93.80 is 4.20, of which 3.00 is owed.
    assert (made.total, made.claimed, made.recovered) == (
        Decimal("4.20"),
        Decimal(0),
        Decimal("3.00"),
    )
    assert [voucher.rule.partition("/")[2] for voucher in made.vouchers] == [
        "P4",
        "P22",
    ]
    assert balances(sichuan_home)["P1"] == (120, 0)
    check_identities(sichuan_home)


def test_an_opening_balance_pays_a_claim_off(sichuan_home):
    set_figure(sichuan_home, "3350.00")
    table = "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 100.00"
    take_people(sichuan_home, "G2", table, name="期初.csv")
    spend(sichuan_home, "P1", 6000)
    opening = stored(sichuan_home, "SELECT id FROM voucher WHERE event LIKE 'acc%'")
    assert opening
    reverse(sichuan_home, LI, f"{AGENCY}/2023-01/1", date(2023, 2, 1), "重办")
    assert balances(sichuan_home)["P1"] == (0, 6000)

    table = "个人编号 | 姓名 | 期初余额\nP1 | 张三 | 90.00"
    result = take_people(sichuan_home, "G2", table, name="期初2.csv")

    assert result.status == "posted", told(result)
    assert balances(sichuan_home)["P1"] == (3000, 0)
    check_identities(sichuan_home)


def test_a_reversal_that_gives_money_back_pays_a_claim_off(sichuan_home):
    set_figure(sichuan_home, "3350.00")
    lines(sichuan_home, Row("P1", "2023-01", 0, "退休"))
    made = credit(sichuan_home, LI, JANUARY, NANCHONG)
    left = spend(sichuan_home, "P1", 9380)
    reverse(sichuan_home, LI, made.vouchers[0].name, date(2023, 2, 1), "重办")
    assert balances(sichuan_home)["P1"] == (0, 9380)

    reverse(sichuan_home, LI, left[0].name, date(2023, 2, 2), "退回")

    assert balances(sichuan_home)["P1"] == (0, 0)
    check_identities(sichuan_home)


def test_two_drafts_do_not_pay_the_same_claim_twice(sichuan_home):
    claimed(sichuan_home)
    drafts = []
    for number, amount in enumerate(("50.00", "40.00")):
        result = change(
            sichuan_home,
            f"个人编号 | 变动类型 | 金额\nP1 | 转入 | {amount}",
            name=f"转入{number}.csv",
            draft=True,
        )
        drafts.append(result.vouchers[0].id)
    assert balances(sichuan_home)["P1"] == (0, 7000)

    approve(sichuan_home, LI._replace(by="wang"), [f"#{id}" for id in drafts])

    # 50.00 of the first, 20.00 of the second.
    assert balances(sichuan_home)["P1"] == (2000, 0)
    check_identities(sichuan_home)


@pytest.mark.parametrize("subject", ["暂付款——个人账户追回"])
def test_a_claim_is_not_paid_by_a_voucher_by_hand(sichuan_home, subject):
    claimed(sichuan_home)

    with pytest.raises(BookError, match="G6）录一行“转入”"):
        new_voucher(
            sichuan_home,
            LI,
            AGENCY,
            date(2023, 2, 5),
            narration="本人还款",
            debit=[ManualLine("支出户存款", Decimal("70.00"))],
            credit=[ManualLine(subject, Decimal("70.00"))],
            fund="310",
        )
