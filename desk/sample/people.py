"""Writing a city's year of personal accounts: G2, each month's G1 and G6, and the run.

Csv as an office's system exports it, written row by row. The same seed makes the
same files; their names sort in the order of import.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from desk.sample.accounts import Accounts
from desk.sample.bad_rows import bad_changes, bad_contributions
from desk.sample.city import RETIRED, City
from desk.sample.payouts import write_payouts
from desk.sample.people_rows import (
    CHANGES,
    CONTRIBUTIONS,
    OPENINGS,
    Year,
    change,
    contribution,
    invented_name,
    quoted,
    write_list,
    yuan,
)
from ledger import regions
from ledger.errors import RuleError, SourceError, UsageError
from ledger.money import whole_fen
from ledger.periods import Month, month_of, period
from posting_rules.personal import documents_of

AVERAGE_PENSION = Decimal("3350.00")  # a month; what the sample says was published
PUBLISHED_LATER = Decimal("3482.00")


def write_city(
    folder: Path, code: str, people: int, months: str | None, seed: int, bad: bool
) -> Year:
    """Write what a city's policy has: payouts, or months of crediting.

    `months` is 2023-01:2023-12, None the first year of the policy. Raises UsageError
    for a code that is no city, RuleError where the city has no policy.
    """
    if regions.today_code(code) != code or regions.level(code) != "city":
        raise UsageError(f"“{code}”不是市级代码；例如南充市是 511300")
    if any(document.payout for document in documents_of(code)):
        return write_payouts(folder, code, people, seed)
    return write_year(folder, code, people, _months(code, months), seed, bad=bad)


def write_year(
    folder: Path,
    code: str,
    people: int,
    months: list[Month],
    seed: int,
    *,
    bad: bool = False,
    average_pension: Decimal = AVERAGE_PENSION,
) -> Year:
    """Write a city's forms of some months, and a file for `yibao run`.

    Raises RuleError where no policy says how the city credits a month.
    """
    folder.mkdir(parents=True, exist_ok=True)
    city = City(code, people, months, seed)
    accounts = Accounts(city, whole_fen(average_pension))
    cutoff = date.fromordinal(months[0].first_day.toordinal() - 1)
    forms = [folder / "00_个人账户期初余额.csv"]
    write_list(forms[0], OPENINGS, _openings(city, cutoff))
    steps = [
        _set(code, "average-pension-2021", average_pension),
        f"import {quoted(forms[0])}",
    ]
    for at, month in enumerate(months):
        paid, changed = (
            folder / f"{month}_{name}.csv"
            for name in ("1_个人账户计入清单", "2_个人账户变动清单")
        )
        rows = _contributions(city, accounts, at)
        more = bad_contributions(city, at) if bad else ()
        write_list(paid, CONTRIBUTIONS, rows, more)
        steps += [f"# {month}", f"import {quoted(paid)}"]
        steps += [
            f"credit {months[ready]} --region {code}"
            for ready in sorted(accounts.ready)
        ]
        forms.append(paid)
        rows = _changes(city, accounts, at)
        more = bad_changes(city, at) if bad else ()
        if write_list(changed, CHANGES, rows, more):
            steps.append(f"import {quoted(changed)}")
            forms.append(changed)
        steps.append("check")
    steps += [
        f"# {months[-1]}以后",
        _set(code, "average-pension-2022", PUBLISHED_LATER),
        f"make-up --region {code} --post-on {months[-1].last_day}",
        "check",
    ]
    run = folder / "运行.txt"
    run.write_text("\n".join(steps) + "\n", "utf-8")
    return Year(forms, run)


def _openings(city: City, cutoff: date) -> Iterator[tuple]:
    day = str(cutoff)
    for person in city.openings():
        status = "退休" if city.standings[person] == RETIRED else "在职"
        amount = yuan(city.opened[person])
        yield city.code, city.id(person), invented_name(person), status, amount, day


def _contributions(city: City, accounts: Accounts, at: int) -> Iterator[tuple]:
    for row in accounts.listed(at):
        yield contribution(city, row)


def _changes(city: City, accounts: Accounts, at: int) -> Iterator[tuple]:
    for number, row in enumerate(accounts.changes(at), 1):
        yield change(city, row, at, f"{city.months[at]}-{number:06d}")


def _set(code: str, name: str, amount: Decimal) -> str:
    return f"setting set {name} {amount} --region {code} --cite 示例统计公报"


def _months(code: str, printed: str | None) -> list[Month]:
    """The months of a range, both ends included."""
    if printed is None:
        rules = [c for document in documents_of(code) for c in document.credits]
        if not rules:
            raise RuleError(f"统筹区{code}没有个人账户计入办法，造不出样例")
        first = month_of(min(rule.from_day for rule in rules))
        return [Month(first.year, number) for number in range(1, 13)]
    return months_between(printed)


def months_between(printed: str) -> list[Month]:
    """The months of a range such as 2023-01:2023-12; else UsageError."""
    try:
        first, last = (period(word) for word in printed.split(":"))
    except (ValueError, SourceError):
        first = last = None
    if not isinstance(first, Month) or not isinstance(last, Month) or first > last:
        raise UsageError(f"“{printed}”不是起止月份；写作 2023-01:2023-12")
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next)
    if len(months) > 120:
        raise UsageError(f"“{printed}”超过120个月")
    return months
