"""The SQL of contributions: what a row says, whether it fits, where it goes.

`g` is a row of the turn's table, `rule` of its month and region, `p` the person as
known before. Braces are filled by `filled`: with the turn's table, and with joins
that are left out where they cannot find anything.
"""

from __future__ import annotations

from sqlalchemy import Connection

from ledger.people import staging

WORKING = "(g.status = '在职' AND g.insured_as <> '单建统筹')"
PERCENT = "((g.base * rule.num * 2 + rule.den) / (rule.den * 2))"
# What the account gets of a row if the person is not retired after all; without a
# rule what the list says itself, of 灵活就业 only if it says it.
COMPUTED = f"""(CASE WHEN NOT {WORKING} THEN 0
    WHEN rule.den IS NOT NULL THEN {PERCENT}
    WHEN g.declared IS NOT NULL THEN g.declared
    WHEN g.insured_as = '灵活就业' THEN 0
    ELSE coalesce(g.personal, 0) END)"""
SAID = """(CASE WHEN g.declared IS NOT NULL THEN g.declared
    WHEN g.insured_as = '单位职工' THEN g.personal END)"""
RETIRED_BY_ROW = """(g.status = '退休'
    OR g.retired_from <> '' AND g.retired_from <= g.month)"""
RETIRED_BY_PERSON = f"""({RETIRED_BY_ROW}
    OR coalesce(p.retired_from, '') <> '' AND p.retired_from <= g.month)"""
OWN = f"(CASE WHEN {{retired}} THEN 0 ELSE {COMPUTED} END)"
STATUS = "(CASE WHEN {retired} THEN '退休' ELSE g.status END)"
CREDIT_AS = """(CASE WHEN g.insured_as = '单建统筹' THEN ''
    WHEN {retired} THEN '退休' ELSE '在职' END)"""
WITH_RULE = """{table} AS g LEFT JOIN g1_rule AS rule
    ON rule.month = g.month AND rule.region = g.region"""
WITH_PERSON = "LEFT JOIN person AS p ON p.person_id = g.person_id"
WITH_LINES = """
    LEFT JOIN contribution_line AS same ON same.month = g.month
      AND same.person_id = g.person_id AND same.kind = g.kind AND same.freed = 0
    LEFT JOIN contribution_line AS other ON other.month = g.month
      AND other.person_id = g.person_id AND other.kind <> g.kind AND other.freed = 0"""
DIED = "substr(CAST(p.died_on AS text), 1, 7)"
LATER_LINE = """EXISTS (
    SELECT 1 FROM g1_month CROSS JOIN contribution_line AS l
    WHERE g1_month.month {than} g.month AND l.month = g1_month.month
      AND l.person_id = g.person_id AND l.freed = 0 {and_more})"""
STATE_AT = """(
    SELECT s.status FROM person_state AS s
    WHERE s.person_id = g.person_id AND s.from_month <= g.month
    ORDER BY s.from_month DESC LIMIT 1)"""

BY_LINES = """
    WHEN same.region <> g.region THEN 'elsewhere'
    WHEN same.person_id IS NOT NULL AND (
         same.status <> g.status OR same.insured_as <> g.insured_as
      OR same.base IS DISTINCT FROM g.base
      OR same.employer IS DISTINCT FROM g.employer
      OR same.personal IS DISTINCT FROM g.personal
      OR same.declared IS DISTINCT FROM g.declared
      OR same.retired_from <> g.retired_from
      OR same.civil IS DISTINCT FROM g.civil
      OR g.received_on IS NOT NULL AND same.received_on IS NOT NULL
        AND CAST(same.received_on AS text) <> g.received_on) THEN 'content'"""
BY_NAME = """
    WHEN g.name <> '' AND p.name <> '' AND g.name <> p.name THEN 'name'
    WHEN g.born <> '' AND p.born <> '' AND g.born <> p.born THEN 'born'"""
KNOWN = """
    WHEN same.person_id IS NOT NULL AND
      (g.received_on IS NULL OR same.received_on IS NOT NULL) THEN 'known'
    WHEN same.person_id IS NOT NULL THEN 'complete'"""
BY_PERSON = f"""
    WHEN p.died_on IS NOT NULL AND g.month > {DIED} THEN 'dead'
    WHEN p.died_on IS NOT NULL AND g.retired_from > {DIED} THEN 'retired after death'
    WHEN g.retired_from <> '' AND p.retired_from <> ''
      AND g.retired_from > p.retired_from THEN 'retired before'
    WHEN g.retired_from <> '' AND p.retired_from = '' AND p.status = '退休'
      AND g.retired_from > (
        SELECT min(s.from_month) FROM person_state AS s
        WHERE s.person_id = g.person_id AND s.status = '退休'
      ) THEN 'retired before'
    WHEN g.status = '退休' AND g.retired_from = '' AND p.retired_from > g.month
      THEN 'not yet retired'
    WHEN g.status = '在职' AND g.retired_from = '' AND p.retired_from = ''
      AND (p.status = '退休' AND g.month >= p.since
        OR g.month < p.since AND {STATE_AT} = '退休') THEN 'working again'
    WHEN g.status = '退休' AND g.retired_from = '' AND p.retired_from = ''
      AND p.status = '在职' AND (g.month < p.since OR g.month <= '{{latest}}' AND
        {LATER_LINE.format(than=">", and_more="AND l.credit_as = '在职'")})
      THEN 'worked later'"""
BY_OTHER = """
    WHEN other.region <> g.region THEN 'elsewhere'
    WHEN other.person_id IS NOT NULL AND rule.supplement = 0 THEN 'second'"""
BY_ROW = f"""
    WHEN {WORKING} AND coalesce(g.base, 0) <= 0 THEN 'base'
    WHEN {WORKING} AND rule.den IS NOT NULL AND {SAID} <> {PERCENT} THEN 'amount'
    WHEN {WORKING} AND g.personal < {COMPUTED} THEN 'personal'
    WHEN g.insured_as = '单建统筹' AND g.civil > 0 THEN 'civil'"""
SEEN = """
    SELECT person_id, at, what FROM (
        SELECT g.person_id, g.at, CASE
            WHEN rule.known = 0 THEN 'region'
            {by_lines}{by_name}{known}{by_person}
            WHEN g.status = '退休' AND g.retired_from > g.month THEN 'not yet retired'
            {by_other}{by_row}
        END AS what
        FROM {with_rule} {with_person} {with_lines}
    ) AS judged WHERE what IS NOT NULL"""
REFUSED = f"""
    SELECT seen.what, g.sheet, g.row, g.month, g.region, g.name, g.born,
        g.retired_from, g.kind, g.base, g.personal, g.declared, g.civil,
        CASE WHEN rule.den IS NULL OR g.base IS NULL THEN {COMPUTED}
             ELSE {PERCENT} END,
        p.name, p.born, p.retired_from, {DIED}, p.since,
        (SELECT min(l.region) FROM contribution_line AS l
         WHERE l.month = g.month AND l.person_id = g.person_id AND l.freed = 0
           AND l.region <> g.region)
    FROM g1_seen AS seen
    JOIN {{table}} AS g ON g.person_id = seen.person_id AND g.at = seen.at
    LEFT JOIN g1_rule AS rule ON rule.month = g.month AND rule.region = g.region
    {WITH_PERSON}
    WHERE seen.what NOT IN ('known', 'complete')
    ORDER BY g.at"""

INSERT_LINES = """
    INSERT INTO contribution_line (
        month, person_id, kind, freed, sheet, region, status, insured_as, base,
        employer, personal, declared, received_on, retired_from, civil, own,
        credit_as, ready_document_id, document_id, "row")
    SELECT g.month, g.person_id, g.kind, 0, g.sheet, g.region, g.status,
        g.insured_as, g.base, g.employer, g.personal, g.declared, {day},
        g.retired_from, g.civil, {own}, {credit_as},
        CASE WHEN g.received_on IS NOT NULL OR {credit_as} <> '在职'
             THEN CAST(:document AS integer) END,
        CAST(:document AS integer), g.row
    FROM {with_rule} {with_person} {in_order}"""
# What a row without 个人缴费 brought is what the rule computes.
PAID = f"(coalesce(g.employer, 0) + coalesce(g.personal, {COMPUTED}))"
RECEIVED = f"""
    SELECT g.region, g.month, g.received_on, CAST(sum({{own}}) AS bigint),
        CAST(sum({PAID}) AS bigint), min(g.row), max(g.row), count(*)
    FROM {{with_rule}} {{with_person}}
    WHERE g.received_on IS NOT NULL
    GROUP BY g.region, g.month, g.received_on
    ORDER BY g.region, g.received_on, g.month"""
# What came after retirement or death was told is wholly pooled.
OWN_LATER = "CASE l.credit_as WHEN '在职' THEN l.own ELSE 0 END"
RECEIVED_LATER = f"""
    SELECT g.region, g.month, g.received_on, CAST(sum({OWN_LATER}) AS bigint),
        CAST(sum({PAID}) AS bigint), min(g.row), max(g.row), count(*)
    FROM g1_complete AS g
    LEFT JOIN g1_rule AS rule ON rule.month = g.month AND rule.region = g.region
    LEFT JOIN contribution_line AS l ON l.month = g.month
      AND l.person_id = g.person_id AND l.kind = g.kind AND l.freed = 0
    GROUP BY g.region, g.month, g.received_on
    ORDER BY g.region, g.received_on, g.month"""
OF_COMPLETE = """contribution_line.month = g.month
      AND contribution_line.person_id = g.person_id
      AND contribution_line.kind = g.kind"""
COMPLETE = f"""
    UPDATE contribution_line SET received_on = {{day}}, ready_document_id = :document
    FROM g1_complete AS g
    WHERE {OF_COMPLETE} AND contribution_line.freed = 0
      AND contribution_line.ready_document_id IS NULL
      AND contribution_line.credit_as = '在职'"""
REPLACED = f"""
    UPDATE contribution_line SET freed = :freed
    FROM g1_complete AS g
    WHERE {OF_COMPLETE} AND contribution_line.freed = 0
      AND contribution_line.received_on IS NULL"""
REPLACING = f"""
    INSERT INTO contribution_line (
        month, person_id, kind, freed, sheet, region, status, insured_as, base,
        employer, personal, declared, received_on, retired_from, civil, own,
        credit_as, ready_document_id, document_id, "row")
    SELECT l.month, l.person_id, l.kind, 0, g.sheet, l.region, l.status,
        l.insured_as, l.base, l.employer, l.personal, l.declared, {{day}},
        l.retired_from, l.civil, {OWN_LATER}, l.credit_as,
        coalesce(l.ready_document_id, CAST(:document AS integer)),
        CAST(:document AS integer), g.row
    FROM g1_complete AS g JOIN contribution_line AS l ON l.month = g.month
      AND l.person_id = g.person_id AND l.kind = g.kind AND l.freed = :freed"""
# The months of which there are lines: a look-up each, not a scan.
MONTHS_ON_FILE = """
    WITH RECURSIVE found (month) AS (
        SELECT min(month) FROM contribution_line
        UNION ALL
        SELECT (SELECT min(l.month) FROM contribution_line AS l
                WHERE l.month > found.month)
        FROM found WHERE found.month IS NOT NULL
    )
    SELECT month FROM found WHERE month IS NOT NULL ORDER BY month"""


def filled(
    connection: Connection, table: str, *, people: bool, lines: bool, latest: str
) -> dict[str, str]:
    """What the braces stand for.

    `people`: somebody is registered; `lines`: there are lines of a month of the turn.
    """
    sqlite = connection.dialect.name == "sqlite"
    order = "" if staging.in_order(connection, table) else "ORDER BY g.person_id"
    retired = RETIRED_BY_PERSON if people else RETIRED_BY_ROW
    return {
        "table": table,
        "latest": latest,
        "retired": retired,
        "own": OWN.format(retired=retired),
        "status": STATUS.format(retired=retired),
        "credit_as": CREDIT_AS.format(retired=retired),
        "with_rule": WITH_RULE.format(table=table),
        "with_person": WITH_PERSON if people else "",
        "with_lines": WITH_LINES if lines else "",
        "by_lines": BY_LINES if lines else "",
        "known": KNOWN if lines else "",
        "by_other": BY_OTHER if lines else "",
        "by_name": BY_NAME if people else "",
        "by_person": BY_PERSON.format(latest=latest) if people else "",
        "by_row": BY_ROW,
        "in_order": order,
        "day": "g.received_on" if sqlite else "CAST(g.received_on AS date)",
    }


def seen(words: dict[str, str]) -> str:
    """The rows of a turn that are not new lines, each with what it is."""
    return SEEN.format(**words)


def freed_by_posting(posting_id: int) -> int:
    """`freed` of lines whose P1 was rejected or reversed."""
    return 3 * posting_id


def freed_by_document(document_id: int) -> int:
    """`freed` of lines that withdrawing their document set free."""
    return 3 * document_id + 1


def freed_by_completion(document_id: int) -> int:
    """`freed` of lines that a document replaced, because it brought their money."""
    return 3 * document_id + 2
