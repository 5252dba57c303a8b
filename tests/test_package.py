"""`pip install .` of what is committed gives a `yibao` that runs from any folder."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A virtual environment with the project from `git archive`, not editable."""
    folder = tmp_path_factory.mktemp("package")
    if (ROOT / ".git").exists():
        archive = folder / "project.tar"
        git = ["git", "-C", str(ROOT), "archive", "HEAD", "-o", str(archive)]
        subprocess.run(git, check=True)
    else:
        pytest.skip("not a git checkout")
    (folder / "source").mkdir()
    subprocess.run(["tar", "xf", str(archive), "-C", folder / "source"], check=True)
    venv.create(folder / "venv", with_pip=True)
    pip = [folder / "venv/bin/pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, folder / "source"], check=True, timeout=600)
    return folder / "venv" / "bin"


def test_the_installed_command_does_the_main_job_anywhere(installed, tmp_path):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "YIBAO_BY": "li"}

    def yibao(*words):
        done = subprocess.run(
            [installed / "yibao", *words], cwd=tmp_path, env=env, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    yibao("init", "home", "--province", "520000")
    yibao("sample", "forms", "--quarters", "1")
    forms = sorted(str(path) for path in (tmp_path / "forms").iterdir())
    yibao("--home", "home", "import", *forms)

    assert "使用率" in yibao("--home", "home", "usage", "--on", "2017-07-14")
    assert "问题0处" in yibao("verify", "home/books")


def test_the_installed_package_has_its_data(installed):
    code = (
        "from importlib.resources import files as f\n"
        "names = ['posting_rules/guizhou_2017_204.toml', 'ledger/regions.csv',"
        " 'ledger/subjects.toml', 'ledger/settings.toml',"
        " 'ledger/migrations/versions/v0001_books.py']\n"
        "for name in names:\n"
        "    package, _, path = name.partition('/')\n"
        "    assert (f(package) / path).is_file(), name\n"
        "import desk.web.application, reports.fava_extension\n"
    )
    python = installed / "python"

    subprocess.run([python, "-c", code], check=True, cwd=installed)


def test_the_suite_itself_does_not_run_from_an_installed_copy():
    import ledger

    assert Path(ledger.__file__).is_relative_to(ROOT), sys.path
