"""暂停: who is overdue, who decided, and which clearing lines are flagged for it."""

import json

import pytest
from notices_by_hand import bulk, keep_plan
from notices_by_hand import make as make_notice
from notices_by_hand import step
from reports_by_hand import LI, clearing, day, take, transfer

from desk.advances.marking import mark
from desk.advances.notice_making import make
from desk.advances.suspending import lift, start
from desk.homes import put_setting
from ledger.advances import notices
from ledger.errors import BookError, UsageError
from ledger.periods import period
from ledger.postings import Actor
from reports.advances.flags import flags_of
from reports.advances.suspensions import candidates, standing
from reports.reconcile import check

CITY, COUNTY, OTHER, PROVINCE = "520100", "520102", "520200", "520000"
MARCH = day("2018-03-10")


def suspend(home, region=CITY, from_day=MARCH, document="黔医保函〔2018〕3号", **more):
    return start(home, LI, region, from_day, "拖延上解", document, **more)


def resume(home, on, region=CITY, document="黔医保函〔2018〕5号", **more):
    return lift(home, LI, region, day(on), "已补缴", document, **more)


def flagged(home, *periods):
    with home.reading() as connection:
        asked = [period(text) for text in periods] or None
        return [
            (f.insured, f.period, f.why, f.lines) for f in flags_of(connection, asked)
        ]


def overdue(home, on):
    with home.reading() as connection:
        return [
            (row.region, row.what, row.late_by, row.suspended)
            for row in candidates(connection, day(on))
        ]


def test_who_has_not_paid_by_its_day_is_listed_and_decides_nothing(home):
    take(
        home,
        "F3",
        {"季度": "2018Q1", "统筹区代码": CITY},
        {"季度": "2018Q1", "统筹区代码": OTHER},
        {"季度": "2018Q1", "统筹区代码": "520300", "类型": "紧急调增"},
    )
    take(home, "F1", transfer(OTHER, PROVINCE, 100, "2018-01-29"))

    assert overdue(home, "2018-01-30") == []
    assert overdue(home, "2018-01-31") == [(CITY, "2018Q1预付金", 1, False)]
    with home.reading() as connection:
        assert standing(connection, day("2018-01-31")) == []


def test_who_only_says_that_it_has_paid_is_listed(sqlite_home):
    home = sqlite_home
    take(home, "F3", {"季度": "2018Q1", "统筹区代码": CITY})
    who = Actor("li", "2018-12-31T09:00:00+08:00")
    mark(home, who, "advance-transfer", "2018Q1", [CITY], day("2018-01-29"), "已汇")
    with home.reading() as connection:
        [row] = candidates(connection, day("2018-02-01"))

    assert (row.region, row.late_by) == (CITY, 2)
    assert row.note == "已登记，没有到账（li登记已办：已汇）"


def test_an_emergency_is_overdue_until_its_money_is_there(home):
    def on(text):
        with home.reading() as connection:
            return [
                (row.region, row.what[:4], row.late_by, row.note)
                for row in candidates(connection, day(text))
            ]

    amounts = {("520200", "跨省", "390"): "3.00"}
    keep_plan(home, amounts, "紧急调增", 2)
    make_notice(home, "emergency", on=day("2018-03-01"))
    bulk(home, "issue", "emergency", on=day("2018-03-01"))
    [notice] = notices_of_kind(home, "emergency")
    due = notice.due_day
    steps = ("confirm", "submit", "approve")
    for act in steps:
        step(home, act, notice.number, due)
    step(home, "pay", notice.number, due, evidence="S1")
    said = on("2018-03-20")
    urgent = {"资金性质": "紧急调增", "险种": "390"}
    take(home, "F1", transfer(OTHER, PROVINCE, 2, "2018-03-20", **urgent))
    more = {**urgent, "通知书编号": notice.number, "交易流水号": "另"}
    take(home, "F1", transfer(OTHER, PROVINCE, 1, "2018-03-22", **more))
    late = (day("2018-03-20") - due).days

    assert on(str(due)) == []
    assert said == [(OTHER, "紧急调增", late, "已登记，没有到账")]
    assert on("2018-03-21") == [
        (OTHER, "紧急调增", late + 1, "已到账2.00元，应到3.00元；已登记，没有到足")
    ]
    assert on("2018-03-22") == []


def notices_of_kind(home, kind):
    with home.reading() as connection:
        return notices.notices(connection, kind=kind)


def test_the_list_of_a_day_does_not_know_what_came_later(sqlite_home, yibao):
    suspend(sqlite_home)
    resume(sqlite_home, "2018-04-02")

    def told(on):
        text = yibao("suspend", "list", "--on", on, "--json")[1]
        return [
            (row["from"], row["until"], row["lift_reason"], row["holds"])
            for row in json.loads(text)["suspensions"]
        ]

    assert told("2018-02-01") == []
    assert told("2018-03-15") == [("2018-03-10", None, "", True)]
    assert told("2018-04-02") == [("2018-03-10", "2018-04-02", "已补缴", False)]


def test_a_setting_says_from_how_many_days_late_one_is_listed(sqlite_home):
    home = sqlite_home
    take(home, "F3", {"季度": "2018Q1", "统筹区代码": CITY})
    put_setting(home, LI, "suspension-after", "15", cite="x")

    assert overdue(home, "2018-02-13") == []
    assert overdue(home, "2018-02-14") == [(CITY, "2018Q1预付金", 15, False)]
    put_setting(home, LI, "suspension-after", "半个月", cite="x")
    with pytest.raises(BookError, match="应为0至999的天数"):
        overdue(home, "2018-02-14")


def test_a_decision_stands_until_it_is_lifted(home):
    made, again = suspend(home), suspend(home)
    lifted = resume(home, "2018-04-02")
    with home.reading() as connection:
        held = [
            [each.holds for each in standing(connection, day(on))]
            for on in ("2018-03-09", "2018-03-10", "2018-04-01", "2018-04-02")
        ]

    assert (made.status, again.status, lifted.status) == (
        "started",
        "already",
        "lifted",
    )
    assert held == [[], [True], [True], [False]]
    assert resume(home, "2018-04-02").status == "already"
    assert suspend(home, from_day=day("2018-04-02")).status == "started"


def test_a_dry_run_decides_nothing(sqlite_home):
    assert suspend(sqlite_home, dry_run=True).status == "checked"
    assert suspend(sqlite_home).status == "started"
    assert resume(sqlite_home, "2018-04-02", dry_run=True).status == "checked"
    assert resume(sqlite_home, "2018-04-02").status == "lifted"


def test_what_cannot_be_decided_is_refused(sqlite_home):
    suspend(sqlite_home)
    for words, act in (
        ("已暂停", lambda: suspend(sqlite_home, document="别的")),
        ("不能在2018-03-09恢复", lambda: resume(sqlite_home, "2018-03-09")),
        ("没有暂停", lambda: resume(sqlite_home, "2018-04-02", OTHER)),
    ):
        with pytest.raises(BookError, match=words):
            act()
    resume(sqlite_home, "2018-04-02")
    with pytest.raises(BookError, match="期间重叠"):
        suspend(sqlite_home, from_day=day("2018-03-01"), document="别的")


@pytest.mark.parametrize(
    "region, words",
    [
        (PROVINCE, "不是统筹区代码"),
        ("1", "不是统筹区代码"),
        ("520222", "不是统筹区代码"),  # 盘县, 520281 today
        ("440100", "不在贵州省"),
    ],
)
def test_only_payers_of_the_province_are_suspended(sqlite_home, region, words):
    with pytest.raises(UsageError, match=words):
        suspend(sqlite_home, region)


@pytest.mark.parametrize("text", ["", " ", "一\n二", "x" * 81, "\0"])
def test_a_document_that_is_no_line_is_refused(sqlite_home, text):
    with pytest.raises(UsageError):
        suspend(sqlite_home, document=text)


def test_lines_of_a_suspended_region_are_flagged_and_posted(home):
    suspend(home)
    resume(home, "2018-04-02")
    result = take(
        home,
        "F2",
        clearing(COUNTY, "440000", 5, "2018-02", "2018-03-12", 清算单号="Q1"),
        clearing(COUNTY, "440000", 5, "2018-03", "2018-04-10", 清算单号="Q1"),
        clearing("520199", "440000", 5, "2018Q2", "2018-07-10", 清算单号="Q1"),
        clearing(COUNTY, "440000", 5, "2018-05", "2018-07-10", 清算单号="Q1"),
        clearing("520201", "440000", 5, "2018-03", "2018-04-10", 清算单号="Q1"),
    )

    assert result.status == "posted"
    assert [w for w in result.warnings if "暂停" in w] == [
        "贵阳市南明区2018-03清算1行：自2018-03-10起暂停直接结算（黔医保函〔2018〕3号）",
        "贵阳市本级2018Q2清算1行：自2018-03-10起暂停直接结算（黔医保函〔2018〕3号）",
    ]
    assert flagged(home) == [
        (COUNTY, "2018-03", "suspended", 1),
        ("520199", "2018Q2", "suspended", 1),
    ]
    assert flagged(home, "2018Q2") == [("520199", "2018Q2", "suspended", 1)]


def test_lines_of_a_region_that_is_not_open_yet_are_flagged(sqlite_home):
    home = sqlite_home
    for region, value, from_day in (
        (CITY, "closed", None),
        (COUNTY, "open", "2018-01-01"),
        (CITY, "open", "2018-03-15"),
    ):
        put_setting(
            home,
            LI,
            "go-live",
            value,
            region=region,
            from_day=from_day and day(from_day),
            cite="x",
        )
    for payer in (COUNTY, "520103"):
        for month in ("2017-12", "2018-02", "2018-03"):
            take(home, "F2", clearing(payer, "440000", 5, month))

    assert flagged(home) == [
        (COUNTY, "2017-12", "not-open", 1),
        ("520103", "2017-12", "not-open", 1),
        ("520103", "2018-02", "not-open", 1),
    ]


def test_check_tells_flagged_lines_as_notes(sqlite_home):
    home = sqlite_home
    take(home, "F2", clearing(COUNTY, "440000", 5, "2018-03"))
    suspend(home)

    def notes(on):
        with home.reading() as connection:
            found = check(connection, day(on))
        return [(f.severity, f.what) for f in found if f.identity == "接入"]

    assert notes("2018-03-09") == []
    assert notes("2018-03-10") == [("note", "2018-03清算")]


def test_a_clearing_list_says_which_of_its_payers_were_suspended(sqlite_home):
    for county in ("520102", "520103", "520111", "520112"):
        take(sqlite_home, "F2", clearing(county, "440000", 5, "2018Q1"))
    suspend(sqlite_home)
    asked = ("clearing-list", period("2018Q1"), day("2018-04-09"))
    [made] = make(sqlite_home, LI, *asked)
    said = made.row.note.split("\n")

    assert said[0] == (
        "贵阳市南明区2018Q1清算1行：自2018-03-10起暂停直接结算（黔医保函〔2018〕3号），请核实。"
    )
    assert (len(said), said[-1]) == (4, "另有1处同样情形，见 yibao check。")


def test_nothing_is_flagged_where_nobody_was_suspended(sqlite_home):
    take(sqlite_home, "F2", clearing(COUNTY, "440000", 5, "2018-03"))

    assert flagged(sqlite_home) == []


def test_the_commands_list_and_keep_decisions(yibao, sqlite_home):
    take(sqlite_home, "F3", {"季度": "2018Q1", "统筹区代码": CITY})
    words = ("--reason", "拖延上解", "--document", "黔医保函〔2018〕3号")
    started = yibao("suspend", "start", CITY, "--from", "2018-03-10", *words)
    listed = yibao("suspend", "list", "--on", "2018-03-11", "--json")
    told = yibao("suspend", "list", "--on", "2018-03-11")[1]
    lifted = yibao("suspend", "lift", CITY, "--on", "2018-04-02", *words)
    found = json.loads(listed[1])

    assert (started[0], listed[0], lifted[0]) == (0, 0, 0)
    assert started[1] == "已登记暂停：贵阳市自2018-03-10起暂停。\n"
    assert lifted[1] == "已登记恢复：贵阳市自2018-03-10起暂停，2018-04-02恢复。\n"
    assert [
        (row["region"], row["late_by"], row["suspended"]) for row in found["candidates"]
    ] == [(CITY, 40, True)]
    assert [(row["from"], row["holds"]) for row in found["suspensions"]] == [
        ("2018-03-10", True)
    ]
    assert "已暂停" in told and "暂停中" in told
