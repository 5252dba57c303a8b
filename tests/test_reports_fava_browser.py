"""The pages in a real browser: no errors, links that lead on, print, keyboard."""

import shutil

import pytest
from browser import chromium, served, visit  # noqa: F401
from fava_home import CENTRE, CITY, TODAY, fill

from desk.web.application import make_application
from ledger.database import Home

PAGES = ["AdvanceBoard", "Balances", "DetailLedger", "Journal", "Vouchers"]


@pytest.fixture(scope="module")
def address(sqlite_template, tmp_path_factory):
    """A home of some vouchers, served; the address of its books."""
    path = tmp_path_factory.mktemp("fava") / "home"
    shutil.copytree(sqlite_template, path)
    home = Home(path)
    fill(home)

    def make(port):
        return make_application(home, lambda: TODAY, port=port)

    with served(make) as root:
        yield f"{root}/books"
    home.close()


def opened(seen, address, name, query="", book=CITY):
    seen.page.goto(f"{address}/{book}/2017/extension/{name}/{query}")
    seen.page.wait_for_selector("section.yb")
    seen.page.wait_for_selector('aside a:has-text("科目余额表")')
    return seen.page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_error(chromium, address, scheme):  # noqa: F811
    with visit(chromium, color_scheme=scheme) as seen:
        for name in [*PAGES, "WorkCalendar"]:
            opened(seen, address, name)
        opened(seen, address, "AdvanceBoard", "?direction=paid", CENTRE)

        assert seen.troubles == []


def test_our_entries_stand_first_and_open_in_place(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = opened(seen, address, "Balances")
        page.wait_for_function("""() => {
            const text = document.querySelector("aside").innerText;
            return text.indexOf("科目余额表") < text.indexOf("试算表");
        }""")
        for entry in ("明细账", "记账凭证", "办理日历", "预付金看板"):
            page.click(f'aside a:has-text("{entry}")')
            page.wait_for_selector(f'header strong:has-text("{entry}")')

        assert seen.troubles == []


def test_from_a_figure_to_its_source_row(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = opened(seen, address, "AdvanceBoard", "?quarter=2017Q2")
        page.click('td a:text-is("75.00")')
        page.click('td a:text-is("2017-07 记-1")')
        page.wait_for_selector(".yb-slip")
        page.wait_for_selector('.yb-sources td:has-text("440000 广东省")')

        assert "柒拾伍元整" in page.inner_text(".yb-slip")
        assert seen.troubles == []


def test_switches_change_the_board(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = opened(seen, address, "AdvanceBoard", "?quarter=2017Q2")
        page.click('.yb-switch a:text-is("万元")')
        page.wait_for_selector('.yb-line:has-text("单位：万元")')
        page.click('.yb-switch a:text-is("省内")')
        page.wait_for_selector('th:has-text("全部资金")')
        page.wait_for_selector(".yb-chart svg .lines path", state="attached")

        assert "unit=wan" in page.url and "quarter=2017Q2" in page.url
        assert seen.troubles == []


def test_a_chosen_account_opens_at_once(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = opened(seen, address, "DetailLedger")
        page.select_option("select", label="　　1101-02-520102 南明区")
        page.wait_for_selector('.yb-line:has-text("各县区——南明区")')

        assert seen.troubles == []


def test_printing_gives_the_voucher_alone(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = opened(seen, address, "Vouchers", "?month=2017-05&number=1")
        page.emulate_media(media="print")
        shown = page.inner_text("body")
        sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")

        assert "记账凭证" in shown.replace(" ", "") and "制单" in shown
        for left_out in ("原始凭证", "上一张", "分录依据", "科目余额表", "纸张"):
            assert left_out not in shown
        assert sheets == 2


def test_brackets_walk_through_the_vouchers(chromium, address):  # noqa: F811
    with visit(chromium) as seen:
        page = opened(seen, address, "Vouchers", "?month=2017-05&number=1")
        page.keyboard.press("]")
        page.wait_for_selector(".yb-stamp:has-text('红字')")
        page.keyboard.press("[")
        page.wait_for_selector('.yb-slip:has-text("1/2")')

        assert seen.troubles == []
