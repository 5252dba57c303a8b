"""`yibao db distribute`: the calls to Citus, and that the tables are fit for it.

The extension itself is not at hand: functions of its names record what is called, and
pg_dist_partition is what Citus would then show.
"""

import json

import pytest
from sqlalchemy import UniqueConstraint, text

from desk.cli import call
from ledger.errors import BookError
from ledger.people.distribution import (
    REFERENCE,
    distribute,
    layout,
    people_tables,
    statement,
)
from ledger.schema import Base

STUBS = """
CREATE TABLE pg_dist_partition
    (logicalrelid regclass, partmethod "char", repmodel "char")

CREATE TABLE called (id serial, said text)

CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void AS $$
    INSERT INTO pg_dist_partition VALUES (table_name, 'n', 't');
    INSERT INTO called (said) VALUES ('reference ' || table_name);
$$ LANGUAGE sql

CREATE FUNCTION create_distributed_table(
    table_name regclass, distribution_column text,
    distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default',
    shard_count int DEFAULT NULL
) RETURNS void AS $$
    INSERT INTO pg_dist_partition VALUES (table_name, 'h', 's');
    INSERT INTO called (said) VALUES (
        table_name || ' by ' || distribution_column || ' beside ' || colocate_with);
$$ LANGUAGE sql
"""
PEOPLE = [table.name for table in people_tables()]


@pytest.fixture
def citus(postgresql_home):
    """A home whose database has functions that stand for Citus's."""
    with postgresql_home.writing() as connection:
        for part in STUBS.split("\n\n"):
            connection.exec_driver_sql(
                part if "CREATE" in part[:8] else f"CREATE{part}"
            )
    return postgresql_home


def called(home) -> list[str]:
    with home.reading() as connection:
        return list(
            connection.execute(text("SELECT said FROM called ORDER BY id")).scalars()
        )


def test_everything_of_a_person_lies_together(citus):
    placed = distribute(citus)

    assert all(table.done for table in placed)
    assert called(citus)[:7] == [
        "reference document",
        "reference batch",
        "reference batch_total",
        "reference batch_document",
        "reference institution",
        "person by person_id beside none",
        "account by person_id beside person",
    ]
    assert "movement by person_id beside person" in called(citus)
    assert called(citus)[-1] == "serial_key by serial beside none"


def test_what_is_placed_is_not_placed_again(citus):
    distribute(citus)
    before = called(citus)

    placed = distribute(citus)

    assert called(citus) == before
    assert not any(table.done for table in placed)


def test_an_interrupted_run_is_taken_up_where_it_ended(citus):
    with citus.writing() as connection:
        connection.execute(text("SELECT create_reference_table('document')"))

    done = [table.table for table in distribute(citus) if table.done]

    assert "document" not in done
    assert called(citus).count("reference document") == 1


def test_a_dry_run_calls_nothing(citus):
    assert all(table.done for table in distribute(citus, dry_run=True))
    assert called(citus) == []


def test_what_somebody_placed_otherwise_is_refused_with_the_remedy(citus):
    with citus.writing() as connection:
        connection.execute(text("SELECT create_reference_table('movement')"))

    with pytest.raises(BookError, match=r"undistribute_table\('movement'\)"):
        distribute(citus)


def test_what_citus_refuses_is_told_in_its_words(citus):
    with citus.writing() as connection:
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION create_reference_table(table_name regclass)"
                " RETURNS void AS $$ BEGIN RAISE 'no coordinator in metadata'; END $$"
                " LANGUAGE plpgsql"
            )
        )

    with pytest.raises(BookError, match="document：no coordinator in metadata；"):
        distribute(citus)


def test_without_the_extension_the_remedy_is_named(postgresql_home):
    with pytest.raises(BookError, match="CREATE EXTENSION citus"):
        distribute(postgresql_home)


def test_the_command_lists_what_it_did(citus, monkeypatch, capsys):
    monkeypatch.setenv("YIBAO_HOME", str(citus.path))
    monkeypatch.setenv("YIBAO_DATABASE_URL", citus.url)

    assert call(["db", "distribute", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["status"] == "distributed"
    assert told["tables"][0] == {
        "table": "document",
        "kind": "reference",
        "column": "",
        "beside": "",
        "done": True,
        "statement": "SELECT create_reference_table('document')",
    }
    assert call(["db", "distribute"]) == 0
    assert "已分布0张表" in capsys.readouterr().out


def test_sqlite_cannot_be_distributed(yibao):
    code, _, said = yibao("db", "distribute")

    assert code == 1
    assert "SQLite，不能分布" in said and "YIBAO_DATABASE_URL" in said


# What Citus asks of the tables.


@pytest.mark.parametrize("name", PEOPLE)
def test_every_key_of_a_person_s_table_holds_the_person(name):
    table = Base.metadata.tables[name]
    keys = [table.primary_key.columns]
    keys += [c.columns for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [index.columns for index in table.indexes if index.unique]

    assert all("person_id" in key for key in keys)
    assert not any(column.unique for column in table.columns)


def test_whoever_is_a_person_in_a_table_has_the_same_type():
    """Tables lie together only when their columns have one type and collation."""
    columns = [Base.metadata.tables[name].c.person_id.type for name in PEOPLE]
    types = {(column.length, repr(column._variant_mapping)) for column in columns}

    assert len(types) == 1


def test_tables_that_name_a_person_are_distributed_but_for_two():
    """serial_key is found by its serial, disclosure is a log in order of time."""
    named = {t.name for t in Base.metadata.sorted_tables if "person_id" in t.c}

    assert named - set(PEOPLE) == {"serial_key", "disclosure"}


def test_no_foreign_key_crosses_to_or_from_a_person_s_table():
    crossing = [
        (table.name, key.target_fullname)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if table.name in PEOPLE or key.column.table.name in PEOPLE
    ]

    assert crossing == []


def test_foreign_keys_of_tables_on_every_node_only_restrict():
    """Citus takes no CASCADE or SET NULL from a reference table to a local one."""
    actions = {
        (key.ondelete, key.onupdate)
        for table in REFERENCE
        for key in table.foreign_keys
    }

    assert actions == {(None, None)}


def test_the_serial_key_is_unique_by_its_distribution_column():
    table = Base.metadata.tables["serial_key"]

    assert "serial" in table.primary_key.columns


def test_the_calls_are_citus_own():
    calls = [statement(wanted) for wanted in layout()]

    assert (
        "SELECT create_distributed_table('movement', 'person_id', "
        "colocate_with => 'person')"
    ) in calls
    assert len(calls) == len(set(calls)) == len(REFERENCE) + len(PEOPLE) + 1
