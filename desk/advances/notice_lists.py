"""Notices for who asks: a list with the next step and its day, and one shown whole.

Account numbers are masked here; the notice itself (page, workbook) has them whole.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.advances.notice_steps import found
from desk.advances.notices import next_step, paper_of, printed
from desk.saving import save
from ledger import regions, settings
from ledger.advances import notices
from ledger.advances.bank_accounts import masked
from ledger.advances.notices import LineRow, NoticeRow, StepRow
from ledger.database import Home
from ledger.errors import UsageError
from ledger.funds import fund_names
from ledger.money import grouped
from posting_rules import notices as rules
from posting_rules.policies import policy_of
from posting_rules.workdays import SpecialDays
from reports.advances.notice_money import cases
from reports.advances.notice_page import notice_page
from reports.advances.notice_paper import NoticePaper, Step
from reports.advances.notice_sheet import notice_workbook


class Listed(NamedTuple):
    """A notice as a list shows it; `next` in words, "" at its end."""

    id: int
    number: str
    kind: str
    title: str
    period: str
    region: str
    region_name: str
    holder: str
    origin: str
    total: Decimal
    due_day: date | None
    state: str
    state_name: str
    next: str
    next_state: str
    due: date | None  # of the next step
    late: bool
    file: str

    def as_json(self) -> dict:
        told = self._asdict()
        told["total"] = f"{self.total:.2f}"
        for name in ("due_day", "due"):
            told[name] = told[name] and str(told[name])
        return told


def listed(
    home: Home,
    on: date,
    *,
    kind: str | None = None,
    period: str | None = None,
    state: str | None = None,
    region: str | None = None,
    special: SpecialDays | None = None,
) -> list[Listed]:
    """Notices by kind, period, state (code or word) and whom they are for or from."""
    if region and regions.today_code(region) != region:
        raise UsageError(f"没有地区“{region}”；写统筹区或省的代码，如 520100")
    with home.reading() as connection:
        policy = policy_of(settings.province(connection))
        if kind:
            rules.kind_named(policy, kind)
        rows = notices.notices(
            connection, kind=kind, period=period, state=_state(state)
        )
        if region:
            rows = [row for row in rows if region in (row.region, row.holder)]
        return rows_listed(connection, rows, on, special)


def _state(word: str | None) -> str | None:
    if word is None or word in rules.STATE_NAMES:
        return word
    for state, name in rules.STATE_NAMES.items():
        if word == name:
            return state
    known = "、".join(f"{state} {name}" for state, name in rules.STATE_NAMES.items())
    raise UsageError(f"没有“{word}”这种状态；有：{known}")


def rows_listed(
    connection: Connection,
    rows: Sequence[NoticeRow],
    on: date,
    special: SpecialDays | None = None,
) -> list[Listed]:
    policy = policy_of(settings.province(connection))
    steps = notices.steps_of(connection, [row.id for row in rows])
    found = []
    for row in rows:
        kind = rules.kind_named(policy, row.kind)
        waits = next_step(policy, kind, row, steps.get(row.id, ()), special)
        due = waits.due if waits else None
        found.append(
            Listed(
                id=row.id,
                number=row.number,
                kind=row.kind,
                title=row.title,
                period=row.period,
                region=row.region,
                region_name=regions.name(row.region) if row.region else "",
                holder=row.holder,
                origin=row.origin,
                total=row.total,
                due_day=row.due_day,
                state=row.state,
                state_name=rules.STATE_NAMES[row.state],
                next=f"{waits.who}{rules.STEP_NAMES[waits.state]}" if waits else "",
                next_state=waits.state if waits else "",
                due=due,
                late=due is not None and on > due,
                file=row.stored,
            )
        )
    return found


class Shown(NamedTuple):
    """A notice with its amounts and steps."""

    row: NoticeRow
    paper: NoticePaper
    said: Sequence[LineRow]
    taken: Sequence[StepRow]
    surplus: str = ""  # what was paid beyond it, in words

    def words(self) -> list[str]:
        """Its head, line by line."""
        row, paper = self.row, self.paper
        lines = [
            f"{paper.title}　{paper.number}（编号{row.id}，{paper.state}）",
            f"期间：{printed(row.period)}　金额：{grouped(row.total)}元　{paper.words}",
        ]
        lines += [
            f"{part.row[0]}：{grouped(part.amount)}元　{part.words}"
            for part in paper.sums
            if part.words
        ]
        if paper.payee:
            payee = paper.payee
            account = f"{payee.name}　{masked(payee.number)}　{payee.bank}"
            account = account if payee.number else "（没有登记）"
            lines.append(f"收款账户：{account}")
        if row.due_day:
            lines.append(f"期限：{row.due_day}")
        lines += [f"多付：{self.surplus}"] if self.surplus else []
        lines += [note for note in paper.notes]
        if paper.next_step:
            lines.append(paper.next_step)
        if row.stored:
            lines.append(f"文件：{row.stored}")
        return lines

    def amounts(self) -> list[tuple]:
        return [
            (
                f"{line.region}{regions.name(line.region)}",
                line.scope,
                fund_names().get(line.fund, ""),
                grouped(line.amount),
                line.note,
            )
            for line in self.said
        ]

    def steps(self) -> list[tuple]:
        return [
            (step.on, step.name, step.who, step.by, step.reason, step.evidence)
            for step in self.paper.steps
        ]

    def as_json(self) -> dict:
        row = self.row
        told = {name: getattr(row, name) for name in PLAIN}
        return {
            **told,
            "total": f"{row.total:.2f}",
            "words": self.paper.words,
            "due_day": row.due_day and str(row.due_day),
            "payee": {
                "name": row.payee_name,
                "account": masked(row.payee_account),
                "bank": row.payee_bank,
            },
            "notes": list(self.paper.notes),
            "next": self.paper.next_step,
            "surplus": self.surplus,
            "lines": [
                {**line._asdict(), "amount": f"{line.amount:.2f}"} for line in self.said
            ],
            "steps": [
                {**_step_json(step), "state": taken.state}
                for step, taken in zip(self.paper.steps, self.taken)
            ],
        }


PLAIN = (
    *("id", "number", "kind", "title", "period", "region", "holder", "origin"),
    *("state", "note", "stored", "sha256", "plan_id"),
)


def _step_json(step: Step) -> dict:
    return {**step._asdict(), "on": str(step.on)}


def shown(
    home: Home,
    number: str,
    special: SpecialDays | None = None,
    *,
    html: Path | None = None,
    xlsx: Path | None = None,
) -> Shown:
    """A notice by 文号 or id; its page and workbook are written where asked for."""
    with home.reading() as connection:
        row = found(connection, number)
        paper = paper_of(connection, row.id, special)
        said = notices.lines(connection, row.id)
        taken = notices.steps(connection, row.id)
        surplus = _surplus(connection, row)
    if html:
        save(html, notice_page(paper).encode())
    if xlsx:
        save(xlsx, notice_workbook(paper))
    return Shown(row, paper, said, taken, surplus)


def _surplus(connection: Connection, row: NoticeRow) -> str:
    policy = policy_of(settings.province(connection))
    for case in cases(connection, policy):
        if case.row.id == row.id and case.surplus:
            return f"{case.surplus_words}，流水号{'、'.join(case.serials)}"
    return ""
