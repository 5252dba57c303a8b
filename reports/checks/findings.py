"""What a check finds: what was expected, what is there, and why they differ."""

from __future__ import annotations

from decimal import Decimal
from typing import Iterator, NamedTuple

ERROR, NOTE = "error", "note"


class Finding(NamedTuple):
    """Something that does not agree (error), or that people should know (note).

    `identity` is its number in RULES.md section 4, or what was checked: 账证, 哈希链,
    凭证号, 借贷, 冲销, 打印.
    """

    identity: str
    book: str
    what: str
    expected: Decimal | str
    found: Decimal | str
    difference: Decimal | str
    severity: str
    explanation: str
    person_id: str = ""  # whole, only where who asks may see it


def differing(
    identity: str,
    book: str,
    what: str,
    expected: Decimal,
    found: Decimal,
    explanation: str,
    severity: str = ERROR,
) -> Iterator[Finding]:
    """A finding where two amounts differ, else nothing."""
    if expected != found:
        yield Finding(
            identity,
            book,
            what,
            expected,
            found,
            found - expected,
            severity,
            explanation,
        )
