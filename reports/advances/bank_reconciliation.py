"""银行存款余额调节表: a bank account's statement against the agency's book, explained.

Statement + 企业已收银行未收 − 企业已付银行未付 = book + 银行已收企业未收 − 银行已付企业未付.
Matched lines and vouchers have the same amount, so that what is left over is the
balance with which the first statement began. Accounts that one book keeps on one
subject for the same funds are reconciled together.
依据：会计基础工作规范 第五十七条、第六十二条；黔人社厅通〔2017〕204号 七（二）
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection

from ledger.advances import bank_lines, bank_proofs
from ledger.advances.bank_accounts import Account
from ledger.advances.bank_lines import FREED, WAITING
from ledger.money import NOTHING, grouped
from posting_rules.bank_lines import kind_of
from posting_rules.policies import Policy
from reports.advances.bank_movements import Movement, movements

REASONS = {
    "bounce": "银行退汇，没有对上在途的划拨",
    "fee-back": "银行退回手续费，账上没有待收回的",
    "interest": "结息还没有入账",
    "fee": "手续费还没有入账",
}

TAKEN_BACK = "凭证已退回或冲销；再运行 yibao bank reconcile 重新入账，或补录后对上"


class Item(NamedTuple):
    """未达账项: an amount that only one side has; `debit` came in, `credit` went out."""

    on: date
    name: str  # the voucher's, or the bank's 流水号
    words: str
    debit: Decimal
    credit: Decimal
    reason: str  # 形成原因

    @property
    def net(self) -> Decimal:
        return self.debit - self.credit


class Reconciliation(NamedTuple):
    """One or more accounts on a day; both sides adjusted should be the same."""

    accounts: tuple[Account, ...]  # those that have a statement
    on: date
    until: date  # the day of the last line of the statements
    statement: Decimal
    book: Decimal
    bank_only: list[Item]  # 银行已收付企业未收付
    book_only: list[Item]  # 企业已收付银行未收付
    month_bank: tuple[Decimal, Decimal]  # in and out, of the day's month
    month_book: tuple[Decimal, Decimal]  # debit and credit
    start: Decimal  # what the first statement began with and the book had not
    broken: date | None  # the first day that does not continue the one before

    @property
    def statement_adjusted(self) -> Decimal:
        return self.statement + sum((item.net for item in self.book_only), NOTHING)

    @property
    def book_adjusted(self) -> Decimal:
        return self.book + sum((item.net for item in self.bank_only), NOTHING)

    @property
    def difference(self) -> Decimal:
        return self.statement_adjusted - self.book_adjusted


def together(every: Sequence[Account], number: str) -> tuple[Account, ...]:
    """The account with those that the same book keeps on the same subject."""
    own = [row for row in every if row.number == number]
    return tuple(
        row
        for row in every
        if any(
            (row.agency_book, row.subject) == (mine.agency_book, mine.subject)
            and (
                not row.funds
                or not mine.funds
                or set(row.fund_list) & set(mine.fund_list)
            )
            for mine in own
        )
    )


def groups(every: Sequence[Account]) -> list[tuple[Account, ...]]:
    """All accounts in the groups that are reconciled together."""
    found = {frozenset(together(every, row.number)) for row in every}
    return sorted((tuple(sorted(group, key=_first)) for group in found), key=_book)


def reconcile(
    connection: Connection,
    policy: Policy | None,
    accounts: Sequence[Account],
    on: date,
) -> Reconciliation | None:
    """The accounts' reconciliation at the end of a day; None without a statement."""
    numbers = sorted({account.number for account in accounts})
    lines = bank_lines.rows_of(connection, numbers, until=on)
    if not lines:
        return None
    told = {line.account for line in lines}
    moves = movements(connection, accounts, on)
    proofs = _proofs(connection, numbers)
    first = min(line.day for line in lines)
    opening, statement, broken = _walk(lines)
    begun = {move.posting_id for move in moves if move.dated < first} - proofs.keys()
    before = sum((m.net for m in moves if m.posting_id in begun), NOTHING)
    month = on.replace(day=1)
    return Reconciliation(
        accounts=tuple(row for row in accounts if row.number in told),
        on=on,
        until=max(line.day for line in lines),
        statement=statement,
        book=sum((move.net for move in moves), NOTHING),
        bank_only=_bank_only(connection, policy, lines, moves),
        book_only=_book_only(moves, begun, proofs, first, on),
        month_bank=_sums((x.income, x.payment) for x in lines if x.day >= month),
        month_book=_sums((m.debit, m.credit) for m in moves if m.dated >= month),
        start=opening - before,
        broken=broken,
    )


def _walk(lines: Sequence) -> tuple[Decimal, Decimal, date | None]:
    """What the accounts began with and have now, and where a statement breaks off."""
    days: dict[str, dict[date, list]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        days[line.account][line.day].append(line)
    opening = closing = NOTHING
    broken: list[date] = []
    for of_account in days.values():
        balance = bank_lines.first_start(of_account[min(of_account)])
        opening += balance
        for day in sorted(of_account):
            after = bank_lines.day_end(balance, of_account[day])
            if after is None:
                broken.append(day)
                after = of_account[day][-1].balance
            balance = after
        closing += balance
    return opening, closing, min(broken, default=None)


def _bank_only(
    connection: Connection, policy: Policy | None, lines: Sequence, moves: Sequence
) -> list[Item]:
    """银行已收付企业未收付: lines whose voucher is not in the book by the day."""
    booked = {move.posting_id for move in moves}
    left = [x for x in lines if (x.posting_id or x.matched_id) not in booked]
    near = _near(connection, [x for x in left if x.what in WAITING])
    return [
        Item(
            line.day,
            line.serial,
            line.summary or line.note or line.counterparty,
            line.income,
            line.payment,
            _why_unbooked(policy, line, near),
        )
        for line in left
    ]


def _why_unbooked(policy: Policy | None, line, near: dict) -> str:
    if line.what not in WAITING:
        return "凭证还没有审核，或记在以后的日期"
    words = f"{line.summary} {line.note}"
    what = kind_of(policy, line.income, line.payment, words) if policy else ""
    if what and line.what == FREED:
        return TAKEN_BACK
    if what:
        return REASONS[what]
    if line.serial in near:
        amounts = "、".join(grouped(amount) for amount in sorted(near[line.serial]))
        return f"同一流水号的凭证金额为{amounts}，或不是这个账号"
    side = "已收" if bank_lines.net(line) > 0 else "已付"
    return f"银行{side}，还没有这个流水号的划拨单或拨付单"


def _near(connection: Connection, lines: Sequence) -> dict[str, set[Decimal]]:
    """By serial: the amounts of postings that carry it, whatever their account."""
    serials = {line.serial for line in lines}
    found = bank_proofs.candidates(connection, serials) if serials else []
    nets = bank_proofs.nets(connection, {one.posting_id for one in found})
    amounts: dict[int, set[Decimal]] = defaultdict(set)
    for (posting_id, _, subject), by_fund in nets.items():
        if "存款" in subject:
            amounts[posting_id].add(abs(sum(by_fund.values(), NOTHING)))
    near: dict[str, set[Decimal]] = defaultdict(set)
    for one in found:
        near[one.serial] |= amounts[one.posting_id]
    return near


def _book_only(
    moves: Sequence[Movement],
    begun: set[int],
    proofs: dict[int, date],
    first: date,
    on: date,
) -> list[Item]:
    """企业已收付银行未收付: vouchers without a line by the day.

    A voucher and the red one that undoes it say nothing together; one that undoes what
    was there before the first statement does.
    """
    items = []
    for move in moves:
        day = proofs.get(move.posting_id)
        undone = move.pair_on is not None and first <= move.pair_on <= on
        if move.posting_id in begun or undone or (day is not None and day <= on):
            continue
        reason = "银行对账单还没有这一笔"
        if day is not None:
            reason = f"银行在{day}入账"
        elif move.pair_on is not None and move.pair_on > on:
            reason = f"凭证在{move.pair_on}冲销"
        elif move.pair_on is not None:
            reason = f"冲销首份对账单以前（{move.pair_on}）的凭证"
        items.append(
            Item(move.dated, move.name, move.words, move.debit, move.credit, reason)
        )
    return items


def _proofs(connection: Connection, numbers: Sequence[str]) -> dict[int, date]:
    """By posting: the day of the line that it is matched with or made of."""
    found: dict[int, date] = {}
    for line in bank_lines.rows_of(connection, numbers):
        posting_id = line.posting_id or line.matched_id
        if posting_id is not None:
            found[posting_id] = max(line.day, found.get(posting_id, line.day))
    return found


def _sums(pairs: Iterable[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    debit = credit = NOTHING
    for one, other in pairs:
        debit, credit = debit + one, credit + other
    return debit, credit


def _first(account: Account) -> tuple:
    return account.from_day, account.number


def _book(group: tuple[Account, ...]) -> tuple:
    return group[0].agency_book, group[0].subject, group[0].number
