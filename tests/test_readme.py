"""Every example in the README runs, in its order, and prints what it shows."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from desk.cli import MODULES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BIN = Path(sys.executable).parent


def steps(readme: str) -> list[tuple[str, list[str]]]:
    """Every `$ command` of the console blocks, with the lines shown below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", readme, re.DOTALL):
        for row in block.splitlines():
            if row.startswith("$ "):
                found.append((row[2:], []))
            elif row:
                found[-1][1].append(row)
    return found


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_command_of_the_readme_runs_and_prints_what_it_shows(name, tmp_path):
    readme = (ROOT / name).read_text("utf-8")
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "YIBAO_BY": "li"}
    env.pop("YIBAO_DATABASE_URL", None)
    env.pop("YIBAO_HOME", None)
    (tmp_path / "month.txt").write_text("# 七月\nusage --on 2017-07-14\ncheck\n")
    ran = 0
    for command, shown in steps(readme):
        if command.startswith("export "):
            env.update(word.split("=") for word in shlex.split(command)[1:])
        elif command.startswith("yibao serve"):
            serve(command, env, tmp_path)
        else:
            done = subprocess.run(
                shlex.split(command), env=env, cwd=tmp_path, capture_output=True
            )
            out = done.stdout.decode() + done.stderr.decode()

            assert done.returncode == 0, f"{command}\n{out}"
            for row in shown:
                assert row in out, f"{command}\n{out}"
        ran += 1

    assert ran > 10


def serve(command: str, env: dict, folder: Path) -> None:
    """Start the web on a free port, fetch its start page, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = shlex.split(command)
    words[words.index("--port") + 1] = str(port)
    process = subprocess.Popen(words, env=env, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                    assert "贵州省" in page.read().decode()
                    return
            except OSError:
                assert process.poll() is None, "the server ended by itself"
                time.sleep(0.2)
        pytest.fail("the server did not answer in 20 s")
    finally:
        process.terminate()
        process.wait(10)


def test_every_command_of_the_program_stands_in_the_readme():
    commands = [name for names in MODULES.values() for name in names] + ["run"]

    assert [name for name in commands if f"yibao {name}" not in README] == []


def test_the_beangulp_script_of_the_readme_works(tmp_path):
    (script,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "ingest.py").write_text(script)
    (tmp_path / "notes.csv").write_text("a,b\n")

    done = subprocess.run(
        [sys.executable, "ingest.py", "identify", "notes.csv"],
        cwd=tmp_path,
        capture_output=True,
    )

    assert done.returncode == 0, done.stderr.decode()
