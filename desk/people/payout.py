"""`yibao payout MONTH --region CODE`: balances go to people's bank accounts (P12).

Who may be paid, by filing and clause, is the policy's (posting_rules/payouts.py); how
much, the accounts' (ledger/people/payouts.py). A later run of the same month pays
whom the earlier ones did not.
依据：攀枝花市医疗保障局2022年4月20日通知 一、三、附件2
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from desk.people import payment_list
from desk.people.batch_posting import carry, require_region, voucher_day
from desk.progress import Tell, silently
from desk.settlements.account_modes import is_paid_out
from ledger import postings, settings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.money import NOTHING
from ledger.people import batches, payouts
from ledger.people.batches import NewBatch
from ledger.people.payouts import Refused, Ruled, Run
from ledger.periods import Month
from ledger.postings import Actor, Recorded
from posting_rules import payouts as rules
from posting_rules.personal import Personal, payout_of
from posting_rules.personal_vouchers import vouchers

STEPS = ("核对备案", "计算金额", "入账", "打印划转清单")
EVENT, PREFIX = "payout", "HZ"


class PaidOut(NamedTuple):
    """What `payout` did, or the month's latest batch where it had nothing to do.

    `file` is the bank's list, None while the batch is a draft; `unpaid_file` names
    those who were not paid, masked.
    """

    batch: int | None
    month: Month
    region: str
    people: int
    total: Decimal
    refused: list[Refused]
    file: str | None
    unpaid_file: str | None
    vouchers: list[Recorded]
    warnings: list[str]
    status: str  # posted, draft, already-posted
    real: bool = False  # 实账 (P15): every balance, no filing asked for


def payout(
    home: Home,
    actor: Actor,
    month: Month,
    region: str,
    *,
    post_on: date | None = None,
    draft: bool = False,
    dry_run: bool = False,
    tell: Tell = silently,
) -> PaidOut:
    """Pay a month's run; RuleError where no document allows payouts.

    Where accounts are 实账 the run pays every balance (P15).
    """
    with home.reading() as connection:
        real = is_paid_out(connection, region, month.last_day)
    if real:
        from desk.people.real_payout import pay_out

        return pay_out(home, actor, month, region, post_on, draft, dry_run, tell)
    with home.writing(keep=not dry_run) as connection:
        require_region(connection, region)
        document = payout_of(region)
        dated = voucher_day(month, post_on)
        tell(STEPS[0])
        run = _run(connection, document, month, region, dated)
        tell(STEPS[1])
        refused = [_worded(document, region, r) for r in payouts.refused(connection)]
        files = payment_list.of_unpaid(connection, document, region, month, actor.on)
        tell(STEPS[2])
        if payouts.payable(connection):
            made = _pay(connection, document, run, month, dated, actor, draft)
        else:
            made = standing(connection, EVENT, month, region)
        payouts.clear(connection)
        warning = rules.unusual_month(document, month)
        made = made._replace(refused=refused, warnings=[warning] if warning else [])
    tell(STEPS[3])
    if dry_run:
        return made
    print_changed(home)
    with home.reading() as connection:
        files |= payment_list.of_bank(connection, region, month, actor.on)
    return _with_files(made, payment_list.write(home, files))


def _run(
    connection: Connection, document: Personal, month: Month, region: str, dated: date
) -> Run:
    """Reckon the run: which filings are in force, what the rules say, how much."""
    accrued = rules.accrued(document)
    day = month.last_day
    until = min(day, accrued.until) if accrued else day
    run = Run(region, str(month), day, until)
    value = accrued and settings.value(connection, accrued.setting, dated, region)
    words = (rules.VALID, rules.EXPIRED, rules.NOT_YET)
    rulings = []
    for filed in payouts.filed(connection, run, words):
        ruling = rules.ruling(document, *filed, month)
        still = None
        if not ruling.may:
            still = rules.still_paid(
                document, filed.scope, filed.kind, month, value or None
            )
        rulings.append(
            Ruled(
                *filed,
                place=ruling.place,
                may=ruling.may,
                still=still is not None,
                cite=still.cite if still else ruling.cite,
                refused_cite=ruling.cite,
                why=ruling.why,
            )
        )
    payouts.choose(connection, run, rulings)
    return run


def _pay(
    connection: Connection,
    document: Personal,
    run: Run,
    month: Month,
    dated: date,
    actor: Actor,
    draft: bool,
) -> PaidOut:
    batch_id = batches.start(
        connection,
        NewBatch(
            EVENT,
            run.region,
            run.month,
            dated,
            policy=document.version,
            figures={"accrued_until": str(run.accrued_until)},
        ),
        actor.by,
        actor.at,
    )
    people = payouts.insert(connection, run, batch_id, dated, PREFIX)
    kinds = batches.totals(connection, batch_id)
    total = -sum((kind.amount for kind in kinds), NOTHING)
    name = payment_list.bank_name(run.region, month, batch_id)
    carried = carry(
        connection,
        batch_id,
        kinds,
        people,
        vouchers(
            run.region,
            EVENT,
            {"total": total},
            dated=dated,
            occurred_on=month.last_day,
            period=month,
            source=f"yibao payout {month} --region {run.region}",
            evidence=name,
            words={"people": people},
        ),
        unit=f"payout|{run.region}|{month}|{batch_id}",
        link="pay",
        event=EVENT,
        actor=actor,
        draft=draft,
    )
    made = paid_out(batch_id, month, run.region, people, total)
    return made._replace(vouchers=carried.vouchers, status=carried.status)


def standing(connection: Connection, act: str, month: Month, region: str) -> PaidOut:
    """The month's latest batch, with its vouchers; nothing where there is none."""
    there = batches.standing(connection, act, region, str(month))
    if not there:
        return paid_out(None, month, region, 0, NOTHING)
    last = there[-1]
    made = paid_out(last.id, month, region, last.people, -last.total)
    return made._replace(
        vouchers=postings.recorded(connection, [last.posting_id]),
        status="draft" if last.state == batches.DRAFT else made.status,
    )


def paid_out(
    batch: int | None, month: Month, region: str, people: int, total: Decimal
) -> PaidOut:
    """What a run paid, before its refusals, vouchers and files are known."""
    return PaidOut(
        batch, month, region, people, total, [], None, None, [], [], "already-posted"
    )


def _worded(document: Personal, region: str, refused: Refused) -> Refused:
    """A refusal with its reason and clause in words."""
    if not refused.bar:
        return refused
    why, cite = payment_list.bar_words(document, region, refused.bar)
    return refused._replace(why=why, cite=cite)


def _with_files(made: PaidOut, written: dict[str, str]) -> PaidOut:
    bank = payment_list.bank_name(made.region, made.month, made.batch)
    unpaid = payment_list.unpaid_name(made.region, made.month)
    return made._replace(file=written.get(bank), unpaid_file=written.get(unpaid))
