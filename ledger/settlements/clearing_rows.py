"""What a clearing took: the sums of its rows, for its parts and its statements."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Callable, NamedTuple

from sqlalchemy import Connection, func, select, union

from ledger.money import NOTHING
from ledger.settlements.clearing import (
    ELSEWHERE,
    FAMILY,
    OWED,
    PREMIUMS,
    SETTLED,
    SHARED,
)
from ledger.settlements.clearing_bills import bills_elsewhere


class Owed(NamedTuple):
    """What a payer owes by the lines: to a region, or paid on, for a 险种."""

    subject: str
    payer: str
    payee: str
    fund: str
    lines: int
    amount: Decimal


class SettledRow(NamedTuple):
    """Lines of a clearing of treatment that are alike."""

    payer: str
    place: str
    region: str
    part: str
    fund: str
    category: str
    relation: str
    month: str
    act: str
    lines: int
    amount: Decimal

    @property
    def subject(self) -> str:
        """家庭共济 is what other families' accounts paid."""
        return FAMILY if self.part == SHARED else ELSEWHERE


class PremiumRow(NamedTuple):
    """Premiums of a clearing that are alike."""

    payer: str
    region: str
    kind: str
    relation: str
    month: str
    lines: int
    amount: Decimal


def owed_for_treatment(
    connection: Connection, clearing_id: int, fund_of: Callable[[str], str]
) -> list[Owed]:
    """By subject, payer, 就医地 and fund, in this order; bills count once.

    `fund_of` is the accounts' fund of a region.
    """
    bills = bills_elsewhere(connection, clearing_id, fund_of)
    sums: dict[tuple, list] = defaultdict(lambda: [0, NOTHING])
    for row in treatment_rows(connection, clearing_id):
        total = sums[row.subject, row.payer, row.place, row.fund]
        total[0] += row.lines
        total[1] += row.amount
    for (subject, *pair), total in sums.items():
        if subject == ELSEWHERE:
            total[0] = sum(bills.get(tuple(pair), (0, 0)))
    return [Owed(*key, *total) for key, total in sorted(sums.items())]


def treatment_rows(connection: Connection, clearing_id: int) -> list[SettledRow]:
    keys = [SETTLED.c[name] for name in SettledRow._fields[:-2]]
    column = SETTLED.c.clearing_id
    return _summed(connection, SettledRow, keys, SETTLED, column, clearing_id)


def premium_rows(connection: Connection, clearing_id: int) -> list[PremiumRow]:
    """What 授权地 owe 参保地."""
    return _premiums(connection, PREMIUMS.c.clearing_id, clearing_id)


def paid_on_rows(connection: Connection, clearing_id: int) -> list[PremiumRow]:
    """What 参保地 pays on."""
    return _premiums(connection, PREMIUMS.c.paid_on_id, clearing_id)


def sources_of(connection: Connection, clearing_id: int) -> list[int]:
    """The postings whose sums a clearing took."""
    columns = (
        (SETTLED, "clearing_id"),
        (OWED, "clearing_id"),
        (PREMIUMS, "clearing_id"),
        (PREMIUMS, "paid_on_id"),
    )
    query = union(
        *(
            select(table.c.posting_id).where(table.c[column] == clearing_id)
            for table, column in columns
        )
    )
    return sorted(connection.execute(query).scalars())


def _premiums(connection: Connection, column, clearing_id: int) -> list[PremiumRow]:
    keys = [PREMIUMS.c[name] for name in PremiumRow._fields[:-2]]
    return _summed(connection, PremiumRow, keys, PREMIUMS, column, clearing_id)


def _summed(connection: Connection, kind, keys, table, column, clearing_id: int):
    amount = table.c.amount
    rows = connection.execute(
        select(
            *keys,
            func.sum(table.c.lines),
            func.sum(amount, type_=amount.type),
        )
        .where(column == clearing_id)
        .group_by(*keys)
    )
    return sorted(kind(*row[:-2], int(row[-2]), row[-1]) for row in rows)
