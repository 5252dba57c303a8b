"""文书 on the web: the list with what is late, a notice to print, a plan's working."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from typing import Callable, NamedTuple, Sequence

from flask import Flask, Response, render_template, request, send_file
from sqlalchemy import Connection

from desk.advances.notice_files import file_name, workdays_of
from desk.advances.notice_lists import Listed, rows_listed
from desk.advances.notices import body, paper_of, printed
from desk.web.answers import NO_PAGE, message
from ledger import regions, settings
from ledger.advances import notices, plans
from ledger.database import Home
from ledger.errors import BookError, YibaoError
from ledger.periods import Quarter, period
from posting_rules import notices as rules
from posting_rules.policies import advance_policy
from reports.advances.notice_page import STYLE, notice_page
from reports.advances.notice_sheet import notice_workbook
from reports.advances.working import plan_paper
from reports.advances.working_page import working_page

STYLE_ADDRESS = "/notices/paper.css"
SHOWN = 200  # of a list without a period
LAST_ID = 2**31 - 1  # what a column of ids can be asked for
ALL = ("全部文书", "/notices/")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS = {  # a state's chip, where it is not simply under way
    rules.DISPUTED: "yellow",
    rules.RECEIVED: "normal",
    rules.WITHDRAWN: "gone",
}


class Group(NamedTuple):
    """A period's notices; `plans` are the editions that were worked for it."""

    period: str
    name: str
    rows: Sequence[Listed]
    plans: Sequence[plans.PlanRow]


def add_notices(app: Flask, home: Home, today: Callable[[], date]) -> None:
    """The pages below /notices/ and /plans/."""

    @app.get("/notices/")
    def notice_list():
        return render_template("notices.html", **listed(home, today(), request.args))

    @app.get(STYLE_ADDRESS)
    def paper_style():
        return Response(STYLE.read_text("utf-8"), content_type="text/css")

    @app.get("/notices/<int:id>/")
    def notice(id: int):
        with home.reading() as connection:
            paper = paper_of(connection, _known(connection, id), workdays_of(home))
            links = [("工作簿", f"/notices/{id}.xlsx"), *_plan_link(connection, id)]
        return notice_page(paper, STYLE_ADDRESS, [*links, ALL])

    @app.get("/notices/<int:id>.xlsx")
    def notice_file(id: int):
        return _workbook(home, id)

    @app.get("/plans/<quarter>/<region>/")
    def plan(quarter: str, region: str):
        return _plan_page(home, quarter, region, request.args.get("edition", ""))

    app.register_error_handler(UnknownNotice, _unknown)


class UnknownNotice(BookError):
    """There is no such notice or plan."""


def listed(home: Home, on: date, asked) -> dict:
    """What the list shows: `asked` may name period, kind, state and region, or late."""
    wanted = {name: asked.get(name, "")[:20] for name in ("period", "kind", "state")}
    late = bool(asked.get("late"))
    with home.reading() as connection:
        policy = advance_policy(settings.province(connection))
        every = notices.notices(connection)
        kept = [
            row
            for row in every
            if all(
                not word or getattr(row, name) == word for name, word in wanted.items()
            )
        ]
        cut = not wanted["period"] and not late and len(kept) > SHOWN
        kept = kept[-SHOWN:] if cut else kept
        rows = rows_listed(connection, kept, on, workdays_of(home)) if kept else []
        rows = [row for row in rows if row.late or not late]
        groups = _groups(connection, rows)
    kinds = rules.kinds(policy).values() if policy else ()
    return {
        "on": on,
        "province": regions.name(policy.province) if policy else "",
        "groups": groups,
        "counts": _counts(rows),
        "cut": SHOWN if cut else 0,
        "periods": sorted({row.period for row in every}, key=_newest, reverse=True),
        "kinds": [(kind.id, kind.name) for kind in kinds],
        "states": list(rules.STATE_NAMES.items()),
        "wanted": {**wanted, "late": late},
        "looks": LOOKS,
        "printed": printed,
    }


def _groups(connection: Connection, rows: Sequence[Listed]) -> list[Group]:
    """By period, the newest first; within it in the order of making."""
    rows = sorted(rows, key=lambda row: (_newest(row.period), -row.id), reverse=True)
    found = []
    for name, kept in groupby(rows, key=lambda row: row.period):
        kept = list(kept)
        holders = {row.holder for row in kept if row.holder}
        made = [
            plan
            for holder in sorted(holders)
            for plan in plans.standing(connection, name, holder)
        ]
        found.append(Group(name, printed(name), kept, made))
    return found


def _newest(text: str) -> tuple[str, str]:
    """A period's place: by its first day, a year before its quarters and months."""
    found = period(text) if not text.isdigit() else None
    return (str(found.first_day) if found else f"{text}-01-01", text)


def _counts(rows: Sequence[Listed]) -> list[tuple[str, str, int]]:
    """Look, word and number of what is late, in dispute, under way, done."""
    late = sum(row.late for row in rows)
    disputed = sum(row.state == rules.DISPUTED for row in rows)
    gone = sum(row.state == rules.WITHDRAWN for row in rows)
    waits = sum(bool(row.next) for row in rows)
    done = len(rows) - waits - gone
    return [
        ("red", "逾期", late),
        ("yellow", "有异议", disputed),
        ("open", "在办", waits),
        ("normal", "办结", done),
    ]


def _known(connection: Connection, id: int) -> int:
    if id > LAST_ID:
        raise UnknownNotice(f"没有文书{id}")
    try:
        return notices.notice(connection, id).id
    except BookError as error:
        raise UnknownNotice(str(error)) from error


def _plan_link(connection: Connection, id: int) -> list[tuple[str, str]]:
    row = notices.notice(connection, id)
    if row.plan_id is None:
        return []
    plan = plans.plan(connection, row.plan_id)
    address = f"/plans/{plan.quarter}/{plan.region}/?edition={plan.edition}"
    return [("测算表", address)]


def _workbook(home: Home, id: int) -> Response:
    """The workbook as it was issued; made again where the file is gone or changed."""
    with home.reading() as connection:
        row = notices.notice(connection, _known(connection, id))
        path = home.path / row.stored
        data = path.read_bytes() if row.stored and path.is_file() else b""
        if sha256(data).hexdigest() != row.sha256:
            data = notice_workbook(paper_of(connection, id, workdays_of(home)))
    return send_file(
        BytesIO(data),
        mimetype=XLSX,
        as_attachment=True,
        download_name=file_name(row),
    )


def _plan_page(home: Home, quarter: str, region: str, edition: str) -> str:
    """A plan's working: of an edition, or of the last one that stands."""
    with home.reading() as connection:
        try:
            asked = period(quarter[:20])
        except YibaoError as error:
            raise UnknownNotice(str(error)) from error
        policy = advance_policy(settings.province(connection))
        made = plans.standing(connection, asked, region)
        kept = [row for row in made if not edition or str(row.edition) == edition]
        if not isinstance(asked, Quarter) or policy is None or not kept:
            raise UnknownNotice(f"{quarter[:20]}没有这份预付金测算")
        plan = kept[-1]
        paper = plan_paper(
            policy,
            plan,
            plans.lines(connection, plan.id),
            plans.edits(connection, plan.id),
            body(connection, "agency", plan.region, plan.on_day),
        )
    others = [
        (f"第{row.edition}版", f"/plans/{asked}/{region}/?edition={row.edition}")
        for row in made
        if row.id != plan.id
    ]
    return working_page(paper, STYLE_ADDRESS, [*others, ALL])


def _unknown(error: UnknownNotice) -> Response:
    back = [ALL]
    return message(request.environ, 404, NO_PAGE, str(error), links=back)
