"""A province of sixteen cities: three months of bills and a season of premiums, from
forms to cleared books, by the run that `yibao sample --sharing` writes.

After each month every account holds what the plain twin says, `check` is clean, and
what the cities owe each other is paid. YIBAO_SHARING_PEOPLE=16000 makes it larger.
"""

import csv
import os
import re
import shlex
import shutil
from datetime import date

import pytest
from people_by_hand import stored
from python_calamine import CalamineWorkbook
from settlement_oracle import Oracle

from desk.cli import call
from desk.sample import write_bills, write_ground, write_sharing
from ledger.book_files import print_all
from ledger.periods import Month
from reports.verify import verify

PEOPLE = int(os.environ.get("YIBAO_SHARING_PEOPLE", "320"))
PROVINCE, MONTHS, SEED = "340000", "2024-07:2024-09", 1
CLAUSE = re.compile(r"〔\d{4}〕\d+号")
# Refusals of G4 and G5 that do not name theirs; to be emptied.
TITLES = {
    "定点医药机构名册": "G10",
    "个人账户期初余额表": "G2",
    "家庭共济绑定表": "G4",
    "门诊结算清单": "G3",
    "代缴保费清单": "G5",
}


@pytest.fixture
def province(anhui_home, tmp_path, monkeypatch):
    """A fresh home that commands find; all that was written is removed at once."""
    monkeypatch.setenv("YIBAO_HOME", str(anhui_home.path))
    monkeypatch.setenv("YIBAO_BY", "li")
    monkeypatch.delenv("YIBAO_DATABASE_URL", raising=False)
    if not anhui_home.url.startswith("sqlite"):
        monkeypatch.setenv("YIBAO_DATABASE_URL", anhui_home.url)
    yield anhui_home
    shutil.rmtree(tmp_path)


def test_a_province_runs_three_months_and_a_season_from_forms_to_cleared_books(
    province, tmp_path
):
    year = write_sharing(tmp_path / "forms", PROVINCE, PEOPLE, MONTHS, SEED, False)
    twin = Oracle("34")

    for title, steps in blocks(year.run):
        run(tmp_path, steps)
        if title != "单边账":
            take(twin, steps)

            assert held(province) == balances(twin)
        assert uncleared(province) == []
        if title not in ("", "单边账"):
            assert owed_between_cities(province) == []

    for kind in ("family", "institutions"):  # what `match` reversed is of today
        run(tmp_path, [f"clear {date.today():%Y-%m} --kind {kind} --province 340000"])
    assert owed_between_cities(province) == []
    assert lines(province) > 2.5 * PEOPLE
    print_all(province)
    assert verify(province.path / "books").problems == []


def test_rows_that_cannot_be_taken_change_nothing_and_each_names_a_clause(
    province, tmp_path
):
    few = (PROVINCE, 160, MONTHS, SEED)
    good = write_sharing(tmp_path / "good", *few, False)
    bad = write_sharing(tmp_path / "bad", *few, True)
    twin = Oracle("34")
    for title, steps in blocks(good.run):
        take(twin, steps if title != "单边账" else [])

    for title, steps in blocks(bad.run):
        if title != "单边账":
            run(tmp_path, steps, "--keep-going")

    reasons = set_aside(province)
    assert len(reasons) == rows_of(bad.forms) - rows_of(good.forms)
    assert held(province) == balances(twin)
    assert [why for why in reasons if not names_clause(why)] == []


def test_the_same_seed_writes_the_same_forms(tmp_path):
    few = (PROVINCE, 80, MONTHS, 7, True)
    first = write_sharing(tmp_path / "a", *few)
    second = write_sharing(tmp_path / "b", *few)

    assert [path.read_bytes() for path in first.forms] == [
        path.read_bytes() for path in second.forms
    ]
    assert [path.name for path in first.forms] == sorted(p.name for p in first.forms)


def test_a_list_of_bills_of_any_number_goes_with_its_ground(province, tmp_path):
    of = {"code": PROVINCE, "month": Month(2024, 7)}
    forms = write_ground(tmp_path, 50, 3, **of)
    path = tmp_path / "门诊.csv"

    assert write_bills(path, 50, 200, 3, **of) == 200
    run(tmp_path, [f"import {shlex.quote(str(form))}" for form in [*forms, path]])
    assert lines(province) == 200


@pytest.mark.parametrize(
    "code, why", [("510000", "没有个人账户省内跨统筹区"), ("340100", "不是省级代码")]
)
def test_a_province_without_such_a_policy_has_no_sample(anhui, tmp_path, code, why):
    code, _, told = anhui("sample", tmp_path / "forms", "--sharing", code)

    assert code and why in told


def test_the_sample_tells_how_to_run_it(anhui, tmp_path):
    folder = tmp_path / "forms"
    code, told, _ = anhui(
        *("sample", folder, "--sharing", PROVINCE, "--people", 40),
        *("--months", "2024-07:2024-07"),
    )

    assert code == 0 and f"yibao run {folder / '运行.txt'}" in told
    assert len(list(folder.glob("*.csv"))) == 7


def blocks(path):
    """The lines of a run, cut at each comment: (what it says, lines)."""
    found = [("", [])]
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def run(folder, steps, *options):
    """`yibao run` of some lines; each must be done, unless it keeps going."""
    script = folder / "步骤.txt"
    script.write_text("\n".join(steps), "utf-8")
    code = call(["run", str(script), *options])

    assert options or code == 0


def take(twin, steps):
    """The twin takes the forms of a block; none of their rows is refused."""
    for step in steps:
        words = shlex.split(step)
        if words[0] == "import":
            form, rows = read(words[1])

            assert form is None or twin.take(form, rows) == []


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        form = TITLES.get(next(rows)[0])
        next(rows)
        columns = next(rows)
        return form, [dict(zip(columns, row)) for row in rows if row[0] != "合计"]


def rows_of(forms):
    return sum(len(path.read_text("utf-8-sig").splitlines()) for path in forms)


def names_clause(why):
    return CLAUSE.search(why)


def set_aside(home):
    """原因 of every row that was set aside."""
    found = []
    for path in sorted((home.path / "out" / "set-aside").glob("*.xlsx")):
        book = CalamineWorkbook.from_path(str(path))
        titles, *rows = book.get_sheet_by_index(0).to_python()
        found += [f"{path.name} {row[titles.index('原因')]}" for row in rows]
    return found


def held(home):
    rows = stored(home, "SELECT person_id, region, balance FROM account")
    return {(person, region): fen for person, region, fen in rows}


def balances(twin):
    return {account: int(amount * 100) for account, amount in twin.balances.items()}


def lines(home):
    return stored(home, "SELECT count(*) FROM settlement WHERE freed = 0")[0][0]


def uncleared(home):
    """What between regions and with institutions of the run's months waits."""
    last = MONTHS[-7:]
    return stored(
        home,
        "SELECT month, place, payer FROM settlement_sum WHERE clearing_id IS NULL"
        " AND channel = '联网' AND place <> payer AND month <= :last"
        " UNION ALL SELECT month, institution, place FROM institution_sum"
        " WHERE clearing_id IS NULL AND month <= :last"
        " AND place IN (SELECT region FROM book)"
        " AND institution <> ''"  # of 补记, whose institution nobody has named
        " UNION ALL SELECT month, region, payer FROM premium_sum"
        " WHERE clearing_id IS NULL AND region <> payer",
        last=last,
    )


def owed_between_cities(home):
    """Balances that clearing leaves on 家庭共济 and 异地结算."""
    return stored(
        home,
        "SELECT voucher.book_id, subject, detail, CAST(sum("
        " CASE WHEN side = '借' THEN amount ELSE -amount END) AS bigint)"
        " FROM voucher_line JOIN voucher ON voucher.id = voucher_id"
        " WHERE voucher.seq IS NOT NULL"
        " AND (subject LIKE '暂_款——家庭共济%' OR subject LIKE '暂_款——异地结算%')"
        " GROUP BY voucher.book_id, subject, detail HAVING sum("
        " CASE WHEN side = '借' THEN amount ELSE -amount END) <> 0",
    )
