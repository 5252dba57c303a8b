"""对账单: one person's accounts at a date, with every movement of a span.

For the yearly reconciliation with the insured and for inquiries (MOL 二, 四). Reads by
index alone, whatever lies in the tables (reports/people/statement_rows.py).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection

from ledger import regions
from ledger.errors import BookError, UsageError
from ledger.money import NOTHING, grouped
from ledger.people.masks import masked_id, masked_name
from ledger.people.states import OPEN
from ledger.periods import Month, month_of
from reports.people import statement_rows as stored
from reports.people.family import Benefit, Family, benefit, family
from reports.people.kinds import CLAIM, EXPENDITURE, INCOME, OPENING, nature
from reports.people.words import ACCOUNT_STATES, POOLED, movement_words


class MovementRow(NamedTuple):
    """A movement, and the balance of its account after it."""

    on: date
    region: str
    kind: str
    words: str  # 冲销：在职计入, 医药费支出（县医院，购药）
    period: str  # 2023-01, "" where it belongs to no month
    amount: Decimal
    balance: Decimal
    batch: int
    voucher: str  # 511300-city-agency/2023-01/3
    source: str  # file.csv#sheet!R7, "" where no list says it
    institution: str  # its code, "" where it is no bill
    category: str  # 费用类别 of a bill, 险种 of a premium


class AccountRow(NamedTuple):
    """An account in the span: opening + recorded + income - expenditure + claimed
    is closing. `status` is the person's in that region on the last day."""

    region: str
    name: str
    status: str  # 在职, 退休, "" for who was never listed there
    state: str  # open, left, died, closed
    opening: Decimal
    recorded: Decimal  # 上年结余 brought by an opening balance list
    income: Decimal
    expenditure: Decimal
    claimed: Decimal  # net of 追回挂账
    closing: Decimal
    claim: Decimal  # still owed on the last day

    @property
    def state_name(self) -> str:
        return ACCOUNT_STATES.get(self.state, self.state)


class Statement(NamedTuple):
    """What the statement shows; the name is masked unless it was asked for whole."""

    person_id: str
    name: str
    unmasked: bool
    region: str
    status: str
    insured_as: str
    base: Decimal | None
    since: str  # the month from which this state holds
    retired_from: str
    died_on: date | None
    first: Month | None  # of the span; None from the beginning
    last_day: date
    accounts: list[AccountRow]
    movements: list[MovementRow]
    drafts: list[MovementRow]  # not counted yet; their balance is what it would be
    family: Family  # on the last day
    benefit: Benefit | None  # of the last day's year, drafts included

    def total(self, field: str) -> Decimal:
        """A column of the accounts added up."""
        return sum((getattr(row, field) for row in self.accounts), NOTHING)

    @property
    def balance(self) -> Decimal:
        return self.total("closing")

    @property
    def without_account(self) -> bool:
        """Whether the person is insured without an account, and never had one."""
        return self.insured_as == POOLED and not self.accounts

    @property
    def claim_words(self) -> list[str]:
        """What is owed, and how it comes back: of the dead and of closed accounts no
        later credit pays it."""
        owed = {"从以后的计入中收回": NOTHING, "待追回": NOTHING}
        for row in self.accounts:
            ended = self.died_on is not None or row.state != OPEN
            owed["待追回" if ended else "从以后的计入中收回"] += row.claim
        return [f"{grouped(owed[how])}元挂账，{how}" for how in owed if owed[how]]

    @property
    def region_name(self) -> str:
        return regions.name(self.region) if self.region else ""


def statement(
    connection: Connection,
    person_id: str,
    today: date,
    *,
    first: Month | None = None,
    last: Month | None = None,
    on: date | None = None,
    unmasked: bool = False,
) -> Statement:
    """A person's statement; BookError for an id that nobody has.

    Counts movements dated up to the end of `last` and up to `on`; without both,
    everything that counts, also what is dated later than today.
    """
    if first and last and first > last:
        raise UsageError(f"--from {first}晚于--to {last}；请对调")
    person = stored.person(connection, person_id)
    if person is None:
        raise BookError(
            f"没有个人编号为{masked_id(person_id)}的参保人；"
            "只能按完整的个人编号查询，请核对"
        )
    ends = [day for day in (last and last.last_day, on) if day]
    asked = stored.movements(connection, person_id, min(ends, default=None))
    last_day = min(ends, default=max([today, *(row.dated for row in asked)]))
    if first and first.first_day > last_day:
        raise UsageError(f"--from {first}晚于查询日{last_day}；请对调")
    says = stored.Sources(connection, person_id, asked)
    counted = [row for row in asked if row.state != "draft"]
    movements = _running(counted, says)
    closing = {row.region: row.balance for row in movements}
    waiting = [row for row in asked if row.state == "draft"]
    states = stored.states(connection, person_id, str(month_of(last_day)))
    accounts = [
        _account(row, movements, first, states)
        for row in stored.accounts(connection, person_id)
    ]
    now = states[-1] if states else person
    return Statement(
        person_id=person_id,
        name=person.name if unmasked else masked_name(person.name),
        unmasked=unmasked,
        region=now.region,
        status=now.status,
        insured_as=now.insured_as,
        base=now.base,
        since=states[-1].from_month if states else person.since,
        retired_from=person.retired_from,
        died_on=person.died_on,
        first=first,
        last_day=last_day,
        accounts=accounts,
        movements=[row for row in movements if _in_span(row, first)],
        drafts=_running(waiting, says, closing),
        family=family(connection, person_id, last_day, unmasked),
        benefit=benefit(connection, person_id, now.region, now.status, last_day),
    )


def _running(
    rows: Iterable, says: stored.Sources, before: dict[str, Decimal] = {}
) -> list[MovementRow]:
    """Movements in their order, each with its account's balance after it."""
    balances: dict[str, Decimal] = defaultdict(lambda: NOTHING, before)
    made = []
    for row in rows:
        balances[row.region] += row.amount
        made.append(
            MovementRow(
                on=row.dated,
                region=row.region,
                kind=row.kind,
                words=movement_words(
                    row.act,
                    row.kind,
                    says.institution(row),
                    row.category,
                    back=row.amount > 0,
                ),
                period=row.period,
                amount=row.amount,
                balance=balances[row.region],
                batch=row.batch_id,
                voucher=says.voucher(row),
                source=says.source(row),
                institution=row.institution,
                category=row.category,
            )
        )
    return made


def _account(
    row, movements: list[MovementRow], first: Month | None, states: list
) -> AccountRow:
    mine = [each for each in movements if each.region == row.region]
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for each in mine:
        sums[nature(each.kind) if _in_span(each, first) else "before"] += each.amount
    there = [state.status for state in states if state.region == row.region]
    return AccountRow(
        region=row.region,
        name=regions.name(row.region),
        status=there[-1] if there else "",
        state=row.state,
        opening=sums["before"],
        recorded=sums[OPENING],
        income=sums[INCOME],
        expenditure=-sums[EXPENDITURE],
        claimed=sums[CLAIM],
        closing=sum(sums.values(), NOTHING),
        claim=sum((each.amount for each in mine if each.kind == CLAIM), NOTHING),
    )


def _in_span(row: MovementRow, first: Month | None) -> bool:
    return first is None or row.on >= first.first_day
