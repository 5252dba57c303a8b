"""预付金看板: usage rates of one book as its page and its workbook show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, select

from ledger.money import NOTHING
from ledger.periods import Quarter
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.policies import Policy
from reports.fava_notes import quota_lines, travelling_lines
from reports.usage import Figures, UsageRow, figures, level_name, to_bands, usage_rows
from reports.usage_behind import trend
from reports.usage_lines import VOUCHER

DIRECTIONS = {"received": "收到", "paid": "付出"}
SCOPES = ("跨省", "省内")
TREND_QUARTERS = 8
PERCENT = 100


class Asked(NamedTuple):
    """What the board is asked for; "" is all."""

    quarter: Quarter
    on: date
    direction: str  # received or paid
    scope: str
    fund: str

    @property
    def whole(self) -> bool:
        return not (self.scope or self.fund)


class BoardRow(NamedTuple):
    """A payer's figures of the part asked for; `overall` is the level of all money."""

    payer: str
    name: str
    quota: Decimal | None
    advance: Decimal
    under_way: Decimal
    cleared: Decimal
    earlier: Decimal
    rate: Fraction | None
    level: str
    level_name: str
    to_yellow: Decimal
    to_red: Decimal
    overall: str = ""
    overall_name: str = ""

    @property
    def remaining(self) -> Decimal:
        return self.advance - self.cleared


def board_rows(
    connection: Connection, policy: Policy, book: str, asked: Asked
) -> list[BoardRow]:
    """Payers by rate, the highest first, those without an advance before them."""
    every = usage_rows(connection, quarter=asked.quarter, on=asked.on, book=book)
    holder = book.partition("-")[0]
    quotas = _by_payer(quota_lines(connection, asked.quarter), asked)
    under_way = _by_payer(travelling_lines(connection, holder, asked.on), asked)
    rows = []
    for row in every:
        if row.direction != asked.direction:
            continue
        part = _part(row, asked)
        if part is None:
            continue
        ours = asked.direction == "received"
        rows.append(
            _row(
                policy,
                part,
                payer=row.payer,
                name=row.payer_name,
                quota=quotas.get(row.payer) if ours else None,
                under_way=under_way.get(row.payer, NOTHING) if ours else NOTHING,
                overall=row.level,
                overall_name=row.level_name,
            )
        )
    return sorted(rows, key=lambda row: (row.rate is not None, -(row.rate or 0)))


def board_total(policy: Policy, rows: Sequence[BoardRow]) -> BoardRow:
    """合计; its rate and level are of all money together."""
    whole = figures(policy, [(row.advance, row.cleared, row.earlier) for row in rows])
    quotas = [row.quota for row in rows if row.quota is not None]
    return _row(
        policy,
        whole,
        payer="",
        name="合计",
        quota=sum(quotas, NOTHING) if quotas else None,
        under_way=sum((row.under_way for row in rows), NOTHING),
    )


def quarters_cleared(connection: Connection, book: str) -> list[str]:
    """Every quarter with clearing in a book, the earliest first."""
    return list(
        connection.execute(
            select(VOUCHER.c.quarter)
            .distinct()
            .where(
                VOUCHER.c.book_id == book,
                VOUCHER.c.event == CLEARING,
                VOUCHER.c.number.is_not(None),
                VOUCHER.c.quarter != "",
            )
            .order_by(VOUCHER.c.quarter)
        ).scalars()
    )


def trend_charts(
    connection: Connection,
    book: str,
    rows: Sequence[BoardRow],
    quarters: Sequence[Quarter],
) -> list[dict]:
    """Charts as Fava draws them: rates by payer in percent, and the sums.

    Fava draws steps, so a rate stands from its quarter's first day to the next one's.
    Its axes write 350M for yuan; sums are in 万元.
    """
    rates: dict[Quarter, dict[str, float]] = {quarter: {} for quarter in quarters}
    sums: dict[Quarter, dict[str, float]] = {}
    for row in rows:
        for point in trend(connection, book, row.payer, quarters):
            if point.rate is not None:
                rates[point.quarter][row.name] = round(float(point.rate * PERCENT), 2)
            before = sums.get(point.quarter, {"预付金": 0.0, "清算": 0.0})
            sums[point.quarter] = {
                "预付金": before["预付金"] + _wan(point.advance),
                "清算": before["清算"] + _wan(point.cleared),
            }
    steps = [(str(quarter.first_day), rates[quarter]) for quarter in quarters]
    steps += [(str(quarter.last_day), rates[quarter]) for quarter in quarters[-1:]]
    lines = [{"date": day, "balance": balance} for day, balance in steps]
    bars = [
        {
            "date": str(quarter.first_day),
            "balance": sums.get(quarter, {}),
            "budgets": {},
            "account_balances": {},
        }
        for quarter in quarters
    ]
    return [
        {"label": "使用率（%）", "type": "balances", "data": lines},
        {"label": "预付金与清算（万元）", "type": "bar", "data": bars},
    ]


def _wan(amount: Decimal) -> float:
    return float(amount.scaleb(-4))


def _row(policy: Policy, part: Figures, **facts) -> BoardRow:
    until = to_bands(policy, part)
    return BoardRow(
        advance=part.advance,
        cleared=part.cleared,
        earlier=part.earlier,
        rate=part.rate,
        level=part.level,
        level_name=level_name(policy, part.level),
        to_yellow=until["yellow"],
        to_red=until["red"],
        **facts,
    )


def _part(row: UsageRow, asked: Asked) -> Figures | None:
    if asked.scope and asked.fund:
        return row.cells.get((asked.scope, asked.fund))
    if asked.scope:
        return row.scope.get(asked.scope)
    if asked.fund:
        return row.fund.get(asked.fund)
    return Figures(row.advance, row.cleared, row.earlier, row.rate, row.level)


def _by_payer(lines: Iterable, asked: Asked) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        if asked.scope not in ("", line.scope) or asked.fund not in ("", line.fund):
            continue
        found[line.payer] = found.get(line.payer, NOTHING) + line.amount
    return found
