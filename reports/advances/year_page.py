"""The year's report as a page whole in itself: words, pictures, tables."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from ledger import regions
from ledger.money import FEN, NOTHING
from reports.advances import year_pictures as pictures
from reports.advances.pictures import WAN, short, wan
from reports.advances.year import PayerYear, YearReport
from reports.advances.year_rates import percent, rates
from reports.due import WHO_NAMES
from reports.pages import page_templates
from reports.usage import RED, percent_text

STYLE = Path(__file__).parent / "year.css"
PLACES = 10  # told of each kind
LATE = 12  # told one by one
HUNDRED_MILLION = Decimal(100_000_000)


class Tile(NamedTuple):
    """A figure at the top: its name, itself with its unit, and a remark."""

    name: str
    figure: str
    unit: str
    remark: str
    look: str = ""


def year_page(report: YearReport, made_on: str) -> str:
    """The page as HTML; `made_on` is the day on which it was made."""
    return (
        _environment()
        .get_template("year.html")
        .render(
            style=Markup(STYLE.read_text("utf-8")),
            report=report,
            name=regions.name(report.province, report.on),
            made_on=made_on,
            tiles=tiles(report),
            summary=summary(report),
            flows=pictures.flows(report.months),
            balances=pictures.balances(report.months),
            rates=rates(report),
            timeline=pictures.timeline(report),
            deadlines=pictures.deadlines(report.tasks),
            abroad=pictures.place_bars(report.abroad[:PLACES], "provinces", "外省"),
            home=pictures.place_bars(report.home[:PLACES], "cities", "省内"),
            whole=_whole(report),
            late=report.late[:LATE],
            more_late=max(0, len(report.late) - LATE),
            who=WHO_NAMES,
        )
    )


def tiles(report: YearReport) -> list[Tile]:
    """What a head of office looks at first."""
    income = _sum(flow.from_cities for flow in report.months)
    others = _sum(flow.from_others for flow in report.months)
    out = _sum(flow.to_others for flow in report.months)
    inside = _sum(flow.to_institutions for flow in report.months)
    abroad = report.cleared.get("跨省", NOTHING)
    home = report.cleared.get("省内", NOTHING)
    kept, all_of_them = report.kept
    reds = [row for _, row in report.warned if row.level == RED]
    return [
        Tile("市州和省本级上解预付金", *_large(income), f"外省划入{wan(others)}万元"),
        Tile(
            "冲销清算",
            *_large(abroad + home),
            f"跨省{wan(abroad)}万元，省内{wan(home)}万元",
        ),
        Tile("付外省", *_large(out), f"拨付省内机构用款{wan(inside)}万元"),
        Tile("结算中心专户结存", *_large(report.balance), f"{day(report.on)}"),
        Tile(
            "红色预警",
            str(len(reds)),
            "次",
            f"黄色{len(report.warned) - len(reds)}次（市州和省本级）",
            "red" if reds else "",
        ),
        Tile(
            "按期办结",
            f"{kept * 1000 // all_of_them / 10:.1f}" if all_of_them else "—",
            "%",
            f"{all_of_them}项中逾期{all_of_them - kept}项",
        ),
    ]


def summary(report: YearReport) -> list[str]:
    """The year in a few sentences; each says what is so, and where to look."""
    said = []
    red = [(payer, row) for payer, row in report.warned if row.level == RED]
    if red:
        names = "、".join(
            f"{short(payer.name)}（{row.quarter}，{percent_text(row.rate)}）"
            for payer, row in red
        )
        urgent = [event for event in report.events if event.kind == "紧急调增"]
        more = f"，已启动紧急调增{wan(_sum(e.amount for e in urgent))}万元" * bool(
            urgent
        )
        said.append(f"使用率达到红色预警的有{names}{more}。")
    else:
        said.append("没有市州的使用率达到红色预警。")
    late = [row for row in report.late if row.task == "advance-transfer"]
    if late:
        worst = late[0]
        name = short(worst.region_name)
        said.append(
            f"预付金上解逾期{len(late)}次，最长的是{name}{worst.period}，"
            f"逾期{worst.late_by}天。"
        )
    for held in report.suspensions:
        lifted = held.until_day and held.until_day <= report.on
        until = f"{day(held.until_day)}恢复" if lifted else "尚未恢复"
        name = short(regions.name(held.region, held.from_day))
        said.append(
            f"{name}因{held.reason}，{day(held.from_day)}起暂停直接结算，{until}。"
        )
    if report.errors:
        said.append(f"账账、账表、账款核对有{report.errors}处不符，须先查明。")
    else:
        said.append("账账、账表、账款核对全部相符。")
    return said


def day(on) -> str:
    return f"{on.month}月{on.day}日"


def _whole(report: YearReport) -> dict:
    """The sums below the table of payers."""
    money = [payer.money for payer in report.payers]
    return {
        "opened": _sum(each.opened for each in money),
        "paid": _sum(each.paid for each in money),
        "cleared": _sum(each.cleared for each in money),
        "closed": _sum(each.closed for each in money),
        "reds": sum(payer.reds for payer in report.payers),
        "late": sum(payer.late for payer in report.payers),
    }


def highest(payer: PayerYear):
    """The payer's highest rate of the year; None where nothing was cleared."""
    return max(payer.rates, key=lambda each: each.rate or 2, default=None)


def _large(amount: Decimal) -> tuple[str, str]:
    """A figure for a tile: 5.17 亿元, 858 万元."""
    if abs(amount) >= HUNDRED_MILLION:
        return f"{(amount / HUNDRED_MILLION).quantize(Decimal('0.01'))}", "亿元"
    return wan(amount), "万元"


def _sum(amounts) -> Decimal:
    return sum(amounts, NOTHING)


@cache
def _environment() -> Environment:
    filters = {
        "wan": wan,
        "wan2": lambda amount: f"{(amount / WAN).quantize(FEN):,}",
        "whole_percent": percent,
        "day": day,
        "short": short,
        "percent": percent_text,
        "highest": highest,
        "place": lambda code, on: regions.name(code, on) if code else "",
    }
    return page_templates("reports.advances", filters)
