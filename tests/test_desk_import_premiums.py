"""G5: premiums that a family's accounts pay, each whole or not at all (P11).

People are registered with G2, bindings written as G4 would keep them: what a row of
G4 may say is tested with its own import.
"""

from datetime import date

import pytest
from desk_by_hand import cases, printed, rows
from people_by_hand import NANCHONG, stored
from settlements_by_hand import G3, G4, G5, G10, HEFEI, WUHU, take
from sqlalchemy import text

from desk.homes import put_setting
from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger import sources
from ledger.errors import BookError
from ledger.postings import Actor

LATE = Actor("li", "2024-12-01T09:00:00+08:00")
LATER = Actor("wang", "2024-12-02T09:00:00+08:00")
ON = date(2024, 12, 2)
RESIDENT = "390"


def opened(home, table, region=HEFEI):
    """People with accounts; 统筹区代码 is `region` where the table leaves it out."""
    lines = rows(table)
    for line in lines:
        line.setdefault("统筹区代码", region)
        line.setdefault("姓名", "张三")
        line.setdefault("人员类别", "在职")
        line.setdefault("截止日期", "2024-05-31")
    return take(home, "G2", lines, name="期初.csv", total=True)


def resident(home, person_id="P2", region=HEFEI):
    """A relative whom a binding registered: no account, no status."""
    run(
        home,
        """INSERT INTO person (person_id, name, born, region, status, insured_as,
               since, retired_from, fund, document_id, "row")
           VALUES (:id, '', '', :region, '', '', '', '', :fund, 1, 1)""",
        id=person_id,
        region=region,
        fund=RESIDENT,
    )


def bound(home, table, person_id="P2", region=HEFEI):
    """Bindings of a person, as G4 keeps them: 授权人 | 关系 | 时间 | 解绑."""
    for serial, row in enumerate(rows(table), 1):
        run(
            home,
            """INSERT INTO binding (person_id, grantor_id, bound_at, freed, relation,
                   person_region, grantor_region, notice, serial, sheet, unbound_at,
                   document_id, "row")
               VALUES (:id, :grantor, :time, 0, :relation, :region, :region, '',
                   :serial, '', :until, 1, 1)""",
            id=person_id,
            grantor=row["授权人"],
            time=row.get("时间", "2024-06-03 09:00:00"),
            relation=row["关系"],
            region=region,
            serial=serial,
            until=row.get("解绑", ""),
        )


def run(home, statement, **values):
    with home.writing() as connection:
        connection.execute(text(statement), values)


def premiums(home, table="缴费流水号\nJ1", name="缴费.csv", **how):
    """A list of premiums: 100.00 of P2 in 合肥 where the table does not say."""
    smallest = {**G5, "参保人编号": "P2", "金额": "100.00"}
    lines = [{**smallest, **row} for row in rows(table)]
    return take(home, "G5", lines, name=name, **{"by": LATE, **how})


def shares(home):
    """Who paid what, by premium and in order; whole fen."""
    return stored(
        home,
        "SELECT serial, payer_id, relation, amount FROM premium_share"
        " WHERE freed = 0 ORDER BY serial, position",
    )


def balances(home):
    return dict(stored(home, "SELECT person_id, balance FROM account ORDER BY 1"))


def sums(home):
    return stored(
        home,
        "SELECT month, region, payer, kind, relation, lines, amount FROM premium_sum"
        " ORDER BY id",
    )


@pytest.fixture
def family(anhui_home):
    """P1 of 合肥 has 300.00 and P3 of 芜湖 500.00; both let the resident P2 pay."""
    opened(
        anhui_home,
        f"个人编号 | 统筹区代码 | 期初余额\nP1 | {HEFEI} | 300.00\nP3 | {WUHU} | 500.00",
    )
    resident(anhui_home)
    bound(anhui_home, "授权人 | 关系\nP1 | 子女\nP3 | 父母")
    return anhui_home


@pytest.mark.parametrize("case", cases("premiums"), ids=lambda case: case["name"])
def test_premiums(case, request):
    where = case.get("home", "anhui")
    home = request.getfixturevalue(f"sqlite_{where}_home")
    region = NANCHONG if where == "sichuan" else HEFEI
    opened(home, case["accounts"], region)
    if "P2" not in balances(home):
        resident(home, region=region)
    if "family" in case:
        bound(home, case["family"], region=region)
    for person_id, died_on in case.get("died", {}).items():
        run(
            home,
            "UPDATE person SET died_on = :day WHERE person_id = :id",
            day=died_on,
            id=person_id,
        )
    if "paid_out" in case:
        put_setting(
            home, LATE, "account-mode", "paid-out", region=case["paid_out"], cite="函"
        )
    line = {**G5, "参保人编号": "P2", "参保地代码": region, **case["premium"]}

    result = take(home, "G5", [line], by=LATE)

    if "refused" in case:
        column, found, why = case["refused"]
        [error] = result.errors
        quoted = f"“{found}”" if found else ""
        assert (error.row, error.column, error.found) == (3, column, found)
        assert error.message.partition("：")[2] == f"{column}{quoted}{why}。"
        assert (result.status, shares(home)) == ("rejected", [])
    else:
        paid = [
            (line["缴费流水号"], payer, relation, round(float(yuan) * 100))
            for payer, relation, yuan in case["pays"]
        ]
        assert (result.status, shares(home)) == ("posted", paid)


def test_a_premium_is_posted_in_the_books_of_both_regions(family):
    """300.00 from 合肥 where P2 is insured, then 100.00 from 芜湖."""
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 400.00")

    assert (result.status, result.new) == ("posted", 1)
    assert printed(family, f"{HEFEI}-city-agency").splitlines()[3:] == [
        f"{HEFEI}-city-agency 2024-10-08 P11 记-1",
        "  借 个人账户基金——代缴保费 310 300.00",
        "  贷 暂收款——代缴保费——城乡居民医保 310 300.00",
        f"{HEFEI}-city-agency 2024-10-08 P11 记-2",
        f"  借 暂付款——家庭共济保费:{WUHU} 310 100.00",
        "  贷 暂收款——代缴保费——城乡居民医保 310 100.00",
    ]
    assert printed(family, f"{WUHU}-city-agency").splitlines()[3:] == [
        f"{WUHU}-city-agency 2024-10-08 P11 记-1",
        "  借 个人账户基金——代缴保费 310 100.00",
        f"  贷 暂收款——家庭共济保费:{HEFEI} 310 100.00",
    ]
    assert balances(family) == {"P1": 0, "P3": 40000}
    assert sums(family) == [
        ("2024-10", HEFEI, HEFEI, "城乡居民医保", "子女", 1, 30000),
        ("2024-10", HEFEI, WUHU, "城乡居民医保", "父母", 1, 10000),
    ]


def test_a_posting_carries_a_batch_for_each_region_that_pays(family):
    premiums(family, "缴费流水号 | 金额\nJ1 | 400.00")

    found = stored(
        family,
        "SELECT kind, region, period, people, total, state, posting_id IS NOT NULL"
        " FROM batch WHERE kind = 'premium' ORDER BY id",
    )
    moved = stored(
        family,
        "SELECT person_id, period, serial, region, kind, amount, category, dated"
        " FROM movement WHERE act = 'premium' ORDER BY person_id",
    )

    assert [row[:6] for row in found] == [
        ("premium", HEFEI, "2024-10", 1, -30000, "counted"),
        ("premium", WUHU, "2024-10", 1, -10000, "counted"),
    ]
    assert len(set(stored(family, "SELECT posting_id FROM premium"))) == 1
    assert moved == [
        ("P1", "", "J1", HEFEI, "代缴保费", -30000, "城乡居民医保", "2024-10-08"),
        ("P3", "", "J1", WUHU, "代缴保费", -10000, "城乡居民医保", "2024-10-08"),
    ]


def test_rows_act_by_time_and_then_by_serial(family):
    """800.00 are there: J2 (500) and J9 (200) come first, J1 (101) finds 100.00."""
    result = premiums(
        family,
        """缴费流水号 | 缴费时间 | 金额
        J1 | 2024-10-09 09:00:00 | 101.00
        J9 | 2024-10-08 09:00:00 | 200.00
        J2 | 2024-10-08 09:00:00 | 500.00""",
    )

    assert (result.status, result.new) == ("posted-in-part", 2)
    assert [(e.row, e.expected) for e in result.errors] == [
        (3, "不超过100.00元，或先为账户计入")
    ]
    assert shares(family) == [
        ("J2", "P1", "子女", 30000),
        ("J2", "P3", "父母", 20000),
        ("J9", "P3", "父母", 20000),
    ]


def test_one_account_pays_several_premiums_in_one_batch(family):
    resident(family, "P5")
    bound(family, "授权人 | 关系\nP1 | 父母", person_id="P5")

    result = premiums(
        family,
        """缴费流水号 | 参保人编号 | 金额 | 险种
        J1 | P2 | 100.00 | 城乡居民医保
        J2 | P5 | 120.00 | 城乡居民医保
        J3 | P5 | 30.00 | 惠民保""",
    )

    assert (result.status, result.new) == ("posted", 3)
    assert balances(family) == {"P1": 5000, "P3": 50000}
    assert printed(family, f"{HEFEI}-city-agency").splitlines()[3:] == [
        f"{HEFEI}-city-agency 2024-10-08 P11 记-1",
        "  借 个人账户基金——代缴保费 310 220.00",
        "  贷 暂收款——代缴保费——城乡居民医保 310 220.00",
        f"{HEFEI}-city-agency 2024-10-08 P11 记-2",
        "  借 个人账户基金——代缴保费 310 30.00",
        "  贷 暂收款——代缴保费——惠民保 310 30.00",
    ]


def test_months_are_postings_of_their_own_dated_their_latest_day(family):
    result = premiums(
        family,
        """缴费流水号 | 缴费时间
        J1 | 2024-10-08 09:00:00
        J2 | 2024-10-30 09:00:00
        J3 | 2024-11-02 09:00:00""",
    )

    assert [(str(v.dated), v.amount) for v in result.vouchers] == [
        ("2024-10-30", 200),
        ("2024-11-02", 100),
    ]
    assert len({v.posting_id for v in result.vouchers}) == 2


def test_post_on_dates_vouchers_and_movements(family):
    result = premiums(family, post_on=date(2024, 11, 30))

    assert [str(v.dated) for v in result.vouchers] == ["2024-11-30"]
    assert stored(
        family, "SELECT DISTINCT dated FROM movement WHERE act = 'premium'"
    ) == [("2024-11-30",)]


def test_post_on_before_the_payment_is_refused(family):
    result = premiums(family, post_on=date(2024, 10, 7))

    assert result.status == "rejected" and "早于业务日期2024-10-08" in result.message


def test_the_same_list_again_is_known(family):
    premiums(family)
    again = premiums(family)
    more = premiums(family, "缴费流水号\nJ1\nJ2", name="二.csv")

    assert (again.status, again.known, again.new) == ("already-posted", 1, 0)
    assert (more.status, more.known, more.new) == ("posted", 1, 1)
    assert balances(family)["P1"] == 10000


def test_a_row_twice_in_a_list_counts_once(family):
    result = premiums(family, "缴费流水号\nJ1\nJ1")

    assert (result.status, result.new, result.known) == ("posted", 1, 1)


def test_a_serial_with_other_content_is_set_aside(family):
    premiums(family)
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 99.00", name="二.csv")

    [error] = result.errors
    assert (error.column, error.found) == ("金额", "")
    assert "与缴费流水号J1原来的一行不同" in error.message


def test_a_serial_of_another_person_is_set_aside(family):
    resident(family, "P5")
    premiums(family)
    result = premiums(family, "缴费流水号 | 参保人编号\nJ1 | P5", name="二.csv")

    [error] = result.errors
    assert (error.column, error.found) == ("缴费流水号", "J1")
    assert "已用于另一人的缴费" in error.message and "P5" not in error.message


def test_a_list_that_comes_again_takes_what_can_be_paid_by_now(family):
    """A draft holds 700.00 of 800.00 until it is rejected; J2 lacks 50.00."""
    table = "缴费流水号 | 金额\nJ1 | 100.00\nJ2 | 50.00"
    draft = premiums(family, "缴费流水号 | 金额\nJ9 | 700.00", "草稿.csv", draft=True)
    first = premiums(family, table)
    reject(family, LATER, [f"#{draft.vouchers[0].id}"], "误")
    again = premiums(family, table)

    assert (first.status, first.new, first.set_aside) == ("posted-in-part", 1, 1)
    assert (again.status, again.new, again.known) == ("posted", 1, 1)
    assert balances(family) == {"P1": 25000, "P3": 40000}


def test_a_region_is_the_one_of_the_month(family):
    """P3 moved from 芜湖 to 合肥 in November: local then, cross-city before."""
    run(
        family,
        "UPDATE person SET region = :region, since = '2024-11' WHERE person_id = 'P3'",
        region=HEFEI,
    )
    run(
        family,
        "INSERT INTO account (person_id, region, balance, claim, state)"
        " VALUES ('P3', :region, 700, 0, 'open')",
        region=HEFEI,
    )
    result = premiums(
        family,
        """缴费流水号 | 缴费时间 | 金额
        J1 | 2024-10-31 23:59:59 | 301.00
        J2 | 2024-11-01 00:00:00 | 7.00""",
    )

    assert result.status == "posted"
    assert stored(
        family,
        "SELECT serial, payer_id, payer_region, amount FROM premium_share"
        " ORDER BY serial, position",
    ) == [
        ("J1", "P1", HEFEI, 30000),
        ("J1", "P3", WUHU, 100),
        ("J2", "P3", HEFEI, 700),
    ]


def test_what_drafts_take_is_not_there(family):
    first = premiums(family, "缴费流水号 | 金额\nJ1 | 750.00", draft=True)
    second = premiums(family, "缴费流水号 | 金额\nJ2 | 50.01", name="二.csv")
    third = premiums(family, "缴费流水号 | 金额\nJ3 | 50.00", name="三.csv")

    assert (first.status, second.status, third.status) == (
        "draft",
        "rejected",
        "posted",
    )
    assert "合计50.00元" in second.errors[0].message
    assert balances(family) == {"P1": 30000, "P3": 45000}


def test_a_draft_that_is_approved_counts(family):
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 400.00", draft=True)
    approve(family, LATER, [f"#{result.vouchers[0].id}"])

    assert balances(family) == {"P1": 0, "P3": 40000}


def test_a_rejected_draft_leaves_nothing_and_can_come_again(family):
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 400.00", draft=True)
    reject(family, LATER, [f"#{result.vouchers[0].id}"], "金额有误")
    left = stored(
        family,
        "SELECT (SELECT count(*) FROM movement WHERE act = 'premium'),"
        " (SELECT count(*) FROM premium WHERE freed = 0),"
        " (SELECT count(*) FROM premium_share WHERE freed = 0),"
        " (SELECT count(*) FROM serial_key WHERE form = 'G5')",
    )
    again = premiums(family, "缴费流水号 | 金额\nJ1 | 390.00")

    assert left == [(0, 0, 0, 0)]
    assert again.status == "posted"
    assert balances(family) == {"P1": 0, "P3": 41000}


def test_a_reversal_gives_everybody_back_and_frees_the_serial(family):
    """J1 was meant for another child of P1."""
    resident(family, "P5")
    bound(family, "授权人 | 关系\nP1 | 父母", person_id="P5")
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 400.00")

    reverse(family, LATER, result.vouchers[-1].name, ON, "认错了人")
    back = balances(family), shares(family)
    again = premiums(family, "缴费流水号 | 参保人编号\nJ1 | P5", name="二.csv")

    assert back == ({"P1": 30000, "P3": 50000}, [])
    assert (again.status, shares(family)) == ("posted", [("J1", "P1", "父母", 10000)])
    assert stored(
        family,
        "SELECT serial FROM movement WHERE act = 'premium' AND amount = -10000"
        " AND person_id = 'P1'",
    ) == [("J1|1",)]


@pytest.mark.parametrize(
    "column, word", [("clearing_id", "清算"), ("paid_on_id", "转交")]
)
def test_what_was_cleared_or_paid_on_is_not_reversed(family, column, word):
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 400.00")
    run(
        family,
        "INSERT INTO clearing (id, kind, province, period, serial, netted, state,"
        " made_by, made_at) VALUES (7, 'premiums', '340000', '2024', 1, FALSE, 'done',"
        " 'li', '')",
    )
    run(family, f"UPDATE premium_sum SET {column} = 7 WHERE payer = '{WUHU}'")

    with pytest.raises(BookError, match=f"已{word}（2024的清算单7）"):
        reverse(family, LATER, result.vouchers[0].name, ON, "误")


def test_what_made_vouchers_is_not_withdrawn(family):
    premiums(family)
    document = stored(family, "SELECT max(id) FROM document")[0][0]

    with family.writing() as connection:
        with pytest.raises(BookError, match="没有未生成凭证的行"):
            sources.withdraw(connection, document, "wang", LATER.at, "误")


def test_strict_takes_all_or_nothing(family):
    table = "缴费流水号 | 金额\nJ1 | 100.00\nJ2 | 0.00"

    result = premiums(family, table, strict=True)

    assert (result.status, shares(family)) == ("rejected", [])


def test_a_long_serial_leaves_no_room_for_a_reversal(family):
    result = premiums(family, f"缴费流水号\n{'J' * 41}")

    assert "太长" in result.errors[0].message


def test_a_relative_whom_a_binding_registers_has_the_premium_paid(anhui_home):
    """From the forms alone: P1's account (G2), the child P2 (G4), the premium (G5)."""
    opened(anhui_home, "个人编号 | 期初余额\nP1 | 400.00")
    child = {"授权人编号": "P1", "被授权人编号": "P2", "关系": "子女"}
    child |= {"被授权人统筹区": HEFEI, "被授权人险种": RESIDENT}

    take(anhui_home, "G4", [{**G4, **child}], name="绑定.csv", by=LATE)
    result = premiums(anhui_home, "缴费流水号 | 金额\nJ1 | 400.00")

    assert result.status == "posted"
    assert shares(anhui_home) == [("J1", "P1", "子女", 40000)]


def test_what_a_draft_of_bills_takes_is_not_there_either(family):
    """P1 has 300.00; a bill of 120.00 waits for approval: 180.00 and P3's 500.00."""
    take(family, "G10", [G10], name="机构.csv")
    bill = {**G3, "个人编号": "P1", "医疗总费用": "120.00", "政策范围内费用": "120.00"}
    waits = take(family, "G3", [bill], name="结算.csv", by=LATE, draft=True)

    refused = premiums(family, "缴费流水号 | 金额\nJ1 | 680.01")
    result = premiums(family, "缴费流水号 | 金额\nJ1 | 680.00", name="二.csv")

    assert (waits.status, refused.status) == ("draft", "rejected")
    assert result.status == "posted"
    assert shares(family) == [("J1", "P1", "子女", 18000), ("J1", "P3", "父母", 50000)]


def test_rejecting_the_draft_of_bills_does_not_touch_premiums(family):
    take(family, "G10", [G10], name="机构.csv")
    bill = {**G3, "个人编号": "P1", "医疗总费用": "120.00", "政策范围内费用": "120.00"}
    waits = take(family, "G3", [bill], name="结算.csv", by=LATE, draft=True)
    premiums(family, "缴费流水号 | 金额\nJ1 | 680.00")

    reject(family, LATER, [f"#{waits.vouchers[0].id}"], "误")

    assert balances(family) == {"P1": 12000, "P3": 0}
    assert shares(family) == [("J1", "P1", "子女", 18000), ("J1", "P3", "父母", 50000)]


def test_bills_after_a_premium_are_not_made_late_by_it(family):
    """Premiums take no part in the order of bills."""
    take(family, "G10", [G10], name="机构.csv")
    premiums(family)
    bill = {**G3, "个人编号": "P1", "结算时间": "2024-07-03 10:00:00"}

    result = take(family, "G3", [bill], name="结算.csv", by=LATE)

    assert (result.status, result.set_aside) == ("posted", 0)


def test_of_several_grantors_elsewhere_only_the_first_pays(family):
    """P4 of 蚌埠 was bound while living in 合肥; P3 of 芜湖 was bound before."""
    opened(family, "个人编号 | 统筹区代码 | 期初余额\nP4 | 340300 | 900.00")
    run(
        family,
        """INSERT INTO binding (person_id, grantor_id, bound_at, freed, relation,
               person_region, grantor_region, notice, serial, sheet, unbound_at,
               document_id, "row")
           VALUES ('P2', 'P4', '2024-06-04 09:00:00', 0, '子女', :region, :region, '',
               9, '', '', 1, 1)""",
        region=HEFEI,
    )

    result = premiums(family, "缴费流水号 | 金额\nJ1 | 800.01")

    assert "合计800.00元" in result.errors[0].message
