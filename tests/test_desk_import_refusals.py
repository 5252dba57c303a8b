"""Bad forms: each refusal names its place; nothing is posted, nothing printed."""

from datetime import date

import pytest
from desk_by_hand import LI, book_files, cases, clearings, count, take, transfers
from forms_by_hand import write_form
from sqlalchemy import delete

from desk.importing import Options, import_files
from ledger.errors import UnavailableError
from ledger.schema import Book, BookYear, Document, Posting

MAKE = {"F1": transfers, "F2": clearings}


@pytest.mark.parametrize("case", cases("refusals"), ids=lambda case: case["name"])
def test_a_refusal_names_its_place_and_changes_nothing(case, sqlite_home):
    make = MAKE[case["form"]]
    if "before" in case:
        posted = take(sqlite_home, case["form"], make(case["before"]))
        assert posted.message == ""
    rows, books = counts(sqlite_home), book_files(sqlite_home)

    result = take(sqlite_home, case["form"], make(case["rows"]), "新表.xlsx")

    error = result.errors[0]
    assert (result.status, error.sheet) == ("rejected", "明细")
    assert [error.row, error.column] == case["at"]
    assert case["says"] in error.message
    assert error.expected
    assert f"第{case['at'][0]}行" in result.message
    assert "没有入账" in result.message
    assert counts(sqlite_home) == rows
    assert book_files(sqlite_home) == books


def test_the_json_of_a_refusal(home, tmp_path):
    path = write_form(tmp_path / "错.xlsx", "F1", transfers("收款方代码\n520200"))

    document = import_files(home, [path], LI)[0].as_json()

    message = document["errors"][0].pop("message")
    sha256 = document.pop("sha256")
    assert document == {
        "path": str(path),
        "form": "F1",
        "status": "rejected",
        "lines": {"new": 0, "known": 0, "completed": 0, "set_aside": 0},
        "vouchers": [],
        "warnings": [],
        "errors": [
            {
                "sheet": "明细",
                "row": 3,
                "column": "付款方代码",
                "found": "520102（南明区）向520200（六盘水市）的跨省预付金",
                "expected": "县区向所属市州、市州或省本级向省、省与外省之间的划拨",
            }
        ],
    }
    assert "第3行" in message
    assert len(sha256) == 64


def test_one_wrong_row_refuses_the_whole_form(home):
    result = take(
        home, "F1", transfers("交易流水号 | 收款方代码\nA | 520100\nB | 520200")
    )

    assert result.status == "rejected"
    assert counts(home) == [0, 0, 0]
    assert not any((home.path / "documents").rglob("*.*"))


def test_a_wrong_file_does_not_stop_the_next(sqlite_home, tmp_path):
    wrong = write_form(tmp_path / "a.csv", "F1", transfers("收款方代码\n520200"))
    right = write_form(tmp_path / "b.csv", "F1", transfers("收款方代码\n520100"))

    results = import_files(sqlite_home, [wrong, right], LI)

    assert [r.status for r in results] == ["rejected", "posted"]


def test_a_book_that_is_not_open_is_named(sqlite_home):
    with sqlite_home.writing() as connection:
        connection.execute(delete(Book).where(Book.id == "520102-county-finance"))

    result = take(sqlite_home, "F1", transfers("险种\n310"))

    assert result.status == "rejected"
    assert "yibao book open 520102-county-finance" in result.errors[0].message
    assert counts(sqlite_home) == [0, 0, 0]


def test_post_on_before_the_business_day_is_refused(sqlite_home):
    rows = transfers("付款日期 | 到账日期\n2017-04-28 | 2017-05-02")

    result = take(sqlite_home, "F1", rows, post_on=date(2017, 5, 1))

    assert result.status == "rejected"
    assert "早于业务日期2017-05-02" in result.message
    assert counts(sqlite_home) == [0, 0, 0]


def test_a_dry_run_shows_the_vouchers_and_changes_nothing(home):
    result = take(home, "F1", transfers("到账日期\n2017-05-02"), dry_run=True)

    document = result.as_json()
    assert (document["status"], len(document["vouchers"])) == ("checked", 4)
    assert {v["voucher"] for v in document["vouchers"]} == {None}
    assert counts(home) == [0, 0, 0]
    assert book_files(home) == {}
    assert not any((home.path / "documents").rglob("*.*"))


def test_a_file_that_is_not_there_is_an_error_of_that_file(sqlite_home, tmp_path):
    result = import_files(sqlite_home, [tmp_path / "没有.csv"], LI)[0]

    assert (result.status, result.form) == ("rejected", None)
    assert "读不到文件" in result.message


def test_a_folder_that_cannot_be_written_refuses_the_form(sqlite_home):
    (sqlite_home.path / "documents").rmdir()
    (sqlite_home.path / "documents").write_text("in the way")

    result = take(sqlite_home, "F1", transfers("险种\n310"))

    assert result.status == "rejected"
    assert "原始凭证存不进" in result.message
    assert counts(sqlite_home) == [0, 0, 0]


def test_a_lost_database_is_not_an_error_of_the_file(sqlite_home, tmp_path):
    path = write_form(tmp_path / "a.csv", "F1", transfers("险种\n310"))
    for file in sqlite_home.path.glob("yibao.db*"):
        file.unlink()
    sqlite_home.close()
    (sqlite_home.path / "yibao.db").mkdir()

    with pytest.raises(UnavailableError):
        import_files(sqlite_home, [path], LI, Options())


def counts(home) -> list[int]:
    """Documents, postings and book-years."""
    return [count(home, table) for table in (Document, Posting, BookYear)]
