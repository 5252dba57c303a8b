"""`yibao init` and settings: 199 books, once; what was cut off is taken up again."""

from datetime import date

import pytest
from desk_by_hand import LI
from forms_by_hand import line, write_form

from desk.homes import init_home, put_setting
from desk.importing import import_files
from ledger import books, settings
from ledger.database import Home, upgrade
from ledger.errors import BookError, UsageError
from posting_rules.policies import policy_of


def test_init_opens_the_provinces_books(home):
    with home.reading() as connection:
        kinds = [id.partition("-")[2] for id in books.all_books(connection)]

    assert {kind: kinds.count(kind) for kind in books.KIND_NAMES} == {
        "county-finance": 88,
        "county-agency": 88,
        "city-finance": 10,
        "city-agency": 10,
        "province-finance": 1,
        "province-agency": 1,
        "centre": 1,
    }


def test_init_does_not_touch_a_home_that_is_there(sqlite_home):
    with pytest.raises(BookError, match="已是账套目录"):
        init_home(sqlite_home.path, "520000", LI)


def test_init_does_not_touch_a_database_that_has_books(postgresql_home, tmp_path):
    with pytest.raises(BookError, match="这个数据库里已有账套"):
        init_home(tmp_path / "other", "520000", LI, url=postgresql_home.url)


@pytest.mark.parametrize("upgraded", [False, True])
def test_an_init_that_was_cut_off_can_be_run_again(upgraded, tmp_path):
    cut_off = Home(tmp_path)
    if upgraded:
        upgrade(cut_off)
    else:
        with cut_off.reading():
            pass
    cut_off.close()

    home, opened = init_home(tmp_path, "520000", LI)
    home.close()

    assert opened == 199


def test_init_does_not_touch_a_file_that_is_no_database(tmp_path):
    (tmp_path / "yibao.db").write_text("not a database, but somebody's")

    with pytest.raises(BookError, match="已是账套目录"):
        init_home(tmp_path, "520000", LI)

    assert (tmp_path / "yibao.db").read_text().startswith("not a database")


@pytest.mark.parametrize("code", ["520100", "999999", "贵州"])
def test_init_wants_a_provinces_code(code, tmp_path):
    with pytest.raises(UsageError, match="不是省级代码"):
        init_home(tmp_path, code, LI)


def test_a_province_without_an_advance_policy_has_books_and_takes_no_transfer(tmp_path):
    home, count = init_home(tmp_path / "home", "510000", LI)
    write_form(tmp_path / "f1.csv", form="F1", rows=[line("F1")])

    (result,) = import_files(home, [tmp_path / "f1.csv"], LI)

    assert count == 2 * 183 + 2 * 21 + 3
    assert result.status == "rejected" and "新增一省" in result.message


@pytest.mark.parametrize(
    "name, value, how",
    [
        ("nothing", "1", {}),
        ("reading", "another", {}),
        ("province", "510000", {}),
        ("reading", "printed", {"region": "520102"}),
        ("county-books", "ended", {"region": "529999"}),
        ("reading", "printed", {"cite": " "}),
    ],
)
def test_a_setting_that_is_refused(name, value, how, sqlite_home):
    with pytest.raises(UsageError):
        put_setting(sqlite_home, LI, name, value, **{"cite": "测试", **how})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("plan-months", "9999999999999", "应在0至24之间"),
        ("plan-months", "49/2", "应在0至24之间"),
        ("plan-weight", "2", "应在0至1之间"),
        ("plan-unit", "0", "应在0.01至1000000之间"),
        ("plan-unit", "1/3", "应为0.01的整数倍"),
        ("plan-floor", "0.001", "应为0.01的整数倍"),
        ("plan-cap", "9999999999999", "应在0至999999999999.99之间"),
    ],
)
def test_a_parameter_of_plans_has_its_range(name, value, says, sqlite_home):
    with pytest.raises(UsageError, match=f"{name}不能设为“{value}”，{says}"):
        put_setting(sqlite_home, LI, name, value, cite="测试")


def test_every_parameter_of_plans_has_a_range_and_the_document_s_value_is_in_it():
    setting = settings.known()["plan-{kind}"]
    values = {
        row["name"]: row["value"] for row in policy_of("520000").plan["parameter"]
    }

    assert set(setting.ranges) == set(values) == set(setting.kinds)
    for name, value in values.items():
        assert setting.out_of_range(f"plan-{name}", value) == ""


def test_a_setting_counts_from_its_day_and_for_its_region(home):
    ended = {"region": "520102", "cite": "测试"}
    put_setting(home, LI, "county-books", "ended", from_day=date(2018, 1, 1), **ended)
    put_setting(home, LI, "county-books", "kept", from_day=date(2019, 1, 1), **ended)

    with home.reading() as connection:
        values = [
            settings.value(connection, "county-books", date(year, 1, 1), region)
            for year in (2017, 2018, 2019)
            for region in ("520102", "520103")
        ]
    assert values == ["kept", "kept", "ended", "kept", "kept", "kept"]
