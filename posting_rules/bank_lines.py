"""F6: what a line of a bank statement is by its words, and the vouchers of it.

Interest is the account's owner's, fees are never the fund's (五（三）); the finance book
has the twin of what the agency's book says, unless the account is the agency's alone.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from ledger.errors import RuleError
from ledger.money import from_fen, whole_fen
from ledger.vouchers import CREDIT, DEBIT, Line, Posting, Voucher
from posting_rules.entries import Share, lines
from posting_rules.money_rules import check_fee
from posting_rules.policies import Entry, Policy, entries_for, entry_named

LINK = "bank"
BANK = "{bank}"
BOUNCE, INTEREST, FEE, FEE_BACK = "bounce", "interest", "fee", "fee-back"
FEES = "暂付款——银行手续费待收回"


class Told(NamedTuple):
    """What a statement says of one line, for its voucher."""

    account: str
    holder: str  # 户名
    bank: str
    serial: str
    on: date
    source: str


def kind_of(policy: Policy, income: Decimal, payment: Decimal, words: str) -> str:
    """What a line is by its words: bounce, fee-back, interest, fee, or "" (a transfer).

    What the bank writes in red counts on the other side.
    """
    side = "income" if income - payment > 0 else "payment"
    for rule in policy.bank_lines:
        if rule["side"] == side and any(word in words for word in rule["words"]):
            return rule["what"]
    return ""


def shared(amount: Decimal, weights: dict[str, Decimal]) -> dict[str, Decimal]:
    """An amount in proportion to weights above zero, by largest remainder.

    The parts add up to the amount; equal remainders go to the first code. Nothing to
    share by: no parts.
    """
    fens = {key: whole_fen(weight) for key, weight in sorted(weights.items())}
    fens = {key: fen for key, fen in fens.items() if fen > 0}
    whole, fen = sum(fens.values()), whole_fen(amount)
    if not whole:
        return {}
    parts = {key: fen * weight // whole for key, weight in fens.items()}
    left = fen - sum(parts.values())
    for key in sorted(fens, key=lambda key: -(fen * fens[key] % whole))[:left]:
        parts[key] += 1
    return {key: from_fen(part) for key, part in parts.items() if part}


def posting(
    policy: Policy,
    what: str,
    books: tuple[str, str],
    subject: str,
    shares: dict[str, Decimal],
    told: Told,
) -> Posting:
    """X8, X9 or X14: `books` are the agency's and finance's, "" for none."""
    vouchers = []
    for entry in entries_for(policy, what, "", told.on, ""):
        book = books[entry.leg == "finance"]
        if not book:
            continue
        total = [Share(fund, "", amount) for fund, amount in shares.items()]
        made = tuple(
            line._replace(subject=subject) if line.subject == BANK else line
            for line in lines(entry, {"total": total})
        )
        vouchers.append(_voucher(policy, entry, what, book, made, told))
    return Posting(f"F6|{told.account}|{told.serial}", LINK, "", what, tuple(vouchers))


def _voucher(
    policy: Policy,
    entry: Entry,
    what: str,
    book: str,
    made: tuple[Line, ...],
    told: Told,
) -> Voucher:
    narration = entry.summary.format(holder=told.holder)
    check_fee(policy, narration, made)
    return Voucher(
        book=book,
        dated=told.on,
        occurred_on=told.on,
        rule=policy.rule(entry),
        basis=policy.basis(entry),
        event=what,
        scope="",
        period="",
        quarter="",
        payee=told.bank or "开户银行",
        narration=narration,
        lines=made,
        attachments=1,
        source=told.source,
        evidence=f"银行流水号{told.serial}",
    )


def bounced(
    policy: Policy, unit: str, vouchers: Sequence[Voucher], told: Told
) -> Posting:
    """X11: the vouchers of the payer's leg with debit and credit exchanged, blue."""
    rule = entry_named(policy, "X11")
    if told.on < policy.from_day:
        raise RuleError(f"{told.on}应有一条规则生效，实有0条：{policy.basis(rule)}")
    made = tuple(
        voucher._replace(
            dated=told.on,
            occurred_on=told.on,
            rule=policy.rule(rule),
            basis=policy.basis(rule),
            narration=rule.summary.format(summary=voucher.narration),
            lines=_exchanged(voucher.lines),
            attachments=1,
            source=told.source,
            evidence=f"银行流水号{told.serial}",
        )
        for voucher in vouchers
    )
    return Posting(unit, LINK, "", BOUNCE, made)


def _exchanged(lines_of: Sequence[Line]) -> tuple[Line, ...]:
    """Each line on the other side, debit first."""
    other = {DEBIT: CREDIT, CREDIT: DEBIT}
    turned = [line._replace(side=other[line.side]) for line in lines_of]
    return tuple(sorted(turned, key=lambda line: line.side != DEBIT))
