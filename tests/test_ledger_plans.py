"""Look-ups go through an index, whatever lies in the tables (SQLite's plans)."""

import pytest
from sqlalchemy import event

from ledger import postings, sources, standing

QUERIES = {
    "known transfers": lambda c: sources.known_lines(c, "F1", "serial", ["A"]),
    "known clearings": lambda c: sources.known_lines(c, "F2", "list_number", ["A"]),
    "known quotas": lambda c: sources.known_lines(c, "F3", "quarter", ["2017Q2"]),
    "known openings": lambda c: sources.known_lines(c, "F0", "book", ["b"]),
    "cleared months": lambda c: sources.cleared_periods(c, ["520102"], ["2017-04"]),
    "live parts": lambda c: standing.live_parts(c, {"F2|A"}),
    "first days": lambda c: standing.first_days(c, ["b"]),
    "held net": lambda c: standing.held_net(c, ["b"], ["暂收款——各市、州"]),
    "recorded": lambda c: postings.recorded(c, [1]),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_look_up_scans_no_table(query, sqlite_home):
    seen = []

    def listen(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(sqlite_home.engine, "before_cursor_execute", listen)
    with sqlite_home.reading() as connection:
        query(connection)
        event.remove(sqlite_home.engine, "before_cursor_execute", listen)
        plans = [
            row[-1]
            for statement, parameters in seen
            for row in connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", parameters
            )
        ]

    assert seen and not [plan for plan in plans if plan.startswith("SCAN ")]
