"""F6: 期初余额 above the header or in a row, newest line first, every balance checked."""

from datetime import date

import pytest
from forms_by_hand import as_csv, as_xls, as_xlsx

from importers.cells import yuan
from importers.forms import read
from ledger.errors import SourceError

HEADER = ["账号", "日期", "交易流水号", "收入金额", "支出金额", "余额", "摘要"]
FIRST = ["A001", "2017-04-28", "S1", "50.00", "", "150.00", "预付金"]
SECOND = ["A001", "2017-04-29", "S2", "", "20.00", "130.00", "手续费"]


def sheet(*rows, above=()):
    """A statement with its title, what stands above the header, and rows."""
    printed = [["银行对账单"], *above, HEADER, *rows]
    return [row + [""] * (len(HEADER) - len(row)) for row in printed]


def serials(rows, make=as_csv, name="a.csv"):
    return [line.serial for line in read(make(rows), name).lines]


def says(rows) -> str:
    with pytest.raises(SourceError) as caught:
        read(as_csv(rows), "a.csv")
    return str(caught.value)


@pytest.mark.parametrize(
    ("make", "name"), [(as_csv, "a.csv"), (as_xlsx, "a.xlsx"), (as_xls, "a.xls")]
)
def test_a_statement_is_read(make, name):
    document = read(make(sheet(FIRST, SECOND)), name)

    assert document.form == "F6"
    first = document.lines[0]
    assert (first.account, first.day, first.serial) == (
        *("A001", date(2017, 4, 28), "S1"),
    )
    assert (first.income, first.payment, first.balance) == (
        *(yuan("50.00"), yuan("0.00"), yuan("150.00")),
    )


@pytest.mark.parametrize(
    "above",
    [
        [["期初余额：100.00"]],
        [["期初余额", "100.00"]],
        [["上期余额：￥100.00元"]],
    ],
)
def test_the_opening_balance_stands_above_the_header(above):
    assert serials(sheet(FIRST, SECOND, above=above)) == ["S1", "S2"]


@pytest.mark.parametrize(
    "row",
    [
        ["A001", "2017-04-01", "", "", "", "100.00", "期初余额"],
        ["期初余额", "", "", "", "", "100.00", ""],
        ["A001", "承前页", "", "", "", "100.00", ""],
    ],
)
def test_the_opening_balance_is_a_row_and_no_line(row):
    total = ["合计", "", "", "50.00", "20.00", "", ""]

    assert serials(sheet(row, FIRST, SECOND, total)) == ["S1", "S2"]


def test_an_opening_row_a_fen_off_is_refused():
    row = ["A001", "", "", "", "", "99.99", "期初余额"]

    assert "期初余额“99.99”加收入减支出得不到首行余额；由首行倒推为100.00" in says(
        sheet(row, FIRST, SECOND)
    )


def test_a_closing_row_is_the_last_balance():
    row = ["A001", "", "", "", "", "130.00", "期末余额"]
    wrong = ["A001", "", "", "", "", "130.01", "期末余额"]

    assert serials(sheet(FIRST, SECOND, row)) == ["S1", "S2"]
    assert "余额“130.01”与末行余额130.00不等" in says(sheet(FIRST, SECOND, wrong))


def test_a_statement_from_the_newest_down_is_turned():
    assert serials(sheet(SECOND, FIRST)) == ["S1", "S2"]


def test_days_that_go_back_are_refused():
    third = ["A001", "2017-04-27", "S3", "1.00", "", "131.00", ""]
    last = ["A001", "2017-04-30", "S4", "1.00", "", "132.00", ""]

    assert "日期“2017-04-27”早于前一行的2017-04-29" in says(
        sheet(FIRST, SECOND, third, last)
    )


def test_two_accounts_have_balances_of_their_own():
    other = ["B001", "2017-04-28", "S1", "7.00", "", "7.00", ""]

    assert serials(sheet(FIRST, other, SECOND)) == ["S1", "S2", "S1"]
    assert "有几个账号" in says(sheet(FIRST, other, above=[["期初余额：100"]]))


def test_a_line_without_serial_is_refused():
    bare = [*FIRST[:2], "", *FIRST[3:]]

    assert "第3行：交易流水号没有填" in says(sheet(bare))


@pytest.mark.parametrize(
    "rows",
    [
        [["2402002129014452854-000000008", "2017-04-32", "S1", "50.00", "", "150.00"]],
        [["2402002129014452854-000000008", "2017-04-28", "S1", "", "", "150.00"]],
        [[*FIRST[:2], "\x07", "50.00", "", "150.00"], SECOND],
    ],
)
def test_an_account_s_number_is_masked_in_a_fault(rows):
    message = says(sheet(*rows))

    assert "****" in message
    assert "A001" not in message and "240200" not in message


def test_an_account_s_number_is_masked_in_a_torn_row():
    rows = sheet(FIRST, SECOND)
    rows[-1] = ["2402002129014452854-000000008", "2017-04-28"]

    assert "  ****0008 │ 2017-04-28" in says(rows)


def test_what_the_bank_wrote_in_red_keeps_its_sign():
    red = ["A001", "2017-04-30", "S3", "-50.00", "", "80.00", "冲正"]

    assert read(as_csv(sheet(FIRST, SECOND, red)), "a.csv").lines[2].income == yuan(
        "-50.00"
    )


def test_a_wrong_total_is_refused():
    total = ["合计", "", "", "50.01", "20.00", "", ""]

    assert "与各行之和50.00不符" in says(sheet(FIRST, SECOND, total))
