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
from ledger.errors import BookError
from ledger.files import why
from posting_rules.workdays import SpecialDays, special_days
from reports.advances.notice_sheet import notice_workbook

FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]+')
FOLDER = Path("out") / "notices"
VOID = "作废"


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


def mark_void(home: Home, connection: Connection, ids: Iterable[int]) -> None:
    """Rename the files of withdrawn notices, those before a correction too: 作废_….

    BookError where a file cannot be renamed.
    """
    for id in ids:
        row = notices.notice(connection, id)
        if not row.stored:
            continue
        folder = (home.path / row.stored).parent
        for name in file_names(row):
            try:
                (folder / name).replace(folder / f"{VOID}_{name}")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise BookError(f"改不了文件名{folder / name}：{why(error)}") from error
        stored = FOLDER / row.period / f"{VOID}_{file_name(row)}"
        notices.amend(connection, id, stored=stored.as_posix())


def workdays_of(home: Home) -> SpecialDays | None:
    """The days off that a home's workdays.toml adds, None when it has none."""
    path = home.path / "workdays.toml"
    return special_days(path) if path.is_file() else None


def file_name(row: NoticeRow) -> str:
    """预付金收款通知书_黔异预〔2018〕1号_520100.xlsx; a correction's is beside it."""
    return file_names(row)[-1]


def file_names(row: NoticeRow) -> list[str]:
    """The names of a notice's file and of its corrections', in their order."""
    parts = (row.title, row.number, row.region)
    name = "_".join(FORBIDDEN.sub(" ", part) for part in parts if part)[:80]
    again = range(1, len(notices.corrections(row.note)) + 1)
    return [f"{name}.xlsx", *(f"{name}_更正{number}.xlsx" for number in again)]
