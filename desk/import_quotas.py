"""F3: quotas are kept as a notice; no money moves, no voucher is made."""

from __future__ import annotations

from sqlalchemy import Connection

from desk.keeping import Keys, keep_new
from desk.taking import Desk, Taken, place_of
from ledger import regions
from ledger.documents import Quota, SourceDocument
from ledger.errors import Fault, SourceError

TITLES = {
    "kind": "类型",
    "abroad": "跨省核定额",
    "home": "省内核定额",
    "note": "备注",
}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the new lines of a quota table."""
    for line in document.lines:
        _check(desk, document, line)
    keys = Keys("quarter", _key, TITLES)
    return keep_new(connection, document, document_id, keys)


def _check(desk: Desk, document: SourceDocument, line: Quota) -> None:
    """A quota is set for a payer of this province: county, city or 省本级."""
    if (
        regions.province_of(line.region) == desk.policy.province
        and regions.level(line.region) != "province"
    ):
        return
    expected = "本省统筹区（县区、市州、省本级）的代码"
    message = (
        f"{place_of(document, line)}：统筹区代码“{line.region}”"
        f"（{regions.name(line.region)}）不在核定范围内，应为{expected}"
    )
    raise SourceError(
        message,
        [Fault(line.sheet, line.row, "统筹区代码", line.region, expected, message)],
    )


def _key(line: Quota) -> tuple:
    return (str(line.quarter), line.edition, line.region, line.fund)
