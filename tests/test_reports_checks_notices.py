"""`check` on notices: each difference is found, and a right home has none."""

from datetime import date

import pytest
from desk_by_hand import LI
from notices_by_hand import bulk, came_in, issued, told
from sqlalchemy import text

from ledger import sources
from reports.reconcile import check

ON = date(2018, 1, 31)


def found(home, with_files=True) -> list[str]:
    with home.reading() as connection:
        findings = check(connection, ON, home if with_files else None)
    return [f"{one.severity} {one.what}" for one in findings if one.identity == "文书"]


def change(home, statement: str) -> None:
    with home.writing() as connection:
        connection.execute(text(statement))


def test_notices_of_a_whole_life_agree(home):
    issued(home)
    came_in(home, "跨省异地就医费用付款通知书")
    bulk(home, "confirm")
    bulk(home, "withdraw", region="520200", reason="印错")

    assert found(home) == []


@pytest.mark.parametrize(
    "statement, what",
    [
        ("UPDATE notice SET serial = 9 WHERE id = 1", "error 预付金收款通知书“"),
        (
            "UPDATE notice_line SET amount = 1 WHERE notice_id = 1 AND position = 1",
            "error 预付金收款通知书“黔异预〔2018〕1号”金额",
        ),
        (
            "UPDATE notice SET state = 'paid' WHERE id = 1",
            "error 预付金收款通知书“黔异预〔2018〕1号”状态",
        ),
        (
            "UPDATE quota_line SET abroad = 1 WHERE region = '520100'",
            "error 贵州省异地就医费用预付金明细表“黔异预核〔2018〕1号”贵阳市的核定额",
        ),
        (
            "UPDATE notice SET sha256 = '0' WHERE id = 1",
            "error 预付金收款通知书“黔异预〔2018〕1号”工作簿",
        ),
    ],
)
def test_what_does_not_agree_is_named(sqlite_home, statement, what):
    issued(sqlite_home)
    change(sqlite_home, statement)

    assert found(sqlite_home)[0].startswith(what)


def test_a_withdrawn_quota_is_missed_by_its_list(sqlite_home):
    issued(sqlite_home)
    with sqlite_home.writing() as connection:
        kept = sources.documents(connection)[-1]
        sources.withdraw(connection, kept.id, "li", LI.at, "误撤")

    assert len(found(sqlite_home)) == 3  # 520300 had nothing


def test_a_missing_workbook_and_a_payment_by_word_are_notes(sqlite_home):
    issued(sqlite_home)
    for act in ("confirm", "submit", "approve"):
        bulk(sqlite_home, act)
    bulk(sqlite_home, "pay", region="520100", evidence="N1")
    next((sqlite_home.path / "out" / "notices").rglob("*2号_520200.xlsx")).unlink()

    assert found(sqlite_home) == [
        "note 预付金收款通知书“黔异预〔2018〕1号”付款",
        "note 预付金收款通知书“黔异预〔2018〕2号”工作簿",
    ]
    assert len(told(sqlite_home)) == 4
