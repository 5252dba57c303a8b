"""Source documents and their lines as the database keeps them.

A line's key («…» in FORMS.md) is taken while the line is live; rejecting or
reversing its posting frees it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import (
    Connection,
    Table,
    and_,
    case,
    func,
    insert,
    literal_column,
    select,
    true,
    union_all,
    update,
)

from ledger.advances import bank_lines, bounces, funding, notices, waiting_lines
from ledger.advances.tables import AwayPayment as AwayPaymentLine
from ledger.advances.tables import BankLine as BankLineRow
from ledger.advances.tables import FundingLine, Notice
from ledger.advances.tables import PastPayment as PastPaymentLine
from ledger.advances.tables import ProvinceQuota as ProvinceQuotaLine
from ledger.database import Home, bulk_insert, next_id, slices
from ledger.documents import (
    AwayPayment,
    BankLine,
    Clearing,
    Funding,
    Opening,
    PastPayment,
    ProvinceQuota,
    Quota,
    SourceDocument,
    Transfer,
)
from ledger.errors import BookError
from ledger.files import why, write_whole
from ledger.people import freeing, withdrawing
from ledger.schema import (
    ClearingLine,
    Document,
    OpeningLine,
    QuotaLine,
    TransferLine,
)
from ledger.settlements import clearing_undoing, institution_payments

AWAY = "F7/centre"  # lines of F7 that the centre paid (X3, X5)
TABLES: dict[str, Table] = {
    "F0": OpeningLine.__table__,
    "F1": TransferLine.__table__,
    "F2": ClearingLine.__table__,
    "F3": QuotaLine.__table__,
    "F4": ProvinceQuotaLine.__table__,
    "F5": FundingLine.__table__,
    "F6": BankLineRow.__table__,
    "F9": PastPaymentLine.__table__,
    AWAY: AwayPaymentLine.__table__,
}
TYPES = {
    "F0": Opening,
    "F1": Transfer,
    "F2": Clearing,
    "F3": Quota,
    "F4": ProvinceQuota,
    "F5": Funding,
    "F6": BankLine,
    "F9": PastPayment,
    AWAY: AwayPayment,
}
# A literal, not a parameter: only so does the planner see that the index fits.
NORMAL = "'正常'"
FEN_OF_A_YUAN = Decimal(100)
SUFFIXES = (".xlsx", ".xls", ".csv")


class KnownLine(NamedTuple):
    """A live line that the database holds: its id and what the form said."""

    id: int
    line: Opening | Transfer | Clearing | Quota  # periods as text
    posting_ids: tuple[int, ...]


def keep_document(
    connection: Connection, document: SourceDocument, by: str, at: str
) -> int:
    """Give a document an id and a place; `store_file` puts it there."""
    table = Document.__table__
    document_id = next_id(connection, table)
    connection.execute(
        insert(table).values(
            id=document_id,
            form=document.form,
            name=document.name,
            sha256=document.sha256,
            stored=_kept(document, at),
            totalled=document.totalled,
            recorded_by=by,
            recorded_at=at,
        )
    )
    return document_id


def set_totalled(connection: Connection, document_id: int, totalled: bool) -> None:
    """Whether a list of people carries totals is known once it was read."""
    table = Document.__table__
    connection.execute(
        update(table).where(table.c.id == document_id).values(totalled=totalled)
    )


def store_file(home: Home, document: SourceDocument, data: bytes, at: str) -> None:
    """Keep the file under its content's hash; BookError when that cannot be."""
    path = home.path / _kept(document, at)
    try:
        if not path.is_file():
            write_whole(path, data)
    except OSError as error:
        raise BookError(
            f"原始凭证存不进{path.parent}：{why(error)}；"
            "请检查磁盘空间和权限，再导入"
        ) from error


def _kept(document: SourceDocument, at: str) -> str:
    suffix = Path(document.name).suffix.lower()
    kept = f"documents/{at[:4]}/{document.sha256}"
    return kept + (suffix if suffix in SUFFIXES else "")


def insert_lines(
    connection: Connection,
    form: str,
    document_id: int,
    lines: Sequence,
    postings: Sequence[tuple[int | None, ...]],
) -> range:
    """Insert new lines; `postings` are each line's posting columns, in table order.

    Says which ids the lines were given.
    """
    if not lines:
        return range(0)
    table = TABLES[form]
    fields = TYPES[form]._fields
    columns = ["id", "document_id", "live", *fields, *_posting_columns(table)]
    first = next_id(connection, table)
    values = [
        _stored(column, None if table.c[field].nullable else "")
        for field, column in zip(fields, zip(*lines))
    ]
    count = len(lines)
    rows = zip(
        range(first, first + count),
        [document_id] * count,
        [1] * count,
        *values,
        *zip(*postings),
    )
    bulk_insert(connection, table, columns, rows)
    return range(first, first + count)


def known_lines(
    connection: Connection, form: str, column: str, values: Iterable
) -> list[KnownLine]:
    """The live lines whose `column` is one of `values`."""
    table = TABLES[form]
    kind = TYPES[form]
    posted = _posting_columns(table)
    wanted = [table.c[name] for name in ("id", *kind._fields, *posted)]
    known = []
    width = len(kind._fields)
    for part in slices(sorted(set(values))):
        rows = connection.execute(
            select(*wanted).where(table.c[column].in_(part), table.c.live)
        )
        known += [
            KnownLine(row[0], kind._make(row[1 : 1 + width]), tuple(row[1 + width :]))
            for row in rows
        ]
    return known


def cleared_periods(
    connection: Connection, insured: Iterable[str], periods: Iterable[str]
) -> list:
    """Live 正常 clearing lines of some payers and periods.

    Columns: insured, place, fund, scope, period, posting_id.
    """
    table = TABLES["F2"]
    rows = []
    wanted = sorted(periods)
    for part in slices(sorted(insured)):
        rows += connection.execute(
            select(
                table.c.insured,
                table.c.place,
                table.c.fund,
                table.c.scope,
                table.c.period,
                table.c.posting_id,
            ).where(
                table.c.insured.in_(part),
                table.c.period.in_(wanted),
                table.c.nature == literal_column(NORMAL),
                table.c.live,
            )
        ).all()
    return rows


def complete_lines(
    connection: Connection,
    form: str,
    line_ids: Sequence[int],
    document_id: int,
    **filled,
) -> None:
    """Fill what lines still lacked: 到账日期, 收款流水号, 确认日期, their posting."""
    table = TABLES[form]
    for part in slices(line_ids):
        connection.execute(
            update(table)
            .where(table.c.id.in_(part))
            .values(completed_by_id=document_id, **filled)
        )


class Kept(NamedTuple):
    """A document, its live lines, and how many of them made no voucher."""

    id: int
    form: str
    name: str
    sha256: str
    recorded_by: str
    recorded_at: str
    lines: int
    bare: int


def documents(connection: Connection) -> list[Kept]:
    """Every document that was taken, in order."""
    parts, document = [], Document.__table__
    for form, table in TABLES.items():
        bare = and_(true(), *(column.is_(None) for column in _posting_of(table)))
        parts.append(
            select(
                table.c.document_id,
                func.count().label("lines"),
                func.sum(case((bare, 1), else_=0)).label("bare"),
            )
            .join(document, document.c.id == table.c.document_id)
            .where(table.c.live, document.c.form == form)  # a bounce may come by F6
            .group_by(table.c.document_id)
        )
    counted = union_all(*parts).subquery()
    columns = [document.c[name] for name in Kept._fields[:-2]]
    rows = connection.execute(
        select(
            *columns,
            func.coalesce(counted.c.lines, 0),
            func.coalesce(counted.c.bare, 0),
        )
        .outerjoin(counted, counted.c.document_id == document.c.id)
        .order_by(document.c.id)
    )
    people = withdrawing.counted(connection)
    people |= institution_payments.counted(connection)
    people |= notices.counted(connection)
    return [
        Kept(*row[:-2], *people[row.id]) if row.id in people else Kept(*row)
        for row in rows
    ]


def withdraw(
    connection: Connection, document_id: int, by: str, at: str, reason: str
) -> int:
    """Free a document's lines that made no voucher; says how many there were.

    What made a voucher is taken back by rejecting or reversing it.
    """
    document = Document.__table__
    form = connection.execute(
        select(document.c.form).where(document.c.id == document_id)
    ).scalar()
    if form is None:
        raise BookError(f"没有原始凭证{document_id}；yibao document list 列出全部")
    if form in withdrawing.TABLES:
        freed = withdrawing.withdraw(connection, form, document_id)
    elif form == "F8":
        freed = notices.withdraw_document(connection, document_id, by, at, reason)
    elif form == "F7":
        freed = institution_payments.withdraw(connection, document_id)
        freed += _withdraw(connection, TABLES[AWAY], document_id)
    else:
        if form == "F5":
            funding.refuse_paid(connection, document_id)
        freed = _withdraw(connection, TABLES[form], document_id)
    if not freed:
        raise BookError(
            f"原始凭证{document_id}没有未生成凭证的行，不能撤回；"
            "有凭证的用 yibao voucher reject 或 reverse"
        )
    connection.execute(
        update(document)
        .where(document.c.id == document_id)
        .values(withdrawn_by=by, withdrawn_at=at, withdrawn_reason=reason)
    )
    return freed


def refuse_issued(connection: Connection, document_id: int) -> None:
    """The list that an issue took is taken back with its notice alone; BookError."""
    table = Notice.__table__
    number = connection.execute(
        select(table.c.number).where(
            table.c.document_id == document_id,
            table.c.origin == notices.OWN,
            table.c.state != notices.WITHDRAWN,
        )
    ).scalar()
    if number is not None:
        raise BookError(
            f"原始凭证{document_id}是文书“{number}”下达时登记的，不能单独撤回；"
            f"请撤回文书（yibao notice withdraw {number}）"
        )


def _withdraw(connection: Connection, table: Table, document_id: int) -> int:
    return connection.execute(
        update(table)
        .where(
            table.c.document_id == document_id,
            table.c.live,
            *(column.is_(None) for column in _posting_of(table)),
        )
        .values(live=False)
    ).rowcount


def free_lines(connection: Connection, posting_ids: Sequence[int]) -> None:
    """Free the keys of lines that rejected or reversed postings had taken.

    A transfer whose receiver's half alone is taken back is under way again.
    """
    freeing.free_postings(connection, posting_ids)
    institution_payments.free_postings(connection, posting_ids)
    clearing_undoing.free_postings(connection, posting_ids)
    waiting_lines.free_postings(connection, posting_ids)
    bounces.refuse_bounced(connection, posting_ids)
    bank_lines.free_postings(connection, posting_ids)
    for table in (TABLES["F0"], TABLES[AWAY]):
        connection.execute(
            update(table).where(table.c.posting_id.in_(posting_ids)).values(live=False)
        )
    table = TABLES["F1"]
    connection.execute(
        update(table).where(table.c.paid_posting_id.in_(posting_ids)).values(live=False)
    )
    received = table.c.received_posting_id.in_(posting_ids)
    connection.execute(
        update(table)
        .where(received, table.c.paid_posting_id.is_(None))
        .values(live=False)
    )
    connection.execute(
        update(table)
        .where(received, table.c.live)
        .values(received_on=None, received_serial="", received_posting_id=None)
    )


def _posting_columns(table: Table) -> list[str]:
    return [column.name for column in _posting_of(table)]


def _posting_of(table: Table) -> list:
    return [column for column in table.c if column.name.endswith("posting_id")]


def _stored(column: Sequence, nothing: str | None) -> Iterable:
    """A column's values as the driver takes them: fen, ISO days, texts."""
    sample = next((value for value in column if value is not None), None)
    if sample is None:
        return [nothing] * len(column)
    if isinstance(sample, Decimal):
        present = [v for v in column if v is not None]
        fen = map(int, map(FEN_OF_A_YUAN.__mul__, present))
        if len(present) == len(column):
            return list(fen)
        return [None if v is None else next(fen) for v in column]
    if isinstance(sample, date | tuple):  # a day, a Month or a Quarter
        texts: dict = {None: nothing}
        return [texts[v] if v in texts else texts.setdefault(v, str(v)) for v in column]
    return column
