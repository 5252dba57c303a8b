"""What was paid on notices: a notice with its transfers (F1), and what is too much.

A transfer names its notice in 通知书编号. What goes beyond a notice's total, or to
another province beyond its 付款通知书 and cleared lines, may have been paid twice; a
return (退回) that names the notice ends it.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, func, select

from ledger import regions
from ledger.advances import notices
from ledger.advances.clearing_payments import CLEARING_MONEY
from ledger.advances.notice_payments import RETURN, Payment, of_nature, payments
from ledger.advances.notices import LineRow, NoticeRow, StepRow
from ledger.money import NOTHING, grouped
from ledger.schema import ClearingLine
from posting_rules import notices as rules
from posting_rules.notices import DISPUTED, ISSUED, PAID, Kind
from posting_rules.policies import Policy

CLEARING = ClearingLine.__table__
RECEIPT = "收款"  # F4's 方向
PAYMENT = "payment-notice"  # what we have to pay to another province
FITS, STRANGE, INCOMING = "fits", "strange", "incoming"
BOUNCED = "退汇，待重新划拨"  # reasons of steps that take a payment back
UNDONE = "划拨单已冲销或撤回"
RETURNED = "退回，待重新划拨"


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
    def moved(self) -> Decimal:
        left = [p.counted for p in self.payments if p.bounced is None]
        return sum(left, NOTHING)

    @property
    def surplus(self) -> Decimal:
        """What moved beyond the total, never below zero."""
        moved, total = self.moved, self.row.total
        return max(moved - total if total > 0 else total - moved, NOTHING)

    @property
    def surplus_words(self) -> str:
        return (
            f"为{grouped(self.row.total)}元，已划拨{grouped(self.moved)}元，"
            f"多出{grouped(self.surplus)}元"
        )

    @property
    def serials(self) -> list[str]:
        """The transfers that count, each once."""
        return list(dict.fromkeys(payment.serial for payment in self.standing))

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


class Overpaid(NamedTuple):
    """清算资金 that a province got beyond what its notices and lists say."""

    province: str
    paid: Decimal
    owed: Decimal
    serials: Sequence[str]

    @property
    def surplus(self) -> Decimal:
        return self.paid - self.owed

    @property
    def words(self) -> str:
        return (
            f"付给{regions.name(self.province)}的清算资金共{grouped(self.paid)}元，"
            f"付款通知书和清算明细共{grouped(self.owed)}元，"
            f"多出{grouped(self.surplus)}元"
        )


def cases(connection: Connection, policy: Policy) -> list[Case]:
    """The notices that some transfer names, or once did."""
    by_number = payments(connection)
    rows = [
        row
        for row in notices.notices(connection)
        if row.number in by_number or row.state in notices.MOVED
    ]
    ids = [row.id for row in rows]
    steps, every = notices.steps_of(connection, ids), notices.lines_of(connection, ids)
    found = []
    for row in rows:
        lines = every.get(row.id, [])
        paid = by_number.get(row.number, [])
        sides = {payment: _side(policy, row, lines, payment) for payment in paid}
        found.append(
            Case(
                rules.kind_named(policy, row.kind),
                row,
                lines,
                steps[row.id],
                *(
                    [payment for payment in paid if sides[payment] == side]
                    for side in (FITS, STRANGE, INCOMING)
                ),
            )
        )
    return found


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


def unready(kind: Kind, row: NoticeRow, before: Sequence[StepRow]) -> str:
    """What a notice lacked when it was paid: 有异议，没有确认、提交、审核; "" nothing.

    `before` are the steps before the payment. What a bounce brought it back to is no
    step of anybody's.
    """
    way = rules.path(kind, row.origin == notices.RECEIVED)
    if PAID not in way:
        return ""
    own = [s.state for s in before if s.reason not in (BOUNCED, UNDONE, RETURNED)]
    own = [state for state in own if state not in notices.MOVED]
    last = max((at for at, state in enumerate(own) if state == ISSUED), default=0)
    first = way.index(ISSUED) if ISSUED in way else 0
    missing = [
        rules.STEP_NAMES[state]
        for state in way[first + 1 : way.index(PAID)]
        if state not in own[last:]
    ]
    words = [rules.STATE_NAMES[DISPUTED]] if own and own[-1] == DISPUTED else []
    words += [f"没有{'、'.join(missing)}"] if missing else []
    return "，".join(words)


def before_paying(steps: Sequence[StepRow]) -> Sequence[StepRow]:
    """The steps before the last payment; none where there was none."""
    paid = [at for at, step in enumerate(steps) if step.state == PAID]
    return steps[: paid[-1]] if paid else ()


def overpaid(
    connection: Connection, policy: Policy, known: Sequence[Case]
) -> list[Overpaid]:
    """The provinces that got more 清算资金 than was ever asked or cleared.

    A month's 付款通知书 counts where there is one, else its 跨省 lines (F2). Of a
    province of which neither is known nothing can be said; what a notice's own
    surplus tells already (Case.surplus) is left out.
    """
    owed, paid = _owed(connection), defaultdict(list)
    for payment in of_nature(connection, CLEARING_MONEY):
        province = regions.province_of(payment.payee)
        if payment.payer == policy.province != province and not payment.bounced:
            paid[province].append(payment)
    told: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for case in known:
        back = [p.counted for p in case.standing if p.nature == RETURN]
        if case.kind.id == PAYMENT and case.row.region:
            told[case.row.region] += case.surplus - sum(back, NOTHING)
    found = []
    for province, each in sorted(paid.items()):
        sent = sum((p.counted for p in each), NOTHING) - told[province]
        if NOTHING < owed.get(province, NOTHING) < sent:
            serials = list(dict.fromkeys(payment.serial for payment in each))
            found.append(Overpaid(province, sent, owed[province], serials))
    return found


def _owed(connection: Connection) -> dict[str, Decimal]:
    """By province: what its notices ask, and for other periods what is cleared."""
    asked: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    rows = [r for r in notices.notices(connection, kind=PAYMENT) if r.standing]
    every = notices.lines_of(connection, [row.id for row in rows])
    for row in rows:
        for line in every.get(row.id, []):
            asked[line.region, row.period] += line.amount
    cleared: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    total = func.sum(CLEARING.c.amount, type_=CLEARING.c.amount.type)
    for place, period, amount in connection.execute(
        select(CLEARING.c.place, CLEARING.c.period, total)
        .where(CLEARING.c.live, CLEARING.c.scope == "跨省")
        .group_by(CLEARING.c.place, CLEARING.c.period)
    ):
        cleared[regions.province_of(place), period] += amount
    owed: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for (province, _), amount in {**cleared, **asked}.items():
        owed[province] += amount
    return dict(owed)
