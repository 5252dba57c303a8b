"""G4 under random lists: what stands never breaks a rule, whatever came before.

The rules are counted anew here, minute by minute, from what the database holds.
"""

from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_by_hand import stored
from settlements_by_hand import accounts, take

GRANTORS = {"A": "340100", "B": "340100", "W": "340200", "X": "340300"}
CHILDREN = {f"C{n}": "340100" for n in range(8)} | {"D": "340200"}
MINUTES = range(12)
FILE = st.lists(
    st.tuples(
        st.sampled_from(["A", "A", "A", "B", "W", "X"]),
        st.sampled_from([*CHILDREN, *GRANTORS]),
        st.sampled_from(["绑定", "绑定", "绑定", "解绑"]),
        st.sampled_from(MINUTES),
    ),
    min_size=1,
    max_size=30,
)


def time(minute):
    return f"2024-06-03 09:{minute:02d}:00"


def line(grantor, person, act, minute):
    row = {"授权人编号": grantor, "被授权人编号": person, "操作": act}
    row |= {
        "关系": "子女",
        "时间": time(minute),
        "被授权人统筹区": "",
        "被授权人险种": "",
    }
    if person in CHILDREN:
        row |= {"被授权人统筹区": CHILDREN[person], "被授权人险种": "390"}
    return row


def opened(home):
    rows = [f"{person} | 1.00 | {region}" for person, region in GRANTORS.items()]
    accounts(home, "个人编号 | 期初余额 | 统筹区代码\n" + "\n".join(rows))


def cleared(home):
    with home.writing() as connection:
        connection.exec_driver_sql("DELETE FROM binding")
        connection.exec_driver_sql("DELETE FROM person WHERE fund <> ''")


def bindings(home):
    query = "SELECT grantor_id, person_id, bound_at, unbound_at FROM binding"
    return stored(home, f"{query} WHERE freed = 0 ORDER BY 1, 2, 3, 4")


def at(found, moment):
    return [row for row in found if row[2] <= moment < (row[3] or "9999")]


def obeyed(found):
    """Whether the clauses hold at every minute."""
    regions = {**GRANTORS, **CHILDREN}
    for moment in map(time, MINUTES):
        pairs = [row[:2] for row in at(found, moment)]
        assert len(pairs) == len(set(pairs))
        assert all(grantor != person for grantor, person in pairs)
        for grantor in GRANTORS:
            assert len([1 for g, _ in pairs if g == grantor]) <= 6
        for person, region in regions.items():
            others = [g for g, p in pairs if p == person and GRANTORS[g] != region]
            assert len(others) <= 1
    return True


SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SLOW
@given(files=st.lists(FILE, min_size=1, max_size=3))
def test_the_rules_hold_at_every_minute_whatever_lists_come(sqlite_anhui_home, files):
    home = sqlite_anhui_home
    if not stored(home, "SELECT 1 FROM account"):
        opened(home)
    cleared(home)

    for number, rows in enumerate(files):
        lines = [line(*row) for row in rows]
        result = take(home, "G4", lines, name=f"{number}.csv")
        assert result.new + result.known + result.set_aside == len(rows)
        before = bindings(home)
        again = take(home, "G4", lines, name=f"{number}b.csv")

        assert obeyed(before)
        assert (again.new, bindings(home)) == (0, before)


@SLOW
@given(data=st.data())
def test_the_order_of_a_list_s_rows_does_not_matter(sqlite_anhui_home, data):
    """Rows of different minutes, so that no row's place decides."""
    home = sqlite_anhui_home
    if not stored(home, "SELECT 1 FROM account"):
        opened(home)
    rows = data.draw(FILE)
    lines = [line(*row[:3], minute) for minute, row in enumerate(rows)]
    cleared(home)
    take(home, "G4", lines, name="a.csv")
    expected = bindings(home)
    cleared(home)

    take(home, "G4", data.draw(st.permutations(lines)), name="b.csv")

    assert bindings(home) == expected


def test_the_count_above_finds_what_breaks_a_rule():
    seven = [("A", f"C{n}", time(n), "") for n in range(7)]
    cross = [("W", "C0", time(0), ""), ("X", "C0", time(1), "")]
    twice = [("A", "C0", time(0), ""), ("A", "C0", time(1), "")]

    for wrong in (seven, cross, twice):
        try:
            obeyed(wrong)
        except AssertionError:
            continue
        raise ValueError("not found")
    assert all(obeyed(list(two)) for two in combinations(seven, 2))
