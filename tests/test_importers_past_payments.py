"""F9 往年异地就医医保基金支付额表: read, checked, kept and withdrawn."""

from decimal import Decimal

import pytest
from desk_by_hand import take
from forms_by_hand import as_csv, form_rows

from importers.forms import read
from ledger.documents import PastPayment
from ledger.errors import SourceError

ROW = {
    "年度": "2016",
    "统筹区代码": "520102",
    "用途": "跨省",
    "险种": "310",
    "基金支付额": "1200.00",
}


def past(*rows: dict, **options):
    return read(as_csv(form_rows("F9", list(rows), **options)), "往年.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        past(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("往年.csv")


def test_every_column_reaches_its_field():
    row = {
        **ROW,
        "年度": "2016年",
        "统筹区": "南明区",
        "险种": "职工医保",
        "备注": "甲",
    }
    (line,) = past(row)

    assert line == PastPayment(
        sheet="",
        row=3,
        year=2016,
        region="520102",
        scope="跨省",
        fund="310",
        amount=Decimal("1200.00"),
        note="甲",
    )


@pytest.mark.parametrize(
    "change, words",
    [
        ({"年度": "16"}, "年度“16”不是年度"),
        ({"用途": "境外"}, "用途“境外”不是跨省、省内之一"),
        ({"用途": ""}, "用途没有填"),
        ({"基金支付额": "-1.00"}, "基金支付额“-1.00”是负数"),
        ({"统筹区": "云岩区"}, "是520103云岩区，与代码520102南明区不一致"),
    ],
)
def test_a_wrong_cell_is_named(change, words):
    assert words in refused({**ROW, **change})


def test_the_same_year_region_scope_and_fund_twice_is_refused():
    assert "年度、统筹区代码、用途、险种都相同" in refused(ROW, ROW)


def test_the_total_has_to_agree():
    rows = form_rows("F9", [ROW])
    rows[-1] = [cell.replace("1200.00", "1200.01") for cell in rows[-1]]

    with pytest.raises(SourceError, match="与各行之和1,200.00不符"):
        read(as_csv(rows), "往年.csv")


def test_it_is_kept_once_and_other_content_is_refused(home):
    results = [take(home, "F9", [ROW]) for _ in range(2)]
    other = take(home, "F9", [{**ROW, "基金支付额": "1300.00"}])

    assert [(r.status, r.new, r.known) for r in results] == [
        ("posted", 1, 0),
        ("already-posted", 0, 1),
    ]
    assert other.status == "rejected"
    assert "基金支付额现为“1300.00”，原为“1200.00”" in other.message


@pytest.mark.parametrize("code", ["520000", "440100"])
def test_who_is_no_payer_of_the_province_is_refused(sqlite_home, code):
    result = take(sqlite_home, "F9", [{**ROW, "统筹区代码": code}])

    assert (result.status, result.errors[0].column) == ("rejected", "统筹区代码")
    assert "不是付款方" in result.message
