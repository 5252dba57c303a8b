"""五（三）: whose interest is, and where a bank fee may never go."""

from __future__ import annotations

from typing import Sequence

from ledger.errors import RuleError
from ledger.vouchers import DEBIT, Line
from posting_rules.policies import Policy


def check_fee(policy: Policy, narration: str, lines: Sequence[Line]) -> None:
    """Raise RuleError when money of a known kind takes a subject it never may.

    Bank fees and the cost of bank forms are never the fund's expenditure, and
    interest is never a payer's (暂收款). 依据：五（三）
    """
    for rule in policy.money:
        if not any(word in narration for word in rule["words"]):
            continue
        side = DEBIT if rule["kind"] == "fee" else None
        for line in lines:
            if side in (None, line.side) and line.subject.startswith(
                tuple(rule["never"])
            ):
                raise RuleError(
                    f"“{narration}”不能记入“{line.subject}”"
                    f"（{policy.number} {rule['cite']}）；应记“{rule['subject']}”"
                )
