"""G9 in the database: shared settlements as the other side recorded them.

The list lies staged (`staging`) as the temporary table `g9`, in the order of 授权人
and 流水号. What cannot be taken is deleted from it row by row of reasons, what is
left is registered by one INSERT … SELECT. Amounts are whole fen, signed from then on.
"""

from __future__ import annotations

from typing import Iterable, NamedTuple

from sqlalchemy import Connection, text

from ledger.people import staging

STAGED, PLACES = "g9", "g9_place"
KEY = ("person_id", "serial", "at")
GIVEN_BACK = ("退费", "冲正")


class Row(NamedTuple):
    """A staged row that is not taken: where it stands and what it says."""

    sheet: str
    row: int
    serial: str
    person_id: str
    time: str
    act: str
    place: str
    payer_region: str
    amount: int


class Odd(NamedTuple):
    """A row beside another of its 流水号 and 授权人; `other` is that one's content."""

    row: Row
    other: Row


def load(connection: Connection, document) -> int:
    """Stage a list; says how many rows."""
    return staging.load(connection, STAGED, document.fields, document.blocks(), KEY)


def codes(connection: Connection) -> set[str]:
    """The regions that the list names."""
    return set(connection.execute(text(CODES)).scalars())


def take_out(connection: Connection, condition: str, **values) -> list[Row]:
    """Delete the staged rows of which a condition holds, and say which they were."""
    rows = connection.execute(text(TAKE_OUT.format(condition)), values).all()
    return sorted(map(Row._make, rows), key=lambda row: (row.sheet, row.row))


def pool(connection: Connection, cities: Iterable[tuple[str, str]]) -> None:
    """Roll regions up: pairs of a code and the city that pools it."""
    wanted = [(code, city) for code, city in cities if code != city]
    if not wanted:
        return
    rows = ", ".join(f"('{code}', '{city}')" for code, city in wanted)
    staging.temporary(connection, PLACES, NAMED.format(rows))
    for column in ("place", "payer_region"):
        connection.exec_driver_sql(POOL.format(column))


def repeated(connection: Connection) -> tuple[int, list[Odd]]:
    """Take out what says the same as an earlier row of its key, and what does not.

    How many said the same, and those that did not, beside the earlier one.
    """
    if connection.execute(text(ANY_TWICE)).first() is None:
        return 0, []
    odd = _odd(connection, EARLIER)
    take_out(connection, EARLIER_UNLIKE)
    return connection.execute(text(DROP_TWICE)).rowcount, odd


def known(connection: Connection) -> tuple[int, list[Odd]]:
    """Take out what is registered already: how many alike, and those that are not."""
    if connection.execute(text(ANY_KNOWN)).first() is None:
        return 0, []
    odd = _odd(connection, REGISTERED)
    if odd:
        take_out(connection, KNOWN_UNLIKE)
    return connection.execute(text(DROP_KNOWN)).rowcount, odd


def insert(connection: Connection, document_id: int) -> int:
    """Register what is left of the staged rows; says how many."""
    return connection.execute(text(INSERT), {"document": document_id}).rowcount


def _odd(connection: Connection, query: str) -> list[Odd]:
    width = len(Row._fields)
    return [
        Odd(Row(*row[:width]), Row(*row[width:]))
        for row in connection.execute(text(query)).all()
    ]


CODES = f"SELECT place FROM {STAGED} UNION SELECT payer_region FROM {STAGED}"
FIELDS = 'sheet, "row", serial, person_id, time, act, place, payer_region, amount'
TAKE_OUT = f"DELETE FROM {STAGED} WHERE {{}} RETURNING {FIELDS}"
NAMED = "SELECT column1 AS code, column2 AS city FROM (VALUES {}) AS named"
POOL = f"""
    UPDATE {STAGED} SET {{0}} = (SELECT city FROM {PLACES} WHERE code = {STAGED}.{{0}})
    WHERE {{0}} IN (SELECT code FROM {PLACES})
"""
SIGNED = f"CASE WHEN {{0}}act IN {GIVEN_BACK} THEN -{{0}}amount ELSE {{0}}amount END"
ANY_TWICE = f"""
    SELECT 1 FROM {STAGED} GROUP BY person_id, serial HAVING count(*) > 1 LIMIT 1
"""
ALIKE = """
    first.time = g9.time AND first.act = g9.act AND first.place = g9.place
    AND first.payer_region = g9.payer_region AND first.amount = g9.amount
"""
# The first row of a key in the file is the one that counts.
FIRST = f"""
    FROM {STAGED} AS first
    WHERE first.person_id = g9.person_id AND first.serial = g9.serial
      AND first."at" < g9."at" AND first."at" = (
        SELECT min(t."at") FROM {STAGED} AS t
        WHERE t.person_id = g9.person_id AND t.serial = g9.serial)
"""
EARLIER_UNLIKE = f"EXISTS (SELECT 1 {FIRST} AND NOT ({ALIKE}))"
DROP_TWICE = f"DELETE FROM {STAGED} WHERE EXISTS (SELECT 1 {FIRST})"
OF_BOTH = ", ".join(
    f"{table}.{name.strip()}" for table in ("g9", "first") for name in FIELDS.split(",")
)
EARLIER = f"""
    SELECT {OF_BOTH} FROM {STAGED} AS g9 JOIN {STAGED} AS first
      ON first.person_id = g9.person_id AND first.serial = g9.serial
     AND first."at" < g9."at"
    WHERE first."at" = (
        SELECT min(t."at") FROM {STAGED} AS t
        WHERE t.person_id = g9.person_id AND t.serial = g9.serial)
      AND NOT ({ALIKE})
    ORDER BY g9."at"
"""
ON_KEY = """o.person_id = g9.person_id AND o.serial = g9.serial AND o.freed = 0"""
SAME = f"""
    o."at" = g9.time AND o.act = g9.act AND o.place = g9.place
    AND o.payer_region = g9.payer_region AND o.amount = {SIGNED.format("g9.")}
"""
ANY_KNOWN = """
    SELECT 1 FROM g9 CROSS JOIN other_settlement AS o WHERE {on} LIMIT 1
""".format(on=ON_KEY)
KNOWN_UNLIKE = f"""
    EXISTS (SELECT 1 FROM other_settlement AS o WHERE {ON_KEY} AND NOT ({SAME}))
"""
REGISTERED = f"""
    SELECT {", ".join("g9." + name.strip() for name in FIELDS.split(","))},
           o.sheet, o."row", o.serial, o.person_id, o."at", o.act, o.place,
           o.payer_region, abs(o.amount)
    FROM g9 CROSS JOIN other_settlement AS o WHERE {ON_KEY} AND NOT ({SAME})
    ORDER BY g9."at"
"""
DROP_KNOWN = f"""
    DELETE FROM g9 WHERE EXISTS (SELECT 1 FROM other_settlement AS o WHERE {ON_KEY})
"""
INSERT = f"""
    INSERT INTO other_settlement (person_id, serial, freed, month, "at", act, place,
                                  payer_region, amount, sheet, document_id, "row",
                                  resolved)
    SELECT person_id, serial, 0, substr(time, 1, 7), time, act, place, payer_region,
           {SIGNED.format("")}, sheet, :document, "row", ''
    FROM g9 ORDER BY person_id, serial
"""
