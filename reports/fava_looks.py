"""How figures look on our pages; the only place that turns them into text."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from ledger.funds import fund_names
from ledger.money import FEN, grouped
from ledger.periods import Quarter
from ledger.vouchers import DEBIT
from reports.usage import percent_text

YUAN, WAN = "yuan", "wan"
UNITS = ((YUAN, "元"), (WAN, "万元"))
PRINTED_BY_US = "本系统补充"
BAR_END = Fraction(6, 5)  # a bar's right end: 120 %


class Looks:
    """Helpers of the templates."""

    UNITS = UNITS
    PRINTED_BY_US = PRINTED_BY_US

    @staticmethod
    def money(amount: Decimal | None, unit: str = YUAN) -> str:
        """An amount; nothing for none and for zero (BOOKS.md).

        >>> Looks.money(Decimal("-12345.60")), Looks.money(Decimal("0.00"))
        ('-12,345.60', '')
        """
        return Looks.money0(amount, unit) if amount else ""

    @staticmethod
    def money0(amount: Decimal | None, unit: str = YUAN) -> str:
        """An amount, a zero as 0.00.

        >>> Looks.money0(Decimal("12345678.00"), "wan")
        '1,234.57'
        """
        if amount is None:
            return ""
        if unit == WAN:
            amount = amount.scaleb(-4).quantize(FEN, ROUND_HALF_UP)
        return grouped(amount)

    @staticmethod
    def percent(rate: Fraction | None) -> str:
        return percent_text(rate)

    @staticmethod
    def bar(rate: Fraction | None) -> str:
        """A bar's length on a scale of percent that ends at 120."""
        if rate is None:
            return "0"
        return f"{float(max(Fraction(0), min(rate, BAR_END))) * 100:.2f}"

    @staticmethod
    def quarter(quarter: Quarter) -> str:
        return f"{quarter.year}年第{'一二三四'[quarter.number - 1]}季度"

    @staticmethod
    def columns(
        direction: str, amount: Decimal
    ) -> tuple[Decimal, None] | tuple[None, Decimal]:
        """A balance in a table of two columns, 借 and 贷."""
        return (amount, None) if direction == DEBIT else (None, amount)

    @staticmethod
    def day(day: date | None) -> str:
        return "" if day is None else f"{day:%m-%d}"

    @staticmethod
    def fund(code: str) -> str:
        return f"{code} {fund_names().get(code, '')}".strip()


LOOKS = Looks()
