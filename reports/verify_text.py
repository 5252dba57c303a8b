"""A printed book's text, loaded by beancount only after it was found harmless."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

SIZE_LIMIT = 512 * 1024 * 1024
OPTIONS = ("title", "operating_currency", "tolerance_multiplier")
# What a book prints at the start of a line, and nothing else: no plugin, include,
# pushmeta or the like.
TOP_LEVEL = re.compile(
    r"|;.*|[ \t].*"
    rf'|option "({"|".join(OPTIONS)})" .*'
    r"|\d{4}-\d{2}-\d{2} (open|close|balance|custom|\*|!) .*",
    re.DOTALL,
)
KINDS = ("Open", "Close", "Balance", "Custom", "Transaction")


class Problem(NamedTuple):
    """What is wrong, and where; line None where it is of the whole file."""

    file: str
    line: int | None
    message: str


def checked_text(path: Path) -> tuple[str | None, list[Problem]]:
    """A file's text when a book could print it; else what it must not hold."""
    file = str(path)
    try:
        if path.stat().st_size > SIZE_LIMIT:
            return None, [Problem(file, None, "文件过大，没有读入")]
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        return None, [Problem(file, None, f"读不到文件：{error.strerror}")]
    except UnicodeDecodeError as error:
        return None, [Problem(file, None, f"不是UTF-8编码（第{error.start}字节）")]
    for number, row in enumerate(text.split("\n"), 1):
        if "\0" in row or "\r" in row or not TOP_LEVEL.fullmatch(row):
            shown = row[:40].replace("\0", "").replace("\r", "")
            message = f"账簿里不应有这一行，没有载入：{shown}"
            return None, [Problem(file, number, message)]
    return text, []


def load(file: str, text: str) -> tuple[list | None, list[Problem]]:
    """The entries of a text, by beancount; every error of the loader is a problem.

    Parsed first and refused where a directive hides in the middle of a line; loaded
    from memory, so that no cache is read or written beside the book.
    """
    from beancount import loader
    from beancount.parser import parser

    try:
        entries, _, options = parser.parse_string(text)
        hidden = [*options["plugin"], *options["include"], *options["documents"]]
        kinds = {type(entry).__name__ for entry in entries} - set(KINDS)
        if hidden or kinds or options.get("pythonpath"):
            found = "、".join(sorted(kinds)) or "plugin、include 或 documents"
            return None, [Problem(file, None, f"账簿里不应有{found}，没有载入")]
        entries, errors, options = loader.load_string(text)
    except Exception as error:  # whatever a hostile file makes the parser raise
        return None, [Problem(file, None, f"beancount 不能载入：{error}")]
    problems = [
        Problem(file, (error.source or {}).get("lineno"), f"beancount：{error.message}")
        for error in errors
    ]
    if options["tolerance_multiplier"] != Decimal(0):
        message = '容差不为零：应有 option "tolerance_multiplier" "0"'
        problems.append(Problem(file, None, message))
    return entries, problems
