"""Books (账套): which bodies keep one, and their names."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from ledger import regions
from ledger.errors import BookError, UsageError
from ledger.schema import Book

KIND_NAMES = {
    "county-finance": "财政部门",
    "county-agency": "经办机构",
    "city-finance": "财政部门",
    "city-agency": "经办机构",
    "province-finance": "财政部门",
    "province-agency": "经办机构",
    "centre": "异地就医结算中心",
}


class BookId(NamedTuple):
    """REGION-KIND, such as 520102-county-agency."""

    region: str
    kind: str

    def __str__(self) -> str:
        return f"{self.region}-{self.kind}"


def book_id(text: str) -> BookId:
    """Read a book's id; UsageError when it is none."""
    region, _, kind = text.partition("-")
    if kind not in KIND_NAMES or regions.today_code(region) != region:
        raise UsageError(f"“{text}”不是账套编号；账套编号如 520102-county-agency")
    level = kind.partition("-")[0].replace("centre", "province")
    if regions.level(region) != level:
        raise UsageError(
            f"“{text}”的地区{regions.name(region)}与账套种类不是同一级；"
            "账套编号如 520102-county-agency"
        )
    return BookId(region, kind)


def book_name(book: str, on: date | None = None) -> str:
    """A book's name: 贵阳市南明区经办机构, 贵州省异地就医结算中心.

    `on` dates the region's name (a book-year uses its first day).
    """
    region, _, kind = book.partition("-")
    name = regions.name(region, on)
    if kind.startswith("county"):
        name = regions.name(regions.parent(region), on) + name
    return name + KIND_NAMES[kind]


def books_of_province(province: str) -> list[BookId]:
    """Every book of a province: counties × 2, cities × 2, and the province's three."""
    made = []
    for city in regions.cities(province):
        made += [BookId(city, "city-finance"), BookId(city, "city-agency")]
        for county in regions.counties(city):
            made += [BookId(county, "county-finance"), BookId(county, "county-agency")]
    kinds = ("province-finance", "province-agency", "centre")
    return made + [BookId(province, kind) for kind in kinds]


def open_books(
    connection: Connection, ids: list[BookId], by: str, at: str
) -> list[BookId]:
    """Open the books that are not open yet, and say which these were."""
    there = set(all_books(connection))
    new = [id for id in ids if str(id) not in there]
    if new:
        connection.execute(
            insert(Book.__table__),
            [
                {
                    "id": str(id),
                    "region": id.region,
                    "kind": id.kind,
                    "opened_by": by,
                    "opened_at": at,
                }
                for id in new
            ],
        )
    return new


def all_books(connection: Connection) -> list[str]:
    """Every open book's id: province, then each city with its counties."""
    ids = connection.execute(select(Book.id)).scalars().all()
    return sorted(ids, key=_order)


def require(connection: Connection, book: str) -> str:
    """The book's id when it is open, else BookError."""
    if connection.execute(select(Book.id).where(Book.id == book)).first() is None:
        raise BookError(f"没有账套“{book}”；yibao book list 列出全部账套")
    return book


def _order(book: str) -> tuple:
    region, _, kind = book.partition("-")
    rank = list(KIND_NAMES).index(kind)
    return (regions.level(region) != "province", regions.city_of(region), region, rank)
