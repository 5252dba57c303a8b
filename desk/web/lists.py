"""What stands beside the picture, as plain rows: deadlines, drafts, books."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from ledger import regions
from ledger.books import KIND_NAMES, book_name
from ledger.money import NOTHING
from ledger.periods import Quarter
from reports.usage import percent_text

WHO_NAMES = {
    "province-agency": "省级经办",
    "province-finance": "省级财政",
    "city-agency": "市州经办",
    "city-finance": "市州财政",
    "bank": "银行",
}
STATES = ("late", "open", "done")  # the worst first


class Duty(NamedTuple):
    """A task with one due day, for all regions that have it."""

    due: date
    name: str
    period: str
    who: str
    cite: str
    state: str  # the worst of its regions'
    state_name: str
    done: int
    count: int
    late: str  # the regions that are late
    note: str


class Alarm(NamedTuple):
    """A warning that stands; `noted` is who took note of it last, or ""."""

    book: str
    holder: str
    payer: str
    quarter: Quarter
    level: str
    level_name: str
    since: date
    rate: str
    noted: str
    note: str


class Draft(NamedTuple):
    """A posting that waits for approval; `name` is one of its vouchers' (#12)."""

    name: str
    dated: date
    narration: str
    prepared_by: str
    books: list[str]
    amount: Decimal  # of its largest voucher


class Shelf(NamedTuple):
    """The books of one city (or of the province itself)."""

    name: str
    rows: list[tuple[str, list[tuple[str, str, list[int]]]]]  # region: kind, id, years


def duties(rows: Iterable) -> list[Duty]:
    """Deadlines by day, one line for a task that many regions have."""
    tasks: dict[tuple, list] = defaultdict(list)
    for row in rows:
        tasks[row.due, row.task, row.period, row.who].append(row)
    return [_duty(kept) for kept in tasks.values()]


def _duty(rows: list) -> Duty:
    by_state = {state: [row for row in rows if row.state == state] for state in STATES}
    worst = next(state for state in STATES if by_state[state])
    return Duty(
        due=rows[0].due,
        name=rows[0].name,
        period=rows[0].period,
        who=WHO_NAMES[rows[0].who],
        cite=rows[0].cite,
        state=worst,
        state_name=by_state[worst][0].state_name,
        done=len(by_state["done"]),
        count=len(rows),
        late=_named(by_state["late"], len(rows)),
        note="；".join(sorted({row.note for row in rows if row.note})),
    )


def _named(rows: list, of: int) -> str:
    if len(rows) == of > 1:
        return f"全部{of}个市州"
    return "、".join(row.region_name for row in rows)


def alarms(rows: Iterable) -> list[Alarm]:
    """The warnings that stand: reds before yellows, without a note first."""
    standing = [row for row in rows if row.until is None]
    standing.sort(key=lambda row: (row.level != "red", bool(row.notes), row.since))
    return [
        Alarm(
            book=row.book,
            holder=book_name(row.book),
            payer=row.payer_name,
            quarter=row.quarter,
            level=row.level,
            level_name=row.level_name,
            since=row.since,
            rate=percent_text(row.rate),
            noted=row.notes[-1].by if row.notes else "",
            note=row.notes[-1].note if row.notes else "",
        )
        for row in standing
    ]


def drafts(vouchers: Iterable, amounts: dict[int, Decimal]) -> list[Draft]:
    """Draft vouchers by posting, the oldest first."""
    by_posting: dict[int, list] = defaultdict(list)
    for voucher in vouchers:
        by_posting[voucher.posting_id].append(voucher)
    return [
        Draft(
            name=f"#{kept[0].id}",
            dated=kept[0].dated,
            narration=kept[0].narration,
            prepared_by=kept[0].prepared_by,
            books=[book_name(voucher.book_id) for voucher in kept],
            amount=max(amounts.get(voucher.id, NOTHING) for voucher in kept),
        )
        for _, kept in sorted(by_posting.items())
    ]


def shelves(ids: Iterable[str], years: dict[str, list[int]]) -> list[Shelf]:
    """The books by city, as `ids` are ordered; `years` are those that can be seen."""
    by_city: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for id in ids:
        region, _, kind = id.partition("-")
        place = (kind_name(kind), id, years.get(id, []))
        by_city[regions.city_of(region)][region].append(place)
    return [
        Shelf(
            regions.name(city),
            [(regions.name(region), kept) for region, kept in by_region.items()],
        )
        for city, by_region in by_city.items()
    ]


def kind_name(kind: str) -> str:
    """财政, 经办 or 结算中心, as it fits a narrow column."""
    assert kind in KIND_NAMES
    return {"finance": "财政", "agency": "经办"}.get(kind.partition("-")[2], "结算中心")
