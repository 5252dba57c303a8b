"""`yibao credit`: months are credited once, corrected first, and told with totals."""

import json
from datetime import date
from decimal import Decimal

import pytest
from batches_by_hand import Row, die, lines, money_comes, set_figure, spend
from desk_by_hand import printed
from people_by_hand import LI, NANCHONG, WANG, contributions, stored

from desk import vouchers as voucher_desk
from desk.people.credit import credit
from ledger.errors import BookError, RuleError, UsageError
from ledger.periods import Month

JANUARY, FEBRUARY, MARCH = Month(2023, 1), Month(2023, 2), Month(2023, 3)
THREE = """
    个人编号 | 姓名 | 人员类别 | 缴费基数 | 个人缴费 | 公务员补助计入
    P0000000001 | 张三 | 在职 | 5000.00 | 100.00 |
    P0000000002 | 李四 | 在职 | 6000.25 | 120.01 | 30.00
    P0000000003 | 王五 | 退休 | | | 25.50
"""


def balances(home) -> dict[str, tuple[int, int]]:
    """Every account: its balance and what it owes, in fen."""
    rows = stored(home, "SELECT person_id, balance, claim FROM account ORDER BY 1")
    return {person: (balance, claim) for person, balance, claim in rows}


def control(home) -> dict[str, int]:
    """By sub-account of 个人账户基金: credit less debit, in fen, of what counts."""
    rows = stored(
        home,
        "SELECT subject, CAST(sum(CASE side WHEN '贷' THEN amount ELSE -amount END)"
        " AS bigint) FROM voucher_line"
        " JOIN voucher ON voucher.id = voucher_line.voucher_id"
        " WHERE subject LIKE '个人账户基金——%' AND number IS NOT NULL"
        " GROUP BY subject",
    )
    return {name.partition("——")[2]: amount for name, amount in rows if amount}


def moved(home) -> dict[str, int]:
    """By kind: what the counted batches moved, in fen."""
    rows = stored(
        home,
        "SELECT movement.kind, CAST(sum(amount) AS bigint) FROM movement"
        " JOIN batch ON batch.id = batch_id WHERE state IN ('counted', 'undone')"
        " GROUP BY movement.kind",
    )
    return {kind: amount for kind, amount in rows if amount}


def check_identities(home) -> None:
    """Balances, movements and the control account say the same."""
    assert control(home) == moved(home)
    rows = stored(
        home,
        "SELECT account.person_id, balance, claim, coalesce(("
        " SELECT CAST(sum(amount) AS bigint) FROM movement"
        " JOIN batch ON batch.id = batch_id WHERE state IN ('counted', 'undone')"
        " AND movement.person_id = account.person_id"
        " AND movement.region = account.region), 0), coalesce(("
        " SELECT CAST(sum(amount) AS bigint) FROM movement"
        " JOIN batch ON batch.id = batch_id WHERE state IN ('counted', 'undone')"
        " AND movement.person_id = account.person_id AND movement.kind = '追回挂账'"
        " AND movement.region = account.region), 0) FROM account",
    )
    for person, balance, claim, amount, owed in rows:
        assert (person, balance, claim) == (person, amount, owed)


def test_a_month_is_credited_with_one_voucher_a_kind(sichuan_home):
    set_figure(sichuan_home)
    contributions(sichuan_home, THREE)

    made = credit(sichuan_home, LI, JANUARY, NANCHONG)

    assert (made.people, made.total) == (3, Decimal("369.31"))
    assert made.active == (2, Decimal("220.01"))
    assert made.retired == (1, Decimal("93.80"))  # 3350.00 × 2.8 %
    assert made.civil == (2, Decimal("55.50"))
    assert (made.status, made.waiting, made.corrected) == ("posted", 0, None)
    agency = printed(sichuan_home, "511300-city-agency")
    assert agency.partition("511300-city-agency 2023-01-31")[2] == (""" P2 记-2
  借 医保收入——个人账户收入待计入 310 220.01
  贷 个人账户基金——在职计入 310 220.01
511300-city-agency 2023-01-31 P3 记-3
  借 统筹基金——本年划入个人账户 310 93.80
  贷 个人账户基金——退休划入 310 93.80
511300-city-agency 2023-01-31 P19 记-4
  借 暂收款——公务员医疗补助 310 55.50
  贷 个人账户基金——公务员补助计入 310 55.50""")
    assert balances(sichuan_home) == {
        "P0000000001": (10000, 0),
        "P0000000002": (15001, 0),
        "P0000000003": (11930, 0),
    }
    check_identities(sichuan_home)


def test_a_second_run_finds_the_month_credited(sichuan_home):
    set_figure(sichuan_home)
    contributions(sichuan_home, THREE)
    first = credit(sichuan_home, LI, JANUARY, NANCHONG)

    second = credit(sichuan_home, LI, JANUARY, NANCHONG)

    assert second == first._replace(status="already-posted")
    check_identities(sichuan_home)


def test_rows_that_came_since_are_a_new_batch(sichuan_home):
    lines(sichuan_home, Row("P1", "2023-01"))
    first = credit(sichuan_home, LI, JANUARY, NANCHONG)
    late = [Row("P2", "2023-01"), Row("P3", "2023-01", ready=False)]
    lines(sichuan_home, *late)

    made = credit(sichuan_home, LI, JANUARY, NANCHONG)

    assert (made.people, made.total, made.waiting) == (1, Decimal("100.00"), 1)
    assert made.batch != first.batch
    money_comes(sichuan_home, "P3", "2023-01")
    made = credit(sichuan_home, LI, JANUARY, NANCHONG)
    assert (made.people, made.waiting) == (1, 0)
    check_identities(sichuan_home)


@pytest.mark.parametrize("month", [Month(2022, 12), Month(2028, 1)])
def test_outside_the_rules_years_crediting_is_refused(month, sqlite_sichuan_home):
    with pytest.raises(RuleError, match="第三十八条"):
        credit(sqlite_sichuan_home, LI, month, NANCHONG)


def test_after_the_term_a_correction_is_done_with_its_last_month(sqlite_sichuan_home):
    lines(sqlite_sichuan_home, Row("P1", "2027-11"), Row("P1", "2027-12"))
    last = Month(2027, 12)
    credit(sqlite_sichuan_home, LI, last, NANCHONG)
    die(sqlite_sichuan_home, "P1", date(2027, 11, 20))

    with pytest.raises(RuleError, match="yibao credit 2027-12 --region 511300 更正"):
        credit(sqlite_sichuan_home, LI, Month(2028, 1), NANCHONG)

    corrected = credit(sqlite_sichuan_home, LI, last, NANCHONG).corrected
    assert (corrected.people, corrected.undone) == (1, Decimal("100.00"))
    with pytest.raises(RuleError, match="2028-01不能计入；有新办法"):
        credit(sqlite_sichuan_home, LI, Month(2028, 1), NANCHONG)
    told = "SELECT document_id, row FROM movement WHERE act = 'undo'"
    assert stored(sqlite_sichuan_home, told) == [(0, 0)]
    narrations = stored(sqlite_sichuan_home, "SELECT narration FROM voucher")
    assert any(told.startswith("更正2027年12月（冲回）") for told, in narrations)


def test_without_a_figure_retirees_are_not_credited(sichuan_home):
    contributions(sichuan_home, THREE)

    with pytest.raises(BookError, match="yibao setting set average-pension-2021"):
        credit(sichuan_home, LI, JANUARY, NANCHONG)
    assert moved(sichuan_home) == {}


def test_a_month_of_which_nothing_came_is_refused(sqlite_sichuan_home):
    with pytest.raises(BookError, match="还没有导入过"):
        credit(sqlite_sichuan_home, LI, JANUARY, NANCHONG)


@pytest.mark.parametrize("region", ["511302", "520100", "510000", "5113"])
def test_only_a_city_of_the_province_is_credited(region, sqlite_sichuan_home):
    with pytest.raises(UsageError, match="统筹区"):
        credit(sqlite_sichuan_home, LI, JANUARY, region)


def test_a_region_without_a_rule_is_refused(sqlite_sichuan_home):
    with pytest.raises(RuleError, match="计入办法"):
        credit(sqlite_sichuan_home, LI, JANUARY, "510400")


def test_vouchers_are_dated_the_months_last_day_or_later(sichuan_home):
    set_figure(sichuan_home)
    contributions(sichuan_home, THREE)

    with pytest.raises(BookError, match="2023-01-31"):
        credit(sichuan_home, LI, JANUARY, NANCHONG, post_on=date(2023, 1, 30))
    made = credit(sichuan_home, LI, JANUARY, NANCHONG, post_on=date(2023, 2, 1))

    assert {voucher.dated for voucher in made.vouchers} == {date(2023, 2, 1)}


def test_trying_changes_nothing(sichuan_home):
    set_figure(sichuan_home)
    contributions(sichuan_home, THREE)

    made = credit(sichuan_home, LI, JANUARY, NANCHONG, dry_run=True)

    assert made.people == 3
    assert (
        moved(sichuan_home) == {} and stored(sichuan_home, "SELECT 1 FROM batch") == []
    )


def test_a_draft_counts_when_approved(sichuan_home):
    set_figure(sichuan_home)
    contributions(sichuan_home, THREE)

    made = credit(sichuan_home, LI, JANUARY, NANCHONG, draft=True)

    assert made.status == "draft"
    assert {balance for balance, _ in balances(sichuan_home).values()} == {0}
    assert credit(sichuan_home, LI, JANUARY, NANCHONG).status == "draft"
    voucher_desk.approve(sichuan_home, WANG, [f"#{made.vouchers[0].id}"])
    assert balances(sichuan_home)["P0000000001"] == (10000, 0)
    assert credit(sichuan_home, LI, JANUARY, NANCHONG).status == "already-posted"
    check_identities(sichuan_home)


def test_a_rejected_draft_leaves_the_month_free(sichuan_home):
    set_figure(sichuan_home)
    contributions(sichuan_home, THREE)
    made = credit(sichuan_home, LI, JANUARY, NANCHONG, draft=True)

    voucher_desk.reject(sichuan_home, WANG, [f"#{made.vouchers[0].id}"], "数字不对")

    again = credit(sichuan_home, LI, JANUARY, NANCHONG)
    assert (again.status, again.people) == ("posted", 3)
    check_identities(sichuan_home)


def retired_late(home):
    """张三 is credited as 在职 until March; April's list says retired since February."""
    set_figure(home)
    for month in (JANUARY, FEBRUARY, MARCH):
        contributions(
            home, f"所属期 | 到账日期\n{month} | 2023-03-20", name=f"{month}.csv"
        )
        credit(home, LI, month, NANCHONG)
    contributions(
        home,
        "所属期 | 人员类别 | 退休待遇起始月\n2023-04 | 退休 | 2023-02",
        name="四月.csv",
    )
    return Month(2023, 4)


def test_retirement_told_late_is_put_right_first(sichuan_home):
    april = retired_late(sichuan_home)

    made = credit(sichuan_home, LI, april, NANCHONG)

    assert made.corrected[1:6] == (
        1,
        2,
        Decimal("200.00"),
        Decimal("187.60"),
        Decimal("0.00"),
    )
    assert made.people == 1
    text = printed(sichuan_home, "511300-city-agency")
    assert text.partition("2023-04-30 P2")[2].startswith(""" 记-1
  借 医保收入——个人账户收入待计入 310 -200.00
  贷 个人账户基金——在职计入 310 -200.00
511300-city-agency 2023-04-30 P3 记-2
  借 统筹基金——本年划入个人账户 310 187.60
  贷 个人账户基金——退休划入 310 187.60
""")
    # 100.00 of January, 93.80 of February, March and April
    assert balances(sichuan_home) == {"P0000000001": (38140, 0)}
    assert credit(sichuan_home, LI, april, NANCHONG).corrected is None
    check_identities(sichuan_home)


def test_a_credit_is_not_taken_back_before_its_own_day(sichuan_home):
    april = retired_late(sichuan_home)
    contributions(
        sichuan_home,
        "所属期 | 个人编号 | 姓名 | 缴费类型 | 到账日期\n"
        "2023-02 | P0000000002 | 李四 | 补缴 | 2023-04-10",
        name="补缴.csv",
    )

    february = credit(sichuan_home, LI, FEBRUARY, NANCHONG)
    in_april = credit(sichuan_home, LI, april, NANCHONG)

    # The voucher of 2023-02-28 takes back February's credit, not March's of 03-31.
    assert february.corrected.months == 1
    assert in_april.corrected.months == 1
    assert balances(sichuan_home)["P0000000001"] == (38140, 0)
    check_identities(sichuan_home)


def test_a_rejected_correction_is_open_again(sichuan_home):
    april = retired_late(sichuan_home)
    made = credit(sichuan_home, LI, april, NANCHONG, draft=True)
    assert credit(sichuan_home, LI, april, NANCHONG).corrected is None

    for vouchers in (made.corrected.vouchers, made.vouchers):
        voucher_desk.reject(sichuan_home, WANG, [f"#{vouchers[0].id}"], "数字不对")

    assert balances(sichuan_home) == {"P0000000001": (30000, 0)}
    again = credit(sichuan_home, LI, april, NANCHONG)
    assert again.corrected.months == 2
    assert balances(sichuan_home) == {"P0000000001": (38140, 0)}
    check_identities(sichuan_home)


def died_in_january(home, left: int):
    """P1 has 300.00, of which so much is left; then a death in January is told."""
    set_figure(home)
    for month in (JANUARY, FEBRUARY, MARCH):
        lines(home, Row("P1", str(month)))
        credit(home, LI, month, NANCHONG)
    if left < 30000:
        spend(home, "P1", 30000 - left)
    die(home, "P1", date(2023, 1, 20))
    lines(home, Row("P2", "2023-04"))


def test_what_is_no_longer_there_becomes_a_claim(sichuan_home):
    died_in_january(sichuan_home, left=5000)

    made = credit(sichuan_home, LI, Month(2023, 4), NANCHONG)

    # 50.00 are left of 300.00, and 200.00 were credited after the death.
    assert made.corrected.claimed == Decimal("150.00")
    assert balances(sichuan_home)["P1"] == (0, 15000)
    assert "P22" in printed(sichuan_home, "511300-city-agency")
    check_identities(sichuan_home)


def test_the_command_tells_one_document(sichuan, sqlite_sichuan_home):
    set_figure(sqlite_sichuan_home)
    contributions(sqlite_sichuan_home, THREE)

    code, told, _ = sichuan("credit", "2023-01", "--region", NANCHONG, "--json")

    document = json.loads(told)
    assert code == 0
    assert document["batch"] == 1
    assert {k: document[k] for k in ("month", "region", "people", "total")} == {
        "month": "2023-01",
        "region": NANCHONG,
        "people": 3,
        "total": "369.31",
    }
    assert document["active"] == {"people": 2, "amount": "220.01"}
    assert document["retired"] == {"people": 1, "amount": "93.80"}
    assert [v["rule"] for v in document["vouchers"]] == [
        "nanchong_2022_33/P2",
        "nanchong_2022_33/P3",
        "nanchong_2022_33/P19",
    ]
    assert document["vouchers"][0]["voucher"] == "511300-city-agency/2023-01/2"
    assert document["status"] == "posted"
    code, told, _ = sichuan("credit", "2023-01", "--region", NANCHONG, "--json")
    assert (code, json.loads(told)) == (0, {**document, "status": "already-posted"})
    code, told, _ = sichuan("credit", "2023-01", "--region", NANCHONG)
    assert code == 0 and "3人" in told and "原已入账" in told


def test_lists_whose_contributions_wait_for_approval_wait_too(sichuan_home):
    set_figure(sichuan_home)
    imported = contributions(sichuan_home, THREE, draft=True)
    retired = """
        所属期 | 个人编号 | 姓名 | 人员类别
        2023-01 | P0000000004 | 赵六 | 退休"""
    contributions(sichuan_home, retired, name="退休.csv")

    first = credit(sichuan_home, LI, JANUARY, NANCHONG)

    assert (first.people, first.retired.people) == (1, 1)
    assert (first.unapproved, first.unapproved_lists) == (3, 1)
    voucher_desk.approve(sichuan_home, WANG, [f"#{imported.vouchers[0].id}"])
    second = credit(sichuan_home, LI, JANUARY, NANCHONG)
    assert (second.people, second.unapproved) == (3, 0)
    assert (second.active.people, second.retired.people) == (2, 1)
    check_identities(sichuan_home)
