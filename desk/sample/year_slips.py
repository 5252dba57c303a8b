"""The bank's side of the sample's province-year: transfers (F1) and statements (F6).

Every transfer is one slip with one serial number. Of a few accounts the statements
are written too; what the bank adds of its own (interest, fees, money that comes back)
stands in them alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from desk.sample.transfers import account, bank_of
from ledger import regions
from ledger.documents import BankLine, Transfer
from ledger.money import NOTHING
from ledger.periods import Quarter
from posting_rules.policies import policy_of
from posting_rules.workdays import workdays_after

Rows = Mapping[tuple[str, str], tuple[Decimal, Decimal]]  # (用途, 险种): 本级, 下级
BOUNCED = 2  # working days until the bank sends money back


class Movement(NamedTuple):
    """What one serial number moves on an account; income plus, payment minus."""

    day: date
    serial: str
    amount: Decimal
    counterparty: str
    counter_account: str
    summary: str


class Account(NamedTuple):
    """An account whose statements are written."""

    number: str
    holder: str
    bank: str


class Slips:
    """The bank's slips of the year, in the order in which they are asked for."""

    def __init__(self, province: str):
        policy = policy_of(province)
        main = policy.accounts[0]
        self.province = province
        self.main = Account(main["number"], main["name"], main["bank"])
        self.paying = Account(account("529901"), main["name"], main["bank"])
        self.moved: dict[str, list[Movement]] = defaultdict(list)
        self.count = 0

    def number_of(self, code: str) -> str:
        return self.main.number if code == self.province else account(code)

    def pay(
        self,
        payer: str,
        payee: str,
        paid_on: date,
        rows: Rows,
        nature: str,
        quarter: Quarter,
        *,
        notice: str = "",
        travels: int = 0,
        bounces: bool = False,
        note: str = "",
    ) -> list[Transfer]:
        """One transfer, a line for each purpose; none where nothing is to be paid.

        It arrives after so many working days, or not at all.
        """
        rows = {key: parts for key, parts in rows.items() if sum(parts) > 0}
        if not rows:
            return []
        self.count += 1
        serial = f"{paid_on:%Y%m%d}{payer}{self.count:05d}"
        received_on = workdays_after(paid_on, travels) if travels else paid_on
        received = f"{received_on:%Y%m%d}{payee}{self.count:05d}"
        if bounces:
            received_on, received = None, ""
        lines = []
        for (scope, fund), (own, lower) in rows.items():
            head = ("", 0, paid_on, received_on, payer, payee, nature, scope, fund)
            bank = (self.number_of(payer), self._payee(payer, payee), bank_of(payer))
            last = (serial, received, 1, note)
            lines.append(Transfer(*head, own, lower, quarter, notice, *bank, *last))
        total = sum((line.total for line in lines), NOTHING)
        self._move(lines[0], paid_on, serial, -total)
        if not bounces:
            self._move(lines[0], received_on, received, total)
        return lines

    def bounce(self, sent: list[Transfer], on: date) -> None:
        """The bank sends a transfer back to the account that it came from."""
        total = sum((line.total for line in sent), NOTHING)
        self.count += 1
        self.add(
            sent[0].payer_account,
            Movement(
                *(on, f"TH{on:%Y%m%d}{self.count:05d}", total),
                *(regions.name(sent[0].payee), sent[0].payee_account),
                f"退汇 {sent[0].serial}",
            ),
        )

    def add(self, number: str, movement: Movement) -> None:
        self.moved[number].append(movement)

    def statement(
        self, of: Account, opened: Decimal, first: date, last: date
    ) -> list[BankLine]:
        """A statement's lines in [first, last], from the balance before them."""
        lines, balance = [], opened
        for moved in sorted(self.moved[of.number], key=lambda m: (m.day, m.serial)):
            if first <= moved.day <= last:
                balance += moved.amount
                income, payment = max(moved.amount, NOTHING), max(
                    -moved.amount, NOTHING
                )
                lines.append(
                    BankLine(
                        *("", 0, of.number, of.holder, moved.day, moved.serial),
                        *(income, payment, balance),
                        *(moved.counterparty, moved.counter_account),
                        *(moved.summary, ""),
                    )
                )
        return lines

    def _payee(self, payer: str, payee: str) -> str:
        """Where money goes; the province moves its own to the paying account."""
        return self.paying.number if payer == payee else self.number_of(payee)

    def _move(self, line: Transfer, on: date, serial: str, amount: Decimal) -> None:
        paid = amount < 0
        mine, other = line.payer_account, line.payee_account
        name = regions.name(line.payee if paid else line.payer, on)
        if not paid:
            mine, other = other, mine
        self.add(mine, Movement(on, serial, amount, name, other, f"{line.nature}"))
