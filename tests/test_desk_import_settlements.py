"""G3: bills, refunds and reversals from the list to accounts, families and books."""

import pytest
from people_by_hand import G1, NANCHONG, contributions, stored
from settlements_by_hand import G3, G10, HEFEI, LI, WANG, WUHU, accounts, take

from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger import sources

CHENGDU = "510100"
A, B, C, D = (f"P000000000{n}" for n in (1, 2, 3, 4))
LINE = "结算流水号 | 结算时间 | 个人编号 | 医疗总费用 | 政策范围内费用 | 统筹支付"
REFUND = LINE.replace("个人编号", "业务类型 | 原结算流水号 | 个人编号")


@pytest.fixture
def anhui_family(anhui_home):
    """A has 30, B (spouse, 合肥) 50, C (a parent's child in 芜湖) 100; D stands alone."""
    accounts(
        anhui_home,
        f"""
        个人编号 | 期初余额 | 统筹区代码 | 姓名
        {A}      | 30.00    | {HEFEI}    | 张一
        {B}      | 50.00    | {HEFEI}    | 张二
        {C}      | 100.00   | {WUHU}     | 张三
        {D}      | 1000.00  | {HEFEI}    | 张四
        """,
    )
    hospitals = [G10, {**G10, "机构代码": "H34020000001", "统筹区代码": WUHU}]
    take(anhui_home, "G10", hospitals)
    take(
        anhui_home,
        "G4",
        f"""
        授权人编号 | 被授权人编号 | 关系 | 时间
        {B}        | {A}          | 配偶 | 2024-06-03 09:00:00
        {C}        | {A}          | 父母 | 2024-06-04 09:00:00
        """,
    )
    return anhui_home


@pytest.fixture
def nanchong(sichuan_home):
    """A works, B is retired, both with 1000.00; a hospital of each kind."""
    accounts(
        sichuan_home,
        f"""
        个人编号 | 期初余额 | 人员类别 | 统筹区代码 | 截止日期
        {A}      | 1000.00  | 在职     | {NANCHONG} | 2022-12-31
        {B}      | 1000.00  | 退休     | {NANCHONG} | 2022-12-31
        """,
    )
    places = {"统筹区代码": NANCHONG}
    roster = [
        {**G10, **places, "药店符合条件": ""},
        {**G10, **places, "机构代码": "H2", "机构级别": "二级及以下"},
        {
            **G10,
            **places,
            "机构代码": "Y1",
            "机构级别": "定点零售药店",
            "药店符合条件": "是",
        },
        {**G10, **places, "机构代码": "Y2", "机构级别": "定点零售药店"},
    ]
    take(sichuan_home, "G10", roster)
    return sichuan_home


def bills(home, table, **how):
    """Import a small list of bills."""
    name = how.pop("name", "门诊.csv")
    region = how.pop("region", HEFEI)
    from desk_by_hand import rows

    lines = [{**G3, "就医地代码": region, **row} for row in rows(table)]
    return take(home, "G3", lines, name=name, **how)


def split(home):
    """Each standing line: serial, pooled, own, shared, cash in whole fen."""
    return stored(
        home,
        "SELECT serial, pooled, own, shared, cash FROM settlement"
        " WHERE freed = 0 ORDER BY serial",
    )


def balances(home):
    return dict(stored(home, "SELECT person_id, balance FROM account"))


def told(result):
    return [error.message for error in result.errors]


def test_the_own_account_pays_first_then_the_city_then_the_other_city(anhui_family):
    result = bills(
        anhui_family,
        f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 200.00 | 150.00 | 20.00",
    )

    assert result.status == "posted"
    assert split(anhui_family) == [("S1", 2000, 3000, 15000, 0)]
    assert stored(
        anhui_family,
        "SELECT position, payer_id, payer_region, amount FROM settlement_share"
        " ORDER BY position",
    ) == [(1, B, HEFEI, 5000), (2, C, WUHU, 10000)]
    assert balances(anhui_family) == {A: 0, B: 0, C: 0, D: 100000}
    assert [(v.book, v.rule.partition("/")[2], v.amount) for v in result.vouchers] == [
        ("340100-city-agency", "P5", 30),
        ("340100-city-agency", "P6", 20),
        ("340100-city-agency", "P9b", 50),
        ("340100-city-agency", "P8", 100),
        ("340200-city-agency", "P9", 100),
    ]


def test_what_no_account_pays_is_cash(anhui_family):
    bills(
        anhui_family, f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 500.00 | 500.00 | 0.00"
    )

    assert split(anhui_family) == [("S1", 0, 3000, 15000, 32000)]


def test_elsewhere_the_place_of_treatment_is_owed_by_the_region_of_insurance(
    anhui_family,
):
    result = bills(
        anhui_family,
        f"{LINE} | 机构代码\n"
        f"S1 | 2024-07-03 10:00:00 | {D} | 100.00 | 100.00 | 40.00 | H34020000001",
        region=WUHU,
    )

    assert [(v.book, v.rule.partition("/")[2], v.amount) for v in result.vouchers] == [
        ("340100-city-agency", "P5b", 60),
        ("340100-city-agency", "P6b", 40),
        ("340200-city-agency", "P5b", 60),
        ("340200-city-agency", "P6b", 40),
    ]
    assert stored(
        anhui_family,
        "SELECT account, side, detail, amount FROM voucher_line"
        " WHERE detail <> '' ORDER BY amount, account",
    ) == [
        ("Assets:1101暂付款:06异地结算:340100合肥市", "借", HEFEI, 4000),
        ("Liabilities:2001暂收款:07异地结算:340200芜湖市", "贷", WUHU, 4000),
        ("Assets:1101暂付款:06异地结算:340100合肥市", "借", HEFEI, 6000),
        ("Liabilities:2001暂收款:07异地结算:340200芜湖市", "贷", WUHU, 6000),
    ]


def test_without_a_policy_the_list_must_say_what_the_fund_pays(anhui_family):
    result = bills(
        anhui_family, f"{LINE}\nS1 | 2024-07-03 10:00:00 | {D} | 100.00 | 100.00 |"
    )

    assert result.status == "rejected"
    assert "统筹支付没有填，普通门诊没有可以计算的门诊统筹规定" in told(result)[0]
    assert "劳社厅发〔2002〕6号 三" in told(result)[0]


def test_the_policys_benefit_is_reckoned_bill_by_bill(nanchong):
    head = "结算流水号 | 结算时间 | 个人编号 | 机构代码 | 机构级别 | 费用类别 | 政策范围内费用"
    rows = [
        f"S1 | 2023-02-01 10:00:00 | {A} | H34010000001 | 三级 | 普通门诊 | 500.00",
        f"S2 | 2023-02-02 10:00:00 | {A} | H2 | 二级及以下 | 普通门诊 | 100.00",
        f"S3 | 2023-02-03 10:00:00 | {B} | Y1 | 定点零售药店 | 购药 | 350.00",
        f"S4 | 2023-02-04 10:00:00 | {B} | Y2 | 定点零售药店 | 购药 | 100.00",
    ]
    table = "\n".join(
        [f"{head} | 医疗总费用 | 统筹支付"] + [f"{r} | 600.00 |" for r in rows]
    )
    result = bills(nanchong, table, region=NANCHONG)

    assert result.status == "posted", told(result)
    assert stored(
        nanchong, "SELECT serial, deductible, pooled FROM settlement ORDER BY serial"
    ) == [("S1", 20000, 15000), ("S2", 0, 6000), ("S3", 15000, 11000), ("S4", 0, 0)]
    assert stored(
        nanchong, "SELECT person_id, year, deducted, paid FROM outpatient_year"
    ) == [(A, 2023, 20000, 21000), (B, 2023, 15000, 11000)]


def test_a_full_split_is_the_source_and_ours_the_check(anhui_family):
    head = f"{LINE} | 个账支付 | 共济支付 | 现金支付"
    result = bills(
        anhui_family,
        f"{head}\n"
        f"S1 | 2024-07-03 10:00:00 | {A} | 100.00 | 100.00 | 0.00 "
        "| 10.00 | 60.00 | 30.00",
    )

    assert result.status == "posted"
    assert split(anhui_family) == [("S1", 0, 1000, 6000, 3000)]
    assert stored(anhui_family, "SELECT taken, differences FROM settlement") == [
        (1, '{"own": ["10.00", "30.00"], "shared": ["60.00", "70.00"]}')
    ]
    assert result.warnings[0].startswith("有1行清单的分摊与本系统计算的不同")


@pytest.mark.parametrize(
    "said, why",
    [
        ("0.00 | 10.00 | 60.00 | 29.99", "现金支付“29.99”各项之和不符"),
        ("0.00 | 31.00 | 0.00 | 69.00", "个账支付“31.00”大于账户余额30.00元"),
        ("0.00 | 0.00 | 151.00 | -51.00", "现金支付"),
        ("0.00 | 30.00 | 70.01 | 0.00", "现金支付“0.00”各项之和不符"),
    ],
)
def test_a_split_that_cannot_be_is_set_aside(anhui_family, said, why):
    head = f"{LINE} | 个账支付 | 共济支付 | 现金支付"
    result = bills(
        anhui_family,
        f"{head}\nS1 | 2024-07-03 10:00:00 | {A} | 100.00 | 100.00 | {said}",
    )

    assert result.status == "rejected"
    assert why in told(result)[0]


def test_a_partial_refund_goes_back_to_the_last_account_first(anhui_family):
    bills(
        anhui_family,
        f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 200.00 | 150.00 | 20.00",
    )
    result = bills(
        anhui_family,
        f"{REFUND}\nT1 | 2024-07-05 09:00:00 | 退费 | S1 | {A} | 120.00 | 90.00 | 10.00",
        name="退费.csv",
    )

    assert result.status == "posted"
    assert split(anhui_family)[1] == ("T1", -1000, 0, -11000, 0)
    assert balances(anhui_family) == {A: 0, B: 1000, C: 10000, D: 100000}
    assert stored(
        anhui_family,
        "SELECT subject, amount FROM voucher_line JOIN voucher"
        " ON voucher.id = voucher_line.voucher_id WHERE amount < 0"
        " AND subject LIKE '个人账户基金%' ORDER BY amount",
    ) == [("个人账户基金——家庭共济支出", -10000), ("个人账户基金——家庭共济支出", -1000)]


def test_a_full_refund_undoes_the_split_also_after_unbinding(anhui_family):
    bills(
        anhui_family,
        f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 200.00 | 150.00 | 20.00",
    )
    take(
        anhui_family,
        "G4",
        f"""
        授权人编号 | 被授权人编号 | 关系 | 操作 | 时间
        {C}        | {A}          | 父母 | 解绑 | 2024-07-04 09:00:00
        """,
        name="解绑.csv",
    )
    bills(
        anhui_family,
        f"{REFUND}\nT1 | 2024-07-05 09:00:00 | 退费 | S1 | {A} | 200.00 | 150.00 |",
        name="退费.csv",
    )

    assert split(anhui_family)[1] == ("T1", -2000, -3000, -15000, 0)
    assert balances(anhui_family) == {A: 3000, B: 5000, C: 10000, D: 100000}


def test_a_partial_refund_is_reckoned_on_the_accumulators_of_its_own_day(nanchong):
    head = f"{REFUND} | 机构代码"
    result = bills(
        nanchong,
        f"""{head}
        S1 | 2023-02-01 10:00:00 | 收费 |    | {A} | 500.00 | 500.00 | | H34010000001
        S2 | 2023-02-02 10:00:00 | 收费 |    | {A} | 100.00 | 100.00 | | H34010000001
        T1 | 2023-02-03 10:00:00 | 退费 | S1 | {A} | 400.00 | 400.00 | | H34010000001
        """,
        region=NANCHONG,
    )

    # 100 is left of S1: all deductible, nothing from the fund; S2 stays as it was.
    assert result.status == "posted", told(result)
    assert stored(
        nanchong,
        "SELECT serial, deductible, pooled, own FROM settlement ORDER BY serial",
    ) == [
        ("S1", 20000, 15000, 35000),
        ("S2", 0, 5000, 5000),
        ("T1", -10000, -15000, -25000),
    ]
    assert stored(nanchong, "SELECT deducted, paid FROM outpatient_year") == [
        (10000, 5000)
    ]


REFUSED = [
    ("T1 | 2024-07-05 09:00:00 | 退费 | S9 | {A} | 10.00 | 10.00 |", "没有这笔结算"),
    ("T1 | 2024-07-05 09:00:00 | 退费 |    | {A} | 10.00 | 10.00 |", "没有填"),
    ("T1 | 2024-07-05 09:00:00 | 退费 | S1 | {A} | 200.01 | 150.00 |", "大于尚未退回"),
    ("T1 | 2024-07-05 09:00:00 | 退费 | S1 | {A} | 160.00 | 150.01 |", "大于尚未退回"),
    ("T1 | 2024-07-05 09:00:00 | 退费 | S1 | {A} | 160.00 | 100.00 |", "太少"),
    ("T1 | 2024-07-05 09:00:00 | 退费 | S1 | {D} | 10.00 | 10.00 |", "与原收费不同"),
    ("T1 | 2024-07-03 09:59:59 | 退费 | S1 | {A} | 10.00 | 10.00 |", "早于"),
    (
        "T1 | 2024-07-05 09:00:00 | 冲正 | S1 | {A} | 199.00 | 150.00 |",
        "应与原收费一致",
    ),
    ("T1 | 2024-09-05 09:00:00 | 退费 | S1 | {A} | 10.00 | 10.00 |", "在将来"),
]


@pytest.mark.parametrize("row, why", REFUSED, ids=[why for _, why in REFUSED])
def test_a_refund_that_cannot_be_is_set_aside_with_the_clause(anhui_family, row, why):
    bills(
        anhui_family,
        f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 200.00 | 150.00 | 20.00",
    )
    before = balances(anhui_family)
    result = bills(anhui_family, f"{REFUND}\n{row.format(A=A, D=D)}", name="退费.csv")

    assert result.status == "rejected"
    assert why in told(result)[0] and "号 " in told(result)[0]
    assert balances(anhui_family) == before


def test_nothing_is_given_back_twice(anhui_family):
    rows = [
        f"S1 | 2024-07-03 10:00:00 | 收费 |    | {D} | 200.00 | 150.00 | 20.00",
        f"S2 | 2024-07-03 11:00:00 | 收费 |    | {D} | 80.00 | 80.00 | 0.00",
        f"T1 | 2024-07-05 09:00:00 | 冲正 | S1 | {D} | 200.00 | 150.00 | ",
        f"T2 | 2024-07-05 09:00:01 | 冲正 | S1 | {D} | 200.00 | 150.00 | ",
        f"T3 | 2024-07-05 09:00:02 | 冲正 | T1 | {D} | 200.00 | 150.00 | ",
        f"T4 | 2024-07-05 09:00:03 | 退费 | S2 | {D} | 50.00 | 50.00 | ",
        f"T5 | 2024-07-05 09:00:04 | 冲正 | S2 | {D} | 80.00 | 80.00 | ",
        f"T6 | 2024-07-05 09:00:05 | 退费 | S2 | {D} | 30.01 | 30.01 | ",
        f"T7 | 2024-07-05 09:00:06 | 退费 | S2 | {D} | 30.00 | 30.00 | ",
    ]
    result = bills(anhui_family, "\n".join([REFUND, *rows]))

    assert (result.new, result.set_aside) == (5, 4)
    assert [
        message.partition("：")[2].partition("（")[0] for message in told(result)
    ] == [
        "原结算流水号“S1”已经全部退回",
        "原结算流水号“T1”是冲正，不能冲正",
        "业务类型“冲正”不能办：原收费已有退费",
        "医疗总费用“30.01”大于尚未退回的金额",
    ]
    assert balances(anhui_family)[D] == 100000


@pytest.mark.parametrize("database", ["the file", "an earlier file"])
def test_a_bill_refunded_in_parts_is_the_same_in_one_file_or_two(
    anhui_family, database
):
    first = f"S1 | 2024-07-03 10:00:00 | 收费 | | {A} | 200.00 | 150.00 | 20.00"
    later = [
        f"T1 | 2024-07-05 09:00:00 | 退费 | S1 | {A} | 60.00 | 50.00 | 5.00",
        f"T2 | 2024-07-06 09:00:00 | 退费 | S1 | {A} | 60.00 | 50.00 | 5.00",
        f"T3 | 2024-07-07 09:00:00 | 退费 | S1 | {A} | 80.00 | 50.00 | ",
    ]
    if database == "the file":
        bills(anhui_family, "\n".join([REFUND, *reversed(later), first]))
    else:
        for number, row in enumerate([first, *later]):
            bills(anhui_family, f"{REFUND}\n{row}", name=f"{number}.csv")

    assert split(anhui_family)[1:] == [
        ("T1", -500, 0, -5500, 0),
        ("T2", -500, 0, -5500, 0),
        ("T3", -1000, -3000, -4000, 0),
    ]
    assert balances(anhui_family) == {A: 3000, B: 5000, C: 10000, D: 100000}


ASIDE = [
    ("个人编号", "P9999999999", "没有登记", "劳社厅发〔2002〕6号 二"),
    ("结算时间", "2024-08-01 09:00:01", "在将来", "劳社厅发〔2002〕6号 四"),
    ("参保地代码", WUHU, "与登记的参保地不同", "皖医保中心〔2024〕39号 二（四）"),
    ("险种", "390", "与登记的险种不同", "皖医保中心〔2024〕39号 二（四）"),
    ("机构代码", "H99", "不在定点医药机构名册里", "劳社厅发〔2002〕6号 三"),
    ("结算时间", "2019-12-31 10:00:00", "不是定点医药机构", "劳社厅发〔2002〕6号 三"),
    ("机构级别", "二级及以下", "与名册的级别不同", "劳社厅发〔2002〕6号 三"),
    ("就医地代码", WUHU, "不是机构所在的统筹区", "劳社厅发〔2002〕6号 三"),
    ("政策范围内费用", "100.01", "大于医疗总费用", "皖医保中心〔2024〕39号 二（三）1"),
    ("统筹支付", "100.01", "大于政策范围内费用", "劳社厅发〔2002〕6号 三"),
    ("其他基金", "100.01", "大于医疗总费用", "皖医保中心〔2024〕39号 二（三）1"),
    ("原结算流水号", "S0", "收费不填原结算流水号", "皖医保中心〔2024〕39号 三"),
    (
        "医疗总费用",
        "10000000000.01",
        "大得不合常理",
        "皖医保中心〔2024〕39号 二（三）1",
    ),
    ("医疗总费用", "0.00", "是零", "皖医保中心〔2024〕39号 二（三）1"),
]


@pytest.mark.parametrize(
    "column, cell, why, clause", ASIDE, ids=[f"{row[0]}{row[2]}" for row in ASIDE]
)
def test_a_line_that_cannot_be_settled_names_its_clause(
    anhui_family, column, cell, why, clause
):
    line = {**G3, "个人编号": A, column: cell}
    result = take(anhui_family, "G3", [line, {**G3, "结算流水号": "S2", "个人编号": D}])

    assert result.status == "posted-in-part"
    assert (result.new, result.set_aside) == (1, 1)
    assert why in told(result)[0] and clause in told(result)[0]
    assert A not in told(result)[0]
    assert result.set_aside_file


def test_strict_refuses_the_whole_list(anhui_family):
    lines = [{**G3, "机构代码": "H99"}, {**G3, "结算流水号": "S2", "个人编号": D}]
    result = take(anhui_family, "G3", lines, strict=True)

    assert result.status == "rejected"
    assert stored(anhui_family, "SELECT count(*) FROM settlement") == [(0,)]


def test_a_line_older_than_its_familys_last_is_set_aside_or_taken_as_late(anhui_family):
    bills(
        anhui_family, f"{LINE}\nS5 | 2024-07-05 10:00:00 | {A} | 20.00 | 20.00 | 0.00"
    )
    older = (
        f"{LINE}\nS3 | 2024-07-05 10:00:00 | {B} | 10.00 | 10.00 | 0.00\n"
        f"S6 | 2024-07-05 10:00:00 | {B} | 10.00 | 10.00 | 0.00\n"
        f"S4 | 2024-07-01 10:00:00 | {D} | 10.00 | 10.00 | 0.00"
    )
    first = bills(anhui_family, older, name="二.csv")
    late = bills(anhui_family, older, name="三.csv", late=True)

    assert (first.new, first.set_aside) == (2, 1)
    assert "早于已结算的时间（皖医保中心〔2024〕39号 二（三）1）" in told(first)[0]
    assert (late.new, late.known) == (1, 2)
    assert stored(anhui_family, "SELECT serial FROM settlement WHERE late") == [("S3",)]
    assert late.warnings == ["有1行早于家庭成员已结算的时间，按到达先后入账"]


def test_the_order_of_rows_in_a_file_changes_nothing(anhui_family, tmp_path):
    rows = [
        f"S{n} | 2024-07-0{n} 10:00:00 | {A if n % 2 else B} | {n}0.00 | {n}0.00 | 0.00"
        for n in range(1, 8)
    ]
    bills(anhui_family, "\n".join([LINE, *rows[::-1]]))
    once = split(anhui_family)
    shares = stored(anhui_family, "SELECT * FROM settlement_share ORDER BY 3, 5")

    reverse(anhui_family, LI, "340100-city-agency/2024-07/1", LI.on, "重来")
    for number, part in enumerate((rows[:3], rows[3:4], rows[4:])):
        bills(anhui_family, "\n".join([LINE, *part]), name=f"{number}.csv")

    assert split(anhui_family) == once
    again = stored(
        anhui_family, "SELECT * FROM settlement_share WHERE freed = 0 ORDER BY 3, 5"
    )
    assert [row[:3] + row[4:-1] for row in again] == [
        row[:3] + row[4:-1] for row in shares
    ]


def test_a_list_that_comes_again_is_skipped_and_other_content_set_aside(anhui_family):
    table = f"{LINE}\nS1 | 2024-07-03 10:00:00 | {D} | 100.00 | 90.00 | 20.00"
    bills(anhui_family, table)
    again = bills(anhui_family, table)
    other = bills(anhui_family, table.replace("90.00", "91.00"), name="二.csv")

    assert (again.status, again.known) == ("already-posted", 1)
    assert other.status == "rejected"
    assert "与流水号S1原来的一行不同" in told(other)[0]


def test_a_serial_twice_in_a_list_counts_once(anhui_family):
    row = f"S1 | 2024-07-03 10:00:00 | {D} | 100.00 | 90.00 | 20.00"
    result = bills(
        anhui_family, "\n".join([LINE, row.replace("90.00", "95.00"), row, row])
    )

    assert (result.new, result.known, result.set_aside) == (1, 1, 1)


def test_a_bill_by_hand_is_paid_to_the_person_once(anhui_family):
    head = f"{LINE} | 结算方式"
    result = bills(
        anhui_family,
        f"""{head}
        S1 | 2024-07-03 10:00:00 | {A} | 100.00 | 100.00 | 40.00 | 手工
        S2 | 2024-07-03 15:00:00 | {A} | 100.00 | 100.00 | 40.00 | 联网
        S3 | 2024-07-04 15:00:00 | {A} | 100.00 | 100.00 | 40.00 | 联网
        S4 | 2024-07-04 16:00:00 | {A} | 100.00 | 100.00 | 40.00 | 手工
        """,
    )
    later = bills(
        anhui_family,
        f"""{head}
        S5 | 2024-07-04 17:00:00 | {A} | 100.00 | 100.00 | 40.00 | 手工
        S6 | 2024-07-05 18:00:00 | {A} | 100.00 | 100.00 | 40.00 | 手工
        """,
        name="二.csv",
    )

    assert [message.partition("：")[2] for message in told(result)] == [
        "结算方式“联网”与手工报销的流水号S1是同一笔费用（劳社厅发〔2002〕6号 三）。",
        "结算方式“手工”与联网结算的流水号S3是同一笔费用（劳社厅发〔2002〕6号 三）。",
    ]
    assert (later.new, later.set_aside) == (1, 1)
    assert [row[:3] for row in split(anhui_family)] == [
        ("S1", 4000, 3000),
        ("S3", 4000, 0),
        ("S6", 4000, 0),
    ]
    assert {v.rule.partition("/")[2] for v in result.vouchers} >= {"P18"}
    assert stored(anhui_family, "SELECT lines FROM institution_sum") == [(1,)]


def test_drafts_are_reckoned_with_and_count_at_approval(anhui_family):
    first = bills(
        anhui_family,
        f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 40.00 | 40.00 | 0.00",
        draft=True,
    )
    bills(
        anhui_family,
        f"{LINE}\nS2 | 2024-07-04 10:00:00 | {A} | 40.00 | 40.00 | 0.00",
        name="二.csv",
        draft=True,
    )

    assert first.status == "draft"
    assert split(anhui_family) == [("S1", 0, 3000, 1000, 0), ("S2", 0, 0, 4000, 0)]
    assert balances(anhui_family)[A] == 3000

    approve(anhui_family, WANG, [f"#{first.vouchers[0].id}"])

    assert balances(anhui_family) == {A: 0, B: 4000, C: 10000, D: 100000}


def test_a_rejected_draft_frees_its_lines(anhui_family):
    table = f"{LINE}\nS1 | 2024-07-03 10:00:00 | {A} | 40.00 | 40.00 | 0.00"
    first = bills(anhui_family, table, draft=True)
    reject(anhui_family, WANG, [f"#{first.vouchers[0].id}"], "重做")
    again = bills(anhui_family, table)

    assert again.status == "posted"
    assert balances(anhui_family) == {A: 0, B: 4000, C: 10000, D: 100000}
    assert stored(
        anhui_family, "SELECT count(*) FROM movement WHERE act = 'settle'"
    ) == [(2,)]


def test_reversing_takes_back_lines_accounts_and_the_years_use(nanchong):
    table = f"{LINE}\nS1 | 2023-02-01 10:00:00 | {A} | 500.00 | 500.00 |"
    bills(nanchong, table, region=NANCHONG)
    reverse(nanchong, LI, f"{NANCHONG}-city-agency/2023-02/1", LI.on, "重做", blue=True)
    drafts = stored(nanchong, "SELECT max(id) FROM voucher")
    approve(nanchong, WANG, [f"#{drafts[0][0]}"])

    assert balances(nanchong)[A] == 100000
    assert stored(nanchong, "SELECT deducted, paid FROM outpatient_year") == [(0, 0)]

    again = bills(nanchong, table, region=NANCHONG, name="再.csv")

    assert again.status == "posted"
    assert split(nanchong) == [("S1", 15000, 35000, 0, 0)]


def test_a_list_of_cash_alone_makes_no_voucher_and_can_be_withdrawn(anhui_family):
    table = f"""{LINE} | 费用类别
        S1 | 2024-07-03 10:00:00 | {A} | 40.00 | 0.00 | 0.00 | 养生保健"""
    first = bills(anhui_family, table)

    assert (first.status, first.vouchers) == ("posted", [])
    assert split(anhui_family) == [("S1", 0, 0, 0, 4000)]

    [[document]] = stored(anhui_family, "SELECT id FROM document WHERE form = 'G3'")
    with anhui_family.writing() as connection:
        sources.withdraw(connection, document, LI.by, LI.at, "重做")

    assert split(anhui_family) == []
    assert bills(anhui_family, table).new == 1


def test_a_relative_who_was_employed_by_a_list_is_one_again_without_it(anhui_family):
    table = f"""授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种 | 关系
        {D} | P0000000009 | {HEFEI} | 390 | 子女"""
    take(anhui_family, "G4", table, name="亲属.csv")
    state = "SELECT fund, status, since FROM person WHERE person_id = 'P0000000009'"
    line = {"个人编号": "P0000000009", "统筹区代码": HEFEI, "所属期": "2024-06"}
    employed = contributions(
        anhui_family, [{**G1, **line, "到账日期": "2024-06-10"}], by=LI
    )

    assert employed.status == "posted", employed.message
    assert stored(anhui_family, state) == [("", "在职", "2024-06")]

    name = employed.vouchers[0].name
    reverse(anhui_family, LI, name, LI.on, "重做")

    assert stored(anhui_family, state) == [("390", "", "")]
    assert (
        bills(
            anhui_family,
            f"{LINE} | 险种\n"
            "S1 | 2024-07-03 10:00:00 | P0000000009 | 100.00 | 80.00 | 30.00 | 390",
        ).new
        == 1
    )
    assert split(anhui_family) == [("S1", 3000, 0, 7000, 0)]


def test_a_reversal_in_the_minute_of_its_bill_follows_it(anhui_family):
    result = bills(
        anhui_family,
        f"""{REFUND}
        S10 | 2024-07-05 08:00 | 冲正 | S9 | {D} | 60.00 | 60.00 |
        S9  | 2024-07-05 08:00 | 收费 |    | {D} | 60.00 | 60.00 | 0.00
        S8  | 2024-07-05 08:00 | 收费 |    | {D} | 10.00 | 10.00 | 0.00
        """,
    )
    later = bills(
        anhui_family,
        f"{REFUND}\nS1 | 2024-07-05 08:00 | 冲正 | S8 | {D} | 10.00 | 10.00 |",
        name="二.csv",
    )

    assert (result.new, later.new) == (3, 1)
    assert balances(anhui_family)[D] == 100000


def test_a_refunds_split_is_the_source_and_ours_the_check(nanchong):
    head = f"{REFUND} | 机构代码 | 个账支付 | 共济支付 | 现金支付"
    one = "H34010000001"
    bills(
        nanchong,
        f"""{head}
        S1 | 2023-02-01 08:00 | 收费 |    | {A} | 500.00 | 500.00 |      | {one} | | |
        T1 | 2023-02-02 08:00 | 退费 | S1 | {A} | 100.00 | 100.00 | 0.00 | {one} """
        "| 100.00 | 0.00 | 0.00",
        region=NANCHONG,
    )

    # Ours: 400 are left, (400 - 200) x 50 % of it the fund's, so that 50 go back to it.
    assert split(nanchong)[1] == ("T1", 0, -10000, 0, 0)
    assert stored(
        nanchong, "SELECT differences FROM settlement WHERE serial = 'T1'"
    ) == [('{"pooled": ["0.00", "50.00"], "own": ["100.00", "50.00"]}',)]


def test_a_roster_that_ends_earlier_since_changes_no_refund(nanchong):
    head = f"{REFUND} | 机构代码"
    row = "H34010000001"
    bills(
        nanchong,
        f"{head}\nS1 | 2023-02-01 10:00:00 | 收费 | | {A} | 1000.00 | 1000.00 | | {row}",
        region=NANCHONG,
    )
    ended = {**G10, "统筹区代码": NANCHONG, "定点止": "2023-01-31"}
    take(nanchong, "G10", [ended], name="名册二.csv")
    bills(
        nanchong,
        f"{head}\nT1 | 2023-02-05 10:00:00 | 退费 | S1 | {A} | 100.00 | 100.00 | | {row}",
        region=NANCHONG,
        name="二.csv",
    )

    # (900 - 200) x 50 % = 350 of 400 stays with the fund.
    assert split(nanchong)[1] == ("T1", -5000, -5000, 0, 0)
    assert stored(nanchong, "SELECT deducted, paid FROM outpatient_year") == [
        (20000, 35000)
    ]


def test_what_a_month_gives_back_the_next_month_of_the_list_may_use(anhui_family):
    bills(
        anhui_family, f"{LINE}\nS1 | 2024-07-03 10:00:00 | {B} | 50.00 | 50.00 | 0.00"
    )
    result = bills(
        anhui_family,
        f"""{REFUND}
        T1 | 2024-07-10 09:00:00 | 冲正 | S1 | {B} | 50.00 | 50.00 |
        S2 | 2024-08-01 08:00:00 | 收费 |    | {A} | 60.00 | 60.00 | 0.00
        """,
        name="两个月.csv",
    )

    assert result.status == "posted", result.message
    assert split(anhui_family)[1:] == [
        ("S2", 0, 3000, 3000, 0),
        ("T1", 0, -5000, 0, 0),
    ]
    assert balances(anhui_family) == {A: 0, B: 2000, C: 10000, D: 100000}
