"""X11: a transfer comes back from the bank; the payer's books undo it.

Told by a line of F6 (退汇、退票), or by F1: 退回 with these words in 备注.
"""

from __future__ import annotations

import re
from typing import Sequence

from sqlalchemy import Connection, select

from desk.vouchers import voucher_lines
from ledger.advances import bank_lines, bank_proofs, bounces
from ledger.advances.bank_accounts import Account, same_number
from ledger.advances.bounces import Original
from ledger.postings import VOUCHER
from ledger.vouchers import Line, Posting, Voucher
from posting_rules.bank_lines import Told, bounced
from posting_rules.policies import Policy


def originals_of(connection: Connection, row, account: Account) -> Sequence[Original]:
    """The transfers on their way that a line may send back.

    From the account (or, without a number, from its book), of the same amount, not
    after the line; the one whose 流水号 the line names comes before all others.
    """
    found = bounces.under_way(
        connection,
        bounces.LINE.c.paid_on <= row.day,
    )
    amount = bank_lines.net(row)
    fits = [one for one in found if one.amount == amount]
    nets = bank_proofs.nets(connection, [one.posting_id for one in fits])
    fits = [
        one
        for one in fits
        if (one.posting_id, account.agency_book, account.subject) in nets
        and (not one.payer_account or same_number(one.payer_account, account.number))
    ]
    words = f"{row.summary} {row.note}"
    named = [one for one in fits if names(words, one.serial)]
    return named or fits


def posting(
    connection: Connection,
    policy: Policy,
    original: Original,
    told: Told,
    unit: str = "",
) -> Posting:
    """X11 of what the transfer's payer booked, as it was recorded."""
    rows = connection.execute(
        select(VOUCHER)
        .where(VOUCHER.c.posting_id == original.posting_id)
        .order_by(VOUCHER.c.id)
    ).all()
    vouchers = [
        Voucher(
            book=row.book_id,
            dated=told.on,
            occurred_on=told.on,
            rule="",
            basis="",
            event=row.event,  # it undoes that, for the usage rate too
            scope=row.scope,
            period=row.period,
            quarter=row.quarter,
            payee=row.payee,
            narration=row.narration,
            lines=tuple(
                Line(line.side, line.subject, line.detail, line.fund, line.amount)
                for line in voucher_lines(connection, row.id)
            ),
            attachments=1,
            source="",
        )
        for row in rows
    ]
    return bounced(policy, unit or f"F6|{told.account}|{told.serial}", vouchers, told)


def names(words: str, serial: str) -> bool:
    """Whether a serial stands in words by itself, not within a longer one."""
    return bool(
        re.search(rf"(?<![0-9A-Za-z]){re.escape(serial)}(?![0-9A-Za-z])", words)
    )
