"""Our forms as beangulp importers: stock identify and extract, exact duplicates."""

import subprocess
import sys

import pytest
from beancount import loader
from forms_by_hand import line, write_form

from desk.importing import import_files
from importers.beangulp_adapter import BookImporter
from ledger.book_files import book_path
from ledger.errors import SourceError
from ledger.postings import Actor

BOOK = "520100-city-agency"
ARRIVED = {"到账日期": "2017-05-03", "所属季度": "2017Q2"}
SCRIPT = """
from beangulp import Ingest
from importers.beangulp_adapter import BookImporter

ingest = Ingest([BookImporter(form, "520100-city-agency") for form in ("F1", "F2")])
if __name__ == "__main__":
    ingest()
"""


@pytest.fixture
def transfers(tmp_path):
    path = tmp_path / "划拨单.xlsx"
    write_form(path, form="F1", rows=[line("F1", **ARRIVED)])
    return path


@pytest.mark.parametrize("form", ["F0", "F1", "F2", "F3"])
def test_an_importer_identifies_its_own_form_alone(transfers, form):
    assert BookImporter(form, BOOK).identify(str(transfers)) == (form == "F1")


def test_a_file_that_is_no_form_is_nobodys(tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("a,b\n1,2\n")

    assert not BookImporter("F1", BOOK).identify(str(path))


def test_extract_says_what_import_records_in_that_book(sqlite_home, transfers):
    import_files(sqlite_home, [transfers], Actor("li", "2017-07-01T09:00:00+08:00"))
    entries, errors, _ = loader.load_file(str(book_path(sqlite_home, BOOK, 2017)))
    (recorded,) = [entry for entry in entries if hasattr(entry, "postings")]

    (extracted,) = BookImporter("F1", BOOK).extract(str(transfers), [])

    assert not errors
    assert (extracted.date, extracted.payee, extracted.narration, extracted.links) == (
        recorded.date,
        recorded.payee,
        recorded.narration,
        recorded.links,
    )
    assert [p[:2] for p in extracted.postings] == [p[:2] for p in recorded.postings]


def test_duplicates_are_told_by_link_and_rule(transfers):
    importer = BookImporter("F1", BOOK)
    existing = importer.extract(str(transfers), [])
    again = [entry._replace(meta=dict(entry.meta)) for entry in existing]

    importer.deduplicate(again, existing)

    assert all(entry.meta["__duplicate__"] for entry in again)


def test_a_clearing_list_extracts_for_a_city(tmp_path):
    path = tmp_path / "清算明细.csv"
    write_form(path, form="F2", rows=[line("F2", 确认日期="2017-07-14")])

    (entry,) = BookImporter("F2", BOOK).extract(str(path), [])

    assert entry.meta["rule"] == "guizhou_2017_204/2.2.2"


def test_what_depends_on_the_plan_is_not_guessed(tmp_path):
    path = tmp_path / "划拨单.csv"
    ours = {"付款方代码": "520000", "收款方代码": "520000", "用途": "省内"}
    write_form(path, form="F1", rows=[line("F1", 所属季度="2017Q2", **ours)])

    (entry,) = BookImporter("F1", "520000-centre").extract(str(path), [])
    with pytest.raises(SourceError, match="请用 yibao import 导入"):
        BookImporter("F1", "520000-province-finance").extract(str(path), [])

    assert entry.meta["rule"] == "guizhou_2017_204/X2"


def test_stock_beangulp_identifies_and_extracts(transfers, tmp_path):
    script = tmp_path / "ingest.py"
    script.write_text(SCRIPT)

    def beangulp(*words):
        return subprocess.run(
            [sys.executable, str(script), *words],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert f"yibao.F1.{BOOK}" in beangulp("identify", str(transfers))
    assert "暂付款:02各县区:520102南明区" in beangulp("extract", str(transfers))
