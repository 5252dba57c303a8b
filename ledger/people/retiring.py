"""Retirement that is known too late: what was, or would be, credited since.

Lines that are not credited yet count as 退休 at once; what was credited is corrected
by the next `credit` (RULES.md section 2, readings 18 and 19).
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.people import staging

REASON = "退休"


def known_now(connection: Connection, words: dict[str, str], people: bool) -> int:
    """Find whose retirement a turn tells first, or earlier than known: g1_retired."""
    if not people or not words["latest"]:
        return 0
    return staging.temporary(connection, "g1_retired", KNOWN_NOW.format(**words))


def correct(connection: Connection, document_id: int) -> None:
    """Change lines since then that are not credited; note the credited ones."""
    values = {"document": document_id, "reason": REASON}
    for statement in (RETIRED_SINCE, FORGET_LATER, TO_CORRECT):
        connection.execute(
            text(statement),
            {k: v for k, v in values.items() if f":{k}" in statement},
        )


KNOWN_NOW = """
    SELECT g.person_id, g.retired_from AS from_month, g.row
    FROM g1_news AS news
    JOIN {table} AS g ON g.person_id = news.person_id AND g.at = news.at
    JOIN person AS p ON p.person_id = news.person_id
    WHERE g.retired_from <> '' AND g.retired_from <= '{latest}'
      AND (p.retired_from = '' OR g.retired_from < p.retired_from)
"""
CREDITED = """EXISTS (
    SELECT 1 FROM movement JOIN batch ON batch.id = movement.batch_id
    WHERE movement.person_id = contribution_line.person_id
      AND movement.period = contribution_line.month AND movement.act = 'credit'
      AND movement.region = contribution_line.region
      AND batch.state IN ('draft', 'counted')
)"""
SINCE = """
    g1_month.month >= retired.from_month
      AND contribution_line.month = g1_month.month
      AND contribution_line.person_id = retired.person_id
      AND contribution_line.freed = 0 AND contribution_line.credit_as = '在职'"""
# By the line's key: the months of which there are lines are few.
RETIRED_SINCE = f"""
    UPDATE contribution_line SET credit_as = '退休',
        ready_document_id = coalesce(ready_document_id, CAST(:document AS integer))
    WHERE (month, person_id) IN (
        SELECT g1_month.month, retired.person_id
        FROM g1_retired AS retired CROSS JOIN g1_month
        WHERE g1_month.month >= retired.from_month
      ) AND freed = 0 AND credit_as = '在职' AND NOT {CREDITED}
"""
FORGET_LATER = """
    DELETE FROM correction WHERE reason = :reason AND batch_id IS NULL
      AND person_id IN (SELECT person_id FROM g1_retired)
      AND EXISTS (SELECT 1 FROM g1_retired AS retired
                  WHERE retired.person_id = correction.person_id
                    AND retired.from_month < correction.from_month)
"""
# One of each region where months were credited; the first holds from retirement on.
TO_CORRECT = f"""
    INSERT INTO correction (person_id, from_month, reason, region, document_id, "row")
    SELECT person_id, CASE WHEN nth = 1 THEN from_month ELSE credited_from END,
        CAST(:reason AS text), region, CAST(:document AS integer), "row"
    FROM (
        SELECT *, row_number() OVER (
            PARTITION BY person_id ORDER BY credited_from) AS nth
        FROM (
            SELECT retired.person_id, retired.from_month, retired."row",
                contribution_line.region, min(contribution_line.month) AS credited_from
            FROM g1_retired AS retired CROSS JOIN g1_month
            CROSS JOIN contribution_line
            WHERE {SINCE}
            GROUP BY retired.person_id, retired.from_month, retired."row",
                contribution_line.region
        ) AS credited
    ) AS found
    WHERE 1 = 1
    ON CONFLICT (person_id, from_month, reason) DO UPDATE SET batch_id = NULL,
        region = excluded.region, document_id = excluded.document_id,
        "row" = excluded."row"
"""
