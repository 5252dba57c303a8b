"""Kinds of notice: which step may follow which, and by which day."""

from datetime import date

import pytest

from ledger.errors import UsageError
from ledger.periods import Month, Quarter
from posting_rules.calendar import calendar_tasks
from posting_rules.notices import (
    WHO_NAMES,
    following,
    kind_named,
    kinds,
    known_steps,
    passed,
    path,
    step_day,
    titles,
    who_name,
)
from posting_rules.policies import policy_of

GUIZHOU = policy_of("520000")
KINDS = list(kinds(GUIZHOU).values())
NOTICE = kind_named(GUIZHOU, "advance-notice")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_every_step_has_a_body_and_its_tasks_exist(kind):
    tasks = {task.id for task in calendar_tasks(GUIZHOU.id)} | {""}

    assert {step.who for step in kind.steps} <= set(WHO_NAMES)
    assert {step.task for step in kind.steps} <= tasks


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("received", [False, True])
def test_every_kind_comes_to_its_end_step_by_step(kind, received):
    state, seen = path(kind, received)[0], []
    while after := [
        s
        for s in following(kind, state, received)
        if s not in ("disputed", "withdrawn")
    ]:
        state = after[0]
        seen.append(state)

    assert [path(kind, received)[0], *seen] == path(kind, received)


def test_no_name_means_two_kinds():
    names = [name for kind in KINDS for name in (kind.name, *kind.also)]

    assert len(set(names)) == len(names)


def test_a_notice_is_confirmed_or_disputed_before_it_is_submitted():
    assert following(NOTICE, "made") == ("issued", "withdrawn")
    assert following(NOTICE, "issued") == ("confirmed", "disputed", "withdrawn")
    assert following(NOTICE, "disputed") == ("issued", "confirmed", "withdrawn")
    assert following(NOTICE, "confirmed") == ("submitted", "withdrawn")


def test_what_is_paid_is_not_withdrawn():
    assert following(NOTICE, "paid") == ("received",)
    assert following(NOTICE, "received") == ()


def test_a_confirmed_clearing_is_withdrawn_by_its_confirmation():
    clearing = kind_named(GUIZHOU, "clearing-notice")

    assert following(clearing, "issued") == ("confirmed", "disputed", "withdrawn")
    assert following(clearing, "confirmed") == ()


def test_a_disputed_notice_that_came_in_is_not_issued_here():
    received = kind_named(GUIZHOU, "payment-notice")

    assert following(received, "disputed", True) == ("confirmed", "withdrawn")


def test_what_is_behind_a_notice_is_passed():
    assert passed(NOTICE, "approved", "confirmed")
    assert not passed(NOTICE, "issued", "confirmed")
    assert not passed(NOTICE, "disputed", "confirmed")
    assert not passed(NOTICE, "withdrawn", "issued")


@pytest.mark.parametrize(
    "state, due",
    [
        ("issued", date(2018, 1, 15)),
        ("confirmed", date(2018, 1, 22)),  # the 20th is a Saturday
        ("paid", date(2018, 1, 30)),
    ],
)
def test_days_of_an_advance_are_the_calendars(state, due):
    taken = {"made": date(2018, 1, 12), "issued": date(2018, 1, 15)}

    assert step_day(GUIZHOU, NOTICE, state, Quarter(2018, 1), taken) == due


def test_a_change_after_the_30th_has_ten_working_days():
    taken = {"made": date(2018, 2, 1), "issued": date(2018, 2, 1)}
    day = step_day(GUIZHOU, NOTICE, "paid", Quarter(2018, 1), taken)

    assert day == date(2018, 2, 14)  # Sunday the 11th is worked before 春节
    assert step_day(GUIZHOU, NOTICE, "confirmed", Quarter(2018, 1), taken) is None


def test_an_emergency_has_ten_working_days_from_its_issue():
    kind = kind_named(GUIZHOU, "emergency")
    taken = {"made": date(2018, 3, 1), "issued": date(2018, 3, 1)}

    assert step_day(GUIZHOU, kind, "paid", Quarter(2018, 1), taken) == date(2018, 3, 15)


def test_money_of_a_month_counts_from_the_day_it_was_submitted():
    """GZ-40: ten working days after finance has it, here from 2018-02-05."""
    kind = kind_named(GUIZHOU, "payment-notice")
    submitted = {"confirmed": date(2018, 1, 30), "submitted": date(2018, 2, 5)}

    assert step_day(GUIZHOU, kind, "paid", Month(2018, 1), {}) == date(2018, 2, 26)
    assert step_day(GUIZHOU, kind, "paid", Month(2018, 1), submitted) == date(
        2018, 2, 23
    )


def test_a_clearing_notice_is_due_in_the_quarter_after_its_own():
    kind = kind_named(GUIZHOU, "clearing-notice")

    assert step_day(GUIZHOU, kind, "confirmed", Quarter(2017, 4), {}) == date(
        2018, 1, 15
    )


def test_money_is_confirmed_on_the_platform_in_its_month():
    """附件一 三（三）: by the 30th; what came on the 31st, in the next month."""
    taken = {"paid": date(2018, 1, 24)}
    day = step_day(GUIZHOU, NOTICE, "received", Quarter(2018, 1), taken)
    late = step_day(
        GUIZHOU, NOTICE, "received", Quarter(2018, 1), {"paid": date(2018, 1, 31)}
    )

    assert (day, late) == (date(2018, 1, 30), date(2018, 2, 28))


def test_steps_before_a_second_issue_count_no_more():
    taken = [
        ("made", date(2018, 1, 12)),
        ("issued", date(2018, 1, 15)),
        ("disputed", date(2018, 1, 16)),
        ("issued", date(2018, 1, 17)),
    ]

    assert known_steps(taken) == {
        "made": date(2018, 1, 12),
        "issued": date(2018, 1, 17),
    }


def test_a_step_that_was_taken_back_is_as_if_it_never_was():
    days = [date(2018, 1, day) for day in (15, 17, 18, 19, 20)]
    states = ("issued", "confirmed", "submitted", "confirmed", "issued")

    assert known_steps(list(zip(states, days))[:4]) == dict(zip(states, days[:2]))
    assert known_steps(list(zip(states, days))) == {"issued": date(2018, 1, 15)}


def test_a_day_before_the_dispute_counts_no_more():
    taken = {"issued": date(2018, 1, 15), "disputed": date(2018, 1, 16)}
    late = {**taken, "disputed": date(2018, 1, 25)}
    days = [
        step_day(GUIZHOU, NOTICE, state, Quarter(2018, 1), steps)
        for steps in (taken, late)
        for state in ("issued", "confirmed")
    ]

    assert days == [None, date(2018, 1, 22), None, None]


def test_a_citys_own_notices_go_one_level_down():
    assert who_name("city-finance") == "市（州）财政部门"
    assert who_name("city-finance", city=True) == "县（区）财政部门"


def test_a_kind_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match="没有“x”这种文书；有：advance-list"):
        kind_named(GUIZHOU, "x")


def test_other_names_of_a_notice_mean_the_same_kind():
    assert titles("F8")["预付金收付通知单"] == "advance-notice"
