"""F2 异地就医费用清算明细: its own checks."""

from datetime import date
from decimal import Decimal

import pytest
from forms_by_hand import as_csv, as_xlsx, form_rows, line

from importers.forms import read
from ledger.documents import Clearing
from ledger.errors import SourceError
from ledger.periods import Month


def clearings(*rows: dict, **options):
    return read(as_csv(form_rows("F2", list(rows), **options)), "清算.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        clearings(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("清算.csv")


FULL = {
    "清算单号": "QS201706",
    "清算性质": "正常",
    "清算期": "2017-06",
    "范围": "跨省",
    "参保地代码": "520102",
    "参保地": "南明区",
    "就医地代码": "440000",
    "就医地": "广东省",
    "险种": "310",
    "医疗类别": "住院",
    "人次": "3",
    "医疗总费用": "300.00",
    "统筹支付": "60.00",
    "大病支付": "20.00",
    "公务员补助": "10.00",
    "个人账户支付": "5.00",
    "其他基金": "5.00",
    "基金支付": "100.00",
    "确认日期": "2017-07-14",
    "备注": "甲",
}


def test_every_column_reaches_its_field():
    (clearing,) = clearings(FULL)

    assert clearing == Clearing(
        sheet="",
        row=3,
        list_number="QS201706",
        nature="正常",
        period=Month(2017, 6),
        scope="跨省",
        insured="520102",
        place="440000",
        fund="310",
        category="住院",
        visits=3,
        total_cost=Decimal("300.00"),
        pooled=Decimal("60.00"),
        serious=Decimal("20.00"),
        civil=Decimal("10.00"),
        personal=Decimal("5.00"),
        other=Decimal("5.00"),
        amount=Decimal("100.00"),
        confirmed_on=date(2017, 7, 14),
        note="甲",
    )


def test_what_is_not_given_is_none_or_empty():
    (clearing,) = clearings(line("F2"))

    assert clearing.visits is clearing.pooled is clearing.confirmed_on is None
    assert clearing.category == clearing.note == ""


@pytest.mark.parametrize("make", [as_csv, as_xlsx], ids=["csv", "xlsx"])
def test_parts_may_be_given_in_some_lines_only(make):
    some = line("F2", 统筹支付="60.00", 其他基金="40.00")
    rows = form_rows("F2", [some, line("F2", 险种="390")])
    one, other = read(make(rows), "x").lines

    assert (one.pooled, one.serious, one.other) == (60, None, 40)
    assert other.pooled is None


def test_parts_that_do_not_add_up_are_refused():
    found = refused({**FULL, "统筹支付": "60.01"})

    assert found.startswith("第3行：基金支付“100.00”与各项之和100.01不符")
    assert "与各项之和60.00不符" in refused(line("F2", 统筹支付="60"))


def test_冲减_is_negative_and_nothing_else_is():
    (clearing,) = clearings(line("F2", 清算性质="冲减", 基金支付="-5.00"))
    assert clearing.amount == -5

    assert "冲减应为负数" in refused(line("F2", 清算性质="冲减"))
    for nature in "正常", "补清算":
        found = refused(line("F2", 清算性质=nature, 基金支付="-5.00"))
        assert found == "第3行：基金支付“-5.00”是负数，只有冲减是负数。"


@pytest.mark.parametrize("code", ["520102", "520199", "529900", "520181"])
def test_a_county_own_people_and_省本级_are_payers(code):
    assert clearings(line("F2", 参保地代码=code))[0].insured == code


@pytest.mark.parametrize("code", ["520100", "520000", "520900"])
def test_a_city_or_province_is_no_payer(code):
    assert refused(line("F2", 参保地代码=code)).startswith(
        f"第3行：参保地代码“{code}”是市州或省的代码，不能作为参保地"
    )


@pytest.mark.parametrize(
    ("scope", "place", "fault"),
    [
        ("跨省", "440000", ""),
        ("跨省", "440100", ""),
        ("跨省", "660000", ""),
        ("省内", "520300", ""),
        ("省内", "520302", ""),
        ("跨省", "520300", "范围“跨省”与就医地不一致，就医地在本省"),
        ("省内", "440000", "范围“省内”与就医地不一致，就医地在外省"),
        ("省内", "520000", "就医地代码“520000”不是市州或县（区）的代码"),
        ("省内", "520199", "就医地代码“520199”不是市州或县（区）的代码"),
    ],
)
def test_范围_agrees_with_就医地(scope, place, fault):
    row = line("F2", 范围=scope, 就医地代码=place)
    if fault:
        assert refused(row) == f"第3行：{fault}。"
    else:
        assert clearings(row)[0].place == place


def test_an_older_code_is_read_up_to_its_last_day():
    (clearing,) = clearings(line("F2", 参保地代码="520221", 清算期="2017-06"))
    assert clearing.insured == "520204"
    (clearing,) = clearings(line("F2", 参保地代码="520222", 清算期="2017-04"))
    assert clearing.insured == "520281"

    found = refused(line("F2", 参保地代码="520221", 清算期="2023-06"))
    assert "“520221”在2023-06-01不是有效的行政区划代码，今为520204" in found


@pytest.mark.parametrize("code", ["520000000", "52010", "贵阳", "529999", "999999"])
def test_an_unknown_code_is_refused(code):
    assert "行政区划代码" in refused(line("F2", 参保地代码=code))


def test_the_name_of_another_region_is_refused_and_an_unknown_name_is_not():
    assert clearings(line("F2", 参保地="市医保中心"))
    assert clearings(line("F2", 参保地代码="520199", 参保地="贵阳市"))
    found = refused(line("F2", 参保地="云岩区"))

    assert found == "第3行：参保地“云岩区”是520103云岩区，与代码520102南明区不一致。"


def test_two_equal_keys_in_one_file_are_refused_naming_both_rows():
    for note in "同", "异":
        found = refused(line("F2"), line("F2", 备注=note))
        assert found.startswith("第4行：与第3行是同一条（清算单号、")

    differing = {
        "清算单号": "2",
        "清算期": "2017Q2",
        "险种": "390",
        "就医地代码": "450000",
    }
    others = [line("F2", **{title: cell}) for title, cell in differing.items()]
    assert len(clearings(line("F2"), *others)) == 5


def test_faults_of_one_line_are_all_found():
    row = line("F2", 清算期="六月", 参保地代码="x", 险种="y", 基金支付="z")
    with pytest.raises(SourceError) as caught:
        clearings(row, total=False)

    columns = [fault.column for fault in caught.value.faults]
    assert columns == ["清算期", "参保地代码", "险种", "基金支付"]


def test_a_fault_in_a_later_block_has_its_own_row():
    rows = [line("F2", 清算单号=f"QS{at}") for at in range(25_000)]
    rows[20_004]["基金支付"] = "x"

    assert refused(*rows).startswith("第20007行：基金支付“x”")
