"""Families: who may be bound to whom, and in which order accounts pay.

依据：皖医保中心〔2024〕39号 二（二）、（三）、（五）；南府办发〔2022〕33号 第十八条（二）
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple, Sequence


class FamilyRule(NamedTuple):
    """A region's rule of family sharing, in [from_day, until).

    `most` counts authorised people besides the authoriser, None without a limit;
    `cross`: accounts of another city may pay, of at most `cross_authorisers` people;
    `real` are regions whose accounts are paid out in money (实账).
    """

    from_day: date
    until: date
    relations: tuple[str, ...]
    most: int | None
    cross: bool
    cross_authorisers: int | None
    real: tuple[str, ...]
    number: str  # of the document
    cite: str
    cites: dict[str, str]  # of relations, most, cross, real; else cite

    def basis(self, what: str = "") -> str:
        """The clause, with the document's number."""
        return f"{self.number} {self.cites.get(what, self.cite)}"


class Member(NamedTuple):
    """A grantor whose account may pay for a person; `relation` is what the person is
    to the grantor, `serial` the order of registration."""

    person_id: str
    region: str
    relation: str
    bound_at: str
    serial: int


def family_of(row: dict, number: str) -> FamilyRule:
    """A [[family]] table of a policy."""
    return FamilyRule(
        row["from"],
        row.get("until", date.max),
        tuple(row["relations"]),
        row.get("most"),
        row["cross"],
        row.get("cross_authorisers"),
        tuple(row.get("real", ())),
        number,
        row["cite"],
        {k.removeprefix("cite_"): v for k, v in row.items() if k.startswith("cite_")},
    )


@lru_cache(maxsize=16_384)
def family_rule(region: str, on: date) -> FamilyRule | None:
    """The rule of family sharing of a region on a day; None where there is none."""
    from posting_rules.personal import documents_of

    for document in documents_of(region):
        for rule in document.families:
            if rule.from_day <= on < rule.until:
                return rule
    return None


def in_order(region: str, members: Sequence[Member], on: date) -> list[Member]:
    """Whose accounts pay after a person's own, in order.

    Those of the person's own pooling region by time of binding, then of another city
    as many as the rule of the account's region allows. Equal times go by the order of
    registration (RULES.md section 2, reading 11).
    依据：皖医保中心〔2024〕39号 二（三）1
    """
    by_time = sorted(members, key=lambda member: (member.bound_at, member.serial))
    local = [member for member in by_time if member.region == region]
    cross = []
    for member in by_time:
        rule = family_rule(member.region, on)
        if member.region == region or rule is None or not rule.cross:
            continue
        if rule.cross_authorisers is None or len(cross) < rule.cross_authorisers:
            cross.append(member)
    return [m for m in local if family_rule(m.region, on)] + cross


def drawn(due: int, balances: Sequence[int]) -> list[int]:
    """What each account pays of an amount, each drained before the next.

    >>> drawn(100, [30, 0, 50, 90])
    [30, 0, 50, 20]
    """
    paid = []
    for balance in balances:
        part = min(due, max(0, balance))
        paid.append(part)
        due -= part
    return paid


def given_back(amount: int, paid: Sequence[int]) -> list[int]:
    """What goes back to each account that paid, the last first (reading 10).

    >>> given_back(60, [30, 0, 50])
    [10, 0, 50]
    """
    back = []
    for part in reversed(paid):
        returned = min(amount, part)
        back.append(returned)
        amount -= returned
    return back[::-1]
