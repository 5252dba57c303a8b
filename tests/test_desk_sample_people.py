"""`yibao sample --city`: what an invented city's lists of people have in them."""

import csv
import tracemalloc
from collections import Counter

import pytest
from city_oracle import Oracle

from desk.sample import write_payouts, write_year
from desk.sample.accounts import Accounts
from desk.sample.city import FATES, City
from desk.sample.payouts import runs, write_bounces
from importers.forms import opened
from ledger.money import from_fen
from ledger.periods import Month

NANCHONG, PANZHIHUA = "511300", "510400"
MONTHS = [Month(2023, number) for number in range(1, 13)]


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    return write_year(tmp_path_factory.mktemp("city"), NANCHONG, 600, MONTHS, 1)


def rows_of(path) -> list[dict]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        _, _, columns, *rows = csv.reader(file)
    return [dict(zip(columns, row)) for row in rows if row[0] != "合计"]


def of(year, name: str) -> list[dict]:
    return [row for path in year.forms if name in path.name for row in rows_of(path)]


def set_aside(path) -> tuple[int, list]:
    """How many rows a list has, and what the importer sets aside of it."""
    document = opened(path.read_bytes(), path.name)
    for _ in document.blocks():
        pass
    assert document.totalled
    return document.count, document.set_aside


def test_the_names_of_the_files_sort_in_the_order_of_import(year):
    names = [path.name for path in year.forms]

    assert names == sorted(names)
    assert names[:3] == [
        "00_个人账户期初余额.csv",
        "2023-01_1_个人账户计入清单.csv",
        "2023-01_2_个人账户变动清单.csv",
    ]


def test_every_row_of_a_good_year_is_taken_by_the_importers(year):
    for path in year.forms:
        count, aside = set_aside(path)

        assert count and not aside, aside[:3]


def test_the_same_seed_writes_the_same_files(year, tmp_path):
    again = write_year(tmp_path / "again", NANCHONG, 600, MONTHS, 1)
    other = write_year(tmp_path / "other", NANCHONG, 600, MONTHS, 2)

    assert [p.read_bytes() for p in again.forms] == [p.read_bytes() for p in year.forms]
    assert [p.read_bytes() for p in other.forms] != [p.read_bytes() for p in year.forms]


def test_every_fate_befalls_somebody(year):
    changes = Counter(row["变动类型"] for row in of(year, "变动清单"))
    rows = of(year, "计入清单")

    assert set(changes) == {"转入", "转出", "继承", "死亡"}
    assert {row["参保身份"] for row in rows} == {"单位职工", "灵活就业", "单建统筹", ""}
    assert {row["缴费类型"] for row in rows} == {"正常", "补缴"}
    late = [
        r for r in rows if r["退休待遇起始月"] and r["退休待遇起始月"] < r["所属期"]
    ]
    assert late
    assert any(row["公务员补助计入"] for row in rows if row["人员类别"] == "退休")
    assert any(row["公务员补助计入"] for row in rows if row["人员类别"] == "在职")


def test_three_in_ten_are_retired(year):
    january = [row for row in of(year, "2023-01_1")]
    retired = sum(row["人员类别"] == "退休" for row in january)

    assert 0.25 < retired / len(january) < 0.35


def test_money_that_was_under_way_arrives_in_a_later_list(year):
    seen = Counter()
    for row in of(year, "计入清单"):
        if row["人员类别"] == "在职":
            seen[row["个人编号"], row["所属期"], bool(row["到账日期"])] += 1

    waited = [key for key in seen if not key[2] and key[1] < "2023-11"]
    assert len(waited) > 50
    assert all(seen[person, month, True] == 1 for person, month, _ in waited)


def test_bases_change_in_july(year):
    bases = {}
    for row in of(year, "计入清单"):
        if row["缴费基数"]:
            half = "first" if row["所属期"] < "2023-07" else "second"
            bases.setdefault(row["个人编号"], {}).setdefault(half, row["缴费基数"])

    both = [base for base in bases.values() if len(base) == 2]
    assert 0.5 < sum(b["first"] != b["second"] for b in both) / len(both) < 0.8


def test_what_is_paid_out_is_what_the_oracle_says_is_there(year):
    """The oracle asserts every 转出 and 继承; at the end the books agree as well."""
    oracle = Oracle()
    for step in year.run.read_text("utf-8").splitlines():
        if not step.startswith("make-up"):
            oracle.run(step)
    accounts = Accounts(City(NANCHONG, 600, MONTHS, 1), 335_000)
    for at in range(len(MONTHS)):
        for _ in accounts.listed(at):
            pass
        for _ in accounts.changes(at):
            pass

    for person, held in enumerate(accounts.balances):
        id = accounts.city.id(person)
        assert oracle.balances.get(id, 0) == from_fen(held), id
        assert oracle.claims.get(id, 0) == from_fen(accounts.claims.get(person, 0))
    assert any(accounts.claims.values())


def test_bad_rows_stand_beside_the_good_ones(year, tmp_path):
    bad = write_year(tmp_path, NANCHONG, 600, MONTHS, 1, bad=True)

    for good, mixed in zip(year.forms, bad.forms):
        more = rows_of(mixed)[len(rows_of(good)) :]
        assert rows_of(mixed)[: len(rows_of(good))] == rows_of(good)
        if "计入清单" in mixed.name:
            assert len(more) >= 9
        if "变动清单" in mixed.name:
            assert len(more) == 5


def test_what_one_row_shows_to_be_wrong_is_set_aside_by_the_reader(tmp_path):
    bad = write_year(tmp_path, NANCHONG, 600, MONTHS[:2], 1, bad=True)
    _, aside = set_aside(bad.forms[1])

    assert {fault.column for fault in aside} == {"缴费基数", "统筹区代码", "所属期"}


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(months):
        tracemalloc.start()
        write_year(tmp_path / str(len(months)), NANCHONG, 3000, months, 1)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(MONTHS[:1])  # what is read once is read

    assert peak(MONTHS[:9]) < 1.2 * peak(MONTHS[:3])


@pytest.mark.parametrize("people", [1, len(FATES), 101])
@pytest.mark.parametrize("months", [MONTHS[:1], MONTHS[3:6]])
def test_any_size_of_city_can_be_had(people, months, tmp_path):
    for path in write_year(tmp_path, NANCHONG, people, months, 3).forms:
        assert not set_aside(path)[1]


def test_a_city_that_pays_out_has_filings_of_every_kind(tmp_path):
    year = write_payouts(tmp_path, PANZHIHUA, 100, 1)

    for path in year.forms:
        document = opened(path.read_bytes(), path.name)
        assert sum(len(block.rows) for block in document.blocks())
        assert not document.set_aside
    filings = rows_of(year.forms[1])
    assert {row["范围"] for row in filings} == {"省内", "跨省"}
    assert len({row["备案类型"] for row in filings}) == 4
    assert runs(PANZHIHUA) == [Month(2022, 2), Month(2022, 8)]


def test_bounces_are_written_for_the_payments_that_came_back(tmp_path):
    day = MONTHS[0].first_day
    path = write_bounces(tmp_path / "退回.csv", [("A1", 12345), ("A2", 100)], day)

    assert [(r["划转流水号"], r["退回金额"]) for r in rows_of(path)] == [
        ("A1", "123.45"),
        ("A2", "1.00"),
    ]
    assert set_aside(path) == (2, [])


def test_the_command_writes_what_the_city_s_policy_has(yibao, tmp_path):
    code, said, _ = yibao("sample", tmp_path / "a", "--city", NANCHONG, "--people", 50)

    assert code == 0
    assert f"yibao run {tmp_path / 'a' / '运行.txt'}" in said
    assert len(list((tmp_path / "a").glob("2023-??_1_*.csv"))) == 12
    code, _, _ = yibao("sample", tmp_path / "b", "--city", PANZHIHUA)
    assert code == 0
    assert (tmp_path / "b" / "01_异地备案登记表.csv").exists()


@pytest.mark.parametrize(
    "words, code, why",
    [
        (["--city", "510000"], 2, "不是市级代码"),
        (["--city", "520100"], 1, "没有个人账户计入办法"),
        (["--city", NANCHONG, "--months", "2023"], 2, "不是起止月份"),
        (["--city", NANCHONG, "--months", "2023-05:2023-01"], 2, "不是起止月份"),
        (["--city", NANCHONG, "--months", "2027-12:2028-01"], 1, "第三十八条"),
    ],
)
def test_what_cannot_be_had_is_said(yibao, tmp_path, words, code, why):
    found, _, said = yibao("sample", tmp_path / "a", *words)

    assert found == code
    assert why in said
