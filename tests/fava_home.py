"""A small home for tests of the pages in Fava, and a book of it as a Flask app."""

from datetime import date

from reports_by_hand import clearing, day, post, take, transfer

from desk.web.fava_app import make_fava
from ledger.book_files import BookYearId, book_path, print_changed

CITY, COUNTY, CENTRE = "520100-city-agency", "520102-county-agency", "520000-centre"
HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
FORMULA = '=HYPERLINK("http://x","y")'
TODAY = date(2017, 7, 20)
CASH = "财政专户存款——市本级"


def fill(home) -> None:
    """贵阳市 in 2017Q2: 南明区 at 75 %, 云岩区 at 95 %, 花溪区 under way.

    Cells and a narration are hostile; a manual voucher has six lines, another one
    is red.
    """
    take(
        home,
        "F1",
        transfer("520102", "520100", 100, "2017-04-18", 备注=HOSTILE),
        transfer("520103", "520100", 1000, "2017-04-19", 通知书编号=FORMULA),
        transfer("520111", "520100", 50, "2017-04-20", arrived=""),
        transfer("520100", "520000", 200, "2017-04-28", lower=1100),
    )
    take(
        home,
        "F2",
        clearing("520102", "440000", 75, "2017Q2", "2017-07-14", 清算单号=HOSTILE),
        clearing("520103", "520300", 950, "2017Q2", "2017-07-14"),
    )
    take(home, "F3", {"统筹区代码": "520102", "跨省核定额": "60.00"})
    sides = [("借", CASH, "", 1), ("贷", "暂付款——各县、区", "520102", 1)]
    lines = [(*place, yuan(amount)) for *place, amount in sides * 3]
    post(home, CITY, day("2017-05-02"), *lines, narration=HOSTILE)
    red = [("借", CASH, "", yuan(-5)), ("贷", "利息收入", "", yuan(-5))]
    post(home, CITY, day("2017-05-03"), *red, narration=FORMULA, red=True)
    print_changed(home)


def yuan(amount: int):
    from decimal import Decimal

    return Decimal(amount).quantize(Decimal("0.01"))


def opened(home, book: str, folder, today: date = TODAY, year: int = 2017):
    """A client of the book's Fava, as the web serves it."""
    place = BookYearId(book, year)
    app = make_fava(home, place, book_path(home, *place), folder, lambda: today)
    return app.test_client()
