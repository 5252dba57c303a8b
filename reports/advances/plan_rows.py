"""A plan as people read it: a row for each payer, and one payer's working."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, Sequence

from ledger import regions
from ledger.advances.plans import SCOPES, SET, LineRow, PlanRow
from ledger.money import NOTHING
from posting_rules.planning import yuan
from posting_rules.policies import Policy
from reports.advances.pictures import short


class PayerRow(NamedTuple):
    """A payer's lines together; `figures` are those of the policy's columns."""

    payer: str
    name: str
    figures: tuple[Decimal, ...]
    before: Decimal
    amount: Decimal
    by_scope: dict[str, Decimal]
    entered: bool  # some amount is not the formula's
    waiting: tuple[str, ...]  # 跨省310: what somebody has to set, being unknown
    moved: bool  # something of it is set, or has to be

    @property
    def short_name(self) -> str:
        return short(self.name)

    notes: tuple[str, ...]


class Worked(NamedTuple):
    """One line of a working: what it is, how it came about, what it is worth."""

    what: str  # 数据, 参数, 计算
    title: str
    words: str  # the formula in words, or where a parameter comes from
    numbers: str
    shown: str


def titles(policy: Policy, lines: Sequence[LineRow]) -> list[str]:
    """The titles of the columns that a plan's lines have, in the policy's order."""
    return list(_columns(policy, lines).values())


def payer_rows(
    policy: Policy, plan: PlanRow, lines: Sequence[LineRow]
) -> list[PayerRow]:
    """A row a payer, in the order of codes."""
    by_payer: dict[str, list[LineRow]] = defaultdict(list)
    for line in lines:
        by_payer[line.payer].append(line)
    names = list(_columns(policy, lines))
    return [
        PayerRow(
            payer,
            regions.name(payer, plan.on_day),
            _figures(names, own),
            _sum(line.before for line in own),
            _sum(line.amount for line in own),
            {s: _sum(line.amount for line in own if line.scope == s) for s in SCOPES},
            any(
                line.amount != line.computed - line.before or line.unknown == SET
                for line in own
            ),
            tuple(f"{line.scope}{line.fund}" for line in own if line.waits),
            any(line.amount or line.waits for line in own),
            _notes(own),
        )
        for payer, own in sorted(by_payer.items())
    ]


def working(line: LineRow) -> list[Worked]:
    """How a line's amount came about, in the order of reckoning."""
    read = json.loads(line.working)
    used = set(re.findall(r"\w+", " ".join(s["formula"] for s in read["lines"])))
    return [
        *(Worked("数据", i["title"], "", "", _with_unit(i)) for i in read["inputs"]),
        *(
            Worked("参数", p["title"], p["cite"], "", _with_unit(p))
            for p in read["parameters"]
            if p["name"] in used
        ),
        *(
            Worked("计算", s["title"], s["words"], s["numbers"], s["shown"])
            for s in read["lines"]
        ),
    ]


def _with_unit(figure: dict) -> str:
    unit = figure["unit"]
    return figure["shown"] + (unit if unit not in ("", "是否", "比重") else "")


def _named(line: LineRow) -> dict[str, dict]:
    read = json.loads(line.working)
    figures = (*read["inputs"], *read["parameters"], *read["lines"])
    return {figure["name"]: figure for figure in figures}


def _columns(policy: Policy, lines: Sequence[LineRow]) -> dict[str, str]:
    """By name the title of each of the policy's columns that some line has."""
    known = {
        name: each["title"] for line in lines for name, each in _named(line).items()
    }
    return {name: known[name] for name in policy.plan["columns"] if name in known}


def _figures(names: Sequence[str], lines: Sequence[LineRow]) -> tuple[Decimal, ...]:
    """The columns' sums over a payer's lines: exact, then to the fen."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for line in lines:
        for name, figure in _named(line).items():
            sums[name] += Fraction(figure["value"])
    return tuple(yuan(sums[name]) for name in names)


def _notes(lines: Sequence[LineRow]) -> tuple[str, ...]:
    """What is said of a payer, each once; with its 范围 and 险种 where it is of one."""
    said: dict[str, list[LineRow]] = defaultdict(list)
    for line in lines:
        for note in filter(None, line.note.split("；")):
            said[note].append(line)
    return tuple(
        note if len(own) > 1 else f"{own[0].scope}{own[0].fund}：{note}"
        for note, own in said.items()
    )


def _sum(amounts) -> Decimal:
    return sum(amounts, NOTHING)
