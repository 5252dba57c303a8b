"""Plans of a quarter's advances, as the database keeps them.

A plan that is made may be made again in its place and edited; one that is issued
stays as it is. An edition's number is given once: what was withdrawn leaves a gap.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from ledger.advances.tables import Plan, PlanEdit, PlanLine
from ledger.database import next_id
from ledger.errors import BookError

PLAN, LINE, EDIT = Plan.__table__, PlanLine.__table__, PlanEdit.__table__
MADE, ISSUED, WITHDRAWN = "made", "issued", "withdrawn"
QUOTA, EMERGENCY, CHANGE = "核定", "紧急调增", "额度调整"
SCOPES = ("跨省", "省内")
WAITS, SET, STAYS = "waits", "set", "stays"  # how a cell stands that is unknown


class PlanRow(NamedTuple):
    """A plan's head; `quarter` as text, 2017Q4."""

    id: int
    quarter: str
    region: str
    edition: int
    kind: str  # 核定, 额度调整, 紧急调增
    provisional: bool
    policy: str
    on_day: date
    state: str  # made, issued, withdrawn
    note: str
    made_by: str
    made_at: str


class LineRow(NamedTuple):
    """What a payer has to pay by a plan; `working` is JSON (posting_rules/planning)."""

    payer: str
    scope: str
    fund: str
    computed: Decimal
    before: Decimal
    amount: Decimal
    working: str
    note: str

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.payer, self.scope, self.fund

    @property
    def unknown(self) -> str:
        """How the line stands where there was nothing to reckon it from; else ""."""
        return json.loads(self.working or "{}").get("unknown", "")

    @property
    def waits(self) -> bool:
        """Whether somebody has to set the amount: it is unknown, not zero (待测算)."""
        return self.unknown == WAITS

    def entered(self, amount: Decimal) -> LineRow:
        """The line with an amount that somebody set."""
        working = self.working
        if self.waits:
            read = {**json.loads(working), "unknown": SET}
            working = json.dumps(read, ensure_ascii=False)
        return self._replace(amount=amount, working=working)


class EditRow(NamedTuple):
    """An amount that was entered, with its reason."""

    serial: int
    payer: str
    scope: str
    fund: str
    before: Decimal
    after: Decimal
    reason: str
    by: str
    at: str


def plan(connection: Connection, id: int) -> PlanRow:
    """BookError where there is none."""
    found = _plans(connection, PLAN.c.id == id)
    if not found:
        raise BookError(f"没有预付金测算{id}；先运行 yibao plan")
    return found[0]


def standing(connection: Connection, quarter, region: str) -> list[PlanRow]:
    """The plans of a quarter that are not withdrawn, by edition."""
    return _plans(
        connection,
        PLAN.c.quarter == str(quarter),
        PLAN.c.region == region,
        PLAN.c.state != WITHDRAWN,
    )


def editions(connection: Connection, quarter, region: str) -> list[PlanRow]:
    """Every plan of a quarter, also those that were withdrawn, by edition."""
    where = (PLAN.c.quarter == str(quarter), PLAN.c.region == region)
    return _plans(connection, *where)


def lines(connection: Connection, plan_id: int) -> list[LineRow]:
    """A plan's lines by payer, 跨省 before 省内, fund."""
    columns = [LINE.c[field] for field in LineRow._fields]
    rows = connection.execute(select(*columns).where(LINE.c.plan_id == plan_id))
    found = [LineRow(*row) for row in rows]
    return sorted(found, key=lambda row: (row.payer, SCOPES.index(row.scope), row.fund))


def edits(connection: Connection, plan_id: int) -> list[EditRow]:
    """Everything that was entered in a plan, in order."""
    columns = [EDIT.c[field] for field in EditRow._fields]
    rows = connection.execute(
        select(*columns).where(EDIT.c.plan_id == plan_id).order_by(EDIT.c.serial)
    )
    return [EditRow(*row) for row in rows]


def set_state(connection: Connection, plan_id: int, state: str) -> None:
    connection.execute(update(PLAN).where(PLAN.c.id == plan_id).values(state=state))


def withdraw(connection: Connection, plan_id: int, note: str) -> None:
    """A plan that is not to be issued after all; it stays to be read."""
    connection.execute(
        update(PLAN).where(PLAN.c.id == plan_id).values(state=WITHDRAWN, note=note)
    )


def last_edition(connection: Connection, quarter, region: str) -> int:
    """The highest edition that a plan of the quarter ever had; 0 without one."""
    highest = func.coalesce(func.max(PLAN.c.edition), 0)
    where = (PLAN.c.quarter == str(quarter), PLAN.c.region == region)
    return connection.execute(select(highest).where(*where)).scalar_one()


def add(connection: Connection, head: PlanRow, found: Sequence[LineRow]) -> int:
    """Keep a new plan with its lines; `head.id` is not looked at."""
    plan_id = next_id(connection, PLAN)
    connection.execute(insert(PLAN).values(head._replace(id=plan_id)._asdict()))
    _add_lines(connection, plan_id, found)
    return plan_id


def replace(connection: Connection, head: PlanRow, found: Sequence[LineRow]) -> None:
    """Put a plan that was made again in the place of `head.id`; its edits stay."""
    values = head._asdict()
    connection.execute(update(PLAN).where(PLAN.c.id == values.pop("id")).values(values))
    connection.execute(delete(LINE).where(LINE.c.plan_id == head.id))
    _add_lines(connection, head.id, found)


def edit(connection: Connection, plan_id: int, made: Iterable[EditRow]) -> None:
    """Enter amounts; their serials are given here."""
    last = func.coalesce(func.max(EDIT.c.serial), 0)
    serial = connection.execute(select(last).where(EDIT.c.plan_id == plan_id)).scalar()
    standing = {line.cell: line for line in lines(connection, plan_id)}
    for row in made:
        serial += 1
        values = row._replace(serial=serial)._asdict()
        line = standing[row.payer, row.scope, row.fund].entered(row.after)
        connection.execute(insert(EDIT).values(plan_id=plan_id, **values))
        connection.execute(
            update(LINE)
            .where(
                LINE.c.plan_id == plan_id,
                LINE.c.payer == row.payer,
                LINE.c.scope == row.scope,
                LINE.c.fund == row.fund,
            )
            .values(amount=line.amount, working=line.working)
        )


def _add_lines(connection: Connection, plan_id: int, found: Sequence[LineRow]) -> None:
    if found:
        rows = [{"plan_id": plan_id, **line._asdict()} for line in found]
        connection.execute(insert(LINE), rows)


def _plans(connection: Connection, *where) -> list[PlanRow]:
    columns = [PLAN.c[field] for field in PlanRow._fields]
    rows = connection.execute(select(*columns).where(*where).order_by(PLAN.c.edition))
    return [PlanRow(*row) for row in rows]
