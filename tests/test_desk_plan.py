"""Plans from forms: what is reckoned, said, kept, edited and issued."""

import json
from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import LI, cases, rows, take, take_clearings, take_transfers
from forms_by_hand import line
from openpyxl import load_workbook
from sqlalchemy import insert, select
from wcwidth import wcswidth

from desk.advances import emergency, plan_edits, planning
from desk.advances.planning import FINAL
from ledger import settings
from ledger.advances import plans
from ledger.errors import BookError, RuleError, UsageError
from ledger.periods import period
from ledger.schema import TransferLine
from ledger.settings import SettingRow

PROVINCE, GUIYANG = "520000", "520100"
ON = date(2017, 7, 31)
Q3 = period("2017Q3")
CELL = (GUIYANG, "跨省", "310")
PAID = (
    "付款方代码 | 收款方代码 | 到账日期 | 本级金额\n520100 | 520000 | 2017-04-28 | {}"
)
WAITING = "清算单号 | 清算期 | 参保地代码 | 基金支付 | 确认日期\n"
CLEARED = "清算期 | 参保地代码 | 基金支付\n2017Q2 | 520102 | {}"


def put(home, name, value, region="", from_day=None):
    with home.writing() as connection:
        row = SettingRow(name, region, from_day, value, "手工", "li", LI.at)
        settings.put(connection, row)


def filled(home, case):
    """A home that has taken a case's forms and settings."""
    for name, (value, region) in case.get("settings", {}).items():
        put(home, name, value, region)
    if "joins" in case:
        put(home, "go-live", "open", case["settings"]["go-live"][1], case["joins"])
    if "openings" in case:
        opened = [line("F0", **row) for row in rows(case["openings"])]
        opened = [{**row, "截止日期": "2017-03-31"} for row in opened]
        assert take(home, "F0", opened, "期初.csv").status == "posted"
    if "past" in case:
        past = [{"险种": "310", **row} for row in rows(case["past"])]
        assert take(home, "F9", past, "往年.csv").status == "posted"
    if "quotas" in case:
        take_quotas(home, case["quotas"])
    if "transfers" in case:
        assert take_transfers(home, case["transfers"]).status == "posted"
    if "clearings" in case:
        assert take_clearings(home, case["clearings"]).status == "posted"


def take_quotas(home, table, **changes):
    made = [line("F3", **row, **changes) for row in rows(table)]
    for row in made:
        parts = Decimal(row["跨省核定额"]) + Decimal(row["省内核定额"])
        row["合计"] = str(parts)
    result = take(home, "F3", made, "核定.csv")
    assert result.status == "posted", result.message


def later(home, advance="500000.00", cleared="300000.00"):
    """Guiyang had an advance for 2017Q2 and used a part of it."""
    take_transfers(home, PAID.format(advance))
    take_clearings(home, CLEARED.format(cleared))


def make(home, quarter=Q3, region=PROVINCE, on=ON, **how):
    return planning.make(home, LI, quarter, region, on, **how)


def issue(home, made):
    with home.writing() as connection:
        plans.set_state(connection, made.plan.id, plans.ISSUED)


def amounts(made):
    return {line.cell: line.amount for line in made.lines if line.amount}


@pytest.mark.parametrize("case", cases("plan_forms"), ids=lambda case: case["name"])
def test_plans_from_forms(sqlite_home, case):
    filled(sqlite_home, case)
    quarter, region = period(case.get("quarter", "2017Q3")), case.get(
        "region", PROVINCE
    )
    made = make(sqlite_home, quarter, region, case.get("on", ON))
    told = [
        {
            "付款方": row.payer,
            "范围": row.scope,
            "测算": str(row.computed),
            "已核定": str(row.before),
            "本次": str(row.amount),
        }
        for row in made.lines
        if row.computed or row.before or row.amount
    ]
    said = [f"{row.payer} {row.scope} {row.note}" for row in made.lines]

    assert (told, made.plan.kind, made.plan.provisional) == (
        rows(case["plan"]),
        case.get("kind", "核定"),
        case.get("provisional", False),
    )
    assert [note for note in case.get("notes", []) if note not in said] == []
    assert not {row.payer for row in made.lines} & set(case.get("without", []))


def test_what_waits_stands_in_the_working(sqlite_home):
    case = next(c for c in cases("plan_forms") if "waiting" in c)
    filled(sqlite_home, case)
    made = make(sqlite_home)
    kept = json.loads(next(row.working for row in made.lines if row.cell == CELL))
    inputs = {row["name"]: row["value"] for row in kept["inputs"]}

    assert (inputs["waiting"], inputs["advance"]) == ("50000", "450000")


def test_the_same_plan_again_changes_nothing_on_both_databases(home):
    later(home)
    first = make(home)
    again = make(home, on=date(2017, 8, 1))

    assert (first.status, again.status) == ("made", "already")
    assert again.plan == first.plan and again.lines == first.lines
    assert amounts(first) == {CELL: Decimal("300000.00")}


def test_a_dry_run_keeps_nothing(sqlite_home):
    later(sqlite_home)
    made = make(sqlite_home, dry_run=True)
    with sqlite_home.reading() as connection:
        kept = plans.standing(connection, Q3, PROVINCE)

    assert (amounts(made), kept) == ({CELL: Decimal("300000.00")}, [])


def test_an_amount_is_edited_with_its_reason_and_the_formula_stays(home):
    later(home)
    make(home)
    edited = plan_edits.edit(
        home, LI, Q3, PROVINCE, {CELL: Decimal("280000.00")}, "市里资金紧张"
    )
    row = next(row for row in edited.lines if row.cell == CELL)
    again = plan_edits.edit(
        home, LI, Q3, PROVINCE, {CELL: Decimal("280000.00")}, "市里资金紧张"
    )

    assert (row.computed, row.amount) == (Decimal("300000.00"), Decimal("280000.00"))
    assert [e[4:7] for e in edited.edits] == [
        (Decimal("300000.00"), Decimal("280000.00"), "市里资金紧张")
    ]
    assert (edited.status, again.status, len(again.edits)) == ("edited", "already", 1)


def test_a_plan_made_again_drops_edits_or_keeps_them_when_asked(sqlite_home):
    later(sqlite_home)
    make(sqlite_home)
    change = {CELL: Decimal("280000.00")}
    plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, change, "函")
    unchanged = make(sqlite_home)
    put(sqlite_home, "plan-months", "6")
    kept = make(sqlite_home, keep_edits=True)
    put(sqlite_home, "plan-months", "7")
    dropped = make(sqlite_home)

    assert amounts(unchanged) == change
    assert (kept.status, amounts(kept), kept.dropped) == ("made-again", change, 0)
    assert (amounts(dropped), dropped.dropped) == ({CELL: Decimal("500000.00")}, 1)
    assert [edit.reason for edit in dropped.edits] == [
        "函",
        "重新测算后沿用：函",
        "重新测算，原修改作废",
    ]


def test_an_issued_plan_cannot_be_edited_nor_withdrawn(sqlite_home):
    later(sqlite_home)
    issue(sqlite_home, make(sqlite_home))

    with pytest.raises(BookError, match="已发布，不能再改.*yibao plan"):
        plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, {CELL: Decimal(1)}, "改")
    with pytest.raises(BookError, match="已发布，不能再改"):
        plan_edits.withdraw(sqlite_home, LI, Q3, PROVINCE, "改")


def test_a_provisional_plan_is_trued_up_after_confirmation(home):
    """The list of the 15th says 300000; on the 20th the city confirms less."""
    take_transfers(home, PAID.format("500000.00"))
    take_clearings(home, WAITING + "QS1 | 2017Q2 | 520102 | 300000.00 |")
    provisional = make(home, on=date(2017, 7, 14))
    issue(home, provisional)
    same = make(home, on=date(2017, 7, 14))
    take_clearings(home, WAITING + "QS1 | 2017Q2 | 520102 | 300000.00 | 2017-07-20")
    settled = make(home, on=date(2017, 7, 20))
    again = make(home, on=date(2017, 7, 21))
    less = "清算单号 | 清算性质 | 清算期 | 参保地代码 | 基金支付 | 确认日期\n"
    take_clearings(home, less + "QS2 | 冲减 | 2017Q2 | 520102 | -30000.00 | 2017-07-21")
    trued = make(home, on=date(2017, 7, 21))

    assert (provisional.plan.provisional, provisional.plan.note) == (
        True,
        "暂定，确认后再测算差额",
    )
    with home.reading() as connection:
        kept = plans.editions(connection, Q3, PROVINCE)

    assert (same.status, settled.status, again.status) == ("already", "made", "already")
    assert (settled.plan[3:6], settled.plan.note) == ((2, "额度调整", False), FINAL)
    assert amounts(settled) == {}
    assert (trued.plan.kind, trued.plan.edition) == ("额度调整", 3)
    assert [row[3:6] for row in trued.lines if row.cell == CELL] == [
        (Decimal("220000.00"), Decimal("300000.00"), Decimal("-80000.00"))
    ]
    assert amounts(trued) == {CELL: Decimal("-80000.00")}
    assert [(row.edition, row.state, row.note) for row in kept[1:]] == [
        (2, "withdrawn", "2017-07-20确认后无差额；2017-07-21又有差额"),
        (3, "made", "与已核定的差额"),
    ]


def test_a_waiting_true_up_is_no_last_word(sqlite_home):
    """Nothing changed, and something still waits: nothing is recorded."""
    take_transfers(sqlite_home, PAID.format("500000.00"))
    take_clearings(sqlite_home, WAITING + "QS1 | 2017Q2 | 520102 | 300000.00 |")
    issue(sqlite_home, make(sqlite_home))
    again = make(sqlite_home)

    assert (again.status, again.plan.edition, again.plan.provisional) == (
        *("already", 1),
        True,
    )


def test_every_cell_of_a_true_up_can_be_set(sqlite_home):
    later(sqlite_home)
    issue(sqlite_home, make(sqlite_home))
    less = "清算单号 | 清算性质 | 清算期 | 参保地代码 | 基金支付\n"
    take_clearings(sqlite_home, less + "QS2 | 冲减 | 2017Q2 | 520102 | -30000.00")
    made = make(sqlite_home)
    cell = ("520200", "省内", "390")
    change = {cell: Decimal("1000.00")}
    edited = plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, change, "函")

    assert (made.plan.kind, len(made.lines)) == ("额度调整", 44)
    assert amounts(edited) == {CELL: Decimal("-80000.00"), **change}
    assert make(sqlite_home).status == "already"


def test_what_nobody_knows_is_not_zero_and_waits_until_it_is_set(home):
    """An advance is held and no list is there: it is not asked back."""
    take_transfers(home, PAID.format("500000.00"))
    made = make(home)
    waiting = [line.cell for line in made.lines if line.waits]
    guiyang = next(line for line in made.lines if line.cell == CELL)
    with home.reading() as connection:
        with pytest.raises(BookError) as refused:
            planning.check_known(connection, made.plan)
    zero = {cell: Decimal("0.00") for cell in waiting}
    edited = plan_edits.edit(home, LI, Q3, PROVINCE, zero, "没有清单，本期不补")
    again = make(home)
    with home.reading() as connection:
        planning.check_known(connection, made.plan)

    assert (len(waiting), CELL in waiting) == (44, True)
    assert (guiyang.computed, guiyang.amount) == (0, 0)
    assert json.loads(guiyang.working)["lines"] == []
    assert "有44项待测算，不能下达：520100/跨省/310、" in refused.value.args[0]
    assert "--set" in refused.value.args[0]
    assert [edit[4:7] for edit in edited.edits][0] == (0, 0, "没有清单，本期不补")
    assert (again.status, [line for line in again.lines if line.waits]) == (
        *("already",),
        [],
    )


def test_what_was_set_for_the_unknown_gives_way_to_data(sqlite_home):
    take_transfers(sqlite_home, PAID.format("500000.00"))
    make(sqlite_home)
    change = {CELL: Decimal("70000.00"), (GUIYANG, "省内", "310"): Decimal("0.00")}
    plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, change, "估计")
    put(sqlite_home, "plan-estimate-跨省-310", "60000.00", "520200")
    other = make(sqlite_home)
    take_clearings(sqlite_home, CLEARED.format("300000.00"))
    known = make(sqlite_home)

    assert [
        (line.amount, line.unknown) for line in other.lines if line.cell in change
    ] == [(Decimal("70000.00"), "set"), (Decimal("0.00"), "set")]
    assert other.dropped == 0
    assert (known.dropped, amounts(known)[CELL]) == (1, Decimal("300000.00"))


def test_a_true_up_leaves_the_unknown_as_it_was_set_and_trues_up_what_is_known(
    sqlite_home,
):
    """70000 was set for want of lists; they come: 300000 are needed, 230000 more."""
    take_transfers(sqlite_home, PAID.format("500000.00"))
    issued = make(sqlite_home)
    zero = {line.cell: Decimal(0) for line in issued.lines}
    zero[CELL] = Decimal("70000.00")
    plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, zero, "估计")
    issue(sqlite_home, issued)
    same = make(sqlite_home)
    take_clearings(sqlite_home, CLEARED.format("300000.00"))
    trued = make(sqlite_home)

    assert same.status == "already"
    assert amounts(trued) == {CELL: Decimal("230000.00")}
    assert {line.unknown for line in trued.lines} == {"", "stays"}


def test_a_true_up_does_not_undo_what_people_entered(sqlite_home):
    """280000 was issued instead of 300000; 30000 less was cleared: 80000 back."""
    later(sqlite_home)
    issued = make(sqlite_home)
    change = {CELL: Decimal("280000.00")}
    plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, change, "函")
    issue(sqlite_home, issued)
    again = make(sqlite_home)
    less = "清算单号 | 清算性质 | 清算期 | 参保地代码 | 基金支付\n"
    take_clearings(sqlite_home, less + "QS2 | 冲减 | 2017Q2 | 520102 | -30000.00")
    trued = make(sqlite_home)
    issue(sqlite_home, trued)
    settled = make(sqlite_home)

    assert (again.status, settled.status) == ("already", "already")
    assert amounts(trued) == {CELL: Decimal("-80000.00")}
    assert trued.lines[0].note == "沿用已发布的人工调整-20,000.00元"


def test_an_emergency_does_not_count_against_the_quarters_plan(sqlite_home):
    """紧急调增 is set besides the 核定: a true-up does not take it back."""
    later(sqlite_home, advance="310000.00")
    issue(sqlite_home, make(sqlite_home))
    total = Decimal("100000.00")
    urgent = emergency.increase(
        sqlite_home, LI, Q3, PROVINCE, GUIYANG, ON, amount=total, reason="大病例"
    )
    issue(sqlite_home, urgent)
    again = make(sqlite_home)

    assert (urgent.plan.kind, again.status) == ("紧急调增", "already")


def test_a_red_payer_gets_an_emergency_increase_by_the_formula(home):
    """Used 290000 of 300000: two months more at 96,666.67, less the 10000 left."""
    later(home, "300000.00", "290000.00")
    q2 = period("2017Q2")
    made = emergency.increase(home, LI, q2, PROVINCE, GUIYANG, ON)
    again = emergency.increase(home, LI, q2, PROVINCE, GUIYANG, ON)

    assert amounts(made) == {CELL: Decimal("183300.00")}
    assert made.plan.note == "使用率96.66%（红色预警）"
    assert (made.plan.kind, again.status) == ("紧急调增", "already")
    assert {line.note for line in made.lines} == {""}


def test_an_emergency_is_not_provisional(sqlite_home):
    """No true-up follows it; what waits is told all the same."""
    later(sqlite_home, "300000.00", "290000.00")
    take_clearings(sqlite_home, WAITING + "QS9 | 2017Q1 | 520103 | 1000.00 |")
    q2 = period("2017Q2")
    made = emergency.increase(sqlite_home, LI, q2, PROVINCE, GUIYANG, ON)
    row = next(line for line in made.lines if line.cell == CELL)

    assert not made.plan.provisional
    assert row.note.split("；")[0] == "上季度清算1行1,000.00元待确认，已计入"


def test_an_emergency_of_a_payer_that_is_not_red_needs_a_reason(sqlite_home):
    later(sqlite_home)
    q2 = period("2017Q2")
    ask = (sqlite_home, LI, q2, PROVINCE, GUIYANG, ON)

    with pytest.raises(BookError, match="贵阳市到2017-07-31，2017Q2使用率60.00%"):
        emergency.increase(*ask)
    with pytest.raises(BookError, match="不用紧急调增；确要调增请用 --amount"):
        later_on = "付款方代码 | 收款方代码 | 到账日期 | 本级金额 | 交易流水号\n"
        take_transfers(
            sqlite_home, later_on + "520100 | 520000 | 2017-04-29 | 900000.00 | L9"
        )
        emergency.increase(*ask, reason="大病例")


def test_an_emergencys_total_is_shared_out_to_the_fen(sqlite_home):
    take_transfers(sqlite_home, PAID.format("300000.00"))
    take_clearings(
        sqlite_home,
        "清算期 | 参保地代码 | 险种 | 基金支付\n"
        "2017Q2 | 520102 | 310 | 290000.00\n2017Q2 | 520102 | 390 | 5000.00",
    )
    q2, total = period("2017Q2"), Decimal("100000.01")
    made = emergency.increase(sqlite_home, LI, q2, PROVINCE, GUIYANG, ON, amount=total)
    again = emergency.increase(sqlite_home, LI, q2, PROVINCE, GUIYANG, ON, amount=total)

    assert sum(amounts(made).values()) == total
    assert (len(amounts(made)), again.status) == (2, "already")


def test_a_withdrawn_plan_stays_to_be_read_and_the_next_has_its_own_edition(home):
    later(home)
    make(home)
    gone = plan_edits.withdraw(home, LI, Q3, PROVINCE, "数据有误")
    new = make(home)
    old = plan_edits.shown(home, Q3, PROVINCE, 1)

    assert (gone.plan.state, gone.plan.note) == ("withdrawn", "li撤回：数据有误")
    assert (new.plan.edition, old.plan.state) == (2, "withdrawn")
    assert amounts(old) == amounts(new)


def test_a_plan_gives_way_to_an_edition_that_a_form_took(sqlite_home):
    later(sqlite_home)
    make(sqlite_home)
    table = "季度 | 统筹区代码 | 跨省核定额 | 省内核定额\n2017Q3 | 520100 | 250000.00 | 0.00"
    take_quotas(sqlite_home, table)
    again = make(sqlite_home)

    assert (again.plan.edition, again.plan.kind) == (2, "额度调整")
    assert amounts(again) == {CELL: Decimal("50000.00")}


def test_a_voucher_that_waits_for_a_second_person_makes_a_plan_provisional(sqlite_home):
    put(sqlite_home, "review", "second-person")
    take_clearings(sqlite_home, CLEARED.format("300000.00"))
    made = make(sqlite_home)
    row = next(row for row in made.lines if row.cell == CELL)

    assert row.note.startswith("暂定：上季度清算1行300,000.00元待确认")
    assert row.computed == Decimal("800000.00")


def test_money_that_came_back_from_the_bank_is_not_under_way(home):
    take_transfers(home, PAID.replace("2017-04-28", "").format("500000.00"))
    take_clearings(home, CLEARED.format("300000.00"))
    before = amounts(make(home))
    table = TransferLine.__table__
    with home.writing() as connection:
        row = connection.execute(select(table)).mappings().one()
        back = {"id": 99, "nature": "退回", "bounces_id": row["id"], "serial": "TH1"}
        back |= {"payer": PROVINCE, "payee": GUIYANG, "paid_posting_id": None}
        connection.execute(insert(table).values({**row, **back}))
    after = amounts(make(home))

    assert before == {CELL: Decimal("300000.00")}
    assert after == {CELL: Decimal("800000.00")}


@pytest.mark.parametrize(
    "region, words",
    [
        ("520102", "不收预付金"),
        ("440000", "不收预付金"),
        ("520900", "没有上解预付金的县区"),
    ],
)
def test_a_region_to_which_nobody_pays_is_refused(sqlite_home, region, words):
    with pytest.raises(UsageError, match=words):
        make(sqlite_home, region=region)


def test_a_quarter_before_the_document_is_refused(sqlite_home):
    with pytest.raises(RuleError, match="2017Q1早于黔人社厅通〔2017〕204号"):
        make(sqlite_home, period("2017Q1"))


def test_words_that_break_a_line_are_no_reason(sqlite_home):
    later(sqlite_home)
    make(sqlite_home)
    for reason in ("", "甲\n乙", "长" * 300):
        with pytest.raises(UsageError):
            plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, {CELL: Decimal(1)}, reason)


def test_a_cell_that_a_plan_has_not_is_refused(sqlite_home):
    later(sqlite_home)
    make(sqlite_home)
    cell = (GUIYANG, "跨省", "392")

    with pytest.raises(UsageError, match="没有“520100/跨省/392”这一项"):
        plan_edits.edit(sqlite_home, LI, Q3, PROVINCE, {cell: Decimal(1)}, "改")


def test_the_command_tells_a_table_a_working_and_json(yibao, sqlite_home, tmp_path):
    later(sqlite_home)
    plan = ("plan", "2017Q3", "--region", PROVINCE)
    code, table, _ = yibao(*plan, "--on", "2017-07-31", "--xlsx", tmp_path / "a.xlsx")
    _, working, _ = yibao(*plan, "--edition", 1, "--payer", GUIYANG)
    _, told, _ = yibao(*plan, "--on", "2017-08-01", "--json")
    told = json.loads(told)
    mine = next(row for row in told["lines"] if row["amount"] != "0.00")

    assert code == 0 and (tmp_path / "a.xlsx").stat().st_size > 5000
    assert "520100贵阳市" in table and "300,000.00" in table
    assert "计算 应有预付金：500,000.00　＝ 取大者（500,000.00，0.00）" in working
    assert (told["status"], told["total"], told["edition"]) == (
        "already",
        "300000.00",
        1,
    )
    assert mine["working"]["result"] == "rounded"


def test_the_command_edits_with_a_reason_alone(yibao, sqlite_home):
    later(sqlite_home)
    plan = ("plan", "2017Q3", "--region", PROVINCE)
    yibao(*plan, "--on", "2017-07-31")
    change = "520100/跨省/职工医保=280,000.50"
    without, _, said = yibao(*plan, "--set", change)
    code, out, _ = yibao(*plan, "--set", change, "--reason", "函", "--json")
    wrong = [
        yibao(*plan, "--set", text, "--reason", "函")[0]
        for text in ("520100/跨省/310", "520100/跨国/310=1", "520100/跨省/310=1.001")
    ]

    assert (without, "写明原因" in said) == (2, True)
    assert (code, json.loads(out)["total"]) == (0, "280000.50")
    assert wrong == [2, 2, 2]


def test_two_acts_at_once_are_refused(yibao):
    plan = ("plan", "2017Q3", "--region", PROVINCE)

    assert yibao(*plan, "--withdraw", "--emergency", GUIYANG, "--reason", "x")[0] == 2
    assert yibao(*plan, "--amount", "5")[0] == 2
    assert yibao(*plan, "--withdraw", "--reason", "x")[0] == 1


def test_the_working_is_written_to_print(yibao, sqlite_home, tmp_path):
    later(sqlite_home)
    page = tmp_path / "测算.html"
    code, _, _ = yibao(
        *("plan", "2017Q3", "--region", PROVINCE, "--on", "2017-07-31"),
        *("--html", page),
    )

    assert code == 0
    assert "异地就医预付金测算表" in page.read_text("utf-8")


def test_a_table_fits_a_screen_and_wide_tells_the_fen(yibao, sqlite_home):
    take_transfers(
        sqlite_home,
        "付款方代码 | 收款方代码 | 到账日期 | 本级金额\n"
        "522300 | 520000 | 2017-04-28 | 123456789.12",
    )
    take_clearings(
        sqlite_home,
        "清算期 | 范围 | 参保地代码 | 就医地代码 | 基金支付\n"
        "2017Q2 | 跨省 | 522301 | 440000 | 100000000.00\n"
        "2017Q2 | 省内 | 522301 | 520102 | 100000000.00",
    )
    with sqlite_home.writing() as connection:
        row = SettingRow(
            "plan-estimate-跨省-310", "520100", None, "9", "手工", "li", ""
        )
        settings.put(connection, row)
    table = "季度 | 统筹区代码 | 跨省核定额 | 省内核定额\n2017Q3 | 522300 | 1000000.00 | 0.00"
    take_quotas(sqlite_home, table)
    plan = ("plan", "2017Q3", "--region", PROVINCE, "--on", "2017-07-31")
    _, narrow, _ = yibao(*plan)
    _, wide, _ = yibao(*plan, "--wide")

    assert "522300黔西南州" in narrow and "（万元，--wide 列到分）" in narrow
    assert max(map(wcswidth, narrow.split("本次金额合计")[0].splitlines()[1:])) <= 120
    assert "-7,654.32" in narrow and "-76,543,210.88" in wide


def test_what_waits_is_named_in_the_table_json_and_the_paper(
    yibao, sqlite_home, tmp_path
):
    take_transfers(sqlite_home, PAID.format("500000.00"))
    put(sqlite_home, "agency-name", "贵州省医疗保险事务中心", PROVINCE)
    plan = ("plan", "2017Q3", "--region", PROVINCE, "--on", "2017-07-31")
    page, book = tmp_path / "测算.html", tmp_path / "测算.xlsx"
    _, table, _ = yibao(*plan, "--html", page, "--xlsx", book)
    _, told, _ = yibao(*plan, "--json")
    _, working, _ = yibao(*plan, "--payer", GUIYANG)
    told, paper = json.loads(told), page.read_text("utf-8")
    cells = {row.value for row in load_workbook(book)["测算结果"]["H"]}

    assert "待测算44项，没有清单、往年数据和人工测算，定下前不能下达：" in table
    assert "  520100贵阳市 跨省310、跨省390、省内310、省内390" in table
    assert len(told["waiting"]) == 44 and told["waiting"][0] == "520100/跨省/310"
    assert told["lines"][0]["unknown"] == "waits"
    assert "本次金额：待测算" in working
    assert "贵州省医疗保险事务中心" in paper
    assert "44项待测算" in paper and '<td class="money">待测算</td>' in paper
    assert "跨省310、跨省390、省内310、省内390" in cells
