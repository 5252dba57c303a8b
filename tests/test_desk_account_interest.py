"""Interest to personal accounts: a voucher by hand, shared out by balance (P20)."""

from datetime import date
from decimal import Decimal

import pytest
from people_by_hand import LI, NANCHONG, WANG
from sqlalchemy import insert, select

from desk.homes import put_setting
from desk.vouchers import ManualLine, approve, new_voucher, reject
from ledger.errors import BookError
from ledger.people import batches
from ledger.people.tables import Account, Movement

BOOK = f"{NANCHONG}-city-agency"
ACCOUNT = Account.__table__
DAY = date(2023, 12, 31)


def opened(home, balances: dict[str, str]) -> None:
    """Accounts with balances since the year's first day."""
    with home.writing() as connection:
        new = batches.NewBatch("opening", NANCHONG, "", date(2023, 1, 1))
        batch_id = batches.start(connection, new, LI.by, LI.at)
        for person, balance in balances.items():
            connection.execute(
                insert(ACCOUNT).values(
                    person_id=person,
                    region=NANCHONG,
                    balance=Decimal(0),
                    claim=Decimal(0),
                    state="open",
                )
            )
            connection.execute(
                insert(Movement.__table__).values(
                    person_id=person,
                    period="",
                    act="opening",
                    serial=NANCHONG,
                    region=NANCHONG,
                    dated=date(2023, 1, 1),
                    kind="上年结余",
                    amount=Decimal(balance),
                    batch_id=batch_id,
                )
            )
        kinds = batches.totals(connection, batch_id)
        batches.finish(connection, batch_id, kinds, len(balances), None)


def balances(home) -> dict[str, str]:
    with home.reading() as connection:
        rows = connection.execute(select(ACCOUNT.c.person_id, ACCOUNT.c.balance))
        return {row.person_id: str(row.balance) for row in rows}


def interest(home, amount: str, subject="个人账户基金——利息计入", side="credit"):
    lines = {
        "debit": [ManualLine("医保收入——利息收入", Decimal(amount))],
        "credit": [ManualLine(subject, Decimal(amount))],
    }
    if side == "debit":
        lines = {"debit": lines["credit"], "credit": lines["debit"]}
    return new_voucher(home, LI, BOOK, DAY, narration="利息", fund="310", **lines)


@pytest.fixture
def home(sichuan_home):
    put_setting(
        sichuan_home,
        LI,
        "account-interest",
        "by-balance",
        region=NANCHONG,
        cite="市财政局通知",
    )
    opened(sichuan_home, {"A": "100.00", "B": "100.00", "C": "100.00", "D": "0.01"})
    return sichuan_home


def test_interest_reaches_the_accounts_when_the_voucher_is_approved(home):
    voucher = interest(home, "100.00")

    assert balances(home)["A"] == "100.00"

    approve(home, WANG, [f"#{voucher.id}"])

    # 10,000 × 10,000 ÷ 30,001 is 3,333, with most left over for D, who gets a fen.
    assert balances(home) == {"A": "133.33", "B": "133.33", "C": "133.33", "D": "0.02"}


def test_one_fen_goes_to_the_largest_remainder_and_then_by_id(home):
    voucher = interest(home, "0.02")
    approve(home, WANG, [f"#{voucher.id}"])

    assert balances(home) == {"A": "100.01", "B": "100.01", "C": "100.00", "D": "0.01"}


def test_rejected_interest_leaves_no_trace_on_the_accounts(home):
    voucher = interest(home, "100.00")
    reject(home, WANG, [f"#{voucher.id}"], "金额有误")

    with home.reading() as connection:
        kinds = set(connection.execute(select(Movement.kind)).scalars())

    assert kinds == {"上年结余"}
    assert balances(home)["A"] == "100.00"


def test_another_subject_of_the_accounts_is_refused_by_hand(home):
    with pytest.raises(BookError, match="不能手工录入"):
        interest(home, "100.00", "个人账户基金——在职计入")


def test_interest_is_not_taken_back_by_hand(home):
    with pytest.raises(BookError, match="只能在贷方记正数"):
        interest(home, "100.00", side="debit")


def test_without_the_setting_interest_is_refused(sichuan_home):
    with pytest.raises(BookError, match="account-interest by-balance"):
        interest(sichuan_home, "100.00")


def test_interest_before_anyone_has_a_balance_is_refused(home):
    with pytest.raises(BookError, match="没有个人账户余额"):
        new_voucher(
            home,
            LI,
            BOOK,
            date(2022, 12, 31),
            narration="利息",
            fund="310",
            debit=[ManualLine("医保收入——利息收入", Decimal(1))],
            credit=[ManualLine("个人账户基金——利息计入", Decimal(1))],
        )
