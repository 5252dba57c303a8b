"""What to do about one-sided rows: what is proposed, and why another act is refused.

依据：皖医保中心〔2024〕39号 二（四）
"""

from __future__ import annotations

from typing import Sequence

from sqlalchemy import Connection

from ledger import postings
from ledger.settlements.matching import OURS_ONLY, THEIRS_ONLY, Compared, Found
from ledger.settlements.results import CHARGE, MADE_UP, REFUND, REVERSAL

ALL = "ALL"
THEY_POST, THEY_CORRECT = "对方补记", "对方更正"
REFUND_LIST = "补录退费"  # what only they gave back must name its charge: G3
UNDO = "冲销补记的凭证"


def proposed(row: Found) -> str:
    """What to do about a row; what the other side has to do where we cannot."""
    if row.kind == THEIRS_ONLY:
        return REFUND_LIST if gives_back(row) else MADE_UP
    if row.act == MADE_UP and row.line != row.serial:
        return UNDO
    ours = one_sided_charge(row) and not row.agreed
    if row.kind == OURS_ONLY:
        return REVERSAL if ours else THEY_POST
    return f"{REVERSAL}后{MADE_UP}" if ours else THEY_CORRECT


def gives_back(row: Found) -> bool:
    """Whether a row of theirs is no charge: it gives back, or has no money."""
    return row.act in (REFUND, REVERSAL) or (row.theirs or 0) <= 0


def one_sided_charge(row: Found) -> bool:
    """Whether a row is of a charge of ours that they lack, or charged otherwise."""
    if row.kind == THEIRS_ONLY or row.act not in (CHARGE, MADE_UP):
        return False
    if row.act == MADE_UP and row.line != row.serial:
        return False
    return row.theirs is None or row.theirs > 0


def keeps(row: Found) -> str:
    """Why a bill is not reversed whole: other payers of it agree. "" where none."""
    if not row.agreed:
        return ""
    return (
        f"流水号{row.line}另有{row.agreed}位授权人的金额与对方相符，不能整笔冲正；"
        "请由对方补记或更正，或者在结算清单（G3）中作退费、冲正"
    )


def of_g3(row: Found) -> str:
    """Why what they gave back is not made up, and the remedy."""
    return (
        f"对方是{row.act}，补记只补收费；退费、冲正要写明原结算流水号，"
        "请把这一笔作为结算清单（G3）的退费或冲正导入"
    )


def serials(wanted: Sequence[str]) -> list[str]:
    """The 流水号 that are asked for by name, each once."""
    return list(dict.fromkeys(serial for serial in wanted if serial != ALL))


def why_not(
    connection: Connection, period: object, compared: Compared, serial: str, act: str
) -> str:
    """Why a serial cannot be made up or reversed: where it was done, or what it is."""
    for done in compared.done:
        if serial in (done.serial, done.line):
            name = voucher(connection, done.posting_id)
            waits = "（草稿，待审核）" if done.state == "draft" else ""
            unnamed = act == done.act == MADE_UP and not done.institution
            words = "；要指明它的机构，请加 --institution 机构代码" if unnamed else ""
            return f"流水号{serial}已由{name}{done.act}{waits}，没有重复{act}{words}"
    rows = [row for row in compared.found if serial in (row.serial, row.line)]
    if not rows:
        return (
            f"{period}没有流水号{serial}的单边账：双方相符，或都没有这一笔；不用{act}"
        )
    first = proposed(rows[0])
    if act == REVERSAL and one_sided_charge(rows[0]) and keeps(rows[0]):
        return keeps(rows[0])
    does = {
        REVERSAL: "用 --reverse",
        MADE_UP: "用 --post",
        REFUND_LIST: of_g3(rows[0]),
        f"{REVERSAL}后{MADE_UP}": "先 --reverse，再 --post（可以写在一条命令里）",
    }.get(first, "")
    words = f"；{does}" if does else ""
    return f"流水号{serial}应作“{first}”，不能{act}{words}"


def voucher(connection: Connection, posting_id: int | None) -> str:
    """The first voucher of a posting by name, #ID while it is a draft."""
    made = postings.recorded(connection, [posting_id] if posting_id else [])
    return (made[0].name or f"#{made[0].id}") if made else ""
