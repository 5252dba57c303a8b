"""The start page: a province's picture over all books, and what lies beside it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Callable

from flask import (
    Flask,
    Response,
    render_template,
    request,
    send_file,
    send_from_directory,
)

from desk import vouchers
from desk.web import lists, picture
from desk.web.answers import NO_BOOK, NO_PAGE, message
from desk.web.fava_app import STATIC, STATIC_URL
from desk.web.notices import add_notices
from ledger import books, postings, regions, settings
from ledger.book_files import book_path
from ledger.database import Home
from ledger.errors import UnavailableError, YibaoError
from ledger.periods import Quarter, period, quarter_of
from posting_rules.policies import advance_policy
from reports.advances.suspensions import candidates, standing
from reports.advances.warnings import quarters_watched, warnings
from reports.due import calendar_warning, due_rows
from reports.people.overview import region_rows
from reports.seen import seen_on
from reports.settlements.sharing_open import region_rows as open_rows
from reports.usage import usage_rows

DRAFTS_SHOWN = 20
ALARMS_SHOWN = 20
YEAR = re.compile(r"[12][0-9]{3}", re.ASCII)
MAX_AGE = 86400
QUARTERS = "一二三四"


def start_page(home: Home, today: Callable[[], date]) -> Flask:
    """Our own pages: /, /static/, Fava's files below /fava/, printed books."""
    app = Flask("desk.web")
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_filter(picture.money, "money")

    @app.get("/")
    def start():
        try:
            asked = _quarter(request.args.get("quarter"), today())
            unit = request.args.get("unit", "wan")
            if unit not in picture.UNITS:
                raise YibaoError(f"“{unit[:20]}”不是金额单位；单位是 yuan 或 wan")
        except YibaoError as error:
            back = [("回到首页", "/")]
            return message(
                request.environ, 400, "看不懂这个地址", str(error), links=back
            )
        return render_template("start.html", **seen(home, asked, today(), unit))

    @app.get(f"{STATIC_URL}/<path:name>")
    def fava_file(name: str):
        return send_from_directory(STATIC, name, max_age=MAX_AGE)

    @app.get("/download/<book>/<int:year>.beancount")
    def printed_book(book: str, year: int):
        return _printed_book(home, book, year)

    add_notices(app, home, today)
    app.register_error_handler(404, _no_page)
    app.register_error_handler(UnavailableError, _unavailable)
    app.register_error_handler(YibaoError, _refused)
    app.register_error_handler(500, _failed)
    return app


def seen(home: Home, quarter: Quarter, on: date, unit: str) -> dict:
    """Everything that the template shows, from one view of the database."""
    with home.reading() as connection:
        province = settings.province(connection)
        policy = advance_policy(province)
        bands = policy.warnings if policy else ()
        seen_day = seen_on(connection, quarter, on)
        rows = due = []
        warning = ""
        alarms = {}
        if policy:
            rows = usage_rows(connection, quarter=quarter, on=seen_day)
            due = due_rows(connection, quarter, on)
            warning = calendar_warning(connection, quarter)
            alarms = alarms_of(connection, quarter, on)
        ids = books.all_books(connection)
        drafts = _drafts(connection)
        accounts = region_rows(connection)
        uncleared = open_rows(connection, on)
    years = printed_years(home)
    return {
        "province": regions.name(province),
        "on": on,
        "seen_on": seen_day,
        "unit": unit,
        "units": picture.UNITS,
        "quarter": quarter,
        "quarter_name": f"{quarter.year}年第{QUARTERS[quarter.number - 1]}季度",
        "before": _before(quarter),
        "after": quarter.next,
        "years": sorted({year for kept in years.values() for year in kept}),
        "advances": policy is not None,
        "accounts": accounts,
        "uncleared": [(row, _agency_year(years, row.region)) for row in uncleared],
        "total": picture.total(rows, bands),
        "marks": picture.marks(bands),
        "cities": picture.cities(rows, province),
        "others": picture.other_provinces(rows),
        "duties": lists.duties(row for row in due if row.told),
        "warning": warning,
        **alarms,
        "drafts": drafts[:DRAFTS_SHOWN],
        "draft_count": len(drafts),
        "books": len(ids),
        "printed": len(years),
        "shelves": lists.shelves(ids, years),
    }


def alarms_of(connection, quarter: Quarter, on: date) -> dict:
    """What stands out: warnings, who is overdue, who is suspended."""
    watched = quarters_watched(on) if quarter == quarter_of(on) else [quarter]
    found = lists.alarms(warnings(connection, watched, on))
    return {
        "alarms": found[:ALARMS_SHOWN],
        "alarm_count": len(found),
        "overdue": candidates(connection, on),
        "suspended": [each for each in standing(connection, on) if each.holds],
    }


def _agency_year(years: dict[str, list[int]], region: str) -> int | None:
    """The last printed year of a city agency's book, None before its first one."""
    return next(iter(years.get(f"{region}-city-agency", ())), None)


def printed_years(home: Home) -> dict[str, list[int]]:
    """By book: the years that are printed and can be opened, the latest first."""
    found: dict[str, list[int]] = {}
    for path in sorted((home.path / "books").glob("*/*.beancount"), reverse=True):
        if YEAR.fullmatch(path.stem):
            found.setdefault(path.parent.name, []).append(int(path.stem))
    return found


def _quarter(asked: str | None, on: date) -> Quarter:
    if asked is None:
        return quarter_of(on)
    found = period(asked[:20])
    if not isinstance(found, Quarter):
        raise YibaoError(f"“{asked[:20]}”不是季度；季度写作2017Q2")
    return found


def _before(quarter: Quarter) -> Quarter:
    return quarter_of(date.fromordinal(quarter.first_day.toordinal() - 1))


def _drafts(connection) -> list[lists.Draft]:
    """Drafts by posting, the oldest first, with the books that they touch."""
    rows = vouchers.list_vouchers(connection, state="draft")
    amounts = {
        row.id: row.amount
        for row in postings.recorded(
            connection, sorted({row.posting_id for row in rows})
        )
    }
    return lists.drafts(rows, amounts)


def _printed_book(home: Home, book: str, year: int) -> Response:
    try:
        path: Path = book_path(home, str(books.book_id(book)), year)
    except YibaoError:
        return _no_book()
    if not YEAR.fullmatch(str(year)) or not path.is_file():
        return _no_book()
    name = f"{books.book_name(book, date(year, 1, 1))}_{year}.beancount"
    return send_file(
        path,
        mimetype="text/plain; charset=utf-8",
        as_attachment=True,
        download_name=name,
        conditional=False,
    )


def _no_book():
    return message(request.environ, 404, NO_BOOK, "请从首页进入。")


def _no_page(_error):
    return message(request.environ, 404, NO_PAGE, "请从首页进入。")


def _unavailable(error):
    return message(request.environ, 503, "数据库暂时用不了", str(error))


def _refused(error):
    """Something a user must read, such as a province without a policy."""
    return message(request.environ, 409, "这一页现在打不开", str(error))


def _failed(_error):
    return message(request.environ, 500, "程序出错了", "请把出错的时间告诉管理员。")
