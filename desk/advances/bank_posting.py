"""What a line of a bank statement posts by itself: X8, X9, X14, and X11.

A line that cannot be posted yet (nothing to share by, no transfer that bounced, no fee
to recover) waits, and says why.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Callable, NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances import bouncing
from desk.taking import Desk
from ledger import postings, settings
from ledger.advances import bank_lines, bank_proofs, bounces
from ledger.advances.bank_accounts import Account, masked
from ledger.advances.bounces import Back
from ledger.documents import source_text
from ledger.errors import RuleError
from ledger.funds import fund_names
from ledger.money import NOTHING, grouped
from ledger.vouchers import Posting, signed
from posting_rules.bank_lines import (
    BOUNCE,
    FEE_BACK,
    FEES,
    Told,
    kind_of,
    posting,
    shared,
)
from posting_rules.policies import Policy, advance_policy

FUND_SETTING, BY_BALANCE = "interest-fund", "by-balance"


class Posted(NamedTuple):
    line_ids: list[int]
    posting_ids: list[int]
    notes: list[str]


class Waits(Exception):
    """Why a line cannot be posted yet."""


def post(
    connection: Connection,
    desk: Desk,
    rows: Sequence,
    account_on: Callable[[str, date], Account | None],
) -> Posted:
    """Post lines by their words, in order of day; the others stay as they are."""
    policy = advance_policy(desk.province)
    if policy is None:
        return Posted([], [], [])
    work = _Posting(connection, desk, policy)
    for row in rows:
        words = f"{row.summary} {row.note}"
        what = kind_of(policy, row.income, row.payment, words)
        account = account_on(row.account, row.day)
        if not what or account is None:
            continue
        try:
            work.take(row, account, what)
        except Waits as why:
            work.notes.append(said(row, str(why)))
        except RuleError as error:
            work.notes.append(said(row, str(error)))
    return Posted(list(work.ids), list(work.ids.values()), work.notes)


def said(row, why: str) -> str:
    """A line that waits, and why: 账号****0008 2017-06-21流水号LX1：…"""
    return f"账号{masked(row.account)} {row.day}流水号{row.serial}：{why}"


class _Posting:
    """Lines posted one after another; each sees what those before it did."""

    def __init__(self, connection: Connection, desk: Desk, policy: Policy):
        self.connection, self.desk, self.policy = connection, desk, policy
        self.ids: dict[int, int] = {}  # posting by line
        self.notes: list[str] = []
        self.made: list[Posting] = []  # not yet approved, so in no balance

    def take(self, row, account: Account, what: str) -> None:
        if what == BOUNCE:
            posting_id = self._bounce(row, account)
        else:
            posting_id = self._post(row, account, what)
        self.ids[row.id] = posting_id
        bank_lines.set_posted(self.connection, row.id, posting_id, what)

    def _post(self, row, account: Account, what: str) -> int:
        made = posting(
            self.policy,
            what,
            (account.agency_book, account.finance_book),
            account.subject,
            self._shares(row, account, what),
            told_of(row, account),
        )
        self.made.append(made)
        return record(self.connection, self.desk, row, made)

    def _bounce(self, row, account: Account) -> int:
        found = bouncing.originals_of(self.connection, row, account)
        if not found:
            raise Waits(
                "是退汇，没有找到金额相同的在途划拨；导入原划拨单后自动核对，"
                "或用 yibao bank match 指明原划拨的凭证"
            )
        if len(found) > 1:
            serials = "、".join(one.serial for one in found)
            raise Waits(
                f"是退汇，金额相同的在途划拨有{len(found)}笔（流水号{serials}）；"
                "用 yibao bank match 指明原划拨的凭证"
            )
        posting_id, made = bounce(
            self.connection, self.desk, self.policy, row, account, found[0]
        )
        self.made.append(made)
        return posting_id

    def _shares(self, row, account: Account, what: str) -> dict[str, Decimal]:
        """By fund: what comes back as the fees were, the rest as the setting says."""
        amount = abs(bank_lines.net(row))
        if what == FEE_BACK:
            return self._recovered(row, account, amount)
        if len(account.fund_list) == 1:
            return {account.funds: amount}
        chosen = settings.value(self.connection, FUND_SETTING, row.day, account.region)
        if chosen != BY_BALANCE:
            if account.funds and chosen not in account.fund_list:
                raise Waits(
                    f"设置 {FUND_SETTING} 是{chosen}，而这个账户存的是{account.funds}"
                )
            return {chosen: amount}
        held = self._balances(account, account.subject, row.day)
        held = {
            fund: balance
            for fund, balance in held.items()
            if not account.funds or fund in account.fund_list
        }
        if not any(balance > 0 for balance in held.values()):
            raise Waits(
                "前一日账面没有余额，利息和手续费分不到险种；先录入余额，"
                f"或用 yibao setting set {FUND_SETTING} 指定险种"
            )
        return shared(amount, held)

    def _recovered(self, row, account: Account, amount: Decimal) -> dict:
        owed = self._balances(account, FEES, row.day, through=True)
        whole = sum((part for part in owed.values() if part > 0), NOTHING)
        if whole < amount:
            raise Waits(
                f"收回手续费{grouped(amount)}元，账上待收回的只有{grouped(whole)}元；"
                "请核对，补录后再试"
            )
        return shared(amount, owed)

    def _balances(
        self, account: Account, subject: str, day: date, through: bool = False
    ) -> dict[str, Decimal]:
        """A subject's balance by fund at the end of the day before (or of `day`)."""
        book = account.agency_book
        last = date.fromordinal(day.toordinal() + through)
        held = defaultdict(lambda: NOTHING)
        held |= bank_proofs.balances(self.connection, book, subject, last)
        for made in self.made:
            for voucher in made.vouchers:
                if voucher.book == book and voucher.dated < last:
                    for line in voucher.lines:
                        if line.subject == subject:
                            held[line.fund] += signed(line.side, line.amount)
        return {fund: held[fund] for fund in fund_names() if held[fund]}


def bounce(
    connection: Connection,
    desk: Desk,
    policy: Policy,
    row,
    account: Account,
    original: bounces.Original,
) -> tuple[int, Posting]:
    """X11 of a transfer that a line sent back; the transfer is linked to it."""
    told = told_of(row, account)
    made = bouncing.posting(connection, policy, original, told)
    posting_id = record(connection, desk, row, made)
    said_by_bank = {
        "paid_on": row.day,
        "received_on": row.day,
        "serial": row.serial,
        "payee_account": row.account,
        "note": row.summary or row.note,
    }
    bounces.keep(
        connection,
        row.document_id,
        posting_id,
        [Back(line, row.sheet, row.row, said_by_bank) for line in original.lines],
    )
    return posting_id, made


def record(connection: Connection, desk: Desk, row, made: Posting) -> int:
    """Record what a line posts, with the line's own document behind it."""
    return postings.record(
        connection,
        [desk.dated(made)],
        desk.actor,
        document_id=row.document_id,
        sha256=row.sha256,
    )[0]


def told_of(row, account: Account) -> Told:
    return Told(
        account=row.account,
        holder=account.name,
        bank=account.bank,
        serial=row.serial,
        on=row.day,
        source=source_text(row.document, [row]),
    )
