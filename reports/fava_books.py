"""What the pages of a book offer to choose from: months, funds, accounts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, select

from ledger.periods import Month, month_of
from reports.balances import BalanceRow, balance_rows
from reports.usage_lines import LINE, VOUCHER


def last_month(connection: Connection, book: str, year: int, today: date) -> Month:
    """The month that a book-year opens with: today's, or its last with a voucher."""
    if today.year == year:
        return month_of(today)
    found = connection.execute(
        select(func.max(VOUCHER.c.month)).where(
            VOUCHER.c.book_id == book,
            VOUCHER.c.year == year,
            VOUCHER.c.number.is_not(None),
        )
    ).scalar()
    return Month(year, found or 12)


def funds_in(connection: Connection, book: str) -> list[str]:
    """The 险种 that a book has lines of."""
    rows = connection.execute(
        select(LINE.c.fund)
        .distinct()
        .join(VOUCHER, VOUCHER.c.id == LINE.c.voucher_id)
        .where(VOUCHER.c.book_id == book, VOUCHER.c.number.is_not(None))
    )
    return sorted(row.fund for row in rows)


def accounts_in(
    connection: Connection, book: str, year: int
) -> list[tuple[str, str, BalanceRow]]:
    """Every account of a book-year as (account, text to choose, row)."""
    rows = balance_rows(connection, book, date(year, 12, 31))
    return [(row.account, f"{'　' * (row.level - 1)}{title(row)}", row) for row in rows]


def title(row: BalanceRow) -> str:
    """An account as people look it up: 1101-01 异地就医款."""
    return f"{row.code} {row.name}".strip()


def full_title(rows: list[BalanceRow], account: str) -> str:
    """An account with all that stands above it: 1101-01 暂付款——异地就医款."""
    above = [row for row in rows if f"{account}:".startswith(f"{row.account}:")]
    if not above:
        return account
    return f"{above[-1].code} {'——'.join(row.name for row in above)}"
