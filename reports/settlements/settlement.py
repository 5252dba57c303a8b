"""How one bill was split, or one premium paid: who paid what, in order.

The split as it was settled; what refunds and reversals gave back since stands beside
it. Amounts are signed: a refund's own are below zero. Reads by index alone.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, select

from ledger import regions
from ledger.money import NOTHING
from ledger.people.batches import BATCH, DRAFT
from ledger.people.tables import SerialKey
from ledger.settlements import months
from ledger.settlements.tables import Institution, Settlement, SettlementShare
from reports.people.words import SELF
from reports.settlements.cleared import cleared, paid

BILL, SHARE = Settlement.__table__, SettlementShare.__table__
KEY, PLACE = SerialKey.__table__, Institution.__table__
FORM = "G3"
PARTS = ("total", "in_policy", "deductible", "pooled", "other", "own", "cash")


class Account(NamedTuple):
    """What an account of the family paid; `relation` is what the person is to its
    owner."""

    person_id: str
    region: str
    relation: str
    amount: Decimal


class Parts(NamedTuple):
    """The parts of a bill; total = pooled + other + own + shared + cash."""

    total: Decimal
    in_policy: Decimal
    deductible: Decimal
    pooled: Decimal
    other: Decimal
    own: Decimal
    cash: Decimal
    shared: tuple[Account, ...]  # in the order of deduction, without zeros


class Paid(NamedTuple):
    """A line of the table of who paid: 统筹基金, 家庭共济 … with the account."""

    words: str
    person_id: str
    region: str
    relation: str
    amount: Decimal


class Bill(NamedTuple):
    """A line of G3 as it was split; `cleared_in` and `paid_in` are the periods of the
    clearings that took all of it, "" while open or where nothing is to be cleared."""

    serial: str
    act: str
    at: str
    original: str
    person_id: str
    region: str
    fund: str
    status: str
    channel: str
    institution: str
    institution_name: str
    place: str
    category: str
    parts: Parts
    deducted_before: Decimal
    paid_before: Decimal
    taken: bool
    differences: dict
    late: bool
    note: str
    draft: bool
    crosses: bool  # between regions, so that they clear it
    cleared_in: str
    paid_in: str
    refunds: tuple[str, ...]
    given_back: Parts  # above zero

    @property
    def people(self) -> set[str]:
        """Everybody whose id it shows."""
        shown = (*self.parts.shared, *self.given_back.shared)
        return {self.person_id, *(account.person_id for account in shown)}

    @property
    def payments(self) -> list[Paid]:
        """Who paid, in order, without zeros."""
        parts, own = self.parts, (self.person_id, self.region, SELF)
        rows = [
            Paid("统筹基金", "", self.region, "", parts.pooled),
            Paid("其他基金", "", self.region, "", parts.other),
            Paid("个人账户", *own, parts.own),
            *(Paid("家庭共济", *account) for account in parts.shared),
            Paid("现金", self.person_id, "", "", parts.cash),
        ]
        return [row for row in rows if row.amount]


def bill(connection: Connection, serial: str) -> Bill | None:
    """The line of that 结算流水号 which stands, a draft too; None where there is none."""
    person_id = whose(connection, FORM, serial)
    if person_id is None:
        return None
    on_file = months.on_file(connection)
    of_person = (BILL.c.month.in_(on_file), BILL.c.person_id == person_id)
    row = connection.execute(
        select(BILL).where(*of_person, BILL.c.serial == serial, BILL.c.freed == 0)
    ).first()
    if row is None:
        return None
    back = connection.execute(
        select(BILL)
        .where(*of_person, BILL.c.original == serial, BILL.c.freed == 0)
        .order_by(BILL.c.at, BILL.c.serial)
    ).all()
    batch = connection.execute(select(BATCH).where(BATCH.c.id == row.batch_id)).one()
    shares = _shares(connection, [row])
    crosses, cleared_in = cleared(connection, row, shares, batch.posting_id)
    same = ("serial", "act", "at", "original", "person_id", "region", "fund", "status")
    same += ("channel", "institution", "place", "category", "deducted_before")
    same += ("paid_before", "taken", "late", "note")
    return Bill(
        **{name: getattr(row, name) for name in same},
        institution_name=institution_name(connection, row.institution, row.at),
        parts=_parts([row], shares, 1),
        differences=json.loads(row.differences) if row.differences else {},
        draft=batch.state == DRAFT,
        crosses=crosses,
        cleared_in=cleared_in,
        paid_in=paid(connection, row, batch.posting_id),
        refunds=tuple(line.serial for line in back),
        given_back=_parts(back, _shares(connection, back), -1),
    )


def whose(connection: Connection, form: str, serial: str) -> str | None:
    """Whose line of a form a serial names."""
    return connection.execute(
        select(KEY.c.person_id).where(KEY.c.form == form, KEY.c.serial == serial)
    ).scalar()


def institution_name(connection: Connection, code: str, at: str) -> str:
    """The name that an institution bore at a time; "" where no roster has it."""
    rows = connection.execute(
        select(PLACE.c.from_day, PLACE.c.name)
        .where(PLACE.c.code == code)
        .order_by(PLACE.c.from_day)
    ).all()
    then = [row.name for row in rows if str(row.from_day) <= at[:10]]
    return then[-1] if then else rows[0].name if rows else ""


def _shares(connection: Connection, rows: Sequence) -> list:
    """The shares of lines of one person, by line, in the order of deduction."""
    if not rows:
        return []
    return connection.execute(
        select(SHARE)
        .where(
            SHARE.c.month.in_({row.month for row in rows}),
            SHARE.c.person_id == rows[0].person_id,
            SHARE.c.serial.in_({row.serial for row in rows}),
            SHARE.c.freed == 0,
        )
        .order_by(SHARE.c.serial, SHARE.c.position)
    ).all()


def _parts(rows: Sequence, shares: Sequence, sign: int) -> Parts:
    """What lines add up to, account by account."""
    sums = {
        name: sum((sign * getattr(row, name) for row in rows), NOTHING)
        for name in PARTS
    }
    accounts: dict[tuple, Decimal] = {}
    for share in sorted(shares, key=lambda share: share.position):
        key = (share.payer_id, share.payer_region, share.relation)
        accounts[key] = accounts.get(key, NOTHING) + sign * share.amount
    found = (Account(*key, amount) for key, amount in accounts.items() if amount)
    return Parts(**sums, shared=tuple(found))


def place_words(region: str) -> str:
    """A region's name, nothing for none."""
    return regions.name(region) if region else ""
