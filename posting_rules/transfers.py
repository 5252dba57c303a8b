"""F1: from the lines of a bank transfer to the vouchers in every book.

What is posted follows from the levels of payer and payee and from 资金性质;
the policy's [[transfer]] and [[entry]] tables say what. 依据：附件二 一（一）、
二（一）、二（三）1.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Callable, NamedTuple, Sequence

from ledger import regions
from ledger.documents import Transfer
from ledger.errors import Fault, SourceError
from ledger.money import NOTHING
from ledger.vouchers import Posting, Voucher
from posting_rules.entries import Share, body_name, lines, printed_period
from posting_rules.policies import (
    Entry,
    Policy,
    TransferKind,
    entries_for,
    entry_named,
)

RETURN = "退回"
PAID, RECEIVED = "paid", "received"
FUNDING = "funding"  # X2
CASH = "清算资金"
TO_PROVINCES = "clearing-to-other-province"  # X6
WITHIN = (  # X16, clearing paid in cash within the province
    "cash-county-to-city",
    "cash-city-to-province",
    "cash-province-to-centre",
)


class Move(NamedTuple):
    """A transfer's line with what it is: the event, and who was first payer.

    `others`: of X2, what is other provinces' money (posting_rules/funding.py).
    """

    line: Transfer
    kind: TransferKind
    returned: bool
    others: tuple[Share, ...] = ()

    @property
    def ends(self) -> tuple[str, str]:
        """Payer and payee of the transfer that this is, or that it gives back."""
        pair = (self.line.payer, self.line.payee)
        return pair[::-1] if self.returned else pair


def unit(line: Transfer) -> str:
    """Rows of one 流水号 (of one account) are one bank transfer."""
    return f"F1|{line.payer_account}|{line.serial}"


def is_funding(policy: Policy, line: Transfer) -> bool:
    """Whether a line is X2, money for institutions by 用款计划."""
    return (
        line.payer == line.payee == policy.province
        and classify(policy, line).kind.event == FUNDING
    )


def classify(policy: Policy, line: Transfer) -> Move:
    """What a line is; SourceError with its place when the policy has no such move."""
    returned = line.nature == RETURN
    move = (line.payee, line.payer) if returned else (line.payer, line.payee)
    for kind in policy.transfers:
        nature = "预付金" if returned else line.nature
        if (
            nature in kind.natures
            and _levels(policy, *move) == (kind.payer, kind.payee)
            and _related(policy, kind, *move)
        ):
            if line.scope not in kind.scopes:
                _refuse(line, "用途", line.scope, "、".join(kind.scopes))
            lower = kind.lower and (
                regions.counties(move[0]) or regions.cities(move[0])
            )
            if line.lower and not lower:
                _refuse(line, "下级金额", str(line.lower), "空；这类划拨没有下级金额")
            return Move(line, kind, returned)
    _refuse(
        line,
        "付款方代码",
        f"{line.payer}（{_name(line.payer, line.paid_on)}）向"
        f"{line.payee}（{_name(line.payee, line.paid_on)}）的{line.scope}{line.nature}",
        "县区向所属市州、市州或省本级向省、省与外省之间的划拨"
        + (
            "；按用款计划的省内划转（X2）资金性质是预付金，退回的是退回"
            if line.payer == line.payee == policy.province
            else ""
        ),
    )


def posting_of_leg(
    policy: Policy,
    moves: Sequence[Move],
    leg: str,
    *,
    reading: Callable[[date], str],
    source: Callable[[Sequence[Transfer]], str],
) -> Posting | None:
    """One leg of one bank transfer: its vouchers, one a book and entry.

    `moves` are all rows of the transfer, `source` names the rows behind some.
    The payer's vouchers are dated 付款日期, the receiver's 到账日期; a row without
    到账日期 has no received leg yet (X15).
    """
    first = moves[0].line
    on = first.paid_on if leg == PAID else first.received_on
    assert on is not None, "the received leg waits for 到账日期"
    made: dict[tuple, list[Move]] = defaultdict(list)
    for move in moves:
        scope = move.line.scope
        for entry in entries_for(policy, move.kind.event, scope, on, reading(on)):
            payer_leg = (entry.leg == "payer") != move.returned
            if payer_leg == (leg == PAID):
                made[entry, move.kind, move.returned].append(move)
    vouchers = [
        voucher
        for (entry, _, _), group in made.items()
        if (voucher := _voucher(policy, entry, group, on, source)).lines
    ]
    if not vouchers:
        return None
    return Posting(unit(first), "adv", leg, moves[0].kind.event, tuple(vouchers))


def _voucher(
    policy: Policy,
    entry: Entry,
    moves: list[Move],
    on: date,
    source: Callable[[Sequence[Transfer]], str],
) -> Voucher:
    first = moves[0]
    payer, payee = first.ends
    template, rule_of = entry, entry
    if first.returned:
        template, rule_of = entry.reversed, entry_named(policy, "X7")
    quarters = {m.line.quarter for m in moves}
    quarter = first.line.quarter if len(quarters) == 1 else None
    narration = entry.summary.format(
        payer=_name(payer, on),
        payee=_name(payee, on),
        quarter=printed_period(quarter),
    )
    if first.returned:
        narration = rule_of.summary.format(summary=narration)
    return Voucher(
        book=_book(policy, entry, payer, payee),
        dated=on,
        occurred_on=on,
        rule=policy.rule(rule_of),
        basis=policy.basis(rule_of),
        event="return" if first.returned else first.kind.event,
        scope="、".join(dict.fromkeys(m.line.scope for m in moves)),
        period=str(quarter or ""),
        quarter=str(quarter or ""),
        payee=_counterpart(policy, entry, payer, payee, on),
        narration=narration,
        lines=lines(template, _amounts(moves)),
        attachments=max((m.line.attachments or 1 for m in moves), default=1),
        source=source([m.line for m in moves]),
        evidence=_evidence(
            [m.line for m in moves], (entry.leg == "payee") != first.returned
        ),
    )


def _amounts(moves: list[Move]) -> dict[str, list[Share]]:
    """What a template may ask for, of each row's fund."""
    payer, payee = moves[0].ends
    total = [Share(m.line.fund, "", m.line.total) for m in moves]
    place = regions.province_of(payee)
    return {
        "own": [Share(m.line.fund, "", m.line.own) for m in moves],
        "lower": [Share(m.line.fund, "", _lower(m)) for m in moves],
        "each other province": [share for m in moves for share in m.others],
        "total": total,
        "each payer": [share._replace(detail=payer) for share in total],
        "each place": [share._replace(detail=place) for share in total],
    }


def _lower(move: Move) -> Decimal:
    """What is of own people below (县区部分、市州部分), without others' money."""
    return move.line.lower - sum((share.amount for share in move.others), NOTHING)


def _evidence(line_list: list[Transfer], received: bool) -> str:
    """The bank's and the notice's numbers that prove the transfer (五（三）).

    A book that received names its own 收款流水号 where the form has one.
    """
    first = line_list[0]
    serial = first.received_serial if received else ""
    notices = dict.fromkeys(line.notice for line in line_list if line.notice)
    named = [f"银行流水号{serial or first.serial}"]
    return "；".join(named + [f"通知书{notice}" for notice in notices])


def _book(policy: Policy, entry: Entry, payer: str, payee: str) -> str:
    """The book of the entry's kind among the two ends' levels."""
    wanted = entry.book.partition("-")[0].replace("centre", "province")
    if wanted == "province":
        return f"{policy.province}-{entry.book}"
    region = next(end for end in (payer, payee) if regions.level(end) == wanted)
    return f"{region}-{entry.book}"


def _counterpart(policy: Policy, entry: Entry, payer: str, payee: str, on: date) -> str:
    other = payee if entry.leg == "payer" else payer
    kind = entry.counterpart
    if kind == "payer-agency" and regions.level(other) == "own":
        other, kind = policy.province, "province-agency"
    return body_name(kind.replace("payer-", ""), other, on, policy.centre)


def _levels(policy: Policy, payer: str, payee: str) -> tuple[str, str]:
    return _level(policy, payer), _level(policy, payee)


def _level(policy: Policy, code: str) -> str:
    """A region's level; another province is "other", a place in it nothing."""
    if regions.province_of(code) == policy.province:
        return regions.level(code)
    return "other" if regions.level(code) == "province" else "elsewhere"


def _related(policy: Policy, kind: TransferKind, payer: str, payee: str) -> bool:
    """A county pays its own city, and 省本级 (not a city's own people) the centre;
    X2 stays at the province."""
    if kind.payer == kind.payee:
        return payer == payee
    if kind.payee == "other" or kind.payer == "other":
        return True
    return regions.parent(payer) == payee


def _name(code: str, on: date) -> str:
    return regions.name(code, on)


def _refuse(line: Transfer, column: str, found: str, expected: str):
    message = (
        f"“{line.sheet}”第{line.row}行：{column}“{found}”不能这样划拨，应为{expected}"
    )
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )
