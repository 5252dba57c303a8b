"""A notice as a page to print, sign and seal: A4, as a letter of an office.

The page is whole in itself. The web gives a `style_address` instead, for its answers
may carry no styles in place; both are the same file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence

from jinja2 import Environment
from markupsafe import Markup
from wcwidth import wcswidth

from ledger.money import grouped
from reports.advances.notice_paper import NoticePaper
from reports.advances.notice_table import (
    cell_text,
    day_text,
    facts_text,
    label_width,
    printed_table,
    told_words,
    total_text,
)
from reports.pages import page_templates
from reports.xlsx import Column

STYLE = Path(__file__).parent / "paper.css"
UPRIGHT, LYING = 160, 261  # mm that a table may take on an upright or a lying page
SIZES = (("", 11.5), (" many", 10), (" dense", 9), (" densest", 7.5))  # points
EM = 0.353  # mm, a Chinese character of one point
FEW_LINES = 4  # of a letter that has room: two funds at home and away
WRAPPED = 12  # characters of a text that stay on one line; a longer one is broken
BROKEN = ("", "remark")  # looks of texts that may go over several lines
LOOKS = {"money": "money", "rate": "rate", "number": "number-cell", "day": "day"}
CENTRED = 8  # a column of texts no longer than this stands in the middle
LINE = 38  # characters of a letter on a line
SHORT_WORD = 18  # characters that a box has room for on one line
LONG_HEADING = 3  # characters; a longer one is broken before its last two
NARROW = (" dense", " densest")
LONG_OFFICE, LONGEST_OFFICE = 11, 15


class Cell(NamedTuple):
    text: str
    look: str


class Layout(NamedTuple):
    """How the paper lies, and the size of its table (a class of paper.css)."""

    wide: bool
    density: str = ""
    tight: bool = False  # a letter that has more lines than usual


def notice_page(
    paper: NoticePaper,
    style_address: str = "",
    links: Sequence[tuple[str, str]] = (),
) -> str:
    """The notice as HTML; `links` are shown on the screen alone."""
    table = printed_table(paper)
    columns = [paper.columns[at] for at in table.shown]
    width = label_width(columns)
    rows = _cells(paper, table.shown, [*paper.rows])
    rows_of_sums = [part.row for part in paper.sums] or [paper.total]
    sums = _cells(paper, table.shown, rows_of_sums, total_text)
    laid = layout([column.title for column in columns], [*rows, *sums])
    return page(
        "notice.html",
        style_address,
        paper=paper,
        links=links,
        layout=laid._replace(tight=_lines(paper) > FEW_LINES),
        issuer_size=_issuer_size(paper.office),
        facts=facts_text(table.facts),
        headings=[_heading(column.title, laid) for column in columns],
        rows=rows,
        label_width=width,
        sums=[
            (part.after, part.row[0], cells[width:])
            for part, cells in zip(paper.sums, sums)
        ],
        total=[] if paper.sums else sums[0][width:],
        told=told_words(paper),
    )


def page(name: str, style_address: str, **values) -> str:
    """A template of papers, with the style within it or at an address."""
    style = Markup("" if style_address else STYLE.read_text("utf-8"))
    return (
        _environment()
        .get_template(name)
        .render(style=style, style_address=style_address, **values)
    )


def _cells(
    paper: NoticePaper,
    shown: Sequence[int],
    rows: Sequence[Sequence],
    text: Callable[[Any, Column], str] = cell_text,
) -> list[list[Cell]]:
    """Rows as texts."""
    places = [(at, paper.columns[at], _look(paper, at)) for at in shown]
    return [
        [Cell(text(row[at], column), look) for at, column, look in places]
        for row in rows
    ]


def _look(paper: NoticePaper, at: int) -> str:
    column = paper.columns[at]
    if column.kind != "text":
        return LOOKS[column.kind]
    texts = [cell_text(row[at], column) for row in paper.rows]
    if column.title == "备注":
        return "remark"
    if all(map(str.isascii, texts)):
        return "code"
    short = max(map(len, texts), default=0) <= CENTRED
    return "short" if short else ""


def layout(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Layout:
    """Upright where the table fits so, as large as it fits."""
    columns = zip(*rows) if rows else [()] * len(titles)
    ems = sum(map(_ems, titles, columns))
    for wide, width in ((False, UPRIGHT), (True, LYING)):
        for density, points in SIZES if wide else SIZES[:2]:
            if ems * points * EM <= width:
                return Layout(wide, density)
    return Layout(True, SIZES[-1][0])


def _ems(title: str, cells: Sequence[Cell]) -> float:
    """What a column needs on a line, in characters, with its margins."""
    fixed = [wcswidth(cell.text) for cell in cells if cell.look not in BROKEN]
    broken = [wcswidth(cell.text) for cell in cells if cell.look in BROKEN]
    needed = [min(width, 2 * WRAPPED) for width in broken]
    return max([wcswidth(title) / 2, *fixed, *needed]) / 2 + 1


def _heading(title: str, laid: Layout) -> str:
    """A long title over a narrow column has its last word on a line of its own."""
    if laid.density in NARROW and len(title) > LONG_HEADING:
        return f"{title[:-2]}\n{title[-2:]}"
    return title


def _lines(paper: NoticePaper) -> int:
    """How much a letter has to say: rows, notes and what was said of it."""
    said = sum(len(opinion.said) > SHORT_WORD for opinion in paper.opinions)
    return len(paper.rows) + len(paper.notes) + len(paper.text) // LINE + said


def _issuer_size(office: str) -> str:
    if len(office) > LONGEST_OFFICE:
        return " longest"
    return " long" if len(office) > LONG_OFFICE else ""


@cache
def _environment() -> Environment:
    return page_templates("reports.advances", {"money": grouped, "day": day_text})
