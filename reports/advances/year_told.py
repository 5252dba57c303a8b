"""The year's report as one JSON document: money as text to the fen."""

from __future__ import annotations

from decimal import Decimal

from ledger.advances.suspensions import SuspensionRow
from reports.advances.warnings import Warned
from reports.advances.year import PayerYear, Rate, YearReport
from reports.advances.year_events import Event, NoticeCount
from reports.advances.year_money import MonthFlow, PlaceCost
from reports.usage import rate_text


def year_json(report: YearReport) -> dict:
    kept, counted = report.kept
    return {
        "year": report.year,
        "on": str(report.on),
        "province": report.province,
        "months": [_month(flow) for flow in report.months],
        "cleared": {scope: _yuan(a) for scope, a in sorted(report.cleared.items())},
        "payers": [_payer(payer) for payer in report.payers],
        "deadlines": {"kept": kept, "counted": counted},
        "tasks": [task._asdict() for task in report.tasks],
        "late": [row.as_json() for row in report.late],
        "suspensions": [_suspension(row) for row in report.suspensions],
        "places": {
            "abroad": [_place(row) for row in report.abroad],
            "home": [_place(row) for row in report.home],
        },
        "events": [_event(event) for event in report.events],
        "notices": [_notices(row) for row in report.notices],
        "check": {"errors": report.errors, "notes": report.notes},
    }


def _payer(payer: PayerYear) -> dict:
    money = payer.money
    return {
        "payer": payer.code,
        "payer_name": payer.name,
        "opened": _yuan(money.opened),
        "paid": _yuan(money.paid),
        "cleared": _yuan(money.cleared),
        "closed": _yuan(money.closed),
        "rates": [_rate(row) for row in payer.rates],
        "warnings": [_warning(row) for row in payer.warned],
        "county_reds": payer.reds,
        "late": payer.late,
    }


def _rate(row: Rate) -> dict:
    return {
        "quarter": str(row.quarter),
        "on": str(row.on),
        "rate": rate_text(row.rate),
        "level": row.level,
    }


def _warning(row: Warned) -> dict:
    return {
        "quarter": str(row.quarter),
        "level": row.level,
        "since": str(row.since),
        "until": row.until and str(row.until),
    }


def _month(flow: MonthFlow) -> dict:
    return {
        "month": str(flow.month),
        "from_cities": _yuan(flow.from_cities),
        "from_others": _yuan(flow.from_others),
        "to_others": _yuan(flow.to_others),
        "to_institutions": _yuan(flow.to_institutions),
        "other": _yuan(flow.other),
        "balance": _yuan(flow.balance),
    }


def _suspension(row: SuspensionRow) -> dict:
    return {
        "region": row.region,
        "from": str(row.from_day),
        "until": row.until_day and str(row.until_day),
        "reason": row.reason,
        "document": row.document,
    }


def _event(event: Event) -> dict:
    return {
        "day": event.day and str(event.day),
        "kind": event.kind,
        "region": event.region,
        "words": event.words,
        "amount": None if event.amount is None else _yuan(event.amount),
    }


def _notices(row: NoticeCount) -> dict:
    return {
        "kind": row.kind,
        "name": row.name,
        "count": row.count,
        "total": _yuan(row.total),
        "states": dict(row.states),
    }


def _place(row: PlaceCost) -> dict:
    return {
        "place": row.place,
        "place_name": row.name,
        "visits": row.visits,
        "amount": _yuan(row.amount),
    }


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"
