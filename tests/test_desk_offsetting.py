"""`yibao offset`: X12, the smaller of 暂付款 and 暂收款 by county and fund."""

from datetime import date

from desk_by_hand import LI, WANG, printed, take_clearings, take_transfers

from desk.homes import put_setting
from desk.offsetting import offset
from desk.reversing import reverse
from desk.vouchers import approve, list_vouchers, voucher_name
from ledger.periods import Month, Quarter

Q2, ON = Quarter(2017, 2), date(2017, 7, 15)
CITY = "520100-city-agency"


def stranded(home, confirmed: str = "2017-06-10") -> None:
    """南明区: 310 advance 100 cleared 60, 390 10 and 25; 云岩区 40, not cleared."""
    take_transfers(
        home,
        "到账日期 | 付款方代码 | 险种 | 本级金额 | 交易流水号\n"
        "2017-05-02 | 520102 | 310 | 100.00 | A\n"
        "2017-05-02 | 520102 | 390 | 10.00 | A\n"
        "2017-05-02 | 520103 | 310 | 40.00 | B",
    )
    take_clearings(
        home,
        "清算期 | 险种 | 基金支付 | 确认日期\n"
        f"2017-04 | 310 | 60.00 | {confirmed}\n"
        f"2017-04 | 390 | 25.00 | {confirmed}",
    )


def offsets(home, state="approved") -> str:
    """The X12 vouchers of the city's book."""
    text = printed(home, CITY, state=state)
    start = text.find(f"{CITY} {ON} X12")
    return text[start:] if start >= 0 else ""


def test_the_smaller_of_the_pair_is_set_off(home):
    stranded(home)

    made = offset(home, LI, Q2, ON)

    assert [(row.book, str(row.amount)) for row in made] == [(CITY, "70.00")]
    assert offsets(home) == f"""
{CITY} 2017-07-15 X12 记-1
  借 暂付款——各县、区:520102 310 60.00
  借 暂付款——各县、区:520102 390 10.00
  贷 暂收款——各县、区:520102 310 60.00
  贷 暂收款——各县、区:520102 390 10.00
""".strip()


def test_a_second_time_there_is_nothing_to_set_off(home):
    stranded(home)
    offset(home, LI, Q2, ON)

    assert offset(home, LI, Q2, ON) == []


def test_what_comes_later_is_set_off_later(home):
    stranded(home)
    offset(home, LI, Q2, ON)
    take_clearings(home, "清算期 | 基金支付 | 确认日期\n2017-05 | 15.00 | 2017-06-20")

    made = offset(home, LI, Q2, ON)

    assert [str(row.amount) for row in made] == ["15.00"]


def test_only_clearing_of_the_period_or_before_counts(sqlite_home):
    stranded(sqlite_home)

    assert offset(sqlite_home, LI, Quarter(2017, 1), ON) == []


def test_a_quarter_that_was_confirmed_after_its_end_is_set_off_for_it(sqlite_home):
    stranded(sqlite_home, "2017-07-14")
    before = offset(sqlite_home, LI, Q2, date(2017, 7, 13))

    made = offset(sqlite_home, LI, Q2, date(2017, 7, 14))

    assert (before, [str(row.amount) for row in made]) == ([], ["70.00"])


def test_a_month_takes_the_months_before_it(sqlite_home):
    stranded(sqlite_home)

    assert len(offset(sqlite_home, LI, Month(2017, 5), ON)) == 1


def test_under_the_corrected_reading_nothing_is_stranded(sqlite_home):
    put_setting(sqlite_home, LI, "reading", "corrected", cite="测试")
    stranded(sqlite_home)

    assert offset(sqlite_home, LI, Q2, ON) == []


def test_a_draft_offset_is_not_proposed_twice(home):
    put_setting(home, LI, "review", "second-person", cite="测试")
    stranded(home)
    approve(home, WANG, drafts(home))

    first = offset(home, LI, Q2, ON)
    second = offset(home, LI, Q2, ON)

    assert [row.number for row in first] == [None]
    assert second == []
    approve(home, WANG, [f"#{first[0].id}"])
    assert offset(home, LI, Q2, ON) == []


def test_a_reversed_offset_is_set_off_again(home):
    stranded(home)
    made = offset(home, LI, Q2, ON)

    reverse(home, WANG, made[0].name, date(2017, 7, 16), "日期不对")
    again = offset(home, LI, Q2, date(2017, 7, 31))

    assert [str(row.amount) for row in again] == ["70.00"]


def test_a_reversed_part_gives_its_number_to_the_next(sqlite_home):
    home = sqlite_home
    stranded(home)
    parts = [offset(home, LI, Q2, ON)]
    for month, amount in (("2017-05", "15.00"), ("2017-06", "5.00")):
        table = f"清算期 | 基金支付 | 确认日期\n{month} | {amount} | 2017-06-20"
        take_clearings(home, table)
        parts.append(offset(home, LI, Q2, ON))
    reverse(home, WANG, parts[1][0].name, date(2017, 7, 16), "日期不对")

    again = offset(home, LI, Q2, date(2017, 7, 31))

    assert [str(row.amount) for row in again] == ["15.00"]


def test_a_dry_run_and_a_draft_set_nothing_off(home):
    stranded(home)

    dry = offset(home, LI, Q2, ON, dry_run=True)
    drafted = offset(home, LI, Q2, ON, draft=True)

    assert [str(row.amount) for row in dry] == ["70.00"]
    assert [row.number for row in drafted] == [None]
    assert offsets(home) == ""


def drafts(home) -> list[str]:
    """Every draft voucher's name."""
    with home.reading() as connection:
        return [voucher_name(row) for row in list_vouchers(connection, state="draft")]
