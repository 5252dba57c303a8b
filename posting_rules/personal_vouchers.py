"""Vouchers of personal accounts: totals in, one voucher a book out (P entries)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ledger.periods import Month
from ledger.vouchers import Voucher
from posting_rules.entries import Share, lines, printed_period
from posting_rules.personal import entries_for, fund_of_accounts


def vouchers(
    region: str,
    event: str,
    amounts: dict[str, Decimal],
    *,
    id: str = "",
    dated: date,
    occurred_on: date | None = None,
    period: Month | None = None,
    source: str,
    attachments: int = 1,
    evidence: str = "",
    words: dict[str, object] = {},
) -> list[Voucher]:
    """The vouchers of an event in a region's books, the agency's first.

    `amounts` names what the templates ask for (total; own and pooled for P1). Zeros
    make no voucher. `words` fills the narration: people, cutoff …; a span of months
    may stand there as the period.
    """
    fund = fund_of_accounts(region)
    shares = {name: [Share(fund, "", amount)] for name, amount in amounts.items()}
    made = []
    for document, entry in entries_for(region, event, id):
        cut = lines(entry, shares)
        if not cut:
            continue
        made.append(
            Voucher(
                book=f"{region}-{entry.book}",
                dated=dated,
                occurred_on=occurred_on or dated,
                rule=document.rule(entry),
                basis=document.basis(entry),
                event=event,
                scope="",
                period=str(period or ""),
                quarter="",
                payee="",
                narration=entry.summary.format_map(
                    {"period": printed_period(period), **words}
                ),
                lines=cut,
                attachments=attachments,
                source=source,
                evidence=evidence,
            )
        )
    return made
