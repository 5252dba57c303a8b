"""F7 机构拨付单: its own checks."""

from datetime import date
from decimal import Decimal

import pytest
from forms_by_hand import as_csv, form_rows
from institutions_by_hand import F7

from importers.forms import opened, read
from ledger.documents import InstitutionPayment
from ledger.errors import SourceError
from ledger.periods import Month, Quarter


def payments(*rows: dict, **options):
    return read(as_csv(form_rows("F7", list(rows), **options)), "拨付.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        payments(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("拨付.csv")


def test_every_column_reaches_its_field():
    (payment,) = payments(
        {
            "付款日期": "2024年8月12日",
            "机构代码": "h34010000001",
            "机构名称": "第一人民医院",
            "结算期": "2024年7月",
            "险种": "居民医保",
            "省内参保": "1,000.00",
            "外省参保": "234.50",
            "金额": "1,234.50",
            "扣款": "65.50",
            "付款账号": "3401 001",
            "收款账号": "6222",
            "交易流水号": "LS1",
        }
    )

    assert payment == InstitutionPayment(
        sheet="",
        row=3,
        paid_on=date(2024, 8, 12),
        institution="H34010000001",
        period=Month(2024, 7),
        fund="390",
        at_home=Decimal("1000.00"),
        elsewhere=Decimal("234.50"),
        amount=Decimal("1234.50"),
        deducted=Decimal("65.50"),
        payer_account="3401 001",
        payee_account="6222",
        serial="LS1",
        institution_name="第一人民医院",
    )
    assert payment.settled == Decimal("1300.00")


def test_what_is_not_given_is_nothing():
    (payment,) = payments({**F7, "结算期": "2024Q2", "付款账号": ""})

    assert payment.period == Quarter(2024, 2)
    assert (payment.at_home, payment.elsewhere) == (None, None)
    assert payment.deducted == 0
    assert (payment.payer_account, payment.payee_account) == ("", "")


def test_parts_by_insured_add_up_to_the_amount():
    assert payments({**F7, "省内参保": "100.00"})
    assert refused({**F7, "省内参保": "60.00", "外省参保": "30.00"}) == (
        "第3行：金额“100.00”不等于省内参保与外省参保之和90.00。"
    )


def test_money_that_flows_back_is_no_payment():
    assert refused({**F7, "金额": "-1.00"}) == (
        "第3行：金额“-1.00”是负数；多拨的在以后的结算中抵扣。"
    )
    assert "扣款“-1.00”是负数" in refused({**F7, "扣款": "-1.00"})


def test_all_may_be_withheld_but_something_there_must_be():
    assert payments({**F7, "金额": "0.00", "扣款": "5.00"})
    assert refused({**F7, "金额": "0.00"}) == (
        "第3行：金额“0.00”和扣款都是零，没有拨付。"
    )


def test_nobody_is_paid_before_the_period():
    assert payments({**F7, "付款日期": "2024-07-01"})
    assert refused({**F7, "付款日期": "2024-06-30"}) == (
        "第3行：付款日期“2024-06-30”早于结算期2024-07。"
    )


def test_rows_of_one_transfer_are_of_one_institution_and_day():
    other_fund = {**F7, "险种": "390"}

    assert len(payments(F7, other_fund)) == 2
    assert "机构代码“H2”与同一笔转账（流水号LS001）的第3行“R1”不同" in (
        refused(F7, {**other_fund, "机构代码": "H2"})
    )
    assert "付款日期“2024-08-13”与同一笔转账" in refused(
        F7, {**other_fund, "付款日期": "2024-08-13"}
    )
    assert "结算期“2024-06”与同一笔转账" in refused(
        F7, {**other_fund, "结算期": "2024-06"}
    )


def test_one_fund_stands_once_in_a_transfer():
    assert "与第3行是同一条（付款账号、交易流水号、险种都相同）" in refused(F7, F7)
    assert len(payments(F7, {**F7, "付款账号": "34010002"})) == 2


def test_totals_are_checked():
    rows = form_rows("F7", [F7])
    rows[-1] = ["合计" if cell == "合计" else cell for cell in rows[-1]]
    rows[-1][rows[1].index("金额")] = "100.01"

    with pytest.raises(SourceError) as caught:
        read(as_csv(rows), "拨付.csv")

    assert "与各行之和100.00不符" in str(caught.value)


def test_names_longer_than_they_are_kept_are_refused():
    assert "太长" in refused({**F7, "付款账号": "1" * 61})
    assert "太长" in refused({**F7, "交易流水号": "1" * 61})


def test_a_code_is_letters_and_digits():
    assert "不是1至12位的字母和数字" in refused({**F7, "机构代码": "第一医院"})


def test_the_form_is_known_by_its_title_or_its_columns():
    by_columns = as_csv(form_rows("F7", [F7], title=""))

    assert opened(by_columns, "表.csv").form == "F7"
