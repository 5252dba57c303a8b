"""F8: notices read back, and notices that came in from others.

A 文号 that is known says the same, or the file is refused; an unknown one is kept as a
notice that came in. 付款通知书 of other provinces are compared with the clearing list of
their month (附件一 三（一）), line by line; differences are told, never refused.

The paper does not say when it came in. It counts as issued on --post-on; without it on
the earliest day on which it can have been: the last of the month or quarter that it
settles, the first of the quarter that it is an advance for; never after its 期限 or
today. So every later step can be kept on the day on which it was taken.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterator, NoReturn, Sequence

from sqlalchemy import Connection

from desk.advances import received_corrections
from desk.advances.notice_files import VOID
from desk.taking import Desk, Taken
from importers.faults import Faults, Wrong
from ledger import regions
from ledger.advances import bank_accounts, notices
from ledger.advances.notice_sources import cleared_by_province
from ledger.advances.notices import RECEIVED, LineRow, NoticeRow
from ledger.documents import NoticeLine, SourceDocument
from ledger.errors import BookError
from ledger.money import NOTHING, grouped
from ledger.periods import Month
from posting_rules.notices import COMES_IN, ISSUED, PAYER, Kind, kind_named

TITLES = {
    "period": "期间",
    "region": "单位代码",
    "scope": "用途",
    "fund": "险种",
    "amount": "金额",
    "due_day": "期限",
    "payee_account": "收款账号",
}
ABROAD = "跨省"
PAYMENT = "payment-notice"  # what we have to pay to another province


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the notices that are unknown; SourceError where a known one differs."""
    if document.name.startswith(VOID):
        why = f"文件名标有“{VOID}”，通知书已经撤回"
        first = document.lines[0]
        _refuse(document, first, None, document.name, "没有撤回的通知书", why)
    groups: dict[str, list[NoticeLine]] = defaultdict(list)
    for line in document.lines:
        groups[line.number].append(line)
    _check(desk, document)
    warnings, new = [], 0
    for number, lines in groups.items():
        known = notices.numbered(connection, number)
        kind = kind_named(desk.policy, lines[0].kind)
        if known is not None and known.standing:
            there = notices.lines(connection, known.id)
            if not received_corrections.corrects(known, there, lines):
                _compare(connection, document, known, lines)
                continue
            if known.state in notices.MOVED:
                why = "已经付款，不能更正"
                _refuse(document, lines[0], "金额", "更正", f"{known.total}", why)
            args = (connection, desk, known, lines, document_id)
            warnings.append(received_corrections.replace(*args))
            warnings += _warnings(connection, desk, kind, lines)
            new += len(lines)
            continue
        if known is not None and received_corrections.is_void(connection, known):
            why = f"{known.title}“{number}”已经撤回"
            _refuse(document, lines[0], "通知书编号", number, "没有撤回的文号", why)
        _keep(connection, desk, kind, lines, document_id)
        new += len(lines)
        warnings += _warnings(connection, desk, kind, lines)
    return Taken(
        new=new,
        known=len(document.lines) - new,
        warnings=lambda after: warnings,
    )


def _check(desk: Desk, document: SourceDocument) -> None:
    """Between provinces the other is named, within this one a payer of it.

    Between provinces it is of a month, 跨省, and somebody has to pay: GZ-39.
    """
    if desk.post_on is not None and desk.post_on > desk.actor.on:
        raise BookError(f"--post-on {desk.post_on}还没有到；应是收到通知书的那一天")
    faults = Faults(document.name)
    totals: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for line in document.lines:
        totals[line.number] += line.amount
    for line in document.lines:
        kind = kind_named(desk.policy, line.kind)
        home = regions.province_of(line.region) == desk.policy.province
        level = regions.level(line.region)
        if kind.per == COMES_IN:
            right, expected = not home and level == "province", "外省的省级代码"
        else:
            right, expected = home and level != "province", "本省统筹区的代码"
        if not right:
            found = f"{line.region}（{regions.name(line.region)}）"
            wrong = Wrong(f"不能是{kind.name}的单位", expected)
            faults.add(line.sheet, line.row, "单位代码", found, wrong)
        for title, found, expected in _odd(kind, line, totals[line.number]):
            wrong = Wrong(f"不能是{kind.name}的{title}", expected)
            faults.add(line.sheet, line.row, title, found, wrong)
    faults.check()


def _odd(
    kind: Kind, line: NoticeLine, total: Decimal
) -> Iterator[tuple[str, str, str]]:
    """What a line of the kind cannot say: the column, what is there, what should be."""
    monthly = kind.per == COMES_IN
    if isinstance(line.period, Month) != monthly:
        expected = "月，如2018-01" if monthly else "季度，如2018Q1"
        yield "期间", str(line.period), expected
    if monthly and line.scope not in ("", ABROAD):
        yield "用途", line.scope, f"{ABROAD}，或空"
    if monthly and (not line.amount or total <= 0):
        yield "金额", grouped(line.amount), "合计大于零，各行不是零的金额"


def _compare(
    connection: Connection,
    document: SourceDocument,
    known: NoticeRow,
    lines: Sequence[NoticeLine],
) -> None:
    """Every line of a known notice, and each just as it stands."""
    first = lines[0]
    if first.kind != known.kind:
        found, expected = first.kind, known.title
        _refuse(document, first, "通知书编号", first.number, expected, "表名不同")
    there = {
        (line.region, line.scope, line.fund): line
        for line in notices.lines(connection, known.id)
    }
    for line in lines:
        kept = there.pop((line.region, line.scope, line.fund), None)
        if kept is None:
            found = f"{line.region}、{line.scope}、{line.fund}"
            _refuse(document, line, "单位代码", found, "通知书原有的各行")
        expected = {
            "period": known.period,
            "amount": kept.amount,
            "due_day": known.due_day,
            "payee_account": known.payee_account,
        }
        for name, value in expected.items():
            found = getattr(line, name)
            found = str(found) if name == "period" else found
            if found != value and not (name == "payee_account" and not found):
                shown = bank_accounts.masked if name == "payee_account" else str
                found, value = (shown(x) if x else "空" for x in (found, value))
                _refuse(document, line, TITLES[name], found, value)
    if there:
        left = f"少了{len(there)}行"
        _refuse(document, first, None, left, f"{len(lines) + len(there)}行")


def _refuse(
    document: SourceDocument,
    line: NoticeLine,
    column: str | None,
    found: str,
    expected: str,
    why: str = "",
) -> NoReturn:
    faults = Faults(document.name)
    said = f"与已有的“{line.number}”不同" + (f"（{why}）" if why else "")
    said += f"，应为{expected}；文号相同的通知书只能有一种内容"
    faults.add(line.sheet, line.row, column, found, Wrong(said, expected))
    faults.stop()


def _keep(
    connection: Connection,
    desk: Desk,
    kind: Kind,
    lines: Sequence[NoticeLine],
    document_id: int,
) -> None:
    first, actor = lines[0], desk.actor
    named = {line.region for line in lines}
    row = NoticeRow(
        id=0,
        kind=kind.id,
        title=kind.name,
        number=first.number,
        year=first.period.year,
        serial=0,
        holder="",
        region=first.region if len(named) == 1 else "",
        period=str(first.period),
        origin=RECEIVED,
        plan_id=None,
        document_id=document_id,
        due_day=first.due_day,
        payee_name=first.payee_name,
        payee_account=first.payee_account,
        payee_bank=first.payee_bank,
        total=sum((line.amount for line in lines), NOTHING),
        note="",
        source_lines="",
        state=ISSUED,
        sha256="",
        stored="",
        made_by=actor.by,
        made_at=actor.at,
    )
    said = [
        LineRow(line.region, line.scope, line.fund, line.amount, line.note)
        for line in lines
    ]
    notices.add(connection, row, said, _issued_on(desk, kind, first))


def _issued_on(desk: Desk, kind: Kind, line: NoticeLine) -> date:
    """The day from which a notice that came in counts; see the module."""
    if desk.post_on is not None:
        return desk.post_on
    begins, ends = line.period.first_day, line.period.months[-1].last_day
    earliest = begins if kind.per == PAYER else ends
    return min(earliest, line.due_day or earliest, desk.actor.on)


def _warnings(
    connection: Connection, desk: Desk, kind: Kind, lines: Sequence[NoticeLine]
) -> list[str]:
    """What is odd about a new notice: its account, its amounts against the list."""
    first = lines[0]
    told = []
    accounts = bank_accounts.numbered(connection, desk.policy, first.payee_account)
    if kind.per != COMES_IN and first.payee_account and not accounts:
        number = bank_accounts.masked(first.payee_account)
        told.append(
            f"“{first.number}”的收款账号{number}没有登记；核对后用 yibao bank add 登记"
        )
    if kind.id == PAYMENT:
        told += differences(connection, first.number, str(first.period), lines)
    return told


def differences(
    connection: Connection,
    number: str,
    period: str,
    lines: Sequence[NoticeLine] | Sequence[LineRow],
) -> list[str]:
    """A 付款通知书 against F2 跨省 of its period, by province and fund.

    Of the provinces that it names: others may have a notice of their own.
    """
    listed = cleared_by_province(connection, period)
    if not listed:
        return [f"“{number}”：{period}的跨省清算明细还没有导入，没有核对"]
    said: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        said[line.region, line.fund] += line.amount
    named = {province for province, _ in said}
    told = []
    for key in sorted({*said, *(k for k in listed if k[0] in named)}):
        paid, cleared = said.get(key, NOTHING), listed.get(key, NOTHING)
        if paid != cleared:
            province, fund = key
            told.append(
                f"“{number}”{regions.name(province)}{fund}为{grouped(paid)}元，"
                f"{period}清算明细为{grouped(cleared)}元，差{grouped(paid - cleared)}元"
            )
    return told
