"""`yibao report institutions`: due, deducted, paid, open and its age."""

import json
from datetime import date
from decimal import Decimal

import pytest
from institutions_by_hand import clear_july, owed, pay, roster
from openpyxl import load_workbook
from settlements_by_hand import HEFEI, WUHU

from ledger.periods import Month
from reports.settlements.institutions import institution_rows

ON = date(2024, 9, 20)


@pytest.fixture
def run(anhui_home):
    """June and July of R1 and R2 are cleared, some is paid; August waits."""
    roster(anhui_home)
    owed(
        anhui_home,
        """月 | 机构 | 险种 | 统筹 | 个账
           2024-06 | R1 | 310 | 80.00 | 20.00
           2024-06 | R2 | 310 | | 12.00""",
    )
    clear_july(anhui_home, "2024-06")
    owed(
        anhui_home,
        """月 | 机构 | 险种 | 统筹 | 个账
           2024-07 | R1 | 310 | 50.00 |
           2024-07 | R1 | 390 | 30.00 | 6.00
           2024-07 | R2 | 310 | -20.00 |
           2024-07 | W1 | 310 | 7.00 |""",
    )
    clear_july(anhui_home)
    pay(
        anhui_home,
        """机构代码 | 结算期 | 险种 | 金额 | 扣款 | 交易流水号
           R1 | 2024-06 | 310 | 95.00 | 5.00 | LS1
           R2 | 2024-06 | 310 | 12.00 | | LS2""",
    )
    pay(anhui_home, "金额 | 交易流水号\n16.00 | LS3", draft=True)
    owed(anhui_home, "月 | 统筹 | 个账 | 险种\n2024-08 | 3.00 | 1.00 | 390")
    return anhui_home


def rows(home, region=HEFEI, **how) -> list[str]:
    with home.reading() as connection:
        made = institution_rows(connection, region, ON, **how)
    return [
        " ".join(
            str(cell)
            for name, cell in row._asdict().items()
            if name not in ("name", "level")
        )
        for row in made
    ]


def test_what_is_due_paid_and_open_by_institution_and_fund(run):
    # R1 of 310: June 100 all settled; July 50 + 6 of 390's bills, 16 in a draft, 40
    # open for 51 days since 2024-07-31; 1.00 of August waits for its clearing.
    # R2: July's -20 are carried.
    assert rows(run) == [
        "R1 310 1.00 156.00 5.00 111.00 16.00 40.00 2024-07 51",
        "R1 390 3.00 30.00 0.00 0.00 0.00 30.00 2024-07 51",
        "R2 310 0.00 -8.00 0.00 12.00 0.00 -20.00  None",
    ]
    assert rows(run, WUHU) == ["W1 310 0.00 7.00 0.00 0.00 0.00 7.00 2024-07 51"]


def test_one_period_by_itself(run):
    assert rows(run, of_period=Month(2024, 6)) == [
        "R1 310 0.00 100.00 5.00 95.00 0.00 0.00  None",
        "R2 310 0.00 12.00 0.00 12.00 0.00 0.00  None",
    ]


def test_the_oldest_period_that_is_not_paid_gives_the_age(run):
    owed(run, "月 | 机构 | 统筹\n2024-05 | W1 | 1.00")
    clear_july(run, "2024-05")

    # 2024-05-31 is 112 days before 2024-09-20.
    assert rows(run, WUHU)[0].endswith("8.00 2024-05 112")


def test_names_and_levels_come_from_the_roster(run):
    with run.reading() as connection:
        first = institution_rows(connection, HEFEI, ON)[0]

    assert (first.name, first.level, first.fund_name) == (
        "第一人民医院",
        "三级",
        "职工医保",
    )
    assert first.open == Decimal("40.00")


def test_the_command_tells_rows_and_a_total(anhui, sqlite_anhui_home, tmp_path):
    roster(sqlite_anhui_home)
    owed(sqlite_anhui_home, "机构 | 统筹\nR1 | 1000.00\nR2 | 5.00")
    clear_july(sqlite_anhui_home)
    pay(sqlite_anhui_home, "金额 | 扣款\n900.00 | 60.00")
    command = ("report", "institutions", "--region", HEFEI, "--on", ON)
    path = tmp_path / "机构.xlsx"

    code, out, _ = anhui(*command, "--xlsx", path)

    assert code == 0
    assert "1,005.00" in out and "合计" in out
    told = json.loads(anhui(*command, "--period", "2024-07", "--json")[1])
    assert (told["region"], told["period"], told["on"]) == (
        HEFEI,
        "2024-07",
        "2024-09-20",
    )
    assert told["rows"][0] == {
        "institution": "R1",
        "name": "第一人民医院",
        "level": "三级",
        "fund": "310",
        "uncleared": "0.00",
        "due": "1000.00",
        "deducted": "60.00",
        "paid": "900.00",
        "waiting": "0.00",
        "open": "40.00",
        "since": "2024-07",
        "age": 51,
    }
    sheet = load_workbook(path).active
    printed = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert printed[0][0] == "合肥市定点医药机构结算情况（各期）"
    assert printed[3] == (
        ["R1", "第一人民医院", "三级", "职工医保", 0, 1000, 60, 900, 0, 40]
        + ["2024-07", 51]
    )
    assert printed[5][:6] == ["合计", None, None, None, 0, 1005]


def test_a_region_without_institutions_says_so(anhui):
    assert "（没有）" in anhui("report", "institutions", "--region", WUHU)[1]


def test_another_provinces_region_is_refused(anhui):
    code, _, err = anhui("report", "institutions", "--region", "511300")

    assert code == 2
    assert "统筹区" in err
