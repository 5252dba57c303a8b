"""The page 个人账户 of an agency's book: totals and batches, nobody's own figures."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from fava_home import opened
from people_by_hand import LI, NANCHONG, contributions, take_people
from test_reports_fava import row_of, rows

from desk.homes import put_setting
from desk.people.credit import credit
from ledger.periods import Month

AGENCY, FINANCE = f"{NANCHONG}-city-agency", f"{NANCHONG}-city-finance"
TODAY = date(2023, 2, 5)


@pytest.fixture
def home(sqlite_sichuan_home):
    """Two people in service, one retired; 100.00 + 120.00 and 93.80 for January."""
    home = sqlite_sichuan_home
    for name, value in (
        ("average-pension-2021", "3350.00"),
        ("account-budget-2023-收入", "1000.00"),
    ):
        put_setting(home, LI, name, value, region=NANCHONG, cite="公报")
    take_people(home, "G2", "个人编号|期初余额\nP0000000001|1000.00", name="a.csv")
    contributions(
        home,
        "个人编号|姓名|人员类别|缴费基数|个人缴费\n"
        "P0000000001|张三|在职|5000.00|100.00\n"
        "P0000000002|李四|在职|6000.00|120.00\n"
        "P0000000003|王五|退休||",
    )
    credit(home, LI, Month(2023, 1), NANCHONG)
    return home


def page(home, tmp_path, book=AGENCY, name="PersonalAccounts", **arguments):
    client = opened(home, book, tmp_path, TODAY, 2023)
    return client.get(f"/2023/extension/{name}/", query_string=arguments)


def test_the_months_add_up_to_the_control_account(home, tmp_path):
    html = page(home, tmp_path).get_data(as_text=True)

    assert row_of(html, "上年结转")[-1] == "0.00"
    assert row_of(html, "1月") == ["1月", "1,000.00", "220.00", "93.80", "1,313.80"]
    assert row_of(html, "本年累计")[-1] == "1,313.80"
    assert "与批次合计相符" in html


def test_the_budget_shows_how_much_of_it_is_used(home, tmp_path):
    html = page(home, tmp_path).get_data(as_text=True)

    assert row_of(html, "收入") == ["收入", "1,000.00", "313.80", "31.38%"]


def test_a_batch_shows_its_figures_and_links_to_its_vouchers(home, tmp_path):
    html = page(home, tmp_path).get_data(as_text=True)
    batch = next(row for row in rows(html) if "按月计入" in row)

    assert batch[2:6] == ["2023-01", "2023-01-31", "3", "313.80"]
    assert "3,350.00 × 2.8% ＝ 93.80元" in batch[7]
    assert "南府办发〔2022〕33号（2023-01-01起）" in batch[7]
    assert "/2023/extension/Vouchers/?month=2023-01&amp;number=" in html


def test_batches_of_another_month_are_left_out(home, tmp_path):
    html = page(home, tmp_path, month="2023-02").get_data(as_text=True)

    assert "没有批次" in html


def test_nobodys_name_or_id_is_on_the_page(home, tmp_path):
    html = page(home, tmp_path).get_data(as_text=True)

    for secret in ("张三", "李四", "王五", "P000000000"):
        assert secret not in html


def test_other_books_have_no_such_page(home, tmp_path):
    client = opened(home, FINANCE, tmp_path, TODAY, 2023)
    listed = client.get("/2023/extension/Balances/").get_data(as_text=True)

    assert "个人账户" not in listed
    assert client.get("/2023/extension/PersonalAccounts/xlsx").status_code == 404


def test_the_same_rows_come_as_a_workbook(home, tmp_path):
    client = opened(home, AGENCY, tmp_path, TODAY, 2023)
    answer = client.get("/2023/extension/PersonalAccounts/xlsx")
    sheets = openpyxl.load_workbook(BytesIO(answer.data))

    assert sheets.sheetnames == ["各月", "批次"]
    cells = [cell.value for row in sheets["各月"].iter_rows() for cell in row]
    assert 1313.8 in cells
