"""`yibao match --post SERIAL --institution CODE` of what was made up without one.

A 补记 that names no institution waits as 机构不详, also after the regions cleared it;
naming it later moves what is owed to the institution. Who named it, and when, stands
in the line's note.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection

from desk.settlements import match_acts
from desk.settlements.match_choosing import serials
from desk.taking import Desk
from ledger.errors import BookError
from ledger.settlements import naming
from ledger.settlements.matching import THEIRS_ONLY, Compared, Done
from ledger.settlements.results import MADE_UP


def unnamed(compared: Compared, wanted: Sequence[str]) -> dict[str, list[Done]]:
    """By serial that is asked for and not to be made up: 补记 without an institution."""
    open_now = {row.serial for row in compared.found if row.kind == THEIRS_ONLY}
    asked: dict[str, list[Done]] = {}
    for done in compared.done:
        if done.act == MADE_UP and not done.institution:
            for serial in {done.serial, done.line} & set(serials(wanted)) - open_now:
                asked.setdefault(serial, []).append(done)
    return asked


def name(
    connection: Connection, desk: Desk, asked: dict[str, list[Done]], institution: str
) -> list[Done]:
    """Name the institution of 补记, each once; those named. BookError where it cannot
    have treated one, and then nothing is changed."""
    rows = list(dict.fromkeys(row for each in asked.values() for row in each))
    if not rows:
        return []
    refused = match_acts.elsewhere(connection, rows, institution)
    said = [f"流水号{row.line}：{why}，不能指明" for row, why in refused.items()]
    if said:
        raise BookError("\n".join([*said[:10], "没有入账。"]))
    words = f"由{desk.actor.by}于{desk.actor.on}指明机构"
    for row in rows:
        naming.name(connection, row.payer_id, row.line, institution, words)
    return rows
