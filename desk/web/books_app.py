"""All books behind one WSGI application: /books/BOOK-ID/YEAR/…

A book's Fava is made on the first visit. At most `alive` are kept, the least
recently used goes first; one that nobody used for `idle` seconds goes as well. A
book that was printed anew gets a new Fava; requests under way end in the old one.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections import OrderedDict
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Callable, Iterable, Iterator

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from desk.web.answers import NO_BOOK, message
from desk.web.fava_app import Print, make_fava, print_of
from desk.web.query_filter import filtered
from ledger import books
from ledger.book_files import BookYearId, book_path
from ledger.database import Home
from ledger.errors import YibaoError

log = logging.getLogger(__name__)
ALIVE = 20
IDLE_SECONDS = 15 * 60
PLACE = re.compile(r"/([0-9]{6}-[a-z-]{1,30})/([12][0-9]{3})(/.*)?", re.ASCII)


class Served:
    """A book's year that is loaded, and how many requests are in it."""

    def __init__(self, app: Callable, version: Print, now: float):
        self.app = app
        self.version = version
        self.used = now
        self.requests = 0


class BookApps:
    """The Fava applications that are alive, by book and year."""

    def __init__(
        self,
        home: Home,
        today: Callable[[], date],
        *,
        alive: int = ALIVE,
        idle: float = IDLE_SECONDS,
        clock: Callable[[], float] = monotonic,
    ):
        self.home = home
        self.today = today
        self.alive = alive
        self.idle = idle
        self.clock = clock
        self.served: OrderedDict[BookYearId, Served] = OrderedDict()
        self._folder = tempfile.TemporaryDirectory(prefix="yibao-web-")  # mode 0700
        self._lock = Lock()
        # Loading changes sys.path for a while, so books are loaded one by one.
        self._building = Lock()

    @contextmanager
    def borrowed(self, place: BookYearId, version: Print) -> Iterator[Callable]:
        """A book's Fava, which is not dropped before it is given back."""
        served = self._taken(place, version)
        if served is None:
            with self._building:
                served = self._taken(place, version) or self._built(place)
        try:
            yield served.app
        finally:
            with self._lock:
                served.requests -= 1
                served.used = self.clock()
                self._drop()

    def drop_idle(self) -> None:
        with self._lock:
            self._drop()

    def close(self) -> None:
        """Forget all applications and remove the runtime folder."""
        with self._lock:
            self.served.clear()
        self._folder.cleanup()

    def _taken(self, place: BookYearId, version: Print) -> Served | None:
        with self._lock:
            served = self.served.get(place)
            if served is None or served.version != version:
                return None
            served.requests += 1
            self.served.move_to_end(place)
            return served

    def _built(self, place: BookYearId) -> Served:
        book_file = book_path(self.home, *place)
        version = print_of(book_file)
        folder = Path(self._folder.name)
        app = make_fava(self.home, place, book_file, folder, self.today)
        served = Served(filtered(app), version, self.clock())
        served.requests = 1
        with self._lock:
            self.served[place] = served
            self.served.move_to_end(place)
            self._drop()
        return served

    def _drop(self) -> None:
        """Drop what is idle, then the least recently used; the caller has the lock."""
        since = self.clock() - self.idle
        for place, served in list(self.served.items()):
            surplus = len(self.served) > self.alive
            if not served.requests and (surplus or served.used < since):
                del self.served[place]


def books_app(home: Home, apps: BookApps) -> Callable:
    """The WSGI application below /books (which stands in SCRIPT_NAME)."""

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        apps.drop_idle()
        found = PLACE.fullmatch(environ.get("PATH_INFO", ""))
        place = found and _place(found[1], found[2])
        if not place:
            answer = message(environ, 404, NO_BOOK, "请从首页进入。")
            return answer(environ, start_response)
        version = print_of(book_path(home, *place))
        if version is None:
            return _unprinted(home, environ, place)(environ, start_response)
        page = found[3]
        if page is None:
            root = environ.get("SCRIPT_NAME", "")
            answer = redirect(f"{root}/{place.book}/{place.year}/")
            return answer(environ, start_response)
        if page == "/api/changed":
            # An open page asks every few seconds; that alone keeps no book alive.
            return _changed(version)(environ, start_response)
        inner = environ | {
            "SCRIPT_NAME": f"{environ.get('SCRIPT_NAME', '')}/{place.book}",
            "PATH_INFO": f"/{place.year}{page}",
        }
        try:
            with apps.borrowed(place, version) as app:
                return _answered(app, inner, start_response)
        except Exception:
            log.exception("%s/%s cannot be shown", *place)
            answer = message(environ, 500, "这本账打不开", "请把现在的时间告诉管理员。")
            return answer(environ, start_response)

    return application


def _answered(app: Callable, environ: dict, start_response: Callable) -> list[bytes]:
    """Fava's whole answer, so that the book is given back here and by nobody else.

    An answer that is sent later is closed by the server, or by the garbage collector
    in the midst of anything, with our lock held.
    """
    answer = app(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _place(book: str, year: str) -> BookYearId | None:
    try:
        return BookYearId(str(books.book_id(book)), int(year))
    except YibaoError:
        return None


def _unprinted(home: Home, environ: dict, place: BookYearId) -> Response:
    with home.reading() as connection:
        if place.book not in books.all_books(connection):
            return message(environ, 404, NO_BOOK, "请从首页进入。")
    name = books.book_name(place.book, date(place.year, 1, 1))
    folder = book_path(home, *place).parent
    years = sorted(
        (path.stem for path in folder.glob("*.beancount") if path.stem.isdecimal()),
        reverse=True,
    )
    return message(
        environ,
        404,
        f"{name}在{place.year}年还没有凭证",
        "有了审核过的凭证，这里就能看到账簿。",
        links=[(f"{year}年", f"/books/{place.book}/{year}/") for year in years],
    )


def _changed(version: Print) -> Response:
    body = json.dumps({"data": False, "mtime": str(version.mtime)})
    return Response(body, content_type="application/json")
