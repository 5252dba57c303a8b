"""Loading a list of people (form G1) against the database's own load of the file.

YIBAO_BENCH_LIST says how many people. `.import` of the sqlite3 command and COPY fill
a bare table of texts. On PostgreSQL too where there is a server, or Debian's
pg_virtualenv to start one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from desk.homes import init_home
from ledger.postings import Actor
from tests.bench import Result, child, pair

BY = Actor("bench", "2023-02-01T09:00:00+08:00")
PEOPLE = int(os.environ.get("YIBAO_BENCH_LIST", 1_000_000))
TURNS = int(os.environ.get("YIBAO_BENCH_TURNS", 3))
MIB = 2**20
MOST = 500 * MIB
BOUND_SQLITE, BOUND_POSTGRESQL = 8, 15
HEAD = (
    "所属期,统筹区代码,个人编号,姓名,人员类别,参保身份,缴费类型,出生年月,缴费基数,"
    "单位缴费,个人缴费,其中计入个人账户,到账日期,退休待遇起始月,公务员补助计入"
)


def people_load(folder: Path) -> list[Result]:
    """The first list of an empty home, and the same people's list of next month."""
    lists = [write_list(folder / f"{month}.csv", month) for month in (1, 2)]
    results = on_sqlite(folder, lists)
    if "PGHOST" in os.environ:
        results += on_postgresql(folder, lists)
    elif shutil.which("pg_virtualenv"):
        command = ["pg_virtualenv", "-t", sys.executable, "-m", "tests.bench_people"]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = next(x for x in told.stdout.splitlines() if x.startswith("["))
        results += [Result(*fields) for fields in json.loads(found)]
    return results


def write_list(path: Path, month: int) -> Path:
    """People in order, 30 in 100 retired, of the same names and bases each month."""
    chosen = random.Random(1)
    names = [a + b for a in "王李张刘陈杨黄赵吴周" for b in ("伟", "芳", "秀英", "敏")]
    with open(path, "w", encoding="utf-8-sig") as stream:
        stream.write(HEAD + "\n")
        for person in range(PEOPLE):
            share, name = chosen.random(), chosen.choice(names)
            born = f"{chosen.randrange(1940, 2003)}-{chosen.randrange(1, 13):02d}"
            place = f"2023-{month:02d},511300,51130000{person:08d},{name}"
            if share < 0.3:
                since = "2015-06" if share < 0.1 else ""
                line = f"{place},退休,单位职工,正常,{born},,,,,,{since},"
            else:
                base = chosen.randrange(3500, 21000)
                own = f"{base * 2 / 100:.2f}"
                paid = f"{base}.00,{base * 6 / 100:.2f},{own},{own}"
                day = f"2023-{month:02d}-15"
                line = f"{place},在职,单位职工,正常,{born},{paid},{day},,"
            stream.write(line + "\n")
    return path


def on_sqlite(folder: Path, lists: list[Path]) -> list[Result]:
    first, later, theirs, peaks = [], [], [], []
    for turn in range(TURNS):
        home = folder / f"home{turn}"
        init_home(home, "510000", BY)[0].close()
        for path, times in zip(lists, (first, later)):
            seconds, peak = child(["import", str(path)], home)
            times.append(seconds)
            peaks.append(peak)
        shutil.rmtree(home)
        bare = folder / f"bare{turn}.db"
        began = time.perf_counter()
        script = ["sqlite3", str(bare), ".mode csv", f".import {lists[0]} bare"]
        subprocess.run(script, check=True)
        theirs.append(time.perf_counter() - began)
        bare.unlink()
    return _results("SQLite", first, later, ".import", theirs, BOUND_SQLITE, peaks)


def on_postgresql(folder: Path, lists: list[Path]) -> list[Result]:
    env = os.environ
    server = (
        f"postgresql+pg8000://{env['PGUSER']}:{env['PGPASSWORD']}"
        f"@{env['PGHOST']}:{env['PGPORT']}"
    )
    first, later, theirs, peaks = [], [], [], []
    for turn in range(TURNS):
        name = f"bench_list{turn}"
        _administer(server, f"CREATE DATABASE {name}")
        home, url = folder / f"pg_home{turn}", f"{server}/{name}"
        init_home(home, "510000", BY, url=url)[0].close()
        os.environ["YIBAO_DATABASE_URL"] = url
        for path, times in zip(lists, (first, later)):
            seconds, peak = child(["import", str(path)], home)
            times.append(seconds)
            peaks.append(peak)
        del os.environ["YIBAO_DATABASE_URL"]
        theirs.append(_copy(url, lists[0]))
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")
        _administer(server, "CHECKPOINT")
        shutil.rmtree(home)
    bound = BOUND_POSTGRESQL
    return _results("PostgreSQL", first, later, "COPY", theirs, bound, peaks)


def _copy(url: str, path: Path) -> float:
    """Seconds that COPY takes to fill a bare table, committed."""
    engine = create_engine(url)
    columns = ", ".join(f"c{at} text" for at in range(HEAD.count(",") + 1))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE bare ({columns})"))
    began = time.perf_counter()
    with engine.begin() as connection, open(path, "rb") as stream:
        cursor = connection.connection.cursor()
        copy = "COPY bare FROM STDIN WITH (FORMAT csv, HEADER)"
        cursor.execute(copy, stream=stream)
    took = time.perf_counter() - began
    engine.dispose()
    return took


def _results(name, first, later, against, theirs, bound, peaks) -> list[Result]:
    note = f"[{max(peaks) / MIB:.0f} MiB at most]"
    if max(peaks) > MOST:
        note += " MEMORY OVER 500 MiB"
    what = f"a list of {PEOPLE} people, {name}"
    again = f"their list of the next month, {name}"
    return [
        pair(what, first, against, theirs, bound, note),
        pair(again, later, against, theirs, bound, note),
    ]


def _administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        lists = [write_list(Path(made) / f"{month}.csv", month) for month in (1, 2)]
        print(json.dumps(on_postgresql(Path(made), lists)), flush=True)
