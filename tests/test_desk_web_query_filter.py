"""Attacks on Fava's query endpoints and on everything else that names a file."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from web_by_hand import GUIYANG, held, keep, made_client

from desk.web.query_filter import refused_because

BOOK = f"/books/{GUIYANG}/2017"
READS = [
    "SELECT account, sum(position) GROUP BY account",
    "select date, narration where narration ~ '预付金' order by date limit 3;",
    "SELECT x FROM (SELECT account AS x)",
    "SELECT * FROM #entries",
    "BALANCES AT cost FROM year = 2017",
    "JOURNAL 'Assets:1003.*'",
    "PRINT FROM year = 2017",
]
HARMS = [
    ".output {file}",
    "  .output {file}",
    ".run *",
    "run x",
    ".set format csv",
    "set boxed true",
    ".help",
    "?",
    "! touch {file}",
    "; comment\n.output {file}",
    "reload",
    ".reload",
    "parse SELECT 1",
    "explain SELECT 1",
    "CREATE TABLE x USING 'csv:{file}'",
    "create table x (a int) using 'csv:{file}?header=1'",
    "CREATE TABLE x AS SELECT 1",
    "INSERT INTO x VALUES (1)",
    "SELECT 1; .output {file}\nSELECT 2",
    "SELECT 1;\n.output {file}",
    "SELECT 1;\nCREATE TABLE x USING 'csv:{file}'",
    "SELECT * FROM #'csv:{file}'",
    "SELECT %s",
    "SELECT %(x)s",
    "SELECT 2017-02-30",
    "",
    " ",
    "SELECT " + "(" * 2000,
    "SELECT " + "1," * 3000 + "1",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    home, client = made_client(tmp_path_factory.mktemp("attacks") / "home")
    keep(home, held(GUIYANG, "520102", "100.00"), held(GUIYANG, "520103", "7.00"))
    return client


@pytest.mark.parametrize("query", READS)
def test_a_query_that_only_reads_runs(client, query):
    answer = client.get(f"{BOOK}/api/query", query_string={"query_string": query})

    assert refused_because(query) is None
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("page", ["api/query", "download-query/query_result.csv"])
@pytest.mark.parametrize("harm", HARMS)
def test_anything_else_is_refused_and_touches_no_file(client, tmp_path, harm, page):
    file = tmp_path / "victim"
    file.write_text("a,b\n1,2\n")
    query = harm.replace("{file}", str(file))
    answer = client.get(f"{BOOK}/{page}", query_string={"query_string": query})

    assert answer.status_code == 403
    assert "这条查询不能执行" in answer.text
    assert file.read_text() == "a,b\n1,2\n"


def test_output_over_a_printed_book_leaves_it_whole(client):
    before = client.get(f"/download/{GUIYANG}/2017.beancount").data
    for page in ("api/query", "query/", "trial_balance/", "api/journal_page"):
        query = quote(f".output {client.home.path}/books/{GUIYANG}/2017.beancount")
        assert client.get(f"{BOOK}/{page}?query_string={query}").status_code == 403

    assert client.get(f"/download/{GUIYANG}/2017.beancount").data == before


def test_a_second_query_string_is_read_as_well(client):
    query = f"query_string={quote('SELECT 1')}&query_string={quote('.output x')}"

    assert client.get(f"{BOOK}/api/query?{query}").status_code == 403


def test_the_refusal_is_json_for_scripts_and_a_page_for_people(client):
    query = {"query_string": ".output x"}
    script = client.get(f"{BOOK}/api/query", query_string=query)
    person = client.get(f"{BOOK}/query/", query_string=query)

    assert json.loads(script.text)["error"].startswith("这条查询不能执行")
    assert person.mimetype == "text/html"
    assert "这条查询不能执行" in person.text


def test_a_comment_that_does_not_end_costs_no_time():
    began = time.monotonic()
    reason = refused_because("SELECT /*" + "\n" * 60)

    assert reason == "查询语句里不能有 /* 注释"
    assert time.monotonic() - began < 0.1


@pytest.mark.parametrize(
    "page",
    [
        "document/?filename=/etc/passwd",
        "statement/?entry_hash=x&key=source",
        "editor/",
        "editor/?file_path=/etc/passwd",
        "import/",
        "options/",
        "documents/",
        "api/source?filename=/etc/passwd",
        "api/source",
        "api/options",
        "api/imports",
        "api/documents",
        "api/extract?filename=/etc/passwd&importer=x",
        "api/query/",
        "api//query?query_string=SELECT%201",
        "api/Query?query_string=SELECT%201",
        "download-query/query_result.py?query_string=SELECT%201",
        "nonsense/",
        "../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_no_page_of_fava_hands_out_files(client, page):
    answer = client.get(f"{BOOK}/{page}")

    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "没有" in answer.text


def test_an_entry_shows_its_own_lines_of_the_book_and_no_other(client):
    page = client.get(f"{BOOK}/api/journal").json
    assert page is None or "error" not in page
    query = {"query_string": "SELECT id LIMIT 1"}
    found = client.get(f"{BOOK}/api/query", query_string=query).json["data"]
    entry = {"entry_hash": found["rows"][0][0]}
    shown = client.get(f"{BOOK}/api/source_slice", query_string=entry).json["data"]

    assert shown["slice"].startswith("2017-04-28 * ")


@pytest.fixture
def hasty_threads():
    """Threads take turns so often that what they share is mixed up, if it can be."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("hasty_threads")
def test_queries_in_parallel_each_get_their_own_answer(client):
    """TRAPS 11; beanquery's running balance is one for the process besides."""

    def ask(number: int):
        count = number % 3 + 1
        query = f"SELECT {number} AS n, balance, balance AS again LIMIT {count}"
        answer = client.get(f"{BOOK}/api/query", query_string={"query_string": query})
        return number, count, answer.json["data"]["rows"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(60)))

    alone = {count: ask(count - 1)[2] for count in (1, 2, 3)}
    for number, count, rows in answers:
        assert rows == [[number, *row[1:]] for row in alone[count]]
