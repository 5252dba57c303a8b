"""Outflows to bank accounts: payouts, inheritances, moves out, as they stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, Date, bindparam, text

from ledger.money import from_fen

PAYOUT, INHERITANCE, OUT = "划转本人", "继承", "转出"
REAL = "实账发放"  # every month's, by rule


class Outflow(NamedTuple):
    """Money that left an account for a bank account; yuan, above zero.

    `on` is the voucher's day of a payout, the list's day of the others; `month` the
    run's, "" for the others. `returned`: it came back and was credited again.
    """

    person_id: str
    name: str
    kind: str
    month: str
    scope: str
    on: date
    payee_name: str
    payee_account: str
    amount: Decimal
    returned: bool


def between(
    connection: Connection, region: str, first: date, last: date
) -> list[Outflow]:
    """Outflows of a region's accounts on days from `first` to `last`, both included,
    whose batches count, in the order of days and people."""
    statement = text(OUTFLOWS).bindparams(
        bindparam("first", type_=Date), bindparam("last", type_=Date)
    )
    values = {"region": region, "first": first, "last": last}
    found = connection.execute(statement.columns(day=Date), values)
    return [
        Outflow(*row[:-2], from_fen(row.amount), bool(row.returned)) for row in found
    ]


OUTFLOWS = f"""
    SELECT outflow.person_id, person.name, outflow.kind, outflow.month, outflow.scope,
           outflow.day, outflow.payee_name, outflow.payee_account, outflow.amount,
           outflow.returned
    FROM (
        SELECT payout_line.person_id,
               CASE batch.kind WHEN 'real-payout' THEN '{REAL}' ELSE '{PAYOUT}' END
                   AS kind,
               payout_line.period AS month,
               payout_line.scope, batch.dated AS day, payout_line.payee_name,
               payout_line.payee_account, payout_line.amount,
               CASE WHEN EXISTS (
                   SELECT 1 FROM bounce_line
                   JOIN batch AS back ON back.id = bounce_line.batch_id
                   WHERE bounce_line.person_id = payout_line.person_id
                     AND bounce_line.serial = payout_line.serial
                     AND bounce_line.freed = 0 AND back.state = 'counted'
               ) THEN 1 ELSE 0 END AS returned
        FROM payout_line JOIN batch ON batch.id = payout_line.batch_id
        WHERE payout_line.region = :region AND batch.state = 'counted'
        UNION ALL
        SELECT change_line.person_id, change_line.kind, '', '', change_line.dated,
               change_line.payee_name, change_line.payee_account, change_line.amount, 0
        FROM change_line JOIN batch ON batch.id = change_line.batch_id
        WHERE change_line.region = :region AND change_line.freed = 0
          AND change_line.kind IN ('{INHERITANCE}', '{OUT}')
          AND batch.state = 'counted'
    ) AS outflow
    JOIN person ON person.person_id = outflow.person_id
    WHERE outflow.day >= :first AND outflow.day <= :last
    ORDER BY outflow.day, outflow.person_id, outflow.kind
"""
