"""Workbooks: amounts are numbers, texts stay texts."""

import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import openpyxl

from reports.xlsx import Column, Sheet, workbook

ON = date(2017, 7, 20)
COLUMNS = (
    Column("付款方", "text"),
    Column("借方", "money", 17, "期末余额"),
    Column("贷方", "money", 17, "期末余额"),
    Column("使用率", "rate"),
    Column("日期", "day"),
)
FORMULA, ADDRESS = '=HYPERLINK("http://x","y")', "http://example.org/"


def made(rows, total=None, name="看板"):
    return workbook([Sheet(name, "贵阳市看板", "单位：元", COLUMNS, rows, total)], ON)


def read(data):
    return openpyxl.load_workbook(BytesIO(data)).active


def test_a_sheet_has_title_unit_header_rows_and_total():
    row = ["南明区", Decimal("100.10"), None, Fraction(9, 10), ON]
    sheet = read(made([row], ["合计", Decimal("100.10"), None, None, None]))
    values = [[cell.value for cell in line] for line in sheet.iter_rows()]

    assert values[0][0] == "贵阳市看板"
    assert values[1][0] == "单位：元"
    assert values[2] == ["付款方", "期末余额", None, "使用率", "日期"]
    assert values[3][1:3] == ["借方", "贷方"]
    assert values[4][:4] == ["南明区", 100.1, None, 0.9]
    assert values[5][:2] == ["合计", 100.1]


def test_amounts_are_numbers_with_a_format():
    sheet = read(made([["甲", Decimal("-99999999999.99"), None, None, None]]))

    assert sheet["B5"].value == -99999999999.99
    assert sheet["B5"].number_format == "#,##0.00;[Red]-#,##0.00;"


def test_cells_never_become_formulas_or_links():
    hostile = [FORMULA, ADDRESS, "+1", "@x", "-2+3"]
    data = made([[text, None, None, None, None] for text in hostile])
    parts = zipfile.ZipFile(BytesIO(data))
    sheet = read(data)

    assert [sheet.cell(row, 1).value for row in range(5, 10)] == hostile
    assert {sheet.cell(row, 1).data_type for row in range(5, 10)} == {"s"}
    text = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text and "hyperlink" not in text


def test_a_text_among_rates_stays_a_text():
    sheet = read(made([["甲", None, None, "无预付金", None]]))

    assert sheet["D5"].value == "无预付金"


def test_the_same_rows_are_the_same_bytes():
    row = ["甲", Decimal("1.00"), None, None, ON]

    assert made([row]) == made([row])


def test_sheet_names_lose_what_excel_forbids():
    assert read(made([], name="a/b[c]:*?" + "长" * 40)).title.startswith("a b c")
