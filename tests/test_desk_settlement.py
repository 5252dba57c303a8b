"""The command settlement: how a bill was split and who paid a premium.

P1 of 合肥 is treated in 芜湖. 100.00 are in the own account; P3 of 芜湖 shares 50.00 and
more; the list says what the pooled fund pays.
"""

import json

import pytest
from desk_by_hand import rows
from settlements_by_hand import G3, G4, G5, G10, HEFEI, WUHU, take
from sqlalchemy import text

from ledger.postings import Actor

LATE = Actor("li", "2024-12-01T09:00:00+08:00")
PARTS = ("pooled", "own", "other", "cash")


@pytest.fixture
def home(sqlite_anhui_home):
    """P1 of 合肥 has 100.00, P3 of 芜湖 50.00; P1 is P3's 配偶. A hospital in 芜湖."""
    home = sqlite_anhui_home
    people = (
        "个人编号 | 统筹区代码 | 期初余额\nP1 | 340100 | 100.00\nP3 | 340200 | 50.00"
    )
    lines = [
        {"姓名": "张三", "人员类别": "在职", "截止日期": "2024-05-31", **row}
        for row in rows(people)
    ]
    take(home, "G2", lines, name="期初.csv", total=True)
    take(home, "G10", [{**G10, "统筹区代码": WUHU}], name="机构.csv")
    line = {**G4, "授权人编号": "P3", "被授权人编号": "P1"}
    take(home, "G4", [line], name="绑定.csv", by=LATE)
    return home


@pytest.fixture
def yibao(home, anhui):
    return anhui


def settled(home, table, name="结算.csv", **how):
    """Bills of P1 in 芜湖: 300.00, of which 120.00 are the pooled fund's."""
    smallest = {**G3, "个人编号": "P1", "就医地代码": WUHU}
    smallest |= {
        "医疗总费用": "300.00",
        "政策范围内费用": "300.00",
        "统筹支付": "120.00",
    }
    lines = [{**smallest, **row} for row in rows(table)]
    result = take(home, "G3", lines, name=name, **{"by": LATE, **how})
    assert result.status in ("posted", "draft"), result.message or result.errors
    return result


def paid(home, table, **how):
    smallest = {**G5, "参保人编号": "P1", "金额": "40.00"}
    lines = [{**smallest, **row} for row in rows(table)]
    result = take(home, "G5", lines, name="缴费.csv", **{"by": LATE, **how})
    assert result.status in ("posted", "draft"), result.message or result.errors


def asked(yibao, serial, *words):
    code, out, err = yibao("settlement", serial, "--json", *words)
    assert (code, err) == (0, "")
    return json.loads(out)


def disclosed(home):
    with home.reading() as connection:
        found = connection.execute(
            text("SELECT by, report, person_id FROM disclosure ORDER BY id")
        )
        return [tuple(row) for row in found]


def run(home, statement, **values):
    with home.writing() as connection:
        connection.execute(text(statement), values)


def test_a_bill_answers_as_the_contract_says(home, yibao):
    """300.00 = 120.00 pooled + 100.00 own + 50.00 of P3 + 30.00 in cash."""
    settled(home, "结算流水号\nS1")

    told = asked(yibao, "S1")

    assert {name: told[name] for name in list(told)[:12]} == {
        "settlement": "S1",
        "person_id": "P1",
        "total": "300.00",
        "in_policy": "300.00",
        "deductible": "0.00",
        "pooled": "120.00",
        "own": "100.00",
        "shared": [
            {
                "person_id": "P3",
                "region": WUHU,
                "relation": "配偶",
                "amount": "50.00",
            }
        ],
        "other": "0.00",
        "cash": "30.00",
        "cleared_in": None,
        "paid_in": None,
    }
    assert (told["act"], told["at"]) == ("收费", "2024-07-03 10:00:00")
    assert (told["original"], told["late"], told["taken"]) == (None, False, False)
    assert (told["refunds"], told["differences"]) == ([], {})
    assert (told["region"], told["place"], told["status"]) == (HEFEI, WUHU, "posted")


def test_the_parts_of_every_line_add_up(home, yibao):
    """Identity 12: also of refunds, whose amounts are below zero."""
    settled(
        home,
        """结算流水号 | 业务类型 | 原结算流水号 | 医疗总费用 | 政策范围内费用 | 统筹支付 | 结算时间
        S1 | 收费 | | 300.00 | 300.00 | 120.00 | 2024-07-03 10:00:00
        S2 | 收费 | | 10.01 | 9.00 | 3.33 | 2024-07-03 11:00:00
        S3 | 冲正 | S1 | 300.00 | 300.00 | 120.00 | 2024-07-04 10:00:00""",
    )

    for serial in ("S1", "S2", "S3"):
        told = asked(yibao, serial)
        parts = [told[name] for name in PARTS]
        parts += [account["amount"] for account in told["shared"]]
        assert sum(map(float, parts)) == pytest.approx(float(told["total"]))


def test_what_was_given_back_stands_beside_the_split(home, yibao):
    settled(home, "结算流水号\nS1")
    settled(
        home,
        """结算流水号 | 业务类型 | 原结算流水号 | 结算时间
        T1 | 冲正 | S1 | 2024-07-20 10:00:00""",
        name="冲正.csv",
    )

    told, back = asked(yibao, "S1"), asked(yibao, "T1")

    assert (told["own"], told["refunds"]) == ("100.00", ["T1"])
    assert told["given_back"] == {
        "total": "300.00",
        "in_policy": "300.00",
        "deductible": "0.00",
        "pooled": "120.00",
        "own": "100.00",
        "shared": told["shared"],
        "other": "0.00",
        "cash": "30.00",
    }
    assert (back["act"], back["original"], back["total"]) == ("冲正", "S1", "-300.00")
    assert back["shared"][0]["amount"] == "-50.00"
    assert back["given_back"]["total"] == "0.00"


def test_a_bill_is_cleared_once_all_its_parts_between_regions_are(home, yibao):
    """统筹 and 个账 are 合肥's, owed to 芜湖; P3 is of 芜湖, so that part is not."""
    settled(home, "结算流水号\nS1")
    clearing(home)
    run(home, "UPDATE settlement_sum SET clearing_id = 7 WHERE part = '统筹'")
    one = asked(yibao, "S1")["cleared_in"]
    run(home, "UPDATE settlement_sum SET clearing_id = 7 WHERE part = '个账'")
    both = asked(yibao, "S1")["cleared_in"]

    assert (one, both) == (None, "2024-07")
    assert "统筹区之间2024-07已清算。" in yibao("settlement", "S1")[1]


def test_a_bill_at_home_has_nothing_to_clear_but_is_paid_to_the_institution(
    home, yibao
):
    take(home, "G10", [{**G10, "机构代码": "H2"}], name="合肥.csv")
    settled(
        home,
        f"结算流水号 | 机构代码 | 就医地代码 | 统筹支付 | 医疗总费用\n"
        f"S1 | H2 | {HEFEI} | 300.00 | 300.00",
    )
    before = asked(yibao, "S1")
    clearing(home)
    run(home, "UPDATE institution_sum SET clearing_id = 7")
    after = asked(yibao, "S1")

    assert (before["cleared_in"], before["paid_in"]) == (None, None)
    assert (after["cleared_in"], after["paid_in"]) == (None, "2024-07")
    assert "统筹区之间" not in yibao("settlement", "S1")[1]


def clearing(home):
    run(
        home,
        "INSERT INTO clearing (id, kind, province, period, serial, netted, state,"
        " made_by, made_at)"
        " VALUES (7, 'family', '340000', '2024-07', 1, FALSE, 'done', 'li', '')",
    )


def test_a_bill_is_told_in_words_in_the_order_of_paying(home, yibao):
    settled(home, "结算流水号\nS1")

    code, out, _ = yibao("settlement", "S1")
    words = [line.split() for line in out.splitlines()]

    assert code == 0
    assert "结算流水号S1　收费　2024-07-03 10:00:00" in out
    assert "第一人民医院（H34010000001）　芜湖市　普通门诊　联网" in out
    assert ["1", "统筹基金", "合肥市", "120.00"] in words
    assert ["2", "个人账户", "P1", "合肥市", "本人", "100.00"] in words
    assert ["3", "家庭共济", "P3", "芜湖市", "配偶", "50.00"] in words
    assert ["4", "现金", "P1", "30.00"] in words
    assert ["合计", "300.00"] in words
    assert "统筹区之间还没有清算。" in out


def test_where_the_list_says_otherwise_both_are_told(home, yibao):
    """The own account had 100.00; the list let it pay 90.00 and nobody share."""
    settled(
        home,
        """结算流水号 | 个账支付 | 共济支付 | 现金支付
        S1 | 90.00 | 0.00 | 90.00""",
    )

    told = asked(yibao, "S1")

    assert told["taken"] is True
    assert told["differences"] == {
        "own": {"list": "90.00", "ours": "100.00"},
        "shared": {"list": "0.00", "ours": "50.00"},
    }
    out = yibao("settlement", "S1")[1]
    assert "与清单不同：个账支付清单90.00元，重算100.00元" in out


def test_a_draft_says_so(home, yibao):
    settled(home, "结算流水号\nS1", draft=True)

    assert asked(yibao, "S1")["status"] == "draft"
    assert "（待审核，还没有入账）" in yibao("settlement", "S1")[1]


def test_every_look_is_on_record_with_everybody_it_shows(home, yibao):
    settled(home, "结算流水号\nS1")

    asked(yibao, "S1", "--by", "zhao")

    assert disclosed(home) == [
        ("zhao", "settlement", "P1"),
        ("zhao", "settlement", "P3"),
    ]


def test_masked_it_shows_no_id_and_is_not_on_record(home, yibao):
    settled(home, "结算流水号\nS1")

    told = asked(yibao, "S1", "--masked")

    assert (told["person_id"], told["shared"][0]["person_id"]) == ("****1", "****3")
    assert disclosed(home) == []


def test_who_may_not_see_people_whole_is_refused(home, yibao):
    settled(home, "结算流水号\nS1")
    yibao("setting", "set", "may-unmask", "qian", "--cite", "岗位表")

    code, out, err = yibao("settlement", "S1")

    assert (code, out) == (1, "")
    assert "“li”不能查看完整的姓名和编号" in err and "--masked" in err
    assert yibao("settlement", "S1", "--masked")[0] == 0
    assert disclosed(home) == []


def test_a_serial_that_nobody_has(yibao):
    code, out, err = yibao("settlement", "S404")

    assert (code, out) == (1, "")
    assert "没有流水号为“S404”的结算或代缴保费" in err


def test_a_premium_answers_with_its_shares(home, yibao):
    """Anhui lets P3 pay for a 配偶; P1's own account does not."""
    paid(home, "缴费流水号\nJ1")

    told = asked(yibao, "J1")

    assert told == {
        "settlement": "J1",
        "person_id": "P1",
        "total": "40.00",
        "own": "0.00",
        "shared": [
            {
                "person_id": "P3",
                "region": WUHU,
                "relation": "配偶",
                "amount": "40.00",
            }
        ],
        "cleared_in": None,
        "paid_on_in": None,
        "act": "代缴保费",
        "at": "2024-10-08 09:00:00",
        "status": "posted",
        "region": HEFEI,
        "category": "城乡居民医保",
        "year": 2025,
    }
    out = yibao("settlement", "J1")[1]
    assert "P1　合肥市　2025年度城乡居民医保" in out
    assert "统筹区之间还没有清算。" in out


def test_a_premium_is_cleared_and_paid_on(home, yibao):
    paid(home, "缴费流水号\nJ1")
    clearing(home)
    run(home, "UPDATE premium_sum SET clearing_id = 7, paid_on_id = 7")

    told = asked(yibao, "J1")

    assert (told["cleared_in"], told["paid_on_in"]) == ("2024-07", "2024-07")


def test_what_clear_takes_of_bills_is_told(home, yibao):
    settled(home, "结算流水号\nS1")

    code, _, err = yibao("clear", "2024-07", "--kind", "family", "--province", "340000")

    assert (code, err) == (0, "")
    assert asked(yibao, "S1")["cleared_in"] == "2024-07"


def test_premiums_are_cleared_by_the_year(home, yibao):
    paid(home, "缴费流水号\nJ1")
    words = ("clear", "2024", "--kind", "premiums", "--province", "340000")

    code, _, err = yibao(*words)
    told = asked(yibao, "J1")

    assert (code, err) == (0, "")
    assert told["cleared_in"] == "2024"
    assert "统筹区之间2024已清算。" in yibao("settlement", "J1")[1]


def test_a_serial_of_a_bill_and_of_a_premium(home, yibao):
    """The bill is told first, and that the premium is there; each by itself too."""
    settled(home, "结算流水号 | 医疗总费用 | 政策范围内费用\nS1 | 130.00 | 130.00")
    paid(home, "缴费流水号 | 金额\nS1 | 20.00\nJ1 | 20.00")

    bill = yibao("settlement", "S1")[1]
    premium = yibao("settlement", "S1", "--premium")[1]

    assert "流水号S1还有一笔代缴保费，查看请用 yibao settlement S1 --premium。" in bill
    assert "缴费流水号S1　代缴保费" in premium
    assert "流水号S1还有一笔结算，查看请去掉 --premium。" in premium
    assert asked(yibao, "S1")["act"] == "收费"
    assert asked(yibao, "S1", "--premium", "--masked")["act"] == "代缴保费"
    assert "还有一笔" not in yibao("settlement", "J1")[1]


def test_a_bill_is_no_premium(home, yibao):
    settled(home, "结算流水号\nS1")

    code, out, err = yibao("settlement", "S1", "--premium")

    assert (code, out) == (1, "")
    assert "没有缴费流水号为“S1”的代缴保费" in err
    assert "还有一笔" not in yibao("settlement", "S1")[1]
