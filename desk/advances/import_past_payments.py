"""F9: what earlier years paid is kept for planning; no voucher is made."""

from __future__ import annotations

from sqlalchemy import Connection

from desk.taking import Desk, Taken, other_content, same_text
from importers.faults import Faults, Wrong
from ledger import regions, sources
from ledger.documents import PastPayment, SourceDocument

TITLES = {"amount": "基金支付额", "note": "备注"}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the new lines of a table of past payments."""
    _check(desk, document)
    years = {line.year for line in document.lines}
    known = {
        _key(row.line): row
        for row in sources.known_lines(connection, "F9", "year", years)
    }
    new = []
    for line in document.lines:
        there = known.get(_key(line))
        if there is None:
            new.append(line)
        elif same_text(line) != same_text(there.line):
            other_content(document, line, there, TITLES)
    sources.insert_lines(connection, "F9", document_id, new, [()] * len(new))
    return Taken(new=len(new), known=len(document.lines) - len(new))


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
