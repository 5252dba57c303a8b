"""F5: the plan of a quarter's money for institutions is kept; X2 pays it (F1).

依据：黔人社厅通〔2017〕204号 附件一 二（二）
"""

from __future__ import annotations

from sqlalchemy import Connection

from desk.taking import Desk, Taken, other_content, same_text
from importers.faults import Faults, Wrong
from ledger import regions, sources
from ledger.documents import Funding, SourceDocument

TITLES = {
    "institution_name": "机构名称",
    "at_home": "省内参保",
    "elsewhere": "外省参保",
}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the new lines of a plan."""
    _check(desk, document)
    quarters = {str(line.quarter) for line in document.lines}
    known = {
        _key(row.line): row
        for row in sources.known_lines(connection, "F5", "quarter", quarters)
    }
    new = []
    for line in document.lines:
        there = known.get(_key(line))
        if there is None:
            new.append(line)
        elif same_text(line) != same_text(there.line):
            other_content(document, line, there, TITLES)
    sources.insert_lines(connection, "F5", document_id, new, [()] * len(new))
    return Taken(new=len(new), known=len(document.lines) - len(new))


def _check(desk: Desk, document: SourceDocument) -> None:
    """Treatment is within the province; other provinces' people are not of it."""
    faults = Faults(document.name)
    for line in document.lines:
        if regions.province_of(line.place) != desk.policy.province:
            wrong = Wrong("不在本省", "本省就医地（县区、市州或省本级）的代码")
            found = f"{line.place}（{regions.name(line.place)}）"
            faults.add(line.sheet, line.row, "就医地代码", found, wrong)
        if line.province and not is_other_province(desk, line.province):
            wrong = Wrong("不是外省的省级代码", "外省的省级代码，如440000，或空")
            found = f"{line.province}（{regions.name(line.province)}）"
            faults.add(line.sheet, line.row, "参保省份代码", found, wrong)
    faults.check()


def is_other_province(desk: Desk, code: str) -> bool:
    return code != desk.policy.province and regions.level(code) == "province"


def _key(line: Funding) -> tuple:
    return (
        str(line.quarter),
        line.place,
        line.institution,
        line.fund,
        line.province,
    )
