"""X11: transfers that the bank sent back; they wait to be made again.

A bounce is a line of F1 with 退回 whose `bounces_id` names the line of the transfer. It
has one posting, of the first payer's books, in `received_posting_id`: there the money
is back. While it stands the transfer is under way no more.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, Row, exists, insert, select

from ledger.advances import province_shares
from ledger.database import next_id, slices
from ledger.errors import BookError
from ledger.money import NOTHING
from ledger.schema import Document, TransferLine

LINE, DOCUMENT = TransferLine.__table__, Document.__table__
FORM, RETURN = "F1", "退回"
NOT_COPIED = ("id", "document_id", "sheet", "row", "bounces_id", "completed_by_id")


class Original(NamedTuple):
    """A transfer that has not arrived: its lines, and what the payer's books did."""

    serial: str
    payer: str
    payee: str
    payer_account: str
    payee_account: str
    paid_on: date
    posting_id: int
    amount: Decimal
    lines: tuple


def not_bounced(line=LINE):
    """A condition on transfer lines: no bounce of them stands."""
    back = LINE.alias("bounce")
    return ~exists().where(back.c.bounces_id == line.c.id, back.c.live)


def under_way(connection: Connection, *conditions) -> list[Original]:
    """Transfers that left and have not arrived, by posting; returns are none."""
    rows = connection.execute(
        select(LINE)
        .where(
            LINE.c.live,
            LINE.c.nature != RETURN,
            LINE.c.received_on.is_(None),
            LINE.c.paid_posting_id.is_not(None),
            not_bounced(),
            *conditions,
        )
        .order_by(LINE.c.paid_posting_id, LINE.c.id)
    ).all()
    groups: dict[int, list] = {}
    for row in rows:
        groups.setdefault(row.paid_posting_id, []).append(row)
    return [
        Original(
            lines[0].serial,
            lines[0].payer,
            lines[0].payee,
            lines[0].payer_account,
            lines[0].payee_account,
            lines[0].paid_on,
            posting_id,
            sum((line.own + line.lower for line in lines), NOTHING),
            tuple(lines),
        )
        for posting_id, lines in groups.items()
    ]


class Back(NamedTuple):
    """One line of a bounce: of which line, where it is told, and what differs."""

    original: Row
    sheet: str
    row: int
    told: dict


def keep(
    connection: Connection, document_id: int, posting_id: int, lines: Sequence[Back]
) -> None:
    """Keep the bounce of a whole transfer, with the other provinces' parts (X2)."""
    rows, line_of = [], {}
    for number, back in enumerate(lines, next_id(connection, LINE)):
        line = back.original
        line_of[line.id] = number
        kept = {k: v for k, v in line._asdict().items() if k not in NOT_COPIED}
        kept |= {
            "payer": line.payee,
            "payee": line.payer,
            "nature": RETURN,
            "payer_account": line.payee_account,
            "payee_account": line.payer_account,
            "payer_bank": "",
            "received_serial": "",
            "live": True,
            **back.told,
            "paid_posting_id": None,
            "received_posting_id": posting_id,
        }
        place = {"document_id": document_id, "sheet": back.sheet, "row": back.row}
        rows.append({"id": number, "bounces_id": line.id, **place, **kept})
    connection.execute(insert(LINE), rows)
    shares = province_shares.of_lines(connection, FORM, list(line_of))
    province_shares.keep(
        connection, FORM, {line_of[id]: each for id, each in shares.items()}
    )


def told_by_statement(connection: Connection, serials: Iterable[str]) -> dict:
    """Bounces that statements (F6) brought, by serial, payer and payee: their sums."""
    found: dict[tuple, Decimal] = {}
    for part in slices(sorted(set(serials))):
        rows = connection.execute(
            select(LINE.c.serial, LINE.c.payer, LINE.c.payee, LINE.c.own, LINE.c.lower)
            .join(DOCUMENT, DOCUMENT.c.id == LINE.c.document_id)
            .where(
                LINE.c.serial.in_(part),
                LINE.c.live,
                LINE.c.bounces_id.is_not(None),
                DOCUMENT.c.form == "F6",
            )
        )
        for serial, payer, payee, own, lower in rows:
            key = serial, payer, payee
            found[key] = found.get(key, NOTHING) + own + lower
    return found


def bounced(connection: Connection, posting_ids: Sequence[int]) -> list:
    """Lines of transfers, by their paid posting, of which a bounce stands."""
    back = LINE.alias("bounce")
    rows = []
    for part in slices(posting_ids):
        rows += connection.execute(
            select(LINE, back.c.paid_on.label("back_on"), back.c.serial.label("back"))
            .join(back, back.c.bounces_id == LINE.c.id)
            .where(back.c.live, LINE.c.paid_posting_id.in_(part))
            .order_by(LINE.c.id)
        ).all()
    return rows


def refuse_bounced(connection: Connection, posting_ids: Sequence[int]) -> None:
    """A transfer is not taken back while its bounce stands: that undid it already."""
    for row in bounced(connection, posting_ids):
        raise BookError(
            f"流水号“{row.serial}”的划拨已于{row.back_on}退汇（流水号“{row.back}”）；"
            "请先冲销或退回退汇的凭证"
        )
