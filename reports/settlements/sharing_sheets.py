"""运行监测 as a workbook to send upwards."""

from __future__ import annotations

from ledger import regions
from reports.people.report_sheets import SIGNED
from reports.settlements.sharing import Part, Sharing
from reports.settlements.sharing_sums import Figures
from reports.usage import percent_text
from reports.xlsx import Column, Sheet

FIGURES = (
    Column("收费笔数", "number", 12),
    Column("收费金额", "money", 18),
    Column("退还笔数", "number", 12),
    Column("退还金额", "money", 18),
    Column("净额", "money", 18),
)
CITIES = (Column("授权地", width=14), Column("就医地", width=14), Column("范围"))
PREMIUMS = (
    Column("授权地", width=14),
    Column("参保地", width=14),
    Column("范围", width=10),
    Column("险种", width=24),
    Column("笔数", "number", 12),
    Column("金额", "money", 18),
)
ABOUT = (
    "一笔费用由几地账户支付的，各地各计一笔；退费、冲正另计，为负数。",
    "只计已审核且未冲销的凭证；代缴保费不含本人账户为本人缴费。",
)


def span_words(made: Sharing) -> str:
    """The span as people read it.

    >>> from types import SimpleNamespace as Made
    >>> span_words(Made(first=None, last="2024-07"))
    '至2024-07'
    """
    if not (made.first or made.last):
        return "全部月份"
    return f"{made.first or ''}至{made.last or ''}"


def scope_words(cross: bool) -> str:
    return "跨市" if cross else "本市"


def figures_cells(figures: Figures) -> tuple:
    """收费 and 退还, each lines and yuan, and the net."""
    return (*figures, figures.net)


def sharing_sheets(made: Sharing, unit: str) -> list[Sheet]:
    """按地区, 按关系, 按费用类别, 按月, 代缴保费, 明细."""
    line = f"编制单位：{unit}　　{span_words(made)}　　单位：元"
    name = regions.name(made.region) if made.region else "各统筹区"
    total = figures_cells(made.total)
    return [
        Sheet(
            "按地区",
            f"职工医保个人账户家庭共济运行情况（{name}，按授权地和就医地）",
            line,
            (*CITIES, *FIGURES),
            [
                (
                    regions.name(pair.payer),
                    regions.name(pair.place),
                    scope_words(pair.cross),
                    *figures_cells(pair.figures),
                )
                for pair in made.pairs
            ],
            ("合计", "", "", *total),
            (cross_words(made), *ABOUT, "", SIGNED),
        ),
        _parts("按关系", "关系", name, line, made.relations, total),
        _parts("按费用类别", "费用类别", name, line, made.categories, total),
        _parts("按月", "月份", name, line, made.months, total),
        _premiums(made, name, line),
        _details(made, name, line),
    ]


def cross_words(made: Sharing) -> str:
    """How much of the money crossed the border of a city, in words."""
    if made.cross_rate is None:
        return "家庭共济净额为零。" if made.pairs else "没有家庭共济支出。"
    return (
        f"跨市共济{made.cross.net:,.2f}元，"
        f"占共济支出{made.total.net:,.2f}元的{percent_text(made.cross_rate)}。"
    )


def _parts(
    sheet: str, first: str, name: str, line: str, parts: list[Part], total: tuple
) -> Sheet:
    return Sheet(
        sheet,
        f"职工医保个人账户家庭共济运行情况（{name}，{sheet}）",
        line,
        (Column(first, width=20), *FIGURES),
        [(part.name, *figures_cells(part.figures)) for part in parts],
        ("合计", *total),
        ("", SIGNED),
    )


def _premiums(made: Sharing, name: str, line: str) -> Sheet:
    return Sheet(
        "代缴保费",
        f"职工医保个人账户代缴保费情况（{name}，按授权地、参保地和险种）",
        line,
        PREMIUMS,
        [
            (
                regions.name(row.payer),
                regions.name(row.region),
                scope_words(row.cross),
                row.kind,
                row.premiums,
                row.amount,
            )
            for row in made.premiums
        ],
        ("合计", "", "", "", *made.premium_total),
        ("", SIGNED),
    )


def _details(made: Sharing, name: str, line: str) -> Sheet:
    titles = ("月份", "授权地", "就医地", "关系", "费用类别")
    return Sheet(
        "明细",
        f"职工医保个人账户家庭共济运行情况（{name}，明细）",
        line,
        (*(Column(title, width=14) for title in titles), *FIGURES),
        [
            (
                row.month,
                regions.name(row.payer),
                regions.name(row.place),
                row.relation,
                row.category,
                *figures_cells(row.figures),
            )
            for row in made.details
        ],
        ("合计", "", "", "", "", *figures_cells(made.total)),
    )
