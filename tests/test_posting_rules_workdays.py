from datetime import date, timedelta

import pytest

from ledger.errors import SourceError
from posting_rules.workdays import (
    is_workday,
    nth_workday,
    shifted,
    special_days,
    unknown_years,
    warning,
    workdays_after,
)


def written(folder, text):
    path = folder / "补充.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "day", ["2017-04-01", "2017-09-30", "2018-02-11", "2024-02-04"]
)
def test_a_make_up_saturday_or_sunday_is_a_working_day(day):
    assert date.fromisoformat(day).weekday() >= 5
    assert is_workday(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2017-05-01", "2018-02-16", "2023-01-23", "2024-02-12"]
)
def test_a_holiday_on_a_weekday_is_a_day_off(day):
    assert date.fromisoformat(day).weekday() < 5
    assert not is_workday(date.fromisoformat(day))


def test_the_first_working_day_may_be_the_first_day():
    assert nth_workday(1, date(2017, 4, 1)) == date(2017, 4, 1)
    assert nth_workday(1, date(2017, 10, 1)) == date(2017, 10, 9)


def test_the_day_itself_is_not_counted_among_the_working_days_after_it():
    assert workdays_after(date(2017, 5, 8), 1) == date(2017, 5, 9)
    assert workdays_after(date(2017, 4, 28), 5) == date(2017, 5, 8)
    assert workdays_after(date(2017, 4, 29), 1) == date(2017, 5, 2)


def test_a_day_off_moves_to_the_next_working_day():
    assert shifted(date(2017, 4, 15)) == date(2017, 4, 17)
    assert shifted(date(2018, 2, 10)) == date(2018, 2, 11)


def test_a_working_day_does_not_move():
    assert shifted(date(2017, 9, 30)) == date(2017, 9, 30)


def test_a_day_off_never_leaves_its_month():
    assert shifted(date(2017, 4, 30)) == date(2017, 4, 28)
    assert shifted(date(2026, 2, 28)) == date(2026, 2, 28)
    assert shifted(date(2021, 2, 28)) == date(2021, 2, 26)


def test_every_shifted_day_is_a_working_day_of_its_month():
    days = [date(2004, 1, 1) + timedelta(days=n) for n in range(366 * 23 - 17)]
    counted = [shifted(day) for day in days]

    assert days[-1] == date(2026, 12, 31)
    assert all(is_workday(day) for day in counted)
    assert [day.replace(day=1) for day in counted] == [d.replace(day=1) for d in days]


def test_beyond_the_known_years_monday_to_friday_are_working_days():
    assert not is_workday(date(2031, 1, 4))
    assert is_workday(date(2031, 1, 6))
    assert is_workday(date(2031, 10, 1))
    assert is_workday(date(2003, 5, 1))


def test_the_unknown_years_are_told_in_order():
    days = [date(2032, 1, 1), date(2017, 1, 1), date(2031, 5, 5), date(2032, 2, 1)]

    assert unknown_years(days) == [2031, 2032]


def test_the_warning_names_the_years_and_the_remedy():
    assert warning([]) == ""
    assert warning([2031, 2032]) == (
        "2031年、2032年的放假和调休安排未知，暂以周一至周五为工作日，期限可能有出入。"
        "安排公布后，请把放假日和补班日写入工作日补充文件（workdays.toml）。"
    )


def test_a_file_of_the_user_makes_a_year_known(tmp_path):
    path = written(tmp_path, "[2031]\noff = [2031-10-01]\nwork = [2031-10-11]\n")
    special = special_days(path)

    assert unknown_years([date(2031, 1, 1)], special) == []
    assert not is_workday(date(2031, 10, 1), special)
    assert is_workday(date(2031, 10, 11), special)
    assert is_workday(date(2031, 10, 2), special)
    assert shifted(date(2031, 10, 1), special) == date(2031, 10, 2)
    assert nth_workday(8, date(2031, 10, 1), special) == date(2031, 10, 11)
    assert workdays_after(date(2031, 9, 30), 1, special) == date(2031, 10, 2)


def test_a_file_of_the_user_goes_before_the_package(tmp_path):
    special = special_days(written(tmp_path, "[2017]\noff = [2017-07-20]\n"))

    assert not is_workday(date(2017, 7, 20), special)
    assert not is_workday(date(2017, 5, 1), special)
    assert is_workday(date(2017, 7, 20))


def test_without_a_file_our_own_days_count():
    assert special_days() == special_days(None)


@pytest.mark.parametrize(
    "text, message",
    [
        ("[2031]\nrest = [2031-10-01]", "补充.toml“2031”：不认识“rest”。"),
        (
            "[2031]\noff = 元旦",
            "补充.toml第2行第7列：工作日补充文件不是UTF-8编码的TOML文件",
        ),
        ("[31]\noff = []", "补充.toml：“31”不是年份。"),
        ("2031 = [2031-10-01]", "补充.toml：“2031”不是年份。"),
        ("[2031]\noff = 2031-10-01", "补充.toml“2031”off：应为日期的列表。"),
        ("[2031]\noff = ['10-01']", "“10-01”不是日期，日期写作2031-01-01。"),
        ("[2031]\nwork = [2031-10-11T08:00:00]", "“2031-10-11 08:00:00”不是日期"),
        ("[2031]\noff = [2032-10-01]", "2032-10-01不在2031年。"),
        (
            "[2031]\noff = [2031-10-01]\nwork = [2031-10-01]",
            "2031-10-01既是放假日又是补班日",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(tmp_path, text, message):
    with pytest.raises(SourceError) as refused:
        special_days(written(tmp_path, text))

    assert message in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "补充.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SourceError, match="不是UTF-8编码的TOML文件"):
        special_days(path)


def test_a_file_that_is_missing_is_refused(tmp_path):
    with pytest.raises(SourceError, match="打不开"):
        special_days(tmp_path / "没有.toml")
