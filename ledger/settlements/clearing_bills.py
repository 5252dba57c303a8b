"""How many bills are behind what a clearing of treatment elsewhere says is owed.

settlement_sum counts a bill in each of its parts (统筹, 其他基金, 个账); people count it
once. Where the funds of a bill differ it stands with each of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Callable

from sqlalchemy import Connection, text

from ledger.settlements.results import CHARGE, GIVEN_BACK, MADE_UP, NETWORKED

Key = tuple[str, str, str]  # 参保地, who pays; 就医地; fund


def bills_elsewhere(
    connection: Connection, clearing_id: int, fund_of: Callable[[str], str]
) -> dict[Key, tuple[int, int]]:
    """Bills charged and given back, by payer, place and fund; `fund_of` is the
    accounts' fund of a region."""
    found: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    asked = {"clearing": clearing_id, "networked": NETWORKED, "charge": CHARGE}
    asked |= {"made_up": MADE_UP, "given_back": GIVEN_BACK}
    for row in connection.execute(text(BILLS), asked):
        at = int(row.act == GIVEN_BACK)
        accounts = fund_of(row.region)
        if accounts == row.fund:
            found[row.region, row.place, row.fund][at] += row.bills
            continue
        if row.of_funds:
            found[row.region, row.place, row.fund][at] += row.of_funds
        if row.of_accounts:
            found[row.region, row.place, accounts][at] += row.of_accounts
    return {key: (charged, back) for key, (charged, back) in found.items()}


# All rows of a posting that need clearing are taken at once.
BILLS = """
    SELECT region, place, fund, act, CAST(count(*) AS integer) AS bills,
           CAST(sum(of_funds) AS integer) AS of_funds,
           CAST(sum(of_accounts) AS integer) AS of_accounts
    FROM (
        SELECT line.region, line.place, line.fund,
               CASE WHEN line.act IN (:charge, :made_up)
                    THEN :charge ELSE :given_back END AS act,
               CASE WHEN line.pooled <> 0 OR line.other <> 0
                    THEN 1 ELSE 0 END AS of_funds,
               CASE WHEN line.own <> 0 THEN 1 ELSE 0 END AS of_accounts
        FROM (SELECT DISTINCT posting_id, month FROM settlement_sum
              WHERE clearing_id = :clearing) AS taken
        JOIN batch ON batch.posting_id = taken.posting_id
        JOIN settlement AS line
          ON line.month = taken.month AND line.batch_id = batch.id
        WHERE line.freed = 0 AND line.channel = :networked
          AND line.region <> line.place
    ) AS parts
    WHERE of_funds + of_accounts > 0
    GROUP BY region, place, fund, act
"""
