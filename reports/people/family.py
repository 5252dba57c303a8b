"""A person's family and year: whose accounts pay for whom, what benefit is left.

依据：皖医保中心〔2024〕39号 二（二）；南府办发〔2022〕33号 第七条、第十二条
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from ledger.money import NOTHING, from_fen
from ledger.people.masks import masked_id
from ledger.people.tables import Person, PersonState
from ledger.periods import month_of
from ledger.settlements.tables import Binding, OutpatientYear
from posting_rules.outpatient import OutpatientRule
from posting_rules.personal import documents_of

PERSON, STATE = Person.__table__, PersonState.__table__
BINDING, YEAR = Binding.__table__, OutpatientYear.__table__


class Member(NamedTuple):
    """The other side of a binding; `relation` is what the grantee is to the grantor.
    The id is masked unless it was asked for whole."""

    person_id: str
    region: str
    relation: str
    bound_at: str


class Family(NamedTuple):
    """The bindings that hold at the end of a day, by time and order of registration."""

    grantors: list[Member]  # who let the person use their accounts
    grantees: list[Member]  # whom the person lets use the own account

    @property
    def people(self) -> set[str]:
        return {member.person_id for member in (*self.grantors, *self.grantees)}


class Benefit(NamedTuple):
    """What a calendar year used of deductible and cap, and what is left of them.

    None where no rule of the person's region and status holds on the day.
    """

    year: int
    deducted: Decimal
    paid: Decimal
    deductible_left: Decimal | None
    cap_left: Decimal | None
    cite: str


def family(connection: Connection, person_id: str, on: date, unmasked: bool) -> Family:
    """The family as it stands at the end of a day."""
    return Family(
        _members(connection, BINDING.c.person_id, person_id, on, unmasked),
        _members(connection, BINDING.c.grantor_id, person_id, on, unmasked),
    )


def benefit(
    connection: Connection, person_id: str, region: str, status: str, on: date
) -> Benefit | None:
    """The year of a day; None where nothing was used and no rule says anything."""
    row = connection.execute(
        select(YEAR).where(YEAR.c.person_id == person_id, YEAR.c.year == on.year)
    ).first()
    found = _rule(region, status, on)
    if row is None and found is None:
        return None
    deducted, paid = (row.deducted, row.paid) if row else (NOTHING, NOTHING)
    if found is None:
        return Benefit(on.year, deducted, paid, None, None, "")
    number, rule = found
    return Benefit(
        year=on.year,
        deducted=deducted,
        paid=paid,
        deductible_left=max(NOTHING, from_fen(rule.deductible) - deducted),
        cap_left=max(NOTHING, from_fen(rule.cap) - paid),
        cite=f"{number} {rule.cite}",
    )


def _members(
    connection: Connection, mine, person_id: str, on: date, unmasked: bool
) -> list[Member]:
    """The others of the bindings in which a person stands in the column `mine`."""
    grantee = mine.name == "person_id"
    other = BINDING.c.grantor_id if grantee else BINDING.c.person_id
    last = f"{on} 23:59:59"
    rows = connection.execute(
        select(other.label("other"), BINDING.c.relation, BINDING.c.bound_at)
        .where(
            mine == person_id,
            BINDING.c.freed == 0,
            BINDING.c.bound_at <= last,
            or_(BINDING.c.unbound_at == "", BINDING.c.unbound_at > last),
        )
        .order_by(BINDING.c.bound_at, BINDING.c.serial)
    ).all()
    where = _regions(connection, {row.other for row in rows}, str(month_of(on)))
    return [
        Member(
            row.other if unmasked else masked_id(row.other),
            where.get(row.other, ""),
            row.relation,
            row.bound_at,
        )
        for row in rows
    ]


def _regions(connection: Connection, ids: set[str], month: str) -> dict[str, str]:
    """The pooling region of people in a month; before the first known, today's."""
    if not ids:
        return {}
    before = select(STATE.c.person_id, STATE.c.region).where(
        STATE.c.person_id.in_(ids), STATE.c.from_month <= month
    )
    found = connection.execute(before.order_by(STATE.c.from_month))
    earlier = {row.person_id: row.region for row in found}
    people = connection.execute(
        select(PERSON.c.person_id, PERSON.c.region, PERSON.c.since).where(
            PERSON.c.person_id.in_(ids)
        )
    )
    return {
        row.person_id: (
            row.region if row.since <= month else earlier.get(row.person_id, row.region)
        )
        for row in people
    }


def _rule(region: str, status: str, on: date) -> tuple[str, OutpatientRule] | None:
    """The rule of a status on a day with its document's number; the kinds of cost
    that a rule names share one deductible and one cap."""
    if not region:
        return None
    for document in documents_of(region):
        for rule in document.outpatient:
            if rule.status == status and rule.from_day <= on < rule.until:
                return document.number, rule
    return None
