"""`yibao sample`: what an invented province's forms have in them."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest

from desk.importing import import_files
from desk.sample import write_clearing_list, write_quarter, write_samples
from importers.forms import read
from ledger import regions
from ledger.errors import UsageError
from ledger.money import NOTHING
from ledger.periods import Month, Quarter
from ledger.postings import Actor
from posting_rules.calendar import calendar_tasks, deadlines

FIRST = Quarter(2017, 2)
LI = Actor("li", "2017-12-01T10:00:00+08:00")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return write_samples(tmp_path_factory.mktemp("sample"), "520000", 1, FIRST, 2)


@pytest.fixture(scope="module")
def documents(sample):
    return {path.stem: read(path.read_bytes(), path.name) for path in sample}


def lines(documents, form, quarter=FIRST):
    """A quarter's lines of a form; transfers as they stand once all has arrived."""
    found = {}
    for name, document in documents.items():
        if name.startswith(str(quarter)) and document.form == form:
            found.update({_key(line): line for line in document.lines})
    return list(found.values())


def _key(line):
    if hasattr(line, "serial"):
        return line.payer_account, line.serial, line.scope, line.fund
    return line.sheet, line.row, line[2:9]


def test_the_names_of_the_files_sort_in_the_order_of_import(sample):
    names = [path.name for path in sample]

    assert names == sorted(names)
    assert names[:6] == [
        "01_期初余额.xlsx",
        "2017Q2_1_预付金明细表.xlsx",
        "2017Q2_2_预付金划拨单.xlsx",
        "2017Q2_2_预付金划拨单_补到账日期.xlsx",
        "2017Q2_3_清算明细_跨省.xlsx",
        "2017Q2_4_清算明细_省内.xlsx",
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_same_seed_writes_the_same_bytes(tmp_path, kind):
    once, again, other = (
        write_samples(tmp_path / name, "110000", seed, FIRST, 1, kind)
        for name, seed in (("once", 5), ("again", 5), ("other", 6))
    )

    assert bytes_of(once) == bytes_of(again)
    assert bytes_of(once) != bytes_of(other)


def bytes_of(paths):
    return [path.read_bytes() for path in paths]


@pytest.mark.parametrize(
    "province, kind",
    [("110000", "xlsx"), ("460000", "csv"), ("640000", "gb18030"), ("660000", "csv")],
)
def test_a_sample_of_any_province_is_read_without_fault(tmp_path, province, kind):
    paths = write_samples(tmp_path, province, 2, Quarter(2023, 4), 2, kind)
    read_back = [read(path.read_bytes(), path.name) for path in paths]

    assert all(document.totalled and document.lines for document in read_back)


def test_a_code_that_is_no_province_is_refused(tmp_path):
    with pytest.raises(UsageError, match="不是省级代码"):
        write_samples(tmp_path, "520100", 1, FIRST, 1)


def test_a_kind_of_file_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(UsageError, match="应为xlsx"):
        write_samples(tmp_path, "520000", 1, FIRST, 1, "pdf")


def test_every_county_pays_its_city_and_every_city_the_province(documents):
    paid = {(line.payer, line.payee) for line in lines(documents, "F1")}
    cities = regions.cities("520000")
    counties = [county for city in cities for county in regions.counties(city)]

    assert {(county, regions.parent(county)) for county in counties} < paid
    assert {(city, "520000") for city in (*cities, "529900")} < paid
    assert len(counties) == 88


def test_there_is_money_of_every_nature(documents):
    first = {line.nature for line in lines(documents, "F1")}
    second = {line.nature for line in lines(documents, "F1", FIRST.next)}

    assert first == {"预付金", "紧急调增", "退回"}
    assert second == {"预付金", "紧急调增", "退回", "清算资金", "额度调整"}


def test_a_city_passes_on_what_its_counties_sent(documents):
    sent, passed = defaultdict(lambda: NOTHING), defaultdict(lambda: NOTHING)
    for line in lines(documents, "F1"):
        place = (line.scope, line.fund)
        if line.nature == "退回":
            sent[line.payer, *place] -= line.total
        elif regions.level(line.payer) == "county" and line.nature == "预付金":
            sent[line.payee, *place] += line.total
        elif regions.level(line.payer) == "city" and line.lower:
            passed[line.payer, *place] += line.lower
    short = {place for place in sent if passed[place] != sent[place]}

    assert short == {("520300", "省内", "310"), ("520300", "省内", "390")}


def test_counties_pay_before_cities_and_cities_by_the_due_day(documents):
    due = {
        row.task: row.due
        for row in deadlines(calendar_tasks("guizhou_2017_204"), FIRST)
    }
    paid = defaultdict(list)
    for line in lines(documents, "F1"):
        if line.nature == "预付金":
            paid[regions.level(line.payer)].append(line.paid_on)

    assert max(paid["county"]) < min(paid["city"])
    assert max(paid["city"]) <= due["advance-transfer"]


def test_money_under_way_arrives_later_but_for_one_transfer(documents):
    waiting = {
        quarter: {
            line.serial
            for line in lines(documents, "F1", quarter)
            if line.received_on is None
        }
        for quarter in (FIRST, FIRST.next)
    }

    assert waiting[FIRST] == set()
    assert len(waiting[FIRST.next]) == 1
    assert any(
        line.received_on is None for line in documents["2017Q2_2_预付金划拨单"].lines
    )


def test_rates_of_use_lie_on_both_sides_of_the_thresholds(documents):
    advance, cleared = defaultdict(lambda: NOTHING), defaultdict(lambda: NOTHING)
    for line in lines(documents, "F1"):
        if line.nature == "退回":
            advance[line.payee] -= line.total
        elif line.nature == "预付金":
            advance[line.payer] += line.total
    for line in lines(documents, "F2"):
        cleared[line.insured] += line.amount
    rates = {
        payer: Fraction(cleared[payer]) / Fraction(amount)
        for payer, amount in advance.items()
        if regions.level(payer) == "county"
    }

    assert rates["520102"] == Fraction(7, 10)
    assert [payer for payer, rate in rates.items() if rate > 1] == ["520304"]
    assert sum(Fraction(7, 10) <= rate < Fraction(9, 10) for rate in rates.values()) > 5
    assert sum(rate >= Fraction(9, 10) for rate in rates.values()) > 5
    assert sum(rate < Fraction(7, 10) for rate in rates.values()) > 50


def test_a_place_is_cleared_by_month_or_by_quarter_never_both(documents):
    periods = defaultdict(list)
    for line in lines(documents, "F2"):
        if line.nature == "正常":
            at = (line.insured, line.place, line.fund, line.scope)
            periods[at].append(line.period)
    by_month = [found for found in periods.values() if isinstance(found[0], Month)]
    by_quarter = [found for found in periods.values() if found == [FIRST]]

    assert len(by_month) + len(by_quarter) == len(periods)
    assert all(set(found) <= set(FIRST.months) for found in by_month)
    assert by_month and by_quarter


def test_a_city_confirms_on_one_day_and_the_last_one_not_at_all(documents):
    days = defaultdict(set)
    for line in lines(documents, "F2", FIRST.next):
        days[regions.city_of(line.insured)].add(line.confirmed_on)
    waiting = days.pop("522700")

    assert waiting == {None}
    assert all(len(on) == 1 for on in days.values())
    assert date(2017, 10, 13) < min(min(on) for on in days.values())
    assert max(max(on) for on in days.values()) <= date(2017, 10, 20)


def test_corrections_are_in_the_list(documents):
    natures = {line.nature for line in lines(documents, "F2")}

    assert natures == {"正常", "补清算", "冲减"}


def test_the_whole_sample_is_imported_and_one_county_is_beyond_its_advance(
    sample, sqlite_home
):
    results = import_files(sqlite_home, sample, LI)
    warnings = [warning for result in results for warning in result.warnings]
    again = import_files(sqlite_home, sample, LI)

    assert {result.status for result in results} == {"posted"}
    assert len(warnings) == 2  # once a quarter
    assert all(warning.startswith("播州区的清算已超过预付金") for warning in warnings)
    assert {result.status for result in again} == {"already-posted"}


def test_quarters_on_their_own_have_no_number_in_common(tmp_path):
    serials, numbers = set(), set()
    for year in (2017, 2018):
        for path in write_quarter(tmp_path, "110000", 1, Quarter(year, 2)):
            for line in read(path.read_bytes(), path.name).lines:
                if hasattr(line, "serial"):
                    serials.add((line.serial, year))
                elif hasattr(line, "list_number"):
                    numbers.add((line.list_number, year))

    assert len(serials) == len({serial for serial, _ in serials})
    assert len(numbers) == len({number for number, _ in numbers})


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_long_list_has_as_many_different_lines_as_were_asked_for(tmp_path, suffix):
    path = write_clearing_list(
        tmp_path / f"清算明细.{suffix}", "520000", 2_000, 1, FIRST
    )
    document = read(path.read_bytes(), path.name)
    keys = {(x.insured, x.place, x.fund, x.period) for x in document.lines}

    assert len(keys) == len(document.lines) == 2_000
    assert document.totalled
    assert all(line.confirmed_on for line in document.lines)
    assert len({line.insured for line in document.lines}) == 99
