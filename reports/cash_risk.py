"""疑似套现风险清单: outflows from accounts that come near to cash.

Every payout and inheritance is listed by person; beside them what an auditor looks
for: returns again and again, one bank account for several people, payouts closer
together than the runs are, a payee who is another, 转出 to what looks like a person.
依据：劳社厅发〔2002〕6号 三；攀枝花市医疗保障局2022年4月20日通知 附件2 一、二.3
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection

from ledger.money import NOTHING
from ledger.people.masks import masked_id, masked_name
from ledger.people.outflows import INHERITANCE, OUT, PAYOUT, Outflow, between
from ledger.periods import month_of, period
from posting_rules.payouts import document_of

TITLES = ("风险", "姓名", "个人编号", "收款账号", "笔数", "人数", "金额", "最近日期")
BOUNCED = "多次退回"
SHARED = "同一收款账号多人收款"
CLOSE = "间隔短于定期的多次划转"
OTHER_PAYEE = "划转的收款户名不是本人"
TO_PERSON = "转出至疑似个人账户"
KINDS = (PAYOUT, INHERITANCE, TO_PERSON, OTHER_PAYEE, BOUNCED, SHARED, CLOSE)
# What a name of an office has in it; what has none of it and is short is a person's.
OFFICES = "局中心公司院社会厅处所站部委政府保险医保库户行"
LONGEST_NAME = 4


class RiskRow(NamedTuple):
    """A risk and whose it is; name, id and account are masked unless asked whole.

    `people` is above 1 only where a bank account receives for several, which then
    stand for no one: name and id are empty. `last` is the day of the last outflow.
    """

    kind: str
    name: str
    person_id: str
    account: str
    count: int
    people: int
    amount: Decimal
    last: date


def rows(
    connection: Connection,
    region: str,
    first: date,
    last: date,
    unmasked: bool = False,
) -> list[RiskRow]:
    """Risks on days from `first` to `last`, both included; the largest sums of a kind
    first. An outflow before `first` counts only for payouts that follow too soon."""
    gap = _months_between(region)
    earlier = between(connection, region, _before(first, gap), last)
    outflows = [outflow for outflow in earlier if outflow.on >= first]
    found = [
        *_by_person(PAYOUT, (o for o in outflows if o.kind == PAYOUT)),
        *_by_person(INHERITANCE, (o for o in outflows if o.kind == INHERITANCE)),
        *_by_person(TO_PERSON, filter(_to_person, outflows)),
        *_by_person(OTHER_PAYEE, filter(_to_another, outflows)),
        *_by_person(BOUNCED, (o for o in outflows if o.returned), least=2),
        *_shared(outflows),
        *_by_person(CLOSE, _too_close(earlier, first, gap), least=2),
    ]
    found.sort(key=lambda row: (KINDS.index(row.kind), -row.amount, row.person_id))
    return found if unmasked else [_masked(row) for row in found]


def _by_person(kind: str, outflows: Iterable[Outflow], least: int = 1) -> list[RiskRow]:
    """A row for each person with at least so many outflows."""
    groups: dict[str, list[Outflow]] = defaultdict(list)
    for outflow in outflows:
        groups[outflow.person_id].append(outflow)
    return [
        _row(kind, group, group[0].name, person_id)
        for person_id, group in groups.items()
        if len(group) >= least
    ]


def _shared(outflows: Iterable[Outflow]) -> list[RiskRow]:
    """A row for each bank account that received for several people."""
    groups: dict[str, list[Outflow]] = defaultdict(list)
    for outflow in outflows:
        if outflow.payee_account and (outflow.kind != OUT or _to_person(outflow)):
            groups[outflow.payee_account].append(outflow)
    made = [_row(SHARED, group, "", "") for group in groups.values()]
    return [row for row in made if row.people > 1]


def _row(kind: str, group: list[Outflow], name: str, person_id: str) -> RiskRow:
    accounts = {outflow.payee_account for outflow in group}
    return RiskRow(
        kind,
        name,
        person_id,
        accounts.pop() if len(accounts) == 1 else "",
        len(group),
        len({outflow.person_id for outflow in group}),
        sum((outflow.amount for outflow in group), NOTHING),
        max(outflow.on for outflow in group),
    )


def _to_person(outflow: Outflow) -> bool:
    """Whether 转出 went to what looks like a person's bank account."""
    if outflow.kind != OUT or not outflow.payee_account:
        return False
    name = outflow.payee_name
    short = len(name) <= LONGEST_NAME and not set(name) & set(OFFICES)
    return short or name == outflow.name


def _to_another(outflow: Outflow) -> bool:
    """Whether a payout, which is the person's own, bears another payee's name."""
    known = outflow.kind == PAYOUT and outflow.name != ""
    return known and outflow.payee_name != outflow.name


def _too_close(outflows: list[Outflow], first: date, gap: int) -> list[Outflow]:
    """Payouts that did not come back, of people paid twice within less than `gap`
    months, of whom the later one is not before `first`."""
    by_person: dict[str, list[Outflow]] = defaultdict(list)
    for outflow in outflows:
        if outflow.kind == PAYOUT and not outflow.returned:
            by_person[outflow.person_id].append(outflow)
    close: list[Outflow] = []
    for group in by_person.values():
        group.sort(key=lambda outflow: (outflow.month, outflow.on))
        for earlier, later in zip(group, group[1:]):
            if later.on >= first and _months(later) - _months(earlier) < gap:
                close += [o for o in (earlier, later) if o not in close[-2:]]
    return close


def _months(outflow: Outflow) -> int:
    month = period(outflow.month)
    return month.year * 12 + month.number


def _months_between(region: str) -> int:
    """How many months lie between the runs of a region's document."""
    document = document_of(region)
    return 12 // len(document.payout["months"]) if document else 0


def _before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before a day's."""
    month = month_of(day)
    count = month.year * 12 + month.number - 1 - months
    return date(count // 12, count % 12 + 1, 1) if months else day


def _masked(row: RiskRow) -> RiskRow:
    return row._replace(
        name=masked_name(row.name),
        person_id=masked_id(row.person_id),
        account=masked_id(row.account),
    )
