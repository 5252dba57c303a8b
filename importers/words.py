"""Words of lists of bills: an institution's code, a kind of cost, a relation."""

import re

from importers.cells import Note, Serial
from importers.faults import Wrong

LONGEST = 12
CODE = re.compile(r"[0-9A-Za-z]{1,12}")


class InstitutionCode(Serial):
    """机构代码: 1 to 12 letters and digits, in upper case."""

    def read(self, cell) -> str:
        text = super().read(cell)
        if not CODE.fullmatch(text):
            raise Wrong("不是1至12位的字母和数字", "1至12位的字母和数字")
        return text.upper()


class Word(Note):
    """A word of an open list (费用类别, 险种 of a premium)."""

    def read(self, cell) -> str:
        text = super().read(cell)
        if len(text) > LONGEST:
            raise Wrong(f"有{len(text)}个字，太长", f"不超过{LONGEST}个字")
        return text
