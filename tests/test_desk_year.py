"""A province's whole year, from forms to books, by commands alone in one process.

`make year` is this file. Every line of the run must end with 0, among them `check` at
each month's end.
"""

import json
import subprocess
import sys
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from browser import chromium, visit  # noqa: F401
from sqlalchemy import select

from desk.sample import write_province_year
from ledger.advances import plans
from ledger.advances.tables import Plan
from ledger.database import open_home
from ledger.errors import UsageError
from ledger.schema import TransferLine

pytestmark = pytest.mark.xdist_group("year")  # its one run serves all tests
ADVANCES = ("预付金", "紧急调增", "额度调整")
NARROW = {"width": 400, "height": 800}


def yibao(home, *words):
    """A command in a process of its own: exit code, stdout, stderr."""
    command = [Path(sys.executable).with_name("yibao"), "--home", str(home), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """Folder of the forms, and the home after the run."""
    folder = tmp_path_factory.mktemp("year")
    written = write_province_year(folder / "forms", "520000", 2018, 1)
    home = folder / "home"
    assert yibao(home, "init", str(home), "--province", "520000")[0] == 0
    began = time.monotonic()
    code, told, wrong = yibao(home, "run", str(written.run))
    print(f"{len(written.forms)} forms in {time.monotonic() - began:.0f} s")
    assert (code, wrong) == (0, ""), told[-2000:]
    return folder


def told(year, *words):
    code, out, wrong = yibao(year / "home", *words, "--json")
    assert wrong == ""
    return code, json.loads(out)


def test_nothing_disagrees_at_the_years_end(year):
    code, found = told(year, "check", "--on", "2018-12-31")

    assert code == 0
    assert [row for row in found["findings"] if row["severity"] == "error"] == []


def test_the_printed_books_verify_by_themselves(year):
    code, out, _ = yibao(year / "home", "verify", str(year / "home" / "books"))

    assert code == 0, out


def test_what_the_plans_ask_for_is_what_was_paid(year):
    asked, paid = defaultdict(Decimal), defaultdict(Decimal)
    plan, line = Plan.__table__, TransferLine.__table__
    home = open_home(year / "home")
    with home.reading() as connection:
        for row in connection.execute(select(plan).where(plan.c.state == "issued")):
            for each in plans.lines(connection, row.id):
                asked[row.quarter, *each.cell] += each.amount
        upward = select(line).where(
            line.c.live, line.c.payee == "520000", line.c.nature.in_(ADVANCES)
        )
        for row in connection.execute(upward):
            if row.payer.startswith("52") and row.payer != "520000":
                cell = (row.payer, row.scope, row.fund)
                paid[row.quarter, *cell] += row.own + row.lower
    home.close()

    assert len(asked) > 160
    assert dict(paid) == {cell: amount for cell, amount in asked.items() if amount}


def test_a_script_learns_that_somebody_is_red(year):
    asked = ("usage", "--quarter", "2018Q3", "--fail-on", "red")
    before = yibao(year / "home", *asked, "--on", "2018-10-11")[0]
    red = yibao(year / "home", *asked, "--on", "2018-10-15")[0]

    assert (before, red) == (0, 1)


@pytest.fixture(scope="module")
def report(year):
    code, said = told(year, "report", "year", "2018", "--on", "2018-12-31")
    assert code == 0
    return said


def test_the_report_tells_what_befell_the_province(report):
    red = {
        (payer["payer"], warned["quarter"])
        for payer in report["payers"]
        for warned in payer["warnings"]
        if warned["level"] == "red"
    }

    assert red == {("520600", "2017Q4"), ("520500", "2018Q3")}
    assert [held["region"] for held in report["suspensions"]] == ["522300"]
    assert {event["kind"] for event in report["events"]} == {
        *("紧急调增", "异议", "撤回确认", "退汇", "暂停", "恢复", "接入", "更名")
    }
    assert report["check"]["errors"] == 0
    assert report["late"][0]["late_by"] == 38
    assert report["late"][0]["region"] == "522300"


def test_the_reports_payers_add_up_to_its_months(report):
    paid = sum(Decimal(payer["paid"]) for payer in report["payers"])
    cleared = sum(Decimal(payer["cleared"]) for payer in report["payers"])
    months = sum(Decimal(month["from_cities"]) for month in report["months"])
    places = report["places"]["abroad"] + report["places"]["home"]

    assert paid == months
    assert cleared == sum(Decimal(place["amount"]) for place in places)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_by_day_and_by_night(year, chromium, scheme):  # noqa: F811
    page = next((year / "forms").glob("*.html"))
    with visit(chromium, color_scheme=scheme) as seen:
        seen.page.goto(page.as_uri())
        pictures = seen.page.locator("svg").count()
        back = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        seen.page.set_viewport_size(NARROW)
        wide = seen.page.evaluate("document.documentElement.scrollWidth")

    assert seen.troubles == []
    assert pictures == 7
    assert back == {"light": "rgb(244, 245, 247)", "dark": "rgb(18, 22, 28)"}[scheme]
    assert wide == NARROW["width"]


def test_the_story_is_of_one_province_and_year(tmp_path):
    with pytest.raises(UsageError, match="只有贵州省（520000）2018年的全年样例"):
        write_province_year(tmp_path, "520000", 2019, 1)


def test_the_same_seed_writes_the_same_forms(year, tmp_path):
    again = write_province_year(tmp_path, "520000", 2018, 1)
    forms = year / "forms"

    assert len(again.forms) > 130
    assert [
        path.name
        for path in again.forms
        if path.read_bytes() != (forms / path.name).read_bytes()
    ] == []
