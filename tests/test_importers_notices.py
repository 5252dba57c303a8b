"""F8: a notice is known by its title, and its rows are one notice a number."""

import pytest
from forms_by_hand import as_csv, form_rows, line

from importers.forms import read
from ledger.documents import NoticeLine
from ledger.errors import SourceError
from ledger.periods import Month


def read_notice(*rows, title="贵州省跨省异地就医费用付款通知书"):
    rows = [line("F8", **row) for row in rows or [{}]]
    return read(as_csv(form_rows("F8", rows, title=title)), "通知书.csv")


def fault(*rows, **how):
    with pytest.raises(SourceError) as caught:
        read_notice(*rows, **how)
    return caught.value.faults[0]


def test_a_line_says_which_notice_it_is():
    document = read_notice({"期限": "2018-02-26", "收款账号": "4401-2", "备注": "一月"})

    assert document.lines == [
        NoticeLine(
            sheet="",
            row=3,
            kind="payment-notice",
            number="粤付〔2018〕1号",
            period=Month(2018, 1),
            region="440000",
            scope="跨省",
            fund="310",
            amount=document.lines[0].amount,
            due_day=document.lines[0].due_day,
            payee_name="",
            payee_account="4401-2",
            payee_bank="",
            note="一月",
        )
    ]
    assert (str(document.lines[0].amount), str(document.lines[0].due_day)) == (
        "100.00",
        "2018-02-26",
    )


@pytest.mark.parametrize(
    "title, kind",
    [
        ("跨省异地就医费用收款通知书", "receipt-notice"),
        ("2018年一季度预付金收款通知书", "advance-notice"),
        ("预付金收付通知单", "advance-notice"),
        ("预付金紧急调增通知书", "emergency"),
        ("省内异地就医费用清算拨付通知书", "clearing-notice"),
    ],
)
def test_the_title_says_the_kind(title, kind):
    assert read_notice(title=title).lines[0].kind == kind


def test_the_first_advance_between_provinces_is_f4_by_its_longer_name():
    rows = form_rows("F4", [line("F4")], title="跨省预付金收款通知书")

    assert read(as_csv(rows), "首次.csv").form == "F4"


def test_without_a_title_nobody_knows_which_notice_it_is():
    assert "没有写明是哪一种通知书" in fault(title="").message


@pytest.mark.parametrize(
    "number", ["12345", "黔异预〔2018〕1号" * 9, "黔异\x07预", "黔异\u202e预"]
)
def test_a_number_that_cannot_name_a_notice_is_refused(number):
    assert fault({"通知书编号": number}).column == "通知书编号"


def test_one_line_of_each_unit_scope_and_fund():
    assert "是同一条" in fault({}, {}).message


@pytest.mark.parametrize(
    "column, other",
    [("期间", "2018-02"), ("期限", "2018-02-01"), ("收款账号", "2"), ("开户行", "丙")],
)
def test_rows_of_one_notice_agree_in_what_it_says_once(column, other):
    there = {"期限": "2018-02-26", "收款账号": "1", "开户行": "乙", "收款户名": "甲"}
    found = fault(there, {**there, "险种": "390", column: other})

    assert (found.row, found.column) == (4, column)


def test_accounts_of_one_notice_that_differ_are_masked():
    there = {"收款账号": "62220000123456"}
    found = fault(there, {"收款账号": "62220000123457", "险种": "390"})

    assert (found.found, found.expected) == ("****3457", "****3456")
    assert "6222" not in found.message


def test_a_sum_that_is_not_the_lines_is_refused():
    rows = form_rows("F8", [line("F8")], title="跨省异地就医费用付款通知书")
    rows[-1] = [cell.replace("100.00", "99.00") for cell in rows[-1]]
    with pytest.raises(SourceError, match="与各行之和100.00不符"):
        read(as_csv(rows), "通知书.csv")
