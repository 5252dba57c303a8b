"""What every request must be, and what every answer carries."""

from __future__ import annotations

import pytest
from web_by_hand import GUIYANG, PORT, held, keep, made_client
from werkzeug.test import Client

from desk.web.security import CONTROL

PAGES = ["/", f"/books/{GUIYANG}/2017/trial_balance/", "/static/desk.css", "/nothing"]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home, client = made_client(tmp_path_factory.mktemp("security") / "home")
    keep(home, held(GUIYANG, "520102", "100.00"))
    return client


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
)
def test_only_reading_requests_pass(client, method, page):
    answer = client.open(page, method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "name",
    [
        "api/source",
        "api/add_entries",
        "api/add_document",
        "api/move",
        "api/format_source",
    ],
)
def test_fava_cannot_be_made_to_write(client, name):
    book = client.home.path / "books" / GUIYANG / "2017.beancount"
    before = book.read_bytes()
    for method in ("PUT", "POST", "DELETE"):
        address = f"/books/{GUIYANG}/2017/{name}"
        answer = client.open(address, method=method, json={"source": ""})
        hidden = client.get(address, headers={"X-HTTP-Method-Override": method})

        assert answer.status_code == 405 and hidden.status_code == 404

    assert book.read_bytes() == before


@pytest.mark.parametrize("page", PAGES)
def test_head_answers_as_get_without_a_body(client, page):
    asked, head = client.get(page), client.head(page)

    assert head.status_code == asked.status_code
    assert head.data == b""
    assert head.headers["Content-Type"] == asked.headers["Content-Type"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        "127.0.0.1:81",
        f"127.0.0.1.evil.example:{PORT}",
        f"localhost.evil.example:{PORT}",
        f"0.0.0.0:{PORT}",
        f"[::1]:{PORT}",
        "",
    ],
)
def test_another_name_for_this_server_is_refused(client, host):
    for page in PAGES:
        answer = client.get(page, headers={"Host": host})

        assert answer.status_code == 421
        assert "贵阳" not in answer.text


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"LocalHost:{PORT}"])
def test_its_own_names_are_taken(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_forwarded_host_counts_for_nothing(client):
    answer = client.get("/", headers={"X-Forwarded-Host": "evil.example"})

    assert "evil.example" not in answer.text


def test_another_site_may_link_here_but_not_embed_or_fetch(client):
    page = f"/books/{GUIYANG}/2017/api/trial_balance"
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    assert client.get(page, headers=embedded).status_code == 403
    assert client.get("/", headers=followed).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_headers(client, page):
    for headers in (
        client.get(page).headers,
        Client(client.application).get(page).headers,
    ):
        policy = headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-eval'" not in policy
        assert "script-src 'self' 'unsafe-inline'" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pages_are_not_kept_by_the_browser_and_static_files_are(client):
    assert client.get("/").headers["Cache-Control"] == "no-store"
    book = client.get(f"/books/{GUIYANG}/2017/api/trial_balance")
    assert book.headers["Cache-Control"] == "no-store"
    assert "max-age" in client.get("/static/desk.css").headers["Cache-Control"]


@pytest.mark.parametrize(
    "page",
    [
        "/plans/2017Q4/520000%00/",
        "/plans/2017Q4%0a/520000/",
        "/notices/1%00/",
        f"/books/{GUIYANG}/2017/%1b",
        "/download/%7f/2017.beancount",
        "/%c2%9b",
        "/%ed%a0%80",
    ],
)
def test_a_path_with_control_characters_leads_nowhere(client, page):
    answer = client.get(page)

    assert answer.status_code == 404
    assert "没有这一页" in answer.get_data(as_text=True)


def test_words_of_any_script_are_no_control_characters():
    letters = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xE000, 0x20000)]))

    assert CONTROL.search(letters.encode().decode("latin-1")) is None
