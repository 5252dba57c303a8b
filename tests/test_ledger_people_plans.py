"""A person's statement and crediting go through indexes, on both databases."""

import re
from contextlib import contextmanager
from datetime import date

import pytest
from batches_by_hand import Row, change, lines, retire
from people_by_hand import LI, NANCHONG
from sqlalchemy import event

from desk.people.credit import credit
from ledger.periods import Month
from reports.people.statement import statement
from tests.bench_credit import fill

PEOPLE = 20_000
SOMEBODY = "511300012345"
# Tables of people: none may be read from end to end for one of them.
BIG = "movement|account|person|person_state|contribution_line"

PERSONS = """
    INSERT INTO person (person_id, name, born, region, status, insured_as, since,
                        retired_from, document_id, row)
    SELECT person_id, '张三', '', region, '在职', '单位职工', '2023-01', '', 1, 3
    FROM account
"""
STATES = """
    INSERT INTO person_state (person_id, from_month, region, status, insured_as,
                              document_id, row)
    SELECT person_id, '2023-01', region, '在职', '单位职工', 1, 3 FROM account
"""


@contextmanager
def plans(home, *kinds: str):
    """The plans of the statements run inside, as (statement, plan) pairs."""
    seen, found = [], []

    def listen(connection, cursor, sql, parameters, context, executemany):
        if not executemany and sql.split()[0] in kinds:
            seen.append((sql, parameters))

    event.listen(home.engine, "before_cursor_execute", listen)
    yield found
    event.remove(home.engine, "before_cursor_execute", listen)
    explain = "EXPLAIN QUERY PLAN" if home.url.startswith("sqlite") else "EXPLAIN"
    with home.reading() as connection:
        for sql, parameters in seen:
            rows = connection.exec_driver_sql(f"{explain} {sql}", parameters)
            found += [(sql, str(row[-1])) for row in rows]


def scans(found) -> list[str]:
    """The plans that read a table of people from end to end.

    Of one statement it is no matter: whether a closed account holds money again.
    """
    whole = re.compile(rf"(^SCAN |Seq Scan on )({BIG})\b(?!.*USING)")
    return [
        plan
        for sql, plan in found
        if whole.search(plan) and "state = 'closed'" not in sql
    ]


@pytest.fixture
def credited(sichuan_home):
    fill(sichuan_home, PEOPLE)
    change(sichuan_home, PERSONS)
    change(sichuan_home, STATES)
    credit(sichuan_home, LI, Month(2023, 1), NANCHONG)
    analysed(sichuan_home)
    return sichuan_home


def analysed(home) -> None:
    if not home.url.startswith("sqlite"):
        change(home, "ANALYZE")


def test_a_persons_statement_reads_by_index(credited):
    with plans(credited, "SELECT", "WITH") as found:
        with credited.reading() as connection:
            told = statement(connection, SOMEBODY, date(2023, 2, 1))

    assert [row.kind for row in told.movements] == ["在职计入"]
    assert found and scans(found) == []


def test_crediting_some_late_rows_reads_no_other_months(credited):
    """Another month's few rows: neither movements nor accounts are read whole."""
    lines(credited, Row(SOMEBODY, "2023-02"))
    with plans(credited, "INSERT", "UPDATE", "SELECT") as found:
        made = credit(credited, LI, Month(2023, 2), NANCHONG)

    assert made.people == 1
    assert scans(found) == []


def test_a_correction_reads_the_persons_months_alone(credited):
    retire(credited, SOMEBODY, "2023-01")
    lines(credited, Row("511300000011", "2023-02"))
    with plans(credited, "INSERT", "UPDATE", "SELECT") as found:
        made = credit(credited, LI, Month(2023, 2), NANCHONG)

    assert made.corrected.months == 1
    assert scans(found) == []
