"""Earlier lines: what a list of bills names, repeats or gives back of what stands.

Asked set-based of the serials and people that `state.stage` laid out.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, text

from ledger.settlements.months import TABLE as MONTHS
from ledger.settlements.results import CHARGE, MADE_UP, MANUAL, NETWORKED
from ledger.settlements.state import ANY_FREED, MANUALS, PEOPLE, SERIALS, WANTED


def known(connection: Connection) -> dict[str, tuple]:
    """By 流水号 that is taken already: whose it is and the line's content.

    Content is what two lines of one 流水号 must share: time, act, original, person,
    channel, institution, place, category and the amounts, all above zero.
    """
    return {row[0]: tuple(row[1:]) for row in connection.execute(text(KNOWN))}


def times_freed(connection: Connection) -> dict[str, int]:
    """By 流水号: how often its line was taken back; movements' keys say so."""
    if connection.execute(text(ANY_FREED)).first() is None:
        return {}
    rows = connection.execute(text(TIMES_FREED))
    return {row.serial: row.times for row in rows}


def originals(connection: Connection) -> list:
    """The standing bills that refunds and reversals of the list name."""
    return connection.execute(text(ORIGINALS)).all()


def given_back(connection: Connection) -> list:
    """What refunds and reversals gave back of those bills so far, signed, summed."""
    return connection.execute(text(GIVEN_BACK)).all()


def original_shares(connection: Connection) -> list:
    """What is left of the shares of those bills, by position."""
    return connection.execute(text(SHARES)).all()


def twins(connection: Connection, months: Sequence[str]) -> list[tuple]:
    """(person, institution, day, total, channel, serial) of standing bills that a line
    of the list may repeat in the other channel. 依据：第二十六条"""
    found = connection.execute(text(TWINS_OF_MANUAL)).all()
    for month in months:
        values = {"month": month}
        if connection.execute(text(ANY_MANUAL), values).first() is not None:
            found += connection.execute(text(MANUAL_TWINS), values).all()
    return [tuple(row) for row in found]


KNOWN = f"""
    SELECT k.serial, k.person_id, s."at", s.act, s.original, s.channel,
           s.institution, s.place, s.category, abs(s.total), abs(s.in_policy),
           abs(s.pooled), abs(s.other), abs(s.own), abs(s.shared), abs(s.cash)
    FROM {SERIALS} AS g
    JOIN serial_key AS k ON k.form = 'G3' AND k.serial = g.serial
    CROSS JOIN {MONTHS} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = k.person_id
     AND s.serial = k.serial AND s.freed = 0
"""
TIMES_FREED = f"""
    SELECT s.serial, count(*) AS times
    FROM settlement AS s JOIN {SERIALS} AS g ON g.serial = s.serial
    WHERE s.freed <> 0 GROUP BY s.serial
"""
ORIGINALS = f"""
    SELECT s.* FROM {WANTED} AS w CROSS JOIN {MONTHS} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = w.person_id
     AND s.serial = w.original AND s.freed = 0
"""
GIVEN_BACK = f"""
    SELECT w.original, count(*) AS lines,
           CAST(sum(r.total) AS bigint) AS total,
           CAST(sum(r.in_policy) AS bigint) AS in_policy,
           CAST(sum(r.deductible) AS bigint) AS deductible,
           CAST(sum(r.pooled) AS bigint) AS pooled,
           CAST(sum(r.other) AS bigint) AS other,
           CAST(sum(r.own) AS bigint) AS own,
           CAST(sum(r.shared) AS bigint) AS shared,
           CAST(sum(r.cash) AS bigint) AS cash
    FROM {WANTED} AS w CROSS JOIN {MONTHS} AS m
    JOIN settlement AS r ON r.month = m.month AND r.person_id = w.person_id
     AND r.original = w.original AND r.freed = 0
    GROUP BY w.original
"""
SHARES = f"""
    SELECT w.original, sh.position, sh.payer_id, sh.payer_region, sh.relation,
           CAST(sum(sh.amount) AS bigint) AS amount
    FROM {WANTED} AS w CROSS JOIN {MONTHS} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = w.person_id
     AND s.freed = 0 AND (s.serial = w.original OR s.original = w.original)
    JOIN settlement_share AS sh ON sh.month = s.month
     AND sh.person_id = s.person_id AND sh.serial = s.serial AND sh.freed = 0
    GROUP BY w.original, sh.position, sh.payer_id, sh.payer_region, sh.relation
    ORDER BY w.original, sh.position
"""
STANDS = f"""s.act IN ('{CHARGE}', '{MADE_UP}') AND s.freed = 0
  AND s.total > -coalesce((
    SELECT sum(r.total) FROM {MONTHS} AS n
    JOIN settlement AS r ON r.month = n.month AND r.person_id = s.person_id
     AND r.original = s.serial AND r.freed = 0), 0)"""
TWIN = 's.person_id, s.institution, substr(s."at", 1, 10), s.total, s.channel, s.serial'
TWINS_OF_MANUAL = f"""
    SELECT DISTINCT {TWIN} FROM {MANUALS} AS g JOIN settlement AS s
      ON s.month = substr(g.day, 1, 7) AND s.person_id = g.person_id
     AND s.institution = g.institution AND s.total = g.total
     AND s.channel = '{NETWORKED}'
    WHERE substr(s."at", 1, 10) = g.day AND {STANDS}
"""
# Of the lines, not of their sums: a bill of cash alone has none.
ANY_MANUAL = f"""
    SELECT 1 FROM settlement
    WHERE month = :month AND channel = '{MANUAL}' LIMIT 1
"""
MANUAL_TWINS = f"""
    SELECT {TWIN} FROM settlement AS s
    WHERE s.month = :month AND s.channel = '{MANUAL}'
      AND s.person_id IN (SELECT person_id FROM {PEOPLE}) AND {STANDS}
"""
