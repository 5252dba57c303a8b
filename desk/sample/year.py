"""Writing the sample's province-year: every form of 2018, and the run that posts them.

`year_world` says what people cost, `year_lists` what is cleared, `year_advances` who
holds what and is asked for how much (by the policy's own formula), `year_days` when
each acts; `year_quarters`, `year_months`, `year_provinces`, `year_funding` and
`year_banks` write the forms and the commands of their part of the business into the
`year_diary`. The same seed makes the same files.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from desk.sample import year_forms as layouts
from desk.sample.people_rows import Year, quoted
from desk.sample.year_advances import ESTIMATE, Advances
from desk.sample.year_banks import Statements
from desk.sample.year_diary import CHECK, SET, Diary
from desk.sample.year_funding import Funded
from desk.sample.year_months import FIRST_HOSTED, MonthBusiness
from desk.sample.year_office import Office
from desk.sample.year_openings import CUTOFF, Openings, past_payments
from desk.sample.year_provinces import yearly
from desk.sample.year_quarters import QuarterBusiness
from desk.sample.year_slips import Slips
from desk.sample.year_urgent import suspension
from desk.sample.year_world import GO_LIVE, NEW_COUNTY, world
from ledger.errors import UsageError
from posting_rules.workdays import nth_workday

PROVINCE, YEAR = "520000", 2018


def write_province_year(folder: Path, province: str, year: int, seed: int) -> Year:
    """Write the forms of a province's year, and the file for `yibao run`.

    UsageError for another province or year than the ones that the story is of.
    """
    if (province, year) != (PROVINCE, YEAR):
        raise UsageError(f"只有贵州省（{PROVINCE}）{YEAR}年的全年样例")
    folder.mkdir(parents=True, exist_ok=True)
    made = world(province, seed)
    diary, openings = Diary(folder, province), Openings(made)
    office = Office(made, diary, year, openings, Advances(made), Slips(province))
    statements = Statements(office)
    first = date(year, 1, 1)
    _begin(office, statements, first)
    months = [month for quarter in office.quarters for month in quarter.months]
    for month in months:
        if month.number % 3 == 1:
            quarter = QuarterBusiness(office, month.quarter)
            quarter.write()
            funded = Funded(office, month.quarter)
        business = MonthBusiness(office, month)
        if month.number == 1:
            business.listed(FIRST_HOSTED, nth_workday(3, first))
        business.write()
        if month.number % 3 == 1:
            funded.write()
        if month.number == 2:
            yearly(office)
        business.look_back()
    suspension(office)
    office.arrivals()
    for month in months:
        statements.of_month(month)
    page = folder / f"{year}年异地就医资金运行报告.html"
    diary.note(date(year, 12, 31), f"report year {year} --html {quoted(page)}", CHECK)
    run = folder / "year.yibao"
    run.write_text("\n".join(diary.run()) + "\n", "utf-8")
    return Year(diary.files, run)


def _begin(office: Office, statements: Statements, first: date) -> None:
    """Settings, accounts, and what stood before the year."""
    diary, cite = office.diary, "--cite 样例"
    diary.note(
        first,
        f"setting set go-live closed --region {NEW_COUNTY} --from {first} {cite}",
        SET,
    )
    opened = GO_LIVE.first_day
    diary.note(
        first,
        f"setting set go-live open --region {NEW_COUNTY} --from {opened} {cite}",
        SET,
    )
    for (scope, fund), amount in ESTIMATE.items():
        name = f"plan-estimate-{scope}-{fund}"
        line = (
            f"setting set {name} {amount} --region {NEW_COUNTY} --from {first} {cite}"
        )
        diary.note(first, line, SET)
    statements.register(first)
    lines = office.openings.lines()
    diary.file(first, "期初余额", "科目期初余额表", layouts.OPENINGS, lines, rank=SET)
    title, past = "往年异地就医医保基金支付额表", past_payments(office.world)
    diary.file(first, "往年支付额", title, layouts.PAST, past, rank=SET)
    assert CUTOFF < first, "the openings come before the year"
