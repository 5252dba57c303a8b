"""F1 预付金划拨单: its own checks."""

from datetime import date
from decimal import Decimal

import pytest
from forms_by_hand import as_csv, form_rows, line

from importers.forms import read
from ledger.documents import Transfer
from ledger.errors import SourceError
from ledger.periods import Quarter


def transfers(*rows: dict, **options):
    return read(as_csv(form_rows("F1", list(rows), **options)), "划拨.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        transfers(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("划拨.csv")


def test_every_column_reaches_its_field():
    (transfer,) = transfers(
        {
            "付款日期": "2017-04-28",
            "到账日期": "2017年5月2日",
            "付款方代码": "520100",
            "付款方": "贵阳市",
            "收款方代码": "520000",
            "收款方": "贵州省异地就医结算中心",
            "资金性质": "紧急调增",
            "用途": "省内",
            "险种": "居民医保",
            "本级金额": "1,000.00",
            "下级金额": "234.50",
            "合计": "1,234.50",
            "所属季度": "2017年二季度",
            "通知书编号": "黔医结〔2017〕2号",
            "付款账号": "5200 1001",
            "收款账号": "52002002",
            "付款银行": "工行",
            "交易流水号": "LS001",
            "收款流水号": "SK9",
            "附单据数": "2",
            "备注": "甲",
        }
    )

    assert transfer == Transfer(
        sheet="",
        row=3,
        paid_on=date(2017, 4, 28),
        received_on=date(2017, 5, 2),
        payer="520100",
        payee="520000",
        nature="紧急调增",
        scope="省内",
        fund="390",
        own=Decimal("1000.00"),
        lower=Decimal("234.50"),
        quarter=Quarter(2017, 2),
        notice="黔医结〔2017〕2号",
        payer_account="5200 1001",
        payee_account="52002002",
        payer_bank="工行",
        serial="LS001",
        received_serial="SK9",
        attachments=2,
        note="甲",
    )


def test_what_is_not_given_is_none_empty_or_nothing():
    row = line("F1", 付款账号="")
    del row["下级金额"]
    (transfer,) = transfers(row)

    assert transfer.received_on is transfer.quarter is transfer.attachments is None
    assert transfer.lower == 0
    assert transfer.payer_account == transfer.notice == ""


def test_合计_is_the_sum_of_本级_and_下级():
    found = refused(line("F1", 合计="100.01"))

    assert found == "第3行：合计“100.01”不等于本级金额与下级金额之和100.00。"


def test_the_closing_row_is_checked_in_every_column_of_figures():
    rows = form_rows("F1", [line("F1")])
    for title in "本级金额", "下级金额", "合计":
        at = rows[1].index(title)
        right, rows[3][at] = rows[3][at], "7.00"
        with pytest.raises(SourceError, match=f"第4行：{title}“7.00”与各行之和"):
            read(as_csv(rows), "x")
        rows[3][at] = right


def test_no_part_is_negative_and_something_is_paid():
    found = refused(line("F1", 下级金额="-1.00", 合计="99.00"))
    assert found.startswith("第3行：下级金额“-1.00”是负数")

    found = refused(line("F1", 本级金额="0", 合计="0"))
    assert found == "第3行：合计“0”是零，没有划拨。"


def test_money_does_not_arrive_before_it_is_paid():
    assert transfers(line("F1", 到账日期="2017-04-28"))
    found = refused(line("F1", 到账日期="2017-04-27"))

    assert found == "第3行：到账日期“2017-04-27”早于付款日期。"


@pytest.mark.parametrize(
    ("title", "cell", "says"),
    [
        ("资金性质", "利息", "不是预付金、紧急调增、额度调整、清算资金、退回之一"),
        ("用途", "出国", "不是跨省、省内之一"),
        ("所属季度", "2017-06", "不是季度"),
        ("附单据数", "1.5", "不是整数"),
        ("付款方代码", "529999", "不是已知的行政区划代码"),
        ("收款方代码", "999999", "不是已知的行政区划代码"),
    ],
)
def test_a_wrong_cell_is_refused(title, cell, says):
    assert refused(line("F1", **{title: cell})) == f"第3行：{title}“{cell}”{says}。"


def test_codes_are_those_of_付款日期():
    assert transfers(line("F1", 付款方代码="520221"))[0].payer == "520204"
    found = refused(line("F1", 付款方代码="520221", 付款日期="2021-04-28"))

    assert "在2021-04-28不是有效的行政区划代码" in found


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("付款方代码", "520103"),
        ("收款方代码", "520000"),
        ("付款日期", "2017-04-27"),
        ("到账日期", "2017-05-02"),
        ("收款账号", "****9"),
        ("收款流水号", "9"),
    ],
)
def test_rows_of_one_bank_transfer_agree(title, cell):
    found = refused(line("F1"), line("F1", 用途="省内", **{title: cell.strip("*")}))

    assert found.startswith(f"第4行：{title}“{cell}”与同一笔转账（流水号LS001）的第3行")


def test_rows_of_different_accounts_may_share_a_serial():
    assert (
        len(transfers(line("F1"), line("F1", 付款账号="9", 付款方代码="520103"))) == 2
    )


def test_two_equal_keys_in_one_file_are_refused_naming_both_rows():
    assert len(transfers(line("F1"), line("F1", 用途="省内"))) == 2
    found = refused(line("F1"), line("F1"))

    assert found.startswith("第4行：与第3行是同一条（付款账号、交易流水号、")
