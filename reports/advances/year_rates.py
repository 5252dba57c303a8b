"""The year's rates as pictures: a small field a payer, with the warning thresholds."""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup

from reports.advances.pictures import WIDTH, Picture, short
from reports.advances.year import PayerYear, Rate, YearReport
from reports.usage import percent_text

ACROSS = 4  # payers beside one another


def rates(report: YearReport) -> Markup:
    """A small field a payer: its highest rate in each quarter, and the thresholds."""
    payers = [payer for payer in report.payers if payer.rates]
    lines = -(-len(payers) // ACROSS)
    picture = Picture(WIDTH, lines * FIELD.height, "各市州各季度预付金使用率")
    for number, payer in enumerate(payers):
        x = number % ACROSS * WIDTH / ACROSS
        _rate_field(picture, report, payer, x, number // ACROSS * FIELD.height)
    return picture.markup()


class FIELD:
    """Of a payer's rates: its size, the room around it, the rates at its ends."""

    width, height = WIDTH / 4, 132
    left, right, top, bottom = 34, 12, 26, 24
    lowest, highest = Fraction(4, 10), Fraction(12, 10)

    @classmethod
    def down(cls, rate: Fraction) -> float:
        """How far below its top a rate stands."""
        kept = min(max(rate, cls.lowest), cls.highest)
        share = float((cls.highest - kept) / (cls.highest - cls.lowest))
        return cls.top + share * (cls.height - cls.top - cls.bottom)


def _rate_field(
    picture: Picture, report: YearReport, payer: PayerYear, x: float, y: float
) -> None:
    first, last = x + FIELD.left, x + FIELD.width - FIELD.right
    ends = [band.from_rate for band in report.bands[1:]] + [FIELD.highest]
    picture.text(first, y + 17, short(payer.name), "strong")
    for (level, _, rate, _), end in zip(report.bands, ends):
        above, below = y + FIELD.down(end), y + FIELD.down(rate)
        picture.box(first, above, last - first, below - above, f"band {level}")
        picture.text(first - 5, below + 4, percent(rate), "tiny", "end")
    base = y + FIELD.down(FIELD.lowest)
    picture.line(first, base, last, base, "axis")
    picture.text(first - 5, base + 4, f"≤{percent(FIELD.lowest)}", "tiny", "end")
    step = (last - first) / len(payer.rates)
    points = []
    for number, each in enumerate(payer.rates):
        at = first + (number + 0.5) * step
        points.append(
            (at, y + FIELD.down(FIELD.highest if each.rate is None else each.rate))
        )
        picture.text(at, base + 15, quarter_name(report, each), "tiny", "middle")
    picture.path(points, "rate-line")
    for number, (each, (at, down)) in enumerate(zip(payer.rates, points)):
        words = (
            f"{payer.name}{each.quarter} {percent_text(each.rate)}（{each.level_name}）"
        )
        picture.dot(at, down, 4.5, f"dot {each.level}", words)
        shown = "无预付金" if each.rate is None else percent(each.rate)
        beside = [y for _, y in points[max(number - 1, 0) : number + 2]]
        valley = down == max(beside) and min(beside) < down - 10
        place = down + 15 if valley and down + 17 < base else down - 8
        picture.text(at, place, shown, f"value {each.level}", "middle")


def quarter_name(report: YearReport, each: Rate) -> str:
    """四季 of the year before stands with its year."""
    name = f"{'一二三四'[each.quarter.number - 1]}季"
    return name if each.quarter.year == report.year else f"上年{name}"


def percent(rate: Fraction) -> str:
    return f"{int(rate * 100)}%"
