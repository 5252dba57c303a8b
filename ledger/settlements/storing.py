"""Storing: split lines go into the tables, and by SQL what follows from them.

Lines that come in the order of time are sorted in memory, so that a month's pages are
written once, from beginning to end. Movements of accounts, the keys of serials and the
year's use are then one INSERT … SELECT each, over the lines of the new batches.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Mapping, NamedTuple, Sequence

from sqlalchemy import Connection, text

from ledger.people.staging import append
from ledger.settlements.results import MANUAL, Result
from ledger.settlements.state import make

FREED = "g3_freed"
SERIAL, AT, PERSON, REGION, PLACE, TAKEN, LATE, RULED = map(
    Result._fields.index,
    ("serial", "at", "person_id", "region", "place", "taken", "late", "ruled"),
)
SETTLEMENT = ("month", "batch_id", *Result._fields[:-2], "ruled", "freed")
SETTLEMENT += ("document_id",)
SHARE = ("month", "person_id", "serial", "position", "payer_id", "payer_region")
SHARE += ("relation", "place", "amount", "batch_id", "freed")


class New(NamedTuple):
    """What was just inserted: a month's lines, of batches from an id on; `dated` is
    --post-on, None where each movement is of its bill's day."""

    month: str
    first_batch: int
    dated: str | None


def insert_lines(
    connection: Connection,
    lines: list[Result],
    batch_ids: Mapping[tuple[str, str], int],
    document_id: int,
) -> None:
    """Insert lines of one month; `batch_ids` by region and place.

    The list is sorted in place, as the table is: by person, then serial.
    """
    lines.sort(key=itemgetter(SERIAL))
    lines.sort(key=itemgetter(PERSON))
    end = (0, document_id)
    # A bool is put in as a number: the driver would look for an adapter of each.
    rows = (
        (line[AT][:7], batch_ids[line[REGION], line[PLACE]])
        + (*line[:TAKEN], +line[TAKEN], line[TAKEN + 1], +line[LATE])
        + (line[LATE + 1], +line[RULED], *end)
        for line in lines
    )
    append(connection, "settlement", SETTLEMENT, rows)


def insert_shares(connection: Connection, rows: list[tuple]) -> None:
    """Insert what families paid, in the order of SHARE."""
    append(connection, "settlement_share", SHARE, sorted(rows))


def insert_following(
    connection: Connection,
    new: New,
    freed: Mapping[str, object],
    kinds: Sequence[str],
) -> None:
    """Insert what follows from new lines: movements, keys of serials, the years' use.

    `freed` tells serials whose movements stand already what to put behind theirs;
    `kinds` are the kinds of movement: treated in the own region, elsewhere, shared.
    """
    suffix = ""
    if freed:
        rows = sorted((serial, f"|{mark}") for serial, mark in freed.items())
        make(connection, FREED, "serial TEXT PRIMARY KEY, mark TEXT", rows)
        suffix = SUFFIX
    here, elsewhere, shared = kinds
    values = {"month": new.month, "first": new.first_batch}
    words = {"here": here, "elsewhere": elsewhere}
    dated = "date(:dated)" if new.dated else 'date(substr(s."at", 1, 10))'
    on = {"dated": new.dated} if new.dated else {}
    for statement, more in (
        (MOVEMENTS.format(dated=dated, suffix=suffix), {**words, **on}),
        (SHARED.format(dated=dated, suffix=suffix), {"shared": shared, **on}),
        (KEYS, {}),
        (YEARS, {}),
    ):
        connection.execute(text(statement), {**values, **more})


NEW = "s.month = :month AND s.freed = 0 AND s.batch_id >= :first"
SUFFIX = f"|| coalesce((SELECT mark FROM {FREED} AS f WHERE f.serial = s.serial), '')"
INTO = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id, document_id, "row", institution, category)
"""
MOVEMENTS = f"""{INTO}
    SELECT s.person_id, '', 'settle', s.serial {{suffix}}, s.region, {{dated}},
           CASE WHEN s.region = s.place OR s.channel = '{MANUAL}'
                THEN :here ELSE :elsewhere END,
           -s.own, s.batch_id, s.document_id, s."row", s.institution, s.category
    FROM settlement AS s WHERE {NEW} AND s.own <> 0
    ORDER BY s.person_id, s.serial
"""
SHARED = f"""{INTO}
    SELECT sh.payer_id, '', 'settle', s.serial {{suffix}}, sh.payer_region, {{dated}},
           CAST(:shared AS text), -sh.amount, sh.batch_id, s.document_id, s."row",
           s.institution, s.category
    FROM settlement_share AS sh JOIN settlement AS s
      ON s.month = sh.month AND s.person_id = sh.person_id AND s.serial = sh.serial
    WHERE {NEW} AND sh.month = :month AND sh.freed = 0 AND sh.batch_id >= :first
    ORDER BY sh.payer_id, s.serial
"""
KEYS = f"""
    INSERT INTO serial_key (form, serial, person_id)
    SELECT 'G3', s.serial, s.person_id FROM settlement AS s WHERE {NEW}
    ORDER BY s.serial
"""
YEAR_OF = """CAST(substr(CASE WHEN s.original_month = '' THEN s.month
    ELSE s.original_month END, 1, 4) AS integer)"""
YEARS = f"""
    INSERT INTO outpatient_year (person_id, year, deducted, paid)
    SELECT s.person_id, {YEAR_OF}, CAST(sum(s.deductible) AS bigint),
           CAST(sum(s.pooled) AS bigint)
    FROM settlement AS s WHERE {NEW} AND s.ruled GROUP BY s.person_id, {YEAR_OF}
    ON CONFLICT (person_id, year) DO UPDATE
    SET deducted = outpatient_year.deducted + excluded.deducted,
        paid = outpatient_year.paid + excluded.paid
"""
