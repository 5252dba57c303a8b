"""Rows set aside: a file that says why, and that comes in again once corrected."""

import json
import stat
from pathlib import Path

import openpyxl
import python_calamine as calamine
from forms_by_hand import as_xlsx, form_rows
from people_by_hand import LI, contributions, people, stored, take_people, write_people

from desk.importing import import_files

THREE = """
    个人编号 | 姓名 | 缴费基数 | 个人缴费
    P1 | 张三 | 5000.00 | 100.00
    P2 | =1+1 | 7000.00 | 100.00
    P3 | <b>李四</b> | 8000.00 | 1.00
"""


def sheet(path) -> list[list]:
    workbook = calamine.CalamineWorkbook.from_path(str(path))
    return workbook.get_sheet_by_index(0).to_python()


def test_the_file_has_the_rows_as_printed_with_reason_and_expected(sichuan_home):
    result = contributions(sichuan_home, THREE, name="一月.csv")

    folder = sichuan_home.path / "out" / "set-aside"
    path = Path(result.set_aside_file)
    assert path == folder / f"一月-{result.sha256[:8]}.xlsx"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    head, *rows = sheet(path)
    assert head[-2:] == ["原因", "应为"]
    at = [
        head.index(title) for title in ("个人编号", "姓名", "缴费基数", "原因", "应为")
    ]
    assert [[row[i] for i in at] for row in rows] == [
        [
            "P2",
            "=1+1",
            "7000.00",
            "个人缴费“100.00”与按缴费基数7,000.00计算的140.00不符。",
            "140.00（按缴费基数7,000.00计算，四舍五入到分）",
        ],
        [
            "P3",
            "<b>李四</b>",
            "8000.00",
            "个人缴费“1.00”与按缴费基数8,000.00计算的160.00不符。",
            "160.00（按缴费基数8,000.00计算，四舍五入到分）",
        ],
    ]


def test_hostile_cells_are_texts(sichuan_home):
    result = contributions(sichuan_home, THREE)

    page = openpyxl.load_workbook(result.set_aside_file).active
    kinds = {cell.data_type for row in page.iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}


def test_the_corrected_file_comes_in_cleanly(sichuan_home):
    result = contributions(sichuan_home, THREE)

    book = openpyxl.load_workbook(result.set_aside_file)
    page = book.active
    titles = [cell.value for cell in page[1]]
    for row, amount in ((2, "140.00"), (3, "160.00")):
        page.cell(row, titles.index("个人缴费") + 1).value = amount
    book.save(sichuan_home.path / "改正.xlsx")
    again = import_files(sichuan_home, [sichuan_home.path / "改正.xlsx"], LI)[0]

    assert (again.status, again.new, again.message) == ("posted", 2, "")
    names = stored(sichuan_home, "SELECT name FROM person ORDER BY person_id")
    assert names == [("张三",), ("=1+1",), ("<b>李四</b>",)]


def test_sheets_and_units_stay_as_they_were(sichuan_home):
    lines = people("G1", "个人编号 | 个人缴费\nP1 | 0.01\nP2 | 0.02")
    for line in lines:
        line |= {"缴费基数": "0.50", "单位缴费": "0.03"}
    path = sichuan_home.path / "万元.xlsx"
    path.write_bytes(as_xlsx(form_rows("G1", lines, unit="万元", total=False)))
    result = import_files(sichuan_home, [path], LI)[0]

    assert (result.new, result.set_aside) == (1, 1)
    head, row = sheet(result.set_aside_file)
    assert head[head.index("缴费基数（万元）")] and row[head.index("个人编号")] == "P2"

    book = openpyxl.load_workbook(result.set_aside_file)
    book.active.cell(2, head.index("个人缴费（万元）") + 1).value = "0.01"
    book.save(path)
    again = import_files(sichuan_home, [path], LI)[0]
    assert (again.status, again.message) == ("posted", "")
    bases = stored(sichuan_home, "SELECT base FROM person ORDER BY 1")
    assert bases == [(500000,), (500000,)]


def test_what_the_reader_sets_aside_is_in_the_file_too(sichuan_home):
    result = contributions(
        sichuan_home,
        "个人编号 | 缴费基数 | 所属期\nP1 | 5000.00 | 2023-13\nP2 | x | 2023-01",
    )

    head, *rows = sheet(result.set_aside_file)
    assert (result.status, result.set_aside) == ("rejected", 2)
    assert [row[head.index("个人编号")] for row in rows] == ["P1", "P2"]
    assert all(row[-2] for row in rows)


def test_the_command_tells_what_was_set_aside(sichuan, sqlite_sichuan_home, tmp_path):
    path = write_people(tmp_path / "一月.csv", "G1", people("G1", THREE))
    code, out, err = sichuan("import", path)

    assert code == 1
    assert out == "一月.csv：G1 已部分入账，新1行，搁置2行，凭证2张\n"
    assert err.splitlines()[:2] == [
        "  一月.csv第4行：个人缴费“100.00”与按缴费基数7,000.00计算的140.00不符。",
        "  一月.csv第5行：个人缴费“1.00”与按缴费基数8,000.00计算的160.00不符。",
    ]
    assert "搁置的行在" in err and "改正后再导入" in err


def test_the_json_of_rows_set_aside(sichuan, tmp_path):
    path = write_people(tmp_path / "一月.csv", "G1", people("G1", THREE))
    code, out, _ = sichuan("import", path, "--json")

    (told,) = json.loads(out)["files"]
    assert code == 1
    assert (told["form"], told["status"]) == ("G1", "posted-in-part")
    assert told["lines"] == {"new": 1, "known": 0, "completed": 0, "set_aside": 2}
    assert told["errors"][0] == {
        "sheet": None,
        "row": 4,
        "column": "个人缴费",
        "found": "100.00",
        "expected": "140.00（按缴费基数7,000.00计算，四舍五入到分）",
        "message": "一月.csv第4行：个人缴费“100.00”与按缴费基数7,000.00计算的140.00不符。",
    }
    assert told["set_aside_file"].endswith(".xlsx")


def test_strict_and_the_same_file_twice_from_the_command(sichuan, tmp_path):
    path = write_people(tmp_path / "一月.csv", "G1", people("G1", THREE))

    assert sichuan("import", "--strict", path)[0] == 1
    assert sichuan("import", path)[0] == 1
    code, out, _ = sichuan("import", path)
    assert (code, out) == (
        1,
        "一月.csv：G1 原已入账，新0行，搁置2行，原有1行，凭证0张\n",
    )

    good = write_people(tmp_path / "好.csv", "G1", people("G1", "个人编号\nP9"))
    assert sichuan("import", good)[0] == 0
    assert sichuan("import", good)[0] == 0


def test_at_most_a_hundred_errors_are_listed(sichuan_home):
    rows = "\n".join(f"P{at} | 1.00" for at in range(130))
    result = take_people(sichuan_home, "G1", f"个人编号 | 个人缴费\n{rows}")

    assert (result.set_aside, len(result.errors)) == (130, 100)
    assert "共130行不能收录。" in result.message


def test_too_many_rows_refuse_the_file(sichuan_home, monkeypatch):
    monkeypatch.setattr("desk.set_aside.MOST_ROWS", 3)
    rows = "\n".join(f"P{at} | 1.00" for at in range(5))
    result = take_people(sichuan_home, "G1", f"个人编号 | 个人缴费\n{rows}")

    assert (result.status, result.set_aside_file) == ("rejected", None)
    assert "超过3行" in result.message
