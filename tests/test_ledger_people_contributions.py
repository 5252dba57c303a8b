"""People as lists tell of them: history, retirement, and lists cut in any way."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_by_hand import LI, NANCHONG, WANG, contributions, people, stored
from test_desk_import_contributions import HISTORY, MARCH, messages

from desk.reversing import reverse
from ledger import sources
from ledger.database import Home
from ledger.errors import BookError
from ledger.people.retiring import RETIRED_SINCE

STATE = """
    SELECT region, status, insured_as, base, since, retired_from FROM person
    WHERE person_id = 'A1'
"""
LINES = "SELECT month, credit_as FROM contribution_line WHERE freed = 0 ORDER BY 1"
TWO_MONTHS = "所属期 | 个人编号\n2023-01 | A1\n2023-02 | A1"


def history(home) -> list[tuple]:
    """A1's dated states: month, status and base in yuan."""
    return [(m, s, b and b // 100) for _, m, _, s, _, b in stored(home, HISTORY)]


def months(home, *rows: str, **how):
    """Import rows of A1: month, status, base, retired from."""
    titles = "个人编号 | 所属期 | 人员类别 | 缴费基数 | 退休待遇起始月 | 个人缴费"
    lines = []
    for row in rows:
        month, status, base, *more = row.split()
        base = "" if base == "-" else base
        lines.append(f"A1 | {month} | {status} | {base} | {''.join(more)} | ")
    return contributions(home, "\n".join([titles, *lines]), **how)


def credited(home, month: str) -> None:
    """A counted credit batch of a month, with A1's movement, as `credit` leaves it."""
    with home.writing() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO batch (id, kind, region, period, dated, people, total, policy,"
            " figures, sources, state, made_by, made_at) VALUES (1, 'credit', '511300',"
            f" '{month}', '2023-01-31', 1, 10000, '', '', '', 'counted', 'li', '')"
        )
        run("INSERT INTO batch_document (batch_id, document_id) VALUES (1, 1)")
        run(
            "INSERT INTO movement (person_id, period, act, serial, region, dated, kind,"
            f" amount, batch_id) VALUES ('A1', '{month}', 'credit', '', '511300',"
            " '2023-01-31', '在职计入', 10000, 1)"
        )


def test_a_row_of_the_history_is_added_where_something_changes(sichuan_home):
    months(
        sichuan_home,
        "2023-01 在职 5000",
        "2023-02 在职 5000",
        "2023-03 在职 6000",
        "2023-04 退休 - 2023-04",
    )

    assert history(sichuan_home) == [
        ("2023-01", "在职", 5000),
        ("2023-03", "在职", 6000),
        ("2023-04", "退休", None),
    ]
    assert stored(sichuan_home, STATE) == [
        (NANCHONG, "退休", "单位职工", None, "2023-04", "2023-04")
    ]


def test_a_late_row_stands_at_its_month_and_changes_nothing_after(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000", "2023-03 在职 5000")
    months(sichuan_home, "2023-02 在职 6000")

    assert history(sichuan_home) == [
        ("2023-01", "在职", 5000),
        ("2023-02", "在职", 6000),
        ("2023-03", "在职", 5000),
    ]
    assert stored(sichuan_home, STATE)[0][3:5] == (500000, "2023-03")


def test_a_row_before_all_others_begins_the_history(sichuan_home):
    months(sichuan_home, "2023-03 在职 6000")
    months(sichuan_home, "2023-01 在职 5000")

    assert history(sichuan_home) == [
        ("2023-01", "在职", 5000),
        ("2023-03", "在职", 6000),
    ]
    assert stored(sichuan_home, STATE)[0][3:5] == (600000, "2023-03")


def test_a_move_opens_an_account_in_the_other_region(sichuan_home):
    contributions(
        sichuan_home,
        """
        所属期 | 个人编号 | 统筹区代码
        2023-01 | A1 | 511300
        2023-02 | A1 | 510400
        """,
    )

    accounts = stored(sichuan_home, "SELECT region, state FROM account ORDER BY 1")
    assert accounts == [("510400", "open"), ("511300", "open")]
    assert stored(sichuan_home, STATE)[0][0] == "510400"


def test_what_was_missing_of_a_person_is_filled(sichuan_home):
    contributions(sichuan_home, "个人编号 | 姓名 | 出生年月\nA1 | | ")
    contributions(sichuan_home, "所属期 | 个人编号\n2023-02 | A1")

    names = stored(sichuan_home, "SELECT name, born FROM person")
    assert names == [("张三", "1980-05")]


@pytest.mark.parametrize(
    "first, second, why",
    [
        (
            "2023-01 退休 - 2022-05",
            "2023-02 退休 - 2022-06",
            "退休待遇起始月“2022-06”晚于已登记的退休月份2022-05。",
        ),
        (
            "2023-01 退休 -",
            "2023-02 在职 5000",
            "人员类别“在职”与登记不合：此人在2023-02已按退休人员登记。",
        ),
        (
            "2023-02 在职 5000",
            "2023-01 退休 -",
            "人员类别“退休”与登记不合：此人在2023-01以后还按在职人员登记。",
        ),
        (
            "2023-02 退休 - 2023-02",
            "2023-01 退休 -",
            "人员类别“退休”与退休待遇起始月不合：所属期2023-01还没有开始享受退休待遇。",
        ),
        (
            "2023-01 退休 -",
            "2023-02 退休 - 2023-02",
            "退休待遇起始月“2023-02”晚于已登记的退休月份2023-01。",
        ),
    ],
)
def test_what_contradicts_the_registered_retirement_is_set_aside(
    sichuan_home, first, second, why
):
    months(sichuan_home, first)

    assert messages(months(sichuan_home, second)) == [why]


def test_who_is_known_to_be_retired_counts_as_such_whatever_the_list_says(sichuan_home):
    months(sichuan_home, "2023-01 退休 - 2023-01")
    months(sichuan_home, "2023-02 在职 5000")

    assert stored(sichuan_home, LINES) == [("2023-01", "退休"), ("2023-02", "退休")]
    own = stored(sichuan_home, "SELECT own FROM contribution_line ORDER BY month")
    assert own == [(0,), (0,)]


def test_rows_after_death_are_set_aside(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000")
    with sichuan_home.writing() as connection:
        connection.exec_driver_sql("UPDATE person SET died_on = '2023-02-10'")

    assert months(sichuan_home, "2023-02 在职 5000").status == "posted"
    assert messages(months(sichuan_home, "2023-03 在职 5000")) == [
        "所属期“2023-03”在死亡月2023-02之后，不再计入。"
    ]
    assert messages(months(sichuan_home, "2022-12 在职 5000 2023-03")) == [
        "退休待遇起始月“2023-03”在死亡月2023-02之后。"
    ]


def test_lines_not_yet_credited_count_as_retired_at_once(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000", "2023-02 在职 5000")
    months(sichuan_home, "2023-03 退休 - 2023-02")

    assert stored(sichuan_home, LINES) == [
        ("2023-01", "在职"),
        ("2023-02", "退休"),
        ("2023-03", "退休"),
    ]
    assert history(sichuan_home) == [
        ("2023-01", "在职", 5000),
        ("2023-02", "退休", 5000),
        ("2023-03", "退休", None),
    ]
    assert stored(sichuan_home, "SELECT count(*) FROM correction") == [(0,)]


CORRECTIONS = "SELECT person_id, from_month, reason, region, batch_id FROM correction"


def test_credited_months_since_retirement_are_to_be_corrected(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000")
    credited(sichuan_home, "2023-01")
    months(sichuan_home, "2023-02 退休 - 2022-12")

    assert stored(sichuan_home, LINES) == [("2023-01", "在职"), ("2023-02", "退休")]
    assert stored(sichuan_home, CORRECTIONS) == [
        ("A1", "2022-12", "退休", NANCHONG, None)
    ]


def test_a_retirement_that_goes_further_back_is_taken(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000", "2023-02 在职 5000")
    credited(sichuan_home, "2023-01")
    months(sichuan_home, "2023-03 退休 - 2023-02")
    months(sichuan_home, "2023-04 退休 - 2023-01")

    assert stored(sichuan_home, STATE)[0][5] == "2023-01"
    assert stored(sichuan_home, CORRECTIONS) == [
        ("A1", "2023-01", "退休", NANCHONG, None)
    ]


def test_what_was_credited_is_not_freed(sichuan_home):
    made = months(sichuan_home, "2023-01 在职 5000")
    credited(sichuan_home, "2023-01")

    with pytest.raises(BookError, match="已计入个人账户（511300 2023-01，批次1）"):
        reverse(sichuan_home, WANG, made.vouchers[0].name, MARCH, "重报")


def test_freeing_a_list_takes_back_what_it_said(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000", "2023-02 在职 5000")
    before = history(sichuan_home), stored(sichuan_home, STATE)
    retired = "2023-03 退休 - 2023-02"
    months(sichuan_home, retired)
    after = history(sichuan_home), stored(sichuan_home, STATE)
    with sichuan_home.writing() as connection:
        sources.withdraw(connection, 2, LI.by, LI.at, "报错")

    assert (history(sichuan_home), stored(sichuan_home, STATE)) == before
    assert stored(sichuan_home, LINES) == [("2023-01", "在职"), ("2023-02", "在职")]

    months(sichuan_home, retired)
    assert (history(sichuan_home), stored(sichuan_home, STATE)) == after


def test_freeing_a_month_leaves_the_history_of_the_others(sichuan_home):
    months(sichuan_home, "2023-01 在职 5000")
    made = months(sichuan_home, "2023-02 在职 6000")
    months(sichuan_home, "2023-03 在职 6000")

    reverse(sichuan_home, WANG, made.vouchers[0].name, MARCH, "重报")

    assert history(sichuan_home) == [
        ("2023-01", "在职", 5000),
        ("2023-03", "在职", 6000),
    ]
    assert stored(sichuan_home, STATE)[0][3:5] == (600000, "2023-03")


EVERYTHING = (
    "SELECT person_id, name, born, region, status, insured_as, base, since,"
    " retired_from FROM person ORDER BY 1",
    HISTORY,
    "SELECT * FROM account ORDER BY person_id, region",
    "SELECT month, person_id, kind, region, status, insured_as, base, employer,"
    " personal, declared, received_on, retired_from, civil, own, credit_as,"
    " CASE WHEN ready_document_id IS NULL THEN 0 ELSE 1 END FROM contribution_line"
    " WHERE freed = 0 ORDER BY 1, 2, 3",
    "SELECT CAST(sum(amount) AS bigint) FROM voucher_line",
)
ROW = st.fixed_dictionaries(
    {
        "个人编号": st.sampled_from(["A1", "A2", "A3"]),
        "所属期": st.sampled_from(["2023-01", "2023-02", "2023-03"]),
        "统筹区代码": st.sampled_from(["511300", "511300", "511300", "510400"]),
        "缴费类型": st.sampled_from(["正常", "正常", "补缴"]),
        "参保身份": st.sampled_from(["单位职工", "单位职工", "单建统筹"]),
        "人员类别": st.sampled_from(["在职", "在职", "退休"]),
        "缴费基数": st.sampled_from(["5000.00", "6000.00"]),
        "个人缴费": st.just(""),
        "到账日期": st.sampled_from(["2023-01-15", ""]),
        "退休待遇起始月": st.sampled_from(["", "", "", "2023-01", "2023-02"]),
        "姓名": st.sampled_from(["张三", "张三", "张三", "李四", ""]),
    }
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(ROW, min_size=1, max_size=12), cuts=st.sets(st.integers(1, 11)))
def test_a_list_cut_into_files_in_any_way_says_the_same(
    sqlite_sichuan_template, tmp_path_factory, rows, cuts
):
    lines = people("G1", "个人编号\n" + "\n".join(row["个人编号"] for row in rows))
    lines = [{**line, **row} for line, row in zip(lines, rows)]
    edges = [0, *sorted(cut for cut in cuts if cut < len(lines)), len(lines)]
    found = []
    for parts in ([lines], [lines[a:b] for a, b in zip(edges, edges[1:])]):
        folder = tmp_path_factory.mktemp("cut")
        shutil.copytree(sqlite_sichuan_template, folder / "home")
        home = Home(folder / "home")
        aside = 0
        for at, part in enumerate(parts):
            aside += contributions(home, part, name=f"{at}.csv").set_aside
        found.append([aside, *(stored(home, query) for query in EVERYTHING)])
        home.close()
        shutil.rmtree(folder)

    assert found[0] == found[1]


def test_a_few_late_retirements_look_up_lines_and_scan_none(sqlite_sichuan_home):
    """A month's list tells of few; the lines of years are many."""
    months(sqlite_sichuan_home, "2023-01 在职 5000", "2023-02 在职 5000")
    with sqlite_sichuan_home.writing(keep=False) as connection:
        run = connection.exec_driver_sql
        run(
            "CREATE TEMP TABLE g1_retired AS SELECT 'A1' AS person_id, '' AS from_month"
        )
        run("CREATE TEMP TABLE g1_month AS SELECT '2023-01' AS month")
        plan = run("EXPLAIN QUERY PLAN " + RETIRED_SINCE.replace(":document", "1"))

        steps = [row[3] for row in plan]

    assert (
        "SEARCH contribution_line USING PRIMARY KEY (month=? AND person_id=?)" in steps
    )
