"""Tables: the sheets of a file read as one form, column by column.

Recognises the header, gives blocks of converted columns, and takes out of them what is
no line: empty rows, 小计 and 合计, footers, repeated headers. A block is converted
without looking at rows; only a cell that is WRONG brings the row into view.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, compress, islice
from typing import NamedTuple

from importers.cells import WRONG, Amount, Count, Kind, plain
from importers.faults import Faults, Wrong, shown
from importers.sheet import Sheet

HEAD = 40  # rows in which the header is looked for


class Column(NamedTuple):
    title: str
    kind: Callable[..., Kind]  # of (required, scale)
    required: bool = False


class Form(NamedTuple):
    """What a form looks like; `lines` reads a Table, `sums` names line attributes."""

    code: str
    titles: tuple[str, ...]  # as the title row may have it
    columns: tuple[Column, ...]
    lines: "Callable[[Table], list]"
    sums: dict[str, str]

    @property
    def required(self) -> set[str]:
        return {column.title for column in self.columns if column.required}


class Mark(NamedTuple):
    """A 小计 or 合计 row: what it says of the lines before it."""

    sheet: str
    row: int
    label: str
    total: bool
    lines: int  # of the file, before the mark
    figures: dict[str, tuple]  # by title: the cell and the amount


class Head(NamedTuple):
    form: Form
    row: int
    place: dict[str, int]  # title: position in a row
    width: int
    scale: dict[str, int]  # 10000 where a column is in 万元
    rows: list[list]  # read already, the header's row and those above it left out


def find_head(sheet: Sheet, forms: Sequence[Form], faults: Faults) -> Head | None:
    """Which form a sheet is, by title and header; None if it is none."""
    rows = list(islice(sheet.rows, HEAD))
    named, names = None, [[_name(cell) for cell in row] for row in rows]
    at, form = None, None
    for index, row in enumerate(names):
        fits = [f for f in ([named] if named else forms) if f.required <= set(row)]
        if fits:
            form = max(fits, key=lambda f: _known(f, row))
            at = index
            break
        named = named or _titled(rows[index], forms)
    if at is None:
        at, form = _nearest(names, [named] if named else forms, bool(named))
        if at is None:
            if named:
                why = f"有“{named.titles[0]}”的表名，但没有找到表头"
                faults.refuse(why, _titles(named), sheet.name)
            return None
    place = _place(sheet, form, at + 1, names[at], rows[at], faults)
    width = len(rows[at])
    scale = _scales(sheet, rows[: at + 1], place, at + 1, faults)
    return Head(form, at + 1, place, width, scale, rows[at + 1 :])


def _name(cell) -> str:
    """A title without its dress: spaces, asterisk, unit in brackets."""
    return DRESS.sub("", plain(cell)) if isinstance(cell, str) else ""


def _known(form: Form, names: Sequence[str]) -> int:
    return len({column.title for column in form.columns}.intersection(names))


def _titled(row: list, forms: Sequence[Form]) -> Form | None:
    """The form whose longest title a row names."""
    text = "".join(plain(cell) for cell in row if isinstance(cell, str))[:200]
    named = [(len(t), i) for i, f in enumerate(forms) for t in f.titles if t in text]
    return forms[max(named)[1]] if named else None


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
            if isinstance(cell, str) and (found := UNIT.search(plain_line(cell))):
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


def plain_line(text: str) -> str:
    """A line as plain words with single spaces between them."""
    return " ".join(plain(word) for word in text.split())


class Block:
    """Lines that lie together on one sheet: row numbers and converted columns."""

    def __init__(self, table: "Table", sheet: Sheet, head: Head, first: int, raw):
        self.table = table
        self.sheet = sheet.name
        self.head = head
        self.rows = list(range(first, first + len(raw)))
        self.raw = raw
        self.columns: dict[str, list] = {}
        self.bad: set[int] = set()  # positions of rows with a fault

    def __getitem__(self, title: str) -> list:
        return self.columns[title]

    def fault(self, at: int, title: str, why: str, expected: str, cell=None):
        """A fault in the row at a position; the cell is shown as it is printed."""
        if cell is None and title in self.head.place:
            cell = self.raw[at][self.head.place[title]]
        self.wrong(at, title, "" if cell is None else cell, Wrong(why, expected))

    def wrong(self, at: int, title: str, cell, wrong: Wrong):
        others = [
            shown(self.raw[at][i], 20)
            for known, i in self.head.place.items()
            if known != title and self.raw[at][i] != ""
        ]
        excerpt = " │ ".join([*others[:3], shown(cell)])
        self.bad.add(at)
        row = self.rows[at]
        self.table.faults.add(self.sheet, row, title, cell, wrong, excerpt)

    def keep(self, positions: list[int]):
        """Only these rows remain."""
        for title, values in self.columns.items():
            self.columns[title] = [values[i] for i in positions]
        self.raw = [self.raw[i] for i in positions]
        self.rows = [self.rows[i] for i in positions]

    def lines(self, make, values: Sequence) -> list:
        """`make` of each row's values, rows with a fault left out."""
        lines = map(make, zip(*values))
        if not self.bad:
            return list(lines)
        return list(compress(lines, [i not in self.bad for i in range(len(self.rows))]))


class Table:
    """A file's sheets of one form; `blocks` goes over them once."""

    def __init__(self, form: Form, parts: Iterator[tuple[Sheet, Head]], faults: Faults):
        self.form = form
        self.faults = faults
        self.marks: list[Mark] = []
        self.lines: list = []
        self.starts: list[int] = []  # lines before each sheet
        self._parts = parts

    def blocks(self) -> Iterator[Block]:
        """Every block; its lines must be added to `lines` before the next."""
        for sheet, head in self._parts:
            self.starts.append(len(self.lines))
            reading = _Reading(self, sheet, head)
            for raw in chain([head.rows], sheet.blocks()):
                block = reading.block(raw)
                if block.rows:
                    yield block
            reading.refuse_what_cannot_be_seen()

    def refuse_equal(self, key: Callable, titles: str):
        """Two lines of one key are refused, also where they say the same."""
        if len(set(map(key, self.lines))) == len(self.lines):
            return
        first = {}
        for line in self.lines:
            before = first.setdefault(key(line), line)
            if before is not line:
                where = f"“{before.sheet}”" * (before.sheet != line.sheet)
                why = f"与{where}第{before.row}行是同一条（{titles}都相同）"
                self.fault(line, None, why, "每条只出现一次")

    def fault(self, line, title: str | None, why: str, expected: str, found=""):
        self.faults.add(line.sheet, line.row, title, found, Wrong(why, expected))


class _Reading:
    """One sheet on its way to blocks."""

    def __init__(self, table: Table, sheet: Sheet, head: Head):
        self.table = table
        self.sheet = sheet
        self.head = head
        self.next_row = head.row + 1
        self.closed = 0  # the row of 合计
        self.special: set[int] = set()  # rows that are no lines
        self.kinds = {
            c.title: c.kind(c.required, head.scale.get(c.title, 1))
            for c in table.form.columns
        }

    def block(self, raw: list[list]) -> Block:
        if self.sheet.ragged:
            raw = self._evened(raw)
        block = Block(self.table, self.sheet, self.head, self.next_row, raw)
        self.next_row += len(raw)
        cells = list(zip(*raw))
        wrong = set()
        for title, kind in self.kinds.items():
            at = self.head.place.get(title)
            if at is None:
                block.columns[title] = [kind.empty] * len(raw)
                continue
            values = kind.column(cells[at]) if raw else []
            if kind.wrong:
                wrong.update(i for i, value in enumerate(values) if value is WRONG)
                kind.wrong = False
            block.columns[title] = values
        if wrong or self.closed:
            self._look_at(block, sorted(wrong))
        return block

    def _evened(self, raw: list[list]) -> list[list]:
        """Rows of a csv with as many cells as the header; a torn one is refused."""
        width = self.head.width
        if set(map(len, raw)) <= {width}:
            return raw
        rows = []
        for row, cells in enumerate(raw, self.next_row):
            if len(cells) != width:
                if (
                    any(cells[width:])
                    or len(cells) < width
                    and any(map(str.strip, cells))
                ):
                    why = f"有{len(cells)}格，表头有{width}格，行可能残缺"
                    excerpt = " │ ".join(shown(cell, 20) for cell in cells[:4])
                    wrong = Wrong(why, f"每行{width}格")
                    self.table.faults.add(None, row, None, "", wrong, excerpt)
                cells = [*cells[:width], *[""] * (width - len(cells))]
            rows.append(cells)
        return rows

    def _look_at(self, block: Block, wrong: list[int]):
        """Tell rows that are no lines from lines with faults."""
        out = set()
        for at in wrong:
            cells = block.raw[at]
            if self._passed_over(cells):
                out.add(at)
            elif label := self._label(cells):
                out.add(at)
                self._mark(block, at, label, at - len(out) + 1)
            else:
                self._word(block, at)
        if self.closed:
            for at, row in enumerate(block.rows):
                if row > self.closed and at not in out:
                    block.fault(at, "", "在合计行之后", "合计是最后一行", "")
                    break
        if out:
            self.special.update(block.rows[at] for at in out)
            bad = block.bad
            kept = [i for i in range(len(block.rows)) if i not in out]
            block.keep(kept)
            block.bad = {new for new, old in enumerate(kept) if old in bad}

    def _passed_over(self, cells: list) -> bool:
        """An empty row, a footer (制表人：…), or the header printed again."""
        printed = [c for c in cells if not (isinstance(c, str) and not c.strip())]
        if not printed:
            return True
        place = self.head.place
        if all(_name(cells[at]) == title for title, at in place.items()):
            return True
        foot = isinstance(printed[0], str) and FOOT.match(plain(printed[0]))
        return bool(foot) and not any(isinstance(c, (int, float)) for c in printed)

    def _label(self, cells: list) -> str:
        """小计 or 合计 as the row has it, in whatever column of words."""
        figures = {self.head.place.get(title) for title in self.table.form.sums}
        for at, cell in enumerate(cells):
            if at not in figures and isinstance(cell, str) and cell.strip():
                if LABEL.fullmatch(word := plain(cell)):
                    return word
        return ""

    def _mark(self, block: Block, at: int, label: str, lines: int):
        total, figures = label in TOTALS, {}
        for title in self.table.form.sums:
            place = self.head.place.get(title)
            if place is None:
                continue
            cell, kind = block.raw[at][place], self.kinds[title]
            if isinstance(cell, str) and not cell.strip():
                continue
            kind = type(kind)(True, kind.scale)
            if wrong := kind.fault(cell):
                block.wrong(at, title, cell, wrong)
            else:
                figures[title] = cell, kind.value(cell)
        row = block.rows[at]
        lines += len(self.table.lines)
        self.table.marks.append(
            Mark(self.sheet.name, row, label, total, lines, figures)
        )
        if total:
            self.closed = row

    def _word(self, block: Block, at: int):
        for title, kind in self.kinds.items():
            if title in self.head.place:
                cell = block.raw[at][self.head.place[title]]
                place = block.rows[at], self.head.place[title] + 1
                error = self.sheet.cells.errors.get(place)
                if not error and (wrong := kind.fault(cell)):
                    block.wrong(at, title, cell, wrong)

    def refuse_what_cannot_be_seen(self):
        """Formulas without a value, error values, and cells under a merged one."""
        faults, name = self.table.faults, self.sheet.name
        titles = {at + 1: title for title, at in self.head.place.items()}
        for row, column in self.sheet.cells.uncached:
            wrong = Wrong("公式没有存下计算结果", "在Excel中打开、重算并保存后的工作簿")
            faults.add(name, row, titles.get(column, f"第{column}列"), "", wrong)
        for (row, column), error in self.sheet.cells.errors.items():
            if column in titles and row > self.head.row:
                wrong = Wrong("是公式的错误值", "能算出的值")
                faults.add(name, row, titles[column], error, wrong)
        figures = set(self.table.form.sums)
        for (top, left), (bottom, right) in self.sheet.merged:
            for row in range(max(top, self.head.row + 1), bottom + 1):
                covered = range(left + (row == top), right + 1)
                lost = [titles[c] for c in covered if c in titles]
                if row in self.special or row >= self.next_row:
                    lost = [title for title in lost if title in figures]
                    lost = lost if row < self.next_row and row != top else []
                if lost:
                    wrong = Wrong(
                        "在合并的单元格里，看不出各自的内容", "取消合并并逐格填写"
                    )
                    faults.add(name, row, lost[0], "", wrong)
                    break


UNITS = {"元": 1, "万元": 10_000}
DRESS = re.compile(r"^\*+|\*+$|\*?\((?:元|万元|人民币元|人次|必填|单位:万?元)\)\*?$")
TITLE_UNIT = re.compile(r"\((?:单位:|人民币)?(万?元)\)\*?$")
UNIT = re.compile(
    r"(?<![\u4e00-\u9fff])(?:金额|货币|计量)?单位:? ?(?:人民币)?(.?.?元)(?!.)"
)
LABEL = re.compile(r".{0,40}(?:小计|合计|总计)[::]?")
TOTALS = {"合计", "总计", "合计:", "总计:"}
FOOT = re.compile(
    r"(?:制表|填报|填表|审核|复核|经办|负责|主管|单位负责|说明|备注|注)[^:]{0,8}:"
)

__all__ = ["Amount", "Block", "Column", "Count", "Form", "Table", "find_head"]
