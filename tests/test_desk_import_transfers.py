"""F1 预付金划拨单: vouchers in every book, what completes, what is known."""

from datetime import date

import pytest
from desk_by_hand import LI, WANG, cases, count, printed, take_transfers

from desk.homes import put_setting
from desk.vouchers import approve, reject
from ledger.book_files import book_path
from ledger.schema import TransferLine, Voucher

UNDER_WAY = "付款日期\n2017-04-28"


@pytest.mark.parametrize("case", cases("transfers"), ids=lambda case: case["name"])
def test_vouchers_of_a_transfer(case, sqlite_home):
    if "reading" in case:
        put_setting(sqlite_home, LI, "reading", case["reading"], cite="测试")

    result = take_transfers(sqlite_home, case["rows"])

    assert result.message == ""
    assert printed(sqlite_home, *case.get("books", ())) == case["vouchers"].strip()


def test_a_transfer_is_posted_on_each_database(home):
    result = take_transfers(home, "到账日期\n2017-05-02")

    assert result.status == "posted"
    assert [(v.name, str(v.amount)) for v in result.vouchers] == [
        ("520102-county-finance/2017-04/1", "100.00"),
        ("520102-county-agency/2017-04/1", "100.00"),
        ("520100-city-finance/2017-05/1", "100.00"),
        ("520100-city-agency/2017-05/1", "100.00"),
    ]


def test_the_same_form_again_is_known_and_posts_nothing(home):
    take_transfers(home, "到账日期\n2017-05-02")

    again = take_transfers(home, "到账日期\n2017-05-02")

    assert (again.status, again.new, again.known) == ("already-posted", 0, 1)
    assert count(home) == 4


def test_a_known_row_beside_a_new_one_is_skipped_and_counted(sqlite_home):
    take_transfers(sqlite_home, "交易流水号\nA")

    more = take_transfers(sqlite_home, "交易流水号\nA\nB")

    assert (more.status, more.new, more.known) == ("posted", 1, 1)
    assert len(more.vouchers) == 2


def test_the_arrival_of_money_under_way_posts_what_waited(home):
    take_transfers(home, UNDER_WAY)

    arrived = take_transfers(home, "到账日期 | 收款流水号\n2017-05-02 | S1")
    again = take_transfers(home, "到账日期 | 收款流水号\n2017-05-02 | S1")
    older = take_transfers(home, UNDER_WAY)

    assert (arrived.status, arrived.completed, arrived.known) == ("posted", 1, 0)
    assert [v.name for v in arrived.vouchers] == [
        "520100-city-finance/2017-05/1",
        "520100-city-agency/2017-05/1",
    ]
    assert (again.status, again.known) == ("already-posted", 1)
    assert (older.status, older.known) == ("already-posted", 1)
    assert count(home) == 4


def test_money_from_another_province_under_way_makes_no_voucher_until_it_arrives(
    sqlite_home,
):
    columns = "付款方代码 | 收款方代码 | 到账日期\n440000 | 520000 | "

    under_way = take_transfers(sqlite_home, columns)
    arrived = take_transfers(sqlite_home, columns + "2017-05-02")

    assert (under_way.status, under_way.vouchers) == ("posted", [])
    assert [v.rule for v in arrived.vouchers] == ["guizhou_2017_204/X4"] * 2


def test_the_receivers_serial_may_come_after_the_arrival_was_posted(sqlite_home):
    take_transfers(sqlite_home, "到账日期\n2017-05-02")

    later = take_transfers(sqlite_home, "到账日期 | 收款流水号\n2017-05-02 | S1")

    assert (later.status, later.completed, later.vouchers) == ("posted", 1, [])
    assert stored(sqlite_home) == [("2017-05-02", "S1", True)]


def test_a_serial_without_the_known_day_keeps_the_day(sqlite_home):
    take_transfers(sqlite_home, "到账日期\n2017-05-02")

    take_transfers(sqlite_home, "到账日期 | 收款流水号\n | S1")

    assert stored(sqlite_home) == [("2017-05-02", "S1", True)]


def test_a_serial_that_came_before_the_arrival_is_kept(sqlite_home):
    take_transfers(sqlite_home, "收款流水号\nS1")

    take_transfers(sqlite_home, "到账日期\n2017-05-02")

    assert stored(sqlite_home) == [("2017-05-02", "S1", True)]


def test_rows_of_one_serial_arrive_together(sqlite_home):
    two = "险种 | 到账日期\n310 | {0}\n390 | {0}"
    take_transfers(sqlite_home, two.format(""))

    one = take_transfers(sqlite_home, "险种 | 到账日期\n310 | 2017-05-02")
    both = take_transfers(sqlite_home, two.format("2017-05-02"))

    assert (one.status, one.errors[0].column) == ("rejected", "交易流水号")
    assert (both.completed, len(both.vouchers)) == (2, 2)


def test_a_draft_is_approved_by_another_person_and_numbered_then(home):
    drafted = take_transfers(home, "到账日期\n2017-05-02", draft=True)
    drafts = printed(home, state="draft")

    made = approve(home, WANG, [f"#{drafted.vouchers[0].id}"])

    assert drafted.status == "draft"
    assert [v["voucher"] for v in drafted.as_json()["vouchers"]] == [None] * 4
    assert "草稿" in drafts and "记-" not in drafts
    assert len(made) == 4  # both legs: the posting's unit as one
    assert printed(home, state="draft") == ""


def test_a_rejected_draft_frees_the_transfer(home):
    drafted = take_transfers(home, "到账日期\n2017-05-02", draft=True)

    reject(home, WANG, [f"#{drafted.vouchers[0].id}"], "金额不对")
    again = take_transfers(home, "到账日期\n2017-05-02")

    assert (again.status, len(again.vouchers)) == ("posted", 4)


def test_a_rejected_arrival_is_under_way_again(home):
    take_transfers(home, UNDER_WAY)
    drafted = take_transfers(home, "到账日期\n2017-05-02", draft=True)

    reject(home, WANG, [f"#{drafted.vouchers[0].id}"], "没有到账")
    again = take_transfers(home, "到账日期\n2017-05-03")

    assert (again.status, again.completed) == ("posted", 1)
    assert [str(v.dated) for v in again.vouchers] == ["2017-05-03"] * 2


def test_an_arrival_waits_for_the_payers_draft(home):
    drafted = take_transfers(home, UNDER_WAY, draft=True)

    early = take_transfers(home, "到账日期\n2017-05-02")
    approve(home, WANG, [f"#{drafted.vouchers[0].id}"])
    after = take_transfers(home, "到账日期\n2017-05-02")

    assert early.status == "rejected"
    assert f"凭证#{drafted.vouchers[0].id}还是草稿" in early.message
    assert (after.status, after.completed) == ("posted", 1)


def test_post_on_dates_the_vouchers_and_leaves_the_business_day(sqlite_home):
    take_transfers(sqlite_home, "到账日期\n2017-05-02", post_on=date(2017, 6, 1))

    with sqlite_home.reading() as connection:
        table = Voucher.__table__
        days = connection.execute(table.select()).all()
    assert {str(row.dated) for row in days} == {"2017-06-01"}
    assert {str(row.occurred_on) for row in days} == {"2017-04-28", "2017-05-02"}


def test_under_second_person_a_transfer_is_a_draft(sqlite_home):
    put_setting(sqlite_home, LI, "review", "second-person", cite="测试")

    result = take_transfers(sqlite_home, "到账日期\n2017-05-02")

    assert result.status == "draft"


def test_a_review_that_begins_later_does_not_count_yet(sqlite_home):
    put_setting(
        sqlite_home,
        LI,
        "review",
        "second-person",
        from_day=date(2030, 1, 1),
        cite="测试",
    )

    result = take_transfers(sqlite_home, "到账日期\n2017-05-02")

    assert result.status == "posted"


def test_a_form_without_totals_is_posted_by_rule(sqlite_home):
    result = take_transfers(sqlite_home, "到账日期\n2017-05-02", total=False)

    assert result.status == "posted"


def stored(home) -> list[tuple]:
    """(到账日期, 收款流水号, has a received posting) of every transfer line."""
    with home.reading() as connection:
        rows = connection.execute(TransferLine.__table__.select()).all()
    return [
        (str(r.received_on), r.received_serial, r.received_posting_id is not None)
        for r in rows
    ]


def test_a_voucher_prints_the_banks_serial_and_the_notice(sqlite_home):
    take_transfers(
        sqlite_home,
        "到账日期 | 付款方代码 | 交易流水号 | 收款流水号 | 通知书编号\n"
        "2017-05-02 | 520102 | A1 | B2 | 黔异预〔2017〕2号",
    )

    def evidence(book):
        text = book_path(sqlite_home, book, 2017).read_text("utf-8")
        return [row.strip() for row in text.splitlines() if "  evidence:" in row]

    assert evidence("520102-county-agency") == [
        'evidence: "银行流水号A1；通知书黔异预〔2017〕2号"'
    ]
    assert evidence("520100-city-agency") == [
        'evidence: "银行流水号B2；通知书黔异预〔2017〕2号"'
    ]
