"""Identity 11, person by person: balances and claims are their movements.

Every comparison names the first person that breaks it, masked unless who asks may
see people whole. Balances have no day, so that everything that counts is compared,
whatever the day of asking. Set-based: only what does not agree leaves the database.
"""

from __future__ import annotations

from typing import Iterator

from sqlalchemy import Connection, text

from ledger import regions
from ledger.money import from_fen
from ledger.people.masks import masked_id
from reports.checks.findings import ERROR, Finding
from reports.people.kinds import CLAIM

IDENTITY = "11"


def accounts(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Each account's balance and claim against the movements that count."""
    drafts = connection.execute(text(NOT_COUNTED)).scalars().all()
    where = ""
    if drafts:  # asked of millions of movements only where there are any
        where = f"WHERE batch_id NOT IN ({', '.join(map(str, drafts))})"
    unlike = connection.execute(text(UNLIKE.format(where=where))).all()
    for region, people, person_id in unlike:
        found = _one(connection, person_id, region)
        others = f"；本区共{people}个账户不符" if people > 1 else ""
        for what, held, moved, why in (
            ("余额", found.balance, found.moved, "已入账的变动之和"),
            ("追回挂账", found.claim, found.claimed, f"“{CLAIM}”变动之和"),
        ):
            if held != moved:
                expected, real = from_fen(int(moved)), from_fen(int(held))
                yield Finding(
                    IDENTITY,
                    _book(region),
                    f"{named(person_id, region, unmasked)}个人账户{what}",
                    expected,
                    real,
                    real - expected,
                    ERROR,
                    f"应为{why}{others}",
                    person_id if unmasked else "",
                )


def below_zero(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Reading 19: no balance and no claim is below zero."""
    for region, people, person_id in connection.execute(text(BELOW)).all():
        found = _one(connection, person_id, region)
        others = f"；本区共{people}个" if people > 1 else ""
        lowest = from_fen(int(min(found.balance, found.claim)))
        yield Finding(
            IDENTITY,
            _book(region),
            f"{named(person_id, region, unmasked)}个人账户余额",
            "不小于0",
            lowest,
            "",
            ERROR,
            f"余额和追回挂账都不能小于零{others}",
            person_id if unmasked else "",
        )


def named(person_id: str, region: str, unmasked: bool) -> str:
    """A person as a finding names one: ****0012（511300南充市）."""
    shown = person_id if unmasked else masked_id(person_id)
    return f"{shown}（{place(region)}）"


def place(region: str) -> str:
    """A region with its name; a code that is none stands as it is."""
    known = regions.today_code(region) == region
    return region + (regions.name(region) if known else "")


def _one(connection: Connection, person_id: str, region: str):
    asked = {"person": person_id, "region": region}
    return connection.execute(text(OF_ONE), asked).one()


def _book(region: str) -> str:
    return f"{region}-city-agency"


# Drafts have not counted yet, rejected batches have no movements.
NOT_COUNTED = "SELECT id FROM batch WHERE state IN ('draft', 'rejected') ORDER BY id"
COUNTS = f"batch_id NOT IN ({NOT_COUNTED})"
# One pass over accounts and movements together: what is left of the one less the
# other; an account without movements, or a movement without account, is left too.
UNLIKE = f"""
    SELECT region, count(*) AS people, min(person_id) AS person_id FROM (

        SELECT person_id, region FROM (
            SELECT person_id, region, balance, claim FROM account
            UNION ALL
            SELECT person_id, region, -amount,
                   CASE WHEN kind = '{CLAIM}' THEN -amount ELSE 0 END
            FROM movement {{where}}
        ) AS both_sides
        GROUP BY person_id, region
        HAVING sum(balance) <> 0 OR sum(claim) <> 0
    ) AS unlike GROUP BY region ORDER BY region
"""
BELOW = """
    SELECT region, count(*) AS people, min(person_id) AS person_id
    FROM account WHERE balance < 0 OR claim < 0 GROUP BY region ORDER BY region
"""
OF_ONE = f"""
    SELECT coalesce(max(balance), 0) AS balance, coalesce(max(claim), 0) AS claim,
           CAST(coalesce((
               SELECT sum(amount) FROM movement
               WHERE person_id = :person AND region = :region AND {COUNTS}
           ), 0) AS bigint) AS moved,
           CAST(coalesce((
               SELECT sum(amount) FROM movement
               WHERE person_id = :person AND region = :region
                 AND kind = '{CLAIM}' AND {COUNTS}
           ), 0) AS bigint) AS claimed
    FROM account WHERE person_id = :person AND region = :region
"""
