"""Reading: one sheet of a form, converted column by column, on its way to lines.

Takes out what is no line: empty rows, 小计 and 合计, footers, repeated headers. A block
is converted without looking at rows; only a cell that is WRONG brings its row into
view.
"""

import re
from typing import NamedTuple

from importers.cells import WRONG, plain
from importers.faults import Faults, Wrong, shown
from importers.head import Form, Head, name_of
from importers.sheet import Sheet
from ledger.advances.bank_accounts import without_numbers


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

    def __init__(self, sheet: Sheet, head: Head, first: int, raw: list[list]):
        self.sheet = sheet.name
        self.head = head
        self.rows = list(range(first, first + len(raw)))
        self.raw = raw
        self.columns: dict[str, list] = {}
        self.bad: set[int] = set()  # positions of rows with a fault

    def __getitem__(self, title: str) -> list:
        return self.columns[title]

    def cell(self, at: int, title: str | None):
        """The cell as it is printed, "" where there is none."""
        place = self.head.place.get(title)
        return "" if place is None else self.raw[at][place]

    def fault(self, at: int, title: str | None, why: str, expected: str, cell=None):
        """A fault in the row at a position; the cell is shown as it is printed."""
        cell = self.cell(at, title) if cell is None else cell
        self.wrong(at, title, cell, Wrong(why, expected))

    def wrong(self, at: int, title: str | None, cell, wrong: Wrong):
        raise NotImplementedError

    def refuse(self, at: int, title: str | None, cell, wrong: Wrong):
        """A fault for which the file cannot be taken at all."""
        self.wrong(at, title, cell, wrong)

    def keep(self, positions: list[int]):
        """Only these rows remain."""
        for title, values in self.columns.items():
            self.columns[title] = [values[i] for i in positions]
        self.raw = [self.raw[i] for i in positions]
        self.rows = [self.rows[i] for i in positions]


class Reading:
    """One sheet on its way to blocks."""

    def __init__(self, form: Form, sheet: Sheet, head: Head, faults: Faults):
        self.form = form
        self.sheet = sheet
        self.head = head
        self.faults = faults
        self.start = 0  # lines of the file before the sheet
        self.lines = 0  # of the sheet before the block, wrong ones too
        self.marks: list[Mark] = []
        self.next_row = head.row + 1
        self.closed = 0  # the row of 合计
        self.passed_over: set[int] = set()  # rows that say nothing, if cells are merged
        self.marked: set[int] = set()  # rows of 小计 and 合计
        self.kinds = {
            c.title: c.kind(c.required, head.scale.get(c.title, 1))
            for c in form.columns
        }

    def new_block(self, raw: list[list]) -> Block:
        raise NotImplementedError

    def block(self, raw: list[list]) -> Block:
        if self.sheet.ragged:
            raw = self._evened(raw)
        block = self.new_block(raw)
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
        self.lines += len(block.rows)
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
                    wrong = Wrong(why, f"每行{width}格")
                    self.faults.add(None, row, None, "", wrong, self.excerpt(cells))
                cells = [*cells[:width], *[""] * (width - len(cells))]
            rows.append(cells)
        return rows

    def excerpt(self, cells: list) -> str:
        """The first cells of a torn row; which of them is an account, nobody knows."""
        return " │ ".join(without_numbers(shown(cell, 60))[:20] for cell in cells[:4])

    def _look_at(self, block: Block, wrong: list[int]):
        """Tell rows that are no lines from lines with faults."""
        out = set()
        for at in wrong:
            cells = block.raw[at]
            if self.says_nothing(cells):
                out.add(at)
                if self.sheet.merged:
                    self.passed_over.add(block.rows[at])
            elif label := self.label(cells):
                out.add(at)
                self.marked.add(block.rows[at])
                self._mark(block, at, label, at - len(out) + 1)
            else:
                self.word(block, at)
        if self.closed:
            for at, row in enumerate(block.rows):
                if row > self.closed and at not in out:
                    why = Wrong("在合计行之后", "合计是最后一行")
                    block.refuse(at, None, "", why)
                    break
        if out:
            bad = block.bad
            kept = [i for i in range(len(block.rows)) if i not in out]
            block.keep(kept)
            block.bad = {new for new, old in enumerate(kept) if old in bad}

    def says_nothing(self, cells: list) -> bool:
        """An empty row, a footer (制表人：…), or the header printed again."""
        printed = [c for c in cells if not (isinstance(c, str) and not c.strip())]
        if not printed:
            return True
        place = self.head.place
        if all(name_of(cells[at]) == title for title, at in place.items()):
            return True
        figures = [place[title] for title in self.form.sums if title in place]
        if self.closed and all(cells[at] == "" for at in figures):
            return True
        foot = isinstance(printed[0], str) and FOOT.match(plain(printed[0]))
        return bool(foot) and not any(isinstance(c, (int, float)) for c in printed)

    def label(self, cells: list) -> str:
        """小计 or 合计 as the row has it, in whatever column of words."""
        figures = {self.head.place.get(title) for title in self.form.sums}
        for at, cell in enumerate(cells):
            if at not in figures and isinstance(cell, str) and "计" in cell:
                if LABEL.fullmatch(word := plain(cell)):
                    return word
        return ""

    def _mark(self, block: Block, at: int, label: str, lines: int):
        total, figures = label in TOTALS, {}
        for title in self.form.sums:
            if title not in self.head.place:
                continue
            cell, kind = block.cell(at, title), self.kinds[title]
            if isinstance(cell, str) and not cell.strip():
                continue
            kind = type(kind)(True, kind.scale)
            if wrong := kind.fault(cell):
                block.refuse(at, title, cell, wrong)
            else:
                figures[title] = cell, kind.value(cell)
        row, lines = block.rows[at], self.start + self.lines + lines
        self.marks.append(
            Mark(self.sheet.name, row, label, total, self.start, lines, figures)
        )
        if total and figures:
            self.closed = row

    def word(self, block: Block, at: int):
        """Say what is wrong with each wrong cell of a line."""
        for title, kind in self.kinds.items():
            column = self.head.place.get(title)
            if column is not None and block[title][at] is WRONG:
                if not self._unseen(block.rows[at], column + 1):
                    cell = block.raw[at][column]
                    block.wrong(at, title, cell, kind.fault(cell))

    def _unseen(self, row: int, column: int) -> bool:
        """Whether `refuse_formulas` or `refuse_merged` says what is wrong there."""
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

    def refuse_formulas(self):
        """Formulas without a value, and error values."""
        faults, name, titles = self.faults, self.sheet.name, self._titles()
        for row, column in self.sheet.cells.uncached:
            wrong = Wrong("公式没有存下计算结果", "在Excel中打开、重算并保存后的工作簿")
            faults.add(name, row, titles.get(column, f"第{column}列"), "", wrong)
        for (row, column), error in self.sheet.cells.errors.items():
            if column in titles and row > self.head.row:
                wrong = Wrong("是公式的错误值", "能算出的值")
                faults.add(name, row, titles[column], error, wrong)

    def refuse_merged(self):
        """Cells under a merged one, where they would be a line's."""
        titles = self._titles()
        for merged in self.sheet.merged:
            self._refuse_merged(*merged, titles)

    def _titles(self) -> dict[int, str]:
        return {at + 1: title for title, at in self.head.place.items()}

    def _refuse_merged(self, first, last, titles: dict[int, str]):
        (top, left), (bottom, right) = first, last
        for row in range(max(top, self.head.row + 1), min(bottom + 1, self.next_row)):
            covered = range(left + (row == top), right + 1)
            lost = [titles[column] for column in covered if column in titles]
            if row in self.marked:
                lost = [title for title in lost if title in self.form.sums]
            if lost and row not in self.passed_over:
                wrong = Wrong(
                    "在合并的单元格里，看不出各自的内容", "取消合并并逐格填写"
                )
                self.faults.add(self.sheet.name, row, lost[0], "", wrong)
                return


LABEL = re.compile(r".{0,40}(?:小计|合计|总计):?")
TOTALS = {"合计", "总计", "合计:", "总计:"}
FOOT = re.compile(
    r"(?:单位)?(?:制表|填报|填表|审核|复核|经办|负责|主管|说明|备注|注).{0,8}:"
)
