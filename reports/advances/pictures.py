"""Pictures of a page: SVG by hand, so that it needs nothing and prints as it is.

Colours and type are classes of the page's style (year.css), for light and dark; every
text is escaped. Amounts are in 万元 where the axis says so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Iterable

from markupsafe import Markup

WAN = Decimal(10_000)
WIDTH = 920  # of a picture as wide as the page
LEFT, RIGHT = 64, 12  # of a chart's field, beside its axis
# Peoples whose prefectures are named after them.
PEOPLES = tuple("布依 苗族 侗族 土家 藏族 羌族 彝族 壮族 哈尼 傣族".split())


class Picture:
    """A drawing of a fixed size, in its own units; it scales with the page."""

    def __init__(self, width: float, height: float, title: str):
        self.width, self.height, self.title = width, height, title
        self.parts: list[Markup] = []

    def text(self, x, y, words, look: str = "", anchor: str = "start") -> None:
        mark = Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>')
        self.parts.append(mark.format(_n(x), _n(y), look, anchor, words))

    def line(self, x1, y1, x2, y2, look: str) -> None:
        mark = Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>')
        self.parts.append(mark.format(_n(x1), _n(y1), _n(x2), _n(y2), look))

    def box(self, x, y, width, height, look: str, tip: str = "", round: float = 0):
        """A rectangle; `tip` is told when somebody points at it."""
        mark = Markup(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" class="{}">{}</rect>'
        )
        size = (_n(max(width, 0)), _n(max(height, 0)), _n(round))
        self.parts.append(mark.format(_n(x), _n(y), *size, look, _tip(tip)))

    def dot(self, x, y, radius, look: str, tip: str = "") -> None:
        mark = Markup('<circle cx="{}" cy="{}" r="{}" class="{}">{}</circle>')
        self.parts.append(mark.format(_n(x), _n(y), _n(radius), look, _tip(tip)))

    def path(self, points: Iterable[tuple], look: str) -> None:
        words = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        mark = Markup('<polyline points="{}" class="{}"/>')
        self.parts.append(mark.format(words, look))

    def legend(self, x, y, keys: Iterable[tuple[str, str]]) -> None:
        """Little boxes with their words, in a row."""
        for look, words in keys:
            self.box(x, y - 9, 11, 11, look, round=2)
            self.text(x + 16, y, words, "small")
            x += 16 + 13 * len(words) + 18

    def markup(self) -> Markup:
        """The drawing as a part of a page."""
        head = Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" '
            'xmlns="http://www.w3.org/2000/svg"><title>{}</title>'
        )
        size = (_n(self.width), _n(self.height))
        opened = head.format(*size, self.title, self.title)
        return opened + Markup("").join(self.parts) + Markup("</svg>")


def steps(highest: Decimal, count: int = 4) -> list[Decimal]:
    """Round marks of an axis from nothing up to or just over a height.

    >>> [int(step) for step in steps(Decimal(13400))]
    [0, 5000, 10000, 15000]
    """
    if highest <= 0:
        return [Decimal(0), Decimal(1)]
    rough = highest / count
    unit = Decimal(10) ** rough.adjusted()
    step = next(unit * n for n in (1, 2, 5, 10) if unit * n >= rough)
    marks = [Decimal(0)]
    while marks[-1] < highest:
        marks.append(marks[-1] + step)
    return marks


def wan(amount: Decimal) -> str:
    """Yuan as 万元 without a fraction: 12,345."""
    return f"{(amount / WAN).quantize(Decimal(1)):,}"


def short(name: str) -> str:
    """A prefecture without its peoples.

    >>> short("黔南布依族苗族自治州"), short("贵阳市")
    ('黔南州', '贵阳市')
    """
    if not name.endswith("自治州"):
        return name
    first = min((name.find(each) for each in PEOPLES if each in name), default=-3)
    return f"{name[:first]}州"


def _n(number) -> str:
    """A coordinate: at most one place."""
    return f"{float(number):.1f}".removesuffix(".0")


def _tip(words: str) -> Markup:
    return Markup("<title>{}</title>").format(words) if words else Markup("")
