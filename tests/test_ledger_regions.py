from datetime import date, timedelta

import pytest

from ledger import regions
from ledger.regions import (
    cities,
    city_of,
    codes_named,
    counties,
    level,
    name,
    own_people,
    parent,
    province_of,
    region,
    table,
    today_code,
)

CITIES_OF_GUIZHOU = {
    "520100": ("贵阳市", 10),
    "520200": ("六盘水市", 4),
    "520300": ("遵义市", 14),
    "520400": ("安顺市", 6),
    "520500": ("毕节市", 8),
    "520600": ("铜仁市", 10),
    "522300": ("黔西南布依族苗族自治州", 8),
    "522600": ("黔东南苗族侗族自治州", 16),
    "522700": ("黔南布依族苗族自治州", 12),
}

CHANGES_IN_GUIZHOU = [
    ("520222", "盘县", "520281", "盘州市", date(2017, 4, 10)),
    ("522322", "兴仁县", "522302", "兴仁市", date(2018, 7, 2)),
    ("520221", "水城县", "520204", "水城区", date(2020, 6, 5)),
    ("520522", "黔西县", "520581", "黔西市", date(2021, 3, 16)),
]

DAY = timedelta(days=1)


def in_force(row, on):
    """Whether `on` is in [from_day, until), said once more for the tests."""
    return (row.from_day or date.min) <= on < (row.until or date.max)


@pytest.mark.parametrize("city", CITIES_OF_GUIZHOU)
def test_a_city_of_guizhou_has_its_name_and_number_of_counties(city):
    found = name(city), len(counties(city))

    assert found == CITIES_OF_GUIZHOU[city]


def test_guizhou_has_88_counties_and_guian_beside_its_nine_cities():
    found = cities("520000")

    assert found == sorted([*CITIES_OF_GUIZHOU, "520900"])
    assert sum(len(counties(city)) for city in found) == 88


def test_counties_stand_in_code_order_without_own_people():
    found = [name(code) for code in counties("520200")]

    assert found == ["钟山区", "六枝特区", "水城区", "盘州市"]


def test_names_of_autonomous_counties_are_whole():
    found = [name(code) for code in counties("520300") if "族" in name(code)]

    assert found == ["道真仡佬族苗族自治县", "务川仡佬族苗族自治县"]


@pytest.mark.parametrize("old, was, new, now, first_day", CHANGES_IN_GUIZHOU)
def test_an_old_code_counts_up_to_its_last_day(old, was, new, now, first_day):
    found = [today_code(old, on) for on in (first_day - DAY, first_day, None)]

    assert found == [new, None, new]


@pytest.mark.parametrize("old, was, new, now, first_day", CHANGES_IN_GUIZHOU)
def test_todays_code_counts_whatever_the_day(old, was, new, now, first_day):
    found = [today_code(new, on) for on in (date(2016, 1, 1), first_day, None)]

    assert found == [new, new, new]


@pytest.mark.parametrize("old, was, new, now, first_day", CHANGES_IN_GUIZHOU)
def test_a_name_is_that_of_the_day(old, was, new, now, first_day):
    found = [name(new, on) for on in (first_day - DAY, first_day, None)]

    assert found == [was, now, now]


@pytest.mark.parametrize("old, was, new, now, first_day", CHANGES_IN_GUIZHOU)
def test_both_names_lead_to_todays_code(old, was, new, now, first_day):
    found = codes_named(was), codes_named(now)

    assert found == ([new], [new])


def test_an_unknown_code_has_no_code_today_and_is_a_bug_as_a_region():
    found = today_code("529999"), today_code("", date(2020, 1, 1))

    assert found == (None, None)
    with pytest.raises(KeyError):
        region("529999")


def test_a_new_name_under_the_old_code_has_two_rows():
    last_day, first_day = date(2020, 6, 4), date(2020, 6, 5)

    assert [name("130503", last_day), name("130503", first_day)] == ["桥西区", "信都区"]
    assert today_code("130503", last_day) == today_code("130503") == "130503"


def test_a_region_merged_out_of_several_has_no_former_name():
    found = name("410308", date(2017, 1, 1))

    assert found == "孟津区"
    assert today_code("410306") == today_code("410322") == "410308"


def test_a_region_younger_than_the_day_answers_with_its_first_name():
    found = name("440311", date(2017, 1, 1))

    assert found == "光明区"


def test_a_dissolved_city_leads_to_the_city_that_took_it_in():
    last_day, first_day = date(2018, 12, 25), date(2018, 12, 26)

    assert [today_code("371200", d) for d in (last_day, first_day)] == ["370100", None]
    assert [today_code("371299", d) for d in (last_day, first_day)] == ["370199", None]


def test_a_name_borne_by_many_has_many_codes():
    found = codes_named("朝阳区")

    assert found == ["110105", "220104"]
    assert codes_named("没有此地") == []


@pytest.mark.parametrize(
    "code, city, province",
    [
        ("520102", "520100", "520000"),
        ("520199", "520100", "520000"),
        ("520100", "520100", "520000"),
        ("520999", "520900", "520000"),
        ("529900", "529900", "520000"),
        ("520000", "520000", "520000"),
        ("440100", "440100", "440000"),
        ("429004", "429004", "420000"),
        ("110101", "110100", "110000"),
        ("660000", "660000", "660000"),
    ],
)
def test_parents_lead_to_the_city_and_the_province(code, city, province):
    found = city_of(code), province_of(code)

    assert found == (city, province)


def test_a_county_under_its_province_is_among_the_provinces_counties():
    found = [name(code) for code in counties("420000")]

    assert found == ["仙桃市", "潜江市", "天门市", "神农架林区"]
    assert parent("429004") == "420000"


def test_guian_the_corps_and_own_people_are_local_codes():
    codes = ["520900", "660000", "520199", "520999", "529900"]

    assert all(region(code).local for code in codes)
    assert [level(code) for code in codes] == ["city", "province", "own", "own", "own"]
    assert all(row.local == (row.level == "own") for row in others(table(), codes))


def others(rows, codes):
    return [row for row in rows if row.code not in codes]


def test_every_city_and_province_has_own_people():
    above = [row for row in table() if row.level in ("city", "province")]
    above = [row.code for row in above if row.until is None]

    assert all(parent(own_people(code)) == code for code in above)
    assert [own_people("520100"), own_people("520000")] == ["520199", "529900"]
    assert [name("520999"), name("529900")] == ["贵安新区本级", "贵州省本级"]


def test_there_are_34_provinces_and_the_corps():
    provinces = [row for row in table() if row.level == "province"]

    assert len(provinces) == 34 + 1
    assert all(row.parent == "" for row in provinces)


@pytest.mark.parametrize("province, number", [("510000", 21), ("340000", 16)])
def test_sichuan_has_21_cities_and_anhui_16(province, number):
    found = len(cities(province))

    assert found == number


@pytest.mark.parametrize(
    "city, names",
    [
        ("510400", "东区 西区 仁和区 米易县 盐边县"),
        (
            "511300",
            "顺庆区 高坪区 嘉陵区 南部县 营山县 蓬安县 仪陇县 西充县 阆中市",
        ),
    ],
)
def test_panzhihua_has_five_counties_and_nanchong_nine(city, names):
    found = [name(code) for code in counties(city)]

    assert found == names.split()


def test_every_parent_is_a_region_and_todays_parent_is_one_of_today():
    codes = {row.code for row in table()}
    todays = {row.code for row in table() if row.until is None}

    assert all(row.parent in codes for row in table() if row.parent)
    assert all(
        row.parent in todays for row in table() if row.parent and row.until is None
    )


def test_no_code_is_in_force_twice_on_a_day():
    first_days = {row.from_day for row in table() if row.from_day}

    for on in [date(2017, 1, 1), *first_days, date(2026, 1, 1)]:
        codes = [row.code for row in table() if in_force(row, on)]
        assert len(codes) == len(set(codes))


def test_a_range_is_half_open_and_never_empty():
    ended = [row for row in table() if row.until]

    assert all(in_force(row, row.until - DAY) for row in ended)
    assert not any(in_force(row, row.until) for row in ended)
    assert all(bool(row.until) == bool(row.successor) for row in table())


def test_a_successor_is_in_force_on_the_day_that_a_row_ends():
    for row in (row for row in table() if row.until):
        heirs = [r for r in table() if row.successor in (r.code, r.successor)]
        assert any(in_force(heir, row.until) for heir in heirs), row
        assert region(row.successor).level == row.level


def test_todays_regions_are_2846_counties_by_the_list_of_2024():
    rows = [row for row in table() if row.until is None]
    found = [row.level for row in rows if not row.local]

    assert found.count("county") == 2846
    assert found.count("city") == 333 + 5  # and the collective codes


def test_the_table_is_in_code_order_without_blanks():
    rows = regions.table()

    assert [row.code for row in rows] == sorted(row.code for row in rows)
    assert all(row.name == row.name.strip() and row.name for row in rows)
