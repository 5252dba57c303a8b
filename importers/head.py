"""Heads: which form a sheet is, where its columns stand, and in what unit.

A form is recognised by its title row and its header, never by a file's name.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from importers.cells import Kind, plain
from importers.faults import Faults, Wrong, shown
from importers.sheet import Sheet, sheets

HEAD = 40  # rows in which the header is looked for
WIDEST = 1_000  # columns; each row of a csv is given as many cells


class Column(NamedTuple):
    title: str
    kind: Callable[..., Kind]  # of (required, scale)
    required: bool = False
    field: str = ""  # of a form of people: the column's name in the database


class Form(NamedTuple):
    """What a form looks like; `sums` names its columns of figures.

    A fund form's `lines` reads a Table, and its sums name the lines' attributes. A
    form of people has a `key`, the column that names its line, and may need a total
    that agrees; its `lines` checks a block of them.
    """

    code: str
    titles: tuple[str, ...]  # as the title row may have it
    columns: tuple[Column, ...]
    lines: Callable  # of a Table; fills its lines
    sums: dict[str, str]
    key: str = ""
    needs_total: bool = False

    @property
    def required(self) -> set[str]:
        return {column.title for column in self.columns if column.required}


class Head(NamedTuple):
    form: Form
    row: int
    place: dict[str, int]  # title: position in a row
    width: int
    scale: dict[str, int]  # 10000 where a column is in 万元
    rows: list[list]  # read already, the header's row and those above it left out
    printed: list  # the header's cells
    title: str = ""  # of the form's titles the one that stands above, if one does
    above: Sequence[list] = ()  # the rows above the header


def find_head(sheet: Sheet, forms: Sequence[Form], faults: Faults) -> Head | None:
    """Which form a sheet is, by title and header; None if it is none."""
    rows = list(islice(sheet.rows, HEAD))
    named, title = None, ""
    names = [[name_of(cell) for cell in row] for row in rows]
    at, form = None, None
    for index, row in enumerate(names):
        fits = [f for f in ([named] if named else forms) if f.required <= set(row)]
        if fits:
            form = max(fits, key=lambda f: _known(f, row))
            at = index
            break
        if not named:
            named, title = _titled(rows[index], forms)
    if at is None:
        at, form = _nearest(names, [named] if named else forms, bool(named))
        if at is None:
            if named:
                why = f"有“{named.titles[0]}”的表名，但没有找到表头"
                faults.refuse(why, _titles(named), sheet.name)
            return None
    place = _place(sheet, form, at + 1, names[at], rows[at], faults)
    width = len(rows[at])
    if width > WIDEST:
        why = f"表头有{width}格，多得不合常理"
        faults.refuse(why, f"不超过{WIDEST}列的表", sheet.name, at + 1)
    scale = _scales(sheet, rows[: at + 1], place, at + 1, faults)
    after, above = rows[at + 1 :], rows[:at]
    return Head(form, at + 1, place, width, scale, after, rows[at], title, above)


def sheets_of_a_form(
    data: bytes, forms: Sequence[Form], faults: Faults
) -> Iterator[tuple[Sheet, Head]]:
    """The sheets that are a form; the others are passed over if one is."""
    form, seen = None, []
    for sheet in sheets(data, faults):
        head = find_head(sheet, forms, faults)
        if head is None:
            seen += [f"“{sheet.name}”"] if sheet.name else []
            continue
        if form and head.form is not form:
            why = f"是{head.form.titles[0]}，而前面的工作表是{form.titles[0]}"
            faults.refuse(why, "一个文件只有一种表", sheet.name)
        form = head.form
        yield sheet, head
    if form is None:
        names = "、".join(form.titles[0] for form in forms)
        where = f"（看过工作表{'、'.join(seen[:10])}）" if seen else ""
        faults.refuse(f"没有认出是哪一种表{where}；认得的有：{names}", names)


def name_of(cell) -> str:
    """A title without its dress: spaces, asterisk, unit in brackets."""
    return DRESS.sub("", plain(cell)) if isinstance(cell, str) else ""


def _known(form: Form, names: Sequence[str]) -> int:
    return len({column.title for column in form.columns}.intersection(names))


def _titled(row: list, forms: Sequence[Form]) -> tuple[Form | None, str]:
    """The form whose longest title a row names, with that title."""
    texts = [plain(cell) for cell in row if isinstance(cell, str) and len(cell) < 100]
    named = [
        (len(title), at, title)
        for at, form in enumerate(forms)
        for title in form.titles
        if any(re.search(TITLE.format(title), text) for text in texts)
    ]
    if not named:
        return None, ""
    _, at, title = max(named)
    return forms[at], title


def _nearest(names, forms: Sequence[Form], named: bool):
    """The row that comes nearest to a header, if it comes near at all."""
    best = max(
        (len(f.required.intersection(row)) / len(f.required), _known(f, row), -at, i)
        for at, row in enumerate(names or [[]])
        for i, f in enumerate(forms)
    )
    if best[0] < (0.3 if named else 0.6):
        return None, None
    return -best[2], forms[best[3]]


def _titles(form: Form) -> str:
    return "、".join(c.title for c in form.columns if c.required)


def _place(sheet: Sheet, form: Form, row: int, names, printed, faults: Faults):
    place = {}
    for column in form.columns:
        at = [i for i, name in enumerate(names) if name == column.title]
        if len(at) > 1:
            wrong = Wrong("一列出现了两次，分不清用哪一列", "每列一次")
            faults.add(sheet.name, row, column.title, "", wrong)
        if at:
            place[column.title] = at[0]
        elif column.required:
            found = "、".join(shown(cell) for cell in printed if cell != "")
            wrong = Wrong("列没有找到，这是必需的列", f"表头有{_titles(form)}")
            faults.add(sheet.name, row, column.title, "", wrong, found)
    faults.check()
    return place


def _scales(sheet: Sheet, rows: list[list], place, row: int, faults: Faults):
    """What each column's figures are multiplied with, from 单位 and the titles."""
    scale, said = 1, False
    for above, cells in enumerate(rows[:-1], 1):
        for cell in cells:
            if isinstance(cell, str) and (found := UNIT.search(plain(cell))):
                if found[1] not in UNITS:
                    faults.refuse(
                        "的金额单位不识",
                        "单位：元或单位：万元",
                        sheet.name,
                        above,
                        cell,
                    )
                scale, said = UNITS[found[1]], True
    scales = {}
    for title, at in place.items():
        scales[title] = scale
        found = TITLE_UNIT.search(plain(rows[-1][at]))
        if found and said and UNITS[found[1]] != scale:
            wrong = Wrong("与表头上方的单位不一致", "同一个金额单位")
            faults.add(sheet.name, row, title, rows[-1][at], wrong)
        elif found:
            scales[title] = UNITS[found[1]]
    faults.check()
    return scales


UNITS = {"元": 1, "万元": 10_000}
TITLE = r"{}[表单]?》?(?:\(.*\))?$"  # with what may follow a form's name
DRESS = re.compile(r"^\*+|\*?(?:\((?:万?元|人民币元|人次|必填|单位:万?元)\))?\*?$")
TITLE_UNIT = re.compile(r"\((?:单位:|人民币)?(万?元)\)\*?$")
UNIT = re.compile(r"单位:?(?:人民币)?([十百千万亿]*元)")
