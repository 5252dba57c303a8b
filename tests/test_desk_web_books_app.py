"""Books behind one application: made on the first visit, dropped, kept apart."""

from __future__ import annotations

import gc
import json
import re
import stat
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from web_by_hand import CENTRE, GUIYANG, LIUPANSHUI, TODAY, held, keep, made_client
from werkzeug.test import Client

from desk.web import books_app, fava_app
from desk.web.books_app import BookApps
from desk.web.fava_app import print_of, serving_text
from ledger.book_files import BookYearId, book_path, print_all

BOOKS = (GUIYANG, LIUPANSHUI, CENTRE)
PAYERS = {GUIYANG: "520102", LIUPANSHUI: "520201", CENTRE: "520100"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home, client = made_client(tmp_path_factory.mktemp("books") / "home")
    for book in BOOKS:
        for year in (2017, 2018):
            on = date(year, 4, 28)
            keep(home, held(book, PAYERS[book], f"{year}.05", on=on))
    return client


def place(book: str, year: int = 2017) -> BookYearId:
    return BookYearId(book, year)


def visited(apps: BookApps, *places: BookYearId) -> None:
    for at in places:
        with apps.borrowed(at, print_of(book_path(apps.home, *at))):
            pass


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def apps(client):
    made = []

    def make(**options) -> BookApps:
        made.append(BookApps(client.home, lambda: TODAY, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_book_opens_on_its_first_page_without_errors(client):
    answer = client.get(f"/books/{GUIYANG}/2017")
    while answer.status_code == 302:
        answer = client.get(answer.location)
    errors = client.get(f"/books/{GUIYANG}/2017/api/errors").json["data"]

    assert answer.status_code == 200
    assert "贵阳市经办机构 2017年" in answer.text
    assert errors == []


def test_fava_speaks_chinese(client):
    page = client.get(f"/books/{GUIYANG}/2017/trial_balance/").text
    words = json.loads(re.search(r'id="translations">(.*?)</script>', page, re.S)[1])

    assert words["Trial Balance"] == "试算表"


def test_each_page_names_its_own_book_only(client):
    """TRAPS 13, and Fava's cache of links, which is one for the process."""
    pages = (
        "trial_balance/",
        "query/",
        "api/ledger_data",
        "api/journal_page?page=1&order=asc",
    )
    for book in (*BOOKS, *BOOKS):
        for page in pages:
            text = client.get(f"/books/{book}/2017/{page}").text
            for other in set(BOOKS) - {book}:
                assert other not in text, (book, page)


def test_links_lead_to_the_book_and_year_that_were_asked(client):
    for book in BOOKS:
        for year in (2018, 2017):
            start = client.get(f"/books/{book}/{year}/")
            page = f"/books/{book}/{year}/api/journal_page?page=1&order=asc"
            journal = client.get(page).json["data"]["journal"]

            assert start.location.startswith(f"/books/{book}/{year}/")
            assert f"href='/books/{book}/{year}/account/" in journal


def test_a_zero_tolerance_counts_in_the_served_book(client, apps):
    kept = apps()
    visited(kept, place(GUIYANG))
    ledger = loaded(kept, place(GUIYANG))

    assert ledger.options["tolerance_multiplier"] == 0
    assert ledger.options["operating_currency"] == ["CNY"]
    assert ledger.options["title"] == "贵阳市经办机构 2017年"
    assert ledger.fava_options.language == "zh_CN"


def loaded(apps: BookApps, at: BookYearId):
    application = apps.served[at].app
    inner = application.__closure__
    flask = next(
        cell.cell_contents for cell in inner if hasattr(cell.cell_contents, "config")
    )
    return flask.config["LEDGERS"].ledgers[0]


def test_a_difference_of_one_fen_is_an_error_when_served(tmp_path):
    home, client = made_client(tmp_path / "home")
    keep(home, held(GUIYANG, "520102", "100.00"))
    path = book_path(home, GUIYANG, 2017)
    path.write_text(path.read_text().replace(" 100.00 CNY", " 100.01 CNY"))
    errors = client.get(f"/books/{GUIYANG}/2017/api/errors").json["data"]

    assert any("does not balance" in error["message"] for error in errors)


def test_no_pickle_lies_beside_a_book_that_was_served(client):
    client.get(f"/books/{GUIYANG}/2017/trial_balance/")
    files = {path.suffix for path in client.home.path.rglob("*") if path.is_file()}

    assert ".picklecache" not in files
    assert not list(client.home.path.rglob("*.picklecache"))


def test_the_serving_file_lies_in_a_private_folder_outside_the_home(client, apps):
    kept = apps()
    visited(kept, place(GUIYANG))
    serving = Path(loaded(kept, place(GUIYANG)).beancount_file_path)

    assert stat.S_IMODE(serving.parent.stat().st_mode) == 0o700
    assert client.home.path not in serving.parents
    kept.close()
    assert not serving.parent.exists()


def test_a_home_with_strange_characters_is_included_as_it_is():
    text = serving_text(place(GUIYANG), Path('/homes/a[1]*"b"?/2017.beancount'))

    assert 'include "/homes/a[[]1][*]\\"b\\"[?]/2017.beancount"' in text


def test_two_first_visits_at_once_make_one_application(client, apps, monkeypatch):
    made, started = [], Event()
    make = fava_app.make_fava

    def slowly(*arguments):
        started.set()
        made.append(arguments)
        return make(*arguments)

    monkeypatch.setattr(books_app, "make_fava", slowly)
    kept = apps()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: visited(kept, place(CENTRE)), range(16)))

    assert len(made) == 1


def test_the_least_recently_used_book_is_dropped(apps):
    kept = apps(alive=2)
    visited(kept, place(GUIYANG), place(LIUPANSHUI), place(GUIYANG), place(CENTRE))

    assert list(kept.served) == [place(GUIYANG), place(CENTRE)]


def test_a_dropped_book_leaves_memory(apps):
    kept = apps(alive=1)
    visited(kept, place(GUIYANG))
    ledger = weakref.ref(loaded(kept, place(GUIYANG)).accounts)
    visited(kept, place(CENTRE))
    gc.collect()

    assert ledger() is None


def test_an_idle_book_is_dropped(apps):
    clock = Clock()
    kept = apps(idle=900, clock=clock)
    visited(kept, place(GUIYANG))
    clock.now = 600
    visited(kept, place(CENTRE))
    clock.now = 901
    kept.drop_idle()

    assert list(kept.served) == [place(CENTRE)]


def test_a_book_is_not_dropped_under_a_request(client, apps):
    clock = Clock()
    kept = apps(alive=1, idle=900, clock=clock)
    version = print_of(book_path(client.home, *place(GUIYANG)))
    with kept.borrowed(place(GUIYANG), version):
        visited(kept, place(CENTRE))
        clock.now = 10_000
        kept.drop_idle()

        assert place(GUIYANG) in kept.served

    clock.now = 20_000
    kept.drop_idle()

    assert not kept.served


def test_an_answer_that_nobody_closes_keeps_no_book(client, apps):
    kept = apps()
    application = books_app.books_app(client.home, kept)
    answers = [
        Client(application).get(f"/{GUIYANG}/2017/trial_balance/", buffered=False)
        for _ in range(3)
    ]

    assert kept.served[place(GUIYANG)].requests == 0
    assert all(answer.status_code == 200 for answer in answers)


def test_a_book_that_was_printed_anew_is_shown_anew(tmp_path):
    home, client = made_client(tmp_path / "home")
    keep(home, held(GUIYANG, "520102", "100.00"))
    before = client.get(f"/books/{GUIYANG}/2017/api/trial_balance")
    keep(home, held(GUIYANG, "520103", "23.45"))
    changed = client.get(f"/books/{GUIYANG}/2017/api/changed")
    after = client.get(f"/books/{GUIYANG}/2017/api/trial_balance")

    assert "123.45" not in before.text and "123.45" in after.text
    assert int(before.json["mtime"]) < int(changed.json["mtime"])
    assert changed.json["mtime"] == after.json["mtime"]


def test_a_dropped_book_that_is_opened_again_has_not_changed(client):
    home, few = client.home, BookApps(client.home, lambda: TODAY, alive=1)
    application = books_app.books_app(home, few)
    page = f"/{GUIYANG}/2017/api/errors"
    first = Client(application).get(page).json["mtime"]
    Client(application).get(f"/{CENTRE}/2017/api/errors")
    again = Client(application).get(page).json["mtime"]
    few.close()

    assert first == again


def test_an_open_page_that_only_asks_for_changes_loads_nothing(
    client, apps, monkeypatch
):
    monkeypatch.setattr(books_app, "make_fava", None)
    application = books_app.books_app(client.home, apps())
    answer = Client(application).get(f"/{GUIYANG}/2017/api/changed")

    assert answer.json["data"] is False


def test_an_open_book_without_a_voucher_says_so_kindly(client):
    answer = client.get("/books/520102-county-agency/2017/")

    assert answer.status_code == 404
    assert "贵阳市南明区经办机构在2017年还没有凭证" in answer.text


def test_a_year_without_vouchers_leads_to_those_that_have_some(client):
    answer = client.get(f"/books/{GUIYANG}/2025/")

    assert f'href="/books/{GUIYANG}/2018/"' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        f"/{GUIYANG}",
        f"/{GUIYANG}/",
        f"/{GUIYANG}/abcd/",
        f"/{GUIYANG}/20170/",
        f"/{GUIYANG}/２０１７/",
        f"/{GUIYANG}/0017/",
        f"/{GUIYANG}/-2017/",
        f"/{GUIYANG}/2017.beancount",
        f"/{GUIYANG.upper()}/2017/",
        "/110101-county-agency/2017/",
        "/999999-city-agency/2017/",
        "/520100-county-agency/2017/",
        "/520199-city-agency/2017/",
        "/../2017/",
        "/..%2f..%2fetc/2017/",
        "/%2e%2e/%2e%2e/2017/",
        f"/{GUIYANG}/../../yibao.db",
        f"/x/../{GUIYANG}/2017/",
    ],
)
def test_no_other_address_leads_to_a_book(client, path):
    answer = client.get(f"/books{path}")

    assert answer.status_code == 404
    assert "没有这个账套" in answer.text


@pytest.mark.parametrize(
    "path", [f"/{GUIYANG}%00/2017/", f"/{GUIYANG}%0a/2017/", f"/{GUIYANG}/2017%0a/"]
)
def test_an_address_with_control_characters_leads_nowhere(client, path):
    answer = client.get(f"/books{path}")

    assert answer.status_code == 404
    assert "没有这一页" in answer.text


def test_a_narration_from_a_file_is_shown_as_text(tmp_path):
    """TRAPS 30; Fava's journal switches escaping off."""
    home, client = made_client(tmp_path / "home")
    hostile = '<img src=x onerror="alert(1)"></script><b>甲</b>\n2020-01-01 plugin "os"'
    keep(home, held(GUIYANG, "520102", "100.00", narration=hostile))
    for page in (
        "api/journal_page?page=1&order=asc",
        "api/account_report?a=Assets:1003财政专户存款&r=journal",
    ):
        journal = client.get(f"/books/{GUIYANG}/2017/{page}").json["data"]["journal"]

        assert "&lt;img src=x" in journal
        assert "<img" not in journal and "<b>" not in journal

    assert client.get(f"/books/{GUIYANG}/2017/api/errors").json["data"] == []


def test_a_printed_book_can_be_taken_away_byte_for_byte(client):
    print_all(client.home)
    answer = client.get(f"/download/{GUIYANG}/2017.beancount")

    assert answer.data == book_path(client.home, GUIYANG, 2017).read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "/download/520102-county-agency/2017.beancount",
        "/download/../2017.beancount",
        "/download/%2e%2e/2017.beancount",
        f"/download/{GUIYANG}/17.beancount",
        f"/download/{GUIYANG}/yibao.db",
        "/fava/../application.py",
        "/fava/%2e%2e/application.py",
        "/fava/%2fetc/passwd",
        "/static/../start_page.py",
        "/static/%2e%2e/start_page.py",
    ],
)
def test_downloads_reach_no_other_file(client, path):
    assert client.get(path).status_code == 404
