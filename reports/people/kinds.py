"""Kinds of movement: the sub-accounts of 个人账户基金, and what each is.

The subject table says it: its side tells income from expenditure, its statutory
subject where 收支表 and 决算 carry it.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ledger.subjects import subjects
from ledger.vouchers import DEBIT

CONTROL = "个人账户基金——"
OPENING, CLAIM = "上年结余", "追回挂账"  # neither income nor expenditure
INCOME, EXPENDITURE = "收入", "支出"


class Kind(NamedTuple):
    """`nature`: 收入, 支出, 上年结余 or 追回挂账; `statutory` as the table prints it."""

    name: str
    nature: str
    statutory: str

    @property
    def subject(self) -> str:
        return CONTROL + self.name


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of the subject table."""
    found = []
    for row in subjects():
        if not row.printed.startswith(CONTROL):
            continue
        name = row.printed.removeprefix(CONTROL)
        nature = EXPENDITURE if row.side == DEBIT else INCOME
        if name in (OPENING, CLAIM):
            nature = name
        found.append(Kind(name, nature, row.statutory))
    return tuple(found)


def names(*natures: str) -> list[str]:
    """The names of the kinds of some natures."""
    return [kind.name for kind in kinds() if kind.nature in natures]


def nature(name: str) -> str:
    """What a kind of movement is: 收入, 支出, 上年结余 or 追回挂账."""
    return _natures()[name]


@cache
def _natures() -> dict[str, str]:
    return {kind.name: kind.nature for kind in kinds()}
