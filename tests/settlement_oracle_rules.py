"""What the documents say, once more, for the plain twin: no code of the project.

Amounts in yuan, days and times as texts. `line` is a bill of settlement_oracle.
依据：南府办发〔2022〕33号 第六条至第十九条；皖医保中心〔2024〕39号 二（一）、（二）、（五）；劳社厅发〔2002〕6号 三
"""

from decimal import ROUND_HALF_UP, Decimal

NOTHING = Decimal("0.00")
SELF, SHOP = "本人", "定点零售药店"
NEVER = ("公共卫生", "体育健身", "养生保健")
CLOSEST = ("配偶", "父母", "子女")
DIRECT_LINE = (*CLOSEST, "祖父母", "外祖父母", "孙子女", "外孙子女")
SHOP_GOODS = ("购药", "医疗器械", "医用耗材", "两病", "门诊特殊疾病", "普通门诊")
PREMIUMS_NC = ("城乡居民医保", "职工大额医疗费用补助", "长期护理保险")
PREMIUMS_AH = ("城乡居民医保", "长期护理保险", "惠民保")
# 第七条: 起付线, 限额, and the rate by level.
BENEFIT = {
    "在职": ("200", "1000", {"三级": "0.50", SHOP: "0.50", "二级及以下": "0.60"}),
    "退休": ("150", "1200", {"三级": "0.55", SHOP: "0.55", "二级及以下": "0.65"}),
}
PAID_IN_MONEY = ("349900",)  # 省直, 实账


def reimburse(line, in_policy, used, paid):
    """第六条、第七条: what of the deductible a bill uses, what the fund pays of the rest."""
    if not line.qualified:
        return NOTHING, NOTHING
    rule = benefit(line.region, line.status, line.category, line.time[:10])
    first, cap, rates = rule
    deductible = min(in_policy, max(NOTHING, Decimal(first) - used))
    above = (in_policy - deductible) * Decimal(rates[line.level])
    pooled = above.quantize(NOTHING, ROUND_HALF_UP)
    return deductible, min(pooled, max(NOTHING, Decimal(cap) - paid))


def benefit(region, status, category, day):
    here = region[:4] == "5113" and "2023-01-01" <= day <= "2027-12-31"
    return BENEFIT.get(status) if here and category in ("普通门诊", "购药") else None


def family_rule(region, day):
    if region[:4] == "5113" and "2023-01-01" <= day <= "2027-12-31":
        return {"relations": CLOSEST, "most": 10**6, "cross": False}
    if region[:2] == "34" and day >= "2024-06-01":
        return {"relations": DIRECT_LINE, "most": 6, "cross": True}
    return None


def may_pay(region, who, level, category, inside, day):
    """How much of a bill an account of a region may pay: all, in-policy, or nothing."""
    if region[:4] == "5113" and "2023-01-01" <= day <= "2027-12-31":
        if category in NEVER:
            return ""
        if who in (SELF, *CLOSEST) and (level != SHOP or category in SHOP_GOODS):
            return "all"
    if region[:2] == "34" and day >= "2024-06-01":
        if category in NEVER:
            return ""
        if inside and who in (SELF, *DIRECT_LINE):
            return "all"
    return "in-policy" if who == SELF else ""


def may_insure(region, who, kind, inside, day):
    if region[:4] == "5113" and "2023-01-01" <= day <= "2027-12-31":
        return who in (SELF, *CLOSEST) and kind in PREMIUMS_NC
    if region[:2] == "34" and day >= "2024-06-01":
        return inside and who in DIRECT_LINE and kind in PREMIUMS_AH
    return False


def holds(binding, time):
    return binding["since"] <= time and (
        not binding["until"] or time < binding["until"]
    )


def pooling(code, province):
    """The city that pools; outside the home's province, the other province."""
    return f"{code[:4]}00" if code[:2] == province else f"{code[:2]}0000"
