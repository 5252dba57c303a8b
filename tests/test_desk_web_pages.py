"""Pages in a real browser: they open, and nothing on them goes wrong."""

from __future__ import annotations

from datetime import date

import pytest
from browser import chromium, served, visit  # noqa: F401
from web_by_hand import CENTRE, GUIYANG, TODAY, held, keep, made_home

from desk.web.application import make_application

BOOK = f"/books/{GUIYANG}/2017"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = made_home(tmp_path_factory.mktemp("pages") / "home")
    hostile = '<img src="/static/mark.svg" onerror="alert(1)"><b>甲</b>'
    keep(
        home,
        held(CENTRE, "520100", "1000.00"),
        held(CENTRE, "520100", "950.00", cleared=True, on=date(2017, 6, 10)),
        held(GUIYANG, "520102", "100.00", narration=hostile),
        held(GUIYANG, "520102", "75.00", cleared=True, on=date(2017, 6, 10)),
    )
    keep(home, held(GUIYANG, "520103", "1.00"), approved=False)
    with served(lambda port: make_application(home, lambda: TODAY, port=port)) as url:
        yield url
    home.close()


@pytest.fixture
def tab(chromium, address):  # noqa: F811
    with visit(chromium, base_url=address) as opened:
        yield opened


def test_the_start_page_opens_and_finds_a_region(tab):
    tab.page.goto("/?quarter=2017Q2")
    tab.page.fill("#find", "花溪")

    assert tab.page.locator(".shelf tr:visible th").all_inner_texts() == ["花溪区"]
    assert tab.page.locator(".level.red").first.inner_text() == "红色预警"
    assert tab.troubles == []


@pytest.mark.parametrize(
    "page, words",
    [
        ("/", "贵阳市经办机构 2017年"),
        ("/income_statement/", "损益表"),
        ("/balance_sheet/", "资产负债表"),
        ("/trial_balance/", "试算表"),
        ("/journal/", "日记账"),
        ("/account/Assets:1003财政专户存款/", "账户日记账"),
        (
            "/query/?query_string=SELECT%20account%2C%20sum(position)%20GROUP%20BY%201",
            "查询",
        ),
        ("/statistics/", "统计"),
        ("/errors/", "错误"),
    ],
)
def test_a_page_of_a_book_opens_without_trouble(tab, page, words):
    tab.page.goto(f"{BOOK}{page}")
    tab.page.wait_for_load_state("networkidle")

    assert words in tab.page.inner_text("body")
    assert tab.troubles == []


def test_a_query_is_answered_and_a_harmful_one_refused_in_words(tab):
    tab.page.goto(f"{BOOK}/query/?query_string=.output%20x")

    assert "这条查询不能执行" in tab.page.inner_text("body")

    tab.page.goto(f"{BOOK}/query/?query_string=SELECT%20count(*)")
    tab.page.wait_for_selector("table")

    assert tab.page.locator("tbody td").first.inner_text() == "4"


def test_a_hostile_narration_is_text_in_the_browser(tab):
    tab.page.goto(f"{BOOK}/journal/")
    entry = tab.page.locator(".description", has_text="<b>甲</b>")
    entry.wait_for()

    assert entry.locator("img").count() == 0
    assert tab.troubles == []


def test_a_book_offers_nothing_that_changes_it(tab):
    tab.page.goto(f"{BOOK}/journal/")
    tab.page.click("li.transaction .datecell a")
    tab.page.wait_for_selector("dialog .cm-content")

    assert tab.page.locator("dialog form button:visible").count() == 0
    for name in ("编辑器", "导入", "选项", "文档"):
        assert tab.page.locator(f"aside a:visible:text-is('{name}')").count() == 0


def test_the_way_back_to_all_books(tab):
    tab.page.goto(f"{BOOK}/trial_balance/")
    tab.page.click("text=全部账套")
    tab.page.wait_for_selector("#books")

    assert tab.page.url.endswith("/")
