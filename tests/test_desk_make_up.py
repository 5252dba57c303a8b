"""`yibao make-up`: the differences to the published figure, for whoever it was due."""

import json
from datetime import date
from decimal import Decimal

import pytest
from batches_by_hand import Row, change, die, lines, retire, set_figure, spend
from desk_by_hand import printed
from openpyxl import load_workbook
from people_by_hand import LI, NANCHONG, WANG, stored
from test_desk_credit import balances, check_identities

from desk import vouchers as voucher_desk
from desk.people.credit import credit
from desk.people.make_up import make_up
from ledger.errors import BookError, RuleError
from ledger.periods import Month

MONTHS = [Month(2023, number) for number in (1, 2, 3)]
TODAY = date(2023, 4, 10)


def a_quarter(home, *people, figure="3350.00"):
    """People credited as 退休 for three months: 93.80 a month at 3350.00."""
    set_figure(home, figure)
    for month in MONTHS:
        lines(home, *(Row(who, str(month), 0, "退休") for who in people))
        credit(home, LI, month, NANCHONG)


def states(made) -> dict[str, tuple]:
    return {state.state: state[1:] for state in made.states}


def test_the_difference_is_posted_for_every_month(sichuan_home):
    a_quarter(sichuan_home, "P1", "P2")
    set_figure(sichuan_home, "3500.00", 2022)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY)

    # 3500.00 × 2.8 % is 98.00: 4.20 for each of six months.
    assert (made.people, made.months, made.total) == (2, 6, Decimal("25.20"))
    assert states(made) == {"open": (2, 6, Decimal("25.20"))}
    assert made.listed is None
    assert balances(sichuan_home)["P1"] == (29400, 0)
    assert printed(sichuan_home, "511300-city-agency").endswith(
        """511300-city-agency 2023-04-10 P4 记-1
  借 统筹基金——本年划入个人账户 310 25.20
  贷 个人账户基金——退休划入 310 25.20"""
    )
    narration = stored(sichuan_home, "SELECT narration FROM voucher ORDER BY id DESC")
    assert narration[0] == ("补划2023年1月至2023年3月退休人员个人账户差额（2人）",)
    check_identities(sichuan_home)


def test_a_second_run_finds_nothing(sichuan_home):
    a_quarter(sichuan_home, "P1")
    set_figure(sichuan_home, "3500.00", 2022)
    make_up(sichuan_home, LI, NANCHONG, TODAY)

    assert make_up(sichuan_home, LI, NANCHONG, TODAY).status == "already-posted"
    check_identities(sichuan_home)


def test_a_second_run_tells_of_the_draft_that_waits(sichuan_home):
    a_quarter(sichuan_home, "P1")
    set_figure(sichuan_home, "3500.00", 2022)
    first = make_up(sichuan_home, LI, NANCHONG, TODAY, draft=True)

    again = make_up(sichuan_home, LI, NANCHONG, TODAY)

    assert again == first
    assert (again.status, again.months) == ("draft", 3)
    voucher_desk.approve(sichuan_home, WANG, [f"#{first.vouchers[0].id}"])
    assert make_up(sichuan_home, LI, NANCHONG, TODAY).status == "already-posted"
    check_identities(sichuan_home)


def test_what_is_taken_back_of_a_moved_person_is_not_to_be_paid(sichuan_home):
    a_quarter(sichuan_home, "P1")
    moved = "UPDATE account SET state = 'left' WHERE person_id = 'P1'"
    change(sichuan_home, moved)
    set_figure(sichuan_home, "3000.00", 2022)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY)

    sheet = load_workbook(made.listed).active
    assert [cell.value for cell in sheet[3]][2:] == [
        "已转出",
        "2023-01",
        "2023-03",
        3,
        -29.4,
        "从原账户扣回，不足的转追回挂账",
    ]


def test_without_the_published_figure_it_is_refused(sichuan_home):
    a_quarter(sichuan_home, "P1")

    with pytest.raises(BookError, match="yibao setting set average-pension-2022"):
        make_up(sichuan_home, LI, NANCHONG, TODAY)


def test_a_region_without_such_a_rule_is_refused(sqlite_sichuan_home):
    with pytest.raises(RuleError, match="没有按公布的数字"):
        make_up(sqlite_sichuan_home, LI, "510400", TODAY)


def test_months_credited_on_the_published_figure_need_nothing(sichuan_home):
    a_quarter(sichuan_home, "P1")
    set_figure(sichuan_home, "3500.00", 2022)
    lines(sichuan_home, Row("P1", "2023-04", 0, "退休"))
    credit(sichuan_home, LI, Month(2023, 4), NANCHONG)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY)

    assert made.months == 3
    assert balances(sichuan_home)["P1"] == (4 * 9800, 0)


def test_a_corrected_figure_is_made_up_against_what_was_credited_so_far(sichuan_home):
    a_quarter(sichuan_home, "P1")
    set_figure(sichuan_home, "3500.00", 2022)
    make_up(sichuan_home, LI, NANCHONG, TODAY)
    set_figure(sichuan_home, "3400.00", 2022, correct=True)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY)

    # 95.20 a month is due, 98.00 was given: red.
    assert made.total == Decimal("-8.40")
    assert "借 统筹基金——本年划入个人账户 310 -8.40" in printed(sichuan_home)
    assert balances(sichuan_home)["P1"] == (28560, 0)
    check_identities(sichuan_home)


def test_a_negative_difference_beyond_the_balance_is_a_claim(sichuan_home):
    a_quarter(sichuan_home, "P1", "P2")
    spend(sichuan_home, "P1", 28000)
    set_figure(sichuan_home, "3000.00", 2022)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY)

    # 84.00 a month: 29.40 too much for each; P1 has 1.40 left.
    assert (made.total, made.claimed) == (Decimal("-58.80"), Decimal("28.00"))
    assert balances(sichuan_home) == {"P1": (0, 2800), "P2": (25200, 0)}
    lines(sichuan_home, Row("P1", "2023-04", 0, "退休"))
    april = credit(sichuan_home, LI, Month(2023, 4), NANCHONG)
    assert april.recovered == (1, Decimal("28.00"))
    assert balances(sichuan_home)["P1"] == (5600, 0)
    check_identities(sichuan_home)


def test_what_became_of_people_meanwhile_is_told_and_listed(sichuan_home):
    people = ["P0000000001", "P0000000002", "P0000000003", "P0000000004"]
    a_quarter(sichuan_home, *people)
    lines(sichuan_home, *(Row("P0000000005", str(month)) for month in MONTHS))
    for month in MONTHS:
        credit(sichuan_home, LI, month, NANCHONG)
    retire(sichuan_home, "P0000000005", "2023-03")
    lines(sichuan_home, Row("P0000000001", "2023-04", 0, "退休"))
    credit(sichuan_home, LI, Month(2023, 4), NANCHONG)  # corrects March
    moved = "UPDATE account SET state = :state WHERE person_id = :id"
    change(sichuan_home, moved, id="P0000000002", state="left")
    die(sichuan_home, "P0000000003", date(2023, 4, 20))
    die(sichuan_home, "P0000000004", date(2023, 4, 20))
    spend(sichuan_home, "P0000000004", 28140)
    change(sichuan_home, moved, id="P0000000004", state="closed")
    set_figure(sichuan_home, "3500.00", 2022)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY)

    assert states(made) == {
        "open": (1, 4, Decimal("16.80")),
        "left": (1, 3, Decimal("12.60")),
        "died": (1, 3, Decimal("12.60")),
        "closed": (1, 3, Decimal("12.60")),
        "retired": (1, 1, Decimal("4.20")),
    }
    sheet = load_workbook(made.listed).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[:7] for row in rows] == [
        ["****0002", "张*", "已转出", "2023-01", "2023-03", 3, 12.6],
        ["****0003", "张*", "已死亡", "2023-01", "2023-03", 3, 12.6],
        ["****0004", "张*", "已结清账户", "2023-01", "2023-03", 3, 12.6],
        ["****0005", "张*", "在籍，期间退休", "2023-03", "2023-03", 1, 4.2],
    ]
    assert stored(
        sichuan_home,
        "SELECT state, balance FROM account WHERE person_id = 'P0000000004'",
    ) == [("died", 1260)]
    check_identities(sichuan_home)


def test_trying_writes_nothing(sichuan_home):
    a_quarter(sichuan_home, "P1")
    set_figure(sichuan_home, "3500.00", 2022)
    change(sichuan_home, "UPDATE account SET state = 'left'")

    made = make_up(sichuan_home, LI, NANCHONG, TODAY, dry_run=True)

    assert (made.months, made.listed) == (3, None)
    assert balances(sichuan_home)["P1"] == (28140, 0)
    assert list((sichuan_home.path / "out").iterdir()) == []


def test_a_draft_is_not_made_twice_and_counts_when_approved(sichuan_home):
    a_quarter(sichuan_home, "P1")
    set_figure(sichuan_home, "3500.00", 2022)

    made = make_up(sichuan_home, LI, NANCHONG, TODAY, draft=True)

    assert made.status == "draft"
    assert make_up(sichuan_home, LI, NANCHONG, TODAY).status == "draft"
    voucher_desk.approve(sichuan_home, WANG, [f"#{made.vouchers[0].id}"])
    assert balances(sichuan_home)["P1"] == (29400, 0)
    check_identities(sichuan_home)


def test_the_command_tells_one_document(sichuan, sqlite_sichuan_home):
    a_quarter(sqlite_sichuan_home, "P1")
    set_figure(sqlite_sichuan_home, "3500.00", 2022)
    words = ["make-up", "--region", NANCHONG, "--post-on", "2023-04-10"]

    code, told, _ = sichuan(*words, "--json")

    document = json.loads(told)
    assert code == 0
    assert (document["status"], document["total"]) == ("posted", "12.60")
    assert document["states"] == [
        {
            "state": "open",
            "name": "在籍",
            "done": "记入账户",
            "people": 1,
            "months": 3,
            "amount": "12.60",
        }
    ]
    assert document["vouchers"][0]["rule"] == "nanchong_2022_33/P4"
    code, told, _ = sichuan(*words)
    assert (code, told) == (0, "没有要补划的差额。\n")
