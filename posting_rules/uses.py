"""What an account may pay for: by person, kind of cost, place and day.

The first fitting row decides, a region's own document before the general one.
依据：劳社厅发〔2002〕6号 三；南府办发〔2022〕33号 第十八条、第十九条；皖医保中心〔2024〕39号 二（一）
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

OWN = "本人"
PHARMACY = "定点零售药店"  # the level of institution that is no hospital
ANY = "*"


class Ruling(NamedTuple):
    """Whether an account may pay, how much (`all` the person bears, or `in-policy`),
    and the clause that says so."""

    may: bool
    part: str
    name: str
    basis: str


@lru_cache(maxsize=65_536)
def cost_ruling(
    region: str, who: str, level: str, category: str, in_province: bool, on: date
) -> Ruling:
    """Whether an account of `region` may pay a cost.

    `who` is 本人, or what the treated person is to the account's owner.
    """
    place = "零售药店" if level == PHARMACY else "医疗机构"
    for document, use in _uses(region, on):
        if (
            not use.premiums
            and _fits(use.who, who)
            and _fits(use.places or (ANY,), place)
            and _fits(use.costs or (ANY,), category)
            and (in_province or not use.within)
        ):
            return Ruling(use.may, use.part, use.name, f"{document.number} {use.cite}")
    return _unnamed(region)


@lru_cache(maxsize=16_384)
def premium_ruling(
    region: str, who: str, kind: str, in_province: bool, on: date
) -> Ruling:
    """Whether an account of `region` may pay a premium of a kind for somebody."""
    for document, use in _uses(region, on):
        if (
            use.premiums
            and _fits(use.who, who)
            and _fits(use.premiums, kind)
            and (in_province or not use.within)
        ):
            return Ruling(use.may, use.part, use.name, f"{document.number} {use.cite}")
    return _unnamed(region)


def mode_of(region: str, category: str) -> str:
    """The part of 医保费用支出 that a kind of cost belongs to. 依据：第五条"""
    from posting_rules.personal import documents_of

    for document in documents_of(region):
        for asked in (category, ANY):
            if asked in document.costs:
                return document.costs[asked]
    raise AssertionError("the general document has a cost for anything")


def _uses(region: str, on: date):
    from posting_rules.personal import documents_of

    for document in documents_of(region):
        for use in document.uses:
            if use.who and use.from_day <= on < use.until:
                yield document, use


def _fits(words: tuple[str, ...], word: str) -> bool:
    return ANY in words or word in words


def _unnamed(region: str) -> Ruling:
    """What no row names is not paid, on the general clause."""
    from posting_rules.personal import documents_of

    general = documents_of(region)[-1]
    return Ruling(False, "", "没有准许个人账户支付的规定", f"{general.number} 三")
