"""How far clearings with institutions are paid: by their own P7, or by lists (F7).

A list names institution, fund and period, not the clearing: of several clearings of a
period what was paid covers the earlier ones first. Only what is approved counts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Sequence

from sqlalchemy import Connection, bindparam, text

from ledger.settlements.institution_dues import KIND

ALL, PARTLY, NONE = "all", "partly", ""


def how_far(
    connection: Connection, clearing_ids: Sequence[int], place: str = ""
) -> dict[int, str]:
    """By clearing: all, partly, or "" (nothing paid, or nothing to pay); of a place."""
    if not clearing_ids:
        return {}
    asked = {"kind": KIND, "ids": sorted(clearing_ids), "place": place}
    listed = {
        tuple(row[:4]): int(row.amount)
        for row in connection.execute(_of(LISTED), asked)
    }
    due: dict[int, int] = defaultdict(int)
    covered: dict[int, int] = defaultdict(int)
    for row in connection.execute(_of(PARTS), asked):
        if row.posting_id is None:
            key = (row.payer, row.payee, row.fund, row.period)
            paid = min(row.net, listed.get(key, 0))
            listed[key] = listed.get(key, 0) - paid
        else:
            paid = row.net if row.counts else 0
        due[row.clearing_id] += row.net
        covered[row.clearing_id] += paid
    return {each: _word(due[each], covered[each]) for each in clearing_ids}


def _word(due: int, covered: int) -> str:
    if not covered:
        return NONE
    return ALL if covered == due else PARTLY


def _of(query: str):
    return text(query).bindparams(bindparam("ids", expanding=True))


PERIODS = "SELECT period FROM clearing WHERE id IN :ids"
LIVE = "posting.state = 'approved' AND posting.live"
PARTS = f"""
    SELECT part.clearing_id, part.payer, part.payee, part.fund, clearing.period,
           part.net, part.posting_id, {LIVE} AS counts
    FROM clearing_part AS part JOIN clearing ON clearing.id = part.clearing_id
    LEFT JOIN posting ON posting.id = part.posting_id
    WHERE clearing.kind = :kind AND clearing.state <> 'undone'
      AND clearing.period IN ({PERIODS})
      AND (:place = '' OR part.payer = :place)
    ORDER BY part.clearing_id, part.id
"""
LISTED = f"""
    SELECT line.place, line.institution, line.fund, line.period,
           CAST(sum(line.amount + line.deducted) AS bigint) AS amount
    FROM institution_payment AS line JOIN posting ON posting.id = line.posting_id
    WHERE line.freed = 0 AND {LIVE} AND line.period IN ({PERIODS})
    GROUP BY line.place, line.institution, line.fund, line.period
"""
