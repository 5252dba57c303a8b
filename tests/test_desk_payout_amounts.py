"""How much a run pays: withheld money, drafts, claims, what was undone.

One person in each, 省内 with a hardship since May 2022, or 跨省.
"""

import pytest
from payouts_by_hand import bounced, changed, filed, opened, refused, run
from people_by_hand import PANZHIHUA, WANG, stored
from sqlalchemy import text

from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger.errors import BookError
from ledger.people import payouts

HARD = """个人编号 | 起始日期 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至
P1 | 2022-05-01 | 失能 | 东区 | 2022-05-10 | 2024-05-09"""
OWING = "追回挂账未清，余额先抵挂账"
KEPT = "停止划转之前的省内划转被退回，留在个人账户，不再补划"


@pytest.fixture
def kept(sichuan_home):
    """100.00 of February 2022 came back on 5 March and is withheld."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号\nP1")
    made = run(sichuan_home, "2022-02")
    bounced(
        sichuan_home,
        "划转流水号 | 退回日期 | 退回金额\n"
        f"HZ202202-{made.batch}-000001 | 2022-03-05 | 100.00",
    )
    filed(sichuan_home, HARD, name="困难.csv")
    return sichuan_home


def moved(home, *rows):
    """Days and amounts that move in, or out with a minus."""
    for at, (day, amount) in enumerate(rows):
        out = amount.startswith("-")
        changed(
            home,
            "个人编号 | 变动类型 | 日期 | 金额 | 对方\n"
            f"P1 | {'转出' if out else '转入'} | {day} | {amount.strip('-')} | 某市",
            name=f"{day}-{at}.csv",
        )


def pay_bill(home, day, fen):
    """The account pays a bill: what no form of this issue brings, made by hand."""
    with home.writing() as connection:
        values = {"day": day, "fen": fen, "region": PANZHIHUA}
        connection.execute(text(BILL_BATCH), values)
        connection.execute(text(BILL), values)
        connection.execute(
            text("UPDATE account SET balance = balance - CAST(:fen AS bigint)"),
            {"fen": fen},
        )


BILL_BATCH = """
    INSERT INTO batch (id, kind, region, period, dated, people, total, policy, figures,
                       sources, state, made_by, made_at)
    SELECT max(id) + 1, 'settlement', :region, '', date(:day), 1, 0, '', '{}', '',
           'counted', 'li', '' FROM batch
"""
BILL = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id)
    SELECT 'P1', '', 'settlement', CAST(max(id) AS varchar), :region, date(:day),
           '转出', -CAST(:fen AS bigint), max(id) FROM batch
"""


def paid(home, month):
    return str(run(home, month).total)


def test_spending_uses_withheld_money_first(kept):
    """100 withheld + 30 since; 40 spent: 60 of 90 are withheld, 30 are paid."""
    moved(kept, ("2022-04-10", "30.00"))
    pay_bill(kept, "2022-05-20", 4000)

    made = run(kept, "2022-08")

    assert (str(made.total), refused(made)) == ("30.00", [(KEPT, "一", 1, "60.00")])


def test_spending_more_than_was_withheld_ends_it(kept):
    """100 withheld + 30; 120 spent: 10 are left, and paid; 50 more are paid whole."""
    moved(kept, ("2022-04-10", "30.00"))
    pay_bill(kept, "2022-05-20", 12000)

    assert paid(kept, "2022-08") == "10.00"

    moved(kept, ("2022-10-10", "50.00"))

    assert paid(kept, "2023-02") == "50.00"


def test_spending_before_the_return_uses_no_withheld_money(kept):
    """10 came on 1 March and went on 3 March, before the return on 5 March."""
    moved(kept, ("2022-03-01", "10.00"), ("2022-04-10", "30.00"))
    pay_bill(kept, "2022-03-03", 1000)

    made = run(kept, "2022-08")

    assert (str(made.total), refused(made)) == ("30.00", [(KEPT, "一", 1, "100.00")])


def test_a_return_after_the_runs_day_does_not_lessen_the_run(sichuan_home):
    """30 stood on 31 August. February's 100 came back in September only."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号\nP1")
    made = run(sichuan_home, "2022-02")
    moved(sichuan_home, ("2022-04-10", "30.00"))
    filed(sichuan_home, HARD, name="困难.csv")
    bounced(
        sichuan_home,
        "划转流水号 | 退回日期 | 退回金额\n"
        f"HZ202202-{made.batch}-000001 | 2022-09-05 | 100.00",
    )

    assert paid(sichuan_home, "2022-08") == "30.00"
    assert paid(sichuan_home, "2023-02") == "0.00"


def test_withheld_money_stays_also_when_the_person_goes_outside_the_province(kept):
    filed(
        kept,
        "个人编号 | 范围 | 起始日期\nP1 | 跨省 | 2022-06-01",
        name="跨省.csv",
    )
    moved(kept, ("2022-07-10", "30.00"))

    assert paid(kept, "2022-08") == "30.00"


def test_a_payout_does_not_use_withheld_money(kept):
    moved(kept, ("2022-04-10", "30.00"))

    assert paid(kept, "2022-08") == "30.00"

    moved(kept, ("2022-10-10", "20.00"))

    assert paid(kept, "2023-02") == "20.00"


def test_what_a_draft_takes_is_left_to_it(sichuan_home):
    """50 of an open draft of July's run; August finds the other 10 alone."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 50.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    july = run(sichuan_home, "2022-07", draft=True)
    moved(sichuan_home, ("2022-08-10", "10.00"))

    assert paid(sichuan_home, "2022-08") == "10.00"
    approve(sichuan_home, WANG, [f"#{july.vouchers[0].id}"])
    assert stored(sichuan_home, "SELECT balance FROM account") == [(0,)]


def test_a_draft_that_the_account_no_longer_holds_is_not_approved(sichuan_home):
    """Its money was spent before the draft was approved."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 50.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    draft = run(sichuan_home, "2022-08", draft=True)
    pay_bill(sichuan_home, "2022-09-01", 100)

    with pytest.raises(BookError, match="退回草稿"):
        approve(sichuan_home, WANG, [f"#{draft.vouchers[0].id}"])
    reject(sichuan_home, WANG, [f"#{draft.vouchers[0].id}"], "余额不足")
    assert paid(sichuan_home, "2022-08") == "49.00"


def test_a_claim_is_left_in_the_account(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 50.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    with sichuan_home.writing() as connection:
        connection.execute(text("UPDATE account SET claim = 2000"))

    made = run(sichuan_home, "2022-08")

    assert str(made.total) == "30.00"
    assert [(row.why, row.people, str(row.amount)) for row in made.refused] == [
        (OWING, 1, "20.00")
    ]


def test_who_owes_more_than_there_is_is_listed_with_what_is_there(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 50.00\nP2 | 7.00\nP3 | 9.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省\nP2 | 跨省\nP3 | 省内")
    with sichuan_home.writing() as connection:
        connection.execute(text("UPDATE account SET claim = 6000"))

    made = run(sichuan_home, "2022-08")

    assert (made.people, made.batch) == (0, None)
    assert [(row.why, row.people, str(row.amount)) for row in made.refused] == [
        (OWING, 2, "57.00")
    ]
    assert made.unpaid_file


def test_what_was_reversed_never_stood(sichuan_home):
    """40 moved in by mistake in July, reversed in September: August had 50."""
    from datetime import date

    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 50.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    moved(sichuan_home, ("2022-07-10", "40.00"))
    reverse(
        sichuan_home, WANG, "510400-city-agency/2022-07/1", date(2022, 9, 1), "有误"
    )

    assert paid(sichuan_home, "2022-08") == "50.00"


def test_accrued_money_that_came_back_may_go_out_again(sichuan_home):
    """With the setting, 100 of before the stop go out in August; they come back, are
    not withheld (the run was after the stop), and go out in February."""
    from people_by_hand import LI

    from desk.homes import put_setting

    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号\nP1")
    put_setting(sichuan_home, LI, "payout-accrued", "before", cite="会议纪要")
    made = run(sichuan_home, "2022-08")
    bounced(
        sichuan_home,
        "划转流水号 | 退回日期 | 退回金额\n"
        f"HZ202208-{made.batch}-000001 | 2022-09-05 | 100.00",
    )

    assert paid(sichuan_home, "2023-02") == "100.00"


def test_accrued_money_is_less_by_what_went_out_since(sichuan_home):
    """100 on 28 February, 25 spent in April, 40 came in May: 75 may go out."""
    from people_by_hand import LI

    from desk.homes import put_setting

    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号\nP1")
    pay_bill(sichuan_home, "2022-04-10", 2500)
    moved(sichuan_home, ("2022-05-10", "40.00"))
    put_setting(sichuan_home, LI, "payout-accrued", "before", cite="会议纪要")

    assert paid(sichuan_home, "2022-08") == "75.00"


def test_the_kinds_of_spending_are_those_of_the_subject_table_but_payouts():
    kinds = payouts.spending_kinds()

    assert {"转出", "继承"} <= set(kinds)
    assert not {"划转本人", "退回重新计入", "追回挂账", "转入"} & set(kinds)
