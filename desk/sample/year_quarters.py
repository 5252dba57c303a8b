"""The sample's province-year by quarters: lists, confirmation, plan, payment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from desk.sample import year_forms as layouts
from desk.sample.figures import HOME
from desk.sample.year_advances import counties
from desk.sample.year_confirming import confirmations
from desk.sample.year_days import Days, month_end
from desk.sample.year_lists import cleared, monthly_list, quarterly_list
from desk.sample.year_office import Office
from desk.sample.year_urgent import emergency, true_up, upward
from desk.sample.year_world import NEW_COUNTY, quarter_before
from ledger import regions
from ledger.documents import Clearing, Transfer
from ledger.money import NOTHING, to_fen
from ledger.periods import Quarter
from posting_rules.workdays import workdays_after

GENEROUS = ("2018Q1", "520102")  # pays too much, and gets it back
BOUNCED = ("2018Q3", "520121")  # its bank sends the money back; it pays again
ASKED_AGAIN = ("2018Q2", "522700")  # a notice that its city does not accept at first


class QuarterBusiness:
    """A quarter of the office's work, from the lists of the quarter before."""

    def __init__(self, office: Office, quarter: Quarter):
        self.office = office
        self.diary = office.diary
        self.quarter = quarter
        self.about = quarter_before(quarter)
        self.days = Days(quarter, office.world.seed)
        self.listed: list[Clearing] = []

    def write(self) -> None:
        self.lists()
        confirmations(self.office, self.days, self.listed)
        emergency(self.office, self.days)
        self.plan()
        self.payments()
        true_up(self.office, self.days, self.amounts)
        self.paid()

    def lists(self) -> None:
        office, on = self.office, self.days.listed
        if self.quarter == office.quarters[0]:
            for month in self.about.months:
                lines = office.keep(monthly_list(office.world, month))
                self._list(on, "跨省", f"{month}全国", lines)
        lines = office.keep(quarterly_list(office.world, self.about))
        self._list(on, "省内", f"{self.about}省内", lines)
        self.listed = [
            line for line in office.lines if line.period.quarter == self.about
        ]
        office.advances.cleared[self.about] = cleared(self.listed)
        for kind in ("clearing-list", "clearing-notice"):
            self.diary.act(on, f"notice make {kind} {self.about}")
            self.diary.act(on, f"notice issue --kind {kind} --period {self.about}")

    def _list(self, on: date, scope: str, what: str, lines: list[Clearing]) -> None:
        title, layout = f"{what}异地就医费用清算明细", layouts.CLEARINGS
        group = _city_name if scope == HOME else None
        self.diary.file(on, f"清算明细_{scope}", title, layout, lines, group=group)

    def plan(self) -> None:
        office, diary, quarter = self.office, self.diary, self.quarter
        province, on = office.world.land.province, self.days.planned
        self.amounts = office.advances.asked(quarter)
        office.advances.clear(self.about)
        diary.act(on, f"plan {quarter} --region {province}")
        for city, cells in office.advances.edits.items():
            edits = " ".join(
                f"--set {city}/{scope}/{fund}={amount}"
                for (scope, fund), amount in cells.items()
            )
            why = f"{regions.name(NEW_COUNTY)}接入，另加首期四个月"
            diary.act(on, f"plan {quarter} --region {province} {edits} --reason {why}")
        for kind in ("advance-list", "advance-notice"):
            diary.act(on, f"notice make {kind} {quarter}")
            diary.act(on, f"notice issue --kind {kind} --period {quarter}")
        notice = f"--kind advance-notice --period {quarter} --region"
        for city in self.office.payers:
            confirmed, submitted = self.days.submits(city)
            if (str(quarter), city) == ASKED_AGAIN:
                why = "--reason 上季度结余未计"
                diary.act(confirmed, f"notice dispute {notice} {city} {why}")
                diary.act(submitted, f"notice issue {notice} {city}")
                confirmed = submitted
            diary.act(confirmed, f"notice confirm {notice} {city}")
            diary.act(submitted, f"notice submit {notice} {city}")
            self.approve(notice, city)

    def approve(self, notice: str, city: str) -> None:
        on = self.days.city_pays(city)
        self.diary.act(on, f"notice approve {notice} {city}", rank=0)

    def payments(self) -> None:
        """Counties pay their cities, cities and 省本级 the province."""
        below: dict[date, list[Transfer]] = defaultdict(list)
        above: dict[date, list[Transfer]] = defaultdict(list)
        month = month_end(self.quarter.months[0])
        for at, city in enumerate(self.office.payers):
            on = self.days.city_pays(city)
            comes = month if on <= month else on
            for county in counties(city):
                below[month] += self._county(county, city)
            above[comes] += self._city(city, on, at + 1)
        for name, by_day in ("县区划拨单", below), ("市州上解单", above):
            for comes, lines in sorted(by_day.items()):
                self.office.transfers(comes, name, lines)

    def paid(self) -> None:
        """Everybody holds what was asked for, late or not, before the next plan."""
        advances = self.office.advances
        for amounts in (self.amounts, advances.waiting):
            for part, amount in amounts.items():
                advances.pay(part, amount)
        advances.waiting.clear()

    def _county(self, county: str, city: str) -> list[Transfer]:
        office, on = self.office, self.days.county_pays()
        rows = {
            (part.scope, part.fund): (amount, NOTHING)
            for part, amount in self.amounts.items()
            if part.payer == county
        }
        pay, key = office.slips.pay, (str(self.quarter), county)
        lines = []
        if key == BOUNCED:
            sent = pay(county, city, on, rows, "预付金", self.quarter, bounces=True)
            back = workdays_after(on, 1)
            office.slips.bounce(sent, back)
            lines += sent + sent_back(sent, back)
            on = workdays_after(back, 1)
        if key == GENEROUS:
            cell, (amount, _) = next(iter(rows.items()))
            more = to_fen(amount / 10)
            rows[cell] = (amount + more, NOTHING)
            back = {cell: (more, NOTHING)}
            later = workdays_after(on, 2)
            note = "退回多付的预付金"
            lines += pay(city, county, later, back, "退回", self.quarter, note=note)
        return lines + pay(county, city, on, rows, "预付金", self.quarter)

    def _city(self, city: str, on: date, serial: int) -> list[Transfer]:
        serial += (self.quarter.number - 1) * len(self.office.payers)
        args = ("预付金", self.quarter, "advance-notice", serial)
        travels = self.days.travels(city)
        return upward(self.office, city, on, self.amounts, *args, travels=travels)


def sent_back(sent: list[Transfer], on: date) -> list[Transfer]:
    """F1 of a transfer that its bank sent back: the payer's money is there again."""
    return [
        line._replace(
            paid_on=on,
            received_on=on,
            payer=line.payee,
            payee=line.payer,
            nature="退回",
            payer_account=line.payee_account,
            payee_account=line.payer_account,
            serial=f"TH{line.serial}",
            received_serial=f"TH{line.serial}",
            note=f"退汇 {line.serial}",
        )
        for line in sent
    ]


def _city_name(line: Clearing) -> str:
    return regions.name(regions.city_of(line.insured))
