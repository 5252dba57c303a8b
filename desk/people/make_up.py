"""`yibao make-up --region CODE`: 补划差额, once the published figure is set.

Every month credited on another figure gets its difference, also for people who
meanwhile moved, retired or died; what became of each of those is told and listed.
依据：南府办发〔2022〕33号 第十三条
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from desk.people import make_up_list
from desk.people.batch_posting import (
    Carried,
    carry,
    claim_vouchers,
    figure_of,
    figure_words,
    fixed,
    fixed_rules,
    require_region,
)
from desk.progress import Tell, silently
from ledger import postings, regions
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import RuleError
from ledger.money import NOTHING
from ledger.people import batches, claims
from ledger.people import make_up as differences
from ledger.people.batches import KindTotal, NewBatch
from ledger.people.make_up import State
from ledger.periods import period
from ledger.postings import Actor, Recorded
from ledger.vouchers import Voucher
from posting_rules.entries import printed_period
from posting_rules.personal_vouchers import vouchers

STEPS = ("计算差额", "分类", "入账", "打印账簿")


class Made(NamedTuple):
    """What `make-up` did; `listed` is the file of those not simply 在籍."""

    batch: int | None
    region: str
    people: int
    months: int
    total: Decimal
    claimed: Decimal
    recovered: Decimal
    states: list[State]
    vouchers: list[Recorded]
    status: str
    listed: Path | None = None


def make_up(
    home: Home,
    actor: Actor,
    region: str,
    on: date,
    *,
    draft: bool = False,
    dry_run: bool = False,
    tell: Tell = silently,
) -> Made:
    """Post the differences, dated `on`; BookError while no published figure is set."""
    with home.writing(keep=not dry_run) as connection:
        require_region(connection, region)
        if not fixed_rules(region):
            raise RuleError(
                f"{regions.name(region)}没有按公布的数字计入的规定，无差额可补"
            )
        tell(STEPS[0])
        batch_id = _differences(connection, actor, region, on)
        if batch_id is None:
            waiting = _waiting(connection, home, region)
            connection.rollback()
            return waiting or _nothing(region)
        tell(STEPS[1])
        # Before it counts: a closed account that gets money is no longer closed.
        states = differences.states(connection, batch_id)
        tell(STEPS[2])
        listed = make_up_list.workbook(connection, batch_id, region, on, states)
        made = _post(connection, actor, region, on, batch_id, states, draft)
    if not dry_run:
        if listed is not None:
            made = made._replace(listed=_file(home, region, made.batch))
            make_up_list.write(made.listed, listed)
        tell(STEPS[3])
        print_changed(home)
    return made


def _differences(
    connection: Connection, actor: Actor, region: str, on: date
) -> int | None:
    """A batch with the differences, or None where there are none."""
    documents, figures, rules = [], {}, []
    for document, rule in fixed_rules(region):
        figure = figure_of(connection, region, rule, published=True)
        documents.append(document.version)
        figures[rule.figure] = figure_words(rule, figure)
        rules.append(fixed(rule, figure))
    policy = "；".join(dict.fromkeys(documents))
    new = NewBatch(differences.KIND, region, "", on, policy, figures)
    batch_id = batches.start(connection, new, actor.by, actor.at)
    moved = [
        differences.make_up(connection, batch_id, region, on, rule) for rule in rules
    ]
    differences.claim(connection, batch_id, region, on)
    return batch_id if any(moved) else None


def _post(
    connection: Connection,
    actor: Actor,
    region: str,
    on: date,
    batch_id: int,
    states: list[State],
    draft: bool,
) -> Made:
    kinds = batches.totals(connection, batch_id)
    people = batches.people_of(connection, batch_id)
    carried = carry(
        connection,
        batch_id,
        kinds,
        people,
        _vouchers(connection, region, on, batch_id, kinds),
        unit=f"make-up|{region}|{batch_id}",
        link="mku",
        event="make-up",
        actor=actor,
        draft=draft,
    )
    return _told(connection, region, batch_id, people, states, carried)


def _told(
    connection: Connection,
    region: str,
    batch_id: int,
    people: int,
    states: list[State],
    carried: Carried,
) -> Made:
    return Made(
        batch_id,
        region,
        people,
        sum(state.months for state in states),
        sum((state.amount for state in states), NOTHING),
        claims.owed(connection, batch_id, claims.MAKE).amount,
        -claims.owed(connection, batch_id, claims.RECOVER).amount,
        states,
        carried.vouchers,
        carried.status,
    )


def _waiting(connection: Connection, home: Home, region: str) -> Made | None:
    """The latest make-up whose vouchers wait for approval, as it was told then."""
    standing = batches.standing(connection, differences.KIND, region)
    drafts = [b for b in standing if b.state == batches.DRAFT and b.posting_id]
    if not drafts:
        return None
    batch = drafts[-1]
    states = differences.states(connection, batch.id)
    made = postings.recorded(connection, [batch.posting_id])
    carried = Carried(made, "draft")
    told = _told(connection, region, batch.id, batch.people, states, carried)
    listed = _file(home, region, batch.id)
    return told._replace(listed=listed if listed.exists() else None)


def _file(home: Home, region: str, batch_id: int) -> Path:
    return home.path / "out" / f"补划差额例外-{region}-{batch_id}.xlsx"


def _nothing(region: str) -> Made:
    return Made(None, region, 0, 0, NOTHING, NOTHING, NOTHING, [], [], "already-posted")


def _vouchers(
    connection: Connection,
    region: str,
    on: date,
    batch_id: int,
    kinds: list[KindTotal],
) -> list[Voucher]:
    """P4 with the batch's total, red where it is negative, and P22."""
    first, last = (period(m) for m in differences.span(connection, batch_id))
    months = printed_period(first)
    if last != first:
        months += f"至{printed_period(last)}"
    how = {"dated": on, "source": f"yibao make-up --region {region}，批次{batch_id}"}
    how["attachments"] = 0
    entries = {rule.kind: rule.make_up for _, rule in fixed_rules(region)}
    made = []
    for total in (kind for kind in kinds if kind.kind in entries):
        made += [
            voucher._replace(red=total.amount < 0)
            for voucher in vouchers(
                region,
                "make-up",
                {"total": total.amount},
                id=entries[total.kind],
                words={"people": total.people, "period": months},
                **how,
            )
        ]
    return made + claim_vouchers(connection, batch_id, region, **how)
