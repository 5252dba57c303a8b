"""Writing the forms of some quarters, one after the other.

Files as an office would have them; their names sort in the order of import. The same
seed makes the same files. The people, accounts and amounts are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from desk.sample import forms
from desk.sample.clearings import clearing_lines, listed
from desk.sample.figures import (
    ABROAD,
    FUNDS,
    HOME,
    Office,
    Part,
    days_of,
    office,
    top_ups,
)
from desk.sample.forms import Head, write_form
from desk.sample.transfers import Slips, arrived, transfers, under_way, urgent
from ledger import regions
from ledger.documents import Clearing, Opening, Quota
from ledger.money import NOTHING
from ledger.periods import Quarter


def write_samples(
    folder: Path,
    province: str,
    seed: int,
    first: Quarter,
    quarters: int,
    kind: str = "xlsx",
) -> list[Path]:
    """Write opening balances and the forms of some quarters, one after the other.

    `kind` is xlsx, csv (UTF-8) or gb18030 (csv). In the last quarter one city has
    not confirmed its clearing, and one transfer stays under way. Raises UsageError
    for a code that is no province, or another kind.
    """
    of = office(province, seed)
    ending = forms.suffix(kind)
    folder.mkdir(parents=True, exist_ok=True)
    cutoff = first.first_day - timedelta(days=1)
    path = folder / f"01_期初余额{ending}"
    head = _head(of, "科目期初余额表", cutoff)
    written = [
        write_form(
            path, forms.OPENINGS, head, _openings(of, cutoff, quarters), kind=kind
        )
    ]
    quarter = first
    for number in range(quarters):
        last = number == quarters - 1
        written += _write_quarter(folder, of, quarter, kind, number == 0, last)
        quarter = quarter.next
    return written


def write_quarter(
    folder: Path, province: str, seed: int, quarter: Quarter, kind: str = "xlsx"
) -> list[Path]:
    """Write the forms of one quarter that knows of no other; all of it confirmed."""
    forms.suffix(kind)
    folder.mkdir(parents=True, exist_ok=True)
    return _write_quarter(folder, office(province, seed), quarter, kind, True, False)


def write_clearing_list(
    path: Path, province: str, rows: int, seed: int, quarter: Quarter
) -> Path:
    """Write a clearing list of so many rows, xlsx or csv by the path's suffix."""
    of = office(province, seed)
    kind = "csv" if path.suffix == ".csv" else "xlsx"
    lines = listed(of.land, quarter, rows, of.random(f"{quarter} list"))
    head = _head(of, f"{_printed(quarter)}异地就医费用清算明细", _issued(quarter))
    return write_form(path, forms.CLEARINGS, head, lines, kind=kind, large=True)


def _write_quarter(
    folder: Path, of: Office, quarter: Quarter, kind: str, first: bool, last: bool
) -> list[Path]:
    rng = of.random(quarter)
    paid, before = top_ups(of, rng), of.owed
    cleared = clearing_lines(of, quarter, rng)
    owed = of.owed if first else before
    slips = transfers(of, quarter, paid, owed, rng, first=first)
    if last:
        cleared = _one_city_waits(of, cleared)
    else:
        for part, amount in urgent(slips):
            of.hold(part, amount)
    writer = _Writer(folder, of, quarter, kind)
    writer.quotas(paid)
    writer.transfers(slips, last)
    writer.clearings(cleared)
    return writer.written


class _Writer:
    """Writes the files of one quarter in the order of their numbers."""

    def __init__(self, folder: Path, of: Office, quarter: Quarter, kind: str):
        self.folder = folder
        self.of = of
        self.quarter = quarter
        self.kind = kind
        self.written: list[Path] = []

    def quotas(self, paid: Mapping[Part, Decimal]) -> None:
        province = regions.name(self.of.land.province)
        title = f"{province}异地就医费用预付金明细表"
        lines = _quotas(self.of, self.quarter, paid)
        on = days_of(self.quarter).quota
        self._write("1_预付金明细表", title, on, forms.QUOTAS, lines)

    def transfers(self, slips: Slips, last: bool) -> None:
        days = days_of(self.quarter)
        title, layout = "异地就医预付金划拨单", forms.TRANSFERS
        lines = under_way(slips)
        self._write("2_预付金划拨单", title, self.quarter.last_day, layout, lines)
        late = arrived(slips, "紧急调增" if last else "")
        on = max([days.payments[-1], *(line.received_on for line in late)])
        if late:
            self._write("2_预付金划拨单_补到账日期", title, on, layout, late)

    def clearings(self, lines: list[Clearing]) -> None:
        for number, scope in (3, ABROAD), (4, HOME):
            of_scope = [line for line in lines if line.scope == scope]
            if of_scope:
                self._write(
                    f"{number}_清算明细_{scope}",
                    f"{scope}异地就医费用清算明细",
                    _issued(self.quarter),
                    forms.CLEARINGS,
                    of_scope,
                    group=self._city if scope == HOME else None,
                )

    def _city(self, line: Clearing) -> str:
        return regions.name(regions.city_of(line.insured))

    def _write(self, name, title, on: date, layout, lines, group=None) -> None:
        ending = forms.suffix(self.kind)
        path = self.folder / f"{self.quarter}_{name}{ending}"
        head = _head(self.of, f"{_printed(self.quarter)}{title}", on)
        write_form(path, layout, head, lines, group=group, kind=self.kind)
        self.written.append(path)


def _one_city_waits(of: Office, lines: list[Clearing]) -> list[Clearing]:
    """The lines with the last city's unconfirmed, where there are several."""
    if len(of.land.cities) < 2:
        return lines
    waits = of.land.cities[-1]
    return [
        (
            line._replace(confirmed_on=None)
            if regions.city_of(line.insured) == waits
            else line
        )
        for line in lines
    ]


def _openings(of: Office, cutoff: date, quarters: int) -> Iterator[Opening]:
    """Money in the bank, in both books of every body; the centre starts at nothing.

    It lasts for the quarters that follow.
    """
    for payer in of.land.payers:
        level = regions.level(payer)
        body, kind = (payer, "county") if level == "county" else _upper(of, payer)
        bank = {"county": "县本级", "city": "市本级", "province": "省本级"}[kind]
        for fund in FUNDS:
            limits = [
                of.limits.get(Part(payer, s, fund), NOTHING) for s in (ABROAD, HOME)
            ]
            held = sum(limits, NOTHING) * (quarters + 4)
            for office_kind, subject in (
                ("agency", f"财政专户存款——{bank}"),
                ("finance", "银行存款——医保基金存款"),
            ):
                line = ("", 0, f"{body}-{kind}-{office_kind}", cutoff)
                yield Opening(*line, subject, "", fund, held, NOTHING)
                yield Opening(*line, "净资产——上年结余", "", fund, NOTHING, held)


def _upper(of: Office, own_people: str) -> tuple[str, str]:
    """The body behind own people, and its kind of book."""
    body = regions.parent(own_people)
    return body, "province" if body == of.land.province else "city"


def _quotas(
    of: Office, quarter: Quarter, paid: Mapping[Part, Decimal]
) -> Iterator[Quota]:
    """What each city with its counties, and 省本级, has to pay."""
    for fund in FUNDS:
        for region in (*of.land.cities, of.land.own_people):
            sums = {ABROAD: NOTHING, HOME: NOTHING}
            for part, amount in paid.items():
                if part.fund == fund and regions.city_of(part.payer) == region:
                    sums[part.scope] += amount
            place = ("", 0, quarter, 1, "核定", region, fund)
            yield Quota(*place, sums[ABROAD], sums[HOME], "")


def _head(of: Office, title: str, on: date) -> Head:
    return Head(title, f"{regions.name(of.land.province)}异地就医结算中心", on)


def _issued(quarter: Quarter) -> date:
    """The day of a clearing list with everybody's confirmation."""
    return days_of(quarter).confirm[-1]


def _printed(quarter: Quarter) -> str:
    return f"{quarter.year}年第{'一二三四'[quarter.number - 1]}季度"
