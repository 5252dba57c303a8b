"""Deaths: who died, and what was or would be credited for months after.

A death is told by a list of changes (G6): by a row 死亡 when it is imported, by a row
继承 when its batch counts. What was credited for later months is corrected by the
next `credit`; lines not yet credited are not credited any more.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from sqlalchemy import Connection, text

from ledger.errors import BookError
from ledger.people.tables import Correction
from ledger.periods import Month, period

REASON = "死亡"
CORRECTION = Correction.__table__
# The kinds of movement that belong to a month of insurance.
MONTHLY = "('在职计入', '退休划入', '公务员补助计入')"


class Death(NamedTuple):
    """Who died, on which day (2023-03-05), and where it was said."""

    person_id: str
    died_on: str
    document_id: int
    row: int

    @property
    def from_month(self) -> Month:
        """The first month that is not credited any more."""
        return period(self.died_on[:7]).next


def register(connection: Connection, deaths: Sequence[Death]) -> None:
    """Register deaths of people who were not known to be dead."""
    latest = connection.execute(
        text("SELECT max(month) FROM contribution_line")
    ).scalar()
    for death in deaths:
        values = {"id": death.person_id, "from_month": str(death.from_month)}
        connection.execute(text(DIES), {**values, "day": death.died_on})
        for month in _months(death.from_month, latest or ""):
            connection.execute(text(UNCREDITED), {**values, "month": month})
        connection.execute(
            text(TO_CORRECT),
            {
                **values,
                "reason": REASON,
                "document": death.document_id,
                "row": death.row,
            },
        )


def of_batch(connection: Connection, batch_id: int) -> None:
    """Register the deaths that a batch's inheritances told."""
    rows = connection.execute(text(TOLD), {"batch": batch_id}).all()
    register(connection, [Death(*map(_plain, row)) for row in rows])


def withdraw(connection: Connection, person_ids: Sequence[str]) -> None:
    """Take back deaths that no line that counts tells any more.

    A death whose later months were corrected already stays.
    """
    latest = connection.execute(
        text("SELECT max(month) FROM contribution_line")
    ).scalar()
    for person_id in sorted(set(person_ids)):
        died_on = connection.execute(text(UNTOLD), {"id": person_id}).scalar()
        if died_on is None:
            continue
        death = Death(person_id, str(died_on), 0, 0)
        values = {"id": person_id, "from_month": str(death.from_month)}
        for month in _months(death.from_month, latest or ""):
            _refuse_pooled(connection, person_id, month)
        connection.execute(text(LIVES), values)
        connection.execute(text(NOTHING_TO_CORRECT), {**values, "reason": REASON})
        for month in _months(death.from_month, latest or ""):
            connection.execute(text(CREDITED_AGAIN), {"id": person_id, "month": month})


def _refuse_pooled(connection: Connection, person_id: str, month: str) -> None:
    """What a list brought for a month after the death went to 统筹基金."""
    asked = {"id": person_id, "month": month}
    later = connection.execute(text(POOLED), asked).first()
    if later is not None:
        raise BookError(
            f"死亡之后各月的缴费已由清单（{later.name}）补来并全部计入统筹基金，"
            "不能先撤回这笔死亡；请先冲销、退回或撤回那一份"
        )


def _months(first: Month, latest: str) -> list[str]:
    """The months from one on, up to the latest of which there are lines."""
    months = []
    while str(first) <= latest:
        months.append(str(first))
        first = first.next
    return months


def _plain(value):
    return value if isinstance(value, int) else str(value)


DIES = """
    UPDATE person SET died_on = date(:day) WHERE person_id = :id AND died_on IS NULL
"""
UNCREDITED = """
    UPDATE contribution_line SET credit_as = ''
    WHERE month = :month AND person_id = :id AND freed = 0 AND NOT EXISTS (
        SELECT 1 FROM movement JOIN batch ON batch.id = movement.batch_id
        WHERE movement.person_id = contribution_line.person_id
          AND movement.period = contribution_line.month
          AND movement.act IN ('credit', 'civil')
          AND movement.region = contribution_line.region
          AND batch.state IN ('draft', 'counted')
    )
"""
TO_CORRECT = f"""
    INSERT INTO correction (person_id, from_month, reason, region, document_id, "row")
    SELECT person_id, CAST(:from_month AS varchar), CAST(:reason AS varchar), region,
           CAST(:document AS integer), CAST(:row AS integer)
    FROM movement
    WHERE person_id = :id AND period >= :from_month AND kind IN {MONTHLY}
    GROUP BY person_id, region HAVING sum(amount) > 0
    ORDER BY region LIMIT 1
    ON CONFLICT (person_id, from_month, reason) DO UPDATE SET batch_id = NULL
"""
TOLD = """
    SELECT change_line.person_id, min(change_line.died_on),
           min(change_line.document_id), min(change_line."row")
    FROM change_line JOIN person ON person.person_id = change_line.person_id
    WHERE change_line.batch_id = :batch AND change_line.kind = '继承'
      AND change_line.freed = 0
      AND change_line.died_on IS NOT NULL AND person.died_on IS NULL
    GROUP BY change_line.person_id ORDER BY change_line.person_id
"""
UNTOLD = """
    SELECT person.died_on FROM person
    WHERE person.person_id = :id AND person.died_on IS NOT NULL
      AND EXISTS (
        SELECT 1 FROM change_line
        WHERE change_line.person_id = person.person_id AND change_line.freed > 0
          AND change_line.died_on = person.died_on
      )
      AND NOT EXISTS (
        SELECT 1 FROM change_line
        LEFT JOIN batch ON batch.id = change_line.batch_id
        WHERE change_line.person_id = person.person_id AND change_line.freed = 0
          AND change_line.died_on IS NOT NULL
          AND (change_line.batch_id IS NULL OR batch.state = 'counted')
      )
      AND NOT EXISTS (
        SELECT 1 FROM correction
        WHERE correction.person_id = person.person_id
          AND correction.reason = '死亡' AND correction.batch_id IS NOT NULL
      )
"""
LIVES = "UPDATE person SET died_on = NULL WHERE person_id = :id"
NOTHING_TO_CORRECT = """
    DELETE FROM correction
    WHERE person_id = :id AND from_month = :from_month AND reason = :reason
"""
POOLED = """
    SELECT document.name FROM contribution_line AS l
    JOIN contribution_line AS before ON before.month = l.month
      AND before.person_id = l.person_id AND before.kind = l.kind
      AND before.freed = 3 * l.document_id + 2
    JOIN document ON document.id = l.document_id
    WHERE l.month = :month AND l.person_id = :id AND l.freed = 0
      AND l.credit_as = '' AND l.own = 0 AND before.own > 0
    LIMIT 1
"""
CREDITED_AGAIN = """
    UPDATE contribution_line SET credit_as = CASE
        WHEN contribution_line.status = '退休' OR (
            person.retired_from <> '' AND person.retired_from <= contribution_line.month
        ) THEN '退休' ELSE '在职' END
    FROM person
    WHERE contribution_line.month = :month AND contribution_line.person_id = :id
      AND contribution_line.freed = 0 AND contribution_line.credit_as = ''
      AND contribution_line.insured_as <> '单建统筹'
      AND person.person_id = contribution_line.person_id
"""
