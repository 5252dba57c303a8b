"""What tests of clearing share: sums as lists leave them, with their vouchers.

Each table is one posting: a row is a row of settlement_sum (or premium_sum), of
treatment elsewhere with bills of its own behind; its
vouchers are those of the accrual (P5b, P6b, P8, P9, P11), dated the month's last day.
"""

from datetime import date
from decimal import Decimal

from desk_by_hand import rows
from lines_by_hand import bills
from settlements_by_hand import LI, WANG
from sqlalchemy import insert, text

from ledger import postings, regions
from ledger.database import Home, next_id
from ledger.money import from_fen
from ledger.periods import period
from ledger.settlements.tables import PremiumSum, SettlementSum
from ledger.vouchers import Posting
from posting_rules.entries import Share
from posting_rules.settlement_vouchers import Told, mirrored, vouchers

PARTS = {"统筹": "pooled", "其他基金": "other", "个账": "own", "共济": "shared"}
CITIES = frozenset(regions.cities("340000"))
SETTLED = {
    "月份": "2024-07",
    "业务": "收费",
    "部分": "共济",
    "就医地": "340100",
    "参保地": "340100",
    "付款": "340200",
    "险种": "310",
    "方式": "联网",
    "类别": "普通门诊",
    "关系": "",
    "笔数": "1",
}
PREMIUM = {
    "月份": "2024-10",
    "参保地": "340100",
    "付款": "340200",
    "保费": "城乡居民医保",
    "关系": "父母",
    "笔数": "1",
}


def settled(home: Home, table: str, *, approve: bool = True, unit: str = "") -> int:
    """Record bills' sums as one posting; its id. 金额 is needed, 退还 is below zero."""
    lines = [{**SETTLED, **row} for row in rows(table)]
    return _recorded(
        home, lines, _bill_vouchers, _bill_row, SettlementSum, approve, unit
    )


def premiums(home: Home, table: str, *, approve: bool = True, unit: str = "") -> int:
    """Record premiums' sums as one posting; its id."""
    lines = [{**PREMIUM, **row} for row in rows(table)]
    return _recorded(
        home, lines, _premium_vouchers, _premium_row, PremiumSum, approve, unit
    )


def _recorded(home, lines, vouchers_of, row_of, kind, approve, unit) -> int:
    table = kind.__table__
    with home.writing() as connection:
        made = [voucher for line in lines for voucher in vouchers_of(line)]
        at = next_id(connection, postings.POSTING)
        posting = Posting(unit or f"test|{at}", "stl", "", "settlement", tuple(made))
        ids = postings.record(connection, [posting], LI)
        first = next_id(connection, table)
        connection.execute(
            insert(table),
            [
                {"id": first + n, "posting_id": ids[0], **row_of(line)}
                for n, line in enumerate(lines)
            ],
        )
        for line in lines if kind is SettlementSum else ():
            _bills(connection, ids[0], line)
        if approve:
            postings.approve(connection, ids, WANG)
    return ids[0]


def _bills(connection, posting_id: int, line: dict) -> None:
    """The bills behind a row of treatment elsewhere; family sharing needs none."""
    if line["部分"] == "共济" or line["付款"] == line["就医地"]:
        return
    told = {PARTS[line["部分"]]: Decimal(line["金额"]), "lines": int(line["笔数"])}
    told |= {"region": line["参保地"], "fund": line["险种"], "channel": line["方式"]}
    told["act"] = "收费" if line["业务"] == "收费" else "退费"
    bills(connection, posting_id, line["月份"], line["就医地"], **told)


def _told(line) -> Told:
    month = period(line["月份"])
    return Told(month.last_day, month.last_day, month, "测试")


def _bill_vouchers(line):
    event, told = PARTS[line["部分"]], _told(line)
    amount, payer, place = Decimal(line["金额"]), line["付款"], line["就医地"]
    legs = [("payer" if event == "shared" else "insured", payer, place)]
    if payer != place:
        event += "-elsewhere"
        legs.append(("place", place, payer))
    if line["方式"] == "手工":
        return []
    made = []
    for leg, region, other in legs:
        if region in CITIES:
            shares = [Share(line["险种"], other, amount)]
            made += vouchers(
                region, event, leg, mirrored(shares), told, mode="普通门诊统筹"
            )
    return made


def _bill_row(line) -> dict:
    return {
        "month": line["月份"],
        "act": line["业务"],
        "part": line["部分"],
        "place": line["就医地"],
        "region": line["参保地"],
        "payer": line["付款"],
        "fund": line["险种"],
        "channel": line["方式"],
        "category": line["类别"],
        "relation": line["关系"],
        "lines": int(line["笔数"]),
        "amount": Decimal(line["金额"]),
        "clearing_id": None,
    }


def _premium_vouchers(line):
    payer, region, told = line["付款"], line["参保地"], _told(line)
    legs, event = [("payer", payer, region)], "premium"
    if payer != region:
        event = "premium-elsewhere"
        legs.append(("place", region, payer))
    made = []
    for leg, book, other in legs:
        shares = [Share("310", other, Decimal(line["金额"]))]
        kind = line["保费"]
        made += vouchers(book, event, leg, mirrored(shares), told, kind=kind)
    return made


def _premium_row(line) -> dict:
    return {
        "month": line["月份"],
        "region": line["参保地"],
        "payer": line["付款"],
        "kind": line["保费"],
        "relation": line["关系"],
        "lines": int(line["笔数"]),
        "amount": Decimal(line["金额"]),
        "clearing_id": None,
        "paid_on_id": None,
    }


def balances(home: Home, subject: str) -> dict[tuple[str, str, str], Decimal]:
    """What stands on a subject in approved vouchers, debit less credit, by book,
    detail and fund; nothing where it is zero. `subject` may end with %."""
    with home.reading() as connection:
        found = connection.execute(text(BALANCES), {"subject": subject})
        return {
            (row.book_id.partition("-")[0], row.detail, row.fund): from_fen(row.amount)
            for row in found
            if row.amount
        }


def day(text: str) -> date:
    return date.fromisoformat(text)


BALANCES = """
    SELECT voucher.book_id, detail, fund, CAST(sum(
        CASE WHEN side = '借' THEN amount ELSE -amount END) AS bigint) AS amount
    FROM voucher_line JOIN voucher ON voucher.id = voucher_line.voucher_id
    WHERE voucher.number IS NOT NULL AND voucher_line.subject LIKE :subject
    GROUP BY voucher.book_id, detail, fund
    ORDER BY voucher.book_id, detail, fund
"""
