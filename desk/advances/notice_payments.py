"""What transfers say of notices: paid, arrived, or after a bounce to be paid again.

A transfer (F1) names its notice in 通知书编号. Once the money of a notice has left it is
paid, whatever steps were kept before; once all of it has arrived it is received. What
the bank sends back (X11), or what is reversed, takes that back.
"""

from __future__ import annotations

from datetime import date
from typing import Collection, Sequence

from sqlalchemy import Connection

from desk.advances import notice_clearings
from desk.advances.notice_corrections import drop_edits
from desk.advances.notice_odd import odd, odd_money
from desk.advances.notices import named
from ledger import settings
from ledger.advances import notices
from ledger.advances.notice_payments import RETURN, Payment, transfer_serials
from ledger.documents import SourceDocument
from ledger.postings import Actor
from posting_rules import notices as rules
from posting_rules.notices import DISPUTED, MADE, PAID, RECEIVED, WITHDRAWN
from posting_rules.policies import advance_policy
from reports.advances.notice_money import (
    BOUNCED,
    RETURNED,
    UNDONE,
    Case,
    cases,
    unready,
)

BY_TRANSFER = "按预付金划拨单"  # the reason of a step that nobody took by hand
LONGEST = 200  # characters of a step's evidence


def after_import(
    connection: Connection, actor: Actor, document: SourceDocument
) -> list[str]:
    """What a form changes of notices (F1, F6 pay, F2 confirms), and what is odd."""
    if document.form == "F2":
        notice_clearings.settle(connection, actor, document)
    if document.form not in ("F1", "F6"):
        return []
    return settle(connection, actor, {line.serial for line in document.lines})


def after_approval(
    connection: Connection, actor: Actor, posting_ids: Sequence[int]
) -> list[str]:
    """What transfers that a second person approved change, told as of an import."""
    serials = transfer_serials(connection, posting_ids)
    return settle(connection, actor, serials)


def settle(
    connection: Connection,
    actor: Actor,
    serials: Collection[str] = (),
    on: date | None = None,
) -> list[str]:
    """Bring every notice to where its transfers have brought it.

    `on` is the day on which transfers were taken back, if they were. What is odd about
    the transfers in `serials` is told: in part, by somebody else, to another account,
    before issue.
    """
    on = on or actor.on
    policy = advance_policy(settings.province(connection))
    if policy is None:
        return []
    told: list[str] = []
    known = cases(connection, policy)
    for case in known:
        told += _bring(connection, actor, case, on)
        told += odd(case, set(serials))
    if serials:
        told += odd_money(connection, policy, known, set(serials))
    return told


def _bring(connection: Connection, actor: Actor, case: Case, on: date) -> list[str]:
    """Take the steps that the transfers show; a word for each that was taken back."""
    row, way = case.row, rules.path(case.kind, case.row.origin == notices.RECEIVED)
    told: list[str] = []
    if row.state in (MADE, WITHDRAWN):
        return []
    there = row.state in (PAID, RECEIVED)
    arrived = case.arrived
    if case.whole:
        if not there and PAID in way:
            _step(connection, actor, case, PAID)
            lacks = unready(case.kind, row, case.steps)
            told += [f"{named(row)}付款时{lacks}；请补办或查明原因"] if lacks else []
            if row.state == DISPUTED:
                told += filter(None, [drop_edits(connection, actor, row)])
        if arrived and row.state != RECEIVED and RECEIVED in way:
            _step(connection, actor, case, RECEIVED)
        if not arrived and row.state == RECEIVED and _by_transfer(case, RECEIVED):
            before = way[way.index(RECEIVED) - 1]
            notices.take_step(connection, row.id, before, on, UNDONE, "", *actor)
        return told
    bounced = [payment for payment in case.payments if payment.bounced]
    if there and (bounced or _by_transfer(case, PAID) or _by_transfer(case, RECEIVED)):
        return _take_back(connection, actor, case, bounced, before_payment(way), on)
    return []


def _by_transfer(case: Case, state: str) -> bool:
    """Whether the last step to a state was taken here, not by hand."""
    taken = [step for step in case.steps if step.state == state]
    return bool(taken) and taken[-1].reason == BY_TRANSFER


def _step(connection: Connection, actor: Actor, case: Case, state: str) -> None:
    moved = case.standing + (case.came if state == RECEIVED else [])
    days = [p.paid_on if state == PAID else p.received_on for p in moved]
    serials = list(dict.fromkeys(payment.serial for payment in moved))
    notices.take_step(
        connection,
        case.row.id,
        state,
        max(days),
        BY_TRANSFER,
        listed(serials),
        actor.by,
        actor.at,
    )


def listed(serials: Sequence[str]) -> str:
    """Serials as evidence: as many as it holds, and how many there are.

    >>> listed(["N1", "N2"])
    'N1、N2'
    """
    text, count = "、".join(serials), len(serials)
    while len(text) > LONGEST:
        count -= 1
        text = "、".join(serials[:count]) + f"等{len(serials)}笔"
    return text


def before_payment(way: Sequence[str]) -> str:
    """The state of a notice whose money has not moved yet."""
    return way[way.index(PAID if PAID in way else RECEIVED) - 1]


def _take_back(
    connection: Connection,
    actor: Actor,
    case: Case,
    bounced: Sequence[Payment],
    before: str,
    on: date,
) -> list[str]:
    """It waits to be paid again, as it did before: bounced, returned (X7) or undone."""
    returned = _returned(case)
    if bounced:
        day, reason = max(payment.bounced for payment in bounced), BOUNCED
        proof = [payment.bounced_serial for payment in bounced]
    elif returned:
        day, reason = max(payment.paid_on for payment in returned), RETURNED
        proof = [payment.serial for payment in returned]
    else:
        day, reason, proof = on, UNDONE, []
    serials = listed(list(dict.fromkeys(proof)))
    notices.take_step(connection, case.row.id, before, day, reason, serials, *actor)
    return [f"{named(case.row)}{reason}，已回到“{rules.STATE_NAMES[before]}”"]


def _returned(case: Case) -> list[Payment]:
    """The returns (退回) of its money that no step knows yet."""
    known = {serial for step in case.steps for serial in step.evidence.split("、")}
    return [
        payment
        for payment in case.standing
        if payment.nature == RETURN
        and payment.counted * case.row.total < 0
        and payment.serial not in known
    ]
