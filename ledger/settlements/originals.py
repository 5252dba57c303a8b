"""A settled line by its 流水号, as a result that can be given back."""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.errors import BookError
from ledger.settlements import months
from ledger.settlements.results import Result, Share, reversed_result


def settled(connection: Connection, serial: str) -> Result | None:
    """The standing line of a serial, whole fen; None where there is none."""
    months.keep(connection)
    row = connection.execute(text(LINE), {"serial": serial}).first()
    if row is None:
        return None
    values = {"month": row.month, "person": row.person_id, "serial": serial}
    shares = tuple(Share(*share) for share in connection.execute(text(SHARES), values))
    fields = {name: getattr(row, name) for name in Result._fields if name != "shares"}
    return Result(**fields, shares=shares)


def reversal_of(
    connection: Connection, serial: str, new_serial: str, at: str
) -> Result:
    """The 冲正 of a standing line; BookError where it cannot be reversed whole."""
    line = settled(connection, serial)
    if line is None:
        raise BookError(f"没有流水号{serial}的结算；请核对流水号")
    if line.original:
        raise BookError(f"流水号{serial}是{line.act}，不能冲正；请冲正原收费")
    values = {"person": line.person_id, "serial": serial}
    back = connection.execute(text(GIVEN_BACK), values).first()
    if back is not None:
        raise BookError(f"流水号{serial}已由{back.serial}{back.act}，不能再冲正")
    if at < line.at:
        raise BookError(f"冲正时间{at}早于原结算的{line.at}")
    return reversed_result(line, new_serial, at)


LINE = f"""
    SELECT s.* FROM serial_key AS k CROSS JOIN {months.TABLE} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = k.person_id
     AND s.serial = k.serial AND s.freed = 0
    WHERE k.form = 'G3' AND k.serial = :serial
"""
SHARES = """
    SELECT position, payer_id, payer_region, relation, amount FROM settlement_share
    WHERE month = :month AND person_id = :person AND serial = :serial AND freed = 0
    ORDER BY position
"""
GIVEN_BACK = f"""
    SELECT s.serial, s.act FROM {months.TABLE} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = :person
     AND s.original = :serial AND s.freed = 0
    ORDER BY s."at" LIMIT 1
"""
