"""`check` of institutions: 待结算 against rows, clearings, payments."""

from datetime import date
from decimal import Decimal

import pytest
from institutions_by_hand import clear_july, owed, pay, roster
from settlements_by_hand import LI, WANG
from sqlalchemy import text

from desk.homes import put_setting
from desk.reversing import reverse
from desk.vouchers import ManualLine, approve, new_voucher
from reports.checks.institutions import institutions
from reports.reconcile import check

BOOK = "340100-city-agency"


@pytest.fixture
def due(anhui_home):
    """R1 is due 95.00 of 310 and 30.00 of 390, R2 12.00 less 20.00; W1 7.00."""
    roster(anhui_home)
    owed(
        anhui_home,
        """机构 | 险种 | 统筹 | 其他 | 个账 | 共济
           R1 | 310 | 60.00 | 5.00 | 20.00 | 4.00
           R1 | 390 | 30.00 | | | 6.00
           R2 | 310 | | | 12.00 |
           R2 | 310 | | | -20.00 |
           W1 | 310 | 7.00 | | |""",
    )
    return anhui_home


def found(home) -> list[str]:
    with home.reading() as connection:
        return [
            f"{f.book} {f.what}：{f.expected}→{f.found}"
            for f in institutions(connection)
        ]


def spoil(home, statement: str, **values) -> None:
    with home.writing() as connection:
        assert connection.execute(text(statement), values).rowcount


def test_from_bills_to_payments_all_agrees(due):
    assert found(due) == []

    clear_july(due)
    assert found(due) == []

    pay(due, "金额 | 扣款\n60.00 | 5.00")
    pay(due, "险种 | 金额 | 交易流水号\n390 | 30.00 | LS2", draft=True)
    assert found(due) == []

    reverse(due, WANG, f"{BOOK}/2024-08/1", date(2024, 8, 20), "退票")
    assert found(due) == []

    owed(due, "月 | 机构 | 统筹\n2024-08 | W1 | 9.00")
    clear_july(due, "2024-08", pay=True)
    pay(
        due,
        "机构代码 | 结算期 | 付款日期 | 金额 | 交易流水号"
        "\nW1 | 2024-08 | 2024-09-02 | 9.00 | LS3",
    )
    assert found(due) == []

    with due.reading() as connection:
        every = check(connection, date(2024, 9, 20), due)
    assert "机构结算" not in {finding.identity for finding in every}


def test_drafts_do_not_count_yet(due):
    owed(due, "统筹\n11.00", approve=False)
    put_setting(due, LI, "review", "second-person", cite="会议纪要")
    clear_july(due, pay=True)

    assert found(due) == []


def test_vouchers_by_hand_come_on_top(due):
    made = new_voucher(
        due,
        LI,
        BOOK,
        date(2024, 8, 1),
        narration="更正",
        debit=[ManualLine("暂收款——定点医药机构待结算", Decimal("1.00"))],
        credit=[ManualLine("支出户存款", Decimal("1.00"))],
        fund="310",
    )
    approve(due, WANG, [f"#{made.id}"])

    assert found(due) == []


def test_a_sum_that_says_more_than_the_books_is_found(due):
    spoil(due, "UPDATE institution_sum SET pooled = pooled + 100 WHERE fund = '390'")

    assert found(due) == [
        f"{BOOK} 合肥市暂收款——定点医药机构待结算 险种390：31.00→30.00"
    ]


def test_a_clearing_that_says_other_than_its_rows_is_found(due):
    clear_july(due)
    spoil(
        due,
        "UPDATE clearing_part SET gross = gross + 1"
        " WHERE payee = 'R1' AND fund = '310'",
    )

    assert found(due) == [f"{BOOK} 2024-07第1次结算单 R1 职工医保：95.00→95.01"]


def test_a_payment_beyond_due_is_found(due):
    clear_july(due)
    pay(due, "金额\n95.00")
    spoil(due, "UPDATE institution_payment SET amount = amount + 5")

    assert found(due) == [
        f"{BOOK} 合肥市暂收款——定点医药机构待结算 险种310：-8.05→-8.00",
        f"{BOOK} 2024-07 R1 职工医保：95.00→95.05",
    ]


def test_evidence_of_more_than_was_paid_is_found(due):
    clear_july(due, pay=True)
    pay(due, "金额\n95.00")
    spoil(due, "UPDATE institution_payment SET amount = amount + 5")

    assert found(due) == [f"{BOOK} 2024-07 R1 职工医保：95.00→95.05"]
