"""F4: quotas between provinces are kept; nothing is posted."""

from desk_by_hand import LI, count, take
from forms_by_hand import line, write_form

from desk.importing import import_files
from ledger.advances import province_quotas
from ledger.schema import Voucher

FIRST = "跨省预付金收款通知书"


def take_titled(home, title, *rows):
    path = write_form(home.path.parent / f"{title}.csv", "F4", list(rows), title=title)
    return import_files(home, [path], LI)[0]


def kept(home, year=None):
    with home.reading() as connection:
        return [
            (row.year, row.direction, row.province, str(row.change), row.first)
            for row in province_quotas.lines(connection, year)
        ]


def test_quotas_are_kept_once_and_make_no_voucher(home):
    first = take(home, "F4", [line("F4"), line("F4", 方向="收款")])
    again = take(home, "F4", [line("F4", 省份="广东省")], "又.csv")
    other = take(home, "F4", [line("F4", 年度="2019")], "明年.csv")

    assert [r.status for r in (first, again, other)] == [
        "posted",
        "already-posted",
        "posted",
    ]
    assert count(home, Voucher) == 0
    assert kept(home, 2018) == [
        (2018, "付款", "440000", "100.00", False),
        (2018, "收款", "440000", "100.00", False),
    ]


def test_the_notice_of_the_first_time_completes_the_years_table(home):
    table = take(home, "F4", [line("F4"), line("F4", 省份代码="500000")])
    notice = take_titled(home, FIRST, line("F4"))
    again = take_titled(home, f"又一份{FIRST}", line("F4"))

    assert (table.new, notice.completed, notice.status) == (2, 1, "posted")
    assert again.status == "already-posted"
    assert [row[2:] for row in kept(home)] == [
        ("440000", "100.00", True),
        ("500000", "100.00", False),
    ]


def test_another_amount_is_refused(sqlite_home):
    take(sqlite_home, "F4", [line("F4")])
    row = line("F4", 调整后额度="90.00", 调整额="90.00")
    result = take(sqlite_home, "F4", [row], "改.csv")

    assert "调整后额度现为“90.00”，原为“100.00”" in result.message


def test_the_other_side_is_another_province(sqlite_home):
    rows = [line("F4", 省份代码=code) for code in ("520000", "440100")]
    result = take(sqlite_home, "F4", rows)

    assert [(error.row, error.found) for error in result.errors] == [
        (3, "520000（贵州省）"),
        (4, "440100（广州市）"),
    ]
