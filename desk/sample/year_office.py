"""What the sample's province-year shares: the world, the diary, who holds what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from desk.sample import year_forms as layouts
from desk.sample.year_advances import Advances
from desk.sample.year_days import month_end
from desk.sample.year_diary import Diary
from desk.sample.year_openings import Openings
from desk.sample.year_slips import Slips
from desk.sample.year_world import World
from ledger.documents import Clearing, Transfer
from ledger.periods import Quarter, month_of
from posting_rules.notices import kind_named
from posting_rules.policies import policy_of


@dataclass
class Office:
    """The centre's desk in the year that is written."""

    world: World
    diary: Diary
    year: int
    openings: Openings
    advances: Advances
    slips: Slips
    disputes: dict[str, tuple] = field(default_factory=dict)  # city: line, period
    lines: list[Clearing] = field(default_factory=list)  # listed so far
    late: dict[date, list[Transfer]] = field(default_factory=lambda: defaultdict(list))

    @property
    def province(self) -> str:
        return self.world.land.province

    @property
    def quarters(self) -> list[Quarter]:
        return [Quarter(self.year, number) for number in range(1, 5)]

    @property
    def payers(self) -> list[str]:
        """Who pays the centre: the cities, and 省本级."""
        return [*self.world.land.cities, self.world.land.own_people]

    def keep(self, lines: list[Clearing]) -> list[Clearing]:
        self.lines += lines
        return lines

    def number(self, kind: str, serial: int) -> str:
        """The 文号 that the office gives to its serial-th notice of a kind."""
        template = kind_named(policy_of(self.province), kind).number
        return template.format(year=self.year, serial=serial)

    def transfers(self, comes: date, name: str, lines: list[Transfer]) -> None:
        """A form of transfers; what has not arrived by then is told when it has."""
        printed = []
        for line in lines:
            if line.received_on and line.received_on > comes:
                self.late[month_end(month_of(line.received_on))].append(line)
                line = line._replace(received_on=None, received_serial="")
            printed.append(line)
        self._file(comes, name, printed)

    def arrivals(self) -> None:
        """The forms that complete what was under way."""
        for comes, lines in sorted(self.late.items()):
            self._file(comes, "划拨单_补到账日期", lines)

    def _file(self, comes: date, name: str, lines: list[Transfer]) -> None:
        title = "异地就医预付金划拨单"
        lines = sorted(lines, key=lambda line: line.paid_on)
        self.diary.file(comes, name, title, layouts.TRANSFERS, lines)
