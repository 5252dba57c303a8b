"""A sheet of people: its rows are taken or set aside one by one, its sums kept.

What is wrong with the sheet itself (torn rows, formulas without a value, a total that
does not agree) refuses the file.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import compress

from importers import reading
from importers.cells import WRONG, Kind, Note, plain
from importers.faults import Faults, Wrong, said, shown
from importers.head import Form, Head
from importers.people_cells import hint
from importers.people_sums import Sums
from importers.places import Places
from importers.sheet import Sheet
from ledger import regions
from ledger.errors import Fault


class Block(reading.Block):
    """Lines of people; a fault sets a row aside, and shows no other cell of it."""

    def __init__(self, lines: "Lines", *where):
        super().__init__(*where)
        self.of = lines
        self.wrongs: dict[int, list[tuple[str | None, str, Wrong]]] = defaultdict(list)

    def wrong(self, at: int, title: str | None, cell, wrong: Wrong):
        self.bad.add(at)
        self.wrongs[self.rows[at]].append((title, self.of.hint(title, cell), wrong))

    def refuse(self, at: int, title: str | None, cell, wrong: Wrong):
        found = self.of.hint(title, cell)
        self.of.faults.add(self.sheet, self.rows[at], title, found, wrong)

    def regions(self, title: str, days: Sequence[str]):
        """Today's codes for a column's, each in force on its own day or month."""
        codes = self[title]
        if all(map(_is_of_today, set(codes))):
            return
        today, places = list(codes), self.of.places
        for at, (code, day) in enumerate(zip(codes, days)):
            if not code or code is WRONG or day is WRONG:
                continue
            key = code, "", _first_day(day)
            today[at] = places[key]
            if today[at] is WRONG:
                _, cell, wrong = places.fault(*key)
                self.wrong(at, title, cell, wrong)
        self.columns[title] = today

    def faults(self) -> list[Fault]:
        """One of each row that is set aside: its first, and all in the message."""
        sheet, found = shown(self.sheet, 60) or None, []
        for row, wrongs in sorted(self.wrongs.items()):
            title, hinted, wrong = wrongs[0]
            message = f"{self.of.faults.place(sheet, row)}："
            message += "；".join(said(*each) for each in wrongs) + "。"
            found.append(Fault(sheet, row, title, hinted, wrong.expected, message))
        return found

    def taken(self) -> tuple[list[int], tuple[list, ...]]:
        """The rows that can be taken, and their columns in the form's order."""
        columns = tuple(self[column.title] for column in self.of.form.columns)
        if not self.bad:
            return self.rows, columns
        good = [at not in self.bad for at in range(len(self.rows))]
        kept = tuple(list(compress(column, good)) for column in columns)
        return list(compress(self.rows, good)), kept


class Lines(reading.Reading):
    """One sheet of people."""

    def __init__(
        self, form: Form, sheet: Sheet, head: Head, faults: Faults, places: Places
    ):
        super().__init__(form, sheet, head, faults)
        self.places = places
        self.sums = Sums([title for title in form.sums if title in head.place])
        self._key = head.place[form.key]
        self._naming = {
            head.place[column.title]
            for column in form.columns
            if column.required and not isinstance(self.kinds[column.title], Note)
        }

    def new_block(self, raw: list[list]) -> Block:
        return Block(self, self.sheet, self.head, self.next_row, raw)

    def block(self, raw: list[list]) -> Block:
        """The next lines, converted and counted into the sums."""
        block = super().block(raw)
        for mark in self.sums.take(block, self.kinds, self.marks):
            self._check(mark)
        self.marks.clear()
        return block

    def _check(self, mark: reading.Mark):
        for title, why, expected in self.sums.disagreements(mark):
            cell, _ = mark.figures[title]
            self.faults.add(mark.sheet, mark.row, title, cell, Wrong(why, expected))

    @property
    def totalled(self) -> bool:
        """Whether a 合计 closed the sheet and is proven."""
        return self.closed > 0 and self.sums.proven

    def refuse_without_total(self):
        """合计 is the control total of the list: it must stand there and agree."""
        name, of = self.sheet.name, "、".join(self.form.sums)
        if self.sums.unread_row:
            row, title = self.sums.unread_row
            why = f"{title}读不出，合计无法核对，而本表的合计必须相符"
            self.faults.refuse(why, f"每行都有{of}", name, row)
        if not self.closed:
            self.faults.refuse("没有合计行，而本表必须有", f"合计行，有{of}之和", name)

    def hint(self, title: str | None, cell) -> str:
        return hint(self.kinds.get(title, ANY), cell)

    def excerpt(self, cells: list) -> str:
        return ""

    def word(self, block: Block, at: int):
        for title in self.head.place:
            if block[title][at] is WRONG:
                cell = block.cell(at, title)
                block.wrong(at, title, cell, self.kinds[title].fault(cell))

    def says_nothing(self, cells: list) -> bool:
        return super().says_nothing(cells) and not self._is_a_line(cells)

    def label(self, cells: list) -> str:
        """小计 or 合计; in a row that names a line not what a note may say."""
        if self._is_a_line(cells):
            cells = [
                cell if at in self._naming else "" for at, cell in enumerate(cells)
            ]
        return super().label(cells)

    def _is_a_line(self, cells: list) -> bool:
        """Whether the row has what may be the number of a person or a payment."""
        cell = cells[self._key]
        if isinstance(cell, str):
            return bool(NUMBER.fullmatch(plain(cell)))
        return not isinstance(cell, date)


def _is_of_today(code: str) -> bool:
    return not code or regions.today_code(code) == code


@cache
def _first_day(printed: str) -> date:
    """The day 2023-01-15, or the first of 2023-01."""
    return date.fromisoformat(printed if len(printed) > 7 else f"{printed}-01")


ANY = Kind()
NUMBER = re.compile(r"(?=.*[0-9])[0-9A-Za-z_-]+")
