"""Identity 12: what a bill is called and what it does agree.

收费 and 补记 add (settlements.py looks at 补记), 退费 and 冲正 give back; a 收费 follows
no other line. Set-based, each line named by its 流水号, which is no personal data.
"""

from __future__ import annotations

from typing import Iterator

from sqlalchemy import Connection, text

from ledger.money import from_fen
from ledger.settlements.results import CHARGE, MADE_UP
from reports.checks.findings import ERROR, Finding
from reports.checks.people import place
from reports.checks.settlements import CORRECT, IDENTITY, SHOWN


def acts(connection: Connection) -> Iterator[Finding]:
    """Lines whose 业务类型 is not what their amount, or their original, says."""
    asked = {"charge": CHARGE, "made_up": MADE_UP}
    for row in connection.execute(text(UNLIKE), asked).all():
        adds = row.act in (CHARGE, MADE_UP)
        what = f"结算{row.serial}（{row.month}，{place(row.region)}）{row.act}"
        why = f"业务类型与金额或原结算不符；{CORRECT}"
        if row.lines > SHOWN:
            why += f"；共{row.lines}笔，列出前{SHOWN}笔"
        if row.total < 0 if adds else row.total > 0:
            expected = "金额不小于0" if adds else "金额不大于0"
            found = f"{from_fen(row.total):.2f}"
        else:
            expected, found = "不指原结算", f"原结算流水号{row.original}"
        book = f"{row.region}-city-agency"
        yield Finding(IDENTITY, book, what, expected, found, "", ERROR, why)


UNLIKE = f"""
    SELECT month, serial, region, act, original, total, count(*) OVER () AS lines
    FROM settlement
    WHERE freed = 0 AND (
        act = :charge AND total < 0
        OR act NOT IN (:charge, :made_up) AND total > 0
        OR act = :charge AND original <> ''
    )
    ORDER BY month, serial LIMIT {SHOWN}
"""
