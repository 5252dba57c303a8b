"""G1: a month's list posts what arrived; is taken once, completed, taken back."""

from datetime import date

import pytest
from desk_by_hand import count, printed, take
from forms_by_hand import line
from people_by_hand import (
    LI,
    NANCHONG,
    PANZHIHUA,
    WANG,
    contributions,
    stored,
)

from desk import vouchers as voucher_desk
from desk.homes import put_setting
from desk.reversing import reverse
from ledger import sources
from ledger.errors import BookError
from ledger.people.tables import Account, ContributionLine, Person, PersonState

THREE = """
    个人编号 | 姓名 | 人员类别 | 缴费基数 | 个人缴费
    P0000000001 | 张三 | 在职 | 5000.00 | 100.00
    P0000000002 | 李四 | 在职 | 6000.25 | 120.01
    P0000000003 | 王五 | 退休 | |
"""
LINES = """
    SELECT person_id, month, kind, own, credit_as, ready_document_id, received_on
    FROM contribution_line WHERE freed = 0 ORDER BY month, person_id, kind DESC
"""
HISTORY = """
    SELECT person_id, from_month, region, status, insured_as, base FROM person_state
    ORDER BY person_id, from_month
"""
MARCH = date(2023, 3, 1)
TABLES = (Person, PersonState, Account, ContributionLine)


def counts(home) -> list[int]:
    return [count(home, table) for table in TABLES]


def messages(result) -> list[str]:
    return [fault.message.partition("：")[2] for fault in result.errors]


def test_a_list_registers_people_and_posts_what_arrived(sichuan_home):
    result = contributions(sichuan_home, THREE)

    assert (result.status, result.new, result.set_aside) == ("posted", 3, 0)
    assert counts(sichuan_home) == [3, 3, 3, 3]
    # 120.01 is 6000.25 × 2 % = 120.005, rounded half up; 单位缴费 is 300.00 each.
    assert printed(sichuan_home) == "\n".join(
        [
            "511300-city-finance 2023-01-15 P1 记-1",
            "  借 银行存款——医保基金存款 310 820.01",
            "  贷 医保收入——职工医保保费收入 310 820.01",
            "511300-city-agency 2023-01-15 P1 记-1",
            "  借 财政专户存款——市本级 310 820.01",
            "  贷 医保收入——统筹基金收入 310 600.00",
            "  贷 医保收入——个人账户收入待计入 310 220.01",
        ]
    )
    assert stored(sichuan_home, LINES) == [
        ("P0000000001", "2023-01", "正常", 10000, "在职", 1, "2023-01-15"),
        ("P0000000002", "2023-01", "正常", 12001, "在职", 1, "2023-01-15"),
        ("P0000000003", "2023-01", "正常", 0, "退休", 1, None),
    ]


def test_a_voucher_says_the_rows_it_comes_from(sichuan_home):
    table = "个人编号 | 到账日期\nP1 | 2023-01-15\nP2 | 2023-01-20\nP3 | 2023-01-20"
    contributions(sichuan_home, table)

    sources = stored(sichuan_home, "SELECT DISTINCT source FROM voucher ORDER BY 1")

    assert [source.partition("#")[2] for (source,) in sources] == ["R3", "R4-R5（2行）"]


def test_a_day_more_than_a_year_from_its_month_is_warned_of(sichuan_home):
    """The list is of 2023-01."""
    table = """个人编号 | 到账日期
    P1 | 2022-01-01
    P2 | 2024-01-01
    P3 | 2021-12-31
    P4 | 2024-01-02"""

    made = contributions(sichuan_home, table)

    assert (made.status, made.warnings) == (
        "posted",
        [
            "第5行等2行的到账日期与所属期相差一年以上"
            "（所属期2023-01，到账日期2021-12-31），请核对"
        ],
    )


def test_the_same_file_twice_posts_nothing(sichuan_home):
    contributions(sichuan_home, THREE)
    again = contributions(sichuan_home, THREE)

    assert (again.status, again.new, again.known) == ("already-posted", 0, 3)
    assert counts(sichuan_home) == [3, 3, 3, 3]


def test_money_of_two_days_makes_a_voucher_a_day_in_one_posting(sichuan_home):
    result = contributions(
        sichuan_home,
        """
        个人编号 | 到账日期
        A1 | 2023-01-15
        A2 | 2023-01-20
        """,
    )

    made = [(v.book, str(v.dated), v.amount, v.posting_id) for v in result.vouchers]
    assert [(*row[:2], str(row[2]), row[3]) for row in made] == [
        ("511300-city-agency", "2023-01-15", "400.00", 1),
        ("511300-city-finance", "2023-01-15", "400.00", 1),
        ("511300-city-agency", "2023-01-20", "400.00", 1),
        ("511300-city-finance", "2023-01-20", "400.00", 1),
    ]


def test_each_region_has_a_posting_of_its_own(sichuan_home):
    result = contributions(
        sichuan_home,
        f"""
        个人编号 | 统筹区代码
        A1 | {NANCHONG}
        A2 | {PANZHIHUA}
        """,
    )

    assert [(v.book, v.posting_id) for v in result.vouchers] == [
        ("510400-city-agency", 1),
        ("510400-city-finance", 1),
        ("511300-city-agency", 2),
        ("511300-city-finance", 2),
    ]


def test_a_list_without_money_is_posted_with_no_voucher(sichuan_home):
    result = contributions(sichuan_home, "个人编号 | 人员类别\nA1 | 退休")

    assert (result.status, result.vouchers) == ("posted", [])


def test_a_line_waits_for_its_money_and_is_completed(sichuan_home):
    waiting = "个人编号 | 到账日期\nA1 | \nA2 | "
    contributions(sichuan_home, waiting)

    assert [row[5] for row in stored(sichuan_home, LINES)] == [None, None]

    result = contributions(sichuan_home, "个人编号 | 到账日期\nA1 | 2023-02-03\nA2 | ")

    assert (result.status, result.completed, result.known) == ("posted", 1, 1)
    assert [(v.book[7:], str(v.dated), str(v.amount)) for v in result.vouchers] == [
        ("city-agency", "2023-02-03", "400.00"),
        ("city-finance", "2023-02-03", "400.00"),
    ]
    assert stored(sichuan_home, LINES) == [
        ("A1", "2023-01", "正常", 10000, "在职", 2, "2023-02-03"),
        ("A2", "2023-01", "正常", 10000, "在职", None, None),
    ]
    assert contributions(sichuan_home, waiting).status == "already-posted"


def test_without_a_crediting_rule_the_list_says_what_is_the_accounts(sichuan_home):
    contributions(
        sichuan_home,
        f"""
        个人编号 | 统筹区代码 | 参保身份 | 个人缴费 | 其中计入个人账户
        A1 | {PANZHIHUA} | 单位职工 | 150.00 | 90.00
        A2 | {PANZHIHUA} | 单位职工 | 150.00 |
        A3 | {PANZHIHUA} | 单位职工 | |
        A4 | {PANZHIHUA} | 灵活就业 | 400.00 |
        """,
    )

    assert [row[3] for row in stored(sichuan_home, LINES)] == [9000, 15000, 0, 0]


def test_who_has_no_account_or_is_retired_pays_into_the_pool_alone(sichuan_home):
    result = contributions(
        sichuan_home,
        """
        个人编号 | 人员类别 | 参保身份 | 缴费基数 | 单位缴费 | 个人缴费 | 到账日期 | 退休待遇起始月
        A1 | 在职 | 单建统筹 | 5000.00 | 300.00 | | 2023-01-15 |
        A2 | 退休 | 单位职工 | | 50.00 | | 2023-01-15 |
        A3 | 在职 | 单位职工 | 5000.00 | 300.00 | 100.00 | 2023-01-15 | 2023-01
        A4 | 在职 | 灵活就业 | 5000.00 | | 400.00 | 2023-01-15 |
        """,
    )

    # 300 + 50 + 400 + 400; only A4's 100 is for an account. A3 retired this month.
    assert result.errors == []
    assert [str(v.amount) for v in result.vouchers] == ["1150.00", "1150.00"]
    assert [row[3:5] for row in stored(sichuan_home, LINES)] == [
        (0, ""),
        (0, "退休"),
        (0, "退休"),
        (10000, "在职"),
    ]
    accounts = stored(sichuan_home, "SELECT person_id FROM account ORDER BY 1")
    assert accounts == [("A2",), ("A3",), ("A4",)]


def test_a_missing_personal_contribution_is_what_the_rule_computes(sichuan_home):
    result = contributions(sichuan_home, "个人编号 | 个人缴费\nA1 | ")

    assert str(result.vouchers[0].amount) == "400.00"


TITLES = (
    "个人编号 | 统筹区代码 | 姓名 | 人员类别 | 参保身份 | 缴费类型 | 出生年月 |"
    "缴费基数 | 个人缴费 | 其中计入个人账户 | 退休待遇起始月 | 公务员补助计入"
)
BAD = f"""{TITLES}
    B01 | 520100 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    B02 | 510000 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    B03 | 511302 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    B04 | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | -1.00 | 100.00 | | |
    B05 | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | | 100.00 | | |
    B06 | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 0.00 | 0.00 | | |
    B07 | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.01 | | |
    B08 | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | 99.99 | |
    B09 | 511300 | 张三 | 在职 | 灵活就业 | 正常 | 1980-05 | 5000.00 | 400.00 | 101.00 | |
    B10 | 511300 | 张三 | 在职 | 灵活就业 | 正常 | 1980-05 | 5000.00 | 99.00 | | |
    B11 | 511300 | 张三 | 在职 | 单建统筹 | 正常 | 1980-05 | 5000.00 | | | | 30.00
    B12 | 511300 | 张三 | 退休 | 单位职工 | 正常 | 1950-05 | | | | 2023-02 |
    GOOD | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    GOOD | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 6000.00 | 120.00 | | |
    GOOD | 510400 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    GOOD | 511300 | 张三 | 在职 | 单位职工 | 补缴 | 1980-05 | 5000.00 | 100.00 | | |
    GOOD | 511300 | 李四 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    GOOD | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1981-05 | 5000.00 | 100.00 | | |
    GOOD | 511300 | 张三 | 在职 | 单位职工 | 正常 | 1980-05 | 5000.00 | 100.00 | | |
    B20 | 511300 | 张三 | 在职 | 单位职工 | 其他 | 1980-05 | 5000.00 | 100.00 | | |
"""
WHY = [
    "统筹区代码“520100”不是本省的统筹区。",
    "统筹区代码“510000”不是本省的统筹区。",
    "统筹区代码“511302”不是本省的统筹区。",
    "缴费基数“-1.00”是负数。",
    "缴费基数不能计算：在职人员没有缴费基数。",
    "缴费基数“0.00”不能计算：在职人员没有缴费基数。",
    "个人缴费“100.01”与按缴费基数5,000.00计算的100.00不符。",
    "其中计入个人账户“99.99”与按缴费基数5,000.00计算的100.00不符。",
    "其中计入个人账户“101.00”与按缴费基数5,000.00计算的100.00不符。",
    "个人缴费“99.00”少于计入个人账户的100.00。",
    "公务员补助计入“30.00”无处可计：单建统筹没有个人账户。",
    "人员类别“退休”与退休待遇起始月不合：所属期2023-01还没有开始享受退休待遇。",
    "2023-01正常的一行已经登记，而这一行的内容与它不同，先登记的为准。",
    "统筹区代码“510400”与同一月已登记的统筹区511300不同，一月不在两地计入。",
    "缴费类型“补缴”重复：2023-01已有正常的一行，一月只计入一次。",
    "姓名“李*”与登记的姓名不同。",
    "出生年月“1981-05”与登记的出生年月不同。",
    "缴费类型“其他”不是正常、补缴之一。",
]


def test_every_kind_of_bad_row_is_set_aside_with_its_reason(sichuan_home):
    result = contributions(sichuan_home, BAD)

    assert messages(result) == WHY
    assert (result.status, result.new, result.known) == ("posted-in-part", 1, 1)
    rows = [fault.row for fault in result.errors]
    assert rows == [*range(3, 15), 16, 17, 18, 19, 20, 22]
    assert stored(sichuan_home, LINES) == [
        ("GOOD", "2023-01", "正常", 10000, "在职", 1, "2023-01-15")
    ]


def test_no_name_and_no_whole_id_leaves_the_tables_of_people(sichuan_home):
    result = contributions(sichuan_home, BAD.replace("GOOD", "511300199001012345"))

    told = str(result.as_json()) + result.message
    books = "".join(
        path.read_text("utf-8")
        for path in (sichuan_home.path / "books").rglob("*.beancount")
    )
    rows = str(stored(sichuan_home, "SELECT * FROM posting"))
    rows += str(stored(sichuan_home, "SELECT * FROM voucher"))
    for text in (told, books, rows):
        assert "张三" not in text and "李四" not in text
        assert "511300199001012345" not in text


def test_strict_takes_the_whole_file_or_nothing(sichuan_home):
    result = contributions(sichuan_home, BAD, strict=True)

    assert (result.status, result.new, len(result.errors)) == ("rejected", 0, 18)
    assert "整份不收" in result.message
    assert counts(sichuan_home) == [0, 0, 0, 0]


def test_a_file_of_which_nothing_can_be_taken_is_rejected(sichuan_home):
    result = contributions(sichuan_home, "个人编号 | 缴费基数\nA1 | 7000.00")

    assert (result.status, result.set_aside) == ("rejected", 1)
    assert "本文件没有入账" in result.message
    assert counts(sichuan_home) == [0, 0, 0, 0]
    assert stored(sichuan_home, "SELECT count(*) FROM document") == [(0,)]


def test_what_a_dry_run_says_is_not_done(sichuan_home):
    result = contributions(sichuan_home, THREE, dry_run=True)

    assert (result.status, result.new, len(result.vouchers)) == ("checked", 3, 2)
    assert counts(sichuan_home) == [0, 0, 0, 0]
    assert not (sichuan_home.path / "out" / "set-aside").exists()


def test_a_supplement_is_taken_where_the_setting_says_so(sichuan_home):
    put_setting(
        sichuan_home, LI, "supplement", "credited", region=NANCHONG, cite="南医保发1号"
    )
    result = contributions(
        sichuan_home,
        """
        个人编号 | 缴费类型 | 缴费基数 | 个人缴费
        A1 | 正常 | 5000.00 | 100.00
        A1 | 补缴 | 1000.00 | 20.00
        """,
    )

    assert (result.status, result.new) == ("posted", 2)
    assert [row[2:4] for row in stored(sichuan_home, LINES)] == [
        ("补缴", 2000),
        ("正常", 10000),
    ]
    assert stored(sichuan_home, HISTORY) == [
        ("A1", "2023-01", NANCHONG, "在职", "单位职工", 500000)
    ]


def test_a_draft_waits_for_a_second_person_and_counts_its_lines(sichuan_home):
    result = contributions(sichuan_home, THREE, draft=True)

    assert (result.status, result.new) == ("draft", 3)
    assert {v.number for v in result.vouchers} == {None}


def test_vouchers_are_dated_as_post_on_says(sichuan_home):
    result = contributions(sichuan_home, THREE, post_on=date(2023, 2, 1))

    assert {str(v.dated) for v in result.vouchers} == {"2023-02-01"}


def test_second_person_review_leaves_drafts(sichuan_home):
    put_setting(sichuan_home, LI, "review", "second-person", cite="内控")

    assert contributions(sichuan_home, THREE).status == "draft"


def test_a_rejected_draft_leaves_nothing_behind(sichuan_home):
    contributions(sichuan_home, THREE, draft=True)

    voucher_desk.reject(sichuan_home, WANG, ["#1"], "金额有误")

    assert stored(sichuan_home, LINES) == []
    assert counts(sichuan_home)[:3] == [0, 0, 0]
    again = contributions(sichuan_home, THREE)
    assert (again.status, again.new) == ("posted", 3)


def test_a_reversed_voucher_frees_its_lines_for_a_corrected_list(sichuan_home):
    made = contributions(sichuan_home, THREE)

    reverse(sichuan_home, WANG, made.vouchers[0].name, MARCH, "重报")

    assert stored(sichuan_home, LINES) == []
    assert counts(sichuan_home)[:3] == [0, 0, 0]
    assert contributions(sichuan_home, THREE).status == "posted"


def test_a_reversed_completion_leaves_the_line_waiting(sichuan_home):
    waiting = "个人编号 | 到账日期\nA1 | "
    contributions(sichuan_home, waiting)
    made = contributions(sichuan_home, "个人编号 | 到账日期\nA1 | 2023-02-03")

    reverse(sichuan_home, WANG, made.vouchers[0].name, MARCH, "重报")

    assert stored(sichuan_home, LINES) == [
        ("A1", "2023-01", "正常", 10000, "在职", None, None)
    ]
    again = contributions(sichuan_home, "个人编号 | 到账日期\nA1 | 2023-02-04")
    assert (again.status, again.completed) == ("posted", 1)


def test_money_of_a_retired_person_that_comes_later_is_posted_and_taken_back(
    sichuan_home,
):
    waiting = "个人编号 | 人员类别 | 单位缴费\nA1 | 退休 | 50.00"
    contributions(sichuan_home, waiting)
    arrived = (
        "个人编号 | 人员类别 | 单位缴费 | 到账日期\nA1 | 退休 | 50.00 | 2023-02-03"
    )
    made = contributions(sichuan_home, arrived)

    assert (made.completed, str(made.vouchers[0].amount)) == (1, "50.00")
    assert stored(sichuan_home, LINES)[0][4:] == ("退休", 1, "2023-02-03")

    reverse(sichuan_home, WANG, made.vouchers[0].name, MARCH, "重报")

    assert stored(sichuan_home, LINES)[0][4:] == ("退休", 1, None)
    assert contributions(sichuan_home, arrived).completed == 1


def test_withdrawing_frees_a_list_that_made_no_voucher(sichuan_home):
    contributions(sichuan_home, "个人编号 | 到账日期\nA1 | \nA2 | ")
    with sichuan_home.writing() as connection:
        kept = sources.documents(connection)[0]
        freed = sources.withdraw(connection, 1, LI.by, LI.at, "报错")

    assert (kept.lines, kept.bare, freed) == (2, 2, 2)
    assert counts(sichuan_home)[:3] == [0, 0, 0]
    assert contributions(sichuan_home, "个人编号 | 到账日期\nA1 | ").new == 1


def test_withdrawing_a_list_with_its_voucher_is_refused(sichuan_home):
    contributions(sichuan_home, THREE)

    with sichuan_home.writing() as connection:
        with pytest.raises(BookError, match="不能撤回"):
            sources.withdraw(connection, 1, LI.by, LI.at, "报错")


def test_a_row_that_can_be_taken_now_posts_from_the_same_file_again(sichuan_home):
    lists = "个人编号 | 姓名 | 所属期\nA1 | {} | 2023-01\nA2 | 李四 | 2023-01"
    contributions(sichuan_home, lists.format("王五").replace("A2 | 李四 | 2023-01", ""))
    first = contributions(sichuan_home, lists.format("张三").replace("-01", "-02"))
    with sichuan_home.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE person SET name = '张三' WHERE person_id = 'A1'"
        )
    second = contributions(sichuan_home, lists.format("张三").replace("-01", "-02"))

    assert (first.status, first.new) == ("posted-in-part", 1)
    assert (second.status, second.new, second.known) == ("posted", 1, 1)
    assert len(second.vouchers) == 2


def test_a_reversed_part_of_a_file_gives_its_number_to_the_next(sichuan_home):
    known = "个人编号 | 姓名 | 所属期\nA1 | 张三 | 2023-01\nA2 | 甲 | 2023-01"
    contributions(sichuan_home, known + "\nA3 | 乙 | 2023-01")
    asked = "个人编号 | 姓名 | 所属期\nA1 | 张三 | 2023-02\nA2 | 李四 | 2023-02"
    asked += "\nA3 | 王五 | 2023-02"
    contributions(sichuan_home, asked)
    parts = []
    for person, name in (("A2", "李四"), ("A3", "王五")):
        with sichuan_home.writing() as connection:
            connection.exec_driver_sql(
                f"UPDATE person SET name = '{name}' WHERE person_id = '{person}'"
            )
        parts.append(contributions(sichuan_home, asked))
    reverse(sichuan_home, WANG, parts[0].vouchers[-1].name, MARCH, "重报")

    again = contributions(sichuan_home, asked)

    assert (again.message, again.status, again.new) == ("", "posted", 1)


def test_a_fund_form_in_a_home_without_an_advance_policy_says_so(sichuan_home):
    result = take(sichuan_home, "F3", [line("F3", 统筹区代码="511300")])

    assert result.status == "rejected"
    assert "510000应有一份异地就医预付金文件，实有0份" in result.message
    assert "本文件没有入账" in result.message
