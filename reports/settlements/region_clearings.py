"""A region's clearings of a year, and what its institutions are still owed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, func, or_, select

from ledger import regions
from ledger.money import NOTHING
from ledger.periods import month_of
from ledger.schema import Posting, Voucher
from ledger.settlements import institution_dues, institution_paid
from ledger.settlements.clearing import UNDONE
from ledger.settlements.tables import Clearing, ClearingPart, Institution
from reports.settlements.clearings import KINDS, state_name
from reports.settlements.institutions import UNKNOWN

CLEARING, PART = Clearing.__table__, ClearingPart.__table__
POSTING, VOUCHER = Posting.__table__, Voucher.__table__
ROSTER = Institution.__table__
INSTITUTIONS = institution_dues.KIND
DRAFT = "draft"


class VoucherOf(NamedTuple):
    """A voucher in a region's agency book; a draft has no number."""

    dated: date
    number: int | None


class ClearingLine(NamedTuple):
    """A clearing's part that touches a region; above zero the region is paid.

    What it pays its institutions stands as one line, `other` is "" then.
    """

    clearing_id: int
    kind: str
    period: str
    serial: int
    netted: bool
    subject: str
    other: str  # the other region or 险种 as people read it
    lines: int
    gross: Decimal
    net: Decimal
    state: str  # made, draft, done or undone
    vouchers: list[VoucherOf]
    paid: str = ""  # all, partly: how far the region paid its institutions

    @property
    def kind_name(self) -> str:
        return KINDS[self.kind]

    @property
    def state_name(self) -> str:
        return state_name(self.state, self.paid)


class OwedInstitution(NamedTuple):
    """What a place owes an institution: not cleared yet, and cleared but not paid."""

    code: str
    name: str  # "" where the roster does not have it
    level: str
    lines: int  # not cleared
    waiting: Decimal
    due: Decimal

    @property
    def total(self) -> Decimal:
        return self.waiting + self.due


def clearing_lines(
    connection: Connection, region: str, year: int
) -> list[ClearingLine]:
    """The clearings of a year's periods, the latest first."""
    rows = connection.execute(
        select(
            CLEARING.c.id.label("clearing_id"),
            *(CLEARING.c[name] for name in ("kind", "period", "serial", "netted")),
            *(PART.c[name] for name in ("subject", "payer", "payee", "posting_id")),
            *(PART.c[name] for name in ("lines", "gross", "net")),
            CLEARING.c.state,
            POSTING.c.state.label("posting_state"),
        )
        .join(PART, PART.c.clearing_id == CLEARING.c.id)
        .outerjoin(POSTING, POSTING.c.id == PART.c.posting_id)
        .where(
            CLEARING.c.period.startswith(str(year)),
            or_(PART.c.payer == region, PART.c.payee == region),
        )
        .order_by(CLEARING.c.id.desc(), PART.c.subject, PART.c.id)
    ).all()
    groups: dict[tuple, list] = defaultdict(list)
    for row in rows:
        alone = "" if row.kind == INSTITUTIONS else (row.payer, row.payee)
        groups[row.clearing_id, row.subject, alone].append(row)
    vouchers = _vouchers(connection, region, {row.posting_id for row in rows})
    owed = {row.clearing_id for row in rows if row.kind == INSTITUTIONS}
    paid = institution_paid.how_far(connection, sorted(owed), region)
    lines = [_line(region, rows, vouchers) for rows in groups.values()]
    return [line._replace(paid=paid.get(line.clearing_id, "")) for line in lines]


def owed_institutions(
    connection: Connection, place: str, on: date
) -> list[OwedInstitution]:
    """The institutions of a place that are owed something, the most first."""
    waiting: dict[str, list] = defaultdict(lambda: [0, NOTHING, NOTHING])
    month = str(month_of(on))
    for row in institution_dues.open_sums(connection, month, [place], unnamed=True):
        sums = waiting[row.institution]
        sums[0] += row.lines
        sums[1] += row.funds + row.accounts
    for row in institution_dues.dues(connection, place):
        waiting[row.institution][2] += row.open
    names = {"": (UNKNOWN, ""), **_roster(connection, place)}
    found = [
        OwedInstitution(code, *names.get(code, ("", "")), *sums)
        for code, sums in waiting.items()
        if sums[1] or sums[2]
    ]
    return sorted(found, key=lambda row: (-row.total, row.code))


def _line(region: str, rows: Sequence, vouchers: dict) -> ClearingLine:
    """One line of the parts that stand together."""
    first = rows[0]
    sign = -1 if first.payer == region else 1
    return ClearingLine(
        clearing_id=first.clearing_id,
        kind=first.kind,
        period=first.period,
        serial=first.serial,
        netted=first.netted,
        subject=first.subject,
        other=_other(region, first),
        lines=sum(row.lines for row in rows),
        gross=sign * sum((row.gross for row in rows), NOTHING),
        net=sign * sum((row.net for row in rows), NOTHING),
        state=_state(rows),
        vouchers=sorted(
            {v for row in rows for v in vouchers.get(row.posting_id, ())},
            key=lambda voucher: (voucher.dated, voucher.number or 0),
        ),
    )


def _other(region: str, row) -> str:
    if row.kind == INSTITUTIONS:
        return ""
    other = row.payee if row.payer == region else row.payer
    return regions.name(other) if regions.today_code(other) else other


def _state(rows: Sequence) -> str:
    if rows[0].state != UNDONE and any(row.posting_state == "draft" for row in rows):
        return DRAFT
    return rows[0].state


def _vouchers(
    connection: Connection, region: str, posting_ids: set
) -> dict[int, list[VoucherOf]]:
    """By posting: its vouchers in the book of the region's agency."""
    found: dict[int, list[VoucherOf]] = defaultdict(list)
    rows = connection.execute(
        select(VOUCHER.c.posting_id, VOUCHER.c.dated, VOUCHER.c.number).where(
            VOUCHER.c.posting_id.in_(sorted(posting_ids - {None})),
            VOUCHER.c.book_id == f"{region}-city-agency",
        )
    )
    for posting_id, dated, number in rows:
        found[posting_id].append(VoucherOf(dated, number))
    return found


def _roster(connection: Connection, place: str) -> dict[str, tuple[str, str]]:
    """By code: the latest name and level of a place's institutions."""
    latest = (
        select(ROSTER.c.code, func.max(ROSTER.c.from_day).label("from_day"))
        .where(ROSTER.c.region == place)
        .group_by(ROSTER.c.code)
        .subquery()
    )
    rows = connection.execute(
        select(ROSTER.c.code, ROSTER.c.name, ROSTER.c.level).join(
            latest,
            (latest.c.code == ROSTER.c.code) & (latest.c.from_day == ROSTER.c.from_day),
        )
    )
    return {code: (name, level) for code, name, level in rows}
