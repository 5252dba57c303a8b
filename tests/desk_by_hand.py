"""What tests of the desk share: forms from small tables, vouchers as printed words.

A case's rows are a table that an accountant can read, `付款方代码 | 合计` on its first
line; what it does not name is as in forms_by_hand. Vouchers are compared as text:

    520102-county-agency 2017-04-28 2.1.1 记-1
      借 暂付款——异地就医款 310 100.00
      贷 财政专户存款——县本级 310 100.00
"""

import tomllib
from decimal import Decimal
from pathlib import Path

from forms_by_hand import line, write_form
from sqlalchemy import func, select

from desk.importing import FileResult, Options, import_files
from ledger.books import KIND_NAMES
from ledger.database import Home
from ledger.postings import Actor
from ledger.schema import Posting, Voucher, VoucherLine

LI = Actor("li", "2017-07-01T09:00:00+08:00")
WANG = Actor("wang", "2017-07-02T09:00:00+08:00")
CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[dict]:
    """The [[case]] tables of tests/cases/NAME.toml."""
    return tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))["case"]


def rows(table: str) -> list[dict]:
    """The rows of a small table whose first line names its columns."""
    titles, *lines = [row.split("|") for row in table.strip().splitlines()]
    titles = [title.strip() for title in titles]
    return [dict(zip(titles, (cell.strip() for cell in row))) for row in lines]


def transfers(table: str) -> list[dict]:
    """F1's rows; 合计 is 本级金额 + 下级金额 where the table leaves it out."""
    made = [line("F1", **row) for row in rows(table)]
    for row in made:
        parts = Decimal(row["本级金额"]) + Decimal(row["下级金额"] or 0)
        row["合计"] = str(parts)
    return made


def clearings(table: str) -> list[dict]:
    """F2's rows, confirmed on 2017-07-10 where the table does not say."""
    return [line("F2", **{"确认日期": "2017-07-10", **row}) for row in rows(table)]


def take(
    home: Home, form: str, rows: list[dict], name: str = "表.csv", **how
) -> FileResult:
    """Write a form beside the home and import it; `how` is by, total, and Options."""
    by, total = how.pop("by", LI), how.pop("total", True)
    path = write_form(home.path.parent / name, form, rows, total=total)
    return import_files(home, [path], by, Options(**how))[0]


def take_transfers(home: Home, table: str, **how) -> FileResult:
    return take(home, "F1", transfers(table), **how)


def take_clearings(home: Home, table: str, **how) -> FileResult:
    return take(home, "F2", clearings(table), **how)


def printed(home: Home, *books: str, state: str = "approved") -> str:
    """Every voucher of a state as words, by book in the province's order, then id."""
    with home.reading() as connection:
        vouchers = connection.execute(
            select(Voucher.__table__, Posting.state)
            .join(Posting, Posting.id == Voucher.posting_id)
            .where(Posting.state == state)
        ).all()
        lines = connection.execute(
            select(VoucherLine.__table__).order_by(
                VoucherLine.voucher_id, VoucherLine.position
            )
        ).all()
    texts = []
    for row in sorted(vouchers, key=_place):
        if books and row.book_id not in books:
            continue
        rule = row.rule.rpartition("/")[2] or "手工"
        name = f"记-{row.number}" if row.number else "草稿"
        texts.append(f"{row.book_id} {row.dated} {rule} {name}")
        for kept in lines:
            if kept.voucher_id == row.id:
                detail = f":{kept.detail}" if kept.detail else ""
                texts.append(
                    f"  {kept.side} {kept.subject}{detail} {kept.fund} {kept.amount}"
                )
    return "\n".join(texts)


def _place(voucher) -> tuple:
    kind = voucher.book_id.partition("-")[2]
    return (list(KIND_NAMES).index(kind), voucher.book_id, voucher.dated, voucher.id)


def count(home: Home, table=Voucher) -> int:
    """How many rows a table has."""
    with home.reading() as connection:
        return connection.execute(
            select(func.count()).select_from(table.__table__)
        ).scalar()


def book_files(home: Home) -> dict[str, bytes]:
    """Every printed book on disk, by book/year."""
    paths = sorted((home.path / "books").rglob("*.beancount"))
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in paths}
