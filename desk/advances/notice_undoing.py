"""`yibao notice undo`: takes back the last step of a notice that somebody said by hand.

The step stays to be read, and so does why it was taken back. What a transfer (F1)
proves is not undone by a word: reverse the transfer. Issuing is undone by withdrawing,
a clearing's confirmation by confirm --take-back.
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from desk.advances.notice_clearings import BY_LIST
from desk.advances.notice_payments import BY_TRANSFER
from desk.advances.notice_steps import Done, found
from desk.advances.notices import named
from desk.advances.words import words
from ledger import settings
from ledger.advances import notices
from ledger.advances.notices import NoticeRow, StepRow
from ledger.database import Home
from ledger.errors import BookError
from ledger.postings import Actor
from posting_rules import notices as rules
from posting_rules.notices import (
    APPROVED,
    CITY,
    CONFIRMED,
    PAID,
    RECEIVED,
    SUBMITTED,
    Kind,
)
from posting_rules.policies import policy_of
from reports.advances.notice_money import cases

UNDONE = (CONFIRMED, SUBMITTED, APPROVED, PAID, RECEIVED)


def undo(
    home: Home,
    actor: Actor,
    number: str,
    on: date,
    reason: str,
    *,
    dry_run: bool = False,
) -> Done:
    """Bring a notice back to where it stood before its last step.

    BookError where that step cannot be undone, UsageError without a reason.
    """
    reason = words(reason, "--reason")
    with home.writing(keep=not dry_run) as connection:
        policy = policy_of(settings.province(connection))
        row = found(connection, number)
        kind = rules.kind_named(policy, row.kind)
        steps = notices.steps(connection, row.id)
        before = _before(row, steps)
        proved = any(c.whole for c in cases(connection, policy) if c.row.id == row.id)
        _check(kind, row, steps, proved, before, on)
        name = rules.STEP_NAMES[row.state]
        why = f"撤销{name}：{reason}"
        notices.take_step(connection, row.id, before, on, why, "", *actor)
        note = f"已撤销{name}，回到“{rules.STATE_NAMES[before]}”"
        return Done(notices.notice(connection, row.id), "done", note)


def _before(row: NoticeRow, steps: Sequence[StepRow]) -> str:
    """The state before the present one; "" where there is none."""
    standing: list[str] = []
    for step in steps:
        if step.state in standing:
            del standing[standing.index(step.state) :]
        standing.append(step.state)
    return standing[-2] if len(standing) > 1 else ""


def _check(
    kind: Kind,
    row: NoticeRow,
    steps: Sequence[StepRow],
    proved: bool,
    before: str,
    on: date,
) -> None:
    last = steps[-1]
    why = ""
    if last.reason == BY_TRANSFER or (proved and row.state in notices.MOVED):
        why = "由预付金划拨单证明；划拨单有错请冲销（yibao voucher reverse）"
    elif kind.per == CITY or last.reason == BY_LIST:
        why = "随清算明细确认；请用 yibao confirm --take-back"
    elif row.state not in UNDONE or not before:
        why = "不能撤销；下达的请撤回（withdraw），有异议的请确认或重新下达"
    elif on < last.on_day:
        why = f"在{last.on_day}，撤销日期{on}不应早于这一天；请改正 --on"
    if why:
        raise BookError(f"{named(row)}最后一步“{rules.STEP_NAMES[row.state]}”{why}")
