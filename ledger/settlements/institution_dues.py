"""What regions owe institutions: sums that wait, and what clearings say is due.

`institution_sum` is the ground: a clearing takes its rows once. What a clearing says
is due is paid by its own P7 (the part has a posting) or by lines of F7.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, bindparam, text

from ledger.money import NOTHING, from_fen

KIND = "institutions"  # of clearings


class Owed(NamedTuple):
    """What the bills of one fund owe an institution; cash is left out."""

    place: str
    institution: str
    fund: str  # the bills' own; own and shared are of the accounts' fund
    lines: int
    total: Decimal
    pooled: Decimal
    other: Decimal
    own: Decimal
    shared: Decimal

    @property
    def funds(self) -> Decimal:
        return self.pooled + self.other

    @property
    def accounts(self) -> Decimal:
        return self.own + self.shared


class Due(NamedTuple):
    """What clearings of a period say is due to an institution, and what became of it.

    `gross` is what the bills say, `net` what is to be paid once negative amounts of
    earlier clearings are set off; `vouched` was paid by the clearings' own P7. `paid`
    and `deducted` are lines of F7 with a voucher, `shown` those that only prove what
    was vouched. Drafts count; `waiting` is their part. The last day says the age.
    """

    place: str
    institution: str
    fund: str
    period: str
    gross: Decimal = NOTHING
    net: Decimal = NOTHING
    vouched: Decimal = NOTHING
    paid: Decimal = NOTHING
    deducted: Decimal = NOTHING
    shown: Decimal = NOTHING
    waiting: Decimal = NOTHING

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self[:4]

    @property
    def settled(self) -> Decimal:
        return self.vouched + self.paid + self.deducted

    @property
    def open(self) -> Decimal:
        """What is left in 待结算; below zero it is set off by the next payments."""
        return self.gross - self.settled

    @property
    def payable(self) -> Decimal:
        """What a list (F7) may still pay or deduct."""
        return self.net - self.settled

    @property
    def unproven(self) -> Decimal:
        """What the clearings' own P7 paid and no line of F7 has proved yet."""
        return self.vouched - self.shown


def open_sums(
    connection: Connection,
    last_month: str,
    places: Sequence[str],
    *,
    unnamed: bool = False,
) -> list[Owed]:
    """What waits to be cleared up to a month, by place, institution and fund.

    With `unnamed` also what nobody can be paid: 补记 of which the institution, "", is
    not known (机构不详).
    """
    condition = OPEN if unnamed else CLEARABLE
    where = text(OWED.format(where=condition)).bindparams(
        bindparam("places", expanding=True)
    )
    asked = {"month": last_month, "places": list(places)}
    return _owed(connection.execute(where, asked))


def cleared_sums(connection: Connection, clearing_id: int) -> list[Owed]:
    """What a clearing took, by place, institution and fund."""
    query = text(OWED.format(where="clearing_id = :clearing"))
    return _owed(connection.execute(query, {"clearing": clearing_id}))


def cleared_postings(connection: Connection, clearing_id: int) -> list[int]:
    """The postings whose rows a clearing took."""
    query = text(
        "SELECT DISTINCT posting_id FROM institution_sum WHERE clearing_id = :clearing"
    )
    return sorted(connection.execute(query, {"clearing": clearing_id}).scalars())


def take(
    connection: Connection, clearing_id: int, last_month: str, places: Sequence[str]
) -> None:
    """Mark the rows that wait as taken by a clearing."""
    query = text(
        f"UPDATE institution_sum SET clearing_id = :clearing WHERE {CLEARABLE}"
    )
    connection.execute(
        query.bindparams(bindparam("places", expanding=True)),
        {"clearing": clearing_id, "month": last_month, "places": list(places)},
    )


def carried(
    connection: Connection, places: Sequence[str]
) -> dict[tuple[str, str, str], Decimal]:
    """By (place, institution, fund): what former clearings left to be set off, below
    zero."""
    rows = connection.execute(
        text(CARRIED).bindparams(bindparam("places", expanding=True)),
        {"kind": KIND, "places": list(places)},
    )
    return {(r.payer, r.payee, r.fund): from_fen(int(r.amount)) for r in rows}


def periods(connection: Connection) -> set[str]:
    """The periods that have a clearing with institutions."""
    rows = connection.execute(text(PERIODS), {"kind": KIND})
    return set(rows.scalars())


def dues(
    connection: Connection, place: str = "", periods: Sequence[str] = ()
) -> list[Due]:
    """What is due and what became of it, in order; of one place, of some periods."""
    where, asked = [], {}
    if place:
        where.append("place = :place")
        asked["place"] = place
    if periods:
        where.append("period IN :periods")
        asked["periods"] = sorted(periods)
    query = text(DUES.format(where=f"WHERE {' AND '.join(where)}" if where else ""))
    if periods:
        query = query.bindparams(bindparam("periods", expanding=True))
    rows = connection.execute(query, {"kind": KIND, **asked})
    return [Due(*row[:4], *(from_fen(int(fen)) for fen in row[4:])) for row in rows]


def _owed(rows) -> list[Owed]:
    return [Owed(*row[:4], *(from_fen(int(fen)) for fen in row[4:])) for row in rows]


# Only what approved postings brought is cleared, and what no reversal took back.
OPEN = """
    clearing_id IS NULL AND month <= :month AND place IN :places
    AND posting_id IN (SELECT id FROM posting WHERE state = 'approved' AND live)
"""
CLEARABLE = f"{OPEN} AND institution <> ''"
SUMS = ", ".join(
    f"CAST(sum({name}) AS bigint)"
    for name in ("total", "pooled", "other", "own", "shared")
)
OWED = f"""
    SELECT place, institution, fund, CAST(sum(lines) AS integer), {SUMS}
    FROM institution_sum WHERE {{where}}
    GROUP BY place, institution, fund ORDER BY place, institution, fund
"""
STANDING = """
    FROM clearing_part AS part JOIN clearing ON clearing.id = part.clearing_id
    LEFT JOIN posting ON posting.id = part.posting_id
    WHERE clearing.kind = :kind AND clearing.state <> 'undone'
"""
CARRIED = f"""
    SELECT part.payer, part.payee, part.fund,
           CAST(sum(part.gross - part.net) AS bigint) AS amount
    {STANDING} AND part.payer IN :places
    GROUP BY part.payer, part.payee, part.fund
    HAVING sum(part.gross - part.net) <> 0
"""
PERIODS = """
    SELECT DISTINCT period FROM clearing WHERE kind = :kind AND state <> 'undone'
"""
DRAFT = "CASE WHEN posting.state = 'draft' THEN {amount} ELSE 0 END"
FIGURES = ("gross", "net", "vouched", "paid", "deducted", "shown", "waiting")
ADDED = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in FIGURES)
DUES = f"""
    SELECT place, institution, fund, period, {ADDED}
    FROM (
        SELECT part.payer AS place, part.payee AS institution, part.fund AS fund,
               clearing.period AS period, part.gross AS gross, part.net AS net,
               CASE WHEN part.posting_id IS NULL THEN 0 ELSE part.net END AS vouched,
               0 AS paid, 0 AS deducted, 0 AS shown,
               {DRAFT.format(amount="part.net")} AS waiting
        {STANDING}
        UNION ALL
        SELECT line.place, line.institution, line.fund, line.period, 0, 0, 0,
               CASE WHEN line.posting_id IS NULL THEN 0 ELSE line.amount END,
               line.deducted,
               CASE WHEN line.posting_id IS NULL THEN line.amount ELSE 0 END,
               {DRAFT.format(amount="line.amount + line.deducted")}
        FROM institution_payment AS line
        LEFT JOIN posting ON posting.id = line.posting_id
        WHERE line.freed = 0
    ) AS both_sides {{where}}
    GROUP BY place, institution, fund, period
    ORDER BY place, institution, fund, period
"""
