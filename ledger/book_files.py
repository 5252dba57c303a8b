"""The books on disk: print those that changed, make up what a crash prevented."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Iterable, NamedTuple

from sqlalchemy import Connection, select, update

from ledger.database import Home
from ledger.errors import BookError
from ledger.files import why, write_whole
from ledger.printing import book_text, carried_forward
from ledger.schema import BookYear
from ledger.voucher_rows import sums_before, year_vouchers

TABLE = BookYear.__table__
BOOKS_AT_ONCE = 100


class BookYearId(NamedTuple):
    book: str
    year: int


def book_path(home: Home, book: str, year: int) -> Path:
    return home.path / "books" / book / f"{year}.beancount"


def print_changed(home: Home) -> list[Path]:
    """Print every book-year that changed since its last print.

    Holds the writer's lock, so that an older print never replaces a newer one.
    A crash before the end leaves the rest marked as changed. Nothing is done while
    the home's prints wait (`print_waiting`); what changed stays marked as well.
    """
    if home.prints_wait:
        return []
    with home.reading() as connection:
        if not _behind(connection):
            return []
    with home.writing() as connection:
        behind = _behind(connection)
        paths = [_write(home, place, text) for place, text in texts(connection, behind)]
        if behind:
            connection.execute(
                update(TABLE)
                .where(TABLE.c.changed > TABLE.c.printed)
                .values(printed=TABLE.c.changed)
            )
        return paths


def print_waiting(home: Home) -> list[Path]:
    """Print what changed while the home's prints waited; they wait on."""
    home.prints_wait = False
    try:
        return print_changed(home)
    finally:
        home.prints_wait = True


def print_all(home: Home) -> list[Path]:
    """Print every book-year anew, whatever lies on disk."""
    with home.writing() as connection:
        places = [BookYearId(*row) for row in connection.execute(_PLACES)]
        return [_write(home, place, text) for place, text in texts(connection, places)]


def texts(
    connection: Connection, places: Iterable[BookYearId]
) -> Iterable[tuple[BookYearId, str]]:
    """The printed text of book-years."""
    by_year: dict[int, list[str]] = defaultdict(list)
    for book, year in places:
        by_year[year].append(book)
    for year, books in sorted(by_year.items()):
        for start in range(0, len(books), BOOKS_AT_ONCE):
            part = books[start : start + BOOKS_AT_ONCE]
            vouchers = year_vouchers(connection, part, year)
            sums = sums_before(connection, part, year)
            for book in part:
                carried = carried_forward(sums.get(book, ()), year)
                text = book_text(book, year, vouchers.get(book, ()), carried)
                yield BookYearId(book, year), text


def _behind(connection: Connection) -> list[BookYearId]:
    rows = connection.execute(_PLACES.where(TABLE.c.changed > TABLE.c.printed))
    return [BookYearId(*row) for row in rows]


def _write(home: Home, place: BookYearId, text: str) -> Path:
    path = book_path(home, *place)
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise BookError(
            f"账簿{path}没有印出：{why(error)}；凭证都在数据库里，"
            "请检查磁盘空间和权限，下一个命令会补印"
        ) from error
    return path


_PLACES = select(TABLE.c.book_id, TABLE.c.year).order_by(TABLE.c.book_id, TABLE.c.year)
