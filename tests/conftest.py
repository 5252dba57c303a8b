"""Fixtures: a home with Guizhou's 199 books, on SQLite and on PostgreSQL.

`sichuan_home` is one of Sichuan, which keeps personal accounts and no advances,
`anhui_home` one of Anhui, where families share across cities.

The databases are made once and copied for each test. Where a server is missing a
test is skipped, but under CI=true that is a failure.
"""

import os
import shutil
import uuid

import pytest
from desk_by_hand import transfers
from forms_by_hand import write_form
from sqlalchemy import create_engine, text

from desk.cli import call
from desk.homes import init_home
from ledger.database import Home
from ledger.postings import Actor

LI = Actor("li", "2017-07-01T09:00:00+08:00")
SICHUAN, ANHUI = "510000", "340000"


def missing(what: str) -> None:
    """Skip for want of something, or fail where it has to be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI=true")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "home"
    home, _ = init_home(path, "520000", LI)
    home.close()
    return path


@pytest.fixture(scope="session")
def sqlite_sichuan_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "home"
    home, _ = init_home(path, SICHUAN, LI)
    home.close()
    return path


@pytest.fixture(scope="session")
def sqlite_anhui_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "home"
    home, _ = init_home(path, ANHUI, LI)
    home.close()
    return path


@pytest.fixture(scope="session")
def server():
    """The URL of a PostgreSQL server, without a database's name."""
    if "PGHOST" not in os.environ or "PGPASSWORD" not in os.environ:
        missing("a PostgreSQL server (run under pg_virtualenv)")
    user, password = os.environ["PGUSER"], os.environ["PGPASSWORD"]
    host, port = os.environ["PGHOST"], os.environ["PGPORT"]
    return f"postgresql+pg8000://{user}:{password}@{host}:{port}"


@pytest.fixture(scope="session")
def postgresql_template(server, tmp_path_factory):
    name = f"template_{uuid.uuid4().hex[:8]}"
    _administer(server, f"CREATE DATABASE {name}")
    path = tmp_path_factory.mktemp("template") / "home"
    home, _ = init_home(path, "520000", LI, url=f"{server}/{name}")
    home.close()
    yield path, name
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_sichuan_template(server, tmp_path_factory):
    name = f"template_{uuid.uuid4().hex[:8]}"
    _administer(server, f"CREATE DATABASE {name}")
    path = tmp_path_factory.mktemp("template") / "home"
    home, _ = init_home(path, SICHUAN, LI, url=f"{server}/{name}")
    home.close()
    yield path, name
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgresql_anhui_template(server, tmp_path_factory):
    name = f"template_{uuid.uuid4().hex[:8]}"
    _administer(server, f"CREATE DATABASE {name}")
    path = tmp_path_factory.mktemp("template") / "home"
    home, _ = init_home(path, ANHUI, LI, url=f"{server}/{name}")
    home.close()
    yield path, name
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_home(sqlite_template, tmp_path):
    shutil.copytree(sqlite_template, tmp_path / "home")
    home = Home(tmp_path / "home")
    yield home
    home.close()


@pytest.fixture
def postgresql_home(server, postgresql_template, tmp_path):
    path, template = postgresql_template
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    shutil.copytree(path, tmp_path / "home")
    home = Home(tmp_path / "home", f"{server}/{name}")
    yield home
    home.close()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_sichuan_home(sqlite_sichuan_template, tmp_path):
    shutil.copytree(sqlite_sichuan_template, tmp_path / "sichuan")
    home = Home(tmp_path / "sichuan")
    yield home
    home.close()


@pytest.fixture
def postgresql_sichuan_home(server, postgresql_sichuan_template, tmp_path):
    path, template = postgresql_sichuan_template
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    shutil.copytree(path, tmp_path / "sichuan")
    home = Home(tmp_path / "sichuan", f"{server}/{name}")
    yield home
    home.close()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def sichuan_home(request):
    """A fresh home of Sichuan; the test runs once on each database."""
    return request.getfixturevalue(f"{request.param}_sichuan_home")


@pytest.fixture
def sqlite_anhui_home(sqlite_anhui_template, tmp_path):
    shutil.copytree(sqlite_anhui_template, tmp_path / "anhui")
    home = Home(tmp_path / "anhui")
    yield home
    home.close()


@pytest.fixture
def postgresql_anhui_home(server, postgresql_anhui_template, tmp_path):
    path, template = postgresql_anhui_template
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    shutil.copytree(path, tmp_path / "anhui")
    home = Home(tmp_path / "anhui", f"{server}/{name}")
    yield home
    home.close()
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def anhui_home(request):
    """A fresh home of Anhui; the test runs once on each database."""
    return request.getfixturevalue(f"{request.param}_anhui_home")


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request):
    """A fresh home of Guizhou; the test runs once on each database."""
    return request.getfixturevalue(f"{request.param}_home")


@pytest.fixture
def yibao(sqlite_home, monkeypatch, capsys):
    """Run a command in the home: (exit code, stdout, stderr)."""
    return _commands(sqlite_home, monkeypatch, capsys)


@pytest.fixture
def sichuan(sqlite_sichuan_home, monkeypatch, capsys):
    """Run a command in Sichuan's home: (exit code, stdout, stderr)."""
    return _commands(sqlite_sichuan_home, monkeypatch, capsys)


@pytest.fixture
def anhui(sqlite_anhui_home, monkeypatch, capsys):
    """Run a command in Anhui's home: (exit code, stdout, stderr)."""
    return _commands(sqlite_anhui_home, monkeypatch, capsys)


def _commands(home, monkeypatch, capsys):
    monkeypatch.setenv("YIBAO_HOME", str(home.path))
    monkeypatch.setenv("YIBAO_BY", "li")
    monkeypatch.delenv("YIBAO_DATABASE_URL", raising=False)

    def run(*words):
        code = call([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def form(tmp_path):
    """Write a form of transfers and give its path."""

    def write(name="a.csv", table="到账日期\n2017-05-02"):
        return write_form(tmp_path / name, "F1", transfers(table))

    return write


def _administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
