"""Who confirms the lists of the sample's province-year, disputes or takes back."""

from __future__ import annotations

from datetime import date

from desk.sample.figures import HOME
from desk.sample.year_days import Days
from desk.sample.year_diary import LOOKS
from desk.sample.year_office import Office
from desk.sample.year_world import GO_LIVE, NEW_COUNTY, quarter_before
from ledger import regions
from ledger.documents import Clearing
from ledger.periods import Quarter
from posting_rules.workdays import workdays_after

# Red payers that are asked for 紧急调增, by the quarter in which they are.
EMERGENCIES = {"2018Q1": "520600", "2018Q4": "520500"}
TAKEN_BACK = ("2018Q3", "522600")  # a confirmation given too early, and given again
DISPUTED = ("2018Q2", "520200")  # a line of the list is not accepted at first


def confirmations(office: Office, days: Days, listed: list[Clearing]) -> None:
    """Every city confirms the quarter before; disputes are settled a quarter later."""
    about = quarter_before(days.quarter)
    confirm = f"confirm {about} --kind advances --region"
    for city in office.payers:
        on = confirms(days, city)
        if spot := office.disputes.pop(city, None):
            line, period = spot
            settle = f"confirm {period} --kind advances --region {city} --line {line}"
            office.diary.act(on, f"{settle} --settle 已与就医地核实")
        if found := _disputed(days.quarter, about, city, listed):
            line, why = found
            spot = f"{line.insured}/{line.place}/{line.fund}/{line.scope}"
            office.diary.act(on, f"{confirm} {city} --dispute {why} --line {spot}")
            office.disputes[city] = (spot, about)
        if (str(days.quarter), city) == TAKEN_BACK:
            early = workdays_after(days.listed, 1)
            later = workdays_after(early, 1)
            why = "--take-back --reason 漏审一县"
            office.diary.act(early, f"{confirm} {city}")
            office.diary.act(later, f"{confirm} {city} {why}")
            on = days.of("clearing-confirm")
        office.diary.act(on, f"{confirm} {city}")
    last = days.of("clearing-confirm")
    office.diary.act(last, f"usage --quarter {about} --warned", LOOKS)
    office.diary.act(last, f"warning list --quarter {about}", LOOKS)


def confirms(days: Days, city: str) -> date:
    """When a city confirms; a red one at once, before the plan is made."""
    if city != EMERGENCIES.get(str(days.quarter)):
        return days.confirms(city)
    soon = workdays_after(days.listed, 1)
    return soon if soon < days.planned else days.listed


def _disputed(
    quarter: Quarter, about: Quarter, city: str, listed: list[Clearing]
) -> tuple[Clearing, str] | None:
    """The line that a city does not accept, and why."""
    mine = [line for line in listed if regions.city_of(line.insured) == city]
    if (str(quarter), city) == DISPUTED:
        line = next(line for line in mine if line.scope == HOME)
        return line, "人次与医院不符"
    early = [line for line in mine if line.insured == NEW_COUNTY and line.note]
    if early and about < GO_LIVE.quarter:
        return early[0], "接入前的清算，请核实"
    return None
