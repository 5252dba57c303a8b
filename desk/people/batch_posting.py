"""What commands on batches share: the region, the figures, the vouchers of a batch.

A batch's totals go into one posting. It is approved by rule or left as a draft, as
the home's review has it (RULES.md section 2, reading 13).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from ledger import postings, regions, settings
from ledger.errors import BookError, UsageError
from ledger.money import to_fen
from ledger.people import batches, claims
from ledger.people.batches import KindTotal
from ledger.people.correcting import Fixed
from ledger.periods import Month, month_of
from ledger.postings import BY_RULE, Actor, Recorded
from ledger.vouchers import Posting, Voucher
from posting_rules.personal import Credit, Personal, documents_of
from posting_rules.personal_vouchers import vouchers


class Carried(NamedTuple):
    """The vouchers that carry a batch; `status` is posted or draft."""

    vouchers: list[Recorded]
    status: str


class Figure(NamedTuple):
    """A published figure as it was set, and what a month's credit is by it."""

    name: str
    value: Decimal
    cite: str
    amount: Decimal


def require_region(connection: Connection, region: str) -> str:
    """The pooling region: a city of the home's province; UsageError for another."""
    cities = regions.cities(settings.province(connection))
    if region not in cities:
        raise UsageError(
            f"“{region}”不是本省的统筹区（市州）代码；"
            f"例如{regions.name(cities[0])}是 {cities[0]}"
        )
    return region


def voucher_day(month: Month, post_on: date | None) -> date:
    """The last day of the month, or --post-on, which is not before it."""
    if post_on is not None and post_on < month.last_day:
        raise BookError(
            f"凭证日期{post_on}早于业务日期{month.last_day}；"
            "--post-on 应是业务日期或其后的一天"
        )
    return post_on or month.last_day


def figure_of(
    connection: Connection, region: str, credit: Credit, published: bool = False
) -> Figure:
    """The figure that counts now: the published one, until it is set the provisional.

    BookError where none is set, or with `published` while the published one is not.
    依据：南府办发〔2022〕33号 第十三条
    """
    names = [credit.figure] if published else [credit.figure, credit.provisional]
    for name in names:
        row = settings.figure(connection, name, region)
        if row is not None:
            value = Decimal(row.value)
            return Figure(name, value, row.cite, to_fen(value * credit.rate))
    words = settings.setting_named(names[-1]).in_words(names[-1])
    raise BookError(
        f"{regions.name(region)}还没有设置{words}，{credit.cite}；"
        f"请先 yibao setting set {names[-1]} 金额 --region {region} --cite 依据"
    )


def figure_words(credit: Credit, figure: Figure | None) -> dict[str, str]:
    """What a batch keeps of a rule: its rate, the figure, what they give."""
    words = {"cite": credit.cite}
    if credit.rate is not None:
        words["rate"] = str(credit.rate)
    if figure is not None:
        words |= {
            "figure": figure.name,
            "value": f"{figure.value:.2f}",
            "figure_cite": figure.cite,
            "amount": f"{figure.amount:.2f}",
        }
    return words


def fixed_rules(region: str) -> list[tuple[Personal, Credit]]:
    """The rules by which a region credits a fixed amount, each in its own months."""
    return [
        (document, credit)
        for document in documents_of(region)
        for credit in document.credits
        if credit.figure
    ]


def fixed(credit: Credit, figure: Figure) -> Fixed:
    """A fixed amount with the months that it holds for."""
    first, until = month_of(credit.from_day), month_of(credit.until)
    return Fixed(str(first), str(until), credit.kind, figure.amount)


def claim_vouchers(
    connection: Connection, batch_id: int, region: str, **how
) -> list[Voucher]:
    """P22 for what a batch takes back beyond what is there, and in reverse for the
    claims that it pays off; none where there are none."""
    made = []
    for act, event in ((claims.MAKE, "claim"), (claims.RECOVER, "claim-recovery")):
        owed = claims.owed(connection, batch_id, act)
        amounts, words = {"total": abs(owed.amount)}, {"people": owed.people}
        made += vouchers(region, event, amounts, words=words, **how)
    return made


def carry(
    connection: Connection,
    batch_id: int,
    kinds: Sequence[KindTotal],
    people: int,
    vouchers: Sequence[Voucher],
    *,
    unit: str,
    link: str,
    event: str,
    actor: Actor,
    draft: bool = False,
    document_id: int | None = None,
) -> Carried:
    """Record a batch's vouchers as one posting and finish the batch with it.

    Approved by rule it counts at once, as does a batch without vouchers; a draft
    waits for a second person.
    """
    if not vouchers:
        batches.finish(connection, batch_id, kinds, people, None)
        return Carried([], "posted")
    posting = Posting(unit, link, "", event, tuple(vouchers))
    ids = postings.record(
        connection,
        [posting],
        actor,
        document_id=document_id,
        sha256=batches.sources_of(connection, batch_id),
    )
    batches.finish(connection, batch_id, kinds, people, ids[0])
    by_rule = settings.value(connection, "review", actor.on) == "by-rule"
    if draft or not by_rule:
        return Carried(postings.recorded(connection, ids), "draft")
    approver = Actor(BY_RULE, actor.at)
    return Carried(postings.approve(connection, ids, approver), "posted")


def voucher_words(made: Sequence[Recorded], dry_run: bool = False) -> list[dict]:
    """Vouchers as --json shows them; a draft's name is null, its #ID beside it."""
    told = []
    for row in made:
        words = {
            "book": row.book,
            "voucher": None if dry_run else row.name,
            "rule": row.rule,
            "amount": f"{row.amount:.2f}",
        }
        if row.number is None and not dry_run:
            words["draft"] = f"#{row.id}"
        told.append(words)
    return told
