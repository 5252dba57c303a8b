"""G3: bills, refunds and reversals are split, in the order of time, and posted.

A line that cannot be taken is set aside with its clause and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Iterator

from sqlalchemy import Connection

from desk.set_aside import Aside, CannotTake
from desk.settlements.bill_checks import check_person, is_known, refuse
from desk.settlements.charging import charge
from desk.settlements.giving_back import give_back
from desk.settlements.open_bills import opened
from desk.settlements.recording import Recorder
from desk.settlements.standing import Standing
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger.settlements import earlier, months
from ledger.settlements.feed import Bill, Lines
from ledger.settlements.results import CHARGE, Result


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    lines = Lines(document.blocks())
    if not lines.rows:
        return Taken()
    months.keep(connection)
    now = desk.actor.at[:19].replace("T", " ")
    standing = Standing(connection, desk.province, now, lines)
    freed = earlier.times_freed(connection)
    name, sha256 = document.name, document.sha256
    recorder = Recorder(connection, desk, document_id, sha256, name, freed)
    counts: Counter[str] = Counter()
    desk.tell(f"{name} 计算")
    new = 0
    for new, result in enumerate(results(lines, desk, standing, aside, counts), 1):
        recorder.add(result)
    desk.tell(f"{name} 记录")
    told = _warnings(counts)
    return Taken(
        new=new,
        known=counts["known"],
        posting_ids=recorder.finish(),
        warnings=lambda connection: told,
    )


def results(
    lines: Lines,
    desk: Desk,
    standing: Standing,
    aside: Aside,
    counts: Counter[str],
) -> Iterator[Result]:
    """The lines that can be taken, split, in the order of time."""
    seen: dict[str, Bill | None] = dict.fromkeys(lines.repeated)
    for bill in lines.bills(standing.people):
        try:
            twice = seen and bill.serial in seen and _repeated(bill, seen)
            if twice or standing.known and is_known(bill, standing):
                counts["known"] += 1
                continue
            result = _settled(bill, desk, standing)
        except CannotTake as cannot:
            aside.add(bill.sheet, bill.row, *cannot.told)
            continue
        if result.late or result.differences:
            counts["late"] += result.late
            counts["differs"] += bool(result.differences)
        yield result


def _settled(bill: Bill, desk: Desk, standing: Standing) -> Result:
    if bill.person is None:
        check_person(bill, standing)
    person, younger, members = bill.person, None, []
    if person.bound:
        members = standing.grantors(person, bill.at)
    if members or person.until:
        younger = standing.younger(bill, members)
    if younger is not None and not desk.late:
        expected = (
            f"不早于本人和家庭成员已结算的{younger[0]}；或加 --late 按到达先后入账"
        )
        refuse(bill, "order", "结算时间", bill.at, expected, "早于已结算的时间")
    late = younger is not None
    if bill.act == CHARGE:
        result = charge(bill, standing, members, late)
    else:
        result = give_back(bill, standing, late)
    if result.serial in standing.wanted:
        standing.open[result.serial] = opened(result)
    return result


def _repeated(bill: Bill, seen: dict[str, Bill | None]) -> bool:
    """Whether the file had the line before; the first of its 流水号 counts."""
    first = seen[bill.serial]
    if first is None:
        seen[bill.serial] = bill
        return False
    if first[3:-3] != bill[3:-3]:
        why = "在本文件中重复，内容不同"
        refuse(bill, "split", "结算流水号", bill.serial, "不重复的流水号", why)
    return True


def _warnings(counts: Counter[str]) -> list[str]:
    told = []
    if counts["late"]:
        told.append(f"有{counts['late']}行早于家庭成员已结算的时间，按到达先后入账")
    if counts["differs"]:
        told.append(
            f"有{counts['differs']}行清单的分摊与本系统计算的不同，以清单为准；"
            "逐行见 yibao report settlement-differences"
        )
    return told
