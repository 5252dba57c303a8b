"""Bank accounts of the fund: the master, dated; and numbers as others may see them.

The policy's own accounts ([[account]]) count without being added; a row of the master
with the same number takes their place.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from ledger import regions
from ledger.advances.tables import BankAccount
from ledger.database import next_id
from ledger.errors import BookError

TABLE = BankAccount.__table__
FISCAL = "财政专户存款"  # what the agency calls an account whose twin finance keeps
BETWEEN = "、"
DRESS = re.compile(r"[\s\-－—]")
LONG_NUMBER = re.compile(r"\d(?:-?\d){8,}|\d{4}(?: \d{4}){2,}(?: \d{1,4})?")


class Account(NamedTuple):
    """A bank account, used in [from_day, until_day); None is open.

    `agency_book` keeps it on `subject`; `finance_book` is its twin, "" for a 支出户.
    `funds` are the funds on it (310、390), "" all of them. `id` is None for an account
    that only the policy names.
    """

    id: int | None
    number: str
    name: str
    bank: str
    region: str
    agency_book: str
    finance_book: str
    subject: str
    funds: str
    from_day: date
    until_day: date | None

    @property
    def fund_list(self) -> list[str]:
        return self.funds.split(BETWEEN) if self.funds else []

    def used_on(self, on: date) -> bool:
        return self.from_day <= on and (self.until_day is None or on < self.until_day)


def every(connection: Connection, policy) -> list[Account]:
    """All accounts there ever were; `policy` is None where no document names one."""
    columns = [TABLE.c[name] for name in Account._fields]
    rows = connection.execute(
        select(*columns).order_by(TABLE.c.agency_book, TABLE.c.from_day, TABLE.c.id)
    )
    kept = [Account(*row) for row in rows]
    numbers = {account.number for account in kept}
    printed = policy.accounts if policy else ()
    return kept + [
        Account(
            None,
            row["number"],
            row["name"],
            row["bank"],
            row["region"],
            row["agency"],
            row["finance"],
            row["subject"],
            row.get("funds", ""),
            row.get("from", policy.from_day),
            row.get("until"),
        )
        for row in printed
        if row["number"] not in numbers
    ]


def in_force(connection: Connection, policy, on: date) -> list[Account]:
    """The accounts that are used on a day."""
    return [account for account in every(connection, policy) if account.used_on(on)]


def of_region(connection: Connection, policy, region: str, on: date) -> Account | None:
    """Where a region's finance receives money that day: its 财政专户, the newest.

    省本级 (529900) and a city's own people (520199) answer with their parent's.
    """
    if regions.level(region) == "own":
        region = regions.parent(region)
    found = [
        account
        for account in in_force(connection, policy, on)
        if account.region == region and account.finance_book
    ]
    centre = [account for account in found if account.agency_book.endswith("-centre")]
    return max(centre or found, key=lambda account: account.from_day, default=None)


def numbered(connection: Connection, policy, number: str) -> list[Account]:
    """The rows of one number, oldest first; more than one where it was used twice."""
    return [row for row in every(connection, policy) if row.number == number]


def add(connection: Connection, account: Account, cite: str, by: str, at: str) -> None:
    """Put an account into the master; BookError where its days overlap."""
    for other in numbered(connection, None, account.number):
        apart = (
            other.until_day is not None and other.until_day <= account.from_day
        ) or (account.until_day is not None and account.until_day <= other.from_day)
        if not apart:
            raise BookError(
                f"账号{masked(account.number)}自{other.from_day}起"
                f"{f'至{other.until_day}' if other.until_day else ''}已登记在"
                f"{other.agency_book}；先用 yibao bank end 停用，再登记"
            )
    row = account._asdict() | {"id": next_id(connection, TABLE)}
    connection.execute(insert(TABLE).values(**row, cite=cite, by=by, at=at))


def end(
    connection: Connection, account: Account, on: date, cite: str, by: str, at: str
) -> None:
    """The account is no longer used from that day on."""
    if on <= account.from_day:
        raise BookError(
            f"停用日期{on}应晚于账号{masked(account.number)}的启用日期{account.from_day}"
        )
    if account.id is None:
        add(connection, account._replace(until_day=on), cite, by, at)
        return
    connection.execute(
        update(TABLE)
        .where(TABLE.c.id == account.id)
        .values(until_day=on, cite=TABLE.c.cite + f"；停用：{cite}")
    )


def undressed(number: str) -> str:
    """A number without the hyphens and spaces that one prints and another does not."""
    return DRESS.sub("", number)


def same_number(one: str, other: str) -> bool:
    return undressed(one) == undressed(other)


def masked(number: str) -> str:
    """The last four characters; fewer of a short number.

    >>> masked("2402002129014452854-000000008"), masked("12345")
    ('****0008', '****5')
    """
    if not number:
        return ""
    seen = 4 if len(number) > 7 else max(1, len(number) - 4)
    return "****" + number[-seen:]


def without_numbers(text: str) -> str:
    """A text in which whatever could be an account's number is masked.

    >>> without_numbers("240200 │ 2402002129014452854-000000008 │ 2017-06-21")
    '240200 │ ****0008 │ 2017-06-21'
    """
    return LONG_NUMBER.sub(lambda found: masked(found[0]), text)
