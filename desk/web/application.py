"""The web as one WSGI application, and the server that runs it on this machine."""

from __future__ import annotations

import signal
import socket
import sys
from datetime import date
from typing import Callable

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from desk.web.books_app import ALIVE, IDLE_SECONDS, BookApps, books_app
from desk.web.security import secured
from desk.web.start_page import start_page
from ledger.database import Home
from ledger.errors import UsageError

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


def serve(home: Home, port: int, today: Callable[[], date]) -> None:
    """Serve until interrupted, on 127.0.0.1 only; people have no logins yet.

    Port 0 takes a free one. UsageError when the port is taken.
    """
    from waitress.server import create_server

    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        raise UsageError(
            f"端口{port}用不了（{error.strerror}）；用 --port 换一个"
        ) from error
    port = listening.getsockname()[1]
    application = make_application(home, today, port=port)
    server = create_server(
        application, sockets=[listening], threads=THREADS, ident=None
    )
    # SystemExit ends the server as Ctrl-C does, and the runtime folder goes with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"网页在 http://{HOST}:{port}/ ，按 Ctrl-C 结束", flush=True)
    server.run()
