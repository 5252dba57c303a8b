"""Real Chromium for tests of pages: a fixture, and a server in a thread.

Import the fixture into a test module: `from browser import chromium  # noqa: F401`.
Without Chromium such tests are skipped; under CI=true they fail.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Callable, Iterator

import pytest

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOW = {"width": 1440, "height": 1000}


class Visit:
    """A page that was opened, and everything that went wrong on it."""

    def __init__(self, page):
        self.page = page
        self.troubles: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("requestfailed", lambda request: self.troubles.append(request.url))
        page.on("response", self._answered)

    def _said(self, message) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def _answered(self, response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status} {response.url}")


@pytest.fixture(scope="module")
def chromium():
    """A browser; skips when there is none, fails when CI=true wants one."""
    missing = _missing()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"browser tests must run in CI: {missing}")
    if missing:
        pytest.skip(f"browser tests need Chromium: {missing}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def visit(browser, **context) -> Iterator[Visit]:
    """A fresh page in Chinese; its troubles are for the test to judge."""
    opened = browser.new_context(locale="zh-CN", viewport=WINDOW, **context)
    try:
        yield Visit(opened.new_page())
    finally:
        opened.close()


@contextmanager
def served(make: Callable[[int], Callable]) -> Iterator[str]:
    """Serve the WSGI application that `make` gives for a free port; its address."""
    from waitress.server import create_server

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server(make(port), host="127.0.0.1", port=port, threads=4)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(5)


def _missing() -> str:
    if not Path(CHROMIUM).exists():
        return f"{CHROMIUM} is not there"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "the package playwright is not installed"
    return ""
