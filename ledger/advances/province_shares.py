"""How other provinces' parts of X2 and X5 were shared out, and what they hold here."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, Mapping, NamedTuple, Sequence

from sqlalchemy import Connection, case, func, insert, select

from ledger.advances.tables import ProvinceShare
from ledger.database import slices
from ledger.schema import TransferLine, Voucher, VoucherLine
from ledger.vouchers import signed

TABLE = ProvinceShare.__table__
TRANSFER, VOUCHER, LINE = (
    TransferLine.__table__,
    Voucher.__table__,
    VoucherLine.__table__,
)
FORM, NOTICE, ADVANCES = "form", "notice", "advances"  # what a share goes by


class Shared(NamedTuple):
    """A province's part of a line, above zero, and by what it was found."""

    province: str
    basis: str
    amount: Decimal


def keep(
    connection: Connection, form: str, shares: Mapping[int, Iterable[Shared]]
) -> None:
    """Keep the parts of new lines, by the line's id."""
    rows = [
        {"form": form, "line_id": line_id, **share._asdict()}
        for line_id, each in shares.items()
        for share in each
    ]
    if rows:
        connection.execute(insert(TABLE), rows)


def of_lines(
    connection: Connection, form: str, ids: Sequence[int]
) -> dict[int, list[Shared]]:
    """The parts of some lines, by the line's id."""
    found: dict[int, list[Shared]] = defaultdict(list)
    for part in slices(sorted(ids)):
        rows = connection.execute(
            select(TABLE.c.line_id, *(TABLE.c[name] for name in Shared._fields))
            .where(TABLE.c.form == form, TABLE.c.line_id.in_(part))
            .order_by(TABLE.c.line_id, TABLE.c.province, TABLE.c.basis)
        )
        for line_id, *share in rows:
            found[line_id].append(Shared(*share))
    return dict(found)


def funded(
    connection: Connection, province: str, quarter: str
) -> dict[str, tuple[Decimal, dict[tuple[str, str], Decimal]]]:
    """By fund what X2 paid for a quarter less what came back, drafts included: in all,
    and of that for other provinces by province and basis."""
    ours = (
        TRANSFER.c.live,
        TRANSFER.c.payer == province,
        TRANSFER.c.payee == province,
        TRANSFER.c.quarter == quarter,
    )
    sign = case((TRANSFER.c.nature == "退回", -1), else_=1)
    total = sign * (TRANSFER.c.own + TRANSFER.c.lower)
    paid = connection.execute(
        select(TRANSFER.c.fund, func.sum(total, type_=TRANSFER.c.own.type))
        .where(*ours)
        .group_by(TRANSFER.c.fund)
    )
    keys = TRANSFER.c.fund, TABLE.c.province, TABLE.c.basis
    shared = connection.execute(
        select(*keys, func.sum(sign * TABLE.c.amount, type_=TABLE.c.amount.type))
        .join(TRANSFER, (TABLE.c.form == "F1") & (TABLE.c.line_id == TRANSFER.c.id))
        .where(*ours)
        .group_by(*keys)
    )
    others: dict[str, dict] = defaultdict(dict)
    for fund, at, basis, amount in shared:
        others[fund][at, basis] = amount
    return {fund: (amount, others[fund]) for fund, amount in paid}


def held(
    connection: Connection, book: str, subject: str, on: date
) -> dict[str, dict[str, Decimal]]:
    """By fund and province: credit less debit of approved lines up to a day."""
    keys = LINE.c.fund, LINE.c.detail, LINE.c.side
    rows = connection.execute(
        select(*keys, func.sum(LINE.c.amount, type_=LINE.c.amount.type))
        .join(VOUCHER, VOUCHER.c.id == LINE.c.voucher_id)
        .where(
            VOUCHER.c.book_id == book,
            LINE.c.subject == subject,
            VOUCHER.c.number.is_not(None),
            VOUCHER.c.occurred_on <= on,
        )
        .group_by(*keys)
    )
    nets: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for fund, detail, side, amount in rows:
        nets[fund][detail] -= signed(side, amount)
    return {fund: dict(each) for fund, each in nets.items()}
