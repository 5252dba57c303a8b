"""`yibao bank reconcile`, `match`, `unmatch`: what people do about open lines."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from desk.advances import bank_master, bank_posting, notice_payments
from desk.advances.bank_matching import accounts_of, net_of, settle
from desk.taking import Desk, approved, desk_of
from desk.vouchers import found, voucher_lines, voucher_name
from ledger import settings
from ledger.advances import bank_accounts, bank_lines, bank_proofs, bounces
from ledger.advances.bank_accounts import masked
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError
from ledger.money import grouped
from ledger.postings import Actor, Recorded
from posting_rules.bank_lines import BOUNCE, kind_of
from posting_rules.money_rules import check_fee
from posting_rules.policies import advance_policy
from reports.advances.bank_reconciliation import (
    Reconciliation,
    reconcile,
    together,
)

BY_HAND = "voucher"  # what a line is that somebody matched


class Reconciled(NamedTuple):
    """The form, and what trying once more to match and post brought."""

    made: Reconciliation
    matched: int
    vouchers: list[Recorded]
    notes: list[str]


class Matched(NamedTuple):
    """A line and its voucher; `vouchers` are those that a bounce made."""

    line: object
    voucher: str
    vouchers: list[Recorded]
    new: bool


def reconcile_account(
    home: Home, actor: Actor, number: str, on: date, *, dry_run: bool = False
) -> Reconciled:
    """Match and post what can be by now, then the account's 余额调节表 of a day."""
    with home.writing(keep=not dry_run) as connection:
        desk = desk_of(connection, actor)
        policy = advance_policy(desk.province)
        rows = bank_master.rows_of(connection, policy, number)
        group = together(bank_accounts.every(connection, policy), rows[0].number)
        settled = settle(connection, desk, [row.number for row in group])
        vouchers, _ = approved(connection, desk, settled.posting_ids, False)
        notice_payments.settle(connection, actor)
        made = reconcile(connection, policy, group, on)
        if made is None:
            raise BookError(
                f"账号{masked(rows[0].number)}在{on}以前没有对账单；"
                "先用 yibao import 导入银行对账单"
            )
    if not dry_run:
        print_changed(home)
    return Reconciled(made, len(settled.line_ids), vouchers, settled.notes)


def match(
    home: Home,
    actor: Actor,
    serial: str,
    name: str,
    number: str = "",
    *,
    dry_run: bool = False,
) -> Matched:
    """Match an open line with a voucher by hand; a bounce with the transfer it undoes.

    The voucher's posting must move the line's amount on the account's subject.
    """
    made: list[Recorded] = []
    with home.writing(keep=not dry_run) as connection:
        desk = desk_of(connection, actor)
        line = _line(connection, serial, number)
        voucher = found(connection, name)
        bounced = bounces.bounced(connection, [voucher.posting_id])
        if line.matched_id == voucher.posting_id or line.serial in (
            row.back for row in bounced
        ):
            return Matched(line, voucher_name(voucher), made, False)
        _check_open(line)
        ids = _match(connection, desk, line, voucher)
        made, _ = approved(connection, desk, ids, False)
    if made and not dry_run:
        print_changed(home)
    return Matched(line, voucher_name(voucher), made, True)


def _match(connection: Connection, desk: Desk, line, voucher) -> list[int]:
    """Match a line with a voucher, or post the bounce that it is: its posting."""
    account = accounts_of(connection, desk.province).on(line.account, line.day)
    if account is None:
        raise BookError(f"账号{masked(line.account)}在{line.day}没有登记")
    nets = bank_proofs.nets(connection, [voucher.posting_id])
    place = voucher.posting_id, account.agency_book, account.subject
    booked = net_of(account, nets.get(place, {}))
    policy = advance_policy(desk.province)
    words = f"{line.summary} {line.note}"
    what = policy and kind_of(policy, line.income, line.payment, words)
    if what == BOUNCE and booked == -bank_lines.net(line) != 0:
        waiting = bank_lines.waiting(connection, [line.account])
        row = next(row for row in waiting if row.id == line.id)
        return _bounce(connection, desk, policy, row, account, voucher)
    _check(connection, policy, line, account, voucher, booked)
    by, at = desk.actor
    posting_id = voucher.posting_id
    bank_lines.set_matched(connection, [line.id], posting_id, BY_HAND, by, at)
    return []


def unmatch(
    home: Home, actor: Actor, serial: str, number: str = "", *, dry_run: bool = False
) -> tuple[object, bool]:
    """A line no longer proves the voucher that it was matched with."""
    with home.writing(keep=not dry_run) as connection:
        line = _line(connection, serial, number)
        if line.posting_id is not None:
            raise BookError(
                f"流水号“{serial}”的凭证由对账单生成；不符时用 yibao voucher reverse"
            )
        if line.matched_id is not None:
            bank_lines.set_matched(
                connection, [line.id], None, bank_lines.OPEN, actor.by, actor.at
            )
        return line, line.matched_id is not None


def _line(connection: Connection, serial: str, number: str):
    """The one live line of that serial; BookError for none, or for several."""
    rows = bank_lines.with_serial(connection, serial)
    if number:
        policy = advance_policy(settings.province(connection))
        known = {row.number for row in bank_master.rows_of(connection, policy, number)}
        rows = [row for row in rows if row.account in known]
    if not rows:
        raise BookError(f"对账单里没有流水号“{serial}”；请核对流水号和账号")
    if len(rows) > 1:
        accounts = "、".join(masked(row.account) for row in rows)
        raise BookError(
            f"流水号“{serial}”在几个账号（{accounts}）里；用 --account 指明"
        )
    return rows[0]


def _check_open(line) -> None:
    if line.what not in bank_lines.WAITING:
        act = "yibao bank unmatch" if line.matched_id else "yibao voucher reverse"
        raise BookError(f"流水号“{line.serial}”已经对上凭证；要改先用 {act}")


def _check(connection, policy, line, account, voucher, booked) -> None:
    if not voucher.live:
        raise BookError(f"{voucher_name(voucher)}已退回或冲销，不能再对账")
    if booked != bank_lines.net(line):
        raise BookError(
            f"流水号“{line.serial}”是{_said(bank_lines.net(line))}，"
            f"{voucher_name(voucher)}所在业务在{account.agency_book}的{account.subject}"
            f"是{_said(booked)}；金额和方向相同才能对上"
        )
    taken = bank_lines.proved(connection, [voucher.posting_id])
    if (line.account, voucher.posting_id) in taken:
        raise BookError(f"{voucher_name(voucher)}已经对上这个账户的另一行")
    if policy:
        lines = voucher_lines(connection, voucher.id)
        check_fee(policy, f"{line.summary} {line.note}", lines)


def _said(net) -> str:
    return f"{'收入' if net >= 0 else '支出'}{grouped(abs(net))}元"


def _bounce(connection, desk, policy, row, account, voucher) -> list[int]:
    """X11 of the voucher's transfer; BookError when it is not on its way."""
    originals = bounces.under_way(
        connection, bounces.LINE.c.paid_posting_id == voucher.posting_id
    )
    if not originals:
        raise BookError(
            f"{voucher_name(voucher)}不是在途划拨的付款凭证：已经到账的退回是 X7"
            "（导入资金性质为退回的划拨单），已经退汇的不能再退"
        )
    posting_id, _ = bank_posting.bounce(
        connection, desk, policy, row, account, originals[0]
    )
    bank_lines.set_posted(connection, row.id, posting_id, BOUNCE)
    return [posting_id]
