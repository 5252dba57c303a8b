"""How a bill is shared: pooled fund, other funds, own account, family, cash.

Where the list carries the whole split it is the source and ours the check (RULES.md
section 2, reading 14); with 统筹支付 alone the accounts' parts are reckoned, with none
all of it, where the region has a rule for that kind of cost. Amounts are whole fen.
依据：南府办发〔2022〕33号 第七条、第十八条、第二十条；皖医保中心〔2024〕39号 二（三）1
"""

from __future__ import annotations

import json
from typing import NamedTuple, NoReturn

from desk.settlements.bill_checks import check, check_twin, refuse, twin_key, yuan
from desk.settlements.standing import Standing, accounts_fund, day
from ledger.settlements.feed import Bill
from ledger.settlements.institutions import Designation
from ledger.settlements.results import NETWORKED, Result, Share
from ledger.settlements.state import Account
from posting_rules.families import Member
from posting_rules.outpatient import benefit
from posting_rules.uses import Ruling

ALL = "all"


class Case(NamedTuple):
    """A bill at the desk: where it was, whose accounts may pay, what they are asked
    for."""

    bill: Bill
    held: Designation
    members: list[Member]  # bound to its person at its time
    account: Account | None  # the own one
    ruling: Ruling  # of the own one
    due: int  # what the person bears
    in_policy: int  # of that, at most; below zero nothing


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
    if bill.original:
        why = "收费不填原结算流水号；退费、冲正才填"
        refuse(bill, "refund", "原结算流水号", bill.original, "空", why)
    if standing.twins:
        check_twin(bill, standing)
    person, region, at, serial = bill.person, bill.region, bill.at, bill.serial
    total, in_policy, pooled = bill.total, bill.in_policy, bill.pooled
    rule, counts, ruling = standing.terms(bill, held)
    deductible = gives = deducted = paid = 0
    if rule is not None:
        year = int(at[:4])
        deducted, paid = standing.used(person, bill.person_id, year)
        if counts:  # an unqualified pharmacy does not: 第六条
            deductible, gives = benefit(in_policy, rule, held.level, deducted, paid)
    if pooled is None:
        if rule is None:
            _refuse_without_rule(bill)
        pooled = gives
    if pooled > in_policy:
        most, why = f"不超过{yuan(in_policy)}元", "大于政策范围内费用"
        refuse(bill, "pooled", "统筹支付", yuan(pooled), most, why)
    other = bill.other or 0
    due = total - pooled - other
    if due < 0:
        most = f"与其他基金合计不超过{yuan(total)}元"
        refuse(bill, "split", "统筹支付", yuan(pooled), most, "大于医疗总费用")
    account = person.account if region == person.region else person.account_in(region)
    taken, differences, shares = False, "", ()
    left = in_policy - pooled - other
    own, cash = _own(account, ruling, due, left), due
    said = bill.pooled is not None or bill.own is not None or bill.shared is not None
    cash -= own
    if said or cash and members:
        case = Case(bill, held, members, account, ruling, due, left)
        own, shares, cash = _drawn(case, standing)
    if said:
        fund = pooled if rule is None else gives
        taken = None not in (bill.pooled, bill.own, bill.shared, bill.cash)
        own, shares, cash, differences = _compared(
            case, standing, taken, fund, Split(own, shares, cash)
        )
    if own:
        account.move(-own)
    shared = 0
    for share in shares:
        shared += share.amount
        standing.move(share.payer_id, share.payer_region, -share.amount)
    if rule is not None:
        standing.use(bill.person_id, year, deductible, pooled)
    if standing.watched and (key := twin_key(bill)) in standing.watched:
        standing.twins[key] = bill.channel, serial
    return Result._make(
        (
            bill.sheet, bill.row, serial, at, bill.act, "", "", bill.person_id, region,
            person.fund or accounts_fund(region), bill.status, bill.channel,
            bill.institution, held.region, bill.category, total, in_policy, deductible,
            pooled, other, own, shared, cash, deducted, paid, taken, differences, late,
            bill.note, shares, rule is not None,
        )
    )  # fmt: skip


def _refuse_without_rule(bill: Bill) -> NoReturn:
    why = f"没有填，{bill.category}没有可以计算的门诊统筹规定"
    refuse(bill, "pooled", "统筹支付", "", "清单写明统筹基金支付的金额", why)


def _compared(
    case: Case, standing: Standing, taken: bool, fund: int, drawn: Split
) -> tuple[int, tuple[Share, ...], int, str]:
    """The split of a list that says something of it, and where ours differs.

    `fund` is what ours gives; `drawn` is ours with what the list says the fund pays.
    """
    bill, split = case.bill, drawn
    if taken:
        if fund != bill.pooled:
            drawn = _drawn(_with(case, fund), standing)
        split = _as_said(case, standing)
    said = (bill.pooled, bill.own, bill.shared)
    return *split, differences_of(said, (fund, drawn.own, drawn.shared))


def _with(case: Case, fund: int) -> Case:
    """The same bill, had the pooled fund paid another amount."""
    more = case.bill.pooled - fund
    return case._replace(
        due=max(0, case.due + more), in_policy=max(0, case.in_policy + more)
    )


def _drawn(case: Case, standing: Standing) -> Split:
    """What each account pays, each drained before the next; cash for the rest."""
    bill, held, members, account, ruling, due, in_policy = case
    own = _own(account, ruling, due, in_policy)
    due -= own
    if not due or not members or bill.channel != NETWORKED:
        return Split(own, (), due)
    shares = _family(case._replace(in_policy=in_policy - own), standing, due)
    return Split(own, shares, due - sum(share.amount for share in shares))


def _own(account: Account | None, ruling: Ruling, due: int, in_policy: int) -> int:
    """What the own account pays of an amount, by what it has and may pay."""
    if account is None or not ruling.may or not account.usable:
        return 0
    most = due if ruling.part == ALL or in_policy > due else in_policy
    own = account.balance
    if own > most:
        own = most
    return own if own > 0 else 0


def _family(case: Case, standing: Standing, due: int) -> tuple[Share, ...]:
    """What the family's accounts pay of an amount, in order, each as it may."""
    bill, on = case.bill, day(case.bill.at[:10])
    if standing.paid_out(bill.region, on):
        return ()
    in_policy, shares = max(0, case.in_policy), []
    for member in standing.family(bill.region, case.members, bill.at, on):
        region = member.region
        ruling = standing.ruling(region, member.relation, case.held, bill.category, on)
        account = standing.account(member.person_id, region)
        if account is None or not ruling.may:
            continue
        part = min(account.free, due if ruling.part == ALL else in_policy, due)
        due -= part
        in_policy = max(0, in_policy - part)
        if part:
            place = len(shares) + 1
            shares.append(Share(place, member.person_id, region, member.relation, part))
    return tuple(shares)


def _as_said(case: Case, standing: Standing) -> Split:
    """The split that the list carries, its family part laid on the accounts in order;
    CannotTake where it does not add up or an account may not or cannot pay it."""
    bill = case.bill
    if bill.own + bill.shared + bill.cash != case.due:
        expected = f"各项之和等于医疗总费用{yuan(bill.total)}元"
        refuse(bill, "split", "现金支付", yuan(bill.cash), expected, "各项之和不符")
    _check_own(case)
    if not bill.shared:
        return Split(bill.own, (), bill.cash)
    shares = ()
    if bill.channel == NETWORKED:
        rest = case._replace(in_policy=case.in_policy - bill.own)
        shares = _family(rest, standing, bill.shared)
    can = sum(share.amount for share in shares)
    if can < bill.shared:
        why = f"家庭成员的账户只能支付{yuan(can)}元"
        expected = f"不超过{yuan(can)}元"
        refuse(bill, "use", "共济支付", yuan(bill.shared), expected, why)
    return Split(bill.own, shares, bill.cash)


def _check_own(case: Case) -> None:
    bill, ruling = case.bill, case.ruling
    if not bill.own:
        return
    may = 0
    if ruling.may:
        may = case.due if ruling.part == ALL else max(0, min(case.due, case.in_policy))
    if bill.own > may:
        why = f"本人账户按规定只能支付{yuan(may)}元"
        found, expected = yuan(bill.own), f"不超过{yuan(may)}元"
        refuse(bill, "use", "个账支付", found, expected, why, ruling.basis)
    free = case.account.free if case.account else 0
    if bill.own > free:
        why, expected = f"大于账户余额{yuan(free)}元", f"不超过{yuan(free)}元"
        refuse(bill, "split", "个账支付", yuan(bill.own), expected, why)


def differences_of(said: tuple, ours: tuple) -> str:
    """Where the list says otherwise than we reckon, as JSON in yuan."""
    found = {
        name: [f"{a // 100}.{a % 100:02d}", f"{b // 100}.{b % 100:02d}"]
        for name, a, b in zip(("pooled", "own", "shared"), said, ours)
        if a is not None and a != b
    }
    return json.dumps(found) if found else ""
