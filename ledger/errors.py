"""The few kinds of error that a user can cause; a bug is an assertion."""

from typing import NamedTuple


class YibaoError(Exception):
    """Something a user must read: Chinese, with place, found, expected, remedy."""

    exit_code = 1


class SourceError(YibaoError):
    """A file is wrong; `faults` lists every place found, first the first."""

    def __init__(self, message: str, faults: "tuple[Fault, ...] | list[Fault]" = ()):
        super().__init__(message)
        self.faults = tuple(faults)


class RuleError(YibaoError):
    """No rule is in force on a day, or more than one."""


class BookError(YibaoError):
    """What was asked would break a book."""


class UsageError(YibaoError):
    """A command was given words that it cannot take."""

    exit_code = 2


class UnavailableError(YibaoError):
    """The lock was not to be had, or the database cannot be reached."""

    exit_code = 3


class Fault(NamedTuple):
    """One wrong place in a file, as `import --json` shows it.

    `row` counts the sheet's rows from 1, `column` is the printed title; either
    is None where the fault is of the whole sheet or file.
    """

    sheet: str | None
    row: int | None
    column: str | None
    found: str
    expected: str
    message: str
