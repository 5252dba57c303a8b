"""A month of bills of 600,000 people with families, against a bare load of the csv.

YIBAO_BENCH_BILLS says how many bills, YIBAO_BENCH_FAMILIES how many people. The home
is made once: accounts, families and institutions by SQL. The other side reads the csv
with Python's csv module and inserts its rows unprocessed into a bare table, committed.
On PostgreSQL too where there is a server, or Debian's pg_virtualenv to start one.
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

from sqlalchemy import create_engine, text

from desk.homes import init_home
from ledger.database import Home, bulk_insert
from ledger.people.tables import Account, Person
from ledger.postings import Actor
from ledger.settlements.tables import Binding, Institution
from tests.bench import TOO_MUCH, Result, child, pair

BY = Actor("bench", "2024-08-01T09:00:00+08:00")
BILLS = int(os.environ.get("YIBAO_BENCH_BILLS", 1_000_000))
PEOPLE = int(os.environ.get("YIBAO_BENCH_FAMILIES", 600_000))
TURNS = int(os.environ.get("YIBAO_BENCH_TURNS", 3))
REGION, ELSEWHERE = "511300", "510100"
GIB = 2**30
MOST = 2 * GIB
BOUND, BOUND_POSTGRESQL = 12, 18
HEAD = (
    "结算流水号,结算时间,业务类型,原结算流水号,个人编号,参保地代码,险种,结算方式,机构代码,"
    "机构名称,机构级别,就医地代码,费用类别,医疗总费用,政策范围内费用,统筹支付,其他基金,"
    "个账支付,共济支付,现金支付,备注"
)
LEVELS = ("三级", "二级及以下", "定点零售药店")


def settlements(folder: Path) -> list[Result]:
    """`yibao import` of the month's list, as a whole command, on both databases."""
    path = write_list(folder / "bills.csv")
    results = [_measure("SQLite", _Sqlite(folder), path)]
    if "PGHOST" in os.environ:
        results.append(_measure("PostgreSQL", _Server(folder), path))
    elif shutil.which("pg_virtualenv"):
        command = ["pg_virtualenv", "-t", sys.executable, "-m", __name__]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = next(x for x in told.stdout.splitlines() if x.startswith("["))
        results.append(Result(*json.loads(found)))
    return results


def write_list(path: Path) -> Path:
    """Bills over July in the order of time, as a platform gives them out: one in ten
    with 统筹支付, one in fifty a refund or reversal, a tenth in another city."""
    chosen = random.Random(1)
    rows: list[list[str]] = []
    with open(path, "w", encoding="utf-8-sig", newline="") as stream:
        stream.write(HEAD + "\n")
        write = csv.writer(stream, lineterminator="\n").writerow
        for number in range(BILLS):
            at = _time(number)
            if number % 50 == 49 and rows:
                bill = rows.pop(chosen.randrange(len(rows)))
                act = "冲正" if chosen.random() < 0.3 else "退费"
                write([f"TF{number:09d}", at, act, bill[0], *bill[4:]])
                continue
            bill = _bill(number, at, chosen)
            write(bill)
            if bill[15] == "" and chosen.random() < 0.1:
                rows.append(bill)
    return path


def _time(number: int) -> str:
    second = number * 31 * 24 * 3600 // BILLS
    minute, hour = second // 60, second // 3600
    day = f"2024-07-{1 + hour // 24:02d}"
    return f"{day} {hour % 24:02d}:{minute % 60:02d}:{second % 60:02d}"


def _bill(number: int, at: str, chosen: random.Random) -> list[str]:
    person, code = f"5113{chosen.randrange(PEOPLE):09d}", chosen.randrange(300)
    place = ELSEWHERE if code % 10 == 9 else REGION
    total = chosen.randrange(500, 60000)
    in_policy = total * chosen.randrange(60, 101) // 100
    level = LEVELS[code % 3]
    category = "购药" if code % 3 == 2 else "普通门诊"
    pooled = f"{in_policy // 3 / 100:.2f}" if number % 10 == 0 else ""
    return [f"JS{number:09d}", at, "收费", "", person, REGION, "310", "联网"] + [
        f"H{code:05d}", f"第{code}医院", level, place, category, f"{total / 100:.2f}",
        f"{in_policy / 100:.2f}", pooled, "", "", "", "", "",
    ]  # fmt: skip


def fill(home: Home) -> None:
    """People in accounts, every third in a family of two or three."""
    chosen = random.Random(2)
    person, account = Person.__table__, Account.__table__
    binding, institution = Binding.__table__, Institution.__table__
    ids = [f"5113{number:09d}" for number in range(PEOPLE)]
    with home.writing() as connection:
        bulk_insert(
            connection,
            person,
            ("person_id", "name", "born", "region", "status", "insured_as", "since")
            + ("retired_from", "document_id", "row"),
            (
                (i, "张三", "", REGION, "退休" if n % 10 < 3 else "在职", "单位职工")
                + ("2024-01", "", 1, n)
                for n, i in enumerate(ids)
            ),
        )
        bulk_insert(
            connection,
            account,
            ("person_id", "region", "balance", "claim", "state"),
            ((i, REGION, chosen.randrange(0, 200000), 0, "open") for i in ids),
        )
        bulk_insert(
            connection,
            binding,
            ("person_id", "grantor_id", "bound_at", "freed", "relation")
            + ("person_region", "grantor_region", "notice", "serial", "sheet")
            + ("unbound_at", "document_id", "row"),
            (
                (ids[n], ids[n - step], "2024-01-05 10:00:00", 0, "配偶", REGION)
                + (REGION, "", 2 * n + step, "", "", 1, n)
                for n in range(2, PEOPLE, 3)
                for step in (1, 2)
            ),
        )
        bulk_insert(
            connection,
            institution,
            ("code", "from_day", "name", "level", "region", "qualified")
            + ("payee_account", "payee_bank", "sheet", "document_id", "row"),
            (
                (f"H{code:05d}", "2020-01-01", f"第{code}医院", LEVELS[code % 3])
                + (ELSEWHERE if code % 10 == 9 else REGION, True, "", "", "", 1, code)
                for code in range(300)
            ),
        )
        total = connection.execute(text("SELECT sum(balance) FROM account")).scalar()
        assert total


def bare(path: Path, url: str) -> float:
    """Seconds to read the csv and insert its rows as they are, committed."""
    engine = create_engine(url)
    columns = ", ".join(f"c{at} text" for at in range(HEAD.count(",") + 1))
    began = time.perf_counter()
    with engine.begin() as connection, open(path, encoding="utf-8-sig") as stream:
        connection.execute(text(f"CREATE TABLE bare ({columns})"))
        rows = csv.reader(stream)
        next(rows)
        cursor = connection.connection.cursor()
        if engine.dialect.name == "sqlite":
            marks = ", ".join("?" * (HEAD.count(",") + 1))
            cursor.executemany(f"INSERT INTO bare VALUES ({marks})", rows)
        else:
            cursor.execute("COPY bare FROM STDIN", stream=_copied(rows))
    took = time.perf_counter() - began
    engine.dispose()
    return took


def _copied(rows):
    while chunk := list(islice(rows, 10_000)):
        yield ("\n".join(map("\t".join, chunk)) + "\n").encode()


def _measure(name: str, store, path: Path) -> Result:
    fill(store.base)
    store.base.close()
    ours, theirs, peaks = [], [], []
    for turn in range(TURNS):
        home = store.copy(f"ours{turn}")
        seconds, peak = child(["import", str(path)], home)
        ours.append(seconds)
        peaks.append(peak)
        store.drop(home)
        url = store.bare(turn)
        theirs.append(bare(path, url))
    note = f"[{max(peaks) / GIB:.2f} GiB at most]"
    if max(peaks) > MOST:
        note += f" {TOO_MUCH} 2 GiB"
    what = f"a month of {BILLS} bills, {name}"
    bound = BOUND if name == "SQLite" else BOUND_POSTGRESQL
    return pair(what, ours, "csv into a bare table", theirs, bound, note)


class _Sqlite:
    """Homes are folders; each turn gets a copy."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.base, _ = init_home(folder / "base", "510000", BY)

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.folder / "base", self.folder / name))

    def drop(self, home: Path) -> None:
        shutil.rmtree(home)

    def bare(self, turn: int) -> str:
        return f"sqlite:///{self.folder / f'bare{turn}.db'}"


class _Server:
    """Databases of one server, copied as templates."""

    def __init__(self, folder: Path):
        env = os.environ
        self.url = (
            f"postgresql+pg8000://{env['PGUSER']}:{env['PGPASSWORD']}"
            f"@{env['PGHOST']}:{env['PGPORT']}"
        )
        self.folder = folder
        self._administer("CREATE DATABASE bench_bills")
        home = folder / "pg_base"
        self.base, _ = init_home(home, "510000", BY, url=f"{self.url}/bench_bills")

    def copy(self, name: str) -> Path:
        self._administer("DROP DATABASE IF EXISTS bench_copy WITH (FORCE)")
        self._administer("CREATE DATABASE bench_copy TEMPLATE bench_bills")
        self._administer("CHECKPOINT")
        os.environ["YIBAO_DATABASE_URL"] = f"{self.url}/bench_copy"
        home = self.folder / f"pg_{name}"
        return Path(shutil.copytree(self.folder / "pg_base", home))

    def drop(self, home: Path) -> None:
        del os.environ["YIBAO_DATABASE_URL"]
        shutil.rmtree(home)

    def bare(self, turn: int) -> str:
        self._administer(f"CREATE DATABASE bench_bare{turn}")
        return f"{self.url}/bench_bare{turn}"

    def _administer(self, statement: str) -> None:
        url = f"{self.url}/postgres"
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        found = _measure("PostgreSQL", _Server(folder), write_list(folder / "b.csv"))
        print(json.dumps(found))
