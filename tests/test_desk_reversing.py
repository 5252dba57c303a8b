"""`yibao voucher reverse`: 红字 linked both ways, once, in every book."""

from datetime import date

import pytest
from desk_by_hand import LI, WANG, book_files, printed, take_clearings, take_transfers

from desk.homes import put_setting
from desk.reversing import reverse
from desk.voucher_shown import shown
from desk.vouchers import ManualLine, approve, new_voucher, reject
from ledger.errors import BookError, UsageError
from ledger.money import FEN

COUNTY = "520102-county-agency/2017-04/1"
ON = date(2017, 7, 2)
ARRIVED = "到账日期\n2017-05-02"


def show(home, name: str) -> dict:
    with home.reading() as connection:
        return shown(connection, name)


def test_both_legs_are_reversed_in_red_in_every_book(home):
    take_transfers(home, ARRIVED)

    made = reverse(home, WANG, COUNTY, ON, "金额不对")

    assert [row.name for row in made] == [
        "520102-county-finance/2017-07/1",
        "520102-county-agency/2017-07/1",
        "520100-city-finance/2017-07/1",
        "520100-city-agency/2017-07/1",
    ]
    assert printed(home, "520102-county-agency") == """
520102-county-agency 2017-04-28 2.1.1 记-1
  借 暂付款——异地就医款 310 100.00
  贷 财政专户存款——县本级 310 100.00
520102-county-agency 2017-07-02 2.1.1 记-1
  借 暂付款——异地就医款 310 -100.00
  贷 财政专户存款——县本级 310 -100.00
""".strip()


def test_original_and_reversal_are_linked_both_ways(home):
    take_transfers(home, ARRIVED)

    reverse(home, WANG, COUNTY, ON, "金额不对")

    original, red = show(home, COUNTY), show(home, "520102-county-agency/2017-07/1")
    assert original["reversed_by"] == "520102-county-agency/2017-07/1"
    assert (red["reverses"], red["red"]) == (COUNTY, True)
    assert red["narration"] == "注销4月28日记-1号凭证：金额不对"
    assert red["link"] == original["link"]
    text = book_files(home)["520102-county-agency/2017"].decode()
    assert f'reverses: "{COUNTY}"' in text


def test_a_second_reversal_is_refused_and_names_the_first(home):
    take_transfers(home, ARRIVED)
    reverse(home, WANG, COUNTY, ON, "金额不对")

    for name in (COUNTY, "520100-city-agency/2017-05/1"):
        with pytest.raises(BookError, match="已由520.*2017-07/1冲销"):
            reverse(home, WANG, name, ON, "再来")


def test_a_reversal_is_not_reversed(sqlite_home):
    take_transfers(sqlite_home, ARRIVED)
    made = reverse(sqlite_home, WANG, COUNTY, ON, "金额不对")

    with pytest.raises(BookError, match="本身是冲销凭证"):
        reverse(sqlite_home, WANG, made[0].name, ON, "再来")


def test_reversing_frees_the_keys_and_the_form_may_come_again(home):
    take_transfers(home, ARRIVED)
    reverse(home, WANG, COUNTY, ON, "金额不对")

    again = take_transfers(home, "到账日期 | 本级金额\n2017-05-02 | 99.00")

    assert (again.status, again.new) == ("posted", 1)
    assert again.vouchers[1].name == "520102-county-agency/2017-04/2"


def test_the_old_voucher_stays_reversed_after_its_unit_came_again(home):
    take_transfers(home, ARRIVED)
    reverse(home, WANG, COUNTY, ON, "金额不对")
    take_transfers(home, ARRIVED)

    with pytest.raises(BookError, match="已由"):
        reverse(home, WANG, COUNTY, ON, "再来")

    second = reverse(home, WANG, "520102-county-agency/2017-04/2", ON, "又不对")
    assert len(second) == 4


def test_a_city_of_a_list_is_reversed_without_the_others(home):
    rows = "参保地代码\n520102\n520302"
    take_clearings(home, rows)

    reverse(home, WANG, "520300-city-agency/2017-07/1", date(2017, 7, 31), "不对")
    again = take_clearings(home, rows)

    assert (again.new, again.known) == (1, 1)
    assert {v.book for v in again.vouchers} == {
        "520302-county-agency",
        "520300-city-agency",
        "520000-centre",
    }


def test_a_reversal_is_not_dated_before_its_original(sqlite_home):
    take_transfers(sqlite_home, ARRIVED)

    with pytest.raises(BookError, match="早于原凭证的2017-05-02"):
        reverse(sqlite_home, WANG, COUNTY, date(2017, 5, 1), "金额不对")


def test_a_draft_is_not_reversed(sqlite_home):
    drafted = take_transfers(sqlite_home, ARRIVED, draft=True)

    with pytest.raises(BookError, match="草稿可以退回"):
        reverse(sqlite_home, WANG, f"#{drafted.vouchers[0].id}", ON, "不对")


def test_a_unit_with_a_draft_leg_is_not_reversed(sqlite_home):
    take_transfers(sqlite_home, "付款日期\n2017-04-28")
    take_transfers(sqlite_home, ARRIVED, draft=True)

    with pytest.raises(BookError, match="待审核的草稿"):
        reverse(sqlite_home, WANG, COUNTY, ON, "不对")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reversal_says_why(reason, sqlite_home):
    take_transfers(sqlite_home, ARRIVED)

    with pytest.raises(UsageError, match="--reason"):
        reverse(sqlite_home, WANG, COUNTY, ON, reason)


@pytest.mark.parametrize(
    "name",
    ["520102-county-agency/2017-04/9", "#99999", "#999999999", "nobody/2017-04/1"],
)
def test_a_voucher_that_is_not_there_is_said_so(name, home):
    with pytest.raises(BookError, match="没有凭证"):
        reverse(home, WANG, name, ON, "不对")


@pytest.mark.parametrize("name", ["12", "520102/2017/1", "#1x", "#" + "9" * 30])
def test_what_is_no_voucher_name_is_wrong_use(name, sqlite_home):
    with pytest.raises(UsageError, match="不是凭证"):
        reverse(sqlite_home, WANG, name, ON, "不对")


def test_a_voucher_of_an_earlier_year_is_corrected_in_blue(home):
    take_transfers(home, ARRIVED)
    on = date(2018, 1, 5)

    with pytest.raises(BookError, match="--blue") as refused:
        reverse(home, WANG, COUNTY, on, "金额不对")
    made = reverse(home, WANG, COUNTY, on, "金额不对", blue=True)
    approve(home, LI, [f"#{made[0].id}"])

    assert "  520102-county-agency：更正520102-county-agency/2017-04/1" in str(
        refused.value
    )
    assert "    贷 暂付款——异地就医款 100.00" in str(refused.value)
    assert [row.number for row in made] == [None] * 4
    assert printed(home, "520102-county-agency").splitlines()[3:] == [
        "520102-county-agency 2018-01-05 2.1.1 记-1",
        "  贷 暂付款——异地就医款 310 100.00",
        "  借 财政专户存款——县本级 310 100.00",
    ]
    blue = show(home, "520102-county-agency/2018-01/1")
    assert blue["narration"] == "更正2017年4月28日记-1号凭证：金额不对"
    assert (blue["red"], blue["reverses"]) == (False, COUNTY)


def test_a_voucher_of_this_year_is_not_corrected_in_blue(sqlite_home):
    take_transfers(sqlite_home, ARRIVED)

    with pytest.raises(BookError, match="请去掉 --blue"):
        reverse(sqlite_home, WANG, COUNTY, ON, "金额不对", blue=True)


def test_a_rejected_draft_reversal_leaves_the_original_as_it_was(home):
    put_setting(home, LI, "reversal-review", "second-person", cite="测试")
    take_transfers(home, ARRIVED)
    before = printed(home)

    drafted = reverse(home, LI, COUNTY, ON, "金额不对")
    with pytest.raises(BookError, match="已由#"):
        reverse(home, LI, COUNTY, ON, "再来")
    for row in drafted:
        if show(home, f"#{row.id}")["state"] == "draft":
            reject(home, WANG, [f"#{row.id}"], "没有不对")

    assert printed(home) == before
    assert show(home, COUNTY)["reversed_by"] is None
    assert take_transfers(home, ARRIVED).status == "already-posted"
    assert len(reverse(home, LI, COUNTY, ON, "真的不对")) == 4


def test_a_draft_reversal_does_not_leave_out_what_came_after_it(home):
    put_setting(home, LI, "reversal-review", "second-person", cite="测试")
    take_transfers(home, "付款日期\n2017-04-28")
    drafted = reverse(home, LI, COUNTY, ON, "金额不对")
    take_transfers(home, ARRIVED)

    with pytest.raises(BookError, match="请退回草稿，再重新冲销"):
        approve(home, WANG, [f"#{drafted[0].id}"])
    reject(home, WANG, [f"#{drafted[0].id}"], "又到账了")

    assert len(reverse(home, LI, COUNTY, ON, "金额不对")) == 4


def test_one_draft_reversal_is_approved_in_all_books_at_once(home):
    put_setting(home, LI, "reversal-review", "second-person", cite="测试")
    take_transfers(home, ARRIVED)
    drafted = reverse(home, LI, COUNTY, ON, "金额不对")

    made = approve(home, WANG, [f"#{drafted[0].id}"])

    assert len(made) == 4
    assert printed(home, state="draft") == ""


def test_a_dry_run_reverses_nothing(home):
    take_transfers(home, ARRIVED)
    before, files = printed(home), book_files(home)

    made = reverse(home, WANG, COUNTY, ON, "金额不对", dry_run=True)

    assert len(made) == 4
    assert (printed(home), book_files(home)) == (before, files)


def test_a_reversed_voucher_by_hand_frees_nothing_and_is_linked(sqlite_home):
    drafted = new_voucher(
        sqlite_home,
        LI,
        "520102-county-agency",
        date(2017, 4, 28),
        narration="收到利息",
        debit=[ManualLine("财政专户存款——县本级", FEN)],
        credit=[ManualLine("利息收入", FEN)],
        fund="310",
    )
    approve(sqlite_home, WANG, [f"#{drafted.id}"])

    (drafted,) = reverse(sqlite_home, LI, COUNTY, ON, "金额不对")
    (made,) = approve(sqlite_home, WANG, [f"#{drafted.id}"])

    assert drafted.name is None
    assert made.name == "520102-county-agency/2017-07/1"
