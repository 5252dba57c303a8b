"""Lists of people: opened for one pass, in blocks of columns for the database.

A row that cannot be taken is set aside with its reason (reading 15), the others are
taken. A list of people is one module with a FORM and one line in PEOPLE.
"""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain, islice
from typing import NamedTuple

from importers import (
    account_changes,
    account_openings,
    bindings,
    bounces,
    contributions,
    filings,
    institutions,
    other_side,
    premiums,
    settlements,
)
from importers.faults import Faults, shown
from importers.head import Form, Head, sheets_of_a_form
from importers.people_table import Lines
from importers.places import Places
from importers.sheet import Sheet, sheets
from ledger.errors import Fault

PEOPLE: dict[str, Form] = {
    form.code: form
    for form in (
        contributions.FORM,
        account_openings.FORM,
        account_changes.FORM,
        filings.FORM,
        bounces.FORM,
        settlements.FORM,
        bindings.FORM,
        premiums.FORM,
        other_side.FORM,
        institutions.FORM,
    )
}
BLOCK = 10_000  # rows, about
MOST_SET_ASIDE = 100_000


class Block(NamedTuple):
    """Rows of a sheet that can be taken: one list a field, as the database keeps it.

    Money is whole fen or None, a day 2023-01-15 or None, a month 2023-01 or "", an
    absent text "".
    """

    sheet: str  # "" in a csv
    rows: list[int]  # of the sheet, from 1
    columns: tuple[list, ...]


class PeopleDocument:
    """One list of people; what it says of itself holds once `blocks` is at its end."""

    def __init__(
        self, data: bytes, parts: Iterator[tuple[Sheet, Head]], form: Form, faults
    ):
        self.form = form.code
        self.name: str = faults.name
        self.sha256 = sha256(data).hexdigest()
        self.fields = tuple(column.field for column in form.columns)
        self.set_aside: list[Fault] = []  # one a row, in the order of the file
        self.totalled = True  # a 合计 with figures on every sheet, which agree
        self.count = 0  # rows, taken and set aside
        self._form, self._parts, self._faults = form, parts, faults
        self._begun = False

    def blocks(self) -> Iterator[Block]:
        """The rows that can be taken, once; refuses what is wrong as a whole."""
        assert not self._begun, "a list of people is gone over once"
        self._begun = True
        return _gathered(self._pieces())

    def _pieces(self) -> Iterator[Block]:
        places = Places()
        for sheet, head in self._parts:
            lines = Lines(self._form, sheet, head, self._faults, places)
            lines.refuse_formulas()
            self._faults.check()
            for raw in chain([head.rows], sheet.blocks()):
                yield self._piece(lines, raw)
            lines.refuse_merged()
            self._faults.check()
            if self._form.needs_total:
                lines.refuse_without_total()
            self.totalled = self.totalled and lines.totalled
        if not self.count:
            self._faults.refuse("没有一行数据", "至少一行")

    def _piece(self, lines: Lines, raw: list[list]) -> Block:
        block = lines.block(raw)
        self._form.lines(block)
        self._faults.check()
        self.count += len(block.rows)
        self.set_aside += block.faults()
        if len(self.set_aside) > MOST_SET_ASIDE:
            why = f"不能收录的行超过{MOST_SET_ASIDE}行"
            self._faults.refuse(why, f"第一处：{self.set_aside[0].message}")
        return Block(shown(block.sheet, 60), *block.taken())


def _gathered(pieces: Iterator[Block]) -> Iterator[Block]:
    """Small blocks, which are faster to convert, as larger ones."""
    block = None
    for piece in pieces:
        if block and (block.sheet != piece.sheet or len(block.rows) >= BLOCK):
            yield block
            block = None
        if block is None:
            block = piece if piece.rows else None
            continue
        block.rows.extend(piece.rows)
        for column, more in zip(block.columns, piece.columns):
            column.extend(more)
    if block:
        yield block


def raw_rows(
    data: bytes, name: str, wanted: set[tuple[str, int]]
) -> Iterator[tuple[str, int, list]]:
    """A second pass: sheet, row and printed cells of the wanted (sheet, row)."""
    by_sheet = defaultdict(set)
    for sheet, row in wanted:
        by_sheet[sheet].add(row)
    for sheet in sheets(data, Faults(name)):
        rows = by_sheet.get(shown(sheet.name, 60), set())
        for row, cells in enumerate(islice(sheet.rows, max(rows, default=0)), 1):
            if row in rows:
                yield shown(sheet.name, 60), row, cells


def printed_head(data: bytes, name: str) -> list[str]:
    """The header's cells as they are printed, of the first sheet that is a form."""
    faults = Faults(name)
    _, head = next(sheets_of_a_form(data, list(PEOPLE.values()), faults))
    return [shown(cell, 100) for cell in head.printed]
