"""Staging: a list of people in a temporary table, for set-based work on it.

The table has the form's fields as the database keeps them, `sheet` and `row`, and
`at`, which counts the file's rows. It is gone with the transaction, on SQLite with
the connection, which an import closes (dropping a large table takes longer).
"""

from __future__ import annotations

from io import BytesIO
from itertools import count, islice, repeat
from typing import Iterable, Iterator, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ledger.people.tables import PERSON_ID

MONEY = {"base", "employer", "personal", "declared", "civil", "amount"}
MONEY |= {"total", "in_policy", "pooled", "other", "own", "shared", "cash"}
NUMBERS = {"at", "row", "year"}
TEXTS = {"g6": {"other"}}  # 对方, no money
CACHE_KIB = 64 * 1024  # SQLite keeps this much of temporary tables in memory
SORTED = 0.999  # correlation of place and order
CHUNK = 20_000  # rows handed to the driver at once
WORK_MEMORY = "64MB"  # PostgreSQL, for a sort or a hash


def load(
    connection: Connection,
    name: str,
    fields: Sequence[str],
    blocks: Iterable,
    key: Sequence[str] = (),
) -> int:
    """Make the temporary table `name` of a document's blocks; says how many rows.

    With a `key` the rows lie in its order on SQLite: an insert … select from it then
    fills tables of the same order without sorting.
    """
    columns = ["at", "sheet", "row", *fields]
    _make(connection, name, columns, key)
    into = _into_sqlite if connection.dialect.name == "sqlite" else _into_postgresql
    done = into(connection, name, columns, blocks)
    if connection.dialect.name == "postgresql":
        if key:
            _index(connection, name, key)
        connection.exec_driver_sql(f"ANALYZE {name}")
    return done


def once_each(connection: Connection, name: str) -> bool:
    """Whether a table loaded with a key is known to have each person once.

    Told by the index that `load` could make; False says nothing.
    """
    if connection.dialect.name == "sqlite":
        return False
    found = connection.execute(
        text("SELECT to_regclass(:index)"), {"index": f"pg_temp.{name}_once"}
    ).scalar()
    return found is not None


def in_order(connection: Connection, name: str) -> bool:
    """Whether a table's rows lie as good as in the order of their people.

    Tables are filled in that order; what lies so already need not be sorted first.
    PostgreSQL tells from the sample of ANALYZE.
    """
    if connection.dialect.name == "sqlite":
        return True
    correlation = connection.execute(
        text(
            "SELECT correlation FROM pg_stats WHERE tablename = :name"
            " AND attname = 'person_id' AND schemaname LIKE 'pg_temp%'"
        ),
        {"name": name},
    ).scalar()
    return correlation is not None and correlation > SORTED


def append(
    connection: Connection,
    name: str,
    columns: Sequence[str] | None,
    rows: Iterable[tuple],
) -> None:
    """Add rows to a table through the driver, as the database keeps their values."""
    cursor, rows = connection.connection.cursor(), iter(rows)
    quoted = "(" + ", ".join(f'"{c}"' for c in columns) + ")" if columns else ""
    while chunk := list(islice(rows, CHUNK)):
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(chunk[0]))
            cursor.executemany(f"INSERT INTO {name} {quoted} VALUES ({marks})", chunk)
            continue
        texts = map(_copied, zip(*chunk))
        lines = "\n".join(map("\t".join, zip(*texts))) + "\n"
        copy = f"COPY {name} {quoted} FROM STDIN"
        cursor.execute(copy, stream=BytesIO(lines.encode()))
    cursor.close()


def temporary(connection: Connection, name: str, query: str, **values) -> int:
    """Make a temporary table of a query's rows; says how many."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{name}")
        connection.execute(text(f"CREATE TEMP TABLE {name} AS {query}"), values)
    else:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{name}")
        connection.execute(
            text(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}"), values
        )
        connection.exec_driver_sql(f"ANALYZE {name}")
    return connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()


def _make(connection: Connection, name: str, columns: list[str], key) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA temp.cache_size = -{CACHE_KIB}")
    else:
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        connection.exec_driver_sql("SET LOCAL jit = off")  # longer than what it saves
    person_id = PERSON_ID.dialect_impl(connection.dialect).compile(connection.dialect)
    kinds = {"person_id": person_id, **dict.fromkeys(MONEY, "BIGINT")}
    kinds |= dict.fromkeys(NUMBERS, "INTEGER")
    kinds |= dict.fromkeys(TEXTS.get(name, ()), "TEXT")
    declared = [f"{column} {kinds.get(column, 'TEXT')}" for column in columns]
    if sqlite:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{name}")
        declared += [f"PRIMARY KEY ({', '.join(key)})"] if key else []
        end = "WITHOUT ROWID" if key else ""
    else:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{name}")
        end = "ON COMMIT DROP"
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE {name} ({', '.join(declared)}) {end}"
    )


def _index(connection: Connection, name: str, key: Sequence[str]) -> None:
    """An index on the key's first column where it is unique, else on the key."""
    make = "CREATE UNIQUE INDEX {0} ON {1} ({2})"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(make.format(f"{name}_once", name, key[0]))
    except DBAPIError:  # someone has two rows
        connection.exec_driver_sql(make.format(f"{name}_key", name, ", ".join(key)))


def _into_sqlite(connection: Connection, name: str, columns, blocks) -> int:
    marks = ", ".join("?" * len(columns))
    insert = f"INSERT INTO temp.{name} VALUES ({marks})"
    cursor, at = connection.connection.cursor(), 0
    for block in blocks:
        rows = zip(count(at + 1), repeat(block.sheet), block.rows, *block.columns)
        # The numbers alone have no end: the rows of the block end it.
        cursor.executemany(insert, rows)
        at += len(block.rows)
    cursor.close()
    return at


def _into_postgresql(connection: Connection, name: str, columns, blocks) -> int:
    """One COPY: the server takes a block while the next is read.

    What goes wrong in reading is raised once the COPY has ended in good order.
    """
    cursor, counted, failed = connection.connection.cursor(), [0], []

    def stream() -> Iterator[bytes]:
        try:
            for block in blocks:
                yield _copy_rows(block, counted[0])
                counted[0] += len(block.rows)
        except BaseException as error:
            failed.append(error)

    copy = f"COPY {name} ({', '.join(columns)}) FROM STDIN"
    cursor.execute(copy, stream=stream())
    cursor.close()
    if failed:
        raise failed[0]
    return counted[0]


def _copy_rows(block, before: int) -> bytes:
    count = len(block.rows)
    texts = [
        map(str, range(before + 1, before + 1 + count)),
        [_escaped(block.sheet)] * count,
        map(str, block.rows),
        *map(_copied, block.columns),
    ]
    return ("\n".join(map("\t".join, zip(*texts))) + "\n").encode()


def _copied(column: Sequence) -> Sequence[str]:
    """A column's values as COPY's text format writes them; absent are no texts."""
    first = column[0]
    if column.count(first) == len(column):
        return [_escaped(first)] * len(column)
    if None in column:
        return [NULL if value is None else str(value) for value in column]
    if isinstance(first, int):
        return list(map(str, column))
    return column if _is_plain(column) else list(map(_escaped, column))


def _is_plain(texts: Sequence[str]) -> bool:
    whole = "".join(texts)
    return "\\" not in whole and whole.isprintable()


def _escaped(value) -> str:
    if value is None:
        return NULL
    kept = str(value).replace("\\", "\\\\").replace("\t", "\\t")
    return kept.replace("\n", "\\n").replace("\r", "\\r")


NULL = "\\N"
