"""Lists against what was made of them: what a row brought, and its part by rule.

Each row of a contribution list (G1) is computed again, in whole fen as at its import,
and compared with its part for the account and with its day's voucher (P1).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Iterator

from sqlalchemy import Connection, text

from ledger.money import from_fen
from ledger.people.contribution_sql import COMPUTED, MONTHS_ON_FILE
from ledger.periods import Month, period
from posting_rules.personal import may_credit
from reports.checks.findings import ERROR, Finding, differing
from reports.checks.people import named, place
from reports.checks.people_sums import BROUGHT_BY

IDENTITY = "原始行"
WAITING = "医保收入——个人账户收入待计入"
WORKING = "在职"


def lines(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Every row's own part by rule, and P1 against the rows that it brought."""
    rule = rules(connection)
    yield from people_of(
        connection,
        BY_RULE.format(rule=rule),
        "个人账户清单的行",
        "计入部分应为缴费基数乘以规定的比例",
        unmasked,
    )
    yield from _received(connection, rule)


def people_of(
    connection: Connection, query: str, what: str, why: str, unmasked: bool, **values
) -> Iterator[Finding]:
    """A finding for each region of a query (region, people, person_id)."""
    for row in connection.execute(text(query), values).all():
        others = f"；本区共{row.people}人" if row.people > 1 else ""
        yield Finding(
            IDENTITY,
            f"{row.region}-city-agency",
            f"{named(row.person_id, row.region, unmasked)}{what}",
            "相符",
            "不符",
            "",
            ERROR,
            f"{why}{others}",
            row.person_id if unmasked else "",
        )


def rules(connection: Connection) -> str:
    """The rates of the months and regions on file as a query of constants."""
    found = [
        "SELECT '' AS month, '' AS region, CAST(NULL AS bigint) AS num, "
        "CAST(NULL AS bigint) AS den"
    ]
    for month in connection.execute(text(MONTHS_ON_FILE)).scalars().all():
        for region in connection.execute(text(REGIONS), {"month": month}).scalars():
            rate = _rate(region, period(month))
            if rate is not None:
                found.append(
                    f"SELECT '{month}', '{region}', "
                    f"{rate.numerator}, {rate.denominator}"
                )
    return " UNION ALL ".join(found)


def _rate(region: str, month: Month) -> Fraction | None:
    credits = may_credit(region, month)
    working = credits and credits[1].get(WORKING)
    if not working or working.rate is None:
        return None
    return Fraction(working.rate)


def _received(connection: Connection, rule: str) -> Iterator[Finding]:
    """What the rows of a document, region and day brought is that day's voucher."""
    rows: dict[tuple, tuple[int, int]] = {}
    for row in connection.execute(text(BROUGHT.format(rule=rule))):
        if row.total:
            key = (row.document_id, row.region, str(row.received_on))
            rows[key] = (int(row.total), int(row.own))
    made: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    for row in connection.execute(text(POSTED), {"waiting": WAITING}):
        region = row.book_id.partition("-")[0]
        amounts = made[row.document_id, region, str(row.occurred_on)]
        amounts[0] += int(row.total)
        amounts[1] += int(row.own)
    names = dict(connection.execute(text("SELECT id, name FROM document")).all())
    for key in sorted(rows.keys() | made.keys()):
        document_id, region, day = key
        total, own = rows.get(key, (0, 0))
        booked, kept = made.get(key, (0, 0))
        what = f"{names.get(document_id, document_id)}（{place(region)}）{day}到账"
        for part, expected, found in (
            ("", total, booked),
            ("计入统筹基金", total - own, booked - kept),
        ):
            yield from differing(
                IDENTITY,
                f"{region}-city-agency",
                what + part,
                from_fen(expected),
                from_fen(found),
                "凭证应为该日到账各行之和",
            )


REGIONS = """
    SELECT DISTINCT region FROM contribution_line WHERE month = :month ORDER BY region
"""
FILED = """contribution_line AS g LEFT JOIN ({rule}) AS rule
    ON rule.month = g.month AND rule.region = g.region"""
BY_RULE = f"""
    SELECT g.region, count(*) AS people, min(g.person_id) AS person_id
    FROM {FILED}
    WHERE g.freed = 0 AND g.credit_as = '{WORKING}' AND g.own <> {COMPUTED}
    GROUP BY g.region ORDER BY g.region
"""
# What a row without 个人缴费 brought is what the rule computes.
BROUGHT = f"""
    SELECT document_id, region, received_on, CAST(sum(total) AS bigint) AS total,
           CAST(sum(own) AS bigint) AS own
    FROM (
        SELECT {BROUGHT_BY} AS document_id, g.region, g.received_on, g.own,
               coalesce(g.employer, 0) + coalesce(g.personal, {COMPUTED}) AS total
        FROM {FILED}
        WHERE g.freed = 0 AND g.received_on IS NOT NULL
    ) AS came
    GROUP BY document_id, region, received_on
"""
POSTED = """
    SELECT posting.document_id, voucher.book_id, voucher.occurred_on,
           sum(CASE WHEN side = '贷' THEN amount ELSE 0 END) AS total,
           sum(CASE WHEN side = '贷' AND subject = :waiting THEN amount ELSE 0 END)
               AS own
    FROM posting JOIN voucher ON voucher.posting_id = posting.id
    JOIN voucher_line ON voucher_line.voucher_id = voucher.id
    WHERE posting.event = 'contribution' AND posting.live
      AND posting.state <> 'rejected' AND voucher.book_id LIKE '%-city-agency'
    GROUP BY posting.document_id, voucher.book_id, voucher.occurred_on
"""
