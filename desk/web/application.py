"""The web as one WSGI application, and the server that runs it on this machine."""

from __future__ import annotations

from datetime import date
from typing import Callable

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from desk.web.books_app import ALIVE, IDLE_SECONDS, BookApps, books_app
from desk.web.security import secured
from desk.web.start_page import start_page
from ledger.database import Home

HOST = "127.0.0.1"
PORT = 5000
THREADS = 4


def make_application(
    home: Home,
    today: Callable[[], date],
    *,
    port: int = PORT,
    alive: int = ALIVE,
    idle: float = IDLE_SECONDS,
) -> Callable:
    """Start page, books and downloads behind the guards, for one home.

    Answers only to its own name and `port`. `alive` and `idle` say how many books
    stay loaded, and for how many seconds after their last use.
    """
    apps = BookApps(home, today, alive=alive, idle=idle)
    pages = start_page(home, today)
    return secured(DispatcherMiddleware(pages, {"/books": books_app(home, apps)}), port)


def serve(home: Home, today: Callable[[], date], port: int = PORT) -> None:
    """Serve until interrupted, on 127.0.0.1 only; people have no logins yet."""
    import waitress

    application = make_application(home, today, port=port)
    waitress.serve(application, host=HOST, port=port, threads=THREADS, ident=None)
