"""What transfers say of notices: paid, arrived, or after a bounce to be paid again.

A transfer (F1) names its notice in 通知书编号. Once the money of a notice has left it is
paid, whatever steps were kept before; once all of it has arrived it is received. What
the bank sends back (X11), or what is reversed, takes that back.
"""

from __future__ import annotations

from datetime import date
from typing import Collection, NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances import notice_clearings
from desk.advances.notice_wants import RECEIPT
from desk.advances.notices import named
from ledger import regions, settings
from ledger.advances import bank_accounts, notices
from ledger.advances.notice_payments import RETURN, Payment, payments
from ledger.advances.notices import LineRow, NoticeRow, StepRow
from ledger.documents import SourceDocument
from ledger.money import NOTHING, grouped
from ledger.postings import Actor
from posting_rules import notices as rules
from posting_rules.notices import COMES_IN, MADE, PAID, RECEIVED, WITHDRAWN, Kind
from posting_rules.policies import Policy, advance_policy

BY_TRANSFER = "按预付金划拨单"  # the reason of a step that nobody took by hand
BOUNCED = "退汇，待重新划拨"
UNDONE = "划拨单已冲销或撤回"
FITS, STRANGE, INCOMING = "fits", "strange", "incoming"


class Case(NamedTuple):
    """A notice with what was said and paid of it."""

    kind: Kind
    row: NoticeRow
    lines: Sequence[LineRow]
    steps: Sequence[StepRow]
    payments: Sequence[Payment]  # those that fit
    strangers: Sequence[Payment]  # those that do not
    incoming: Sequence[Payment]  # between provinces: what is paid to us (F4 收款)

    @property
    def whole(self) -> bool:
        """Whether all of the notice's money has moved."""
        moved, total = self.moved, self.row.total
        return moved >= total > 0 or moved <= total < 0

    @property
    def moved(self):
        left = [p.counted for p in self.payments if p.bounced is None]
        return sum(left, NOTHING)

    @property
    def arrived(self) -> bool:
        """Whether it is all there, and what others had to pay to us with it."""
        back = [line.amount for line in self.lines if line.scope == RECEIPT]
        due = sum(back, NOTHING)
        there = sum((payment.counted for payment in self.came), NOTHING)
        both = there >= due if due >= 0 else there <= due
        return both and all(payment.received_on for payment in self.standing)

    @property
    def came(self) -> list[Payment]:
        return [p for p in self.incoming if p.bounced is None and p.received_on]

    @property
    def standing(self) -> list[Payment]:
        return [p for p in self.payments if p.bounced is None]


def after_import(
    connection: Connection, actor: Actor, document: SourceDocument
) -> list[str]:
    """What a form changes of notices (F1, F6 pay, F2 confirms), and what is odd."""
    if document.form == "F2":
        notice_clearings.settle(connection, actor, document)
    if document.form not in ("F1", "F6"):
        return []
    return settle(connection, actor, {line.serial for line in document.lines})


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
    for case in _cases(connection, policy):
        told += _bring(connection, actor, case, on)
        told += _odd(case, set(serials))
    return told


def _cases(connection: Connection, policy: Policy) -> list[Case]:
    """The notices that some transfer names, or once did."""
    by_number = payments(connection)
    rows = [
        row
        for row in notices.notices(connection)
        if row.number in by_number or row.state in notices.MOVED
    ]
    ids = [row.id for row in rows]
    steps, every = notices.steps_of(connection, ids), notices.lines_of(connection, ids)
    cases = []
    for row in rows:
        lines = every.get(row.id, [])
        found = by_number.get(row.number, [])
        sides = {payment: _side(policy, row, lines, payment) for payment in found}
        cases.append(
            Case(
                rules.kind_named(policy, row.kind),
                row,
                lines,
                steps[row.id],
                *(
                    [payment for payment in found if sides[payment] == side]
                    for side in (FITS, STRANGE, INCOMING)
                ),
            )
        )
    return cases


def _side(
    policy: Policy, row: NoticeRow, lines: Sequence[LineRow], payment: Payment
) -> str:
    """Whether a transfer goes between the parties of a notice, and which way."""
    kind = rules.kind_named(policy, row.kind)
    pair = payment.payer, payment.payee
    if payment.nature == RETURN:
        pair = pair[::-1]
    home = policy.province
    if kind.form == "F5":
        return FITS if pair == (home, home) else STRANGE
    if kind.of_plan:
        return FITS if pair == (row.region, regions.parent(row.region)) else STRANGE
    others = {line.region for line in lines}
    out = pair[0] == home and regions.province_of(pair[1]) in others
    into = pair[1] == home and regions.province_of(pair[0]) in others
    if kind.form == "F4" and into:
        return INCOMING
    return FITS if (out if kind.step(PAID) else into) else STRANGE


def _bring(connection: Connection, actor: Actor, case: Case, on: date) -> list[str]:
    """Take the steps that the transfers show; a word for each that was taken back."""
    row, way = case.row, rules.path(case.kind, case.row.origin == notices.RECEIVED)
    if row.state in (MADE, WITHDRAWN):
        return []
    there = row.state in (PAID, RECEIVED)
    arrived = case.arrived
    if case.whole:
        if not there and PAID in way:
            _step(connection, actor, case, PAID)
        if arrived and row.state != RECEIVED and RECEIVED in way:
            _step(connection, actor, case, RECEIVED)
        if not arrived and row.state == RECEIVED and _by_transfer(case, RECEIVED):
            before = way[way.index(RECEIVED) - 1]
            notices.take_step(connection, row.id, before, on, UNDONE, "", *actor)
        return []
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
    serials = "、".join(dict.fromkeys(payment.serial for payment in moved))
    notices.take_step(
        connection,
        case.row.id,
        state,
        max(days),
        BY_TRANSFER,
        serials[:200],
        actor.by,
        actor.at,
    )


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
    """It waits to be paid again, as it did before."""
    day = max((payment.bounced for payment in bounced), default=on)
    serials = "、".join(dict.fromkeys(p.bounced_serial for p in bounced))
    reason = BOUNCED if bounced else UNDONE
    notices.take_step(connection, case.row.id, before, day, reason, serials, *actor)
    return [f"{named(case.row)}{reason}，已回到“{rules.STATE_NAMES[before]}”"]


def _odd(case: Case, serials: set[str]) -> list[str]:
    """What some transfers have that their notice does not expect."""
    row, told = case.row, []
    mine = [payment for payment in case.standing if payment.serial in serials]
    if mine and row.state in (MADE, WITHDRAWN):
        word = "尚未下达" if row.state == MADE else "已经撤回"
        told.append(f"{named(row)}{word}，而划拨单写有它的编号")
    elif mine and not case.whole and case.kind.per != COMES_IN:
        told.append(
            f"{named(row)}为{grouped(row.total)}元，已划拨{grouped(case.moved)}元，"
            f"尚差{grouped(row.total - case.moved)}元"
        )
    for payment in case.strangers:
        if payment.serial in serials:
            told.append(
                f"流水号{payment.serial}的付款方或收款方与{named(row)}不符，没有登记付款"
            )
    for number in sorted({payment.payee_account for payment in mine} - {""}):
        if row.payee_account and row.total > 0 and number != row.payee_account:
            told.append(
                f"{named(row)}的收款账号是{bank_accounts.masked(row.payee_account)}，"
                f"划拨单写作{bank_accounts.masked(number)}，请核对"
            )
    return list(dict.fromkeys(told))
