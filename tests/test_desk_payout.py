"""`yibao payout`: who is paid, how much, the voucher and the bank's list."""

import json

import pytest
from desk_by_hand import printed
from openpyxl import load_workbook
from payouts_by_hand import bounced, changed, filed, opened, refused, run
from people_by_hand import LI, PANZHIHUA, WANG, stored

from desk.homes import put_setting
from desk.vouchers import approve, reject
from ledger.errors import BookError, RuleError, UsageError

PZH = "攀枝花市医疗保障局2022年4月20日通知"
HARD = "失能 | 东区医保事务中心 | 2022-05-10 | 2023-05-09"


def balances(home):
    return dict(stored(home, "SELECT person_id, balance FROM account ORDER BY 1"))


def one_yuan_more_each(people):
    """P1 has 1.00, P2 has 2.00 …"""
    rows = (f"P{number} | {number}.00" for number in range(1, people + 1))
    return "\n".join(["个人编号 | 期初余额", *rows])


def test_a_run_before_the_stop_pays_people_inside_and_outside_the_province(
    sichuan_home,
):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.05\nP2 | 200.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 省内\nP2 | 跨省")

    made = run(sichuan_home, "2022-02")

    assert (made.people, str(made.total), made.status) == (2, "300.05", "posted")
    assert balances(sichuan_home) == {"P1": 0, "P2": 0}
    assert printed(sichuan_home, "510400-city-agency").splitlines()[3:] == [
        "510400-city-agency 2022-02-28 P12 记-1",
        "  借 个人账户基金——划转本人 310 300.05",
        "  贷 支出户存款 310 300.05",
    ]
    assert stored(
        sichuan_home,
        "SELECT person_id, serial, amount, cite FROM payout_line ORDER BY 1",
    ) == [
        ("P1", f"HZ202202-{made.batch}-000001", 10005, f"{PZH} 一"),
        (
            "P2",
            f"HZ202202-{made.batch}-000002",
            20000,
            f"{PZH} 附件2 二.2（川医保发〔2018〕7号）",
        ),
    ]
    assert stored(
        sichuan_home,
        "SELECT person_id, period, act, kind, amount, dated FROM movement"
        " WHERE act = 'payout' ORDER BY 1",
    ) == [
        ("P1", "2022-02", "payout", "划转本人", -10005, "2022-02-28"),
        ("P2", "2022-02", "payout", "划转本人", -20000, "2022-02-28"),
    ]


def test_from_march_2022_people_inside_the_province_are_refused_with_the_clause(
    sichuan_home,
):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 200.00\nP3 | 50.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 省内\nP2 | 跨省\nP3 | 省内")

    made = run(sichuan_home, "2022-08")

    assert (made.people, str(made.total)) == (1, "200.00")
    assert refused(made) == [("省内异地安置停止定期划转", "一", 2, "150.00")]
    assert balances(sichuan_home) == {"P1": 10000, "P2": 0, "P3": 5000}


def test_the_run_of_march_is_already_stopped_and_warned_of(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 省内")

    made = run(sichuan_home, "2022-03")

    assert (made.batch, made.people, made.status) == (None, 0, "already-posted")
    assert refused(made) == [("省内异地安置停止定期划转", "一", 1, "100.00")]
    assert "应为2月、8月" in made.warnings[0]


def test_a_february_run_made_late_pays_what_stood_on_its_last_day(sichuan_home):
    """P1: 100 by 28 February, 40 since. P2: 60 and 5 by then, 7 since."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 60.00")
    changed(
        sichuan_home,
        """个人编号 | 日期 | 金额
        P1 | 2022-04-10 | 40.00
        P2 | 2022-02-28 | 5.00
        P2 | 2022-03-01 | 7.00""",
    )
    filed(sichuan_home, "个人编号\nP1\nP2")

    made = run(sichuan_home, "2022-02", actor=WANG)

    assert (made.people, str(made.total)) == (2, "165.00")
    assert balances(sichuan_home) == {"P1": 4000, "P2": 700}


def test_what_left_since_the_last_day_is_not_paid_again(sichuan_home):
    """100 and 40 of April left in May; 25 came in June: none is February's."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    changed(
        sichuan_home,
        """个人编号 | 变动类型 | 日期 | 金额 | 对方
        P1 | 转入 | 2022-04-10 | 40.00 |
        P1 | 转出 | 2022-05-10 | 140.00 | 成都市
        P1 | 转入 | 2022-06-10 | 25.00 |""",
    )
    filed(sichuan_home, "个人编号\nP1")

    made = run(sichuan_home, "2022-02")

    assert (made.people, made.refused) == (0, [])
    assert balances(sichuan_home) == {"P1": 2500}


def test_a_hardship_verified_and_valid_on_the_last_day_is_paid(sichuan_home):
    opened(sichuan_home, one_yuan_more_each(5))
    filed(
        sichuan_home,
        """个人编号 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至
        P1 | 失能 | 东区 | 2022-08-31 | 2023-08-30
        P2 | 失能 | 东区 | 2022-09-01 | 2023-08-30
        P3 | 高龄 | 东区 | 2022-05-10 | 2022-08-31
        P4 | 高龄 | 东区 | 2022-05-10 | 2022-08-30
        P5 | | | |""",
    )

    made = run(sichuan_home, "2022-08")

    assert (made.people, str(made.total)) == (2, "4.00")  # P1 and P3
    assert refused(made) == [
        ("省内异地安置停止定期划转", "一", 1, "5.00"),
        ("省内异地安置停止定期划转，特殊困难已到期", "一", 1, "4.00"),
        ("省内异地安置停止定期划转，特殊困难未生效", "一", 1, "2.00"),
    ]
    cites = stored(sichuan_home, "SELECT DISTINCT cite FROM payout_line")
    assert cites == [(f"{PZH} 三、附件2 三",)]


def test_a_filing_counts_from_its_first_to_its_last_day(sichuan_home):
    opened(sichuan_home, one_yuan_more_each(4))
    filed(
        sichuan_home,
        """个人编号 | 范围 | 起始日期 | 终止日期
        P1 | 跨省 | 2022-08-31 | 2022-08-31
        P2 | 跨省 | 2022-09-01 |
        P3 | 跨省 | 2021-01-01 | 2022-08-30
        P4 | 跨省 | 2021-01-01 | 2022-09-30""",
    )

    made = run(sichuan_home, "2022-08")

    assert (made.people, str(made.total), made.refused) == (2, "5.00", [])


def test_the_latest_filing_of_a_kind_replaces_the_earlier_ones(sichuan_home):
    """P1 went outside the province in June, P2 came back into it."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00")
    filed(
        sichuan_home,
        """个人编号 | 范围 | 起始日期
        P1 | 省内 | 2021-01-01
        P1 | 跨省 | 2022-06-01
        P2 | 跨省 | 2021-01-01
        P2 | 省内 | 2022-06-01""",
    )

    made = run(sichuan_home, "2022-08")

    assert (made.people, str(made.total)) == (1, "10.00")
    assert refused(made) == [("省内异地安置停止定期划转", "一", 1, "20.00")]


def test_of_filings_of_two_kinds_the_one_whose_rule_comes_first_decides(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00")
    filed(
        sichuan_home,
        """个人编号 | 备案类型 | 范围
        P1 | 异地安置 | 省内
        P1 | 跨制度转移 | 跨省""",
    )

    assert run(sichuan_home, "2022-08").people == 1


def test_a_person_is_paid_once_in_a_run_and_a_later_run_pays_who_is_new(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    first = run(sichuan_home, "2022-08")
    changed(sichuan_home, "个人编号 | 日期 | 金额\nP1 | 2022-08-20 | 3.00")

    again = run(sichuan_home, "2022-08")
    filed(sichuan_home, "个人编号 | 范围\nP2 | 跨省", name="备案2.csv")
    later = run(sichuan_home, "2022-08")

    assert (again.batch, again.status) == (first.batch, "already-posted")
    assert (again.people, str(again.total)) == (1, "10.00")
    assert (later.people, str(later.total), later.status) == (1, "20.00", "posted")
    assert later.batch != first.batch
    assert balances(sichuan_home) == {"P1": 300, "P2": 0}


def test_who_has_no_bank_account_is_not_paid_but_listed(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00\nP3 | 5.00")
    filed(
        sichuan_home,
        """个人编号 | 范围 | 收款户名 | 收款账号
        P1 | 跨省 | 张三 |
        P2 | 跨省 | | 6222
        P3 | 跨省 | 张三 | 6222""",
    )

    made = run(sichuan_home, "2022-08")

    assert (made.people, str(made.total)) == (1, "5.00")
    assert refused(made) == [("备案没有收款户名或收款账号", "附件2 一", 2, "30.00")]


def test_the_dead_and_those_who_left_are_not_paid(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 10.00\nP2 | 20.00")
    changed(
        sichuan_home,
        """个人编号 | 变动类型 | 日期 | 金额 | 对方
        P1 | 死亡 | 2022-09-03 | 0.00 |
        P2 | 转出 | 2022-07-01 | 20.00 | 成都市""",
    )
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省\nP2 | 跨省")

    made = run(sichuan_home, "2022-08")

    assert made.people == 0
    assert refused(made) == [
        ("已死亡，余额由继承人办理", "劳社厅发〔2002〕6号 二", 1, "10.00")
    ]


def test_a_region_whose_documents_allow_no_payouts_is_refused(sichuan_home):
    with pytest.raises(RuleError, match="劳社厅发〔2002〕6号 三"):
        run(sichuan_home, "2022-02", region="511300")
    with pytest.raises(UsageError, match="统筹区"):
        run(sichuan_home, "2022-02", region="510402")


def test_money_that_came_back_of_a_run_inside_the_province_stays(sichuan_home):
    """100 paid in February bounced; 30 came in April; a hardship since May: 30."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号\nP1")
    first = run(sichuan_home, "2022-02")
    bounced(
        sichuan_home,
        f"划转流水号 | 退回日期 | 退回金额\nHZ202202-{first.batch}-000001 | 2022-03-05 | 100.00",
    )
    changed(sichuan_home, "个人编号 | 日期 | 金额\nP1 | 2022-04-10 | 30.00")
    filed(
        sichuan_home,
        "个人编号 | 起始日期 | 特殊困难原因 | 核实机构 | 核实日期 | 有效期至\n"
        f"P1 | 2022-05-10 | {HARD}",
        name="备案2.csv",
    )

    made = run(sichuan_home, "2022-08")
    next_run = run(sichuan_home, "2023-02")

    assert (made.people, str(made.total)) == (1, "30.00")
    assert refused(made) == [
        ("停止划转之前的省内划转被退回，留在个人账户，不再补划", "一", 1, "100.00")
    ]
    assert next_run.people == 0
    assert balances(sichuan_home) == {"P1": 10000}


def test_money_that_came_back_of_a_run_outside_the_province_goes_with_the_next(
    sichuan_home,
):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    first = run(sichuan_home, "2022-02")
    bounced(
        sichuan_home,
        f"划转流水号 | 退回日期 | 退回金额\nHZ202202-{first.batch}-000001 | 2022-03-05 | 100.00",
    )

    same = run(sichuan_home, "2022-02")
    made = run(sichuan_home, "2022-08")

    assert same.status == "already-posted"
    assert (made.people, str(made.total)) == (1, "100.00")


def test_the_setting_lets_out_what_had_accrued_before_the_stop(sichuan_home):
    """100 on 28 February, 40 in March: nothing without it, 100 once with it."""
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    changed(sichuan_home, "个人编号 | 日期 | 金额\nP1 | 2022-03-01 | 40.00")
    filed(sichuan_home, "个人编号\nP1")
    none = run(sichuan_home, "2022-08")
    put_setting(
        sichuan_home, LI, "payout-accrued", "before", region=PANZHIHUA, cite="会议纪要"
    )

    made = run(sichuan_home, "2022-08")
    again = run(sichuan_home, "2023-02")

    assert none.people == 0
    assert (made.people, str(made.total)) == (1, "100.00")
    assert refused(made) == [("省内异地安置停止定期划转", "一", 1, "40.00")]
    assert again.people == 0
    assert refused(again) == [("省内异地安置停止定期划转", "一", 1, "40.00")]
    assert balances(sichuan_home) == {"P1": 4000}


def test_a_draft_pays_when_it_is_approved_and_its_list_is_printed_then(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")

    draft = run(sichuan_home, "2022-08", draft=True)
    before = balances(sichuan_home)
    twice = run(sichuan_home, "2022-08")
    approve(sichuan_home, WANG, [f"#{draft.vouchers[0].id}"])
    after = run(sichuan_home, "2022-08")

    assert (draft.status, draft.file, before) == ("draft", None, {"P1": 10000})
    assert (twice.batch, twice.status, twice.file) == (draft.batch, "draft", None)
    assert after.status == "already-posted"
    assert balances(sichuan_home) == {"P1": 0}
    assert after.file.endswith(f"划转清单_510400_2022-08_{draft.batch}.xlsx")


def test_a_rejected_draft_leaves_no_line_and_the_run_can_be_made_again(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")
    draft = run(sichuan_home, "2022-08", draft=True)

    reject(sichuan_home, WANG, [f"#{draft.vouchers[0].id}"], "账号不清")
    left = stored(sichuan_home, "SELECT serial FROM payout_line"), stored(
        sichuan_home, "SELECT serial FROM serial_key WHERE form = 'payout'"
    )
    made = run(sichuan_home, "2022-08")

    assert left == ([], [])
    assert (made.people, made.status) == (1, "posted")


def test_a_dry_run_keeps_nothing(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号 | 范围\nP1 | 跨省")

    made = run(sichuan_home, "2022-08", dry_run=True)

    assert (made.people, made.file) == (1, None)
    assert balances(sichuan_home) == {"P1": 10000}
    assert list((sichuan_home.path / "out").iterdir()) == []


def test_a_closed_month_is_answered_by_post_on(sichuan_home):
    from datetime import date

    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    filed(sichuan_home, "个人编号\nP1")

    with pytest.raises(BookError, match="早于业务日期"):
        run(sichuan_home, "2022-02", post_on=date(2022, 2, 27))
    made = run(sichuan_home, "2022-02", post_on=date(2022, 4, 25))

    assert str(made.vouchers[0].dated) == "2022-04-25"
    assert stored(
        sichuan_home, "SELECT dated, occurred_on FROM voucher WHERE rule LIKE '%P12'"
    ) == [("2022-04-25", "2022-02-28")]


def test_the_banks_list_opens_in_a_spreadsheet(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.05\nP2 | 200.00")
    filed(
        sichuan_home,
        """个人编号 | 范围 | 收款户名 | 收款账号
        P1 | 跨省 | =张三 | 0062220000000000001
        P2 | 跨省 | 李四 | 6222000000000000002""",
    )

    made = run(sichuan_home, "2022-08")
    rows = list(load_workbook(made.file).active.iter_rows(values_only=True))

    assert rows[0][0] == "攀枝花市2022年8月个人账户余额划转清单"
    assert rows[2] == (
        "序号",
        "划转流水号",
        "收款户名",
        "收款账号",
        "开户行",
        "金额",
        "用途",
    )
    assert rows[3:5] == [
        (
            1,
            f"HZ202208-{made.batch}-000001",
            "=张三",
            "0062220000000000001",
            "工商银行",
            100.05,
            "个人账户余额划转（2022年8月）",
        ),
        (
            2,
            f"HZ202208-{made.batch}-000002",
            "李四",
            "6222000000000000002",
            "工商银行",
            200,
            "个人账户余额划转（2022年8月）",
        ),
    ]
    assert rows[5][1] == "合计" and rows[5][5] == 300.05
    assert rows[6][0] == "合计（大写）：叁佰元零伍分"


def test_the_list_of_who_was_not_paid_is_masked(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\n510400000012 | 100.00")
    filed(sichuan_home, "个人编号\n510400000012")

    made = run(sichuan_home, "2022-08")
    rows = list(load_workbook(made.unpaid_file).active.iter_rows(values_only=True))

    assert rows[3] == (
        1,
        "张*",
        "****0012",
        "省内",
        "异地安置",
        100,
        "省内异地安置停止定期划转",
        f"{PZH} 一",
    )


def test_the_command_answers_in_json(sqlite_sichuan_home, sichuan):
    opened(sqlite_sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 7.00")
    filed(sqlite_sichuan_home, "个人编号 | 范围\nP1 | 跨省\nP2 | 省内")

    code, out, _ = sichuan("payout", "2022-08", "--region", "510400", "--json")
    told = json.loads(out)
    again = json.loads(sichuan("payout", "2022-08", "--region", "510400", "--json")[1])

    assert code == 0
    assert told["vouchers"] == [
        {
            "book": "510400-city-agency",
            "voucher": "510400-city-agency/2022-08/1",
            "rule": "panzhihua_2022/P12",
            "amount": "100.00",
        }
    ]
    assert told["refused"] == [
        {
            "cite": f"{PZH} 一",
            "reason": "省内异地安置停止定期划转",
            "people": 1,
            "amount": "7.00",
        }
    ]
    assert (told["month"], told["region"], told["people"]) == ("2022-08", "510400", 1)
    assert (told["total"], told["status"]) == ("100.00", "posted")
    assert again["status"] == "already-posted" and again["batch"] == told["batch"]
    assert again["file"] == told["file"]


def test_the_command_speaks_to_people(sqlite_sichuan_home, sichuan):
    opened(sqlite_sichuan_home, "个人编号 | 期初余额\nP1 | 100.00\nP2 | 7.00")
    filed(sqlite_sichuan_home, "个人编号 | 范围\nP1 | 跨省\nP2 | 省内")

    code, out, err = sichuan("payout", "2022-07", "--region", "510400")

    assert code == 0
    assert "划转1人100.00元" in out and "未划转：1人7.00元" in out
    assert "不是定期划转的月份" in err
