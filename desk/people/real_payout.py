"""`yibao payout` where accounts are 实账: every balance goes to its owner (P15).

A later run of the same month pays whom the earlier ones did not.
依据：皖医保中心〔2024〕39号 二（五）
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from desk.people import payment_list
from desk.people.batch_posting import carry, require_region, voucher_day
from desk.people.payout import STEPS, PaidOut
from desk.progress import Tell
from ledger import postings, regions
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.money import NOTHING
from ledger.people import batches, payouts, real_payouts
from ledger.people.batches import COUNTED, NewBatch
from ledger.people.payouts import Refused, Run
from ledger.people.real_payouts import BATCH
from ledger.periods import Month
from ledger.postings import Actor
from posting_rules.entries import Share, printed_period
from posting_rules.personal import Personal, entries_for, fund_of_accounts
from posting_rules.settlement_vouchers import Told, vouchers
from reports.words import amount_in_words
from reports.xlsx import Sheet, workbook


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
            made = _standing(connection, month, region)
        payouts.clear(connection)
        made = made._replace(refused=refused, real=True)
    if dry_run:
        return made
    print_changed(home)
    tell(STEPS[3])
    with home.reading() as connection:
        files = _lists(connection, region, month, actor.on)
    written = payment_list.write(home, files)
    return made._replace(file=written.get(_name(region, month, made.batch)))


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
        evidence=_name(run.region, month, batch_id),
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
    made = PaidOut(batch_id, month, run.region, people, total, *NOTHING_MORE)
    return made._replace(vouchers=carried.vouchers, status=carried.status)


def _standing(connection: Connection, month: Month, region: str) -> PaidOut:
    """The month's latest batch, with its vouchers; nothing where there is none."""
    there = batches.standing(connection, BATCH, region, str(month))
    if not there:
        return PaidOut(None, month, region, 0, NOTHING, *NOTHING_MORE)
    last = there[-1]
    made = PaidOut(last.id, month, region, last.people, -last.total, *NOTHING_MORE)
    return made._replace(
        vouchers=postings.recorded(connection, [last.posting_id]),
        status="draft" if last.state == batches.DRAFT else made.status,
    )


def _worded(region: str, refused: Refused) -> Refused:
    """Who died or left is paid by other entries; a claim goes first."""
    why = payment_list.BARS[refused.bar]
    document, entry = entries_for(region, payment_list.EVENTS[refused.bar])[0]
    return refused._replace(why=why, cite=document.basis(entry))


def _name(region: str, month: Month, batch_id: int | None) -> str:
    return f"实账发放清单_{region}_{month}_{batch_id}.xlsx"


def _lists(
    connection: Connection, region: str, month: Month, on: date
) -> dict[str, bytes]:
    """The bank's list of each batch of the month that counts, by file name."""
    return {
        _name(region, month, batch.id): _list(connection, region, month, batch, on)
        for batch in batches.standing(connection, BATCH, region, str(month))
        if batch.state == COUNTED
    }


def _list(connection: Connection, region: str, month: Month, batch, on: date) -> bytes:
    """A batch's payments; whose bank account is not on file has an empty one."""
    purpose = f"个人账户实账发放（{printed_period(month)}）"
    rows = (
        (
            number,
            line.serial,
            line.payee_name,
            line.payee_account,
            line.payee_bank,
            line.amount,
            purpose,
        )
        for number, line in enumerate(payouts.payments(connection, batch.id), 1)
    )
    total = -batch.total
    assert payouts.paid(connection, batch.id) == total, f"batch {batch.id}: its lines"
    sheet = Sheet(
        "实账发放清单",
        f"{regions.name(region)}{printed_period(month)}个人账户实账发放清单",
        f"单位：元　批次：{batch.id}　凭证日期：{batch.dated}　笔数：{batch.people}",
        payment_list.BANK,
        rows,
        ("", "合计", "", "", "", total, ""),
        (f"合计（大写）：{amount_in_words(total)}",),
    )
    return workbook([sheet], on, long=True)


# Of PaidOut: refused, file, unpaid_file, vouchers, warnings, status.
NOTHING_MORE = ([], None, None, [], [], "already-posted")
