"""The one writer: two processes at once, a lock held elsewhere, a server away."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict

import pytest
from desk_by_hand import LI, book_files, transfers
from forms_by_hand import write_form
from sqlalchemy import select

from desk.cli import call
from desk.importing import import_files
from ledger import database
from ledger.book_files import print_all
from ledger.database import Home
from ledger.errors import UnavailableError
from ledger.schema import Voucher

YIBAO = [sys.executable, "-c", "from desk.cli import main; main()"]


def environment(home: Home) -> dict:
    """What a command in another process needs to find the home."""
    url = {} if home.url.startswith("sqlite") else {"YIBAO_DATABASE_URL": home.url}
    return {**os.environ, **url, "YIBAO_HOME": str(home.path), "YIBAO_BY": "li"}


def files(folder, name: str, number: int) -> list:
    """Forms of one transfer each, all from the same county."""
    return [
        write_form(folder / f"{name}{i}.csv", "F1", transfers(f"交易流水号\n{name}{i}"))
        for i in range(number)
    ]


def test_two_processes_import_at_once_and_lose_and_double_nothing(home, tmp_path):
    commands = [
        [*YIBAO, "import", "--json", *map(str, files(tmp_path, name, 6))]
        for name in "AB"
    ]

    running = [
        subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE)
        for command in commands
    ]
    told = [json.loads(process.communicate(timeout=60)[0]) for process in running]

    assert {f["status"] for said in told for f in said["files"]} == {"posted"}
    numbers = defaultdict(list)
    with home.reading() as connection:
        rows = connection.execute(
            select(Voucher.book_id, Voucher.number, Voucher.seq).order_by(Voucher.seq)
        )
        for book, number, seq in rows:
            numbers[book].append((number, seq))
    every = [(n, n) for n in range(1, 13)]
    assert numbers == {
        "520102-county-finance": every,
        "520102-county-agency": every,
    }
    before = book_files(home)
    print_all(home)
    assert book_files(home) == before


def test_a_lock_held_elsewhere_is_waited_for_and_then_told(
    home, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
    for name, value in environment(home).items():
        monkeypatch.setenv(name, value)
    path = files(tmp_path, "A", 1)[0]
    other = Home(home.path, home.url)

    with home.writing():
        with pytest.raises(UnavailableError, match="等了1秒"):
            import_files(other, [path], LI)
        code = call(["import", str(path)])
    other.close()

    assert code == 3
    assert "仍被另一个程序占用" in capsys.readouterr().err
    assert call(["import", str(path)]) == 0


def test_a_server_that_is_away_is_exit_code_3(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("YIBAO_HOME", str(tmp_path))
    monkeypatch.setenv("YIBAO_DATABASE_URL", "postgresql://li:pw@127.0.0.1:1/yibao")

    assert call(["book", "list"]) == 3
    assert "数据库用不了" in capsys.readouterr().err


def test_a_database_that_is_not_on_the_server_is_exit_code_3(
    server, tmp_path, monkeypatch
):
    monkeypatch.setenv("YIBAO_HOME", str(tmp_path))
    monkeypatch.setenv("YIBAO_DATABASE_URL", f"{server}/nowhere")

    assert call(["book", "list"]) == 3


def test_a_full_database_is_told_and_nothing_is_posted(sqlite_home, tmp_path):
    """PRAGMA max_page_count stands for a full disk."""
    path = write_form(
        tmp_path / "大.csv",
        "F1",
        transfers("交易流水号\n" + "\n".join(f"S{i}" for i in range(800))),
    )
    with sqlite_home.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    sqlite_home.close()
    from sqlalchemy import event

    @event.listens_for(sqlite_home.engine, "connect")
    def limit(connection, _):
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")

    with pytest.raises(UnavailableError, match="full"):
        import_files(sqlite_home, [path], LI)

    with sqlite_home.reading() as connection:
        assert connection.execute(select(Voucher.id)).first() is None
    assert book_files(sqlite_home) == {}


def test_ctrl_c_ends_a_long_statement_at_once_and_leaves_nothing(home):
    def interrupted(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupted)
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt), home.writing() as connection:
            connection.exec_driver_sql("DELETE FROM setting")
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            connection.exec_driver_sql(
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
                " WHERE x < 2000000000) SELECT count(*) FROM n"
            )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert time.monotonic() - began < 3
    with home.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM setting").scalar()
