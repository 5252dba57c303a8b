"""G5: premiums paid for the family from its accounts (P11), each whole or not at all.

One posting per document and month of 缴费时间; it carries a batch for each region whose
accounts pay, and vouchers in that region's book and, for people insured elsewhere, in
theirs, to be cleared yearly.
依据：皖医保中心〔2024〕39号 二（一）、二（三）2、二（四）、二（六）；南府办发〔2022〕33号 第十八条（三）
"""

from __future__ import annotations

from collections import defaultdict
from typing import Iterable, Sequence

from sqlalchemy import Connection

from desk.people.list_posting import voucher_day
from desk.set_aside import Aside, CannotTake
from desk.settlements.account_modes import paid_out
from desk.settlements.premium_payers import Families
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger import postings
from ledger.documents import rows_text
from ledger.money import from_fen
from ledger.people import batches, staging
from ledger.people.batches import NewBatch
from ledger.periods import period
from ledger.settlements import bindings, premiums
from ledger.settlements.premiums import Due, Paid
from ledger.vouchers import Posting, Voucher
from posting_rules.entries import Share
from posting_rules.personal import clause, fund_of_accounts
from posting_rules.settlement_vouchers import Told, mirrored, vouchers

KIND, OWN_REGION, ELSEWHERE, LINK = "premium", "premium", "premium-elsewhere", "prm"


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    staging.load(connection, premiums.STAGED, document.fields, document.blocks())
    families = Families(
        premiums.people(connection),
        bindings.members(connection, premiums.STAGED),
        premiums.balances(connection),
        premiums.known(connection),
        paid_out(connection),
        desk.province,
        desk.actor.at[:19].replace("T", " "),
    )
    times = premiums.times_freed(connection)
    taken = Taken()
    for month, rows in premiums.by_month(connection):
        paid, known = _taken(families, rows, aside)
        taken.new += len(paid)
        taken.known += known
        if paid:
            taken.posting_ids.append(
                _post(connection, desk, document, document_id, month, paid, times)
            )
    return taken


def _taken(
    families: Families, rows: Iterable[Due], aside: Aside
) -> tuple[list[Paid], int]:
    """The rows that are paid, and how many are there already; others are set aside."""
    paid, known = [], 0
    for due in rows:
        try:
            if families.is_known(due):
                known += 1
            else:
                paid.append(families.pay(due))
        except CannotTake as cannot:
            article = clause(due.region or families.province, "premium")
            aside.add(due.sheet, due.row, *cannot.by(article))
    return paid, known


def _post(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    month: str,
    lines: Sequence[Paid],
    times: dict[str, int],
) -> int:
    """A month's lines: a batch a region that pays, one posting that carries them."""
    latest = max(line.due.day for line in lines)
    dated = voucher_day(desk, latest)
    payers = sorted({share.payer_region for line in lines for share in line.shares})
    begun = {
        region: batches.start(
            connection,
            NewBatch(KIND, region, month, dated, document_ids=(document_id,)),
            desk.actor.by,
            desk.actor.at,
        )
        for region in payers
    }
    premiums.insert_movements(
        connection,
        lines,
        times,
        begun,
        document_id,
        "" if desk.post_on is None else str(desk.post_on),
    )
    told = Told(dated, latest, period(month), rows_text(document.name, _places(lines)))
    # A file that comes again with rows that can be taken by now is another unit.
    unit = f"{document.form}|{document.sha256[:16]}|{month}|{begun[payers[0]]}"
    posting = Posting(unit, LINK, "", KIND, tuple(_vouchers(lines, told)))
    [posting_id] = postings.record(
        connection,
        [posting],
        desk.actor,
        document_id=document_id,
        sha256=document.sha256,
    )
    premiums.insert(connection, lines, begun, posting_id, document_id)
    for batch_id in begun.values():
        kinds = batches.totals(connection, batch_id)
        people = sum(kind.people for kind in kinds)  # of one kind
        batches.finish(connection, batch_id, kinds, people, posting_id)
    return posting_id


def _vouchers(lines: Sequence[Paid], told: Told) -> list[Voucher]:
    """P11 by 险种: in the payers' books, and in those of 参保地 where it is elsewhere."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for due, shares in lines:
        for share in shares:
            sums[due.kind, share.payer_region, due.region] += share.amount
    made = []
    for kind in dict.fromkeys(kind for kind, _, _ in sorted(sums)):
        own, out, into = defaultdict(list), defaultdict(list), defaultdict(list)
        for (of, payer, region), fen in sorted(sums.items()):
            share = Share(fund_of_accounts(payer), "", from_fen(fen))
            if of != kind:
                continue
            if payer == region:
                own[payer].append(share)
            else:
                out[payer].append(share._replace(detail=region))
                into[region].append(share._replace(detail=payer))
        for event, leg, by_region in (
            (OWN_REGION, "payer", own),
            (ELSEWHERE, "payer", out),
            (ELSEWHERE, "place", into),
        ):
            for region, shares in by_region.items():
                amounts = mirrored(shares)
                made += vouchers(region, event, leg, amounts, told, kind=kind)
    return made


def _places(lines: Iterable[Paid]) -> dict[str, list[int]]:
    by_sheet: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        by_sheet[line.due.sheet].append(line.due.row)
    return by_sheet
