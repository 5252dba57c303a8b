"""Statements of a clearing: pairs, triples, matrix, positions, and their workbooks."""

from decimal import Decimal
from io import BytesIO

import openpyxl
from clearing_by_hand import premiums, settled
from lines_by_hand import bills
from settlements_by_hand import BENGBU, HEFEI, LI, WUHU

from desk.settlements.clearing import clear
from ledger import settings
from ledger.periods import Month
from ledger.postings import Actor
from ledger.settings import SettingRow
from reports.settlements.clearing_sheet import city_workbook, province_workbook
from reports.settlements.clearing_statement import Position, statement

ANHUI = "340000"
D = Decimal
# Of a person of 蚌埠, treated in 合肥: 蚌埠 pays 60, 芜湖's account shares 30, of which
# 10 are given back. 合肥 owes 芜湖 1,234.50 for treatment there.
A_MONTH = """
    部分 | 就医地 | 参保地 | 付款   | 金额    | 关系 | 业务 | 笔数 | 类别
    统筹 | 340100 | 340300 | 340300 | 60.00   |      | 收费 | 2    | 普通门诊
    共济 | 340100 | 340300 | 340200 | 30.00   | 父母 | 收费 | 1    | 普通门诊
    共济 | 340100 | 340300 | 340200 | -10.00  | 父母 | 退还 | 1    | 普通门诊
    个账 | 340200 | 340100 | 340100 | 1234.50 |      | 收费 | 3    | 购药
"""


def made(home, kind="family", period=Month(2024, 7), by=LI):
    cleared = clear(home, by, kind, period, ANHUI)
    with home.reading() as connection:
        return statement(connection, cleared.clearing)


def cells(content, sheet):
    """A worksheet's rows as a person reads them."""
    page = openpyxl.load_workbook(BytesIO(content))[sheet]
    return [
        [cell for cell in row if cell not in (None, "")]
        for row in page.iter_rows(values_only=True)
    ]


def test_a_pair_says_what_was_charged_and_what_was_given_back(anhui_home):
    settled(anhui_home, A_MONTH)

    pairs = made(anhui_home).pairs

    assert [tuple(pair) for pair in pairs] == [
        ("家庭共济", WUHU, HEFEI, "310", 1, D(30), 1, D(-10), D(20), D(20)),
        ("异地结算", HEFEI, WUHU, "310", 3, D("1234.50"), 0, D(0))
        + (D("1234.50"), D("1234.50")),
        ("异地结算", BENGBU, HEFEI, "310", 2, D(60), 0, D(0), D(60), D(60)),
    ]


def test_lines_say_place_insured_and_grantor(anhui_home):
    settled(anhui_home, A_MONTH)

    lines = made(anhui_home).lines

    assert [
        (x.place, x.region, x.grantor, x.part, x.category, x.relation, x.total)
        for x in lines
    ] == [
        (HEFEI, BENGBU, WUHU, "共济", "普通门诊", "父母", D(20)),
        (WUHU, HEFEI, "", "个账", "购药", "", D("1234.50")),
        (HEFEI, BENGBU, "", "统筹", "普通门诊", "", D(60)),
    ]


def test_positions_say_what_each_pays_on_the_whole(anhui_home):
    settled(anhui_home, A_MONTH)

    whole = made(anhui_home)

    assert whole.parties == [HEFEI, WUHU, BENGBU]
    assert whole.positions("异地结算", "310") == [
        Position(HEFEI, D("1234.50"), D(60), D("1174.50"), D("1234.50"), D(60)),
        Position(WUHU, D(0), D("1234.50"), D("-1234.50"), D(0), D("1234.50")),
        Position(BENGBU, D(60), D(0), D(60), D(60), D(0)),
    ]


def test_a_citys_workbook_sums_up_what_it_owes_and_is_owed(anhui_home):
    settled(anhui_home, A_MONTH)

    rows = cells(city_workbook(made(anhui_home), HEFEI), "汇总")

    assert rows[0] == ["合肥市2024年7月家庭共济和异地结算清算单（第1号）"]
    assert rows[1] == ["编制单位：安徽省经办机构　　清算编号：1　　单位：元"]
    assert rows[4:] == [
        ["应付", "异地结算", "芜湖市", "职工医保", 3, 1234.5, 0, 0, 1234.5, 1234.5],
        ["应付合计", 3, 1234.5, 0, 0, 1234.5, 1234.5],
        ["应收", "家庭共济", "芜湖市", "职工医保", 1, 30, 1, -10, 20, 20],
        ["应收", "异地结算", "蚌埠市", "职工医保", 2, 60, 0, 0, 60, 60],
        ["应收合计", 3, 90, 1, -10, 80, 80],
        ["应付减应收", 1154.5, 1154.5],
        ["退还为退费、冲正，红字，在本期清算额中减去。"],
        [],
        [
            "制表：li　　制表日期：2024-08-01　　"
            "复核：　　　　　　　　负责人：　　　　　　　　（盖章）"
        ],
    ]


def test_amounts_are_numbers_grouped_by_thousands_and_red_below_zero(anhui_home):
    settled(anhui_home, A_MONTH)

    page = openpyxl.load_workbook(BytesIO(city_workbook(made(anhui_home), HEFEI)))[
        "汇总"
    ]

    assert page["F5"].number_format == "#,##0.00;[Red]-#,##0.00;"
    assert page["H7"].value == -10
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)


def test_lines_stand_by_triple_and_who_only_insures_is_told(anhui_home):
    settled(anhui_home, A_MONTH)
    whole = made(anhui_home)

    owed = cells(city_workbook(whole, HEFEI), "应收明细")
    insured = cells(city_workbook(whole, BENGBU), "参保核对")

    triple = ["合肥市", "蚌埠市", "芜湖市", "共济", "职工医保", "普通门诊", "父母"]
    assert owed[4] == [*triple, "2024-07", 1, 30, 1, -10, 20]
    assert insured[4] == owed[4]
    assert "不收不付" in insured[0][0]


def test_details_count_parts_and_say_so(anhui_home):
    settled(anhui_home, A_MONTH)
    content = city_workbook(made(anhui_home), HEFEI)

    details = cells(content, "应收明细")

    assert [row.count("项数") for row in details[2:4]] == [0, 2]
    assert any("项数按资金分列" in cell for row in details[-4:] for cell in row)
    assert cells(content, "汇总")[3].count("笔数") == 2


def test_a_bill_counts_once_for_each_fund_that_pays(anhui_home):
    posting_id = settled(
        anhui_home,
        """部分 | 就医地 | 参保地 | 付款   | 险种 | 金额
           统筹 | 340100 | 340200 | 340200 | 310  | 60.00
           统筹 | 340100 | 340200 | 340200 | 390  | 9.00""",
    )
    both = {"region": WUHU, "pooled": D(1), "own": D(1)}
    with anhui_home.writing() as connection:
        of_posting = (connection, posting_id, "2024-07", HEFEI)
        bills(*of_posting, **both, other=D(1))
        bills(*of_posting, **both, fund="390")  # 390 pooled, 310 the account's
        bills(*of_posting, region=WUHU, pooled=D(-1), own=D(-1), act="退费")
        bills(*of_posting, region=WUHU, shared=D(1))  # nothing of the insured's region
        bills(*of_posting, **both, channel="手工")

    cleared = clear(anhui_home, LI, "family", Month(2024, 7), ANHUI)
    with anhui_home.reading() as connection:
        pairs = statement(connection, cleared.clearing).pairs

    # 310: the row's own, the two that both pay of; one given back. 390: two.
    assert [(p.fund, p.charged_lines, p.returned_lines) for p in pairs] == [
        ("310", 3, 1),
        ("390", 2, 0),
    ]
    assert [part.lines for part in cleared.parts] == [4, 2]


def test_the_provinces_workbook_has_the_matrix_and_the_positions(anhui_home):
    settled(anhui_home, A_MONTH)

    content = province_workbook(made(anhui_home))

    assert cells(content, "矩阵异地结算310")[2:6] == [
        ["付款方＼收款方", "合肥市", "芜湖市", "应付合计"],
        ["合肥市", 0, 1234.5, 1234.5],
        ["蚌埠市", 60, 0, 60],
        ["应收合计", 60, 1234.5, 1294.5],
    ]
    assert cells(content, "净额")[4:6] == [
        ["家庭共济", "职工医保", "合肥市", 0, 20, -20, 0, 20],
        ["家庭共济", "职工医保", "芜湖市", 20, 0, 20, 20, 0],
    ]
    assert cells(content, "各对")[-4][0] == "合计"


def test_a_netted_statement_says_so(anhui_home):
    with anhui_home.writing() as connection:
        row = SettingRow("netting", "", None, "multilateral", "测试", "li", LI.at)
        settings.put(connection, row)
    settled(anhui_home, A_MONTH)

    whole = made(anhui_home)
    rows = cells(city_workbook(whole, HEFEI), "汇总")

    assert whole.head.netted
    assert any("多边轧差" in row[0] for row in rows if row)
    assert [
        p[1:3] + (p.gross, p.net) for p in whole.pairs if p.subject == "异地结算"
    ] == [
        (HEFEI, WUHU, D("1234.50"), D("1174.50")),
        (BENGBU, HEFEI, D(60), D(0)),
        (BENGBU, WUHU, D(0), D(60)),
    ]


def test_premiums_have_no_place_and_say_what_is_paid_on(anhui_home):
    premiums(
        anhui_home,
        """参保地 | 付款   | 金额
           340100 | 340200 | 400.00
           340100 | 340100 | 380.00""",
    )
    late = Actor("li", "2025-01-10T09:00:00+08:00")

    whole = made(anhui_home, "premiums", 2024, late)

    owed = cells(city_workbook(whole, HEFEI), "应收明细")
    paid = cells(city_workbook(whole, HEFEI), "转交")
    assert owed[0] == ["合肥市2024年代缴保费清算单（第1号）：应收"]
    assert owed[4][:6] == [
        "合肥市",
        "芜湖市",
        "城乡居民医保",
        "职工医保",
        "父母",
        "2024-10",
    ]
    assert paid[3:5] == [
        ["合肥市", "城乡居民医保", "职工医保", 2, 780],
        ["合计", 2, 780],
    ]
