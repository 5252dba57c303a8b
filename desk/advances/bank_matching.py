"""Lines of bank statements and the vouchers that they prove (五（三）、七（二）).

Matched are lines by 流水号, account and amount, whichever came first. What the words
say is interest, a fee, a fee recovered or a bounce is posted (bank_posting.py). It is
all done in `settle`, which F6, F1, F7 and `bank reconcile` call. A line whose voucher
was rejected or reversed is posted again only when it is asked for: its statement is
imported again, or its account reconciled.
"""

from __future__ import annotations

from typing import Collection, NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances import bank_posting
from desk.taking import Desk
from ledger.advances import bank_accounts, bank_lines, bank_proofs
from ledger.advances.bank_accounts import Account, same_number, undressed
from ledger.money import NOTHING
from posting_rules.policies import advance_policy

AFTER = ("F1", "F7")  # forms after which waiting lines are looked at again


class Settled(NamedTuple):
    """What became of waiting lines; `notes` say why some still wait."""

    line_ids: set[int]
    posting_ids: list[int]
    notes: list[str]


class Accounts:
    """The master by number, however it is dressed, and by day."""

    def __init__(self, every: Sequence[Account]):
        self._rows: dict[str, list[Account]] = {}
        for account in every:
            self._rows.setdefault(undressed(account.number), []).append(account)

    def numbered(self, number: str) -> list[Account]:
        return self._rows.get(undressed(number), [])

    def on(self, number: str, day) -> Account | None:
        found = [row for row in self.numbered(number) if row.used_on(day)]
        return found[0] if found else None


def accounts_of(connection: Connection, province: str) -> Accounts:
    return Accounts(bank_accounts.every(connection, advance_policy(province)))


def after_import(connection: Connection, desk: Desk, form: str) -> list[int]:
    """Look at waiting lines again after a form that brings vouchers for them."""
    if form not in AFTER:
        return []
    return settle(connection, desk, again=()).posting_ids


def settle(
    connection: Connection,
    desk: Desk,
    numbers: Sequence[str] | None = None,
    again: Collection[int] | None = None,
) -> Settled:
    """Match and post what can be, of some accounts' waiting lines or of all.

    `again` are the lines that may be posted although their voucher was taken back;
    None is all of them.
    """
    rows = bank_lines.waiting(connection, numbers)
    if not rows:
        return Settled(set(), [], [])
    accounts = accounts_of(connection, desk.province)
    matched = _match(connection, desk, rows, accounts)
    left = [
        row
        for row in rows
        if row.id not in matched
        and (row.what == bank_lines.OPEN or again is None or row.id in again)
    ]
    posted = bank_posting.post(connection, desk, left, accounts.on)
    return Settled(matched | set(posted.line_ids), posted.posting_ids, posted.notes)


def _match(
    connection: Connection, desk: Desk, rows: Sequence, accounts: Accounts
) -> set[int]:
    """Match lines with the postings that carry their serial; which were matched."""
    by_serial: dict[str, list] = {}
    for candidate in bank_proofs.candidates(connection, {row.serial for row in rows}):
        by_serial.setdefault(candidate.serial, []).append(candidate)
    ids = {one.posting_id for found in by_serial.values() for one in found}
    nets, taken = bank_proofs.nets(connection, ids), bank_lines.proved(connection, ids)
    matched: dict[int, tuple[int, str]] = {}
    for row in rows:
        account = accounts.on(row.account, row.day)
        for candidate in by_serial.get(row.serial, ()) if account else ():
            place = candidate.posting_id, account.agency_book, account.subject
            if (
                (row.account, candidate.posting_id) not in taken
                and _at(candidate, row, account)
                and net_of(account, nets.get(place, {})) == bank_lines.net(row)
            ):
                taken.add((row.account, candidate.posting_id))
                matched[row.id] = candidate.posting_id, candidate.what
                break
    bank_lines.set_all_matched(
        connection,
        [(line_id, *found) for line_id, found in matched.items()],
        desk.actor.by,
        desk.actor.at,
    )
    return set(matched)


def _at(candidate, row, account: Account) -> bool:
    """Whether money moved at the account; where no number tells, the book did."""
    side = bank_proofs.IN if bank_lines.net(row) > 0 else bank_proofs.OUT
    if candidate.side != side:
        return False
    return not candidate.account or same_number(candidate.account, account.number)


def net_of(account: Account, by_fund: dict):
    """What a posting does to an account: of the funds that are on it."""
    return sum(
        (
            amount
            for fund, amount in by_fund.items()
            if not account.funds or fund in account.fund_list
        ),
        NOTHING,
    )
