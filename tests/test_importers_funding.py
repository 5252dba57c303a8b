"""F5 省内异地就医预付金用款计划: its own checks."""

from decimal import Decimal

import pytest
from forms_by_hand import as_csv, form_rows, line

from importers.forms import read
from ledger.documents import Funding
from ledger.errors import SourceError
from ledger.periods import Quarter


def plan(*rows: dict, **options):
    return read(as_csv(form_rows("F5", list(rows), **options)), "计划.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        plan(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("计划.csv")


def test_every_column_reaches_its_field():
    row = line("F5", 机构代码="h52010001", 机构名称="省医", 参保省份代码="440000")
    (funding,) = plan({**row, "参保省份": "广东省"})

    assert funding == Funding(
        sheet="",
        row=3,
        quarter=Quarter(2017, 2),
        place="520102",
        institution="H52010001",
        institution_name="省医",
        fund="310",
        at_home=Decimal("60.00"),
        elsewhere=Decimal("40.00"),
        province="440000",
    )
    assert funding.total == 100


def test_a_place_may_stand_without_institution_and_province():
    (funding,) = plan(line("F5"), title="《用款申请计划》")

    assert (funding.institution, funding.province) == ("", "")


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"合计": "99.99"}, "第3行：合计“99.99”不等于省内参保与外省参保之和100.00。"),
        ({"省内参保": "-1", "合计": "39"}, "第3行：省内参保“-1”是负数。"),
        ({"机构代码": "H-1"}, "第3行：机构代码“H-1”不是1至12位的字母和数字。"),
        (
            {"外省参保": "0", "合计": "60", "参保省份代码": "440000"},
            "第3行：参保省份代码“440000”写了参保省份，而外省参保是零。",
        ),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(changes, message):
    assert refused(line("F5", **changes)) == message


def test_an_institution_stands_once_a_fund_and_province():
    other = line("F5", 参保省份代码="440000")
    found = refused(line("F5"), other, other)

    assert found.startswith("第5行：与第4行是同一条（季度、就医地代码、机构代码、")
