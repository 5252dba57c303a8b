"""The shapes of `--json`, as scripts read them (DESIGN.md, the CLI contract)."""

import json

from desk_by_hand import clearings, take

ARRIVED = "到账日期\n2017-05-02"


def test_the_json_of_import(yibao, form):
    path = form()

    code, out, err = yibao("import", path, "--json")

    document = json.loads(out)
    assert (code, err) == (0, "")
    assert len(document["files"][0].pop("sha256")) == 64
    rule = "guizhou_2017_204/"
    assert document == {
        "files": [
            {
                "path": str(path),
                "form": "F1",
                "status": "posted",
                "lines": {"new": 1, "known": 0, "completed": 0, "set_aside": 0},
                "vouchers": [
                    {"book": b, "voucher": f"{b}/{n}", "rule": r, "amount": "100.00"}
                    for b, n, r in [
                        ("520102-county-finance", "2017-04/1", rule + "1.1.1"),
                        ("520102-county-agency", "2017-04/1", rule + "2.1.1"),
                        ("520100-city-finance", "2017-05/1", rule + "1.1.2"),
                        ("520100-city-agency", "2017-05/1", rule + "2.1.2"),
                    ]
                ],
                "warnings": [],
                "errors": [],
            }
        ]
    }


def test_the_json_of_usage(yibao, form, sqlite_home):
    yibao("import", form("a.csv", ARRIVED + "\n"))
    take(sqlite_home, "F2", clearings("确认日期 | 基金支付\n2017-06-10 | 75.00"))

    code, out, _ = yibao("usage", "--quarter", "2017Q2", "--json")

    rows = json.loads(out)["rows"]
    keys = "book payer payer_name direction quarter advance cleared rate level"
    assert set(keys.split()) <= rows[0].keys()
    county = next(row for row in rows if row["payer"] == "520102")
    assert [county[key] for key in keys.split()] == [
        "520100-city-agency",
        "520102",
        "南明区",
        "received",
        "2017Q2",
        "100.00",
        "75.00",
        "0.7500",
        "yellow",
    ]
    assert yibao("usage", "--quarter", "2017Q2", "--fail-on", "red")[0] == 1
    assert code == 0


def test_the_json_of_due(yibao):
    code, out, _ = yibao("due", "--quarter", "2017Q2", "--on", "2017-04-20", "--json")

    rows = json.loads(out)["rows"]
    assert code == 0
    assert {"task", "cite", "region", "printed", "due", "state"} <= rows[0].keys()
    assert {row["state"] for row in rows} <= {"done", "open", "late"}


def test_the_json_of_offset(yibao, sqlite_home, form):
    yibao("import", form())
    take(sqlite_home, "F2", clearings("确认日期 | 基金支付\n2017-06-10 | 75.00"))

    code, out, _ = yibao("offset", "2017Q2", "--post-on", "2017-07-15", "--json")
    again = yibao("offset", "2017Q2", "--post-on", "2017-07-15", "--json")

    assert code == 0
    assert json.loads(out) == {
        "period": "2017Q2",
        "status": "posted",
        "vouchers": [
            {
                "book": "520100-city-agency",
                "voucher": "520100-city-agency/2017-07/1",
                "rule": "guizhou_2017_204/X12",
                "amount": "75.00",
            }
        ],
    }
    assert json.loads(again[1]) == {
        "period": "2017Q2",
        "status": "already-posted",
        "vouchers": [],
    }


def told(yibao, *words):
    code, out, err = yibao(*words, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_json_of_vouchers_that_are_made_approved_rejected_and_reversed(yibao, form):
    yibao("import", "--draft", form("a.csv", "交易流水号\nA"))
    yibao("import", "--draft", form("b.csv", "交易流水号\nB"))
    book = "520102-county-agency"
    new = ["voucher", "new", book, "--on", "2017-04-28", "--narration", "收到利息"]
    new += ["--debit", "财政专户存款——县本级", "5", "--credit", "利息收入", "5"]

    tried = told(yibao, "voucher", "approve", "#1", "--by", "wang", "--dry-run")
    approved = told(yibao, "voucher", "approve", "#1", "--by", "wang")
    rejected = told(yibao, "voucher", "reject", "#3", "--reason", "重复")
    name = f"{book}/2017-04/1"
    reversal = ["voucher", "reverse", name, "--reason", "错", "--on", "2017-07-02"]
    red = told(yibao, *reversal)
    by_hand = told(yibao, *new)

    agency = {"book": book, "rule": "guizhou_2017_204/2.1.1"}
    assert (tried["status"], tried["vouchers"][1]["voucher"]) == ("checked", None)
    assert approved["status"] == "approved"
    assert approved["vouchers"][1] == {**agency, "voucher": name, "amount": "100.00"}
    assert rejected == {"status": "rejected", "postings": 1}
    assert red["status"] == "posted"
    assert red["vouchers"][1]["amount"] == "-100.00"
    assert by_hand["status"] == "draft"
    assert by_hand["vouchers"][0]["voucher"] is None
    assert by_hand["vouchers"][0]["draft"].startswith("#")


def test_the_json_of_homes_books_and_settings(yibao, tmp_path):
    setting = ["setting", "set", "reading", "corrected", "--cite", "附件二"]

    home = told(yibao, "init", tmp_path / "new", "--province", "520000")
    opened = told(yibao, "book", "open", "520102-county-agency")
    put = told(yibao, *setting, "--from", "2017-07-01")

    assert home == {
        "status": "opened",
        "home": str(tmp_path / "new"),
        "books": 199,
    }
    assert opened == {"status": "already-open", "books": []}
    assert (put["status"], put["from"], put["value"]) == (
        "set",
        "2017-07-01",
        "corrected",
    )


def test_the_json_of_an_offset_that_waits_for_approval(yibao, sqlite_home, form):
    yibao("import", form())
    take(sqlite_home, "F2", clearings("确认日期 | 基金支付\n2017-06-10 | 75.00"))

    document = told(yibao, "offset", "2017Q2", "--post-on", "2017-07-15", "--draft")

    assert document["status"] == "draft"
    assert document["vouchers"][0]["voucher"] is None
