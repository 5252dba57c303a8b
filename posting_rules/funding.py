"""Money for institutions: the plan's parts, and whose the other provinces' part is.

The plan (F5) says what an institution needs for people of the province and of others.
X2 pays it in one sum or in parts, month by month; each part takes of every need in
proportion to what is left of it. 依据：黔人社厅通〔2017〕204号 三（三）、附件一 二（二）
"""

from __future__ import annotations

from decimal import Decimal
from typing import Hashable, Mapping, NamedTuple

from ledger.money import NOTHING, from_fen, whole_fen

UNSAID = ""  # the province that a form does not name


class Need(NamedTuple):
    """What one fund needs in a quarter: for own people, and for others by province
    (UNSAID where the plan does not name it), or by province and basis."""

    home: Decimal
    others: Mapping[Hashable, Decimal]

    @property
    def elsewhere(self) -> Decimal:
        return sum(self.others.values(), NOTHING)

    @property
    def total(self) -> Decimal:
        return self.home + self.elsewhere

    def less(self, taken: Need) -> Need:
        """What is left; a part of which more was taken than is there counts as none.

        Provinces of which more was taken than the plan (still) has leave less to the
        others, never to the own people's part.
        """
        provinces = sorted({*self.others, *taken.others})
        others = {
            province: self.others.get(province, NOTHING)
            - taken.others.get(province, NOTHING)
            for province in provinces
        }
        return Need(
            max(NOTHING, self.home - taken.home),
            {province: max(NOTHING, amount) for province, amount in others.items()},
        )

    def plus(self, more: Need) -> Need:
        provinces = sorted({*self.others, *more.others})
        return Need(
            self.home + more.home,
            {
                province: self.others.get(province, NOTHING)
                + more.others.get(province, NOTHING)
                for province in provinces
            },
        )


NO_NEED = Need(NOTHING, {})


def part_of(need: Need, amount: Decimal) -> Need:
    """The part of `amount` that each need takes: in proportion, to the fen.

    Never more than the need, so that parts that add up to it take it all.
    """
    assert NOTHING <= amount <= need.total, f"{amount} of {need.total}"
    both = apportioned(amount, {"home": need.home, "others": need.elsewhere})
    others = apportioned(both.get("others", NOTHING), need.others)
    return Need(both.get("home", NOTHING), others)


def apportioned(
    amount: Decimal, weights: Mapping[Hashable, Decimal]
) -> dict[Hashable, Decimal]:
    """An amount not below zero, shared by weights, whole fen by largest remainder.

    Keys without weight have no part; equal remainders go in the order of keys.

    >>> apportioned(Decimal("1.00"), {"b": Decimal(1), "a": Decimal(2)})
    {'a': Decimal('0.67'), 'b': Decimal('0.33')}
    """
    fen = whole_fen(amount)
    kept = {key: whole_fen(weights[key]) for key in sorted(weights) if weights[key] > 0}
    whole = sum(kept.values())
    assert fen >= 0 and (whole or not fen), f"{amount} by {weights}"
    if not fen:
        return {}
    parts = {key: fen * weight // whole for key, weight in kept.items()}
    first = sorted(kept, key=lambda key: (-(fen * kept[key] % whole), key))
    for key in first[: fen - sum(parts.values())]:
        parts[key] += 1
    return {key: from_fen(part) for key, part in parts.items() if part}
