"""What tests of 攀枝花's payouts share: openings, moves, filings, runs, bounces.

Everyone is of 510400 and had an opening balance at the end of 2021; P1, P2 … are ids
of four characters. Money comes later by 转入, leaves by 转出.
"""

from people_by_hand import LI, PANZHIHUA, take_people

from desk.importing import FileResult
from desk.people.payout import PaidOut, payout
from ledger.database import Home
from ledger.periods import period


def opened(home: Home, table: str, **how) -> FileResult:
    """Opening balances; a row is 个人编号 | 期初余额."""
    how.setdefault("name", "期初.csv")
    return take_people(home, "G2", _rows(table, G2), **how)


def filed(home: Home, table: str, **how) -> FileResult:
    """Filings; what a table does not name is as below: 省内, without hardship."""
    how.setdefault("name", "备案.csv")
    return take_people(home, "G7", _rows(table, G7), **how)


def changed(home: Home, table: str, **how) -> FileResult:
    """Moves in and out, inheritances, deaths; 流水号 is the row's number."""
    how.setdefault("name", "变动.csv")
    rows = _rows(table, G6)
    for number, row in enumerate(rows, 1):
        row.setdefault("流水号", f"{how['name']}{number}")
    return take_people(home, "G6", rows, **how)


def bounced(home: Home, table: str, **how) -> FileResult:
    """Returns of payouts: 划转流水号 | 退回日期 | 退回金额."""
    how.setdefault("name", "退回.csv")
    return take_people(home, "G8", _rows(table, G8), **how)


def run(home: Home, month: str, region: str = PANZHIHUA, **how) -> PaidOut:
    how.setdefault("actor", LI)
    return payout(home, how.pop("actor"), period(month), region, **how)


def refused(made: PaidOut) -> list[tuple]:
    """Reason, end of the clause, people, amount."""
    return [
        (row.why, row.cite.rpartition("通知 ")[2], row.people, str(row.amount))
        for row in made.refused
    ]


def _rows(table: str, smallest: dict) -> list[dict]:
    from desk_by_hand import rows

    return [{**smallest, **row} for row in rows(table)]


G2 = {
    "统筹区代码": PANZHIHUA,
    "姓名": "张三",
    "人员类别": "退休",
    "截止日期": "2021-12-31",
}
G6 = {
    "变动类型": "转入",
    "日期": "2022-04-10",
    "金额": "0.00",
    "依据": "函",
    "统筹区代码": "",
    "对方": "",
    "收款户名": "",
    "收款账号": "",
}
G7 = {
    "备案类型": "异地安置",
    "范围": "省内",
    "起始日期": "2021-01-01",
    "终止日期": "",
    "特殊困难原因": "",
    "核实机构": "",
    "核实日期": "",
    "有效期至": "",
    "收款户名": "张三",
    "收款账号": "6222000000000000001",
    "开户行": "工商银行",
}
G8 = {"退回原因": "社保卡状态异常"}
