"""What `yibao match --post` and `--reverse` record: 补记 and 冲正 of one-sided rows.

A 补记 takes over what the other side has: the grantor's account pays, who was treated
is not known here, the institution only where the desk names it. A 冲正 takes our line
back whole. Both name the list (G9) that they follow as their document.
依据：皖医保中心〔2024〕39号 二（四）
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import Iterable, Iterator, Sequence, TypeVar

from sqlalchemy import Connection

from desk.settlements.match_choosing import gives_back, of_g3
from desk.settlements.recording import Recorder, record
from desk.taking import Desk
from ledger import regions
from ledger.errors import BookError
from ledger.money import from_fen, grouped
from ledger.people.masks import masked_id
from ledger.settlements import matching
from ledger.settlements.institutions import designated, designations
from ledger.settlements.matching import Done, Found
from ledger.settlements.originals import reversal_of
from ledger.settlements.results import MADE_UP, NETWORKED, Result, Share
from posting_rules.personal import clause, fund_of_accounts

Seen = TypeVar("Seen", Found, Done)
LONGEST = 60  # characters of a serial
LATEST = "9999-12-31 00:00:00"
RELATION = "不详"  # the other side's list does not say who was treated


def reverse(
    connection: Connection, desk: Desk, month: str, lines: Sequence[str]
) -> list[int]:
    """Take lines of ours back whole, at the command's time; the postings' ids.

    BookError where one cannot be reversed, or the other side sent no list at all.
    """
    document_id = matching.latest_list(connection, month)
    if document_id is None:
        raise BookError(
            f"{month}没有对方结算清单（G9），不能判定我方多记；请先导入对方的清单"
        )
    at = desk.actor.at[:19].replace("T", " ")
    made = []
    for line in lines:
        back = reversal_of(connection, line, line, at)
        serial = _new_serial(connection, line, "CZ", back.shares[0].payer_id)
        made.append(back._replace(serial=serial, sheet="", row=0, note="单边账冲正"))
    [(sha256, name)] = matching.documents(connection, [document_id]).values()
    return record(connection, desk, document_id, sha256, name, made)


def irreversible(connection: Connection, line: str) -> str:
    """Why a line of ours cannot be reversed whole, "" where it can."""
    try:
        reversal_of(connection, line, line, LATEST)
    except BookError as error:
        return str(error)
    return ""


def refused(
    connection: Connection, rows: Iterable[Found], institution: str = ""
) -> dict[Found, str]:
    """Which rows cannot be made up, and why: they must be charges, there must be an
    account with money, and an institution that is named must be designated at 就医地
    on the day."""
    rows = list(rows)
    found = {row: of_g3(row) for row in rows if gives_back(row)}
    rows = [row for row in rows if row not in found]
    if institution:
        found |= elsewhere(connection, rows, institution)
    rows = [row for row in rows if row not in found]
    free = matching.free_money(connection, [row.payer_id for row in rows])
    for row in rows:
        key, due = (row.payer_id, row.payer_region), row.theirs or 0
        place = row.payer_region + regions.name(row.payer_region)
        if key not in free:
            found[row] = f"授权人{masked_id(row.payer_id)}在{place}没有可用的个人账户"
        elif due > max(0, free[key]):
            found[row] = (
                f"授权人{masked_id(row.payer_id)}（{place}）个人账户可用余额"
                f"{_yuan(max(0, free[key]))}元，不足{_yuan(due)}元"
            )
        else:
            free[key] -= due
    return found


def elsewhere(
    connection: Connection, rows: Sequence[Seen], institution: str
) -> dict[Seen, str]:
    """Rows that an institution cannot have treated, and why."""
    roster = designations(connection).get(institution, ())
    found = {}
    for row in rows:
        held = designated(roster, row.at[:10])
        if held is None or held.region != row.place:
            at = held and f"在{held.region}{regions.name(held.region)}"
            why = at or "不在定点医药机构名册中"
            article = clause(row.payer_region, "designated")
            place = row.place + regions.name(row.place)
            found[row] = (
                f"机构{institution}在{row.at[:10]}{why}，应为就医地{place}的定点机构"
                f"（{article}）"
            )
    return found


def post(
    connection: Connection, desk: Desk, rows: Iterable[Found], institution: str = ""
) -> list[int]:
    """Make up rows of theirs, dated today; the postings' ids, one a list and month."""
    by_document: dict[int, list[Found]] = defaultdict(list)
    for row in rows:
        by_document[row.document_id].append(row)
    named = matching.documents(connection, list(by_document))
    desk = desk._replace(post_on=desk.actor.on)
    ids = []
    for document_id, mine in sorted(by_document.items()):
        taken: set[str] = set()
        made = [_made_up(connection, row, taken, institution) for row in mine]
        sha256, name = named[document_id]
        recorder = Recorder(
            connection, desk, document_id, sha256, name, _marks(connection, made)
        )
        for result in made:
            recorder.add(result)
        ids += recorder.finish()
    return ids


def _made_up(
    connection: Connection, row: Found, taken: set[str], institution: str
) -> Result:
    """Their row as a line of ours: the grantor's account pays all of it."""
    serial, amount = row.serial, row.theirs or 0
    if serial in taken or matching.serial_taken(connection, serial):
        serial = _new_serial(connection, serial, "BJ", row.payer_id, taken)
    taken.add(serial)
    return Result(
        sheet=row.sheet,
        row=row.row or 0,
        serial=serial,
        at=row.at,
        act=MADE_UP,
        original=row.serial if serial != row.serial else "",
        original_month=row.at[:7] if serial != row.serial else "",
        person_id=row.payer_id,
        region=row.payer_region,
        fund=fund_of_accounts(row.payer_region),
        status=matching.status_of(connection, row.payer_id),
        channel=NETWORKED,
        institution=institution,
        place=row.place,
        category=MADE_UP,
        total=amount,
        in_policy=0,
        deductible=0,
        pooled=0,
        other=0,
        own=0,
        shared=amount,
        cash=0,
        deducted_before=0,
        paid_before=0,
        taken=True,
        differences="",
        late=False,
        note="单边账补记",
        shares=(Share(1, row.payer_id, row.payer_region, RELATION, amount),),
    )


def _marks(connection: Connection, made: Sequence[Result]) -> dict[str, str]:
    """Movements of a 补记 have a key of their own: the bill itself may come later."""
    return {
        result.serial: next(
            mark
            for mark in _numbered("BJ")
            if not matching.moved(
                connection, result.person_id, f"{result.serial}|{mark}"
            )
        )
        for result in made
    }


def _new_serial(
    connection: Connection,
    serial: str,
    mark: str,
    payer_id: str,
    taken: set[str] = set(),
) -> str:
    """A serial of our own: SERIAL-CZ, with a number where that was used before."""
    for end in _numbered(mark):
        new = f"{serial[: LONGEST - len(end) - 1]}-{end}"
        used = new in taken or matching.serial_taken(connection, new)
        if not used and not matching.moved(connection, payer_id, new):
            return new
    raise AssertionError("numbers do not end")


def _numbered(mark: str) -> Iterator[str]:
    """CZ, CZ2, CZ3 …"""
    yield mark
    for number in count(2):
        yield f"{mark}{number}"


def _yuan(fen: int) -> str:
    return grouped(from_fen(fen))
