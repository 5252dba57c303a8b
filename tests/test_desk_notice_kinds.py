"""Notices of what forms brought: clearing lists (F2), F4 of a year, F5 of a quarter."""

from datetime import date
from pathlib import Path

import pytest
from desk_by_hand import LI, take, take_clearings, take_transfers
from forms_by_hand import line
from notices_by_hand import make, step, steps_told, told
from papers_by_hand import yuan

from desk.advances.confirming import Asked, dispute
from desk.advances.notices import paper_of
from desk.importing import import_files
from ledger import sources
from ledger.errors import BookError
from ledger.periods import Quarter

Q4 = Quarter(2017, 4)
ROW = "清算期 | 范围 | 参保地代码 | 就医地代码 | 基金支付 | 确认日期 | 清算性质\n"
LISTED = ROW + """
2017-10 | 跨省 | 520102 | 440000 | 60.00 | 2017-11-10 | 正常
2017Q4 | 省内 | 520102 | 520200 | 30.00 | | 正常
2017Q4 | 省内 | 520199 | 520200 | 5.00 | | 正常
2017Q4 | 省内 | 520201 | 520100 | 8.00 | | 正常
2017-12 | 跨省 | 529900 | 440000 | 2.00 | 2018-01-09 | 正常
2018-01 | 跨省 | 520102 | 440000 | 9.00 | | 正常
""".strip()


def listed(home):
    """2017Q4 of 贵阳市 (95.00), 六盘水市 and 省本级; a line of 2018."""
    take_clearings(home, LISTED)
    make(home, "clearing-list", Q4, on=date(2018, 1, 8))


def files(home) -> list[Path]:
    return sorted((home.path / "out" / "notices").rglob("*.xlsx"))


def bulk(home, act, kind, period="2017Q4", on=date(2018, 1, 9), **how):
    return step(home, act, on=on, kind=kind, period=period, **how)


def test_a_quarters_clearing_is_a_list_for_each_city(home):
    listed(home)

    assert told(home) == [
        "黔异清〔2018〕1号 520100 95.00 made",
        "黔异清〔2018〕2号 520200 8.00 made",
        "黔异清〔2018〕3号 529900 2.00 made",
    ]


def test_who_was_treated_in_another_province_stands_under_its_name(sqlite_home):
    """310100 is named 市辖区, which says nothing; the code is kept to read back."""
    take_clearings(sqlite_home, LISTED.replace("440000", "310100"))
    make(sqlite_home, "clearing-list", Q4, on=date(2018, 1, 8))
    bulk(sqlite_home, "issue", "clearing-list")
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)
    places = [tuple(row[4:8]) for row in paper.rows]
    read = import_files(sqlite_home, files(sqlite_home), LI)

    assert places[0] == ("520102", "南明区", "310100", "上海市")
    assert places[1][2:] == ("520200", "六盘水市")
    assert {result.message for result in read} == {""}


def test_clearing_lists_and_notices_read_back(home):
    listed(home)
    make(home, "clearing-notice", Q4, on=date(2018, 1, 8))
    for kind in ("clearing-list", "clearing-notice"):
        bulk(home, "issue", kind)
    results = import_files(home, files(home), LI)

    assert [result.message for result in results] == [""] * 6
    assert {(result.form, result.status) for result in results} == {
        ("F2", "already-posted"),
        ("F8", "already-posted"),
    }


def test_what_a_notice_of_clearing_says_is_by_payer_scope_and_fund(sqlite_home):
    take_clearings(sqlite_home, LISTED)
    make(sqlite_home, "clearing-notice", Q4)
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)
    said = [(row[2], row[4], row[6]) for row in paper.rows]

    assert [(a, b, str(c)) for a, b, c in said] == [
        ("520102", "跨省", "60.00"),
        ("520102", "省内", "30.00"),
        ("520199", "省内", "5.00"),
    ]


def test_what_comes_after_the_list_was_issued_is_a_list_of_its_own(home):
    listed(home)
    bulk(home, "issue", "clearing-list")
    take_clearings(home, ROW + "2017Q4|省内|520102|520200|1.50||补清算", name="补.csv")
    make(home, "clearing-list", Q4, on=date(2018, 1, 12))
    again = make(home, "clearing-list", Q4, on=date(2018, 1, 12))

    assert told(home)[3:] == ["黔异清〔2018〕4号 520100 1.50 made"]
    assert {one.status for one in again} == {"already"}


def test_what_comes_before_the_list_is_issued_is_on_it(sqlite_home):
    listed(sqlite_home)
    take_clearings(
        sqlite_home, ROW + "2017Q4|省内|520102|520200|1.50||补清算", name="补.csv"
    )
    made = make(sqlite_home, "clearing-list", Q4)

    assert [one.status for one in made] == ["made-again", "already", "already"]
    assert told(sqlite_home)[0].endswith("96.50 made")


def test_a_list_whose_lines_are_gone_is_made_again_before_issue(home):
    listed(home)
    with home.writing() as connection:
        kept = sources.documents(connection)[-1]
        sources.withdraw(connection, kept.id, "li", LI.at, "重发")
    with pytest.raises(BookError, match="所列的2行已撤回或冲销；请重新运行"):
        bulk(home, "issue", "clearing-list")
    make(home, "clearing-list", Q4)

    assert told(home)[0] == "黔异清〔2018〕1号 520100 60.00 made"


def test_a_disputed_list_whose_lines_are_gone_is_withdrawn_and_made_anew(sqlite_home):
    listed(sqlite_home)
    bulk(sqlite_home, "issue", "clearing-list")
    on, asked = date(2018, 1, 9), Asked(Q4, "520200")
    dispute(sqlite_home, LI, asked, on, "多算")
    with sqlite_home.writing() as connection:
        kept = sources.documents(connection)[-1]
        sources.withdraw(connection, kept.id, "li", LI.at, "重发")
    number = "黔异清〔2018〕2号"
    with pytest.raises(BookError, match="请撤回本文书，再重新运行"):
        step(sqlite_home, "issue", number)
    step(sqlite_home, "withdraw", number, reason="多算")
    take_clearings(sqlite_home, LISTED.replace("8.00", "7.00"), name="改.csv")
    make(sqlite_home, "clearing-list", Q4)

    assert "黔异清〔2018〕4号 520200 7.00 made" in told(sqlite_home)


def test_a_clearing_is_confirmed_by_its_lines_not_by_its_notice(sqlite_home):
    listed(sqlite_home)
    bulk(sqlite_home, "issue", "clearing-list")
    with pytest.raises(BookError, match="yibao confirm 2017Q4 --kind advances"):
        bulk(sqlite_home, "confirm", "clearing-list")
    bulk(sqlite_home, "confirm", "clearing-list", region="529900")

    assert told(sqlite_home)[2].endswith("confirmed")


def test_a_list_that_comes_back_confirmed_confirms_its_notices(home):
    listed(home)
    bulk(home, "issue", "clearing-list")
    back = LISTED.replace("| |", "| 2018-01-15 |").rpartition("\n")[0]
    result = take_clearings(home, back, name="回.csv")

    assert result.completed == 3
    assert [row.rpartition(" ")[2] for row in told(home)] == ["confirmed"] * 3
    assert steps_told(home, "黔异清〔2018〕1号")[-1] == "2018-01-15 confirmed"


def year(home, *rows, title=None, name="额度.xlsx"):
    from forms_by_hand import write_form

    made = [line("F4", **row) for row in rows]
    path = write_form(home.path.parent / name, "F4", made, title=title)
    return import_files(home, [path], LI)[0]


SECOND = {"原额度": "80.00", "调整后额度": "100.00", "调整额": "20.00"}
INCOME = {**SECOND, "方向": "收款", "调整额": "-30.00", "调整后额度": "50.00"}


def test_a_years_change_between_provinces_reads_back(home):
    less = {**SECOND, "省份代码": "510000", "调整额": "-5.00", "调整后额度": "75.00"}
    year(home, SECOND, INCOME, less, {**SECOND, "省份代码": "310000"})
    make(home, "quota-change", 2018, on=date(2018, 2, 8))

    assert told(home) == ["黔异调〔2018〕1号 各市州 35.00 made"]
    assert import_files(home, files(home), LI)[0].status == "already-posted"
    with home.reading() as connection:
        paper = paper_of(connection, 1)
    assert (paper.title, paper.amount) == ("跨省预付金额度调整通知书", yuan("35"))
    assert [
        (part.after, part.row[0], part.amount, part.words) for part in paper.sums
    ] == [
        (2, "付款调增小计", yuan("40"), ""),
        (3, "付款调减小计", yuan("-5"), ""),
        (3, "付款小计", yuan("35"), "叁拾伍元整"),
        (4, "收款小计", yuan("-30"), "负叁拾元整"),
    ]


def test_the_first_advances_between_provinces_have_their_own_name(home):
    year(home, {}, title="跨省预付金收款通知书")
    make(home, "quota-change", 2018, on=date(2018, 2, 8))
    with home.reading() as connection:
        assert paper_of(connection, 1).title == "跨省预付金收款通知书"

    assert import_files(home, files(home), LI)[0].status == "already-posted"


def test_advances_between_provinces_are_paid_by_their_number(home):
    """Paid with what we owe, received once what others owe has come too."""
    year(home, SECOND, {**INCOME, "调整额": "5.00", "调整后额度": "85.00"})
    make(home, "quota-change", 2018, on=date(2018, 2, 8))
    for act in ("confirm", "submit", "approve"):
        bulk(home, act, "quota-change", "2018", on=date(2018, 2, 12))
    titles = "付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 本级金额 | 通知书编号 | 交易流水号\n"
    number = "黔异调〔2018〕1号"
    out = f"2018-02-26 | 2018-02-27 | 520000 | 440000 | 20.00 | {number} | P1"
    take_transfers(home, titles + out, name="付.csv")
    before = told(home)
    into = f"2018-02-27 | 2018-02-28 | 440000 | 520000 | 5.00 | {number} | P2"
    result = take_transfers(home, titles + into, name="收.csv")

    assert before == [f"{number} 各市州 20.00 paid"]
    assert (result.message, result.warnings) == ("", [])
    assert steps_told(home, number)[-1] == "2018-02-28 received P1、P2"


def test_money_for_institutions_is_asked_for_and_paid_in_parts(home):
    take(home, "F5", [line("F5", 季度="2018Q1", 参保省份代码="440000")])
    make(home, "funding-plan", Quarter(2018, 1), on=date(2018, 2, 2))
    for act in ("issue", "submit", "approve"):
        bulk(home, act, "funding-plan", "2018Q1", on=date(2018, 2, 5))
    read = import_files(home, files(home), LI)[0]
    transfer = (
        "付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 用途 | 本级金额 | 下级金额 "
        "| 所属季度 | 通知书编号 | 交易流水号\n"
        "{0} | {0} | 520000 | 520000 | 省内 | 0 | {1} | 2018Q1 | 黔异用〔2018〕1号 | {2}"
    )
    first = take_transfers(home, transfer.format("2018-02-12", 30, "M1"), name="一.csv")
    before = told(home)
    last = take_transfers(home, transfer.format("2018-03-12", 70, "M2"), name="二.csv")

    assert (read.form, read.status) == ("F5", "already-posted")
    assert (first.message, last.message) == ("", "")
    assert before == ["黔异用〔2018〕1号 各市州 100.00 approved"]
    assert told(home) == ["黔异用〔2018〕1号 各市州 100.00 received"]


@pytest.mark.parametrize(
    "kind, period, remedy",
    [
        ("clearing-list", Q4, "没有2017Q4的清算；先用 yibao import 导入清算明细表"),
        ("quota-change", 2018, "没有收到2018年跨省预付金明细表或额度调整通知书；先用"),
        ("funding-plan", Q4, "没有收到2017Q4的省内异地就医预付金用款计划；先用"),
    ],
)
def test_with_nothing_to_say_what_to_do_first_is_told(
    sqlite_home, kind, period, remedy
):
    with pytest.raises(BookError, match=f"没有要出具的.*{remedy}"):
        make(sqlite_home, kind, period)
