"""F7: payments to institutions, against what a clearing says is due (P7, P17)."""

from datetime import date

import pytest
import settlements_by_hand
from desk_by_hand import book_files, count, printed, take
from institutions_by_hand import SEPTEMBER, clear_july, owed, pay, roster
from people_by_hand import stored
from settlements_by_hand import LI, WANG
from sqlalchemy import text

from desk.homes import put_setting
from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger import sources
from ledger.schema import Document, Voucher
from reports.reconcile import check

BOOK = "340100-city-agency"


@pytest.fixture
def due(anhui_home):
    """R1 is due 95.00 of 310 and 30.00 of 390, R2 12.00; cleared, by list."""
    roster(anhui_home)
    owed(
        anhui_home,
        """机构 | 险种 | 统筹 | 个账 | 共济
           R1 | 310 | 65.00 | 20.00 | 10.00
           R1 | 390 | 30.00 | |
           R2 | 310 | | 12.00 |""",
    )
    clear_july(anhui_home)
    return anhui_home


def paid(home) -> str:
    """P7 and P17 of 合肥."""
    blocks = printed(home, BOOK).split(f"\n{BOOK}")
    kept = [block for block in blocks if " P7 " in block or " P17 " in block]
    return "\n".join(f"{BOOK}{block}" for block in kept)


def lines(home, columns="serial, fund, amount, deducted, posting_id IS NULL"):
    return stored(
        home,
        f"SELECT {columns} FROM institution_payment WHERE freed = 0"
        " ORDER BY serial, fund",
    )


def only_fault(result):
    """The one fault of a file that was refused, as column, found, why."""
    assert result.status == "rejected"
    assert "本文件没有入账" in result.message
    (fault,) = result.errors
    return fault


def test_what_was_paid_is_posted(due):
    result = pay(due, "金额\n95.00")

    assert (result.status, result.new, result.warnings) == ("posted", 1, [])
    assert paid(due) == f"""\
{BOOK} 2024-08-12 P7 记-1
  借 暂收款——定点医药机构待结算 310 95.00
  贷 支出户存款 310 95.00"""
    assert lines(due, "place, period, paid_on, institution, document_id") == [
        ("340100", "2024-07", "2024-08-12", "R1", 1)
    ]
    assert stored(
        due, "SELECT evidence, source, period FROM voucher WHERE rule LIKE '%/P7'"
    ) == [("LS001", "拨付.csv#R3", "2024-07")]


def test_what_the_audit_withholds_gives_spending_back(due):
    pay(due, "金额 | 扣款\n90.00 | 5.00")

    assert paid(due) == f"""\
{BOOK} 2024-08-12 P7 记-1
  借 暂收款——定点医药机构待结算 310 90.00
  贷 支出户存款 310 90.00
{BOOK} 2024-08-12 P17 记-2
  借 暂收款——定点医药机构待结算 310 5.00
  贷 医保费用支出——普通门诊统筹 310 5.00"""


def test_all_that_the_pooled_fund_pays_may_be_withheld(due):
    pay(due, "险种 | 金额 | 扣款\n390 | 0.00 | 30.00")

    assert "P7" not in paid(due)
    assert "P17" in paid(due)


def test_what_an_account_paid_is_not_withheld(due):
    # All of R2's 12.00 came from an account.
    fault = only_fault(pay(due, "机构代码 | 金额 | 扣款\nR2 | 11.99 | 0.01"))

    assert (fault.column, fault.found, fault.expected) == ("扣款", "0.01", "不多于0.00")
    assert fault.message == (
        "拨付.csv第3行：扣款“0.01”多于可以扣的0.00：这一期合肥市参保人的统筹基金支付"
        "0.00，已扣0.00（劳社厅发〔2002〕6号 三）；"
        "个人账户、外地参保人的费用请用退费、冲正（G3）退回。"
    )


def test_what_was_withheld_already_counts_also_within_a_file(due):
    # 65.00 of R1's 95.00 is pooled.
    assert pay(due, "金额 | 扣款\n1.00 | 40.00").status == "posted"
    fault = only_fault(
        pay(
            due,
            """金额 | 扣款 | 交易流水号
               1.00 | 20.00 | LS2
               1.00 | 5.01 | LS3""",
        )
    )

    assert (fault.row, fault.expected) == (4, "不多于5.00")
    assert "统筹基金支付65.00，已扣60.00" in fault.message
    assert pay(due, "金额 | 扣款 | 交易流水号\n1.00 | 25.00 | LS2").status == "posted"


def test_what_other_regions_pooled_funds_paid_is_not_withheld(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹 | 参保地\n40.00 | 340200\n7.00 | 340100")
    clear_july(anhui_home)
    fault = only_fault(pay(anhui_home, "金额 | 扣款\n0.00 | 47.00"))

    assert (fault.found, fault.expected) == ("47.00", "不多于7.00")
    assert pay(anhui_home, "金额 | 扣款\n40.00 | 7.00").status == "posted"


def test_of_what_was_not_cleared_nothing_is_withheld(due):
    owed(due, "统筹\n500.00")  # waits for the next clearing
    fault = only_fault(pay(due, "金额 | 扣款\n1.00 | 65.01"))

    assert fault.expected == "不多于65.00"


def test_bills_are_not_paid_before_they_are_in_the_books(due):
    # The bills of July were booked on its last day.
    fault = only_fault(pay(due, "付款日期 | 金额\n2024-07-30 | 95.00"))

    assert (fault.column, fault.found) == ("付款日期", "2024-07-30")
    assert fault.expected == "不早于2024-07-31"
    assert "早于所付结算的入账日期2024-07-31" in fault.message
    assert "--post-on" in fault.message
    assert pay(due, "付款日期 | 金额\n2024-07-31 | 95.00").status == "posted"


def test_what_was_paid_before_may_stand_after_the_bills(due):
    late = date(2024, 8, 1)
    result = pay(due, "付款日期 | 金额\n2024-07-30 | 95.00", post_on=late)

    assert [voucher.dated for voucher in result.vouchers] == [late]


def test_a_later_clearing_of_the_period_does_not_hold_up_the_first(due):
    owed(due, "月 | 统筹\n2024-07 | 5.00", by=LI)
    with due.writing() as connection:
        connection.execute(
            text(
                "UPDATE voucher SET dated = '2024-09-01' WHERE posting_id IN"
                " (SELECT max(posting_id) FROM institution_sum)"
            )
        )
    clear_july(due)

    assert pay(due, "付款日期 | 金额\n2024-08-12 | 95.00").status == "posted"


def test_rows_of_one_transfer_are_one_voucher(due):
    pay(
        due,
        """险种 | 金额 | 交易流水号 | 机构代码
           310 | 95.00 | LS1 | R1
           390 | 30.00 | LS1 | R1
           310 | 12.00 | LS2 | R2""",
    )

    assert paid(due) == f"""\
{BOOK} 2024-08-12 P7 记-1
  借 暂收款——定点医药机构待结算 310 95.00
  借 暂收款——定点医药机构待结算 390 30.00
  贷 支出户存款 310 95.00
  贷 支出户存款 390 30.00
{BOOK} 2024-08-12 P7 记-2
  借 暂收款——定点医药机构待结算 310 12.00
  贷 支出户存款 310 12.00"""


def test_what_is_due_may_be_paid_in_parts_but_not_beyond(due):
    assert pay(due, "金额 | 扣款\n60.00 | 5.00").status == "posted"
    fault = only_fault(pay(due, "金额 | 交易流水号\n30.01 | LS2"))

    assert (fault.column, fault.found, fault.expected) == (
        "金额",
        "30.01",
        "不多于30.00",
    )
    assert fault.message == (
        "拨付.csv第3行：金额“30.01”与扣款共30.01，多于合肥市应付未付的30.00"
        "（应付95.00，已付60.00，已扣5.00）。"
    )
    assert pay(due, "金额 | 交易流水号\n30.00 | LS2").status == "posted"


def test_the_limit_counts_the_rows_of_the_same_file(due):
    fault = only_fault(pay(due, "金额 | 交易流水号\n90.00 | LS1\n5.01 | LS2"))

    assert (fault.row, fault.expected) == (4, "不多于5.00")


def test_each_fund_is_due_by_itself(due):
    fault = only_fault(pay(due, "险种 | 金额\n390 | 30.01"))

    assert "应付30.00，已付0.00" in fault.message


def test_who_is_not_on_the_roster_is_not_paid(due):
    fault = only_fault(pay(due, "机构代码\nX9"))

    assert (fault.column, fault.found) == ("机构代码", "X9")
    assert "非定点机构不拨付（劳社厅发〔2002〕6号 三）" in fault.message
    assert "先导入定点医药机构名册" in fault.message


def test_a_period_is_cleared_first(due):
    fault = only_fault(pay(due, "结算期 | 付款日期\n2024-08 | 2024-09-12"))

    assert (fault.column, fault.found) == ("结算期", "2024-08")
    assert "请先 yibao clear 2024-08 --kind institutions --province 340000" in (
        fault.message
    )
    assert "省内" not in fault.message


def test_where_advances_are_kept_too_the_refusal_says_what_f7_is_for(home):
    roster(home)
    fault = only_fault(take(home, "F7", [_line()], by=SEPTEMBER))

    assert "异地就医结算中心的拨付要填省内参保或外省参保" in fault.message


def _line():
    from institutions_by_hand import F7

    return F7


def test_payments_of_days_to_come_are_refused(due):
    fault = only_fault(pay(due, "付款日期\n2024-09-21"))

    assert fault.message.startswith(
        "拨付.csv第3行：付款日期“2024-09-21”晚于今天（2024-09-20）"
    )


def test_money_to_another_account_than_the_rosters_is_refused(due):
    fault = only_fault(pay(due, "收款账号 | 金额\n6222999 | 95.00"))

    assert (fault.column, fault.found, fault.expected) == (
        "收款账号",
        "6222999",
        "622200001",
    )
    assert pay(due, "收款账号 | 金额\n622200001 | 95.00").status == "posted"
    assert (
        pay(
            due, "机构代码 | 收款账号 | 金额 | 交易流水号\nR2 | 6222999 | 12.00 | LS2"
        ).status
        == "posted"
    )


def test_every_wrong_row_is_named(due):
    result = pay(
        due,
        """机构代码 | 金额 | 交易流水号
           X9 | 1.00 | LS1
           R1 | 95.00 | LS2
           R2 | 12.01 | LS3""",
    )

    assert [(f.row, f.column) for f in result.errors] == [(3, "机构代码"), (5, "金额")]
    assert lines(due) == []
    assert count(due, Document) == 0


def test_known_lines_are_skipped(due):
    pay(due, "金额\n95.00")
    again = pay(
        due, "金额 | 交易流水号 | 机构代码\n95.00 | LS001 | R1\n12.00 | LS2 | R2"
    )
    once_more = pay(due, "金额\n95.00")

    assert (again.status, again.new, again.known) == ("posted", 1, 1)
    assert (once_more.status, once_more.known) == ("already-posted", 1)


def test_a_known_serial_with_other_content_is_refused(due):
    pay(due, "金额\n95.00")
    result = pay(due, "金额\n94.00")

    assert "这一行已经入账，但金额现为“94.00”，原为“95.00”" in result.message
    assert "yibao voucher reverse" in result.message


def test_a_known_transfer_takes_no_further_fund(due):
    pay(due, "金额\n95.00")
    fault = only_fault(pay(due, "险种 | 金额\n310 | 95.00\n390 | 30.00"))

    assert (fault.row, fault.column) == (4, "险种")


def test_reviewed_by_a_second_person_payments_wait(due):
    put_setting(due, LI, "review", "second-person", cite="会议纪要")
    result = pay(due, "金额\n95.00")

    assert (result.status, paid(due)) == ("draft", "")
    assert only_fault(pay(due, "金额 | 交易流水号\n1.00 | LS2")).column == "金额"

    approve(due, WANG, [f"#{result.vouchers[0].id}"])

    assert "P7" in paid(due)


def test_rejected_payments_are_free_again(due):
    result = pay(due, "金额 | 扣款\n90.00 | 5.00", draft=True)
    reject(due, WANG, [f"#{result.vouchers[0].id}"], "金额不对")

    assert lines(due) == []
    assert pay(due, "金额\n94.00").status == "posted"


def test_reversed_payments_are_free_again(due):
    pay(due, "金额 | 扣款\n90.00 | 5.00")
    made = reverse(due, WANG, f"{BOOK}/2024-08/1", date(2024, 8, 20), "退票")

    assert len(made) == 2  # with the P17 of the same transfer
    assert lines(due) == []
    assert pay(due, "金额\n95.00").status == "posted"


def test_vouchers_may_be_dated_later(due):
    result = pay(due, "金额\n95.00", post_on=date(2024, 9, 2))

    assert result.vouchers[0].dated == date(2024, 9, 2)
    assert (
        "早于业务日期"
        in pay(
            due,
            "机构代码 | 金额 | 交易流水号\nR2 | 12.00 | LS2",
            post_on=date(2024, 8, 1),
        ).message
    )


def test_a_trial_keeps_nothing(due):
    before = count(due, Voucher), book_files(due)
    result = pay(due, "金额\n95.00", dry_run=True)

    assert (result.status, result.new) == ("checked", 1)
    assert (count(due, Voucher), book_files(due)) == before
    assert lines(due) == []


# Where the clearing paid at once (P7), lists only prove it.


@pytest.fixture
def vouched(anhui_home):
    """R1 is due 95.00, paid at once."""
    roster(anhui_home)
    owed(anhui_home, "统筹 | 个账\n75.00 | 20.00")
    clear_july(anhui_home, pay=True)
    return anhui_home


def test_what_clear_paid_is_kept_as_evidence(vouched):
    vouchers = count(vouched)
    result = pay(vouched, "金额 | 交易流水号\n60.00 | LS1\n35.00 | LS2")

    assert (result.status, result.new, result.vouchers) == ("posted", 2, [])
    assert result.warnings == [
        "2行的结算款出结算单时已经入账（P7），登记为凭据，没有另作凭证"
    ]
    assert count(vouched) == vouchers
    assert lines(vouched, "serial, amount, posting_id") == [
        ("LS1", 6000, None),
        ("LS2", 3500, None),
    ]
    assert pay(vouched, "金额 | 交易流水号\n60.00 | LS1").status == "already-posted"


def test_evidence_beyond_what_clear_paid_is_refused(vouched):
    pay(vouched, "金额 | 交易流水号\n60.00 | LS1")
    fault = only_fault(pay(vouched, "金额 | 交易流水号\n35.01 | LS2"))

    assert fault.column == "金额"


def test_nothing_is_withheld_of_what_clear_paid(vouched):
    fault = only_fault(pay(vouched, "金额 | 扣款\n90.00 | 5.00"))

    assert (fault.column, fault.found) == ("扣款", "5.00")
    assert "请先冲销那张凭证（yibao voucher reverse）" in fault.message

    reverse(vouched, WANG, f"{BOOK}/2024-09/1", date(2024, 9, 20), "有审核扣款")

    assert pay(vouched, "金额 | 扣款\n90.00 | 5.00").status == "posted"
    assert "P17" in paid(vouched)


def test_evidence_is_free_when_its_p7_is_reversed(vouched):
    pay(vouched, "金额\n95.00")
    reverse(vouched, WANG, f"{BOOK}/2024-09/1", date(2024, 9, 20), "退票")

    assert lines(vouched) == []

    result = pay(vouched, "金额\n95.00")

    assert len(result.vouchers) == 1


def test_evidence_can_be_withdrawn(vouched):
    pay(vouched, "金额\n95.00")
    with vouched.writing() as connection:
        (kept,) = sources.documents(connection)
        freed = sources.withdraw(connection, kept.id, "wang", "", "录错")

    assert (kept.form, kept.lines, kept.bare, freed) == ("F7", 1, 1, 1)
    assert lines(vouched) == []
    assert pay(vouched, "金额\n95.00").new == 1


def test_a_later_clearing_of_the_period_is_paid_by_list(vouched):
    owed(vouched, "统筹\n8.00")
    clear_july(vouched)
    result = pay(vouched, "金额 | 交易流水号\n8.00 | LS1\n95.00 | LS2")

    # The amount that fits exactly: 8.00 is what lists pay, 95.00 was paid at once.
    assert [str(v.amount) for v in result.vouchers] == ["8.00"]
    assert lines(vouched) == [
        ("LS1", "310", 800, 0, False),
        ("LS2", "310", 9500, 0, True),
    ]


def test_what_made_vouchers_is_not_withdrawn(due):
    pay(due, "金额\n95.00")
    with due.reading() as connection:
        (kept,) = sources.documents(connection)

    assert (kept.lines, kept.bare) == (1, 0)


# From forms to cleared books.


def test_from_bills_to_payments_the_books_agree(anhui_home):
    """G10, G2, G3, clear, F7, with a refund after the clearing; reckoned by hand.

    P1 pays 100.00 at R1 of 合肥 and 40.00 at W1 of 芜湖; the list says that the pooled
    fund pays 30.00 and 10.00. R1's refund of 20.00 comes in August.
    """
    registered = settlements_by_hand.take(
        anhui_home,
        "G10",
        """机构代码 | 机构名称 | 统筹区代码
           R1 | 第一人民医院 | 340100
           W1 | 弋矶山医院 | 340200""",
    )
    opened = settlements_by_hand.accounts(
        anhui_home, "个人编号 | 期初余额\nP1 | 1000.00"
    )
    bills = settlements_by_hand.take(
        anhui_home,
        "G3",
        """结算流水号 | 结算时间 | 个人编号 | 机构代码 | 就医地代码 | 医疗总费用 | 政策范围内费用 | 统筹支付
           S1 | 2024-07-03 10:00:00 | P1 | R1 | 340100 | 100.00 | 100.00 | 30.00
           S2 | 2024-07-04 10:00:00 | P1 | W1 | 340200 | 40.00 | 40.00 | 10.00""",
        name="七月.csv",
    )
    assert [r.status for r in (registered, opened, bills)] == ["posted"] * 3

    first = clear_july(anhui_home)

    assert [(p.payer, p.payee, str(p.net)) for p in first.parts] == [
        ("340100", "R1", "100.00"),
        ("340200", "W1", "40.00"),
    ]

    result = pay(
        anhui_home,
        """机构代码 | 金额 | 扣款 | 交易流水号
           R1 | 95.00 | 5.00 | LS1
           W1 | 40.00 | | LS2""",
    )

    assert [(v.book, str(v.amount)) for v in result.vouchers] == [
        ("340100-city-agency", "95.00"),
        ("340100-city-agency", "5.00"),
        ("340200-city-agency", "40.00"),
    ]

    refund = settlements_by_hand.take(
        anhui_home,
        "G3",
        """结算流水号 | 结算时间 | 业务类型 | 原结算流水号 | 个人编号 | 机构代码 | 医疗总费用 | 政策范围内费用 | 统筹支付
           S3 | 2024-08-01 08:00:00 | 退费 | S1 | P1 | R1 | 20.00 | 20.00 | 6.00""",
        name="八月.csv",
    )
    assert refund.status == "posted", refund.message
    second = clear_july(anhui_home, "2024-08")

    assert [(p.payee, str(p.gross), str(p.net)) for p in second.parts] == [
        ("R1", "-20.00", "0.00")
    ]
    with anhui_home.reading() as connection:
        findings = check(connection, date(2024, 9, 20), anhui_home)
    assert [f for f in findings if f.severity == "error"] == []
