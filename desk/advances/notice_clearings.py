"""A clearing list (F2) that comes back with every 确认日期 confirms its notices.

What `yibao confirm` sets it follows itself (clearing_notices.py).
依据：附件一 三（二）2
"""

from __future__ import annotations

from sqlalchemy import Connection

from desk.advances import clearing_notices
from desk.taking import desk_of
from ledger.advances import notice_sources, notices
from ledger.advances.clearing_standing import standing
from ledger.documents import SourceDocument
from ledger.postings import Actor
from posting_rules.notices import CONFIRMED, DISPUTED, ISSUED

BY_LIST = "按清算明细的确认日期"


def settle(connection: Connection, actor: Actor, document: SourceDocument) -> None:
    """Confirm the issued notices of the list's quarters of which no line waits.

    Lines that were reversed and are the same again take their place on the notice.
    """
    quarters = sorted({str(line.period.quarter) for line in document.lines})
    desk = desk_of(connection, actor)
    clearing_notices.adopt(connection, desk, quarters)
    if not any(line.confirmed_on for line in document.lines):
        return
    for row in clearing_notices.of_cities(connection, desk, quarters):
        if row.state not in (ISSUED, DISPUTED):
            continue
        stand = standing(connection, notice_sources.ids_in(row.source_lines))
        if stand.agreed and not stand.disputed:
            day = max(stand.last_day, notices.steps(connection, row.id)[-1].on_day)
            notices.take_step(connection, row.id, CONFIRMED, day, BY_LIST, "", *actor)
