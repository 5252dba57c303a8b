"""`yibao init`: make a home and open a province's books."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Sequence

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from ledger import books, regions, settings, standing
from ledger.books import BookId
from ledger.database import SCHEMA_VERSION, Home, schema_version, upgrade
from ledger.errors import BookError, UsageError
from ledger.postings import Actor
from ledger.settings import SettingRow


def init_home(
    path: Path,
    province: str,
    actor: Actor,
    *,
    url: str | None = None,
    reading: str = "printed",
    review: str = "by-rule",
) -> tuple[Home, int]:
    """Make a home for a province; returns it and how many books were opened.

    Raises UsageError for a province that is none, BookError when the home is there
    already. Whether a policy governs the province is asked when a form comes.
    """
    ids = province_books(path, province, url)
    for folder in ("books", "documents", "out"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    home = Home(path, url)
    upgrade(home)
    with home.writing() as connection:
        if settings.is_set(connection, "province"):
            raise BookError("这个数据库里已有账套，没有改动；要另建请换一个数据库")
        for name, value in (
            ("province", province),
            ("reading", reading),
            ("review", review),
        ):
            row = SettingRow(name, "", None, value, "yibao init", actor.by, actor.at)
            settings.put(connection, row)
        opened = books.open_books(connection, ids, actor.by, actor.at)
    return home, len(opened)


def province_books(path: Path, province: str, url: str | None = None) -> list[BookId]:
    """The books that `init` would open there; raises as init_home does."""
    if (
        regions.today_code(province) != province
        or regions.level(province) != "province"
    ):
        raise UsageError(f"“{province}”不是省级代码；例如贵州省是 520000")
    if url is None and (path / "yibao.db").exists() and not _unfinished(path):
        raise BookError(f"{path}已是账套目录，没有改动；要另建请换一个目录")
    return books.books_of_province(province)


def _unfinished(path: Path) -> bool:
    """Whether an earlier init was cut off before it had opened the books."""
    home = Home(path)
    try:
        with home.reading() as connection:
            if not inspect(connection).get_table_names():
                return True
        if schema_version(home) != SCHEMA_VERSION:
            return False
        with home.reading() as connection:
            return not settings.is_set(connection, "province")
    except DBAPIError:  # no database at all
        return False
    finally:
        home.close()


def open_more(
    home: Home, actor: Actor, names: Sequence[str], *, dry_run: bool = False
) -> list[BookId]:
    """`yibao book open`: books of the home's province; returns those that are new."""
    ids = list(dict.fromkeys(books.book_id(name) for name in names))
    with home.writing(keep=not dry_run) as connection:
        province = settings.province(connection)
        for id in ids:
            if regions.province_of(id.region) != province:
                raise UsageError(
                    f"“{id}”不是{regions.name(province)}的账套；一个目录只管一个省，"
                    "别的省用 yibao init 另建目录"
                )
        return books.open_books(connection, ids, actor.by, actor.at)


def put_setting(
    home: Home,
    actor: Actor,
    name: str,
    value: str,
    *,
    region: str = "",
    from_day: date | None = None,
    cite: str,
    correct: bool = False,
    dry_run: bool = False,
) -> bool:
    """`yibao setting set`; False when a published figure stands so already."""
    if name == "province":
        raise UsageError("省份在 yibao init 时定下，不能更改")
    if not cite.strip():
        raise UsageError("--cite 不能为空：每项设置都要有依据")
    with home.writing(keep=not dry_run) as connection:
        if name == "numbering":
            _check_numbering(connection, from_day)
        return settings.put(
            connection,
            SettingRow(name, region, from_day, value, cite, actor.by, actor.at),
            correct,
        )


def _check_numbering(connection: Connection, from_day: date | None) -> None:
    """Numbers run on within a year: the way of numbering changes between years."""
    years = standing.numbered_years(connection)
    first_day = from_day is None or (from_day.month, from_day.day) == (1, 1)
    if not first_day or any(from_day is None or y >= from_day.year for y in years):
        raise UsageError(
            "编号方式只能从还没有凭证的一年的1月1日起改，否则当年断号；"
            "请用 --from 给出下一年的1月1日"
        )
