"""What shows a task as done: notices' steps, somebody's word, forms; calendar files."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from reports_by_hand import clearing, day, take, transfer
from sqlalchemy import insert, select
from wcwidth import wcswidth

from desk.advances.marking import mark
from ledger.advances import clearing_words
from ledger.advances.tables import BankLine, Notice, NoticeStep, ProvinceQuota
from ledger.database import next_id
from ledger.errors import UsageError
from ledger.periods import Quarter
from ledger.postings import Actor
from ledger.schema import ClearingLine, Fen
from reports.due import due_rows

LI = Actor("li", "2018-12-31T09:00:00+08:00")
CITY, OTHER, PROVINCE = "520100", "520200", "520000"
Q1, Q2 = Quarter(2018, 1), Quarter(2018, 2)


def due(home, task, region, on="2018-06-30", quarter=Q1, about=None):
    with home.reading() as connection:
        rows = due_rows(connection, quarter, day(on))
    found = [
        row
        for row in rows
        if (row.task, row.region) == (task, region) and about in (None, row.period)
    ]
    return found[0] if len(found) == 1 else found


def said(row):
    return (row.state, row.done_on and str(row.done_on), row.late_by)


def say(home, task, period, *regions, on="2018-01-19", **more):
    done_on = day(on) if on else None
    return mark(home, LI, task, period, regions, done_on, **more)


def put(connection, table, **values):
    """Insert a row; a column that is not named is empty, and the id the next one."""
    empty = {str: "", Decimal: Decimal(0), int: 0, bool: False}
    if "id" in table.c:
        values["id"] = next_id(connection, table)
    for column in table.c:
        if not column.nullable and column.name not in values:
            kind = Decimal if isinstance(column.type, Fen) else column.type.python_type
            values[column.name] = empty[kind]
    connection.execute(insert(table).values(values))
    return values.get("id")


def notice(home, kind, period, region, *steps):
    """A notice with its steps: ("issued", "2018-01-12"), …"""
    with home.writing() as connection:
        id = next_id(connection, Notice.__table__)
        asked = {"kind": kind, "period": period, "region": region, "serial": id}
        asked["holder"] = "" if kind == "payment-notice" else PROVINCE
        put(connection, Notice.__table__, number=f"{kind}{id}", **asked)
        for serial, (state, on) in enumerate(steps, 1):
            step = {"notice_id": id, "serial": serial, "state": state}
            put(connection, NoticeStep.__table__, on_day=day(on), **step)


def test_a_word_makes_a_task_done_and_is_taken_back(home):
    before = due(home, "advance-submit", CITY)
    made = say(home, "advance-submit", "2018Q1", CITY, note="已送财政局")
    after = due(home, "advance-submit", CITY)
    again = say(home, "advance-submit", "2018Q1", CITY, note="已送财政局")
    say(home, "advance-submit", "2018Q1", CITY, on=None)
    back = due(home, "advance-submit", CITY)

    assert (made.status, again.status) == ("marked", "already")
    assert said(before) == said(back) == ("open", None, 0)
    assert said(after) == ("done", "2018-01-19", 0)
    assert after.note == "li登记已办：已送财政局"


def test_a_word_after_the_day_that_is_asked_for_does_not_count_yet(sqlite_home):
    say(sqlite_home, "monthly-submit", "2018-01", on="2018-02-08")
    asked = {"about": "2018-01"}
    before = due(sqlite_home, "monthly-submit", PROVINCE, "2018-02-07", **asked)
    after = due(sqlite_home, "monthly-submit", PROVINCE, "2018-02-08", **asked)

    assert said(before) == ("open", None, 0)
    assert said(after) == ("done", "2018-02-08", 1)  # 5th working day: 02-07


def test_a_bank_day_goes_before_a_word_and_a_word_before_an_import(sqlite_home):
    home = sqlite_home
    take(home, "F3", {"季度": "2018Q1", "统筹区代码": CITY})
    take(home, "F1", transfer(CITY, PROVINCE, 100, "2018-02-01"))
    say(home, "advance-transfer", "2018Q1", CITY, on="2018-01-29")
    say(home, "advance-quota", "2018Q1", CITY, on="2018-01-16")

    assert said(due(home, "advance-transfer", CITY)) == ("done", "2018-02-01", 2)
    assert said(due(home, "advance-quota", CITY)) == ("done", "2018-01-16", 1)


def test_what_is_said_without_money_does_not_make_an_advance_there(sqlite_home):
    home = sqlite_home
    steps = [("issued", "2018-01-12"), ("paid", "2018-01-26")]
    notice(home, "advance-notice", "2018Q1", CITY, *steps)
    say(home, "advance-transfer", "2018Q1", CITY, on="2018-01-29", note="已汇")
    say(home, "plan-transfer", "2018Q1", PROVINCE, on="2018-02-08")
    advance = due(home, "advance-transfer", CITY, "2018-01-31")
    plan = due(home, "plan-transfer", PROVINCE)
    take(home, "F3", {"季度": "2018Q1", "统筹区代码": CITY})
    take(home, "F1", transfer(CITY, PROVINCE, 60, "2018-01-30"))
    part = due(home, "advance-transfer", CITY, "2018-01-31")
    take(home, "F1", transfer(CITY, PROVINCE, 40, "2018-02-01", 交易流水号="其余"))
    whole = due(home, "advance-transfer", CITY)

    assert said(advance) == ("late", None, 1)
    assert advance.note == "已登记，没有到账（li登记已办：已汇）"
    assert (plan.state, plan.note) == (
        "late",
        "已登记，没有付款的划拨单（li登记已办）",
    )
    assert part.note == (
        "已到账60.00元，核定100.00元；已登记，没有到账（li登记已办：已汇）"
    )
    assert (said(whole), whole.note) == (("done", "2018-02-01", 2), "")


def test_a_confirmed_notice_still_says_what_is_disputed(sqlite_home, yibao):
    home = sqlite_home
    take(home, "F2", clearing("520102", "440000", 5, "2017Q4", "2018-01-12"))
    take(home, "F2", clearing("520103", "440000", 5, "2017Q4"))
    steps = [("issued", "2018-01-09"), ("confirmed", "2018-01-12")]
    notice(home, "clearing-notice", "2017Q4", CITY, *steps)
    on = ("--region", CITY, "--on", "2018-01-12")
    yibao("confirm", "2017Q4", "--kind", "advances", *on, "--dispute", "不符")
    told = yibao("due", "--quarter", "2018Q1", "--on", "2018-06-30")[1]
    row = due(home, "clearing-confirm", CITY)

    assert said(row) == ("done", "2018-01-12", 0)
    assert row.note == "1行有异议，转入下期（云岩区在广东省险种310 5.00元）"
    assert row.note in told


def test_the_table_fits_120_columns(sqlite_home, yibao):
    told = yibao("due", "--quarter", "2018Q1", "--on", "2018-12-31")[1]
    widest = max(map(wcswidth, told.splitlines()))

    assert "黔西南布依族苗族自治州" in told
    assert "依据：黔人社厅通〔2017〕204号" in told
    assert 90 < widest <= 120


def test_every_city_is_marked_at_once(sqlite_home):
    made = say(sqlite_home, "receipt-confirm-city", "2018-01", "all")

    assert len(made.regions) == 10
    assert due(sqlite_home, "receipt-confirm-city", OTHER, about="2018-01").state == (
        "done"
    )


@pytest.mark.parametrize(
    "task, period, regions, on, words",
    [
        ("tax", "2018Q1", [CITY], "2018-01-19", "没有“tax”这个事项"),
        ("advance-submit", "2018-01", [CITY], "2018-01-19", "应写作2018Q1"),
        ("monthly-submit", "2018Q1", [], "2018-01-19", "应写作2018-01"),
        ("monthly-submit", "昨天", [], "2018-01-19", "应写作2018-01"),
        ("province-advance-submit", "18", [], "2018-01-19", "应写作2018"),
        ("bank-slip", "2018Q1", [CITY], "2018-01-19", "写作 2018-01-26"),
        ("advance-submit", "2018Q1", [], "2018-01-19", "--region all"),
        ("advance-submit", "2018Q1", ["520102"], "2018-01-19", "没有地区“520102”"),
        ("advance-submit", "2018Q1", [CITY], "2019-01-01", "还没有到"),
        ("advance-submit", "2018Q1", [CITY], "2017-01-01", "早于文件的适用日"),
        ("advance-submit", "2018Q1", [CITY], "2017-12-31", "第一天2018-01-01"),
        ("monthly-submit", "2018-02", [], "2018-01-31", "第一天2018-02-01"),
        ("province-advance-submit", "2018", [], "2017-12-31", "第一天2018-01-01"),
        ("bank-slip", "2018-01-26", [CITY], "2018-01-25", "第一天2018-01-26"),
    ],
)
def test_a_word_that_cannot_be_is_refused(
    sqlite_home, task, period, regions, on, words
):
    with pytest.raises(UsageError, match=words):
        mark(sqlite_home, LI, task, period, regions, day(on))


@pytest.mark.parametrize("note", ["一\n二", "x" * 201, "\0"])
def test_a_note_that_is_no_line_is_refused(sqlite_home, note):
    with pytest.raises(UsageError):
        say(sqlite_home, "advance-submit", "2018Q1", CITY, note=note)


def test_a_step_of_a_notice_shows_its_task(home):
    steps = [("issued", "2018-01-12"), ("confirmed", "2018-01-16")]
    notice(home, "advance-notice", "2018Q1", CITY, *steps)
    notice(home, "advance-notice", "2018Q1", OTHER, *steps, ("submitted", "2018-01-23"))

    assert said(due(home, "advance-submit", CITY, "2018-01-24")) == ("late", None, 2)
    assert said(due(home, "advance-submit", OTHER)) == ("done", "2018-01-23", 1)
    assert said(due(home, "advance-quota", CITY)) == ("done", "2018-01-12", 0)
    assert due(home, "advance-submit", "520300").state == "open"  # without a notice


def test_a_line_in_dispute_does_not_hold_up_what_the_city_confirmed(home):
    take(home, "F2", clearing("520102", "440000", 5, "2017Q4", "2018-01-12"))
    take(home, "F2", clearing("520103", "440000", 5, "2017Q4"))
    waiting = due(home, "clearing-confirm", CITY)
    with home.writing() as connection:
        lines = ClearingLine.__table__
        open_line = select(lines.c.id).where(lines.c.confirmed_on.is_(None))
        ids = connection.execute(open_line).scalars().all()
        clearing_words.say(
            connection, ids, clearing_words.Said("disputed", "2017Q4", "查", "li", "")
        )
    disputed = due(home, "clearing-confirm", CITY)

    assert (waiting.state, waiting.note) == ("late", "还有1行待确认")
    assert said(disputed) == ("done", "2018-01-12", 0)
    assert disputed.note == "1行有异议，转入下期（云岩区在广东省险种310 5.00元）"


def test_a_true_up_after_the_day_does_not_make_its_task_late_again(sqlite_home):
    first, later = ("issued", "2018-01-12"), ("issued", "2018-02-20")
    done = ("submitted", "2018-01-18")
    notice(sqlite_home, "advance-notice", "2018Q1", CITY, first, done)
    notice(sqlite_home, "advance-notice", "2018Q1", CITY, later)
    notice(sqlite_home, "advance-notice", "2018Q1", OTHER, later)

    assert said(due(sqlite_home, "advance-submit", CITY))[:2] == ("done", "2018-01-18")
    assert due(sqlite_home, "advance-submit", OTHER).state == "late"


def test_a_step_back_undoes_a_task_and_a_withdrawn_notice_shows_nothing(sqlite_home):
    steps = [("issued", "2018-01-12"), ("confirmed", "2018-01-16")]
    back = [("disputed", "2018-01-17"), ("issued", "2018-01-18")]
    notice(sqlite_home, "clearing-notice", "2017Q4", CITY, *steps, *back)
    notice(
        sqlite_home,
        "advance-notice",
        "2018Q1",
        CITY,
        *steps,
        ("submitted", "2018-01-18"),
        ("withdrawn", "2018-01-19"),
    )

    assert due(sqlite_home, "clearing-confirm", CITY).state == "late"
    assert said(due(sqlite_home, "advance-submit", CITY, "2018-01-18"))[0] == "done"
    assert said(due(sqlite_home, "advance-submit", CITY))[0] == "open"


def test_finance_has_ten_working_days_from_what_was_submitted(home):
    asked = {"about": "2018-01"}
    before = due(home, "monthly-payment", PROVINCE, **asked)
    notice(
        home,
        "payment-notice",
        "2018-01",
        "440000",
        ("issued", "2018-01-30"),
        ("submitted", "2018-02-11"),  # 5th working day: 02-07
    )
    seen_before = due(home, "monthly-payment", PROVINCE, "2018-02-10", **asked)
    after = due(home, "monthly-payment", PROVINCE, **asked)

    assert before.due == seen_before.due == date(2018, 2, 26)
    assert after.due == date(2018, 3, 1)  # after 02-11, a make-up Sunday, and 春节
    assert said(due(home, "monthly-submit", PROVINCE, **asked)) == (
        "done",
        "2018-02-11",
        4,
    )


def test_a_payment_that_was_submitted_late_falls_into_the_next_quarter(sqlite_home):
    say(sqlite_home, "monthly-submit", "2018-02", on="2018-03-28")
    asked = {"task": "monthly-payment", "region": PROVINCE, "about": "2018-02"}

    assert due(sqlite_home, quarter=Q1, **asked) == []
    assert due(sqlite_home, quarter=Q2, **asked).due == date(
        2018, 4, 12
    )  # 清明 04-05 to 07, 04-08 a make-up Sunday


def test_what_was_paid_by_the_thirtieth_has_to_be_received(sqlite_home):
    home = sqlite_home
    paid = [("issued", "2018-01-12"), ("paid", "2018-01-26")]
    received = ("received", "2018-01-29")
    notice(home, "advance-notice", "2018Q1", CITY, *paid, received)
    late = [("issued", "2018-01-12"), ("paid", "2018-01-31")]
    notice(
        home, "advance-notice", "2018Q1", "520300", *late, ("received", "2018-02-01")
    )
    asked = ("receipt-confirm-province", PROVINCE)
    early = due(home, *asked, on="2018-01-29", about="2018-01")
    all_ = due(home, *asked, about="2018-01")
    notice(home, "advance-notice", "2018Q1", OTHER, *paid)
    one = due(home, *asked, about="2018-01")

    assert early.state == "open"  # more may be paid tomorrow
    assert said(all_) == ("done", "2018-01-29", 0)  # the 31st's is of February
    assert said(due(home, *asked, about="2018-02")) == ("done", "2018-02-01", 0)
    assert (one.state, one.note) == ("late", "2份文书中1份未办到")
    assert due(home, *asked, about="2018-03").state == "open"


def test_a_plan_is_paid_from_its_first_instalment(home):
    plan = {"季度": "2018Q1", "就医地代码": "520102", "省内参保": "100.00"}
    plan |= {"外省参保": "0.00", "合计": "100.00"}
    paid = {"用途": "省内", "所属季度": "2018Q1"}
    before = due(home, "plan-transfer", PROVINCE)
    result = take(home, "F5", plan)
    take(home, "F1", transfer(PROVINCE, PROVINCE, 40, "2018-02-08", **paid))
    part = due(home, "plan-transfer", PROVINCE)
    take(home, "F1", transfer(PROVINCE, PROVINCE, 60, "2018-03-08", **paid))
    whole = due(home, "plan-transfer", PROVINCE)

    assert before.state == "late"
    assert result.status == "posted"
    assert said(due(home, "plan", PROVINCE))[0] == "done"
    assert said(part) == said(whole) == ("done", "2018-02-08", 0)
    assert (part.note, whole.note) == ("已划转40.00元，计划100.00元", "")


def province_quota(home, province, direction, change):
    with home.writing() as connection:
        asked = {"year": 2018, "province": province, "direction": direction}
        table = ProvinceQuota.__table__
        put(connection, table, document_id=1, live=1, change=Decimal(change), **asked)


def test_the_years_advances_are_exchanged_with_every_province_of_the_list(home):
    take(home, "F3", {"季度": "2018Q1", "统筹区代码": CITY})
    for place in (("440000", "付款", 5), ("510000", "收款", 3), ("430000", "付款", 0)):
        province_quota(home, *place)
    task = ("province-advance-transfer", PROVINCE)
    take(home, "F1", transfer(PROVINCE, "440000", 5, "2018-02-12"))
    half = due(home, *task)
    take(
        home, "F1", transfer("510000", PROVINCE, 3, "2018-02-20", arrived="2018-02-26")
    )
    whole = due(home, *task)

    assert (half.state, half.note) == ("late", "2笔中已收付1笔")
    assert said(whole) == ("done", "2018-02-26", 0)
    assert due(home, "province-advance-download", PROVINCE).state == "done"


def test_a_change_known_by_the_day_adds_to_what_is_due_and_an_emergency_does_not(home):
    def set_(kind, edition, amount):
        amounts = {"跨省核定额": amount, "省内核定额": "0.00", "合计": amount}
        row = {"季度": "2017Q3", "统筹区代码": CITY, "类型": kind, "版次": edition}
        take(home, "F3", {**row, **amounts})

    def seen(on="2017-09-30"):
        row = due(home, "advance-transfer", CITY, on, Quarter(2017, 3))
        return (*said(row), row.note)

    set_("核定", "1", "100.00")
    take(home, "F1", transfer(CITY, PROVINCE, 60, "2017-07-20"))
    set_("额度调整", "2", "-30.00")
    less = seen()
    set_("额度调整", "3", "50.00")
    set_("紧急调增", "4", "500.00")
    more = seen()
    take(
        home,
        "F1",
        transfer(CITY, PROVINCE, 60, "2017-07-31", 资金性质="额度调整"),
        transfer(CITY, PROVINCE, 500, "2017-07-21", 资金性质="紧急调增"),
    )

    assert less == ("late", None, 61, "已到账60.00元，核定70.00元")
    assert more == ("late", None, 61, "已到账60.00元，核定120.00元")
    assert seen() == ("done", "2017-07-31", 0, "")


def bank_line(home, account, serial, amount):
    with home.writing() as connection:
        asked = {"account": account, "serial": serial, "income": Decimal(amount)}
        on = day("2018-01-26")
        put(connection, BankLine.__table__, document_id=1, live=1, day=on, **asked)


def test_every_arrival_wants_its_slip_in_five_working_days(home):
    cells = {"收款账号": "A1", "交易流水号": "S1", "收款流水号": "R1"}
    take(home, "F1", transfer(CITY, PROVINCE, 5, "2018-01-26", **cells))
    cells = {"收款账号": "A1", "交易流水号": "S2"}
    take(home, "F1", transfer(OTHER, PROVINCE, 5, "2018-01-26", **cells))
    without = due(home, "bank-slip", PROVINCE, on="2018-02-02")
    never = due(home, "bank-slip", PROVINCE, on="2018-02-03")
    bank_line(home, "A1", "R1", 5)
    half = due(home, "bank-slip", PROVINCE)
    bank_line(home, "A1", "S2", 5)

    assert (without.state, without.due) == ("open", date(2018, 2, 2))
    assert never == []  # no statement of the account ever came
    assert (half.state, half.note) == ("late", "2笔到账，1笔没有对账单")
    assert said(due(home, "bank-slip", PROVINCE)) == ("done", "2017-07-01", 0)
    assert due(home, "bank-slip", PROVINCE, on="2018-01-25") == []


def test_a_calendar_file_reads_back_as_the_rows(sqlite_home):
    from icalendar import Calendar

    from reports.advances.due_calendar import calendar_file

    say(sqlite_home, "advance-submit", "2018Q1", CITY, note='A;B,C\\n"D" 完')
    with sqlite_home.reading() as connection:
        rows = due_rows(connection, Q1, day("2018-02-03"))
    stamp = datetime(2018, 2, 3, 8, tzinfo=timezone.utc)
    data = calendar_file(rows, PROVINCE, stamp)
    calendar = Calendar.from_ical(data)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    marked = events["advance-submit-2018Q1-520100@due.yibao"]
    late = events["advance-transfer-2018Q1-520100@due.yibao"]
    [alarm] = late.walk("VALARM")

    assert len(events) == len(rows)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert late.decoded("dtstart") == date(2018, 1, 30)
    assert late.decoded("dtend") == date(2018, 1, 31)
    assert late.decoded("dtstamp") == stamp
    assert late["summary"] == "【逾期】贵阳市：审核后将预付金上解省级财政专户（2018Q1）"
    assert alarm.decoded("trigger").days == -1
    assert marked["summary"].startswith("【已办】贵阳市：确认预付金并报送")
    assert '说明：li登记已办：A;B,C\\n"D" 完\n' in str(marked["description"])
    assert marked.walk("VALARM") == []


def test_the_command_shows_marks_and_writes_the_file(yibao, tmp_path):
    path = tmp_path / "q1.ics"
    task = ("due", "--done", "advance-submit", "--period", "2018Q1", "--region", CITY)
    tried = yibao(*task, "--on", "2018-01-19", "--dry-run")
    made = yibao(*task, "--on", "2018-01-19")
    again = yibao(*task, "--on", "2018-01-19")
    code, told, _ = yibao("due", "--on", "2018-02-03", "--region", CITY, "--ics", path)

    assert tried[0] == made[0] == again[0] == code == 0
    assert tried[1].startswith("检查通过，没有登记")
    assert made[1] == (
        "已登记：2018Q1确认预付金并报送同级财政部门2018-01-19已办（贵阳市）。\n"
    )
    assert again[1].startswith("原已登记，没有改动")
    assert "逾期（迟4天）" in told and "六盘水市" not in told
    assert path.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    "words",
    [
        ("--done", "advance-submit"),
        ("--done", "a", "--not-done", "b", "--period", "2018Q1"),
        ("--done", "a", "--period", "2018Q1", "--ics", "x.ics"),
        ("--note", "x"),
        ("--region", "999999"),
    ],
)
def test_words_that_do_not_go_together_are_wrong_use(yibao, words):
    assert yibao("due", *words)[0] == 2


def test_a_path_that_cannot_be_written_is_told(yibao, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, told = yibao("due", "--ics", tmp_path / "file" / "q.ics")

    assert (code, told.startswith("写不了文件")) == (1, True)


def test_a_quarter_without_deadlines_makes_no_file(yibao, tmp_path):
    path = tmp_path / "q.ics"
    code, _, told = yibao("due", "--quarter", "2017Q1", "--ics", path)

    assert (code, path.exists()) == (1, False)
    assert told == "2017Q1没有应办事项，没有写日历文件\n"


def test_the_thirtieth_of_february_is_its_last_day(sqlite_home):
    take(sqlite_home, "F2", clearing(CITY[:4] + "02", "440000", 5, "2018-02"))
    row = due(sqlite_home, "monthly-list", PROVINCE, about="2018-02")

    assert (row.printed, row.due) == (date(2018, 2, 28), date(2018, 2, 28))
