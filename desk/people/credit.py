"""`yibao credit MONTH --region CODE`: the monthly crediting of personal accounts.

What lists said too late is put right first, in a batch of its own; then the month's
ready lines are credited, once whatever runs twice. What came since is a new batch.
依据：南府办发〔2022〕33号 第十三条至第十五条
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Iterable, NamedTuple

from sqlalchemy import Connection

from desk.people.batch_posting import (
    Carried,
    Figure,
    carry,
    claim_vouchers,
    figure_of,
    figure_words,
    require_region,
    voucher_day,
)
from desk.people.correcting import Corrected, correct
from desk.progress import Tell, silently
from ledger import postings, regions, settings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import BookError, RuleError
from ledger.money import NOTHING
from ledger.people import batches, claims, correcting, crediting
from ledger.people.batches import KindTotal, NewBatch
from ledger.people.crediting import ACTIVE, CIVIL, RETIRED, Kinds, Ready
from ledger.periods import Month
from ledger.postings import Actor, Recorded
from ledger.vouchers import Voucher
from posting_rules.personal import Credit, Personal, credits_for, last_credits
from posting_rules.personal_vouchers import vouchers

STEPS = ("更正以前月份", "清点名单", "计入", "入账", "打印账簿")


class Sum(NamedTuple):
    """People and what they got."""

    people: int = 0
    amount: Decimal = NOTHING


class Credited(NamedTuple):
    """What `credit` did, or the month's latest batch where it had nothing to do.

    `waiting`: rows without 到账日期; `unapproved`: rows of lists, as many as
    `unapproved_lists`, whose contributions wait for approval. `recovered`: claims paid
    off, out of `total`.
    """

    batch: int | None
    month: Month
    region: str
    people: int
    total: Decimal
    active: Sum
    retired: Sum
    civil: Sum
    recovered: Sum
    vouchers: list[Recorded]
    status: str  # posted, draft, already-posted
    corrected: Corrected | None
    waiting: int
    unapproved: int = 0
    unapproved_lists: int = 0


class Run(NamedTuple):
    """One run of the command: where, when, by which rules."""

    region: str
    month: Month
    dated: date
    document: Personal
    credits: dict[str, Credit]
    actor: Actor
    draft: bool


def credit(
    home: Home,
    actor: Actor,
    month: Month,
    region: str,
    *,
    post_on: date | None = None,
    draft: bool = False,
    dry_run: bool = False,
    tell: Tell = silently,
) -> Credited:
    """Credit a month; RuleError where no rule is in force, BookError where nothing
    was imported for the month or no figure is set."""
    with home.writing(keep=not dry_run) as connection:
        require_region(connection, region)
        dated = voucher_day(month, post_on)
        document, credits = _rules(connection, region, month, dated)
        run = Run(region, month, dated, document, credits, actor, draft)
        tell(STEPS[0])
        corrected = correct(connection, run, _kinds_of(credits.values()))
        tell(STEPS[1])
        found = crediting.ready(connection, region, str(month))
        if not found.imported:
            raise BookError(
                f"{regions.name(region)}{month}还没有导入过个人账户计入清单；"
                "请先 yibao import 清单文件"
            )
        if found.parts:
            made = _credit(connection, run, found, tell)
        else:
            made = _standing(connection, region, month)
        made = made._replace(
            corrected=corrected,
            waiting=found.waiting,
            unapproved=found.unapproved,
            unapproved_lists=found.unapproved_lists,
        )
    if not dry_run:
        tell(STEPS[4])
        print_changed(home)
    return made


def _rules(
    connection: Connection, region: str, month: Month, dated: date
) -> tuple[Personal, dict[str, Credit]]:
    """A month's rules; past their term the RuleError says how to put right what a
    list told too late."""
    try:
        return credits_for(region, month)
    except RuleError as error:
        last = last_credits(region)
        if last is None:
            raise
        of, rules = last
        if not correcting.is_open(connection, region, dated, _kinds_of(rules)):
            raise
        raise RuleError(
            f"{error}。以前月份另有待更正的计入，请运行 yibao credit {of}"
            f" --region {region} 更正"
        ) from error


def _kinds_of(rules: Iterable[Credit]) -> list[str]:
    """The sub-accounts credited onto, 在职 first."""
    kinds = {rule.status: rule.kind for rule in rules}
    return [kinds[status] for status in (ACTIVE, RETIRED, CIVIL) if status in kinds]


def _credit(connection: Connection, run: Run, found: Ready, tell: Tell) -> Credited:
    tell(STEPS[2])
    figure = None
    if RETIRED in found.parts and run.credits[RETIRED].figure:
        figure = figure_of(connection, run.region, run.credits[RETIRED])
    batch_id = batches.start(
        connection, _new_batch(run, found, figure), run.actor.by, run.actor.at
    )
    kinds, people = crediting.credit(
        connection,
        batch_id,
        run.region,
        str(run.month),
        run.dated,
        found,
        _kinds(connection, run, figure),
    )
    claims.recover(connection, batch_id, run.region, run.dated)
    kinds = kinds + _recovered(connection, batch_id)
    tell(STEPS[3])
    carried = carry(
        connection,
        batch_id,
        kinds,
        people,
        _vouchers(connection, run, batch_id, kinds, len(found.document_ids)),
        unit=f"credit|{run.region}|{run.month}|{batch_id}",
        link="crd",
        event="credit",
        actor=run.actor,
        draft=run.draft,
    )
    return _said(run.region, run.month, batch_id, people, kinds, carried)


def _new_batch(run: Run, found: Ready, figure: Figure | None) -> NewBatch:
    figures = {
        status: figure_words(rule, figure if status == RETIRED else None)
        for status, rule in run.credits.items()
    }
    return NewBatch(
        crediting.KIND,
        run.region,
        str(run.month),
        run.dated,
        run.document.version,
        figures,
        found.document_ids,
    )


def _kinds(connection: Connection, run: Run, figure: Figure | None) -> Kinds:
    civil = run.credits.get(CIVIL)
    twice = settings.value(connection, "supplement", run.actor.on, run.region)
    return Kinds(
        run.credits[ACTIVE].kind,
        run.credits[RETIRED].kind,
        figure.amount if figure else NOTHING,
        civil.kind if civil else "",
        twice == "credited",
    )


def _recovered(connection: Connection, batch_id: int) -> list[KindTotal]:
    made = batches.total_of(connection, batch_id, claims.KIND)
    return [made] if made.movements else []


def _vouchers(
    connection: Connection,
    run: Run,
    batch_id: int,
    kinds: list[KindTotal],
    documents: int,
) -> list[Voucher]:
    """One voucher a kind, in the order of the rules, with the batch's totals."""
    made = []
    totals = {kind.kind: kind for kind in kinds}
    how = {
        "dated": run.dated,
        "occurred_on": run.month.last_day,
        "period": run.month,
        "source": f"yibao credit {run.month} --region {run.region}，批次{batch_id}",
        "attachments": documents,
    }
    for rule in run.credits.values():
        if total := totals.get(rule.kind):
            words = {"people": total.people}
            amounts = {"total": total.amount}
            made += vouchers(
                run.region, "credit", amounts, id=rule.entry, words=words, **how
            )
    return made + claim_vouchers(connection, batch_id, run.region, **how)


def _standing(connection: Connection, region: str, month: Month) -> Credited:
    """The month's latest batch that stands; with nothing but rows that wait, none."""
    standing = batches.standing(connection, crediting.KIND, region, str(month))
    if not standing:
        return _said(region, month, None, 0, [], Carried([], "already-posted"))
    batch = standing[-1]
    made = []
    if batch.posting_id is not None:
        made = postings.recorded(connection, [batch.posting_id])
    status = "draft" if batch.state == batches.DRAFT else "already-posted"
    kinds = list(batches.totals_of(connection, batch.id).values())
    return _said(region, month, batch.id, batch.people, kinds, Carried(made, status))


def _said(
    region: str,
    month: Month,
    batch_id: int | None,
    people: int,
    kinds: list[KindTotal],
    carried: Carried,
) -> Credited:
    rules = credits_for(region, month)[1]
    totals = {kind.kind: kind for kind in kinds}

    def of(status: str) -> Sum:
        total = totals.get(rules[status].kind) if status in rules else None
        return Sum(total.people, total.amount) if total else Sum()

    owed = totals.get(claims.KIND)
    active, retired, civil = of(ACTIVE), of(RETIRED), of(CIVIL)
    return Credited(
        batch_id,
        month,
        region,
        people,
        active.amount + retired.amount + civil.amount,
        active,
        retired,
        civil,
        Sum(owed.people, -owed.amount) if owed else Sum(),
        carried.vouchers,
        carried.status,
        None,
        0,
    )
