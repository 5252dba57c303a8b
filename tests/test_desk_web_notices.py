"""文书 on the web: the list, a notice to print, its workbook, a plan's working."""

import re
from datetime import date

import pytest
from browser import chromium, served, visit  # noqa: F401
from notices_by_hand import QUARTER, RECEIPT, bulk, came_in, issued, make
from web_by_hand import PORT, LocalClient, made_home

from desk.web.application import make_application
from importers.forms import read
from ledger.advances import notices

TODAY = date(2018, 1, 24)
CENTRED = "getComputedStyle(document.querySelector('h1')).textAlign"  # style is there


def text(answer) -> str:
    """A page's words, its choices left out."""
    page = answer.get_data(as_text=True)
    page = re.sub(r"<form.*?</form>|<title>.*?</title>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """2018Q1's notices: one confirmed, one disputed; one that came in."""
    home = made_home(tmp_path_factory.mktemp("notices") / "home")
    issued(home)
    make(home, "advance-list")
    bulk(home, "confirm", region="520100", on=date(2018, 1, 18))
    evil = "<script>alert(1)</script>"
    bulk(home, "dispute", region="520200", on=date(2018, 1, 19), reason=evil)
    came_in(home, RECEIPT, {"期间": "2017-12"})
    yield home
    home.close()


@pytest.fixture(scope="module")
def client(home):
    application = make_application(home, lambda: TODAY, port=PORT)
    return LocalClient(application)


@pytest.fixture(scope="module")
def ids(home):
    with home.reading() as connection:
        return {row.region: row.id for row in notices.notices(connection) if row.region}


def test_the_list_says_state_next_step_and_what_is_late(client):
    found = text(client.get("/notices/"))

    assert "逾期" in found and "有异议 1" in found
    assert (
        "预付金收款通知书 黔异预〔2018〕1号 贵阳市 100.00 已确认"
        " 市（州）经办机构提交 2018-01-22 逾期 xlsx" in found
    )
    assert "2018年一季度" in found and "2017年12月" in found
    assert found.index("2018年一季度") < found.index("2017年12月")


@pytest.mark.parametrize(
    "asked, count",
    [
        ("", 5),
        ("?period=2018Q1", 4),
        ("?period=2017-12", 1),
        ("?kind=advance-list", 1),
        ("?state=disputed", 1),
        ("?state=issued&period=2018Q1", 2),
        ("?period=nonsense&kind=';--&state=%00", 0),
    ],
)
def test_the_list_is_chosen_by_period_kind_and_state(client, asked, count):
    page = client.get(f"/notices/{asked}").get_data(as_text=True)

    assert len(re.findall(r'href="/notices/\d+/"', page)) == count


def test_what_is_late_can_be_seen_alone(client):
    every = client.get("/notices/").get_data(as_text=True)
    late = client.get("/notices/?late=1").get_data(as_text=True)
    marks = every.count('<span class="level red">逾期</span>')

    assert marks > 0
    assert len(re.findall(r'href="/notices/\d+/"', late)) == marks


def test_a_notice_is_shown_whole_with_its_steps_and_words_stay_words(client, ids):
    answer = client.get(f"/notices/{ids['520200']}/")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert "2402002129014452854-000000008" in page
    assert "&lt;script&gt;alert(1)" in page and "<script>" not in page
    assert '<link rel="stylesheet" href="/notices/paper.css">' in page
    assert "style-src 'self';" in answer.headers["Content-Security-Policy"]


def test_the_workbook_is_the_file_that_was_issued(client, home, ids):
    answer = client.get(f"/notices/{ids['520100']}.xlsx")
    with home.reading() as connection:
        row = notices.notice(connection, ids["520100"])

    assert answer.data == (home.path / row.stored).read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert read(answer.data, "通知书.xlsx").form == "F8"


def test_a_workbook_that_is_gone_is_made_again(client, home, ids):
    with home.reading() as connection:
        row = notices.notice(connection, ids["529900"])
    before = client.get(f"/notices/{row.id}.xlsx").data
    (home.path / row.stored).unlink()

    assert client.get(f"/notices/{row.id}.xlsx").data == before


def test_a_plans_working_is_a_page_and_linked(client, ids):
    address = f"/plans/{QUARTER}/520000/?edition=1"
    linked = client.get(f"/notices/{ids['520100']}/").get_data(as_text=True)
    found = text(client.get(address))

    assert address in linked
    assert "2018年一季度异地就医预付金测算表" in found
    assert "520100 贵阳市 60.00" in found


@pytest.mark.parametrize(
    "address",
    [
        "/notices/999/",
        "/notices/999.xlsx",
        "/notices/x/",
        "/notices/99999999999999999999999/",
        "/plans/2018Q2/520000/",
        "/plans/2018Q1/520000/?edition=7",
        "/plans/2018-01/520000/",
        "/plans/nonsense/520000/",
        "/plans/2018Q1/nonsense/",
    ],
)
def test_what_is_not_there_is_said_in_chinese(client, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert "没有" in text(answer) or "不是" in text(answer)


def test_the_start_page_leads_there(client):
    page = client.get("/").get_data(as_text=True)

    assert 'href="/notices/"' in page


def test_a_home_without_notices_says_how_to_make_some(tmp_path):
    home = made_home(tmp_path / "home")
    client = LocalClient(make_application(home, lambda: TODAY, port=PORT))
    found = text(client.get("/notices/"))
    home.close()

    assert "没有这样的文书" in found and "yibao notice make" in found


def test_a_province_without_advances_has_no_notices(sqlite_sichuan_home):
    home = sqlite_sichuan_home
    client = LocalClient(make_application(home, lambda: TODAY, port=PORT))

    assert "没有这样的文书" in text(client.get("/notices/"))
    assert client.get("/plans/2018Q1/510000/").status_code == 404
    assert "/notices/" not in client.get("/").get_data(as_text=True)


def test_the_pages_open_in_a_browser_without_trouble(chromium, home, ids):  # noqa: F811
    def made(port):
        return make_application(home, lambda: TODAY, port=port)

    with served(made) as url, visit(chromium, base_url=url) as opened:
        page = opened.page
        page.goto("/notices/")
        page.select_option("select[name=state]", "disputed")
        page.click("text=查看")
        page.click("text=预付金收款通知书 >> nth=-1")

        assert "六盘水市" in page.inner_text("article")
        assert page.evaluate(CENTRED) == "center"
        page.click("text=测算表")

        assert (
            "六盘水市" in page.inner_text("h2 >> nth=-1") or page.locator("h2").count()
        )
        assert opened.troubles == []
