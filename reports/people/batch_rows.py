"""批次: what was moved together, by what rule and figures, and its vouchers."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.money import grouped
from ledger.people.batches import BATCH, TOTAL
from ledger.people.tables import BatchDocument
from ledger.periods import Month
from ledger.schema import Document, Voucher
from posting_rules.personal import version_words
from reports.people.statement_rows import voucher_name
from reports.people.words import BATCH_KINDS, BATCH_STATES

TAKEN, DOCUMENT, VOUCHER = (
    BatchDocument.__table__,
    Document.__table__,
    Voucher.__table__,
)


class Total(NamedTuple):
    kind: str
    people: int
    movements: int
    amount: Decimal


class BatchRow(NamedTuple):
    """One batch with its control totals and everything that proves it."""

    id: int
    kind: str
    period: str
    dated: date
    people: int
    total: Decimal
    totals: list[Total]
    policy: str
    figures: dict
    sources: str  # hash over the documents' hashes
    documents: list[str]
    vouchers: list[str]
    state: str
    made_by: str
    made_at: str
    undoes: int | None

    @property
    def kind_name(self) -> str:
        return BATCH_KINDS.get(self.kind, self.kind)

    @property
    def state_name(self) -> str:
        return BATCH_STATES[self.state]

    @property
    def policy_name(self) -> str:
        return version_words(self.policy)

    @property
    def figure_lines(self) -> list[str]:
        """The rates and figures that were used, a line each, for people."""
        return [
            (
                f"{name}：{_figure_words(said)}"
                if isinstance(said, dict)
                else f"{name}：{said}"
            )
            for name, said in self.figures.items()
        ]


def _figure_words(said: dict) -> str:
    words = ""
    if "rate" in said:
        words = f"{(Decimal(said['rate']) * 100).normalize():f}%"
    if "value" in said:
        words = f"{grouped(Decimal(said['value']))} × {words} ＝ {said['amount']}元"
    return f"{words}（{said['cite']}）" if words else said["cite"]


def batch_rows(
    connection: Connection, region: str, month: Month | None = None
) -> list[BatchRow]:
    """A region's batches in the order of making; with a month, those of that period
    and those dated in it."""
    rows = connection.execute(
        select(BATCH).where(BATCH.c.region == region).order_by(BATCH.c.id)
    ).all()
    if month:
        rows = [
            row
            for row in rows
            if row.period == str(month)
            or month.first_day <= row.dated <= month.last_day
        ]
    totals, documents = _totals(connection, region), _documents(connection, region)
    vouchers = _vouchers(connection, region)
    return [
        BatchRow(
            id=row.id,
            kind=row.kind,
            period=row.period,
            dated=row.dated,
            people=row.people,
            total=row.total,
            totals=totals[row.id],
            policy=row.policy,
            figures=json.loads(row.figures),
            sources=row.sources,
            documents=documents[row.id],
            vouchers=vouchers[row.posting_id],
            state=row.state,
            made_by=row.made_by,
            made_at=row.made_at,
            undoes=row.undoes_id,
        )
        for row in rows
    ]


def _totals(connection: Connection, region: str) -> dict[int, list[Total]]:
    found: dict[int, list[Total]] = defaultdict(list)
    rows = connection.execute(
        select(TOTAL)
        .join(BATCH, BATCH.c.id == TOTAL.c.batch_id)
        .where(BATCH.c.region == region)
        .order_by(TOTAL.c.kind)
    )
    for row in rows:
        total = Total(row.kind, row.people, row.movements, row.amount)
        found[row.batch_id].append(total)
    return found


def _documents(connection: Connection, region: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = connection.execute(
        select(TAKEN.c.batch_id, DOCUMENT.c.name)
        .join(BATCH, BATCH.c.id == TAKEN.c.batch_id)
        .join(DOCUMENT, DOCUMENT.c.id == TAKEN.c.document_id)
        .where(BATCH.c.region == region)
        .order_by(DOCUMENT.c.id)
    )
    for batch_id, name in rows:
        found[batch_id].append(name)
    return found


def _vouchers(connection: Connection, region: str) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = defaultdict(list)
    rows = connection.execute(
        select(VOUCHER)
        .join(BATCH, BATCH.c.posting_id == VOUCHER.c.posting_id)
        .where(BATCH.c.region == region)
        .order_by(VOUCHER.c.id)
    )
    for row in rows:
        found[row.posting_id].append(voucher_name(row))
    return found
