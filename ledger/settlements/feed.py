"""Feed: the staged lines of a list of bills in the order in which they act.

The list lies staged (`staging`) as the temporary table `g3`. Lines act by 结算时间, then
流水号 (RULES.md section 2, reading 17), whatever their order in the file.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple

from sqlalchemy import Connection, text

from ledger.settlements.months import TABLE as MONTHS

STAGED = "g3"
FETCH = 20_000
FORM = "G3"


class Bill(NamedTuple):
    """A staged line with its person, as of the month of 结算时间.

    Amounts are whole fen, None where the list says nothing. `status` is None for who
    is not registered.
    """

    sheet: str
    row: int
    serial: str
    at: str
    act: str
    original: str
    person_id: str
    said_region: str
    said_fund: str
    channel: str
    institution: str
    level: str
    place: str
    category: str
    total: int
    in_policy: int
    pooled: int | None
    other: int | None
    own: int | None
    shared: int | None
    cash: int | None
    note: str
    region: str
    status: str | None
    fund: str
    died_on: str | None


def streamed(connection: Connection, query: str) -> Iterator[tuple]:
    """A query's rows as the driver gives them, never all at once."""
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.arraysize = FETCH
        cursor.execute(query)
        while rows := cursor.fetchmany():
            yield from rows
        cursor.close()
        return
    cursor.execute(f"DECLARE yibao_feed NO SCROLL CURSOR FOR {query}")
    while True:
        cursor.execute(f"FETCH FORWARD {FETCH} FROM yibao_feed")
        rows = cursor.fetchall()
        if not rows:
            break
        yield from map(tuple, rows)
    cursor.execute("CLOSE yibao_feed")
    cursor.close()


def bills(connection: Connection) -> Iterator[Bill]:
    """The staged lines in order; equal serials follow each other by content."""
    return map(Bill._make, streamed(connection, BILLS))


def known(connection: Connection) -> dict[str, tuple]:
    """By 流水号 that is taken already: whose it is and the line's content, if any.

    Content is what two lines of one 流水号 must share: time, act, original, person,
    channel, institution, place, category and the amounts, all above zero.
    """
    return {row[0]: tuple(row[1:]) for row in connection.execute(text(KNOWN))}


def wanted_originals(connection: Connection) -> set[str]:
    """The 流水号 that refunds and reversals of the list name."""
    rows = connection.execute(text(f"SELECT DISTINCT original FROM {STAGED}"))
    return {row.original for row in rows if row.original}


def repeated(connection: Connection) -> set[str]:
    """The 流水号 that the list has more than once."""
    return set(connection.execute(text(REPEATED)).scalars())


def times_freed(connection: Connection) -> dict[str, int]:
    """By 流水号: how often its line was taken back; movements' keys say so."""
    rows = connection.execute(text(TIMES_FREED))
    return {row.serial: row.times for row in rows}


MONTH = "substr(g.time, 1, 7)"
STATE = f"""(SELECT s.{{0}} FROM person_state AS s
      WHERE s.person_id = p.person_id AND s.from_month <= {MONTH}
      ORDER BY s.from_month DESC LIMIT 1)"""
REGION, STATUS = STATE.format("region"), STATE.format("status")
BILLS = f"""
    SELECT g.sheet, g."row", g.serial, g.time, g.act, g.original, g.person_id,
           g.region, g.fund, g.channel, g.institution, g.level, g.place, g.category,
           g.total, g.in_policy, g.pooled, g.other, g.own, g.shared, g.cash, g.note,
           CASE WHEN p.since <= {MONTH} THEN p.region
                ELSE coalesce({REGION}, p.region) END,
           CASE WHEN p.retired_from <> '' AND p.retired_from <= {MONTH} THEN '退休'
                WHEN p.since <= {MONTH} THEN p.status
                ELSE coalesce({STATUS}, p.status) END,
           p.fund, CAST(p.died_on AS text)
    FROM {STAGED} AS g LEFT JOIN person AS p ON p.person_id = g.person_id
    ORDER BY g.time, g.serial, g.person_id, g.total, g.act, g.institution, g."at"
"""
KNOWN = f"""
    SELECT g.serial, k.person_id, s."at", s.act, s.original, s.channel,
           s.institution, s.place, s.category, abs(s.total), abs(s.in_policy),
           abs(s.pooled), abs(s.other), abs(s.own), abs(s.shared), abs(s.cash)
    FROM (SELECT DISTINCT serial FROM {STAGED}) AS g
    JOIN serial_key AS k ON k.form = '{FORM}' AND k.serial = g.serial
    CROSS JOIN {MONTHS} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = k.person_id
     AND s.serial = k.serial AND s.freed = 0
"""
REPEATED = f"SELECT serial FROM {STAGED} GROUP BY serial HAVING count(*) > 1"
TIMES_FREED = f"""
    SELECT s.serial, count(*) AS times
    FROM settlement AS s JOIN {STAGED} AS g ON g.serial = s.serial
    WHERE s.freed <> 0 AND s.person_id = g.person_id GROUP BY s.serial
"""
