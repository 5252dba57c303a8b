"""What refuses a line of a list of bills, with its clause; the first found is told."""

from __future__ import annotations

from typing import NoReturn

from desk.set_aside import CannotTake
from desk.settlements.standing import Standing, accounts_fund, pooling_region
from ledger import regions
from ledger.money import from_fen, grouped
from ledger.people.masks import masked_id
from ledger.settlements.feed import Bill
from ledger.settlements.institutions import Designation
from ledger.settlements.results import MANUAL
from posting_rules.personal import clause

LARGEST = 10**12  # whole fen of one bill
CONTENT = ("person_id", "at", "act", "original", "channel", "institution", "place")
CONTENT += (
    "category",
    "total",
    "in_policy",
    "pooled",
    "other",
    "own",
    "shared",
    "cash",
)
TITLES = {
    "person_id": "个人编号",
    "at": "结算时间",
    "act": "业务类型",
    "original": "原结算流水号",
    "channel": "结算方式",
    "institution": "机构代码",
    "place": "就医地代码",
    "category": "费用类别",
    "total": "医疗总费用",
    "in_policy": "政策范围内费用",
    "pooled": "统筹支付",
    "other": "其他基金",
    "own": "个账支付",
    "shared": "共济支付",
    "cash": "现金支付",
}


def content(bill: Bill, province: str) -> tuple:
    """What two lines of one 流水号 must share, in the order of CONTENT."""
    place = pooling_region(bill.place, province)
    told = (bill.person_id, bill.at, bill.act, bill.original, bill.channel)
    told += (bill.institution, place, bill.category, bill.total, bill.in_policy)
    return told + (bill.pooled, bill.other, bill.own, bill.shared, bill.cash)


def is_known(bill: Bill, standing: Standing) -> bool:
    """Whether the line is there already; CannotTake where its 流水号 names another."""
    there = standing.known.get(bill.serial)
    if there is None:
        return False
    said = content(bill, standing.province)
    for field, now, before in zip(CONTENT, said, there):
        if now != before and now is not None:
            article = clause(standing.province, "refund")
            expected = "与原来的一行相同；更正请用退费或冲正"
            why = f"与流水号{bill.serial}原来的一行不同（{article}）"
            raise CannotTake(TITLES[field], "", expected, why)
    return True


def check_person(bill: Bill, standing: Standing) -> None:
    """Who is not registered has no line, and none is in the future."""
    if bill.person is None:
        article = clause(standing.province, "registered")
        found, expected = masked_id(bill.person_id), "在参保名单或绑定表里登记过的人"
        raise CannotTake("个人编号", found, expected, f"没有登记（{article}）")
    if bill.at > standing.now:
        refuse(bill, "time", "结算时间", bill.at, f"不晚于{standing.now}", "在将来")
    if bill.total <= 0:
        refuse(bill, "split", "医疗总费用", yuan(bill.total), "大于零的金额", "是零")
    if bill.total > LARGEST:
        found, most = yuan(bill.total), f"不超过{yuan(LARGEST)}元"
        refuse(bill, "split", "医疗总费用", found, most, "大得不合常理")


def check(bill: Bill, standing: Standing) -> Designation:
    """The institution's designation on the day; CannotTake what cannot be charged."""
    check_person(bill, standing)
    person, day = bill.person, bill.at[:10]
    if person.died_on is not None and day > person.died_on:
        expected = f"不晚于{person.died_on}"
        refuse(bill, "dead", "结算时间", bill.at, expected, "在死亡日期之后")
    if bill.in_policy > bill.total:
        why, most = "大于医疗总费用", f"不超过{yuan(bill.total)}元"
        refuse(bill, "split", "政策范围内费用", yuan(bill.in_policy), most, why)
    key = (bill.institution, bill.level, bill.place, bill.region, person.fund)
    key += (bill.said_region, bill.said_fund)
    held = standing.checked.get(key)  # bills that are alike are looked at once
    if held is None or not held.holds_on(day):
        held = standing.checked[key] = _check_words(bill, standing)
    return held


def _check_words(bill: Bill, standing: Standing) -> Designation:
    """What a bill says of its person's insurance and of the institution."""
    check_region(bill, bill.region, standing)
    fund = bill.person.fund or accounts_fund(bill.region)
    if bill.said_fund and bill.said_fund != fund:
        refuse(bill, "region", "险种", bill.said_fund, fund, "与登记的险种不同")
    place = pooling_region(bill.place, standing.province)
    if bill.region not in standing.cities and place not in standing.cities:
        why = "就医地和参保地都没有账套"
        refuse(bill, "region", "就医地代码", bill.place, "本省的市州", why)
    return _designation(bill, place, standing)


def check_region(bill: Bill, region: str, standing: Standing) -> None:
    """参保地代码, where the list has it, is the person's, or the original bill's."""
    if not bill.said_region:
        return
    if pooling_region(bill.said_region, standing.province) != region:
        expected, why = f"{region}{regions.name(region)}", "与登记的参保地不同"
        refuse(bill, "region", "参保地代码", bill.said_region, expected, why)


def _designation(bill: Bill, place: str, standing: Standing) -> Designation:
    day = bill.at[:10]
    held = standing.designation(bill.institution, day)
    if held is None:
        known = bill.institution in standing.roster
        why = f"在{day}不是定点医药机构" if known else "不在定点医药机构名册里"
        expected = "当日定点的机构；名册有变动请先导入定点医药机构名册"
        refuse(bill, "designated", "机构代码", bill.institution, expected, why)
    if held.level != bill.level:
        why = "与名册的级别不同"
        refuse(bill, "designated", "机构级别", bill.level, held.level, why)
    if held.region != place:
        expected = f"{held.region}{regions.name(held.region)}"
        why = "不是机构所在的统筹区"
        refuse(bill, "designated", "就医地代码", bill.place, expected, why)
    return held


def check_twin(bill: Bill, standing: Standing) -> None:
    """The same bill networked and by hand is settled once. 依据：第二十六条"""
    twin = standing.twins.get(twin_key(bill))
    if twin is not None and twin[0] != bill.channel:
        word = "手工报销" if twin[0] == MANUAL else "联网结算"
        why = f"与{word}的流水号{twin[1]}是同一笔费用"
        expected = "同一人、机构、日期和金额只结算一次"
        refuse(bill, "twice", "结算方式", bill.channel, expected, why)


def twin_key(bill) -> tuple:
    return bill.person_id, bill.institution, bill.at[:10], bill.total


def refuse(
    bill: Bill,
    rule: str,
    column: str,
    found: str,
    expected: str,
    why: str,
    basis: str = "",
) -> NoReturn:
    """Set a line aside by the clause of its person's region, or by `basis`."""
    article = basis or clause(bill.region, rule)
    raise CannotTake(column, found, expected, f"{why}（{article}）")


def yuan(fen: int) -> str:
    return grouped(from_fen(fen))
