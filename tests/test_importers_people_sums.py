"""Sums of people's money: 小计 and 合计 against all rows, also those set aside."""

import pytest
from forms_by_hand import as_csv, as_workbook
from test_importers_people import Taken, line, printed, refusal, says


def amounts(*cells: str, total: str = "", form: str = "G8") -> list[list]:
    """A list with these amounts, closed by 合计 where one is given."""
    title = {"G8": "退回金额", "G6": "金额"}[form]
    rows = printed(form, *(line(form, **{title: cell}) for cell in cells), total=False)
    if total:
        at = rows[1].index(title)
        rows.append(["合计", *[""] * (len(rows[1]) - 1)])
        rows[-1][at] = total
    return rows


def test_a_total_that_agrees_is_no_line_and_proves_the_list():
    taken = Taken(amounts("1.00", "1,000.00", total="1,001.00"))

    assert taken.numbers == [3, 4]
    assert taken.document.totalled
    assert taken.document.count == 2


def test_without_a_total_a_list_is_taken_but_not_totalled():
    assert not Taken(amounts("1.00")).document.totalled


def test_a_total_without_figures_proves_nothing():
    rows = [*amounts("1.00"), ["合计", "", ""]]

    assert not Taken(rows).document.totalled


def test_a_total_that_is_a_fen_off_refuses_the_list():
    error = refusal(amounts("1.00", "2.00", total="3.01"))

    assert says(error) == "清单.csv第5行：退回金额“3.01”与各行之和3.00不符。"
    assert error.faults[0].expected == "各行之和3.00"
    assert "不是以元为单位" in says(refusal(amounts("1.00", total="一元")))


def test_every_column_of_figures_is_checked():
    row = line("G1", 单位缴费="300", 公务员补助计入="1.00")
    rows = printed("G1", row, row, total=True)
    assert Taken(rows).document.totalled
    for title in "缴费基数", "单位缴费", "公务员补助计入":
        at = rows[1].index(title)
        right, rows[-1][at] = rows[-1][at], "0.07"
        assert f"{title}“0.07”与各行之和{float(right):,.2f}不符" in says(refusal(rows))
        rows[-1][at] = right


def test_a_row_that_is_set_aside_counts_with_what_it_prints():
    rows = amounts("1.00", "-2.00", "4.00", total="3.00")
    rows[2][1] = "昨天"
    taken = Taken(rows)

    assert taken.numbers == [5]
    assert [fault.column for fault in taken.aside] == ["退回日期", "退回金额"]
    assert taken.document.totalled


def test_a_region_that_sets_a_row_aside_leaves_its_amount_in_the_sum():
    rows = printed("G2", line("G2"), line("G2", 统筹区代码="999999"))
    taken = Taken(rows)

    assert (taken.numbers, taken.document.totalled) == ([3], True)


@pytest.mark.parametrize("cell", ["x", ""])
def test_an_amount_that_cannot_be_read_leaves_the_total_unproven(cell):
    taken = Taken(amounts("1.00", cell, total="3.00"))

    assert taken.numbers == [3]
    assert not taken.document.totalled


def test_an_unread_amount_does_not_hide_that_another_column_is_wrong():
    row = line("G1", 缴费基数="x", 单位缴费="300")
    rows = printed("G1", line("G1"), total=True)
    rows = [*printed("G1", row), rows[-1]]
    rows[-1] = ["合计", "", "", "", "", "1", "301"]

    assert "单位缴费“301”与各行之和300.00不符" in says(refusal(rows))


def test_subtotals_are_checked_and_left_out():
    rows = amounts("1.00", "2.00", "4.00", "8.00")
    rows.insert(4, ["甲行小计", "", "3.00"])
    rows.insert(6, ["乙行小计", "", "4.00"])
    rows.insert(7, ["两行小计", "", "7.00"])
    rows += [["总 计", "", "15.00"]]
    taken = Taken(rows)
    assert taken.numbers == [3, 4, 6, 9]
    assert taken.document.totalled

    rows[6][2] = "4.01"
    assert "第7行：退回金额“4.01”与各行之和4.00不符" in says(refusal(rows))


def test_a_subtotal_over_an_unread_amount_is_not_refused():
    rows = amounts("1.00", "x", "4.00")
    rows.insert(4, ["小计", "", "3.00"])
    rows += [["小计", "", "4.00"]]
    assert Taken(rows).numbers == [3, 6]

    rows[-1][2] = "5.00"
    assert not Taken(rows).document.totalled


def test_sums_reach_over_blocks():
    cells = ["0.01"] * 25_000
    assert Taken(amounts(*cells, total="250.00")).document.totalled

    refusal(amounts(*cells, total="249.99"))


def test_a_total_is_wanted_on_every_sheet():
    whole, without = amounts("1.00", total="1.00"), amounts("1.00")
    assert Taken(as_workbook({"一": whole, "二": whole})).document.totalled
    assert not Taken(as_workbook({"一": whole, "二": without})).document.totalled


def test_a_line_after_the_total_refuses_the_list():
    rows = amounts("1.00", total="1.00")
    rows.append(["HZ002", "2023-04-01", "1.00"])
    assert says(refusal(rows)) == "清单.csv第5行：在合计行之后。"

    rows[-1] = ["HZ002", "昨天", ""]
    assert "在合计行之后" in says(refusal(rows))
    rows[-1] = ["制表：李四", "审核：王五", ""]
    assert Taken(rows).numbers == [3]


# G2: the total is the control total


def test_opening_balances_without_a_total_are_refused():
    assert says(refusal(printed("G2", total=False))) == (
        "清单.csv：没有合计行，而本表必须有。"
    )
    whole, without = printed("G2"), printed("G2", total=False)
    error = refusal(as_workbook({"一": whole, "二": without}))
    assert says(error) == "清单.csv“二”：没有合计行，而本表必须有。"


def test_opening_balances_whose_total_disagrees_are_refused():
    rows = printed("G2")
    rows[-1][rows[1].index("期初余额")] = "100.01"

    assert "“100.01”与各行之和100.00不符" in says(refusal(rows))


@pytest.mark.parametrize("cell", ["x", ""])
def test_opening_balances_with_an_unread_balance_are_refused(cell):
    rows = printed("G2", line("G2"), line("G2"))
    rows[3][rows[1].index("期初余额")] = cell

    assert "第4行：期初余额读不出，合计无法核对" in says(refusal(rows))


# What is a line and what is a total


def test_a_note_that_says_合计_does_not_make_a_wrong_row_a_total():
    row = line("G6", 备注="两笔合计", 日期="昨天")
    taken = Taken(printed("G6", row, total=True))

    assert [fault.row for fault in taken.aside] == [3]
    assert taken.document.totalled


def test_a_wrong_row_that_begins_like_a_footer_is_set_aside():
    rows = printed("G6", line("G6", 日期="昨天", 备注="备注：无"))
    rows[1:] = [row[::-1] for row in rows[1:]]

    assert [fault.row for fault in Taken(rows).aside] == [3]


def test_a_total_may_count_its_people():
    rows = printed("G2")
    rows[-1][rows[1].index("个人编号")] = "1"

    assert Taken(rows).document.totalled


def test_a_total_may_stand_under_the_names():
    rows = printed("G2")
    rows[-1][0], rows[-1][rows[1].index("姓名")] = "", "合计"

    assert Taken(as_csv(rows)).document.totalled


def test_a_total_may_carry_a_day():
    rows = amounts("1.00", total="1.00")
    rows[-1][1] = "2023-04-30"
    taken = Taken(rows)

    assert (taken.numbers, taken.document.totalled) == ([3], True)
