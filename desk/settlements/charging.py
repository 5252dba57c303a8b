"""How a bill is shared: pooled fund, other funds, own account, family, cash.

Where the list carries the whole split it is the source and ours the check (RULES.md
section 2, reading 14); with 统筹支付 alone the accounts' parts are reckoned, with none
all of it, where the region has a rule for that kind of cost. Amounts are whole fen.
依据：南府办发〔2022〕33号 第七条、第十八条、第二十条；皖医保中心〔2024〕39号 二（三）1
"""

from __future__ import annotations

import json
from datetime import date
from typing import NamedTuple

from desk.settlements.bill_checks import check, check_twin, refuse, twin_key, yuan
from desk.settlements.standing import Standing, accounts_fund, day, pooling_region
from ledger import regions
from ledger.settlements.feed import Bill
from ledger.settlements.institutions import Designation
from ledger.settlements.results import NETWORKED, Result, Share
from posting_rules.families import Member
from posting_rules.outpatient import OutpatientRule, reimburse, rule_of
from posting_rules.uses import OWN, Ruling, cost_ruling

ALL = "all"


class Benefit(NamedTuple):
    """What the policy gives of a bill; zeros where it has no rule for the cost."""

    ruled: bool
    deductible: int
    fund: int
    deducted_before: int
    paid_before: int


class Payable(NamedTuple):
    """An account of the family, what it has, and what it may pay for."""

    member: Member | None  # None: the own account
    balance: int
    ruling: Ruling


class Split(NamedTuple):
    own: int
    shares: tuple[Share, ...]
    cash: int

    @property
    def shared(self) -> int:
        return sum(share.amount for share in self.shares)


def charge(bill: Bill, standing: Standing, members: list[Member], late: bool) -> Result:
    """Split one bill; CannotTake, and then nothing has changed."""
    held = check(bill, standing)
    check_twin(bill, standing)
    on = day(bill.at[:10])
    place = pooling_region(bill.place, standing.province)
    gives = _benefit(bill, held, standing, on)
    pooled = gives.fund if bill.pooled is None else bill.pooled
    other = bill.other or 0
    _check_funds(bill, gives, pooled, other)
    in_province = regions.province_of(place) == standing.province
    ours = _drawn(bill, standing, members, on, in_province, pooled, other)
    taken = None not in (bill.pooled, bill.own, bill.shared, bill.cash)
    split = ours
    if taken:
        split = _as_said(bill, standing, members, on, in_province, pooled, other)
    said = (bill.pooled, bill.own, bill.shared)
    differences = ""
    if said != (None, None, None):
        if taken and gives.ruled and gives.fund != pooled:
            ours = _drawn(bill, standing, members, on, in_province, gives.fund, other)
        ruled = gives.fund if gives.ruled else pooled
        differences = _differences(said, (ruled, ours.own, ours.shared))
    result = Result(
        bill.sheet,
        bill.row,
        bill.serial,
        bill.at,
        bill.act,
        "",
        "",
        bill.person_id,
        bill.region,
        bill.person.fund or accounts_fund(bill.region),
        bill.status,
        bill.channel,
        bill.institution,
        place,
        bill.category,
        bill.total,
        bill.in_policy,
        gives.deductible,
        pooled,
        other,
        split.own,
        split.shared,
        split.cash,
        gives.deducted_before,
        gives.paid_before,
        taken,
        differences,
        late,
        bill.note,
        split.shares,
        gives.ruled,
    )
    _settle(result, gives, standing)
    return result


def _settle(result: Result, gives: Benefit, standing: Standing) -> None:
    """Accounts, the year's use and what may come twice, after the bill."""
    if result.own:
        standing.move(result.person_id, result.region, -result.own)
    for share in result.shares:
        standing.move(share.payer_id, share.payer_region, -share.amount)
    if gives.ruled:
        year = int(result.at[:4])
        standing.use(result.person_id, year, gives.deductible, result.pooled)
    if standing.watched:
        key = twin_key(result)
        if key in standing.watched:
            standing.twins[key] = result.channel, result.serial


def rule_for(
    region: str, fund: str, status: str, category: str, on: date
) -> OutpatientRule | None:
    """The outpatient rule of a line; who is in another insurance has none."""
    if fund != accounts_fund(region):
        return None
    return rule_of(region, status, category, on)


def _benefit(bill: Bill, held: Designation, standing: Standing, on: date) -> Benefit:
    fund = bill.person.fund or accounts_fund(bill.region)
    rule = rule_for(bill.region, fund, bill.status, bill.category, on)
    if rule is None:
        return Benefit(False, 0, 0, 0, 0)
    before = standing.used(bill.person_id, on.year)
    if held.level in rule.qualified and not held.qualified:
        return Benefit(True, 0, 0, *before)  # an unqualified pharmacy: 第六条
    deducted, paid = before
    parts = reimburse(bill.in_policy, rule, held.level, deducted=deducted, paid=paid)
    return Benefit(True, parts.deductible, parts.fund, *before)


def _check_funds(bill: Bill, gives: Benefit, pooled: int, other: int) -> None:
    if bill.pooled is None and not gives.ruled:
        why = f"没有填，{bill.category}没有可以计算的门诊统筹规定"
        refuse(bill, "pooled", "统筹支付", "", "清单写明统筹基金支付的金额", why)
    if pooled + other > bill.total:
        most = f"与其他基金合计不超过{yuan(bill.total)}元"
        refuse(bill, "split", "统筹支付", yuan(pooled), most, "大于医疗总费用")


def _payables(
    bill: Bill,
    standing: Standing,
    members: list[Member],
    on: date,
    in_province: bool,
) -> list[Payable]:
    """The accounts that pay a bill, the own one first, each with its rule."""
    region, level, category = bill.region, bill.level, bill.category
    if standing.paid_out(region, on):
        return []
    ruling = cost_ruling(region, OWN, level, category, in_province, on)
    account = bill.person.account_in(region)
    found = [Payable(None, account.free if account else 0, ruling)]
    if bill.channel != NETWORKED or not members:
        return found
    for member in standing.family(region, members, bill.at, on):
        ruling = cost_ruling(
            member.region, member.relation, level, category, in_province, on
        )
        account = standing.account(member.person_id, member.region)
        found.append(Payable(member, account.free if account else 0, ruling))
    return found


def _drawn(
    bill: Bill,
    standing: Standing,
    members: list[Member],
    on: date,
    in_province: bool,
    pooled: int,
    other: int,
) -> Split:
    """What each account pays, each drained before the next; cash for the rest."""
    due = bill.total - pooled - other
    in_policy = max(0, bill.in_policy - pooled - other)
    own, shares = 0, []
    if due:
        for account in _payables(bill, standing, members, on, in_province):
            part = min(_may(account.ruling, due, in_policy), account.balance)
            due -= part
            in_policy = max(0, in_policy - part)
            if account.member is None:
                own = part
            elif part:
                shares.append(_share(len(shares) + 1, account.member, part))
    return Split(own, tuple(shares), due)


def _may(ruling: Ruling, due: int, in_policy: int) -> int:
    """What an account may pay of what is left, by its rule."""
    if not ruling.may:
        return 0
    return due if ruling.part == ALL else min(due, in_policy)


def _as_said(
    bill: Bill,
    standing: Standing,
    members: list[Member],
    on: date,
    in_province: bool,
    pooled: int,
    other: int,
) -> Split:
    """The split that the list carries, its family part laid on the accounts in order;
    CannotTake where it does not add up or an account may not or cannot pay it."""
    added = pooled + other + bill.own + bill.shared + bill.cash
    if added != bill.total:
        expected = f"各项之和等于医疗总费用{yuan(bill.total)}元"
        refuse(bill, "split", "现金支付", yuan(bill.cash), expected, "各项之和不符")
    if not (bill.own or bill.shared):
        return Split(0, (), bill.cash)
    due = bill.total - pooled - other
    in_policy = max(0, bill.in_policy - pooled - other)
    payables = _payables(bill, standing, members, on, in_province)
    own = payables[0] if payables else None
    _check_own(bill, own, due, in_policy)
    in_policy = max(0, in_policy - bill.own)
    rest, shares = bill.shared, []
    for account in payables[1:]:
        part = min(_may(account.ruling, rest, in_policy), account.balance)
        rest -= part
        in_policy = max(0, in_policy - part)
        if part:
            shares.append(_share(len(shares) + 1, account.member, part))
    if rest:
        can = yuan(bill.shared - rest)
        why = f"家庭成员的账户只能支付{can}元"
        expected = f"不超过{can}元"
        refuse(bill, "use", "共济支付", yuan(bill.shared), expected, why)
    return Split(bill.own, tuple(shares), bill.cash)


def _check_own(bill: Bill, own: Payable | None, due: int, in_policy: int) -> None:
    if not bill.own:
        return
    may = _may(own.ruling, due, in_policy) if own else 0
    if bill.own > may:
        basis = own.ruling.basis if own else ""
        why = f"本人账户按规定只能支付{yuan(may)}元"
        found, expected = yuan(bill.own), f"不超过{yuan(may)}元（{basis}）"
        refuse(bill, "use", "个账支付", found, expected, why)
    if bill.own > own.balance:
        why = f"大于账户余额{yuan(own.balance)}元"
        expected = f"不超过{yuan(own.balance)}元"
        refuse(bill, "split", "个账支付", yuan(bill.own), expected, why)


def _share(position: int, member: Member, amount: int) -> Share:
    return Share(position, member.person_id, member.region, member.relation, amount)


def _differences(said: tuple, ours: tuple) -> str:
    """Where the list says otherwise than we reckon, as JSON in yuan."""
    found = {
        name: [f"{a // 100}.{a % 100:02d}", f"{b // 100}.{b % 100:02d}"]
        for name, a, b in zip(("pooled", "own", "shared"), said, ours)
        if a is not None and a != b
    }
    return json.dumps(found) if found else ""
