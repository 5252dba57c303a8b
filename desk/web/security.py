"""What every request must be, and what every answer carries.

The server listens on 127.0.0.1 only, but any web page that this machine's browser
shows can send requests there. A page that points its own name at 127.0.0.1 (DNS
rebinding) is told by its Host header; one that embeds our pages by Sec-Fetch-Site.
"""

from __future__ import annotations

import re
from typing import Callable, Iterable

from werkzeug.datastructures import Headers

from desk.web.answers import NO_PAGE, message

METHODS = ("GET", "HEAD")
# In a path as WSGI hands it over, UTF-8 bytes as characters: NUL, newlines and what
# else no name has, C1 (U+0080 to U+009F) and surrogates among them.
CONTROL = re.compile("[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xed[\xa0-\xbf]")
HOST_NAMES = ("127.0.0.1", "localhost")
OWN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
# Fava's charts set styles in place, its editors load WebAssembly.
FAVA_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
STATIC_CACHE = "private, max-age=86400"  # their addresses change with the files


def secured(app: Callable, port: int) -> Callable:
    """Let through only reading requests to this server by its own name."""
    hosts = {f"{name}:{port}" for name in HOST_NAMES}
    if port == 80:
        hosts.update(HOST_NAMES)

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")  # as asked for; it shrinks on its way

        def start(status: str, headers: list, exc_info=None):
            return start_response(status, _marked(path, headers), exc_info)

        refusal = _refusal(environ, hosts)
        if refusal is not None:
            return refusal(environ, start)
        if environ["REQUEST_METHOD"] == "GET":
            return app(environ, start)
        return _without_body(app(environ | {"REQUEST_METHOD": "GET"}, start))

    return application


def _refusal(environ: dict, hosts: set[str]):
    if environ.get("HTTP_HOST", "").lower() not in hosts:
        return message(
            environ,
            421,
            "地址不对",
            "请用浏览器直接打开 http://127.0.0.1 加端口号，不要经由别的域名。",
        )
    if environ["REQUEST_METHOD"] not in METHODS:
        answer = message(
            environ,
            405,
            "只能查看",
            "网页只供查看，不能改动账簿；改动请用 yibao 命令。",
        )
        answer.headers["Allow"] = ", ".join(METHODS)
        return answer
    if CONTROL.search(environ.get("PATH_INFO", "")):
        return message(environ, 404, NO_PAGE, "请从首页进入。")
    foreign = environ.get("HTTP_SEC_FETCH_SITE", "") == "cross-site"
    if foreign and environ.get("HTTP_SEC_FETCH_MODE") != "navigate":
        return message(environ, 403, "不能嵌入", "别的网站不能读取这里的内容。")
    return None


def _marked(path: str, headers: list) -> list:
    marked = Headers(headers)
    for name, value in HEADERS.items():
        marked.set(name, value)
    policy = FAVA_POLICY if path.startswith("/books/") else OWN_POLICY
    marked.set("Content-Security-Policy", policy)
    static = path.startswith(("/static/", "/fava/"))
    marked.set("Cache-Control", STATIC_CACHE if static else "no-store")
    marked.remove("Server")
    return marked.to_wsgi_list()


def _without_body(answer: Iterable[bytes]) -> Iterable[bytes]:
    close = getattr(answer, "close", None)
    if close is not None:
        close()
    return []
