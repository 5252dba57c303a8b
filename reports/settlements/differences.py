"""分解核对: bills whose list carried a split, where ours comes to something else.

A list's whole split is what counts, and so is its 统筹支付 alone; of the rest ours is.
The differences are for the office to clear up with who made the list. Nobody is named:
a serial and a row of a list say which bill it is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from ledger import regions
from ledger.errors import UsageError
from ledger.money import NOTHING
from ledger.periods import Month
from ledger.schema import Document
from ledger.settlements.tables import Settlement
from reports.people.report_sheets import SIGNED
from reports.xlsx import Column, Sheet

LINE, DOCUMENT = Settlement.__table__, Document.__table__
PARTS = {  # as form G3 prints them
    "pooled": "统筹支付",
    "other": "其他基金",
    "own": "个账支付",
    "shared": "共济支付",
    "cash": "现金支付",
}
COLUMNS = (
    Column("月份", width=10),
    Column("结算时间", width=20),
    Column("流水号", width=24),
    Column("业务类型", width=10),
    Column("参保地", width=12),
    Column("就医地", width=12),
    Column("机构代码", width=16),
    Column("费用类别", width=14),
    Column("项目", width=12),
    Column("清单", "money", 16),
    Column("重算", "money", 16),
    Column("差额", "money", 16),
    Column("入账", width=8),
    Column("文件", width=36),
    Column("行", "number", 8),
)


THEIRS, OURS = "theirs", "ours"


class Difference(NamedTuple):
    """One part of one line; `difference` is the list's less ours, in yuan."""

    month: str
    at: str
    serial: str
    act: str
    region: str
    region_name: str
    place: str
    place_name: str
    institution: str
    category: str
    part: str
    theirs: Decimal
    ours: Decimal
    difference: Decimal
    counts: str  # theirs or ours: which of the two was posted
    document: str
    sheet: str
    row: int

    @property
    def counts_name(self) -> str:
        return "清单" if self.counts == THEIRS else "重算"

    @property
    def source(self) -> str:
        return f"{self.document}#{self.sheet}" if self.sheet else self.document


class Part(NamedTuple):
    """In how many lines a part differs, and what they add up to."""

    name: str
    lines: int
    theirs: Decimal
    ours: Decimal


class Differences(NamedTuple):
    first: Month | None
    last: Month | None
    region: str  # 参保地, "" for all
    taken: int  # lines whose list carried the whole split
    lines: int  # how many lines differ
    parts: list[Part]
    rows: list[Difference]


def differences(
    connection: Connection, first: Month | None, last: Month | None, region: str = ""
) -> Differences:
    """The lines that stand, drafts too, of the months asked; by month and serial."""
    if first and last and first > last:
        raise UsageError(f"--from {first}晚于--to {last}；请对调")
    asked = _asked(first, last, region)
    differs = case((LINE.c.differences != "", 1), else_=0)
    taken = case((LINE.c.taken, 1), else_=0)
    counted = connection.execute(
        select(func.sum(taken), func.sum(differs)).where(*asked)
    ).one()
    rows = _rows(connection, asked)
    whole, lines = (int(number or 0) for number in counted)
    return Differences(first, last, region, whole, lines, _parts(rows), rows)


def differences_sheets(made: Differences, unit: str) -> list[Sheet]:
    """清单 with its counts in front, as one table."""
    span = "全部月份"
    if made.first or made.last:
        span = f"{made.first or ''}至{made.last or ''}"
    said = f"带全部分解的{made.taken}行，与重算不同的{made.lines}行"
    rows = (
        (
            row.month,
            row.at,
            row.serial,
            row.act,
            row.region_name,
            row.place_name,
            row.institution,
            row.category,
            row.part,
            row.theirs,
            row.ours,
            row.difference,
            row.counts_name,
            row.source,
            row.row,
        )
        for row in made.rows
    )
    line = f"编制单位：{unit}　　{span}　　单位：元　　{said}"
    title = "门诊结算清单分解核对表"
    return [Sheet("分解核对", title, line, COLUMNS, rows, None, ("", SIGNED))]


def _asked(first: Month | None, last: Month | None, region: str) -> list:
    asked = [LINE.c.freed == 0]
    if first:
        asked.append(LINE.c.month >= str(first))
    if last:
        asked.append(LINE.c.month <= str(last))
    if region:
        asked.append(LINE.c.region == region)
    return asked


def _rows(connection: Connection, asked: list) -> list[Difference]:
    query = (
        select(LINE, DOCUMENT.c.name.label("document"))
        .join(DOCUMENT, DOCUMENT.c.id == LINE.c.document_id)
        .where(*asked, LINE.c.differences != "")
        .order_by(LINE.c.month, LINE.c.serial, LINE.c.person_id)
    )
    found = []
    for line in connection.execute(query):
        for key, (theirs, ours) in json.loads(line.differences).items():
            found.append(_difference(line, key, Decimal(theirs), Decimal(ours)))
    return found


def _difference(line, key: str, theirs: Decimal, ours: Decimal) -> Difference:
    return Difference(
        month=line.month,
        at=line.at,
        serial=line.serial,
        act=line.act,
        region=line.region,
        region_name=regions.name(line.region),
        place=line.place,
        place_name=regions.name(line.place),
        institution=line.institution,
        category=line.category,
        part=PARTS.get(key, key),
        theirs=theirs,
        ours=ours,
        difference=theirs - ours,
        counts=THEIRS if line.taken or key == "pooled" else OURS,
        document=line.document,
        sheet=line.sheet,
        row=line.row,
    )


def _parts(rows: list[Difference]) -> list[Part]:
    """In the order in which the form prints the parts."""
    found: dict[str, list] = defaultdict(lambda: [0, NOTHING, NOTHING])
    for row in rows:
        sums = found[row.part]
        sums[0] += 1
        sums[1] += row.theirs
        sums[2] += row.ours
    names = [name for name in PARTS.values() if name in found]
    names += sorted(found.keys() - PARTS.values())
    return [Part(name, *found[name]) for name in names]
