"""F0: opening balances, one posting a book (X1)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import partial

from sqlalchemy import Connection

from desk.taking import Desk, Taken, other_content, same_text
from importers.faults import place
from ledger import books, postings, sources, standing
from ledger.documents import Opening, SourceDocument, source_text
from ledger.errors import BookError, Fault, SourceError
from ledger.vouchers import Posting
from posting_rules import openings

TITLES = {"cutoff": "截止日期", "debit": "借方余额", "credit": "贷方余额"}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Post each book's opening lines; a book's balances are recorded once, whole."""
    lines = [openings.settled(desk.policy, line) for line in document.lines]
    _refuse_equal(lines)
    known = {
        _key(row.line): row
        for row in sources.known_lines(
            connection, "F0", "book", {line.book for line in lines}
        )
    }
    by_book: dict[str, list[Opening]] = defaultdict(list)
    for line in lines:
        there = known.get(_key(line))
        if there is None:
            by_book[line.book].append(line)
        elif same_text(line) != same_text(there.line):
            other_content(document, line, there, TITLES)
    for book, new in sorted(by_book.items()):
        books.require(connection, book)
        if any(key[0] == book for key in known):
            _refuse_addition(new[0])
    made = [
        desk.dated(
            openings.posting(
                desk.policy, book, new, source=partial(source_text, document.name)
            )
        )
        for book, new in sorted(by_book.items())
    ]
    _check_first(connection, made)
    ids = postings.record(
        connection,
        made,
        desk.actor,
        document_id=document_id,
        sha256=document.sha256,
    )
    new_lines, posting_ids = [], []
    for (_, new), posting_id in zip(sorted(by_book.items()), ids):
        new_lines += new
        posting_ids += [(posting_id,)] * len(new)
    sources.insert_lines(connection, "F0", document_id, new_lines, posting_ids)
    return Taken(new=len(new_lines), known=len(lines) - len(new_lines), posting_ids=ids)


def _check_first(connection: Connection, made: list[Posting]) -> None:
    """Opening balances come before every other voucher of their book."""
    days: dict[str, date] = {
        voucher.book: voucher.dated for posting in made for voucher in posting.vouchers
    }
    for book, first in standing.first_days(connection, sorted(days)).items():
        if first < days[book]:
            raise BookError(
                f"{book}在{first}已有凭证，早于期初余额的{days[book]}；"
                "期初余额应在首笔业务之前录入"
            )


def _refuse_equal(lines: list[Opening]) -> None:
    """One subject, detail and fund of a book stands once, whatever its name."""
    first: dict[tuple, Opening] = {}
    for line in lines:
        before = first.setdefault(_key(line), line)
        if before is not line:
            expected = "每个科目、辅助明细、险种一行"
            message = (
                f"{place('', line.sheet, line.row)}：科目“{line.subject}”"
                f"与第{before.row}行是同一科目、辅助明细和险种，应为{expected}"
            )
            raise SourceError(
                message,
                [Fault(line.sheet, line.row, "科目", line.subject, expected, message)],
            )


def _refuse_addition(line: Opening):
    expected = "原期初余额中的一行；要补录请先冲销原期初凭证，再整份导入"
    found = f"{line.subject} {line.detail}".strip()
    message = (
        f"{place('', line.sheet, line.row)}：账套{line.book}的期初余额已经录入，"
        f"科目“{found}”不在其中，应为{expected}"
    )
    raise SourceError(
        message, [Fault(line.sheet, line.row, "科目", found, expected, message)]
    )


def _key(line: Opening) -> tuple:
    return (line.book, line.subject, line.detail, line.fund)
