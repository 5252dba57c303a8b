"""F0: from opening balances to one voucher a book (X1).

Every line on its printed side; no income or expenditure of the year.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Callable, NoReturn, Sequence

from ledger import books, regions
from ledger.documents import Opening
from ledger.errors import BookError, Fault, SourceError, UsageError
from ledger.funds import fund_names
from ledger.subjects import Subject, kept_in, subject
from ledger.vouchers import CREDIT, DEBIT, Line, Posting, Voucher, cut
from posting_rules.policies import Policy, entry_named

EVENT = "opening"
PROFIT_AND_LOSS = ("Income:", "Expenses:")
DIMENSIONS = {
    "county": "本市州的县区",
    "city": "本省的市州或省本级",
    "province": "外省",
}


def settled(policy: Policy, line: Opening) -> Opening:
    """The line with subject as the table prints it, detail as a code, fund and day.

    An empty 险种 is the first one listed; an empty 截止日期 the day before the
    policy's first day. Raises SourceError with the place of what does not fit.
    """
    try:
        books.book_id(line.book)
    except UsageError as error:
        wanted = "已开设的账套（yibao book list 列出）"
        _refuse(line, "账簿", line.book, wanted, str(error))
    try:
        kept = subject(line.subject)
    except BookError as error:
        _refuse(line, "科目", line.subject, "科目表里的科目", str(error))
    if not kept_in(kept, line.book):
        name = books.book_name(line.book)
        _refuse(line, "科目", line.subject, f"{line.book}（{name}）的科目")
    if kept.account.startswith(PROFIT_AND_LOSS):
        _refuse(
            line, "科目", line.subject, "资产、负债、净资产科目；期初没有收入和支出"
        )
    line = line._replace(
        fund=line.fund or next(iter(fund_names())),
        cutoff=line.cutoff or policy.from_day - timedelta(days=1),
    )
    return line._replace(subject=kept.printed, detail=_detail(policy, line, kept))


def posting(
    policy: Policy,
    book: str,
    lines: Sequence[Opening],
    *,
    source: Callable[[Sequence[Opening]], str],
) -> Posting:
    """A book's opening voucher, dated the day after 截止日期; lines are settled."""
    entry = entry_named(policy, "X1")
    cutoff = lines[0].cutoff
    for line in lines[1:]:
        if line.cutoff != cutoff:
            _refuse(line, "截止日期", str(line.cutoff), f"与同一账套的{cutoff}相同")
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
        event=EVENT,
        scope="",
        period="",
        quarter="",
        payee="",
        narration=entry.summary.format(cutoff=cutoff),
        lines=cut(made),
        attachments=1,
        source=source(lines),
    )
    return Posting(f"F0|{book}", "opn", "", EVENT, (voucher,))


def _detail(policy: Policy, line: Opening, kept: Subject) -> str:
    """The region of a detail, given by code or name; it must fit the dimension."""
    if not kept.detail:
        if line.detail:
            _refuse(line, "辅助明细", line.detail, "空；这个科目没有辅助明细")
        return ""
    codes = {regions.today_code(line.detail, line.cutoff)} - {None}
    codes = codes or set(regions.codes_named(line.detail))
    home = line.book.partition("-")[0]
    fit = [code for code in codes if fits(code, kept.detail, home, policy.province)]
    if len(fit) != 1:
        _refuse(
            line,
            "辅助明细",
            line.detail or "空",
            f"{DIMENSIONS[kept.detail]}的代码或名称",
        )
    return fit[0]


def fits(code: str, dimension: str, home: str, province: str) -> bool:
    """Whether a region may be a detail of a dimension in the books of `home`."""
    level = regions.level(code)
    if dimension == "county":
        return level == "county" and regions.parent(code) == home
    if dimension == "province":
        return level == "province" and code != province
    inside = regions.province_of(code) == province
    return inside and (level == "city" or code == regions.own_people(province))


def _refuse(
    line: Opening, column: str, found: str, expected: str, why: str = ""
) -> NoReturn:
    message = f"“{line.sheet}”第{line.row}行：{column}“{found}”，应为{expected}"
    message += f"：{why}" if why else ""
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )
