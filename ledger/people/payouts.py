"""Payouts in the database: whose accounts a run pays, how much, and its lines.

Of an account is paid what stood on the run's day, less what has left it since, and
never more than is there now. Money that came back of a withheld payout (`withheld`
of bounce_line) stays: it is what such bounces brought, less what was spent since.
Claims (P22) and what drafts take are left in the account.

Who may be paid is handed in, by kind of filing; the arithmetic is set-based.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterator, NamedTuple, Sequence

from sqlalchemy import Connection, Date, bindparam, text

from ledger.money import from_fen
from ledger.people import staging
from ledger.people.payout_sql import (
    BOUNCED,
    CANDIDATES,
    FILED,
    LINES,
    LISTED,
    MOVEMENTS,
    NOT_PAID,
    REFUSED,
    SERIALS,
    SUMS,
)
from ledger.subjects import subjects
from ledger.vouchers import DEBIT

ACT, KIND, FORM = "payout", "划转本人", "payout"
CONTROL = "个人账户基金——"
# Why an account is not paid whatever its filing says.
DIED, LEFT, NO_PAYEE, WITHHELD = "died", "left", "no-payee", "withheld"
OWING = "owing"  # a claim (P22) takes what would be paid


class Run(NamedTuple):
    """A payout run: its month's last day, and until when balances of those who are
    stopped count (the same day where nothing of theirs is paid)."""

    region: str
    month: str
    day: date
    accrued_until: date


class Filed(NamedTuple):
    """A kind of filing that is in force on the day; `state` of its hardship."""

    scope: str
    kind: str
    state: str


class Ruled(NamedTuple):
    """What the rules say of a kind of filing. `still`: what stood until the accrual
    day may be paid; `cite` then is the clause of that."""

    scope: str
    kind: str
    state: str
    place: int
    may: bool
    still: bool
    cite: str
    refused_cite: str
    why: str


class Refused(NamedTuple):
    """People who were not paid, or not all, for one reason; yuan."""

    bar: str  # DIED …, or "" where a clause refuses
    why: str
    cite: str
    people: int
    amount: Decimal


class NotPaid(NamedTuple):
    """One of them."""

    person_id: str
    name: str
    scope: str
    kind: str
    bar: str
    why: str
    cite: str
    amount: Decimal


class Payment(NamedTuple):
    """A line of the bank's list."""

    serial: str
    payee_name: str
    payee_account: str
    payee_bank: str
    amount: Decimal


def spending_kinds() -> list[str]:
    """The kinds of movement by which a person's money is used, other than 划转本人:
    the sub-accounts of 个人账户基金 whose balance is on the debit side."""
    names = [row.printed for row in subjects() if row.side == DEBIT]
    kinds = [n.removeprefix(CONTROL) for n in names if n.startswith(CONTROL)]
    return [kind for kind in kinds if kind != KIND]


def filed(connection: Connection, run: Run, states: Sequence[str]) -> list[Filed]:
    """The kinds of filing in force of accounts with money not yet paid in this run.

    `states` are the words for a hardship: valid, expired, not yet.
    """
    valid, expired, not_yet = states
    words = {"valid": valid, "expired": expired, "not_yet": not_yet}
    query = FILED.format(day=run.day, region=run.region, month=run.month, **words)
    staging.temporary(connection, "payout_filed", query)
    kinds = text(
        "SELECT DISTINCT scope, kind, state FROM payout_filed ORDER BY 1, 2, 3"
    )
    return [Filed(*row) for row in connection.execute(kinds)]


def choose(
    connection: Connection,
    run: Run,
    rulings: Sequence[Ruled],
    no_payee: str = NO_PAYEE,
) -> None:
    """Reckon what each account is paid: the temporary table payout_candidate.

    With `no_payee` "" whoever has no bank account on file is paid as well.
    """
    connection.execute(text("DROP TABLE IF EXISTS payout_ruling"))
    connection.execute(text(RULINGS))
    if rulings:
        connection.execute(text(RULING), [ruled._asdict() for ruled in rulings])
    words = {
        "day": run.day,
        "until": run.accrued_until,
        "region": run.region,
        "spending": ", ".join(f"'{kind}'" for kind in spending_kinds()),
    }
    staging.temporary(connection, "payout_sums", SUMS.format(**words))
    staging.temporary(connection, "payout_bounced", BOUNCED.format(**words))
    words |= {"died": DIED, "left": LEFT, "no_payee": no_payee}
    staging.temporary(connection, "payout_candidate", CANDIDATES.format(**words))


def insert(
    connection: Connection,
    run: Run,
    batch_id: int,
    dated: date,
    prefix: str,
    kind: str = KIND,
) -> int:
    """The run's lines, their 流水号 and movements; says how many are paid."""
    values = {
        "batch": batch_id,
        "prefix": f"{prefix}{run.month.replace('-', '')}-{batch_id}-",
        "month": run.month,
        "region": run.region,
    }
    lines = connection.execute(text(LINES), values).rowcount
    connection.execute(text(SERIALS), {"batch": batch_id, "form": FORM})
    connection.execute(
        text(MOVEMENTS).bindparams(bindparam("dated", type_=Date)),
        {"batch": batch_id, "dated": dated, "act": ACT, "kind": kind},
    )
    return lines


def payable(connection: Connection) -> int:
    """How many accounts are paid by what was reckoned."""
    query = text("SELECT count(*) FROM payout_candidate WHERE amount > 0")
    return connection.execute(query).scalar_one()


def refused(connection: Connection) -> list[Refused]:
    """Who was not paid, or not all, by reason: what they would have been paid."""
    return [
        Refused(*row[:-1], from_fen(row.amount))
        for row in connection.execute(text(REFUSED.format(**LISTED_AS)))
    ]


def not_paid(connection: Connection) -> Iterator[NotPaid]:
    """The same, person by person, in the order of people."""
    for row in connection.execute(text(NOT_PAID.format(**LISTED_AS))):
        yield NotPaid(*row[:-1], from_fen(row.amount))


def payments(connection: Connection, batch_id: int) -> Iterator[Payment]:
    """A batch's payments in the order of their 流水号."""
    for row in connection.execute(text(LISTED), {"batch": batch_id}):
        yield Payment(*row[:-1], from_fen(row.amount))


def paid(connection: Connection, batch_id: int) -> Decimal:
    """What a batch's lines add up to."""
    query = text("SELECT sum(amount) FROM payout_line WHERE batch_id = :batch")
    total = connection.execute(query, {"batch": batch_id}).scalar_one()
    return from_fen(int(total or 0))


def clear(connection: Connection) -> None:
    """Drop the temporary tables: they hold personal data."""
    for name in TEMPORARY:
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))


def free(connection: Connection, batch_id: int) -> None:
    """Take a rejected draft's lines and 流水号 back; it paid nothing."""
    values = {"batch": batch_id}
    connection.execute(text(FREE_SERIALS), values)
    connection.execute(text(FREE_LINES), values)


def bounced(connection: Connection, batch_id: int) -> int:
    """How many of a batch's payments came back and stand so."""
    return connection.execute(text(CAME_BACK), {"batch": batch_id}).scalar_one()


LISTED_AS = {"withheld": WITHHELD, "owing": OWING}
TEMPORARY = (
    "payout_filed",
    "payout_ruling",
    "payout_sums",
    "payout_bounced",
    "payout_candidate",
)
RULINGS = """
    CREATE TEMPORARY TABLE payout_ruling (
        scope TEXT, kind TEXT, state TEXT, place INTEGER, may BOOLEAN, still BOOLEAN,
        cite TEXT, refused_cite TEXT, why TEXT)
"""
RULING = """
    INSERT INTO payout_ruling VALUES (
        :scope, :kind, :state, :place, :may, :still, :cite, :refused_cite, :why)
"""
FREE_SERIALS = """
    DELETE FROM serial_key WHERE form = 'payout' AND serial IN (
        SELECT serial FROM payout_line WHERE batch_id = :batch
    )
"""
FREE_LINES = "DELETE FROM payout_line WHERE batch_id = :batch"
CAME_BACK = """
    SELECT count(*) FROM payout_line
    JOIN bounce_line ON bounce_line.person_id = payout_line.person_id
                    AND bounce_line.serial = payout_line.serial
    WHERE payout_line.batch_id = :batch AND bounce_line.freed = 0
"""
