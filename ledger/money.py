"""Money: Decimal yuan to the fen in Python, whole fen in the database."""

from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
NOTHING = Decimal("0.00")


def to_fen(amount: Decimal) -> Decimal:
    """Round half up to the fen (四舍五入到分).

    No document names a rounding rule; this is the project's own choice
    (RULES.md section 2, reading 6).
    """
    return amount.quantize(FEN, ROUND_HALF_UP)


def whole_fen(amount: Decimal) -> int:
    """The amount as it is stored, in whole fen; a part of a fen is a bug.

    >>> whole_fen(Decimal("1234.50"))
    123450
    """
    fen = int(amount.scaleb(2))
    assert Decimal(fen) == amount.scaleb(2), f"{amount} is not in whole fen"
    return fen


def from_fen(fen: int) -> Decimal:
    """The stored whole fen as yuan.

    >>> from_fen(123450)
    Decimal('1234.50')
    """
    return Decimal(fen).scaleb(-2).quantize(FEN)


def grouped(amount: Decimal) -> str:
    """An amount for people, with thousands separators.

    >>> grouped(Decimal("-1234567.80"))
    '-1,234,567.80'
    """
    return f"{amount:,.2f}"
