"""A clearing's statement as rows: pairs of regions, and the lines behind them.

Taken from the sums that the clearing took, never from its vouchers. What was charged
and what was given back stand apart, the latter below zero.
依据：皖医保中心〔2024〕39号 二（四）、（六）
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterable, Iterator, NamedTuple

from sqlalchemy import Connection

from ledger import regions
from ledger.money import NOTHING
from ledger.settlements import clearing as clearings
from ledger.settlements import clearing_rows
from ledger.settlements.clearing import ELSEWHERE, FAMILY, PAID_ON, PREMIUM, Part
from ledger.settlements.clearing_bills import bills_elsewhere
from posting_rules.netting import positions
from posting_rules.personal import fund_of_accounts

GIVEN_BACK = "退还"


class Head(NamedTuple):
    """Whose statement it is: the clearing's own row."""

    id: int
    kind: str
    province: str
    period: str
    serial: int
    netted: bool
    state: str
    made_by: str
    made_at: str


class Line(NamedTuple):
    """Lines that are alike, by 就医地, 参保地 and 授权地 ("" where nobody shares).

    A bill stands in the line of each part: `…_lines` of the parts add up to more.
    """

    subject: str
    payer: str
    payee: str
    place: str
    region: str
    grantor: str
    part: str  # 统筹, 其他基金, 个账, 共济; of premiums the 险种
    fund: str
    category: str
    relation: str
    month: str
    charged_lines: int
    charged: Decimal
    returned_lines: int
    returned: Decimal

    @property
    def total(self) -> Decimal:
        return self.charged + self.returned


class Pair(NamedTuple):
    """What one region owes another, on a subject and fund; `net` is what is paid.

    Of treatment elsewhere `…_lines` counts bills.
    """

    subject: str
    payer: str
    payee: str
    fund: str
    charged_lines: int
    charged: Decimal
    returned_lines: int
    returned: Decimal
    gross: Decimal
    net: Decimal


class Position(NamedTuple):
    """A region in a subject's matrix; what it pays on the whole is above zero."""

    region: str
    owes: Decimal
    is_owed: Decimal
    position: Decimal
    pays: Decimal
    receives: Decimal


class Statement(NamedTuple):
    head: Head
    pairs: list[Pair]
    lines: list[Line]
    paid_on: list[Part]  # premiums: the payee is the 险种

    @property
    def parties(self) -> list[str]:
        """The regions of the province that take part, also as 参保地 alone."""
        named = {pair.payer for pair in self.pairs}
        named |= {pair.payee for pair in self.pairs}
        named |= {line.region for line in self.lines}
        named |= {part.payer for part in self.paid_on}
        own = self.head.province
        return sorted(r for r in named if r != own and regions.province_of(r) == own)

    @property
    def lanes(self) -> list[tuple[str, str]]:
        """The subjects and funds, each a matrix of its own."""
        return sorted({(pair.subject, pair.fund) for pair in self.pairs})

    def matrix(self, subject: str, fund: str) -> dict[tuple[str, str], Decimal]:
        """What each payer owes each payee."""
        return {
            (pair.payer, pair.payee): pair.gross
            for pair in self._of(subject, fund)
            if pair.gross
        }

    def positions(self, subject: str, fund: str) -> list[Position]:
        """Every region of a matrix: gross, net, and what is paid."""
        pairs = self._of(subject, fund)
        owed = {(pair.payer, pair.payee): pair.gross for pair in pairs}
        return [
            Position(
                region,
                _sum(pair.gross for pair in pairs if pair.payer == region),
                _sum(pair.gross for pair in pairs if pair.payee == region),
                position,
                _sum(pair.net for pair in pairs if pair.payer == region),
                _sum(pair.net for pair in pairs if pair.payee == region),
            )
            for region, position in positions(owed).items()
        ]

    def _of(self, subject: str, fund: str) -> list[Pair]:
        return [p for p in self.pairs if (p.subject, p.fund) == (subject, fund)]


def statement(connection: Connection, clearing_id: int) -> Statement:
    """The statement of a clearing between regions."""
    row = clearings.clearing(connection, clearing_id)
    head = Head(*(getattr(row, field) for field in Head._fields))
    made = _treatment if row.kind == "family" else _premiums
    lines = _lines(made(connection, clearing_id))
    parts = [kept.part for kept in clearings.parts_of(connection, clearing_id)]
    between = [part for part in parts if part.subject != PAID_ON]
    paid_on = [part for part in parts if part.subject == PAID_ON]
    bills = bills_elsewhere(connection, clearing_id, fund_of_accounts)
    return Statement(head, _pairs(between, lines, bills), lines, paid_on)


def _treatment(connection: Connection, clearing_id: int) -> Iterator[tuple]:
    """(a line's words, how many, amount, whether it was given back)."""
    for row in clearing_rows.treatment_rows(connection, clearing_id):
        grantor = row.payer if row.subject == FAMILY else ""
        words = (row.subject, row.payer, row.place, row.place, row.region, grantor)
        words += (row.part, row.fund, row.category, row.relation, row.month)
        yield words, row.lines, row.amount, row.act == GIVEN_BACK


def _premiums(connection: Connection, clearing_id: int) -> Iterator[tuple]:
    for row in clearing_rows.premium_rows(connection, clearing_id):
        words = (PREMIUM, row.payer, row.region, "", row.region, row.payer, row.kind)
        words += (fund_of_accounts(row.payer), "", row.relation, row.month)
        yield words, row.lines, row.amount, False


def _lines(rows: Iterable[tuple]) -> list[Line]:
    sums: dict[tuple, list] = defaultdict(lambda: [0, NOTHING, 0, NOTHING])
    for words, count, amount, given_back in rows:
        total = sums[words]
        at = 2 if given_back else 0
        total[at] += count
        total[at + 1] += amount
    return [Line(*words, *total) for words, total in sorted(sums.items())]


def _pairs(parts: list[Part], lines: list[Line], bills: dict) -> list[Pair]:
    """Lines added up; a bill that several funds of a pair pay counts once."""
    sums: dict[tuple, list] = defaultdict(lambda: [0, NOTHING, 0, NOTHING])
    for line in lines:
        total = sums[line.subject, line.payer, line.payee, line.fund]
        for at, value in enumerate(line[-4:]):
            total[at] += value
    for (subject, *pair), total in sums.items():
        if subject == ELSEWHERE:
            total[0], total[2] = bills.get(tuple(pair), (0, 0))
    return [
        Pair(*part[:4], *sums[part[:4]], part.gross, part.net) for part in sorted(parts)
    ]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
