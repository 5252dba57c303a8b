"""`make bench`: speed as ratios against something measured in the same run.

Each bench measures pairs in turn (ours, theirs, ours, …) and prints the medians,
their ratio and the bound. Exit code 1 when a bound is broken. With names as
arguments only these run: quarter xlsx csv years web people-load credit match bills.
"""

from __future__ import annotations

import csv
import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Callable, NamedTuple

from desk.homes import init_home
from desk.importing import Options, import_files
from desk.sample import (
    write_clearing_list,
    write_province_year,
    write_quarter,
    write_samples,
)
from ledger.book_files import print_all
from ledger.database import Home
from ledger.periods import Quarter
from ledger.postings import Actor

BY = Actor("bench", "2017-07-01T09:00:00+08:00")
ROWS = int(os.environ.get("YIBAO_BENCH_ROWS", 200_000))
YEARS = int(os.environ.get("YIBAO_BENCH_YEARS", 10))
FIRST = Quarter(2017, 2)
GIB = 2**30
TOO_MUCH = "MEMORY OVER"


class Result(NamedTuple):
    """What one bench measured; `bound` None: shown, not judged."""

    what: str
    ours: float
    against: str
    theirs: float
    bound: float | None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def broken(self) -> bool:
        return self.bound is not None and self.ratio > self.bound

    def __str__(self) -> str:
        bound = f" (at most {self.bound:g})" if self.bound else ""
        mark = "  BROKEN" if self.broken else ""
        return (
            f"{self.what}: {self.ours:.3f} s; {self.against}: {self.theirs:.3f} s; "
            f"ratio {self.ratio:.2f}{bound}{mark} {self.note}"
        )


def quarter(folder: Path) -> list[Result]:
    """A province's quarter, imported and printed, against loading its books."""
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    from beancount import loader

    forms = write_quarter(folder / "forms", "520000", 1, FIRST)
    ours, theirs, command = [], [], []
    for turn in range(5):
        home, _ = init_home(folder / f"home{turn}", "520000", BY)
        ours.append(timed(lambda: done(import_files(home, forms, BY, Options()))))
        books = sorted((home.path / "books").glob("*/*.beancount"))

        def load():
            for book in books:
                _, errors, _ = loader.load_file(str(book))
                assert not errors, errors

        theirs.append(timed(load))
        home.close()
        init_home(folder / f"command{turn}", "520000", BY)[0].close()
        command.append(
            child(["import", *map(str, forms)], folder / f"command{turn}")[0]
        )
    with Home(folder / "home0").reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM voucher").scalar()
    note = f"[{count} vouchers, {len(books)} books with vouchers]"
    loading = "loading the books"
    return [
        pair("a quarter imported and printed", ours, loading, theirs, 10, note),
        pair("the whole command", command, loading, theirs, None),
    ]


def xlsx(folder: Path) -> list[Result]:
    """A clearing list of 200,000 rows, against calamine reading the same file."""
    return [_list(folder / "list.xlsx", _bare_xlsx, 4)]


def csv_(folder: Path) -> list[Result]:
    """The same list as csv, against Python's csv module."""
    return [_list(folder / "list.csv", _bare_csv, 25)]


def _list(path: Path, bare: Callable[[Path], None], bound: float) -> Result:
    write_clearing_list(path, "520000", ROWS, 1, FIRST)
    kind = path.suffix[1:]
    ours, theirs = [], []
    for turn in range(3):
        home, _ = init_home(path.parent / f"home{turn}", "520000", BY)
        gc.collect()
        ours.append(timed(lambda: done(import_files(home, [path], BY))))
        home.close()
        theirs.append(timed(lambda: bare(path)))
    init_home(path.parent / "child", "520000", BY)[0].close()
    _, peak = child(["import", str(path)], path.parent / "child")
    note = f"[{peak / GIB:.2f} GiB at most]"
    if peak > GIB:
        note += f" {TOO_MUCH} 1 GiB"
    return pair(
        f"a list of {ROWS} rows, {kind}", ours, f"bare {kind}", theirs, bound, note
    )


def years(folder: Path) -> list[Result]:
    """One more quarter after ten years of quarters, against the first.

    Both are the first quarter of their book's year; each is imported into five
    copies of its home, in turn. The year's file of the later one also holds the
    clearing of the quarter before, which the very first has not: beside it stands the
    first quarter that has one before it.
    """
    at = Quarter(2018, 1)
    first = write_quarter(folder / str(at), "520000", 1, at)
    init_home(folder / "fresh", "520000", BY)[0].close()
    second, _ = init_home(folder / "second", "520000", BY)
    before = write_quarter(folder / "before", "520000", 0, Quarter(2017, 4))
    done(import_files(second, before, BY))
    second.close()
    home, _ = init_home(folder / "old", "520000", BY)
    for seed in range(1, 4 * YEARS + 1):
        done(import_files(home, write_quarter(folder / "q", "520000", seed, at), BY))
        shutil.rmtree(folder / "q")
        at = at.next
    home.close()
    one_more = write_quarter(folder / str(at), "520000", 4 * YEARS + 1, at)
    times: dict[str, list[float]] = {"old": [], "fresh": [], "second": []}
    for turn in range(5):
        for name in times:
            forms = one_more if name == "old" else first
            shutil.copytree(folder / name, folder / f"{name}{turn}")
            copy = Home(folder / f"{name}{turn}")
            times[name].append(timed(lambda: done(import_files(copy, forms, BY))))
            copy.close()
    what = f"a quarter after {YEARS} years of quarters"
    return [
        pair(what, times["old"], "the first quarter", times["fresh"], 1.3),
        pair(what, times["old"], "the first with one before", times["second"], None),
    ]


def province_year(folder: Path) -> list[Result]:
    """A province's year, from forms to books, against loading the books once."""
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    from beancount import loader

    written = write_province_year(folder / "forms", "520000", 2018, 1)
    home, _ = init_home(folder / "home", "520000", BY)
    home.close()
    took, peak = child(["run", str(written.run)], folder / "home")
    books = sorted((folder / "home" / "books").glob("*/*.beancount"))

    def load():
        for book in books:
            _, errors, _ = loader.load_file(str(book))
            assert not errors, errors

    note = f"[{len(written.forms)} forms, {len(books)} books, {peak >> 20} MiB]"
    loading = [timed(load)]
    what, against = "a province's year by `run`", "loading its books"
    return [pair(what, [took], against, loading, 50, note)]


def web(folder: Path) -> list[Result]:
    """Opening one book and the start page, against stock Fava with all books."""
    from fava.application import create_app

    from desk.web.application import make_application

    home, _ = init_home(folder / "home", "520000", BY)
    done(import_files(home, write_samples(folder / "forms", "520000", 1, FIRST, 2), BY))
    books = [str(path) for path in print_all(home)]
    book = "/books/520100-city-agency/2017/income_statement/"
    cold, warm, start, again, stock, stock_warm = [], [], [], [], [], []
    for _ in range(3):
        application = make_application(home, lambda: date(2017, 10, 31))
        start.append(timed(lambda: fetch(application, "/")))
        again.append(timed(lambda: fetch(application, "/")))
        cold.append(timed(lambda: fetch(application, book)))
        warm.append(timed(lambda: fetch(application, book)))

        def open_stock():
            app = create_app(books, load=True, read_only=True, poll_watcher=True)
            page = f"/{first_slug(app)}/income_statement/"
            fetch(app, page)
            return app, page

        began = time.perf_counter()
        app, page = open_stock()
        stock.append(time.perf_counter() - began)
        stock_warm.append(timed(lambda: fetch(app, page)))
    home.close()
    theirs = f"stock Fava with {len(books)} books"
    return [
        pair("one book, cold", cold, f"{theirs}, cold", stock, None),
        pair("one book, warm", warm, f"{theirs}, warm", stock_warm, None),
        pair("the start page, cold", start, f"{theirs}, cold", stock, None),
        pair("the start page, warm", again, f"{theirs}, warm", stock_warm, None),
    ]


def credit(folder: Path) -> list[Result]:
    """Five million people credited, against the bare SQL for the same tables."""
    from tests import bench_credit

    return [Result(*measured) for measured in bench_credit.credit(folder)]


def first_slug(app) -> str:
    return app.config["LEDGERS"].first_slug()


def fetch(application, path: str) -> None:
    """Ask a WSGI application for a page, as a browser on this machine would."""
    from werkzeug.test import Client

    response = Client(application).get(path, base_url="http://127.0.0.1:5000/")
    assert response.status_code == 200, (path, response.status)
    response.get_data()


def _bare_xlsx(path: Path) -> None:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(str(path))
    workbook.get_sheet_by_index(0).to_python()


def _bare_csv(path: Path) -> None:
    with open(path, encoding="utf-8-sig", newline="") as stream:
        for _ in csv.reader(stream):
            pass


def done(results) -> None:
    refused = [result.message for result in results if result.status == "rejected"]
    assert not refused, refused


def timed(act: Callable) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


CHILD = """
import re, sys
from desk.cli import call
code = call(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(peak[1], file=sys.stderr)
sys.exit(code)
"""


def child(words: list[str], home: Path) -> tuple[float, int]:
    """Seconds and peak bytes of one command as a process of its own.

    The peak is the process's own (VmHWM): what the system counts for a child
    begins with its parent's.
    """
    began = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", CHILD, *words],
        env={**os.environ, "YIBAO_HOME": str(home), "YIBAO_BY": "bench"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    took = time.perf_counter() - began
    return took, int(ended.stderr.split()[-1]) * 1024


def pair(what, ours, against, theirs, bound, note="") -> Result:
    median = statistics.median
    return Result(what, median(ours), against, median(theirs), bound, note)


def people_load(folder: Path) -> list[Result]:
    """A list of a million people, against `.import` and COPY of the file."""
    from tests.bench_people import people_load

    return people_load(folder)


def match(folder: Path) -> list[Result]:
    """A month of a million shared settlements against the other side's list."""
    from tests.bench_match import match

    return [Result(*measured) for measured in match(folder)]


def bills(folder: Path) -> list[Result]:
    """A month of a million bills, against a bare load of the csv."""
    from tests import bench_settlements

    return [Result(*measured) for measured in bench_settlements.settlements(folder)]


BENCHES = {
    "quarter": quarter,
    "xlsx": xlsx,
    "csv": csv_,
    "years": years,
    "province-year": province_year,
    "web": web,
    "people-load": people_load,
    "credit": credit,
    "match": match,
    "bills": bills,
}


def main(names: list[str]) -> int:
    """Run one bench here; several, or all, each in a process of its own."""
    if len(names) != 1:
        command = [sys.executable, "-m", "tests.bench"]
        ends = [subprocess.run([*command, name]) for name in names or BENCHES]
        return max(end.returncode for end in ends)
    with tempfile.TemporaryDirectory() as folder:
        results = BENCHES[names[0]](Path(folder))
    for result in results:
        print(result, flush=True)
    return int(any(result.broken or TOO_MUCH in result.note for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
