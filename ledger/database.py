"""A home's database: SQLite in the home, or PostgreSQL by URL.

One writer at a time: `writing` takes the lock or raises UnavailableError after
30 seconds. What is written inside is committed together or not at all.
"""

from __future__ import annotations

import io
import sqlite3
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Iterable, Iterator, Sequence

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from ledger.errors import BookError, UnavailableError

SCHEMA_VERSION = "0005"
LOCK_SECONDS = 30
LOCK_KEY = 20170417  # any number that nothing else in the database locks
SLICE = 5_000
# A server ends a long statement, and its lock, soon after its client is gone.
CHECK_CLIENT = """
    SELECT set_config('client_connection_check_interval', '1s', true)
    WHERE current_setting('server_version_num') >= '140000'
"""
LOCKED = ("locked", "55P03")  # SQLite's word, PostgreSQL's lock_not_available
AWAY = (
    "'28P01'",
    "'28000'",
    "'3D000'",
    "'57P01'",
    "'53100'",
)  # login, none, down, full
CHECKPOINT_PAGES = 16_384  # of 4 KiB: a usual import need not wait for one
INTERRUPTED = "interrupted"  # SQLite's word for a statement that Ctrl-C ended
OPCODES = 100_000  # of SQLite's machine between two looks for signals
CACHE_KIB = 64 * 1024  # SQLite keeps this much of its file in memory


class Home:
    """A folder with books, documents and output, and the database behind it."""

    def __init__(self, path: Path | str, url: str | None = None):
        self.path = Path(path).resolve()
        self.url = url or f"sqlite:///{self.path / 'yibao.db'}"
        self.engine = _engine(self.url)
        self.prints_wait = False  # for whoever has many commands to run in it

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what is committed; nothing can be written."""
        with _answering(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(
                    text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                )
            else:
                connection.exec_driver_sql("BEGIN")
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self, keep: bool = True) -> Iterator[Connection]:
        """The one writer's transaction; with keep=False everything is undone."""
        with _answering(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
                connection.execute(text(CHECK_CLIENT))
                connection.execute(select(func.pg_advisory_xact_lock(LOCK_KEY)))
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except KeyboardInterrupt:
                connection.invalidate()  # a server would first end its statement
                raise
            except BaseException:
                connection.rollback()
                raise
            if keep:
                connection.commit()
            else:
                connection.rollback()

    def close(self) -> None:
        self.engine.dispose()


def open_home(path: Path | str, url: str | None = None) -> Home:
    """An existing home whose tables are this program's; BookError otherwise."""
    home = Home(path, url)
    if url is None and not (home.path / "yibao.db").is_file():
        raise BookError(
            f"{home.path}不是账套目录，里面没有 yibao.db；先运行 yibao init"
        )
    found = schema_version(home)
    if found != SCHEMA_VERSION:
        raise BookError(
            f"数据库的结构版本是{found or '空'}，本程序要{SCHEMA_VERSION}；"
            "请运行 yibao db upgrade"
        )
    return home


def schema_version(home: Home) -> str | None:
    with _answering(), home.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar()


def upgrade(home: Home) -> None:
    """Bring the tables to this program's version, with Alembic's migrations."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("ledger") / "migrations"))
    with home.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def next_id(connection: Connection, table: Table) -> int:
    """The next free id of a table; the caller holds the writer's lock."""
    return connection.execute(
        select(func.coalesce(func.max(table.c.id), 0) + 1)
    ).scalar()


def bulk_insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple]
) -> None:
    """Insert many rows through the driver: executemany on SQLite, COPY on PostgreSQL.

    Values are as the database keeps them: money in whole fen.
    """
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        cursor = connection.connection.cursor()
        cursor.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
        cursor.close()
        return
    text_rows = ("\t".join(map(_copied, row)) + "\n" for row in rows)
    stream = io.StringIO("".join(text_rows))
    cursor = connection.connection.cursor()
    cursor.execute(f"COPY {table.name} ({names}) FROM STDIN", stream=stream)
    cursor.close()


def _copied(value) -> str:
    """A value as COPY's text format writes it."""
    if value is None:
        return "\\N"
    text_of = str(value)
    return (
        text_of.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r")
    )


def slices(values: Iterable, size: int = SLICE) -> Iterator[list]:
    """Values in lists short enough for an IN (…)."""
    batch = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _engine(url: str) -> Engine:
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+pg8000://" + url.partition("://")[2]
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def configure(connection, _):
        # The driver's own BEGIN would come too late for BEGIN IMMEDIATE.
        connection.isolation_level = None
        connection.set_progress_handler(_signals, OPCODES)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")

    return engine


def _signals() -> int:
    """Called inside long statements of SQLite, so that Ctrl-C is heard in them."""
    return 0


@contextmanager
def _answering() -> Iterator[None]:
    """Turn a database that is locked or away into an UnavailableError."""
    try:
        yield
    except (DBAPIError, sqlite3.OperationalError) as error:
        # The driver's own error comes from bulk_insert; pg8000 tells by SQLSTATE.
        orig = getattr(error, "orig", error)
        said = str(orig)
        if said == INTERRUPTED:
            raise KeyboardInterrupt from error
        if any(word in said for word in LOCKED):
            raise UnavailableError(
                f"等了{LOCK_SECONDS}秒，数据库仍被另一个程序占用；请稍后再试"
            ) from error
        kinds = (OperationalError, InterfaceError, sqlite3.OperationalError)
        if isinstance(error, kinds) or any(word in said for word in AWAY):
            raise UnavailableError(f"数据库用不了：{orig}；请检查后再试") from error
        raise
