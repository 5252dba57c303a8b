"""`yibao voucher show`: one voucher whole, with its links and its posting."""

from __future__ import annotations

from sqlalchemy import Connection, select

from desk.vouchers import found, voucher_lines, voucher_name
from ledger import postings, regions
from ledger.postings import POSTING, VOUCHER

TITLES = {
    "voucher": "凭证",
    "book": "账套",
    "number": "凭证字号",
    "dated": "日期",
    "occurred_on": "业务日期",
    "state": "状态",
    "narration": "摘要",
    "payee": "对方",
    "rule": "规则",
    "basis": "依据",
    "period": "期间",
    "attachments": "附单据数",
    "evidence": "凭据",
    "source": "来源",
    "prepared_by": "制单",
    "audited_by": "审核",
    "cashier_by": "出纳",
    "recorded_by": "记账",
    "supervised_by": "会计主管",
    "reason": "原因",
    "reverses": "冲销",
    "reversed_by": "已由其冲销",
    "link": "链接",
    "posting": "同一业务的凭证",
    "hash": "哈希",
}


def shown(connection: Connection, name: str) -> dict:
    """A voucher as one JSON document; TITLES says its keys in Chinese."""
    row = found(connection, name)
    return {key: getattr(row, key) for key in TITLES if key in row._fields} | {
        "voucher": voucher_name(row),
        "book": row.book_id,
        "number": row.number and f"{row.word}-{row.number}",
        "dated": str(row.dated),
        "occurred_on": str(row.occurred_on),
        "red": row.red,
        "reverses": _name(connection, row.reverses_id),
        "reversed_by": _name(connection, row.reversed_by_id),
        "link": row.tag,
        "posting": _siblings(connection, row),
        "lines": [
            {
                "side": line.side,
                "subject": line.subject,
                "account": line.account,
                "detail": line.detail,
                "detail_name": line.detail and regions.name(line.detail, row.dated),
                "fund": line.fund,
                "amount": f"{line.amount:.2f}",
            }
            for line in voucher_lines(connection, row.id)
        ],
    }


def _name(connection: Connection, voucher_id: int | None) -> str | None:
    if voucher_id is None:
        return None
    row = connection.execute(select(VOUCHER).where(VOUCHER.c.id == voucher_id)).one()
    return voucher_name(row)


def _siblings(connection: Connection, row) -> list[str]:
    """The other vouchers of the same source unit, in every book."""
    ids = [p.id for p in postings.unit_postings(connection, row.posting_id)]
    rows = connection.execute(
        select(VOUCHER)
        .join(POSTING, POSTING.c.id == VOUCHER.c.posting_id)
        .where(POSTING.c.id.in_(ids), VOUCHER.c.id != row.id)
        .order_by(VOUCHER.c.id)
    )
    return [voucher_name(sibling) for sibling in rows]
