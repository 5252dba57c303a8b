"""G9: shared settlements as the other side recorded them, a register for `match`.

No vouchers: what only one side has is made up or taken back by `yibao match`.
依据：皖医保中心〔2024〕39号 二（四）
"""

from __future__ import annotations

from sqlalchemy import Connection

from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger import regions
from ledger.money import from_fen, grouped
from ledger.people.masks import masked_id
from ledger.settlements import other_side
from ledger.settlements.other_side import Odd, Row

CITE = "皖医保中心〔2024〕39号 二（四）"
TITLES = {
    "time": "结算时间",
    "act": "业务类型",
    "place": "就医地代码",
    "payer_region": "授权地代码",
    "amount": "金额",
}


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    other_side.load(connection, document)
    now = desk.actor.at[:19].replace("T", " ")
    for row in other_side.take_out(connection, "time > :now", now=now):
        expected = f"不晚于{now}"
        aside.add(row.sheet, row.row, "结算时间", row.time, expected, "还没有到")
    for row in other_side.take_out(connection, "amount = 0"):
        aside.add(row.sheet, row.row, "金额", "0.00", "大于零的金额", "没有金额")
    _pool(connection, desk.province, aside)
    twice, unlike = other_side.repeated(connection)
    for odd in unlike:
        place = f"第{odd.other.row}行"
        _add_unlike(aside, odd, f"与{place}同一流水号、同一授权人的记录不同")
    known, unlike = other_side.known(connection)
    for odd in unlike:
        _add_unlike(aside, odd, "与已登记的同一流水号、同一授权人的记录不同")
    new = other_side.insert(connection, document_id)
    return Taken(new=new, known=known + twice)


def _pool(connection: Connection, province: str, aside: Aside) -> None:
    """Regions become pooling regions of the province; others are set aside."""
    pooled = {code: regions.city_of(code) for code in other_side.codes(connection)}
    inside = set(regions.cities(province)) | {regions.own_people(province)}
    strange = sorted(code for code, city in pooled.items() if city not in inside)
    for column in ("place", "payer_region") if strange else ():
        codes = ", ".join(f"'{code}'" for code in strange)
        for row in other_side.take_out(connection, f"{column} IN ({codes})"):
            _add_strange(aside, row, column, province)
    other_side.pool(connection, pooled.items())
    for row in other_side.take_out(connection, "place = payer_region"):
        expected = f"与就医地不同的授权地（{CITE}）"
        found = row.payer_region + regions.name(row.payer_region)
        why = "与就医地同属一个统筹区，不用与对方核对"
        aside.add(row.sheet, row.row, "授权地代码", found, expected, why)


def _add_strange(aside: Aside, row: Row, column: str, province: str) -> None:
    code = getattr(row, column)
    name = regions.name(province)
    aside.add(
        row.sheet,
        row.row,
        TITLES[column],
        code + regions.name(code),
        f"{name}的统筹区（市州）代码；省内共济的就医地和授权地都在本省（{CITE}）",
        f"不是{name}的统筹区",
    )


def _add_unlike(aside: Aside, odd: Odd, why: str) -> None:
    """Name the first column that differs; 授权人 is told by a mask."""
    field = next(f for f in TITLES if getattr(odd.row, f) != getattr(odd.other, f))
    found, expected = (_said(getattr(row, field)) for row in (odd.row, odd.other))
    aside.add(
        odd.row.sheet,
        odd.row.row,
        TITLES[field],
        found,
        f"{expected}；对方确有更正的，先撤回原表（yibao document withdraw）再导入",
        f"{why}（流水号{odd.row.serial}，授权人{masked_id(odd.row.person_id)}）",
    )


def _said(value: str | int) -> str:
    return grouped(from_fen(value)) if isinstance(value, int) else value
