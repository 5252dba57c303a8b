"""Open bills: those that refunds and reversals name, with what is left of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection

from ledger.settlements import earlier
from ledger.settlements.results import PARTS, Result, Share


class Original(NamedTuple):
    """What a refund keeps of its bill."""

    serial: str
    at: str
    act: str
    person_id: str
    region: str
    fund: str
    status: str
    channel: str
    institution: str
    place: str
    category: str
    deducted_before: int
    paid_before: int
    taken: bool
    ruled: bool


@dataclass
class OpenBill:
    """A bill and what is left of its parts, whole fen; `refunds` counts what gave back.

    `left` has the fields of results.PARTS; `shares` what is left of each account.
    """

    of: Original
    billed: tuple[int, int]  # total and in-policy as they were settled
    left: dict[str, int]
    shares: list[Share] = field(default_factory=list)
    refunds: int = 0
    reversed: bool = False

    def give_back(self, back: Result) -> None:
        """Take off what a refund (below zero) gives back."""
        for part in PARTS:
            self.left[part] += getattr(back, part)
        returned = {share.position: share.amount for share in back.shares}
        self.shares = [
            share._replace(amount=share.amount + returned.get(share.position, 0))
            for share in self.shares
        ]
        self.refunds += 1


def opened(result: Result) -> OpenBill:
    """A bill that was just settled."""
    return OpenBill(
        Original._make(getattr(result, name) for name in Original._fields),
        (result.total, result.in_policy),
        {part: getattr(result, part) for part in PARTS},
        list(result.shares),
    )


def open_bills(connection: Connection) -> dict[str, OpenBill]:
    """By 流水号: the settled lines that the staged list's refunds name."""
    found = {}
    for row in earlier.originals(connection):
        words = row._mapping
        found[row.serial] = OpenBill(
            Original._make(words[name] for name in Original._fields),
            (row.total, row.in_policy),
            {part: words[part] for part in PARTS},
        )
    for row in earlier.given_back(connection):
        bill = found[row.original]
        for part in PARTS:
            bill.left[part] += row._mapping[part]
        bill.refunds += row.lines
        bill.reversed = bill.left["total"] == 0
    for row in earlier.original_shares(connection):
        found[row.original].shares.append(
            Share(
                row.position, row.payer_id, row.payer_region, row.relation, row.amount
            )
        )
    return found
