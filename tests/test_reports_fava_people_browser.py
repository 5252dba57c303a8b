"""The page of personal accounts and the start page's list, in a real browser."""

import shutil
from datetime import date

import pytest
from browser import chromium, served, visit  # noqa: F401
from people_by_hand import LI, NANCHONG, contributions

from desk.homes import put_setting
from desk.people.credit import credit
from desk.web.application import make_application
from ledger.database import Home
from ledger.periods import Month

TODAY = date(2023, 2, 5)


@pytest.fixture(scope="module")
def address(sqlite_sichuan_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("accounts") / "home"
    shutil.copytree(sqlite_sichuan_template, path)
    home = Home(path)
    put_setting(
        home, LI, "average-pension-2021", "3350.00", region=NANCHONG, cite="公报"
    )
    contributions(home, "个人编号|姓名\nP0000000001|张三\nP0000000002|李四")
    credit(home, LI, Month(2023, 1), NANCHONG)

    with served(lambda port: make_application(home, lambda: TODAY, port=port)) as root:
        yield root
    home.close()


def test_the_start_page_leads_to_the_accounts_and_to_a_voucher(
    chromium, address  # noqa: F811
):
    with visit(chromium) as seen:
        page = seen.page
        page.goto(address)
        page.click('#accounts a:has-text("南充市")')
        page.wait_for_selector("section.yb")

        assert "期末余额 200.00" in page.inner_text(".yb-summary")
        assert "张三" not in page.content()

        page.click('table a:has-text("记-")')
        page.wait_for_selector(".yb-slip")

        assert "个人账户基金——在职计入" in page.inner_text(".yb-slip")
        assert seen.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_month_narrows_the_batches(chromium, address, scheme):  # noqa: F811
    with visit(chromium, color_scheme=scheme) as seen:
        page = seen.page
        root = f"{address}/books/{NANCHONG}-city-agency/2023/extension"
        page.goto(f"{root}/PersonalAccounts/")
        page.wait_for_selector("section.yb")
        page.click('.yb-switches a:has-text("2月")')
        page.wait_for_selector("text=没有批次")

        assert seen.troubles == []
