"""A notice's workbook: written under HOME/out/notices, known by its hash."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Iterable

from sqlalchemy import Connection

from desk.advances.notices import paper_of
from desk.saving import save
from ledger.advances import notices
from ledger.advances.notices import NoticeRow
from ledger.database import Home
from posting_rules.workdays import SpecialDays, special_days
from reports.advances.notice_sheet import notice_workbook

FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')
FOLDER = Path("out") / "notices"


def write_all(
    home: Home,
    connection: Connection,
    ids: Iterable[int],
    special: SpecialDays | None = None,
) -> dict[int, bytes]:
    """Write the workbooks of some notices; they stay where a later step fails.

    BookError where a file cannot be written. The bytes, by notice.
    """
    written = {}
    for id in ids:
        row = notices.notice(connection, id)
        data = notice_workbook(paper_of(connection, id, special))
        stored = FOLDER / row.period / file_name(row)
        save(home.path / stored, data, folders=True)
        digest = sha256(data).hexdigest()
        notices.amend(connection, id, stored=stored.as_posix(), sha256=digest)
        written[id] = data
    return written


def workdays_of(home: Home) -> SpecialDays | None:
    """The days off that a home's workdays.toml adds, None when it has none."""
    path = home.path / "workdays.toml"
    return special_days(path) if path.is_file() else None


def file_name(row: NoticeRow) -> str:
    """预付金收款通知书_黔异预〔2018〕1号_520100.xlsx; a correction is beside it."""
    parts = (row.title, row.number, row.region)
    name = "_".join(FORBIDDEN.sub(" ", part) for part in parts if part)
    again = len(notices.corrections(row.note))
    return f"{name[:80]}{f'_更正{again}' if again else ''}.xlsx"
