"""A filter before Fava: which of its pages are open, and which queries may run.

Fava's query shell takes more than queries: `.output FILE` truncates a file and
`CREATE TABLE … USING 'csv:…'` opens one, both by GET and although Fava is
read-only (TRAPS 10). So a query must parse, with beanquery's own parser, as one
statement that only reads; and of Fava's pages and its api only those listed here
are open, none of which takes the name of a file.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import Callable, Iterable

from beanquery import parser
from beanquery.parser import ast
from werkzeug.wrappers import Request, Response

from desk.web.answers import NO_PAGE, message

READING = (ast.Select, ast.Balances, ast.Journal, ast.Print)
LONGEST = 4_000  # characters of a query, and of each of Fava's own filters
PAGES = frozenset(
    "balance_sheet commodities errors events holdings income_statement journal"
    " query statistics trial_balance".split()
)
FOLDERS = frozenset(
    "account download-journal extension extension_js_module help holdings".split()
)
API = frozenset(
    "account_report balance_sheet changed commodities context errors events help"
    " income_statement journal journal_page ledger_data narration_transaction"
    " narrations payee_accounts payee_transaction query source_slice statistics"
    " trial_balance".split()
)
DOWNLOAD = re.compile(r"download-query/query_result\.(csv|xlsx|ods)")
RUNS_QUERY = "query_string"

# One query at a time in the whole process: Fava has one query shell for a ledger
# (TRAPS 11), and beanquery keeps a running balance in one cache for all books.
# Fava's journal pages keep their order of the day in one place as well.
ONE_AT_A_TIME = Lock()


def filtered(app: Callable) -> Callable:
    """Fava behind the filter; PATH_INFO is /YEAR/page as Fava will see it."""

    def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
        page = environ["PATH_INFO"].lstrip("/").partition("/")[2]
        refusal = _refusal(environ, page)
        if refusal is not None:
            return refusal(environ, start_response)
        if page == "api/journal_page" or _runs(page):
            with ONE_AT_A_TIME:
                return app(environ, start_response)
        return app(environ, start_response)

    return application


def refused_because(query: str) -> str | None:
    """Why a query may not run, in words for people; None when it may.

    >>> refused_because("SELECT account, sum(position) GROUP BY account")
    >>> refused_because(".output x")
    '不是一条完整的查询语句'
    """
    if len(query) > LONGEST:
        return f"查询语句超过{LONGEST}字"
    if "/*" in query:
        # beanquery's pattern for comments takes minutes on one that does not end.
        return "查询语句里不能有 /* 注释"
    try:
        statement = parser.parse(query)
    except Exception:  # whatever the parser fails with: what is not read is not run
        return "不是一条完整的查询语句"
    if not isinstance(statement, READING):
        return "只能用 SELECT、BALANCES、JOURNAL、PRINT 查询"
    if any(isinstance(node, ast.Placeholder) for node in statement.walk()):
        return "查询语句里不能有 %s 这样的占位符"
    return None


def _refusal(environ: dict, page: str) -> Response | None:
    if not _open(page):
        return message(environ, 404, NO_PAGE, "这里只能查看账簿。")
    arguments = Request(environ).args
    queries = arguments.getlist(RUNS_QUERY)
    if _runs(page):
        queries = queries or [""]
    else:
        queries = [query for query in queries if query]  # the page of a new query
    for reason in filter(None, map(refused_because, queries)):
        return message(
            environ,
            403,
            f"这条查询不能执行：{reason}",
            "例如 SELECT account, sum(position) GROUP BY account",
        )
    if any(len(value) > LONGEST for _, value in arguments.items(multi=True)):
        return message(environ, 403, "条件太长", f"每个条件最多{LONGEST}字。")
    return None


def _runs(page: str) -> bool:
    return page == "api/query" or page.startswith("download-query/")


def _open(page: str) -> bool:
    first, _, rest = page.partition("/")
    if first == "api":
        return rest in API
    if first in FOLDERS:
        return True
    return not page or (first in PAGES and not rest) or bool(DOWNLOAD.fullmatch(page))
