"""Writing a province of families: rosters, accounts, bindings, months of bills, a
season of premiums, the other side's lists, payments to institutions, and the run.

Csv written row by row, so that a month of a million bills takes little memory. The
same seed makes the same files; their names sort in the order of import.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from desk.sample.people import months_between
from desk.sample.people_rows import OPENINGS, Year, quoted, write_list, yuan
from desk.sample.sharing_bad import bad_bills, bad_bindings, bad_premiums
from desk.sample.sharing_bills import CHARGE, Bills
from desk.sample.sharing_people import Province, first_day
from desk.sample.sharing_rows import (
    BILLS,
    BINDINGS,
    OTHER_SIDE,
    PAYMENTS,
    PREMIUMS,
    ROSTER,
    bill_row,
    binding_row,
    institution_name,
    opening_row,
    other_side_row,
    payee_account,
    roster_row,
)
from desk.sample.sharing_season import Season
from ledger.periods import Month, month_of

PAID_ON = 20  # of the next month: institutions are paid
CLEARED_ON = 10
DEDUCTED = 40  # one payment of so many is made with 扣款
DEDUCTION = 10_00  # whole fen
RICH, MORE = 3_000_00, 1_00  # the same


def write_sharing(
    folder: Path, code: str, people: int, printed: str | None, seed: int, bad: bool
) -> Year:
    """Write a province's forms of some months, and a file for `yibao run`.

    Of every month there are as many bills as people. `printed` is 2024-07:2024-09,
    None the first three whole months of the policy. Raises UsageError for a code that
    is no province, RuleError where accounts of another city may not pay.
    """
    months = months_between(printed) if printed else _first_months(code)
    return Sharing(folder, Province(code, people, months, seed), bad).write(people)


def _first_months(code: str) -> list[Month]:
    first = month_of(first_day(code)).next
    return [first, first.next, first.next.next]


def write_ground(
    folder: Path, people: int, seed: int, *, code: str, month: Month
) -> list[Path]:
    """Institutions, accounts and bindings alone, on which `write_bills` builds."""
    sharing = Sharing(folder, Province(code, people, [month], seed))
    sharing.opening()
    return sharing.forms


def write_bills(
    path: Path, people: int, rows: int, seed: int, *, code: str, month: Month
) -> int:
    """A month's list of bills alone, of any size; the same people as `write_ground`."""
    province = Province(code, people, [month], seed)
    made = Bills(province, noting=False).of_month(month, rows)
    return write_list(path, BILLS, (bill_row(province, bill) for bill in made))


class Sharing:
    """The forms of a province, written into a folder in the order of import."""

    def __init__(self, folder: Path, province: Province, bad: bool = False):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.province, self.bad = folder, province, bad
        self.bills = Bills(province)
        self.forms: list[Path] = []
        self.steps: list[str] = []
        self.carried: dict[tuple[str, str], int] = {}  # below zero

    def write(self, rows: int) -> Year:
        """Write everything, with so many bills a month."""
        self.opening()
        months = self.province.months
        for at, month in enumerate(months):
            self.steps.append(f"# {month}")
            if at:
                self.bindings(at)
            self.month(at, rows)
        self.steps.append(f"# {months[-1]}以后：代缴保费")
        self.season()
        self.steps.append("# 单边账")
        self.one_sided()
        run = self.folder / "运行.txt"
        run.write_text("\n".join(self.steps) + "\n", "utf-8")
        return Year(self.forms, run)

    def opening(self) -> None:
        """Institutions, accounts, and what is bound from the beginning."""
        places = map(roster_row, self.bills.institutions)
        self._list("00_1_定点医药机构名册", ROSTER, places)
        self._list("00_2_个人账户期初余额", OPENINGS, openings(self.province))
        self.bindings(0)

    def bindings(self, at: int) -> None:
        name = f"{self.province.months[at]}_1" if at else "00_3"
        more = bad_bindings(self.province, at) if self.bad else ()
        rows = bindings(self.province, at)
        self._list(f"{name}_家庭共济绑定表", BINDINGS, rows, more)

    def month(self, at: int, rows: int) -> None:
        month, province = self.province.months[at], self.province
        more = bad_bills(self.bills, month) if self.bad else ()
        lines = (bill_row(province, bill) for bill in self.bills.of_month(month, rows))
        self._list(f"{month}_2_门诊结算清单", BILLS, lines, more)
        self._list(f"{month}_3_对方结算清单", OTHER_SIDE, self._other_side(str(month)))
        cleared = date(*month.next, CLEARED_ON)
        words = f"--province {province.code} --post-on {cleared}"
        self.steps += [
            f"clear {month} --kind family {words}",
            f"clear {month} --kind institutions {words}",
        ]
        self._list(f"{month}_4_机构拨付单", PAYMENTS, self._payments(month))
        self.steps.append("check")

    def season(self) -> None:
        """Premiums for the next year, paid from what the bills have left."""
        season = Season(self.province)
        more = bad_premiums(self.province) if self.bad else ()
        last = self.province.months[-1]
        self._list(f"{last}_5_代缴保费清单", PREMIUMS, season.rows(), more)
        words = f"--province {self.province.code} --post-on {last.last_day}"
        self.steps += [f"clear {last.year} --kind premiums {words}", "check"]

    def one_sided(self) -> None:
        """What only one side has is made up or reversed, and cleared next.

        A reversal is of the month in which it is made, and cleared with that.
        """
        months = self.province.months
        self.steps += [f"match {m} --post ALL --reverse ALL" for m in months]
        for kind in ("family", "institutions"):
            words = f"--kind {kind} --province {self.province.code}"
            self.steps.append(f"clear {months[-1]} {words}")
        self.steps.append("check")

    def _list(self, name: str, layout, rows, more=()) -> None:
        path = self.folder / f"{name}.csv"
        if write_list(path, layout, rows, more):
            self.forms.append(path)
            self.steps.append(f"import {quoted(path)}")

    def _other_side(self, month: str) -> Iterator[tuple]:
        """The other side's record; some lines it has not, some it has otherwise.

        What it has alone, or has more of, an account with money is said to have paid.
        """
        rows = self.bills.elsewhere.pop(month, [])
        for number, (bill, payer, amount) in enumerate(rows):
            charge = bill.act == CHARGE
            if number % 25 == 7 and charge:
                continue
            rich = charge and self.province.balances[payer] > RICH
            said = amount + MORE if number % 7 == 3 and rich else amount
            row = other_side_row(self.province, bill, payer, said)
            yield row
            if number % 7 == 5 and rich:
                yield (f"X{row[0]}", *row[1:-1], yuan(MORE))

    def _payments(self, month: Month) -> Iterator[tuple]:
        """What each institution is owed of the month, but for some 扣款.

        What refunds took beyond a month's bills is set off in the next.
        """
        day, dues = str(date(*month.next, PAID_ON)), self.bills.dues
        for number, at in enumerate(self.bills.institutions):
            for _, code, fund in sorted(
                k for k in dues if k[:2] == (str(month), at.code)
            ):
                owed = dues[str(month), code, fund] + self.carried.pop((code, fund), 0)
                if owed < 0:
                    self.carried[code, fund] = owed
                if owed <= 0:
                    continue
                pooled = max(0, self.bills.pooled[str(month), code, fund])
                cut = min(owed, DEDUCTION, pooled) if number % DEDUCTED == 3 else 0
                yield (
                    *(day, code, institution_name(at), str(month), fund),
                    *(yuan(owed - cut), yuan(cut), "34001000001", payee_account(at)),
                    f"BF{month}{code}{fund}",
                )


def openings(province: Province) -> Iterator[tuple]:
    """Rows of G2: everybody with an account."""
    cutoff = str(province.bound_on - timedelta(days=1))
    for person in range(province.people):
        if province.has_account(person):
            yield opening_row(province, person, cutoff)


def bindings(province: Province, at: int = 0) -> Iterator[tuple]:
    """Rows of G4: all that is bound at the beginning, or what a later month changes."""
    for act, bond in province.bound_at(at):
        yield binding_row(province, act, bond)
