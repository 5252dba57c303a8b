"""`yibao clear PERIOD --kind institutions`: what is owed to institutions is paid.

Bills were booked on 暂收款——定点医药机构待结算 of the place; a clearing says what is
due, institution by institution, refunds set off (P16). It is paid by lists (F7), or,
by the setting institution-payment or --pay, by vouchers of its own at once (P7).
依据：劳社厅发〔2002〕6号 三；南府办发〔2022〕33号 第二十五条
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Sequence

from sqlalchemy import Connection

from desk.settlements.clearing import (
    Cleared,
    Period,
    last_month,
    require_month,
    require_province,
    write,
)
from desk.settlements.institution_postings import pay_parts
from ledger import postings, regions, settings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError
from ledger.money import NOTHING, grouped
from ledger.postings import Actor, Recorded
from ledger.settlements import clearing as clearings
from ledger.settlements import confirmations, institution_dues
from ledger.settlements.clearing import Part
from ledger.settlements.confirmations import WITHDRAWN, Word
from ledger.settlements.institution_dues import KIND, Owed
from posting_rules.personal import fund_of_accounts
from reports.settlements.institution_sheets import (
    payment_sheet,
    statement_sheet,
    statements,
)
from reports.xlsx import workbook

SUBJECT = "机构结算"


def clear_institutions(
    home: Home,
    actor: Actor,
    period: Period,
    province: str,
    *,
    post_on: date | None = None,
    draft: bool = False,
    dry_run: bool = False,
    pay: bool = False,
) -> Cleared:
    """Clear what waits up to a month's or a quarter's end.

    With `pay` parts of the period's former clearings that nobody has paid yet are
    paid too.
    """
    require_month(period)
    with home.writing(keep=not dry_run) as connection:
        require_province(connection, province)
        fresh = _clear(connection, actor, period, province)
        rows = clearings.standing(connection, KIND, province, str(period))
        pay_fresh = pay or _by_clear(connection, actor)
        to_pay = [row for row in rows if pay or pay_fresh and row.id == fresh]
        new, status = pay_parts(
            connection, actor, period, to_pay, fresh, post_on or actor.on, draft
        )
        if fresh is None and not new:
            status = "already-posted"
        shown = [row.id for row in rows] if fresh is None else [fresh]
        made = _told(connection, period, province, shown, new, status)
        made = made._replace(standing=tuple(row.id for row in rows))
    made = made._replace(notes=_notes(made))
    if dry_run:
        return made
    print_changed(home)
    return made._replace(files=write(home, _files(home, shown)))


def _told(
    connection: Connection,
    period: Period,
    province: str,
    shown: Sequence[int],
    new: list[Recorded],
    status: str,
) -> Cleared:
    """What was made, or stands: the parts of some clearings and their vouchers."""
    return Cleared(
        clearing=shown[-1] if shown else None,
        kind=KIND,
        period=period,
        province=province,
        parts=[kept.part for kept in clearings.parts_of(connection, *shown)],
        files=[],
        vouchers=new or _vouchers_of(connection, shown),
        status=status,
    )


def _by_clear(connection: Connection, actor: Actor) -> bool:
    return settings.value(connection, "institution-payment", actor.on) == "by-clear"


def withdraw_institutions(
    home: Home, actor: Actor, period: Period, province: str, *, dry_run: bool = False
) -> Cleared:
    """Take back a period's latest clearing that nobody has paid anything of; what it
    took can be cleared again."""
    with home.writing(keep=not dry_run) as connection:
        require_province(connection, province)
        rows = clearings.standing(connection, KIND, province, str(period))
        if not rows:
            raise BookError(f"{period}没有可撤回的结算单")
        row = rows[-1]
        parts = [kept.part for kept in clearings.parts_of(connection, row.id)]
        _check_unpaid(connection, period, row, parts)
        word = Word(province, WITHDRAWN, "", actor.by, actor.at)
        confirmations.say(connection, row.id, word)
        clearings.undo(connection, row.id)
        standing = tuple(one.id for one in rows[:-1])
    return Cleared(row.id, KIND, period, province, parts, [], [], "withdrawn", standing)


def _check_unpaid(
    connection: Connection, period: Period, row, parts: Sequence[Part]
) -> None:
    """BookError where what was paid would be more than what is left as due."""
    listed = institution_dues.dues(connection, periods=[str(period)])
    dues = {due.key: due for due in listed}
    vouchers = _vouchers_of(connection, [row.id])
    for part in parts:
        due = dues[part.payer, part.payee, part.fund, str(period)]
        if due.payable < part.net or vouchers:
            by = "".join(f"（{each.name or f'#{each.id}'}）" for each in vouchers[:1])
            raise BookError(
                f"{period}的结算单（清算{row.id}）已经付款或扣款{by}，不能撤回，"
                f"例如{regions.name(part.payer)}的{part.payee}；请先冲销或退回"
                "那些凭证（yibao voucher reverse 或 reject），再撤回"
            )


def _clear(
    connection: Connection, actor: Actor, period: Period, province: str
) -> int | None:
    """Take what waits into a clearing; None where nothing does."""
    places, month = regions.cities(province), last_month(period)
    owed = institution_dues.open_sums(connection, month, places)
    if not owed:
        return None
    carried = institution_dues.carried(connection, places)
    clearing_id = clearings.start(
        connection,
        KIND,
        province,
        str(period),
        netted=False,
        by=actor.by,
        at=actor.at,
    )
    clearings.add_parts(connection, clearing_id, _parts(owed, carried))
    institution_dues.take(connection, clearing_id, month, places)
    return clearing_id


def _parts(
    owed: Sequence[Owed], carried: dict[tuple[str, str, str], Decimal]
) -> list[Part]:
    """What is due per place, institution and fund.

    An amount below zero is carried, nothing is paid of it; what earlier clearings
    carried is set off, fund by fund, as far as it goes.
    """
    lines: dict[tuple[str, str, str], int] = defaultdict(int)
    due: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: NOTHING)
    for one in owed:
        own = (one.place, one.institution, one.fund)
        lines[own] += one.lines
        due[own] += one.funds
        of_accounts = (*own[:2], fund_of_accounts(one.place))
        due[of_accounts] += one.accounts
        if of_accounts != own and (one.own or one.shared):
            lines[of_accounts] += one.lines
    return [
        Part(
            SUBJECT,
            *key,
            lines[key],
            gross,
            max(NOTHING, gross + carried.get(key, NOTHING)),
        )
        for key, gross in sorted(due.items())
        if lines[key]
    ]


def _vouchers_of(connection: Connection, ids: Sequence[int]) -> list[Recorded]:
    """The vouchers by which clearings were paid."""
    parts = clearings.parts_of(connection, *ids)
    carrying = {kept.posting_id for kept in parts if kept.posting_id is not None}
    return postings.recorded(connection, sorted(carrying))


def _notes(made: Cleared) -> tuple[str, ...]:
    below = [part for part in made.parts if part.gross < 0]
    notes = []
    if below:
        total = grouped(sum((part.gross for part in below), NOTHING))
        notes.append(
            f"{len(below)}项应付低于零，共{total}元，结转抵扣：从以后的结算款中抵扣"
        )
    if made.status == "made" and any(part.net for part in made.parts):
        notes.append(
            "付款后填好机构拨付单的付款日期和交易流水号，用 yibao import 导入即入账"
        )
    return tuple(notes)


def _files(home: Home, ids: Sequence[int]) -> dict[str, bytes]:
    """Each city's statement and, where something is to be paid, its list."""
    files = {}
    with home.reading() as connection:
        for clearing_id in ids:
            row = clearings.clearing(connection, clearing_id)
            for made in statements(connection, row):
                name = f"{row.period}_{made.place}_{row.serial}.xlsx"
                sheet = statement_sheet(made)
                files[f"定点医药机构结算单_{name}"] = workbook([sheet], _day(row))
                sheet = payment_sheet(made)
                if sheet.rows:
                    files[f"机构拨付单_{name}"] = workbook([sheet], _day(row))
    return files


def _day(row) -> date:
    return date.fromisoformat(row.made_at[:10])
