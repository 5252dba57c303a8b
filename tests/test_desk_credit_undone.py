"""Batches taken back: `voucher reverse` of credits, make-ups, corrections, payments."""

from datetime import date

import pytest
from batches_by_hand import Row, change, die, lines, retire, set_figure, spend
from desk_by_hand import printed
from people_by_hand import LI, NANCHONG, WANG, stored
from test_desk_credit import balances, check_identities

from desk import vouchers as voucher_desk
from desk.homes import put_setting
from desk.people.credit import credit
from desk.people.make_up import make_up
from desk.reversing import reverse
from ledger.errors import BookError
from ledger.periods import Month

JANUARY, FEBRUARY = Month(2023, 1), Month(2023, 2)
TODAY = date(2023, 4, 10)


def credited(home, month=JANUARY, *rows):
    """P1 在职, P2 退休 credited for a month, 100.00 and 93.80."""
    if not stored(home, "SELECT 1 FROM setting WHERE name = 'average-pension-2021'"):
        set_figure(home)
    lines(home, *(rows or (Row("P1", str(month)), Row("P2", str(month), 0, "退休"))))
    return credit(home, LI, month, NANCHONG)


def taken_back(home, made, on=TODAY, **how):
    name = made.vouchers[0].name or f"#{made.vouchers[0].id}"
    return reverse(home, LI, name, on, "数字不对", **how)


def states(home) -> list[tuple]:
    return stored(home, "SELECT kind, state FROM batch ORDER BY id")


def test_a_credit_is_taken_back_and_the_month_is_credited_again(sichuan_home):
    made = credited(sichuan_home)

    reversal = taken_back(sichuan_home, made)

    assert [str(voucher.amount) for voucher in reversal] == ["-100.00", "-93.80"]
    assert balances(sichuan_home) == {"P1": (0, 0), "P2": (0, 0)}
    assert states(sichuan_home) == [("credit", "undone"), ("reversal", "counted")]
    check_identities(sichuan_home)
    again = credit(sichuan_home, LI, JANUARY, NANCHONG)
    assert (again.status, again.people, again.total) == ("posted", 2, made.total)
    assert balances(sichuan_home) == {"P1": (10000, 0), "P2": (9380, 0)}
    check_identities(sichuan_home)


def test_it_can_be_taken_back_again_and_again(sichuan_home):
    made = credited(sichuan_home)
    for _ in range(3):
        taken_back(sichuan_home, made)
        made = credit(sichuan_home, LI, JANUARY, NANCHONG)

    assert balances(sichuan_home) == {"P1": (10000, 0), "P2": (9380, 0)}
    check_identities(sichuan_home)


def test_what_is_spent_becomes_a_claim_of_the_reversing_posting(sichuan_home):
    made = credited(sichuan_home)
    spend(sichuan_home, "P1", 7000)

    reversal = taken_back(sichuan_home, made)

    assert [voucher.rule.partition("/")[2] for voucher in reversal] == [
        "P2",
        "P3",
        "P22",
    ]
    assert balances(sichuan_home) == {"P1": (0, 7000), "P2": (0, 0)}
    assert "借 暂付款——个人账户追回 310 70.00" in printed(sichuan_home)
    check_identities(sichuan_home)
    credit(sichuan_home, LI, JANUARY, NANCHONG)
    assert balances(sichuan_home) == {"P1": (3000, 0), "P2": (9380, 0)}
    check_identities(sichuan_home)


def test_a_draft_reversal_takes_nothing_until_it_is_approved(sichuan_home):
    made = credited(sichuan_home)
    put_setting(sichuan_home, LI, "reversal-review", "second-person", cite="测试")

    reversal = taken_back(sichuan_home, made)

    assert balances(sichuan_home)["P1"] == (10000, 0)
    assert credit(sichuan_home, LI, JANUARY, NANCHONG).status == "already-posted"
    voucher_desk.approve(sichuan_home, WANG, [f"#{reversal[0].id}"])
    assert balances(sichuan_home)["P1"] == (0, 0)
    check_identities(sichuan_home)


def test_a_rejected_reversal_leaves_the_credit_standing(sichuan_home):
    made = credited(sichuan_home)
    put_setting(sichuan_home, LI, "reversal-review", "second-person", cite="测试")
    reversal = taken_back(sichuan_home, made)

    voucher_desk.reject(sichuan_home, WANG, [f"#{reversal[0].id}"], "不该冲")

    assert balances(sichuan_home)["P1"] == (10000, 0)
    assert states(sichuan_home) == [("credit", "counted"), ("reversal", "rejected")]
    taken_back(sichuan_home, made)
    check_identities(sichuan_home)


def test_a_draft_reversal_whose_accounts_moved_is_refused(sichuan_home):
    made = credited(sichuan_home)
    put_setting(sichuan_home, LI, "reversal-review", "second-person", cite="测试")
    reversal = taken_back(sichuan_home, made)
    spend(sichuan_home, "P1", 7000)

    with pytest.raises(BookError, match="1个账户的余额在这份草稿之后变动.*退回草稿"):
        voucher_desk.approve(sichuan_home, WANG, [f"#{reversal[0].id}"])
    assert balances(sichuan_home)["P1"] == (3000, 0)
    check_identities(sichuan_home)


def test_a_credit_with_a_later_make_up_is_not_reversed_before_it(sichuan_home):
    made = credited(sichuan_home)
    set_figure(sichuan_home, "3500.00", 2022)
    difference = make_up(sichuan_home, LI, NANCHONG, TODAY)

    with pytest.raises(BookError, match=f"补划（批次{difference.batch}）"):
        taken_back(sichuan_home, made)
    taken_back(sichuan_home, difference)
    taken_back(sichuan_home, made)
    assert balances(sichuan_home) == {"P1": (0, 0), "P2": (0, 0)}
    check_identities(sichuan_home)


def test_a_reversed_make_up_is_posted_again(sichuan_home):
    credited(sichuan_home)
    set_figure(sichuan_home, "3500.00", 2022)
    difference = make_up(sichuan_home, LI, NANCHONG, TODAY)
    taken_back(sichuan_home, difference)

    again = make_up(sichuan_home, LI, NANCHONG, TODAY)

    assert again.total == difference.total
    assert balances(sichuan_home)["P2"] == (9800, 0)
    check_identities(sichuan_home)


def test_a_reversed_correction_is_open_again(sichuan_home):
    credited(sichuan_home)
    retire(sichuan_home, "P1", "2023-01")
    made = credited(sichuan_home, FEBRUARY, Row("P2", "2023-02", 0, "退休"))
    assert balances(sichuan_home)["P1"] == (9380, 0)

    taken_back(sichuan_home, made.corrected)

    assert balances(sichuan_home)["P1"] == (10000, 0)
    assert credit(sichuan_home, LI, FEBRUARY, NANCHONG).corrected.months == 1
    assert balances(sichuan_home)["P1"] == (9380, 0)
    check_identities(sichuan_home)


def test_what_was_told_while_credited_holds_when_credited_again(sichuan_home):
    made = credited(sichuan_home)
    retire(sichuan_home, "P1", "2023-01")
    die(sichuan_home, "P2", date(2022, 12, 5))
    taken_back(sichuan_home, made)

    again = credit(sichuan_home, LI, JANUARY, NANCHONG)

    assert (again.active.people, again.retired.people) == (0, 1)
    assert balances(sichuan_home) == {"P1": (9380, 0), "P2": (0, 0)}


def test_reversing_a_correction_gives_back_what_was_recovered_of_its_claim(
    sichuan_home,
):
    credited(sichuan_home)
    spend(sichuan_home, "P1", 10000)
    retire(sichuan_home, "P1", "2023-01")
    made = credited(sichuan_home, FEBRUARY, Row("P1", "2023-02", 0, "退休"))
    # 100.00 taken back, 93.80 credited: 6.20 lacking, recovered from February.
    assert balances(sichuan_home)["P1"] == (8760, 0)

    taken_back(sichuan_home, made.corrected)

    assert balances(sichuan_home)["P1"] == (9380, 0)
    check_identities(sichuan_home)


def test_a_payment_out_is_taken_back(sichuan_home):
    credited(sichuan_home)
    paid = spend(sichuan_home, "P1", 10000)
    assert balances(sichuan_home)["P1"] == (0, 0)

    reverse(sichuan_home, LI, paid[0].name, TODAY, "没有付")

    assert balances(sichuan_home)["P1"] == (10000, 0)
    check_identities(sichuan_home)


def test_a_batch_of_an_earlier_year_is_taken_back_in_blue(sichuan_home):
    made = credited(sichuan_home)
    on = date(2024, 1, 10)

    with pytest.raises(BookError, match="--blue"):
        taken_back(sichuan_home, made, on)
    reversal = taken_back(sichuan_home, made, on, blue=True)
    assert {voucher.number for voucher in reversal} == {None}
    voucher_desk.approve(sichuan_home, WANG, [f"#{reversal[0].id}"])

    assert balances(sichuan_home) == {"P1": (0, 0), "P2": (0, 0)}
    assert "借 个人账户基金——在职计入 310 100.00" in printed(sichuan_home)
    check_identities(sichuan_home)


def test_a_draft_payment_that_no_longer_fits_is_refused(sichuan_home):
    credited(sichuan_home)
    paid = spend(sichuan_home, "P1", 8000, draft=True)
    spend(sichuan_home, "P1", 8000)

    with pytest.raises(BookError, match="余额在这份草稿之后变动"):
        voucher_desk.approve(sichuan_home, WANG, [f"#{paid[0].id}"])
    assert balances(sichuan_home)["P1"] == (2000, 0)


def test_long_serials_fit_into_a_reversals_key(sichuan_home):
    credited(sichuan_home)
    paid = spend(sichuan_home, "P1", 100)
    serial = "S" * 59
    for last in "12":
        change(
            sichuan_home,
            "UPDATE movement SET serial = :serial WHERE act = 'move-out'",
            serial=serial + last,
        )

    reverse(sichuan_home, LI, paid[0].name, TODAY, "没有付")

    assert balances(sichuan_home)["P1"] == (10000, 0)


def test_a_red_correction_of_an_earlier_year_is_taken_back_in_blue(sichuan_home):
    """Positive amounts on the sides where the red ones stand."""
    credited(sichuan_home)
    retire(sichuan_home, "P1", "2023-01")
    made = credited(sichuan_home, FEBRUARY, Row("P2", "2023-02", 0, "退休"))
    on = date(2024, 1, 10)

    with pytest.raises(BookError, match="--blue") as refused:
        taken_back(sichuan_home, made.corrected, on)
    reversal = taken_back(sichuan_home, made.corrected, on, blue=True)
    voucher_desk.approve(sichuan_home, WANG, [f"#{reversal[0].id}"])

    assert "    贷 个人账户基金——在职计入 100.00\n" in str(refused.value)
    assert printed(sichuan_home).splitlines()[-6:] == [
        "511300-city-agency 2024-01-10 P2 记-1",
        "  借 医保收入——个人账户收入待计入 310 100.00",
        "  贷 个人账户基金——在职计入 310 100.00",
        "511300-city-agency 2024-01-10 P3 记-2",
        "  贷 统筹基金——本年划入个人账户 310 93.80",
        "  借 个人账户基金——退休划入 310 93.80",
    ]
    assert balances(sichuan_home)["P1"] == (10000, 0)
    check_identities(sichuan_home)
