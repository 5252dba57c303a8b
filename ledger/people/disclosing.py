"""Disclosing: who may see people whole, and the record of every such look.

依据：issue “Personal accounts” 8; setting `may-unmask`.
"""

from __future__ import annotations

from datetime import date
from typing import Iterable

from sqlalchemy import Connection

from ledger import settings
from ledger.database import bulk_insert, next_id
from ledger.errors import BookError
from ledger.people.tables import Disclosure

EVERYONE, BETWEEN = "*", "、"
DISCLOSURE = Disclosure.__table__
COLUMNS = ("id", "by", "at", "report", "person_id")


def check_may(
    connection: Connection, by: str, on: date, remedy: str = "请去掉 --unmasked"
) -> None:
    """BookError for who may not see names and ids whole on that day."""
    allowed = settings.value(connection, "may-unmask", on) or ""
    names = [name.strip() for name in allowed.split(BETWEEN)]
    if EVERYONE not in names and by not in names:
        raise BookError(
            f"“{by}”不能查看完整的姓名和编号；可以查看的是{allowed}"
            f"（设置 may-unmask）。{remedy}"
        )


def record(
    connection: Connection, by: str, at: str, report: str, person_ids: Iterable[str]
) -> None:
    """Write down that someone saw these people whole; before they are shown."""
    first = next_id(connection, DISCLOSURE)
    rows = (
        (first + number, by, at, report, person_id)
        for number, person_id in enumerate(sorted(set(person_ids)))
    )
    bulk_insert(connection, DISCLOSURE, COLUMNS, rows)
