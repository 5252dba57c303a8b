"""`yibao notice issue|confirm|…`: the steps of a notice, or of a whole kind's.

A step is taken in the order of the policy's [[notice_kind]]; what stands there already
stays. Of several notices, all take the step or none does, except those in dispute,
which are left for a step of their own.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from desk.advances import notice_files, notice_issuing, notice_making
from desk.advances.import_notices import PAYMENT, differences
from desk.advances.notice_corrections import drop_edits
from desk.advances.notice_issuing import Act, Step
from desk.advances.notice_payments import BY_TRANSFER
from desk.advances.notices import holder_is_city, named
from desk.advances.words import words
from ledger import regions, settings
from ledger.advances import notice_sources, notices
from ledger.advances.clearing_standing import standing
from ledger.advances.notices import RECEIVED, NoticeRow
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.postings import Actor
from posting_rules import notices as rules
from posting_rules.notices import (
    CITY,
    CONFIRMED,
    DISPUTED,
    ISSUED,
    PAID,
)
from posting_rules.notices import RECEIVED as RECEIVED_MONEY
from posting_rules.notices import WITHDRAWN, Kind
from posting_rules.policies import Policy, policy_of
from posting_rules.workdays import SpecialDays


class Choice(NamedTuple):
    """Which notices: one by 文号 or id, or a holder's of a kind and period.

    `region` is one payer; `holder` "" the province, with what came in.
    """

    number: str = ""
    kind: str = ""
    period: str = ""
    region: str = ""
    holder: str = ""


class Done(NamedTuple):
    """A notice, and what became of it: done, already, skipped; `note` says more."""

    row: NoticeRow
    status: str
    note: str = ""


def take(
    home: Home,
    actor: Actor,
    act: Act,
    choice: Choice,
    *,
    dry_run: bool = False,
    special: SpecialDays | None = None,
) -> list[Done]:
    """Take a step of the chosen notices; what each of them came to.

    BookError where one of them cannot take it, or there is none; UsageError where a
    word is missing.
    """
    _check(act)
    with home.writing(keep=not dry_run) as connection:
        policy = policy_of(settings.province(connection))
        by_name = bool(choice.number)
        step = Step(home, connection, policy, act, actor, special, by_name)
        single = bool(by_name or choice.region)
        rows = chosen(connection, policy, choice)
        done = [_take(step, row, single) for row in rows]
        if not dry_run and act.state == WITHDRAWN:
            gone = [one.row.id for one in done if one.status == "done"]
            notice_files.mark_void(home, connection, gone)
        if not dry_run and act.state == ISSUED:
            fresh = [one.row.id for one in done if one.status == "done"]
            notice_files.write_all(home, connection, fresh, special)
            notice_issuing.keep_lists(step, fresh)
        return [
            one._replace(row=notices.notice(connection, one.row.id)) for one in done
        ]


def _check(act: Act) -> None:
    for name, text in (("--reason", act.reason), ("--evidence", act.evidence)):
        if text:
            words(text, name)
    if act.state in (DISPUTED, WITHDRAWN) and not act.reason:
        raise UsageError("--reason 不能为空：提出异议和撤回要说明原因")
    if act.state == PAID and not act.evidence:
        raise UsageError(
            "--evidence 不能为空：手工登记付款要写银行流水号；"
            "导入写有通知书编号的预付金划拨单会自动登记"
        )


def chosen(connection: Connection, policy: Policy, choice: Choice) -> list[NoticeRow]:
    """The notices that are meant, withdrawn ones only by name.

    A holder's own alone: the province's and what came in, or those of a city to its
    counties where the holder is that city.
    """
    if choice.number:
        return [found(connection, choice.number)]
    if not (choice.kind and choice.period):
        raise UsageError("请给出文号（或编号），或者 --kind 和 --period")
    kind = rules.kind_named(policy, choice.kind)
    for code in filter(None, (choice.region, choice.holder)):
        if regions.today_code(code) != code:
            raise UsageError(f"“{code}”不是地区代码")
    city = choice.holder if choice.holder != policy.province else ""
    rows = [
        row
        for row in notices.notices(connection, kind=kind.id, period=choice.period)
        if row.standing
    ]
    kept = [
        row
        for row in rows
        if (row.holder if holder_is_city(row) else "") == city
        and choice.region in ("", row.region)
    ]
    if not kept:
        raise BookError(_none(kind, choice, rows))
    return kept


def _none(kind: Kind, choice: Choice, others: list[NoticeRow]) -> str:
    """That there is no such notice, and where one is that may be meant."""
    whose = f"{regions.name(choice.holder)}出具的" if choice.holder else ""
    where = f"给{regions.name(choice.region)}的" if choice.region else ""
    holders = {
        row.holder
        for row in others
        if holder_is_city(row) and choice.region in ("", row.region, row.holder)
    }
    if not choice.holder and len(holders) == 1:
        return (
            f"{choice.period}没有省级出具的{where}{kind.name}；"
            f"{regions.name(*holders)}出具的请加 --holder {holders.pop()}"
        )
    holder = f" --holder {choice.holder}" if choice.holder else ""
    return (
        f"{choice.period}没有{whose}{where}{kind.name}；"
        f"先运行 yibao notice make {kind.id} {choice.period}{holder}，"
        "或用 yibao notice list 查看"
    )


def found(connection: Connection, number: str) -> NoticeRow:
    """The notice of a 文号, or of an id in digits."""
    if number.isascii() and number.isdigit() and len(number) <= 9:
        return notices.notice(connection, int(number))
    row = notices.numbered(connection, number)
    if row is None:
        raise BookError(f"没有文号“{number[:80]}”的文书；yibao notice list 列出全部")
    return row


def _take(step: Step, row: NoticeRow, single: bool) -> Done:
    kind = rules.kind_named(step.policy, row.kind)
    wanted, received = step.act.state, row.origin == RECEIVED
    if rules.passed(kind, row.state, wanted, received):
        return _again(step, row)
    if not step.by_name and wanted in (DISPUTED, WITHDRAWN):
        if row.state in notices.MOVED:
            return Done(row, "skipped", f"{rules.STATE_NAMES[row.state]}，没有处理")
    if row.state == DISPUTED and not single and wanted != WITHDRAWN:
        return Done(row, "skipped", "有异议，没有处理；改正后请按文号单独下达或确认")
    if wanted not in rules.following(kind, row.state, received):
        raise BookError(_cannot(kind, row, wanted))
    if wanted == RECEIVED_MONEY and not step.act.evidence:
        raise UsageError(
            f"--evidence 不能为空：手工登记{named(row)}的收付款确认要写到账凭据；"
            "导入写有到账日期的预付金划拨单会自动登记"
        )
    _check_day(step, row)
    if wanted == CONFIRMED and kind.per == CITY:
        _check_cleared(step, kind, row)
    if wanted == DISPUTED and kind.per == CITY:
        raise BookError(_by_lines(row, step.act.reason))
    note = ""
    if wanted == ISSUED:
        note = notice_issuing.prepare(step, kind, row)
        ready = notices.notice(step.connection, row.id)._replace(state=ISSUED)
        blank = notice_making.account_missing(kind, ready)
        note = "；".join(filter(None, (note, blank)))
    elif wanted == WITHDRAWN:
        note = notice_issuing.take_back(step, kind, row)
    elif wanted == CONFIRMED and row.state == DISPUTED:
        note = drop_edits(step.connection, step.actor, row)
    elif wanted == CONFIRMED and kind.id == PAYMENT:
        lines = notices.lines(step.connection, row.id)
        note = "；".join(differences(step.connection, row.number, row.period, lines))
    act, who = step.act, step.actor
    notices.take_step(
        step.connection,
        row.id,
        wanted,
        act.on,
        notice_issuing.reason_of(step, row),
        act.evidence,
        who.by,
        who.at,
    )
    return Done(row, "done", note)


def _again(step: Step, row: NoticeRow) -> Done:
    """A step that is there; only the serial of a payment by hand may be another."""
    act, taken = step.act, notices.steps(step.connection, row.id)
    paid = next((one for one in reversed(taken) if one.state == PAID), None)
    if act.state != PAID or paid is None or act.evidence in paid.evidence.split("、"):
        return Done(row, "already")
    if row.state != PAID or paid.reason == BY_TRANSFER:
        return Done(row, "already", f"凭据是{paid.evidence}，没有另记{act.evidence}")
    _check_day(step, row)
    both = f"{paid.evidence}、{act.evidence}"
    words(both, "--evidence")
    notices.take_step(
        step.connection, row.id, PAID, act.on, act.reason, both, *step.actor
    )
    return Done(row, "done", f"凭据原为{paid.evidence}")


def _cannot(kind: Kind, row: NoticeRow, wanted: str) -> str:
    received = row.origin == RECEIVED
    after = rules.following(kind, row.state, received)
    expected = "、".join(rules.STEP_NAMES[state] for state in after) or "没有"
    return (
        f"{named(row)}{rules.STATE_NAMES[row.state]}，不能{rules.STEP_NAMES[wanted]}；"
        f"可以进行的下一步：{expected}"
    )


def _by_lines(row: NoticeRow, reason: str) -> str:
    """A clearing is disputed line by line, else `confirm` would post it all."""
    return (
        f"{named(row)}的异议要逐行提出；请用 yibao confirm {row.period} --kind advances "
        f"--region {row.region} --dispute {reason or '原因'}"
        "（--line 指明哪些行），文书随之记为有异议"
    )


def _check_cleared(step: Step, kind: Kind, row: NoticeRow) -> None:
    """A clearing is confirmed by its lines, which posts it; its notice follows."""
    ids = notice_sources.ids_in(row.source_lines)
    lines = notice_sources.source_lines(step.connection, "F2", ids)
    waiting = sum(line.confirmed_on is None for line in lines)
    if waiting:
        raise BookError(
            f"{named(row)}还有{waiting}行待确认；确认清算请用 yibao confirm "
            f"{row.period} --kind advances --region {row.region}，文书随之确认"
        )
    stand = standing(step.connection, ids)
    if not stand.stays:
        raise BookError(f"{named(row)}所列的行{stand.words}，不能确认")


def _check_day(step: Step, row: NoticeRow) -> None:
    """A step is not before the one that it follows.

    When a notice that came in was really issued is not known.
    """
    taken = notices.steps(step.connection, row.id)
    if row.origin == RECEIVED:
        taken = taken[1:]
    if taken and step.act.on < taken[-1].on_day:
        last = taken[-1]
        raise BookError(
            f"{named(row)}于{last.on_day}{rules.STATE_NAMES[last.state]}，"
            f"{rules.STEP_NAMES[step.act.state]}日期{step.act.on}不应早于这一天；"
            "请改正 --on"
        )
