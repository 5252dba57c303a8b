"""Policies: what one document says, read from its TOML file."""

from __future__ import annotations

import tomllib
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ledger.errors import RuleError


class Entry(NamedTuple):
    """An entry template (分录模板): which subjects take which amounts.

    `debit` and `credit` are pairs of printed subject and amount: own, lower,
    total, each payer, each place, each other province.
    """

    id: str
    cite: str
    printed: bool  # False: ours, the document leaves it out
    events: tuple[str, ...]
    scope: str  # "" for both
    reading: str  # "" where the text is read one way
    book: str  # kind of book
    leg: str  # payer, payee, or "" for entries without money
    counterpart: str
    when: str
    summary: str
    debit: tuple[tuple[str, str], ...]
    credit: tuple[tuple[str, str], ...]

    @property
    def reversed(self) -> Entry:
        """Debit and credit exchanged: money that comes back (X7)."""
        return self._replace(debit=self.credit, credit=self.debit)


class TransferKind(NamedTuple):
    """Which event a transfer is, by the levels of payer and payee."""

    event: str
    payer: str
    payee: str
    lower: bool  # may carry 下级金额
    natures: tuple[str, ...]
    scopes: tuple[str, ...]
    cite: str


class WarningBand(NamedTuple):
    level: str
    name: str
    from_rate: Fraction  # inclusive
    cite: str


class Holding(NamedTuple):
    """A kind of book that holds others' advances, and the subjects they are on."""

    book: str
    direction: str  # received or paid
    subjects: tuple[str, ...]
    cite: str


class Policy(NamedTuple):
    """One policy document."""

    id: str
    number: str
    from_day: date
    province: str
    centre: str  # the centre's printed name
    entries: tuple[Entry, ...]
    transfers: tuple[TransferKind, ...]
    warnings: tuple[WarningBand, ...]
    holdings: tuple[Holding, ...]
    money: tuple[dict, ...]  # whose interest and fees are, 五（三）
    notices: dict[str, dict]
    accounts: tuple[dict, ...]  # where money goes, as the document prints it
    bank_lines: tuple[dict, ...]  # what a line of a bank statement is, by its words
    plan: dict  # the formula of the next advance; see posting_rules/planning.py
    notice_kinds: tuple[dict, ...]  # see posting_rules/notices.py

    def rule(self, entry: Entry) -> str:
        """The name that a voucher carries: guizhou_2017_204/2.1.3."""
        return f"{self.id}/{entry.id}"

    def basis(self, entry: Entry) -> str:
        return f"{self.number} {entry.cite}"


def policy_of(province: str) -> Policy:
    """The advance policy that governs a province; RuleError when none is known."""
    found = [p for p in policies() if p.province == province]
    if len(found) != 1:
        raise RuleError(
            f"{province}应有一份异地就医预付金文件，实有{len(found)}份；"
            "新增一省即新增 posting_rules 下的一个 TOML 文件"
        )
    return found[0]


def advance_policy(province: str) -> Policy | None:
    """As policy_of, or None for a province that keeps personal accounts alone."""
    try:
        return policy_of(province)
    except RuleError:
        return None


def entries_for(
    policy: Policy, event: str, scope: str, on: date, reading: str
) -> list[Entry]:
    """The entries of an event, one a kind of book; RuleError before the policy."""
    if on < policy.from_day:
        raise RuleError(
            f"{on}应有一条规则生效，实有0条：{policy.number}自{policy.from_day}起适用"
        )
    return [
        entry
        for entry in policy.entries
        if event in entry.events
        and entry.scope in ("", scope)
        and entry.reading in ("", reading)
    ]


def entry_named(policy: Policy, id: str) -> Entry:
    return next(entry for entry in policy.entries if entry.id == id)


@cache
def policies() -> tuple[Policy, ...]:
    folder = files("posting_rules")
    texts = [
        (path.name, tomllib.loads(path.read_text("utf-8")))
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    ]
    return tuple(
        _policy(table)
        for _, table in sorted(texts, key=lambda text: text[0])
        if "document" in table and "transfer" in table
    )


def _policy(table: dict) -> Policy:
    head = table["document"]
    return Policy(
        id=head["id"],
        number=head["number"],
        from_day=head["from"],
        province=head["province"],
        centre=head["centre"],
        entries=tuple(entry_of(row) for row in table["entry"]),
        transfers=tuple(
            TransferKind(
                row["event"],
                row["payer"],
                row["payee"],
                row["lower"],
                tuple(row["natures"]),
                tuple(row.get("scopes", ("跨省", "省内"))),
                row["cite"],
            )
            for row in table["transfer"]
        ),
        warnings=tuple(
            WarningBand(row["level"], row["name"], Fraction(**row["from"]), row["cite"])
            for row in table["warning"]
        ),
        holdings=tuple(
            Holding(row["book"], row["direction"], tuple(row["subjects"]), row["cite"])
            for row in table["holding"]
        ),
        money=tuple(table["money"]),
        notices={row["id"]: row for row in table["notice"]},
        accounts=tuple(table.get("account", ())),
        bank_lines=tuple(table.get("bank_line", ())),
        plan=table.get("plan", {}),
        notice_kinds=tuple(table.get("notice_kind", ())),
    )


def entry_of(row: dict) -> Entry:
    event = row["event"]
    return Entry(
        id=row["id"],
        cite=row["cite"],
        printed=row.get("printed", True),
        events=(event,) if isinstance(event, str) else tuple(event),
        scope=row.get("scope", ""),
        reading=row.get("reading", ""),
        book=row["book"],
        leg=row.get("leg", ""),
        counterpart=row["with"],
        when=row["when"],
        summary=row["summary"],
        debit=tuple(tuple(line) for line in row["debit"]),
        credit=tuple(tuple(line) for line in row["credit"]),
    )
