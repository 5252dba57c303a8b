"""The statement of one person: what it says, to whom, and by which look-ups."""

from datetime import date
from decimal import Decimal

import pytest
from accounts_by_hand import (
    LI,
    NANCHONG,
    WANG_ID,
    ZHANG,
    batch,
    contributed,
    person,
    run,
)
from batches_by_hand import Row, lines, retire, set_figure, spend
from openpyxl import load_workbook
from payouts_by_hand import changed, opened
from sqlalchemy import event

from desk.people.credit import credit
from desk.reversing import reverse
from ledger.errors import BookError, UsageError
from ledger.periods import Month
from reports.people.statement import statement
from reports.people.statement_page import statement_page
from reports.people.statement_sheet import statement_sheets
from reports.xlsx import workbook

TODAY = date(2023, 6, 30)
BOOK = "511300-city-agency"


@pytest.fixture
def three_months(sichuan_home):
    """张三: 1000.00 brought, 100.00 in January and February, 250.00 out in March."""
    home = sichuan_home
    person(home)
    person(home, WANG_ID, "王五", base="3000")
    batch(
        home,
        "opening",
        [(ZHANG, "上年结余", "1000")],
        date(2023, 1, 1),
        "",
        act="opening",
    )
    for month, day in (("2023-01", date(2023, 1, 31)), ("2023-02", date(2023, 2, 28))):
        document_id = contributed(home, f"{month}.xlsx", month, [(ZHANG, "5000")])
        batch(
            home,
            "credit",
            [(ZHANG, "在职计入", "100")],
            day,
            month,
            document_id=document_id,
            act="credit",
        )
    batch(home, "change", [(ZHANG, "转出", "-250")], date(2023, 3, 15), "")
    return home


def asked(home, person_id=ZHANG, **how):
    with home.reading() as connection:
        return statement(connection, person_id, TODAY, **how)


def told(made) -> list[str]:
    return [
        f"{row.on} {row.words} {row.amount} {row.balance}" for row in made.movements
    ]


def test_every_movement_is_there_with_the_balance_after_it(three_months):
    made = asked(three_months)

    assert told(made) == [
        "2023-01-01 上年结余 1000.00 1000.00",
        "2023-01-31 在职计入 100.00 1100.00",
        "2023-02-28 在职计入 100.00 1200.00",
        "2023-03-15 转出 -250.00 950.00",
    ]
    assert made.balance == Decimal("950.00")
    assert (made.name, made.status, made.region_name) == ("张*", "在职", "南充市")
    assert made.base == Decimal("5000.00")


def test_each_movement_says_its_voucher_and_the_row_it_comes_from(three_months):
    row = asked(three_months).movements[1]

    assert row.source == "2023-01.xlsx#明细!R2"
    assert row.voucher == f"{BOOK}/2023-01/3"
    assert (row.period, row.batch) == ("2023-01", 2)


def test_a_span_opens_with_what_was_before_it(three_months):
    made = asked(three_months, first=Month(2023, 2), last=Month(2023, 3))
    (row,) = made.accounts

    assert len(made.movements) == 2
    assert (row.opening, row.income, row.expenditure, row.closing) == (
        Decimal("1100.00"),
        Decimal("100.00"),
        Decimal("250.00"),
        Decimal("950.00"),
    )


def test_an_opening_balance_is_no_income(three_months):
    (row,) = asked(three_months).accounts

    assert (row.opening, row.recorded, row.income) == (
        Decimal("0.00"),
        Decimal("1000.00"),
        Decimal("200.00"),
    )


@pytest.mark.parametrize(
    "on, balance",
    [("2022-12-31", "0"), ("2023-01-30", "1000"), ("2023-01-31", "1100")],
)
def test_a_balance_can_be_had_at_any_date(three_months, on, balance):
    made = asked(three_months, on=date.fromisoformat(on))

    assert made.balance == Decimal(balance)


def test_what_is_dated_after_today_counts_as_the_account_does(three_months):
    batch(three_months, "change", [(ZHANG, "转入", "5")], date(2023, 12, 31), "")

    made = asked(three_months)

    assert made.balance == Decimal("955.00")
    assert made.last_day == date(2023, 12, 31)


def test_a_draft_stands_apart(three_months):
    batch(
        three_months,
        "change",
        [(ZHANG, "转出", "-50")],
        date(2023, 4, 1),
        "",
        approve=False,
    )

    made = asked(three_months)

    assert made.balance == Decimal("950.00")
    assert [(row.amount, row.balance) for row in made.drafts] == [
        (Decimal("-50.00"), Decimal("900.00"))
    ]


def test_accounts_in_two_regions_run_apart(three_months):
    from sqlalchemy import insert

    from ledger.people.batches import ACCOUNT

    with three_months.writing() as connection:
        connection.execute(
            insert(ACCOUNT).values(
                person_id=ZHANG,
                region="510400",
                balance=Decimal(0),
                claim=Decimal(0),
                state="open",
            )
        )
    batch(
        three_months,
        "change",
        [(ZHANG, "转入", "250")],
        date(2023, 3, 20),
        "",
        region="510400",
    )

    made = asked(three_months)

    assert [(row.region, row.closing) for row in made.accounts] == [
        ("510400", Decimal("250.00")),
        (NANCHONG, Decimal("950.00")),
    ]
    assert made.movements[-1].balance == Decimal("250.00")
    assert made.balance == Decimal("1200.00")


def test_the_name_is_whole_only_where_it_is_asked_for(three_months):
    assert asked(three_months).name == "张*"
    assert asked(three_months, unmasked=True).name == "张三"


def test_an_id_that_nobody_has_is_refused_without_repeating_it(three_months):
    with pytest.raises(BookError, match=r"\*\*\*\*0009的参保人") as error:
        asked(three_months, "P0000000009")

    assert "P0000000009" not in str(error.value)


def test_a_span_that_ends_before_it_begins_is_refused(three_months):
    with pytest.raises(UsageError, match="请对调"):
        asked(three_months, first=Month(2023, 3), last=Month(2023, 2))


def test_nobody_else_is_in_it(three_months):
    batch(three_months, "change", [(WANG_ID, "转入", "77")], date(2023, 3, 20), "")

    assert "77" not in " ".join(told(asked(three_months)))


def test_the_workbook_has_the_accounts_and_the_movements(three_months, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(statement_sheets(asked(three_months)), TODAY))
    book = load_workbook(path)

    accounts = [row for row in book["账户"].iter_rows(values_only=True)]
    rows = [row for row in book["明细"].iter_rows(values_only=True)]

    assert accounts[1][0].startswith("张* P0000000001　南充市 在职")
    assert accounts[3][:4] == ("南充市", "511300", "在职", "正常")
    assert accounts[3][4:10] == (0, 1000, 200, 250, 0, 950)
    assert len(rows) == 3 + 4
    assert rows[6][2:7] == ("转出", None, None, 250, 950)


def test_the_page_to_print_has_places_to_stamp_and_sign(three_months):
    page = statement_page(asked(three_months), TODAY)

    for words in (
        "经办机构（盖章）",
        "参保人核对签名",
        "核对日期",
        "如有异议",
        "950.00",
    ):
        assert words in page
    assert "张三" not in page and "<script" not in page


def test_a_name_with_markup_is_shown_as_it_is(sichuan_home):
    person(sichuan_home, ZHANG, "<b>张")

    page = statement_page(asked(sichuan_home, unmasked=True), TODAY)

    assert "&lt;b&gt;张" in page and "<b>张" not in page


def test_a_correction_is_told_in_the_order_of_its_vouchers(sichuan_home):
    """P1 spent January's 100.00 and retired in January: 93.80, and 6.20 is owed."""
    set_figure(sichuan_home)
    lines(sichuan_home, Row("P1", "2023-01"))
    credit(sichuan_home, LI, Month(2023, 1), NANCHONG)
    spend(sichuan_home, "P1", 10000)
    retire(sichuan_home, "P1", "2023-01")
    lines(sichuan_home, Row("P1", "2023-02", 0, "退休"))
    made = credit(sichuan_home, LI, Month(2023, 2), NANCHONG)

    assert told(asked(sichuan_home, "P1"))[2:] == [
        "2023-02-28 更正冲回：在职计入 -100.00 -100.00",
        "2023-02-28 更正后计入：退休划入 93.80 -6.20",
        "2023-02-28 追回不足部分挂账：追回挂账 6.20 0.00",
        "2023-02-28 退休划入 93.80 93.80",
        "2023-02-28 收回挂账：追回挂账 -6.20 87.60",
    ]
    reverse(sichuan_home, LI, made.corrected.vouchers[0].name, date(2023, 3, 1), "有误")
    assert told(asked(sichuan_home, "P1"))[7:] == [
        "2023-03-01 冲销：在职计入 100.00 187.60",
        "2023-03-01 冲销：退休划入 -93.80 93.80",
        "2023-03-01 冲销：追回挂账 -6.20 87.60",
        "2023-03-01 追回不足部分挂账：追回挂账 6.20 93.80",
    ]


def test_changes_of_a_day_are_told_in_the_order_of_their_serials(sichuan_home):
    opened(sichuan_home, "个人编号 | 期初余额\nP1 | 100.00")
    changed(
        sichuan_home,
        """个人编号 | 流水号 | 变动类型 | 日期 | 金额 | 对方
        P1 | S3 | 转入 | 2022-04-10 | 7.00 |
        P1 | S1 | 转入 | 2022-04-10 | 5.00 |
        P1 | S2 | 转出 | 2022-04-10 | 105.00 | 成都市""",
    )

    assert told(asked(sichuan_home, "P1"))[1:] == [
        "2022-04-10 转入 5.00 105.00",
        "2022-04-10 转出 -105.00 0.00",
        "2022-04-10 转入 7.00 7.00",
    ]


@pytest.mark.parametrize(
    "change, words",
    [
        ("UPDATE account SET state = 'open'", "从以后的计入中收回"),
        ("UPDATE account SET state = 'closed'", "待追回"),
        ("UPDATE person SET died_on = date('2023-05-01')", "待追回"),
    ],
)
def test_a_claim_says_how_it_comes_back(three_months, change, words):
    batch(three_months, "correction", [(ZHANG, "追回挂账", "6.20")], act="claim")
    run(three_months, change)

    made = asked(three_months)

    assert made.claim_words == [f"6.20元挂账，{words}"]
    assert f"尚有6.20元挂账，{words}。" in statement_page(made, TODAY)


def test_who_is_insured_without_an_account_is_told_so(sichuan_home):
    person(sichuan_home)
    run(sichuan_home, "DELETE FROM account")
    run(sichuan_home, "UPDATE person_state SET insured_as = '单建统筹'")

    page = statement_page(asked(sichuan_home), TODAY)

    assert "单建统筹，没有个人账户" in page and "明细" not in page


def test_a_statement_reads_by_index_alone(three_months):
    """Every SELECT is planned as look-ups by key, on both databases."""
    plans = plans_of(three_months, lambda c: statement(c, ZHANG, TODAY))

    assert plans and not [line for line in plans if scans(line)]


def plans_of(home, query) -> list[str]:
    """The plans of all that a question asks, as lines."""
    seen = []

    def listen(connection, cursor, statement, parameters, context, executemany):
        if statement.lstrip().startswith("SELECT"):
            seen.append((statement, parameters))

    sqlite = home.engine.dialect.name == "sqlite"
    event.listen(home.engine, "before_cursor_execute", listen)
    with home.reading() as connection:
        query(connection)
        event.remove(home.engine, "before_cursor_execute", listen)
        if not sqlite:  # small tables would be scanned for being small
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        return [
            row[-1]
            for text, parameters in seen
            for row in connection.exec_driver_sql(f"{explain} {text}", parameters)
        ]


def scans(line: str) -> bool:
    return line.startswith("SCAN ") or "Seq Scan" in line
