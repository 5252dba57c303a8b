"""How a notice's workbook looks: faces, widths that fill a page, heights that hold."""

from __future__ import annotations

from math import ceil
from typing import Sequence

from wcwidth import wcswidth

UPRIGHT, LYING = 88, 132  # what fits a page's width at full size, in characters
WIDEST = 30  # characters of a column's text on one line; a longer one is broken
NARROWEST = 7
ASIDE_WIDTH = 18
LINE = 20  # points, a row of one line
NEXT_LINE = 15  # each further one
SIZE = 11
MONEY = "#,##0.00;-#,##0.00;"  # zero stays blank
RED = "#C8102E"
FACES = {
    "office": {
        **{"font_name": "华文中宋", "font_size": 26, "bold": True},
        "font_color": RED,
    },
    "rule": {"top": 6, "top_color": RED, "align": "right"},
    "title": {"font_name": "华文中宋", "font_size": 20, "bold": True},
    "body": {"font_size": 14, "align": "left", "text_wrap": True},
    "facts": {"align": "left"},
    "unit": {"align": "right"},
    "head": {"bold": True, "border": 1, "text_wrap": True},
    "aside": {"font_color": "#808080", "font_size": 9, "align": "left"},
    "words": {"border": 1, "align": "left", "bold": True, "text_wrap": True},
    "box": {"border": 1, "align": "left", "text_wrap": True, "indent": 1},
    "note": {"align": "left", "text_wrap": True, "font_size": 10},
    "sign": {"align": "left"},
    "seal": {"align": "right", "indent": 3, "font_size": 13},
    "basis": {"align": "left", "text_wrap": True, "font_size": 9},
}
KINDS = {
    "money": {"num_format": MONEY, "align": "right"},
    "day": {"num_format": "yyyy-mm-dd"},
    "rate": {"num_format": "0.00%", "align": "right"},
    "number": {"num_format": "0"},
    "text": {"num_format": "@", "text_wrap": True},
}


def faces(book) -> dict:
    """Every format by name; of a cell by kind, 合计's with sum, the others' aside."""
    plain = {"font_name": "仿宋", "font_size": SIZE, "align": "center"}
    plain["valign"] = "vcenter"
    made = {name: book.add_format({**plain, **face}) for name, face in FACES.items()}
    for kind, face in KINDS.items():
        cell = {**plain, "border": 1, **face}
        made[kind] = book.add_format(cell)
        made[f"sum {kind}"] = book.add_format({**cell, "bold": True})
        unprinted = {**plain, **face, **FACES["aside"], "text_wrap": False}
        made[f"aside {kind}"] = book.add_format(unprinted)
    return made


def widths(titles: Sequence[str], rows: Sequence[Sequence[str]], page: int) -> list:
    """What each column's texts need, stretched over the page; never fewer than three.

    A wider table is made smaller by the printer, one page wide.
    """
    columns = zip(titles, *rows)
    needed = [
        min(WIDEST, max(NARROWEST, *map(wcswidth, column)) + 3) for column in columns
    ]
    needed += [12] * (3 - len(needed))
    stretch = max(1.0, page / sum(needed))
    return [round(width * stretch, 1) for width in needed]


def line_height(text: str, face: str, width: float, lines: float) -> float:
    """The height of a text over the whole width; of `lines` where it is not broken."""
    size = FACES[face].get("font_size", SIZE)
    if FACES[face].get("text_wrap"):
        lines = _lines(text, width * SIZE / size - 4)
    return max(lines * size * 1.5, LINE)


def row_height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row of the table: its longest text is not cut off."""
    most = max((_lines(text, width - 2) for text, width in zip(texts, widths)))
    return LINE + NEXT_LINE * (most - 1)


def _lines(text: str, width: float) -> int:
    parts = text.split("\n")
    return sum(max(1, ceil(max(wcswidth(part), 0) / width)) for part in parts)
