"""The calendar of a quarter: days from the policy, states from what came in."""

from datetime import date

from reports_by_hand import clearing, day, take, transfer

from ledger.periods import Quarter
from reports.due import calendar_warning, due_rows

Q2, Q3 = Quarter(2017, 2), Quarter(2017, 3)
CITY, CENTRE = "520100", "520000"
CONTRACT = ("task", "cite", "region", "printed", "due", "state")
IMPORTED = date(2017, 7, 1)  # the day of every import by hand


def due(home, task, region, quarter=Q3, on="2017-09-30", about=None):
    with home.reading() as connection:
        rows = due_rows(connection, quarter, day(on))
    [found] = [
        row
        for row in rows
        if (row.task, row.region) == (task, region) and about in (None, row.period)
    ]
    return found


def test_every_city_has_its_row_and_the_province_one(home):
    with home.reading() as connection:
        rows = due_rows(connection, Q3, day("2017-07-01"))
    cities = [row.region for row in rows if row.task == "advance-transfer"]

    assert cities[:2] == ["520100", "520200"]
    assert "520900" in cities
    assert len(cities) == 10
    assert [row.region for row in rows if row.task == "plan"] == ["520000"]
    assert {row.state for row in rows} == {"open"}
    assert [row.due for row in rows] == sorted(row.due for row in rows)


def test_the_keys_of_json_are_the_contract(home):
    row = due(home, "advance-transfer", CITY)

    assert {key: row.as_json()[key] for key in CONTRACT} == {
        "task": "advance-transfer",
        "cite": "黔人社厅通〔2017〕204号 附件一 一（二）",
        "region": "520100",
        "printed": "2017-07-30",
        "due": "2017-07-31",
        "state": "late",
    }


def test_working_days_have_no_printed_day(home):
    row = due(home, "clearing-list", CENTRE)

    assert (row.printed, row.due, row.period) == (None, date(2017, 7, 7), "2017Q2")


def test_nothing_is_due_before_the_policy(home):
    with home.reading() as connection:
        rows = due_rows(connection, Quarter(2017, 1), day("2017-06-30"))

    assert rows == []


def test_a_quota_is_done_when_its_table_was_imported(home):
    take(home, "F3", {"季度": "2017Q3", "统筹区代码": CITY})
    done, other = due(home, "advance-quota", CITY), due(home, "advance-quota", "520200")

    assert (done.state, done.done_on, done.late_by) == ("done", IMPORTED, 0)
    assert (other.state, other.late_by) == ("late", 75)


def test_an_advance_is_done_the_day_it_arrived(home):
    take(home, "F1", transfer(CITY, CENTRE, 50, "2017-07-28", arrived="2017-08-02"))
    before = due(home, "advance-transfer", CITY, on="2017-08-01")
    after = due(home, "advance-transfer", CITY)

    assert (before.state, before.late_by) == ("late", 1)
    assert (after.state, after.done_on, after.late_by) == ("done", date(2017, 8, 2), 2)


def test_an_advance_that_falls_short_of_what_was_set_is_not_done(home):
    take(home, "F3", {"季度": "2017Q3", "统筹区代码": CITY})
    take(home, "F1", transfer(CITY, CENTRE, 60, "2017-07-20"))
    short = due(home, "advance-transfer", CITY)
    take(home, "F1", transfer(CITY, CENTRE, 40, "2017-07-25"))
    whole = due(home, "advance-transfer", CITY)

    assert (short.state, short.note) == ("late", "已到账60.00元，核定100.00元")
    assert (whole.state, whole.done_on) == ("done", date(2017, 7, 25))


def test_a_city_for_which_nothing_was_set_has_nothing_to_pay(home):
    nothing = {"跨省核定额": "0.00", "省内核定额": "0.00", "合计": "0.00"}
    take(home, "F3", {"季度": "2017Q3", "统筹区代码": CITY, **nothing})

    assert due(home, "advance-transfer", CITY).state == "done"


def test_an_advance_of_another_quarter_is_no_evidence(home):
    take(home, "F1", transfer(CITY, CENTRE, 50, "2017-07-20", 所属季度="2017Q2"))

    assert due(home, "advance-transfer", CITY).state == "late"


def test_a_clearing_is_confirmed_when_no_line_of_the_city_waits(home):
    take(home, "F2", clearing("520102", "440000", 5, "2017Q2", "2017-07-12"))
    line = clearing("520199", "440000", 5, "2017Q2")
    take(home, "F2", line)
    waiting = due(home, "clearing-confirm", CITY)
    take(home, "F2", {**line, "确认日期": "2017-07-20"})
    confirmed = due(home, "clearing-confirm", CITY)

    assert (waiting.state, waiting.note) == ("late", "还有1行待确认")
    assert (confirmed.state, confirmed.done_on) == ("done", date(2017, 7, 20))
    assert confirmed.late_by == 6
    assert due(home, "clearing-offset", CITY).state == "done"


def test_a_city_without_lines_is_done_with_the_list(home):
    take(home, "F2", clearing("520102", "440000", 5, "2017Q2", "2017-07-12"))
    other = due(home, "clearing-confirm", "520200")

    assert (other.state, other.done_on) == ("done", IMPORTED)


def test_a_quarter_is_listed_with_its_three_months(home):
    for month in ("2017-04", "2017-05"):
        take(home, "F2", clearing("520102", "440000", 5, month, "2017-07-12"))
    two = due(home, "clearing-list", CENTRE).state
    take(home, "F2", clearing("520102", "440000", 5, "2017-06", "2017-07-12"))

    assert (two, due(home, "clearing-list", CENTRE).state) == ("late", "done")


def test_the_list_of_a_month_is_the_one_beyond_the_province(home):
    july = {"on": "2017-08-01", "about": "2017-07"}
    take(home, "F2", clearing("520102", "520300", 5, "2017-07"))
    inside = due(home, "monthly-list", CENTRE, **july)
    take(home, "F2", clearing("520102", "440000", 5, "2017-07"))
    beyond = due(home, "monthly-list", CENTRE, **july)

    assert (inside.state, beyond.state) == ("late", "done")


def test_the_list_of_a_quarter_is_that_of_its_months_too(home):
    take(home, "F2", clearing("520102", "440000", 5, "2017Q3"))

    assert due(home, "monthly-list", CENTRE, about="2017-08").state == "done"


def test_clearing_money_counts_in_the_month_it_is_due(home):
    take(
        home,
        "F1",
        transfer(CENTRE, "440000", 5, "2017-08-10", 资金性质="清算资金"),
    )
    with home.reading() as connection:
        found = due_rows(connection, Q3, day("2017-09-30"))
    paid = {r.period: r.state for r in found if r.task == "monthly-payment"}

    assert paid == {"2017-06": "late", "2017-07": "done", "2017-08": "late"}


def test_what_leaves_no_trace_is_open_and_never_late(home):
    tasks = ("advance-submit", "monthly-submit", "receipt-confirm-city")
    with home.reading() as connection:
        rows = due_rows(connection, Q3, day("2019-01-01"))

    assert {row.state for row in rows if row.task in tasks} == {"open"}


def test_unknown_holidays_are_told(home):
    with home.reading() as connection:
        known = calendar_warning(connection, Q2)
        unknown = calendar_warning(connection, Quarter(2049, 1))

    assert known == ""
    assert unknown.startswith("2049年的放假和调休安排未知")
