"""Who paid one premium, account by account, and whether regions have cleared it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, select

from ledger.money import NOTHING
from ledger.people.batches import BATCH, DRAFT
from ledger.settlements.tables import Premium, PremiumShare, PremiumSum
from reports.people.words import SELF
from reports.settlements.cleared import latest_period
from reports.settlements.settlement import Account, Paid, whose

PREMIUM, SHARE = Premium.__table__, PremiumShare.__table__
SUM = PremiumSum.__table__
FORM, ACT = "G5", "代缴保费"


class PremiumPaid(NamedTuple):
    """A line of G5; the own account stands first where it paid (本人).

    `cleared_in` and `paid_on_in` are the periods of the clearings that took all of
    it between regions, and paid it on; "" while open, or where there is none.
    """

    serial: str
    at: str
    person_id: str
    region: str
    kind: str
    year: int
    amount: Decimal
    accounts: tuple[Account, ...]
    draft: bool
    crosses: bool
    cleared_in: str
    paid_on_in: str

    @property
    def people(self) -> set[str]:
        return {self.person_id, *(account.person_id for account in self.accounts)}

    @property
    def own(self) -> Decimal:
        mine = (a.amount for a in self.accounts if a.relation == SELF)
        return sum(mine, NOTHING)

    @property
    def shared(self) -> list[Account]:
        return [account for account in self.accounts if account.relation != SELF]

    @property
    def payments(self) -> list[Paid]:
        """Who paid, in order."""
        return [
            Paid("个人账户" if a.relation == SELF else "家庭共济", *a)
            for a in self.accounts
        ]


def premium(connection: Connection, serial: str) -> PremiumPaid | None:
    """The premium of that 缴费流水号 which stands; None where there is none."""
    person_id = whose(connection, FORM, serial)
    row = connection.execute(
        select(PREMIUM).where(
            PREMIUM.c.person_id == person_id,
            PREMIUM.c.serial == serial,
            PREMIUM.c.freed == 0,
        )
    ).first()
    if row is None:
        return None
    shares = connection.execute(
        select(SHARE)
        .where(
            SHARE.c.person_id == person_id,
            SHARE.c.serial == serial,
            SHARE.c.freed == 0,
        )
        .order_by(SHARE.c.position)
    ).all()
    state = connection.execute(
        select(BATCH.c.state).where(BATCH.c.id == row.batch_id)
    ).scalar_one()
    sums = _sums(connection, row, shares)
    across = [each.clearing_id for each in sums if each.payer != row.region]
    return PremiumPaid(
        serial=serial,
        at=row.at,
        person_id=person_id,
        region=row.region,
        kind=row.kind,
        year=row.year,
        amount=row.amount,
        accounts=tuple(
            Account(s.payer_id, s.payer_region, s.relation, s.amount) for s in shares
        ),
        draft=state == DRAFT,
        crosses=bool(across),
        cleared_in=latest_period(connection, across),
        paid_on_in=latest_period(connection, [each.paid_on_id for each in sums]),
    )


def _sums(connection: Connection, row, shares: Sequence) -> list:
    """The rows of premium_sum that hold a line's shares."""
    wanted = {(share.payer_region, share.relation) for share in shares}
    found = connection.execute(
        select(SUM).where(
            SUM.c.posting_id == row.posting_id,
            SUM.c.month == row.at[:7],
            SUM.c.region == row.region,
            SUM.c.kind == row.kind,
        )
    )
    return [each for each in found if (each.payer, each.relation) in wanted]
