"""Personal accounts: which document says what of a region's accounts.

A region's own document goes before the one that holds everywhere (MOL). The
arithmetic over people stands in SQL (ledger/people); here are its parameters.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ledger.errors import RuleError
from ledger.periods import Month, month_of
from posting_rules.families import FamilyRule, family_of
from posting_rules.outpatient import OutpatientRule, outpatient_rule
from posting_rules.policies import Entry, entry_of


class Credit(NamedTuple):
    """How one kind of people is credited each month, in [from_day, until).

    `rate` is of the person's base, or where `figure` names a published figure, of
    that; `provisional` is the figure until it is published. Without a rate the
    list's own amount is taken.
    """

    status: str  # 在职, 退休, 公务员补助
    from_day: date
    until: date
    rate: Decimal | None
    figure: str
    provisional: str
    entry: str
    make_up: str
    kind: str  # the sub-account of 个人账户基金
    cite: str


class PayoutRule(NamedTuple):
    """Whether a filing (G7) may be paid out, for runs whose month is in the range."""

    id: str
    scope: str
    kinds: tuple[str, ...]
    hardship: bool  # needs one that is verified and valid on the day
    may: bool
    from_day: date
    until: date
    cite: str


class Use(NamedTuple):
    """Whether an account may pay a kind of cost, with its clause.

    `who` … `within` narrow it down, () being any (posting_rules/uses.py); a row
    without `who` only informs.
    """

    use: str
    name: str
    may: bool
    from_day: date
    until: date
    cite: str
    who: tuple[str, ...]
    places: tuple[str, ...]
    costs: tuple[str, ...]
    premiums: tuple[str, ...]
    part: str
    within: bool


class Personal(NamedTuple):
    """What one document says of personal accounts."""

    id: str
    number: str
    from_day: date
    until: date
    regions: tuple[str, ...]  # prefixes of region codes; "" holds everywhere
    fund: str
    entries: tuple[Entry, ...]
    credits: tuple[Credit, ...]
    payout: dict  # months, kinds, cite; empty where the document has none
    payout_rules: tuple[PayoutRule, ...]
    bounce: dict
    uses: tuple[Use, ...]
    outpatient: tuple[OutpatientRule, ...]
    families: tuple[FamilyRule, ...]
    costs: dict[str, str]  # 费用类别 → part of 医保费用支出
    clauses: dict[str, str]  # what refuses a line of a list → article
    statistics: dict

    @property
    def version(self) -> str:
        """What a batch says it followed: the document and its first day."""
        return f"{self.id}@{self.from_day}"

    def rule(self, entry: Entry) -> str:
        return f"{self.id}/{entry.id}"

    def basis(self, entry: Entry) -> str:
        return f"{self.number} {entry.cite}"

    def governs(self, region: str) -> bool:
        return any(region.startswith(prefix) for prefix in self.regions)


def documents_of(region: str) -> tuple[Personal, ...]:
    """The documents that govern a region's accounts, its own before the general."""
    found = [document for document in _documents() if document.governs(region)]
    return tuple(sorted(found, key=lambda d: -max(map(len, d.regions))))


def entries_for(region: str, event: str, id: str = "") -> list[tuple[Personal, Entry]]:
    """The entries of an event, one a kind of book, from the first document that has
    them; RuleError when none has."""
    for document in documents_of(region):
        found = [
            (document, entry)
            for entry in document.entries
            if event in entry.events and id in ("", entry.id)
        ]
        if found:
            return found
    raise RuleError(f"{region}没有“{event}”的分录；请在 posting_rules 下补一个文件")


def credits_for(region: str, month: Month) -> tuple[Personal, dict[str, Credit]]:
    """How a region credits a month, by status; RuleError naming the article.

    依据：南府办发〔2022〕33号 第十三条至第十五条、第三十八条
    """
    on = month.first_day
    having = _crediting(region)
    for document in having:
        found = {c.status: c for c in document.credits if c.from_day <= on < c.until}
        if found:
            return document, found
    if not having:
        raise RuleError(
            f"统筹区{region}没有个人账户计入办法的文件；"
            "新增一地即新增 posting_rules 下的一个 TOML 文件"
        )
    last = having[0]
    cites = [credit.cite.split("、") for credit in last.credits]
    articles = dict.fromkeys(article for cite in cites for article in cite)
    term = [article for article in articles if all(article in cite for cite in cites)]
    rules = "、".join(article for article in articles if article not in term)
    first, until = last.credits[0].from_day, last.credits[0].until
    raise RuleError(
        f"{last.number}{rules}自{first}起至{until - timedelta(days=1)}止"
        f"（{'、'.join(term) or last.number}），{month}不能计入；"
        "有新办法请在 posting_rules 增加一个文件"
    )


def last_credits(region: str) -> tuple[Month, list[Credit]] | None:
    """A region's latest rules of crediting and the last month that they hold for."""
    rules = [credit for document in _crediting(region) for credit in document.credits]
    if not rules:
        return None
    until = max(rule.until for rule in rules)
    last = month_of(until - timedelta(days=1))
    return last, [rule for rule in rules if rule.until == until]


def _crediting(region: str) -> list[Personal]:
    return [document for document in documents_of(region) if document.credits]


def may_credit(region: str, month: Month) -> tuple[Personal, dict[str, Credit]] | None:
    """As credits_for, or None where nothing says how."""
    try:
        return credits_for(region, month)
    except RuleError:
        return None


def uses_of(region: str, on: date) -> list[tuple[Personal, Use]]:
    """What an account may and may not pay on a day; a region's own word decides."""
    decided: dict[str, tuple[Personal, Use]] = {}
    for document in documents_of(region):
        for use in document.uses:
            if use.from_day <= on < use.until:
                decided.setdefault(use.use, (document, use))
    return list(decided.values())


def payout_of(region: str) -> Personal:
    """The document that says who is paid out; RuleError where none does."""
    for document in documents_of(region):
        if document.payout:
            return document
    general = documents_of(region)[-1]
    raise RuleError(
        f"统筹区{region}没有准许划转个人账户余额的文件；"
        f"个人账户原则上不得提取现金（{general.number} 三）"
    )


def version_words(version: str) -> str:
    """A batch's policy version for people: the document's number and first day.

    >>> version_words("nanchong_2022_33@2023-01-01")
    '南府办发〔2022〕33号（2023-01-01起）'
    """
    id, _, day = version.partition("@")
    for document in _documents():
        if document.id == id:
            return f"{document.number}（{day}起）"
    return version


def fund_of_accounts(region: str) -> str:
    """The fund (险种) that personal accounts belong to."""
    return next(d.fund for d in documents_of(region) if d.fund)


def clause(region: str, refused: str) -> str:
    """The article by which a line of a list of bills is refused: registered, dead,
    region, designated, deduction, pooled, split, use, refund, twice, time, order,
    binding, premium."""
    for document in documents_of(region):
        if refused in document.clauses:
            return f"{document.number} {document.clauses[refused]}"
    raise AssertionError(f"the general document has no clause {refused}")


def is_printed(rule: str) -> bool:
    """Whether a document prints the entry that a voucher names; so does no entry."""
    return all(
        entry.printed
        for document in _documents()
        for entry in document.entries
        if document.rule(entry) == rule
    )


def statistics_of(region: str) -> dict:
    return next(d.statistics for d in documents_of(region) if d.statistics)


@cache
def _documents() -> tuple[Personal, ...]:
    folder = files("posting_rules")
    tables = [
        tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    ]
    return tuple(
        _document(table) for table in tables if "regions" in table.get("document", {})
    )


def _document(table: dict) -> Personal:
    head = table["document"]
    return Personal(
        id=head["id"],
        number=head["number"],
        from_day=head["from"],
        until=head.get("until", date.max),
        regions=tuple(head["regions"]),
        fund=head.get("fund", ""),
        entries=tuple(entry_of(row) for row in table.get("entry", ())),
        credits=tuple(_credit(row) for row in table.get("credit", ())),
        payout=table.get("payout", {}),
        payout_rules=tuple(_payout_rule(row) for row in table.get("payout_rule", ())),
        bounce=table.get("bounce", {}),
        uses=tuple(_use(row) for row in table.get("use", ())),
        outpatient=tuple(outpatient_rule(row) for row in table.get("outpatient", ())),
        families=tuple(
            family_of(row, head["number"]) for row in table.get("family", ())
        ),
        costs={row["category"]: row["mode"] for row in table.get("cost", ())},
        clauses=table.get("clauses", {}),
        statistics=table.get("statistics", {}),
    )


def _credit(row: dict) -> Credit:
    return Credit(
        row["status"],
        row["from"],
        row["until"],
        row.get("rate"),
        row.get("figure", ""),
        row.get("provisional", ""),
        row["entry"],
        row.get("make_up", ""),
        row["kind"],
        row["cite"],
    )


def _payout_rule(row: dict) -> PayoutRule:
    return PayoutRule(
        row["id"],
        row["scope"],
        tuple(row["kinds"]),
        row.get("hardship", False),
        row["may"],
        row["from"],
        row.get("until", date.max),
        row["cite"],
    )


def _use(row: dict) -> Use:
    return Use(
        row["use"],
        row["name"],
        row["may"],
        row["from"],
        row.get("until", date.max),
        row["cite"],
        tuple(row.get("who", ())),
        tuple(row.get("places", ())),
        tuple(row.get("costs", ())),
        tuple(row.get("premiums", ())),
        row.get("part", ""),
        row.get("within", False),
    )
