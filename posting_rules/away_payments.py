"""F7 of the centre: from the rows of a bank transfer to X3 and X5.

依据：黔人社厅通〔2017〕204号 附件一 二（二）、三（一）
"""

from __future__ import annotations

from datetime import date
from typing import Callable, Iterable, Sequence

from ledger.documents import AwayPayment
from ledger.vouchers import Posting, Voucher
from posting_rules.entries import Share, lines, printed_period
from posting_rules.policies import Entry, Policy, entries_for

EVENT = "institution-away"
KINDS = (("institution-home", "省内"), ("institution-other", "跨省"))  # X3, X5


def posting(
    policy: Policy,
    paid: Sequence[AwayPayment],
    others: Iterable[tuple[str, object]],
    source: str,
    reading: Callable[[date], str],
) -> Posting | None:
    """One bank transfer's vouchers; None where nothing was paid (扣款 alone).

    `paid` are its rows (one institution, one period), `others` each fund's parts of
    other provinces (province, amount). RuleError before the policy.
    """
    first = paid[0]
    shares = [Share(fund, part.province, part.amount) for fund, part in others]
    amounts = {
        "institution-home": {
            "total": [Share(line.fund, "", line.at_home) for line in paid]
        },
        "institution-other": {
            "each other province": shares,
            "total": [Share(line.fund, "", line.elsewhere) for line in paid],
        },
    }
    made = []
    for event, scope in KINDS:
        on = first.paid_on
        for entry in entries_for(policy, event, scope, on, reading(on)):
            cut = lines(entry, amounts[event])
            if cut:
                made.append(_voucher(policy, entry, event, scope, first, cut, source))
    if not made:
        return None
    unit = f"F7|{first.payer_account}|{first.serial}"
    return Posting(unit, "pay", "", EVENT, tuple(made))


def _voucher(
    policy: Policy,
    entry: Entry,
    event: str,
    scope: str,
    line: AwayPayment,
    cut: tuple,
    source: str,
) -> Voucher:
    name = line.institution_name or line.institution
    return Voucher(
        book=f"{policy.province}-{entry.book}",
        dated=line.paid_on,
        occurred_on=line.paid_on,
        rule=policy.rule(entry),
        basis=policy.basis(entry),
        event=event,
        scope=scope,
        period=str(line.period),
        quarter=str(line.period.quarter),
        payee=name,
        narration=entry.summary.format(
            institution=name, period=printed_period(line.period)
        ),
        lines=cut,
        attachments=1,
        source=source,
        evidence=f"银行流水号{line.serial}",
    )
