"""`yibao db distribute`: the tables laid out over a Citus cluster, by its own calls.

Tables of people are hash-distributed by person_id and lie together; small tables that
are joined with them stand whole on every node; the rest stays on the coordinator.
docs/people.md says why, and what Citus asks for.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError

from ledger.database import Home
from ledger.errors import BookError
from ledger.people.tables import (
    Batch,
    BatchDocument,
    BatchTotal,
    Person,
    SerialKey,
)
from ledger.schema import Base, Document
from ledger.settlements.tables import Institution

PERSON = "person_id"
FIRST = Person.__table__  # the others are placed beside it
# Joined with tables of people in statements over everyone.
REFERENCE: tuple[Table, ...] = (
    Document.__table__,
    Batch.__table__,
    BatchTotal.__table__,
    BatchDocument.__table__,
    Institution.__table__,
)
DISTRIBUTED, WHOLE = "distributed", "reference"
HASH, SINGLE, REPLICATED = "h", "n", "t"  # partmethod; repmodel of a reference table


class Placed(NamedTuple):
    """A table's place; `done` says that it was placed now, not before."""

    table: str
    kind: str  # distributed, reference
    column: str  # by which it is distributed
    beside: str  # the table that it lies with
    done: bool


def people_tables() -> list[Table]:
    """The tables whose primary key holds a person, the first before the others."""
    found = [
        table
        for table in Base.metadata.sorted_tables
        if PERSON in table.c and table.c[PERSON].primary_key
    ]
    found.remove(FIRST)
    return [FIRST, *sorted(found, key=lambda table: table.name)]


def layout() -> list[Placed]:
    """Every table that Citus has to place, in the order in which it must be told."""
    whole = [Placed(table.name, WHOLE, "", "", False) for table in REFERENCE]
    people = [
        Placed(
            table.name,
            DISTRIBUTED,
            PERSON,
            "" if table is FIRST else FIRST.name,
            False,
        )
        for table in people_tables()
    ]
    serials = Placed(SerialKey.__tablename__, DISTRIBUTED, "serial", "", False)
    return [*whole, *people, serials]


def distribute(home: Home, dry_run: bool = False) -> list[Placed]:
    """Place every table that is not placed yet; each call is committed by itself.

    What an earlier, interrupted run placed is left as it is. Raises BookError where
    the database is not PostgreSQL with Citus, a table was placed otherwise by
    somebody else, or Citus refuses.
    """
    with home.reading() as connection:
        _check_citus(connection)
        standing = _standing(connection)
    placed = []
    for wanted in layout():
        kind = standing.get(wanted.table)
        if kind not in (None, wanted.kind):
            raise BookError(
                f"表{wanted.table}已按另一种方式（{kind}）分布，应为{wanted.kind}；"
                f"请用 undistribute_table('{wanted.table}') 复原后再运行"
            )
        if kind is None and not dry_run:
            _place(home, wanted)
        placed.append(wanted._replace(done=kind is None))
    return placed


def statement(wanted: Placed) -> str:
    """Citus's call for a table.

    >>> statement(Placed("batch", "reference", "", "", False))
    "SELECT create_reference_table('batch')"
    """
    if wanted.kind == WHOLE:
        return f"SELECT create_reference_table('{wanted.table}')"
    beside = wanted.beside or "none"
    return (
        f"SELECT create_distributed_table('{wanted.table}', '{wanted.column}', "
        f"colocate_with => '{beside}')"
    )


def _place(home: Home, wanted: Placed) -> None:
    try:
        with home.writing() as connection:
            connection.execute(text(statement(wanted)))
    except DBAPIError as error:
        raise BookError(
            f"Citus 没有分布表{wanted.table}：{_said(error)}；以前各表已分布好，"
            "改正后再运行即从此处继续"
        ) from error


def _check_citus(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        raise BookError(
            "账套目录里的数据库是 SQLite，不能分布；请用 YIBAO_DATABASE_URL "
            "指向装有 Citus 扩展的 PostgreSQL"
        )
    if not connection.execute(text(HAS_CITUS)).scalar():
        raise BookError(
            "数据库没有 Citus 扩展；请由数据库管理员在协调节点安装 Citus，运行 "
            "CREATE EXTENSION citus，再运行 yibao db distribute"
        )


def _standing(connection: Connection) -> dict[str, str]:
    """How Citus has placed tables; one that it only knows of is not placed."""
    kinds = {}
    for table, method, model in connection.execute(text(STANDING)):
        if method == HASH:
            kinds[table] = DISTRIBUTED
        elif (method, model) == (SINGLE, REPLICATED):
            kinds[table] = WHOLE
        elif method != SINGLE:
            kinds[table] = method
    return kinds


def _said(error: DBAPIError) -> str:
    """The server's own message."""
    said = error.orig.args[0] if error.orig is not None and error.orig.args else ""
    return said.get("M", str(said)) if isinstance(said, dict) else str(said)


HAS_CITUS = """
    SELECT to_regclass('pg_dist_partition') IS NOT NULL
       AND EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'create_distributed_table')
"""
STANDING = """
    SELECT CAST(logicalrelid AS text), CAST(partmethod AS text),
           CAST(repmodel AS text)
    FROM pg_dist_partition
"""
