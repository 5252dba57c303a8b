"""Registering: who is insured, the dated history of each, and their accounts.

The history is what the lines say, month by month, written down where it changes; a
month's 正常 line goes before its 补缴. What another form registered (openings, deaths)
stays at its month. A row of the newest month is added to it; for people with a row of
an earlier month, and where lines are freed, it is written anew.
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection, text

from ledger.people import staging
from ledger.people.contribution_sql import LATER_LINE


def keep_months(connection: Connection, months: Sequence[str]) -> None:
    """Keep the months of which there are lines as a table: g1_month."""
    staging.temporary(connection, "g1_month", "SELECT '' AS month WHERE 1 = 0")
    if months:
        connection.execute(
            text("INSERT INTO g1_month VALUES (:month)"),
            [{"month": month} for month in months],
        )


def news(connection: Connection, words: dict[str, str], people: bool) -> int:
    """Find the rows that say something new of their person: g1_news.

    Where nobody is registered all do, and no table is made.
    """
    if not people:
        return -1
    return staging.temporary(connection, "g1_news", NEWS.format(**words))


def register(
    connection: Connection,
    words: dict[str, str],
    found: int,
    document_id: int,
    people: bool,
) -> None:
    """Register new people, what changed of the others, and open accounts."""
    if not found:
        return
    parts = {
        **words,
        "of_news": OF_NEWS if people else "",
        "and_new": "AND news.how = 'new'" if people else "",
        "and_now": "AND news.how IN ('new', 'changed')" if people else "",
        "and_none": AND_NONE if people else "",
    }
    statements = [NEW_PEOPLE, NEW_STATES, NEW_ACCOUNTS]
    if people:
        statements += [FILLED, CHANGED]
    for statement in statements:
        connection.execute(text(statement.format(**parts)), {"document": document_id})


def restate_late(connection: Connection, people: bool, retired: int) -> None:
    """Write the history anew of people with a row of an earlier month."""
    if not people:
        return
    query = "SELECT person_id FROM g1_news WHERE how = 'late'"
    if retired:
        query += " UNION SELECT person_id FROM g1_retired"
    if staging.temporary(connection, "g1_late", query):
        _keep_months_again(connection)
        restate(connection, "g1_late")


def restate(connection: Connection, table: str) -> None:
    """Write the history of the people in a table anew, from what stands."""
    connection.execute(text(FORGET.format(table=table)))
    staging.temporary(connection, "g1_history", HISTORY.format(table=table))
    connection.execute(text(HISTORY_AGAIN))
    connection.execute(text(AS_LAST_KNOWN.format(table=table)))


def _keep_months_again(connection: Connection) -> None:
    from ledger.people.contribution_sql import MONTHS_ON_FILE

    keep_months(connection, list(connection.execute(text(MONTHS_ON_FILE)).scalars()))


NEWS = f"""
    SELECT g.person_id, g.at, {{status}} AS status, CASE
        WHEN p.person_id IS NULL THEN 'new'
        WHEN g.month < p.since OR g.month = p.since AND {{differs}} THEN 'late'
        WHEN NOT {{differs}} THEN 'filled'
        WHEN g.month <= '{{latest}}'
          AND {LATER_LINE.format(than=">=", and_more="")} THEN 'late'
        ELSE 'changed' END AS how
    FROM {{table}} AS g LEFT JOIN person AS p ON p.person_id = g.person_id
    WHERE p.person_id IS NULL OR g.month < p.since OR {{differs}}
       OR p.name = '' AND g.name <> '' OR p.born = '' AND g.born <> ''
       OR g.retired_from <> ''
         AND (p.retired_from = '' OR g.retired_from < p.retired_from)
"""
DIFFERS = """(g.region <> p.region OR {status} <> p.status
    OR g.insured_as <> p.insured_as OR g.base IS DISTINCT FROM p.base)"""
NEWS = NEWS.replace("{differs}", DIFFERS)
OF_NEWS = "JOIN g1_news AS news ON news.person_id = g.person_id AND news.at = g.at"
NEW_PEOPLE = """
    INSERT INTO person (person_id, name, born, region, status, insured_as, base,
        since, retired_from, died_on, document_id, "row")
    SELECT g.person_id, g.name, g.born, g.region, {status}, g.insured_as, g.base,
        g.month, g.retired_from, NULL, :document, g.row
    FROM {table} AS g {of_news} {with_person} WHERE 1 = 1 {and_new} {in_order}
"""
NEW_STATES = """
    INSERT INTO person_state (person_id, from_month, region, status, insured_as, base,
        document_id, "row")
    SELECT g.person_id, g.month, g.region, {status}, g.insured_as, g.base,
        CAST(:document AS integer), g.row
    FROM {table} AS g {of_news} {with_person} WHERE 1 = 1 {and_now} {in_order}
"""
AND_NONE = """AND news.how <> 'filled' AND NOT EXISTS (
    SELECT 1 FROM account WHERE account.person_id = g.person_id
                            AND account.region = g.region)"""
NEW_ACCOUNTS = """
    INSERT INTO account (person_id, region, balance, claim, state)
    SELECT g.person_id, g.region, 0, 0, 'open' FROM {table} AS g {of_news}
    WHERE g.insured_as <> '单建统筹' {and_none} {in_order}
"""
FILLED = """
    UPDATE person SET
        name = CASE WHEN person.name = '' THEN g.name ELSE person.name END,
        born = CASE WHEN person.born = '' THEN g.born ELSE person.born END,
        retired_from = CASE WHEN g.retired_from <> '' AND (
            person.retired_from = '' OR g.retired_from < person.retired_from
        ) THEN g.retired_from ELSE person.retired_from END
    FROM g1_news AS news JOIN {table} AS g
      ON g.person_id = news.person_id AND g.at = news.at
    WHERE person.person_id = news.person_id AND news.how <> 'new'
"""
CHANGED = """
    UPDATE person SET region = g.region, status = news.status,
        insured_as = g.insured_as, base = g.base, since = g.month, fund = '',
        document_id = :document, "row" = g.row
    FROM g1_news AS news JOIN {table} AS g
      ON g.person_id = news.person_id AND g.at = news.at
    WHERE person.person_id = news.person_id AND news.how = 'changed'
"""
BY_FORM = """(SELECT document.id FROM document WHERE document.form = 'G1')"""
STATE = """region || '|' || status || '|' || insured_as || '|'
    || coalesce(CAST(base AS text), '')"""
# What stands at each month: another form's state, or else the month's line.
POINTS = """
    SELECT person_id, from_month AS month, region, status, insured_as, base,
        document_id, "row", 0 AS of_line
    FROM person_state WHERE person_id IN (SELECT person_id FROM {table})
    UNION ALL
    SELECT l.person_id, l.month, l.region, CASE
        WHEN p.retired_from <> '' AND p.retired_from <= l.month THEN '退休'
        ELSE l.status END, l.insured_as, l.base, l.document_id, l."row", 1
    FROM {table} AS late CROSS JOIN g1_month CROSS JOIN contribution_line AS l
    JOIN person AS p ON p.person_id = l.person_id
    WHERE l.month = g1_month.month AND l.person_id = late.person_id AND l.freed = 0
      AND NOT EXISTS (
        SELECT 1 FROM person_state AS s
        WHERE s.person_id = l.person_id AND s.from_month = l.month)
      AND (l.kind = '正常' OR NOT EXISTS (
        SELECT 1 FROM contribution_line AS n
        WHERE n.month = l.month AND n.person_id = l.person_id
          AND n.kind = '正常' AND n.freed = 0))
"""
HISTORY = f"""
    SELECT person_id, month, region, status, insured_as, base, document_id, "row",
        of_line
    FROM (
        SELECT *, {STATE} AS state, lag({STATE}) OVER (
            PARTITION BY person_id ORDER BY month) AS before
        FROM ({POINTS}) AS points
    ) AS followed
    WHERE of_line = 0 OR before IS NULL OR state <> before
"""
FORGET = f"""
    DELETE FROM person_state WHERE person_id IN (SELECT person_id FROM {{table}})
      AND document_id IN {BY_FORM}
"""
HISTORY_AGAIN = """
    INSERT INTO person_state (person_id, from_month, region, status, insured_as, base,
        document_id, "row")
    SELECT person_id, month, region, status, insured_as, base, document_id, "row"
    FROM g1_history WHERE of_line = 1
"""
AS_LAST_KNOWN = """
    UPDATE person SET region = last.region, status = last.status,
        insured_as = last.insured_as, base = last.base, since = last.from_month,
        fund = '',
        document_id = last.document_id, "row" = last."row"
    FROM person_state AS last
    WHERE person.person_id IN (SELECT person_id FROM {table})
      AND last.person_id = person.person_id AND last.from_month = (
        SELECT max(s.from_month) FROM person_state AS s
        WHERE s.person_id = person.person_id)
"""
