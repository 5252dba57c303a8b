"""State: what stands of the people of a list before its lines act.

Balances are what is free: what drafts take or give is reckoned with. Everything is
read set-based, for the people of the staged list and those who pay for them.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

from ledger.settlements.feed import FORM, STAGED
from ledger.settlements.months import TABLE as MONTHS
from ledger.settlements.results import CHARGE, MADE_UP, MANUAL, NETWORKED

USABLE = ("open", "died")


class Account(NamedTuple):
    """An account as a list finds it, whole fen; unusable ones only take refunds."""

    person_id: str
    region: str
    balance: int
    claim: int
    usable: bool


class Payer(NamedTuple):
    """A grantor: where insured, since when; `states` are earlier (month, region)."""

    region: str
    since: str
    died_on: str | None
    states: tuple[tuple[str, str], ...]

    def region_in(self, month: str) -> str:
        """The pooling region of the person in a month."""
        if self.since <= month:
            return self.region
        earlier = [region for from_month, region in self.states if from_month <= month]
        return earlier[-1] if earlier else self.region


def accounts(connection: Connection) -> list[Account]:
    return [
        Account(row.person_id, row.region, row.balance, row.claim, row.state in USABLE)
        for row in connection.execute(text(ACCOUNTS))
    ]


def drafted(connection: Connection) -> list[tuple[str, str, int]]:
    """(person, region, whole fen) that drafts will add, below zero what they take.

    What a draft of another kind adds is not there yet; bills act in their order.
    """
    drafts = connection.execute(text(DRAFTS)).first()
    if drafts is None:
        return []
    return [tuple(row) for row in connection.execute(text(DRAFTED))]


def payers(connection: Connection) -> dict[str, Payer]:
    """Everybody who lets an account be used by somebody in the list."""
    states: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(text(PAYER_STATES)):
        states.setdefault(row.person_id, []).append((row.from_month, row.region))
    return {
        row.person_id: Payer(
            row.region, row.since, row.died_on, tuple(states.get(row.person_id, ()))
        )
        for row in connection.execute(text(PAYERS))
    }


def years(connection: Connection) -> dict[tuple[str, int], tuple[int, int]]:
    """By person and year: what is used of the deductible, what the fund has paid."""
    rows = connection.execute(text(YEARS))
    return {(row.person_id, row.year): (row.deducted, row.paid) for row in rows}


def used(connection: Connection, person_id: str, year: int) -> tuple[int, int]:
    """One person's year, as `years` has it."""
    values = {"person": person_id, "year": year}
    row = connection.execute(text(YEAR), values).first()
    return (row.deducted, row.paid) if row else (0, 0)


def until(connection: Connection) -> dict[str, tuple[str, str]]:
    """By person: time and serial of the latest line of the person's family."""
    rows = connection.execute(text(UNTIL))
    return {row.person_id: (row.at, row.serial) for row in rows}


def originals(connection: Connection) -> list:
    """The standing bills that refunds and reversals of the list name."""
    return connection.execute(text(ORIGINALS)).all()


def given_back(connection: Connection) -> list:
    """What refunds and reversals gave back of those bills so far, signed, summed."""
    return connection.execute(text(GIVEN_BACK)).all()


def original_shares(connection: Connection) -> list:
    """What is left of the shares of those bills, by position."""
    return connection.execute(text(SHARES)).all()


def twins(connection: Connection) -> list[tuple]:
    """(person, institution, day, total, channel, serial) of standing bills that a line
    of the list may repeat in the other channel. 依据：第二十六条"""
    found = []
    if connection.execute(text(ANY_MANUAL_STAGED)).first() is not None:
        found += connection.execute(text(TWINS_OF_MANUAL)).all()
    if connection.execute(text(ANY_MANUAL)).first() is not None:
        found += connection.execute(text(MANUAL_TWINS)).all()
    return [tuple(row) for row in found]


PEOPLE = f"SELECT person_id FROM {STAGED}"
GRANTORS = f"""
    SELECT grantor_id FROM binding WHERE freed = 0 AND person_id IN ({PEOPLE})
"""
# Who paid a bill that is given back, whatever became of the binding.
FORMER = f"""
    SELECT sh.payer_id FROM {STAGED} AS g CROSS JOIN {MONTHS} AS m
    JOIN settlement_share AS sh ON sh.month = m.month
     AND sh.person_id = g.person_id AND sh.serial = g.original AND sh.freed = 0
    WHERE g.original <> ''
"""
CONCERNED = f"({PEOPLE} UNION {GRANTORS} UNION {FORMER})"
ACCOUNTS = f"""
    SELECT person_id, region, balance, claim, state FROM account
    WHERE person_id IN {CONCERNED}
"""
DRAFTS = "SELECT id FROM batch WHERE state = 'draft' LIMIT 1"
DRAFTED = f"""
    SELECT movement.person_id, movement.region,
           CAST(sum(movement.amount) AS bigint) AS amount
    FROM movement JOIN batch ON batch.id = movement.batch_id
    WHERE batch.state = 'draft' AND movement.person_id IN {CONCERNED}
      AND (movement.amount < 0 OR batch.kind = 'settlement')
    GROUP BY movement.person_id, movement.region
"""
PAYERS = f"""
    SELECT person_id, region, since, CAST(died_on AS text) AS died_on FROM person
    WHERE person_id IN ({GRANTORS})
"""
PAYER_STATES = f"""
    SELECT person_id, from_month, region FROM person_state
    WHERE person_id IN ({GRANTORS}) ORDER BY person_id, from_month
"""
YEARS = f"""
    SELECT person_id, year, deducted, paid FROM outpatient_year
    WHERE person_id IN ({PEOPLE})
"""
YEAR = """
    SELECT deducted, paid FROM outpatient_year
    WHERE person_id = :person AND year = :year
"""
UNTIL = f"""
    SELECT person_id, "at", serial FROM settled_until
    WHERE person_id IN ({PEOPLE} UNION {GRANTORS})
"""
WANTED = f"""(
    SELECT DISTINCT g.original, k.person_id FROM {STAGED} AS g
    JOIN serial_key AS k ON k.form = '{FORM}' AND k.serial = g.original
    WHERE g.original <> ''
) AS w"""
ORIGINALS = f"""
    SELECT s.* FROM {WANTED} CROSS JOIN {MONTHS} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = w.person_id
     AND s.serial = w.original AND s.freed = 0
"""
GIVEN_BACK = f"""
    SELECT w.original, count(*) AS lines,
           CAST(sum(r.total) AS bigint) AS total,
           CAST(sum(r.in_policy) AS bigint) AS in_policy,
           CAST(sum(r.deductible) AS bigint) AS deductible,
           CAST(sum(r.pooled) AS bigint) AS pooled,
           CAST(sum(r.other) AS bigint) AS other,
           CAST(sum(r.own) AS bigint) AS own,
           CAST(sum(r.shared) AS bigint) AS shared,
           CAST(sum(r.cash) AS bigint) AS cash
    FROM {WANTED} CROSS JOIN {MONTHS} AS m
    JOIN settlement AS r ON r.month = m.month AND r.person_id = w.person_id
     AND r.original = w.original AND r.freed = 0
    GROUP BY w.original
"""
SHARES = f"""
    SELECT w.original, sh.position, sh.payer_id, sh.payer_region, sh.relation,
           CAST(sum(sh.amount) AS bigint) AS amount
    FROM {WANTED} CROSS JOIN {MONTHS} AS m
    JOIN settlement AS s ON s.month = m.month AND s.person_id = w.person_id
     AND s.freed = 0 AND (s.serial = w.original OR s.original = w.original)
    JOIN settlement_share AS sh ON sh.month = s.month
     AND sh.person_id = s.person_id AND sh.serial = s.serial AND sh.freed = 0
    GROUP BY w.original, sh.position, sh.payer_id, sh.payer_region, sh.relation
    ORDER BY w.original, sh.position
"""
STANDS = f"""s.act IN ('{CHARGE}', '{MADE_UP}') AND s.freed = 0
  AND s.total > -coalesce((
    SELECT sum(r.total) FROM {MONTHS} AS n
    JOIN settlement AS r ON r.month = n.month AND r.person_id = s.person_id
     AND r.original = s.serial AND r.freed = 0), 0)"""
ANY_MANUAL_STAGED = f"SELECT 1 FROM {STAGED} WHERE channel = '{MANUAL}' LIMIT 1"
ANY_MANUAL = f"""
    SELECT 1 FROM settlement_sum WHERE channel = '{MANUAL}' AND month IN (
        SELECT DISTINCT substr(time, 1, 7) FROM {STAGED}
    ) LIMIT 1
"""
TWIN = 's.person_id, s.institution, substr(s."at", 1, 10), s.total, s.channel, s.serial'
TWINS_OF_MANUAL = f"""
    SELECT DISTINCT {TWIN} FROM {STAGED} AS g JOIN settlement AS s
      ON s.month = substr(g.time, 1, 7) AND s.person_id = g.person_id
     AND s.institution = g.institution AND s.total = g.total
     AND s.channel = '{NETWORKED}'
    WHERE g.channel = '{MANUAL}' AND substr(s."at", 1, 10) = substr(g.time, 1, 10)
      AND {STANDS}
"""
MANUAL_TWINS = f"""
    SELECT {TWIN} FROM settlement AS s
    WHERE s.month IN (SELECT DISTINCT substr(time, 1, 7) FROM {STAGED})
      AND s.channel = '{MANUAL}' AND s.person_id IN ({PEOPLE}) AND {STANDS}
"""
