import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ledger.periods import Quarter, month_of, period, quarter_of
from posting_rules.calendar import (
    Task,
    after_event,
    calendar_tasks,
    deadlines,
    due_before,
    guesswork_years,
    late_by,
    read_tasks,
    state,
    steps_of,
)
from posting_rules.policies import policy_of
from posting_rules.workdays import is_workday, special_days

CASE_FILE = Path(__file__).parent / "cases" / "calendar.toml"
CASES = tomllib.loads(CASE_FILE.read_text("utf-8"))
TASKS = calendar_tasks("guizhou_2017_204")


@pytest.fixture(scope="module")
def calendar():
    """Every (quarter, deadline) of the years that the package knows."""
    years = range(2004, 2027)
    quarters = [Quarter(year, number) for year in years for number in (1, 2, 3, 4)]
    return [(asked, row) for asked in quarters for row in deadlines(TASKS, asked)]


def expected(case, *labels):
    """What a case says, by task, as (printed, due)."""
    return {
        task: (days.get("printed"), days.get("due", days.get("printed")))
        for task, days in case.items()
        if task not in labels
    }


def computed(rows):
    return {row.task: (row.printed, row.due) for row in rows}


def row(task, quarter):
    [found] = [row for row in deadlines(TASKS, quarter) if row.task == task]
    return found


@pytest.mark.parametrize("case", CASES["quarter"], ids=lambda case: case["quarter"])
def test_the_days_of_a_quarter(case):
    rows = deadlines(TASKS, period(case["quarter"]))
    quarterly = [row for row in rows if row.cycle == "quarter"]
    cleared = {row.period for row in quarterly if row.task.startswith("clearing")}
    others = {row.period for row in quarterly if not row.task.startswith("clearing")}

    assert computed(quarterly) == expected(case, "quarter", "about")
    assert cleared == {case["about"]}
    assert others == {case["quarter"]}


@pytest.mark.parametrize("case", CASES["year"], ids=lambda case: str(case["year"]))
def test_the_days_of_a_year(case):
    rows = deadlines(TASKS, Quarter(case["year"], 1))
    yearly = [row for row in rows if row.cycle == "year"]

    assert computed(yearly) == expected(case, "year")
    assert {row.period for row in yearly} == {str(case["year"])}


@pytest.mark.parametrize("case", CASES["month"], ids=lambda case: case["month"])
def test_the_chain_of_a_month(case):
    month = period(case["month"])
    quarters = {month.quarter, month.next.quarter}
    rows = [row for quarter in quarters for row in deadlines(TASKS, quarter)]
    chain = [r for r in rows if r.period == case["month"] and "monthly" in r.task]

    assert computed(chain) == expected(case, "month")


def test_a_quarter_has_the_end_of_the_chain_before_it_and_not_the_end_of_its_own():
    rows = deadlines(TASKS, Quarter(2017, 2))
    chain = [(row.task, row.period, row.due) for row in rows if "monthly" in row.task]

    assert chain == [
        ("monthly-submit", "2017-03", date(2017, 4, 10)),
        ("monthly-payment", "2017-03", date(2017, 4, 24)),
        ("monthly-list", "2017-04", date(2017, 4, 28)),
        ("monthly-submit", "2017-04", date(2017, 5, 8)),
        ("monthly-payment", "2017-04", date(2017, 5, 22)),
        ("monthly-list", "2017-05", date(2017, 5, 31)),  # 30日端午
        ("monthly-submit", "2017-05", date(2017, 6, 7)),
        ("monthly-payment", "2017-05", date(2017, 6, 21)),
        ("monthly-list", "2017-06", date(2017, 6, 30)),
    ]


def test_a_year_begins_with_the_chain_of_last_december():
    rows = deadlines(TASKS, Quarter(2018, 1))
    due = {(row.task, row.period): row.due for row in rows}

    assert due["monthly-submit", "2017-12"] == date(2018, 1, 8)
    assert due["monthly-payment", "2017-12"] == date(2018, 1, 22)


def test_every_deadline_falls_into_one_quarter_only(calendar):
    times = Counter((row.task, row.period) for _, row in calendar)
    tasks = Counter(task for task, _ in times)

    assert all(quarter_of(row.due) == quarter for quarter, row in calendar)
    assert set(times.values()) == {1}
    assert tasks["advance-quota"] == tasks["clearing-confirm"] == 4 * 23
    assert tasks["monthly-payment"] == 12 * tasks["province-advance-submit"] == 276


def test_every_day_that_counts_is_a_working_day_of_the_printed_month(calendar):
    dated = [row for _, row in calendar if row.printed]

    assert all(is_workday(row.due) for _, row in calendar)
    assert all(month_of(row.due) == month_of(row.printed) for row in dated)


def test_a_months_list_is_paid_in_the_month_after_it(calendar):
    paid = [row for _, row in calendar if row.task == "monthly-payment"]

    assert all(month_of(row.due) == period(row.period).next for row in paid)


def test_rows_come_by_day_and_then_in_the_order_of_the_annex():
    rows = deadlines(TASKS, Quarter(2017, 2))
    same_day = [row.task for row in rows if row.due == date(2017, 4, 28)]

    assert rows == sorted(rows, key=lambda row: row.due)
    assert same_day == [
        "advance-transfer",
        "monthly-list",
        "clearing-offset",
        "receipt-confirm-province",
        "receipt-confirm-city",
    ]


def test_a_row_says_who_acts_and_for_which_regions_and_what_shows_it():
    transfer = row("advance-transfer", Quarter(2017, 2))

    assert transfer == (
        "advance-transfer",
        "审核后将预付金上解省级财政专户",
        "黔人社厅通〔2017〕204号 附件一 一（二）",
        "quarter",
        "2017Q2",
        "city-finance",
        "city",
        date(2017, 4, 30),
        date(2017, 4, 28),
        "advance-received",
    )


def test_without_shift_the_printed_day_counts():
    tasks = [task._replace(shift=False) for task in TASKS if task.day]
    days = {(row.due, row.printed) for row in deadlines(tasks, Quarter(2017, 2))}

    assert days and all(due == printed for due, printed in days)


def test_the_bank_slip_has_a_day_only_after_an_arrival():
    [slip] = [task for task in TASKS if task.id == "bank-slip"]
    deadline = after_event(slip, date(2017, 4, 28))

    assert "bank-slip" not in computed(deadlines(TASKS, Quarter(2017, 2)))
    assert (deadline.period, deadline.printed) == ("2017-04-28", None)
    assert deadline.due == date(2017, 5, 8)


def test_a_year_without_known_holidays_is_counted_and_named():
    rows = deadlines(TASKS, Quarter(2031, 4))
    due = {row.task: row.due for row in rows}

    assert due["clearing-list"] == date(2031, 10, 7)
    assert guesswork_years(rows) == [2031]
    assert guesswork_years(deadlines(TASKS, Quarter(2026, 4))) == []


def test_a_file_of_the_user_changes_the_calendar(tmp_path):
    path = tmp_path / "workdays.toml"
    days = ", ".join(f"2031-10-0{day}" for day in range(1, 8))
    path.write_text(f"[2031]\noff = [{days}]\nwork = [2031-10-11]\n", "utf-8")
    special = special_days(path)
    rows = deadlines(TASKS, Quarter(2031, 4), special)
    due = {row.task: row.due for row in rows}

    assert due["clearing-list"] == date(2031, 10, 13)
    assert guesswork_years(rows, special) == []


@pytest.mark.parametrize("case", CASES["state"], ids=lambda case: case["name"])
def test_a_deadline_is_done_or_open_or_late(case):
    deadline = row(case["task"], Quarter(2017, 2))
    done_on = case.get("done_on")

    assert state(deadline, done_on, case["on"]) == case["state"]
    assert late_by(deadline, done_on, case["on"]) == case["late_by"]


def test_every_dated_clause_of_the_annex_has_its_task():
    clauses = Counter(task.cite.removeprefix(CITE) for task in TASKS)

    assert clauses == Counter(
        "一（一） 一（二） 一（二） 二（一）1 二（一）1 二（一）2 二（二） 二（二） "
        "三（一） 三（一） 三（一） 三（二）1 三（二）2 三（二）3 "
        "三（三） 三（三） 三（三）".split()
    )


CITE = "黔人社厅通〔2017〕204号 附件一 "


@pytest.mark.parametrize(
    "wrong",
    [
        {"cycle": "week"},
        {"who": "county-agency"},
        {"each": "county"},
        {"evidence": "rumour"},
        {"about": "next"},
        {"workday": 5},
        {"shift": None},
        {"day": None, "shift": None},
        {"day": None, "shift": None, "workdays_after": {"task": "none", "n": 1}},
        {"day": None, "shift": None, "workdays_after": {"event": "arrival", "n": 1}},
    ],
)
def test_a_task_in_other_words_is_refused(wrong):
    right = Task(
        "a", "甲", "一", "month", "bank", "city", "", day=5, shift=True
    )._asdict()
    read_tasks([right])

    with pytest.raises(AssertionError):
        read_tasks([right | wrong])


def test_two_tasks_of_one_id_are_refused():
    with pytest.raises(AssertionError):
        read_tasks([TASKS[0]._asdict()] * 2)


def test_what_counts_from_another_task_counts_from_its_doing():
    early = {("monthly-submit", "2018-01"): date(2018, 2, 1)}
    late = {("monthly-submit", "2018-02"): date(2018, 3, 28)}
    first, second = Quarter(2018, 1), Quarter(2018, 2)

    def payments(quarter, happened):
        rows = deadlines(TASKS, quarter, None, happened)
        return {row.period: row.due for row in rows if row.task == "monthly-payment"}

    assert payments(first, early) == {
        "2017-12": date(2018, 1, 22),
        "2018-01": date(2018, 2, 14),  # 02-11 a make-up Sunday
        "2018-02": date(2018, 3, 21),
    }
    assert "2018-02" not in payments(first, late)
    assert payments(second, late)["2018-02"] == date(2018, 4, 12)


def test_the_day_before_is_that_of_the_month_before():
    task = next(task for task in TASKS if task.id == "receipt-confirm-province")
    [march] = [
        row
        for row in deadlines(TASKS, Quarter(2018, 1))
        if (row.task, row.period) == (task.id, "2018-03")
    ]

    assert due_before(task, march) == date(2018, 2, 28)


def test_the_last_step_of_a_task_ends_it():
    steps = steps_of(policy_of("520000").notice_kinds)

    assert steps["advance-submit"] == {"advance-notice": "submitted"}
    assert steps["monthly-payment"] == {"payment-notice": "paid"}
    assert "" not in steps


def test_every_task_has_a_name_for_a_narrow_table():
    """Two tasks of one name have each its own."""
    short = [task.short for task in TASKS]

    assert [name for name in short if not 0 < len(name) <= 11] == []
    assert len(set(short)) == len(short)
