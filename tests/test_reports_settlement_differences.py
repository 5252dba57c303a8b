"""report settlement-differences: the list's split beside ours, line by line."""

import json
from decimal import Decimal

import openpyxl
import pytest
from sharing_by_hand import HEFEI, WUHU, split

from ledger.errors import UsageError
from ledger.periods import Month
from reports.settlements.differences import differences

JULY, AUGUST = Month(2024, 7), Month(2024, 8)
ONE = '{"own": ["100.00", "80.00"], "cash": ["0.00", "20.00"]}'
OTHER = '{"own": ["50.00", "60.00"]}'
# S0001 of July and S0003 of August differ; S0002 agrees, S0004 was split by us.
FOUR = f"""
serial | month   | region | row | taken | differences
S0001  | 2024-07 | 340100 | 2   | 1     | {ONE}
S0002  | 2024-07 | 340100 | 3   | 1     |
S0003  | 2024-08 | 340200 | 4   | 1     | {OTHER}
S0004  | 2024-08 | 340200 | 5   |       |
"""


def asked(home, first=None, last=None, region=""):
    with home.reading() as connection:
        return differences(connection, first, last, region)


def test_every_part_that_differs_is_a_row_with_both_figures(anhui_home):
    split(anhui_home, FOUR)

    made = asked(anhui_home)

    assert [
        (row.serial, row.document, row.row, row.part, row.theirs, row.ours)
        for row in made.rows
    ] == [
        ("S0001", "结算清单.csv", 2, "个账支付", Decimal("100"), Decimal("80")),
        ("S0001", "结算清单.csv", 2, "现金支付", Decimal("0"), Decimal("20")),
        ("S0003", "结算清单.csv", 4, "个账支付", Decimal("50"), Decimal("60")),
    ]
    assert [row.difference for row in made.rows] == [20, -20, -10]


def test_counts_stand_in_front(anhui_home):
    """Three lists carried the split, two of them differ; 150 against 140 of own."""
    split(anhui_home, FOUR)

    made = asked(anhui_home)

    assert (made.taken, made.lines) == (3, 2)
    assert made.parts == [
        ("个账支付", 2, Decimal("150.00"), Decimal("140.00")),
        ("现金支付", 1, Decimal("0.00"), Decimal("20.00")),
    ]


def test_months_and_regions_narrow_the_rows_and_the_counts(anhui_home):
    split(anhui_home, FOUR)

    july, wuhu = asked(anhui_home, last=JULY), asked(anhui_home, region=WUHU)

    assert (july.taken, july.lines, len(july.rows)) == (2, 1, 2)
    assert (wuhu.taken, wuhu.lines, len(wuhu.rows)) == (1, 1, 1)
    assert asked(anhui_home, AUGUST, AUGUST, HEFEI).rows == []


def test_of_a_part_of_a_split_only_the_pooled_fund_is_the_lists(anhui_home):
    """A list without 共济支付 and 现金支付: its 统筹支付 counts, its 个账支付 does not."""
    part = '{"pooled": ["9.00", "8.00"], "own": ["1.00", "2.00"]}'
    split(anhui_home, f"serial | taken | differences\nS0005 | | {part}")

    made = asked(anhui_home)

    assert (made.taken, made.lines) == (0, 1)
    assert [(row.part, row.counts) for row in made.rows] == [
        ("统筹支付", "theirs"),
        ("个账支付", "ours"),
    ]


def test_lines_that_were_freed_are_gone(anhui_home):
    split(anhui_home, f"serial | freed | differences\nS0009 | 1 | {ONE}")

    made = asked(anhui_home)

    assert (made.taken, made.lines, made.rows) == (0, 0, [])


def test_a_span_that_ends_before_it_begins_is_refused(sqlite_anhui_home):
    with pytest.raises(UsageError, match="请对调"):
        asked(sqlite_anhui_home, AUGUST, JULY)


def test_the_command_counts_and_lists_and_names_nobody(anhui, sqlite_anhui_home):
    split(sqlite_anhui_home, FOUR)

    code, out, _ = anhui("report", "settlement-differences")
    line = next(line for line in out.splitlines() if line.startswith("S0003"))

    assert code == 0
    assert "带全部分解的清单行3行；与本系统重算不同的2行" in out
    assert line.split() == [
        "S0003",
        "结算清单.csv#明细",
        "4",
        "芜湖市",
        "个账支付",
        "50.00",
        "60.00",
        "-10.00",
        "清单",
    ]
    assert "P000000" not in out


def test_what_does_not_fit_the_screen_is_counted(anhui, sqlite_anhui_home):
    lines = "\n".join(f"S{number:04} | {OTHER}" for number in range(53))
    split(sqlite_anhui_home, f"serial | differences\n{lines}")

    _, out, _ = anhui("report", "settlement-differences")

    assert "……另3处，见 --json 或 --xlsx" in out


def test_json_holds_the_counts_and_every_row(anhui, sqlite_anhui_home):
    split(sqlite_anhui_home, FOUR)

    _, out, _ = anhui("report", "settlement-differences", "--to", "2024-07", "--json")
    made = json.loads(out)

    assert (made["taken"], made["lines"]) == (2, 1)
    assert made["parts"]["个账支付"] == {
        "lines": 1,
        "theirs": "100.00",
        "ours": "80.00",
    }
    assert made["rows"][1]["serial"] == "S0001"
    assert made["rows"][1]["difference"] == "-20.00"
    assert "person_id" not in made["rows"][0]


def test_the_workbook_has_the_counts_above_the_rows(anhui, sqlite_anhui_home, tmp_path):
    split(sqlite_anhui_home, FOUR)
    path = tmp_path / "差异.xlsx"

    code, _, _ = anhui("report", "settlement-differences", "--xlsx", path)
    sheet = openpyxl.load_workbook(path)["分解核对"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert code == 0
    assert "带全部分解的3行，与重算不同的2行" in cells[1][0]
    assert ["个账支付", 50, 60, -10, "清单", "结算清单.csv#明细", 4] in [
        r[8:] for r in cells
    ]
