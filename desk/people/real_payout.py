"""`yibao payout` where accounts are 实账: every balance goes to its owner (P15).

A later run of the same month pays whom the earlier ones did not.
依据：皖医保中心〔2024〕39号 二（五）
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from desk.people import payment_list
from desk.people.batch_posting import carry, require_region, voucher_day
from desk.people.payment_list import REAL
from desk.people.payout import STEPS, PaidOut, paid_out, standing
from desk.progress import Tell
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.money import NOTHING
from ledger.people import batches, payouts, real_payouts
from ledger.people.batches import NewBatch
from ledger.people.payouts import Refused, Run
from ledger.people.real_payouts import BATCH
from ledger.periods import Month
from ledger.postings import Actor
from posting_rules.entries import Share
from posting_rules.personal import Personal, entries_for, fund_of_accounts
from posting_rules.settlement_vouchers import Told, vouchers


def pay_out(
    home: Home,
    actor: Actor,
    month: Month,
    region: str,
    post_on: date | None,
    draft: bool,
    dry_run: bool,
    tell: Tell,
) -> PaidOut:
    """Pay every balance of the month's last day, less what has left it since."""
    with home.writing(keep=not dry_run) as connection:
        require_region(connection, region)
        tell(STEPS[0])
        document, entry = entries_for(region, BATCH)[0]
        dated = voucher_day(month, post_on)
        tell(STEPS[1])
        run = Run(region, str(month), month.last_day, month.last_day)
        real_payouts.choose(connection, run, document.basis(entry))
        refused = [_worded(region, row) for row in payouts.refused(connection)]
        tell(STEPS[2])
        if payouts.payable(connection):
            made = _pay(connection, document, run, month, dated, actor, draft)
        else:
            made = standing(connection, BATCH, month, region)
        payouts.clear(connection)
        made = made._replace(refused=refused, real=True)
    if dry_run:
        return made
    print_changed(home)
    tell(STEPS[3])
    with home.reading() as connection:
        files = payment_list.of_bank(connection, region, month, actor.on, REAL)
    written = payment_list.write(home, files)
    name = payment_list.bank_name(region, month, made.batch, REAL)
    return made._replace(file=written.get(name))


def _pay(
    connection: Connection,
    document: Personal,
    run: Run,
    month: Month,
    dated: date,
    actor: Actor,
    draft: bool,
) -> PaidOut:
    new = NewBatch(BATCH, run.region, run.month, dated, policy=document.version)
    batch_id = batches.start(connection, new, actor.by, actor.at)
    prefix, kind = real_payouts.PREFIX, real_payouts.KIND
    people = payouts.insert(connection, run, batch_id, dated, prefix, kind)
    kinds = batches.totals(connection, batch_id)
    total = -sum((one.amount for one in kinds), NOTHING)
    told = Told(
        dated,
        month.last_day,
        month,
        f"yibao payout {month} --region {run.region}",
        evidence=payment_list.bank_name(run.region, month, batch_id, REAL),
    )
    amounts = {"total": [Share(fund_of_accounts(run.region), "", total)]}
    carried = carry(
        connection,
        batch_id,
        kinds,
        people,
        vouchers(run.region, BATCH, "payer", amounts, told, people=people),
        unit=f"{BATCH}|{run.region}|{month}|{batch_id}",
        link="pay",
        event=BATCH,
        actor=actor,
        draft=draft,
    )
    made = paid_out(batch_id, month, run.region, people, total)
    return made._replace(vouchers=carried.vouchers, status=carried.status)


def _worded(region: str, refused: Refused) -> Refused:
    """Who died or left is paid by other entries; a claim goes first."""
    why = payment_list.BARS[refused.bar]
    document, entry = entries_for(region, payment_list.EVENTS[refused.bar])[0]
    return refused._replace(why=why, cite=document.basis(entry))
