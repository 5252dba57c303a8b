"""How reports on sharing and on splits are told: for people, and as JSON."""

from __future__ import annotations

import click

from desk.cli import tell_table
from ledger.money import grouped

SHOWN = 50  # lines of bills that are told; --json and --xlsx have them all


def sharing_json(made) -> dict:
    """The report as JSON: money in yuan as texts, rates as fractions of 1."""
    from ledger import regions
    from reports.usage import rate_text

    def pair(row) -> dict:
        return {
            "payer": row.payer,
            "payer_name": regions.name(row.payer),
            "place": row.place,
            "place_name": regions.name(row.place),
            "cross": row.cross,
            **_figures(row.figures),
        }

    def premium(row) -> dict:
        return {
            "payer": row.payer,
            "payer_name": regions.name(row.payer),
            "region": row.region,
            "region_name": regions.name(row.region),
            "cross": row.cross,
            "kind": row.kind,
            "premiums": row.premiums,
            "amount": f"{row.amount:.2f}",
        }

    return {
        "from": str(made.first) if made.first else None,
        "to": str(made.last) if made.last else None,
        "region": made.region or None,
        "total": _figures(made.total),
        "cross": {**_figures(made.cross), "rate": rate_text(made.cross_rate)},
        "pairs": [pair(row) for row in made.pairs],
        "relations": [_part(row) for row in made.relations],
        "categories": [_part(row) for row in made.categories],
        "months": [_part(row) for row in made.months],
        "premiums": {
            "total": _money(made.premium_total),
            "cross": {
                **_money(made.premium_cross),
                "rate": rate_text(made.premium_cross_rate),
            },
            "rows": [premium(row) for row in made.premiums],
        },
        "details": [
            {
                "month": row.month,
                "payer": row.payer,
                "place": row.place,
                "relation": row.relation,
                "category": row.category,
                **_figures(row.figures),
            }
            for row in made.details
        ],
    }


def _figures(figures) -> dict:
    return {
        "charges": figures.charges,
        "charged": f"{figures.charged:.2f}",
        "refunds": figures.refunds,
        "refunded": f"{figures.refunded:.2f}",
        "net": f"{figures.net:.2f}",
    }


def _part(row) -> dict:
    return {"name": row.name, **_figures(row.figures)}


def _money(money) -> dict:
    return {"premiums": money.lines, "amount": f"{money.amount:.2f}"}


def tell_sharing(made) -> None:
    """The tables for people."""
    from ledger import regions
    from reports.settlements.sharing_sheets import (
        cross_words,
        scope_words,
        span_words,
    )

    name = regions.name(made.region) if made.region else "各统筹区"
    click.echo(f"家庭共济运行监测（{name}，{span_words(made)}，元）")
    titles = ["收费笔数", "收费金额", "退还笔数", "退还金额", "净额"]
    rows = [
        (
            regions.name(row.payer),
            regions.name(row.place),
            scope_words(row.cross),
            *_cells(row.figures),
        )
        for row in made.pairs
    ]
    if rows:
        rows.append(("合计", "", "", *_cells(made.total)))
    tell_table(["授权地", "就医地", "范围", *titles], rows, "45678")
    click.echo(cross_words(made))
    for title, parts in (
        ("关系", made.relations),
        ("费用类别", made.categories),
        ("月份", made.months),
    ):
        if parts:
            rows = [(part.name, *_cells(part.figures)) for part in parts]
            tell_table([title, *titles], rows, "23456")
    if made.premiums:
        _tell_premiums(made)


def _cells(figures) -> tuple:
    return (
        figures.charges,
        grouped(figures.charged),
        figures.refunds or "",
        grouped(figures.refunded) if figures.refunds else "",
        grouped(figures.net),
    )


def _tell_premiums(made) -> None:
    from ledger import regions
    from reports.settlements.sharing_sheets import scope_words

    click.echo("代缴保费（元）")
    rows = [
        (
            regions.name(row.payer),
            regions.name(row.region),
            scope_words(row.cross),
            row.kind,
            row.premiums,
            grouped(row.amount),
        )
        for row in made.premiums
    ]
    lines, amount = made.premium_total
    rows.append(("合计", "", "", "", lines, grouped(amount)))
    tell_table(["授权地", "参保地", "范围", "险种", "笔数", "金额"], rows, "56")


def differences_json(made) -> dict:
    """Counts in front, then a row a line and part; money in yuan as texts."""

    def plain(row) -> dict:
        cells = row._asdict()
        for name in ("theirs", "ours", "difference"):
            cells[name] = f"{cells[name]:.2f}"
        return cells

    return {
        "from": str(made.first) if made.first else None,
        "to": str(made.last) if made.last else None,
        "region": made.region or None,
        "taken": made.taken,
        "lines": made.lines,
        "parts": {
            part.name: {
                "lines": part.lines,
                "theirs": f"{part.theirs:.2f}",
                "ours": f"{part.ours:.2f}",
            }
            for part in made.parts
        },
        "rows": [plain(row) for row in made.rows],
    }


def tell_differences(made) -> None:
    click.echo(
        f"带全部分解的清单行{made.taken:,}行；与本系统重算不同的{made.lines:,}行。"
    )
    if not made.rows:
        return
    tell_table(
        ["项目", "行数", "清单合计", "重算合计"],
        [
            (part.name, part.lines, grouped(part.theirs), grouped(part.ours))
            for part in made.parts
        ],
        "234",
    )
    tell_table(
        ["流水号", "文件", "行", "参保地", "项目", "清单", "重算", "差额", "入账"],
        [
            (
                row.serial,
                row.source,
                row.row,
                row.region_name,
                row.part,
                *map(grouped, (row.theirs, row.ours, row.difference)),
                row.counts_name,
            )
            for row in made.rows[:SHOWN]
        ],
        "3678",
    )
    if len(made.rows) > SHOWN:
        click.echo(f"……另{len(made.rows) - SHOWN:,}处，见 --json 或 --xlsx")
