"""G8: payouts that the bank returned go back into the account that paid, once (P13).

Whether the money may be paid out again is the policy's: of runs inside the province
before the stop it never is. Where accounts are 实账 (P15) the next run pays it.
依据：攀枝花市医疗保障局2022年4月20日通知 一
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection

from desk.people import list_posting
from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger.documents import rows_text
from ledger.money import from_fen, grouped
from ledger.people import bounces, staging
from ledger.people.bounces import Bounce, Paid
from ledger.periods import period
from posting_rules.payouts import document_of, is_withheld

EVENT = "bounce"
STATES = {"draft": "还没有审核", "undone": "已冲销", "rejected": "已退回草稿"}
Words = tuple[str, str, str, str]  # column, found, expected, why


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    staging.load(connection, bounces.STAGED, document.fields, document.blocks())
    paid, there = bounces.payouts(connection), bounces.known(connection)
    groups: dict[tuple[str, str], list[tuple[Bounce, Paid]]] = defaultdict(list)
    known = 0
    for row in bounces.rows(connection):
        said = (row.dated, row.amount, row.reason)
        if there.get(row.serial) == said:
            known += 1
        elif wrong := _wrong(row, paid.get(row.serial), there.get(row.serial)):
            aside.add(row.sheet, row.row, *wrong)
        else:
            there[row.serial] = said
            of = paid[row.serial]
            groups[of.region, row.dated].append((row, of))
    ids = []
    times = bounces.times_freed(connection)
    for (region, dated), lines in sorted(groups.items()):
        ids += _post(
            connection, desk, document, document_id, region, dated, lines, times
        )
    new = sum(map(len, groups.values()))
    return Taken(new=new, known=known, posting_ids=ids)


def _wrong(row: Bounce, paid: Paid | None, before) -> Words | None:
    """Why a row cannot be taken."""
    if paid is None:
        expected = "划转清单上的划转流水号"
        return ("划转流水号", row.serial, expected, "不在划转清单里")
    if before is not None:
        why = f"已于{before[0]}退回并重新计入，一笔划转只退一次"
        return ("划转流水号", row.serial, "没有退回过的划转", why)
    if paid.state != "counted":
        why = f"所属的划转{STATES[paid.state]}"
        return ("划转流水号", row.serial, "已经审核的划转", why)
    if row.amount != paid.amount:
        found, expected = _yuan(row.amount), f"{_yuan(paid.amount)}元"
        return ("退回金额", found, expected, "与划转的金额不同")
    if row.dated < paid.dated:
        return ("退回日期", row.dated, f"不早于{paid.dated}", "早于划转的凭证日期")
    return None


def _post(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    region: str,
    dated: str,
    lines: list[tuple[Bounce, Paid]],
    times: dict[str, int],
) -> list[int]:
    policy, on = document_of(region), date.fromisoformat(dated)
    batch_id = list_posting.start(connection, desk, EVENT, region, on, document_id)
    bounces.insert(
        connection,
        [
            (
                row,
                paid,
                policy is not None
                and is_withheld(policy, paid.scope, period(paid.period)),
                times[row.serial],
            )
            for row, paid in lines
        ],
        batch_id,
        document_id,
        list_posting.voucher_day(desk, on).isoformat(),
    )
    places: dict[str, list[int]] = defaultdict(list)
    for row, _ in lines:
        places[row.sheet].append(row.row)
    return list_posting.post(
        connection,
        desk,
        document,
        document_id,
        batch_id,
        region=region,
        event=EVENT,
        on=on,
        link="bnc",
        source=rows_text(document.name, places),
    )


def _yuan(fen: int) -> str:
    return grouped(from_fen(fen))
