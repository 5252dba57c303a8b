"""F9: what earlier years paid is kept for planning; no voucher is made."""

from __future__ import annotations

from sqlalchemy import Connection

from desk.keeping import Keys, keep_new
from desk.taking import Desk, Taken
from importers.faults import Faults, Wrong
from ledger import regions
from ledger.documents import PastPayment, SourceDocument

TITLES = {"amount": "基金支付额", "note": "备注"}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the new lines of a table of past payments."""
    _check(desk, document)
    keys = Keys("year", _key, TITLES)
    return keep_new(connection, document, document_id, keys)


def _check(desk: Desk, document: SourceDocument) -> None:
    """A region of this province that pays: county, city, its own people, 省本级."""
    faults = Faults(document.name)
    for line in document.lines:
        here = regions.province_of(line.region) == desk.policy.province
        if here and regions.level(line.region) != "province":
            continue
        found = f"{line.region}（{regions.name(line.region)}）"
        wrong = Wrong("不是付款方", "本省统筹区（县区、市州、本级）的代码")
        faults.add(line.sheet, line.row, "统筹区代码", found, wrong)
    faults.check()


def _key(line: PastPayment) -> tuple:
    return line.year, line.region, line.scope, line.fund
