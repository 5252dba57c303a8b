"""How the lists of bills and families look on paper."""

from __future__ import annotations

from desk.sample.people_rows import BANKS, Layout, invented_name, yuan
from desk.sample.sharing_bills import CHARGE, Bill, Institution
from desk.sample.sharing_people import RESIDENTS_FUND, Bond, Province
from ledger import regions
from posting_rules.uses import PHARMACY

ROSTER = Layout(
    "定点医药机构名册",
    tuple(
        "机构代码 机构名称 机构级别 统筹区代码 定点起 定点止 药店符合条件 收款账号 开户行".split()
    ),
)
BINDINGS = Layout(
    "家庭共济绑定表",
    tuple(
        "授权人编号 被授权人编号 被授权人统筹区 被授权人险种 关系 操作 时间 告知书编号".split()
    ),
)
BILLS = Layout(
    "门诊结算清单",
    tuple(
        "结算流水号 结算时间 业务类型 原结算流水号 个人编号 参保地代码 险种 结算方式 机构代码 "
        "机构名称 机构级别 就医地代码 费用类别 医疗总费用 政策范围内费用 统筹支付 其他基金 "
        "个账支付 共济支付 现金支付 备注".split()
    ),
    ("医疗总费用", "政策范围内费用", "统筹支付"),
)
PREMIUMS = Layout(
    "代缴保费清单",
    tuple("缴费流水号 缴费时间 参保人编号 险种 年度 金额 参保地代码".split()),
    ("金额",),
)
OTHER_SIDE = Layout(
    "对方结算清单",
    tuple("结算流水号 结算时间 业务类型 就医地代码 授权地代码 授权人编号 金额".split()),
    ("金额",),
)
PAYMENTS = Layout(
    "机构拨付单",
    tuple(
        "付款日期 机构代码 机构名称 结算期 险种 金额 扣款 付款账号 收款账号 交易流水号".split()
    ),
    ("金额", "扣款"),
)
DESIGNATED_FROM = "2020-01-01"


def institution_name(at: Institution) -> str:
    kind = {"三级": "人民医院", PHARMACY: "大药房"}.get(at.level, "社区卫生服务中心")
    return regions.name(at.place) + kind


def payee_account(at: Institution) -> str:
    return f"3400{at.code[1:]}"


def roster_row(at: Institution) -> tuple:
    qualified = "是" if at.level == PHARMACY else ""
    bank = BANKS[int(at.code[1:]) % len(BANKS)]
    head = (at.code, institution_name(at), at.level, at.place, DESIGNATED_FROM, "")
    return (*head, qualified, payee_account(at), bank)


def opening_row(province: Province, person: int, cutoff: str) -> tuple:
    name, amount = invented_name(person), yuan(province.balances[person])
    city, who = province.city(person), province.id(person)
    return city, who, name, province.status(person), amount, cutoff


def binding_row(province: Province, act: str, bond: Bond) -> tuple:
    child = act == "绑定" and not province.has_account(bond.grantee)
    city, fund = "", ""
    if child:
        city, fund = province.city(bond.grantee), RESIDENTS_FUND
    time = bond.until if act == "解绑" else bond.since
    pair = province.id(bond.grantor), province.id(bond.grantee)
    return (*pair, city, fund, bond.relation, act, time, f"GZS{bond.grantor:010d}")


def bill_row(province: Province, bill: Bill) -> tuple:
    """A line of G3; 统筹支付 stands where it must, a whole split in some."""
    at, person = bill.institution, bill.person
    own = shared = cash = other = region = ""
    if bill.whole:
        paid = sum(amount for _, amount in bill.shares)
        own, shared, cash = yuan(bill.own), yuan(paid), yuan(bill.cash)
    if bill.other and bill.act == CHARGE:
        other = yuan(bill.other)
    if person % 4 == 1 and bill.act == CHARGE:
        region = province.city(person)
    return (
        *(bill.serial, bill.time, bill.act, bill.original, province.id(person)),
        *(region, "", bill.channel, at.code, institution_name(at), at.level, at.place),
        *(bill.category, yuan(bill.total), yuan(bill.in_policy), yuan(bill.pooled)),
        *(other, own, shared, cash, ""),
    )


def other_side_row(province: Province, bill: Bill, payer: int, amount: int) -> tuple:
    place, region = bill.institution.place, province.city(payer)
    who = province.id(payer)
    return bill.serial, bill.time, bill.act, place, region, who, yuan(amount)
