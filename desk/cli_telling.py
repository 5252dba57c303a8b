"""How commands tell what vouchers they made: for people, and as JSON."""

from __future__ import annotations

import click

from desk.cli import tell_json, tell_table
from ledger.money import grouped


def status_of(made) -> str:
    """The word for what was made: a draft, posted, or nothing new."""
    if not made:
        return "already-posted"
    return "posted" if made[0].number else "draft"


def tell_vouchers_json(status: str, made, dry_run: bool, **more) -> None:
    """What a command made; a draft, or what was only tried, has no voucher's name."""
    vouchers = [
        {
            "book": row.book,
            "voucher": None if dry_run else row.name,
            "rule": row.rule,
            "amount": f"{row.amount:.2f}",
        }
        for row in made
    ]
    if not dry_run:
        for row, told in zip(made, vouchers):
            if row.number is None:
                told["draft"] = f"#{row.id}"
    status = "checked" if dry_run else status
    tell_json({**more, "status": status, "vouchers": vouchers})


def tell_vouchers(made, word: str, dry_run: bool) -> None:
    """What a command made, as a table under a word for what happened to it."""
    click.echo("检查通过，没有入账：" if dry_run else f"{word}：")
    tell_table(
        ["凭证", "账套", "规则", "金额"],
        [
            (
                row.name or f"#{row.id}",
                row.book,
                row.rule.partition("/")[2],
                grouped(row.amount),
            )
            for row in made
        ],
        "4",
    )
