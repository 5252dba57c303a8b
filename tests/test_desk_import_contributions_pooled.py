"""What comes for a month after retirement or death was told goes to 统筹基金 whole."""

from datetime import date

import pytest
from people_by_hand import LI, NANCHONG, WANG, contributions, stored, take_people
from test_desk_import_contributions import messages

from desk.reversing import reverse
from ledger import sources
from ledger.errors import BookError
from reports.reconcile import check

WAITS = "所属期 | 到账日期\n2023-03 | "
CAME = "所属期 | 到账日期\n2023-03 | 2023-04-20"
RETIRES = "所属期 | 人员类别 | 退休待遇起始月\n2023-04 | 退休 | 2023-03"
LINE = """
    SELECT own, credit_as, ready_document_id, document_id FROM contribution_line
    WHERE month = '2023-03' AND freed = 0
"""
POOLED = """
    SELECT subject, amount FROM voucher_line
    WHERE subject LIKE '医保收入——个人账户%' OR subject LIKE '医保收入——统筹基金%'
    ORDER BY subject
"""
APRIL = date(2023, 4, 20)


def reverse_first(home):
    reverse(home, WANG, f"{NANCHONG}-city-agency/2023-04/1", APRIL, "误记")


def withdraw(home, document_id: int):
    with home.writing() as connection:
        sources.withdraw(connection, document_id, LI.by, LI.at, "误报")


def retired_while_it_waited(home):
    contributions(home, WAITS, name="一.csv")
    contributions(home, RETIRES, name="二.csv")
    result = contributions(home, CAME, name="三.csv")
    assert messages(result) == []
    assert result.completed == 1


def agree(home) -> list:
    with home.reading() as connection:
        return list(check(connection, date(2023, 12, 31), home))


def test_money_that_comes_after_retirement_was_told_is_pooled(sichuan_home):
    retired_while_it_waited(sichuan_home)

    assert stored(sichuan_home, LINE) == [(0, "退休", 2, 3)]
    assert stored(sichuan_home, POOLED) == [("医保收入——统筹基金收入", 40000)]
    assert agree(sichuan_home) == []


def test_freed_from_the_last_the_line_is_as_it_was(sichuan_home):
    retired_while_it_waited(sichuan_home)

    reverse_first(sichuan_home)
    assert stored(sichuan_home, LINE) == [(10000, "退休", 2, 1)]
    withdraw(sichuan_home, 2)
    assert stored(sichuan_home, LINE) == [(10000, "在职", None, 1)]
    contributions(sichuan_home, CAME, name="四.csv")
    assert stored(sichuan_home, LINE) == [(10000, "在职", 4, 1)]
    assert agree(sichuan_home) == []


def test_who_told_of_retirement_cannot_go_before_the_money_that_was_pooled(
    sichuan_home,
):
    retired_while_it_waited(sichuan_home)

    with pytest.raises(BookError, match="三.csv"):
        withdraw(sichuan_home, 2)

    assert stored(sichuan_home, LINE) == [(0, "退休", 2, 3)]


def test_a_list_that_waits_is_freed_also_after_retirement_was_told(sichuan_home):
    contributions(sichuan_home, WAITS, name="一.csv")
    contributions(sichuan_home, RETIRES, name="二.csv")

    withdraw(sichuan_home, 1)

    assert stored(sichuan_home, LINE) == []


def test_money_that_comes_after_a_death_was_told_is_pooled(sichuan_home):
    contributions(sichuan_home, WAITS, name="一.csv")
    take_people(
        sichuan_home,
        "G6",
        "变动类型 | 日期 | 死亡日期 | 金额\n死亡 | 2023-02-10 | 2023-02-10 | 0.00",
    )
    contributions(sichuan_home, CAME, name="三.csv")

    assert stored(sichuan_home, LINE) == [(0, "", 3, 3)]
    assert stored(sichuan_home, POOLED) == [("医保收入——统筹基金收入", 40000)]
    assert agree(sichuan_home) == []
    with pytest.raises(BookError, match="三.csv"):
        withdraw(sichuan_home, 2)

    reverse_first(sichuan_home)
    assert stored(sichuan_home, LINE) == [(10000, "", None, 1)]
    withdraw(sichuan_home, 2)
    assert stored(sichuan_home, LINE) == [(10000, "在职", None, 1)]
