"""F3: quotas are kept as a notice; no money moves, no voucher is made."""

from __future__ import annotations

from sqlalchemy import Connection

from desk.taking import Desk, Taken, other_content, place_of, same_text
from ledger import regions, sources
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
    known = {
        _key(row.line): row
        for row in sources.known_lines(
            connection, "F3", "quarter", {str(line.quarter) for line in document.lines}
        )
    }
    new = []
    for line in document.lines:
        there = known.get(_key(line))
        if there is None:
            new.append(line)
        elif same_text(line) != same_text(there.line):
            other_content(document, line, there, TITLES)
    sources.insert_lines(connection, "F3", document_id, new, [()] * len(new))
    return Taken(new=len(new), known=len(document.lines) - len(new))


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
