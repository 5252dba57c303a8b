"""Forms built by hand for tests: rows of dicts go in, an xlsx, xls or csv comes out.

`write_form(path, form="F1", rows=[{column: value}])` writes what an office would: a
title row, perhaps 单位, the header of FORMS.md, the rows, and 合计 with the sums.
Columns that no row names are left out unless they are required.
"""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import xlsxwriter
import xlwt

from importers.cells import yuan
from importers.forms import FORMS

F0 = {"账簿": "520102-county-agency", "截止日期": "2016-12-31", "科目": "财政专户存款"}
F1 = {
    "付款日期": "2017-04-28",
    "付款方代码": "520102",
    "收款方代码": "520100",
    "资金性质": "预付金",
    "用途": "跨省",
    "险种": "310",
    "本级金额": "100.00",
    "下级金额": "0.00",
    "合计": "100.00",
    "付款账号": "52001001",
    "交易流水号": "LS001",
}
F2 = {
    "清算单号": "QS201706",
    "清算性质": "正常",
    "清算期": "2017-06",
    "范围": "跨省",
    "参保地代码": "520102",
    "就医地代码": "440000",
    "险种": "310",
    "基金支付": "100.00",
}
F3 = {
    "季度": "2017Q2",
    "统筹区代码": "520102",
    "险种": "310",
    "跨省核定额": "60.00",
    "省内核定额": "40.00",
    "合计": "100.00",
}
F4 = {
    "年度": "2018",
    "省份代码": "440000",
    "方向": "付款",
    "调整后额度": "100.00",
    "调整额": "100.00",
}
F5 = {
    "季度": "2017Q2",
    "就医地代码": "520102",
    "险种": "310",
    "省内参保": "60.00",
    "外省参保": "40.00",
    "合计": "100.00",
}
F8 = {
    "通知书编号": "粤付〔2018〕1号",
    "期间": "2018-01",
    "单位代码": "440000",
    "用途": "跨省",
    "险种": "310",
    "金额": "100.00",
}
F6 = {"账号": "52010001", "日期": "2017-04-28", "交易流水号": "LS001", "余额": "100.00"}
LINES = {
    "F0": F0,
    "F1": F1,
    "F2": F2,
    "F3": F3,
    "F4": F4,
    "F5": F5,
    "F8": F8,
    "F6": F6,
}  # smallest lines


def line(form: str, **changes) -> dict:
    """A smallest line of a form with some cells changed."""
    return {**LINES[form], **changes}


def form_rows(form, rows, title=None, unit=None, total=True) -> list[list]:
    """The form as rows of cells, from its title to 合计."""
    known = FORMS[form]
    columns = [
        c.title for c in known.columns if c.required or any(c.title in r for r in rows)
    ]
    columns += [t for r in rows for t in r if t not in columns]
    columns = list(dict.fromkeys(columns))
    printed = [[title or known.titles[0]]] if title != "" else []
    printed += [[f"单位：{unit}"]] if unit else []
    printed.append(columns)
    printed += [[row.get(c, "") for c in columns] for row in rows]
    if total:
        figures = [c for c in columns if c in known.sums]
        label = next(c for c in columns if c not in figures)
        sums = {c: str(sum(yuan(r.get(c) or "0") for r in rows)) for c in figures}
        printed.append([sums.get(c, "合计" if c == label else "") for c in columns])
    width = len(columns)
    return [row + [""] * (width - len(row)) for row in printed]


def write_form(path, form, rows, title=None, unit=None, total=True) -> Path:
    """Write a form as its suffix says: .xlsx, .xls or .csv (UTF-8 with BOM)."""
    path = Path(path)
    printed = form_rows(form, rows, title, unit, total)
    make = {".xlsx": as_xlsx, ".xls": as_xls, ".csv": as_csv}[path.suffix]
    path.write_bytes(make(printed))
    return path


def as_csv(rows: list[list], encoding: str = "utf-8-sig") -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: list[list], sheet: str = "明细", touch=None) -> bytes:
    """Rows as one sheet; `touch(worksheet, workbook)` may add to it."""
    return as_workbook({sheet: rows}, touch)


def as_workbook(sheets: dict[str, list[list]], touch=None) -> bytes:
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif cell != "":
                    sheet.write(at, column, cell)
        if touch:
            touch(sheet, workbook)
    workbook.close()
    return file.getvalue()


def as_xls(rows: list[list], sheet: str = "明细", touch=None) -> bytes:
    file = BytesIO()
    workbook = xlwt.Workbook()
    page = workbook.add_sheet(sheet)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            cell = float(cell) if isinstance(cell, Decimal) else cell
            if isinstance(cell, date):
                page.write(at, column, cell, day)
            elif cell != "":
                page.write(at, column, cell)
    if touch:
        touch(page, workbook)
    workbook.save(file)
    return file.getvalue()
