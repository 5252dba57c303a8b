"""F6: statements are matched with vouchers; interest, fees and bounces are posted."""

from datetime import date

import pytest
from desk_by_hand import (
    LI,
    WANG,
    cases,
    count,
    printed,
    rows,
    take,
    take_transfers,
    transfers,
)
from forms_by_hand import as_csv, form_rows, line
from sqlalchemy import select

from desk.advances import bank_acts, bank_master
from desk.advances.bank_master import Wanted
from desk.homes import put_setting
from desk.importing import Options, import_files
from desk.reversing import reverse
from desk.vouchers import ManualLine, approve, new_voucher, reject
from importers.cells import yuan
from ledger.advances.tables import BankAccount, BankLine
from ledger.errors import BookError, RuleError
from ledger.schema import TransferLine, Voucher
from reports.reconcile import check
from reports.usage_notes import under_way

PROVINCE = "2402002129014452854-000000008"
COUNTY, CITY = "52010201", "52010001"
DAY = date(2017, 7, 1)
PAID = "付款账号 | 收款账号\n52010201 | 52010001"
TABLE = tuple(cases("bank"))
BOUNCED = """
账号|日期|交易流水号|收入金额|支出金额|余额|摘要
52010201|2017-04-28|LS001||100.00|-100.00|预付金
52010201|2017-05-03|TH1|100.00||0.00|退汇
"""
INTEREST = """
账号|日期|交易流水号|收入金额|支出金额|余额|摘要
52010201|2017-06-21|LX1|0.10||0.10|结息
"""


def statement(home, table, opening="", account=PROVINCE, name="对账单.csv", **how):
    """Import a statement; rows without 账号 are the province's."""
    told = [line("F6", **{"账号": account, **row}) for row in rows(table)]
    printed_rows = form_rows("F6", told)
    if opening:
        printed_rows.insert(1, [f"期初余额：{opening}元"])
    path = home.path.parent / name
    path.write_bytes(as_csv(printed_rows))
    by = how.pop("by", LI)
    return import_files(home, [path], by, Options(**how))[0]


def account(home, number, region, book, funds="", subject=""):
    wanted = Wanted(
        *(number, "某地财政局", "某银行", region, book, "", subject, funds),
        date(2017, 1, 1),
    )
    return bank_master.add(home, LI, wanted, "开户批复")


def county(home, funds="310"):
    account(home, COUNTY, "520102", "520102-county-agency", funds)


def lines(home) -> str:
    """What became of each live line of the statements."""
    with home.reading() as connection:
        found = connection.execute(
            select(BankLine.serial, BankLine.what)
            .where(BankLine.live)
            .order_by(BankLine.id)
        ).all()
    return ", ".join(f"{row.serial} {row.what}" for row in found)


def errors(home, on=DAY) -> list:
    with home.reading() as connection:
        return [x for x in check(connection, on, home) if x.severity == "error"]


def prepare(home, case) -> None:
    for name, value, region in case.get("settings", ()):
        put_setting(home, LI, name, value, region=region, cite="依据")
    for row in rows(case.get("accounts", "账号")):
        book, funds = row["账套"], row["险种"]
        account(home, row["账号"], row["地区"], book, funds, row.get("科目", ""))


@pytest.mark.parametrize(
    "case", [c for c in TABLE if "steps" in c], ids=lambda case: case["name"]
)
def test_statement(home, case):
    prepare(home, case)

    for number, step in enumerate(case["steps"]):
        if step["form"] == "F6":
            done = statement(home, step["rows"], step.get("opening", ""))
        else:
            name, table = f"{number}.csv", step["rows"]
            given = transfers(table) if step["form"] == "F1" else rows(table)
            done = take(home, step["form"], given, name)
        assert done.status == "posted", done.message

    assert lines(home) == case.get("lines", "")
    if case["books"]:
        assert printed(home, *case["books"]) == case["vouchers"].strip()
    assert errors(home) == []


def test_every_identity_holds_on_every_day(sqlite_home):
    """X2, X6 and an advance that bounce, X3, X5, interest and a fee of one account."""
    case = next(c for c in TABLE if "用款计划" in c["name"])
    prepare(sqlite_home, case)
    for number, step in enumerate(case["steps"]):
        if step["form"] == "F6":
            statement(sqlite_home, step["rows"])
        else:
            table = step["rows"]
            given = transfers(table) if step["form"] == "F1" else rows(table)
            take(sqlite_home, step["form"], given, f"{number}.csv")
    take_transfers(
        sqlite_home,
        f"""
付款日期|付款方代码|收款方代码|资金性质|用途|本级金额|下级金额|付款账号|交易流水号
2017-06-01|520000|440000|清算资金|跨省|50.00|70.00|{PROVINCE}|C1
2017-06-02|520000|440000|预付金|跨省|10.00|20.00|{PROVINCE}|C2
""",
    )
    statement(
        sqlite_home,
        """
日期|交易流水号|收入金额|支出金额|余额|摘要
2017-06-01|C1||120.00|680.00|清算
2017-06-02|C2||30.00|650.00|预付金
2017-06-05|TC|120.00||770.00|退汇
2017-06-06|TD|30.00||800.00|退票
2017-06-21|LX|3.33||803.33|结息
2017-06-22|GB||5.00|798.33|工本费
""",
    )
    days = [date(2017, 5, n) for n in (19, 20, 21, 22, 23, 25)]
    days += [date(2017, 6, n) for n in (1, 2, 4, 5, 6, 21, 22)]

    assert lines(sqlite_home).endswith(
        "C1 transfer, C2 transfer, TC bounce, TD bounce, LX interest, GB fee"
    )
    assert {day: errors(sqlite_home, day) for day in days} == dict.fromkeys(days, [])


@pytest.mark.parametrize(
    "case", [c for c in TABLE if "says" in c], ids=lambda case: case["name"]
)
def test_statement_refused(sqlite_home, case):
    if "before" in case:
        assert statement(sqlite_home, case["before"], name="前.csv").status == "posted"
    before = lines(sqlite_home)

    refused = statement(sqlite_home, case["rows"], case.get("opening", ""))

    assert refused.status == "rejected"
    assert case["says"] in refused.message
    assert lines(sqlite_home) == before


def test_an_account_number_is_masked_in_a_refusal(sqlite_home):
    refused = statement(sqlite_home, INTEREST, account="52010201")

    assert "52010201" not in refused.message
    assert "****0201" in refused.message


def test_the_same_statement_again_is_already_there(home):
    county(home)
    statement(home, INTEREST)

    again = statement(home, INTEREST)

    assert (again.status, again.new, again.known) == ("already-posted", 0, 1)


def test_a_statement_that_overlaps_adds_what_is_new(sqlite_home):
    county(sqlite_home)
    statement(sqlite_home, INTEREST)

    more = statement(sqlite_home, f"{INTEREST}52010201|2017-06-30|LX2|0.20||0.30|结息")

    assert (more.status, more.new, more.known) == ("posted", 1, 1)
    assert lines(sqlite_home) == "LX1 interest, LX2 interest"


def test_an_earlier_statement_that_leads_to_the_first_is_taken(sqlite_home):
    county(sqlite_home)
    later = "账号|日期|交易流水号|收入金额|余额\n52010201|2017-06-21|A2|1.00|3.00"
    earlier = "账号|日期|交易流水号|收入金额|余额\n52010201|2017-04-21|A1|2.00|2.00"
    statement(sqlite_home, later)

    assert statement(sqlite_home, earlier).status == "posted"


def test_either_order_of_import_says_the_same(sqlite_home, tmp_path):
    county(sqlite_home)
    statement(sqlite_home, BOUNCED)
    assert lines(sqlite_home) == "LS001 open, TH1 open"

    later = take_transfers(sqlite_home, PAID)

    assert lines(sqlite_home) == "LS001 transfer, TH1 bounce"
    assert [v.rule.rpartition("/")[2] for v in later.vouchers] == [
        *("1.1.1", "2.1.1", "X11", "X11")
    ]


def test_a_bounced_transfer_is_under_way_no_more(home):
    county(home)
    take_transfers(home, PAID)
    with home.reading() as connection:
        before = under_way(connection, DAY)

    statement(home, BOUNCED)

    with home.reading() as connection:
        after = under_way(connection, DAY)
        back = connection.execute(
            select(TransferLine).where(TransferLine.bounces_id.is_not(None))
        ).one()
    assert (len(before), after) == (1, {})
    assert (back.nature, back.payer, back.payee, back.serial) == (
        *("退回", "520100", "520102", "TH1"),
    )


def test_a_bounced_transfer_does_not_arrive(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)
    statement(sqlite_home, BOUNCED)

    refused = take_transfers(sqlite_home, PAID + " | 到账日期".join(("", "")))
    late = take_transfers(
        sqlite_home, "付款账号 | 收款账号 | 到账日期\n52010201 | 52010001 | 2017-05-09"
    )

    assert refused.status == "already-posted"
    assert "已于2017-05-03退汇" in late.message


def test_a_bounced_transfer_is_not_reversed_before_its_bounce(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)
    statement(sqlite_home, BOUNCED)
    name = "520102-county-agency/2017-0{}/1"

    with pytest.raises(BookError, match="请先冲销或退回退汇的凭证"):
        reverse(sqlite_home, LI, name.format(4), DAY, "记错")
    reverse(sqlite_home, LI, name.format(5), DAY, "没有退汇")

    assert lines(sqlite_home) == "LS001 transfer, TH1 freed"
    assert errors(sqlite_home) == []


def test_f1_that_tells_a_bounce_after_the_statement_is_known(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)
    statement(sqlite_home, BOUNCED)
    vouchers = count(sqlite_home, Voucher)

    told = take_transfers(
        sqlite_home,
        """
付款日期|付款方代码|收款方代码|资金性质|付款账号|交易流水号|备注
2017-05-03|520100|520102|退回||TH1|退汇""",
    )

    assert (told.status, told.known) == ("already-posted", 1)
    assert count(sqlite_home, Voucher) == vouchers


def test_a_bounce_without_its_transfer_is_refused_in_f1(sqlite_home):
    refused = take_transfers(
        sqlite_home,
        """
付款日期|付款方代码|收款方代码|资金性质|交易流水号|备注
2017-05-03|520100|520102|退回|TH1|退汇""",
    )

    assert "没有找到双方、险种、金额都相同而没有到账的划拨" in refused.message


def test_of_two_equal_transfers_the_named_one_bounces(sqlite_home):
    county(sqlite_home)
    two = "付款账号 | 交易流水号\n52010201 | LS1\n52010201 | LS2"
    take_transfers(sqlite_home, two)
    table = """
账号|日期|交易流水号|收入金额|支出金额|余额|摘要
52010201|2017-05-03|TH1|100.00||100.00|退汇{}
"""

    waits = statement(sqlite_home, table.format(""), "0.00", dry_run=True)
    named = statement(sqlite_home, table.format("，原流水号LS2"))

    assert waits.vouchers == [] and named.status == "posted"
    with sqlite_home.reading() as connection:
        back = TransferLine.__table__.alias()
        serial = connection.execute(
            select(TransferLine.serial).join(back, back.c.bounces_id == TransferLine.id)
        ).scalar()
    assert serial == "LS2"


def test_two_equal_transfers_are_told_apart_by_hand(home):
    county(home)
    take_transfers(home, "付款账号 | 交易流水号\n52010201 | LS1\n52010201 | LS2")
    table = "账号|日期|交易流水号|收入金额|余额|摘要\n52010201|2017-05-03|TH1|100.00|0.00|退汇"
    waits = statement(home, table)

    done = bank_acts.match(home, LI, "TH1", "520102-county-agency/2017-04/2")
    again = bank_acts.match(home, LI, "TH1", "520102-county-agency/2017-04/2")

    assert "金额相同的在途划拨有2笔（流水号LS1、LS2）" in waits.warnings[0]
    assert [v.rule.rpartition("/")[2] for v in done.vouchers] == ["X11", "X11"]
    assert (again.new, again.vouchers) == (False, [])
    assert lines(home) == "TH1 bounce"


def test_drafts_are_approved_and_rejected_with_their_lines(home):
    county(home)
    drafted = statement(home, INTEREST, draft=True)

    reject(home, WANG, [f"#{drafted.vouchers[0].id}"], "摘要不清")
    opened = lines(home)
    again = statement(home, INTEREST, draft=True)
    approve(home, WANG, [f"#{again.vouchers[0].id}"])

    assert (drafted.status, opened) == ("draft", "LX1 freed")
    assert (again.status, again.new, again.completed) == ("draft", 0, 1)
    assert lines(home) == "LX1 interest"
    assert errors(home) == []


def test_second_person_review_leaves_drafts(sqlite_home):
    county(sqlite_home)
    put_setting(sqlite_home, LI, "review", "second-person", cite="制度")

    assert statement(sqlite_home, INTEREST).status == "draft"


def test_a_reversed_voucher_frees_its_line(home):
    county(home)
    take_transfers(home, PAID)
    statement(home, BOUNCED.strip().rpartition("\n")[0])

    reverse(home, LI, "520102-county-agency/2017-04/1", DAY, "记错")
    opened = lines(home)
    again = take_transfers(home, PAID)

    assert (opened, lines(home)) == ("LS001 freed", "LS001 transfer")
    assert again.status == "posted"
    assert errors(home) == []


def test_a_reversed_entry_comes_again_only_when_it_is_asked_for(home):
    county(home)
    posted = statement(home, INTEREST)
    reverse(home, LI, posted.vouchers[0].name, DAY, "不是利息")
    take_transfers(home, "付款方代码\n520103")
    other = lines(home)
    july = INTEREST.replace("06-21|LX1", "06-30|LX2").replace("||0.10|", "||0.20|")
    later = statement(home, july, name="下期.csv")
    after = lines(home)

    made = bank_acts.reconcile_account(home, LI, COUNTY, DAY)

    assert other == "LX1 freed"
    assert len(later.vouchers) == 2  # of LX2, agency and finance
    assert after == "LX1 freed, LX2 interest"
    assert (len(made.vouchers), lines(home)) == (2, "LX1 interest, LX2 interest")
    assert errors(home) == []


def test_an_account_is_not_ended_before_its_last_line(sqlite_home):
    county(sqlite_home)
    statement(sqlite_home, INTEREST)

    with pytest.raises(BookError, match="2017-06-21还有流水（流水号LX1），停用日期"):
        bank_master.end(sqlite_home, LI, COUNTY, date(2017, 6, 21), "销户")


def test_check_names_a_line_of_an_account_that_is_in_nobody_s_use(sqlite_home):
    county(sqlite_home)
    statement(sqlite_home, INTEREST)
    with sqlite_home.writing() as connection:  # as `bank end` once let it be
        table = BankAccount.__table__
        connection.execute(table.update().values(until_day=date(2017, 6, 1)))

    found = [(x.identity, x.what, x.found) for x in errors(sqlite_home)]

    assert found == [("账款", "账号****0201 2017-06-21", "没有登记")]


def test_a_line_whose_amount_differs_from_its_voucher_stays_open(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)

    statement(
        sqlite_home,
        "账号|日期|交易流水号|支出金额|余额\n52010201|2017-04-28|LS001|100.01|0.00",
    )

    assert lines(sqlite_home) == "LS001 open"


def test_a_transfer_of_another_account_is_not_matched(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, "付款账号\n52010299")

    statement(
        sqlite_home,
        "账号|日期|交易流水号|支出金额|余额\n52010201|2017-04-28|LS001|100.00|0.00",
    )

    assert lines(sqlite_home) == "LS001 open"


def test_a_transfer_stays_one_whatever_the_bank_says_of_it(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)

    statement(
        sqlite_home,
        "账号|日期|交易流水号|支出金额|余额|摘要\n"
        "52010201|2017-04-28|LS001|100.00|0.00|预付金，免收手续费",
    )

    assert lines(sqlite_home) == "LS001 transfer"


def test_without_account_numbers_the_book_decides(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, "付款账号 | 付款银行\n | 某银行")

    statement(
        sqlite_home,
        "账号|日期|交易流水号|支出金额|余额\n52010201|2017-04-28|LS001|100.00|0.00",
    )

    assert lines(sqlite_home) == "LS001 transfer"


def by_hand(home, debit="暂付款——银行手续费待收回", narration="代垫"):
    made = new_voucher(
        home,
        LI,
        "520102-county-agency",
        date(2017, 5, 3),
        narration=narration,
        debit=[ManualLine(debit, yuan("12.00"))],
        credit=[ManualLine("财政专户存款——县本级", yuan("12.00"))],
        fund="310",
    )
    return approve(home, WANG, [f"#{made.id}"])[0].name


FEE = "账号|日期|交易流水号|支出金额|余额|摘要\n52010201|2017-05-03|SF1|12.00|0.00|{}"


def test_a_voucher_by_hand_is_matched_by_hand_and_let_go(home):
    county(home)
    name = by_hand(home)
    statement(home, FEE.format("不明支出"))

    first = bank_acts.match(home, LI, "SF1", name)
    again = bank_acts.match(home, LI, "SF1", name)
    matched = lines(home)
    bank_acts.unmatch(home, LI, "SF1")

    assert (first.new, again.new) == (True, False)
    assert (matched, lines(home)) == ("SF1 voucher", "SF1 open")


def test_a_fee_is_not_matched_with_an_expenditure(sqlite_home):
    county(sqlite_home)
    name = by_hand(sqlite_home, "医保费用支出——医保各险种（县本级）")
    statement(sqlite_home, FEE.format("不明支出"))
    with sqlite_home.writing() as connection:
        connection.execute(
            BankLine.__table__.update().values(summary="手续费", what="open")
        )

    with pytest.raises(RuleError, match="银行手续费待收回"):
        bank_acts.match(sqlite_home, LI, "SF1", name)


def test_another_amount_is_not_matched_by_hand(sqlite_home):
    county(sqlite_home)
    name = by_hand(sqlite_home)
    statement(sqlite_home, FEE.replace("12.00", "12.01").format("不明支出"))

    with pytest.raises(BookError, match="金额和方向相同才能对上"):
        bank_acts.match(sqlite_home, LI, "SF1", name)


def test_check_finds_a_match_that_was_tampered_with(sqlite_home):
    county(sqlite_home)
    take_transfers(sqlite_home, PAID)
    statement(sqlite_home, BOUNCED)
    with sqlite_home.writing() as connection:
        table = BankLine.__table__
        connection.execute(
            table.update().where(table.c.serial == "TH1").values(income=yuan("100.01"))
        )

    found = {(x.identity, x.what) for x in errors(sqlite_home)}

    assert ("账款", "账号****0201 2017-05-03流水号TH1") in found
    assert ("账款", "账号****0201") in found  # its balance does not follow either


def test_a_transfer_that_was_taken_for_a_fee_is_found_and_put_right(sqlite_home):
    county(sqlite_home)
    statement(
        sqlite_home,
        "账号|日期|交易流水号|支出金额|余额|摘要\n"
        "52010201|2017-04-28|LS001|100.00|-100.00|预付金，免收手续费",
    )
    take_transfers(sqlite_home, PAID)
    found = [(x.identity, x.found, x.difference) for x in errors(sqlite_home)]

    reverse(sqlite_home, LI, "520102-county-agency/2017-04/1", DAY, "不是手续费")
    statement(
        sqlite_home,
        "账号|日期|交易流水号|支出金额|余额|摘要\n"
        "52010201|2017-04-28|LS001|100.00|-100.00|预付金，免收手续费",
    )

    assert found == [("账款", "两次入账", yuan("-100.00"))]
    assert lines(sqlite_home) == "LS001 transfer"
    assert errors(sqlite_home) == []
