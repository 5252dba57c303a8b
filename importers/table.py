"""Tables: the sheets of a fund form, read whole; any fault refuses the file."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, compress

from importers import reading
from importers.cells import WRONG
from importers.faults import Faults, Wrong, shown
from importers.head import Form, Head
from importers.places import Places
from importers.reading import Mark, Reading
from importers.sheet import Sheet
from ledger.advances.bank_accounts import masked

ACCOUNT, NOTHING_THERE = "账号", "空"


class Block(reading.Block):
    """Lines of a fund form; a fault among them is a fault of the file."""

    def __init__(self, table: "Table", *where):
        super().__init__(*where)
        self.table = table

    def wrong(self, at: int, title: str | None, cell, wrong: Wrong):
        others = [
            shown(_seen(known, self.raw[at][i]), 20)
            for known, i in self.head.place.items()
            if known != title and self.raw[at][i] != ""
        ]
        cell = _seen(title, cell)
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

    def lines(self, make, values: Sequence) -> list:
        """`make` of each row's values, rows with a fault left out."""
        lines = map(make, zip(*values))
        if not self.bad:
            return list(lines)
        return list(compress(lines, [i not in self.bad for i in range(len(self.rows))]))


def _seen(title: str | None, cell):
    """A cell as a fault may show it: an account's number only by its last digits."""
    if ACCOUNT not in (title or "") or cell == NOTHING_THERE:
        return cell
    return masked(str(cell).strip())


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
            lines = _Lines(self, sheet, head)
            for raw in chain([head.rows], sheet.blocks()):
                block = lines.block(raw)
                if block.rows:
                    yield block
            lines.refuse_formulas()
            lines.refuse_merged()
            self.marks += lines.marks
            self.totalled = self.totalled and lines.closed > 0

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
        found = _seen(title, found)
        self.faults.add(line.sheet, line.row, title, found, Wrong(why, expected))


class _Lines(Reading):
    """A sheet of a fund form."""

    def __init__(self, table: Table, sheet: Sheet, head: Head):
        super().__init__(table.form, sheet, head, table.faults)
        self.table = table
        self.start = len(table.lines)

    def new_block(self, raw: list[list]) -> Block:
        return Block(self.table, self.sheet, self.head, self.next_row, raw)
