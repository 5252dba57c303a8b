"""更正 of a notice that came in: it takes the standing one's place while not paid.

备注 of its lines says 更正（第N次）, or 更正 where an office does not count them.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, select

from desk.advances.notice_corrections import correction_of
from desk.advances.notices import named
from desk.taking import Desk
from ledger.advances import notices
from ledger.advances.notices import RECEIVED, LineRow, NoticeRow
from ledger.documents import NoticeLine
from ledger.money import NOTHING, grouped
from ledger.schema import Document
from posting_rules.notices import ISSUED, STATE_NAMES

DOCUMENT = Document.__table__
WORD = "更正"


def corrects(
    known: NoticeRow, there: Sequence[LineRow], lines: Sequence[NoticeLine]
) -> bool:
    """Whether lines are a later correction of a notice that came in."""
    first = lines[0]
    if known.origin != RECEIVED or first.kind != known.kind:
        return False
    if str(first.period) != known.period:
        return False
    number = correction_of(line.note for line in lines)
    if number:
        return number > correction_of(line.note for line in there)
    marked = any(WORD in line.note for line in lines)
    return marked and {_said(line) for line in lines} != {_said(line) for line in there}


def _said(line: NoticeLine | LineRow) -> tuple:
    return line.region, line.scope, line.fund, line.amount, line.note


def replace(
    connection: Connection,
    desk: Desk,
    known: NoticeRow,
    lines: Sequence[NoticeLine],
    document_id: int,
) -> str:
    """Put the lines in the place of what the notice said; in words what changed.

    Its steps begin again with the issue: it is confirmed anew.
    """
    first, actor = lines[0], desk.actor
    total = sum((line.amount for line in lines), NOTHING)
    count = correction_of(line.note for line in lines)
    count = count or len(notices.corrections(known.note)) + 1
    change = f"由{grouped(known.total)}元改为{grouped(total)}元"
    words = f"更正（第{count}次）：{change}，原件作废"
    regions_named = {line.region for line in lines}
    said = [
        LineRow(line.region, line.scope, line.fund, line.amount, line.note)
        for line in lines
    ]
    notices.set_lines(connection, known.id, said)
    notices.amend(
        connection,
        known.id,
        region=first.region if len(regions_named) == 1 else "",
        document_id=document_id,
        due_day=first.due_day,
        payee_name=first.payee_name,
        payee_account=first.payee_account,
        payee_bank=first.payee_bank,
        total=total,
        note="\n".join(filter(None, (known.note, words))),
    )
    on = desk.post_on or actor.on
    notices.take_step(connection, known.id, ISSUED, on, words, "", *actor)
    before = STATE_NAMES[known.state]
    return f"{named(known)}已更正，{change}；原为“{before}”，须重新确认"


def is_void(connection: Connection, known: NoticeRow) -> bool:
    """Whether a withdrawn notice's 文号 may not come again.

    It may where only the file was withdrawn, as taken by mistake.
    """
    if known.origin != RECEIVED:
        return True
    gone = connection.scalar(
        select(DOCUMENT.c.withdrawn_at).where(DOCUMENT.c.id == known.document_id)
    )
    return not gone
