"""`yibao settlement`: one bill or premium, asked for by its 流水号.

Asked so it answers with whole ids, and it is on record who looked
(ledger/people/disclosing.py); masked it is not.
"""

from __future__ import annotations

from sqlalchemy import Connection

from desk.people.person import disclosed
from ledger.database import Home
from ledger.errors import BookError
from ledger.people.masks import masked_id
from ledger.postings import Actor
from reports.settlements.premium import FORM as PREMIUM_FORM
from reports.settlements.premium import PremiumPaid, premium
from reports.settlements.settlement import FORM as BILL_FORM
from reports.settlements.settlement import Account, Bill, Parts, bill, whose

REPORT = "settlement"
REMEDY = "请加 --masked，编号就是遮蔽的"


def look_up(
    home: Home,
    actor: Actor,
    serial: str,
    masked: bool = False,
    of_premium: bool = False,
) -> Bill | PremiumPaid:
    """The bill of that 结算流水号, or else the premium of that 缴费流水号; with
    `of_premium` the premium alone.

    BookError where neither stands, or for who may not see ids whole.
    """

    def ask(connection: Connection) -> Bill | PremiumPaid:
        found = None if of_premium else bill(connection, serial)
        found = found or premium(connection, serial)
        if found is None and of_premium:
            raise BookError(
                f"没有缴费流水号为“{serial}”的代缴保费（已退回、已冲销的不再列出）；"
                "查询结算请去掉 --premium"
            )
        if found is None:
            raise BookError(
                f"没有流水号为“{serial}”的结算或代缴保费（已退回、已冲销的不再列出）；"
                "请核对结算流水号或缴费流水号"
            )
        return found

    if masked:
        with home.reading() as connection:
            return _masked(ask(connection))
    return disclosed(home, actor, REPORT, ask, lambda found: found.people, REMEDY)


def also(home: Home, found: Bill | PremiumPaid) -> bool:
    """Whether the serial is of the other kind as well: a bill's and a premium's."""
    form = BILL_FORM if isinstance(found, PremiumPaid) else PREMIUM_FORM
    with home.reading() as connection:
        return whose(connection, form, found.serial) is not None


def _masked(found: Bill | PremiumPaid) -> Bill | PremiumPaid:
    found = found._replace(person_id=masked_id(found.person_id))
    if isinstance(found, PremiumPaid):
        return found._replace(accounts=_accounts(found.accounts))
    return found._replace(
        parts=_parts(found.parts), given_back=_parts(found.given_back)
    )


def _parts(parts: Parts) -> Parts:
    return parts._replace(shared=_accounts(parts.shared))


def _accounts(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
    return tuple(a._replace(person_id=masked_id(a.person_id)) for a in accounts)
