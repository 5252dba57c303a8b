"""The lists of a payout run in HOME/out: the bank's, and who was not paid.

The bank's list holds whole names and account numbers, and only its owner may read it;
it is printed once its batch counts, and again whenever the command runs. The other
list is masked.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from ledger import regions
from ledger.database import Home
from ledger.errors import BookError
from ledger.files import why as why_not
from ledger.files import write_whole
from ledger.money import NOTHING
from ledger.people import batches, payouts, real_payouts
from ledger.people.batches import COUNTED
from ledger.people.masks import masked_id, masked_name
from ledger.periods import Month
from posting_rules import payouts as rules
from posting_rules.entries import printed_period
from posting_rules.personal import Personal, entries_for
from reports.words import amount_in_words
from reports.xlsx import Column, Sheet, workbook

BANK = (
    Column("序号", "number", 8),
    Column("划转流水号", width=28),
    Column("收款户名", width=16),
    Column("收款账号", width=26),
    Column("开户行", width=30),
    Column("金额", "money", 16),
    Column("用途", width=30),
)
UNPAID = (
    Column("序号", "number", 8),
    Column("姓名", width=10),
    Column("个人编号", width=14),
    Column("范围", width=8),
    Column("备案类型", width=16),
    Column("未划转金额", "money", 16),
    Column("原因", width=44),
    Column("依据", width=52),
)
BARS = {
    payouts.DIED: "已死亡，余额由继承人办理",
    payouts.LEFT: "参保关系已转往别处，余额随转出结清",
    payouts.NO_PAYEE: "备案没有收款户名或收款账号",
    payouts.WITHHELD: "停止划转之前的省内划转被退回，留在个人账户，不再补划",
    payouts.OWING: "追回挂账未清，余额先抵挂账",
}
EVENTS = {
    payouts.DIED: "inheritance",
    payouts.LEFT: "move-out",
    payouts.OWING: "claim",
}


class Worded(NamedTuple):
    """What the bank's list of an act is called, and what its payments are for."""

    act: str  # of the batches
    name: str
    title: str
    purpose: str


PAYOUT = Worded(payouts.ACT, "划转清单", "个人账户余额划转清单", "个人账户余额划转")
REAL = Worded(
    real_payouts.BATCH, "实账发放清单", "个人账户实账发放清单", "个人账户实账发放"
)


def bank_name(
    region: str, month: Month, batch_id: int | None, worded: Worded = PAYOUT
) -> str:
    return f"{worded.name}_{region}_{month}_{batch_id}.xlsx"


def unpaid_name(region: str, month: Month) -> str:
    return f"未划转名单_{region}_{month}.xlsx"


def bar_words(document: Personal, region: str, bar: str) -> tuple[str, str]:
    """Why an account is not paid whatever its filing says, and the clause."""
    if bar == payouts.WITHHELD:
        return BARS[bar], rules.withheld(document).cite
    if bar == payouts.NO_PAYEE:
        return BARS[bar], f"{document.number} {document.payout['cite']}"
    general, entry = entries_for(region, EVENTS[bar])[0]
    return BARS[bar], general.basis(entry)


def of_bank(
    connection: Connection,
    region: str,
    month: Month,
    on: date,
    worded: Worded = PAYOUT,
) -> dict[str, bytes]:
    """The bank's list of each batch of the month that counts, by file name."""
    return {
        bank_name(region, month, batch.id, worded): _bank(
            connection, region, month, batch, on, worded
        )
        for batch in batches.standing(connection, worded.act, region, str(month))
        if batch.state == COUNTED
    }


def of_unpaid(
    connection: Connection, document: Personal, region: str, month: Month, on: date
) -> dict[str, bytes]:
    """Who is not paid, or not all, as the run was reckoned; nothing where all are."""
    total = sum((line.amount for line in payouts.refused(connection)), NOTHING)
    if not total:
        return {}
    sheet = Sheet(
        "未划转名单",
        f"{regions.name(region)}{printed_period(month)}个人账户余额未划转名单",
        "单位：元",
        UNPAID,
        _unpaid(connection, document, region),
        ("", "合计", "", "", "", total, "", ""),
    )
    return {unpaid_name(region, month): workbook([sheet], on, long=True)}


def _unpaid(connection: Connection, document: Personal, region: str):
    """Rows of those who are not paid, masked."""
    words = {bar: bar_words(document, region, bar) for bar in BARS}
    for number, line in enumerate(payouts.not_paid(connection), 1):
        reason, cite = words[line.bar] if line.bar else (line.why, line.cite)
        yield (
            number,
            masked_name(line.name),
            masked_id(line.person_id),
            line.scope,
            line.kind,
            line.amount,
            reason,
            cite,
        )


def write(home: Home, files: dict[str, bytes]) -> dict[str, str]:
    """Write lists into HOME/out; their paths by name.

    BookError where that cannot be: the run is posted, the command prints them again.
    """
    written = {}
    for name, content in files.items():
        path = home.path / "out" / name
        _write(path, content)
        written[name] = str(path)
    return written


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
        path.chmod(0o600)
    except OSError as error:
        raise BookError(
            f"划转已入账，但{path}没有写出：{why_not(error)}；"
            "请检查磁盘空间和权限，再运行同一命令补印"
        ) from error


def _bank(
    connection: Connection,
    region: str,
    month: Month,
    batch,
    on: date,
    worded: Worded,
) -> bytes:
    """A batch's payments; whose bank account is not on file has an empty one."""
    purpose = f"{worded.purpose}（{printed_period(month)}）"
    rows = (
        (
            number,
            line.serial,
            line.payee_name,
            line.payee_account,
            line.payee_bank,
            line.amount,
            purpose,
        )
        for number, line in enumerate(payouts.payments(connection, batch.id), 1)
    )
    total = -batch.total
    assert payouts.paid(connection, batch.id) == total, f"batch {batch.id}: its lines"
    sheet = Sheet(
        worded.name,
        f"{regions.name(region)}{printed_period(month)}{worded.title}",
        f"单位：元　批次：{batch.id}　凭证日期：{batch.dated}　笔数：{batch.people}",
        BANK,
        rows,
        ("", "合计", "", "", "", total, ""),
        (f"合计（大写）：{amount_in_words(total)}",),
    )
    return workbook([sheet], on, long=True)
