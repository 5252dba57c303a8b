"""A notice as it lies on the table: from what is kept to what workbook and page show.

`paper_of` is the whole notice, account number and all; lists show less.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances.notice_quotas import quotas
from ledger import regions, settings
from ledger.advances import notice_sources, notices
from ledger.advances.notices import NoticeRow, StepRow
from ledger.documents import NoticeLine
from ledger.periods import Month, Quarter
from ledger.periods import period as read_period
from posting_rules import notices as rules
from posting_rules.entries import printed_period
from posting_rules.notices import (
    CITY,
    CONFIRMED,
    DISPUTED,
    ISSUED,
    MADE,
    PAYER,
    WITHDRAWN,
    Kind,
)
from posting_rules.policies import Policy, policy_of
from posting_rules.workdays import SpecialDays
from reports.advances.clearing_sums import sums_note, sums_of
from reports.advances.notice_paper import NoticePaper, Opinion, Payee, Step
from reports.advances.notice_rows import TABLES, directed, direction_sums
from reports.words import amount_in_words

MARKS = {MADE: "未下达", WITHDRAWN: "已撤回"}
LONGEST_NAME = 40  # characters of a body's name
OPINIONS = {CONFIRMED: "确认意见", rules.APPROVED: "审核意见"}


class Next(NamedTuple):
    """The step that a notice waits for: whose, and by which day (None: no day)."""

    state: str
    who: str
    due: date | None

    @property
    def words(self) -> str:
        by = f"，截止{self.due}" if self.due else ""
        return f"下一步：{self.who}{rules.STEP_NAMES[self.state]}{by}"


def paper_of(
    connection: Connection, id: int, special: SpecialDays | None = None
) -> NoticePaper:
    """A notice, whole; BookError when there is none of that id."""
    policy = policy_of(settings.province(connection))
    row = notices.notice(connection, id)
    kind = rules.kind_named(policy, row.kind)
    taken = notices.steps(connection, id)
    table = TABLES[kind.form]
    lines = said(connection, kind, row)
    cells = table.rows(lines)
    waits = next_step(policy, kind, row, taken, special)
    made_on = _made_on(taken)
    return NoticePaper(
        kind=kind.id,
        title=row.title,
        number=row.number,
        office=office(connection, row, made_on),
        addressee=_addressee(connection, policy, kind, row, made_on),
        period=printed(row.period),
        made_on=made_on,
        due_day=row.due_day,
        text=_text(kind, row),
        payee=_payee(kind, row),
        columns=table.columns,
        rows=cells,
        total=table.total(cells),
        amount=row.total,
        words=amount_in_words(row.total),
        notes=[*filter(None, row.note.split("\n")), *_cleared(connection, kind, row)],
        cite=f"{policy.number} {kind.cite}",
        state=rules.STATE_NAMES[row.state],
        steps=_steps(kind, row, taken),
        next_step=waits.words if waits else "",
        opinions=_opinions(kind, row, taken),
        sums=direction_sums(lines) if kind.form == "F4" else (),
        mark=MARKS.get(row.state, ""),
    )


def _text(kind: Kind, row: NoticeRow) -> str:
    """The paragraph above the table; a correction says so at its head."""
    text = kind.text_back if row.total < 0 and kind.text_back else kind.text
    marks = notices.corrections(row.note)
    return f"{marks[-1].partition('：')[0]}。{text}" if marks else text


def _cleared(connection: Connection, kind: Kind, row: NoticeRow) -> list[str]:
    """What is confirmed and disputed of a clearing paper's lines, once it is said."""
    if kind.per != CITY:
        return []
    ids = notice_sources.ids_in(row.source_lines)
    note = sums_note(sums_of(connection, ids))
    return [note] if note else []


def said(connection: Connection, kind: Kind, row: NoticeRow) -> list:
    """What a notice says as the lines of the form that reads it back."""
    if kind.form not in ("F3", "F8"):
        ids = notice_sources.ids_in(row.source_lines)
        lines = notice_sources.source_lines(connection, kind.form, ids)
        return directed(lines) if kind.form == "F4" else lines
    lines = notices.lines(connection, row.id)
    if kind.form == "F3":
        return quotas(connection, row, lines)
    return [
        NoticeLine(
            sheet="",
            row=at,
            kind=row.kind,
            number=row.number,
            period=period_of(row.period),
            due_day=row.due_day,
            payee_name=row.payee_name,
            payee_account=row.payee_account,
            payee_bank=row.payee_bank,
            **line._asdict(),
        )
        for at, line in enumerate(lines, 1)
    ]


def next_step(
    policy: Policy,
    kind: Kind,
    row: NoticeRow,
    taken: Sequence[StepRow],
    special: SpecialDays | None = None,
) -> Next | None:
    """What a notice waits for; None at its end."""
    after = rules.following(kind, row.state, row.origin == notices.RECEIVED)
    state = next((s for s in after if s not in (DISPUTED, WITHDRAWN)), None)
    if state is None:
        return None
    days = _known(taken)
    if row.origin == notices.RECEIVED:  # when it was sent is not known
        days.pop(ISSUED, None)
    kind, city = kind.of_amount(row.total), holder_is_city(row)
    period = period_of(row.period)
    day = rules.step_day(policy, kind, state, period, days, special, city=city)
    if day is None and state != rules.RECEIVED:
        day = row.due_day  # what comes before the money, at the latest with it
        if day and row.state == DISPUTED and day < days.get(DISPUTED, day):
            day = None
    return Next(state, who_does(kind, row, state), day)


def who_does(kind: Kind, row: NoticeRow, state: str) -> str:
    """Whose step it is, in words: what is disputed is so by whoever confirms."""
    kind = kind.of_amount(row.total)
    step = kind.step(CONFIRMED if state == DISPUTED else state)
    step = step or (kind.steps[0] if state in (MADE, ISSUED, WITHDRAWN) else None)
    if step is None:
        return ""
    who = step.who
    if row.region and regions.level(row.region) == "own" and not holder_is_city(row):
        who = who.replace("city-", "province-")  # 省本级
    return rules.who_name(who, holder_is_city(row))


def holder_is_city(row: NoticeRow) -> bool:
    return bool(row.holder) and regions.level(row.holder) == "city"


def office(connection: Connection, row: NoticeRow, on: date) -> str:
    """The body whose notice it is: 贵州省经办机构; "" for what came in."""
    return body(connection, "agency", row.holder, on) if row.holder else ""


def _addressee(
    connection: Connection, policy: Policy, kind: Kind, row: NoticeRow, on: date
) -> str:
    """主送: the payer's agency, all of them, or the finance that has to pay."""
    if kind.of_plan and not row.region:
        below = "各县（区）" if holder_is_city(row) else "各市（州）"
        return f"{below}经办机构"
    if kind.step(ISSUED) and row.region:
        return body(connection, "agency", row.region, on)
    return body(connection, "finance", policy.province, on)


def body(connection: Connection, which: str, region: str, on: date) -> str:
    """An agency's or a finance's name on paper, as the setting has it."""
    own = settings.value(connection, f"{which}-name", on, region)
    word = {"agency": "经办机构", "finance": "财政部门"}[which]
    return " ".join(own.split())[:LONGEST_NAME] or regions.name(region, on) + word


def _payee(kind: Kind, row: NoticeRow) -> Payee | None:
    """Where the money goes; to be filled in by hand where a letter names none."""
    letter = kind.per == PAYER and row.origin == notices.OWN
    if not row.payee_account and not letter:
        return None
    return Payee(row.payee_name, row.payee_account, row.payee_bank)


def _made_on(taken: Sequence[StepRow]) -> date:
    """The day under the notice: of its last issue, before that of its making."""
    return _known(taken).get(ISSUED, taken[0].on_day)


def _known(taken: Sequence[StepRow]) -> dict[str, date]:
    return rules.known_steps([(step.state, step.on_day) for step in taken])


def _steps(kind: Kind, row: NoticeRow, taken: Sequence[StepRow]) -> list[Step]:
    return [
        Step(
            rules.STATE_NAMES[step.state],
            who_does(kind, row, step.state),
            step.by,
            step.on_day,
            step.reason,
            step.evidence,
        )
        for step in taken
    ]


def _opinions(
    kind: Kind, row: NoticeRow, taken: Sequence[StepRow]
) -> tuple[Opinion, ...]:
    """The boxes to sign in, with what was said since the notice was last issued."""
    last = max((at for at, s in enumerate(taken) if s.state == ISSUED), default=0)
    known = _known(taken)
    since = {step.state: step for step in taken[last:] if step.state in known}
    found = []
    for step in kind.steps:
        if step.state not in OPINIONS:
            continue
        title = who_does(kind, row, step.state) + OPINIONS[step.state]
        word = since.get(step.state)
        if step.state == CONFIRMED and row.state == DISPUTED:
            word = since.get(DISPUTED)
        found.append(Opinion(title, _word(word) if word else ""))
    return tuple(found)


def _word(step: StepRow) -> str:
    day = f"{step.on_day.year}年{step.on_day.month}月{step.on_day.day}日"
    parts = (rules.STATE_NAMES[step.state], step.reason, step.by, day)
    return "，".join(part for part in parts if part)


def period_of(text: str) -> Month | Quarter | int:
    """A notice's period: 2018-01, 2018Q1, or a year."""
    return int(text) if text.isdigit() else read_period(text)


def printed(text: str) -> str:
    """A notice's period in words: 2018年一季度, 2018年."""
    found = period_of(text)
    return f"{found}年" if isinstance(found, int) else printed_period(found)


def named(row: NoticeRow) -> str:
    """预付金收款通知书“黔异预〔2018〕1号”（贵阳市）"""
    whom = f"（{regions.name(row.region)}）" if row.region else ""
    return f"{row.title}“{row.number}”{whom}"
