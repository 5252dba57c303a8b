"""What every form's taker shares: the desk it works at, and what it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Callable, NamedTuple, NoReturn

from sqlalchemy import Connection

from desk.progress import Tell, silently
from importers.faults import place
from ledger import postings, settings
from ledger.advances.bank_accounts import masked
from ledger.documents import SourceDocument
from ledger.errors import BookError, Fault, SourceError
from ledger.postings import BY_RULE, Actor, Recorded
from ledger.vouchers import Posting
from posting_rules.policies import Policy, policy_of


class Desk(NamedTuple):
    """What a taker needs besides the database and the document."""

    province: str
    reading: Callable[[date], str]
    actor: Actor
    post_on: date | None
    by_rule: bool
    tell: Tell = silently
    late: bool = False  # bills older than what their family has settled are taken

    @property
    def policy(self) -> Policy:
        """The province's advance policy; RuleError where none governs it."""
        return policy_of(self.province)

    def dated(self, posting: Posting) -> Posting:
        """The posting as --post-on wants it; the business days stay."""
        if self.post_on is None:
            return posting
        latest = max(voucher.occurred_on for voucher in posting.vouchers)
        if self.post_on < latest:
            raise BookError(
                f"凭证日期{self.post_on}早于业务日期{latest}；"
                "--post-on 应是业务日期或其后的一天"
            )
        return posting._replace(
            vouchers=tuple(v._replace(dated=self.post_on) for v in posting.vouchers)
        )


def desk_of(
    connection: Connection,
    actor: Actor,
    post_on: date | None = None,
    late: bool = False,
) -> Desk:
    """The desk at which somebody works in a home: its province, reading, review."""
    reading = settings.dated(connection, "reading")
    return Desk(
        province=settings.province(connection),
        reading=lambda on: reading(on) or "printed",
        actor=actor,
        post_on=post_on,
        by_rule=settings.value(connection, "review", actor.on) == "by-rule",
        late=late,
    )


@dataclass
class Taken:
    """What a taker did with a document's lines; `warnings` is asked after approval."""

    new: int = 0
    known: int = 0
    completed: int = 0
    posting_ids: list[int] = field(default_factory=list)
    warnings: Callable[[Connection], list[str]] = lambda connection: []


def approved(
    connection: Connection, desk: Desk, posting_ids: list[int], draft: bool
) -> tuple[list[Recorded], str]:
    """Approve by rule what a file made, or leave its drafts; the vouchers, a status."""
    if posting_ids and desk.by_rule and not draft:
        approver = Actor(BY_RULE, desk.actor.at)
        return postings.approve(connection, posting_ids, approver), "posted"
    made = postings.recorded(connection, posting_ids)
    return made, "draft" if posting_ids else "posted"


def place_of(document: SourceDocument, line) -> str:
    """Where a line stands in its file; a csv has no sheet to name."""
    return place(document.name, line.sheet, line.row)


def other_content(
    document: SourceDocument, line, known, titles: dict[str, str]
) -> NoReturn:
    """Refuse a line whose key is taken by a line with other content."""
    field_name = next(
        name
        for name in titles
        if said(getattr(line, name)) != said(getattr(known.line, name))
    )
    column = titles[field_name]
    shown = masked if field_name.endswith("account") else str
    found = shown(getattr(line, field_name) or "") or "空"
    expected = shown(getattr(known.line, field_name) or "") or "空"
    posted = any(id is not None for id in known.posting_ids)
    act = (
        "先冲销原业务（yibao voucher reverse）"
        if posted
        else "先撤回原表中没有凭证的行（yibao document withdraw）"
    )
    message = (
        f"{place_of(document, line)}：这一行已经{'入账' if posted else '登记'}，"
        f"但{column}现为“{found}”，原为“{expected}”；"
        f"要更正请{act}，再导入"
    )
    raise SourceError(
        message + "\n本文件没有入账。",
        [Fault(line.sheet, line.row, column, found, expected, message)],
    )


def same_text(line, sheet_and_row: int = 2) -> tuple:
    """A line's content without its place, for comparing with a stored line."""
    return tuple(said(value) for value in line[sheet_and_row:])


def said(value):
    """A cell's content for comparing: periods as text, nothing as ""."""
    if isinstance(value, tuple):
        return str(value)
    return "" if value is None else value
