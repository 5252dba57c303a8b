"""F0: opening balances, one voucher a book (X1)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import Connection

from desk.taking import Desk, Taken, other_content, same_text, source_text
from ledger import books, postings, regions, sources
from ledger.documents import Opening, SourceDocument
from ledger.errors import BookError, Fault, SourceError
from ledger.funds import fund_names
from ledger.subjects import Subject, subject
from ledger.vouchers import CREDIT, DEBIT, Line, Posting, Voucher, cut
from posting_rules.policies import Policy, entry_named

TITLES = {"cutoff": "截止日期", "debit": "借方余额", "credit": "贷方余额"}
PROFIT_AND_LOSS = ("Income:", "Expenses:")


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Post each book's new opening lines, dated the day after 截止日期."""
    lines = [_settled(desk, document, line) for line in document.lines]
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
    for book, new in by_book.items():
        books.require(connection, book)
        if any(key[0] == book for key in known):
            first = new[0]
            _refuse(
                document,
                first,
                "账簿",
                book,
                "一个账套的期初余额一次录全；要补录请先冲销原期初凭证，再整份导入",
            )
    made = [
        desk.dated(_posting(desk.policy, document, book, new))
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
    id_of = dict(zip(sorted(by_book), ids))
    new_lines = [line for book in sorted(by_book) for line in by_book[book]]
    sources.insert_lines(
        connection,
        "F0",
        document_id,
        new_lines,
        [(id_of[line.book],) for line in new_lines],
    )
    return Taken(new=len(new_lines), known=len(lines) - len(new_lines), posting_ids=ids)


def _settled(desk: Desk, document: SourceDocument, line: Opening) -> Opening:
    """The line with its subject as the table prints it and its detail as a code."""
    try:
        books.book_id(line.book)
        kept = subject(line.subject)
    except Exception as error:
        column = "账簿" if "账套" in str(error) else "科目"
        found = line.book if column == "账簿" else line.subject
        _refuse(document, line, column, found, str(error))
    if kept.account.startswith(PROFIT_AND_LOSS):
        _refuse(
            document, line, "科目", line.subject, "期初余额没有收入、支出科目（X1）"
        )
    fund = line.fund or next(iter(fund_names()))  # the first one listed
    cutoff = line.cutoff or desk.policy.from_day - timedelta(days=1)
    line = line._replace(cutoff=cutoff, fund=fund)
    detail = _detail(desk, document, line, kept)
    return line._replace(subject=kept.printed, detail=detail)


def _detail(desk: Desk, document: SourceDocument, line: Opening, kept: Subject) -> str:
    """The region of a detail, given by code or name; it must fit the dimension."""
    if not kept.detail:
        if line.detail:
            _refuse(document, line, "辅助明细", line.detail, "空；这个科目没有辅助明细")
        return ""
    codes = {regions.today_code(line.detail, line.cutoff)} - {None}
    codes = codes or set(regions.codes_named(line.detail))
    home = line.book.partition("-")[0]
    fit = [code for code in codes if _fits(code, kept.detail, home, desk.policy)]
    if len(fit) != 1:
        _refuse(
            document,
            line,
            "辅助明细",
            line.detail or "空",
            f"“{kept.printed}”的辅助明细，{DIMENSIONS[kept.detail]}的代码或名称",
        )
    return fit[0]


DIMENSIONS = {
    "county": "本市州的县区",
    "city": "本省的市州或省本级",
    "province": "外省",
}


def _fits(code: str, dimension: str, home: str, policy: Policy) -> bool:
    level = regions.level(code)
    if dimension == "county":
        return level == "county" and regions.parent(code) == home
    if dimension == "province":
        return level == "province" and code != policy.province
    inside = regions.province_of(code) == policy.province
    return inside and (level == "city" or code == regions.own_people(policy.province))


def _posting(
    policy: Policy, document: SourceDocument, book: str, lines: list[Opening]
) -> Posting:
    entry = entry_named(policy, "X1")
    cutoff = max(line.cutoff for line in lines)
    on = cutoff + timedelta(days=1)
    made = [
        Line(side, line.subject, line.detail, line.fund, amount)
        for line in lines
        for side, amount in ((DEBIT, line.debit), (CREDIT, line.credit))
    ]
    voucher = Voucher(
        book=book,
        dated=on,
        occurred_on=on,
        rule=policy.rule(entry),
        basis=policy.basis(entry),
        event="opening",
        scope="",
        period="",
        quarter="",
        payee="",
        narration=entry.summary.format(cutoff=cutoff),
        lines=cut(made),
        attachments=1,
        source=source_text(document.name, lines),
    )
    return Posting(f"F0|{book}", "opn", "", "opening", (voucher,))


def _check_first(connection: Connection, made: list[Posting]) -> None:
    """Opening balances come before every other voucher of their book."""
    days: dict[str, date] = {
        voucher.book: voucher.dated for posting in made for voucher in posting.vouchers
    }
    for book, first in postings.first_days(connection, sorted(days)).items():
        if first < days[book]:
            raise BookError(
                f"{book}在{first}已有凭证，早于期初余额的{days[book]}；"
                "期初余额应在首笔业务之前录入"
            )


def _key(line: Opening) -> tuple:
    return (line.book, line.subject, line.detail, line.fund)


def _refuse(
    document: SourceDocument, line: Opening, column: str, found: str, expected: str
):
    message = (
        f"{document.name}“{line.sheet}”第{line.row}行：{column}“{found}”，"
        f"应为{expected}"
    )
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )
