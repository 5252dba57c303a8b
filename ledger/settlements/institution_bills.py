"""The bills behind what clearings say is due: whose money it was, when it was booked.

`institution_sum` says neither; the lines and the vouchers of the postings whose rows a
clearing took do.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable

from sqlalchemy import Connection, Date, TextClause, bindparam, text

from ledger.database import slices
from ledger.money import from_fen
from ledger.settlements.institution_dues import KIND
from ledger.settlements.results import NETWORKED

Key = tuple[str, str, str, str]  # place, institution, fund, period


def pooled_at_home(
    connection: Connection, periods: Iterable[str], institutions: Iterable[str]
) -> dict[Key, Decimal]:
    """What the place's own pooled fund pays of the bills that clearings took, in yuan;
    those of people insured elsewhere and all other money left out."""
    query = _asking(POOLED, periods).bindparams(networked=NETWORKED)
    return {
        (row.place, row.institution, row.fund, row.period): from_fen(int(row.pooled))
        for part in slices(sorted(set(institutions)))
        for row in connection.execute(query, {"institutions": part})
    }


def booked_until(
    connection: Connection, periods: Iterable[str], institutions: Iterable[str]
) -> dict[tuple[str, str, str], date]:
    """By (place, institution, period): the latest day of the vouchers of the bills.

    Of the first clearing, where the period has several: a payment may be of that.
    """
    query = _asking(BOOKED, periods).columns(first=Date)
    return {
        (row.place, row.institution, row.period): row.first
        for part in slices(sorted(set(institutions)))
        for row in connection.execute(query, {"institutions": part})
    }


def _asking(query: str, periods: Iterable[str]) -> TextClause:
    return text(query).bindparams(
        bindparam("periods", sorted(set(periods)), expanding=True),
        bindparam("institutions", expanding=True),
        kind=KIND,
    )


TAKEN = """
    FROM institution_sum AS owed JOIN clearing ON clearing.id = owed.clearing_id
    {joined}
    WHERE clearing.kind = :kind AND clearing.state <> 'undone'
      AND clearing.period IN :periods AND owed.institution IN :institutions
"""
# A line belongs to a posting by the batch of its person's region.
LINES = """
    JOIN batch ON batch.posting_id = owed.posting_id
    JOIN settlement AS line ON line.month = owed.month AND line.batch_id = batch.id
     AND line.institution = owed.institution AND line.place = owed.place
     AND line.fund = owed.fund AND line.region = line.place
     AND line.channel = :networked AND line.freed = 0
"""
POOLED = f"""
    SELECT owed.place, owed.institution, owed.fund, clearing.period,
           CAST(sum(line.pooled) AS bigint) AS pooled
    {TAKEN.format(joined=LINES)}
    GROUP BY owed.place, owed.institution, owed.fund, clearing.period
"""
VOUCHERS = "JOIN voucher ON voucher.posting_id = owed.posting_id"
BOOKED = f"""
    SELECT place, institution, period, min(latest) AS first
    FROM (
        SELECT owed.place, owed.institution, clearing.period, clearing.id,
               max(voucher.dated) AS latest
        {TAKEN.format(joined=VOUCHERS)}
        GROUP BY owed.place, owed.institution, clearing.period, clearing.id
    ) AS clearings
    GROUP BY place, institution, period
"""
