"""A clearing list (F2) that comes back with every 确认日期 confirms its notices.

What `yibao confirm` sets it follows itself (clearing_notices.py).
依据：附件一 三（二）2
"""

from __future__ import annotations

from sqlalchemy import Connection

from ledger import settings
from ledger.advances import notice_sources, notices
from ledger.documents import SourceDocument
from ledger.postings import Actor
from posting_rules.notices import CITY, CONFIRMED, DISPUTED, ISSUED, kinds
from posting_rules.policies import policy_of

BY_LIST = "按清算明细的确认日期"


def settle(connection: Connection, actor: Actor, document: SourceDocument) -> None:
    """Confirm the issued notices of the list's quarters of which no line waits."""
    if not any(line.confirmed_on for line in document.lines):
        return
    quarters = {str(line.period.quarter) for line in document.lines}
    policy = policy_of(settings.province(connection))
    per_city = [kind.id for kind in kinds(policy).values() if kind.per == CITY]
    for kind in per_city:
        for quarter in sorted(quarters):
            for row in notices.notices(connection, kind, quarter):
                if row.state not in (ISSUED, DISPUTED):
                    continue
                ids = notice_sources.ids_in(row.source_lines)
                lines = notice_sources.source_lines(connection, "F2", ids)
                days = [line.confirmed_on for line in lines]
                if days and None not in days:
                    notices.take_step(
                        connection, row.id, CONFIRMED, max(days), BY_LIST, "", *actor
                    )
