"""G5 in the database: what stands of the people of a list, and its new lines.

The list lies staged (`ledger.people.staging`) as the temporary table `g5`; amounts
are whole fen, times and months are texts.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from itertools import groupby
from sys import intern
from typing import Iterable, Iterator, NamedTuple, Sequence

from sqlalchemy import Connection, text

from ledger import regions
from ledger.database import bulk_insert, next_id
from ledger.errors import BookError
from ledger.people.tables import Movement, SerialKey
from ledger.settlements import premium_sql as sql
from ledger.settlements.state import streamed
from ledger.settlements.tables import Premium, PremiumShare, PremiumSum

STAGED, FORM = sql.STAGED, sql.FORM
ACT, KIND = "premium", "代缴保费"
OWN = "本人"
MOVEMENT, SERIAL = Movement.__table__, SerialKey.__table__
PREMIUM, SHARE = Premium.__table__, PremiumShare.__table__
SUM = PremiumSum.__table__


class Due(NamedTuple):
    """A staged row: a premium that is to be paid. `region` is the pooling region."""

    at: int
    sheet: str
    row: int
    serial: str
    time: str
    person_id: str
    kind: str
    year: int
    amount: int
    region: str

    @property
    def month(self) -> str:
        return self.time[:7]

    @property
    def day(self) -> date:
        return _day(self.time[:10])


@cache
def _day(printed: str) -> date:
    return date.fromisoformat(printed)


# What two rows of one 缴费流水号 must share, besides the person, to be the same row.
CONTENT = ("time", "kind", "year", "amount", "region")


class Insured(NamedTuple):
    """A person: what is known now, and the regions of the months before `since`."""

    region: str
    since: str
    fund: str  # 险种 of who is not in 职工医保, else ""
    died_on: str  # "" of the living
    before: Sequence[tuple[str, str]]  # from which month, which region; in order

    def region_in(self, month: str) -> str:
        """The pooling region of a month; before the first that is known, today's."""
        if self.since <= month:
            return self.region
        found = [region for first, region in self.before if first <= month]
        return found[-1] if found else self.region

    def dead_on(self, day: str) -> bool:
        """Whether the person had died before a day."""
        return "" != self.died_on < day


class Share(NamedTuple):
    """What one account pays of a premium; `relation` is 本人 for the own account."""

    payer_id: str
    payer_region: str
    relation: str
    amount: int


class Paid(NamedTuple):
    """A row that is taken, with what each account pays, in order, without zeros."""

    due: Due
    shares: tuple[Share, ...]


def by_month(connection: Connection) -> Iterator[tuple[str, list[Due]]]:
    """The staged rows of each month, in the order of 缴费时间 and 缴费流水号, in which
    they act. Serials are compared here, alike whatever the database's collation."""
    staged = (Due._make(row) for row in streamed(connection, sql.ROWS))
    for month, rows in groupby(staged, key=lambda due: due.month):
        found = [
            due._replace(region=regions.city_of(due.region), kind=intern(due.kind))
            for due in rows
        ]
        found.sort(key=lambda due: (due.time, due.serial, due.at))
        yield month, found


def content(due: Due) -> tuple:
    return tuple(getattr(due, field) for field in CONTENT)


def known(connection: Connection) -> dict[str, tuple[str, tuple]]:
    """By 缴费流水号 that is taken: whose it is, and its content."""
    return {
        row.serial: (
            row.person_id,
            (row.at, row.kind, row.year, row.amount, row.region),
        )
        for row in connection.execute(text(sql.KNOWN))
    }


def people(connection: Connection) -> dict[str, Insured]:
    """Everyone named in the list, and their grantors, who is registered."""
    before: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(text(sql.STATES)):
        before[row.person_id].append((row.from_month, row.region))
    return {
        row.person_id: Insured(
            intern(row.region),
            intern(row.since),
            intern(row.fund),
            str(row.died_on or ""),
            before.get(row.person_id, ()),
        )
        for row in connection.execute(text(sql.PEOPLE))
    }


def balances(connection: Connection) -> dict[tuple[str, str], int]:
    """What accounts that may be used hold, by person and region.

    Less what drafts, of bills too, would take of them; never below zero.
    """
    return {
        (row.person_id, intern(row.region)): max(0, row.balance - row.out)
        for row in connection.execute(text(sql.BALANCES))
    }


def times_freed(connection: Connection) -> dict[str, int]:
    """By 缴费流水号: how often its line was taken back, whosever it was."""
    found: dict[str, int] = defaultdict(int)
    for row in connection.execute(text(sql.TIMES_FREED)):
        found[row.serial] = row.times
    return found


def insert_movements(
    connection: Connection,
    paid: Iterable[Paid],
    times: dict[str, int],
    batches: dict[str, int],
    document_id: int,
    dated: str,
) -> None:
    """What the accounts pay; `batches` by region, `dated` is --post-on or ""."""
    bulk_insert(
        connection,
        MOVEMENT,
        MOVEMENT_COLUMNS,
        (
            (
                share.payer_id,
                "",
                ACT,
                due.serial + (f"|{times[due.serial]}" if times[due.serial] else ""),
                share.payer_region,
                dated or due.time[:10],
                KIND,
                -share.amount,
                batches[share.payer_region],
                document_id,
                due.row,
                due.kind,
            )
            for due, shares in paid
            for share in shares
        ),
    )


def insert(
    connection: Connection,
    paid: Sequence[Paid],
    batches: dict[str, int],
    posting_id: int,
    document_id: int,
) -> None:
    """Register lines with their shares, and what they add up to."""
    lines = (
        (due.person_id, due.serial, 0, due.time, due.kind, due.year, due.amount)
        + (due.region, due.sheet, batches[shares[0].payer_region], posting_id)
        + (document_id, due.row)
        for due, shares in paid
    )
    bulk_insert(connection, PREMIUM, PREMIUM_COLUMNS, lines)
    told = (
        (due.person_id, due.serial, 0, position, *share, batches[share.payer_region])
        for due, shares in paid
        for position, share in enumerate(shares, 1)
    )
    bulk_insert(connection, SHARE, SHARE_COLUMNS, told)
    keys = ((FORM, due.serial, due.person_id) for due, _ in paid)
    bulk_insert(connection, SERIAL, ("form", "serial", "person_id"), keys)
    first = next_id(connection, SUM)
    sums = (
        (first + number, posting_id, *place, *told)
        for number, (place, told) in enumerate(sorted(_sums(paid).items()))
    )
    bulk_insert(connection, SUM, SUM_COLUMNS, sums)


def _sums(paid: Iterable[Paid]) -> dict[tuple, list[int]]:
    """Lines and amount by month, 参保地, 授权地, 险种 and relation."""
    found: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    for due, shares in paid:
        for share in shares:
            place = (due.month, due.region, share.payer_region, due.kind)
            told = found[(*place, share.relation)]
            told[0] += 1
            told[1] += share.amount
    return found


def free(connection: Connection, batch) -> None:
    """Free the lines of a batch's posting, all of them with its first batch."""
    for statement in (sql.FREE_SERIALS, sql.FREE_SHARES, sql.FREE_LINES):
        values = {"posting": batch.posting_id, "batch": batch.id}
        asked = {name: v for name, v in values.items() if f":{name}" in statement}
        connection.execute(text(statement), asked)


def check_undoing(connection: Connection, batch) -> None:
    """BookError while a clearing stands that took what the batch's posting adds up to.

    Cleared between regions, or paid on to who collects the premium.
    """
    taken = connection.execute(text(sql.CLEARED), {"posting": batch.posting_id}).first()
    if taken is not None:
        act = "清算" if taken.clearing_id is not None else "转交"
        raise BookError(
            f"批次{batch.id}代缴的保费已{act}（{taken.period}的清算单{taken.id}），"
            "不能冲销；请先冲销那一份清算单的凭证，再冲销这一笔"
        )


MOVEMENT_COLUMNS = ("person_id", "period", "act", "serial", "region", "dated", "kind")
MOVEMENT_COLUMNS += ("amount", "batch_id", "document_id", "row", "category")
PREMIUM_COLUMNS = ("person_id", "serial", "freed", "at", "kind", "year", "amount")
PREMIUM_COLUMNS += ("region", "sheet", "batch_id", "posting_id", "document_id", "row")
SHARE_COLUMNS = ("person_id", "serial", "freed", "position", "payer_id")
SHARE_COLUMNS += ("payer_region", "relation", "amount", "batch_id")
SUM_COLUMNS = ("id", "posting_id", "month", "region", "payer", "kind", "relation")
SUM_COLUMNS += ("lines", "amount")
