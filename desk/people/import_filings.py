"""G7: filings for treatment away from home, a register without vouchers.

依据：攀枝花市医疗保障局2022年4月20日通知 一、三、附件2 二.2、三
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger.people import filings, staging
from ledger.people.filings import FilingRow
from ledger.people.masks import masked_id
from posting_rules.payouts import document_of, never_paid

TITLES = {
    "scope": "范围",
    "until_day": "终止日期",
    "hardship": "特殊困难原因",
    "agency": "核实机构",
    "verified_on": "核实日期",
    "valid_until": "有效期至",
    "payee_name": "收款户名",
    "payee_account": "收款账号",
    "payee_bank": "开户行",
}
NEEDED = ("agency", "verified_on", "valid_until")  # of a hardship
REGISTER_FIRST = "先由个人账户计入清单或期初余额表登记的人"
Words = tuple[str, str, str, str]  # column, found, expected, why


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    """Register new filings; a later row of the same one may tell its end."""
    staging.load(connection, filings.STAGED, document.fields, document.blocks())
    regions = filings.regions_of_people(connection)
    there = filings.registered(connection)
    new: dict[tuple, tuple[str, int, FilingRow]] = {}
    completed: dict[tuple, FilingRow] = {}
    known = 0
    for sheet, row, line in filings.rows(connection):
        before = there.get(line.key)
        wrong = _wrong(line, regions.get(line.person_id)) or _against(line, before)
        if wrong:
            aside.add(sheet, row, *wrong)
        elif before is None:
            new[line.key] = (sheet, row, line)
            there[line.key] = line
        elif (whole := _completed(before, line)) == before:
            known += 1
        else:
            there[line.key] = whole
            if line.key in new:
                new[line.key] = (*new[line.key][:2], whole)
            else:
                completed[line.key] = whole
    filings.insert(connection, new.values(), document_id)
    filings.complete(connection, list(completed.values()))
    return Taken(new=len(new), known=known, completed=len(completed))


def _wrong(line: FilingRow, region: str | None) -> Words | None:
    """What is wrong with a row by itself."""
    if region is None:
        return ("个人编号", masked_id(line.person_id), REGISTER_FIRST, "没有登记")
    policy = document_of(region)
    if policy:
        on = date.fromisoformat(line.from_day)
        clause = never_paid(policy, line.scope, line.kind, on)
        if clause:
            why = f"的{line.kind}不能登记为划转的备案（{clause}）"
            return ("范围", line.scope, "跨省：要同时跨省、跨制度", why)
    if line.hardship:
        for field in NEEDED:
            if not getattr(line, field):
                expected = "核实机构、核实日期和有效期至"
                return (TITLES[field], "", expected, "没有填，特殊困难要经核实")
        if line.valid_until < line.verified_on:
            found, expected = line.valid_until, f"不早于{line.verified_on}"
            return ("有效期至", found, expected, "早于核实日期")
    return None


def _against(line: FilingRow, before: FilingRow | None) -> Words | None:
    """What of a row contradicts the filing that stands under its key."""
    if before is None:
        return None
    whole = _completed(before, line)
    said = line._replace(
        until_day=line.until_day or whole.until_day,
        valid_until=line.valid_until or whole.valid_until,
    )
    for field, title in TITLES.items():
        if getattr(said, field) != getattr(whole, field):
            expected = "与登记的相同；续期或变更请另填一行新的起始日期"
            return (title, "", expected, "与已登记的这条备案不同")
    return None


def _completed(before: FilingRow, line: FilingRow) -> FilingRow:
    """A filing with the ends that a later row tells: a first 终止日期, a later 有效期至."""
    until_day = before.until_day or line.until_day
    valid_until = before.valid_until
    if before.hardship and line.valid_until and line.valid_until > (valid_until or ""):
        valid_until = line.valid_until
    return before._replace(until_day=until_day, valid_until=valid_until)
