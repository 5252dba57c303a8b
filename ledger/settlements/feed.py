"""Feed: the lines of a list of bills in the order in which they act.

Lines act by 结算时间, then 流水号 (RULES.md section 2, reading 17), whatever their order
in the file; of one second, refunds and reversals come after the bills. They are held
in memory: sorted there, a million take less than in the database, which is only asked
what stands of their people and serials.
"""

from __future__ import annotations

from collections import Counter
from itertools import repeat
from operator import itemgetter
from typing import Iterable, Iterator, NamedTuple

from ledger.settlements.results import CHARGE
from ledger.settlements.state import Insured


class Bill(NamedTuple):
    """A line with its person, as of the month of 结算时间.

    Amounts are whole fen, None where the list says nothing. `person` is None for who
    is not registered; `region` and `status` are those of the month.
    """

    sheet: str
    row: int
    serial: str
    at: str
    act: str
    original: str
    person_id: str
    said_region: str
    said_fund: str
    channel: str
    institution: str
    institution_name: str
    level: str
    place: str
    category: str
    total: int
    in_policy: int
    pooled: int | None
    other: int | None
    own: int | None
    shared: int | None
    cash: int | None
    note: str
    person: Insured | None
    region: str
    status: str


LINE = Bill._fields[:-3]
SERIAL, AT, ORIGINAL, PERSON_ID = map(
    LINE.index, ("serial", "at", "original", "person_id")
)
ACT, CHANNEL, INSTITUTION, TOTAL = map(
    LINE.index, ("act", "channel", "institution", "total")
)


class Lines:
    """The lines of a list, as tuples of LINE, in the order in which they act."""

    def __init__(self, blocks: Iterable):
        self.rows: list[tuple] = []
        for block in blocks:
            self.rows.extend(zip(repeat(block.sheet), block.rows, *block.columns))
        self.rows.sort(key=itemgetter(SERIAL))
        self.rows.sort(key=lambda row: row[ACT] != CHARGE)  # after what they give back
        self.rows.sort(key=itemgetter(AT))
        self.repeated = self._repeated()

    def _repeated(self) -> set[str]:
        """The 流水号 that the list has more than once; then content orders what is
        equal, so that the first one does not depend on the file's order."""
        if len(set(self.column(SERIAL))) == len(self.rows):
            return set()
        serials = list(self.column(SERIAL))
        self.rows.sort(
            key=lambda row: (row[AT], row[ACT] != CHARGE, row[SERIAL], repr(row[AT:]))
        )
        return {serial for serial, times in Counter(serials).items() if times > 1}

    def column(self, place: int) -> Iterator:
        """One column's values, in order."""
        return map(itemgetter(place), self.rows)

    @property
    def first(self) -> str:
        """The earliest 结算时间."""
        return self.rows[0][AT]

    @property
    def months(self) -> list[str]:
        return sorted({at[:7] for at in self.column(AT)})

    def originals(self) -> list[str]:
        """The 流水号 that refunds and reversals name."""
        return sorted({row[ORIGINAL] for row in self.rows if row[ORIGINAL]})

    def by_channel(self, channel: str) -> Iterator[tuple[str, str, str, int]]:
        """(person, institution, day, total) of a channel's lines."""
        for row in self.rows:
            if row[CHANNEL] == channel:
                yield row[PERSON_ID], row[INSTITUTION], row[AT][:10], row[TOTAL]

    def bills(self, people: dict[str, Insured]) -> Iterator[Bill]:
        """The lines with their people, in order; each leaves the memory behind it."""
        rows = self.rows
        rows.reverse()
        while rows:
            line = rows.pop()
            person = people.get(line[PERSON_ID])
            if person is None:
                yield Bill._make(line + (None, "", ""))
            elif person.states:
                month = line[AT][:7]
                held = (person.region_in(month), person.status_in(month))
                yield Bill._make(line + (person, *held))
            else:
                yield Bill._make(line + (person, person.region, person.status))
