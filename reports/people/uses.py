"""What an account may pay, yes or no, with the clause (MOL 三; 第十八条、第十九条)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ledger.errors import UsageError
from posting_rules.personal import uses_of


class UseRow(NamedTuple):
    """A kind of cost, whether an account may pay it, and which clause says so."""

    use: str
    name: str
    may: bool
    cite: str  # document and article


def use_rows(region: str, on: date) -> list[UseRow]:
    """What a region's accounts may pay on a day, first what they may."""
    rows = [
        UseRow(use.use, use.name, use.may, f"{document.number} {use.cite}")
        for document, use in uses_of(region, on)
    ]
    return sorted(rows, key=lambda row: not row.may)


def one_use(rows: list[UseRow], word: str) -> UseRow:
    """The use of that name; UsageError names those that there are."""
    for row in rows:
        if word in (row.use, row.name):
            return row
    known = "、".join(row.use for row in rows)
    raise UsageError(f"没有“{word}”这项用途的规定；有规定的是{known}")
