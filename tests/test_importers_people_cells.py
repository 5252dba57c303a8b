"""Cells of people: every dress in which an id, a month, a day or money may come."""

from datetime import date, datetime

import pytest
from forms_by_hand import as_csv, as_xlsx
from hypothesis import given
from hypothesis import strategies as st
from test_importers_people import Taken, fault, line, printed

from importers.cells import WRONG, Amount
from importers.faults import Wrong
from importers.people_cells import Fen, Name, PersonId
from ledger.money import whole_fen


def field(form: str, title: str, field: str, cell):
    make = as_csv if isinstance(cell, str) else as_xlsx
    return Taken(make(printed(form, line(form, **{title: cell})))).one[field]


def wrong(form: str, title: str, cell):
    make = as_csv if isinstance(cell, str) else as_xlsx
    return fault(make(printed(form, line(form, **{title: cell}))))


# Persons


@pytest.mark.parametrize(
    ("cell", "person_id"),
    [
        ("511300000001", "511300000001"),
        ("0001", "0001"),
        (" 51130000000x\t", "51130000000X"),
        ("Ａ１２ｂ", "A12B"),
        ("9" * 30, "9" * 30),
        (511300000001, "511300000001"),
        (999999999999999, "999999999999999"),
    ],
)
def test_ids_are_kept_digit_by_digit(cell, person_id):
    assert field("G1", "个人编号", "person_id", cell) == person_id


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "没有填"),
        ("9" * 31, "不是1至30位的字母和数字"),
        ("5113 0000", "不是1至30位的字母和数字"),
        ("5113-0000", "不是1至30位的字母和数字"),
        ("张三", "不是1至30位的字母和数字"),
        ("'51130000", "不是1至30位的字母和数字"),
        ("5113.5", "不是1至30位的字母和数字"),
        ("5113\u200b0000", "含有不可见的控制字符U+200B"),
        ("5.113E+17", "是超过15位的数字，末几位已经丢失"),
        (511300199001011234, "是超过15位的数字，末几位已经丢失"),
        (5113.5, "不是1至30位的字母和数字"),
        (date(2023, 1, 1), "是日期或时间"),
    ],
)
def test_what_is_no_id_sets_the_row_aside(cell, why):
    assert why in wrong("G1", "个人编号", cell).message


def test_ids_are_read_the_same_many_at_once_and_one_by_one():
    cells = ("511300000001", "A12", "0009")
    assert PersonId(True).column(cells) == list(cells)
    assert PersonId(True).column((*cells, " b1 ", "张")) == [*cells, "B1", WRONG]


def test_names_are_kept_as_they_are():
    assert field("G1", "姓名", "name", " 阿依古丽·买买提 ") == "阿依古丽·买买提"
    assert Name().column(("张三", "李 四", "王\n五", "")) == [
        "张三",
        "李 四",
        "王 五",
        "",
    ]
    assert "控制字符" in wrong("G1", "姓名", "张\u202e三").message


def test_serials_are_at_most_60_characters():
    assert field("G8", "划转流水号", "serial", "HZ-" + "1" * 57) == "HZ-" + "1" * 57
    assert "有61个字，太长" in wrong("G8", "划转流水号", "H" * 61).message


def test_choices_left_empty_mean_the_first():
    row = line("G1", 参保身份="", 缴费类型="补缴", 退休待遇起始月="")
    one = Taken(printed("G1", row)).one
    assert (one["insured_as"], one["kind"]) == ("单位职工", "补缴")

    assert wrong("G1", "人员类别", "离休").message == (
        "清单.csv第3行：人员类别“离休”不是在职、退休之一。"
    )


# Months and days

MONTHS = {"所属期": "month", "出生年月": "born", "退休待遇起始月": "retired_from"}


@pytest.mark.parametrize("title", MONTHS)
@pytest.mark.parametrize(
    "cell",
    [
        "2023-01",
        "2023-1",
        "202301",
        "2023年1月",
        "2023年01月",
        "2023/1",
        "２０２３／０１",
    ]
    + [202301, date(2023, 1, 1), datetime(2023, 1, 1, 0, 0), "2023-01-01"],
)
def test_months_are_read_in_every_dress(title, cell):
    assert field("G1", title, MONTHS[title], cell) == "2023-01"


@pytest.mark.parametrize(
    "cell",
    ["19580312", 19580312, "1958-03-12", "1958年3月12日", "1958-03", "195803", 195803]
    + [date(1958, 3, 12), "1958/3/12 0:00:00"],
)
def test_a_day_of_birth_is_read_as_its_month(cell):
    assert field("G1", "出生年月", "born", cell) == "1958-03"


@pytest.mark.parametrize(
    ("title", "cell", "why"),
    [
        ("所属期", "2023-13", "不是日历上有的月份"),
        ("所属期", "2023-00", "不是日历上有的月份"),
        ("所属期", "2023Q1", "不是月份"),
        ("所属期", "一月", "不是月份"),
        ("所属期", "23-01", "不是月份"),
        ("所属期", "20230115", "不是月份"),
        ("所属期", "2023-01-15", "是一天，不是月份"),
        ("所属期", date(2023, 1, 15), "是一天，不是月份"),
        ("所属期", 2023.01, "不是月份"),
        ("退休待遇起始月", "2015-06-15", "是一天，不是月份"),
        ("出生年月", "19581312", "不是日历上有的日期"),
        ("出生年月", "58-03", "不是月份"),
    ],
)
def test_what_is_no_month_sets_the_row_aside(title, cell, why):
    assert why in wrong("G1", title, cell).message


@pytest.mark.parametrize(
    "cell",
    ["2023-01-15", "2023/1/15", "2023年1月15日", "20230115", 20230115]
    + [date(2023, 1, 15), datetime(2023, 1, 15, 9, 30)],
)
def test_days_are_read_in_every_dress(cell):
    assert field("G1", "到账日期", "received_on", cell) == "2023-01-15"


def test_what_is_no_day_sets_the_row_aside():
    assert "不是日历上有的日期" in wrong("G8", "退回日期", "2023-02-30").message
    assert "不是日期" in wrong("G8", "退回日期", "2023-02").message


# Money


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        (".5", 50),
        ("0.00", 0),
        ("-0.00", 0),
        ("1,234,567.80", 123456780),
        ("１，２３４．５０", 123450),
        ("￥ 12.30", 1230),
        ("12.300", 1230),
        ("999999999999999.99", 99999999999999999),
        (12, 1200),
        (0.1 + 0.2, 30),
        (1234567890.12, 123456789012),
    ],
)
def test_amounts_are_whole_fen_whatever_their_dress(cell, fen):
    assert field("G8", "退回金额", "amount", cell) == fen


@pytest.mark.parametrize(
    "cell",
    ["12.", "1.234", "12,34.00", "1e3", "1 2", "1.2.3", "五元", 1.234, True],
)
def test_what_is_no_amount_sets_the_row_aside(cell):
    assert "不是以元为单位、到分为止的金额" in wrong("G8", "退回金额", cell).message


@pytest.mark.parametrize("cell", ["-1.00", "(1.00)", "－1", -1, -0.01])
def test_a_negative_amount_sets_the_row_aside(cell):
    found = wrong("G8", "退回金额", cell)

    assert "是负数。" in found.message
    assert found.expected == "不小于零的金额"


@pytest.mark.parametrize("cell", ["1000000000000000", 1e13, 1e300])
def test_an_amount_too_large_sets_the_row_aside(cell):
    assert wrong("G8", "退回金额", cell).column == "退回金额"


def test_万元_scales_exactly():
    rows = printed("G8", line("G8", 退回金额="1.234567"), unit="万元")
    assert Taken(rows).one["amount"] == 1234567
    rows[3][2] = "1.2345678"
    assert "不是以元为单位" in fault(rows).message


PRINTED = st.one_of(
    st.from_regex(r"-?[0-9]{1,14}(\.[0-9]{0,3})?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}(,[0-9]{2,3}){0,3}(\.[0-9]{1,2})?", fullmatch=True),
    st.sampled_from(["", " ", ".5", "1.00\n2.00", "1\n2.00", "1.00\n", "1.2.3", "x"]),
    st.sampled_from(["1.00.00", "²", "１.００", "00.10", "1_0.00", "+1.00", "1.5 "]),
)


@given(st.lists(PRINTED, min_size=1, max_size=8), st.booleans())
def test_property_texts_read_at_once_are_what_each_is_alone(cells, required):
    assert Fen(required).column(cells) == alone(cells, required)


@given(st.lists(st.floats() | st.integers(0, 10**12).map(lambda fen: fen / 100)))
def test_property_numbers_read_at_once_are_what_each_is_alone(cells):
    assert not cells or Fen().column(cells) == alone(cells, False)


def alone(cells: list, required: bool) -> list:
    """Each cell as a fund form reads it, in whole fen."""
    return [_alone(Amount(required), cell) for cell in cells]


def _alone(kind: Amount, cell):
    try:
        amount = kind.value(cell)
    except Wrong:
        return WRONG
    if amount is None:
        return None
    return WRONG if amount < 0 else whole_fen(amount)
