"""Vouchers by hand, and what `voucher list` and `show` say."""

from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import LI, WANG, count, printed, take_transfers

from desk.voucher_shown import shown
from desk.vouchers import ManualLine, approve, list_vouchers, new_voucher, reject
from ledger.errors import BookError, RuleError, UsageError

BOOK = "520102-county-agency"
BANK = "财政专户存款——县本级"
ON = date(2017, 4, 28)


def lines(subject: str, amount: str = "5.00") -> list[ManualLine]:
    return [ManualLine(subject, Decimal(amount))]


def by_hand(home, debit, credit, narration="收到利息", book=BOOK, **how):
    return new_voucher(
        home,
        LI,
        book,
        ON,
        narration=narration,
        debit=debit,
        credit=credit,
        **{"fund": "310", **how},
    )


def test_a_voucher_by_hand_is_a_draft_until_another_person_approves_it(home):
    made = by_hand(home, lines(BANK), lines("利息收入"))

    with pytest.raises(BookError, match="不能审核自己的凭证"):
        approve(home, LI, [f"#{made.id}"])
    approve(home, WANG, [f"#{made.id}"])

    assert made.number is None
    assert printed(home) == f"""
{BOOK} 2017-04-28 手工 记-1
  借 {BANK} 310 5.00
  贷 利息收入 310 5.00
""".strip()


def test_a_line_may_carry_its_own_fund_and_detail(sqlite_home):
    by_hand(
        sqlite_home,
        lines("财政专户存款——市本级#居民医保"),
        lines("暂收款——各县、区@520102#390"),
        "收到县区退款",
        "520100-city-agency",
    )

    assert "贷 暂收款——各县、区:520102 390 5.00" in printed(sqlite_home, state="draft")


FEES = ["医保支出——异地就医支出", "医保费用支出——医保各险种（县本级）", "其他支出"]


@pytest.mark.parametrize("subject", FEES)
@pytest.mark.parametrize("narration", ["银行手续费", "支付支票工本费"])
def test_a_bank_fee_is_never_an_expenditure(subject, narration, sqlite_home):
    with pytest.raises(RuleError, match="暂付款——银行手续费待收回"):
        by_hand(sqlite_home, lines(subject), lines(BANK), narration)

    assert count(sqlite_home) == 0


def test_a_bank_fee_waits_to_be_recovered(sqlite_home):
    made = by_hand(
        sqlite_home, lines("暂付款——银行手续费待收回"), lines(BANK), "银行手续费"
    )

    assert made.amount == Decimal("5.00")


def test_interest_is_never_a_payers(sqlite_home):
    with pytest.raises(RuleError, match="应记“利息收入”"):
        by_hand(
            sqlite_home,
            lines("财政专户存款——市本级"),
            lines("暂收款——各县、区@520102"),
            "一季度结息",
            "520100-city-agency",
        )


REFUSED = {
    "借贷不平": (lines(BANK, "5.01"), lines("利息收入"), {}, BookError),
    "没有分录": ([], [], {}, UsageError),
    "金额都是零": (lines(BANK, "0.00"), lines("利息收入", "0.00"), {}, UsageError),
    "没有摘要": (lines(BANK), lines("利息收入"), {"narration": " "}, UsageError),
    "科目不认识": (lines("库存现金"), lines("利息收入"), {}, BookError),
    "险种不认识": (lines(BANK + "#999"), lines("利息收入"), {}, UsageError),
    "缺辅助明细": (lines(BANK), lines("暂收款——各县、区"), {}, BookError),
    "多辅助明细": (lines(BANK + "@520102"), lines("利息收入"), {}, BookError),
    "明细不是代码": (lines(BANK), lines("暂收款——各县、区@火星"), {}, UsageError),
    "明细不在本市": (lines(BANK), lines("暂收款——各县、区@520302"), {}, BookError),
    "明细不是县区": (lines(BANK), lines("暂收款——各县、区@440000"), {}, BookError),
    "别种账套的科目": (lines("财政专户存款——县本级"), lines("利息收入"), {}, BookError),
    "没有这个账套": (lines(BANK), lines("利息收入"), {"book": "x"}, BookError),
}


@pytest.mark.parametrize("debit, credit, how, error", REFUSED.values(), ids=REFUSED)
def test_a_voucher_by_hand_that_is_refused(debit, credit, how, error, sqlite_home):
    with pytest.raises(error):
        usual = {"book": "520100-city-agency", "narration": "收到县区退款"}
        by_hand(sqlite_home, debit, credit, **{**usual, **how})

    assert count(sqlite_home) == 0


def test_a_dry_run_of_a_voucher_by_hand_keeps_nothing(home):
    made = by_hand(home, lines(BANK), lines("利息收入"), dry_run=True)

    assert made.amount == Decimal("5.00")
    assert count(home) == 0


def test_a_rejection_says_why_and_keeps_the_draft_for_the_record(home):
    made = by_hand(home, lines(BANK), lines("利息收入"))

    with pytest.raises(UsageError, match="--reason"):
        reject(home, WANG, [f"#{made.id}"], " ")
    reject(home, WANG, [f"#{made.id}"], "没有回单")

    with home.reading() as connection:
        kept = shown(connection, f"#{made.id}")
    assert (kept["state"], kept["reason"]) == ("rejected", "没有回单")


def test_several_drafts_are_approved_in_one_go_or_none(home):
    first = by_hand(home, lines(BANK), lines("利息收入"))
    second = by_hand(home, lines(BANK), lines("利息收入"))

    with pytest.raises(BookError):
        approve(home, WANG, [f"#{first.id}", "#99"])
    made = approve(home, WANG, [f"#{second.id}", f"#{first.id}", f"#{first.id}"])

    assert [(row.id, row.number) for row in made] == [(first.id, 1), (second.id, 2)]


def test_show_names_the_vouchers_of_the_same_unit(home):
    take_transfers(home, "到账日期\n2017-05-02")

    with home.reading() as connection:
        kept = shown(connection, f"{BOOK}/2017-04/1")

    assert kept["posting"] == [
        "520102-county-finance/2017-04/1",
        "520100-city-finance/2017-05/1",
        "520100-city-agency/2017-05/1",
    ]
    assert kept["source"] == "表.csv#R3"
    assert kept["basis"] == "黔人社厅通〔2017〕204号 附件二 二（一）1"


def test_list_by_book_state_and_month(home):
    take_transfers(home, "到账日期 | 交易流水号\n2017-05-02 | A")
    take_transfers(home, "到账日期 | 交易流水号\n2017-05-02 | B", draft=True)

    with home.reading() as connection:
        every = list_vouchers(connection)
        of_book = list_vouchers(connection, BOOK)
        drafts = list_vouchers(connection, state="draft")
        of_may = list_vouchers(connection, month=(2017, 5))

    assert [len(rows) for rows in (every, of_book, drafts, of_may)] == [8, 2, 4, 4]
