"""The page 家庭共济 of a city agency's book: totals alone, and what is open."""

import json
import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from accounts_by_hand import run
from fava_home import opened
from reports_by_hand import post
from sharing_by_hand import HEFEI, WUHU, clearing, owed, premiums, shared
from test_reports_fava import row_of, rows

from ledger.book_files import print_changed
from ledger.vouchers import CREDIT, DEBIT

AGENCY, FINANCE = f"{HEFEI}-city-agency", f"{HEFEI}-city-finance"
TODAY = date(2024, 10, 5)
# 合肥's accounts pay 30,000 at home and 15,000 - 4,000 in 芜湖; 芜湖's 9,000 in 合肥.
BILLS = """
month   | payer  | place  | relation | category | act | lines | amount
2024-07 | 340100 | 340100 | 配偶 | 普通门诊 | 收费 | 30 | 30000.00
2024-07 | 340100 | 340200 | 父母 | 普通门诊 | 收费 | 20 | 15000.00
2024-08 | 340100 | 340200 | 父母 | 普通门诊 | 退还 | 1  | -4000.00
2024-09 | 340200 | 340100 | 子女 | 购药     | 收费 | 12 | 9000.00
"""


def paid_to_wuhu(home, amount: str, on=date(2024, 8, 20)) -> int:
    """A voucher of 合肥 by hand; the id of its posting."""
    money = Decimal(amount)
    post(
        home,
        AGENCY,
        on,
        (DEBIT, "暂收款——家庭共济", WUHU, money),
        (CREDIT, "支出户存款", "", money),
    )
    with home.reading() as connection:
        query = "SELECT max(posting_id) FROM voucher"
        return connection.exec_driver_sql(query).scalar()


@pytest.fixture
def home(sqlite_anhui_home):
    """A clearing of June is posted, 7,000.00 to 芜湖; later bills are open."""
    home = sqlite_anhui_home
    posting_id = paid_to_wuhu(home, "7000.00")
    made = clearing(
        home, "family", f"payer|payee|amount\n{HEFEI}|{WUHU}|7000.00", period="2024-06"
    )
    run(home, f"UPDATE clearing_part SET posting_id = {posting_id}")
    shared(
        home,
        "month | payer | place | amount | clearing_id\n"
        f"2024-06 | {HEFEI} | {WUHU} | 7000.00 | {made}",
    )
    shared(home, BILLS)
    premiums(home, f"payer|region|lines|amount\n{HEFEI}|{WUHU}|3|1200.00")
    owed(home, "institution | own | shared\nH34010000001 | 500.00 | 90.00")
    print_changed(home)
    return home


def page(home, tmp_path, **arguments) -> str:
    client = opened(home, AGENCY, tmp_path, TODAY, 2024)
    answer = client.get("/2024/extension/SharedAccounts/", query_string=arguments)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def table(html: str, id: str) -> list[list[str]]:
    """The cells of one of the page's tables, row by row."""
    return rows(re.search(rf'id="{id}".*?</table>', html, re.DOTALL)[0])


def test_pairs_stand_with_charges_refunds_and_totals(home, tmp_path):
    """June's 7,000 and July's 15,000 in 芜湖 are 22,000; rates are cut, 47.368 %."""
    html = page(home, tmp_path)

    pair = ["合肥市", "芜湖市", "跨市", "21", "22,000.00", "1", "-4,000.00"]
    assert [*pair, "18,000.00"] in table(html, "pairs")
    total = ["合计", "63", "61,000.00", "1", "-4,000.00", "57,000.00"]
    assert table(html, "pairs")[-1] == total
    assert "其中跨市 27,000.00，占 47.36%" in html
    assert row_of(html, "配偶")[-1] == "37,000.00"
    assert row_of(html, "购药")[-1] == "9,000.00"


def test_months_tell_where_whose_account_paid(home, tmp_path):
    months = {row[0]: row[1:] for row in table(page(home, tmp_path), "months")[2:]}

    assert months["1月"] == ["", "", "", "", "", ""]
    assert months["7月"] == ["30", "30,000.00", "20", "15,000.00", "", ""]
    assert months["8月"] == ["", "", "", "-4,000.00", "", ""]
    assert months["9月"] == ["", "", "", "", "12", "9,000.00"]
    assert list(months)[-2:] == ["9月", "本年累计"]
    assert months["本年累计"] == [
        "30",
        "30,000.00",
        "21",
        "18,000.00",
        "12",
        "9,000.00",
    ]


def drawn(html: str) -> list[dict]:
    return json.loads(re.search(r'application/json">(.*?)</script>', html)[1])


def test_the_charts_have_the_same_months_and_refunds_below_zero(home, tmp_path):
    net, lines = drawn(page(home, tmp_path))
    by_day = {bar["date"]: bar["balance"] for bar in net["data"]}

    assert net["label"] == "家庭共济净额（元）"
    assert by_day["2024-07-01"] == {
        "本市账户在本市": 30000.0,
        "本市账户在外地": 15000.0,
        "外地账户在本市": 0.0,
    }
    assert by_day["2024-08-01"]["本市账户在外地"] == -4000.0
    assert lines["data"][8]["balance"]["外地账户在本市"] == 12


def test_large_amounts_are_drawn_in_ten_thousands(home, tmp_path):
    shared(home, "month | amount\n2024-09 | 1234500.00")

    net, _ = drawn(page(home, tmp_path))

    assert net["label"] == "家庭共济净额（万元）"
    assert net["data"][8]["balance"]["本市账户在本市"] == 123.45


def test_a_month_narrows_pairs_and_relations(home, tmp_path):
    html = page(home, tmp_path, month="2024-09")

    assert [row[:2] for row in table(html, "pairs")[1:]] == [
        ["芜湖市", "合肥市"],
        ["合计", "12"],
    ]
    assert "没有家庭共济支出" in page(home, tmp_path, month="2024-11")


def test_what_no_clearing_took_is_open_with_its_age(home, tmp_path):
    """June is cleared; the premium is owed for 芜湖's insured, a refund flows back."""
    html = page(home, tmp_path)

    assert table(html, "open")[1:] == [
        ["家庭共济", "合肥市", "芜湖市", "2024-07 3个月", "20", "15,000.00", ""],
        ["家庭共济", "合肥市", "芜湖市", "2024-08 2个月", "1", "-4,000.00", ""],
        ["家庭共济", "芜湖市", "合肥市", "2024-09 1个月", "12", "", "9,000.00"],
        ["家庭共济保费", "合肥市", "芜湖市", "2024-10 本月", "3", "1,200.00", ""],
        ["合计", "12,200.00", "9,000.00"],
    ]


def test_drafts_and_bills_paid_by_hand_are_not_open(home, tmp_path):
    shared(home, f"payer | place | channel\n{WUHU} | {HEFEI} | 手工")
    shared(home, f"payer | place\n{WUHU} | {HEFEI}", state="draft")

    assert table(page(home, tmp_path), "open")[-1] == ["合计", "12,200.00", "9,000.00"]


def test_other_parts_of_bills_elsewhere_are_a_subject_of_their_own(home, tmp_path):
    shared(home, f"part|payer|place|amount\n统筹|{HEFEI}|{WUHU}|80.00")

    html = page(home, tmp_path)

    assert table(html, "open")[2] == [
        "异地结算",
        "合肥市",
        "芜湖市",
        "2024-07 3个月",
        "1",
        "80.00",
        "",
    ]


def test_institutions_that_are_owed_stand_with_their_sum(home, tmp_path):
    run(
        home,
        "INSERT INTO institution VALUES ('H34010000001', '2020-01-01', NULL, "
        f"'第一人民医院', '三级', '{HEFEI}', 0, '', '', '', 1, 2)",
    )

    html = page(home, tmp_path)

    assert table(html, "institutions")[1:] == [
        ["H34010000001 第一人民医院", "三级", "1", "590.00", "", "590.00"],
        ["合计", "1", "590.00", "0.00", "590.00"],
    ]


def test_what_a_clearing_says_is_due_stays_owed_until_it_is_paid(home, tmp_path):
    clearing(
        home,
        "institutions",
        f"subject|payer|payee|amount\n定点医药机构|{HEFEI}|H34010000002|300.00",
    )

    html = page(home, tmp_path)

    assert row_of(html, "H34010000002") == [
        "H34010000002",
        "",
        "",
        "",
        "300.00",
        "300.00",
    ]
    assert table(html, "institutions")[-1][1:] == ["1", "590.00", "300.00", "890.00"]


def test_a_clearing_shows_its_state_and_leads_to_its_voucher(home, tmp_path):
    html = page(home, tmp_path)

    assert table(html, "clearings")[1:] == [
        [
            "1",
            "家庭共济和异地结算",
            "2024-06",
            "家庭共济",
            "芜湖市",
            "1",
            "-7,000.00",
            "-7,000.00",
            "8月 记-1",
            "已入账",
        ]
    ]
    assert "/2024/extension/Vouchers/?month=2024-08&amp;number=1" in html


@pytest.mark.parametrize("state, said", [("made", "已出单"), ("undone", "已撤销")])
def test_a_clearing_that_is_not_posted_says_so(home, tmp_path, state, said):
    run(home, f"UPDATE clearing SET state = '{state}'")

    assert table(page(home, tmp_path), "clearings")[1][-1] == said


def test_a_clearing_whose_vouchers_wait_says_so(home, tmp_path):
    run(home, "UPDATE posting SET state = 'draft' WHERE event = 'manual'")

    assert table(page(home, tmp_path), "clearings")[1][-1] == "待审核"


def test_nobodys_name_or_id_is_on_the_page(home, tmp_path):
    assert "P000000" not in page(home, tmp_path)


def test_words_of_lists_are_shown_and_never_run(home, tmp_path):
    shared(home, "category | relation\n<img src=x> | <b>")
    premiums(home, "kind\n</script>")

    html = page(home, tmp_path)

    assert "&lt;img src=x&gt;" in html and "<img src=x>" not in html
    assert "&lt;/script&gt;" in html


def test_books_without_sharing_have_no_such_page(home, tmp_path):
    client = opened(home, FINANCE, tmp_path, TODAY, 2024)
    listed = client.get("/2024/extension/Balances/").get_data(as_text=True)

    assert "家庭共济" not in listed
    assert client.get("/2024/extension/SharedAccounts/xlsx").status_code == 404


def test_the_entry_stands_in_the_sidebar_of_an_agency(home, tmp_path):
    client = opened(home, AGENCY, tmp_path, TODAY, 2024)
    listed = client.get("/2024/extension/Balances/").get_data(as_text=True)

    assert "家庭共济" in listed


def test_the_same_rows_come_as_a_workbook(home, tmp_path):
    client = opened(home, AGENCY, tmp_path, TODAY, 2024)
    answer = client.get("/2024/extension/SharedAccounts/xlsx")
    sheets = openpyxl.load_workbook(BytesIO(answer.data))

    assert sheets.sheetnames == [
        "按地区",
        "按关系",
        "按费用类别",
        "按月",
        "代缴保费",
        "明细",
        "未清算",
        "机构应付",
        "清算",
    ]
    cells = [[cell.value for cell in row] for row in sheets["未清算"].iter_rows()]
    assert ["家庭共济", "合肥市", "芜湖市", "2024-07", 3, 20, 15000] in [
        row[:7] for row in cells
    ]
    voucher = sheets["清算"].cell(4, 11).value
    assert voucher == "2024-08 记-1"
