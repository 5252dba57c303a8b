"""The lines of F2, F4 and F5 that a notice says: which there are, and what they say.

A notice keeps their ids, so that it reads the same after other lines came or went.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.database import slices
from ledger.money import NOTHING
from ledger.periods import Quarter, period
from ledger.sources import TABLES, TYPES

SAME = (  # what makes a line of F2 the same
    *("list_number", "insured", "place", "fund"),
    *("period", "scope", "nature", "amount"),
)


class Candidate(NamedTuple):
    """A live line that a notice may say, and whose it is (F2: 参保地)."""

    id: int
    region: str


def of_year(connection: Connection, year: int) -> list[Candidate]:
    """F4's lines of a year."""
    return _candidates(connection, "F4", "province", year=[year])


def of_quarter(connection: Connection, quarter: Quarter) -> list[Candidate]:
    """F5's lines of a quarter."""
    return _candidates(connection, "F5", "place", quarter=[str(quarter)])


def cleared_in(connection: Connection, asked: Quarter) -> list[Candidate]:
    """F2's lines of a quarter and of its months."""
    periods = [str(asked), *map(str, asked.months)]
    return _candidates(connection, "F2", "insured", period=periods)


def _candidates(connection: Connection, form: str, region: str, **where) -> list:
    table = TABLES[form]
    rows = connection.execute(
        select(table.c.id, table.c[region])
        .where(table.c.live, *(table.c[name].in_(v) for name, v in where.items()))
        .order_by(table.c.id)
    )
    return [Candidate(*row) for row in rows]


def cleared_by_province(
    connection: Connection, asked: str
) -> dict[tuple[str, str], Decimal]:
    """F2's 跨省 amounts of a period, by the province of treatment and fund."""
    table = TABLES["F2"]
    rows = connection.execute(
        select(
            table.c.place,
            table.c.fund,
            func.sum(table.c.amount, type_=table.c.amount.type),
        )
        .where(table.c.live, table.c.period == asked, table.c.scope == "跨省")
        .group_by(table.c.place, table.c.fund)
    )
    found: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for place, fund, amount in rows:
        found[regions.province_of(place), fund] += amount
    return dict(found)


def source_lines(connection: Connection, form: str, ids: Iterable[int]) -> list:
    """Lines as their form said them, in the order of ids, freed ones too."""
    table, kind = TABLES[form], TYPES[form]
    columns = [table.c[name] for name in kind._fields]
    found = []
    for part in slices(sorted(set(ids))):
        rows = connection.execute(
            select(*columns).where(table.c.id.in_(part)).order_by(table.c.id)
        )
        found += [_with_period(kind._make(row)) for row in rows]
    return found


def freed(connection: Connection, form: str, ids: Iterable[int]) -> int:
    """How many of some lines were set free (reversed, withdrawn) since."""
    table = TABLES[form]
    freed = 0
    for part in slices(sorted(set(ids))):
        freed += connection.execute(
            select(func.count()).where(table.c.id.in_(part), ~table.c.live)
        ).scalar()
    return freed


def came_again(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """F2's lines that were set free, and the live ones that say just the same."""
    old, new = TABLES["F2"].alias("old"), TABLES["F2"].alias("new")
    same = [old.c[name] == new.c[name] for name in SAME]
    found: dict[int, int] = {}
    for part in slices(sorted(set(ids))):
        query = (
            select(old.c.id, new.c.id)
            .where(old.c.id.in_(part), ~old.c.live, new.c.live, *same)
            .order_by(new.c.id)
        )
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def _with_period(line):
    """A line with its period read, as the form's reader gives it."""
    for name in ("period", "quarter"):
        if isinstance(getattr(line, name, None), str):
            line = line._replace(**{name: period(getattr(line, name))})
    return line


def runs(ids: Iterable[int]) -> str:
    """Ids as runs: 17-340,512.

    >>> runs([3, 1, 2, 9])
    '1-3,9'
    """
    found: list[list[int]] = []
    for id in sorted(set(ids)):
        if found and id == found[-1][1] + 1:
            found[-1][1] = id
        else:
            found.append([id, id])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def ids_in(text: str) -> list[int]:
    """The ids that `runs` wrote.

    >>> ids_in("1-3,9")
    [1, 2, 3, 9]
    """
    ids: list[int] = []
    for run in filter(None, text.split(",")):
        first, _, last = run.partition("-")
        ids += range(int(first), int(last or first) + 1)
    return ids
