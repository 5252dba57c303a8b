"""Notices and the transfers that name them: paid, arrived, sent back, reversed."""

from datetime import date

import pytest
from desk_by_hand import LI, WANG, rows, take, take_clearings, take_transfers
from notices_by_hand import (
    PAYMENT,
    RECEIPT,
    bulk,
    came_in,
    issued,
    keep_plan,
    make,
    step,
    steps_told,
    told,
)

from desk.advances import bank_master
from desk.advances.bank_master import Wanted
from desk.advances.notice_undoing import undo
from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger.errors import BookError, UsageError

NUMBER = "黔异预〔2018〕1号"
TITLES = (
    "付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 资金性质 | 用途 | 险种 "
    "| 本级金额 | 交易流水号 | 通知书编号 | 收款账号 | 备注\n"
)


def approved(home, **how):
    """The plan's notices, approved by finance on 2018-01-24."""
    issued(home, **how)
    for act in ("confirm", "submit", "approve"):
        bulk(home, act, on=date(2018, 1, 24))


def paid(home, rows: str, name="划拨.csv", **how):
    """Import transfers: 付款日期 | 到账日期 | 用途 | 金额 | 流水号, of 520100."""
    lines = []
    for row in rows.strip().splitlines():
        day, arrived, scope, amount, serial = (cell.strip() for cell in row.split("|"))
        lines.append(
            f"{day} | {arrived} | 520100 | 520000 | 预付金 | {scope} | 310 "
            f"| {amount} | {serial} | {NUMBER} | | "
        )
    return take_transfers(home, TITLES + "\n".join(lines), name=name, **how)


WHOLE = """
2018-01-26 | | 跨省 | 60.00 | N1
2018-01-26 | | 省内 | 40.00 | N1
"""
ARRIVED = WHOLE.replace("| |", "| 2018-01-29 |")


def test_a_notice_is_paid_when_its_money_has_left_and_received_when_it_is_there(home):
    approved(home)
    paid(home, WHOLE)
    left = told(home)[0]
    paid(home, ARRIVED, "到账.csv")

    assert left == f"{NUMBER} 520100 100.00 paid"
    assert steps_told(home, NUMBER)[-2:] == [
        "2018-01-26 paid N1",
        "2018-01-29 received N1",
    ]


def test_money_that_has_arrived_at_once_takes_both_steps(sqlite_home):
    approved(sqlite_home)
    result = paid(sqlite_home, ARRIVED)

    assert (result.warnings, told(sqlite_home)[0]) == (
        [],
        f"{NUMBER} 520100 100.00 received",
    )


def test_money_of_a_notice_whose_steps_nobody_kept_is_paid_too(sqlite_home):
    issued(sqlite_home)
    paid(sqlite_home, WHOLE)

    assert told(sqlite_home)[0].endswith("paid")


def test_a_part_is_told_and_the_rest_pays_it(home):
    approved(home)
    first = paid(home, "2018-01-26 | 2018-01-26 | 跨省 | 60.00 | N1")
    before = told(home)[0]
    second = paid(home, "2018-01-29 | 2018-01-29 | 省内 | 40.00 | N2", "二.csv")

    assert first.warnings == [
        f"预付金收款通知书“{NUMBER}”（贵阳市）为100.00元，已划拨60.00元，尚差40.00元"
    ]
    assert (before.endswith("approved"), second.warnings) == (True, [])
    assert steps_told(home, NUMBER)[-2:] == [
        "2018-01-29 paid N1、N2",
        "2018-01-29 received N1、N2",
    ]


def test_money_of_somebody_else_is_told_and_pays_nothing(sqlite_home):
    approved(sqlite_home)
    row = (
        f"2018-01-26 | | 520200 | 520000 | 预付金 | 跨省 | 310 | 100 | N1 | {NUMBER}||"
    )
    result = take_transfers(sqlite_home, TITLES + row)

    assert result.warnings == [
        f"流水号N1的付款方或收款方与预付金收款通知书“{NUMBER}”（贵阳市）不符，没有登记付款"
    ]
    assert told(sqlite_home)[0].endswith("approved")


def test_money_to_another_account_is_told_with_masks(sqlite_home):
    approved(sqlite_home)
    result = take_transfers(
        sqlite_home,
        TITLES + f"2018-01-26 | | 520100 | 520000 | 预付金 | 跨省 | 310 | 100 | N1 "
        f"| {NUMBER} | 62220000123456 |",
    )

    assert result.warnings == [
        f"预付金收款通知书“{NUMBER}”（贵阳市）的收款账号是****0008，"
        "划拨单写作****3456，请核对"
    ]
    assert told(sqlite_home)[0].endswith("paid")


def test_money_of_a_notice_that_is_not_issued_is_told(sqlite_home):
    keep_plan(sqlite_home)
    make(sqlite_home)
    result = paid(sqlite_home, WHOLE)

    assert "尚未下达" in result.warnings[0]
    assert told(sqlite_home)[0].endswith("made")


BACK = "\n".join(
    f"2018-01-29 | 2018-01-29 | 520000 | 520100 | 退回 | {scope} | 310 | {amount} "
    "| B1 | | | 退汇"
    for scope, amount in (("跨省", "60.00"), ("省内", "40.00"))
)


def test_what_the_bank_sends_back_waits_to_be_paid_again(home):
    approved(home)
    paid(home, WHOLE)
    result = take_transfers(home, TITLES + BACK, name="退汇.csv")
    bounced = told(home)[0]
    paid(home, ARRIVED.replace("N1", "N2"), "再.csv")

    assert result.message == ""
    assert f"预付金收款通知书“{NUMBER}”（贵阳市）退汇，待重新划拨" in "".join(
        result.warnings
    )
    assert bounced.endswith("approved")
    assert steps_told(home, NUMBER)[-4:] == [
        "2018-01-26 paid N1",
        "2018-01-29 approved B1",
        "2018-01-26 paid N2",
        "2018-01-29 received N2",
    ]


def test_a_reversed_transfer_is_not_paid_any_more(home):
    approved(home)
    paid(home, ARRIVED)
    reverse(home, WANG, "520100-city-agency/2018-01/1", date(2018, 1, 31), "错行")

    assert told(home)[0].endswith("approved")
    assert steps_told(home, NUMBER)[-1] == "2018-01-31 approved"


def test_a_rejected_draft_is_not_paid_any_more(sqlite_home):
    approved(sqlite_home)
    result = paid(sqlite_home, WHOLE, draft=True)
    before = steps_told(sqlite_home, NUMBER)
    reject(sqlite_home, WANG, [f"#{result.vouchers[0].id}"], "错")

    assert before[-1] == "2018-01-24 approved"
    assert steps_told(sqlite_home, NUMBER) == before


def test_a_draft_pays_when_a_second_person_approves_it(sqlite_home):
    approved(sqlite_home)
    result = paid(sqlite_home, ARRIVED, draft=True)
    before = told(sqlite_home)[0]
    approve(sqlite_home, WANG, [f"#{one.id}" for one in result.vouchers])

    assert before.endswith("approved")
    assert steps_told(sqlite_home, NUMBER)[-2:] == [
        "2018-01-26 paid N1",
        "2018-01-29 received N1",
    ]


def test_an_approver_hears_that_a_part_is_missing(sqlite_home):
    approved(sqlite_home)
    part = "2018-01-26 | 2018-01-26 | 跨省 | 60.00 | N1"
    result = paid(sqlite_home, part, draft=True)
    heard = []
    names = [f"#{one.id}" for one in result.vouchers]
    approve(sqlite_home, WANG, names, warn=heard.append)

    assert (result.warnings, heard) == (
        [],
        [f"预付金收款通知书“{NUMBER}”（贵阳市）为100.00元，已划拨60.00元，尚差40.00元"],
    )


def test_a_return_sets_its_notice_back_on_its_own_day(sqlite_home):
    """X7; paid and returned again it is told of the second return alone."""
    approved(sqlite_home)
    back = (
        "{day} | {day} | 520000 | 520100 | 退回 | 跨省 | 310 | 60.00 "
        f"| {{serial}} | {NUMBER} | | "
    )
    again = "2018-02-02 | 2018-02-02 | 跨省 | 60.00 | N2"
    paid(sqlite_home, ARRIVED)
    first = back.format(day="2018-01-30", serial="T1")
    take_transfers(sqlite_home, TITLES + first, name="退.csv")
    paid(sqlite_home, again, "再.csv")
    second = back.format(day="2018-02-05", serial="T2")
    told_ = take_transfers(sqlite_home, TITLES + second, name="又退.csv").warnings

    assert f"预付金收款通知书“{NUMBER}”（贵阳市）退回，待重新划拨" in "".join(told_)
    assert steps_told(sqlite_home, NUMBER)[-4:] == [
        "2018-01-30 approved T1",
        "2018-02-02 paid N1、T1、N2",
        "2018-02-02 received N1、T1、N2",
        "2018-02-05 approved T2",
    ]


def test_a_payment_by_hand_needs_the_banks_serial_and_stays(sqlite_home):
    approved(sqlite_home)
    with pytest.raises(UsageError, match="银行流水号"):
        step(sqlite_home, "pay", NUMBER, on=date(2018, 1, 26))
    step(sqlite_home, "pay", NUMBER, on=date(2018, 1, 26), evidence="N9")
    paid(sqlite_home, "2018-01-26 | | 跨省 | 60.00 | N1")

    assert steps_told(sqlite_home, NUMBER)[-1] == "2018-01-26 paid N9"


def test_disputing_a_citys_notices_leaves_those_that_are_paid(sqlite_home):
    approved(sqlite_home)
    paid(sqlite_home, WHOLE)
    keep_plan(sqlite_home, {("520100", "跨省", "310"): "3.00"}, "额度调整", 2)
    make(sqlite_home, on=date(2018, 2, 1))
    bulk(sqlite_home, "issue", on=date(2018, 2, 1), region="520100")
    done = bulk(
        sqlite_home, "dispute", on=date(2018, 2, 2), region="520100", reason="多了"
    )

    assert [one.status for one in done] == ["skipped", "done"]
    with pytest.raises(BookError, match="已付款，不能提出异议"):
        step(sqlite_home, "dispute", NUMBER, on=date(2018, 2, 2), reason="多了")


def test_money_that_goes_back_pays_a_notice_below_zero(sqlite_home):
    approved(sqlite_home, amounts={("520100", "跨省", "310"): "-5.00"})
    paid_back = (
        "2018-01-26 | 2018-01-26 | 520000 | 520100 | 退回 | 跨省 | 310 | 5.00 "
        f"| R1 | {NUMBER} | | "
    )
    result = take_transfers(sqlite_home, TITLES + paid_back)

    assert result.message == ""
    assert told(sqlite_home)[0].endswith("received")


def test_a_payment_notice_is_paid_by_the_clearing_money(home):
    take_clearings(
        home, "清算期 | 参保地代码 | 确认日期\n2018-01 | 520102 | 2018-02-08"
    )
    came_in(home, PAYMENT)
    for act in ("confirm", "submit", "approve"):
        step(home, act, "粤付〔2018〕1号", on=date(2018, 2, 5))
    result = take_transfers(
        home,
        TITLES + "2018-02-22 | 2018-02-22 | 520000 | 440000 | 清算资金 | 跨省 | 310 "
        "| 100.00 | C1 | 粤付〔2018〕1号 | |",
    )

    assert (result.message, result.warnings) == ("", [])
    assert told(home)[0] == "粤付〔2018〕1号 440000 100.00 received"


def test_a_receipt_notice_is_received_with_the_money(sqlite_home):
    came_in(sqlite_home, RECEIPT)
    take_transfers(
        sqlite_home,
        TITLES + "2018-02-22 | 2018-02-23 | 440000 | 520000 | 清算资金 | 跨省 | 310 "
        "| 100.00 | C1 | 粤付〔2018〕1号 | |",
    )

    assert steps_told(sqlite_home, "粤付〔2018〕1号")[-1] == "2018-02-23 received C1"


def test_a_statement_that_sends_money_back_takes_the_payment_back(sqlite_home):
    """The county's money to its city: told as paid by F1, sent back by F6."""
    keep_plan(sqlite_home, {("520102", "跨省", "310"): "100.00"}, region="520100")
    make(sqlite_home, holder="520100")
    bulk(sqlite_home, "issue", holder="520100")
    wanted = Wanted(
        *("52010201", "南明区财政局", "某银行", "520102", "520102-county-agency"),
        *("", "", "310", date(2017, 1, 1)),
    )
    bank_master.add(sqlite_home, LI, wanted, "开户批复")
    take_transfers(
        sqlite_home,
        "付款日期 | 付款账号 | 收款账号 | 交易流水号 | 通知书编号\n"
        "2018-01-26 | 52010201 | 52010001 | LS001 | 贵阳市异预〔2018〕1号",
    )
    before = told(sqlite_home)[0]
    back = """
账号|日期|交易流水号|收入金额|支出金额|余额|摘要
52010201|2018-01-26|LS001||100.00|-100.00|预付金
52010201|2018-01-29|TH1|100.00||0.00|退汇"""
    result = take(sqlite_home, "F6", rows(back), "对账单.csv", total=False)

    assert before.endswith("paid")
    assert any("退汇，待重新划拨" in word for word in result.warnings)
    assert (
        steps_told(sqlite_home, "贵阳市异预〔2018〕1号")[-1]
        == "2018-01-29 approved TH1"
    )


def by_hand(home):
    approved(home)
    step(home, "pay", NUMBER, on=date(2018, 1, 26), evidence="N9")


def test_another_serial_of_a_payment_by_hand_is_kept_beside_the_first(sqlite_home):
    by_hand(sqlite_home)
    same = step(sqlite_home, "pay", NUMBER, on=date(2018, 1, 29), evidence="N9")
    more = step(sqlite_home, "pay", NUMBER, on=date(2018, 1, 29), evidence="N8")

    assert (same[0].status, more[0].status, more[0].note) == (
        "already",
        "done",
        "凭据原为N9",
    )
    assert steps_told(sqlite_home, NUMBER)[-1] == "2018-01-29 paid N9、N8"


def test_receiving_by_hand_needs_evidence(sqlite_home):
    by_hand(sqlite_home)
    with pytest.raises(UsageError, match="到账凭据"):
        step(sqlite_home, "receive", NUMBER, on=date(2018, 1, 30))
    step(sqlite_home, "receive", NUMBER, on=date(2018, 1, 30), evidence="回单1")
    again = step(sqlite_home, "receive", NUMBER, on=date(2018, 1, 31))

    assert (again[0].status, told(sqlite_home)[0][-8:]) == ("already", "received")


def test_a_word_by_mistake_is_taken_back_and_stays_to_be_read(home):
    by_hand(home)
    with pytest.raises(UsageError, match="--reason"):
        undo(home, LI, NUMBER, date(2018, 1, 29), "")
    undo(home, LI, NUMBER, date(2018, 1, 29), "登错了", dry_run=True)
    done = undo(home, LI, NUMBER, date(2018, 1, 29), "登错了")
    undo(home, LI, NUMBER, date(2018, 1, 29), "也错了")

    assert done.note == "已撤销付款，回到“已审核”"
    assert steps_told(home, NUMBER)[-3:] == [
        "2018-01-26 paid N9",
        "2018-01-29 approved",
        "2018-01-29 submitted",
    ]


def test_what_a_transfer_proves_is_not_undone(sqlite_home):
    by_hand(sqlite_home)
    paid(sqlite_home, WHOLE)
    with pytest.raises(BookError, match="由预付金划拨单证明"):
        undo(sqlite_home, LI, NUMBER, date(2018, 1, 29), "登错了")
    paid(sqlite_home, ARRIVED, "到账.csv")
    with pytest.raises(BookError, match="由预付金划拨单证明"):
        undo(sqlite_home, LI, NUMBER, date(2018, 1, 30), "登错了")


def test_issuing_is_not_undone_but_withdrawn(sqlite_home):
    issued(sqlite_home)
    with pytest.raises(BookError, match="下达的请撤回"):
        undo(sqlite_home, LI, NUMBER, date(2018, 1, 29), "错了")
