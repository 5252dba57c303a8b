"""A run prints its books once; killed before, the next command makes up for it."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from desk_by_hand import book_files, transfers
from forms_by_hand import write_form

from desk.cli import MODULES, READS_NO_PRINT
from ledger import regions
from ledger.book_files import print_all

YIBAO = Path(sys.executable).with_name("yibao")


@pytest.fixture
def script(tmp_path):
    """A function: a run file that imports `count` forms of Guiyang's counties."""

    def script_of(count, *lines):
        counties = regions.counties("520100")
        imports = []
        for number in range(count):
            rows = "付款方代码 | 收款方代码 | 交易流水号 | 到账日期\n" + "\n".join(
                f"{county} | 520100 | S{number}-{county} | 2017-05-02"
                for county in counties
            )
            path = tmp_path / f"划拨{number}.csv"
            imports.append(f"import {write_form(path, 'F1', transfers(rows))}")
        path = tmp_path / "月.yibao"
        path.write_text("\n".join([*imports, *lines]), "utf-8")
        return path

    return script_of


@pytest.fixture
def prints(monkeypatch):
    """How many books each print took, in order."""
    from ledger import book_files

    found = []
    texts = book_files.texts

    def counted(connection, places):
        found.append(len(places))
        return texts(connection, places)

    monkeypatch.setattr(book_files, "texts", counted)
    return found


def test_a_run_prints_its_books_once(yibao, script, prints, sqlite_home):
    code, _, err = yibao("run", script(3, "usage --on 2017-05-31", "due"))
    printed = book_files(sqlite_home)
    times = len(prints)
    print_all(sqlite_home)

    assert (code, times) == (0, 1), err
    assert printed == book_files(sqlite_home) != {}


def test_who_reads_printed_books_in_a_run_finds_them(yibao, script, sqlite_home):
    books = sqlite_home.path / "books"
    code, out, err = yibao(
        "run", script(2, "check --on 2017-05-31", f"verify {books}", "import 没有.csv")
    )

    assert "核验" in out and "问题0处" in out
    assert "还没有打印" not in out
    assert (code, "第5行" in err) == (1, True)


def test_a_run_that_fails_prints_what_it_did(yibao, script, sqlite_home):
    code, _, _ = yibao("run", script(1, "import 没有.csv", "usage"))
    printed = book_files(sqlite_home)
    print_all(sqlite_home)

    assert code == 1
    assert printed == book_files(sqlite_home) != {}


def test_books_that_cannot_be_written_fail_the_run(yibao, script, sqlite_home):
    shutil.rmtree(sqlite_home.path / "books")
    (sqlite_home.path / "books").write_text("in the way")
    code, out, err = yibao("run", script(1))
    (sqlite_home.path / "books").unlink()
    again = yibao("usage", "--on", "2017-05-31")[0]

    assert (code, again) == (1, 0)
    assert "已入账" in out and "没有印出" in err
    assert book_files(sqlite_home) != {}


def test_a_killed_run_is_made_up_by_the_next_command(sqlite_home, script):
    """The kill falls between the first line's answer and the run's own print."""
    env = {**os.environ, "YIBAO_BY": "li"}
    command = [YIBAO, "--home", sqlite_home.path, "run", script(12)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
        assert "已入账".encode() in process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    before = book_files(sqlite_home)
    asked = ["usage", "--on", "2017-05-31"]
    subprocess.run([YIBAO, "--home", sqlite_home.path, *asked], env=env, check=True)
    made_up = book_files(sqlite_home)
    print_all(sqlite_home)

    assert process.returncode == -signal.SIGKILL
    assert before == {} != made_up
    assert made_up == book_files(sqlite_home)


def test_every_command_that_a_run_puts_off_printing_for_is_one():
    commands = {name for names in MODULES.values() for name in names}

    assert READS_NO_PRINT - commands == set()
