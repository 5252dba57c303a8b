"""The page 家庭共济 and the start page's list of what is open, in a real browser."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from accounts_by_hand import run
from browser import chromium, served, visit  # noqa: F401
from sharing_by_hand import BENGBU, HEFEI, WUHU, clearing, owed, premiums, shared
from test_reports_fava_sharing import AGENCY, BILLS, paid_to_wuhu

from desk.web.application import make_application
from ledger.book_files import print_changed
from ledger.database import Home

TODAY = date(2024, 10, 5)
SHOTS = os.environ.get("YIBAO_SHOTS")  # a folder: pictures to look at


@pytest.fixture(scope="module")
def address(sqlite_anhui_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("sharing") / "home"
    shutil.copytree(sqlite_anhui_template, path)
    home = Home(path)
    posting_id = paid_to_wuhu(home, "7000.00")
    parts = f"payer|payee|amount\n{HEFEI}|{WUHU}|7000.00\n{BENGBU}|{HEFEI}|800.00"
    clearing(home, "family", parts, period="2024-06")
    run(home, f"UPDATE clearing_part SET posting_id = {posting_id} WHERE id = 1")
    shared(home, BILLS)
    shared(home, f"part|payer|place|amount\n统筹|{BENGBU}|{HEFEI}|8000.00")
    premiums(home, f"payer|region|lines|amount\n{HEFEI}|{WUHU}|3|1200.00")
    owed(home, "institution | own | shared\nH34010000001 | 500.00 | 90.00")
    print_changed(home)

    with served(lambda port: make_application(home, lambda: TODAY, port=port)) as root:
        yield root
    home.close()


def picture(page, name: str) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(exist_ok=True)
        page.set_viewport_size({"width": 1440, "height": 2000})
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_the_start_page_leads_to_what_is_open_and_to_a_voucher(
    chromium, address  # noqa: F811
):
    with visit(chromium) as seen:
        page = seen.page
        page.goto(address)
        row = page.inner_text('#uncleared tr:has-text("合肥市")')

        assert row.split() == ["合肥市", "1.22", "1.70", "2024-07", "3个月"]

        page.click('#uncleared a:has-text("合肥市")')
        page.wait_for_selector("section.yb")
        page.click('#clearings a:has-text("记-1")')
        page.wait_for_selector(".yb-slip")

        assert "暂收款——家庭共济" in page.inner_text(".yb-slip")
        assert seen.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_months_are_drawn_and_the_tables_stand(
    chromium, address, scheme  # noqa: F811
):
    with visit(chromium, color_scheme=scheme) as seen:
        page = seen.page
        page.goto(f"{address}/books/{AGENCY}/2024/extension/SharedAccounts/")
        page.wait_for_selector(".yb-chart svg rect")
        picture(page, f"sharing-{scheme}")

        bars = page.locator(".yb-chart svg rect").count()
        assert bars >= 5
        assert page.locator("#open tbody tr").count() == 5
        page.click('.yb-chart button:has-text("收费笔数")')
        page.wait_for_selector(".yb-chart svg rect")
        picture(page, f"sharing-lines-{scheme}")
        assert seen.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_start_page_lists_regions_in_both_schemes(
    chromium, address, scheme  # noqa: F811
):
    with visit(chromium, color_scheme=scheme) as seen:
        page = seen.page
        page.goto(address)
        page.wait_for_selector("#uncleared")
        picture(page, f"start-{scheme}")

        assert page.locator("#uncleared tbody tr").count() == 3
        assert seen.troubles == []


def test_a_month_narrows_the_pairs(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = seen.page
        page.goto(f"{address}/books/{AGENCY}/2024/extension/SharedAccounts/")
        page.wait_for_selector("section.yb")
        page.click('.yb-switches a:has-text("8月")')
        page.wait_for_url("**month=2024-08")

        assert page.locator("#pairs tbody tr").count() == 1
        assert seen.troubles == []
