"""F5: the plan of a quarter's money for institutions is kept; X2 pays it (F1).

依据：黔人社厅通〔2017〕204号 附件一 二（二）
"""

from __future__ import annotations

from collections import defaultdict
from typing import NoReturn, Sequence

from sqlalchemy import Connection

from desk import keeping
from desk.keeping import Keys
from desk.taking import Desk, Taken, same_text
from importers.faults import Faults, Wrong
from ledger import regions
from ledger.advances import funding
from ledger.documents import Funding, SourceDocument
from ledger.money import grouped
from ledger.sources import KnownLine

TITLES = {
    "institution_name": "机构名称",
    "at_home": "省内参保",
    "elsewhere": "外省参保",
}


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Keep the new lines of a plan.

    A line that comes again with its province completes the one that lacked it, and one
    without it says less than the one that has it: they are one need, not two.
    """
    _check(desk, document)
    keys = Keys("quarter", _key, TITLES)
    new, known = keeping.sort(connection, document, keys)
    said = {row.id for _, row in known}
    others: dict[tuple, list[KnownLine]] = defaultdict(list)  # not said once more
    for row in keeping.known_lines(connection, document, keys).values():
        if row.line.elsewhere and row.id not in said:
            others[_bare_key(row.line)].append(row)
    added, named = [], {}
    for line in new:
        there = [x for x in others[_bare_key(line)] if _is_one(line, x.line)]
        if not line.elsewhere or not there:
            added.append(line)
            continue
        _check_same(document, line, there, named)
        if line.province:
            _check_unpaid(connection, document, line)
            named[there[0].id] = line.province
    keeping.insert(connection, document, document_id, added)
    funding.set_provinces(connection, named)
    count = len(document.lines) - len(added) - len(named)
    return Taken(new=len(added), known=count, completed=len(named))


def _is_one(line: Funding, there: Funding) -> bool:
    """Whether just one of two lines of a need says whose people it is for."""
    return bool(line.province) != bool(there.province)


def _check_same(
    document: SourceDocument, line: Funding, there: Sequence[KnownLine], named: dict
) -> None:
    """Nothing but the province differs, and each line is completed once."""
    one = there[0]
    same = same_text(line) == same_text(one.line._replace(province=line.province))
    if same and len(there) == 1 and one.id not in named:
        return
    how = "写明了" if one.line.province else "没有写明"
    why = (
        f"与已登记的一行（{how}参保省份，省内参保{grouped(one.line.at_home)}、外省参保"
        f"{grouped(one.line.elsewhere)}）重复；只补参保省份的，其余应与原来的一行相同，"
        "要分省份的先撤回原表（yibao document withdraw）再导入"
    )
    _refuse(document, line, why)


def _check_unpaid(
    connection: Connection, document: SourceDocument, line: Funding
) -> None:
    serial = funding.paid(connection, str(line.quarter), line.fund)
    if serial is not None:
        why = (
            f"已登记的一行没有写明参保省份，已经按它划款（流水号{serial}），不能再补；"
            "要补请先冲销划款的凭证（yibao voucher reverse）"
        )
        _refuse(document, line, why)


def _refuse(document: SourceDocument, line: Funding, why: str) -> NoReturn:
    faults = Faults(document.name)
    wrong = Wrong(why, "原来的一行")
    faults.add(line.sheet, line.row, "参保省份代码", line.province, wrong)
    faults.stop()


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


def _bare_key(line: Funding) -> tuple:
    return _key(line._replace(province=""))


def _key(line: Funding) -> tuple:
    return (
        str(line.quarter),
        line.place,
        line.institution,
        line.fund,
        line.province,
    )
