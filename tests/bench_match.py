"""Matching a month of a million shared settlements against the other side's list.

YIBAO_BENCH_MATCH says how many. Both sides are made by SQL: one row in a thousand is
missing here, missing there, or differs. Ours is the whole command `yibao match`, with
its list; the other side reads both tables with the driver and joins them in a dict.
On PostgreSQL too where there is a server, or Debian's pg_virtualenv to start one.
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

from desk.homes import init_home
from ledger.database import Home
from ledger.postings import Actor
from tests.bench import TOO_MUCH, Result, pair

BY = Actor("bench", "2024-08-01T09:00:00+08:00")
LINES = int(os.environ.get("YIBAO_BENCH_MATCH", 1_000_000))
TURNS = int(os.environ.get("YIBAO_BENCH_TURNS", 3))
MONTH = "2024-07"
MIB = 2**20
MOST = 500 * MIB
BOUND = 1.5


def match(folder: Path) -> list[Result]:
    """`yibao match` of a month, on SQLite and on PostgreSQL."""
    home, _ = init_home(folder / "home", "340000", BY)
    results = [_measure("SQLite", home)]
    if "PGHOST" in os.environ:
        results.append(_on_postgresql(folder))
    elif shutil.which("pg_virtualenv"):
        command = ["pg_virtualenv", "-t", sys.executable, "-m", "tests.bench_match"]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = next(x for x in told.stdout.splitlines() if x.startswith("["))
        results.append(Result(*json.loads(found)))
    return results


def _on_postgresql(folder: Path) -> Result:
    env = os.environ
    server = (
        f"postgresql+pg8000://{env['PGUSER']}:{env['PGPASSWORD']}"
        f"@{env['PGHOST']}:{env['PGPORT']}"
    )
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE bench_match"))
    url = f"{server}/bench_match"
    home, _ = init_home(folder / "pg_home", "340000", BY, url=url)
    env["YIBAO_DATABASE_URL"] = url
    try:
        return _measure("PostgreSQL", home)
    finally:
        del env["YIBAO_DATABASE_URL"]
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE bench_match WITH (FORCE)"))
        engine.dispose()


def _measure(name: str, home: Home) -> Result:
    fill(home, LINES)
    home.close()
    ours, theirs, peaks = [], [], []
    for _ in range(TURNS):
        seconds, peak = command(home.path)
        ours.append(seconds)
        peaks.append(peak)
        theirs.append(bare(home))
    note = f"[{max(peaks) / MIB:.0f} MiB at most]"
    if max(peaks) > MOST:
        note += f" {TOO_MUCH} 500 MiB"
    what = f"matching {LINES} against {LINES}, {name}"
    return pair(what, ours, "both tables joined in a dict", theirs, BOUND, note)


def command(path: Path) -> tuple[float, int]:
    """Seconds and peak bytes of the command; 1 is its answer: something is open."""
    from tests.bench import CHILD

    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, "match", MONTH],
        env={**os.environ, "YIBAO_HOME": str(path), "YIBAO_BY": "bench"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert ended.returncode == 1, ended.stderr
    took = time.perf_counter() - began
    return took, int(ended.stderr.split()[-1]) * 1024


def bare(home: Home) -> float:
    """Seconds of what anybody would write by hand."""
    began = time.perf_counter()
    with home.engine.connect() as connection:
        rows = connection.execute(text(BARE_OURS)).all()
        held = {(row[0], row[1]): tuple(row) for row in rows}
        odd = 0
        for row in connection.execute(text(BARE_THEIRS)).all():
            odd += held.pop((row[0], row[1]), None) != tuple(row)
    assert odd + len(held) > 0
    took = time.perf_counter() - began
    home.close()
    return took


def fill(home: Home, lines: int) -> None:
    """Both sides of a month; ours with the movements and sums that belong to it."""
    sqlite = home.engine.dialect.name == "sqlite"
    numbers = COUNTED if sqlite else SERIES
    with home.writing() as connection:
        for statement in (DOCUMENT, BATCH, OURS, SHARES, MOVEMENTS, THEIRS, KEYS):
            query = statement.format(numbers=numbers)
            values = {"lines": lines} if ":lines" in query else {}
            connection.execute(text(query), values)
    if not sqlite:
        engine = create_engine(home.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()


SERIES = "(SELECT generate_series(1, :lines) AS n) AS numbers"
COUNTED = """(
    WITH RECURSIVE counted(n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :lines
    ) SELECT n FROM counted
) AS numbers"""
DOCUMENT = """
    INSERT INTO document (id, form, name, sha256, stored, totalled, recorded_by,
                          recorded_at)
    VALUES (1, 'G3', 'bench', 'bench', '', FALSE, 'bench', ''),
           (2, 'G9', 'bench', 'bench', '', FALSE, 'bench', '')
"""
BATCH = """
    INSERT INTO batch (id, kind, region, period, dated, people, total, policy, figures,
                       sources, state, made_by, made_at)
    VALUES (1, 'settlement', '340200', '2024-07', '2024-07-31', 0, 0, '', '{{}}', '',
            'counted', 'bench', '')
"""


def _left(of: str, by: int) -> str:
    """The remainder of an integer; pg8000 lets no percent sign through."""
    return f"(({of}) - ({of}) / {by} * {by})"


# Six digits that look drawn: nobody's rows lie beside their grantor's.
NUMBERED = "'P' || CAST({0} AS varchar(9))"
MILLION = 1_000_000
PERSON = NUMBERED.format(f"({MILLION} + {_left('n * 1009', MILLION)})")
PAYER = NUMBERED.format(f"({2 * MILLION} + {_left('n * 2003', MILLION)})")
THOUSANDTH = _left("n", 1000)
SERIAL = "'S' || CAST(1000000 + n AS varchar(9))"
OF_MONTH = f"substr(CAST(101 + {_left('n', 31)} AS varchar(3)), 2, 2)"
DAY = f"'2024-07-' || {OF_MONTH} || ' 10:00:00'"
AMOUNT = f"100 + {_left('n', 9000)}"
OURS = f"""
    INSERT INTO settlement (month, person_id, serial, freed, "at", act, original,
        original_month, region, fund, status, channel, institution, place, category,
        total, in_policy, deductible, pooled, other, own, shared, cash,
        deducted_before, paid_before, taken, differences, late, note, sheet, batch_id,
        ruled, document_id, "row")
    SELECT '2024-07', {PERSON}, {SERIAL}, 0, {DAY}, '收费', '', '', '340100', '310',
           '在职', '联网', 'H34010000001', '340100', '普通门诊', {AMOUNT}, {AMOUNT},
           0, 0, 0, 0, {AMOUNT}, 0, 0, 0, TRUE, '', FALSE, '', '', 1, FALSE, 1, n
    FROM {{numbers}} WHERE {THOUSANDTH} <> 1 ORDER BY 2, 3
"""
SHARES = f"""
    INSERT INTO settlement_share (month, person_id, serial, freed, position, payer_id,
        payer_region, relation, place, amount, batch_id)
    SELECT '2024-07', {PERSON}, {SERIAL}, 0, 1, {PAYER}, '340200', '配偶', '340100',
           {AMOUNT}, 1
    FROM {{numbers}} WHERE {THOUSANDTH} <> 1 ORDER BY 2, 3
"""
MOVEMENTS = f"""
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
        batch_id, document_id, "row", institution, category)
    SELECT {PAYER}, '', 'settle', {SERIAL}, '340200', '2024-07-31', '家庭共济支出',
           -({AMOUNT}), 1, 1, n, '', ''
    FROM {{numbers}} WHERE {THOUSANDTH} <> 1 ORDER BY 1, 4
"""
THEIRS = f"""
    INSERT INTO other_settlement (person_id, serial, freed, month, "at", act, place,
        payer_region, amount, sheet, document_id, "row", resolved)
    SELECT {PAYER}, {SERIAL}, 0, '2024-07', {DAY}, '收费', '340100', '340200',
           {AMOUNT} + CASE WHEN {THOUSANDTH} = 3 THEN 1 ELSE 0 END, '', 2, n, ''
    FROM {{numbers}} WHERE {THOUSANDTH} <> 2 ORDER BY 1, 2
"""
KEYS = f"""
    INSERT INTO serial_key (form, serial, person_id)
    SELECT 'G3', {SERIAL}, {PERSON} FROM {{numbers}} WHERE {THOUSANDTH} <> 1 ORDER BY 2
"""
BARE_OURS = """
    SELECT sh.serial, sh.payer_id, sh.amount, sh.place, sh.payer_region, s.act
    FROM settlement_share AS sh JOIN settlement AS s ON s.month = sh.month
     AND s.person_id = sh.person_id AND s.serial = sh.serial AND s.freed = sh.freed
    WHERE sh.month = '2024-07' AND sh.freed = 0
"""
BARE_THEIRS = """
    SELECT serial, person_id, amount, place, payer_region, act FROM other_settlement
    WHERE month = '2024-07' AND freed = 0
"""

if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as into:
        print(json.dumps(_on_postgresql(Path(into))))
