"""F8: notices of others are kept, known ones must say the same."""

from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import LI, take_clearings
from notices_by_hand import (
    PAYMENT,
    RECEIPT,
    came_in,
    issued,
    step,
    steps_told,
    told,
)

from desk.advances import plan_edits
from desk.importing import import_files
from ledger import sources
from ledger.errors import BookError
from ledger.periods import Quarter

NUMBER = "粤付〔2018〕1号"
ADVANCE = "预付金收款通知书"


def test_an_unknown_notice_is_kept_as_one_that_came_in(home):
    result = came_in(home, PAYMENT, {}, {"险种": "390", "金额": "20.00"})

    assert (result.status, result.new, result.vouchers) == ("posted", 2, [])
    assert told(home) == [f"{NUMBER} 440000 120.00 issued"]


def test_a_known_notice_is_skipped_and_counted(home):
    came_in(home, PAYMENT)
    again = came_in(home, PAYMENT)

    assert (again.status, again.known) == ("already-posted", 1)


def test_one_notice_may_name_several_provinces(sqlite_home):
    came_in(sqlite_home, PAYMENT, {}, {"单位代码": "510000"})

    assert told(sqlite_home) == [f"{NUMBER} 各市州 200.00 issued"]


@pytest.mark.parametrize(
    "rows, column",
    [
        ([{"金额": "101.00"}], "金额"),
        ([{"期间": "2018-02"}], "期间"),
        ([{"期限": "2018-03-01"}], "期限"),
        ([{"险种": "390"}], "单位代码"),
        ([{"收款账号": "44010001"}], "收款账号"),
        ([{}, {"险种": "390"}], "单位代码"),
    ],
)
def test_a_known_notice_with_other_content_is_refused(sqlite_home, rows, column):
    came_in(sqlite_home, PAYMENT, {"收款账号": "44019999", "期限": "2018-02-26"})
    rows = [{"收款账号": "44019999", "期限": "2018-02-26", **row} for row in rows]
    result = came_in(sqlite_home, PAYMENT, *rows)

    assert (result.status, result.errors[0].column) == ("rejected", column)
    assert "本文件没有入账" in result.message
    assert "44019999" not in result.message + result.errors[0].expected


def test_a_notice_that_lacks_a_line_is_refused(sqlite_home):
    came_in(sqlite_home, PAYMENT, {}, {"险种": "390"})
    result = came_in(sqlite_home, PAYMENT, {})

    assert "少了1行" in result.message


def test_the_same_number_under_another_title_is_refused(sqlite_home):
    came_in(sqlite_home, PAYMENT)
    result = came_in(sqlite_home, RECEIPT)

    assert "表名不同" in result.message


@pytest.mark.parametrize(
    "title, region, expected",
    [
        (PAYMENT, "520100", "外省的省级代码"),
        (PAYMENT, "440100", "外省的省级代码"),
        ("预付金收款通知书", "440000", "本省统筹区的代码"),
        ("预付金收款通知书", "520000", "本省统筹区的代码"),
    ],
)
def test_a_notice_names_a_unit_of_its_kind(sqlite_home, title, region, expected):
    result = came_in(sqlite_home, title, {"单位代码": region, "期间": "2018Q1"})

    assert result.errors[0].expected == expected


def test_a_payment_notice_is_compared_with_the_months_list(home):
    take_clearings(
        home,
        "清算期 | 参保地代码 | 就医地代码 | 险种 | 基金支付 | 确认日期\n"
        "2018-01 | 520102 | 440100 | 310 | 60 | 2018-02-08\n"
        "2018-01 | 520103 | 440000 | 310 | 30 | 2018-02-08\n"
        "2018-01 | 520102 | 440000 | 390 | 5 | 2018-02-08\n"
        "2018-01 | 520102 | 510000 | 310 | 7 | 2018-02-08",
    )
    result = came_in(home, PAYMENT)

    assert result.warnings == [
        f"“{NUMBER}”广东省310为100.00元，2018-01清算明细为90.00元，差10.00元",
        f"“{NUMBER}”广东省390为0.00元，2018-01清算明细为5.00元，差-5.00元",
    ]


def test_differences_are_told_again_when_it_is_confirmed(sqlite_home):
    first = came_in(sqlite_home, PAYMENT)
    take_clearings(
        sqlite_home,
        "清算期 | 参保地代码 | 基金支付 | 确认日期\n2018-01 | 520102 | 90 | 2018-02-08",
    )
    done = step(sqlite_home, "confirm", NUMBER, on=date(2018, 1, 30))

    assert first.warnings == [f"“{NUMBER}”：2018-01的跨省清算明细还没有导入，没有核对"]
    assert done[0].note.endswith("差10.00元")


def test_a_city_takes_what_the_province_issued(sqlite_home):
    """In a home that does not know it, it is kept as one that came in."""
    issued(sqlite_home)
    paths = sorted((sqlite_home.path / "out" / "notices").rglob("*1号_520100.xlsx"))
    with sqlite_home.writing() as connection:  # as if nothing were known here
        for table in ("notice_line", "notice_step", "notice"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    result = import_files(sqlite_home, paths, LI)[0]

    assert (result.status, result.warnings) == ("posted", [])
    assert told(sqlite_home) == ["黔异预〔2018〕1号 520100 100.00 issued"]
    assert step(sqlite_home, "confirm", "黔异预〔2018〕1号")[0].status == "done"


def test_an_account_that_nobody_registered_is_told(sqlite_home):
    result = came_in(
        sqlite_home,
        "预付金收款通知书",
        {"单位代码": "520100", "期间": "2018Q1", "收款账号": "62220000123456"},
    )

    assert result.warnings == [
        f"“{NUMBER}”的收款账号****3456没有登记；核对后用 yibao bank add 登记"
    ]


def test_a_withdrawn_document_frees_the_number_of_its_notice(home):
    came_in(home, PAYMENT)
    with home.writing() as connection:
        kept = sources.documents(connection)[-1]
        freed = sources.withdraw(connection, kept.id, "li", LI.at, "印错")
    again = came_in(home, PAYMENT, {"金额": "99.00"})

    assert ((kept.lines, kept.bare), freed, again.status) == ((1, 1), 1, "posted")
    assert told(home) == [
        f"{NUMBER} 440000 100.00 withdrawn",
        f"{NUMBER} 440000 99.00 issued",
    ]


def test_our_own_withdrawn_number_does_not_come_again(sqlite_home):
    issued(sqlite_home)
    paths = sorted((sqlite_home.path / "out" / "notices").rglob("*1号_520100.xlsx"))
    copy = paths[0].rename(sqlite_home.path.parent / "副本.xlsx")
    step(sqlite_home, "withdraw", "黔异预〔2018〕1号", reason="印错")
    result = import_files(sqlite_home, [copy], LI)[0]

    assert "已经撤回" in result.message


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"期间": "2017Q3"}, "期间"),
        ({"用途": "省内"}, "用途"),
        ({"金额": "0.00"}, "金额"),
        ({"金额": "-1.00"}, "金额"),
    ],
)
def test_what_a_payment_notice_cannot_say(sqlite_home, changes, column):
    result = came_in(sqlite_home, PAYMENT, changes)

    assert (result.status, result.errors[0].column) == ("rejected", column)


def test_a_correction_may_stand_in_a_payment_notice(sqlite_home):
    result = came_in(sqlite_home, PAYMENT, {}, {"险种": "390", "金额": "-1.00"})

    assert result.status == "posted"


def test_an_advance_is_of_a_quarter(sqlite_home):
    changes = {"单位代码": "520100", "期间": "2018-01"}
    result = came_in(sqlite_home, "预付金收款通知书", changes)

    assert result.errors[0].column == "期间"


@pytest.mark.parametrize(
    ("title", "row", "how", "on"),
    [
        (PAYMENT, {"期间": "2017-05"}, {}, "2017-05-31"),
        (PAYMENT, {"期间": "2017-05", "期限": "2017-05-29"}, {}, "2017-05-29"),
        (PAYMENT, {"期间": "2018-01"}, {}, LI.at[:10]),
        (PAYMENT, {"期间": "2017-05"}, {"post_on": date(2017, 6, 20)}, "2017-06-20"),
        (ADVANCE, {"期间": "2017Q2", "单位代码": "520100"}, {}, "2017-04-01"),
    ],
)
def test_a_notice_that_came_in_counts_from_its_earliest_day(
    sqlite_home, title, row, how, on
):
    came_in(sqlite_home, title, row, **how)

    assert steps_told(sqlite_home, NUMBER) == [f"{on} issued"]


def test_a_notice_does_not_come_in_tomorrow(sqlite_home):
    result = came_in(sqlite_home, PAYMENT, post_on=date(2099, 1, 1))

    assert "--post-on 2099-01-01还没有到" in result.message


def test_what_came_in_has_its_steps_here(sqlite_home):
    came_in(sqlite_home, PAYMENT)
    step(sqlite_home, "dispute", NUMBER, on=date(2018, 1, 30), reason="数目不对")
    with pytest.raises(BookError, match="可以进行的下一步：确认、撤回"):
        step(sqlite_home, "submit", NUMBER, on=date(2018, 1, 31))

    assert steps_told(sqlite_home, NUMBER)[1:] == ["2018-01-30 disputed"]


FIXED = {"金额": "90.00", "备注": "更正（第1次）"}


def test_a_correction_takes_the_place_of_what_came_in(home):
    came_in(home, PAYMENT, {})
    step(home, "confirm", NUMBER, on=date(2018, 1, 30))
    fixed = came_in(home, PAYMENT, FIXED, name="更正.xlsx")
    again = came_in(home, PAYMENT, FIXED, name="更正.xlsx")
    old = came_in(home, PAYMENT, {}, name="旧.xlsx")

    assert told(home) == [f"{NUMBER} 440000 90.00 issued"]
    assert (
        fixed.warnings[0] == f"{PAYMENT}“{NUMBER}”（广东省）已更正，"
        "由100.00元改为90.00元；原为“已确认”，须重新确认"
    )
    assert (fixed.new, again.status, old.status) == (1, "already-posted", "rejected")


def test_a_correction_without_a_count_is_one_too(sqlite_home):
    came_in(sqlite_home, PAYMENT, {})
    for name, amount in (("一.xlsx", "90.00"), ("二.xlsx", "80.00")):
        came_in(sqlite_home, PAYMENT, {"金额": amount, "备注": "更正件"}, name=name)

    assert told(sqlite_home) == [f"{NUMBER} 440000 80.00 issued"]


def test_what_is_paid_is_not_corrected(sqlite_home):
    came_in(sqlite_home, PAYMENT, {})
    for act in ("confirm", "submit", "approve", "pay"):
        step(sqlite_home, act, NUMBER, on=date(2018, 1, 30), evidence="N1")
    result = came_in(sqlite_home, PAYMENT, FIXED, name="更正.xlsx")

    assert "已经付款，不能更正" in result.message
    assert told(sqlite_home) == [f"{NUMBER} 440000 100.00 paid"]


def test_a_city_takes_the_provinces_correction_after_its_first_notice(sqlite_home):
    issued(sqlite_home)
    how = {"kind": "advance-notice", "period": "2018Q1", "region": "520100"}
    step(sqlite_home, "dispute", reason="人数有误", **how)
    cells = {("520100", "跨省", "310"): Decimal("55.00")}
    plan_edits.edit(sqlite_home, LI, Quarter(2018, 1), "520000", cells, "更正人数")
    step(sqlite_home, "issue", on=date(2018, 1, 17), **how)
    folder = sqlite_home.path / "out" / "notices"
    paths = sorted(folder.rglob("*1号_520100*.xlsx"))
    with sqlite_home.writing() as connection:  # as if nothing were known here
        for table in ("notice_line", "notice_step", "notice"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    results = import_files(sqlite_home, paths, LI)

    assert [path.stem[-4:] for path in paths] == ["0100", "_更正1"]
    assert [result.status for result in results] == ["posted", "posted"]
    assert told(sqlite_home) == ["黔异预〔2018〕1号 520100 95.00 issued"]


def test_a_withdrawn_notices_file_says_so_and_is_refused_elsewhere(sqlite_home):
    issued(sqlite_home)
    step(sqlite_home, "withdraw", "黔异预〔2018〕1号", reason="印错")
    folder = sqlite_home.path / "out" / "notices"
    paths = sorted(folder.rglob("*1号_520100*.xlsx"))
    with sqlite_home.writing() as connection:  # as if nothing were known here
        for table in ("notice_line", "notice_step", "notice"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    result = import_files(sqlite_home, paths, LI)[0]

    assert [path.name[:3] for path in paths] == ["作废_"]
    assert "通知书已经撤回" in result.message


def test_a_number_that_was_withdrawn_here_does_not_come_again(sqlite_home):
    came_in(sqlite_home, PAYMENT, {})
    step(sqlite_home, "withdraw", NUMBER, on=date(2018, 1, 30), reason="对方撤回")
    again = came_in(sqlite_home, PAYMENT, {"金额": "99.00"}, name="再.xlsx")

    assert "已经撤回" in again.message
