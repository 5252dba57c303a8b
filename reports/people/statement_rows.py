"""What the database holds of one person: look-ups by key, never a scan."""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection, select, union_all

from ledger.documents import rows_text
from ledger.people.batches import ACCOUNT, BATCH, MOVEMENT, REJECTED
from ledger.people.changes import ACTS
from ledger.people.tables import (
    AccountOpeningLine,
    BounceLine,
    ChangeLine,
    ContributionLine,
    Person,
    PersonState,
    SerialKey,
)
from ledger.schema import Document, Voucher, VoucherLine
from ledger.settlements.tables import Institution, Premium, Settlement
from reports.people.kinds import CONTROL

PERSON, STATE = Person.__table__, PersonState.__table__
CONTRIBUTION = ContributionLine.__table__
OTHERS = [line.__table__ for line in (AccountOpeningLine, ChangeLine, BounceLine)]
KEY, PLACE = SerialKey.__table__, Institution.__table__
BILL, PREMIUM = Settlement.__table__, Premium.__table__
REVERSAL = "reversal"
BILLS = {"settle": "G3", "premium": "G5"}  # acts whose lines may be another person's
# Within a batch: what is taken back, what comes instead, what settles the rest.
PLACES = {"undo": 0, "civil": 2, "recover": 3, "claim": 4}
DOCUMENT, VOUCHER, LINE = (
    Document.__table__,
    Voucher.__table__,
    VoucherLine.__table__,
)


def person(connection: Connection, person_id: str):
    """The registered person, or None."""
    return connection.execute(
        select(PERSON).where(PERSON.c.person_id == person_id)
    ).first()


def states(connection: Connection, person_id: str, month: str) -> list:
    """The person's history up to a month, the earliest first."""
    return connection.execute(
        select(STATE)
        .where(STATE.c.person_id == person_id, STATE.c.from_month <= month)
        .order_by(STATE.c.from_month)
    ).all()


def accounts(connection: Connection, person_id: str) -> list:
    return connection.execute(
        select(ACCOUNT)
        .where(ACCOUNT.c.person_id == person_id)
        .order_by(ACCOUNT.c.region)
    ).all()


def movements(connection: Connection, person_id: str, until: date | None) -> list:
    """Movements with their batch's state, by day, then in the order of vouchers;
    rows of one list of changes in the order of their 流水号."""
    query = (
        select(
            MOVEMENT,
            BATCH.c.state,
            BATCH.c.posting_id,
            BATCH.c.period.label("batch_period"),
        )
        .join(BATCH, BATCH.c.id == MOVEMENT.c.batch_id)
        .where(MOVEMENT.c.person_id == person_id, BATCH.c.state != REJECTED)
    )
    if until:
        query = query.where(MOVEMENT.c.dated <= until)
    return in_order(connection.execute(query).all())


def in_order(rows: Sequence) -> list:
    """Movements in the order in which a statement tells them.

    A list of changes makes a batch of each kind of change; on one day they stand as
    one, where its first batch does.
    """
    lists: dict[tuple, int] = {}
    places: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: row.batch_id):
        if row.act in ACTS.values():
            of_list = (row.dated, row.document_id)
            places[row.batch_id] = lists.setdefault(of_list, row.batch_id)

    def key(row) -> tuple:
        taken_back, act = row.act == REVERSAL, _act(row)
        return (
            row.dated,
            places.get(row.batch_id, row.batch_id),
            PLACES.get(act, 1),
            not taken_back,
            row.period,
            row.serial,
        )

    return sorted(rows, key=key)


class Sources:
    """Where some movements of a person come from: vouchers, files and rows."""

    def __init__(self, connection: Connection, person_id: str, rows: Sequence):
        self._names = _document_names(connection, rows)
        self._sheets = _sheets(connection, person_id, rows) if self._names else {}
        self._sheets |= _sheets_of_bills(connection, person_id, rows)
        self._vouchers = _vouchers(connection, rows)
        self._institutions = _institutions(connection, rows)

    def source(self, row) -> str:
        """file.csv#sheet!R7, "" where no list says it."""
        name = self._names.get(row.document_id)
        if name is None or row.row is None:
            return ""
        sheet = self._sheets.get((row.document_id, row.row), "")
        return rows_text(name, {sheet: [row.row]})

    def voucher(self, row) -> str:
        """The voucher in the region's book; several where one kind has several."""
        names = self._vouchers.get((row.posting_id, row.region, row.kind), [])
        return "、".join(names[:1] + [name.rpartition("/")[2] for name in names[1:]])

    def institution(self, row) -> str:
        """The name of a bill's institution, its code where no roster has it."""
        return self._institutions.get(row.institution, row.institution)


def _document_names(connection: Connection, rows: Sequence) -> dict[int, str]:
    ids = {row.document_id for row in rows} - {None}
    if not ids:
        return {}
    query = select(DOCUMENT.c.id, DOCUMENT.c.name).where(DOCUMENT.c.id.in_(ids))
    return dict(connection.execute(query).all())


def _sheets(
    connection: Connection, person_id: str, rows: Sequence
) -> dict[tuple[int, int], str]:
    """The sheet of each (document, row) of a person's lines."""
    months = sorted({row.period for row in rows if row.document_id is not None})
    queries = [
        select(table.c.document_id, table.c.row, table.c.sheet).where(
            table.c.person_id == person_id
        )
        for table in OTHERS
    ]
    queries.append(
        select(
            CONTRIBUTION.c.document_id, CONTRIBUTION.c.row, CONTRIBUTION.c.sheet
        ).where(CONTRIBUTION.c.month.in_(months), CONTRIBUTION.c.person_id == person_id)
    )
    found = connection.execute(union_all(*queries))
    return {(document_id, row): sheet for document_id, row, sheet in found}


def _sheets_of_bills(
    connection: Connection, person_id: str, rows: Sequence
) -> dict[tuple[int, int], str]:
    """The same of bills and premiums, which may be another person's of the family."""
    found = {}
    for act, form in BILLS.items():
        mine = [row for row in rows if _act(row) == act]
        if not mine:
            continue
        serials = {_serial(row) for row in mine}
        people = connection.execute(
            select(KEY.c.person_id).where(KEY.c.form == form, KEY.c.serial.in_(serials))
        ).scalars()
        table = BILL if act == "settle" else PREMIUM
        query = select(table.c.document_id, table.c.row, table.c.sheet).where(
            table.c.person_id.in_({person_id, *people}),
            table.c.document_id.in_({row.document_id for row in mine}),
        )
        if table is BILL:
            query = query.where(BILL.c.month.in_({row.batch_period for row in mine}))
        found |= {
            (row.document_id, row.row): row.sheet for row in connection.execute(query)
        }
    return found


def _act(row) -> str:
    """The act of a movement, or of what it takes back."""
    return f"{row.serial}||".split("|")[1] if row.act == REVERSAL else row.act


def _serial(row) -> str:
    """The serial of the line that a movement comes from."""
    return f"{row.serial}||".split("|")[2 if row.act == REVERSAL else 0]


def _institutions(connection: Connection, rows: Sequence) -> dict[str, str]:
    """The last known names of the institutions of bills."""
    codes = {row.institution for row in rows} - {""}
    if not codes:
        return {}
    found = connection.execute(
        select(PLACE.c.code, PLACE.c.name)
        .where(PLACE.c.code.in_(codes))
        .order_by(PLACE.c.code, PLACE.c.from_day)
    )
    return {row.code: row.name for row in found}


def _vouchers(
    connection: Connection, rows: Sequence
) -> dict[tuple[int, str, str], list[str]]:
    """The vouchers of each (posting, region, kind) in the agency's book, in order."""
    postings = {row.posting_id for row in rows} - {None}
    if not postings:
        return {}
    found = connection.execute(
        select(VOUCHER, LINE.c.subject)
        .join(LINE, LINE.c.voucher_id == VOUCHER.c.id)
        .where(VOUCHER.c.posting_id.in_(postings), LINE.c.subject.startswith(CONTROL))
        .order_by(VOUCHER.c.id)
    )
    names: dict[tuple[int, str, str], list[str]] = {}
    for row in found:
        region, kind = row.book_id.partition("-")[0], row.subject.removeprefix(CONTROL)
        of = names.setdefault((row.posting_id, region, kind), [])
        if voucher_name(row) not in of:
            of.append(voucher_name(row))
    return names


def voucher_name(row) -> str:
    """BOOK/2023-01/12, or #ID for a draft."""
    if row.number is None:
        return f"#{row.id}"
    return f"{row.book_id}/{row.year}-{row.month:02d}/{row.number}"
