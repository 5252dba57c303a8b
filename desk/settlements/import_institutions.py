"""G10: the roster of designated institutions, a register without vouchers.

依据：劳社厅发〔2002〕6号 三
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from desk.people.account_changes import CannotTake
from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger import regions
from ledger.people import staging
from ledger.settlements import institutions
from ledger.settlements.institutions import InstitutionRow
from posting_rules.personal import clause

TITLES = {
    "name": "机构名称",
    "level": "机构级别",
    "region": "统筹区代码",
    "until_day": "定点止",
    "qualified": "药店符合条件",
    "payee_account": "收款账号",
    "payee_bank": "开户行",
}
FILLED = ("until_day", "payee_account", "payee_bank")  # what may come later


@dataclass
class Work:
    """The rows of a roster on what stands of their institutions."""

    province: str
    there: dict[str, list[InstitutionRow]]
    new: dict[tuple, tuple[str, int, InstitutionRow]] = field(default_factory=dict)
    completed: dict[tuple, InstitutionRow] = field(default_factory=dict)
    known: int = 0

    def take(self, sheet: str, row: int, line: InstitutionRow) -> None:
        """Take a row or count it as known; CannotTake changes nothing."""
        line = line._replace(region=_pooling(line.region, self.province))
        of_code = self.there.setdefault(line.code, [])
        before = next((kept for kept in of_code if kept.key == line.key), None)
        if before is None:
            _check_beside(line, of_code)
            of_code.append(line)
            self.new[line.key] = (sheet, row, line)
            return
        whole = _completed(before, line)
        if whole == before:
            self.known += 1
            return
        others = [kept for kept in of_code if kept is not before]
        _check_beside(whole, others)
        of_code[:] = [*others, whole]
        if line.key in self.new:
            self.new[line.key] = (*self.new[line.key][:2], whole)
        else:
            self.completed[line.key] = whole


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    """Register new designations; a later row of the same one may tell its end.

    Rows act in the order of code and day, so that an end comes before what follows.
    """
    name, fields = institutions.STAGED, document.fields
    staging.load(connection, name, fields, document.blocks())
    work = Work(desk.province, institutions.registered(connection))
    for sheet, row, line in institutions.rows(connection):
        try:
            work.take(sheet, row, line)
        except CannotTake as cannot:
            article = clause(desk.province, "designated")
            aside.add(sheet, row, *cannot.by(article))
    institutions.insert(connection, work.new.values(), document_id)
    institutions.complete(connection, list(work.completed.values()))
    return Taken(new=len(work.new), known=work.known, completed=len(work.completed))


def _pooling(region: str, province: str) -> str:
    """The pooling city in the home's province, else the other province."""
    above = regions.province_of(region)
    if above != province:
        return above
    city = regions.city_of(region)
    if city not in regions.cities(province):
        expected = "机构所在的市州或区县的代码"
        raise CannotTake("统筹区代码", region, expected, "不是统筹区")
    return city


def _completed(before: InstitutionRow, line: InstitutionRow) -> InstitutionRow:
    """A designation with what a later row fills in; CannotTake where it differs."""
    filled = {name: getattr(before, name) or getattr(line, name) for name in FILLED}
    whole = before._replace(**filled)
    said = line._replace(
        **{name: getattr(line, name) or filled[name] for name in FILLED}
    )
    for name, title in TITLES.items():
        if getattr(said, name) != getattr(whole, name):
            found = "" if name == "payee_account" else _words(getattr(said, name))
            expected = "与登记的相同；变更请另填一行新的定点起，更正请先撤回原表"
            why = f"与{before.from_day}起的登记不同"
            raise CannotTake(title, found, expected, why)
    return whole


def _check_beside(line: InstitutionRow, others: list[InstitutionRow]) -> None:
    """CannotTake where a designation overlaps another of its code, or names it anew."""
    for other in others:
        if line.name != other.name:
            why = f"与机构{line.code}登记的名称“{other.name}”不同"
            raise CannotTake("机构名称", line.name, "一个机构代码只有一个名称", why)
        first, last = max(line.from_day, other.from_day), _earlier(line, other)
        if last is None or first <= last:
            until = f"至{other.until_day}" if other.until_day else ""
            column = "定点止" if line.from_day < other.from_day else "定点起"
            found = line.until_day or "" if column == "定点止" else line.from_day
            why = f"与机构{line.code}{other.from_day}起{until}的定点重叠"
            raise CannotTake(column, found, _apart(line, other), why)


def _earlier(one: InstitutionRow, other: InstitutionRow) -> str | None:
    """The earlier of two last days; None where both are open."""
    ends = [row.until_day for row in (one, other) if row.until_day]
    return min(ends, default=None)


def _apart(line: InstitutionRow, other: InstitutionRow) -> str:
    """Until or from when a designation may hold beside another."""
    if line.from_day < other.from_day:
        before = date.fromisoformat(other.from_day) - timedelta(days=1)
        return f"不晚于{before}的定点止"
    if other.until_day is None:
        return "先填写前一次定点的定点止"
    return f"晚于{other.until_day}的定点起"


def _words(value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value or ""
