"""Naming the institution of a 补记 later: its line, its movement, its sum for clearing.

The one change that lines, movements and sums see after they were recorded: "" becomes
a code. What gave the 补记 back goes with it, so that the institution is owed the rest.
Amounts are whole fen.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.database import next_id
from ledger.errors import BookError
from ledger.settlements import months
from ledger.settlements.results import REFUND, REVERSAL
from ledger.settlements.tables import InstitutionSum

AMOUNTS = ("total", "pooled", "other", "own", "shared")


def name(
    connection: Connection, person_id: str, serial: str, institution: str, words: str
) -> list[str]:
    """Name the institution of a 补记 and of what gave it back, `words` go into their
    notes; the serials. BookError where a clearing took their sum."""
    months.keep(connection)
    asked = {"person": person_id, "serial": serial}
    lines = connection.execute(text(LINES), asked).all()
    for line in lines:
        told = {**line._mapping, "code": institution}
        told["note"] = "；".join(part for part in (line.note, words) if part)
        _move_sum(connection, line.serial, told)
        connection.execute(text(NAME_LINE), told)
        told |= {"long": len(line.serial) + 1, "start": line.serial + "|"}
        connection.execute(text(NAME_MOVEMENTS), told)
    return [line.serial for line in lines]


def _move_sum(connection: Connection, serial: str, told: dict) -> None:
    """Take a line out of what its posting owes nobody, into what the institution is
    owed; a row of its own where a clearing took that one."""
    if told["posting_id"] is None:
        return
    held = connection.execute(text(SUM), {**told, "held": ""}).first()
    if held is None:
        raise BookError(f"流水号{serial}的机构待结算已列入清算，不能再指明机构")
    connection.execute(text(LESS), {**told, "id": held.id})
    connection.execute(text(NONE_LEFT), {"id": held.id})
    there = connection.execute(text(SUM), {**told, "held": told["code"]}).first()
    if there is None:
        new = next_id(connection, InstitutionSum.__table__)
        connection.execute(text(NEW), {**told, "id": new})
    else:
        connection.execute(text(MORE), {**told, "id": there.id})


LINES = f"""
    SELECT s.month, s.person_id, s.serial, s.note, s.place, s.fund, s.batch_id,
           {", ".join(f"s.{part}" for part in AMOUNTS)}, batch.posting_id
    FROM {months.TABLE} AS m JOIN settlement AS s
      ON s.month = m.month AND s.person_id = :person AND s.freed = 0
    JOIN batch ON batch.id = s.batch_id
    WHERE s.institution = '' AND (s.serial = :serial
       OR s.original = :serial AND s.act IN ('{REFUND}', '{REVERSAL}'))
    ORDER BY s."at", s.serial
"""
SUM = """
    SELECT id FROM institution_sum
    WHERE posting_id = :posting_id AND month = :month AND institution = :held
      AND place = :place AND fund = :fund AND clearing_id IS NULL
"""
CHANGE = "UPDATE institution_sum SET lines = lines {0} 1, {1} WHERE id = :id"
LESS, MORE = (
    CHANGE.format(
        sign, ", ".join(f"{part} = {part} {sign} :{part}" for part in AMOUNTS)
    )
    for sign in "-+"
)
NONE_LEFT = "DELETE FROM institution_sum WHERE id = :id AND lines = 0"
NEW = f"""
    INSERT INTO institution_sum (id, posting_id, month, institution, place, fund, lines,
                                 {", ".join(AMOUNTS)})
    VALUES (:id, :posting_id, :month, :code, :place, :fund, 1,
            {", ".join(f":{part}" for part in AMOUNTS)})
"""
NAME_LINE = """
    UPDATE settlement SET institution = :code, note = :note
    WHERE month = :month AND person_id = :person_id AND serial = :serial AND freed = 0
"""
# A movement's serial has a mark behind it where the bill itself may come later.
PAID = """
    FROM settlement_share WHERE month = :month AND person_id = :person_id
     AND serial = :serial AND freed = 0
"""
NAME_MOVEMENTS = f"""
    UPDATE movement SET institution = :code
    WHERE person_id IN (SELECT payer_id {PAID}) AND period = '' AND act = 'settle'
      AND (serial = :serial OR substr(serial, 1, :long) = :start)
      AND institution = '' AND batch_id IN (SELECT batch_id {PAID})
"""
