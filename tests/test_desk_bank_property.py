"""Statements and transfers in any order of import say the same and reconcile.

A county pays its city: some transfers arrive, some bounce and are paid again, some are
on their way; the county's bank takes fees, gives one back and pays interest. The forms
are cut into files and imported in any order that keeps each account's statements and
each transfer before what completes it.
"""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from desk_by_hand import LI, take, transfers
from sqlalchemy import select
from test_desk_bank import CITY, COUNTY, account, errors, statement

from desk.advances.bank_acts import reconcile_account
from ledger.database import Home
from ledger.money import NOTHING
from ledger.postings import LINE, VOUCHER

FIRST = date(2017, 4, 3)
LAST = date(2017, 7, 1)
F1 = "付款日期|到账日期|付款方代码|收款方代码|本级金额|付款账号|收款账号|交易流水号"
F6 = "账号|日期|交易流水号|收入金额|支出金额|余额|摘要"


class Bank:
    """What two banks print, and what the offices write, of one random quarter."""

    def __init__(self, random: Random):
        self.random = random
        self.f1: list[str] = []
        self.lines: dict[str, list[tuple]] = {COUNTY: [], CITY: []}
        day = FIRST
        self.move(COUNTY, day, "QC", Decimal("1000.00"), "财政拨入")
        for number in range(8):
            day += timedelta(days=random.randrange(1, 9))
            self.happen(day, number)

    def happen(self, day: date, number: int) -> None:
        amount = Decimal(self.random.randrange(100, 9000)) / 100
        kind = self.random.choice(["arrives", "bounces", "travels", "fee", "interest"])
        if kind in ("arrives", "travels"):
            self.pay(day, f"LS{number}", amount, kind == "arrives")
        elif kind == "bounces":
            self.pay(day, f"LS{number}", amount, False)
            words = f"退汇 原流水号LS{number}"
            self.move(COUNTY, day, f"TH{number}", amount, words)
            self.pay(day, f"CF{number}", amount, True)
        elif kind == "fee":
            self.move(COUNTY, day, f"SF{number}", -amount, "手续费")
            self.move(COUNTY, day, f"SH{number}", amount, "退手续费")
        else:
            self.move(COUNTY, day, f"LX{number}", amount, "结息")

    def pay(self, day: date, serial: str, amount: Decimal, arrives: bool) -> None:
        there = day + timedelta(days=1) if arrives else ""
        ends = f"520102|520100|{amount}|{COUNTY}|{CITY}|{serial}"
        self.f1.append(f"{day}|{there}|{ends}")
        self.move(COUNTY, day, serial, -amount, "预付金")
        if arrives:
            self.move(CITY, there, serial, amount, "预付金")

    def move(self, number: str, day: date, serial: str, amount: Decimal, words: str):
        self.lines[number].append((day, serial, amount, words))

    def statements(self, number: str) -> list[str]:
        """The account's statements, cut at random days, in order."""
        balance, printed = NOTHING, []
        for day, serial, amount, words in sorted(self.lines[number], key=_day):
            balance += amount
            sides = (amount, "") if amount > 0 else ("", -amount)
            cells = [number, day, serial, *sides, balance, words]
            printed.append("|".join(map(str, cells)))
        return ["\n".join([F6, *part]) for part in self.cut(printed)]

    def cut(self, printed: list[str]) -> list[list[str]]:
        at = self.random.randrange(len(printed) + 1)
        return [part for part in (printed[:at], printed[at:]) if part]


def _day(line: tuple) -> date:
    return line[0]


def imported(home, bank: Bank, random: Random) -> None:
    """Import all files in a random order, each account's statements in theirs."""
    queues = [[("F6", text) for text in bank.statements(n)] for n in bank.lines]
    queues += [[("F1", "\n".join([F1, *part]))] for part in bank.cut(bank.f1)]
    while queues := [queue for queue in queues if queue]:
        form, text = random.choice(queues).pop(0)
        if form == "F1":
            done = take(home, "F1", transfers(text))
        else:
            done = statement(home, text)
        assert done.status == "posted", done.message


def told(home) -> list[tuple]:
    """Every voucher's lines, without numbers and ids."""
    with home.reading() as connection:
        return sorted(
            map(
                tuple,
                connection.execute(
                    select(
                        *(VOUCHER.c[n] for n in ("book_id", "dated", "rule")),
                        *(VOUCHER.c[n] for n in ("evidence", "narration")),
                        *(LINE.c[n] for n in ("side", "subject", "fund", "amount")),
                    ).join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
                ),
            )
        )


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_import_says_the_same(seed, sqlite_home, tmp_path):
    shutil.copytree(sqlite_home.path, tmp_path / "other" / "home")
    found = []
    for home, order in (sqlite_home, 1), (Home(tmp_path / "other" / "home"), 2):
        account(home, COUNTY, "520102", "520102-county-agency", "310")
        account(home, CITY, "520100", "520100-city-agency", "310")
        imported(home, Bank(Random(seed)), Random(f"{seed}.{order}"))
        forms = [reconcile_account(home, LI, n, LAST).made for n in (COUNTY, CITY)]
        assert [form.difference for form in forms] == [NOTHING, NOTHING]
        assert [item.name for item in forms[0].bank_only] == ["QC"]
        assert forms[0].book_only == forms[1].book_only == forms[1].bank_only == []
        assert errors(home) == []
        found.append(told(home))
        home.close()

    assert found[0] == found[1]
