"""What tests of notices share: a small plan that is kept, notices in a few words."""

from datetime import date
from decimal import Decimal

from desk_by_hand import LI
from forms_by_hand import line, write_form

from desk.advances import notice_making, notice_steps
from desk.advances.notice_steps import Act, Choice
from desk.importing import FileResult, Options, import_files
from ledger.advances import notices, plans
from ledger.periods import Quarter
from posting_rules.notices import ACTS

QUARTER = Quarter(2018, 1)
PAYMENT, RECEIPT = "跨省异地就医费用付款通知书", "跨省异地就医费用收款通知书"
AMOUNTS = {  # (payer, scope, fund): what it has to pay
    ("520100", "跨省", "310"): "60.00",
    ("520100", "省内", "310"): "40.00",
    ("520200", "跨省", "390"): "7.00",
    ("520300", "跨省", "390"): "0.00",
    ("529900", "跨省", "310"): "-5.00",
}


def keep_plan(home, amounts=AMOUNTS, kind="核定", edition=1, region="520000") -> int:
    """A plan that is made, of 2018Q1, with just these amounts."""
    head = plans.PlanRow(
        id=0,
        quarter=str(QUARTER),
        region=region,
        edition=edition,
        kind=kind,
        provisional=False,
        policy="guizhou_2017_204",
        on_day=date(2018, 1, 12),
        state="made",
        note="",
        made_by="li",
        made_at=LI.at,
    )
    lines = [
        plans.LineRow(*cell, Decimal(amount), Decimal(0), Decimal(amount), "{}", "")
        for cell, amount in amounts.items()
    ]
    with home.writing() as connection:
        return plans.add(connection, head, lines)


def make(home, kind="advance-notice", period=QUARTER, on=date(2018, 1, 12), **how):
    return notice_making.make(home, LI, kind, period, on, **how)


def step(home, act, number="", on=date(2018, 1, 15), reason="", evidence="", **choice):
    """A step by command's word; `choice` is kind, period, region."""
    return notice_steps.take(
        home,
        LI,
        Act(ACTS[act], on, reason, evidence),
        Choice(number=number, **choice),
    )


def bulk(home, act, kind="advance-notice", on=date(2018, 1, 15), **how):
    return step(home, act, on=on, kind=kind, period=str(QUARTER), **how)


def issued(home, amounts=AMOUNTS):
    """The plan's notices, made and issued on 2018-01-15."""
    plan_id = keep_plan(home, amounts)
    make(home)
    bulk(home, "issue")
    return plan_id


def came_in(home, title, *rows: dict, name="通知书.xlsx", **how) -> FileResult:
    """Import a notice of others; its rows are as in forms_by_hand but for `rows`."""
    made = [line("F8", **row) for row in rows or [{}]]
    path = write_form(home.path.parent / name, "F8", made, title=title)
    return import_files(home, [path], LI, Options(**how))[0]


def told(home) -> list[str]:
    """Every notice as 文号 region total state, by id."""
    with home.reading() as connection:
        return [
            f"{row.number} {row.region or '各市州'} {row.total} {row.state}"
            for row in notices.notices(connection)
        ]


def steps_told(home, number: str) -> list[str]:
    """The steps of a notice as day state evidence."""
    with home.reading() as connection:
        row = notices.numbered(connection, number)
        return [
            " ".join(filter(None, (str(s.on_day), s.state, s.evidence)))
            for s in notices.steps(connection, row.id)
        ]
