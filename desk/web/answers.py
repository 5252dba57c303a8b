"""Short answers of ours: a page in Chinese, or JSON where Fava's scripts ask."""

from __future__ import annotations

import json
from typing import Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Response

NO_BOOK = "没有这个账套"
NO_PAGE = "没有这一页"

TEMPLATES = Environment(
    loader=PackageLoader("desk.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def message(
    environ: dict,
    status: int,
    title: str,
    *lines: str,
    links: Iterable[tuple[str, str]] = (),
) -> Response:
    """A page that says one thing and how to go on; JSON below a book's /api/."""
    if "/api/" in environ.get("PATH_INFO", ""):
        text = "；".join([title, *lines])
        body = json.dumps({"error": text}, ensure_ascii=False)
        return Response(body, status, content_type="application/json")
    page = TEMPLATES.get_template("message.html")
    body = page.render(title=title, lines=lines, links=tuple(links))
    return Response(body, status, content_type="text/html; charset=utf-8")
