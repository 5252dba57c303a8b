"""What `credit` does first: late news of retirement and death, a batch of its own.

What was taken back from 在职计入 stands again in 个人账户收入待计入, to be settled by
hand: no document says to whom the contribution goes back.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from desk.people.batch_posting import (
    Carried,
    carry,
    claim_vouchers,
    figure_of,
    figure_words,
    fixed,
    fixed_rules,
)
from ledger.money import NOTHING
from ledger.people import batches, claims, correcting
from ledger.people.batches import NewBatch
from ledger.people.correcting import RECREDIT, UNDO, Moved
from ledger.periods import period
from ledger.postings import Recorded
from ledger.vouchers import Voucher
from posting_rules.entries import printed_period
from posting_rules.personal_vouchers import vouchers

WORDS = {UNDO: "冲回", RECREDIT: "改按退休"}


class Corrected(NamedTuple):
    """What a correction did: months taken back, credited again, and claims."""

    batch: int
    people: int
    months: int
    undone: Decimal
    recredited: Decimal
    claimed: Decimal
    vouchers: list[Recorded]
    status: str


def correct(connection: Connection, run, kinds: list[str]) -> Corrected | None:
    """Put right what is wrong in a region's earlier months; None where nothing is.

    `run` is the credit's; `kinds` are the sub-accounts credited onto, 在职 first.
    """
    if not correcting.is_open(connection, run.region, run.dated, kinds):
        return None
    rules, figures = [], {}
    if correcting.retires(connection, run.region, run.dated, kinds):
        for _, rule in fixed_rules(run.region):
            figure = figure_of(connection, run.region, rule)
            rules.append(fixed(rule, figure))
            figures[rule.status] = figure_words(rule, figure)
    batch_id = batches.start(
        connection,
        NewBatch(
            correcting.KIND,
            run.region,
            str(run.month),
            run.dated,
            run.document.version,
            figures,
        ),
        run.actor.by,
        run.actor.at,
    )
    correcting.correct(connection, batch_id, run.region, run.dated, kinds, rules)
    made = correcting.moved(connection, batch_id)
    people = batches.people_of(connection, batch_id)
    carried = carry(
        connection,
        batch_id,
        batches.totals(connection, batch_id),
        people,
        _vouchers(connection, run, batch_id, made),
        unit=f"correction|{run.region}|{run.month}|{batch_id}",
        link="cor",
        event="correction",
        actor=run.actor,
        draft=run.draft,
    )
    return _said(batch_id, people, made, carried)


def _vouchers(
    connection: Connection, run, batch_id: int, made: list[Moved]
) -> list[Voucher]:
    """Red ones for what is taken back, blue ones for what is credited instead."""
    how = {
        "dated": run.dated,
        "occurred_on": run.month.last_day,
        "period": run.month,
        "source": f"yibao credit {run.month} --region {run.region}，批次{batch_id}",
        "attachments": 0,
    }
    entries = {rule.kind: rule.entry for rule in run.credits.values()}
    cut = []
    for act in (UNDO, RECREDIT):
        for total in (m for m in made if m.act == act):
            for voucher in vouchers(
                run.region,
                "credit",
                {"total": total.amount},
                id=entries[total.kind],
                words={"people": total.people, "period": _months(total)},
                **how,
            ):
                narration = f"更正{_months(total)}（{WORDS[act]}）：{voucher.narration}"
                red = total.amount < 0
                cut.append(voucher._replace(narration=narration, red=red))
    return cut + claim_vouchers(connection, batch_id, run.region, **how)


def _months(total: Moved) -> str:
    """The months put right, the first and the last.

    >>> _months(Moved("undo", "在职计入", 1, 3, "2023-02", "2023-04", NOTHING))
    '2023年2月至4月'
    """
    first, last = period(total.first), period(total.last)
    if first == last:
        return printed_period(first)
    until = printed_period(last)
    if total.first[:4] == total.last[:4]:
        until = until.partition("年")[2]
    return f"{printed_period(first)}至{until}"


def _said(batch_id: int, people: int, made: list[Moved], carried: Carried) -> Corrected:
    def of(act: str) -> Decimal:
        return sum((m.amount for m in made if m.act == act), NOTHING)

    return Corrected(
        batch_id,
        people,
        sum(m.movements for m in made if m.act == UNDO),
        -of(UNDO),
        of(RECREDIT),
        of(claims.MAKE),
        carried.vouchers,
        carried.status,
    )
