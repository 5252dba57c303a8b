"""Clearing between regions: amounts of parts in, vouchers of P10, P10n and P11 out.

A region of the province without books of its own (省直), and other provinces, are
never netted; of what they owe or are owed only the other side's books tell.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Callable, Collection, NamedTuple, Sequence

from ledger.money import NOTHING
from ledger.settlements.clearing import ELSEWHERE, FAMILY, PREMIUM, Part
from ledger.vouchers import Voucher
from posting_rules.entries import Share, body_name
from posting_rules.netting import netted
from posting_rules.settlement_vouchers import Told, mirrored, vouchers


class Events(NamedTuple):
    """The events of a subject's entries."""

    clear: str
    net: str


EVENTS = {
    FAMILY: Events("clear-family", "net-family"),
    ELSEWHERE: Events("clear-elsewhere", "net-elsewhere"),
    PREMIUM: Events("clear-premiums", "net-premiums"),
}
PAID_ON_EVENT = "premium-paid-on"


def net_parts(gross: Sequence[Part], keeping: Collection[str]) -> list[Part]:
    """The parts with what is paid after netting, subject by subject, fund by fund.

    `keeping` are the regions with books. A payment may be of a pair that owes
    nothing itself: its part has no lines.
    """
    made = [part for part in gross if not _within(part, keeping)]
    lanes: dict[tuple[str, str], dict] = defaultdict(dict)
    for part in gross:
        if _within(part, keeping):
            lanes[part.subject, part.fund][part.payer, part.payee] = part
    for (subject, fund), parts in lanes.items():
        paid = netted({pair: part.gross for pair, part in parts.items()})
        for pair in parts.keys() | paid.keys():
            none = Part(subject, *pair, fund, 0, NOTHING, NOTHING)
            net = paid.get(pair, NOTHING)
            made.append(parts.get(pair, none)._replace(net=net))
    return sorted(made)


def pair_vouchers(
    payer: str,
    payee: str,
    parts: Sequence[Part],
    keeping: Collection[str],
    told: Told,
) -> list[Voucher]:
    """P10: what is paid of one pair's parts, in the books of both sides."""
    made = []
    for subject, group in _by(parts, lambda part: part.subject).items():
        event = EVENTS[subject].clear
        for region, other, leg in ((payer, payee, "payer"), (payee, payer, "payee")):
            if region in keeping:
                shares = [Share(part.fund, other, part.net) for part in group]
                made += [
                    voucher._replace(payee=_body(voucher.book, other, told))
                    for voucher in vouchers(region, event, leg, mirrored(shares), told)
                ]
    return made


def netting_vouchers(region: str, parts: Sequence[Part], told: Told) -> list[Voucher]:
    """P10n: what netting settles without money, in one region's books."""
    made = []
    for subject, group in _by(parts, lambda part: part.subject).items():
        amounts = {
            "each payee": [
                Share(part.fund, part.payee, part.gross - part.net)
                for part in group
                if part.payer == region
            ],
            "each payer": [
                Share(part.fund, part.payer, part.gross - part.net)
                for part in group
                if part.payee == region
            ],
        }
        made += vouchers(region, EVENTS[subject].net, "", amounts, told)
    return made


def paid_on_vouchers(region: str, parts: Sequence[Part], told: Told) -> list[Voucher]:
    """P11: premiums paid on by 参保地; a part's payee is the 险种 of the premium."""
    made = []
    for part in parts:
        shares = {"total": [Share(part.fund, "", part.net)]}
        made += vouchers(region, PAID_ON_EVENT, "payer", shares, told, kind=part.payee)
    return made


def _body(book: str, other: str, told: Told) -> str:
    """Who stands on the other side of a book's payment: its like in the region."""
    return body_name(book.partition("-")[2], other, told.dated, "")


def _within(part: Part, keeping: Collection[str]) -> bool:
    return part.payer in keeping and part.payee in keeping


def _by(parts: Sequence[Part], key: Callable[[Part], str]) -> dict[str, list[Part]]:
    groups: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        groups[key(part)].append(part)
    return groups
