"""Vouchers by hand on 个人账户基金: only interest, and only shared out (P20).

What is paid back of a claim (P22) comes by list as well.

The control account is the sum of the personal balances: what a voucher by hand adds
to it must reach the accounts in the same transaction.
"""

from __future__ import annotations

from datetime import date
from typing import Sequence

from sqlalchemy import Connection

from ledger import settings
from ledger.errors import BookError
from ledger.people import batches, interest
from ledger.postings import Actor
from ledger.vouchers import CREDIT, Line

CONTROL = "个人账户基金——"
CLAIMS = "暂付款——个人账户追回"


def check(connection: Connection, region: str, lines: Sequence[Line], on: date) -> None:
    """BookError for a line on 个人账户基金, or on their claims, that no account would
    follow."""
    for line in lines:
        if line.subject == CLAIMS:
            raise BookError(
                f"科目“{CLAIMS}”随个人账户变动记账，不能手工录入；本人或家属还款"
                "请在个人账户变动清单（G6）录一行“转入”后导入，挂账随之收回"
            )
        if not line.subject.startswith(CONTROL):
            continue
        if line.subject != CONTROL + interest.KIND:
            raise BookError(
                f"科目“{line.subject}”随个人账户变动记账，不能手工录入；"
                "请导入个人账户的表格，或用 yibao credit、make-up、payout"
            )
        if line.side != CREDIT or line.amount <= 0:
            raise BookError(
                f"科目“{line.subject}”只能在贷方记正数；要冲回请用 yibao voucher reverse"
            )
        if settings.value(connection, "account-interest", on, region) != "by-balance":
            raise BookError(
                f"统筹区{region}没有设置利息计入个人账户；请先 yibao setting set "
                f"account-interest by-balance --region {region} --cite 依据"
            )


def share_out(
    connection: Connection,
    region: str,
    lines: Sequence[Line],
    on: date,
    posting_id: int,
    actor: Actor,
) -> None:
    """Share a voucher's interest among the accounts; it counts when approved."""
    amount = sum(line.amount for line in lines if line.subject.startswith(CONTROL))
    if not amount:
        return
    batch_id = interest.share_out(connection, region, amount, on, actor.by, actor.at)
    kinds = batches.totals(connection, batch_id)
    people = sum(kind.people for kind in kinds)
    batches.finish(connection, batch_id, kinds, people, posting_id)
