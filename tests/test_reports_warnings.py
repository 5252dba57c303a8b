"""Warnings as states: against a replay of the usage rate, day by day."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from reports_by_hand import LI, clearing, day, post, take, transfer, undo

from desk.advances.warnings import note
from desk.homes import put_setting
from ledger.errors import BookError, UsageError
from ledger.periods import Quarter, quarter_of
from reports.advances.warning_days import turns
from reports.advances.warnings import quarters_watched, warnings
from reports.seen import written_off_by
from reports.usage import usage_rows

COUNTY, CITY, CENTRE = "520102", "520100", "520000"
CITY_BOOK, CENTRE_BOOK = "520100-city-agency", "520000-centre"
Q1, Q2 = Quarter(2018, 1), Quarter(2018, 2)


def replayed(home, quarter, until):
    """(book, direction, payer) → [(day, level, advance, cleared)], asked every day."""
    found, levels = {}, {}
    on = quarter.first_day
    while on <= min(until, written_off_by(quarter)):
        with home.reading() as connection:
            rows = usage_rows(connection, quarter=quarter, on=on)
        seen = {(row.book, row.direction, row.payer): row for row in rows}
        for place in levels.keys() | seen.keys():
            row = seen.get(place)
            level = row.level if row else "normal"
            if level != levels.get(place, "normal"):
                figures = (row.advance, row.cleared) if row else (0, 0)
                found.setdefault(place, []).append((on, level, *figures))
            levels[place] = level
        on += timedelta(days=1)
    return found


def computed(home, quarter, until):
    with home.reading() as connection:
        found = turns(connection, quarter, until)
    return {
        place: [(turn.on, turn.level, turn.advance, turn.cleared) for turn in turned]
        for place, turned in found.items()
    }


def fill(home, seed):
    """A winter of two counties, their city and a province, out of a seeded hat."""
    chance = random.Random(seed)

    def on(first="2017-12-20", days=140):
        return str(day(first) + timedelta(days=chance.randrange(days)))

    for county in (COUNTY, "520103"):
        for _ in range(4):
            paid = transfer(county, CITY, chance.randrange(20, 80), on())
            take(home, "F1", paid)
        for _ in range(5):
            first = chance.choice(("2017-12-20", "2018-01-01", "2018-04-01"))
            cells = (str(quarter_of(day(first))), on(first, 40))
            more = {"清算性质": "补清算"}
            amount = chance.randrange(5, 60)
            place = chance.choice(("440000", "520300"))
            take(home, "F2", clearing(county, place, amount, *cells, **more))
    back = transfer(CITY, COUNTY, 15, "2018-02-20", 资金性质="退回")
    take(home, "F1", back)
    for scope in ("跨省", "省内"):
        paid = transfer(CITY, CENTRE, chance.randrange(40, 90), on(), 用途=scope)
        take(home, "F1", paid)
    take(home, "F1", transfer(CENTRE, "440000", 60, on()))
    take(home, "F1", transfer(CENTRE, "440000", 30, on(), 资金性质="清算资金"))


@pytest.mark.parametrize("seed", range(3))
def test_the_days_of_turning_are_those_of_a_replay(home, seed):
    fill(home, seed)
    put_setting(home, LI, "cash-clearing", "all", cite="x")
    for amount, quarter in ((9, "2018Q1"), (7, "2018Q2")):
        cells = {"资金性质": "清算资金", "所属季度": quarter}
        on = {"2018Q1": "2018-03-05", "2018Q2": "2018-04-25"}[quarter]
        take(home, "F1", transfer(COUNTY, CITY, amount, on, **cells))
    put_setting(
        home, LI, "usage-advances", "quarter", from_day=day("2018-02-14"), cite="x"
    )
    put_setting(
        home, LI, "usage-advances", "received", from_day=day("2018-04-03"), cite="x"
    )
    for quarter in (Q1, Q2):
        expected = replayed(home, quarter, day("2018-05-10"))

        assert computed(home, quarter, day("2018-05-10")) == expected
        assert any(level == "red" for x in expected.values() for _, level, *_ in x)


def warned(home, on, quarters=(Q1,), book=CITY_BOOK):
    with home.reading() as connection:
        return warnings(connection, quarters, day(on), book)


def short(rows):
    return [(row.payer, row.level, str(row.since), str(row.until)) for row in rows]


def red_and_back(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-01-10"))
    take(home, "F2", clearing(COUNTY, "440000", 69.99, "2018-01", "2018-02-01"))
    take(home, "F2", clearing(COUNTY, "450000", 0.01, "2018-01", "2018-02-05"))
    take(home, "F2", clearing(COUNTY, "440000", 20, "2018-02", "2018-03-01"))
    take(home, "F1", transfer(COUNTY, CITY, 50, "2018-03-09", 资金性质="紧急调增"))


def test_seventy_is_yellow_ninety_is_red_and_money_brings_it_back(home):
    red_and_back(home)

    assert short(warned(home, "2018-02-04")) == []
    assert short(warned(home, "2018-03-08")) == [
        (COUNTY, "red", "2018-03-01", "None"),
        (COUNTY, "yellow", "2018-02-05", "2018-03-01"),
    ]
    assert short(warned(home, "2018-03-09")) == [
        (COUNTY, "yellow", "2018-02-05", "2018-03-01"),
        (COUNTY, "red", "2018-03-01", "2018-03-09"),
    ]


def test_a_warning_ends_when_its_quarter_is_no_longer_watched(sqlite_home, yibao):
    home = sqlite_home
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-01-10"))
    take(home, "F2", clearing(COUNTY, "440000", 95, "2018-01", "2018-02-01"))
    last = warned(home, "2018-04-30")
    after = warned(home, "2018-05-01")
    asked = ("--on", "2018-12-31", "--quarter", "2018Q1", "--book", CITY_BOOK)
    told = yibao("warning", "list", *asked)[1]

    assert short(last) == [(COUNTY, "red", "2018-02-01", "None")]
    assert short(after) == [(COUNTY, "red", "2018-02-01", "2018-05-01")]
    assert [(row.open, row.lapsed) for row in last + after] == [
        (True, False),
        (False, True),
    ]
    assert "2018-05-01 季度冲销期满" in told and "没有阅处" not in told


def test_a_note_closes_a_red_and_says_who_and_when(home):
    red_and_back(home)
    made = note(home, LI, CITY_BOOK, COUNTY, Q1, "已通知县局", day("2018-03-02"))
    again = note(home, LI, CITY_BOOK, COUNTY, Q1, "已通知县局", day("2018-03-03"))
    [red, yellow] = warned(home, "2018-03-08")
    before = warned(home, "2018-03-01")[0]

    assert (made.status, again.status) == ("noted", "already")
    assert (made.warning.level, before.open, red.open) == ("red", True, False)
    assert [(each.note, each.by) for each in red.notes] == [("已通知县局", "li")]
    assert yellow.notes == []


def test_a_note_stays_with_its_level_where_an_earlier_voucher_moves_the_day(
    sqlite_home,
):
    red_and_back(sqlite_home)
    note(sqlite_home, LI, CITY_BOOK, COUNTY, Q1, "知悉", day("2018-03-02"))
    take(sqlite_home, "F2", clearing(COUNTY, "460000", 20, "2018-01", "2018-02-20"))
    reds = [r for r in warned(sqlite_home, "2018-03-08") if r.level == "red"]

    assert [(str(row.since), len(row.notes)) for row in reds] == [("2018-02-20", 1)]


def test_a_reversal_takes_a_warning_back_as_if_it_had_never_been(sqlite_home):
    home = sqlite_home
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-01-10"))
    made = take(home, "F2", clearing(COUNTY, "440000", 95, "2018-01", "2018-02-01"))
    before = short(warned(home, "2018-03-08"))
    [name] = [each.name for each in made.vouchers if each.book == CITY_BOOK]
    undo(home, name, day("2018-02-10"), "清算有误")

    assert before == [(COUNTY, "red", "2018-02-01", "None")]
    assert warned(home, "2018-03-08") == []
    assert CITY_BOOK not in {at for at, _, _ in replayed(home, Q1, day("2018-03-08"))}


def test_cash_for_a_later_quarters_clearing_does_not_end_a_warning(sqlite_home):
    home = sqlite_home
    put_setting(home, LI, "cash-clearing", "all", cite="x")
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-01-10"))
    take(home, "F2", clearing(COUNTY, "440000", 95, "2018-01", "2018-02-01"))
    paid = {"资金性质": "清算资金", "所属季度": "2018Q2"}
    take(home, "F1", transfer(COUNTY, CITY, 50, "2018-04-25", **paid))

    assert short(warned(home, "2018-04-30")) == [(COUNTY, "red", "2018-02-01", "None")]


def test_a_voucher_by_hand_counts_by_the_day_it_is_of(sqlite_home):
    hundred = Decimal(100)
    lines = [
        ("借", "财政专户存款——市本级", "", hundred),
        ("贷", "暂收款——各县、区", COUNTY, hundred),
    ]
    post(sqlite_home, CITY_BOOK, day("2018-03-01"), *lines)
    take(sqlite_home, "F2", clearing(COUNTY, "440000", 95, "2018-01", "2018-02-01"))

    assert short(warned(sqlite_home, "2018-03-08"))[0][1:] == (
        "red",
        "2018-02-01",
        "None",
    )
    assert computed(sqlite_home, Q1, day("2018-03-08")) == replayed(
        sqlite_home, Q1, day("2018-03-08")
    )


def test_the_quarter_before_is_watched_until_it_is_written_off():
    assert quarters_watched(day("2018-04-30")) == [Q1, Q2]
    assert quarters_watched(day("2018-05-01")) == [Q2]


def test_who_has_no_warning_needs_no_note(sqlite_home):
    with pytest.raises(BookError, match="没有预警"):
        note(sqlite_home, LI, CITY_BOOK, COUNTY, Q1, "x", day("2018-03-02"))
    with pytest.raises(UsageError, match="不是付款方代码"):
        note(sqlite_home, LI, CITY_BOOK, "999999", Q1, "x", day("2018-03-02"))
    with pytest.raises(UsageError, match="换行"):
        note(sqlite_home, LI, CITY_BOOK, COUNTY, Q1, "x\ny", day("2018-03-02"))


def test_the_commands_list_open_reds_first_and_say_what_to_do(yibao, sqlite_home):
    red_and_back(sqlite_home)
    asked = ("--on", "2018-03-05", "--book", CITY_BOOK)
    code, told, _ = yibao("warning", "list", *asked)
    noted = yibao(
        *("warning", "note", CITY_BOOK, COUNTY, "--note", "启动调增"),
        *("--on", "2018-03-05"),
    )
    after = yibao("warning", "list", *asked)[1]

    assert (code, noted[0]) == (0, 0)
    assert told.index("红色预警") < told.index("黄色预警")
    command = "yibao plan 2018Q1 --region 520100 --emergency 520102"
    assert command in told
    assert yibao(*command.split()[1:], "--on", "2018-03-05")[0] == 0
    assert noted[1].startswith("已登记：南明区2018Q1自2018-03-01起的红色预警")
    assert "li：启动调增" in after and "没有阅处" not in after


@pytest.mark.parametrize(
    "on, level, code",
    [
        ("2018-02-04", "yellow", 0),
        ("2018-02-05", "yellow", 1),
        ("2018-02-05", "red", 0),
        ("2018-03-01", "red", 1),
        ("2018-03-01", "yellow", 1),
        ("2018-03-09", "red", 0),
    ],
)
def test_a_script_asks_usage_and_gets_one_when_it_is_that_far(
    yibao, sqlite_home, on, level, code
):
    red_and_back(sqlite_home)
    asked = ("usage", "--on", on, "--book", CITY_BOOK, "--fail-on", level)

    assert yibao(*asked, "--quarter", "2018Q1")[0] == code
