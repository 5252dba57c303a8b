"""`yibao clear … --kind institutions`: what is due, what is carried, P7 at once."""

import json
from datetime import date
from pathlib import Path

import pytest
from desk_by_hand import book_files, count, printed
from institutions_by_hand import SEPTEMBER, clear_july, owed, pay, roster
from openpyxl import load_workbook
from people_by_hand import stored
from settlements_by_hand import LI, WANG

from desk.homes import put_setting
from desk.importing import import_files
from desk.reversing import reverse
from desk.settlements.clearing import clear, withdraw
from desk.vouchers import approve, reject
from ledger.errors import BookError, UsageError
from ledger.periods import Month
from ledger.schema import Voucher
from ledger.settlements.tables import Clearing

HEFEI_BOOK, WUHU_BOOK = "340100-city-agency", "340200-city-agency"


def parts(made):
    """payer, payee, fund, lines, gross, net as words."""
    return [
        f"{p.payer} {p.payee} {p.fund} {p.lines} {p.gross} {p.net}" for p in made.parts
    ]


def paid(home, *books) -> list[str]:
    """The P7 of some books, without the accruals before them."""
    every = printed(home, *books).split("\n")
    kept = []
    for at, line in enumerate(every):
        if " P7 " in line:
            kept += [line, *every[at + 1 : at + 3]]
    return kept


def rows_of(path: str) -> list[list]:
    """The rows of a workbook's only sheet, from its header on."""
    sheet = load_workbook(path).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return rows[2:]


def test_what_is_due_is_told_by_place_institution_and_fund(anhui_home):
    roster(anhui_home)
    owed(
        anhui_home,
        """机构 | 险种 | 笔数 | 统筹 | 其他 | 个账 | 共济
           R1 | 310 | 3 | 60.00 | 5.00 | 20.00 | 4.00
           R1 | 390 | 2 | 30.00 | | | 6.00
           R2 | 310 | 1 | | | 12.00 |
           W1 | 310 | 1 | 7.00 | | |""",
    )
    made = clear_july(anhui_home)

    # 390's own 30.00; of its 共济 6.00 is the accounts' fund: 60+5+20+4+6 = 95.
    assert made.status == "made"
    assert made.vouchers == []
    assert parts(made) == [
        "340100 R1 310 5 95.00 95.00",
        "340100 R1 390 2 30.00 30.00",
        "340100 R2 310 1 12.00 12.00",
        "340200 W1 310 1 7.00 7.00",
    ]


def test_months_up_to_the_period_are_taken_once(anhui_home):
    roster(anhui_home)
    owed(
        anhui_home,
        "月 | 统筹\n2024-06 | 10.00\n2024-07 | 20.00\n2024-08 | 40.00",
    )

    first = clear_july(anhui_home)
    again = clear_july(anhui_home)

    assert parts(first) == ["340100 R1 310 2 30.00 30.00"]
    assert again.status == "already-posted"
    assert (again.clearing, again.parts) == (first.clearing, first.parts)
    assert stored(
        anhui_home, "SELECT month, clearing_id FROM institution_sum ORDER BY month"
    ) == [("2024-06", 1), ("2024-07", 1), ("2024-08", None)]


def test_a_quarter_takes_its_months(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "月 | 统筹\n2024-07 | 20.00\n2024-09 | 40.00\n2024-10 | 1.00")

    made = clear_july(anhui_home, "2024Q3")

    assert parts(made) == ["340100 R1 310 2 60.00 60.00"]


def test_a_year_is_refused(sqlite_anhui_home):
    with pytest.raises(UsageError, match="按月清算"):
        clear(sqlite_anhui_home, SEPTEMBER, "institutions", 2024, "340000")


def test_another_province_is_refused(sqlite_anhui_home):
    with pytest.raises(UsageError, match="--province 340000"):
        clear(sqlite_anhui_home, SEPTEMBER, "institutions", Month(2024, 7), "510000")


def test_drafts_and_what_was_reversed_wait(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n20.00", approve=False)
    owed(anhui_home, "统筹\n40.00")
    reverse(anhui_home, WANG, f"{HEFEI_BOOK}/2024-07/1", date(2024, 8, 2), "录错")

    made = clear_july(anhui_home)

    assert (made.clearing, made.parts, made.status) == (None, [], "already-posted")


def test_what_comes_later_is_a_clearing_of_its_own(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n20.00")
    first = clear_july(anhui_home)
    owed(anhui_home, "统筹\n5.00")
    second = clear_july(anhui_home)

    assert parts(second) == ["340100 R1 310 1 5.00 5.00"]
    assert second.standing == (first.clearing, second.clearing)
    assert stored(anhui_home, "SELECT id, serial FROM clearing ORDER BY id") == [
        (1, 1),
        (2, 2),
    ]


def test_refunds_are_set_off_and_below_zero_carried(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00\n-20.00")
    first = clear_july(anhui_home)
    owed(anhui_home, "月 | 统筹\n2024-08 | -50.00")
    second = clear_july(anhui_home, "2024-08")
    owed(anhui_home, "月 | 统筹\n2024-09 | 30.00")
    third = clear_july(anhui_home, "2024-09")
    owed(anhui_home, "月 | 统筹\n2024-10 | 100.00")
    fourth = clear_july(anhui_home, "2024-10")

    # 50 are carried from August: 30 of them go in September, 20 in October.
    assert parts(first) == ["340100 R1 310 2 30.00 30.00"]
    assert parts(second) == ["340100 R1 310 1 -50.00 0.00"]
    assert second.notes == (
        "1项应付低于零，共-50.00元，结转抵扣：从以后的结算款中抵扣",
    )
    assert parts(third) == ["340100 R1 310 1 30.00 0.00"]
    assert parts(fourth) == ["340100 R1 310 1 100.00 80.00"]


def test_funds_are_not_set_off_against_each_other(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "险种 | 统筹\n310 | 50.00\n390 | -20.00")

    assert parts(clear_july(anhui_home)) == [
        "340100 R1 310 1 50.00 50.00",
        "340100 R1 390 1 -20.00 0.00",
    ]


@pytest.mark.parametrize("how", ["setting", "flag"])
def test_by_clear_every_city_pays_at_once(anhui_home, how):
    roster(anhui_home)
    owed(
        anhui_home,
        """机构 | 险种 | 统筹 | 个账
           R1 | 310 | 60.00 | 20.00
           R1 | 390 | 30.00 |
           R2 | 310 | | 12.00
           W1 | 310 | 7.00 |""",
    )
    if how == "setting":
        put_setting(anhui_home, LI, "institution-payment", "by-clear", cite="会议纪要")
    made = clear_july(anhui_home, pay=how == "flag")

    # 合肥: R1 60 + 20, R2 12 of 职工医保, 30 of 居民医保.
    assert made.status == "posted"
    assert [voucher.book for voucher in made.vouchers] == [HEFEI_BOOK, WUHU_BOOK]
    assert printed(anhui_home, HEFEI_BOOK).split("\n")[-5:] == [
        f"{HEFEI_BOOK} 2024-09-20 P7 记-1",
        "  借 暂收款——定点医药机构待结算 310 92.00",
        "  借 暂收款——定点医药机构待结算 390 30.00",
        "  贷 支出户存款 310 92.00",
        "  贷 支出户存款 390 30.00",
    ]
    assert paid(anhui_home, WUHU_BOOK) == [
        f"{WUHU_BOOK} 2024-09-20 P7 记-1",
        "  借 暂收款——定点医药机构待结算 310 7.00",
        "  贷 支出户存款 310 7.00",
    ]
    assert stored(anhui_home, "SELECT unit FROM posting WHERE unit LIKE 'clear|%'") == [
        ("clear|institutions|2024-07|1|340100",),
        ("clear|institutions|2024-07|1|340200",),
    ]
    assert stored(anhui_home, "SELECT state FROM clearing") == [("done",)]


def test_what_is_carried_pays_nothing_back(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 统筹\nR1 | 50.00\nR2 | -20.00")
    clear_july(anhui_home, pay=True)
    owed(anhui_home, "月 | 机构 | 统筹\n2024-08 | R2 | 30.00")
    clear_july(anhui_home, "2024-08", pay=True)

    assert paid(anhui_home) == [
        f"{HEFEI_BOOK} 2024-09-20 P7 记-1",
        "  借 暂收款——定点医药机构待结算 310 50.00",
        "  贷 支出户存款 310 50.00",
        f"{HEFEI_BOOK} 2024-09-20 P7 记-2",
        "  借 暂收款——定点医药机构待结算 310 10.00",
        "  贷 支出户存款 310 10.00",
    ]


def test_paid_once_however_often_it_is_asked(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    first = clear_july(anhui_home, pay=True)
    again = clear_july(anhui_home, pay=True)

    assert again.status == "already-posted"
    assert again.vouchers == first.vouchers
    assert len(paid(anhui_home)) == 3


def test_a_clearing_by_list_can_still_be_paid_at_once(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 统筹\nR1 | 50.00\nR2 | 8.00")
    clear_july(anhui_home)
    pay(anhui_home, "金额\n30.00")
    made = clear_july(anhui_home, pay=True)

    # What a list has begun to pay stays with the lists.
    assert made.status == "posted"
    assert paid(anhui_home)[3:] == [
        f"{HEFEI_BOOK} 2024-09-20 P7 记-1",
        "  借 暂收款——定点医药机构待结算 310 8.00",
        "  贷 支出户存款 310 8.00",
    ]


def test_reviewed_by_a_second_person_p7_waits(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    put_setting(anhui_home, LI, "review", "second-person", cite="会议纪要")
    made = clear_july(anhui_home, pay=True)

    assert (made.status, made.vouchers[0].name) == ("draft", None)
    assert paid(anhui_home) == []

    approve(anhui_home, WANG, [f"#{made.vouchers[0].id}"])

    assert len(paid(anhui_home)) == 3


def test_rejected_the_parts_wait_and_can_be_paid_again(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    made = clear_july(anhui_home, pay=True, draft=True)
    reject(anhui_home, WANG, [f"#{made.vouchers[0].id}"], "日期不对")

    assert stored(anhui_home, "SELECT posting_id FROM clearing_part") == [(None,)]
    assert clear_july(anhui_home).status == "already-posted"
    assert clear_july(anhui_home, pay=True).status == "posted"


def test_reversed_the_clearing_stands_and_the_parts_wait(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "机构 | 统筹\nR1 | 50.00\nW1 | 7.00")
    clear_july(anhui_home, pay=True)
    reverse(anhui_home, WANG, f"{HEFEI_BOOK}/2024-09/1", date(2024, 9, 21), "退票")

    assert stored(
        anhui_home, "SELECT payee, posting_id IS NULL FROM clearing_part ORDER BY id"
    ) == [("R1", True), ("W1", False)]
    assert stored(anhui_home, "SELECT state FROM clearing") == [("made",)]
    assert pay(anhui_home, "金额\n50.00").status == "posted"


def test_a_trial_keeps_nothing(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    before = count(anhui_home), book_files(anhui_home)
    made = clear_july(anhui_home, pay=True, dry_run=True)

    assert parts(made) == ["340100 R1 310 1 50.00 50.00"]
    assert made.files == []
    assert (count(anhui_home), book_files(anhui_home)) == before
    assert count(anhui_home, Clearing) == 0
    assert not (anhui_home.path / "out" / "clearing").exists()


def test_p7_is_not_dated_before_what_it_pays(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    with pytest.raises(BookError, match="早于所清算业务的凭证日期2024-07-31"):
        clear_july(anhui_home, pay=True, post_on=date(2024, 7, 30))

    made = clear_july(anhui_home, pay=True, post_on=date(2024, 8, 9))

    assert made.vouchers[0].dated == date(2024, 8, 9)


def withdraw_july(home, **how):
    return withdraw(home, SEPTEMBER, "institutions", Month(2024, 7), "340000", **how)


def test_a_clearing_that_nobody_has_paid_can_be_withdrawn(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    clear_july(anhui_home)
    made = withdraw_july(anhui_home)
    owed(anhui_home, "统筹\n5.00")
    again = clear_july(anhui_home)

    assert (made.clearing, made.status) == (1, "withdrawn")
    assert parts(again) == ["340100 R1 310 2 55.00 55.00"]
    assert again.standing == (2,)


def test_what_was_paid_is_not_withdrawn(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    clear_july(anhui_home)
    pay(anhui_home, "金额\n1.00")
    with pytest.raises(BookError, match="已经付款或扣款，不能撤回，例如合肥市的R1"):
        withdraw_july(anhui_home)

    owed(anhui_home, "统筹\n7.00")
    clear_july(anhui_home)

    # 1.00 is covered by the first clearing, so the second can go.
    assert withdraw_july(anhui_home).clearing == 2


def test_what_has_a_voucher_is_not_withdrawn(anhui_home):
    roster(anhui_home)
    owed(anhui_home, "统筹\n50.00")
    clear_july(anhui_home, pay=True)
    with pytest.raises(BookError, match=f"（{HEFEI_BOOK}/2024-09/1），不能撤回"):
        withdraw_july(anhui_home)

    reverse(anhui_home, WANG, f"{HEFEI_BOOK}/2024-09/1", date(2024, 9, 21), "退票")

    assert withdraw_july(anhui_home).status == "withdrawn"
    with pytest.raises(BookError, match="没有可撤回的结算单"):
        withdraw_july(anhui_home)


def test_each_city_has_its_statement(sqlite_anhui_home):
    roster(sqlite_anhui_home)
    owed(sqlite_anhui_home, "月 | 统筹\n2024-06 | -5.00")
    clear_july(sqlite_anhui_home, "2024-06")
    owed(
        sqlite_anhui_home,
        """机构 | 险种 | 笔数 | 统筹 | 其他 | 个账 | 共济
           R1 | 310 | 3 | 60.00 | 5.00 | 20.00 | 4.00
           R1 | 390 | 2 | 30.00 | | | 6.00
           R2 | 310 | 1 | | | -12.00 |
           W1 | 310 | 1 | 7.00 | | |""",
    )
    made = clear_july(sqlite_anhui_home)

    assert [Path(path).name for path in made.files] == [
        "定点医药机构结算单_2024-07_340100_1.xlsx",
        "机构拨付单_2024-07_340100_1.xlsx",
        "定点医药机构结算单_2024-07_340200_1.xlsx",
        "机构拨付单_2024-07_340200_1.xlsx",
    ]
    # 医疗总费用 is what is due and 10.00 in cash a row. 职工医保 owes R1 95.00, of
    # which the -5.00 of June are set off; R2's -12.00 are carried.
    assert rows_of(made.files[0]) == [
        ["机构代码", "机构名称", "机构级别", "笔数", "医疗总费用", "统筹", "其他基金"]
        + ["个账", "共济", "应付（按险种）", None]
        + ["应付合计", "抵扣以前结转", "结转抵扣", "本次应拨"],
        [None] * 9 + ["职工医保", "居民医保"] + [None] * 4,
        ["R1", "第一人民医院", "三级", 5, 145, 90, 5, 20, 10, 95, 30]
        + [125, -5, 0, 120],
        ["R2", "康民大药房", "定点零售药店", 1, -2, 0, 0, -12, 0, -12, 0]
        + [-12, 0, -12, 0],
        ["合计", None, None, 6, 143, 90, 5, 8, 10, 83, 30, 113, -5, -12, 120],
        ["应付低于零的，为结转抵扣，从以后的结算款中抵扣。"] + [None] * 14,
    ]


def test_the_list_of_payments_comes_back_as_f7(sqlite_anhui_home):
    roster(sqlite_anhui_home)
    owed(
        sqlite_anhui_home,
        "机构 | 险种 | 统筹\nR1 | 310 | 60.00\nR1 | 390 | 30.00\nR2 | 310 | 8.00",
    )
    made = clear_july(sqlite_anhui_home)
    path = made.files[1]
    book = load_workbook(path)
    for row, serial in ((4, "LS1"), (5, "LS1"), (6, "LS2")):
        book.active.cell(row, 1, "2024-09-20")
        book.active.cell(row, 12, serial)
    book.save(path)
    (result,) = import_files(sqlite_anhui_home, [Path(path)], SEPTEMBER)

    assert (result.form, result.status, result.errors) == ("F7", "posted", [])
    assert paid(sqlite_anhui_home)[:3] == [
        f"{HEFEI_BOOK} 2024-09-20 P7 记-1",
        "  借 暂收款——定点医药机构待结算 310 60.00",
        "  借 暂收款——定点医药机构待结算 390 30.00",
    ]
    assert stored(
        sqlite_anhui_home,
        "SELECT serial, institution, fund, amount, payee_account "
        "FROM institution_payment ORDER BY serial, fund",
    ) == [
        ("LS1", "R1", "310", 6000, "622200001"),
        ("LS1", "R1", "390", 3000, "622200001"),
        ("LS2", "R2", "310", 800, ""),
    ]


def test_the_list_as_it_was_printed_lacks_its_day_and_serial(sqlite_anhui_home):
    roster(sqlite_anhui_home)
    owed(sqlite_anhui_home, "统筹\n60.00")
    made = clear_july(sqlite_anhui_home)
    (result,) = import_files(sqlite_anhui_home, [Path(made.files[1])], SEPTEMBER)

    assert [fault.column for fault in result.errors] == ["付款日期", "交易流水号"]


def test_statements_are_printed_again(sqlite_anhui_home):
    roster(sqlite_anhui_home)
    owed(sqlite_anhui_home, "统筹\n60.00")
    first = {
        path: Path(path).read_bytes() for path in clear_july(sqlite_anhui_home).files
    }
    for path in first:
        Path(path).unlink()
    again = clear_july(sqlite_anhui_home)

    assert {path: Path(path).read_bytes() for path in again.files} == first


def test_the_command_tells_parts_files_and_vouchers(anhui, sqlite_anhui_home):
    roster(sqlite_anhui_home)
    owed(sqlite_anhui_home, "统筹\n60.00")
    command = ["clear", "2024-07", "--kind", "institutions", "--province", "340000"]

    code, out, _ = anhui(*command, "--pay", "--json")
    told = json.loads(out)

    assert code == 0
    assert (told["status"], told["kind"], told["clearing"]) == (
        "posted",
        "institutions",
        1,
    )
    assert told["parts"] == [
        {
            "subject": "机构结算",
            "payer": "340100",
            "payee": "R1",
            "fund": "310",
            "lines": 1,
            "gross": "60.00",
            "net": "60.00",
        }
    ]
    assert [v["rule"].rpartition("/")[2] for v in told["vouchers"]] == ["P7"]
    assert len(told["files"]) == 2
    assert count(sqlite_anhui_home, Voucher) == 2
    assert "原已入账" in anhui(*command)[1]


def test_the_command_says_that_what_is_paid_by_list_waits_for_it(
    anhui, sqlite_anhui_home
):
    roster(sqlite_anhui_home)
    owed(sqlite_anhui_home, "统筹\n60.00")
    command = ["clear", "2024-07", "--kind", "institutions", "--province", "340000"]

    _, out, _ = anhui(*command)

    assert "已出结算单，待拨付。" in out
    assert "（2个文件，--json 列出文件名）" in out
    assert "待双方确认" not in out
    assert "原已出结算单。" in anhui(*command)[1]
