"""Cities confirm clearing lists: what is posted when, what waits, is taken back."""

import json
import shlex
from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import (
    LI,
    WANG,
    cases,
    clearings,
    count,
    printed,
    rows,
    take,
    take_transfers,
    transfers,
)
from forms_by_hand import write_form
from notices_by_hand import PAYMENT, came_in, step
from sqlalchemy import select

from desk.advances.choosing_lines import Spot, spot
from desk.advances.confirming import Asked, confirm, dispute, settle
from desk.advances.notices import paper_of
from desk.advances.taking_back import take_back
from desk.homes import put_setting
from desk.reversing import reverse
from desk.vouchers import approve, reject
from ledger.advances import clearing_words, notices
from ledger.advances.tables import Notice
from ledger.errors import BookError, UsageError
from ledger.periods import Month, Quarter
from ledger.schema import ClearingLine, TransferLine
from reports.advances.warnings import warnings
from reports.reconcile import check
from reports.usage import usage_rows

JANUARY, FIRST = Asked(Month(2018, 1)), Asked(Quarter(2018, 1))
ON = date(2018, 2, 8)
TRANSFER = TransferLine.__table__
TWO_CITIES = "清算期 | 参保地代码\n2018-01 | 520102\n2018-01 | 520302"


def waiting(table: str) -> list[dict]:
    """F2's rows; without 确认日期 where the table does not give it."""
    said = "确认日期" in rows(table)[0]
    return [
        {**row, "确认日期": row["确认日期"] if said else ""} for row in clearings(table)
    ]


@pytest.mark.parametrize("case", cases("confirm"), ids=lambda case: case["name"])
def test_clearing_is_confirmed(case, sqlite_home, yibao):
    for act in case["acts"]:
        code, _, error = do(yibao, sqlite_home, case, act.removeprefix("!"))
        assert (code > 0) == act.startswith("!"), error

    assert case.get("refused", "") in error
    if "stands" in case:
        assert stands(yibao, case["period"]) == case["stands"].strip()
    if "vouchers" in case:
        books = case.get("books", ())
        assert printed(sqlite_home, *books) == case["vouchers"].strip()
    assert yibao("check", "--on", "2018-12-31")[0] == 0


def do(yibao, home, case, act):
    """import 表, pay 日期 省份, or the words of `confirm` without its kind."""
    word, *rest = shlex.split(act)
    folder = home.path.parent
    if word == "import":
        table = waiting(case["lists"][rest[0]])
        return yibao("import", write_form(folder / f"{rest[0]}.csv", "F2", table))
    if word == "pay":
        on, place = rest
        money = transfers(
            "付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 资金性质 | 交易流水号\n"
            f"{on} | {on} | 520000 | {place} | 清算资金 | P{place}"
        )
        return yibao("import", write_form(folder / "p.csv", "F1", money))
    return yibao(word, rest[0], "--kind", "advances", *rest[1:])


def stands(yibao, period) -> str:
    _, out, _ = yibao("confirm", period, "--kind", "advances", "--json")
    return "\n".join(
        " ".join([row["region"], *(part["amount"] for part in list(row.values())[1:])])
        for row in json.loads(out)["regions"]
    )


def test_lines_are_confirmed_on_each_database(home):
    take(home, "F2", waiting(TWO_CITIES))

    dispute(home, LI, JANUARY, ON, "金额不符", [spot("520300")])
    first = confirm(home, LI, JANUARY, ON)
    settle(home, LI, JANUARY, "已核对")
    second = confirm(home, LI, JANUARY, ON)
    again = confirm(home, LI, JANUARY, ON)

    assert [v.name for v in first.vouchers] == [
        "520102-county-agency/2018-02/1",
        "520100-city-agency/2018-02/1",
        "520000-centre/2018-02/1",
    ]
    assert [d.reason for d in first.disputes] == ["金额不符"]
    assert (first.lines, second.lines, again.lines) == (1, 1, 0)
    assert [one.status for one in (first, second, again)] == [
        "posted",
        "posted",
        "already-posted",
    ]


def test_a_confirmation_is_taken_back_on_each_database(home):
    take(home, "F2", waiting(TWO_CITIES))
    once = confirm(home, LI, JANUARY, ON)

    back = take_back(home, LI, JANUARY, ON, "有误")
    again = take_back(home, LI, JANUARY, ON, "有误")
    anew = confirm(home, LI, JANUARY, ON)

    assert (back.status, back.lines, len(back.vouchers)) == ("taken-back", 2, 6)
    assert (again.status, again.vouchers) == ("already-taken-back", [])
    assert [(v.book, v.amount) for v in anew.vouchers] == [
        (v.book, v.amount) for v in once.vouchers
    ]
    assert words(home) == [["confirmed", "taken-back", "confirmed"]] * 2


def test_days_before_a_taking_back_stay_as_they_were(home):
    """Confirmed on 8 February, taken back on the 20th, confirmed anew on the 25th."""
    take_transfers(
        home,
        "付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 所属季度 | 交易流水号\n"
        "2018-01-10 | 2018-01-10 | 520100 | 520000 | 2018Q1 | A",
    )
    take(home, "F2", waiting(TWO_CITIES))
    confirm(home, LI, JANUARY, ON)
    take_back(home, LI, JANUARY, date(2018, 2, 20), "有误")
    confirm(home, LI, Asked(JANUARY.period, "520300"), date(2018, 2, 25))
    days = [date(2018, 2, day) for day in (7, 8, 15, 20, 24, 25)]

    with home.reading() as connection:
        used = [cleared(connection, on) for on in days]
        errors = [
            found
            for on in days
            for found in check(connection, on)
            if found.severity == "error"
        ]

    assert errors == []
    assert used == [
        {},
        {"520100": 100, "520300": 100},
        {"520100": 100, "520300": 100},
        {},
        {},
        {"520300": 100},
    ]


def test_a_taking_back_that_was_rejected_counts_once_when_it_is_done(home):
    put_setting(home, LI, "reversal-review", "second-person", cite="测试")
    take(home, "F2", waiting("清算期\n2018-01"))
    confirm(home, LI, JANUARY, ON)
    drafted = take_back(home, LI, JANUARY, date(2018, 2, 12), "有误")
    reject(home, WANG, [f"#{drafted.vouchers[0].id}"], "再想想")
    again = take_back(home, LI, JANUARY, date(2018, 2, 20), "有误")
    days = [date(2018, 2, day) for day in (8, 13, 20)]
    found = []

    def errors():
        with home.reading() as connection:
            every = [one for on in days for one in check(connection, on)]
        return [one for one in every if one.severity == "error"]

    found += errors()
    approve(home, WANG, [f"#{again.vouchers[0].id}"])
    found += errors()
    with home.reading() as connection:
        used = [cleared(connection, on) for on in days]

    assert found == []
    assert used == [{"520100": 100}, {"520100": 100}, {}]


def cleared(connection, on) -> dict[str, Decimal]:
    """What the centre shows as cleared of the cities, without those of nothing."""
    rows = usage_rows(connection, quarter=FIRST.period, on=on, book="520000-centre")
    return {
        row.payer: row.cleared
        for row in rows
        if row.cleared and row.direction == "received"
    }


def test_what_was_taken_back_is_not_confirmed_for_a_day_before_that(sqlite_home):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    confirm(sqlite_home, LI, JANUARY, ON)
    later = date(2018, 2, 20)
    take_back(sqlite_home, LI, JANUARY, later, "有误")
    form = waiting(f"清算期 | 确认日期\n2018-01 | {ON}")

    with pytest.raises(BookError, match="贵阳市2018-01的确认已于2018-02-20撤回"):
        confirm(sqlite_home, LI, JANUARY, ON)
    assert "此前的确认已于2018-02-20撤回" in take(sqlite_home, "F2", form).message
    assert confirm(sqlite_home, LI, JANUARY, later).lines == 1


def test_a_red_that_was_taken_back_stays_in_the_history_of_warnings(sqlite_home):
    take_transfers(
        sqlite_home,
        "付款日期 | 到账日期 | 付款方代码 | 收款方代码 | 所属季度\n"
        "2018-01-10 | 2018-01-10 | 520102 | 520100 | 2018Q1",
    )
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    confirm(sqlite_home, LI, JANUARY, ON)
    take_back(sqlite_home, LI, JANUARY, date(2018, 2, 20), "有误")

    with sqlite_home.reading() as connection:
        found = warnings(
            connection, [FIRST.period], date(2018, 3, 1), "520100-city-agency"
        )

    assert [(row.payer, row.level, row.since, row.until) for row in found] == [
        ("520102", "red", ON, date(2018, 2, 20))
    ]


def test_a_day_before_the_confirmation_names_its_city_and_voucher(sqlite_home):
    take(sqlite_home, "F2", waiting(TWO_CITIES))
    confirm(sqlite_home, LI, Asked(JANUARY.period, "520300"), date(2018, 2, 9))

    with pytest.raises(
        BookError, match="遵义市的.*-county-agency/2018-02/1.*2018-02-09.*早于"
    ):
        take_back(sqlite_home, LI, JANUARY, ON, "有误")


def words(home) -> list[list[str]]:
    """What was said of each line."""
    with home.reading() as connection:
        ids = connection.execute(select(ClearingLine.id)).scalars().all()
        return [
            [said.says for said in clearing_words.history(connection, id)] for id in ids
        ]


def test_a_command_posts_what_the_completed_form_posts(sqlite_home, sqlite_template):
    """Word for word: unit, source, day, narration; the file's hash is its own."""
    table = TWO_CITIES + "\n2018-01 | 529900"
    take(sqlite_home, "F2", waiting(table))
    confirm(sqlite_home, LI, JANUARY, ON)
    by_command = vouchers_and_units(sqlite_home)
    take_back(sqlite_home, LI, JANUARY, ON, "有误")
    before = count(sqlite_home)

    completed = [{**row, "确认日期": str(ON)} for row in waiting(table)]
    take(sqlite_home, "F2", completed)

    assert vouchers_and_units(sqlite_home)[before:] == by_command


def vouchers_and_units(home) -> list[tuple]:
    with home.reading() as connection:
        return [
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT unit, book_id, dated, occurred_on, narration, source, period,"
                " evidence, payee FROM voucher JOIN posting"
                " ON posting.id = posting_id ORDER BY voucher.id"
            )
        ]


def test_the_second_person_rejects_a_confirmation_and_its_lines_wait_again(home):
    put_setting(home, LI, "review", "second-person", cite="测试")
    take(home, "F2", waiting(TWO_CITIES))
    drafted = confirm(home, LI, JANUARY, ON)

    reject(home, WANG, [f"#{drafted.vouchers[0].id}"], "金额不对")
    again = confirm(home, LI, JANUARY, ON)

    assert (drafted.status, drafted.lines) == ("draft", 2)
    assert (again.status, again.lines) == ("draft", 1)
    assert count(home, ClearingLine) == 2


def test_a_draft_is_not_taken_back_but_rejected(sqlite_home):
    put_setting(sqlite_home, LI, "review", "second-person", cite="测试")
    take(sqlite_home, "F2", waiting(TWO_CITIES))
    confirm(sqlite_home, LI, JANUARY, ON)

    with pytest.raises(BookError, match="还有待审核的草稿.*退回后各行重新待确认"):
        take_back(sqlite_home, LI, JANUARY, ON, "有误")


def test_a_draft_of_taking_back_counts_when_it_is_approved(home):
    put_setting(home, LI, "reversal-review", "second-person", cite="测试")
    take(home, "F2", waiting("清算期\n2018-01"))
    confirm(home, LI, JANUARY, ON)

    drafted = take_back(home, LI, JANUARY, ON, "有误")
    with pytest.raises(BookError, match="已有待审核的冲销草稿"):
        take_back(home, LI, JANUARY, ON, "有误")
    held = confirm(home, LI, JANUARY, ON)
    approve(home, WANG, [f"#{drafted.vouchers[0].id}"])
    anew = confirm(home, LI, JANUARY, ON)

    assert (drafted.status, held.lines, anew.lines) == ("draft", 0, 1)


def test_the_second_person_hears_what_went_beyond_the_advance(sqlite_home):
    put_setting(sqlite_home, LI, "review", "second-person", cite="测试")
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    drafted = confirm(sqlite_home, LI, JANUARY, ON)
    heard = []

    approve(sqlite_home, WANG, [f"#{drafted.vouchers[0].id}"], warn=heard.append)

    assert drafted.warnings == []
    assert heard == [
        "南明区的清算已超过预付金100.00元（520100-city-agency），差额应列入下期预付金",
        "贵阳市的清算已超过预付金100.00元（520000-centre），差额应列入下期预付金",
    ]


def test_an_ordinary_reversal_still_frees_the_lines(sqlite_home):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    made = confirm(sqlite_home, LI, JANUARY, ON)

    reverse(sqlite_home, LI, made.vouchers[0].name, ON, "不对")
    again = take(sqlite_home, "F2", waiting("清算期 | 基金支付\n2018-01 | 99.00"))

    assert (again.message, again.new) == ("", 1)


def test_a_list_in_two_files_is_two_postings_of_one_unit(sqlite_home):
    for name, fund in (("上.csv", "310"), ("下.csv", "390")):
        take(sqlite_home, "F2", waiting(f"清算期 | 险种\n2018-01 | {fund}"), name)

    confirm(sqlite_home, LI, JANUARY, ON)

    told = {(row[0], row[5]) for row in vouchers_and_units(sqlite_home)}
    assert told == {
        ("F2|QS201706|520100|2018-02-08", "上.csv#R3"),
        ("F2|QS201706|520100|2018-02-08|2", "下.csv#R3"),
    }


def test_a_part_that_was_taken_back_gives_its_number_to_the_next(sqlite_home):
    parts = []
    for fund in ("310", "390", "510"):
        more = waiting(f"清算期 | 险种\n2018-01 | {fund}")
        take(sqlite_home, "F2", more, f"{fund}.csv")
        parts.append(confirm(sqlite_home, LI, JANUARY, ON))
    reverse(sqlite_home, LI, parts[1].vouchers[0].name, ON, "不对")

    take(sqlite_home, "F2", waiting("清算期 | 险种\n2018-01 | 390"), "再.csv")
    anew = confirm(sqlite_home, LI, JANUARY, ON)

    assert (anew.status, anew.lines) == ("posted", 1)


def test_a_net_of_zero_is_confirmed_and_taken_back_without_a_voucher(sqlite_home):
    table = (
        "清算期 | 清算性质 | 基金支付\n2018-01 | 正常 | 30.00\n2018-01 | 冲减 | -30.00"
    )
    take(sqlite_home, "F2", waiting(table))

    made = confirm(sqlite_home, LI, JANUARY, ON)
    back = take_back(sqlite_home, LI, JANUARY, ON, "有误")

    assert (made.lines, made.vouchers) == (2, [])
    assert (back.status, back.lines) == ("taken-back", 2)
    assert back.stands[0].waiting.lines == 2


def test_a_year_later_a_confirmation_is_not_taken_back_in_red(sqlite_home):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    confirm(sqlite_home, LI, JANUARY, ON)

    with pytest.raises(BookError, match="以前年度的确认不能用红字撤回"):
        take_back(sqlite_home, LI, JANUARY, date(2019, 1, 4), "有误")


def test_a_bounced_payment_is_none(sqlite_home):
    """Until the bounce is there the clearing was paid."""
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    confirm(sqlite_home, LI, JANUARY, ON)
    take_transfers(
        sqlite_home,
        "付款日期 | 付款方代码 | 收款方代码 | 资金性质\n"
        "2018-02-20 | 520000 | 440000 | 清算资金",
    )

    with pytest.raises(BookError, match="清算已付款，不能撤回确认"):
        take_back(sqlite_home, LI, JANUARY, date(2018, 2, 21), "有误")
    with sqlite_home.writing() as connection:
        (paid,) = connection.execute(TRANSFER.select()).mappings()
        bounce = {"id": 99, "nature": "退回", "serial": "B", "bounces_id": paid["id"]}
        none = {"paid_posting_id": None, "received_posting_id": None}
        connection.execute(TRANSFER.insert().values({**paid, **bounce, **none}))
    back = take_back(sqlite_home, LI, JANUARY, date(2018, 2, 21), "有误")

    assert back.status == "taken-back"


@pytest.mark.parametrize(
    "month, province, paid_on, stays",
    [
        ("2018-01", "440000", date(2018, 2, 20), True),
        ("2018-02", "440000", date(2018, 2, 20), False),
        ("2018-01", "510000", date(2018, 2, 20), False),
        ("2018-01", "440000", date(2018, 2, 7), False),
    ],
    ids=["付了这个月的", "付的是另一个月", "付的是另一个省", "确认以前付的"],
)
def test_a_paid_payment_notice_keeps_its_clearing(
    sqlite_home, month, province, paid_on, stays
):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    confirm(sqlite_home, LI, JANUARY, ON)
    came_in(sqlite_home, PAYMENT, {"期间": month, "单位代码": province})
    for act in ("confirm", "submit", "approve"):
        step(sqlite_home, act, "粤付〔2018〕1号", date(2018, 2, 7))
    step(sqlite_home, "pay", "粤付〔2018〕1号", paid_on, evidence="P1")

    try:
        status = take_back(sqlite_home, LI, JANUARY, date(2018, 2, 21), "有误").status
    except BookError as error:
        status = str(error)

    assert status.startswith(
        "粤付〔2018〕1号已于2018-02-20付款，清算已付款" if stays else "taken-back"
    )


def test_a_transfer_that_names_another_months_notice_hinders_nothing(sqlite_home):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    confirm(sqlite_home, LI, JANUARY, ON)
    came_in(sqlite_home, PAYMENT, {"期间": "2018-02", "单位代码": "440000"})
    take_transfers(
        sqlite_home,
        "付款日期 | 付款方代码 | 收款方代码 | 资金性质 | 通知书编号\n"
        "2018-02-20 | 520000 | 440000 | 清算资金 | 粤付〔2018〕1号",
    )

    back = take_back(sqlite_home, LI, JANUARY, date(2018, 2, 21), "有误")

    assert back.status == "taken-back"


def test_a_city_that_paid_its_clearing_in_cash_stays_confirmed(sqlite_home):
    put_setting(sqlite_home, LI, "cash-clearing", "all", cite="测试")
    take(sqlite_home, "F2", waiting(TWO_CITIES))
    confirm(sqlite_home, LI, JANUARY, ON)
    paid = take_transfers(
        sqlite_home,
        "付款日期 | 付款方代码 | 收款方代码 | 资金性质 | 所属季度 | 交易流水号\n"
        "2018-02-20 | 520100 | 520000 | 清算资金 | 2018Q1 | A\n"
        "2018-02-20 | 520300 | 520000 | 清算资金 | 2017Q4 | B",
    )
    later = date(2018, 2, 21)

    assert paid.message == ""
    with pytest.raises(BookError, match="2018-02-20已向贵州省付清算资金（流水号A）"):
        take_back(sqlite_home, LI, Asked(JANUARY.period, "520100"), later, "有误")
    other = take_back(sqlite_home, LI, Asked(JANUARY.period, "520300"), later, "有误")
    assert other.status == "taken-back"


@pytest.mark.parametrize(
    "text, found",
    [
        ("520102", Spot("520102")),
        ("/440000", Spot("", "440000")),
        ("520100//居民医保", Spot("520100", "", "390")),
        ("//310/省内/2018年1月", Spot("", "", "310", "省内", "2018-01")),
    ],
)
def test_a_line_is_named_by_its_first_parts(text, found):
    assert spot(text) == found


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "可以只写前几项"),
        ("999999", "不是地区代码"),
        ("520102/440000/311/跨省/2018-01/x", "可以只写前几项"),
        ("520102//工伤", "险种“工伤”不认识"),
        ("520102///国内", "范围“国内”应为跨省或省内"),
        ("520102////一月", "不是期间"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(text, says):
    with pytest.raises(UsageError, match=says):
        spot(text)


@pytest.mark.parametrize(
    "words, says",
    [
        (["--dispute", "不符"], "请加 --region 代码"),
        (["--all", "--region", "520100"], "只能用一个"),
        (["--all", "--dispute", "不符", "--settle", "好"], "一次只能用一个"),
        (["--all", "--dispute", " "], "异议的原因不能为空"),
        (["--all", "--take-back"], "要用 --reason 说明原因"),
        (["--all", "--line", "520102"], "--line 只用于"),
        (["--all", "--reason", "x"], "--reason 只用于"),
        (["--all", "--dispute", "a\nb"], "换行"),
    ],
)
def test_wrong_use_is_told(yibao, words, says):
    code, _, error = yibao("confirm", "2018-01", "--kind", "advances", *words)

    assert (code, says in error) == (2, True), error


def test_only_advances_take_the_options_of_advances(yibao):
    code, _, error = yibao("confirm", "2018-01", "--kind", "family", "--all")

    assert (code, "只用于 --kind advances" in error) == (2, True)


def test_a_dry_run_changes_nothing(sqlite_home, yibao):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))

    code, out, _ = yibao(
        *("confirm", "2018-01", "--kind", "advances", "--all"),
        *("--on", "2018-02-08", "--dry-run", "--json"),
    )

    told = json.loads(out)
    assert (code, told["status"], len(told["vouchers"])) == (0, "checked", 3)
    assert told["lines"] == {"changed": 1, "rolled": 0, "amount": "100.00"}
    assert printed(sqlite_home) == ""


def test_the_citys_notices_follow_its_word(sqlite_home, yibao):
    """Disputed; confirmed but for the disputed line; issued again; confirmed whole."""
    table = "清算期 | 参保地代码 | 就医地代码\n"
    table += "2018-01 | 520102 | 440000\n2018-01 | 520102 | 430000"
    take(sqlite_home, "F2", waiting(table))
    for kind in ("clearing-list", "clearing-notice"):
        yibao("notice", "make", kind, "2018Q1", "--on", "2018-04-09")
        which = ("--kind", kind, "--period", "2018Q1")
        yibao("notice", "issue", *which, "--on", "2018-04-09")
    day = date(2018, 4, 12)

    dispute(sqlite_home, LI, FIRST, day, "金额不符", [spot("/430000")])
    confirm(sqlite_home, LI, FIRST, day)
    take_back(sqlite_home, LI, FIRST, day, "有误")
    settle(sqlite_home, LI, FIRST, "已核对")
    confirm(sqlite_home, LI, FIRST, day)

    with sqlite_home.reading() as connection:
        taken = [
            [(one.state, one.reason) for one in notices.steps(connection, row.id)]
            for row in notices.notices(connection)
        ]
    assert (
        taken
        == [
            [
                ("made", ""),
                ("issued", ""),
                ("disputed", "金额不符"),
                ("confirmed", "有异议的1行除外"),
                ("issued", "撤回确认：有误"),
                ("confirmed", ""),
            ]
        ]
        * 2
    )


def listed(home, yibao, review="", kind="clearing-list"):
    """A line of Guiyang of January, its clearing list issued on 9 April."""
    if review:
        put_setting(home, LI, review, "second-person", cite="测试")
    take(home, "F2", waiting("清算期\n2018-01"))
    yibao("notice", "make", kind, "2018Q1", "--on", "2018-04-09")
    which = ("--kind", kind, "--period", "2018Q1")
    yibao("notice", "issue", *which, "--on", "2018-04-09")


def states(home) -> list[str]:
    """The steps of the first notice from its issue on, as day state reason."""
    with home.reading() as connection:
        taken = notices.steps(connection, 1)[2:]
    return [f"{s.on_day} {s.state} {s.reason}".strip() for s in taken]


def noted(home) -> list[tuple]:
    """What check says of notices: expected, found."""
    with home.reading() as connection:
        findings = check(connection, date(2018, 4, 30))
    return [(f.expected, f.found) for f in findings if f.identity == "文书"]


APRIL = date(2018, 4, 12)


def test_a_notice_is_confirmed_when_the_draft_is_approved(sqlite_home, yibao):
    listed(sqlite_home, yibao, "review")
    first = confirm(sqlite_home, LI, FIRST, APRIL)
    drafted = states(sqlite_home)
    reject(sqlite_home, WANG, [f"#{first.vouchers[0].id}"], "金额不对")
    rejected = states(sqlite_home)
    second = confirm(sqlite_home, LI, FIRST, APRIL)
    approve(sqlite_home, WANG, [f"#{second.vouchers[0].id}"])

    assert (drafted, rejected) == ([], [])
    assert states(sqlite_home) == ["2018-04-12 confirmed"]
    assert noted(sqlite_home) == []


def test_a_notice_is_confirmed_again_when_its_taking_back_is_rejected(
    sqlite_home, yibao
):
    listed(sqlite_home, yibao, "reversal-review")
    confirm(sqlite_home, LI, FIRST, APRIL)
    drafted = take_back(sqlite_home, LI, FIRST, date(2018, 4, 13), "有误")
    reject(sqlite_home, WANG, [f"#{drafted.vouchers[0].id}"], "无误")

    assert states(sqlite_home) == [
        "2018-04-12 confirmed",
        "2018-04-13 issued 撤回确认：有误",
        "2018-04-13 confirmed 退回：无误",
    ]
    assert noted(sqlite_home) == []


def test_a_reversed_clearing_sets_its_notice_back_until_it_comes_again(
    sqlite_home, yibao
):
    """The same line takes its place on the notice; there is no second list."""
    listed(sqlite_home, yibao)
    made = confirm(sqlite_home, LI, FIRST, APRIL)
    on = date(2018, 4, 16)
    reverse(sqlite_home, LI, made.vouchers[0].name, on, "不对")
    reversed_, check_said = states(sqlite_home), noted(sqlite_home)
    _, _, error = yibao("notice", "confirm", "1", "--on", "2018-04-16")
    take(sqlite_home, "F2", waiting("清算期\n2018-01"), "再.csv")
    make = ("notice", "make", "clearing-list", "2018Q1", "--on", "2018-04-17")
    yibao(*make)
    confirm(sqlite_home, LI, FIRST, date(2018, 4, 17))

    assert reversed_ == ["2018-04-12 confirmed", "2018-04-16 issued 冲销：不对"]
    assert check_said == [("有效", "已冲销或撤回1行")]
    assert "所列的行已冲销或撤回1行，不能确认" in error
    assert states(sqlite_home)[2:] == ["2018-04-17 confirmed"]
    assert count(sqlite_home, Notice) == 1
    assert noted(sqlite_home) == []


@pytest.mark.parametrize("kind", ["clearing-list", "clearing-notice"])
def test_a_line_that_comes_again_with_another_amount_is_on_no_second_list(
    sqlite_home, yibao, kind
):
    listed(sqlite_home, yibao, kind=kind)
    made = confirm(sqlite_home, LI, FIRST, APRIL)
    reverse(sqlite_home, LI, made.vouchers[0].name, APRIL, "不对")
    take(sqlite_home, "F2", waiting("清算期 | 基金支付\n2018-01 | 99.00"), "改.csv")
    make = ("notice", "make", kind, "2018Q1", "--on", "2018-04-17")
    _, told, _ = yibao(*make)
    yibao("notice", "withdraw", "1", "--reason", "不对", "--on", "2018-04-17")
    yibao(*make)

    assert "所列的1行已撤回或冲销，没有另出一份；请先撤回" in told
    with sqlite_home.reading() as connection:
        rows = notices.notices(connection)
    assert [(row.state, str(row.total)) for row in rows] == [
        ("withdrawn", "100.00"),
        ("made", "99.00"),
    ]


def test_check_notes_a_notice_that_says_other_than_its_lines(sqlite_home, yibao):
    listed(sqlite_home, yibao)
    confirm(sqlite_home, LI, FIRST, APRIL)
    with sqlite_home.writing() as connection:
        lines = ClearingLine.__table__
        connection.execute(lines.update().values(confirmed_on=None, posting_id=None))

    assert ("已下达", "已确认") in noted(sqlite_home)


def test_a_clearing_paper_says_what_is_confirmed_and_what_is_disputed(
    sqlite_home, yibao
):
    table = "清算期 | 参保地代码 | 就医地代码 | 基金支付\n"
    table += "2018-01 | 520102 | 440000 | 100.00\n2018-01 | 520102 | 430000 | 7.00"
    take(sqlite_home, "F2", waiting(table))
    kinds, day = ("clearing-list", "clearing-notice"), date(2018, 4, 12)
    for kind in kinds:
        yibao("notice", "make", kind, "2018Q1", "--on", "2018-04-09")
        which = ("--kind", kind, "--period", "2018Q1")
        yibao("notice", "issue", *which, "--on", "2018-04-09")

    def notes():
        with sqlite_home.reading() as connection:
            rows = notices.notices(connection)
            return [list(paper_of(connection, row.id).notes) for row in rows]

    before = notes()
    dispute(sqlite_home, LI, FIRST, day, "金额不符", [spot("/430000")])
    disputed = notes()
    confirm(sqlite_home, LI, FIRST, day)

    assert before == [[], []]
    assert disputed == 2 * [
        [
            "已确认0行、0.00元；有异议1行、7.00元，不在确认之内，转入下期；"
            "待确认1行、100.00元。"
        ]
    ]
    assert notes() == 2 * [
        ["已确认1行、100.00元；有异议1行、7.00元，不在确认之内，转入下期。"]
    ]
    assert notes()[0][0] in yibao("notice", "show", "1")[1]
    assert json.loads(yibao("notice", "show", "1", "--json")[1])["notes"] == notes()[0]


def test_a_clearing_paper_is_disputed_line_by_line(sqlite_home, yibao):
    take(sqlite_home, "F2", waiting("清算期\n2018-01"))
    yibao("notice", "make", "clearing-list", "2018Q1", "--on", "2018-04-09")
    which = ("--kind", "clearing-list", "--period", "2018Q1")
    yibao("notice", "issue", *which, "--on", "2018-04-09")

    asked = ("--on", "2018-04-12", "--reason", "不符")
    code, _, error = yibao("notice", "dispute", *which, *asked)

    command = "yibao confirm 2018Q1 --kind advances --region 520100 --dispute 不符"
    assert (code, command in error) == (1, True)
    assert yibao(*command.split()[1:], "--on", "2018-04-12")[0] == 0
    with sqlite_home.reading() as connection:
        assert [row.state for row in notices.notices(connection)] == ["disputed"]


def test_lines_of_a_suspended_region_are_told(sqlite_home, yibao):
    take(sqlite_home, "F2", waiting(TWO_CITIES))
    yibao(
        *("suspend", "start", "520300", "--from", "2018-01-10"),
        *("--reason", "逾期", "--document", "黔停1号"),
    )

    made = confirm(sqlite_home, LI, JANUARY, ON)

    assert [text for text in made.warnings if "暂停" in text] == [
        "遵义市红花岗区2018-01清算1行：自2018-01-10起暂停直接结算（黔停1号）"
    ]


def test_check_names_what_is_disputed(sqlite_home):
    take(sqlite_home, "F2", waiting(TWO_CITIES))
    dispute(sqlite_home, LI, JANUARY, ON, "金额不符", [spot("520302")])

    with sqlite_home.reading() as connection:
        (found,) = check(connection, ON)

    assert found[:6] == (
        "确认",
        "520300-city-agency",
        "遵义市2018-01清算明细有异议1行",
        "已确认",
        "有异议",
        Decimal("100.00"),
    )
    assert found.explanation.startswith("金额不符；")


def test_people_are_told_who_waits_and_what_is_disputed(sqlite_home, yibao):
    take(sqlite_home, "F2", waiting(TWO_CITIES))
    dispute(sqlite_home, LI, JANUARY, ON, "金额不符", [spot("520302")])

    _, out, _ = yibao("confirm", "2018-01", "--kind", "advances")

    assert "520100贵阳市" in out
    assert "金额不符" in out
