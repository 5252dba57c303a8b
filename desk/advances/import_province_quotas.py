"""F4: a year's advances between provinces are kept; no money moves, no voucher.

依据：黔人社厅通〔2017〕204号 附件一 二（一）
"""

from __future__ import annotations

from sqlalchemy import Connection

from desk import keeping
from desk.keeping import Keys
from desk.taking import Desk, Taken, same_text
from importers.faults import Faults, Wrong
from ledger import regions
from ledger.advances import province_quotas
from ledger.documents import ProvinceQuota, SourceDocument

TITLES = {
    "before": "原额度",
    "after": "调整后额度",
    "change": "调整额",
    "term": "期限",
}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the new lines of a year's table or notice.

    Table and notice of a year say the same; that it is the first time (收款通知书)
    is learnt from whichever has it.
    """
    _check(desk, document)
    keys = Keys("year", _key, TITLES, _content)
    new, known = keeping.sort(connection, document, keys)
    keeping.insert(connection, document, document_id, new)
    first = [row.id for line, row in known if line.first and not row.line.first]
    province_quotas.set_first(connection, first)
    count = len(known) - len(first)
    return Taken(new=len(new), known=count, completed=len(first))


def _content(line: ProvinceQuota) -> tuple:
    return same_text(line._replace(first=False))


def _check(desk: Desk, document: SourceDocument) -> None:
    """The other side is a province, and not this one."""
    faults = Faults(document.name)
    for line in document.lines:
        other = line.province != desk.policy.province
        if other and regions.level(line.province) == "province":
            continue
        found = f"{line.province}（{regions.name(line.province)}）"
        wrong = Wrong("不是外省的省级代码", "外省的省级代码，如440000")
        faults.add(line.sheet, line.row, "省份代码", found, wrong)
    faults.check()


def _key(line: ProvinceQuota) -> tuple:
    return line.year, line.province, line.direction
