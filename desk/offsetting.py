"""`yibao offset PERIOD`: X12 for the stranded pair of the printed reading.

2.1.2 credits 暂付款——各县、区 where 2.2.2 debits 暂收款——各县、区; the smaller of the
two, county by county and fund by fund, is set off (RULES.md, reading 1).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection

from ledger import postings, settings, standing
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.periods import Month, Quarter
from ledger.postings import BY_RULE, POSTING, VOUCHER, Actor, Recorded
from ledger.subjects import subject
from ledger.vouchers import Posting, Voucher
from posting_rules.clearings import EVENT as CLEARING
from posting_rules.entries import Share, lines, printed_period
from posting_rules.policies import Entry, Policy, entry_named, policy_of


def offset(
    home: Home,
    actor: Actor,
    period: Month | Quarter,
    on: date,
    *,
    draft: bool = False,
    dry_run: bool = False,
) -> list[Recorded]:
    """Set off what clearing up to a period left standing in every city's book.

    Returns the vouchers; none when nothing stands on both sides.
    """
    with home.writing(keep=not dry_run) as connection:
        policy = policy_of(settings.province(connection))
        entry = entry_named(policy, "X12")
        made = [
            _posting(connection, policy, entry, book, shares, period, on)
            for book, shares in _stranded(connection, entry, period, on).items()
        ]
        ids = postings.record(connection, made, actor)
        by_rule = settings.value(connection, "review", actor.on) == "by-rule"
        if by_rule and not draft:
            result = postings.approve(connection, ids, Actor(BY_RULE, actor.at))
        else:
            result = postings.recorded(connection, ids)
    if not dry_run:
        print_changed(home)
    return result


def _stranded(
    connection: Connection, entry: Entry, period: Month | Quarter, on: date
) -> dict[str, list[Share]]:
    """By book: the smaller of the pair, by county and fund.

    Clearing counts for 清算期 up to `period`, whenever it was confirmed until `on`.

    What an offset took that still waits for its approval is taken.
    """
    paid, received = (
        subject(template[0][0]).printed for template in (entry.debit, entry.credit)
    )
    waiting = (
        (POSTING.c.state == "draft")
        & (POSTING.c.event == entry.events[0])
        & POSTING.c.reverses_id.is_(None)
    )
    stranded: dict[str, list[Share]] = defaultdict(list)
    for (book, detail, fund), amount in standing.set_against(
        connection,
        paid,
        received,
        VOUCHER.c.number.is_not(None) | waiting,
        (VOUCHER.c.event == entry.events[0])
        | (
            (VOUCHER.c.dated <= on)
            & ((VOUCHER.c.event != CLEARING) | _cleared_by(period))
        ),
    ).items():
        stranded[book].append(Share(fund, detail, amount))
    return stranded


def _cleared_by(period: Month | Quarter):
    """Whether a clearing voucher's 清算期 ends with `period` or before it."""
    quarter = period.quarter
    if period == quarter:
        return VOUCHER.c.quarter <= str(quarter)
    ended = [str(month) for month in quarter.months if month <= period]
    if len(ended) == len(quarter.months):
        ended.append(str(quarter))
    return (VOUCHER.c.quarter < str(quarter)) | VOUCHER.c.period.in_(ended)


def _posting(
    connection: Connection,
    policy: Policy,
    entry: Entry,
    book: str,
    shares: list[Share],
    period: Month | Quarter,
    on: date,
) -> Posting:
    unit = f"X12|{book}|{period}"
    taken = standing.live_parts(connection, {unit})
    voucher = Voucher(
        book=book,
        dated=on,
        occurred_on=on,
        rule=policy.rule(entry),
        basis=policy.basis(entry),
        event=entry.events[0],
        scope="",
        period=str(period),
        quarter=str(period.quarter),
        payee="",
        narration=entry.summary.format(period=printed_period(period)),
        lines=lines(entry, {"each payer": shares}),
        attachments=0,
        source=f"yibao offset {period}",
    )
    unit = standing.free_unit(unit, taken)
    return Posting(unit, "off", "", entry.events[0], (voucher,))
