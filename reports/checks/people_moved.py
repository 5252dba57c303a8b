"""Movements against the lines that they are of, person by person.

Only movements of batches that stand (counted or draft) and lines that count are
asked. Everything is set-based: what does not agree leaves the database, its first
person by name.
"""

from __future__ import annotations

import json
from typing import Iterator

from sqlalchemy import Connection, text

from ledger.people.states import CLOSED, DIED, STATES
from ledger.periods import period
from posting_rules.personal import may_credit
from reports.checks.findings import Finding
from reports.checks.people_lines import people_of

CIVIL = "公务员补助"


def movements(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Credits, changes, openings, payouts and bounces; states and serial numbers."""
    fixed, civil = _credited(connection)
    for query, what, why in (
        (WITHOUT_LINE.format(fixed=fixed), "按月计入的变动", "应有相同的一行清单"),
        (WITHOUT_MOVEMENT, "个人账户清单的行", "清单已计入，这一行却没有变动"),
        (CIVIL_ONLY.format(places=civil), "公务员补助计入", "清单的一行应有它的变动"),
        (LISTED["change"], "变动清单", "应与批次的变动相符"),
        (LISTED["opening"], "期初余额清单", "应与批次的变动相符"),
        (LISTED["payout"], "划转清单", "应与批次的变动相符"),
        (LISTED["bounce"], "退回清单", "应与批次的变动相符"),
        (STATE, "个人账户状态", "应由死亡、转出和继承得出"),
        (NUMBERED, "流水号", "每笔变动和划转应有流水号登记，别无其他"),
    ):
        yield from people_of(connection, query, what, why, unmasked)


def _credited(connection: Connection) -> tuple[str, str]:
    """The fixed amount of each batch, and where 公务员补助 is credited, as queries."""
    fixed = ["SELECT 0 AS batch_id, CAST(0 AS bigint) AS amount"]
    places = ["SELECT '' AS month, '' AS region"]
    for row in connection.execute(text(BATCHES)).all():
        figures = json.loads(row.figures or "{}")
        amount = figures.get("退休", {}).get("amount")
        if amount is not None:
            fen = int(amount.replace(".", ""))
            fixed.append(f"SELECT {row.id}, {fen}")
        credits = may_credit(row.region, period(row.period)) if row.period else None
        if credits and CIVIL in credits[1]:
            places.append(f"SELECT '{row.period}', '{row.region}'")
    return " UNION ALL ".join(fixed), " UNION ".join(places)


BATCHES = """
    SELECT id, region, period, figures FROM batch
    WHERE kind = 'credit' AND state IN ('counted', 'draft') ORDER BY id
"""
STANDS = "batch.state IN ('counted', 'draft')"
FIRST = "SELECT region, count(*) AS people, min(person_id) AS person_id FROM"
BY_REGION = "GROUP BY region ORDER BY region"
# Credited before a retirement or death was told: the correction goes by the person.
TOLD = """EXISTS (
    SELECT 1 FROM correction WHERE correction.person_id = m.person_id
                               AND correction.from_month <= m.period)"""
WITHOUT_LINE = f"""
    {FIRST} (
        SELECT m.region, m.person_id
        FROM batch JOIN movement AS m ON m.batch_id = batch.id
        LEFT JOIN ({{fixed}}) AS fixed ON fixed.batch_id = batch.id
        WHERE batch.kind = 'credit' AND {STANDS} AND m.act IN ('credit', 'civil')
          AND (m.kind = '退休划入' AND m.amount <> coalesce(fixed.amount, m.amount)
            OR NOT EXISTS (
            SELECT 1 FROM contribution_line AS l
            WHERE l.month = m.period AND l.person_id = m.person_id AND l.freed = 0
              AND l.region = m.region AND (
                m.act = 'civil' AND l.civil = m.amount
                OR m.kind = '在职计入' AND l.own = m.amount
                   AND (l.credit_as = '在职' OR {TOLD})
                OR m.kind = '退休划入' AND (l.credit_as = '退休' OR {TOLD}))))
    ) AS odd {BY_REGION}
"""
TAKEN = f"""(
    SELECT DISTINCT batch.region, batch.period, taken.document_id
    FROM batch JOIN batch_document AS taken ON taken.batch_id = batch.id
    WHERE batch.kind = 'credit' AND {STANDS}
) AS taken"""
MOVED = f"""EXISTS (
    SELECT 1 FROM movement AS m JOIN batch ON batch.id = m.batch_id
    WHERE m.person_id = l.person_id AND m.period = l.month AND m.region = l.region
      AND {STANDS} AND {{which}})"""
READY = f"""
    FROM {TAKEN} JOIN contribution_line AS l ON l.month = taken.period
     AND l.region = taken.region AND l.ready_document_id = taken.document_id
"""
# Of two lines of a month only the first gets the fixed amount.
WITHOUT_MOVEMENT = f"""
    {FIRST} (
        SELECT l.region, l.person_id {READY}
        WHERE l.freed = 0 AND l.credit_as <> ''
          AND NOT {MOVED.format(which='''m.act = 'credit'
              AND (l.credit_as = '退休' OR m.amount = l.own)''')}
    ) AS odd {BY_REGION}
"""
CIVIL_ONLY = f"""
    {FIRST} (
        SELECT l.region, l.person_id {READY}
        JOIN ({{places}}) AS places
          ON places.month = l.month AND places.region = l.region
        WHERE l.freed = 0 AND l.credit_as <> '' AND l.civil > 0
          AND NOT {MOVED.format(which="m.act = 'civil' AND m.amount = l.civil")}
    ) AS odd {BY_REGION}
"""
OF_BATCH = f"""
    UNION ALL
    SELECT movement.region, movement.person_id, movement.batch_id, -movement.amount
    FROM batch JOIN movement ON movement.batch_id = batch.id
    WHERE batch.kind IN ('{{kind}}'{{and_kinds}}) AND {STANDS}
      AND movement.act NOT IN ('claim', 'recover') AND movement.kind <> '追回挂账'
"""
LINES = {
    "change": f"""
        SELECT l.region, l.person_id, l.batch_id,
               CASE l.kind WHEN '转入' THEN l.amount ELSE -l.amount END AS amount
        FROM change_line AS l JOIN batch ON batch.id = l.batch_id
        WHERE l.freed = 0 AND {STANDS}""",
    # A region's opening batch is not written on its lines: one of each document.
    "opening": f"""
        SELECT l.region, l.person_id, batch.id AS batch_id, l.amount
        FROM account_opening_line AS l
        JOIN batch_document AS taken ON taken.document_id = l.document_id
        JOIN batch ON batch.id = taken.batch_id AND batch.region = l.region
        WHERE l.freed = 0 AND batch.kind = 'opening' AND {STANDS}""",
    "payout": f"""
        SELECT l.region, l.person_id, l.batch_id, -l.amount AS amount
        FROM payout_line AS l JOIN batch ON batch.id = l.batch_id
        WHERE {STANDS}""",
    "bounce": f"""
        SELECT batch.region, l.person_id, l.batch_id, l.amount
        FROM bounce_line AS l JOIN batch ON batch.id = l.batch_id
        WHERE l.freed = 0 AND {STANDS}""",
}
ALSO = {"payout": ", 'real-payout'"}
LISTED = {kind: f"""
    {FIRST} (
        SELECT region, person_id FROM (
            {lines} {OF_BATCH.format(kind=kind, and_kinds=ALSO.get(kind, ""))}
        ) AS both_sides
        GROUP BY region, person_id, batch_id HAVING sum(amount) <> 0
    ) AS odd {BY_REGION}""" for kind, lines in LINES.items()}
DERIVED = STATES.partition("SET state =")[2].rpartition("WHERE account.person_id")[0]
# What emptied a dead person's account after its inheritance may leave it "died".
STATE = f"""
    {FIRST} (
        SELECT region, person_id, state, {DERIVED} AS derived FROM account
    ) AS held
    WHERE state <> derived AND NOT (state = '{DIED}' AND derived = '{CLOSED}')
    {BY_REGION}
"""
NUMBERED = f"""
    {FIRST} (
        SELECT min(region) AS region, person_id FROM (
            SELECT person.region, k.person_id, k.form, k.serial, 1 AS times
            FROM serial_key AS k LEFT JOIN person ON person.person_id = k.person_id
            WHERE k.form IN ('G6', 'payout')
            UNION ALL
            SELECT region, person_id, 'G6', serial, -1 FROM change_line
            WHERE freed = 0
            UNION ALL
            SELECT region, person_id, 'payout', serial, -1 FROM payout_line
        ) AS both_sides
        GROUP BY person_id, form, serial HAVING sum(times) <> 0
    ) AS odd {BY_REGION}
"""
