"""A city's year of personal accounts, month by month, from forms to books.

At each month's end every person holds what the oracle says, to the fen, `check` is
clean, and the control account of the book is the sum of the accounts. `make city
PEOPLE=600000` is this file at another size; it prints seconds and memory.
"""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from city_oracle import NOTHING, Oracle
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from desk.sample import write_payouts, write_year
from desk.sample.payouts import write_bounces
from ledger.book_files import print_all
from ledger.money import from_fen, whole_fen
from ledger.periods import Month
from reports.verify import verify

PEOPLE = int(os.environ.get("YIBAO_CITY_PEOPLE", "600"))
SEED = int(os.environ.get("YIBAO_CITY_SEED", "1"))
CITY, BOOK, OTHER = "511300", "511300-city-agency", "510400"
MONTHS = [Month(2023, number) for number in range(1, 13)]
KILLED = "2023-06"  # in this month a process is killed, and all of it run again
CHILD = """
import json, re, shlex, sys, time
from desk.cli import call
told = []
for line in open(sys.argv[1], encoding="utf-8"):
    open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
    began = time.perf_counter()
    code = call(shlex.split(line))
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
    told.append([line.strip(), code, time.perf_counter() - began, int(peak[1]) / 1024])
    if code and len(sys.argv) < 4:
        break
json.dump(told, open(sys.argv[2], "w"))
"""


@pytest.fixture
def city_home(sichuan_home, tmp_path):
    """A fresh home; all that was written is removed at once, it may be large."""
    yield sichuan_home
    shutil.rmtree(tmp_path)


def test_a_city_s_year_holds_to_the_fen_every_month(city_home, tmp_path, capsys):
    year = write_year(tmp_path / "forms", CITY, PEOPLE, MONTHS, SEED)
    oracle, took = Oracle(), 0.0

    for month, steps in blocks(year.run):
        if month == KILLED:
            kill_and_take_up_again(city_home, steps, took)
        began = time.monotonic()
        told = start(city_home, steps)
        took = time.monotonic() - began
        for step in steps:
            oracle.run(step)

        assert held(city_home) == expected(oracle)
        assert control_account(city_home) == sum(oracle.balances.values())
        show(capsys, month, told)

    print_all(city_home)
    assert verify(city_home.path / "books").problems == []


@pytest.mark.skipif(PEOPLE > 10_000, reason="of a small city only")
def test_rows_that_cannot_be_taken_change_nothing(city_home, tmp_path):
    few = (300, MONTHS[:3], SEED)
    good = write_year(tmp_path / "good", CITY, *few)
    bad = write_year(tmp_path / "bad", CITY, *few, bad=True)
    oracle = Oracle()
    for step in good.run.read_text("utf-8").splitlines():
        oracle.run(step)
    steps = [step for _, part in blocks(bad.run) for step in part]
    twice = f"setting set average-pension-2021 3360.00 --region {CITY} --cite 另一公报"

    codes = {
        step: code
        for step, code, *_ in start(city_home, [*steps, twice], keep_going=True)
    }

    refused = [step for step, code in codes.items() if code]
    assert refused == [s for s in codes if "import" in s and "期初" not in s] + [twice]
    assert set_aside_rows(city_home) == rows_of(bad.forms) - rows_of(good.forms)
    assert held(city_home) == expected(oracle)


@pytest.mark.skipif(PEOPLE > 10_000, reason="of a small city only")
def test_a_city_pays_out_until_it_may_no_more(city_home, tmp_path):
    """Of each twenty people 0 to 12 have filed; what each gets, by 攀枝花's notice."""
    year = write_payouts(tmp_path / "forms", OTHER, 60, SEED)
    steps = year.run.read_text("utf-8").splitlines()
    with open(year.forms[0], encoding="utf-8-sig", newline="") as file:
        opened = {r[1]: Decimal(r[4]) for r in csv.reader(file) if r[0] == OTHER}
    abroad, late, hardship = (4, 5, 6, 7, 9), 8, 10

    start(city_home, steps[:3])  # the forms, and the run of 2022-02

    first = payments(city_home, "2022-02")
    filed = [
        person for person in opened if place(person) < 13 and place(person) != late
    ]
    assert {p: amount for p, _, amount in first} == {p: opened[p] for p in filed}
    bounced = [payment for payment in first if int(payment[0]) % 3 == 0]
    path = tmp_path / "退回.csv"
    write_bounces(path, [(s, whole_fen(a)) for _, s, a in bounced], date(2022, 3, 9))
    start(city_home, [f"import {path}", *steps[3:]])
    came_back = {person for person, _, _ in bounced}
    second = {p: amount for p, _, amount in payments(city_home, "2022-08")}
    still = {p for p in came_back if place(p) in abroad and place(p) != 7}
    assert second == {p: opened[p] for p in opened if p in still or place(p) == late}
    assert any(place(p) == hardship for p in came_back)  # in-province: never again
    left = {p: opened[p] for p in opened if p not in filed and p not in second}
    left |= {p: opened[p] for p in came_back - still}
    balances = {p: balance for p, (balance, _) in held(city_home, OTHER).items()}
    assert {p: b for p, b in balances.items() if b} == left
    assert control_account(city_home, f"{OTHER}-city-agency") == sum(left.values())


def place(person: str) -> int:
    return int(person[6:]) % 20


def payments(home, month: str) -> list[tuple]:
    """(person, 流水号, amount) of a payout run."""
    with home.reading() as connection:
        rows = connection.execute(
            text(
                "SELECT person_id, serial, amount FROM payout_line "
                "WHERE period = :month ORDER BY person_id"
            ),
            {"month": month},
        )
        return [(person, serial, from_fen(amount)) for person, serial, amount in rows]


def rows_of(forms: list[Path]) -> int:
    return sum(len(path.read_text("utf-8-sig").splitlines()) for path in forms)


def set_aside_rows(home) -> int:
    """How many rows lie in the files of what was set aside."""
    paths = (home.path / "out" / "set-aside").glob("*.xlsx")
    books = [CalamineWorkbook.from_path(str(path)) for path in paths]
    return sum(len(book.get_sheet_by_index(0).to_python()) - 1 for book in books)


def kill_and_take_up_again(home, steps: list[str], took: float) -> None:
    """Kill the list's import or its crediting, run both again, and once more.

    What follows them, the month's changes, may tell of deaths: then crediting again
    would not be the same.
    """
    paid = [step for step in steps if "变动清单" not in step]
    start(home, paid, kill_after=random.Random(SEED).uniform(0.3, 1) * took)
    start(home, paid)
    before = state_of(home)

    start(home, paid)

    assert state_of(home) == before


def blocks(run: Path) -> list[tuple[str, list[str]]]:
    """The lines of a run, cut at each month's comment."""
    found = [("", [])]
    for line in run.read_text("utf-8").splitlines():
        if line.startswith("# "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def start(
    home, steps: list[str], kill_after: float | None = None, keep_going: bool = False
) -> list:
    """Run commands in another process: (line, exit code, seconds, MiB at most)."""
    script, told = home.path.parent / "steps.txt", home.path.parent / "told.json"
    script.write_text("\n".join(steps), "utf-8")
    environment = {**os.environ, "YIBAO_HOME": str(home.path), "YIBAO_BY": "li"}
    environment.pop("YIBAO_DATABASE_URL", None)
    if not home.url.startswith("sqlite"):
        environment["YIBAO_DATABASE_URL"] = home.url
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(script), str(told), *["go"] * keep_going],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if kill_after is not None:
        time.sleep(kill_after)
        process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    if kill_after is not None:
        return []
    assert process.returncode == 0, said
    lines = json.loads(told.read_text())
    assert keep_going or not lines[-1][1], f"{lines[-1][0]}\n{said}"
    return lines


def held(home, city: str = CITY) -> dict[str, tuple]:
    """What every account holds and owes: {person: (balance, claim)}."""
    with home.reading() as connection:
        rows = connection.execute(
            text("SELECT person_id, balance, claim FROM account WHERE region = :city"),
            {"city": city},
        )
        return {
            person: (from_fen(balance), from_fen(claim))
            for person, balance, claim in rows
        }


def expected(oracle: Oracle) -> dict[str, tuple]:
    return {
        person: (balance, oracle.claims.get(person, NOTHING))
        for person, balance in oracle.balances.items()
    }


def control_account(home, book: str = BOOK) -> Decimal:
    """The balance of 个人账户基金 in the region's book, from its approved vouchers."""
    with home.reading() as connection:
        fen = connection.execute(
            text(
                "SELECT sum(CASE side WHEN '贷' THEN amount ELSE -amount END) "
                "FROM voucher_line JOIN voucher ON voucher.id = voucher_id "
                "WHERE book_id = :book AND seq IS NOT NULL "
                "AND subject LIKE '个人账户基金%'"
            ),
            {"book": book},
        ).scalar()
    return from_fen(int(fen or 0))


def state_of(home) -> tuple:
    """What must not change when a month is run again."""
    tables = (
        "account movement contribution_line change_line batch document voucher "
        "correction person person_state"
    )
    with home.reading() as connection:
        counts = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in tables.split()
        }
    paths = sorted((home.path / "books").rglob("*.beancount"))
    return counts, held(home), [path.read_bytes() for path in paths]


def show(capsys, month: str, told: list) -> None:
    """Seconds and memory, where the city is of a size that makes them interesting."""
    if PEOPLE < 10_000:
        return
    with capsys.disabled():
        took, most = sum(line[2] for line in told), max(line[3] for line in told)
        print(f"\n{month or '期初'}: {took:.1f} s, {most:.0f} MiB", flush=True)
        for step, _, seconds, peak in told:
            print(f"  {seconds:7.1f} s {peak:5.0f} MiB  {short(step)}", flush=True)


def short(step: str) -> str:
    return " ".join(word.rpartition("/")[2] for word in step.split())
