"""F3 贵州省异地就医费用预付金明细表: its own checks."""

from datetime import date
from decimal import Decimal

import pytest
from forms_by_hand import as_csv, as_xlsx, form_rows, line

from importers.forms import read
from ledger.documents import Quota
from ledger.errors import SourceError
from ledger.periods import Quarter


def quotas(*rows: dict, **options):
    return read(as_csv(form_rows("F3", list(rows), **options)), "核定.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        quotas(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("核定.csv")


def test_every_column_reaches_its_field():
    (quota,) = quotas(line("F3", 版次="2", 类型="额度调整", 统筹区="南明区", 备注="甲"))

    assert quota == Quota(
        sheet="",
        row=3,
        quarter=Quarter(2017, 2),
        edition=2,
        kind="额度调整",
        region="520102",
        fund="310",
        abroad=Decimal("60.00"),
        home=Decimal("40.00"),
        note="甲",
    )
    assert quota.total == 100


def test_edition_and_kind_left_out_or_empty_are_the_first():
    for row in line("F3"), line("F3", 版次="", 类型=""):
        (quota,) = quotas(row)
        assert (quota.edition, quota.kind) == (1, "核定")


def test_amounts_in_万元_as_numbers_are_exact():
    row = line("F3", 跨省核定额=1234.5678, 省内核定额=0.07, 合计=1234.6378)
    rows = form_rows("F3", [row], unit="万元", total=False)
    (quota,) = read(as_xlsx(rows), "x").lines

    assert (str(quota.abroad), str(quota.home)) == ("12345678.00", "700.00")


def test_合计_is_the_sum_of_跨省_and_省内():
    found = refused(line("F3", 合计="99.99"))

    assert found == "第3行：合计“99.99”不等于跨省与省内核定额之和100.00。"


@pytest.mark.parametrize(
    ("title", "cell", "says"),
    [
        ("季度", "2017-06", "不是季度"),
        ("版次", "0", "不是1以上的整数"),
        ("版次", "一", "不是整数"),
        ("类型", "调减", "不是核定、紧急调增、额度调整之一"),
        ("统筹区代码", "999999", "不是已知的行政区划代码"),
    ],
)
def test_a_wrong_cell_is_refused(title, cell, says):
    assert refused(line("F3", **{title: cell})) == f"第3行：{title}“{cell}”{says}。"


def test_an_older_code_is_read_for_a_quarter_that_it_began():
    assert quotas(line("F3", 统筹区代码="520221"))[0].region == "520204"
    found = refused(line("F3", 统筹区代码="520221", 季度="2021Q1"))

    assert f"在{date(2021, 1, 1)}不是有效的行政区划代码" in found


def test_two_equal_keys_in_one_file_are_refused_naming_both_rows():
    assert len(quotas(line("F3"), line("F3", 版次="2"))) == 2
    found = refused(line("F3"), line("F3", 版次="1"))

    assert found.startswith("第4行：与第3行是同一条（季度、版次、统筹区代码、险种")
