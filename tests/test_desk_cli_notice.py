"""`yibao notice`: the words of the command, its JSON, its exit codes."""

import json

import pytest
from notices_by_hand import keep_plan

KIND = ("--kind", "advance-notice", "--period", "2018Q1")
NUMBER = "黔异预〔2018〕1号"


@pytest.fixture
def notice(yibao, sqlite_home):
    """`yibao notice …` in a home with a plan; the code, and stdout read as JSON."""
    keep_plan(sqlite_home)

    def run(*words):
        code, out, err = yibao("notice", *words)
        return code, json.loads(out) if "--json" in words else out + err

    return run


def test_a_quarters_notices_from_plan_to_payment_in_a_line_each(notice):
    codes = [
        notice("make", "advance-notice", "2018Q1", "--on", "2018-01-12")[0],
        *(
            notice(act, *KIND, "--on", "2018-01-16")[0]
            for act in ("issue", "confirm", "submit", "approve")
        ),
        notice("pay", *KIND, "--on", "2018-01-26", "--evidence", "N1")[0],
        notice("receive", *KIND, "--on", "2018-01-29", "--evidence", "N1")[0],
    ]
    _, told = notice("list", "--kind", "advance-notice", "--json")

    assert codes == [0] * 7
    assert {row["state"] for row in told["notices"]} == {"received"}


def test_a_step_is_undone_by_number(notice):
    notice("make", "advance-notice", "2018Q1", "--on", "2018-01-12")
    for act in ("issue", "confirm"):
        notice(act, *KIND, "--on", "2018-01-16")
    words = ("undo", NUMBER, "--reason", "误点", "--on", "2018-01-17", "--json")
    code, told = notice(*words)

    assert (code, told["notices"][0]["state"]) == (0, "issued")
    assert notice("undo", NUMBER, "--on", "2018-01-17")[0] == 2


def test_json_of_a_step_says_what_became_of_each(notice):
    notice("make", "advance-notice", "2018Q1", "--on", "2018-01-12")
    _, first = notice("issue", *KIND, "--on", "2018-01-15", "--json")
    code, again = notice("issue", *KIND, "--on", "2018-01-15", "--json")

    assert (first["status"], code, again["status"]) == ("done", 0, "already-done")
    one = first["notices"][0]
    assert {name: one[name] for name in ("number", "total", "due", "next_state")} == {
        "number": NUMBER,
        "total": "100.00",
        "due": "2018-01-22",
        "next_state": "confirmed",
    }
    assert "明细表" in one["note"]


def test_trying_keeps_nothing(notice):
    words = ("make", "advance-notice", "2018Q1", "--on", "2018-01-12", "--dry-run")
    code, tried = notice(*words, "--json")
    _, told = notice("list", "--json")

    assert (code, tried["status"], told["notices"]) == (0, "checked", [])
    assert "检查通过，没有登记" in notice(*words)[1]


def test_the_list_names_what_is_late(notice):
    notice("make", "advance-notice", "2018Q1", "--on", "2018-01-12")
    notice("issue", *KIND, "--on", "2018-01-15")
    _, in_time = notice("list", "--late", "--on", "2018-01-22", "--json")
    _, late = notice("list", "--late", "--on", "2018-01-23", "--state", "已下达")

    assert in_time["notices"] == []
    assert late.count("逾期") == 3


def test_show_masks_the_account_and_the_page_has_it(notice, tmp_path):
    notice("make", "advance-notice", "2018Q1", "--on", "2018-01-12")
    page, book = tmp_path / "页.html", tmp_path / "表.xlsx"
    _, text = notice("show", NUMBER, "--html", page, "--xlsx", book)
    _, told = notice("show", "1", "--json")

    assert "****0008" in text and "2402002129014452854" not in text
    assert told["payee"]["account"] == "****0008"
    assert "2402002129014452854" in page.read_text("utf-8")
    assert book.read_bytes().startswith(b"PK")


def test_show_tells_the_amounts_and_the_steps(notice):
    notice("make", "advance-notice", "2018Q1", "--on", "2018-01-12")
    notice("issue", *KIND, "--on", "2018-01-15")
    _, told = notice("show", NUMBER, "--json")

    assert [line["amount"] for line in told["lines"]] == ["60.00", "40.00"]
    assert [(step["state"], step["on"]) for step in told["steps"]] == [
        ("made", "2018-01-12"),
        ("issued", "2018-01-15"),
    ]


@pytest.mark.parametrize(
    "words, code",
    [
        (("make", "nothing", "2018Q1"), 2),
        (("make", "advance-notice", "2018"), 2),
        (("make", "advance-notice", "2018Q1", "--region", "440000"), 2),
        (("make", "advance-notice", "2018Q2"), 1),
        (("issue",), 2),
        (("issue", "--kind", "advance-notice"), 2),
        (("issue", *KIND), 1),
        (("issue", "黔异预〔2018〕9号"), 1),
        (("dispute", NUMBER), 2),
        (("pay", NUMBER), 2),
        (("list", "--state", "nothing"), 2),
        (("list", "--kind", "nothing"), 2),
        (("show", "9"), 1),
        (("issue", *KIND, "--region", "999999"), 2),
    ],
)
def test_wrong_use_is_2_and_a_refusal_1(notice, words, code):
    found, text = notice(*words)

    assert (found, bool(text.strip())) == (code, True)
