"""`yibao match PERIOD`: 单边账, ours against the other side's list (G9).

Rows that only one side has, or that differ, are listed with their age and what to do;
`--post` makes up what is missing here, `--reverse` takes back what is too much. A row
is resolved by the line that did it: undoing that opens it again.
依据：皖医保中心〔2024〕39号 二（四）
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.settlements import match_acts, match_list
from desk.settlements.match_choosing import (
    ALL,
    keeps,
    one_sided_charge,
    proposed,
    serials,
    voucher,
    why_not,
)
from desk.settlements.match_naming import name, unnamed
from desk.taking import Desk, approved
from ledger import settings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError
from ledger.money import from_fen
from ledger.periods import Month
from ledger.postings import Actor, Recorded
from ledger.settlements import matching
from ledger.settlements.matching import THEIRS_ONLY, Compared, Done, Found
from ledger.settlements.results import MADE_UP, REVERSAL

OPEN, RESOLVED, WAITING = "open", "resolved", "waiting"


class Row(NamedTuple):
    """A row of the list; what resolved it is the line `by` and its `voucher`."""

    kind: str  # ours_only, theirs_only, differ, posted, reversed
    serial: str
    payer_id: str
    place: str
    payer_region: str
    at: str
    act: str
    ours: Decimal | None
    theirs: Decimal | None
    age: int  # days
    proposed: str
    state: str
    by: str = ""
    voucher: str = ""


class Matched(NamedTuple):
    """What `match` found, and the vouchers of what it did."""

    period: Month
    agreed: tuple[int, Decimal]
    rows: list[Row]
    notes: list[str]
    file: str | None
    vouchers: list[Recorded]
    named: list[Row] = []  # of those posted before: the institution is named now

    @property
    def open(self) -> int:
        return sum(row.state == OPEN for row in self.rows)

    def of(self, kind: str) -> list[Row]:
        return [row for row in self.rows if row.kind == kind]


def match(
    home: Home,
    actor: Actor,
    period: Month,
    on: date,
    *,
    post: Sequence[str] = (),
    reverse: Sequence[str] = (),
    institution: str = "",
    dry_run: bool = False,
) -> Matched:
    """Compare a month, reverse and then make up what is asked for; 流水号 or ALL.

    A serial that cannot be done refuses the command; of ALL it stays open, with a
    note. What is made up names `institution`, where it is given; so does what was made
    up without one and is asked for again.
    """
    acting = bool(post or reverse)
    vouchers: list[Recorded] = []
    notes: list[str] = []
    later: list[Done] = []
    with home.writing(keep=acting and not dry_run) as connection:
        desk = _desk(connection, actor)
        compared = matching.compare(connection, str(period))
        if reverse:
            ids = _reverse(connection, desk, period, compared, reverse, notes)
            vouchers += approved(connection, desk, ids, False)[0]
            compared = _lacking_before(connection, period, compared)
        if post:
            old = unnamed(compared, post) if institution else {}
            later = name(connection, desk, old, institution)
            asked = ([serial for serial in post if serial not in old], institution)
            ids = _post(connection, desk, period, compared, asked, notes)
            vouchers += approved(connection, desk, ids, False)[0]
            compared = matching.compare(connection, str(period))
        rows = [_open(row, on) for row in compared.found]
        done = _done(connection, compared, on)
    named = {(row.line, row.payer_id) for row in later}
    named_now = [row for row in done if (row.by, row.payer_id) in named]
    if not compared.theirs:
        notes.append(f"{period}还没有对方结算清单（G9），列出的是我方全部")
    lines, fen = compared.agreed
    agreed = (lines, from_fen(fen))
    made = Matched(period, agreed, rows + done, notes, None, vouchers, named_now)
    if dry_run:
        return made
    if acting:
        print_changed(home)
    return made._replace(file=match_list.write(home, made, on))


def _lacking_before(
    connection: Connection, period: Month, before: Compared
) -> Compared:
    """Compare again after a reversal; what they have and we lack now is for `--post`
    only where it was a difference before."""
    known = {(row.serial, row.payer_id) for row in before.found}
    after = matching.compare(connection, str(period))
    kept = [
        row
        for row in after.found
        if row.kind != THEIRS_ONLY or (row.serial, row.payer_id) in known
    ]
    return after._replace(found=kept)


def _reverse(
    connection: Connection,
    desk: Desk,
    period: Month,
    compared: Compared,
    wanted: Sequence[str],
    notes: list[str],
) -> list[int]:
    """冲正 of our lines, each once, whatever rows name it; never of a bill of which
    another payer's row agrees."""
    ours = {row.line: row for row in compared.found if one_sided_charge(row)}
    named = serials(wanted)
    for serial in named:
        if serial not in ours or keeps(ours[serial]):
            raise BookError(why_not(connection, period, compared, serial, REVERSAL))
    if ALL not in wanted:
        return match_acts.reverse(connection, desk, str(period), named)
    lines = []
    for line, row in sorted(ours.items()):
        why = keeps(row) or match_acts.irreversible(connection, line)
        notes.extend([f"{why}；没有冲正"] if why else ())
        lines += [] if why else [line]
    return match_acts.reverse(connection, desk, str(period), lines) if lines else []


def _post(
    connection: Connection,
    desk: Desk,
    period: Month,
    compared: Compared,
    asked: tuple[Sequence[str], str],
    notes: list[str],
) -> list[int]:
    """补记 of what only the other side has; `asked` are 流水号 and an institution."""
    wanted, institution = asked
    able = [row for row in compared.found if row.kind == THEIRS_ONLY]
    named = serials(wanted)
    for serial in named:
        if serial not in {row.serial for row in able}:
            raise BookError(why_not(connection, period, compared, serial, MADE_UP))
    if ALL not in wanted:
        able = [row for row in able if row.serial in named]
    refused = match_acts.refused(connection, able, institution)
    said = [f"流水号{row.serial}：{why}，不能补记" for row, why in refused.items()]
    if said and ALL not in wanted:
        raise BookError("\n".join([*said[:10], "没有入账。"]))
    notes += said
    able = [row for row in able if row not in refused]
    return match_acts.post(connection, desk, able, institution)


def _open(row: Found, on: date) -> Row:
    return Row(
        row.kind,
        row.serial,
        row.payer_id,
        row.place,
        row.payer_region,
        row.at,
        row.act,
        None if row.ours is None else from_fen(row.ours),
        None if row.theirs is None else from_fen(row.theirs),
        (on - date.fromisoformat(row.at[:10])).days,
        proposed(row),
        OPEN,
    )


def _done(connection: Connection, compared: Compared, on: date) -> list[Row]:
    """The rows that were resolved; those of drafts wait for their approval."""
    names: dict[int | None, str] = {}
    rows = []
    for done in compared.done:
        if done.posting_id not in names:
            names[done.posting_id] = voucher(connection, done.posting_id)
        posted = done.act == MADE_UP
        rows.append(
            Row(
                "posted" if posted else "reversed",
                done.serial,
                done.payer_id,
                done.place,
                done.payer_region,
                done.at,
                done.act,
                from_fen(done.amount),
                from_fen(done.amount) if posted else None,
                (on - date.fromisoformat(done.at[:10])).days,
                "",
                WAITING if done.state == "draft" else RESOLVED,
                done.line,
                names[done.posting_id],
            )
        )
    return rows


def _desk(connection: Connection, actor: Actor) -> Desk:
    return Desk(
        province=settings.province(connection),
        reading=lambda on: "printed",  # of advances, which are not touched here
        actor=actor,
        post_on=None,
        by_rule=settings.value(connection, "review", actor.on) == "by-rule",
    )
