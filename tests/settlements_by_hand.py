"""What tests of bills and families share: the smallest line of each form.

Registers G3, G4, G5, G9, G10 with tests/people_by_hand.py, whose `take_people` writes a
small table as a list and imports it. Everyone is of 合肥 (340100) unless a row says
otherwise; 2024-07 is after 皖医保中心〔2024〕39号 came into force.
"""

import people_by_hand
from people_by_hand import take_people

from ledger.database import Home
from ledger.postings import Actor

HEFEI, WUHU, BENGBU = "340100", "340200", "340300"
LI = Actor("li", "2024-08-01T09:00:00+08:00")
WANG = Actor("wang", "2024-08-02T09:00:00+08:00")
G3 = {
    "结算流水号": "S0001",
    "结算时间": "2024-07-03 10:00:00",
    "业务类型": "收费",
    "个人编号": "P0000000001",
    "机构代码": "H34010000001",
    "机构级别": "三级",
    "就医地代码": HEFEI,
    "费用类别": "普通门诊",
    "医疗总费用": "100.00",
    "政策范围内费用": "100.00",
    "统筹支付": "0.00",
}
G4 = {
    "授权人编号": "P0000000001",
    "被授权人编号": "P0000000002",
    "关系": "配偶",
    "操作": "绑定",
    "时间": "2024-06-03 09:00:00",
}
G5 = {
    "缴费流水号": "J0001",
    "缴费时间": "2024-10-08 09:00:00",
    "参保人编号": "P0000000002",
    "险种": "城乡居民医保",
    "年度": "2025",
    "金额": "400.00",
    "参保地代码": HEFEI,
}
G9 = {
    "结算流水号": "S0001",
    "结算时间": "2024-07-03 10:00:00",
    "业务类型": "收费",
    "就医地代码": HEFEI,
    "授权地代码": WUHU,
    "授权人编号": "P0000000001",
    "金额": "50.00",
}
G10 = {
    "机构代码": "H34010000001",
    "机构名称": "第一人民医院",
    "机构级别": "三级",
    "统筹区代码": HEFEI,
    "定点起": "2020-01-01",
}
LINES = {"G3": G3, "G4": G4, "G5": G5, "G9": G9, "G10": G10}
people_by_hand.PEOPLE_LINES.update(LINES)


def take(home: Home, form: str, table: str | list[dict], **how):
    """Import a small table of a form, as LI of 2024-08-01."""
    return take_people(home, form, table, **{"by": LI, **how})


def accounts(home: Home, table: str, **how):
    """People with accounts (G2): 个人编号 | 期初余额, and what else a row says."""
    lines = people_by_hand.people("G2", table)
    for line in lines:
        if "统筹区代码" not in table:
            line["统筹区代码"] = HEFEI
        if "截止日期" not in table:
            line["截止日期"] = "2024-05-31"
    return take(home, "G2", lines, total=True, **how)
