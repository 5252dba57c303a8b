"""F4 全国跨省异地就医费用预付金明细表 and 额度调整通知书: its own checks."""

from decimal import Decimal

import pytest
from forms_by_hand import as_csv, form_rows, line

from importers.forms import read
from ledger.documents import ProvinceQuota
from ledger.errors import SourceError


def quotas(*rows: dict, **options):
    return read(as_csv(form_rows("F4", list(rows), **options)), "额度.csv").lines


def refused(*rows: dict, **options) -> str:
    with pytest.raises(SourceError) as caught:
        quotas(*rows, total=False, **options)
    return str(caught.value).split("\n")[0].removeprefix("额度.csv")


def test_every_column_reaches_its_field():
    row = line("F4", 年度="2018年", 省份="广东省", 原额度="80", 调整额="20")
    (quota,) = quotas({**row, "期限": "2018-02-28"})

    assert quota == ProvinceQuota(
        sheet="",
        row=3,
        year=2018,
        province="440000",
        direction="付款",
        before=Decimal("80.00"),
        after=Decimal("100.00"),
        change=Decimal("20.00"),
        term="2018-02-28",
        first=False,
    )


@pytest.mark.parametrize(
    "title, first",
    [
        ("全国跨省异地就医费用预付金明细表", False),
        ("2018年《跨省预付金额度调整通知书》", False),
        ("《跨省预付金收款通知书》", True),
    ],
)
def test_the_notice_of_the_first_time_is_known_by_its_title(title, first):
    (quota,) = quotas(line("F4"), title=title)

    assert quota.first is first


@pytest.mark.parametrize(
    "changes, message",
    [
        (
            {"调整额": "99.99"},
            "第3行：调整额“99.99”不等于调整后额度减原额度100.00。",
        ),
        (
            {"调整后额度": "-1.00", "调整额": "-1.00"},
            "第3行：调整后额度“-1.00”是负数。",
        ),
        ({"年度": "18"}, "第3行：年度“18”不是年度。"),
        ({"方向": "收入"}, "第3行：方向“收入”不是付款、收款之一。"),
        ({"期限": "长" * 101}, f"第3行：期限“{'长' * 40}…”有101个字，太长。"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(changes, message):
    assert refused(line("F4", **changes)) == message


def test_the_first_time_there_is_no_quota_before():
    row = line("F4", 原额度="80.00", 调整额="20.00")
    found = refused(row, title="跨省预付金收款通知书")

    why = "不是零，而首次的跨省预付金收款通知书没有原额度"
    assert found == f"第3行：原额度“80.00”{why}。"


def test_a_province_stands_once_a_year_and_direction():
    found = refused(line("F4"), line("F4"))

    why = "与第3行是同一条（年度、省份代码、方向都相同）"
    assert found == f"第4行：{why}。"
