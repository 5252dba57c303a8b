"""A sample city that pays balances out to people treated away from home (划转).

Opening balances, the register of filings (G7), and a run before and after the day on
which in-province payouts end. What the bank sends back (G8) is known only after a run:
`write_bounces` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random

from desk.sample.people_rows import (
    BANKS,
    OPENINGS,
    Layout,
    Year,
    invented_name,
    quoted,
    write_list,
    yuan,
)
from ledger.periods import Month, month_of
from posting_rules.personal import payout_of

FILINGS = Layout(
    "异地备案登记表",
    tuple(
        "个人编号 备案类型 范围 起始日期 终止日期 特殊困难原因 核实机构 核实日期 "
        "有效期至 收款户名 收款账号 开户行".split()
    ),
)
BOUNCES = Layout(
    "划转退回清单", ("划转流水号", "退回日期", "退回金额", "退回原因"), ("退回金额",)
)
EVERY = 20  # people by number: the first of each twenty have filed, each otherwise
STAYS, MOVED = "异地安置", "跨制度转移"


def write_payouts(folder: Path, code: str, people: int, seed: int) -> Year:
    """Write G2, G7 and a file for `yibao run` with two payouts.

    Raises RuleError where no document lets a city pay balances out.
    """
    rule = payout_of(code)
    stop: date = rule.bounce["before"]
    folder.mkdir(parents=True, exist_ok=True)
    cutoff = date(stop.year - 1, 12, 31)
    forms = [folder / "00_个人账户期初余额.csv", folder / "01_异地备案登记表.csv"]
    write_list(forms[0], OPENINGS, _openings(code, people, seed, cutoff))
    write_list(forms[1], FILINGS, _filings(code, people, stop))
    steps = [f"import {quoted(form)}" for form in forms]
    steps += [f"payout {month} --region {code}" for month in runs(code)]
    run = folder / "运行.txt"
    run.write_text("\n".join([*steps, "check"]) + "\n", "utf-8")
    return Year(forms, run)


def runs(code: str) -> list[Month]:
    """The last regular run before in-province payouts end, and the first after."""
    rule = payout_of(code)
    stop = month_of(rule.bounce["before"])
    months = [
        Month(year, number)
        for year in (stop.year - 1, stop.year, stop.year + 1)
        for number in sorted(rule.payout["months"])
    ]
    after = next(at for at, month in enumerate(months) if month >= stop)
    return months[after - 1 : after + 1]


def write_bounces(path: Path, bounced: Iterable[tuple[str, int]], on: date) -> Path:
    """Write G8 for payments by 划转流水号 and whole fen."""
    reasons = ("账号户名不符", "账户已销户", "账户冻结")
    rows = (
        (serial, str(on), yuan(amount), reasons[at % len(reasons)])
        for at, (serial, amount) in enumerate(bounced)
    )
    write_list(path, BOUNCES, rows)
    return path


def _id(code: str, person: int) -> str:
    return f"{code}{person:08d}"


def _openings(code: str, people: int, seed: int, cutoff: date) -> Iterator[tuple]:
    rng = Random(f"{seed}/{code}/payouts")
    for person in range(people):
        status = "退休" if rng.random() < 0.6 else "在职"
        amount = yuan(int(rng.random() ** 2 * 1_200_000))
        name = invented_name(person)
        yield code, _id(code, person), name, status, amount, str(cutoff)


def _filings(code: str, people: int, stop: date) -> Iterator[tuple]:
    """Every kind of filing: (范围, 备案类型, from, until, hardship …)."""
    year, last = stop.year, str(date(stop.year + 1, 3, 31))
    before, later = f"{year - 3}-09-01", f"{year}-05-01"
    verified = ("危重症，当地无联网机构", "县医保经办机构", str(stop), last)
    expired = ("行动不便", "县医保经办机构", f"{year - 1}-06-01", f"{year}-05-31")
    to_come = ("路途遥远", "县医保经办机构", f"{year}-09-15", last)
    kinds = (
        *[("省内", STAYS, before, "", ("",) * 4)] * 4,
        *[("跨省", STAYS, before, "", ("",) * 4)] * 3,
        ("跨省", "异地长期居住", before, f"{year}-06-30", ("",) * 4),
        ("跨省", "常驻异地工作", later, "", ("",) * 4),
        ("跨省", MOVED, before, "", ("",) * 4),
        ("省内", STAYS, before, "", verified),
        ("省内", STAYS, before, "", expired),
        ("省内", STAYS, before, "", to_come),
    )
    for person in range(people):
        place = person % EVERY
        if place < len(kinds):
            scope, kind, since, until, hardship = kinds[place]
            payee = invented_name(person), f"622848{person:013d}"
            filed = (_id(code, person), kind, scope, since, until, *hardship)
            yield (*filed, *payee, BANKS[person % len(BANKS)])
