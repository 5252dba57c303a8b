"""Tables: the sheets of a file read as one form, column by column.

Gives blocks of converted columns, and takes out of them what is no line: empty rows,
小计 and 合计, footers, repeated headers. A block is converted without looking at rows;
only a cell that is WRONG brings its row into view.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, compress
from typing import NamedTuple

from importers.cells import WRONG, plain
from importers.faults import Faults, Wrong, shown
from importers.head import Form, Head, name_of
from importers.places import Places
from importers.sheet import Sheet


class Mark(NamedTuple):
    """A 小计 or 合计 row: what it says of the lines before it."""

    sheet: str
    row: int
    label: str
    total: bool
    start: int  # lines of the file before the sheet
    lines: int  # and before the mark
    figures: dict[str, tuple]  # by title: the cell and the amount


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

    def fault(self, at: int, title: str | None, why: str, expected: str, cell=None):
        """A fault in the row at a position; the cell is shown as it is printed."""
        if cell is None and title in self.head.place:
            cell = self.raw[at][self.head.place[title]]
        self.wrong(at, title, "" if cell is None else cell, Wrong(why, expected))

    def wrong(self, at: int, title: str | None, cell, wrong: Wrong):
        others = [
            shown(self.raw[at][i], 20)
            for known, i in self.head.place.items()
            if known != title and self.raw[at][i] != ""
        ]
        excerpt = " │ ".join([*others[:3], shown(cell)])
        self.bad.add(at)
        row = self.rows[at]
        self.table.faults.add(self.sheet, row, title, cell, wrong, excerpt)

    def places(self, code: str, name: str, days: Sequence) -> list[str]:
        """Today's codes of a column of codes, each in force on its own day."""
        keys = list(zip(self[code], self[name], days))
        found = list(map(self.table.places.__getitem__, keys))
        if WRONG in found:
            for at, place in enumerate(found):
                if place is WRONG and WRONG not in keys[at]:
                    title, cell, wrong = self.table.places.fault(*keys[at])
                    title = {"code": code, "name": name}[title]
                    self.wrong(at, title, cell, wrong)
        return found

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
        self.places = Places()
        self.totalled = True  # every sheet has a 合计 with figures
        self._parts = parts

    def blocks(self) -> Iterator[Block]:
        """Every block; its lines must be added to `lines` before the next."""
        for sheet, head in self._parts:
            reading = _Reading(self, sheet, head)
            for raw in chain([head.rows], sheet.blocks()):
                block = reading.block(raw)
                if block.rows:
                    yield block
            reading.refuse_what_cannot_be_seen()
            self.totalled = self.totalled and reading.closed > 0

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
        self.start = len(table.lines)
        self.next_row = head.row + 1
        self.closed = 0  # the row of 合计
        self.passed_over: set[int] = set()  # rows that say nothing
        self.marked: set[int] = set()  # rows of 小计 and 合计
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
            if self._says_nothing(cells):
                out.add(at)
                self.passed_over.add(block.rows[at])
            elif label := self._label(cells):
                out.add(at)
                self.marked.add(block.rows[at])
                self._mark(block, at, label, at - len(out) + 1)
            else:
                self._word(block, at)
        if self.closed:
            for at, row in enumerate(block.rows):
                if row > self.closed and at not in out:
                    block.fault(at, None, "在合计行之后", "合计是最后一行", "")
                    break
        if out:
            bad = block.bad
            kept = [i for i in range(len(block.rows)) if i not in out]
            block.keep(kept)
            block.bad = {new for new, old in enumerate(kept) if old in bad}

    def _says_nothing(self, cells: list) -> bool:
        """An empty row, a footer (制表人：…), or the header printed again."""
        printed = [c for c in cells if not (isinstance(c, str) and not c.strip())]
        if not printed:
            return True
        place = self.head.place
        if all(name_of(cells[at]) == title for title, at in place.items()):
            return True
        figures = [place[title] for title in self.table.form.sums if title in place]
        if self.closed and all(cells[at] == "" for at in figures):
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
            Mark(self.sheet.name, row, label, total, self.start, lines, figures)
        )
        if total and figures:
            self.closed = row

    def _word(self, block: Block, at: int):
        for title, kind in self.kinds.items():
            column = self.head.place.get(title)
            if column is not None and not self._unseen(block.rows[at], column + 1):
                cell = block.raw[at][column]
                if wrong := kind.fault(cell):
                    block.wrong(at, title, cell, wrong)

    def _unseen(self, row: int, column: int) -> bool:
        """Whether `refuse_what_cannot_be_seen` will say what is wrong there."""
        place, cells = (row, column), self.sheet.cells
        return (
            place in cells.errors
            or place in cells.uncached
            or any(
                top <= row <= bottom
                and left <= column <= right
                and place != (top, left)
                for (top, left), (bottom, right) in self.sheet.merged
            )
        )

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
        for merged in self.sheet.merged:
            self._refuse_merged(*merged, titles)

    def _refuse_merged(self, first, last, titles: dict[int, str]):
        (top, left), (bottom, right) = first, last
        for row in range(max(top, self.head.row + 1), min(bottom + 1, self.next_row)):
            covered = range(left + (row == top), right + 1)
            lost = [titles[column] for column in covered if column in titles]
            if row in self.marked:
                lost = [title for title in lost if title in self.table.form.sums]
            if lost and row not in self.passed_over:
                wrong = Wrong(
                    "在合并的单元格里，看不出各自的内容", "取消合并并逐格填写"
                )
                self.table.faults.add(self.sheet.name, row, lost[0], "", wrong)
                return


LABEL = re.compile(r".{0,40}(?:小计|合计|总计):?")
TOTALS = {"合计", "总计", "合计:", "总计:"}
FOOT = re.compile(
    r"(?:单位)?(?:制表|填报|填表|审核|复核|经办|负责|主管|说明|备注|注).{0,8}:"
)
