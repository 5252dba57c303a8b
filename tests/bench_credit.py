"""Crediting millions of people against the bare SQL for the same tables.

YIBAO_BENCH_PEOPLE says how many. The people are made by SQL, 30 in 100 retired. On
PostgreSQL too where there is a server, or Debian's pg_virtualenv to start one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from desk.homes import init_home, put_setting
from ledger.database import Home
from ledger.postings import Actor
from tests.bench import TOO_MUCH, Result, child, pair

BY = Actor("bench", "2023-02-01T09:00:00+08:00")
PEOPLE = int(os.environ.get("YIBAO_BENCH_PEOPLE", 5_000_000))
TURNS = int(os.environ.get("YIBAO_BENCH_TURNS", 3))
REGION, MONTH = "511300", "2023-01"
MIB = 2**20
MOST = 500 * MIB  # of the crediting process, however many people
BOUND = 1.5


def credit(folder: Path) -> list[Result]:
    """`yibao credit` as a whole command, on SQLite and on PostgreSQL."""
    results = [_measure("SQLite", _Sqlite(folder))]
    if "PGHOST" in os.environ:
        results.append(_measure("PostgreSQL", _Server(folder)))
    elif shutil.which("pg_virtualenv"):
        command = ["pg_virtualenv", "-t", sys.executable, "-m", "tests.bench_credit"]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = next(x for x in told.stdout.splitlines() if x.startswith("["))
        results.append(Result(*json.loads(found)))
    return results


def _measure(name: str, store) -> Result:
    fill(store.base)
    store.base.close()
    ours, theirs, peaks = [], [], []
    for turn in range(TURNS):
        with_home = store.copy(f"ours{turn}")
        seconds, peak = store.run(with_home)
        ours.append(seconds)
        peaks.append(peak)
        store.drop(with_home)
        bare_home = store.copy(f"bare{turn}")
        theirs.append(bare(bare_home))
        store.drop(bare_home)
    note = f"[{max(peaks) / MIB:.0f} MiB at most]"
    if max(peaks) > MOST:
        note += f" {TOO_MUCH} 500 MiB"
    what = f"crediting {PEOPLE} people, {name}"
    return pair(what, ours, "bare SQL", theirs, BOUND, note)


class _Sqlite:
    """Homes that are copies of one folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.base, _ = init_home(folder / "base", "510000", BY)

    def copy(self, name: str) -> Home:
        shutil.copytree(self.folder / "base", self.folder / name)
        return Home(self.folder / name)

    def run(self, home: Home) -> tuple[float, int]:
        return child(["credit", MONTH, "--region", REGION], home.path)

    def drop(self, home: Home) -> None:
        home.close()
        shutil.rmtree(home.path)


class _Server:
    """Homes whose databases are copies of one on a server."""

    def __init__(self, folder: Path):
        env = os.environ
        self.server = (
            f"postgresql+pg8000://{env['PGUSER']}:{env['PGPASSWORD']}"
            f"@{env['PGHOST']}:{env['PGPORT']}"
        )
        self.folder = folder
        self._administer("CREATE DATABASE bench_base")
        url = f"{self.server}/bench_base"
        self.base, _ = init_home(folder / "pg_base", "510000", BY, url=url)

    def copy(self, name: str) -> Home:
        self._administer(f"CREATE DATABASE bench_{name} TEMPLATE bench_base")
        self._administer("CHECKPOINT")
        shutil.copytree(self.folder / "pg_base", self.folder / f"pg_{name}")
        return Home(self.folder / f"pg_{name}", f"{self.server}/bench_{name}")

    def run(self, home: Home) -> tuple[float, int]:
        os.environ["YIBAO_DATABASE_URL"] = home.url
        try:
            return child(["credit", MONTH, "--region", REGION], home.path)
        finally:
            del os.environ["YIBAO_DATABASE_URL"]

    def drop(self, home: Home) -> None:
        home.close()
        self._administer(f"DROP DATABASE {home.url.rpartition('/')[2]} WITH (FORCE)")
        shutil.rmtree(home.path)

    def _administer(self, statement: str) -> None:
        engine = create_engine(f"{self.server}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def fill(home: Home, people: int | None = None) -> None:
    """A month's lines of so many people, with their accounts."""
    figure = {"region": REGION, "cite": "bench"}
    put_setting(home, BY, "average-pension-2021", "3350.00", **figure)
    sqlite = home.engine.dialect.name == "sqlite"
    numbers = COUNTED if sqlite else SERIES
    with home.writing() as connection:
        connection.exec_driver_sql(DOCUMENT)
        for statement in (ACCOUNTS, LINES):
            values = {"people": people or PEOPLE, "region": REGION, "month": MONTH}
            connection.execute(text(statement.format(numbers=numbers)), values)
    if not sqlite:
        engine = create_engine(home.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()


def bare(home: Home) -> float:
    """Seconds of the statements that anybody would write by hand."""
    with home.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        began = time.perf_counter()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "SELECT 1")
        for statement in BARE:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("COMMIT") if sqlite else connection.commit()
        return time.perf_counter() - began


COUNTED = """(
    WITH RECURSIVE counted (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :people
    ) SELECT n FROM counted
) AS counted"""
SERIES = "generate_series(1, :people) AS counted (n)"
PERSON = "substr(CAST(511300000000 + n AS text), 1, 12)"
DOCUMENT = """
    INSERT INTO document (id, form, name, sha256, stored, totalled, recorded_by,
                          recorded_at)
    VALUES (1, 'G1', 'bench.csv', '0', '', FALSE, 'bench', '2023-02-01')
"""
ACCOUNTS = f"""
    INSERT INTO account (person_id, region, balance, claim, state)
    SELECT {PERSON}, :region, 0, 0, 'open' FROM {{numbers}} ORDER BY n
"""
LINES = f"""
    INSERT INTO contribution_line (
        month, person_id, kind, freed, sheet, region, status, insured_as, base,
        employer, personal, received_on, retired_from, own, credit_as,
        ready_document_id, document_id, row)
    SELECT :month, {PERSON}, '正常', 0, '', :region,
           CASE WHEN n - n / 10 * 10 < 3 THEN '退休' ELSE '在职' END, '单位职工', 500000, 30000,
           10000, date('2023-01-15'), '',
           CASE WHEN n - n / 10 * 10 < 3 THEN 0 ELSE 10000 END,
           CASE WHEN n - n / 10 * 10 < 3 THEN '退休' ELSE '在职' END, 1, 1, n + 2
    FROM {{numbers}} ORDER BY n
"""
BARE = [
    """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id, document_id, row)
    SELECT person_id, month, 'credit', '', region, date('2023-01-31'),
           CASE credit_as WHEN '在职' THEN '在职计入' ELSE '退休划入' END,
           CASE credit_as WHEN '在职' THEN own ELSE 9380 END, 1, document_id, row
    FROM contribution_line
    WHERE month = '2023-01' AND region = '511300' AND freed = 0
      AND ready_document_id IS NOT NULL AND credit_as <> ''
    """,
    """
    UPDATE account SET balance = account.balance + movement.amount FROM movement
    WHERE movement.batch_id = 1 AND account.person_id = movement.person_id
      AND account.region = movement.region
    """,
]

if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        result = _measure("PostgreSQL", _Server(Path(folder)))
    print(json.dumps(result), flush=True)
