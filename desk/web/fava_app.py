"""One Fava application for one book and year, as `books_app` mounts it.

Fava is given a serving file: the printed book is included, and around it stands
what belongs to showing it, not to the book (the extension, a link back). With an
include, beancount takes every option from the file on top except the currency, so
the serving file repeats the title and the zero tolerance; `custom` lines count
from both.
"""

from __future__ import annotations

import glob
import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Callable, NamedTuple

import fava.application
from beancount import loader
from fava.core import FavaLedger
from fava.core.watcher import WatcherBase
from flask import Flask, request
from flask import url_for as flask_url_for
from jinja2 import BaseLoader

from desk.web.answers import NO_PAGE, message
from ledger import regions
from ledger.book_files import BookYearId
from ledger.books import book_name
from ledger.database import Home
from ledger.errors import YibaoError
from ledger.printing import quoted
from posting_rules.policies import advance_policy

EXTENSION = "reports.fava_extension"
STATIC = Path(fava.application.__file__).parent / "static"
STATIC_URL = "/fava"
ESCAPED = "{% autoescape true %}"
OUR_LOOKS = '<link rel="stylesheet" href="/static/fava.css">\n  </head>'

# A load must not leave a pickle beside the book: BEANCOUNT_DISABLE_LOAD_CACHE counts
# only where it is set before beancount is imported (TRAPS 7).
loader.initialize(use_cache=False)

# Fava writes links in the order they are asked for, cached for the process by page
# and ledger alone: a second book would get the first one's. Here the book counts too.
assert hasattr(fava.application, "_cached_url_for"), "Fava keeps its links elsewhere"


class Print(NamedTuple):
    """Which print of a book: another mtime, size or inode is another print."""

    mtime: int  # ns
    size: int
    inode: int


def print_of(book_file: Path) -> Print | None:
    """The print that lies on disk, None when there is none."""
    try:
        stat = book_file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Print(stat.st_mtime_ns, stat.st_size, stat.st_ino)


def make_fava(
    home: Home,
    place: BookYearId,
    book_file: Path,
    folder: Path,
    today: Callable[[], date],
) -> Flask:
    """Load a book's year into a read-only Fava; the caller holds the building lock.

    The extension finds home and clock in `current_app.config`, under YIBAO_HOME
    and YIBAO_TODAY; its own config says which book and year.
    """
    found = print_of(book_file)
    serving = folder / f"{place.book}-{place.year}.beancount"
    serving.write_text(serving_text(place, book_file), "utf-8")
    if found is not None:
        # Fava calls a ledger's latest mtime its version: let it be the book's.
        os.utime(serving, ns=(found.mtime, found.mtime))
    app = fava.application.create_app([serving], read_only=True, poll_watcher=True)
    ledger = FavaLedger(str(serving), poll_watcher=True)
    ledger.watcher = _Unchanging(ledger.watcher.last_checked)
    app.jinja_loader = _Escaping(app.jinja_loader)
    app.config["LEDGERS"] = _OneLedger(str(place.year), ledger)
    app.config["YIBAO_HOME"] = home
    app.config["YIBAO_TODAY"] = today
    app.after_request(_in_our_looks)
    app.register_error_handler(404, _no_page)
    app.register_error_handler(YibaoError, _refused)
    app.register_error_handler(500, _failed)
    return app


def serving_text(place: BookYearId, book_file: Path) -> str:
    """The serving file of a book's year."""
    day = f"{place.year}-01-01"
    config = repr({"book": place.book, "year": place.year})
    download = f"/download/{place.book}/{place.year}.beancount"
    title = f"{book_name(place.book, date(place.year, 1, 1))} {place.year}年"
    rows = [
        f'option "title" {quoted(title)}',
        'option "operating_currency" "CNY"',
        'option "tolerance_multiplier" "0"',
        f"include {quoted(glob.escape(str(book_file)))}",
        f'{day} custom "fava-option" "default-page" "{first_page(place.book)}"',
        f'{day} custom "fava-option" "show-metadata-indicators" "false"',
        f'{day} custom "fava-extension" "{EXTENSION}" {quoted(config)}',
        f'{day} custom "fava-sidebar-link" "全部账套" "/"',
        f'{day} custom "fava-sidebar-link" "下载账簿" "{download}"',
    ]
    return "\n".join(rows) + "\n"


def first_page(book: str) -> str:
    """The page that a book opens on: who holds others' advances looks at these."""
    region, _, kind = book.partition("-")
    policy = advance_policy(regions.province_of(region))
    holds = policy and kind in {holding.book for holding in policy.holdings}
    return "extension/AdvanceBoard/" if holds else "extension/Balances/"


class _Escaping(BaseLoader):
    """Fava's templates, all of them with escaping.

    Its journal switches it off, so that a narration from a file would be HTML.
    """

    def __init__(self, loader: BaseLoader):
        self.loader = loader

    def get_source(self, environment, template):
        source, name, current = self.loader.get_source(environment, template)
        return source.replace("{% autoescape false %}", ESCAPED), name, current


class _OneLedger:
    """What Fava asks of its list of ledgers, for one; its slug is the year."""

    def __init__(self, slug: str, ledger: FavaLedger):
        self.slug = slug
        self.ledgers = [ledger]

    def first_slug(self) -> str:
        return self.slug

    def items(self):
        return {self.slug: self.ledgers[0]}.items()

    def __getitem__(self, slug: str) -> FavaLedger:
        if slug != self.slug:
            raise KeyError(slug)
        return self.ledgers[0]


class _Unchanging(WatcherBase):
    """A ledger is not reloaded under its readers: a new print is a new ledger."""

    def __init__(self, version: int):
        self.last_checked = self.last_notified = version

    def update(self, files, folders) -> None:
        pass

    def check(self) -> bool:
        return False

    def _get_latest_mtime(self) -> int:
        return self.last_checked


@lru_cache(4096)
def _url_of(root: str, endpoint: str, values: tuple) -> str:
    if endpoint == "static":  # one address for all books, so that it is fetched once
        named = dict(values)
        return f"{STATIC_URL}/{named['filename']}?{named.get('mtime', '')}"
    return flask_url_for(endpoint, **dict(values))


def _cached_url_for(endpoint: str, **values: str) -> str:
    return _url_of(request.script_root, endpoint, tuple(sorted(values.items())))


fava.application._cached_url_for = _cached_url_for


def _in_our_looks(response):
    if response.mimetype == "text/html" and not response.is_streamed:
        page = response.get_data(as_text=True)
        response.set_data(page.replace("</head>", OUR_LOOKS, 1))
    return response


def _no_page(_error):
    return message(request.environ, 404, NO_PAGE, "请从左边的目录进入。")


def _refused(error):
    """Something a user must read, such as a province without an advance policy."""
    return message(request.environ, 409, "这一页现在打不开", str(error))


def _failed(_error):
    return message(request.environ, 500, "没有查出结果", "请换一种条件再试。")
