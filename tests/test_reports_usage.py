"""Usage rates: from forms to rate and level, in every holding book."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from reports_by_hand import LI, clearing, day, post, take, transfer, undo

from desk.homes import put_setting
from desk.importing import Options
from desk.reversing import reverse
from ledger.periods import Quarter, period
from posting_rules.policies import policy_of
from reports.fava_notes import quota_lines
from reports.usage import percent_text, rate_and_level, rate_text, usage_rows
from reports.usage_behind import trend, vouchers_behind

CASE_FILE = Path(__file__).parent / "cases" / "usage.toml"
CASES = tomllib.loads(CASE_FILE.read_text("utf-8"), parse_float=Decimal)
COUNTY, CITY, CENTRE = "520102", "520100", "520000"
CITY_BOOK, CENTRE_BOOK = "520100-city-agency", "520000-centre"
Q2 = Quarter(2018, 2)


def usage(home, book, quarter=Q2, on="2018-12-31"):
    with home.reading() as connection:
        rows = usage_rows(connection, quarter=quarter, on=day(on), book=book)
    return {row.payer: row for row in rows}


def behind(home, book, payer, what, quarter=Q2, on="2018-12-31", **part):
    with home.reading() as connection:
        return vouchers_behind(connection, book, payer, quarter, day(on), what, **part)


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_the_rate_of_a_county_with_its_city(home, case):
    if "setting" in case:
        put_setting(home, LI, "usage-advances", case["setting"], cite="五（二）")
    for on, amount, quarter in case.get("received", ()):
        take(home, "F1", transfer(COUNTY, CITY, amount, on, 所属季度=quarter))
    for on, amount, quarter in case.get("returned", ()):
        back = transfer(CITY, COUNTY, amount, on, 所属季度=quarter, 资金性质="退回")
        take(home, "F1", back)
    for on, amount, cleared in case.get("cleared", ()):
        nature = "正常" if amount > 0 else "冲减"
        line = clearing(COUNTY, "440000", amount, cleared, on, 清算性质=nature)
        take(home, "F2", line)
    rows = usage(home, CITY_BOOK, period(case["quarter"]), str(case["on"]))

    assert said(rows.get(COUNTY)) == expected(case)


@pytest.mark.parametrize("case", CASES["paid"], ids=lambda case: case["name"])
def test_the_rate_of_what_the_centre_paid_to_a_province(home, case):
    for on, amount in case["paid"]:
        take(home, "F1", transfer(CENTRE, "440000", amount, on))
    for on, amount in case.get("returned", ()):
        take(home, "F1", transfer("440000", CENTRE, amount, on, 资金性质="退回"))
    for on, amount, cleared in case["cleared"]:
        take(home, "F2", clearing(COUNTY, "440100", amount, cleared, on))
    for on, amount in case.get("made_good", ()):
        take(home, "F1", transfer(CENTRE, "440000", amount, on, 资金性质="清算资金"))
    rows = usage(home, CENTRE_BOOK)

    assert rows["440000"].direction == "paid"
    assert said(rows["440000"]) == expected(case)


def said(row):
    if row is None:
        return None
    return (row.advance, row.cleared, rate_text(row.rate), row.level)


def expected(case):
    if case.get("none"):
        return None
    return (case["advance"], case["usage"], case.get("rate"), case["level"])


def test_a_level_is_over_all_money_and_its_parts_stand_beside_it(home):
    take(
        home,
        "F1",
        transfer(COUNTY, CITY, 100, "2018-04-20", 交易流水号="A"),
        transfer(COUNTY, CITY, 60, "2018-04-20", 交易流水号="A", 用途="省内"),
        transfer(COUNTY, CITY, 40, "2018-04-20", 交易流水号="A", 险种="390"),
    )
    take(home, "F2", clearing(COUNTY, "440000", 95, "2018Q2", "2018-07-12"))
    [row] = usage(home, CITY_BOOK).values()
    parts = {cell: (part.advance, part.level) for cell, part in row.cells.items()}

    assert (row.advance, row.level) == (200, "normal")
    assert {scope: part.advance for scope, part in row.scope.items()} == {
        "省内": 60,
        "跨省": 140,
    }
    assert {fund: part.rate for fund, part in row.fund.items()} == {
        "310": Fraction(95, 160),
        "390": 0,
    }
    assert parts == {
        ("跨省", "310"): (100, "red"),
        ("省内", "310"): (60, "normal"),
        ("跨省", "390"): (40, "normal"),
    }


def test_a_mixed_transfer_that_was_returned_or_reversed_leaves_no_rest(home):
    def both(payer, payee, on, number, **cells):
        rows = [
            transfer(payer, payee, 10, on, **cells),
            transfer(payer, payee, 5, on, 用途="省内", **cells),
        ]
        return [{**row, "交易流水号": number} for row in rows]

    take(home, "F1", *both(COUNTY, CITY, "2018-04-20", "A"))
    take(home, "F1", *both(CITY, COUNTY, "2018-05-20", "B", 资金性质="退回"))
    [second] = [
        voucher
        for voucher in take(home, "F1", *both(COUNTY, CITY, "2018-06-01", "C")).vouchers
        if voucher.book == CITY_BOOK
    ]
    take(home, "F1", transfer(COUNTY, CITY, 7, "2018-06-02"))
    undo(home, second.name, day("2018-06-03"), "录错")
    [row] = usage(home, CITY_BOOK).values()

    assert {scope: part.advance for scope, part in row.scope.items()} == {"跨省": 7}


def test_the_offset_of_the_stranded_pair_changes_no_rate(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-04-20"))
    take(home, "F2", clearing(COUNTY, "440000", 80, "2018Q2", "2018-07-12"))
    before = said(usage(home, CITY_BOOK)[COUNTY])
    post(
        home,
        CITY_BOOK,
        day("2018-07-31"),
        ("借", "暂付款——各县、区", COUNTY, Decimal("80.00")),
        ("贷", "暂收款——各县、区", COUNTY, Decimal("80.00")),
        event="offset",
    )

    assert said(usage(home, CITY_BOOK)[COUNTY]) == before


def test_opening_balances_are_advances(home):
    opening = {"账簿": CITY_BOOK, "截止日期": "2018-03-31", "险种": "310"}
    take(
        home,
        "F0",
        {**opening, "科目": "财政专户存款——市本级", "借方余额": "50.00"},
        {
            **opening,
            "科目": "暂收款——各县、区",
            "辅助明细": COUNTY,
            "贷方余额": "50.00",
        },
    )

    assert said(usage(home, CITY_BOOK)[COUNTY]) == (50, 0, "0.0000", "normal")


def test_a_reversed_clearing_counts_no_more(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-04-20"))
    line = clearing(COUNTY, "440000", 95, "2018Q2", "2018-07-12")
    [voucher] = [v for v in take(home, "F2", line).vouchers if v.book == CITY_BOOK]
    reverse(home, LI, voucher.name, day("2018-07-20"), "清算有误")

    assert said(usage(home, CITY_BOOK)[COUNTY]) == (100, 0, "0.0000", "normal")
    # A reversal undoes what happened then: it never was, also for earlier days.
    assert said(usage(home, CITY_BOOK, on="2018-07-19")[COUNTY])[1] == 0


def test_a_draft_counts_nothing_and_money_under_way_stands_beside_the_rate(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-04-20"))
    take(home, "F1", transfer(COUNTY, CITY, 30, "2018-06-29", arrived=""))
    draft = transfer(COUNTY, CITY, 500, "2018-05-20")
    take(home, "F1", draft, options=Options(draft=True))
    [row] = usage(home, CITY_BOOK).values()

    assert (row.advance, row.under_way) == (100, 30)


def test_the_latest_edition_is_the_quota(home):
    quota = {"季度": "2018Q2", "统筹区代码": CITY}
    take(home, "F3", quota)
    second = {"版次": "2", "跨省核定额": "70.00", "省内核定额": "0.00", "合计": "70.00"}
    take(home, "F3", {**quota, **second})
    take(home, "F1", transfer(CITY, CENTRE, 100, "2018-04-20"))

    assert usage(home, CENTRE_BOOK)[CITY].quota == 70
    assert usage(home, CENTRE_BOOK, Quarter(2018, 3))[CITY].quota is None


def test_changes_and_urgent_increases_add_to_the_quota(home):
    """核定 100, 额度调整 −20, 紧急调增 30, then 核定 90 in place of the first."""
    quota = {"季度": "2018Q2", "统筹区代码": CITY, "省内核定额": "0.00"}
    editions = (("核定", 100), ("额度调整", -20), ("紧急调增", 30), ("核定", 90))
    for edition, (kind, amount) in enumerate(editions, 1):
        amounts = {"跨省核定额": f"{amount}.00", "合计": f"{amount}.00"}
        take(home, "F3", {**quota, "版次": str(edition), "类型": kind, **amounts})
    take(home, "F1", transfer(CITY, CENTRE, 100, "2018-04-20"))
    with home.reading() as connection:
        listed = sum(row.amount for row in quota_lines(connection, Quarter(2018, 2)))

    assert (usage(home, CENTRE_BOOK)[CITY].quota, listed) == (100, 100)


def test_the_vouchers_behind_a_figure_add_up_to_it(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-01-10"))
    take(home, "F2", clearing(COUNTY, "440000", 80, "2018Q1", "2018-04-14"))
    take(home, "F1", transfer(COUNTY, CITY, 80, "2018-04-20"))
    take(home, "F2", clearing(COUNTY, "440000", 95, "2018Q2", "2018-07-12"))
    row = usage(home, CITY_BOOK)[COUNTY]
    found = {
        what: [(voucher.name, voucher.amount) for voucher in vouchers]
        for what in ("advance", "cleared", "earlier")
        if (vouchers := behind(home, CITY_BOOK, COUNTY, what))
    }

    assert (row.advance, row.cleared, row.earlier) == (100, 95, 80)
    assert found == {
        "advance": [
            (f"{CITY_BOOK}/2018-01/1", 100),
            (f"{CITY_BOOK}/2018-04/1", -80),
            (f"{CITY_BOOK}/2018-04/2", 80),
        ],
        "cleared": [(f"{CITY_BOOK}/2018-07/1", 95)],
        "earlier": [(f"{CITY_BOOK}/2018-04/1", 80)],
    }


def test_a_trend_shows_each_quarter_as_its_last_clearing_left_it(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-01-10"))
    take(home, "F2", clearing(COUNTY, "440000", 80, "2018Q1", "2018-04-14"))
    take(home, "F1", transfer(COUNTY, CITY, 80, "2018-04-20"))
    take(home, "F2", clearing(COUNTY, "440000", 95, "2018Q2", "2018-07-12"))
    quarters = [Quarter(2018, 1), Quarter(2018, 2), Quarter(2018, 3)]
    with home.reading() as connection:
        points = trend(connection, CITY_BOOK, COUNTY, quarters)

    assert [(str(p.on), rate_text(p.rate), p.level) for p in points] == [
        ("2018-04-14", "0.8000", "yellow"),
        ("2018-07-12", "0.9500", "red"),
        ("2018-09-30", "0.0000", "normal"),
    ]


def test_the_way_to_a_band_is_to_the_fen(home):
    take(home, "F1", transfer(COUNTY, CITY, "0.05", "2018-04-20"))
    take(home, "F2", clearing(COUNTY, "440000", "0.01", "2018Q2", "2018-07-12"))
    [row] = usage(home, CITY_BOOK).values()

    # 0.035 and 0.045: the first whole fen that reaches the band
    assert row.until == {"yellow": Decimal("0.03"), "red": Decimal("0.04")}


def test_a_rate_is_cut_and_keeps_its_sign():
    assert rate_text(Fraction(69999, 100000)) == "0.6999"
    assert rate_text(Fraction(-123456, 100000)) == "-1.2345"
    assert rate_text(Fraction(0)) == "0.0000"
    assert rate_text(None) is None
    assert percent_text(Fraction(89999, 100000)) == "89.99%"
    assert percent_text(None) == "无预付金"


def test_levels_compare_exactly():
    bands = policy_of("520000").warnings
    three = Decimal("0.03")

    assert rate_and_level(bands, three, Decimal("0.02")) == (Fraction(2, 3), "normal")
    assert rate_and_level(bands, Decimal("0"), Decimal("0")) == (None, "normal")


def test_each_payer_stands_in_the_book_that_holds_its_money(home):
    take(home, "F1", transfer(COUNTY, CITY, 10, "2018-04-20"))
    take(home, "F1", transfer(CITY, CENTRE, 5, "2018-04-21", lower="10.00"))
    take(home, "F1", transfer("529900", CENTRE, 3, "2018-04-21"))
    with home.reading() as connection:
        rows = usage_rows(connection, quarter=Q2, on=day("2018-06-30"))

    assert [(row.book, row.payer, row.payer_name, row.advance) for row in rows] == [
        (CENTRE_BOOK, CITY, "贵阳市", 15),
        (CENTRE_BOOK, "529900", "贵州省本级", 3),
        (CITY_BOOK, COUNTY, "南明区", 10),
    ]


def test_behind_a_figure_of_one_fund_or_scope_stand_its_own_vouchers(home):
    take(home, "F1", transfer(COUNTY, CITY, 100, "2018-04-20"))
    take(home, "F1", transfer(COUNTY, CITY, 30, "2018-04-21", 险种="390"))
    take(home, "F1", transfer(COUNTY, CITY, 7, "2018-04-22", 用途="省内"))

    def amounts(**part):
        rows = behind(home, CITY_BOOK, COUNTY, "advance", **part)
        return [row.amount for row in rows]

    assert amounts(fund="390") == [30]
    assert amounts(scope="省内") == [7]
    assert amounts(scope="跨省", fund="310") == [100]
    assert amounts() == [100, 30, 7]
