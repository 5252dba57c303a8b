"""What issuing a notice brings with it, and what taking it back undoes.

With the first notice of a plan its list (预付金明细表) is issued and taken as F3, in
the same transaction; the plan is issued then. A notice in dispute that is issued again
says what its plan says now, and so does the list.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection

from desk import import_quotas
from desk.advances import notice_files, notice_making
from desk.advances.notice_corrections import corrected, drop_edits
from desk.advances.notice_quotas import documents, ids_taken
from desk.advances.notice_wants import Maker, Wanted, of_plan
from desk.advances.notices import period_of, said
from desk.advances.planning import check_known
from desk.taking import desk_of
from importers import forms
from ledger import sources
from ledger.advances import notice_sources, notices, plans
from ledger.advances.notices import NoticeRow
from ledger.advances.plans import PlanRow
from ledger.database import Home
from ledger.errors import BookError
from ledger.postings import Actor
from posting_rules import notices as rules
from posting_rules.notices import DISPUTED, ISSUED, MADE, PLAN, Kind
from posting_rules.policies import Policy
from posting_rules.workdays import SpecialDays


class Act(NamedTuple):
    """What is done, on which day, why, and what proves it."""

    state: str
    on: date
    reason: str = ""
    evidence: str = ""


class Step(NamedTuple):
    """What taking a step needs; `by_name`: of one notice that was named."""

    home: Home
    connection: Connection
    policy: Policy
    act: Act
    actor: Actor
    special: SpecialDays | None
    by_name: bool = False


def prepare(step: Step, kind: Kind, row: NoticeRow) -> str:
    """Make a notice ready to be issued; what else was issued with it, in words."""
    if kind.form in ("F2", "F4", "F5"):
        _check_sources(step, kind, row)
    maker = _maker(step, kind, row)
    if not kind.of_plan:
        due = notice_making.due_day(maker, step.act.on)
        notices.amend(step.connection, row.id, due_day=due)
        return ""
    plan = plans.plan(step.connection, row.plan_id)
    check_known(step.connection, plan)
    want = _wanted(maker, plan, row)
    if row.state != MADE:
        args = (row.region, step.act.on)
        want = corrected(step.connection, kind, row, want, *args)
    notice_making.change(maker, row, want)
    note = _issue_list(step, plan, row.region) if kind.per != PLAN else ""
    if plan.state != plans.ISSUED:
        plans.set_state(step.connection, plan.id, plans.ISSUED)
    return note


def _maker(step: Step, kind: Kind, row: NoticeRow) -> Maker:
    return Maker(
        step.connection,
        step.policy,
        kind,
        period_of(row.period),
        row.holder,
        step.actor,
        step.act.on,
        step.special,
    )


def _wanted(maker: Maker, plan: PlanRow, row: NoticeRow) -> Wanted:
    if plan.state == plans.WITHDRAWN:
        raise BookError(f"{row.number}所依据的预付金测算已撤回；请撤回本文书")
    found = [one for one in of_plan(maker, plan) if one.region == row.region]
    if not found:
        raise BookError(f"{row.number}的金额在测算中已改为零；请撤回本文书")
    return found[0]


def _check_sources(step: Step, kind: Kind, row: NoticeRow) -> None:
    ids = notice_sources.ids_in(row.source_lines)
    freed = notice_sources.freed(step.connection, kind.form, ids)
    if freed:
        first = "" if row.state == MADE else "撤回本文书，再"
        raise BookError(
            f"{row.title}“{row.number}”所列的{freed}行已撤回或冲销；"
            f"请{first}重新运行 yibao notice make {kind.id} {row.period}"
        )


def _issue_list(step: Step, plan: PlanRow, payer: str) -> str:
    """The plan's list: made, issued, or again where that payer's amounts changed."""
    kind = next(k for k in rules.kinds(step.policy).values() if k.per == PLAN)
    maker = Maker(
        step.connection,
        step.policy,
        kind,
        period_of(plan.quarter),
        plan.region,
        step.actor,
        step.act.on,
        step.special,
    )
    (want,) = of_plan(maker, plan)
    row = notice_making.keep(maker, want).row
    changed = False
    if row.state != MADE:
        want = corrected(step.connection, kind, row, want, payer, step.act.on)
        changed = notice_making.change(maker, row, want)
    if row.state not in (MADE, DISPUTED) and not changed:
        return ""
    reason = reason_of(step, row)
    who = step.actor
    notices.take_step(
        step.connection, row.id, ISSUED, step.act.on, reason, "", who.by, who.at
    )
    again = "重新" if row.state != MADE else ""
    return f"同时{again}下达{row.title}“{row.number}”"


def reason_of(step: Step, before: NoticeRow) -> str:
    """Why a step is taken; of a correction the old amount and the new one too."""
    note = notices.notice(step.connection, before.id).note
    new = notices.corrections(note)[len(notices.corrections(before.note)) :]
    return "；".join(filter(None, (step.act.reason, *new)))


def keep_lists(step: Step, ids: Iterable[int]) -> None:
    """Take the lists of the plans behind some issued notices as F3.

    The file is kept as any other that is imported; importing it again finds all of
    its lines known. Where the same is known already, nothing is taken.
    """
    connection = step.connection
    plan_ids = {notices.notice(connection, id).plan_id for id in ids} - {None}
    for plan_id in sorted(plan_ids):
        for row in notices.notices(connection, plan_id=plan_id, state=ISSUED):
            kind = rules.kind_named(step.policy, row.kind)
            if kind.form == "F3" and not _is_taken(connection, kind, row):
                _keep_list(step, kind, row)


def _is_taken(connection: Connection, kind: Kind, row: NoticeRow) -> bool:
    """Whether every line of a list stands as F3, just as it says."""
    ids = ids_taken(connection, row, said(connection, kind, row))
    if ids is not None:
        _keep_ids(connection, row, ids)
    return ids is not None


def _keep_ids(connection: Connection, row: NoticeRow, ids: Sequence[int]) -> None:
    every = notice_sources.runs([*notice_sources.ids_in(row.source_lines), *ids])
    notices.amend(connection, row.id, source_lines=every)


def _keep_list(step: Step, kind: Kind, row: NoticeRow) -> None:
    connection, actor = step.connection, step.actor
    written = notice_files.write_all(step.home, connection, [row.id], step.special)
    data = written[row.id]
    document = forms.read(data, notice_files.file_name(row))
    document_id = sources.keep_document(connection, document, actor.by, actor.at)
    lines = said(connection, kind, row)
    import_quotas.take(connection, desk_of(connection, actor), document, document_id)
    sources.store_file(step.home, document, data, actor.at)
    notices.amend(connection, row.id, document_id=document_id)
    _keep_ids(connection, row, ids_taken(connection, row, lines) or [])


def take_back(step: Step, kind: Kind, row: NoticeRow) -> str:
    """What withdrawing a notice undoes, in words.

    With its list a plan is withdrawn, and the quotas that it set; its notices first.
    """
    if not kind.of_plan or row.state == MADE:
        return ""
    if kind.per != PLAN:
        dropped = drop_edits(step.connection, step.actor, row)
        kept = "明细表中的核定额没有改变；要改请调整测算后重新下达"
        return "；".join(filter(None, (dropped, kept)))
    others = notices.notices(step.connection, plan_id=row.plan_id)
    for other in others:
        if other.id != row.id and other.standing:
            raise BookError(
                f"{other.title}“{other.number}”是同一测算的，还没有撤回；"
                f"请先运行 yibao notice withdraw --kind {other.kind} "
                f"--period {other.period}"
            )
    by, at = step.actor
    for document in documents(step.connection, row):
        sources.withdraw(step.connection, document, by, at, step.act.reason)
    plans.withdraw(step.connection, row.plan_id, step.act.reason)
    return "所依据的测算和已登记的核定额一并撤回"
