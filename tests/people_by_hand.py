"""What tests of people share: lists from small tables, and what came of them.

A case's rows are a table that an accountant can read, its first line names columns;
what it does not name is as in the smallest line of its form here. Everyone is of
南充市 (511300), where 2 % of the base is credited: 5000.00 gives 100.00.
"""

from datetime import date
from pathlib import Path

from desk_by_hand import rows
from forms_by_hand import as_csv, as_xls, as_xlsx, form_rows
from sqlalchemy import text

from desk.importing import FileResult, Options, import_files
from importers.forms import FORMS
from ledger.database import Home
from ledger.postings import Actor

LI = Actor("li", "2023-02-01T09:00:00+08:00")
WANG = Actor("wang", "2023-02-02T09:00:00+08:00")
NANCHONG, PANZHIHUA = "511300", "510400"

G1 = {
    "所属期": "2023-01",
    "统筹区代码": NANCHONG,
    "个人编号": "P0000000001",
    "姓名": "张三",
    "人员类别": "在职",
    "参保身份": "单位职工",
    "缴费类型": "正常",
    "出生年月": "1980-05",
    "缴费基数": "5000.00",
    "单位缴费": "300.00",
    "个人缴费": "100.00",
    "到账日期": "2023-01-15",
}
RETIRED = {
    "人员类别": "退休",
    "缴费基数": "",
    "单位缴费": "",
    "个人缴费": "",
    "到账日期": "",
}
G2 = {
    "统筹区代码": NANCHONG,
    "个人编号": "P0000000001",
    "姓名": "张三",
    "人员类别": "在职",
    "期初余额": "1000.00",
    "截止日期": "2022-12-31",
}
G6 = {
    "流水号": "BD001",
    "日期": "2023-01-20",
    "个人编号": "P0000000001",
    "变动类型": "转入",
    "金额": "200.00",
    "依据": "转移接续函1号",
}
G7 = {
    "个人编号": "P0000000001",
    "备案类型": "异地安置",
    "范围": "跨省",
    "起始日期": "2021-01-01",
    "收款户名": "张三",
    "收款账号": "6222000000000000001",
    "开户行": "工商银行",
}
G8 = {
    "划转流水号": "HZ001",
    "退回日期": "2022-03-05",
    "退回金额": "100.00",
    "退回原因": "账号有误",
}
PEOPLE_LINES = {"G1": G1, "G2": G2, "G6": G6, "G7": G7, "G8": G8}
MAKERS = {".csv": as_csv, ".xlsx": as_xlsx, ".xls": as_xls}


def people(form: str, table: str) -> list[dict]:
    """The rows of a list of people; 退休 of G1 stands for a row without money."""
    made = []
    for row in rows(table):
        smallest = PEOPLE_LINES[form]
        if form == "G1" and row.get("人员类别") == "退休":
            smallest = {**smallest, **RETIRED}
        made.append({**smallest, **row})
    return made


def write_people(path, form: str, lines: list[dict], total: bool = False) -> Path:
    """Write a list as an office would; its columns are those that a row names."""
    path = Path(path)
    if any(name not in {c.title for c in FORMS[form].columns} for name in lines[0]):
        raise ValueError("a column that the form does not have")
    printed = form_rows(form, lines, total=total)
    path.write_bytes(MAKERS[path.suffix](printed))
    return path


def take_people(
    home: Home, form: str, table: str | list[dict], name: str = "名单.csv", **how
) -> FileResult:
    """Write a list beside the home and import it; `how` is by, total, and Options."""
    by, total = how.pop("by", LI), how.pop("total", form == "G2")
    lines = people(form, table) if isinstance(table, str) else table
    path = write_people(home.path.parent / name, form, lines, total=total)
    return import_files(home, [path], by, Options(**how))[0]


def contributions(home: Home, table: str | list[dict], **how) -> FileResult:
    """Import form G1 of a small table."""
    return take_people(home, "G1", table, **how)


def stored(home: Home, query: str, **values) -> list[tuple]:
    """What a query of the database gives; money in whole fen, days as texts."""
    with home.reading() as connection:
        rows = connection.execute(text(query), values)
        return [tuple(map(_plain, row)) for row in rows]


def _plain(cell):
    return str(cell) if isinstance(cell, date) else cell
