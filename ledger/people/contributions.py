"""Contributions (G1): a staged list becomes lines, people, their history and accounts.

A list is worked through in turns: a turn holds one row of each person, in the order
of the file, so that rows are judged as if they came one by one, however a list is cut
into files. A list of one month is one turn. Nothing here knows a policy: rates come
as rules of a month and region, reasons go out as words in code (`Refused.why`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, text

from ledger.people import registering, retiring, staging
from ledger.people.contribution_sql import (
    COMPLETE,
    INSERT_LINES,
    MONTHS_ON_FILE,
    RECEIVED,
    RECEIVED_LATER,
    REFUSED,
    REPLACED,
    REPLACING,
    filled,
    freed_by_completion,
    seen,
)

KEY = ("person_id", "at")
STAGED, TURN = "g1", "g1_turn"


class Rule(NamedTuple):
    """What holds for a month's rows of a region."""

    month: str
    region: str
    known: bool  # a pooling region of the home
    rate: Fraction | None  # of the base, for the account; None: no rule in force
    supplement: bool  # a second line of a person and month is taken


class Refused(NamedTuple):
    """A row that is not taken, why, and what the reason's words may need.

    Money is whole fen; `expected` is the part for the account by rule. `held` is the
    registered name, birth, month of retirement or of death, `elsewhere` the region of
    the month's other line.
    """

    why: str
    sheet: str
    row: int
    month: str
    region: str
    name: str
    born: str
    retired_from: str
    kind: str
    base: int | None
    personal: int | None
    declared: int | None
    civil: int | None
    expected: int | None
    held_name: str | None
    held_born: str | None
    held_retired_from: str | None
    held_died: str | None
    held_since: str | None
    elsewhere: str | None


class Received(NamedTuple):
    """Money that came for rows of a month and region on a day, in whole fen."""

    region: str
    month: str
    received_on: str
    own: int
    total: int
    first_row: int
    last_row: int
    rows: int


class Outcome(NamedTuple):
    """What became of a list."""

    new: int
    known: int
    completed: int
    refused: list[Refused]
    received: list[Received]


def take(connection: Connection, document_id: int, rules: Iterable[Rule]) -> Outcome:
    """Take the rows that are staged in `g1`; every change it makes is set-based."""
    rules = list(rules)
    if not rules:  # nothing is staged
        return Outcome(0, 0, 0, [], [])
    _keep_rules(connection, rules)
    turns = _turns(connection)
    outcomes = []
    for turn in range(1, turns + 1):
        table = STAGED
        if turns > 1:
            table = TURN
            staging.temporary(
                connection,
                TURN,
                f"SELECT g1.* FROM g1_order JOIN g1 ON g1.person_id = "
                f"g1_order.person_id AND g1.at = g1_order.at "
                f"WHERE g1_order.turn = {turn} ORDER BY g1.person_id",
            )
        outcomes.append(_Turn(connection, table, document_id).take())
    return Outcome(
        sum(outcome.new for outcome in outcomes),
        sum(outcome.known for outcome in outcomes),
        sum(outcome.completed for outcome in outcomes),
        [row for outcome in outcomes for row in outcome.refused],
        [row for outcome in outcomes for row in outcome.received],
    )


def _keep_rules(connection: Connection, rules: Iterable[Rule]) -> None:
    staging.temporary(
        connection,
        "g1_rule",
        "SELECT '' AS month, '' AS region, 0 AS known, CAST(NULL AS bigint) AS num, "
        "CAST(NULL AS bigint) AS den, 0 AS supplement WHERE 1 = 0",
    )
    connection.execute(
        text("INSERT INTO g1_rule VALUES (:month, :region, :known, :num, :den, :more)"),
        [
            {
                "month": rule.month,
                "region": rule.region,
                "known": int(rule.known),
                "num": None if rule.rate is None else rule.rate.numerator,
                "den": None if rule.rate is None else rule.rate.denominator,
                "more": int(rule.supplement),
            }
            for rule in rules
        ],
    )
    connection.exec_driver_sql("CREATE INDEX g1_rule_key ON g1_rule (month, region)")


def _turns(connection: Connection) -> int:
    """How many rows one person has at most; more than one are put into an order."""
    if staging.once_each(connection, STAGED):
        return 1
    most = connection.exec_driver_sql(
        "SELECT max(rows) FROM "
        "(SELECT count(*) AS rows FROM g1 GROUP BY person_id) AS people"
    ).scalar()
    if most and most > 1:
        staging.temporary(
            connection,
            "g1_order",
            "SELECT person_id, at, row_number() OVER "
            "(PARTITION BY person_id ORDER BY at) AS turn FROM g1",
        )
    return most or 0


class _Turn:
    """Rows of different people, taken together."""

    def __init__(self, connection: Connection, table: str, document_id: int):
        self.connection = connection
        self.document_id = document_id
        self.months = list(connection.execute(text(MONTHS_ON_FILE)).scalars())
        registering.keep_months(connection, self.months)
        own = connection.exec_driver_sql(
            f"SELECT DISTINCT month FROM {table}"
        ).scalars()
        people = connection.exec_driver_sql("SELECT 1 FROM person LIMIT 1").first()
        self.words = filled(
            connection,
            table,
            people=people is not None,
            lines=not set(own).isdisjoint(self.months),
            latest=self.months[-1] if self.months else "",
        )
        self.people = people is not None
        self.table = table

    def take(self) -> Outcome:
        known, completed, refused = self._sort_out()
        left = self._scalar(f"SELECT count(*) FROM {self.table}")
        received: list[Received] = []
        if completed:
            received += self._complete()
        if left:
            received += [Received(*row) for row in self._rows(RECEIVED)]
            news = registering.news(self.connection, self.words, self.people)
            retired = retiring.known_now(self.connection, self.words, self.people)
            self._run(INSERT_LINES)
            registering.register(
                self.connection, self.words, news, self.document_id, self.people
            )
            if retired:
                retiring.correct(self.connection, self.document_id)
            registering.restate_late(self.connection, self.people, retired)
        return Outcome(left, known, completed, refused, received)

    def _sort_out(self) -> tuple[int, int, list[Refused]]:
        """Take what is known, completed or refused out of the turn."""
        staging.temporary(self.connection, "g1_seen", seen(self.words))
        counted = dict(
            self.connection.exec_driver_sql(
                "SELECT what, count(*) FROM g1_seen GROUP BY what"
            ).all()
        )
        if not counted:
            return 0, 0, []
        known, completed = counted.pop("known", 0), counted.pop("complete", 0)
        refused = [Refused(*row) for row in self._rows(REFUSED)] if counted else []
        if completed:
            staging.temporary(
                self.connection,
                "g1_complete",
                f"SELECT g.* FROM g1_seen AS seen JOIN {self.table} AS g "
                "ON g.person_id = seen.person_id AND g.at = seen.at "
                "WHERE seen.what = 'complete'",
            )
        self.connection.exec_driver_sql(
            f"DELETE FROM {self.table} WHERE (person_id, at) IN "
            "(SELECT person_id, at FROM g1_seen)"
        )
        return known, completed, refused

    def _complete(self) -> list[Received]:
        """Fill 到账日期 of lines that waited for it.

        A line that is not credited as 在职 (ready without its money, or its person
        dead) is replaced by a line of this document with nothing for the account, so
        that freeing the document brings the former one back.
        """
        received = [Received(*row) for row in self._rows(RECEIVED_LATER)]
        self._run(COMPLETE)
        self._run(REPLACED, freed=freed_by_completion(self.document_id))
        self._run(REPLACING, freed=freed_by_completion(self.document_id))
        return received

    def _run(self, statement: str, **values) -> None:
        self.connection.execute(
            text(statement.format(**self.words)),
            {"document": self.document_id, **values},
        )

    def _rows(self, statement: str):
        return self.connection.execute(text(statement.format(**self.words))).all()

    def _scalar(self, statement: str) -> int:
        return self.connection.exec_driver_sql(statement).scalar_one()
