"""payout of a region whose accounts are 实账 (P15): everybody's whole balance."""

from datetime import date

import pytest
from desk_by_hand import printed
from openpyxl import load_workbook
from people_by_hand import stored, take_people
from settlements_by_hand import HEFEI, LI, WANG, WUHU, accounts

from desk.homes import put_setting
from desk.people.payout import payout
from desk.reversing import reverse
from desk.settlements.account_modes import is_paid_out
from ledger.errors import BookError, RuleError, UsageError
from ledger.periods import Month
from reports.reconcile import check

JUNE, JULY = Month(2024, 6), Month(2024, 7)
THREE = "个人编号 | 期初余额\nA | 100.00\nB | 50.55\nC | 0.00"


def real(home, region=HEFEI, from_day=date(2024, 6, 1), mode="paid-out"):
    how = {"region": region, "from_day": from_day, "cite": "文件"}
    put_setting(home, LI, "account-mode", mode, **how)


@pytest.fixture
def opened(anhui_home):
    """合肥 pays its accounts out from 2024-06-01: A 100.00, B 50.55, C nothing."""
    real(anhui_home)
    accounts(anhui_home, THREE)
    return anhui_home


def changed(home, table, name="变动.csv"):
    result = take_people(home, "G6", table, by=LI, name=name)
    assert result.errors == []


def balances(home):
    return stored(home, "SELECT person_id, balance FROM account ORDER BY person_id")


def errors(home):
    with home.reading() as connection:
        found = check(connection, date(2024, 12, 31), home)
    return [finding for finding in found if finding.severity == "error"]


def listed(made):
    sheet = load_workbook(made.file).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    first = next(at for at, row in enumerate(rows) if row[0] == "序号") + 1
    return [row[1:6] for row in rows[first:] if isinstance(row[0], int)]


def test_everybody_gets_the_whole_balance(opened):
    made = payout(opened, LI, JUNE, HEFEI)

    assert (made.people, str(made.total), made.status) == (2, "150.55", "posted")
    assert (made.refused, made.warnings, made.unpaid_file) == ([], [], None)
    assert printed(opened, f"{HEFEI}-city-agency").splitlines()[-3:] == [
        f"{HEFEI}-city-agency 2024-06-30 P15 记-2",
        "  借 个人账户基金——实账发放 310 150.55",
        "  贷 支出户存款 310 150.55",
    ]
    assert balances(opened) == [("A", 0), ("B", 0), ("C", 0)]
    assert stored(
        opened,
        "SELECT person_id, kind, amount FROM movement WHERE act = 'payout'"
        " ORDER BY person_id",
    ) == [("A", "实账发放", -10000), ("B", "实账发放", -5055)]
    assert stored(
        opened, "SELECT DISTINCT basis FROM voucher WHERE event = 'real-payout'"
    ) == [("皖医保中心〔2024〕39号 二（五）",)]
    assert errors(opened) == []


def test_the_list_names_bank_accounts_that_filings_tell_and_leaves_the_others(opened):
    filing = """个人编号 | 起始日期 | 终止日期 | 收款账号
        A | 2023-01-01 | | 6222000000000000009
        B | 2023-01-01 | 2024-06-29 | 6222000000000000008"""
    assert take_people(opened, "G7", filing, by=LI).errors == []

    made = payout(opened, LI, JUNE, HEFEI)

    prefix = f"SZ202406-{made.batch}-00000"
    assert listed(made) == [
        [f"{prefix}1", "张三", "6222000000000000009", "工商银行", 100],
        [f"{prefix}2", "张三", None, None, 50.55],
    ]


def test_a_second_run_of_the_month_pays_nobody_again(opened):
    first = payout(opened, LI, JUNE, HEFEI)

    again = payout(opened, LI, JUNE, HEFEI)

    assert (again.status, again.batch, again.people) == (
        "already-posted",
        first.batch,
        2,
    )
    assert [v.name for v in again.vouchers] == [v.name for v in first.vouchers]
    assert again.file == first.file


def test_money_of_a_later_day_goes_out_with_its_own_month(opened):
    changed(opened, "个人编号 | 日期 | 金额\nA | 2024-07-01 | 20.00")

    june = payout(opened, LI, JUNE, HEFEI)
    july = payout(opened, LI, JULY, HEFEI)

    assert (str(june.total), str(july.total)) == ("150.55", "20.00")
    assert balances(opened) == [("A", 0), ("B", 0), ("C", 0)]


def test_whoever_died_or_left_is_not_paid_and_is_told(opened):
    changed(
        opened,
        """个人编号 | 变动类型 | 死亡日期 | 日期 | 金额
        A | 死亡 | 2024-06-10 | 2024-06-12 | 0""",
    )

    made = payout(opened, LI, JUNE, HEFEI)

    assert (made.people, str(made.total)) == (1, "50.55")
    assert [(r.bar, r.people, str(r.amount)) for r in made.refused] == [
        ("died", 1, "100.00")
    ]
    assert made.refused[0].cite == "劳社厅发〔2002〕6号 二"


def test_a_dry_run_leaves_nothing(opened):
    made = payout(opened, LI, JUNE, HEFEI, dry_run=True)

    assert (made.people, made.file) == (2, None)
    assert stored(opened, "SELECT count(*) FROM payout_line") == [(0,)]
    assert balances(opened)[0] == ("A", 10000)


def test_a_draft_counts_at_approval_and_a_rejected_one_is_gone(opened):
    from desk.vouchers import approve, reject

    draft = payout(opened, LI, JUNE, HEFEI, draft=True)
    again = payout(opened, LI, JUNE, HEFEI)
    before = balances(opened)
    reject(opened, WANG, [f"#{draft.vouchers[0].id}"], "重算")
    second = payout(opened, LI, JUNE, HEFEI, draft=True)
    approve(opened, WANG, [f"#{second.vouchers[0].id}"])

    assert (draft.status, draft.file, again.status) == ("draft", None, "draft")
    assert before[0] == ("A", 10000)
    assert stored(opened, "SELECT count(*) FROM payout_line") == [(2,)]
    assert balances(opened) == [("A", 0), ("B", 0), ("C", 0)]
    assert errors(opened) == []


def test_a_reversed_run_gives_the_money_back_and_can_be_run_again(opened):
    made = payout(opened, LI, JUNE, HEFEI)

    name = made.vouchers[0].name
    reverse(opened, WANG, name, date(2024, 8, 2), "银行未付")
    after = balances(opened)
    again = payout(opened, LI, JUNE, HEFEI)

    assert after == [("A", 10000), ("B", 5055), ("C", 0)]
    assert (str(again.total), again.status) == ("150.55", "posted")
    assert errors(opened) == []


def test_what_the_bank_returned_is_credited_and_goes_out_with_the_next_month(opened):
    payout(opened, LI, JUNE, HEFEI)
    [(serial,)] = stored(opened, "SELECT serial FROM payout_line WHERE person_id = 'B'")
    result = take_people(
        opened,
        "G8",
        f"划转流水号 | 退回日期 | 退回金额\n{serial} | 2024-07-03 | 50.55",
        by=LI,
        name="退回.csv",
    )

    assert (result.status, result.errors) == ("posted", [])
    assert printed(opened, f"{HEFEI}-city-agency").splitlines()[-3:] == [
        f"{HEFEI}-city-agency 2024-07-03 P13 记-1",
        "  借 支出户存款 310 50.55",
        "  贷 个人账户基金——退回重新计入 310 50.55",
    ]
    assert stored(opened, "SELECT withheld FROM bounce_line") in ([(0,)], [(False,)])
    assert balances(opened) == [("A", 0), ("B", 5055), ("C", 0)]

    july = payout(opened, LI, JULY, HEFEI)

    assert (july.people, str(july.total)) == (1, "50.55")
    assert errors(opened) == []


def test_where_accounts_are_kept_there_is_no_such_payout(opened):
    with pytest.raises(RuleError, match="没有准许划转个人账户余额的文件"):
        payout(opened, LI, JUNE, WUHU)


def test_the_month_s_last_day_decides_whether_accounts_are_paid_out(opened):
    real(opened, from_day=date(2024, 7, 31), mode="kept")

    june = payout(opened, LI, JUNE, HEFEI)

    assert june.people == 2
    with pytest.raises(RuleError):
        payout(opened, LI, JULY, HEFEI)


def test_the_province_s_own_people_have_no_book_here(opened):
    with pytest.raises(UsageError, match="不是本省的统筹区"):
        payout(opened, LI, JUNE, "349900")


def test_a_voucher_is_not_dated_before_the_month_ends(opened):
    with pytest.raises(BookError, match="早于业务日期2024-06-30"):
        payout(opened, LI, JUNE, HEFEI, post_on=date(2024, 6, 29))


def test_the_setting_goes_before_the_document_from_its_day_on(anhui_home):
    real(anhui_home, "349900", date(2025, 1, 1), "kept")
    real(anhui_home, WUHU, date(2024, 7, 1))
    asked = [
        ("349900", date(2024, 5, 31)),  # no rule of sharing yet
        ("349900", date(2024, 6, 1)),
        ("349900", date(2025, 1, 1)),
        (WUHU, date(2024, 6, 30)),
        (WUHU, date(2024, 7, 1)),
        (HEFEI, date(2024, 7, 1)),
    ]

    with anhui_home.reading() as connection:
        found = [is_paid_out(connection, region, on) for region, on in asked]

    assert found == [False, True, False, False, True, False]


def test_the_command_tells_and_answers_in_json(anhui, sqlite_anhui_home):
    real(sqlite_anhui_home)
    accounts(sqlite_anhui_home, THREE)

    code, out, err = anhui("payout", "2024-06", "--region", HEFEI, "--json")

    assert (code, err) == (0, "")
    assert '"total": "150.55"' in out and '"status": "posted"' in out
    assert "实账发放清单_340100_2024-06_" in out


def test_the_command_says_that_it_is_no_transfer_by_filing(anhui, sqlite_anhui_home):
    real(sqlite_anhui_home)
    accounts(sqlite_anhui_home, THREE)

    _, out, _ = anhui("payout", "2024-06", "--region", HEFEI)
    _, nothing, _ = anhui("payout", "2024-07", "--region", HEFEI)

    assert "实账发放2人150.55元。" in out
    assert "实账发放清单：" in out
    assert "没有可发放的人。" in nothing
    assert "划转" not in out + nothing
