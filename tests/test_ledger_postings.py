"""The voucher store: numbers, seq and chain; approving, rejecting; all or nothing."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import LI, WANG, count, printed, take_clearings, take_transfers
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from desk.homes import put_setting
from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger import postings, standing
from ledger.errors import BookError
from ledger.postings import BY_RULE, Actor
from ledger.printing import genesis, voucher_hash, voucher_text
from ledger.schema import BookYear, Voucher
from ledger.voucher_rows import printed_vouchers
from ledger.vouchers import CREDIT, DEBIT, Line, Posting
from ledger.vouchers import Voucher as NewVoucher

BOOK = "520102-county-agency"
RULE = Actor(BY_RULE, LI.at)


def voucher(on=date(2017, 4, 28), debit="5.00", credit="5.00", book=BOOK, **changes):
    """A voucher by hand: bank to a temporary payment."""
    lines = (
        Line(DEBIT, "暂付款——异地就医款", "", "310", Decimal(debit)),
        Line(CREDIT, "财政专户存款——县本级", "", "310", Decimal(credit)),
    )
    words = ("", "", "test", "", "", "", "", "测试", lines, 1, "")
    return NewVoucher(book, on, on, *words)._replace(**changes)


def posting(unit: str, *vouchers) -> Posting:
    return Posting(unit, "tst", "", "test", vouchers or (voucher(),))


def keep(home, *made, by=LI, approver=RULE) -> list:
    """Record postings and approve them; the vouchers as recorded."""
    with home.writing() as connection:
        ids = postings.record(connection, made, by)
        return postings.approve(connection, ids, approver) if approver else ids


def names(home, book=BOOK) -> list[tuple]:
    """(day, number, seq) in order of seq."""
    table = Voucher.__table__
    with home.reading() as connection:
        rows = connection.execute(
            select(table.c.dated, table.c.number, table.c.seq)
            .where(table.c.book_id == book)
            .order_by(table.c.seq)
        )
        return [(str(day), number, seq) for day, number, seq in rows]


def test_numbers_run_without_a_gap_per_book_and_month(home):
    keep(home, posting("a", voucher(date(2017, 4, 28)), voucher(date(2017, 5, 2))))
    keep(home, posting("b", voucher(date(2017, 4, 1)), voucher(date(2018, 4, 1))))
    keep(home, posting("c", voucher(date(2017, 4, 30))))

    assert names(home) == [
        ("2017-04-28", 1, 1),
        ("2018-04-01", 1, 1),
        ("2017-05-02", 1, 2),
        ("2017-04-01", 2, 3),
        ("2017-04-30", 3, 4),
    ]


def test_numbers_run_per_year_where_the_home_says_so(home):
    put_setting(home, LI, "numbering", "year", cite="测试")

    keep(home, posting("a", voucher(date(2017, 4, 28)), voucher(date(2017, 5, 2))))
    keep(home, posting("b", voucher(date(2017, 4, 1)), voucher(date(2018, 4, 1))))

    assert names(home) == [
        ("2017-04-28", 1, 1),
        ("2018-04-01", 1, 1),
        ("2017-05-02", 2, 2),
        ("2017-04-01", 3, 3),
    ]


def test_a_draft_has_no_number_and_takes_none(home):
    first, second = posting("a"), posting("b")
    drafts = keep(home, first, approver=None)
    keep(home, second)

    with home.writing() as connection:
        made = postings.approve(connection, drafts, WANG)

    assert [row.number for row in made] == [2]


def test_the_chain_is_the_hash_of_what_is_printed(home):
    keep(home, posting("a"), posting("b"))
    keep(home, posting("c", voucher(date(2017, 4, 1))))

    with home.reading() as connection:
        ids = connection.execute(select(Voucher.id).order_by(Voucher.seq)).scalars()
        chain = [v for _, _, _, v in printed_vouchers(connection, list(ids))]
        head = connection.execute(select(BookYear.hash, BookYear.vouchers)).one()
    previous = genesis(BOOK, 2017)
    for kept in sorted(chain, key=lambda kept: kept.seq):
        assert kept.previous == previous
        assert kept.hash == voucher_hash(voucher_text(kept))
        previous = kept.hash
    assert head == (previous, 3)


def test_nobody_approves_what_he_prepared(home):
    drafts = keep(home, posting("a"), approver=None)

    with pytest.raises(BookError, match="制单人“li”不能审核自己的凭证"):
        with home.writing() as connection:
            postings.approve(connection, drafts, LI)

    assert "草稿" in printed(home, state="draft")


def test_what_is_approved_or_rejected_is_no_draft_any_more(home):
    approved, rejected = keep(home, posting("a"), posting("b"), approver=None)
    with home.writing() as connection:
        postings.approve(connection, [approved], WANG)
        postings.reject(connection, rejected, WANG, "不要")

    for posting_id in (approved, rejected):
        with pytest.raises(BookError), home.writing() as connection:
            postings.approve(connection, [posting_id], WANG)
        with pytest.raises(BookError), home.writing() as connection:
            postings.reject(connection, posting_id, WANG, "不要")


def test_one_unit_stands_once(home):
    keep(home, posting("a"))

    with pytest.raises(BookError, match="已经入账"):
        keep(home, posting("a"))

    assert count(home) == 1


def test_a_rejected_unit_may_come_again(home):
    drafts = keep(home, posting("a"), approver=None)
    with home.writing() as connection:
        postings.reject(connection, drafts[0], WANG, "不要")

    made = keep(home, posting("a"))

    assert [row.number for row in made] == [1]


def test_an_old_draft_does_not_stand_for_its_unit_recorded_again(sqlite_home):
    old = take_transfers(sqlite_home, "付款日期\n2017-04-28", draft=True)
    old_name = f"#{old.vouchers[0].id}"
    reject(sqlite_home, WANG, [old_name], "不要")
    take_transfers(sqlite_home, "付款日期\n2017-04-28", draft=True)

    with pytest.raises(BookError):
        approve(sqlite_home, WANG, [old_name])
    with pytest.raises(BookError):
        reject(sqlite_home, WANG, [old_name], "再不要")

    assert printed(sqlite_home) == ""
    assert printed(sqlite_home, state="draft").count("草稿") == 2


def test_an_unbalanced_voucher_is_refused(home):
    with pytest.raises(BookError, match="险种310借贷不平，借方减贷方为0.01元"):
        keep(home, posting("a", voucher(debit="5.01")))

    assert count(home) == 0


def test_a_voucher_balances_within_each_fund(sqlite_home):
    lines = (
        Line(DEBIT, "暂付款——异地就医款", "", "310", Decimal("5.00")),
        Line(CREDIT, "财政专户存款——县本级", "", "390", Decimal("5.00")),
    )

    with pytest.raises(BookError, match="险种310借贷不平"):
        keep(sqlite_home, posting("a", voucher(lines=lines)))


def test_a_book_that_is_not_open_is_refused(home):
    with pytest.raises(BookError, match="440100-city-agency还没有开设"):
        keep(home, posting("a", voucher(book="440100-city-agency")))


def test_a_failing_posting_undoes_all_of_its_transaction(home):
    with pytest.raises(BookError):
        with home.writing() as connection:
            ids = postings.record(connection, [posting("a")], LI)
            postings.approve(connection, ids, RULE)
            postings.record(connection, [posting("b", voucher(debit="9.00"))], LI)

    assert (count(home), count(home, BookYear)) == (0, 0)


def test_what_is_written_while_reading_is_refused_or_undone(home):
    keep(home, posting("a"))

    with suppress(DBAPIError), home.reading() as connection:
        connection.execute(BookYear.__table__.delete())

    assert count(home, BookYear) == 1


def test_a_later_part_is_numbered_after_the_highest_that_stands(home):
    first = take_clearings(home, "险种\n310")
    take_clearings(home, "险种\n390")
    reverse(home, WANG, first.vouchers[0].name, date(2017, 7, 31), "金额不对")

    again = take_clearings(home, "险种\n310")

    assert (again.message, again.status) == ("", "posted")


def test_a_list_number_with_wildcards_does_not_match_another(sqlite_home):
    take_clearings(sqlite_home, "清算单号 | 险种\nQSA1 | 310\nQS%1 | 390")

    with sqlite_home.reading() as connection:
        day = "520100|2017-07-10"
        units = {f"F2|QS_1|{day}", f"F2|QS%1|{day}"}
        live = standing.live_parts(connection, units)

    assert live == {f"F2|QS%1|{day}"}
