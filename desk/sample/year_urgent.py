"""What does not go by the calendar in the sample's province-year.

A red payer's 紧急调增, the true-up of a plan made before everybody had confirmed, and
the suspension of a city that held its money back.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from desk.sample import year_forms as layouts
from desk.sample.figures import ABROAD, HOME, Part
from desk.sample.year_advances import Amounts, counties, own_people
from desk.sample.year_confirming import EMERGENCIES, confirms
from desk.sample.year_days import SUSPENDED, Days
from desk.sample.year_diary import CHECK, LOOKS
from desk.sample.year_lists import missed_line
from desk.sample.year_office import Office
from desk.sample.year_world import quarter_before
from ledger.documents import Transfer
from ledger.money import NOTHING, to_fen
from ledger.periods import Quarter
from posting_rules.workdays import workdays_after

# A city of whose lists something was missed, and how much; it comes after the plan.
MISSED = ("2018Q4", "520300", Decimal("0.04"))


def emergency(office: Office, days: Days) -> None:
    """A red payer's increase, asked for before the quarter's plan and paid soon."""
    city = EMERGENCIES.get(str(days.quarter))
    if not city:
        return
    about, on, diary = quarter_before(days.quarter), confirms(days, city), office.diary
    amounts = office.advances.urgent(about, city)
    region = f"--region {office.province}"
    notice = f"--kind emergency --period {about} --region {city}"
    for command in (
        f"plan {about} {region} --emergency {city}",
        f"notice make emergency {about} {region}",
        f"notice make advance-list {about} {region}",
        f"notice issue --kind advance-list --period {about}",
        f"notice issue {notice}",
        f"warning note {office.province}-centre {city} --quarter {about} "
        "--note 已启动紧急调增，本季度预付金照常核定",
    ):
        diary.act(on, command, LOOKS)
    day = workdays_after(on, 1)
    for step in ("confirm", "submit", "approve"):
        diary.act(day, f"notice {step} {notice}")
        day = workdays_after(day, 1)
    paid = max(workdays_after(day, 1), workdays_after(days.planned, 2))
    parts = office.advances.spread(about, city, amounts)
    lines = []
    for county in counties(city):
        rows = {p[1:]: (a, NOTHING) for p, a in parts.items() if p.payer == county}
        lines += office.slips.pay(county, city, day, rows, "紧急调增", about)
    serial = list(EMERGENCIES).index(str(days.quarter)) + 1
    args = (parts, "紧急调增", about, "emergency", serial)
    lines += upward(office, city, paid, *args)
    office.transfers(paid, "紧急调增划拨单", lines)
    office.advances.waiting.update(parts)


def true_up(office: Office, days: Days, asked: Amounts) -> None:
    """Lines that come after the plan: confirmed, planned for, and paid."""
    quarter, city, share = MISSED
    if str(days.quarter) != quarter:
        return
    missed = _missed(office, days, city, share)
    more = office.advances.more(days.quarter, city, missed)
    again = workdays_after(days.of("advance-transfer"), 3)
    notice = f"--kind advance-notice --period {days.quarter} --region {city}"
    for command in (
        f"plan {days.quarter} --region {office.province}",
        f"notice make advance-list {days.quarter}",
        f"notice make advance-notice {days.quarter}",
        f"notice issue --kind advance-list --period {days.quarter}",
        f"notice issue {notice}",
    ):
        office.diary.act(again, command, LOOKS)
    day = workdays_after(again, 2)
    for step in ("confirm", "submit", "approve"):
        office.diary.act(day, f"notice {step} {notice}")
        day = workdays_after(day, 1)
    serial = 4 * len(office.payers) + 1
    amounts = {key: NOTHING for key in asked} | more
    args = (amounts, "额度调整", days.quarter, "advance-notice", serial)
    office.transfers(day, "额度调整划拨单", upward(office, city, day, *args))
    asked.update({key: asked[key] + extra for key, extra in more.items()})


def _missed(office: Office, days: Days, city: str, share: Decimal) -> Amounts:
    """What was missed of a city's own people, and how it is told and confirmed."""
    about, diary, missed = quarter_before(days.quarter), office.diary, {}
    comes = workdays_after(days.planned, 3)
    for scope in (ABROAD, HOME):
        part = Part(own_people(city), scope, "310")
        missed[part] = to_fen(office.advances.cleared[about][part] * share)
        title = f"{about}{scope}异地就医费用清算明细"
        lines = [missed_line(office.world, about, part, missed[part])]
        diary.file(comes, f"补清算_{scope}", title, layouts.CLEARINGS, lines)
    for kind in ("clearing-list", "clearing-notice"):
        diary.act(comes, f"notice make {kind} {about}")
        diary.act(comes, f"notice issue --kind {kind} --period {about}")
    confirmed = workdays_after(days.of("clearing-confirm"), 1)
    diary.act(confirmed, f"confirm {about} --kind advances --region {city}")
    return missed


def upward(
    office: Office,
    city: str,
    on: date,
    amounts: Amounts,
    nature: str,
    quarter: Quarter,
    kind: str,
    serial: int,
    travels: int = 0,
) -> list[Transfer]:
    """A city's money on its way up: its own people's, its counties'."""
    rows = {}
    for cell in office.advances.cells(city):
        own = amounts[Part(own_people(city), *cell)]
        sent = [amounts[Part(county, *cell)] for county in counties(city)]
        rows[cell] = (own, sum(sent, NOTHING))
    ends, number = (city, office.province), office.number(kind, serial)
    more = {"notice": number, "travels": travels}
    return office.slips.pay(*ends, on, rows, nature, quarter, **more)


def suspension(office: Office) -> None:
    """The city that held its money back is suspended, and let in again."""
    city, first, last = SUSPENDED
    reason, document = "无故拖延上解二季度预付金", "黔医保中心函〔2018〕7号"
    start = f"suspend start {city} --from {first} --reason {reason}"
    office.diary.act(first, "suspend list", LOOKS)
    office.diary.note(first, f"{start} --document {document}", CHECK)
    reason, document = "已上解二季度预付金", "黔医保中心函〔2018〕9号"
    lift = f"suspend lift {city} --reason {reason} --document {document}"
    office.diary.act(last, lift, CHECK)
