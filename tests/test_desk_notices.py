"""Notices of a plan: made, issued with their list as F3, disputed, withdrawn."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from desk_by_hand import LI, count
from notices_by_hand import (
    QUARTER,
    bulk,
    came_in,
    issued,
    keep_plan,
    make,
    step,
    steps_told,
    told,
)

from desk.advances import plan_edits
from desk.advances.notice_lists import listed
from desk.advances.notices import paper_of
from desk.homes import put_setting
from desk.importing import import_files
from ledger.advances import bank_accounts, plans
from ledger.errors import BookError, UsageError
from ledger.periods import Month
from ledger.schema import QuotaLine
from reports import usage_notes
from reports.reconcile import check


def files(home) -> list[Path]:
    return sorted((home.path / "out" / "notices").rglob("*.xlsx"))


def quotas(home) -> list[str]:
    with home.reading() as connection:
        rows = connection.execute(
            QuotaLine.__table__.select()
            .where(QuotaLine.live)
            .order_by(QuotaLine.region, QuotaLine.fund, QuotaLine.edition)
        )
        return [f"{row.region} {row.fund} {row.abroad} {row.home}" for row in rows]


def plan_state(home, plan_id: int) -> str:
    with home.reading() as connection:
        return plans.plan(connection, plan_id).state


def edit(home, **amounts):
    cells = {("520100", "跨省", "310"): amounts["amount"]}
    plan_edits.edit(home, LI, QUARTER, "520000", cells, "更正人数")


def test_a_payer_with_nothing_to_pay_gets_no_notice(home):
    keep_plan(home)
    make(home)

    assert told(home) == [
        "黔异预〔2018〕1号 520100 100.00 made",
        "黔异预〔2018〕2号 520200 7.00 made",
        "黔异预〔2018〕3号 529900 -5.00 made",
    ]


def test_issuing_notices_issues_their_list_and_the_plan(home):
    plan_id = issued(home)

    assert told(home)[-1] == "黔异预核〔2018〕1号 各市州 102.00 issued"
    assert plan_state(home, plan_id) == "issued"
    assert quotas(home) == [
        "520100 310 60.00 40.00",
        "520200 390 7.00 0.00",
        "520300 390 0.00 0.00",
        "529900 310 -5.00 0.00",
    ]


def test_a_plan_that_waits_is_left_when_another_is_issued(sqlite_home):
    keep_plan(sqlite_home)
    keep_plan(sqlite_home, {("520200", "跨省", "390"): "3.00"}, "额度调整", 2)
    make(sqlite_home)
    step(sqlite_home, "issue", "1")

    assert told(sqlite_home)[4:] == ["黔异预核〔2018〕1号 各市州 102.00 issued"]


def test_the_list_alone_may_be_issued_first(sqlite_home):
    keep_plan(sqlite_home)
    make(sqlite_home, "advance-list")
    bulk(sqlite_home, "issue", "advance-list")
    make(sqlite_home)
    done = bulk(sqlite_home, "issue")

    assert {one.note for one in done} == {""}
    assert len(quotas(sqlite_home)) == 4


def test_what_is_issued_reads_back_as_known(home):
    issued(home)
    results = import_files(home, files(home), LI)

    assert [result.message for result in results] == [""] * 4
    assert {(result.form, result.status) for result in results} == {
        ("F3", "already-posted"),
        ("F8", "already-posted"),
    }


def test_making_again_changes_nothing(sqlite_home):
    keep_plan(sqlite_home)
    make(sqlite_home)
    again = make(sqlite_home)

    assert [one.status for one in again] == ["already"] * 3
    assert len(told(sqlite_home)) == 3


def test_what_is_not_issued_is_made_again_from_the_edited_plan(sqlite_home):
    keep_plan(sqlite_home)
    make(sqlite_home)
    edit(sqlite_home, amount=Decimal("61.00"))
    again = make(sqlite_home)

    assert [one.status for one in again] == ["made-again", "already", "already"]
    assert told(sqlite_home)[0] == "黔异预〔2018〕1号 520100 101.00 made"


def test_a_payer_without_an_amount_is_told_where_to_see_why(sqlite_home):
    keep_plan(sqlite_home)
    remedy = (
        "测算里没有遵义市要付或退回的金额；用 yibao plan 2018Q1 --region 520000 --payer"
    )
    with pytest.raises(BookError, match=remedy):
        make(sqlite_home, region="520300", holder="520000")


def test_numbers_run_on_after_a_withdrawn_one(home):
    keep_plan(home)
    make(home)
    step(home, "withdraw", "黔异预〔2018〕2号", reason="印错")
    make(home)

    assert told(home)[1:] == [
        "黔异预〔2018〕2号 520200 7.00 withdrawn",
        "黔异预〔2018〕3号 529900 -5.00 made",
        "黔异预〔2018〕4号 520200 7.00 made",
    ]


def test_numbers_begin_anew_with_the_year(sqlite_home):
    keep_plan(sqlite_home)
    make(sqlite_home, on=date(2017, 12, 29))
    keep_plan(sqlite_home, {("520200", "跨省", "390"): "2.00"}, "额度调整", 2)
    make(sqlite_home, on=date(2018, 1, 12))

    assert told(sqlite_home)[-1] == "黔异预〔2018〕1号 520200 2.00 made"


def test_a_notice_in_dispute_waits_until_the_money_is_due_and_no_day_before(
    sqlite_home,
):
    issued(sqlite_home)
    nexts = []
    for act, day in (("dispute", 16), ("issue", 17), ("dispute", 31)):
        bulk(sqlite_home, act, region="520100", reason="有误", on=date(2018, 1, day))
        with sqlite_home.reading() as connection:
            nexts.append(paper_of(connection, 1).next_step)

    assert nexts == [
        "下一步：省级经办机构下达，截止2018-01-30",
        "下一步：市（州）经办机构确认，截止2018-01-22",
        "下一步：省级经办机构下达",
    ]


def test_numbers_run_on_after_those_that_came_in_from_another_home(home):
    for number in ("1", "4", "99999999"):
        came_in(
            home,
            "预付金收款通知书",
            {"通知书编号": f"黔异预〔2018〕{number}号", "单位代码": "520100"}
            | {"期间": "2018Q1"},
            name=f"{number}.xlsx",
        )
    keep_plan(home)
    make(home)
    with home.reading() as connection:
        found = [one.what for one in check(connection, date(2018, 1, 31))]

    assert [row.split()[0] for row in told(home)][3:] == [
        f"黔异预〔2018〕{serial}号" for serial in (5, 6, 7)
    ]
    assert [what for what in found if "编号" in what] == []


def test_a_notice_says_where_and_by_when(sqlite_home):
    issued(sqlite_home)
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)

    assert paper.payee.number == "2402002129014452854-000000008"
    assert (paper.due_day, paper.made_on) == (date(2018, 1, 30), date(2018, 1, 15))
    assert (paper.office, paper.addressee) == ("贵州省经办机构", "贵阳市经办机构")
    assert paper.next_step == "下一步：市（州）经办机构确认，截止2018-01-22"


def test_a_body_is_called_on_paper_what_its_setting_says(sqlite_home):
    for name, region, value in (
        ("agency-name", "520000", "贵州省医疗保险事务中心"),
        ("agency-name", "520100", "贵阳市医疗保险费用结算中心"),
    ):
        put_setting(sqlite_home, LI, name, value, region=region, cite="函")
    issued(sqlite_home)
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)

    assert (paper.office, paper.addressee) == (
        "贵州省医疗保险事务中心",
        "贵阳市医疗保险费用结算中心",
    )


def test_money_that_goes_back_goes_to_the_payer(sqlite_home):
    own = bank_accounts.Account(
        *(None, "5201-1", "贵阳市财政局", "工行", "520100"),
        *("520100-city-agency", "520100-city-finance", "财政专户存款——市本级"),
        *("", date(2017, 1, 1), None),
    )
    with sqlite_home.writing() as connection:
        bank_accounts.add(connection, own, "函", "li", LI.at)
    issued(sqlite_home, {("520100", "跨省", "310"): "-5.00"})
    for act in ("confirm", "submit", "approve"):
        bulk(sqlite_home, act)
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)

    assert paper.payee.number == "5201-1"
    assert paper.text.startswith("本期核定额小于零")
    assert paper.words.startswith("负")
    assert paper.next_step.startswith("下一步：省级财政部门付款")


def test_a_step_out_of_order_is_refused_with_what_may_be_done(sqlite_home):
    issued(sqlite_home)
    with pytest.raises(BookError) as caught:
        bulk(sqlite_home, "approve")

    assert str(caught.value) == (
        "预付金收款通知书“黔异预〔2018〕1号”（贵阳市）已下达，不能审核；"
        "可以进行的下一步：确认、提出异议、撤回"
    )


def test_a_step_taken_twice_is_there_already(sqlite_home):
    issued(sqlite_home)
    bulk(sqlite_home, "confirm")
    again = bulk(sqlite_home, "confirm")

    assert [one.status for one in again] == ["already"] * 3
    assert steps_told(sqlite_home, "黔异预〔2018〕1号")[2:] == ["2018-01-15 confirmed"]


def test_all_take_a_step_or_none_does(sqlite_home):
    issued(sqlite_home)
    step(sqlite_home, "confirm", "黔异预〔2018〕1号")
    with pytest.raises(BookError, match="2号”（六盘水市）已下达，不能提交"):
        bulk(sqlite_home, "submit")

    assert told(sqlite_home)[0].endswith("confirmed")


def test_a_step_is_not_before_the_one_that_it_follows(sqlite_home):
    issued(sqlite_home)
    with pytest.raises(BookError, match="确认日期2018-01-14不应早于这一天"):
        bulk(sqlite_home, "confirm", on=date(2018, 1, 14))


@pytest.mark.parametrize("act", ["dispute", "withdraw"])
def test_disputing_and_withdrawing_need_a_reason(sqlite_home, act):
    issued(sqlite_home)
    with pytest.raises(UsageError, match="--reason 不能为空"):
        bulk(sqlite_home, act)


@pytest.mark.parametrize("reason", ["两\n行", "长" * 201, "坏\0字"])
def test_a_reason_is_one_short_line(sqlite_home, reason):
    with pytest.raises(UsageError):
        step(sqlite_home, "dispute", "1", reason=reason)


def test_a_notice_in_dispute_is_issued_again_with_the_edited_plan(home):
    """The old file stays beside the new; F3 has the payer's rows in the next 版次."""
    issued(home)
    first = files(home)
    bulk(home, "dispute", region="520100", reason="人数有误")
    edit(home, amount=Decimal("55.00"))
    done = step(home, "issue", "黔异预〔2018〕1号", on=date(2018, 1, 17), reason="属实")
    with home.reading() as connection:
        paper = paper_of(connection, 1)
        set_now = usage_notes.quotas(connection, QUARTER)["520100"]
        wrong = [f.what for f in check(connection, date(2018, 1, 31), home)]
    new = sorted(set(files(home)) - set(first))
    said = "更正（第1次）：2018-01-17由100.00元改为95.00元，原件作废"

    assert done[0].note.startswith("同时重新下达贵州省异地就医费用预付金明细表")
    assert told(home)[0] == "黔异预〔2018〕1号 520100 95.00 issued"
    assert quotas(home)[:2] == ["520100 310 60.00 40.00", "520100 310 55.00 40.00"]
    assert (set_now, wrong) == (Decimal("95.00"), [])
    assert (paper.notes, paper.text[:8], paper.steps[-1].reason) == (
        [said],
        "更正（第1次）。",
        f"属实；{said}",
    )
    assert [path.stem[-4:] for path in new] == ["_更正1", "_更正1"]
    assert [r.status for r in import_files(home, new, LI)] == ["already-posted"] * 2


def test_another_home_takes_the_corrected_list_after_the_first(home):
    issued(home)
    bulk(home, "dispute", region="520100", reason="人数有误")
    edit(home, amount=Decimal("55.00"))
    step(home, "issue", "黔异预〔2018〕1号", on=date(2018, 1, 17))
    lists = [path for path in files(home) if "明细表" in path.name]
    with home.writing() as connection:  # as if nothing were known here
        for table in ("notice_line", "notice_step", "notice", "quota_line"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    results = import_files(home, lists, LI)

    assert [(r.status, r.new, r.known) for r in results] == [
        ("posted", 4, 0),
        ("posted", 1, 3),
    ]
    assert [row for row in quotas(home) if row.startswith("520100")] == [
        "520100 310 60.00 40.00",
        "520100 310 55.00 40.00",
    ]


def test_a_corrected_addition_is_a_row_of_the_difference(sqlite_home):
    keep_plan(sqlite_home, kind="额度调整")
    make(sqlite_home)
    bulk(sqlite_home, "issue")
    bulk(sqlite_home, "dispute", region="520100", reason="人数有误")
    edit(sqlite_home, amount=Decimal("55.00"))
    step(sqlite_home, "issue", "黔异预〔2018〕1号", on=date(2018, 1, 17))
    with sqlite_home.reading() as connection:
        set_now = usage_notes.quotas(connection, QUARTER)["520100"]
        wrong = [f.what for f in check(connection, date(2018, 1, 31), sqlite_home)]

    assert quotas(sqlite_home)[:2] == [
        "520100 310 60.00 40.00",
        "520100 310 -5.00 0.00",
    ]
    assert (set_now, wrong) == (Decimal("95.00"), [])


def test_what_was_edited_and_not_issued_goes_with_the_dispute(home):
    """Another payer's dispute does not bring it back."""
    issued(home)
    bulk(home, "dispute", region="520100", reason="人数有误")
    edit(home, amount=Decimal("55.00"))
    done = bulk(home, "confirm", region="520100", on=date(2018, 1, 16))
    bulk(home, "dispute", region="520200", reason="人数有误", on=date(2018, 1, 16))
    cells = {("520200", "跨省", "390"): Decimal("6.00")}
    plan_edits.edit(home, LI, QUARTER, "520000", cells, "更正人数")
    bulk(home, "issue", region="520200", on=date(2018, 1, 17))
    with home.reading() as connection:
        wrong = [f.what for f in check(connection, date(2018, 1, 31), home)]

    assert done[0].note == "没有下达的修改已作废：跨省310的55.00元改回60.00元"
    assert quotas(home)[:3] == [
        "520100 310 60.00 40.00",
        "520200 390 7.00 0.00",
        "520200 390 6.00 0.00",
    ]
    assert wrong == []


def test_a_corrected_list_is_withdrawn_whole(sqlite_home):
    issued(sqlite_home)
    bulk(sqlite_home, "dispute", region="520100", reason="人数有误")
    edit(sqlite_home, amount=Decimal("55.00"))
    bulk(sqlite_home, "issue", region="520100", on=date(2018, 1, 17))
    for kind in ("advance-notice", "advance-list"):
        bulk(sqlite_home, "withdraw", kind, reason="重新核定", on=date(2018, 1, 18))

    assert quotas(sqlite_home) == []


def test_a_step_for_all_leaves_those_in_dispute(sqlite_home):
    issued(sqlite_home)
    bulk(sqlite_home, "dispute", region="520100", reason="人数有误")
    done = bulk(sqlite_home, "confirm")

    assert [one.status for one in done] == ["skipped", "done", "done"]
    assert told(sqlite_home)[0].endswith("disputed")


def test_a_dispute_may_end_in_confirming_after_all(sqlite_home):
    issued(sqlite_home)
    bulk(sqlite_home, "dispute", region="520100", reason="人数有误")
    bulk(sqlite_home, "confirm", region="520100", on=date(2018, 1, 16))

    assert told(sqlite_home)[0].endswith("confirmed")


def test_amounts_of_who_does_not_dispute_stay(sqlite_home):
    issued(sqlite_home)
    bulk(sqlite_home, "dispute", region="520200", reason="人数有误")
    with pytest.raises(BookError, match="不能再改"):
        edit(sqlite_home, amount=Decimal("55.00"))


def test_a_list_goes_with_its_plan_and_quotas_once_its_notices_are_gone(home):
    plan_id = issued(home)
    with pytest.raises(BookError, match="还没有撤回"):
        bulk(home, "withdraw", "advance-list", reason="重新核定")
    bulk(home, "withdraw", reason="重新核定")
    bulk(home, "withdraw", "advance-list", reason="重新核定")

    assert {row.rpartition(" ")[2] for row in told(home)} == {"withdrawn"}
    assert (plan_state(home, plan_id), quotas(home)) == ("withdrawn", [])


def test_an_emergency_is_a_notice_of_its_own_beside_the_quarters(sqlite_home):
    issued(sqlite_home)
    keep_plan(sqlite_home, {("520200", "跨省", "390"): "3.00"}, "紧急调增", 2)
    make(sqlite_home, "emergency", on=date(2018, 3, 1))
    bulk(sqlite_home, "issue", "emergency", on=date(2018, 3, 1))

    assert told(sqlite_home)[-2:] == [
        "黔异急〔2018〕1号 520200 3.00 issued",
        "黔异预核〔2018〕2号 各市州 3.00 issued",
    ]
    assert "520200 390 3.00 0.00" in quotas(sqlite_home)
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 5)
    assert paper.due_day == date(2018, 3, 15)
    assert paper.next_step == "下一步：市（州）经办机构确认，截止2018-03-15"


def test_a_city_numbers_its_own_notices_to_its_counties(sqlite_home):
    keep_plan(sqlite_home, {("520102", "跨省", "310"): "9.00"}, region="520100")
    make(sqlite_home, holder="520100")
    bulk(sqlite_home, "issue", holder="520100")

    assert told(sqlite_home) == [
        "贵阳市异预〔2018〕1号 520102 9.00 issued",
        "贵阳市异预核〔2018〕1号 各市州 9.00 issued",
    ]
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)
    assert (paper.office, paper.addressee) == ("贵阳市经办机构", "南明区经办机构")
    assert paper.next_step.startswith("下一步：县（区）经办机构确认")


def listed_of(home, number: str):
    return next(row for row in listed(home, date(2018, 1, 16)) if row.number == number)


def accounts(home, *rows: tuple[str, str]):
    """Accounts of finance by region and number."""
    with home.writing() as connection:
        for region, number in rows:
            wanted = (number, "财政局", "某银行", region, f"{region}-agency")
            account = bank_accounts.Account(
                *(None, *wanted, f"{region}-finance", "", "", date(2017, 1, 1), None)
            )
            bank_accounts.add(connection, account, "开户通知书", "li", LI.at)


BACK = {("520200", "跨省", "310"): "-7.00"}


def test_money_back_is_the_others_to_approve_and_to_pay(sqlite_home):
    accounts(sqlite_home, ("520200", "52020001"))
    issued(sqlite_home, BACK)
    number, found = "黔异预〔2018〕1号", []
    for act in ("confirm", "submit", "approve"):
        step(sqlite_home, act, number, on=date(2018, 1, 16))
        found.append(listed_of(sqlite_home, number).next)
    step(sqlite_home, "pay", number, on=date(2018, 1, 17), evidence="R1")
    found.append(listed_of(sqlite_home, number).next)
    with sqlite_home.reading() as connection:
        paper = paper_of(connection, 1)

    assert found == [
        "省级经办机构提交",
        "省级财政部门审核",
        "省级财政部门付款",
        "市（州）经办机构收付款确认",
    ]
    assert "退回你方下列账户" in paper.text
    assert paper.payee == ("财政局", "52020001", "某银行")


def test_money_back_without_an_account_is_told_with_the_remedy(sqlite_home):
    keep_plan(sqlite_home, BACK)
    made = make(sqlite_home)
    accounts(sqlite_home, ("520200", "52020001"))
    told_again = make(sqlite_home)
    with sqlite_home.reading() as connection:
        payee = paper_of(connection, 1).payee

    assert made[0].note.startswith(
        "收款账户空白：没有登记六盘水市的财政专户；下达前先用 "
    )
    assert "yibao bank add 账号 --region 520200" in made[0].note
    assert (told_again[0].note, payee.number) == ("", "52020001")


def test_issuing_without_an_account_warns(sqlite_home):
    keep_plan(sqlite_home, BACK)
    make(sqlite_home)
    done = bulk(sqlite_home, "issue")

    assert "收款账户空白" in done[0].note
    assert done[0].note.endswith("再撤回重出")


def test_a_county_pays_its_city_before_the_city_has_to_pay(sqlite_home):
    """Issued on 2018-01-15 the city has until 01-30, its county three days less."""
    accounts(sqlite_home, ("520100", "52010001"))
    cities_and_counties(sqlite_home)
    bulk(sqlite_home, "issue")
    bulk(sqlite_home, "issue", holder="520100")
    days = [row.due_day for row in listed(sqlite_home, date(2018, 1, 16))[:2]]
    with sqlite_home.reading() as connection:
        payee = paper_of(connection, 2).payee

    assert days == [date(2018, 1, 30), date(2018, 1, 25)]
    assert payee.number == "52010001"


def test_a_citys_notice_without_its_account_leaves_it_to_fill_in(sqlite_home):
    keep_plan(sqlite_home, {("520102", "跨省", "310"): "9.00"}, region="520100")
    made = make(sqlite_home, holder="520100")
    with sqlite_home.reading() as connection:
        payee = paper_of(connection, 1).payee

    assert "没有登记贵阳市的财政专户" in made[0].note
    assert payee == ("", "", "")


def cities_and_counties(home):
    """The province's notice to 贵阳市, and 贵阳市's to a county."""
    keep_plan(home, {("520100", "跨省", "310"): "50.00"})
    make(home)
    keep_plan(home, {("520102", "跨省", "310"): "9.00"}, region="520100")
    make(home, region="520100")


@pytest.mark.parametrize(
    ("choice", "states"),
    [
        ({}, ["issued", "made"]),
        ({"region": "520100"}, ["issued", "made"]),
        ({"holder": "520100"}, ["made", "issued"]),
        ({"holder": "520100", "region": "520102"}, ["made", "issued"]),
    ],
)
def test_a_step_is_of_one_holders_notices_alone(sqlite_home, choice, states):
    cities_and_counties(sqlite_home)
    bulk(sqlite_home, "issue", **choice)
    notice, county = (line.rpartition(" ")[2] for line in told(sqlite_home)[:2])

    assert [notice, county] == states


@pytest.mark.parametrize("region", ["520102", "520100"])
def test_another_holders_notice_is_named_not_taken(sqlite_home, region):
    keep_plan(sqlite_home, {("520102", "跨省", "310"): "9.00"}, region="520100")
    make(sqlite_home, holder="520100")
    with pytest.raises(BookError, match="贵阳市出具的请加 --holder 520100"):
        bulk(sqlite_home, "issue", region=region)

    assert told(sqlite_home)[0].endswith("made")


def test_a_holder_is_the_province_or_a_city(sqlite_home):
    with pytest.raises(UsageError, match="“520102”不是省或市州的代码"):
        make(sqlite_home, holder="520102")


def test_nothing_is_kept_of_a_try(sqlite_home):
    keep_plan(sqlite_home)
    make(sqlite_home, dry_run=True)

    assert (told(sqlite_home), files(sqlite_home)) == ([], [])


def test_without_a_plan_the_remedy_is_named(sqlite_home):
    with pytest.raises(BookError, match="先运行 yibao plan 2018Q1 --region 520000"):
        make(sqlite_home)


@pytest.mark.parametrize(
    "kind, period, why",
    [
        ("payment-notice", QUARTER, "是收到的文书"),
        ("quota-change", QUARTER, "按年出具"),
        ("advance-notice", Month(2018, 1), "按季度出具"),
        ("nothing", QUARTER, "没有“nothing”这种文书"),
    ],
)
def test_a_kind_is_made_for_its_own_period(sqlite_home, kind, period, why):
    with pytest.raises(UsageError, match=why):
        make(sqlite_home, kind, period)


@pytest.mark.parametrize("number", ["99", "黔异预〔2018〕9号"])
def test_an_unknown_number_is_refused(sqlite_home, number):
    with pytest.raises(BookError, match="yibao notice list"):
        step(sqlite_home, "issue", number)


def test_a_list_that_was_imported_by_hand_before_is_not_taken_twice(sqlite_home):
    issued(sqlite_home)
    before = count(sqlite_home, QuotaLine)
    bulk(sqlite_home, "dispute", region="520100", reason="人数有误")
    bulk(sqlite_home, "issue", region="520100", on=date(2018, 1, 17))

    assert count(sqlite_home, QuotaLine) == before


def test_provisional_amounts_are_said_to_be_so(sqlite_home):
    plan_id = keep_plan(sqlite_home)
    with sqlite_home.writing() as connection:
        head = plans.plan(connection, plan_id)._replace(provisional=True)
        plans.replace(connection, head, plans.lines(connection, plan_id))
    make(sqlite_home)
    with sqlite_home.reading() as connection:
        assert "预核定" in paper_of(connection, 1).notes[0]
