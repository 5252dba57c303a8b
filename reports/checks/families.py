"""Bindings that stand against the rules of family sharing on the day.

A binding was right when it was made (desk/settlements/binding_rules.py); a move, a
death or an unbinding taken back may have changed that since. Set-based: each region
names the first person, masked unless who asks may see people whole.
依据：皖医保中心〔2024〕39号 二（二）2；南府办发〔2022〕33号 第十八条（二）
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Iterator

from sqlalchemy import Connection, text

from ledger import regions, settings
from ledger.people.masks import masked_id
from posting_rules.families import FamilyRule, family_rule
from posting_rules.personal import documents_of
from reports.checks.findings import ERROR, NOTE, Finding
from reports.checks.people import named

IDENTITY = "家庭共济"
REMEDY = "请授权人办理解绑，由家庭共济绑定表导入"


def families(
    connection: Connection, on: date, unmasked: bool = False
) -> Iterator[Finding]:
    """What of the bindings that hold at the end of a day the rules do not allow."""
    if connection.execute(text("SELECT 1 FROM binding LIMIT 1")).first() is None:
        return
    day = {"month": str(on)[:7], "on": str(on), "next": str(on + timedelta(days=1))}
    yield from _moved(connection, on, day, unmasked)
    rules = _rules(connection, on)
    yield from _cross(connection, day, rules, unmasked)
    yield from _most(connection, day, rules, unmasked)
    yield from _dead(connection, day, unmasked)


def _moved(
    connection: Connection, on: date, day: dict, unmasked: bool
) -> Iterator[Finding]:
    """Local bindings that a move turned into ones between two regions."""
    for row in connection.execute(text(MOVED), day).all():
        person_id, grantor_id = row.first.split("|")
        theirs = family_rule(row.grantor_region, on)
        ours = family_rule(row.person_region, on)
        may = bool(theirs and theirs.cross and ours and ours.cross)
        basis = _basis(row.grantor_region, theirs or ours, "cross")
        then = "，按异地授权人扣款" if may else f"，不能跨统筹区共济；{REMEDY}"
        yield _finding(
            row.grantor_region,
            f"{named(person_id, row.person_region, unmasked)}与授权人"
            f"{named(grantor_id, row.grantor_region, unmasked)}的绑定",
            "同一统筹区",
            "跨统筹区",
            NOTE if may else ERROR,
            f"绑定后有人转移参保地，本地的绑定成为跨统筹区的{then}（{basis}）"
            + _others(row.bindings, "个绑定"),
            person_id if unmasked else "",
        )


def _cross(
    connection: Connection, day: dict, rules: dict[str, FamilyRule], unmasked: bool
) -> Iterator[Finding]:
    """More grantors of other regions than one person may have."""
    limits = {r: rule.cross_authorisers for r, rule in rules.items()}
    for row in _beyond(connection, CROSS, limits, day):
        rule = rules[row.region]
        asked = {**day, "person": row.person_id}
        grantors = connection.execute(text(GRANTORS), asked).all()
        shown = "、".join(named(*grantor, unmasked) for grantor in grantors)
        yield _finding(
            row.region,
            f"{named(row.person_id, row.region, unmasked)}的跨统筹区授权人",
            f"至多{rule.cross_authorisers}位",
            f"{len(grantors)}位",
            ERROR,
            f"授权人为{shown}；{REMEDY}（{rule.basis('cross')}）"
            + _others(row.people, "人"),
            row.person_id if unmasked else "",
        )


def _most(
    connection: Connection, day: dict, rules: dict[str, FamilyRule], unmasked: bool
) -> Iterator[Finding]:
    """More people bound to one grantor than the rule allows."""
    limits = {region: rule.most for region, rule in rules.items()}
    for row in _beyond(connection, MOST, limits, day):
        rule = rules[row.region]
        asked = {**day, "grantor": row.person_id}
        bound = connection.execute(text(BOUND_BY), asked).scalar_one()
        yield _finding(
            row.region,
            f"授权人{named(row.person_id, row.region, unmasked)}的被授权人",
            f"至多{rule.most}位",
            f"{bound}位",
            ERROR,
            f"{REMEDY}（{rule.basis('most')}）" + _others(row.people, "人"),
            row.person_id if unmasked else "",
        )


def _dead(connection: Connection, day: dict, unmasked: bool) -> Iterator[Finding]:
    """Bindings of, or for, people who have died."""
    for row in connection.execute(text(DEAD), day).all():
        person_id, grantor_id = row.first.split("|")
        shown = person_id if unmasked else masked_id(person_id)
        yield _finding(
            row.grantor_region,
            f"{shown}与授权人{named(grantor_id, row.grantor_region, unmasked)}的绑定",
            "在世",
            "已死亡",
            NOTE,
            f"一方已经死亡，绑定还在，仍计入人数；{REMEDY}"
            + _others(row.bindings, "个绑定"),
            person_id if unmasked else "",
        )


def _finding(
    region: str,
    what: str,
    expected: str,
    found: str,
    severity: str,
    why: str,
    person_id: str,
) -> Finding:
    book = f"{region}-city-agency"
    return Finding(IDENTITY, book, what, expected, found, "", severity, why, person_id)


def _others(count: int, of: str) -> str:
    return f"；本区共{count}{of}" if count > 1 else ""


def _basis(region: str, rule: FamilyRule | None, what: str) -> str:
    """The clause of a rule, or where no region has one, that nothing allows it."""
    if rule is None:
        return f"{documents_of(region)[-1].number} 三"
    return rule.basis(what)


def _rules(connection: Connection, on: date) -> dict[str, FamilyRule]:
    """The rule of every region that has one on a day."""
    province = settings.province(connection)
    codes = [*regions.cities(province), regions.own_people(province)]
    rules = {region: family_rule(region, on) for region in codes}
    return {region: rule for region, rule in rules.items() if rule is not None}


def _beyond(
    connection: Connection, query: str, limits: dict[str, int | None], day: dict
) -> list:
    """By region: how many have more than its limit, and the first of them."""
    rows = {region: limit for region, limit in limits.items() if limit is not None}
    if not rows:
        return []
    limited = " UNION ALL ".join(
        f"SELECT '{region}' AS region, {limit} AS most"
        for region, limit in rows.items()
    )
    statement = text(query.format(rules=limited))
    return connection.execute(statement, {**day, "least": min(rows.values())}).all()


REGION = """CASE WHEN {0}.since <= :month THEN {0}.region ELSE coalesce((
    SELECT s.region FROM person_state AS s
    WHERE s.person_id = {0}.person_id AND s.from_month <= :month
    ORDER BY s.from_month DESC LIMIT 1), {0}.region) END"""
HOLDS = """binding.freed = 0 AND binding.bound_at < :next
    AND (binding.unbound_at = '' OR binding.unbound_at >= :next)"""
BOUND = f"""
    SELECT binding.person_id, binding.grantor_id,
           binding.person_region = binding.grantor_region AS local,
           {REGION.format("p")} AS person_region,
           {REGION.format("g")} AS grantor_region
    FROM binding
    JOIN person AS p ON p.person_id = binding.person_id
    JOIN person AS g ON g.person_id = binding.grantor_id
    WHERE {HOLDS}
"""
MOVED = f"""
    SELECT grantor_region, person_region, count(*) AS bindings,
           min(person_id || '|' || grantor_id) AS first
    FROM ({BOUND}) AS bound
    WHERE local AND grantor_region <> person_region
    GROUP BY grantor_region, person_region ORDER BY 1, 2
"""
# Few have more than the least that a rule allows; only of them regions are looked up.
CROSS = f"""
    SELECT counted.region, count(*) AS people, min(counted.person_id) AS person_id
    FROM (
        SELECT person_region AS region, person_id, count(DISTINCT grantor_id) AS many
        FROM ({BOUND} AND binding.person_id IN (
            SELECT person_id FROM binding WHERE {HOLDS}
            GROUP BY person_id HAVING count(*) > :least
        )) AS bound
        WHERE grantor_region <> person_region GROUP BY person_region, person_id
    ) AS counted
    JOIN ({{rules}}) AS rule
      ON rule.region = counted.region AND counted.many > rule.most
    GROUP BY counted.region ORDER BY counted.region
"""
GRANTORS = f"""
    SELECT DISTINCT grantor_id, grantor_region
    FROM ({BOUND} AND binding.person_id = :person) AS bound
    WHERE grantor_region <> person_region ORDER BY grantor_id
"""
MOST = f"""
    SELECT counted.region, count(*) AS people, min(counted.person_id) AS person_id
    FROM (
        SELECT grantor_region AS region, grantor_id AS person_id,
               count(DISTINCT person_id) AS most
        FROM ({BOUND} AND binding.grantor_id IN (
            SELECT grantor_id FROM binding WHERE {HOLDS}
            GROUP BY grantor_id HAVING count(*) > :least
        )) AS bound
        GROUP BY grantor_region, grantor_id
    ) AS counted
    JOIN ({{rules}}) AS rule
      ON rule.region = counted.region AND counted.most > rule.most
    GROUP BY counted.region ORDER BY counted.region
"""
BOUND_BY = f"""
    SELECT count(DISTINCT person_id) FROM binding
    WHERE {HOLDS} AND grantor_id = :grantor
"""
DEAD = f"""
    SELECT grantor_region, count(*) AS bindings,
           min(person_id || '|' || grantor_id) AS first
    FROM ({BOUND} AND (p.died_on <= date(:on) OR g.died_on <= date(:on))) AS bound
    GROUP BY grantor_region ORDER BY grantor_region
"""
