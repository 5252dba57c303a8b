"""Refunds and reversals: what a bill's parts get back, to the accounts that paid.

Reading 10 of RULES.md section 2: a reversal and a full refund undo what is left of the
stored split exactly; a partial refund reckons what remains of the bill anew on the
accumulators of its own day, the difference goes back to the pooled fund first, then to
the accounts in reverse order, then in cash; later bills stay as they are.
依据：皖医保中心〔2024〕39号 三
"""

from __future__ import annotations

from desk.settlements.bill_checks import check_person, check_region, refuse, yuan
from desk.settlements.charging import differences_of
from desk.settlements.open_bills import OpenBill
from desk.settlements.standing import Standing, day, pooling_region
from ledger.settlements.feed import Bill
from ledger.settlements.results import CHARGE, MADE_UP, PARTS, REVERSAL, Result, Share
from posting_rules.families import given_back
from posting_rules.outpatient import reimburse, rule_of

Left = dict[str, int]


def give_back(bill: Bill, standing: Standing, late: bool) -> Result:
    """Take a refund or a reversal; CannotTake, and then nothing has changed."""
    check_person(bill, standing)
    open_bill = _open_bill(bill, standing)
    check_region(bill, open_bill.of.region, standing)
    if open_bill.of.act == MADE_UP:  # what of it is in policy is not known
        bill = bill._replace(in_policy=0)
    _check_amounts(bill, open_bill)
    left = open_bill.left
    if bill.total == left["total"]:
        back, shares, differences = dict(left), open_bill.shares, ""
        _check_said(bill, back)
    else:
        back, shares, differences = _partial(bill, open_bill, standing)
    taken = None not in (bill.pooled, bill.own, bill.shared, bill.cash)
    of = open_bill.of
    result = Result(
        sheet=bill.sheet,
        row=bill.row,
        serial=bill.serial,
        at=bill.at,
        act=bill.act,
        original=of.serial,
        original_month=of.at[:7],
        person_id=of.person_id,
        region=of.region,
        fund=of.fund,
        status=of.status,
        channel=of.channel,
        institution=of.institution,
        place=of.place,
        category=of.category,
        **{part: -back[part] for part in PARTS},
        deducted_before=of.deducted_before,
        paid_before=of.paid_before,
        taken=taken,
        differences=differences,
        late=late,
        note=bill.note,
        shares=tuple(s._replace(amount=-s.amount) for s in shares if s.amount),
        ruled=of.ruled,
    )
    _settle(result, open_bill, standing)
    return result


def _settle(result: Result, open_bill: OpenBill, standing: Standing) -> None:
    of = open_bill.of
    if result.own:
        standing.move(of.person_id, of.region, -result.own)
    for share in result.shares:
        standing.move(share.payer_id, share.payer_region, -share.amount)
    if of.ruled:
        year = int(of.at[:4])
        standing.use(of.person_id, year, result.deductible, result.pooled)
    open_bill.give_back(result)
    open_bill.reversed = open_bill.left["total"] == 0
    if open_bill.reversed:
        key = (of.person_id, of.institution, of.at[:10], open_bill.billed[0])
        if standing.twins.get(key, ("", ""))[1] == of.serial:
            del standing.twins[key]


def _rule(open_bill: OpenBill):
    of = open_bill.of
    if not of.ruled:
        return None
    return rule_of(of.region, of.status, of.category, day(of.at[:10]))


def _open_bill(bill: Bill, standing: Standing) -> OpenBill:
    """The bill that a line gives back, as both must agree."""
    if not bill.original:
        refuse(bill, "refund", "原结算流水号", "", "原收费的流水号", "没有填")
    found = standing.open.get(bill.original)
    if found is None:
        expected = "已入账的收费流水号"
        refuse(bill, "refund", "原结算流水号", bill.original, expected, "没有这笔结算")
    of = found.of
    if of.act not in (CHARGE, MADE_UP):
        expected = "收费的流水号；退费和冲正不能再退"
        why = f"是{of.act}，不能{bill.act}"
        refuse(bill, "refund", "原结算流水号", bill.original, expected, why)
    place = pooling_region(bill.place, standing.province)
    unnamed = of.act == MADE_UP  # whose institution and kind of cost is not known
    for column, said, held in (
        ("个人编号", bill.person_id, of.person_id),
        ("机构代码", bill.institution, of.institution),
        ("就医地代码", place, of.place),
        ("结算方式", bill.channel, of.channel),
        ("费用类别", bill.category, of.category),
    ):
        if unnamed and column in ("机构代码", "费用类别"):
            continue
        if said != held:
            shown = "" if column == "个人编号" else said
            expected = "与原收费相同" if not shown else held
            refuse(bill, "refund", column, shown, expected, "与原收费不同")
    if bill.at < of.at:
        refuse(bill, "refund", "结算时间", bill.at, f"不早于{of.at}", "早于原收费")
    return found


def _check_amounts(bill: Bill, open_bill: OpenBill) -> None:
    left = open_bill.left
    if open_bill.reversed:
        refuse(
            bill,
            "refund",
            "原结算流水号",
            bill.original,
            "没有退完的收费",
            "已经全部退回",
        )
    if bill.act == REVERSAL:
        if open_bill.refunds:
            expected = f"退费，至多{yuan(left['total'])}元"
            refuse(
                bill, "refund", "业务类型", bill.act, expected, "不能办：原收费已有退费"
            )
        billed = open_bill.billed
        if (bill.total, bill.in_policy) != billed:
            expected = f"原收费的{yuan(billed[0])}元和{yuan(billed[1])}元"
            why = "与原收费不同，冲正应与原收费一致"
            refuse(bill, "refund", "医疗总费用", yuan(bill.total), expected, why)
    for column, said, part in (
        ("医疗总费用", bill.total, "total"),
        ("政策范围内费用", bill.in_policy, "in_policy"),
    ):
        if said > left[part]:
            expected, why = f"不超过{yuan(left[part])}元", "大于尚未退回的金额"
            refuse(bill, "refund", column, yuan(said), expected, why)
    if left["in_policy"] - bill.in_policy > left["total"] - bill.total:
        rest = yuan(left["in_policy"] - left["total"] + bill.total)
        why = "太少，余下的政策范围内费用会大于余下的总费用"
        found = yuan(bill.in_policy)
        refuse(bill, "refund", "政策范围内费用", found, f"不少于{rest}元", why)


def _partial(
    bill: Bill, open_bill: OpenBill, standing: Standing
) -> tuple[Left, list[Share], str]:
    """What a part of a bill gives back: fund, accounts in reverse, cash; and where the
    list says otherwise than we reckon."""
    left, rule = open_bill.left, _rule(open_bill)
    back = {"total": bill.total, "in_policy": bill.in_policy, "deductible": 0}
    pooled = 0
    if rule is not None:
        rest = _again(open_bill, left["in_policy"] - bill.in_policy, standing)
        back["deductible"] = max(0, left["deductible"] - rest[0])
        pooled = min(max(0, left["pooled"] - rest[1]), bill.total)
    elif bill.pooled is None and left["pooled"]:
        why = "没有填，原收费有统筹支付"
        refuse(bill, "pooled", "统筹支付", "", "退回统筹基金的金额", why)
    else:
        pooled = bill.pooled or 0
    back["pooled"] = pooled if bill.pooled is None else bill.pooled
    back["other"] = bill.other or 0
    _check_said(bill, left, most=True)
    rest = bill.total - back["pooled"] - back["other"]
    if rest < 0:
        most = f"与其他基金合计不超过{yuan(bill.total)}元"
        refuse(bill, "refund", "统筹支付", yuan(back["pooled"]), most, "大于退费")
    own, shares = _accounts(open_bill, rest, bill.own, bill.shared)
    back |= {"own": own, "shared": sum(share.amount for share in shares)}
    back["cash"] = rest - own - back["shared"]
    if back["cash"] < 0 or back["cash"] > left["cash"]:
        expected = f"各项之和等于{yuan(bill.total)}元，现金不超过{yuan(left['cash'])}元"
        why = "各项不能由原收费退回"
        refuse(bill, "refund", "医疗总费用", yuan(bill.total), expected, why)
    if bill.cash is not None and bill.cash != back["cash"]:
        expected = f"{yuan(back['cash'])}元"
        why = "与各项之差不符"
        refuse(bill, "refund", "现金支付", yuan(bill.cash), expected, why)
    return back, shares, _compared(bill, open_bill, pooled)


def _compared(bill: Bill, open_bill: OpenBill, pooled: int) -> str:
    """Where the list's parts differ from ours; `pooled` is what ours gives the fund."""
    said = (bill.pooled, bill.own, bill.shared)
    if said == (None, None, None):
        return ""
    rest = max(0, bill.total - pooled - (bill.other or 0))
    own, shares = _accounts(open_bill, rest)
    return differences_of(said, (pooled, own, sum(s.amount for s in shares)))


def _again(open_bill: OpenBill, in_policy: int, standing: Standing) -> tuple[int, int]:
    """Deductible and fund of what remains of a bill, on its own day's accumulators."""
    of, rule = open_bill.of, _rule(open_bill)
    held = standing.designation_then(of.institution, of.at[:10])
    if held is None or held.level in rule.qualified and not held.qualified:
        return 0, 0
    parts = reimburse(
        in_policy,
        rule,
        held.level,
        deducted=of.deducted_before,
        paid=of.paid_before,
    )
    return parts.deductible, parts.fund


def _accounts(
    open_bill: OpenBill,
    rest: int,
    own_said: int | None = None,
    shared_said: int | None = None,
) -> tuple[int, list[Share]]:
    """What the accounts get back, the last that paid first; or as the list says it."""
    left = open_bill.left
    paid = [share.amount for share in open_bill.shares]
    if own_said is not None and shared_said is not None:
        own, parts = own_said, given_back(shared_said, paid)
    else:
        own, *parts = given_back(rest, [left["own"], *paid])
    shares = [s._replace(amount=part) for s, part in zip(open_bill.shares, parts)]
    return own, shares


def _check_said(bill: Bill, left: Left, most: bool = False) -> None:
    """The parts that a refund's line carries are at most what is left of the bill's,
    or of a full refund just that."""
    for column, said, part in (
        ("统筹支付", bill.pooled, "pooled"),
        ("其他基金", bill.other, "other"),
        ("个账支付", bill.own, "own"),
        ("共济支付", bill.shared, "shared"),
        ("现金支付", bill.cash, "cash"),
    ):
        if said is None or said == left[part] or most and said < left[part]:
            continue
        word = "不超过" if most else ""
        why = "大于尚未退回的金额" if most else "与原收费尚未退回的金额不同"
        expected = f"{word}{yuan(left[part])}元"
        refuse(bill, "refund", column, yuan(said), expected, why)
