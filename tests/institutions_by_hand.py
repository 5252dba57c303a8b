"""What tests of institutions share: roster, what is owed, lists of payments.

`owed` writes institution_sum rows, the lines behind and the accruals that a list of
bills would make, through postings.record; `roster` writes designations. Two
institutions of 合肥 and one of 芜湖 stand for all: R1 三级, R2 a pharmacy, W1.
"""

from datetime import date
from decimal import Decimal

import forms_by_hand
from desk_by_hand import rows, take
from lines_by_hand import bills
from settlements_by_hand import HEFEI, LI, WUHU
from sqlalchemy import insert

from desk.importing import FileResult
from desk.settlements.clearing import Cleared, clear
from ledger import postings
from ledger.database import Home, next_id
from ledger.periods import period
from ledger.postings import BY_RULE, Actor
from ledger.settlements.tables import Institution, InstitutionSum
from ledger.vouchers import Posting
from posting_rules.entries import Share
from posting_rules.personal import fund_of_accounts
from posting_rules.settlement_vouchers import Told, vouchers

F7 = {
    "付款日期": "2024-08-12",
    "机构代码": "R1",
    "结算期": "2024-07",
    "险种": "310",
    "金额": "100.00",
    "付款账号": "34010001",
    "交易流水号": "LS001",
}
forms_by_hand.LINES["F7"] = F7
SEPTEMBER = Actor("li", "2024-09-20T09:00:00+08:00")
ANHUI = "340000"
PARTS = {
    "pooled": ("pooled", "insured"),
    "other": ("other", "insured"),
    "own": ("own", "insured"),
    "shared": ("shared", "payer"),
}


def roster(home: Home) -> None:
    """R1 with an account, R2 without, of 合肥; W1 of 芜湖."""
    with home.writing() as connection:
        for code, name, level, region, account in (
            ("R1", "第一人民医院", "三级", HEFEI, "622200001"),
            ("R2", "康民大药房", "定点零售药店", HEFEI, ""),
            ("W1", "弋矶山医院", "三级", WUHU, ""),
        ):
            connection.execute(
                insert(Institution).values(
                    code=code,
                    from_day=date(2020, 1, 1),
                    until_day=None,
                    name=name,
                    level=level,
                    region=region,
                    qualified=False,
                    payee_account=account,
                    payee_bank="",
                    sheet="",
                    document_id=0,
                    row=1,
                )
            )


def owed(home: Home, table: str, approve: bool = True, by: Actor = LI) -> list[int]:
    """Rows of institution_sum with their accruals, one posting a row.

    A row: 月 | 机构 | 险种 | 统筹 | 其他 | 个账 | 共济 | 参保地; what it leaves out is
    2024-07, R1, 310, nothing and the place, which is the institution's. The vouchers
    are those of people of the place.
    """
    ids = []
    with home.writing() as connection:
        for row in rows(table):
            ids += _one(connection, row, by)
        if approve:
            postings.approve(connection, ids, Actor(BY_RULE, by.at))
    return ids


def _one(connection, row: dict, by: Actor) -> list[int]:
    month, fund = period(row.get("月") or "2024-07"), row.get("险种") or "310"
    institution = row.get("机构") or "R1"
    place = WUHU if institution.startswith("W") else HEFEI
    names = dict(zip(PARTS, ("统筹", "其他", "个账", "共济")))
    money = {name: Decimal(row.get(names[name]) or "0.00") for name in PARTS}
    told = Told(month.last_day, month.last_day, month, "清单.csv#R3")
    made = []
    for name, (event, leg) in PARTS.items():
        whose = fund if name in ("pooled", "other") else fund_of_accounts(place)
        amounts = {"total": [Share(whose, "", money[name])]}
        made += vouchers(place, event, leg, amounts, told, mode="普通门诊统筹")
    unit = f"G3|{next_id(connection, InstitutionSum.__table__)}"
    ids = postings.record(
        connection, [Posting(unit, "stl", "", "settlement", tuple(made))], by
    )
    connection.execute(
        insert(InstitutionSum).values(
            id=next_id(connection, InstitutionSum.__table__),
            posting_id=ids[0],
            month=str(month),
            institution=institution,
            place=place,
            fund=fund,
            lines=int(row.get("笔数") or 1),
            total=sum(money.values()) + Decimal("10.00"),
            **money,
        )
    )
    said = {"institution": institution, "fund": fund, "region": row.get("参保地")}
    bills(
        connection,
        ids[0],
        str(month),
        place,
        lines=int(row.get("笔数") or 1),
        **{name: value for name, value in said.items() if value},
        **money,
    )
    return ids


def clear_july(home: Home, when: str = "2024-07", **how) -> Cleared:
    """Clear with institutions, as LI of 2024-09-20."""
    by = how.pop("by", SEPTEMBER)
    return clear(home, by, "institutions", period(when), ANHUI, **how)


def pay(home: Home, table: str, **how) -> FileResult:
    """Import a small F7, as LI of 2024-09-20; what a row leaves out is as in F7."""
    lines = [{**F7, **row} for row in rows(table)]
    return take(home, "F7", lines, **{"name": "拨付.csv", "by": SEPTEMBER, **how})
