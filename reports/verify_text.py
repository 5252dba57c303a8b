"""A printed book's text, loaded by beancount only after it was found harmless."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from ledger.files import why

SIZE_LIMIT = 512 * 1024 * 1024
CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
STRING = rf'"(?:[^"\\{CONTROL}]|\\["\\])*"'
ACCOUNT = r"(?:Assets|Liabilities|Equity|Income|Expenses)(?::\d[\w·-]*)+"
AMOUNT = r"-?\d{1,20}\.\d\d\ CNY"
DAY = r"[12]\d{3}-[01]\d-[0-3]\d"
# The lines that a book prints, and no other: no plugin, include or pushmeta, and
# nothing that could upset beancount's parser (1/0 as an amount crashes 3.2.3).
LINE = re.compile(
    rf"""|;;?\ [^{CONTROL}]*
    |option\ "(?:title|operating_currency|tolerance_multiplier)"\ {STRING}
    |{DAY}\ open\ {ACCOUNT}\ CNY
    |{DAY}\ close\ {ACCOUNT}
    |{DAY}\ balance\ {ACCOUNT}\ +{AMOUNT}
    |{DAY}\ custom\ "[\w-]+"(?:\ (?:{STRING}|\d{{1,9}}))*
    |{DAY}\ [*!]\ {STRING}\ {STRING}(?:\ \^[\w-]+)?
    |\ {{2,4}}[a-z][a-z0-9-]*:\ (?:{STRING}|\d{{1,9}})
    |\ \ {ACCOUNT}\ +{AMOUNT}""",
    re.VERBOSE,
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
        return None, [Problem(file, None, f"读不到文件：{why(error)}")]
    except UnicodeDecodeError as error:
        return None, [Problem(file, None, f"不是UTF-8编码（第{error.start}字节）")]
    for number, row in enumerate(text.split("\n"), 1):
        if not LINE.fullmatch(row):
            shown = "".join(char if char.isprintable() else "?" for char in row[:40])
            message = f"账簿里不会有这样的一行，没有载入：{shown}"
            return None, [Problem(file, number, message)]
    return text, []


def load(file: str, text: str) -> tuple[list | None, list[Problem]]:
    """The entries of a text, by beancount; every error of the loader is a problem.

    Parsed first, so that nothing is run even if a directive had slipped through;
    loaded from memory, so that no cache is read or written beside the book.
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
