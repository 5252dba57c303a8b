"""Crediting in processes of their own: twice at once, killed, interrupted by Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from people_by_hand import NANCHONG, stored

from tests.bench_credit import fill

PEOPLE_TWICE, PEOPLE_KILLED, PEOPLE_STOPPED = 5_000, 100_000, 600_000
COMMAND = "import sys; from desk.cli import call; sys.exit(call(sys.argv[1:]))"


def started(home) -> subprocess.Popen:
    """`yibao credit 2023-01` as a process."""
    url = "" if home.url.startswith("sqlite") else home.url
    words = ["credit", "2023-01", "--region", NANCHONG, "--json"]
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words],
        env={
            **os.environ,
            "YIBAO_HOME": str(home.path),
            "YIBAO_DATABASE_URL": url,
            "YIBAO_BY": "li",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def standing(home) -> tuple:
    """Batches, movements, and the sum of balances."""
    return (
        stored(home, "SELECT count(*) FROM batch")[0][0],
        stored(home, "SELECT count(*) FROM movement")[0][0],
        stored(home, "SELECT CAST(sum(balance) AS bigint) FROM account")[0][0],
    )


def inserting(home, since: float) -> bool:
    """Whether the other process is within its long statements."""
    if home.url.startswith("sqlite"):
        log = home.path / "yibao.db-wal"
        return log.exists() and log.stat().st_mtime > since
    running = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%INSERT INTO movem%'"
    return bool(stored(home, f"{running} AND pid <> pg_backend_pid()"))


def due(people: int) -> int:
    """30 of 100 are retired: 93.80 each; the others get 100.00."""
    return people // 10 * (3 * 9380 + 7 * 10000)


def test_two_runs_at_once_credit_once(sichuan_home):
    fill(sichuan_home, PEOPLE_TWICE)

    both = [started(sichuan_home) for _ in range(2)]
    told = [json.loads(process.communicate()[0]) for process in both]

    assert sorted(document["status"] for document in told) == [
        "already-posted",
        "posted",
    ]
    assert told[0]["vouchers"] == told[1]["vouchers"]
    assert standing(sichuan_home) == (1, PEOPLE_TWICE, due(PEOPLE_TWICE))


@pytest.mark.parametrize("moment", [0.8, 1.3, 2.0])
def test_a_killed_run_leaves_all_or_nothing(moment, sichuan_home):
    fill(sichuan_home, PEOPLE_KILLED)
    process = started(sichuan_home)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    whole = (1, PEOPLE_KILLED, due(PEOPLE_KILLED))
    assert standing(sichuan_home) in [(0, 0, 0), whole]
    again = started(sichuan_home)
    told, _ = again.communicate()
    assert again.returncode == 0
    assert json.loads(told)["people"] == PEOPLE_KILLED
    assert standing(sichuan_home) == whole


def test_ctrl_c_stops_a_long_run_at_once_and_leaves_nothing(sichuan_home):
    fill(sichuan_home, PEOPLE_STOPPED)
    since = time.time()
    process = started(sichuan_home)
    while not inserting(sichuan_home, since):
        time.sleep(0.05)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    told, error = process.communicate()

    assert (process.returncode, told) == (1, "")
    assert error.strip() == "已中断，没有留下未完成的业务。"
    assert time.monotonic() - began < 2
    assert standing(sichuan_home) == (0, 0, 0)
    again = started(sichuan_home)
    again.communicate()
    assert again.returncode == 0
    assert standing(sichuan_home) == (1, PEOPLE_STOPPED, due(PEOPLE_STOPPED))
