"""`yibao notice make`: notices from a plan, a year's F4, a quarter's F5 or F2.

What is made already stays; what is made but not issued is made again where that from
which it is made has changed. Numbers (文号) run without a gap.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from desk.advances import notice_files
from desk.advances.notice_wants import (
    Maker,
    Wanted,
    nothing_to_say,
    period_fits,
    wanted_of,
)
from ledger import regions, settings
from ledger.advances import bank_accounts, notice_sources, notices
from ledger.advances.notices import OWN, NoticeRow
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.money import NOTHING
from ledger.postings import Actor
from posting_rules import notices as rules
from posting_rules.notices import CITY, ISSUED, MADE, PAID, PAYER, Kind
from posting_rules.policies import Policy, policy_of
from posting_rules.workdays import SpecialDays


class Made(NamedTuple):
    """A notice, and what became of it: made, made-again, already; `note` warns."""

    row: NoticeRow
    status: str
    note: str = ""


def make(
    home: Home,
    actor: Actor,
    kind_id: str,
    period,
    on: date,
    *,
    region: str = "",
    holder: str = "",
    dry_run: bool = False,
    special: SpecialDays | None = None,
) -> list[Made]:
    """Make the notices of a kind and period (a Quarter, or a year as int).

    `holder` plans (a city for its counties; "" the province), `region` is one payer; a
    region that plans itself may stand there for the holder. UsageError for a
    kind that comes in or a period of another length, BookError where there is nothing
    to make them from.
    """
    with home.writing(keep=not dry_run) as connection:
        maker, payer = _maker(
            connection, actor, kind_id, period, on, (region, holder), special
        )
        made = make_all(maker, payer)
        if not made:
            raise BookError(nothing_to_say(maker, payer))
        if not dry_run and maker.kind.step(ISSUED) is None:  # else when it is issued
            fresh = [one.row.id for one in made if one.status != "already"]
            notice_files.write_all(home, connection, fresh, special)
    return [
        one._replace(note=account_missing(maker.kind, one.row) or one.note)
        for one in made
    ]


def make_all(maker: Maker, payer: str = "") -> list[Made]:
    """Inside a transaction, without files: every notice that is wanted or stands."""
    broken = _broken(maker)
    wanted = [
        one
        for one in wanted_of(maker)
        if payer in ("", one.region) and one.region not in broken
    ]
    made = [keep(maker, one) for one in wanted]
    ids = {one.row.id for one in made}
    for row in maker.standing():
        if row.id not in ids and payer in ("", row.region):
            note = broken.get(row.region, "") if row.state != MADE else ""
            made.append(Made(row, "already", note))
    return sorted(made, key=lambda one: one.row.id)


def _broken(maker: Maker) -> dict[str, str]:
    """Cities whose issued paper lists lines that were reversed, and what to do.

    What came in instead is no second list: the first is withdrawn and made again.
    """
    if maker.kind.per != CITY:
        return {}
    found = {}
    for row in maker.standing():
        ids = notice_sources.ids_in(row.source_lines)
        if row.state == MADE or row.origin != OWN:
            continue
        freed = notice_sources.freed(maker.connection, "F2", ids)
        if freed:
            found[row.region] = (
                f"所列的{freed}行已撤回或冲销，没有另出一份；请先撤回"
                f"（yibao notice withdraw {row.id} --reason 原因），再重新生成"
            )
    return found


def _maker(
    connection: Connection,
    actor: Actor,
    kind_id: str,
    period,
    on: date,
    whose: tuple[str, str],
    special: SpecialDays | None,
) -> tuple[Maker, str]:
    policy = policy_of(settings.province(connection))
    kind = rules.kind_named(policy, kind_id)
    period_fits(kind, period)
    holder, payer = holder_of(policy, kind, *whose)
    return Maker(connection, policy, kind, period, holder, actor, on, special), payer


def holder_of(
    policy: Policy, kind: Kind, region: str, holder: str = ""
) -> tuple[str, str]:
    """Whose notices are asked for, and for which payer ("" for all).

    Without a holder a region may name it: a city that plans for its counties.
    """
    for code in (region, holder):
        _check_code(policy, code)
    if holder:
        if holder != policy.province and regions.level(holder) != "city":
            raise UsageError(f"--holder “{holder}”不是省或市州的代码")
        if not kind.of_plan and holder != policy.province:
            raise UsageError(f"{kind.name}由省级出具，不用 --holder {holder}")
        return holder, "" if region == holder else region
    if not region or region == policy.province:
        return policy.province, ""
    if not kind.of_plan:
        return policy.province, region
    if regions.level(region) == "city":
        return region, ""
    return regions.parent(region), region


def _check_code(policy: Policy, code: str) -> None:
    if code and (
        regions.today_code(code) != code or regions.province_of(code) != policy.province
    ):
        raise UsageError(f"“{code}”不是本省的地区代码")


def keep(maker: Maker, want: Wanted) -> Made:
    """The notice that stands, changed where it is not issued yet, or a new one."""
    found = [
        row
        for row in maker.standing(want.region)
        if row.title == want.title and (row.plan_id == want.plan_id)
    ]
    if not maker.kind.of_plan:
        found = [row for row in found if row.state == MADE]
    if not found:
        return Made(_new(maker, want), "made")
    row = found[-1]
    if row.state != MADE:
        return Made(row, "already")
    status = "made-again" if change(maker, row, want) else "already"
    return Made(notices.notice(maker.connection, row.id), status)


def change(maker: Maker, row: NoticeRow, want: Wanted) -> bool:
    """Bring a notice to what is wanted; False where it says just that."""
    values = _values(maker, want)
    same = all(getattr(row, name) == value for name, value in values.items())
    if same and notices.lines(maker.connection, row.id) == list(want.lines):
        return False
    notices.set_lines(maker.connection, row.id, want.lines)
    notices.amend(maker.connection, row.id, **values)
    return True


def _new(maker: Maker, want: Wanted) -> NoticeRow:
    year = maker.on.year
    connection, kind = maker.connection, maker.kind
    ends = _pattern(maker, year).split("{serial}")
    serial = notices.next_serial(connection, kind.id, year, maker.holder, *ends)
    row = NoticeRow(
        id=0,
        kind=kind.id,
        title=want.title,
        number=str(serial).join(ends),
        year=year,
        serial=serial,
        holder=maker.holder,
        region=want.region,
        period=str(maker.period),
        origin=OWN,
        document_id=None,
        state=MADE,
        sha256="",
        stored="",
        made_by=maker.actor.by,
        made_at=maker.actor.at,
        **_values(maker, want),
    )
    id = notices.add(connection, row, want.lines, maker.on)
    return notices.notice(connection, id)


def _pattern(maker: Maker, year: int) -> str:
    """文号 but for its serial; a city's own to its counties bears its name."""
    how = {"year": year, "serial": "{serial}"}
    if maker.holder == maker.policy.province:
        return maker.kind.number.format(**how)
    office = regions.name(maker.holder, maker.on)
    return maker.kind.city_number.format(office=office, **how)


def _values(maker: Maker, want: Wanted) -> dict:
    """What a notice has besides its lines that depends on what is wanted."""
    name, account, bank = _payee(maker, want)
    return {
        "plan_id": want.plan_id,
        "total": want.total,
        "note": want.note,
        "source_lines": want.source_lines,
        "due_day": due_day(maker, maker.on, want.total),
        "payee_name": name,
        "payee_account": account,
        "payee_bank": bank,
    }


def due_day(maker: Maker, issued: date, total: Decimal = NOTHING) -> date | None:
    """By when the money has to be there, if the notice is issued on that day."""
    kind = maker.kind.of_amount(total)
    taken = {MADE: issued, ISSUED: issued}
    if kind.step(ISSUED) is None:
        del taken[ISSUED]
    city = maker.holder != maker.policy.province
    return rules.step_day(
        maker.policy, kind, PAID, maker.period, taken, maker.special, city=city
    )


def account_missing(kind: Kind, row: NoticeRow) -> str:
    """That a letter names no account to pay to, and how it comes to name one."""
    if kind.per != PAYER or row.payee_account or row.state not in (MADE, ISSUED):
        return ""
    region = row.region if row.total < 0 else row.holder
    if regions.level(region) == "own":
        region = regions.parent(region)
    remedy = (
        f"先用 yibao bank add 账号 --region {region} 登记"
        f"（财政专户，写明 --finance-book）"
    )
    if row.state == ISSUED:
        return f"收款账户空白：没有登记{regions.name(region)}的财政专户；{remedy}，再撤回重出"
    return f"收款账户空白：没有登记{regions.name(region)}的财政专户；下达前{remedy}"


def _payee(maker: Maker, want: Wanted) -> tuple[str, str, str]:
    """户名、账号、开户行 of who receives; empty where no account is known.

    Advances go to the holder's 财政专户, money back to the payer's, what a 用款计划
    asks for to the agency's own account, which has no twin at finance.
    """
    connection, policy = maker.connection, maker.policy
    if maker.kind.of_plan and want.region:
        region = want.region if want.total < 0 else maker.holder
        found = bank_accounts.of_region(connection, policy, region, maker.on)
    elif maker.kind.form == "F5":
        found = next(
            (
                account
                for account in bank_accounts.in_force(connection, policy, maker.on)
                if account.region == policy.province and not account.finance_book
            ),
            None,
        )
    else:
        found = None
    return (found.name, found.number, found.bank) if found else ("", "", "")
