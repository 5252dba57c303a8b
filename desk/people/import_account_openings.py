"""G2: opening balances of personal accounts, one posting a file and region (P21).

Over millions of rows: what is set aside is found, and the rest registered, by
statements over all of them.
依据：劳社厅发〔2002〕6号 二；南府办发〔2022〕33号 第十七条
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Callable

from sqlalchemy import Connection

from desk.people import list_posting
from desk.set_aside import Aside
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger import regions
from ledger.money import from_fen, grouped
from ledger.people import batches, openings, staging
from ledger.people.masks import masked_id, masked_name
from ledger.people.openings import Odd, Part
from ledger.periods import month_of

EVENT = "account-opening"


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    staging.load(
        connection, openings.STAGED, document.fields, document.blocks(), openings.KEY
    )
    _check_regions(connection, desk.province, aside)
    known = openings.known(connection)
    for find, say in CHECKS:
        for row in find(connection):
            aside.add(row.sheet, row.row, *say(row))
    parts = openings.parts(connection)
    days = {part.region: _opening_day(part) for part in parts}
    openings.register(
        connection,
        document_id,
        {region: str(month_of(day)) for region, day in days.items()},
    )
    ids = []
    for part in parts:
        ids += _post(connection, desk, document, document_id, part, days[part.region])
    new = sum(part.lines for part in parts)
    return Taken(new=new, known=known, posting_ids=ids)


def _opening_day(part: Part) -> date:
    """The day after 截止日期, as of F0."""
    return date.fromisoformat(part.cutoff) + timedelta(days=1)


def _post(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    part: Part,
    on: date,
) -> list[int]:
    if not part.amount:
        return []
    generation = batches.generation(connection, "opening", part.region, "")
    batch_id = list_posting.start(
        connection, desk, "opening", part.region, on, document_id
    )
    openings.insert_movements(
        connection,
        part.region,
        batch_id,
        document_id,
        list_posting.voucher_day(desk, on),
        generation and f"|{generation}",
    )
    return list_posting.post(
        connection,
        desk,
        document,
        document_id,
        batch_id,
        region=part.region,
        event=EVENT,
        on=on,
        link="opn",
        source=_source(document, part),
        words={"cutoff": part.cutoff},
    )


def _source(document: PeopleDocument, part: Part) -> str:
    sheet = part.sheet and f"{part.sheet}!"
    return f"{document.name}#{sheet}R{part.first_row}-R{part.last_row}"


def _check_regions(connection: Connection, province: str, aside: Aside) -> None:
    cities = regions.cities(province)
    for code in openings.region_codes(connection):
        if code in cities:
            continue
        expected = f"{regions.name(province)}的市（州）代码"
        for row in openings.of_region(connection, code):
            aside.add(
                row.sheet, row.row, "统筹区代码", code, expected, "不是本省的统筹区"
            )


Words = tuple[str, str, str, str]  # column, found, expected, why


def _other_cutoff(row: Odd) -> Words:
    why = "与本表同一统筹区的第一行不同"
    return ("截止日期", row.cutoff, row.other, why)


def _repeated(row: Odd) -> Words:
    found = masked_id(row.person_id)
    return ("个人编号", found, "每个账户一行", "在本表中已有一行，内容不同")


def _standing(row: Odd) -> Words:
    expected = "与已录入的相同；要更正请先冲销原期初凭证（yibao voucher reverse）"
    why = "的账户期初余额已经录入，内容不同"
    return ("个人编号", masked_id(row.person_id), expected, why)


def _named(row: Odd) -> Words:
    expected = f"登记的姓名“{masked_name(row.other)}”；姓名有误用 yibao person 更正登记"
    return ("姓名", masked_name(row.name), expected, "与登记的姓名不同")


def _moved(row: Odd) -> Words:
    found = grouped(from_fen(row.amount))
    why = f"不能录入：账户在{row.cutoff}或之前已有变动"
    return ("期初余额", found, "截止日期之后才有变动的账户", why)


CHECKS: tuple[tuple[Callable[[Connection], list[Odd]], Callable[[Odd], Words]], ...] = (
    (openings.of_other_cutoff, _other_cutoff),
    (openings.repeated, _repeated),
    (openings.standing_otherwise, _standing),
    (openings.named_otherwise, _named),
    (openings.moved_before, _moved),
)
