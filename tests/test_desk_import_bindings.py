"""G4: bindings of families; its clauses are in cases/bindings.toml."""

import pytest
from desk_by_hand import cases, rows
from people_by_hand import contributions, stored, take_people
from settlements_by_hand import HEFEI, LI, WUHU, accounts, take

from desk.homes import put_setting
from ledger import sources
from ledger.errors import BookError
from ledger.settlements.bindings import Bound, members

CASES = cases("bindings")
TWO = "个人编号 | 期初余额\nA | 100.00\nB | 100.00"


@pytest.fixture(params=["sqlite", "postgresql"])
def home_of(request):
    """The home of a case's province, on each database."""

    def home(case):
        province = case.get("home", "anhui")
        return request.getfixturevalue(f"{request.param}_{province}_home")

    return home


def standing(home):
    return stored(
        home,
        "SELECT grantor_id, person_id, bound_at, unbound_at FROM binding"
        " WHERE freed = 0 ORDER BY serial",
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_bindings_are_taken_or_set_aside_with_the_clause(home_of, case):
    home = home_of(case)
    for region, day, mode in case.get("settings", []):
        how = {"region": region, "from_day": day, "cite": "文件"}
        put_setting(home, LI, "account-mode", mode, **how)
    accounts(home, case["people"])
    if "before" in case:
        assert take(home, "G4", case["before"], name="前.csv").set_aside == 0

    result = take(home, "G4", case["rows"])

    found = [(e.row - 2, e.column) for e in result.errors]
    assert found == [(line, column) for line, column, _ in case.get("refused", [])]
    for error, (_, _, why) in zip(result.errors, case.get("refused", [])):
        assert why in error.message
    stands = rows(case.get("stands", "授权人"))
    assert standing(home) == [tuple(row.values()) for row in stands]


def test_a_list_that_comes_again_is_known_and_other_content_is_set_aside(anhui_home):
    accounts(anhui_home, TWO)
    first = """授权人编号 | 被授权人编号 | 关系 | 操作 | 时间 | 告知书编号
        A | B | 配偶 | 绑定 | 2024-06-03 09:00 | {}
        A | B | 配偶 | 解绑 | 2024-06-04 09:00 | """
    take(anhui_home, "G4", first.format("GZ1"))

    again = take(anhui_home, "G4", first.format("GZ1") + "\n" * 2, name="b.csv")
    other = take(anhui_home, "G4", first.format("GZ2"), name="c.csv")

    assert (again.status, again.known) == ("already-posted", 2)
    assert (other.known, [(e.row, e.column) for e in other.errors]) == (
        1,
        [(3, "告知书编号")],
    )


def test_a_row_twice_in_a_list_is_known_the_second_time(anhui_home):
    accounts(anhui_home, TWO)

    result = take(anhui_home, "G4", "授权人编号 | 被授权人编号\nA | B\nA | B")

    assert (result.status, result.new, result.known) == ("posted", 1, 1)
    assert result.vouchers == []


def test_the_order_of_rows_in_a_list_does_not_matter(anhui_home):
    accounts(anhui_home, TWO)

    result = take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 操作 | 时间
        A | B | 绑定 | 2024-06-05 09:00
        A | B | 解绑 | 2024-06-04 09:00
        A | B | 绑定 | 2024-06-03 09:00""",
    )

    assert (result.new, result.errors) == (3, [])
    assert [row[2:] for row in standing(anhui_home)] == [
        ("2024-06-03 09:00:00", "2024-06-04 09:00:00"),
        ("2024-06-05 09:00:00", ""),
    ]


def test_a_relative_is_registered_without_account_until_a_list_employs_them(
    anhui_home,
):
    accounts(anhui_home, "个人编号 | 期初余额\nA | 100.00")
    who = "授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种\nA | C | 340207 | 390"

    take(anhui_home, "G4", who)
    of_c = "SELECT name, status, since, region, fund FROM person WHERE person_id = 'C'"
    before = stored(anhui_home, of_c)
    contributions(
        anhui_home,
        "个人编号 | 统筹区代码 | 所属期 | 到账日期 | 其中计入个人账户\n"
        f"C | {WUHU} | 2024-07 | 2024-07-15 | 100.00",
    )
    again = take(anhui_home, "G4", who, name="b.csv")

    assert before == [("", "", "", WUHU, "390")]
    assert stored(anhui_home, of_c) == [("张三", "在职", "2024-07", WUHU, "")]
    assert (again.status, again.known) == ("already-posted", 1)


def test_the_region_is_that_of_the_month_of_binding(anhui_home):
    accounts(anhui_home, TWO)
    moved = "个人编号 | 统筹区代码 | 所属期 | 到账日期 | 其中计入个人账户\nB | {} | {} | {} | 100.00"
    contributions(anhui_home, moved.format(WUHU, "2024-07", "2024-07-15"), by=LI)

    result = take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 被授权人统筹区 | 时间
        A | B | 340100 | 2024-06-30 09:00
        B | A | 340100 | 2024-07-01 09:00""",
    )

    assert result.errors == []
    assert stored(
        anhui_home,
        "SELECT grantor_region, person_region FROM binding ORDER BY serial",
    ) == [(HEFEI, HEFEI), (WUHU, HEFEI)]


def test_whoever_has_no_account_or_is_dead_is_not_bound(anhui_home):
    accounts(anhui_home, TWO + "\nD | 100.00")
    contributions(
        anhui_home,
        "个人编号 | 统筹区代码 | 所属期 | 参保身份 | 个人缴费 | 缴费基数 | 到账日期 | 单位缴费\n"
        f"S | {HEFEI} | 2024-06 | 单建统筹 | | 5000.00 | 2024-06-15 | 300.00",
    )
    died = take_people(
        anhui_home,
        "G6",
        "个人编号 | 变动类型 | 死亡日期 | 日期 | 金额\nD | 死亡 | 2024-06-10 | 2024-06-12 | 0",
        by=LI,
    )

    result = take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 时间
        S | A | 2024-06-20 09:00
        D | A | 2024-06-10 00:00
        A | D | 2024-06-10 09:00
        A | D | 2024-06-09 09:00
        D | A | 2024-06-09 09:00
        A | S | 2024-06-20 09:00""",
    )

    assert died.errors == []
    assert [(e.row - 2, e.column) for e in result.errors] == [
        (1, "授权人编号"),
        (2, "授权人编号"),
        (3, "被授权人编号"),
    ]
    told = [e.message.partition("”")[2] for e in result.errors]
    assert told[0].startswith("是单建统筹，没有个人账户可以授权（皖医保中心")
    assert told[1].startswith("已于2024-06-10死亡，不能授权（")
    assert told[2].startswith("已于2024-06-10死亡，不能绑定（")
    assert result.new == 3


def test_nothing_a_message_says_shows_a_whole_id(anhui_home):
    accounts(anhui_home, "个人编号 | 期初余额\nP0000000001 | 100.00")

    result = take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 关系 | 时间
        P0000000001 | P0000000001 | 配偶 | 2024-06-03 09:00
        P0000000001 | P0000000002 | 配偶 | 2024-06-03 09:00
        P0000000003 | P0000000001 | 配偶 | 2024-06-03 09:00""",
    )

    assert len(result.errors) == 3
    assert all("P000" not in f"{e.message}{e.found}" for e in result.errors)


def test_the_core_asks_all_bindings_of_the_people_of_a_list(anhui_home):
    accounts(anhui_home, TWO)
    take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种 | 关系 | 操作 | 时间
        A | C | 340100 | 390 | 子女 | 绑定 | 2024-06-01 09:00
        B | C | 340100 | 390 | 子女 | 绑定 | 2024-06-02 09:00
        A | C | | | 子女 | 解绑 | 2024-06-03 09:00
        A | B | | | 配偶 | 绑定 | 2024-06-04 09:00""",
    )

    with anhui_home.writing(keep=False) as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE asked AS SELECT 'C' AS person_id")
        found = members(connection, "asked")

    assert found == {
        "C": [
            Bound("A", "子女", "2024-06-01 09:00:00", "2024-06-03 09:00:00", 1),
            Bound("B", "子女", "2024-06-02 09:00:00", "", 2),
        ]
    }


def withdraw(home, document_id):
    with home.writing() as connection:
        return sources.withdraw(connection, document_id, LI.by, LI.at, "有误")


def counted(home, document_id):
    with home.reading() as connection:
        kept = {d.id: (d.lines, d.bare) for d in sources.documents(connection)}
    return kept[document_id]


def test_a_withdrawn_list_frees_its_bindings_and_takes_its_unbindings_back(anhui_home):
    accounts(anhui_home, TWO)
    bound = "授权人编号 | 被授权人编号\nA | B"
    take(anhui_home, "G4", bound)
    take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种 | 操作 | 时间
        A | B | | | 解绑 | 2024-06-04 09:00
        A | C | 340200 | 390 | 绑定 | 2024-06-05 09:00""",
        name="b.csv",
    )

    before = counted(anhui_home, 3)
    assert withdraw(anhui_home, 3) == 2

    assert (before, counted(anhui_home, 3)) == ((2, 2), (0, 0))
    assert standing(anhui_home) == [("A", "B", "2024-06-03 09:00:00", "")]
    assert stored(anhui_home, "SELECT 1 FROM person WHERE person_id = 'C'") == []
    corrected = take(
        anhui_home,
        "G4",
        """授权人编号 | 被授权人编号 | 被授权人统筹区 | 被授权人险种 | 时间
        A | C | 340300 | 390 | 2024-06-05 09:00""",
        name="c.csv",
    )
    assert (corrected.status, withdraw(anhui_home, 2)) == ("posted", 1)
    assert (take(anhui_home, "G4", bound, name="d.csv")).new == 1


def test_an_unbinding_is_not_taken_back_once_they_are_bound_again(anhui_home):
    accounts(anhui_home, TWO)
    table = "授权人编号 | 被授权人编号 | 操作 | 时间\nA | B | {} | 2024-06-{} 09:00"
    for act, day in (("绑定", "03"), ("解绑", "04"), ("绑定", "05")):
        take(anhui_home, "G4", table.format(act, day), name=f"{day}.csv")

    with pytest.raises(BookError, match="后来又重新绑定，不能撤回"):
        withdraw(anhui_home, 3)

    assert withdraw(anhui_home, 4) == 1
    assert withdraw(anhui_home, 3) == 1
    assert standing(anhui_home) == [("A", "B", "2024-06-03 09:00:00", "")]


def share_paid(home, month):
    """A bill of B's, paid by A, as a settlement list leaves it."""
    with home.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO batch (id, kind, region, period, dated, people, total, policy,"
            " figures, sources, state, made_by, made_at) VALUES (90, 'settlement',"
            f" '340100', '{month}', '2024-07-31', 1, 0, '', '', '', 'counted', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO settlement_share (month, person_id, serial, freed, position,"
            " payer_id, payer_region, relation, place, amount, batch_id) VALUES"
            f" ('{month}', 'B', 'S1', 0, 1, 'A', '340100', '配偶', '340100', 100, 90)"
        )


@pytest.mark.parametrize("month, used", [("2024-06", True), ("2024-05", False)])
def test_bindings_that_paid_a_bill_are_not_withdrawn(anhui_home, month, used):
    accounts(anhui_home, TWO)
    take(anhui_home, "G4", "授权人编号 | 被授权人编号\nA | B")
    share_paid(anhui_home, month)

    if used:
        with pytest.raises(BookError, match="已经支付过医药费用或保费，不能撤回"):
            withdraw(anhui_home, 2)
    else:
        assert withdraw(anhui_home, 2) == 1


@pytest.mark.parametrize(
    "at, used", [("2024-06-03 09:00:00", True), ("2024-06-03 08:59:59", False)]
)
def test_bindings_that_paid_a_premium_are_not_withdrawn(anhui_home, at, used):
    accounts(anhui_home, TWO)
    take(anhui_home, "G4", "授权人编号 | 被授权人编号\nA | B")
    with anhui_home.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO premium (person_id, serial, freed, at, kind, year, amount,"
            f" region, sheet, document_id, row) VALUES ('B', 'J1', 0, '{at}', '惠民保',"
            " 2025, 100, '340100', '', 1, 3)"
        )
        connection.exec_driver_sql(
            "INSERT INTO premium_share (person_id, serial, freed, position, payer_id,"
            " payer_region, relation, amount, batch_id) VALUES"
            " ('B', 'J1', 0, 1, 'A', '340100', '配偶', 100, 90)"
        )

    if used:
        with pytest.raises(BookError, match="已经支付过医药费用或保费，不能撤回"):
            withdraw(anhui_home, 2)
    else:
        assert withdraw(anhui_home, 2) == 1


def test_with_strict_one_row_refuses_the_whole_list(anhui_home):
    accounts(anhui_home, TWO)

    rows = "授权人编号 | 被授权人编号\nA | B\nA | A"
    result = take(anhui_home, "G4", rows, strict=True)

    assert (result.status, standing(anhui_home)) == ("rejected", [])
