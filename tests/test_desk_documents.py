"""What made no voucher can be taken back and sent again; so can a wrong setting."""

from datetime import date

import pytest
from desk_by_hand import LI, take_clearings, take_transfers
from notices_by_hand import issued

from desk.homes import put_setting
from ledger import sources
from ledger.errors import BookError, UsageError

WAITING = "基金支付 | 确认日期\n80.00 | "


def test_a_waiting_list_is_withdrawn_and_a_corrected_one_is_taken(home):
    take_clearings(home, WAITING)
    refused = take_clearings(home, "基金支付 | 确认日期\n81.00 | ")
    with home.writing() as connection:
        freed = sources.withdraw(connection, 1, LI.by, LI.at, "金额有误")

    taken = take_clearings(home, "基金支付 | 确认日期\n81.00 | ")

    assert (refused.status, freed, taken.status) == ("rejected", 1, "posted")
    with home.reading() as connection:
        assert [(d.lines, d.bare) for d in sources.documents(connection)] == [
            (0, 0),
            (1, 1),
        ]


def test_lines_with_vouchers_are_not_withdrawn(sqlite_home):
    take_clearings(sqlite_home, "基金支付\n80.00")

    with sqlite_home.writing() as connection:
        with pytest.raises(BookError, match="没有未生成凭证的行"):
            sources.withdraw(connection, 1, LI.by, LI.at, "金额有误")


def test_a_document_that_is_none_is_not_withdrawn(sqlite_home):
    with sqlite_home.writing() as connection:
        with pytest.raises(BookError, match="没有原始凭证7"):
            sources.withdraw(connection, 7, LI.by, LI.at, "错")


def test_the_command_lists_and_withdraws(yibao, sqlite_home):
    take_clearings(sqlite_home, WAITING)

    _, listed, _ = yibao("document", "list")
    code, done, _ = yibao("document", "withdraw", "1", "--reason", "金额有误")

    assert "F2" in listed
    assert (code, done) == (0, "已撤回：1行。\n")


def test_the_list_that_an_issue_took_is_withdrawn_with_its_notice(yibao, sqlite_home):
    issued(sqlite_home)

    code, _, error = yibao("document", "withdraw", "1", "--reason", "误")

    assert code == 1
    assert "“黔异预核〔2018〕1号”下达时登记的，不能单独撤回；请撤回文书" in error


def test_a_county_whose_books_ended_pays_no_advance(sqlite_home):
    put_setting(
        sqlite_home,
        LI,
        "county-books",
        "ended",
        region="520102",
        from_day=date(2017, 4, 1),
        cite="市级统筹",
    )

    result = take_transfers(sqlite_home, "付款方代码 | 交易流水号\n520102 | A")

    assert result.status == "rejected"
    assert "已经结束" in result.errors[0].message


@pytest.mark.parametrize("from_day", [None, date(2017, 1, 1), date(2018, 4, 1)])
def test_numbering_changes_between_years_only(from_day, sqlite_home):
    take_transfers(sqlite_home, "付款方代码 | 交易流水号\n520102 | A")

    with pytest.raises(UsageError, match="1月1日"):
        put_setting(
            sqlite_home, LI, "numbering", "year", from_day=from_day, cite="五十一"
        )


def test_numbering_may_change_from_the_next_year_on(sqlite_home):
    take_transfers(sqlite_home, "付款方代码 | 交易流水号\n520102 | A")

    put_setting(
        sqlite_home, LI, "numbering", "year", from_day=date(2018, 1, 1), cite="五十一"
    )
