"""`yibao voucher reverse`: 红字冲销, linked both ways, once.

A voucher of an earlier year is not reversed in red: the remedy is a blue voucher
in the open year, proposed here and made with `blue` (BOOKS.md, 会计基础工作规范).
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection, select

from desk.advances import clearing_notices, notice_payments
from desk.people import undoing_batches
from desk.taking import desk_of
from desk.vouchers import check_words, found, voucher_lines, voucher_name
from ledger import postings, settings
from ledger.advances.clearing_standing import touched
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.money import grouped
from ledger.postings import BY_RULE, POSTING, VOUCHER, Actor, Recorded
from ledger.vouchers import CREDIT, DEBIT, Line, Posting, Voucher


def reverse(
    home: Home,
    actor: Actor,
    name: str,
    on: date,
    reason: str,
    *,
    blue: bool = False,
    dry_run: bool = False,
) -> list[Recorded]:
    """Reverse every voucher of the named one's posting, in all books.

    Made by rule from the originals, so approved as `reversal-review` says; blue
    vouchers, and reversals of vouchers by hand, are always drafts. Movements on
    personal accounts are taken back with them; what is no longer there is a claim.
    """
    if not reason.strip():
        raise UsageError("--reason 不能为空：冲销要说明原因")
    check_words(reason)
    with home.writing(keep=not dry_run) as connection:
        originals = _originals(connection, name)
        vouchers = {
            posting.id: vouchers_of(connection, posting.id) for posting in originals
        }
        _check_days(connection, vouchers, on, blue)
        undone = [
            batch
            for posting in originals
            for batch in undoing_batches.begin(connection, posting.id, on, actor)
        ]
        unit = f"reverse|{originals[0].id}"  # both legs are one unit
        made = [
            reversal(connection, unit, posting, vouchers[posting.id], on, reason, blue)
            for posting in originals
        ]
        made = undoing_batches.with_claims(connection, made, undone)
        lines = touched(connection, [posting.id for posting in originals])
        by_hand = blue or any(posting.manual for posting in originals)
        ids = postings.record(connection, made, actor, manual=by_hand)
        undoing_batches.end(connection, undone, dict(zip(vouchers, ids)))
        if approved_by_rule(connection, actor.on) and not by_hand:
            result = postings.approve(connection, ids, Actor(BY_RULE, actor.at))
        else:
            result = postings.recorded(connection, ids)
        notice_payments.settle(connection, actor, on=on)
        desk = desk_of(connection, actor)
        clearing_notices.follow(connection, desk, lines, on, f"冲销：{reason}")
    if not dry_run:
        print_changed(home)
    return result


def _originals(connection: Connection, name: str) -> list:
    """The approved postings of a voucher's unit; refused when reversed already."""
    row = found(connection, name)
    if row.state != "approved":
        raise BookError(f"{voucher_name(row)}还没有审核，不用冲销；草稿可以退回")
    if row.posting_reverses_id is not None:
        raise BookError(
            f"{voucher_name(row)}本身是冲销凭证，不能再冲销；请重新导入或录入原业务"
        )
    every = postings.unit_postings(connection, row.posting_id)
    reversal = connection.execute(
        select(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(
            POSTING.c.reverses_id.in_([posting.id for posting in every]),
            POSTING.c.state != "rejected",
        )
        .order_by(VOUCHER.c.id)
    ).first()
    if reversal is not None:
        raise BookError(
            f"{voucher_name(row)}已由{voucher_name(reversal)}冲销，没有重复冲销"
        )
    drafts = [posting for posting in every if posting.state == "draft"]
    if drafts:
        raise BookError(
            f"{voucher_name(row)}所在业务还有待审核的草稿（^{row.tag}）；"
            "请先审核或退回，再冲销"
        )
    return every


def vouchers_of(connection: Connection, posting_id: int) -> list:
    """The vouchers of a posting as they are stored, in the order of recording."""
    return connection.execute(
        select(VOUCHER).where(VOUCHER.c.posting_id == posting_id).order_by(VOUCHER.c.id)
    ).all()


def _check_days(
    connection: Connection, vouchers: dict[int, list], on: date, blue: bool
) -> None:
    every = [voucher for group in vouchers.values() for voucher in group]
    latest = max(voucher.dated for voucher in every)
    if on < latest:
        raise BookError(f"冲销日期{on}早于原凭证的{latest}；请用 --on 给出其后的日期")
    earlier = [voucher for voucher in every if voucher.year < on.year]
    if blue and not earlier:
        raise BookError("本年度的凭证作红字冲销，不作蓝字更正；请去掉 --blue")
    if earlier and not blue:
        raise BookError(
            f"{voucher_name(earlier[0])}属于{earlier[0].year}年，以前年度的凭证"
            f"不作红字冲销；可在{on.year}年作蓝字更正，加 --blue 即生成下列草稿：\n"
            + "\n".join(_proposal(connection, voucher) for voucher in every)
        )


def _proposal(connection: Connection, voucher) -> str:
    lines = [
        f"    {line.side} {line.subject}"
        f"{f'（{line.detail}）' if line.detail else ''} {grouped(line.amount)}"
        for line in map(_blue, voucher_lines(connection, voucher.id))
    ]
    return "\n".join([f"  {voucher.book_id}：更正{voucher_name(voucher)}", *lines])


def reversal(
    connection: Connection,
    unit: str,
    original,
    vouchers: Sequence,
    on: date,
    reason: str,
    blue: bool = False,
    occurred_on: date | None = None,
) -> Posting:
    """What takes an original posting back, in red or in blue, with its link.

    It undoes what happened on the original's 业务日期, unless another is given.
    """
    verb = "更正" if blue else "注销"
    made = [
        Voucher(
            book=voucher.book_id,
            dated=on,
            occurred_on=occurred_on or voucher.occurred_on,
            rule=voucher.rule,
            basis=voucher.basis,
            event=voucher.event,
            scope=voucher.scope,
            period=voucher.period,
            quarter=voucher.quarter,
            payee=voucher.payee,
            narration=_narration(verb, voucher, blue, reason),
            lines=tuple(
                map(_blue if blue else _red, voucher_lines(connection, voucher.id))
            ),
            attachments=0,
            evidence=voucher.evidence,
            source=voucher_name(voucher),
            reverses_id=voucher.id,
            red=not blue,
        )
        for voucher in vouchers
    ]
    return Posting(
        unit=unit,
        link="rev",
        leg=original.leg,
        event=original.event,
        vouchers=tuple(made),
        reverses_id=original.id,
        tag_of=original.tag,
    )


def _narration(verb: str, voucher, blue: bool, reason: str) -> str:
    day = f"{voucher.year}年" if blue else ""
    day += f"{voucher.month}月{voucher.dated.day}日"
    return f"{verb}{day}{voucher.word}-{voucher.number}号凭证：{reason}"


def _red(line) -> Line:
    return Line(line.side, line.subject, line.detail, line.fund, -line.amount)


def _blue(line) -> Line:
    """What takes a line back in blue: its amount on the other side, or a red line's
    amount on its own."""
    if line.amount < 0:
        return _red(line)
    return _red(line)._replace(side=_other(line.side), amount=line.amount)


def _other(side: str) -> str:
    return CREDIT if side == DEBIT else DEBIT


def approved_by_rule(connection: Connection, on: date) -> bool:
    """Whether red vouchers need no second person (reversal-review, else review)."""
    review = settings.value(connection, "reversal-review", on)
    review = review or settings.value(connection, "review", on)
    return review == "by-rule"
