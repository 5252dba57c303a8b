"""Multilateral netting: what everyone owes everyone, down to a few payments.

Pure: a matrix of debts in, one of payments out, with every region's net position
kept. Amounts may be below zero (refunds).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from ledger.money import NOTHING

Matrix = dict[tuple[str, str], Decimal]  # (payer, payee): what the one owes the other


def positions(owed: Matrix) -> dict[str, Decimal]:
    """What each pays on the whole, below zero what it receives; they add up to zero.

    >>> positions({("A", "B"): Decimal(5), ("B", "A"): Decimal(2)})
    {'A': Decimal('3.00'), 'B': Decimal('-3.00')}
    """
    net: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (payer, payee), amount in owed.items():
        assert payer != payee, f"{payer} owes itself"
        net[payer] += amount
        net[payee] -= amount
    return dict(sorted(net.items()))


def netted(owed: Matrix) -> Matrix:
    """The payments that leave everyone's position as it is: fewer than there are
    regions, each above zero. Payers and receivers are matched in the order of codes.

    Who is to receive from whom no document says; the order is the project's choice.

    >>> ring = {("A", "B"): Decimal(5), ("B", "C"): Decimal(5), ("C", "A"): Decimal(4)}
    >>> netted(ring)
    {('A', 'C'): Decimal('1.00')}
    """
    net = positions(owed)
    payers = [[code, amount] for code, amount in net.items() if amount > 0]
    receivers = [[code, -amount] for code, amount in net.items() if amount < 0]
    paid: Matrix = {}
    while payers:
        payer, receiver = payers[0], receivers[0]
        amount = min(payer[1], receiver[1])
        paid[payer[0], receiver[0]] = amount
        for queue in (payers, receivers):
            queue[0][1] -= amount
            if not queue[0][1]:
                queue.pop(0)
    return paid


def set_off(owed: Matrix, paid: Matrix) -> Matrix:
    """What netting settles without money, pair by pair; below zero where a payment
    stands for debts to others."""
    pairs = sorted(owed.keys() | paid.keys())
    left = {pair: owed.get(pair, NOTHING) - paid.get(pair, NOTHING) for pair in pairs}
    return {pair: amount for pair, amount in left.items() if amount}
