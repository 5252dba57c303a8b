"""Vouchers of bills, premiums and clearing: amounts by region in, vouchers out.

An event's entries stand in the books of several regions; `leg` says in whose: insured
(参保地), place (就医地), payer (授权地, 付款方), payee.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Sequence

from ledger.vouchers import Voucher
from posting_rules.entries import Share, lines, printed_period
from posting_rules.personal import entries_for


class Told(NamedTuple):
    """What the vouchers of one posting say alike."""

    dated: date
    occurred_on: date
    period: object  # Month, or a year's number
    source: str
    attachments: int = 1
    evidence: str = ""

    @property
    def printed_period(self) -> str:
        if isinstance(self.period, int):
            return f"{self.period}年"
        return printed_period(self.period)


def vouchers(
    region: str,
    event: str,
    leg: str,
    amounts: dict[str, Sequence[Share]],
    told: Told,
    **words: object,
) -> list[Voucher]:
    """The vouchers of one leg of an event in a region's books; zeros make none.

    `amounts` names what the templates ask for: total (without detail), each region,
    each payer, each payee (detail: the other region). `words` fill subjects and
    narration: mode, act, kind, people.
    """
    made = []
    words = {"act": "", "mode": "", "kind": "", **words}
    for document, entry in entries_for(region, event):
        if entry.leg != leg:
            continue
        filled = entry._replace(
            debit=tuple((s.format_map(words), amount) for s, amount in entry.debit),
            credit=tuple((s.format_map(words), amount) for s, amount in entry.credit),
        )
        cut = lines(filled, {name: list(shares) for name, shares in amounts.items()})
        if not cut:
            continue
        made.append(
            Voucher(
                book=f"{region}-{entry.book}",
                dated=told.dated,
                occurred_on=told.occurred_on,
                rule=document.rule(entry),
                basis=document.basis(entry),
                event=event,
                scope="",
                period=str(told.period),
                quarter="",
                payee="",
                narration=entry.summary.format_map(
                    {**words, "period": told.printed_period}
                ),
                lines=cut,
                attachments=told.attachments,
                source=told.source,
                evidence=told.evidence,
            )
        )
    return made


def mirrored(shares: Sequence[Share]) -> dict[str, list[Share]]:
    """Shares under other regions, with their total: what two-sided entries ask."""
    total = [share._replace(detail="") for share in shares]
    return {"total": total, "each region": list(shares)}
