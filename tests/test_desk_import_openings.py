"""F0 科目期初余额表 and F3 预付金明细表 at the desk."""

import pytest
from desk_by_hand import (
    LI,
    WANG,
    clearings,
    count,
    printed,
    rows,
    take,
    take_transfers,
)
from forms_by_hand import line

from desk.homes import put_setting
from desk.reversing import reverse
from ledger.schema import OpeningLine, QuotaLine, Voucher

CITY = """
账簿               | 截止日期   | 科目                 | 辅助明细 | 险种 | 借方余额 | 贷方余额
520100-city-agency | 2017-03-31 | 财政专户存款——市本级 |          | 310  | 130.00   |
520100-city-agency | 2017-03-31 | 财政专户存款——市本级 |          | 390  | 7.00     |
520100-city-agency | 2017-03-31 | 暂收款——各县、区     | 520102   | 310  |          | 30.00
520100-city-agency | 2017-03-31 | 暂收款——各县、区     | 云岩区   | 310  |          | 20.00
520100-city-agency | 2017-03-31 | 一般基金结余         |          | 310  |          | 80.00
520100-city-agency | 2017-03-31 | 净资产——上年结余     |          | 390  |          | 7.00
"""
SMALL = """
账簿   | 截止日期 | 科目   | 辅助明细 | 险种   | 借方余额 | 贷方余额
{book} | {cutoff} | {have} | {detail} | {fund} | 5.00     |
{book} | {cutoff} | {owe}  |          | {fund} |          | 5.00
"""
USUAL = {
    "book": "520102-county-agency",
    "cutoff": "2017-03-31",
    "have": "财政专户存款——县本级",
    "owe": "净资产——上年结余",
    "detail": "",
    "fund": "310",
}


def opening(**changes) -> list[dict]:
    """A county's two lines of 5.00, with some words changed."""
    return rows(SMALL.format(**{**USUAL, **changes}))


def test_opening_balances_are_one_voucher_on_the_day_after_the_cutoff(home):
    result = take(home, "F0", rows(CITY))

    assert result.message == ""
    assert (result.status, result.new) == ("posted", 6)
    assert printed(home) == """
520100-city-agency 2017-04-01 X1 记-1
  借 财政专户存款——市本级 310 130.00
  借 财政专户存款——市本级 390 7.00
  贷 暂收款——各县、区:520102 310 30.00
  贷 暂收款——各县、区:520103 310 20.00
  贷 净资产——上年结余 310 80.00
  贷 净资产——上年结余 390 7.00
""".strip()


def test_the_same_balances_again_are_known(home):
    take(home, "F0", rows(CITY))

    again = take(home, "F0", rows(CITY))

    assert (again.status, again.known) == ("already-posted", 6)


def test_two_books_are_two_vouchers(sqlite_home):
    result = take(
        sqlite_home,
        "F0",
        opening() + opening(book="520103-county-agency"),
    )

    assert [v.name for v in result.vouchers] == [
        "520102-county-agency/2017-04/1",
        "520103-county-agency/2017-04/1",
    ]


def test_an_empty_fund_is_the_first_one_listed(sqlite_home):
    take(sqlite_home, "F0", opening(fund=""))

    assert "借 财政专户存款——县本级 310 5.00" in printed(sqlite_home)


REFUSED = {
    "收入科目": ({"owe": "利息收入"}, "科目", "期初没有收入和支出"),
    "支出科目": ({"have": "其他支出"}, "科目", "期初没有收入和支出"),
    "科目不认识": ({"have": "库存现金"}, "科目", "没有“库存现金”这个科目"),
    "辅助明细不认识": (
        {"book": "520100-city-agency", "have": "暂付款——各县、区", "detail": "火星"},
        "辅助明细",
        "本市州的县区",
    ),
    "辅助明细是别市的县": (
        {"book": "520100-city-agency", "have": "暂付款——各县、区", "detail": "520302"},
        "辅助明细",
        "本市州的县区",
    ),
    "没有辅助明细的科目": ({"detail": "520102"}, "辅助明细", "没有辅助明细"),
    "缺辅助明细": (
        {"book": "520100-city-agency", "have": "暂付款——各县、区"},
        "辅助明细",
        "本市州的县区",
    ),
    "别种账套的科目": ({"have": "财政专户存款——市本级"}, "科目", "经办机构）的科目"),
    "账簿不是同一级": ({"book": "520102-city-agency"}, "账簿", "不是同一级"),
}


@pytest.mark.parametrize("changes, column, says", REFUSED.values(), ids=REFUSED)
def test_an_opening_line_that_is_refused(changes, column, says, sqlite_home):
    result = take(sqlite_home, "F0", opening(**changes))

    assert (result.status, result.errors[0].column) == ("rejected", column)
    assert says in result.errors[0].message
    assert count(sqlite_home) == 0


def test_balances_out_of_balance_are_refused(sqlite_home):
    lines = opening()
    lines[0]["借方余额"] = "5.01"

    result = take(sqlite_home, "F0", lines)

    assert result.status == "rejected"
    assert "相差0.01" in result.message


def test_two_cutoffs_in_one_book_are_refused(sqlite_home):
    lines = opening()
    lines[1]["截止日期"] = "2017-04-30"

    result = take(sqlite_home, "F0", lines)

    assert (result.status, result.errors[0].column) == ("rejected", "截止日期")


def test_one_subject_under_two_names_is_refused(home):
    lines = opening() + opening(owe="一般基金结余")
    del lines[2]

    result = take(home, "F0", balanced(lines))

    assert result.status == "rejected"
    assert "第5行" in result.errors[0].message


def test_a_line_more_than_was_recorded_is_refused(sqlite_home):
    take(sqlite_home, "F0", opening())

    result = take(sqlite_home, "F0", opening() + opening(fund="390"))

    assert result.status == "rejected"
    assert "已经录入" in result.message


def test_other_balances_than_were_recorded_are_refused(sqlite_home):
    take(sqlite_home, "F0", opening())
    other = opening()
    other[0]["借方余额"] = other[1]["贷方余额"] = "6.00"

    result = take(sqlite_home, "F0", other)

    assert (result.status, result.errors[0].column) == ("rejected", "借方余额")


def test_a_book_with_earlier_vouchers_takes_no_opening_balances(home):
    take_transfers(home, "付款日期\n2017-04-28")

    result = take(home, "F0", opening(cutoff="2017-04-30"))

    assert result.status == "rejected"
    assert "在2017-04-28已有凭证" in result.message


def test_business_up_to_the_cutoff_is_in_the_balances_already(home):
    take(home, "F0", opening(cutoff="2017-04-28"))

    before = take_transfers(home, "付款日期 | 交易流水号\n2017-04-28 | A")
    after = take_transfers(home, "付款日期 | 交易流水号\n2017-04-29 | B")

    assert (before.status, after.status) == ("rejected", "posted")
    assert "期初余额截至2017-04-28" in before.message


def test_post_on_does_not_bring_old_business_in_twice(sqlite_home):
    from datetime import date

    take(sqlite_home, "F0", opening(cutoff="2017-06-30"))

    result = take_transfers(
        sqlite_home, "付款日期\n2017-04-28", post_on=date(2017, 7, 5)
    )

    assert result.status == "rejected"
    assert "期初余额截至2017-06-30" in result.message


def test_reversed_balances_may_come_again_with_a_later_cutoff(home):
    from datetime import date

    first = take(home, "F0", opening())
    reverse(home, WANG, first.vouchers[0].name, date(2017, 7, 1), "截止日期不对")

    again = take(home, "F0", opening(cutoff="2017-06-30"))

    assert again.message == ""
    assert [str(v.dated) for v in again.vouchers] == ["2017-07-01"]


def test_under_second_person_balances_are_a_draft(sqlite_home):
    put_setting(sqlite_home, LI, "review", "second-person", cite="测试")

    result = take(sqlite_home, "F0", opening())

    assert result.status == "draft"
    assert count(sqlite_home, OpeningLine) == 2


def test_quotas_are_kept_and_make_no_voucher(home):
    result = take(home, "F3", [line("F3"), line("F3", 统筹区代码="520100")])
    again = take(home, "F3", [line("F3"), line("F3", 统筹区代码="520100")])

    assert (result.status, result.new, result.vouchers) == ("posted", 2, [])
    assert (again.status, again.known) == ("already-posted", 2)
    assert (count(home, QuotaLine), count(home, Voucher)) == (2, 0)


def test_a_changed_quota_needs_an_edition_of_its_own(sqlite_home):
    take(sqlite_home, "F3", [line("F3")])
    changed = {"跨省核定额": "61.00", "合计": "101.00"}

    same = take(sqlite_home, "F3", [line("F3", **changed)])
    next_edition = take(sqlite_home, "F3", [line("F3", 版次="2", **changed)])

    assert (same.status, same.errors[0].column) == ("rejected", "跨省核定额")
    assert next_edition.status == "posted"


@pytest.mark.parametrize("region", ["440000", "520000", "440103"])
def test_a_quota_is_for_a_payer_of_the_province(region, sqlite_home):
    result = take(sqlite_home, "F3", [line("F3", 统筹区代码=region)])

    assert (result.status, result.errors[0].column) == ("rejected", "统筹区代码")


def test_quotas_need_no_second_person(sqlite_home):
    put_setting(sqlite_home, LI, "review", "second-person", cite="测试")

    assert take(sqlite_home, "F3", [line("F3")]).status == "posted"
    assert take(sqlite_home, "F2", clearings("险种\n310")).status == "draft"


def balanced(lines: list[dict]) -> list[dict]:
    """The lines with the first 借方余额 as the sum of 贷方余额."""
    lines[0]["借方余额"] = f"{5 * sum(bool(r['贷方余额']) for r in lines)}.00"
    return lines
