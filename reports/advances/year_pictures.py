"""The pictures of a year's report: money by month, rates, warnings, days, places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Sequence

from markupsafe import Markup

from reports.advances.pictures import LEFT, RIGHT, WIDTH, Picture, short, steps, wan
from reports.advances.warnings import Warned
from reports.advances.year import PayerYear, TaskYear, YearReport
from reports.advances.year_money import MonthFlow, PlaceCost
from reports.due import WHO_NAMES
from reports.usage import percent_text

NAMES = 196  # room for names beside rows


def flows(months: Sequence[MonthFlow]) -> Markup:
    """Money in above the line, money out below it, month by month."""
    up = steps(max(m.income for m in months), 3)
    down = steps(max(m.payment for m in months), 3)
    height, top, bottom = 330, 34, 26
    scale = Decimal(height - top - bottom) / (up[-1] + down[-1])
    zero = top + float(up[-1] * scale)
    picture = Picture(WIDTH, height, "结算中心专户各月收支")
    keys = [
        ("cities", "市州上解"),
        ("others", "外省划入"),
        ("provinces", "付外省"),
        ("institutions", "拨付省内机构用款"),
    ]
    picture.legend(LEFT, 12, keys)
    picture.text(WIDTH - RIGHT, 12, "万元", "small", "end")
    for sign, marks in ((1, up), (-1, down[1:])):
        for mark in marks:
            y = zero - sign * float(mark * scale)
            picture.line(LEFT, y, WIDTH - RIGHT, y, "axis" if not mark else "grid")
            picture.text(LEFT - 8, y + 4, wan(mark), "small", "end")
    step = (WIDTH - LEFT - RIGHT) / 12
    for flow in months:
        x = LEFT + (flow.month.number - 1) * step + step * 0.2
        _stack(picture, flow, x, step * 0.6, zero, float(scale))
        name = f"{flow.month.number}月"
        picture.text(x + step * 0.3, height - 6, name, "small", "middle")
    return picture.markup()


def _stack(
    picture: Picture, flow: MonthFlow, x: float, width: float, zero: float, scale: float
) -> None:
    above = [("cities", flow.from_cities), ("others", flow.from_others)]
    below = [("provinces", flow.to_others), ("institutions", flow.to_institutions)]
    names = {
        "cities": "市州上解",
        "others": "外省划入",
        "provinces": "付外省",
        "institutions": "拨付省内机构用款",
    }
    for sign, parts in ((1, above), (-1, below)):
        at = zero
        for look, amount in parts:
            size = max(0.0, float(amount) * scale)
            tip = f"{flow.month} {names[look]}{wan(amount)}万元"
            picture.box(x, at - size if sign > 0 else at, width, size, look, tip)
            at -= sign * size


def balances(months: Sequence[MonthFlow]) -> Markup:
    """What the centre's account holds at each month's end."""
    height, top, bottom = 120, 22, 24
    marks = steps(max(m.balance for m in months), 2)
    scale = float(height - top - bottom) / float(marks[-1])
    picture = Picture(WIDTH, height, "结算中心专户各月末结存")
    picture.text(LEFT, 12, "月末结存", "small")
    picture.text(WIDTH - RIGHT, 12, "万元", "small", "end")
    base = height - bottom
    for mark in marks:
        y = base - float(mark) * scale
        picture.line(LEFT, y, WIDTH - RIGHT, y, "grid" if mark else "axis")
        picture.text(LEFT - 8, y + 4, wan(mark), "small", "end")
    step = (WIDTH - LEFT - RIGHT) / 12
    points = []
    for flow in months:
        x = LEFT + (flow.month.number - 0.5) * step
        y = base - float(flow.balance) * scale
        points.append((x, y))
    picture.path(points, "balance")
    for flow, (x, y) in zip(months, points):
        tip = f"{flow.month}末{wan(flow.balance)}万元"
        picture.dot(x, y, 3.5, "balance-dot", tip)
        picture.text(x, y - 8, wan(flow.balance), "tiny", "middle")
        picture.text(x, height - 6, f"{flow.month.number}月", "small", "middle")
    return picture.markup()


def timeline(report: YearReport) -> Markup:
    """The days on which payers stood at a warning, and were suspended."""
    rows = [payer for payer in report.payers if payer.warned or _held(report, payer)]
    top, row = 26, 26
    height = top + row * max(len(rows), 1) + 8
    picture = Picture(WIDTH, height, "预警和暂停的起止")
    first, days = date(report.year, 1, 1), 366
    field = WIDTH - NAMES - RIGHT

    def at(day: date) -> float:
        return NAMES + field * min(max((day - first).days, 0), days) / days

    for month in range(1, 13):
        x = at(date(report.year, month, 1))
        picture.line(x, top - 8, x, height - 8, "grid")
        picture.text(x + field / 24, 12, f"{month}月", "small", "middle")
    for number, payer in enumerate(rows):
        y = top + row * number
        picture.text(NAMES - 12, y + 15, short(payer.name), "name", "end")
        for warned in payer.warned:
            start, end = max(warned.since, first), _end(warned, report.on)
            words = f"{warned.quarter}{warned.level_name}，{warned.since}起，"
            words += f"最初{percent_text(warned.rate)}"
            size = max(at(end) - at(start), 14)
            picture.box(at(start), y + 3, size, 15, f"level {warned.level}", words, 3)
            sign = warned.level_name[:1]  # 黄, 红: never by colour alone
            look = f"in-bar {warned.level}"
            picture.text(at(start) + size / 2, y + 15, sign, look, "middle")
        for held in _held(report, payer):
            start = max(held.from_day, first)
            end = min(held.until_day or report.on, report.on)
            words = f"暂停直接结算：{held.reason}"
            size = max(at(end) - at(start), 5)
            picture.box(at(start), y + 3, size, 15, "suspended", words, 3)
            picture.text(at(start) + size / 2, y + 15, "暂停", "in-bar", "middle")
    return picture.markup()


def _end(warned: Warned, on: date) -> date:
    """A warning's last day that a picture shows."""
    return min(warned.until or on, on)


def _held(report: YearReport, payer: PayerYear) -> list:
    return [row for row in report.suspensions if row.region == payer.code]


def deadlines(tasks: Sequence[TaskYear]) -> Markup:
    """How each task's days were kept, as parts of all of them."""
    top, row, names = 26, 24, 372
    height = top + row * len(tasks) + 4
    picture = Picture(WIDTH, height, "各事项按期办理情况")
    field = WIDTH - names - 120
    keys = [("kept", "按期"), ("tardy", "逾期办结"), ("missed", "没有办")]
    names_of = [task.name for task in tasks]
    picture.legend(names, 12, keys)
    for number, task in enumerate(tasks):
        y = top + row * number
        name = task.name
        if names_of.count(name) > 1:
            name += f"（{WHO_NAMES.get(task.who, task.who)}）"
        picture.text(names - 12, y + 14, name, "name", "end")
        whole = task.kept + task.late + task.missed
        x = float(names)
        parts = (task.kept, task.late, task.missed)
        for (look, words), count in zip(keys, parts):
            size = field * count / whole
            picture.box(x, y + 2, size, 16, look, f"{words}{count}项")
            x += size
        told = f"{task.kept}/{whole}"
        look = "figure" if task.kept == whole else "figure tardy-text"
        picture.text(WIDTH - 4, y + 14, told, look, "end")
    return picture.markup()


def place_bars(rows: Sequence[PlaceCost], look: str, title: str) -> Markup:
    """The places where most was spent; half a page wide."""
    width, names, row = 450, 92, 25
    height = row * len(rows) + 6
    picture = Picture(width, height, title)
    highest = max((each.amount for each in rows), default=Decimal(1))
    field = width - names - 84
    for number, each in enumerate(rows):
        y = row * number
        picture.text(names - 8, y + 17, each.name, "name", "end")
        size = field * float(each.amount / highest)
        picture.box(names, y + 4, size, 17, look, f"{each.visits}人次", 2)
        picture.text(names + size + 6, y + 17, wan(each.amount), "figure")
    return picture.markup()
