"""kill -9 at a random moment of an import: all of a file or nothing, always.

YIBAO_CRASH_ROUNDS (8) rounds on SQLite, a quarter of them on PostgreSQL. After each
the books are what a process that was never killed would have printed.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from desk_by_hand import LI, book_files, clearings, transfers
from forms_by_hand import write_form
from sqlalchemy import func, select

from desk.importing import import_files
from ledger import regions
from ledger.book_files import print_all, print_changed
from ledger.database import Home
from ledger.printing import genesis, voucher_hash, voucher_text
from ledger.schema import BookYear, Document, Posting, Voucher
from ledger.voucher_rows import year_vouchers

ROUNDS = int(os.environ.get("YIBAO_CRASH_ROUNDS", "8"))
IMPORT = """
import sys
from pathlib import Path
from desk.importing import import_files
from ledger.database import open_home
from ledger.postings import Actor
home = open_home(sys.argv[1], sys.argv[2] or None)
print("ready", flush=True)
import_files(home, [Path(p) for p in sys.argv[5:]], Actor(*sys.argv[3:5]))
"""


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """Ten forms that touch the books of two cities with all their counties."""
    folder = tmp_path_factory.mktemp("forms")
    counties = [c for city in ("520100", "520300") for c in regions.counties(city)]
    paths = []
    for number in range(5):
        rows = "付款方代码 | 收款方代码 | 交易流水号 | 到账日期\n" + "\n".join(
            f"{c} | {regions.city_of(c)} | S{number}-{c} | 2017-05-0{number + 1}"
            for c in counties
        )
        path = folder / f"划拨{number}.csv"
        paths.append(write_form(path, "F1", transfers(rows)))
        rows = "清算单号 | 清算期 | 参保地代码\n" + "\n".join(
            f"Q{number} | 2017-0{number + 1} | {c}" for c in counties
        )
        path = folder / f"清算{number}.csv"
        paths.append(write_form(path, "F2", clearings(rows)))
    return paths


@pytest.fixture(scope="module")
def uninterrupted(forms, sqlite_template, tmp_path_factory):
    """(books, vouchers of each document, seconds) of an import that is not killed."""
    path = tmp_path_factory.mktemp("uninterrupted") / "home"
    shutil.copytree(sqlite_template, path)
    home = Home(path)
    began = time.monotonic()
    import_files(home, forms, LI)
    took = time.monotonic() - began
    books, vouchers = book_files(home), of_documents(home)
    home.close()
    return books, vouchers, took


@pytest.mark.parametrize("round", range(ROUNDS))
def test_a_killed_import_leaves_all_or_nothing(
    round, sqlite_home, forms, uninterrupted
):
    killed_and_taken_up_again(sqlite_home, forms, uninterrupted, round)


@pytest.mark.parametrize("round", range(max(1, ROUNDS // 4)))
def test_a_killed_import_leaves_all_or_nothing_on_a_server(
    round, postgresql_home, forms, uninterrupted
):
    killed_and_taken_up_again(postgresql_home, forms, uninterrupted, round + 1000)


def killed_and_taken_up_again(home, forms, uninterrupted, seed) -> None:
    books, vouchers, took = uninterrupted
    moment = random.Random(seed).uniform(0, 1.1 * took)

    kill_after(home, forms, moment)

    print_changed(home)  # what every command does first
    there = of_documents(home)
    assert there.items() <= vouchers.items(), f"killed after {moment:.3f} s"
    assert list(there) == list(vouchers)[: len(there)]
    check_whole(home)
    printed = book_files(home)
    print_all(home)
    assert book_files(home) == printed
    results = import_files(home, forms, LI)
    statuses = ["already-posted"] * len(there)
    statuses += ["posted"] * (len(forms) - len(there))
    assert [r.status for r in results] == statuses
    assert book_files(home) == books


def kill_after(home, forms, moment: float) -> None:
    """Import in another process and kill -9 it so many seconds after its start."""
    url = "" if home.url.startswith("sqlite") else home.url
    words = [str(home.path), url, *LI, *map(str, forms)]
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, *words], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def of_documents(home) -> dict[str, int]:
    """How many approved vouchers each recorded file made, in order of recording."""
    with home.reading() as connection:
        rows = connection.execute(
            select(Document.name, func.count(Voucher.hash))
            .join(Posting, Posting.document_id == Document.id)
            .join(Voucher, Voucher.posting_id == Posting.id)
            .group_by(Document.id, Document.name)
            .order_by(Document.id)
        )
        return {name: number for name, number in rows}


def check_whole(home) -> None:
    """No gap in numbers or seq, and every chain is what its vouchers say."""
    with home.reading() as connection:
        heads = connection.execute(select(BookYear.__table__)).all()
        ids = [head.book_id for head in heads]
        vouchers = year_vouchers(connection, ids, 2017)
    for head in heads:
        kept = vouchers[head.book_id]
        assert [v.seq for v in kept] == list(range(1, head.vouchers + 1))
        months = defaultdict(list)
        previous = genesis(head.book_id, 2017)
        for voucher in kept:
            months[voucher.dated.month].append(int(voucher.name.partition("-")[2]))
            assert voucher.previous == previous
            assert voucher.hash == voucher_hash(voucher_text(voucher))
            previous = voucher.hash
        assert previous == head.hash
        for numbers in months.values():
            assert numbers == list(range(1, len(numbers) + 1))
