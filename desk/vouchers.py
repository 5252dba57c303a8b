"""`yibao voucher`: list, show, new, approve, reject, reverse.

Vouchers are named BOOK/2017-04/12, drafts #ID. Approving, rejecting and reversing
act on the whole posting: all vouchers that one source unit made, in all books.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Callable, NamedTuple, Sequence

from sqlalchemy import Connection, select

from desk.advances import clearing_notices, notice_payments
from desk.advances.clearing_postings import beyond_advance
from desk.people import account_interest
from desk.taking import desk_of
from ledger import books, postings, regions, settings
from ledger.advances.clearing_standing import Touched, touched
from ledger.book_files import print_changed
from ledger.database import Home, next_id
from ledger.errors import BookError, UsageError
from ledger.funds import fund_codes
from ledger.postings import LINE, POSTING, VOUCHER, Actor, Recorded
from ledger.subjects import subject
from ledger.vouchers import CREDIT, DEBIT, Line, Posting, Voucher, cut
from posting_rules.money_rules import check_fee
from posting_rules.openings import DIMENSIONS, fits
from posting_rules.policies import advance_policy

NAME = re.compile(r"([0-9a-z-]+)/([0-9]{4})-([0-9]{2})/([0-9]{1,9})")
SURROGATE = re.compile("[\ud800-\udfff]")
DRAFT = re.compile(r"#([0-9]{1,9})")


class ManualLine(NamedTuple):
    """A line as the command line gives it: 科目, amount; @明细 and #险种 behind it."""

    subject: str
    amount: Decimal


def found(connection: Connection, name: str):
    """The voucher of that name with its posting; BookError when there is none."""
    query = select(
        VOUCHER,
        POSTING.c.state,
        POSTING.c.live,
        POSTING.c.manual,
        POSTING.c.tag,
        POSTING.c.reason,
        POSTING.c.reverses_id.label("posting_reverses_id"),
    ).join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
    if match := DRAFT.fullmatch(name):
        query = query.where(VOUCHER.c.id == int(match[1]))
    elif match := NAME.fullmatch(name):
        query = query.where(
            VOUCHER.c.book_id == match[1],
            VOUCHER.c.year == int(match[2]),
            VOUCHER.c.month == int(match[3]),
            VOUCHER.c.number == int(match[4]),
        )
    else:
        raise UsageError(
            f"“{name}”不是凭证；凭证写作 520102-county-agency/2017-04/12，草稿写作 #12"
        )
    row = connection.execute(query).first()
    if row is None:
        raise BookError(f"没有凭证“{name}”；yibao voucher list 列出凭证")
    return row


def voucher_name(row) -> str:
    """BOOK/2017-04/12, or #ID for what has no number."""
    if row.number is None:
        return f"#{row.id}"
    return f"{row.book_id}/{row.year}-{row.month:02d}/{row.number}"


def voucher_lines(connection: Connection, voucher_id: int) -> list:
    return connection.execute(
        select(LINE).where(LINE.c.voucher_id == voucher_id).order_by(LINE.c.position)
    ).all()


def list_vouchers(
    connection: Connection,
    book: str | None = None,
    state: str | None = None,
    month: tuple[int, int] | None = None,
) -> list:
    """Vouchers with their posting's state, by book, day and number."""
    query = (
        select(VOUCHER, POSTING.c.state, POSTING.c.live, POSTING.c.tag)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .order_by(VOUCHER.c.book_id, VOUCHER.c.dated, VOUCHER.c.number, VOUCHER.c.id)
    )
    if book:
        query = query.where(VOUCHER.c.book_id == books.require(connection, book))
    if state:
        query = query.where(POSTING.c.state == state)
    if month:
        query = query.where(VOUCHER.c.year == month[0], VOUCHER.c.month == month[1])
    return connection.execute(query).all()


def new_voucher(
    home: Home,
    actor: Actor,
    book: str,
    on: date,
    *,
    narration: str,
    debit: Sequence[ManualLine],
    credit: Sequence[ManualLine],
    fund: str,
    payee: str = "",
    basis: str = "",
    attachments: int = 1,
    dry_run: bool = False,
) -> Recorded:
    """A voucher by hand, for what no form brings; always a draft (reading 13)."""
    if not narration.strip():
        raise UsageError("摘要不能为空（会计基础工作规范第五十一条）")
    check_words(narration, payee, basis)
    with home.writing(keep=not dry_run) as connection:
        books.require(connection, book)
        province = settings.province(connection)
        policy = advance_policy(province)
        lines = [
            _manual_line(province, book, side, line, fund, on)
            for side, group in ((DEBIT, debit), (CREDIT, credit))
            for line in group
        ]
        if policy:
            check_fee(policy, narration, lines)
        region = book.partition("-")[0]
        account_interest.check(connection, region, lines, on)
        voucher = Voucher(
            book=book,
            dated=on,
            occurred_on=on,
            rule="",
            basis=basis,
            event="manual",
            scope="",
            period="",
            quarter="",
            payee=payee,
            narration=narration,
            lines=cut(lines),
            attachments=attachments,
            source="手工录入",
        )
        if not voucher.lines:
            raise UsageError("凭证没有分录；用 --debit 和 --credit 各给出科目与金额")
        unit = f"manual|{next_id(connection, POSTING)}"
        posting = Posting(unit, "man", "", "manual", (voucher,))
        ids = postings.record(connection, [posting], actor, manual=True)
        account_interest.share_out(connection, region, lines, on, ids[0], actor)
        return postings.recorded(connection, ids)[0]


def approve(
    home: Home,
    actor: Actor,
    names: Sequence[str],
    dry_run: bool = False,
    warn: Callable[[str], None] = lambda warning: None,
) -> list[Recorded]:
    """Approve the drafts of the named vouchers' postings, and print the books.

    `warn` hears what an import says after posting by rule: X10.
    """
    with home.writing(keep=not dry_run) as connection:
        ids = sorted(
            {
                posting.id
                for name in names
                for posting in _drafts(connection, found(connection, name))
            }
        )
        lines = touched(connection, ids)
        made = postings.approve(connection, ids, actor)
        clearing_notices.follow(connection, desk_of(connection, actor), lines, actor.on)
        for odd in notice_payments.after_approval(connection, actor, ids):
            warn(odd)
        if advance_policy(settings.province(connection)):
            desk = desk_of(connection, actor)
            for warning in beyond_advance(connection, desk, ids):
                warn(warning)
    if not dry_run:
        print_changed(home)
    return made


def reject(
    home: Home, actor: Actor, names: Sequence[str], reason: str, dry_run: bool = False
) -> list[int]:
    """Reject the drafts of the named vouchers' postings; their keys are free."""
    if not reason.strip():
        raise UsageError("--reason 不能为空：退回要说明原因")
    check_words(reason)
    rejected: list[int] = []
    lines: list[Touched] = []
    with home.writing(keep=not dry_run) as connection:
        for name in names:
            row = found(connection, name)
            if row.posting_id not in rejected:
                unit = postings.unit_postings(connection, row.posting_id)
                lines += touched(connection, [posting.id for posting in unit])
                rejected += postings.reject(connection, row.posting_id, actor, reason)
        desk = desk_of(connection, actor)
        clearing_notices.follow(connection, desk, lines, actor.on, f"退回：{reason}")
        notice_payments.settle(connection, actor)
    return rejected


def check_words(*texts: str) -> None:
    """UsageError for words that no file can hold: NUL, bytes that are no text."""
    for text in texts:
        if "\0" in text or not text.isascii() and SURROGATE.search(text):
            raise UsageError(f"{ascii(text)}里有不能保存的字符；请用 UTF-8 文字")


def _drafts(connection: Connection, row) -> list:
    drafts = [
        posting
        for posting in postings.unit_postings(connection, row.posting_id)
        if posting.state == "draft"
    ]
    if not drafts:
        raise BookError(
            f"{voucher_name(row)}已{postings.STATE_NAMES[row.state]}，只有草稿可以审核"
        )
    return drafts


def _manual_line(
    province: str, book: str, side: str, line: ManualLine, fund: str, on: date
) -> Line:
    """科目[@明细][#险种] and an amount as a voucher's line."""
    text, _, own_fund = line.subject.partition("#")
    text, _, detail = text.partition("@")
    kept = subject(text, on)
    if detail:
        code = regions.today_code(detail, on)
        if code is None:
            raise UsageError(f"辅助明细“{detail}”不是地区代码")
        home = book.partition("-")[0]
        if kept.detail and not fits(code, kept.detail, home, province):
            wanted = DIMENSIONS[kept.detail]
            raise BookError(
                f"科目“{kept.printed}”的辅助明细应为{wanted}，"
                f"这里是{code}{regions.name(code, on)}"
            )
        detail = code
    code = fund_codes().get(own_fund or fund)
    if code is None:
        raise UsageError(
            f"险种“{own_fund or fund}”不认识；例如 310 职工医保、390 居民医保"
        )
    return Line(side, kept.printed, detail, code, line.amount)
