"""F7 in the database: what was paid to institutions, by bank transfer and fund.

A line with a posting made the vouchers of it (P7, P17); one without proves what the
P7 of a clearing had paid already.
"""

from __future__ import annotations

from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, insert, select, text

from ledger.database import slices
from ledger.documents import InstitutionPayment as Line
from ledger.people.withdrawing import BY_DOCUMENT
from ledger.settlements.institution_dues import KIND
from ledger.settlements.tables import Institution, InstitutionPayment

TABLE, ROSTER = InstitutionPayment.__table__, Institution.__table__
AWAY = ("at_home", "elsewhere", "institution_name", "province")  # the centre's alone
ROSTERED = ("code", "from_day", "region", "name", "level", "payee_account")


class KnownPayment(NamedTuple):
    """A line that the database holds; what the form alone says of it is None."""

    line: Line  # its period as text
    posting_ids: tuple[int | None, ...]


class Taken(NamedTuple):
    """A new line, the place whose book it is in, and what it posts, if anything."""

    line: Line
    place: str
    posting_id: int | None


def key(line: Line) -> tuple[str, str, str]:
    return line.payer_account, line.serial, line.fund


def known(
    connection: Connection, lines: Iterable[Line]
) -> dict[tuple[str, str, str], KnownPayment]:
    """The lines of the same bank transfers that stand, by account, 流水号 and fund."""
    wanted = {(line.payer_account, line.serial) for line in lines}
    columns = [TABLE.c[name] for name in Line._fields if name not in AWAY]
    found = {}
    for part in slices(sorted({account for account, _ in wanted})):
        for serials in slices(sorted({serial for _, serial in wanted})):
            rows = connection.execute(
                select(*columns, TABLE.c.posting_id).where(
                    TABLE.c.payer_account.in_(part),
                    TABLE.c.serial.in_(serials),
                    TABLE.c.freed == 0,
                )
            )
            for row in rows:
                told = row._asdict()
                posting_id = told.pop("posting_id")
                line = Line(at_home=None, elsewhere=None, **told)
                if (line.payer_account, line.serial) in wanted:
                    found[key(line)] = KnownPayment(line, (posting_id,))
    return found


def keep(connection: Connection, document_id: int, taken: Sequence[Taken]) -> None:
    """Store new lines."""
    rows = []
    for line, place, posting_id in taken:
        told = line._asdict()
        for name in AWAY:
            del told[name]
        told |= {"period": str(line.period), "place": place, "freed": 0}
        rows.append({**told, "document_id": document_id, "posting_id": posting_id})
    if rows:
        connection.execute(insert(TABLE), rows)


def roster(connection: Connection, institutions: Iterable[str]) -> dict[str, list]:
    """The roster's rows of some institutions, in order of days: code, from_day,
    region, name, level, payee_account."""
    found: dict[str, list] = {}
    for part in slices(sorted(set(institutions))):
        query = (
            select(*(ROSTER.c[name] for name in ROSTERED))
            .where(ROSTER.c.code.in_(part))
            .order_by(ROSTER.c.code, ROSTER.c.from_day)
        )
        for row in connection.execute(query):
            found.setdefault(row.code, []).append(row)
    return found


def free_postings(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Free the lines whose P7 was rejected or reversed.

    Where a clearing's own P7 is taken back its parts wait to be paid again, and the
    lines that had proved it are free.
    """
    for posting_id in posting_ids:
        asked = {"posting": posting_id}
        connection.execute(text(FREE), asked)
        for statement in (UNPROVE, MADE_AGAIN, WAIT_AGAIN):
            connection.execute(text(statement), {**asked, "kind": KIND})


def counted(connection: Connection) -> dict[int, tuple[int, int]]:
    """Of each document its live lines, and how many of them made no voucher."""
    rows = connection.execute(text(COUNTED))
    return {row.document_id: (row.lines, row.bare) for row in rows}


def withdraw(connection: Connection, document_id: int) -> int:
    """Free a document's lines that made no voucher; says how many there were."""
    return connection.execute(
        text(WITHDRAW),
        {"document": document_id, "freed": BY_DOCUMENT + document_id},
    ).rowcount


FREE = """
    UPDATE institution_payment SET freed = :posting
    WHERE freed = 0 AND posting_id = :posting
"""
CARRIED = """
    SELECT part.id FROM clearing_part AS part
    JOIN clearing ON clearing.id = part.clearing_id
    WHERE part.posting_id = :posting AND clearing.kind = :kind
"""
UNPROVE = f"""
    UPDATE institution_payment SET freed = :posting
    WHERE freed = 0 AND posting_id IS NULL AND EXISTS (
        {CARRIED} AND clearing.period = institution_payment.period
        AND part.payer = institution_payment.place
        AND part.payee = institution_payment.institution
        AND part.fund = institution_payment.fund)
"""
MADE_AGAIN = """
    UPDATE clearing SET state = 'made' WHERE kind = :kind AND id IN (
        SELECT clearing_id FROM clearing_part WHERE posting_id = :posting)
"""
WAIT_AGAIN = f"""
    UPDATE clearing_part SET posting_id = NULL WHERE id IN ({CARRIED})
"""
COUNTED = """
    SELECT document_id, count(*) AS lines,
           CAST(sum(CASE WHEN posting_id IS NULL THEN 1 ELSE 0 END) AS integer) AS bare
    FROM institution_payment WHERE freed = 0 GROUP BY document_id
"""
WITHDRAW = """
    UPDATE institution_payment SET freed = :freed
    WHERE freed = 0 AND posting_id IS NULL AND document_id = :document
"""
