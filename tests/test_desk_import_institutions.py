"""G10: the roster of designated institutions."""

import pytest
from people_by_hand import stored
from settlements_by_hand import LI, take
from sqlalchemy import insert

from ledger import sources
from ledger.errors import BookError
from ledger.money import NOTHING
from ledger.schema import Fen
from ledger.settlements.institutions import designated, designations
from ledger.settlements.tables import Settlement

HOSPITAL = "H34010000001"


def roster(home):
    return stored(
        home,
        "SELECT code, from_day, until_day, level, region FROM institution"
        " ORDER BY code, from_day",
    )


def told(result):
    return [(e.row, e.column, e.message.partition("：")[2]) for e in result.errors]


def test_institutions_are_registered_under_their_pooling_regions(anhui_home):
    result = take(
        anhui_home,
        "G10",
        """机构代码 | 统筹区代码 | 机构级别 | 定点止 | 药店符合条件
        h1 | 340104 | 三级 | |
        Y1 | 340299 | 定点零售药店 | 2024-12-31 | 是
        H9 | 440103 | 三级 | |""",
    )

    assert (result.status, result.new, result.vouchers) == ("posted", 3, [])
    assert roster(anhui_home) == [
        ("H1", "2020-01-01", None, "三级", "340100"),
        ("H9", "2020-01-01", None, "三级", "440000"),
        ("Y1", "2020-01-01", "2024-12-31", "定点零售药店", "340200"),
    ]


def test_the_core_asks_which_designation_holds_on_a_day(anhui_home):
    take(
        anhui_home,
        "G10",
        """机构级别 | 定点起 | 定点止
        二级及以下 | 2020-01-01 | 2023-12-31
        三级 | 2024-02-01 |""",
    )

    with anhui_home.reading() as connection:
        of_one = designations(connection)[HOSPITAL]

    days = ["2019-12-31", "2020-01-01", "2023-12-31", "2024-01-01", "2024-02-01"]
    levels = [one and one.level for one in (designated(of_one, day) for day in days)]
    assert levels == [None, "二级及以下", "二级及以下", None, "三级"]


def test_the_same_row_is_known_and_a_later_end_completes_it(anhui_home):
    table = "定点起 | 定点止 | 收款账号\n2020-01-01 | {} | {}"
    take(anhui_home, "G10", table.format("", ""))

    again = take(anhui_home, "G10", table.format("", ""), name="a.csv")
    ended = take(anhui_home, "G10", table.format("2024-06-30", "622"), name="b.csv")
    empty = take(anhui_home, "G10", table.format("", ""), name="c.csv")

    assert (again.status, again.known) == ("already-posted", 1)
    assert (ended.status, ended.new, ended.completed) == ("posted", 0, 1)
    assert (empty.status, empty.known) == ("already-posted", 1)
    assert stored(anhui_home, "SELECT until_day, payee_account FROM institution") == [
        ("2024-06-30", "622")
    ]


@pytest.mark.parametrize(
    "column, value",
    [("机构级别", "二级及以下"), ("统筹区代码", "340200"), ("机构名称", "二院")]
    + [("药店符合条件", "是"), ("定点止", "2024-07-01"), ("收款账号", "623")],
)
def test_other_content_under_the_same_code_and_day_is_set_aside(
    anhui_home, column, value
):
    table = "定点止 | 收款账号\n2024-06-30 | 622"
    take(anhui_home, "G10", table)

    if column in table:
        changed = table.replace("2024-06-30" if "止" in column else "622", value)
    else:
        changed = f"{column} | 定点止 | 收款账号\n{value} | 2024-06-30 | 622"
    result = take(anhui_home, "G10", changed, name="b.csv")

    assert (result.status, result.errors[0].column) == ("rejected", column)
    assert "与2020-01-01起的登记不同" in result.errors[0].message


def test_a_level_changes_by_an_end_and_a_new_row_in_any_order(anhui_home):
    take(anhui_home, "G10", "机构级别\n二级及以下")

    result = take(
        anhui_home,
        "G10",
        """机构级别 | 定点起 | 定点止
        三级 | 2024-01-01 |
        二级及以下 | 2020-01-01 | 2023-12-31""",
        name="b.csv",
    )

    assert (result.new, result.completed, result.errors) == (1, 1, [])
    assert [row[1:4] for row in roster(anhui_home)] == [
        ("2020-01-01", "2023-12-31", "二级及以下"),
        ("2024-01-01", None, "三级"),
    ]


@pytest.mark.parametrize(
    "first, last, column",
    [
        ("2023-12-31", "", "定点起"),  # the last day itself
        ("2019-01-01", "2022-01-01", "定点止"),
        ("2019-01-01", "", "定点止"),
        ("2023-01-01", "2023-01-31", "定点起"),  # inside
    ],
)
def test_ranges_of_one_code_do_not_overlap(anhui_home, first, last, column):
    table = "定点起 | 定点止\n{} | {}"
    take(anhui_home, "G10", table.format("2022-01-01", "2023-12-31"))

    result = take(anhui_home, "G10", table.format(first, last), name="b.csv")

    assert (result.status, result.errors[0].column) == ("rejected", column)
    assert "2022-01-01起至2023-12-31的定点重叠" in result.errors[0].message


def test_the_day_before_and_the_day_after_are_free(anhui_home):
    result = take(
        anhui_home,
        "G10",
        """定点起 | 定点止
        2022-01-01 | 2023-12-31
        2021-01-01 | 2021-12-31
        2024-01-01 |""",
    )

    assert (result.status, result.new) == ("posted", 3)


MOL = "（劳社厅发〔2002〕6号 三）"


def test_an_open_designation_is_ended_before_another_begins(anhui_home):
    result = take(anhui_home, "G10", "定点起\n2020-01-01\n2024-01-01")

    assert told(result) == [
        (
            4,
            "定点起",
            f"定点起“2024-01-01”与机构{HOSPITAL}2020-01-01起的定点重叠{MOL}。",
        )
    ]
    assert result.errors[0].expected == "先填写前一次定点的定点止"


def test_a_code_names_one_institution(anhui_home):
    result = take(
        anhui_home,
        "G10",
        """机构名称 | 定点起 | 定点止
        一院 | 2020-01-01 | 2020-12-31
        二院 | 2022-01-01 |""",
    )

    assert told(result) == [
        (4, "机构名称", f"机构名称“二院”与机构{HOSPITAL}登记的名称“一院”不同{MOL}。")
    ]


def test_the_province_and_its_own_people_are_no_pooling_region(anhui_home):
    result = take(anhui_home, "G10", "机构代码 | 统筹区代码\nH1 | 340000\nH2 | 349900")

    assert [(e.row, e.column) for e in result.errors] == [
        (3, "统筹区代码"),
        (4, "统筹区代码"),
    ]


def withdraw(home, document_id):
    with home.writing() as connection:
        return sources.withdraw(connection, document_id, LI.by, LI.at, "有误")


def test_a_withdrawn_roster_is_gone_and_comes_again(anhui_home):
    take(anhui_home, "G10", "机构代码\nH1\nH2")

    assert withdraw(anhui_home, 1) == 2
    assert roster(anhui_home) == []
    assert take(anhui_home, "G10", "机构代码\nH1\nH2", name="b.csv").new == 2


@pytest.mark.parametrize(
    "at, used",
    [
        ("2019-12-31 23:59:59", False),
        ("2020-01-01 00:00:00", True),
        ("2024-06-30 23:59:59", True),
        ("2024-07-01 00:00:00", False),
    ],
)
def test_a_roster_on_which_bills_stand_is_not_withdrawn(anhui_home, at, used):
    take(anhui_home, "G10", "机构代码 | 定点止\nH1 | 2024-06-30")
    settled(anhui_home, "H1", at)

    if used:
        with pytest.raises(BookError, match="使用机构H1，不能撤回"):
            withdraw(anhui_home, 1)
    else:
        assert withdraw(anhui_home, 1) == 1


def settled(home, code, at):
    """A bill at an institution, as a settlement list leaves it."""
    values = {"month": at[:7], "person_id": "A", "serial": "S1", "at": at}
    values |= {"institution": code}
    table = Settlement.__table__
    zeros = {str: "", bool: False, int: 0}
    for column in table.columns:
        if column.name not in values:
            money = isinstance(column.type, Fen)
            zero = NOTHING if money else zeros[column.type.python_type]
            values[column.name] = zero
    with home.writing() as connection:
        connection.execute(insert(table).values(**values))
